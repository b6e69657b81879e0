/* What the engine's tests share: a small catalogue, rules and rows in YAML. */
#ifndef DR_ENGINE_SUPPORT_H
#define DR_ENGINE_SUPPORT_H

#include "checker/engine/judge.h"

/* Types: T::Db (arn), T::Backup (arn), T::Key (arn, a call per row), T::Thing
 * (opaque, unique by account, region and Name) and the derived dr.copy. */
struct world {
    struct arena arena;
    struct diags diags;
    struct err err;
    struct catalogue *catalogue;
    struct causes_table *causes;
    struct rule_options options;
    struct rules *rules;
    struct inventory *inventory;
    struct findings *findings;
    bool is_scoped, is_scan;
    unsigned n_threads;
};

void world_open(struct world *world);
void world_close(struct world *world);
/* Compiles documents as the files 1.yaml, 2.yaml, …; NULL ends them. */
bool world_rules(struct world *world, const char *const *documents);
/* "LINE:COL TEXT | HINT" of each mistake, a line each. */
const char *world_mistakes(struct world *world);
/* Rows and ghosts as in a rule's inline tests; scope as "A/R A/R" (NULL:
 * everywhere), in which each demanded call answered. */
void world_fill(struct world *world, const char *rows, const char *ghosts,
                const char *scope);
/* "SUBJECT CHECK RESULT [CAUSE; …]" of each finding, a line each; a check that
 * is null is "-". */
const char *world_run(struct world *world);
/* "ID REGION FIELD=VALUE …" of each row of a type, then of each ghost. */
const char *world_table(struct world *world, const char *type,
                        const char *fields);
/* The finding of a subject and check. */
const struct finding *world_finding(const struct world *world,
                                    const char *subject, const char *check);

#endif
