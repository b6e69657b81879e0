/* Memory that is freed a phase at a time.
 *
 * Whatever a function returns in an arena lives until that arena is reset or
 * released; nothing in it is freed alone. An arena is used by one thread at a
 * time. Running out of memory ends the process (see arena_on_exhaustion), so
 * that no caller has a failure to handle: what a caller must bound is the size
 * of its input, before it allocates. */
#ifndef DR_ARENA_H
#define DR_ARENA_H

#include "checker/base/base.h"

struct arena_block;

/* {0} is a valid, empty arena. The fields are private. */
struct arena {
    struct arena_block *head;
    size_t total;
};

/* Memory for `size` bytes, zeroed, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* Memory for `n` objects of `size` bytes each, zeroed; the product is checked
 * for overflow. */
void *arena_array(struct arena *arena, size_t n, size_t size);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, n, type)                                            \
    ((type *)arena_array((arena), (n), sizeof(type)))

/* Makes room for one more item in a growing array: returns `items`, or a copy
 * of twice the capacity. `*capacity` counts items and starts at 0. */
void *arena_grow(struct arena *arena, void *items, size_t n, size_t *capacity,
                 size_t size);

/* Forgets all allocations and keeps one block to use again. */
void arena_reset(struct arena *arena);

/* Frees everything; the arena is empty and may be used again. */
void arena_release(struct arena *arena);

/* Moves all that `from` holds to `arena`: it lives as long as the rest of it.
 * `from` is empty then. */
void arena_join(struct arena *arena, struct arena *from);

/* Bytes obtained from the system so far and not yet given back. */
size_t arena_bytes(const struct arena *arena);

/* What happens when the system has no more memory: `handler` must not return.
 * Without one the process aborts. */
void arena_on_exhaustion(void (*handler)(void));

/* malloc and realloc under the same rule, for buffers that outgrow arenas. */
void *memory_resize(void *old, size_t size);

#endif
