/* The tests that stand in rules and in files of tests. */
#include "checker/engine/ruletest.h"

#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/engine/judge.h"

/* One test while it runs; all of it is in `arena`. */
struct trial {
    struct arena arena;
    const struct ruletest *test;
    struct schema schema;
    struct diags diags; /* the file was checked when it was loaded */
    struct causes_table *causes;
    struct rules rules; /* a view: the one rule, on the day of the test */
    const struct rule_info *info;
    struct rule *rule;
    struct inventory *inventory;
    struct value *parameters;     /* what the rule had before */
    struct value_table *in_force; /* what the tables had before */
};

static const struct yaml_node *get(const struct ruletest *test, const char *key)
{
    return yaml_get(test->node, key);
}

static size_t size_of(const struct yaml_node *node)
{
    return node != NULL ? node->n : 0;
}

static struct str text_or(const struct yaml_node *mapping, const char *key,
                          const char *otherwise)
{
    const struct yaml_node *node = yaml_get(mapping, key);
    return node != NULL ? node->text : str_of(otherwise);
}

/* ---- which tests ---- */

static void add_tests(struct ruletest *out, size_t *n, struct rule *rule,
                      const struct source *source,
                      const struct yaml_node *tests)
{
    for (size_t i = 0; i < size_of(tests); i++)
        out[(*n)++] = (struct ruletest){rule, source, tests->items[i]};
}

size_t ruletest_list(struct arena *arena, const struct rules *rules,
                     struct ruletest **out)
{
    size_t n = 0;
    for (size_t i = 0; i < rules->n_chosen; i++) {
        const struct rule_tests *more = rules->chosen[i]->more_tests;
        n += size_of(rules->chosen[i]->tests);
        for (; more != NULL; more = more->next)
            n += more->node->n;
    }
    *out = ARENA_ARRAY(arena, n, struct ruletest);
    n = 0;
    for (size_t i = 0; i < rules->n_chosen; i++) {
        struct rule *rule = rules->chosen[i];
        const struct rule_tests *more = rule->more_tests;
        add_tests(*out, &n, rule, rule->clauses.source, rule->tests);
        for (; more != NULL; more = more->next)
            add_tests(*out, &n, rule, more->source, more->node);
    }
    return n;
}

struct str ruletest_name(const struct ruletest *test)
{
    return text_or(test->node, "name", "");
}

/* ---- what is expected ---- */

static struct str expected_word(const struct yaml_node *want)
{
    return want->kind == YAML_MAPPING ? text_or(want, "result", "")
                                      : want->text;
}

void ruletest_cases(const struct ruletest *test, struct ruletest_cases *cases)
{
    const struct yaml_node *expect = get(test, "expect");
    for (size_t i = 0; i < size_of(expect); i++) {
        struct str word = expected_word(expect->items[i]);
        cases->has_pass |= str_is(word, result_word(RESULT_PASS));
        cases->has_fail |= str_is(word, result_word(RESULT_FAIL));
    }
}

/* ---- the day and the parameters ---- */

/* Facts and parameters are the rules' own: they are put back in the end. */
static void choose_day(struct trial *t)
{
    const struct map *tables = &t->rules.tables;
    const struct yaml_node *as_of = get(t->test, "as_of");
    t->in_force = ARENA_ARRAY(&t->arena, tables->n, struct value_table);
    for (size_t i = 0; i < tables->n; i++) {
        struct facts_table *table = tables->items[i].value;
        t->in_force[i] = table->in_force;
        if (as_of != NULL)
            facts_select(&t->arena, table, as_of->text);
    }
    if (as_of == NULL)
        return;
    struct value *cells = ARENA_ARRAY(&t->arena, t->rules.run.n, struct value);
    for (uint32_t i = 0; i < t->rules.run.n; i++)
        cells[i] = t->rules.run.as.items[i];
    cells[0] = value_str(as_of->text);
    t->rules.as_of = as_of->text;
    t->rules.run.as.items = cells;
}

static void choose_values(struct trial *t)
{
    struct clauses *c = &t->rule->clauses;
    const struct yaml_node *given = get(t->test, "parameters");
    t->parameters = ARENA_ARRAY(&t->arena, c->n_parameters, struct value);
    for (size_t i = 0; i < c->n_parameters; i++) {
        struct parameter *p = &c->parameters[i];
        t->parameters[i] = p->value;
        const struct yaml_node *node =
            given != NULL ? yaml_get(given, str_cstr(&t->arena, p->name))
                          : NULL;
        struct value v;
        if (node != NULL && parameters_value(&t->schema, node, p, &v))
            p->value = v;
    }
}

static void put_back(struct trial *t)
{
    struct clauses *c = &t->rule->clauses;
    for (size_t i = 0; i < c->n_parameters; i++)
        c->parameters[i].value = t->parameters[i];
    for (size_t i = 0; i < t->rules.tables.n; i++) {
        struct facts_table *table = t->rules.tables.items[i].value;
        table->in_force = t->in_force[i];
    }
}

/* ---- the inventory ---- */

/* What a test does not give: absent if it may be, else not known. */
static struct value cell_of(struct trial *t, const struct field *field,
                            const struct yaml_node *node)
{
    struct value cell;
    if (node != NULL && schema_value(&t->schema, node, field->type,
                                     field->is_nullable, t->causes, &cell))
        return cell;
    return field->is_optional
               ? value_absent()
               : value_unknown(causes_of(t->causes, STR("not given")));
}

static void set_cells(struct trial *t, const struct catalogue_type *type,
                      uint32_t row, bool is_ghost,
                      const struct yaml_node *fields)
{
    const struct record *record = &type->record;
    for (uint32_t f = ROW_FIELDS; f < record->n_fields; f++) {
        const struct field *field = &record->fields[f];
        const struct yaml_node *node =
            fields != NULL ? yaml_get(fields, str_cstr(&t->arena, field->name))
                           : NULL;
        if (!is_ghost)
            inventory_cell(t->inventory, type, row, f, cell_of(t, field, node));
        else if (node != NULL)
            inventory_ghost_cell(t->inventory, type, row, f,
                                 cell_of(t, field, node));
    }
}

static void add_row(struct trial *t, const struct yaml_node *row, bool is_ghost)
{
    const struct catalogue_type *type =
        catalogue_type(t->rules.catalogue, text_or(row, "type", ""));
    struct place place = {text_or(row, "account", "111122223333"),
                          text_or(row, "region", "")};
    /* What the rule never reads cannot change what it says. */
    if (type == NULL || t->rule->demand->fields[type->number] == NULL)
        return;
    uint32_t number =
        is_ghost
            ? inventory_ghost(t->inventory, type, place,
                              causes_of(t->causes, text_or(row, "cause", "")))
            : inventory_row(t->inventory, type, place.account, place.region,
                            text_or(row, "id", ""));
    set_cells(t, type, number, is_ghost, yaml_get(row, "fields"));
}

/* A place of the scope, in which all listings answered: what a test does not
 * give as a ghost was read. */
static void add_place(struct trial *t, struct str place)
{
    struct str account, region;
    if (!str_split(&place, '/', &account) || !str_split(&place, '/', &region))
        return;
    inventory_scope(t->inventory, account, region);
    const struct catalogue_call *const *calls = NULL;
    size_t n = demand_calls(&t->arena, t->rule->demand, &calls);
    for (size_t i = 0; i < n; i++) {
        struct coverage record = {.account = account,
                                  .region = region,
                                  .call = calls[i]->id,
                                  .state = COVERAGE_OK};
        inventory_coverage(t->inventory, &record);
    }
}

static void fill(struct trial *t)
{
    const struct yaml_node *rows = get(t->test, "rows");
    const struct yaml_node *ghosts = get(t->test, "ghosts");
    const struct yaml_node *scope = get(t->test, "scope");
    t->inventory = inventory_new(&t->arena, t->rule->demand, t->causes);
    for (size_t i = 0; i < size_of(scope); i++)
        add_place(t, scope->items[i]->text);
    for (size_t i = 0; i < size_of(rows); i++)
        add_row(t, rows->items[i], false);
    for (size_t i = 0; i < size_of(ghosts); i++)
        add_row(t, ghosts->items[i], true);
    inventory_finish(t->inventory);
}

/* ---- comparing ---- */

/* What was found about one subject. */
struct got {
    enum result result;
    causes causes;
    const struct finding *findings;
    size_t n;
};

static enum result worse(enum result a, enum result b)
{
    static const enum result order[] = {RESULT_FAIL, RESULT_UNKNOWN,
                                        RESULT_ERROR};
    for (size_t i = 0; i < N_ITEMS(order); i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return RESULT_PASS;
}

/* The findings of a subject lie beside each other. */
static struct got got_at(struct trial *t, const struct findings *all, size_t i)
{
    const struct finding *first = &all->items[i];
    bool is_whole = first->check.n == 0;
    struct got got = {.result = is_whole ? first->result : RESULT_PASS,
                      .findings = first};
    for (; i + got.n < all->n; got.n++) {
        const struct finding *f = &all->items[i + got.n];
        if (!str_eq(f->subject_id, first->subject_id))
            break;
        if (!is_whole)
            got.result = worse(got.result, f->result);
        got.causes = causes_union(t->causes, got.causes, f->causes);
    }
    if (got.result != RESULT_UNKNOWN)
        got.causes = 0;
    return got;
}

static void differ(struct buf *out, const char *what, struct str want,
                   struct str found)
{
    buf_addf(out, "    %-8s expected  %.*s\n", what, STRF(want));
    buf_addf(out, "    %-8s got       %.*s\n", "", STRF(found));
}

static void compare_message(const struct got *got, const struct yaml_node *want,
                            struct buf *out)
{
    struct buf all = {0};
    for (size_t i = 0; i < got->n; i++) {
        struct str message = got->findings[i].message;
        if (str_contains(message, want->text)) {
            buf_release(&all);
            return;
        }
        if (message.n > 0)
            buf_addf(&all, "%s%.*s", all.n > 0 ? "; " : "", STRF(message));
    }
    differ(out, "message", want->text,
           all.n > 0 ? buf_str(&all) : STR("no message"));
    buf_release(&all);
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Causes are sets: the order in which a test lists them is free. */
static void compare_causes(struct trial *t, const struct got *got,
                           const struct yaml_node *want, struct buf *out)
{
    size_t n = causes_count(t->causes, got->causes), n_want = 0;
    struct str *wanted = ARENA_ARRAY(&t->arena, want->n, struct str);
    struct buf expected = {0}, found = {0};
    for (size_t i = 0; i < want->n; i++)
        wanted[i] = want->items[i]->text;
    if (want->n > 1)
        qsort(wanted, want->n, sizeof(*wanted), by_text);
    for (size_t i = 0; i < want->n; i++)
        if (i == 0 || !str_eq(wanted[i], wanted[i - 1]))
            wanted[n_want++] = wanted[i];
    bool is_same = n == n_want;
    for (size_t i = 0; i < n_want; i++)
        buf_addf(&expected, "%s%.*s", i > 0 ? "; " : "", STRF(wanted[i]));
    for (size_t i = 0; i < n; i++) {
        struct str text = causes_text(t->causes, got->causes, i);
        is_same = is_same && str_eq(text, wanted[i]);
        buf_addf(&found, "%s%.*s", i > 0 ? "; " : "", STRF(text));
    }
    if (!is_same)
        differ(out, "causes", n_want > 0 ? buf_str(&expected) : STR("none"),
               n > 0 ? buf_str(&found) : STR("none"));
    buf_release(&expected);
    buf_release(&found);
}

static void compare_checks(struct trial *t, const struct got *got,
                           const struct yaml_node *want, struct buf *out)
{
    for (size_t i = 0; i < want->n; i++) {
        struct str found = STR("no such check");
        for (size_t k = 0; k < got->n; k++)
            if (str_eq(got->findings[k].check, want->keys[i]->text))
                found = str_of(result_word(got->findings[k].result));
        if (!str_eq(found, want->items[i]->text))
            differ(out, "check",
                   str_fmt(&t->arena, "%.*s %.*s", STRF(want->keys[i]->text),
                           STRF(want->items[i]->text)),
                   found);
    }
}

/* What the rule said where it was not expected, so that one need not guess. */
static void explain(struct trial *t, const struct got *got, struct buf *out)
{
    for (size_t i = 0; i < got->n; i++) {
        const struct finding *f = &got->findings[i];
        if (f->message.n == 0)
            continue;
        buf_addf(out, "    %-8s %.*s%s%.*s\n", "", STRF(f->check),
                 f->check.n > 0 ? ": " : "", STRF(f->message));
        for (size_t k = 1; k < causes_count(t->causes, f->causes); k++)
            buf_addf(out, "    %-8s   and %.*s\n", "",
                     STRF(causes_text(t->causes, f->causes, k)));
    }
}

static void compare_subject(struct trial *t, const struct got *got,
                            const struct yaml_node *want, struct buf *out)
{
    struct str found = str_of(result_word(got->result));
    if (!str_eq(expected_word(want), found)) {
        differ(out, "result", expected_word(want), found);
        explain(t, got, out);
    }
    if (want->kind != YAML_MAPPING)
        return;
    const struct yaml_node *checks = yaml_get(want, "checks");
    const struct yaml_node *why = yaml_get(want, "causes");
    const struct yaml_node *message = yaml_get(want, "message");
    if (checks != NULL)
        compare_checks(t, got, checks, out);
    if (why != NULL)
        compare_causes(t, got, why, out);
    if (message != NULL)
        compare_message(got, message, out);
}

static void head_subject(struct buf *out, struct str id, struct str body)
{
    if (body.n > 0)
        buf_addf(out, "  %.*s\n%.*s", STRF(id), STRF(body));
}

static bool compare(struct trial *t, const struct findings *all,
                    struct buf *out)
{
    const struct yaml_node *expect = get(t->test, "expect");
    size_t before = out->n;
    struct map seen = {.arena = &t->arena};
    struct buf body = {0};
    for (size_t i = 0; i < all->n;) {
        struct got got = got_at(t, all, i);
        struct str id = all->items[i].subject_id;
        const struct yaml_node *want =
            yaml_get(expect, str_cstr(&t->arena, id));
        i += got.n;
        map_put(&seen, id, NULL);
        buf_reset(&body);
        if (want != NULL)
            compare_subject(t, &got, want, &body);
        else if (got.result != RESULT_NOT_APPLICABLE) {
            differ(&body, "result", STR("nothing: the test does not name it"),
                   str_of(result_word(got.result)));
            explain(t, &got, &body);
        }
        head_subject(out, id, buf_str(&body));
    }
    for (size_t i = 0; i < expect->n; i++) {
        struct str id = expect->keys[i]->text;
        if (map_has(&seen, id))
            continue;
        buf_reset(&body);
        differ(&body, "result", expected_word(expect->items[i]),
               STR("no such subject"));
        head_subject(out, id, buf_str(&body));
    }
    buf_release(&body);
    return out->n == before;
}

/* ---- the whole ---- */

bool ruletest_run(const struct rules *rules, const struct ruletest *test,
                  struct buf *out)
{
    struct trial t = {.test = test, .rules = *rules, .rule = test->rule};
    t.diags.arena = &t.arena;
    t.schema = (struct schema){.arena = &t.arena,
                               .source = test->source,
                               .diags = &t.diags,
                               .root = test->node};
    t.info = &t.rule->info;
    t.rules.chosen = &t.rule;
    t.rules.infos = &t.info;
    t.rules.n_chosen = 1;
    t.rules.demand = t.rule->demand;
    t.causes = causes_new(&t.arena);
    choose_day(&t);
    choose_values(&t);
    fill(&t);
    struct setting setting = {.rules = &t.rules,
                              .inventory = t.inventory,
                              .is_scoped = get(test, "scope") != NULL,
                              .step_limit = STEP_LIMIT};
    bool is_same = compare(&t, engine_evaluate(&t.arena, &setting, true), out);
    put_back(&t);
    causes_free(t.causes);
    arena_release(&t.arena);
    return is_same;
}
