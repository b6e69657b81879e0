/* The lines of a snapshot; private to inventory. */
#ifndef DR_SNAPSHOT_H
#define DR_SNAPSHOT_H

#include "checker/inventory/inventory.h"

/* Appends the line of a row, or of a record of coverage, with its newline. */
void snapshot_row(struct buf *out, const struct inventory *inventory,
                  const struct value_table *table, uint32_t row);
void snapshot_coverage(struct buf *out, const struct inventory *inventory,
                       const struct coverage *record);
/* The types whose rows the sources brought, sorted by name, as tables. */
size_t snapshot_tables(struct arena *arena, const struct inventory *inventory,
                       const struct value_table *const **out);

#endif
