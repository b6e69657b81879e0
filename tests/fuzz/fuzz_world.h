/* What fuzzed expressions can name, and values for it in every state.
 *
 * Names: subject, other (rows of Thing), maybe (an optional one), rows (what
 * a lookup of many found), item (a struct), run.as_of, n, s, b, d, at, span,
 * names (a list of texts), tags (a map). */
#ifndef DR_FUZZ_WORLD_H
#define DR_FUZZ_WORLD_H

#include "checker/cel/cel.h"

enum { WORLD_SLOTS = 14 };

/* The scope of rules or, with further names, of plain CEL. */
extern const struct cel_scope fuzz_world_rules, world_plain;

/* Values for the names, in `arena`. Letters are given out in turn, first to
 * the slots and then to the cells of two rows and a ghost, over and over:
 *     k  known       u  unknown      y  unknown, may be an error
 *     a  absent      e  an error     m  an error: a lookup found nothing
 *     o  open list   g  a ghost      n  null      r  unknown with bounds
 * A letter that the place cannot have means k.
 * is_complete   what was unknown is known: one of the worlds that the letters
 *               leave open */
void world_make(struct arena *arena, struct causes_table *table,
                struct str letters, bool is_complete,
                struct value slots[WORLD_SLOTS]);

#endif
