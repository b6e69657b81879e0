/* Rows by the values of some fields: a hash probe instead of a scan. */
#include "checker/engine/index.h"

#include "checker/base/map.h"

enum { END = UINT32_MAX };

struct index {
    const struct value_table *table;
    const uint32_t *fields;
    size_t n_fields;
    uint32_t *heads; /* by slot: the first row of its chain, or END */
    size_t n_slots;  /* a power of two */
    uint32_t *next;  /* by row */
    uint64_t *hashes;
    uint32_t *overflow; /* rows with an unknown, ascending */
    uint32_t n_overflow;
};

bool index_takes(const struct type *type)
{
    return type->kind == TYPE_STRING || type->kind == TYPE_INT ||
           type->kind == TYPE_BOOL;
}

/* Values of other kinds hash alike: they are told apart by the condition. */
static uint64_t hash_value(struct value v)
{
    if (v.kind == VALUE_STRING)
        return hash_bytes(v.as.s, v.n);
    if (v.kind == VALUE_INT)
        return hash_bytes(&v.as.i, sizeof(v.as.i));
    return v.kind == VALUE_BOOL && v.as.b ? 2 : 1;
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash ^= more + UINT64_C(0x9e3779b97f4a7c15) + (hash << 6) + (hash >> 2);
    return hash * UINT64_C(0xff51afd7ed558ccd);
}

static uint64_t hash_row(const struct index *index, uint32_t row,
                         bool *is_unknown)
{
    uint64_t hash = 0;
    *is_unknown = false;
    for (size_t i = 0; i < index->n_fields; i++) {
        struct value cell = value_cell(index->table, row, index->fields[i]);
        *is_unknown |= cell.kind == VALUE_UNKNOWN;
        hash = mix(hash, hash_value(cell));
    }
    return hash;
}

struct index *index_new(struct arena *arena, const struct value_table *table,
                        const uint32_t *fields, size_t n_fields)
{
    struct index *index = ARENA_NEW(arena, struct index);
    index->table = table;
    index->fields = fields;
    index->n_fields = n_fields;
    index->n_slots = 16;
    while (index->n_slots < table->n_rows)
        index->n_slots *= 2;
    index->heads = ARENA_ARRAY(arena, index->n_slots, uint32_t);
    index->next = ARENA_ARRAY(arena, table->n_rows, uint32_t);
    index->hashes = ARENA_ARRAY(arena, table->n_rows, uint64_t);
    index->overflow = ARENA_ARRAY(arena, table->n_rows, uint32_t);
    for (size_t i = 0; i < index->n_slots; i++)
        index->heads[i] = END;
    for (uint32_t row = 0; row < table->n_rows; row++) {
        bool is_unknown;
        index->hashes[row] = hash_row(index, row, &is_unknown);
        index->next[row] = END;
        if (is_unknown)
            index->overflow[index->n_overflow++] = row;
    }
    /* Backwards, so that chains ascend; overflow rows are in no chain. */
    uint32_t skipped = index->n_overflow;
    for (uint32_t row = table->n_rows; row-- > 0;) {
        if (skipped > 0 && index->overflow[skipped - 1] == row) {
            skipped--;
            continue;
        }
        uint32_t *head =
            &index->heads[index->hashes[row] & (index->n_slots - 1)];
        index->next[row] = *head;
        *head = row;
    }
    return index;
}

void index_begin(struct index_walk *walk, const struct index *index,
                 const struct value *values)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < index->n_fields; i++)
        hash = mix(hash, hash_value(values[i]));
    *walk =
        (struct index_walk){.index = index,
                            .hash = hash,
                            .next = index->heads[hash & (index->n_slots - 1)]};
}

bool index_next(struct index_walk *walk, uint32_t *row)
{
    const struct index *index = walk->index;
    while (walk->next != END && index->hashes[walk->next] != walk->hash)
        walk->next = index->next[walk->next];
    bool has_overflow = walk->next_overflow < index->n_overflow;
    if (walk->next == END && !has_overflow)
        return false;
    /* END is greater than any row. */
    if (has_overflow && index->overflow[walk->next_overflow] < walk->next) {
        *row = index->overflow[walk->next_overflow++];
        return true;
    }
    *row = walk->next;
    walk->next = index->next[walk->next];
    return true;
}
