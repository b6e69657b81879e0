/* Dated tables: what was true since when, and who says so. */
#ifndef DR_FACTS_H
#define DR_FACTS_H

#include "checker/engine/schema.h"

struct facts_table {
    struct str name;
    const struct source *source;
    struct record record; /* columns, then since, source, until, note */
    const struct type *type;
    const uint32_t *key; /* columns */
    size_t n_key;
    struct value **rows; /* cells by column */
    size_t n_rows;
    struct value_table in_force; /* on the day of facts_select */
};

/* Reads a file's table; NULL after a mistake that leaves no table. Two rows of
 * one key that are in force on one day are an error. */
struct facts_table *facts_read(const struct schema *s);

/* Fills `in_force` with the rows where since <= as_of < until. */
void facts_select(struct arena *arena, struct facts_table *table,
                  struct str as_of);

#endif
