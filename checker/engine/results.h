/* Making findings: words, fingerprints and their order. */
#ifndef DR_RESULTS_H
#define DR_RESULTS_H

#include "checker/engine/findings.h"

/* SHA-256 in lower-case hex. */
struct str results_digest(struct arena *arena, struct str text);
/* Of rule, check and subject, stable across runs. */
struct str results_fingerprint(struct arena *arena, struct str rule,
                               struct str check, struct str subject);
/* By rule, subject id and check. */
void results_sort(struct finding *items, size_t n);

#endif
