/* All rules on all subjects, by several threads. */
#ifndef DR_WORKERS_H
#define DR_WORKERS_H

#include "checker/engine/subjects.h"

/* Fills `items`, `n` and `counts` of the findings; what they point to lives in
 * `arena`. They are sorted, and the same with any number of threads.
 * The setting's indexes must be built: nothing that threads share is written,
 * but for the table of causes, which has a lock. */
void workers_run(struct arena *arena, const struct setting *setting,
                 bool list_not_applicable, struct findings *out);

#endif
