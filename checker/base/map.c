/* A table from text to a pointer or number, and interned text. */
#include "checker/base/map.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

static uint64_t hash_key[2];
static pthread_once_t hash_once = PTHREAD_ONCE_INIT;

/* Without randomness from the system the key stays zero: slower under attack,
 * still correct. */
static void draw_key(void)
{
    if (getrandom(hash_key, sizeof(hash_key), GRND_NONBLOCK) !=
        (ssize_t)sizeof(hash_key))
        memset(hash_key, 0, sizeof(hash_key));
}

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, 2012). */
uint64_t hash_bytes(const void *p, size_t n)
{
    const unsigned char *bytes = p;
    pthread_once(&hash_once, draw_key);
    uint64_t v[4] = {
        hash_key[0] ^ UINT64_C(0x736f6d6570736575),
        hash_key[1] ^ UINT64_C(0x646f72616e646f6d),
        hash_key[0] ^ UINT64_C(0x6c7967656e657261),
        hash_key[1] ^ UINT64_C(0x7465646279746573),
    };
    uint64_t last = (uint64_t)n << 56;
    for (; n >= 8; n -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    for (size_t i = 0; i < n; i++)
        last |= (uint64_t)bytes[i] << (8 * i);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The slot that holds the key, or the free one where it belongs. Slots hold
 * item numbers plus one. */
static size_t find_slot(const struct map *map, struct str key)
{
    size_t slot = (size_t)hash_bytes(key.p, key.n) & (map->n_slots - 1);
    while (map->slots[slot] != 0 &&
           !str_eq(map->items[map->slots[slot] - 1].key, key))
        slot = (slot + 1) & (map->n_slots - 1);
    return slot;
}

size_t map_index(const struct map *map, struct str key)
{
    if (map->n == 0)
        return SIZE_MAX;
    uint32_t found = map->slots[find_slot(map, key)];
    return found != 0 ? found - 1 : SIZE_MAX;
}

void *map_get(const struct map *map, struct str key)
{
    size_t i = map_index(map, key);
    return i != SIZE_MAX ? map->items[i].value : NULL;
}

bool map_has(const struct map *map, struct str key)
{
    return map_index(map, key) != SIZE_MAX;
}

static void grow_slots(struct map *map)
{
    map->n_slots = map->n_slots > 0 ? map->n_slots * 2 : 16;
    map->slots = ARENA_ARRAY(map->arena, map->n_slots, uint32_t);
    for (size_t i = 0; i < map->n; i++)
        map->slots[find_slot(map, map->items[i].key)] = (uint32_t)i + 1;
}

bool map_put(struct map *map, struct str key, void *value)
{
    if (map->n * 4 >= map->n_slots * 3)
        grow_slots(map);
    size_t slot = find_slot(map, key);
    if (map->slots[slot] != 0) {
        map->items[map->slots[slot] - 1].value = value;
        return false;
    }
    map->items = arena_grow(map->arena, map->items, map->n, &map->capacity,
                            sizeof(struct map_item));
    map->items[map->n] = (struct map_item){key, value};
    map->slots[slot] = (uint32_t)++map->n;
    return true;
}

void interns_init(struct interns *interns, struct arena *arena)
{
    *interns = (struct interns){.map = {.arena = arena}};
}

struct str intern(struct interns *interns, struct str s)
{
    size_t i = map_index(&interns->map, s);
    if (i != SIZE_MAX)
        return interns->map.items[i].key;
    struct str copy = str_dup(interns->map.arena, s);
    map_put(&interns->map, copy, NULL);
    return copy;
}
