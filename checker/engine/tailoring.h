/* A file that fits the rules to a user's case, and says why. */
#ifndef DR_TAILORING_H
#define DR_TAILORING_H

#include "checker/engine/rule.h"

enum { TAILORING_DEPTH = 8 };

/* Reads the file (NULL: none) and those that it extends, the farthest first,
 * and changes the rules: parameters, severity (of all checks), and
 * `info.tailoring`. A file:
 *
 *     extends: ../base.yaml     # optional, from this file's folder
 *     rules:
 *       RULE-ID:
 *         enabled: false        # each of the four is optional
 *         severity: low
 *         parameters: {NAME: VALUE}
 *         reason: why
 *
 * What an extending file says of a rule replaces what the other says of the
 * same thing. Mistakes go to `diags`; false if there is one, or in `err` if
 * the file itself cannot be read. */
MUST_CHECK bool tailoring_apply(struct arena *arena, struct rules *rules,
                                const char *path, struct diags *diags,
                                struct err *err);

#endif
