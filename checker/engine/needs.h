/* What rules read: types, fields and, through them, calls. */
#ifndef DR_NEEDS_H
#define DR_NEEDS_H

#include "checker/engine/rule.h"

/* Adds all that the rule reads, through derivations too. */
void needs_rule(struct arena *arena, const struct rules *rules,
                const struct rule *rule, struct demand *demand);
#endif
