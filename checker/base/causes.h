/* Sets of causes: why something could not be known.
 *
 * A cause is a text (rule-language.md, section 2); a set is a 32-bit id, so
 * that an unknown value is no larger than any other. Sets are interned: equal
 * sets have equal ids. 0 is the empty set. Safe for several threads. */
#ifndef DR_CAUSES_H
#define DR_CAUSES_H

#include "checker/base/str.h"

typedef uint32_t causes;

struct causes_table;

/* The table and its texts live in `arena`, which no other thread may use. */
struct causes_table *causes_new(struct arena *arena);
void causes_free(struct causes_table *table); /* its locks and memo */

/* The set of one text (copied). */
causes causes_of(struct causes_table *table, struct str text);
/* The union; remembered by pair, so that repeating it is a look-up. */
causes causes_union(struct causes_table *table, causes a, causes b);

/* The texts of a set, sorted by bytes; borrowed from the table. */
size_t causes_count(const struct causes_table *table, causes set);
struct str causes_text(const struct causes_table *table, causes set, size_t i);

#endif
