/* Memory that is freed a phase at a time. */
#include "checker/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

static void (*exhausted)(void);

void arena_on_exhaustion(void (*handler)(void))
{
    exhausted = handler;
}

NORETURN static void out_of_memory(void)
{
    if (exhausted != NULL)
        exhausted();
    abort();
}

void *memory_resize(void *old, size_t size)
{
    void *p = realloc(old, size > 0 ? size : 1);
    if (p == NULL)
        out_of_memory();
    return p;
}

/* Blocks double, so that a small arena stays small and a large one is few. */
static struct arena_block *block_new(struct arena *arena, size_t need)
{
    size_t size = arena->head != NULL ? arena->head->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < need)
        size = need;
    if (size > SIZE_MAX - sizeof(struct arena_block))
        out_of_memory();
    struct arena_block *block =
        memory_resize(NULL, sizeof(struct arena_block) + size);
    block->next = arena->head;
    block->used = 0;
    block->size = size;
    arena->head = block;
    arena->total += size;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        out_of_memory();
    size = (size + align - 1) & ~(align - 1);
    struct arena_block *block = arena->head;
    if (block == NULL || block->size - block->used < size)
        block = block_new(arena, size);
    void *p = block->bytes + block->used;
    block->used += size;
    return memset(p, 0, size);
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        out_of_memory();
    return arena_alloc(arena, n * size);
}

void *arena_grow(struct arena *arena, void *items, size_t n, size_t *capacity,
                 size_t size)
{
    if (n < *capacity)
        return items;
    size_t larger = *capacity > 0 ? *capacity * 2 : 8;
    void *copy = arena_array(arena, larger, size);
    if (n > 0)
        memcpy(copy, items, n * size);
    *capacity = larger;
    return copy;
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->head;
    if (keep == NULL)
        return;
    for (struct arena_block *b = keep->next, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    keep->next = NULL;
    keep->used = 0;
    arena->total = keep->size;
}

void arena_release(struct arena *arena)
{
    for (struct arena_block *b = arena->head, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    *arena = (struct arena){0};
}

/* The block in use stays the first. */
void arena_join(struct arena *arena, struct arena *from)
{
    struct arena_block *last = from->head;
    if (last == NULL)
        return;
    while (last->next != NULL)
        last = last->next;
    if (arena->head == NULL) {
        *arena = *from;
    } else {
        last->next = arena->head->next;
        arena->head->next = from->head;
        arena->total += from->total;
    }
    *from = (struct arena){0};
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->total;
}
