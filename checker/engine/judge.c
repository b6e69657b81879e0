/* One rule on one subject: the results of its checks. */
#include "checker/engine/judge.h"

static enum result result_of(struct value v)
{
    if (v.kind == VALUE_UNKNOWN)
        return RESULT_UNKNOWN;
    if (v.kind == VALUE_ERROR)
        return v.as.error->is_miss ? RESULT_NOT_APPLICABLE : RESULT_ERROR;
    return v.kind == VALUE_BOOL && v.as.b ? RESULT_PASS : RESULT_FAIL;
}

static bool is_false(struct value v)
{
    return v.kind == VALUE_BOOL && !v.as.b;
}

/* `when`, and the joins without which the rule is about something else. */
static struct value applies(struct eval *eval, const struct rule *rule)
{
    const struct clauses *c = &rule->clauses;
    struct value *all =
        ARENA_ARRAY(eval->run.scratch, c->n_joins + 1, struct value);
    size_t n = 0;
    all[n++] = eval_expr(eval, &c->when);
    if (is_false(all[0]))
        return all[0];
    for (size_t i = 0; i < c->n_joins; i++)
        if (c->joins[i].is_gate)
            all[n++] = eval_found(eval, i);
    return cel_all(&eval->run, all, n);
}

static void add_check(struct verdict *out, struct check_verdict check)
{
    if (out->n >= MAX_CHECKS)
        return;
    check.result = result_of(check.value);
    if (check.result == RESULT_UNKNOWN)
        check.causes = check.value.n;
    out->checks[out->n++] = check;
}

static void judge_checks(struct eval *eval, const struct rule *rule,
                         struct verdict *out)
{
    const struct clauses *c = &rule->clauses;
    for (size_t i = 0; i < c->n_joins; i++) {
        const struct join *join = &c->joins[i];
        if (join->expect == EXPECT_ONE && !join->is_gate)
            add_check(out,
                      (struct check_verdict){.id = join->check,
                                             .severity = rule->info.severity,
                                             .message = &join->message,
                                             .value = eval_found(eval, i),
                                             .join = i});
    }
    for (size_t i = 0; i < rule->n_checks; i++) {
        const struct check *check = &rule->checks[i];
        add_check(out,
                  (struct check_verdict){.id = check->id,
                                         .severity = check->severity,
                                         .message = &check->message,
                                         .value = eval_expr(eval, &check->expr),
                                         .join = SIZE_MAX,
                                         .check = check});
    }
}

/* Whether the rule applies is not known, or an error: so is every check. */
static void spread(struct verdict *out, struct value doubt)
{
    bool is_unknown = doubt.kind == VALUE_UNKNOWN;
    out->result = is_unknown ? RESULT_UNKNOWN : RESULT_ERROR;
    out->causes = is_unknown ? doubt.n : 0;
    for (size_t i = 0; i < out->n; i++) {
        out->checks[i].result = out->result;
        out->checks[i].value = doubt;
        out->checks[i].causes = out->causes;
    }
}

static enum result roll_up(const struct verdict *verdict)
{
    static const enum result order[] = {RESULT_FAIL, RESULT_UNKNOWN,
                                        RESULT_ERROR};
    for (size_t k = 0; k < N_ITEMS(order); k++)
        for (size_t i = 0; i < verdict->n; i++)
            if (verdict->checks[i].result == order[k])
                return order[k];
    return RESULT_PASS;
}

void judge(struct eval *eval, const struct rule *rule, struct verdict *out)
{
    out->n = 0;
    out->causes = 0;
    out->result = RESULT_NOT_APPLICABLE;
    struct value decided = applies(eval, rule);
    if (is_false(decided))
        return;
    judge_checks(eval, rule, out);
    if (decided.kind != VALUE_BOOL) {
        spread(out, decided);
        return;
    }
    out->result = roll_up(out);
    if (out->result != RESULT_UNKNOWN)
        return;
    for (size_t i = 0; i < out->n; i++)
        out->causes =
            causes_union(eval->run.causes, out->causes, out->checks[i].causes);
}

void judge_trace(struct eval *eval, const struct rule *rule,
                 const struct check_verdict *check)
{
    if (is_false(applies(eval, rule)))
        return;
    if (check == NULL) {
        struct verdict *all = ARENA_NEW(eval->run.scratch, struct verdict);
        judge_checks(eval, rule, all);
    } else if (check->join != SIZE_MAX)
        (void)eval_found(eval, check->join);
    else
        (void)eval_expr(eval, &check->check->expr);
}
