/* Rules over an inventory: findings. */
#ifndef DR_ENGINE_H
#define DR_ENGINE_H

#include "checker/engine/findings.h"
#include "checker/inventory/inventory.h"

/* Which rules, and with what. Lists are borrowed for the life of the rules. */
struct rule_options {
    const char *const *paths; /* --rules: files or directories */
    size_t n_paths;
    const struct str *select, *skip, *tags; /* globs on ids; words */
    size_t n_select, n_skip, n_tags;
    const struct str *params; /* "RULE.NAME=VALUE" */
    size_t n_params;
    const char *tailoring; /* --tailoring: a file, or NULL */
    int64_t as_of;         /* seconds since 1970, a day */
    struct str from, to;   /* may be empty */
    /* For those who write rules: files or folders that are loaded, too, each in
     * place of the embedded file of the same path; and whether warnings are
     * wanted. */
    const char *const *files;
    size_t n_files;
    bool is_linted;
};

/* Compiled rules, derivations and facts, with the demand that they make. */
struct rules;

/* Loads the embedded packs, derivations and facts, and --rules, and compiles
 * what was chosen. All mistakes of all files go to `diags`.
 * fails  false if there is an error in `diags` (files), or in `err`
 *        (ERR_USAGE: a select glob that matches no rule, an unknown parameter
 *        — with the nearest) */
MUST_CHECK bool rules_load(struct arena *arena,
                           const struct catalogue *catalogue,
                           const struct rule_options *options,
                           struct rules **out, struct diags *diags,
                           struct err *err);
const struct demand *rules_demand(const struct rules *rules);
/* "sha256:HEX" over the chosen rules' texts, facts and parameters. */
struct str rules_digest(const struct rules *rules);
/* The chosen rules, sorted by id. */
const struct rule_info *const *rules_list(const struct rules *rules, size_t *n);
/* The chosen rules that read the given type or call (for `calls`). */
size_t rules_reading(struct arena *arena, const struct rules *rules,
                     const struct catalogue_call *call,
                     const struct rule_info *const **out);

/* How to evaluate; {0} is usual. None of it changes a finding, but for what
 * passes the step limit. */
struct engine_options {
    bool list_not_applicable; /* --all */
    bool is_scan;             /* --no-index: lookups look at each row */
    int64_t step_limit;       /* per rule and subject; 0: STEP_LIMIT */
    unsigned n_threads;       /* 0: by processors and work */
};

enum { STEP_LIMIT = 1000000, MAX_THREADS = 256 };

/* Derives rows (dr.copy) and evaluates. `inventory` must be finished; derived
 * rows are added to it. Findings live in `arena`; `run` is left to the
 * caller. */
struct findings *engine_run(struct arena *arena, const struct rules *rules,
                            struct inventory *inventory,
                            const struct engine_options *options);

#endif
