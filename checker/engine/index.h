/* Rows by the values of some fields: a hash probe instead of a scan. */
#ifndef DR_INDEX_H
#define DR_INDEX_H

#include "checker/base/value.h"

/* Read-only once built. Rows that are surely different are never found; rows
 * with an unknown among the fields always are, so that what is found must be
 * looked at with the whole condition. Ghosts are not in it. */
struct index;

/* Builds over the rows of a table. fields: their numbers, scalars all. */
struct index *index_new(struct arena *arena, const struct value_table *table,
                        const uint32_t *fields, size_t n_fields);

/* The values of a probe, one per field in the same order, must be V. */
struct index_walk {
    const struct index *index;
    uint64_t hash;
    uint32_t next, next_overflow;
};

void index_begin(struct index_walk *walk, const struct index *index,
                 const struct value *values);
/* The next row in ascending order; false at the end. */
bool index_next(struct index_walk *walk, uint32_t *row);

/* Whether values of the type can be hashed (texts, whole numbers, bools). */
bool index_takes(const struct type *type);

#endif
