/* One rule on one subject: the results of its checks. */
#ifndef DR_JUDGE_H
#define DR_JUDGE_H

#include "checker/engine/evaluation.h"

/* One check of a rule: a join that must be found, or a requirement. */
struct check_verdict {
    struct str id;
    enum severity severity;
    const struct text *message; /* of a failure */
    enum result result;
    struct value value;
    causes causes;
    size_t join;               /* SIZE_MAX: a requirement */
    const struct check *check; /* NULL: a join */
};

struct verdict {
    enum result result; /* rolled up */
    causes causes;      /* where the result is unknown */
    struct check_verdict checks[MAX_CHECKS];
    size_t n; /* 0: not applicable */
};

/* Decides all checks (rule-language.md, section 6). */
void judge(struct eval *eval, const struct rule *rule, struct verdict *out);
/* Evaluates again what led to one check (NULL: all of them), for its trace. */
void judge_trace(struct eval *eval, const struct rule *rule,
                 const struct check_verdict *check);

/* Evaluates with the given setting (indexes and origins are filled in). */
struct findings *engine_evaluate(struct arena *arena, struct setting *setting,
                                 bool list_not_applicable);

#endif
