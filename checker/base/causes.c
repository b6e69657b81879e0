/* Sets of causes: why something could not be known. */
#include "checker/base/causes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/map.h"

/* A set of one text holds it; a larger one holds the ids of such sets, in the
 * order of their texts. Equal sets thus have equal arrays. */
struct set {
    uint32_t n;
    struct str text;
    const causes *members;
};

/* What a union gave. Both ids are above 0, so {0} is a free place. */
struct memo {
    causes a, b, result;
};

enum {
    FIRST_CHUNK = 256, /* sets; each chunk is twice the one before */
    CHUNKS = 24,
    FIRST_MEMO = 1024,
    LARGEST_MEMO = 1 << 20, /* past this it is forgotten and starts again */
};

/* Chunks never move, so that a set is read without the lock: whoever has an
 * id got it after its set was written. */
struct causes_table {
    pthread_mutex_t lock;
    struct arena *arena;
    struct set *chunks[CHUNKS];
    uint32_t n_sets;
    struct map texts; /* text to the id of its set */
    struct map sets;  /* bytes of a members array to the id of its set */
    struct memo *memo;
    size_t n_memo, memo_size;
    causes *scratch;
    size_t scratch_size;
};

/* The place of a set; its chunk must be there. */
static struct set *set_at(const struct causes_table *table, causes id)
{
    unsigned chunk = 0;
    size_t size = FIRST_CHUNK;
    size_t i = id;
    while (i >= size) {
        i -= size;
        size *= 2;
        chunk++;
    }
    return &table->chunks[chunk][i];
}

static causes set_new(struct causes_table *table, struct set set)
{
    causes id = table->n_sets++;
    size_t first = 0, size = FIRST_CHUNK;
    for (unsigned chunk = 0; chunk < CHUNKS; chunk++) {
        if (id == first)
            table->chunks[chunk] = ARENA_ARRAY(table->arena, size, struct set);
        if (id < first + size) {
            table->chunks[chunk][id - first] = set;
            return id;
        }
        first += size;
        size *= 2;
    }
    abort(); /* four thousand million sets: memory ends long before */
}

struct causes_table *causes_new(struct arena *arena)
{
    struct causes_table *table = ARENA_NEW(arena, struct causes_table);
    pthread_mutex_init(&table->lock, NULL);
    table->arena = arena;
    table->texts.arena = arena;
    table->sets.arena = arena;
    table->memo_size = FIRST_MEMO;
    table->memo = memory_resize(NULL, FIRST_MEMO * sizeof(struct memo));
    memset(table->memo, 0, FIRST_MEMO * sizeof(struct memo));
    set_new(table, (struct set){0});
    return table;
}

void causes_free(struct causes_table *table)
{
    if (table == NULL)
        return;
    pthread_mutex_destroy(&table->lock);
    free(table->memo);
    free(table->scratch);
    table->memo = NULL;
    table->scratch = NULL;
}

/* Ids travel through a map's pointers. */
static void *pointer_of(causes id)
{
    return (void *)(uintptr_t)id;
}

static causes id_of(void *pointer)
{
    return (causes)(uintptr_t)pointer;
}

causes causes_of(struct causes_table *table, struct str text)
{
    pthread_mutex_lock(&table->lock);
    causes id = id_of(map_get(&table->texts, text));
    if (id == 0) {
        struct str copy = str_dup(table->arena, text);
        id = set_new(table, (struct set){.n = 1, .text = copy});
        map_put(&table->texts, copy, pointer_of(id));
    }
    pthread_mutex_unlock(&table->lock);
    return id;
}

/* The members of a set as an array; of a single text it is `*self`. */
static const causes *members_of(const struct causes_table *table,
                                const causes *self, size_t *n)
{
    const struct set *set = set_at(table, *self);
    *n = set->n;
    return set->n == 1 ? self : set->members;
}

static struct str text_of(const struct causes_table *table, causes single)
{
    return set_at(table, single)->text;
}

/* Merges both sets into the scratch array; gives the number of members. */
static size_t merge(struct causes_table *table, causes a, causes b)
{
    size_t n_a, n_b, n = 0;
    const causes *left = members_of(table, &a, &n_a);
    const causes *right = members_of(table, &b, &n_b);
    if (n_a + n_b > table->scratch_size) {
        table->scratch_size = 2 * (n_a + n_b);
        table->scratch =
            memory_resize(table->scratch, table->scratch_size * sizeof(causes));
    }
    for (size_t i = 0, k = 0; i < n_a || k < n_b; n++) {
        int order = 0;
        if (i == n_a)
            order = 1;
        else if (k == n_b)
            order = -1;
        else if (left[i] != right[k])
            order = str_cmp(text_of(table, left[i]), text_of(table, right[k]));
        table->scratch[n] = order <= 0 ? left[i] : right[k];
        i += order <= 0;
        k += order >= 0;
    }
    return n;
}

/* The set whose members are the first `n` of the scratch array. */
static causes intern_scratch(struct causes_table *table, size_t n)
{
    if (n == 1)
        return table->scratch[0];
    struct str key = {(const char *)table->scratch, n * sizeof(causes)};
    causes id = id_of(map_get(&table->sets, key));
    if (id != 0)
        return id;
    causes *members = ARENA_ARRAY(table->arena, n, causes);
    memcpy(members, table->scratch, n * sizeof(causes));
    id = set_new(table, (struct set){.n = (uint32_t)n, .members = members});
    key.p = (const char *)members;
    map_put(&table->sets, key, pointer_of(id));
    return id;
}

/* The place of the pair, or the free one where it belongs. */
static struct memo *memo_slot(struct memo *memo, size_t size, causes a,
                              causes b)
{
    uint64_t hash = ((uint64_t)a << 32 | b) * UINT64_C(0x9E3779B97F4A7C15);
    size_t slot = (size_t)(hash >> 32) & (size - 1);
    while (memo[slot].a != 0 && (memo[slot].a != a || memo[slot].b != b))
        slot = (slot + 1) & (size - 1);
    return &memo[slot];
}

/* Makes room for one more pair: twice the size, or an empty memo. */
static void memo_grow(struct causes_table *table)
{
    if (table->n_memo * 2 < table->memo_size)
        return;
    struct memo *old = table->memo;
    size_t old_size = table->memo_size;
    bool is_kept = old_size < LARGEST_MEMO;
    if (is_kept)
        table->memo_size *= 2;
    else
        table->n_memo = 0;
    size_t bytes = table->memo_size * sizeof(struct memo);
    table->memo = memory_resize(NULL, bytes);
    memset(table->memo, 0, bytes);
    for (size_t i = 0; is_kept && i < old_size; i++)
        if (old[i].a != 0)
            *memo_slot(table->memo, table->memo_size, old[i].a, old[i].b) =
                old[i];
    free(old);
}

causes causes_union(struct causes_table *table, causes a, causes b)
{
    if (a == b || b == 0)
        return a;
    if (a == 0)
        return b;
    if (a > b) {
        causes swap = a;
        a = b;
        b = swap;
    }
    pthread_mutex_lock(&table->lock);
    struct memo *slot = memo_slot(table->memo, table->memo_size, a, b);
    causes result = slot->result;
    if (slot->a == 0) {
        result = intern_scratch(table, merge(table, a, b));
        memo_grow(table);
        *memo_slot(table->memo, table->memo_size, a, b) =
            (struct memo){a, b, result};
        table->n_memo++;
    }
    pthread_mutex_unlock(&table->lock);
    return result;
}

size_t causes_count(const struct causes_table *table, causes set)
{
    return set_at(table, set)->n;
}

struct str causes_text(const struct causes_table *table, causes set, size_t i)
{
    size_t n;
    const causes *members = members_of(table, &set, &n);
    return i < n ? text_of(table, members[i]) : (struct str){0};
}
