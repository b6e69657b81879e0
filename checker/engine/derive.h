/* Rows of derived types, made of what was read. */
#ifndef DR_DERIVE_H
#define DR_DERIVE_H

#include "checker/engine/evaluation.h"

/* Runs the derivations of the types that are demanded, over the rows and
 * ghosts of a finished inventory, and finishes it again.
 * origins   out: id of a derived row → struct origin *; in `arena` */
void derive_rows(struct arena *arena, struct setting *setting,
                 struct map *origins);

#endif
