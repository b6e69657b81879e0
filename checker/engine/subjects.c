/* One rule on some of its subjects: the findings. */
#include "checker/engine/subjects.h"

#include "checker/engine/results.h"

/* The subject of a finding, and with what it is evaluated again. Its texts
 * are the inventory's or the report's: findings borrow them. */
struct subject {
    const struct rule *rule;
    struct value row, item;
    struct str id, name;
};

/* What the ghosts of one place come to: they are one finding. */
struct ghost_outcome {
    struct subject subject;
    enum result result;
    causes causes;
};

static struct str cell_text(struct value cell)
{
    return cell.kind == VALUE_STRING ? value_text(cell) : (struct str){0};
}

static struct str name_of(struct value row, const struct catalogue_type *type,
                          struct str id)
{
    const struct value_table *table = row.as.table;
    if (table->columns[type->name_field] == NULL)
        return id;
    struct str name = cell_text(value_cell(table, row.n, type->name_field));
    return name.n > 0 ? name : id;
}

static struct str unknown_message(struct report *report, causes why)
{
    const struct causes_table *table = report->setting->inventory->causes;
    size_t n = causes_count(table, why);
    if (n == 0)
        return STR("cannot be decided");
    struct str first = causes_text(table, why, 0);
    if (n == 1)
        return str_fmt(report->arena, "cannot be decided: %.*s", STRF(first));
    return str_fmt(report->arena, "cannot be decided: %.*s (and %zu more)",
                   STRF(first), n - 1);
}

/* ---- one finding ---- */

static void trace(struct report *report, const struct subject *subject,
                  const struct check_verdict *check, struct finding *out)
{
    struct evidence_list list = {.arena = report->arena};
    struct eval eval;
    eval_begin(&eval, report->setting, &subject->rule->clauses,
               &report->scratch, subject->row, subject->item);
    eval.evidence = &list;
    eval.run.trace = evidence_cell;
    judge_trace(&eval, subject->rule, check);
    out->evidence = list.items;
    out->n_evidence = list.n;
    out->n_evidence_dropped = list.n_dropped;
}

static struct finding *add(struct report *report, const struct subject *subject,
                           struct str check, enum severity severity,
                           enum result result)
{
    const struct value_table *table = subject->row.as.table;
    uint32_t row = subject->row.n;
    report->counts[result]++;
    if (result == RESULT_NOT_APPLICABLE && !report->list_not_applicable)
        return NULL;
    report->items = arena_grow(report->lists, report->items, report->n,
                               &report->capacity, sizeof(*report->items));
    struct finding *f = &report->items[report->n++];
    *f = (struct finding){
        .rule = &subject->rule->info,
        .check = check,
        .severity = severity,
        .result = result,
        .subject_type = table->record->name,
        .subject_id = subject->id,
        .account = cell_text(value_cell(table, row, ROW_ACCOUNT)),
        .region = cell_text(value_cell(table, row, ROW_REGION)),
    };
    f->subject_name = subject->name.n > 0 ? subject->name : subject->id;
    f->fingerprint = results_fingerprint(report->arena, subject->rule->info.id,
                                         check, subject->id);
    return f;
}

static void add_check(struct report *report, const struct subject *subject,
                      struct eval *eval, const struct check_verdict *check)
{
    struct finding *f =
        add(report, subject, check->id, check->severity, check->result);
    if (f == NULL)
        return;
    if (check->result == RESULT_FAIL)
        f->message = eval_text(eval, report->arena, check->message);
    else if (check->result == RESULT_ERROR)
        f->message = eval_error_text(eval, report->arena, check->value);
    else if (check->result == RESULT_UNKNOWN) {
        f->causes = check->causes;
        f->message = unknown_message(report, check->causes);
    }
    if (check->result != RESULT_PASS)
        f->remediation =
            eval_text(eval, report->arena, &subject->rule->remediation);
    trace(report, subject, check, f);
}

/* A finding about the subject as a whole. */
static void add_whole(struct report *report, const struct subject *subject,
                      enum result result, causes why)
{
    struct finding *f = add(report, subject, (struct str){0},
                            subject->rule->info.severity, result);
    if (f == NULL || result != RESULT_UNKNOWN)
        return;
    f->causes = why;
    f->message = unknown_message(report, why);
    trace(report, subject, NULL, f);
}

/* ---- rows ---- */

static void judge_row(struct report *report, const struct subject *subject)
{
    struct eval eval;
    struct verdict verdict;
    eval_begin(&eval, report->setting, &subject->rule->clauses,
               &report->scratch, subject->row, subject->item);
    judge(&eval, subject->rule, &verdict);
    if (verdict.result == RESULT_NOT_APPLICABLE)
        add_whole(report, subject, RESULT_NOT_APPLICABLE, 0);
    for (size_t i = 0; i < verdict.n; i++)
        add_check(report, subject, &eval, &verdict.checks[i]);
}

/* The outcome of something that stands for 0..n subjects. */
static void judge_many(struct report *report, const struct subject *subject,
                       causes why, struct ghost_outcome *out)
{
    struct causes_table *table = report->setting->inventory->causes;
    struct eval eval;
    struct verdict verdict;
    eval_begin(&eval, report->setting, &subject->rule->clauses,
               &report->scratch, subject->row, subject->item);
    judge(&eval, subject->rule, &verdict);
    if (verdict.result == RESULT_PASS ||
        verdict.result == RESULT_NOT_APPLICABLE)
        return;
    out->subject = *subject;
    out->result = RESULT_UNKNOWN;
    out->causes = causes_union(table, out->causes,
                               causes_union(table, verdict.causes, why));
}

/* The list of `each`; one whose length is not known is unknown. */
static struct value items_of(struct report *report,
                             const struct subject *subject, struct eval *eval)
{
    const struct clauses *c = &subject->rule->clauses;
    eval_begin(eval, report->setting, c, &report->scratch, subject->row,
               (struct value){0});
    struct value list = eval_expr(eval, &c->each_in);
    if (list.kind == VALUE_OPEN_LIST)
        return value_unknown(eval_causes(eval, list));
    return list;
}

static void judge_each(struct report *report, const struct subject *whole)
{
    struct eval eval;
    struct value list = items_of(report, whole, &eval);
    if (list.kind == VALUE_UNKNOWN) {
        struct subject any = *whole;
        struct ghost_outcome outcome = {.result = RESULT_NOT_APPLICABLE};
        any.id = str_cat(report->arena, whole->id, STR("[*]"));
        any.item = value_unknown(list.n);
        judge_many(report, &any, list.n, &outcome);
        add_whole(report, &any, outcome.result, outcome.causes);
        return;
    }
    if (list.kind == VALUE_ERROR) {
        struct finding *f = add(report, whole, (struct str){0},
                                whole->rule->info.severity, RESULT_ERROR);
        if (f != NULL)
            f->message = eval_error_text(&eval, report->arena, list);
        return;
    }
    if (list.n == 0)
        add_whole(report, whole, RESULT_NOT_APPLICABLE, 0);
    for (uint32_t i = 0; i < list.n; i++) {
        struct subject one = *whole;
        one.id = str_fmt(report->arena, "%.*s[%u]", STRF(whole->id), i);
        one.item = list.as.items[i];
        judge_row(report, &one);
    }
}

/* ---- ghosts ---- */

static struct str ghost_id(struct report *report, const struct rule *rule,
                           struct value row)
{
    struct value account = value_cell(row.as.table, row.n, ROW_ACCOUNT);
    struct value region = value_cell(row.as.table, row.n, ROW_REGION);
    return str_fmt(
        report->arena, "ghost:%.*s/%.*s%s",
        STRF(account.kind == VALUE_STRING ? value_text(account) : STR("*")),
        STRF(region.kind == VALUE_STRING ? value_text(region) : STR("*")),
        rule->clauses.each_node != NULL ? "[*]" : "");
}

static void judge_ghost(struct report *report, const struct subject *ghost,
                        causes why, struct ghost_outcome *out)
{
    struct causes_table *table = report->setting->inventory->causes;
    struct subject one = *ghost;
    struct eval eval;
    if (ghost->rule->clauses.each_node == NULL) {
        judge_many(report, ghost, why, out);
        return;
    }
    struct value list = items_of(report, ghost, &eval);
    if (list.kind == VALUE_UNKNOWN) {
        one.item = value_unknown(list.n);
        judge_many(report, &one, causes_union(table, why, list.n), out);
        return;
    }
    if (list.kind == VALUE_ERROR) {
        out->subject = one;
        out->result = RESULT_UNKNOWN;
        out->causes = causes_union(table, out->causes, why);
        return;
    }
    for (uint32_t i = 0; i < list.n; i++) {
        one.item = list.as.items[i];
        judge_many(report, &one, why, out);
    }
}

/* Ghosts of one place lie beside each other: the table is sorted by place. An
 * unknown place may stand anywhere, hence the search. */
static struct ghost_outcome *outcome_of(struct ghost_outcome *outcomes,
                                        size_t *n,
                                        const struct subject *subject)
{
    for (size_t i = *n; i-- > 0;)
        if (str_eq(outcomes[i].subject.id, subject->id))
            return &outcomes[i];
    outcomes[*n] = (struct ghost_outcome){.subject = *subject,
                                          .result = RESULT_NOT_APPLICABLE};
    return &outcomes[(*n)++];
}

void subjects_report_ghosts(struct report *report, const struct rule *rule)
{
    const struct value_table *table = subjects_of(report->setting, rule);
    struct arena kept = {0};
    struct ghost_outcome *outcomes =
        ARENA_ARRAY(&kept, table->n_ghosts, struct ghost_outcome);
    size_t n = 0;
    for (uint32_t i = 0; i < table->n_ghosts; i++) {
        struct subject subject = {.rule = rule,
                                  .row = value_row(table, table->n_rows + i)};
        subject.id = ghost_id(report, rule, subject.row);
        judge_ghost(report, &subject, table->ghost_causes[i],
                    outcome_of(outcomes, &n, &subject));
        /* Items are evaluated again for the trace, so none is kept. */
        arena_reset(&report->scratch);
    }
    for (size_t i = 0; i < n; i++) {
        struct subject subject = outcomes[i].subject;
        if (rule->clauses.each_node != NULL)
            subject.item = value_unknown(outcomes[i].causes);
        add_whole(report, &subject, outcomes[i].result, outcomes[i].causes);
        arena_reset(&report->scratch);
    }
    arena_release(&kept);
}

const struct value_table *subjects_of(const struct setting *setting,
                                      const struct rule *rule)
{
    return setting->inventory->tables[rule->clauses.subject->number];
}

void subjects_report(struct report *report, const struct rule *rule,
                     uint32_t first, uint32_t end)
{
    const struct catalogue_type *type = rule->clauses.subject;
    const struct value_table *table = subjects_of(report->setting, rule);
    for (uint32_t row = first; row < end; row++) {
        struct subject subject = {.rule = rule, .row = value_row(table, row)};
        subject.id = value_text(value_cell(table, row, ROW_ID));
        subject.name = name_of(subject.row, type, subject.id);
        if (rule->clauses.each_node == NULL)
            judge_row(report, &subject);
        else
            judge_each(report, &subject);
        arena_reset(&report->scratch);
    }
}
