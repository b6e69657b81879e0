/* The arena with a block of its own for each allocation, for fuzzing.
 *
 * Linked in place of checker/base/arena.c, so that AddressSanitizer sees each
 * step past the end of an object, and each use of one that is gone. */
#include <stdlib.h>
#include <string.h>

#include "checker/base/arena.h"

struct arena_block {
    struct arena_block *next;
    void *bytes;
};

static void (*exhausted)(void);

void arena_on_exhaustion(void (*handler)(void))
{
    exhausted = handler;
}

void *memory_resize(void *old, size_t size)
{
    void *p = realloc(old, size > 0 ? size : 1);
    if (p != NULL)
        return p;
    if (exhausted != NULL)
        exhausted();
    abort();
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = memory_resize(NULL, sizeof(*block));
    block->next = arena->head;
    block->bytes = memory_resize(NULL, size);
    arena->head = block;
    arena->total += size;
    return memset(block->bytes, 0, size);
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        abort();
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

void arena_release(struct arena *arena)
{
    for (struct arena_block *b = arena->head, *next; b != NULL; b = next) {
        next = b->next;
        free(b->bytes);
        free(b);
    }
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
    arena_release(arena);
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->total;
}
