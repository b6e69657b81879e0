/* What is legal in a rule and most likely not meant. */
#ifndef DR_LINT_H
#define DR_LINT_H

#include "checker/engine/rule.h"

/* Adds warnings for a rule that was bound without a mistake: a lookup without
 * a pin, names and parameters that are never read, conditions that are always
 * the same, no remediation, no test that gives `unknown`. */
void lint_rule(const struct schema *s, const struct rule *rule);

#endif
