/* The clauses that rules and derivations share, as they are written. */
#ifndef DR_CLAUSEFILE_H
#define DR_CLAUSEFILE_H

#include "checker/engine/rule.h"

/* A CEL text; NULL (a key that is missing) leaves `out` empty. */
void clausefile_expr(const struct schema *s, const struct yaml_node *node,
                     struct expr *out);
/* A type by name; NULL and an error if there is none. */
const struct catalogue_type *clausefile_type(const struct schema *s,
                                             const struct yaml_node *node,
                                             const struct catalogue *catalogue);
/* Reads each, when, let, facts and lookup of the root into `out`, gives them
 * slots, and checks that names are distinct.
 * has_else   whether joins may say what follows if nothing is found */
void clausefile_read(const struct schema *s, const struct catalogue *catalogue,
                     const struct map *tables, bool has_else,
                     struct clauses *out);

#endif
