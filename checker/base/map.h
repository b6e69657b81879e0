/* A table from text to a pointer or number, and interned text.
 *
 * Keys are borrowed: they must live as long as the map. Items keep the order
 * in which they were added, so that a walk never depends on a hash. */
#ifndef DR_MAP_H
#define DR_MAP_H

#include "checker/base/str.h"

struct map_item {
    struct str key;
    void *value;
};

/* {.arena = a} is an empty map. `items` may be walked from 0 to n - 1. */
struct map {
    struct arena *arena;
    struct map_item *items;
    size_t n, capacity;
    uint32_t *slots; /* private */
    size_t n_slots;
};

/* The value of `key`, or NULL. */
void *map_get(const struct map *map, struct str key);
bool map_has(const struct map *map, struct str key);
/* Adds or replaces; true if the key is new. */
bool map_put(struct map *map, struct str key, void *value);
/* The number of `key` in items, or SIZE_MAX. */
size_t map_index(const struct map *map, struct str key);

/* A hash of bytes under a key drawn once per process, so that chosen input
 * cannot make every key collide. Never part of any output. */
uint64_t hash_bytes(const void *p, size_t n);

/* Interned text: one copy per content, so that equal texts of one table have
 * equal pointers. Not for several threads while it grows. */
struct interns {
    struct map map;
};

void interns_init(struct interns *interns, struct arena *arena);
/* The one copy, NUL-terminated; lives as long as the arena. */
struct str intern(struct interns *interns, struct str s);

#endif
