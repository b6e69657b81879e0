/* Regular expressions: RE2's syntax, matched without backtracking. */
#ifndef DR_PATTERN_H
#define DR_PATTERN_H

#include "checker/base/value.h"

struct pattern;

/* NULL if the pattern is malformed, over 512 bytes, or uses what RE2 has not
 * (back-references, look-around …); `*why` then says what. In `arena`. */
const struct pattern *pattern_compile(struct arena *arena, struct str text,
                                      const char **why);
/* Whether the pattern is found in the text: 1, 0, or -1 if the search would
 * have cost too much: in texts over 64 KiB, and where some 700 ways to match
 * stay open at once. */
int pattern_search(struct arena *arena, const struct pattern *pattern,
                   struct str text);

#endif
