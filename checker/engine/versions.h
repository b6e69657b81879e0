/* Versions of engines: how they compare, and ranges of them. */
#ifndef DR_VERSIONS_H
#define DR_VERSIONS_H

#include "checker/base/str.h"

/* Whether the text has a digit; nothing else can be compared. */
bool versions_valid(struct str v);
/* -1, 0 or 1, as rule-language.md, section 3 orders them: tokens of digits and
 * of letters, `13` = `13.0`, letters after the end are greater. Both must be
 * valid. Any length, no overflow. */
int versions_compare(struct str a, struct str b);
/* Whether `v` fulfils every condition of a range: `>=12.1.0.2.v10, <19`,
 * `!=13.3`, `13.*`. False in `*matches` if not. Fails if the range is
 * malformed. */
MUST_CHECK bool versions_match(struct str v, struct str range, bool *matches);
/* The first number; fails if it is no int64 or there is none. */
MUST_CHECK bool versions_major(struct str v, int64_t *major);

#endif
