/* Rules for readers: a line of each, or all of one. */
#include "checker/cli/rule_page.h"

#include <stdlib.h>

#include "checker/base/json.h"
#include "checker/engine/ruletest.h"
#include "reports/terminal.h"

enum { WIDTH = 80, INDENT = 2 };

/* ---- what a rule costs ---- */

/* What is found out about one rule, in `arena`. */
struct costs {
    struct arena arena;
    const struct catalogue_call *const *calls;
    size_t n_calls;
    struct str *actions; /* IAM's, sorted */
    size_t n_actions;
    struct str *tables; /* of facts, sorted */
    size_t n_tables;
};

static int by_text(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

/* The keys of a map, sorted. */
static struct str *sorted(struct arena *arena, const struct map *map, size_t *n)
{
    struct str *all = ARENA_ARRAY(arena, map->n, struct str);
    for (size_t i = 0; i < map->n; i++)
        all[i] = map->items[i].key;
    if (map->n > 1)
        qsort(all, map->n, sizeof(*all), by_text);
    *n = map->n;
    return all;
}

static void add_tables(struct map *seen, const struct clauses *c)
{
    for (size_t i = 0; i < c->n_joins; i++)
        if (c->joins[i].table != NULL)
            (void)map_put(seen, c->joins[i].table->name, NULL);
}

static struct costs find_costs(const struct rules *rules,
                               const struct rule *rule)
{
    struct costs costs = {0};
    struct map actions = {.arena = &costs.arena};
    struct map tables = {.arena = &costs.arena};
    costs.n_calls = demand_calls(&costs.arena, rule->demand, &costs.calls);
    for (size_t i = 0; i < costs.n_calls; i++)
        for (size_t k = 0; k < costs.calls[i]->n_iam; k++)
            (void)map_put(&actions, costs.calls[i]->iam[k], NULL);
    add_tables(&tables, &rule->clauses);
    for (size_t i = 0; i < rules->n_derivations; i++) {
        const struct derivation *d = rules->derivations[i];
        if (rule->demand->fields[d->type->number] != NULL)
            add_tables(&tables, &d->clauses);
    }
    costs.actions = sorted(&costs.arena, &actions, &costs.n_actions);
    costs.tables = sorted(&costs.arena, &tables, &costs.n_tables);
    return costs;
}

/* The TEXT of a rule as it is written. */
static struct str written(const struct text *text)
{
    return text->node != NULL ? str_trim(text->node->text) : (struct str){0};
}

static struct str type_name(struct arena *arena, const struct type *type)
{
    struct buf name = {0};
    if (type->form == FORM_VERSION)
        return STR("version");
    type_print(&name, type);
    struct str copy = str_dup(arena, buf_str(&name));
    buf_release(&name);
    return copy;
}

static struct str print_value(struct arena *arena, struct value v)
{
    struct buf text = {0};
    cel_print(&text, v, NULL);
    struct str copy = str_dup(arena, buf_str(&text));
    buf_release(&text);
    return copy;
}

/* A check of either kind: what is required, or a join that must be found. */
struct checked {
    struct str id;
    enum severity severity;
    struct str expr, message;
    const struct join *join; /* NULL: required */
};

static bool join_is_check(const struct join *join)
{
    return join->expect == EXPECT_ONE && !join->is_gate;
}

static size_t list_checks(const struct rule *rule,
                          struct checked out[MAX_CHECKS])
{
    const struct clauses *c = &rule->clauses;
    size_t n = 0;
    for (size_t i = 0; i < c->n_joins && n < MAX_CHECKS; i++)
        if (join_is_check(&c->joins[i]))
            out[n++] =
                (struct checked){.id = c->joins[i].check,
                                 .severity = rule->info.severity,
                                 .message = written(&c->joins[i].message),
                                 .join = &c->joins[i]};
    for (size_t i = 0; i < rule->n_checks && n < MAX_CHECKS; i++)
        out[n++] =
            (struct checked){.id = rule->checks[i].id,
                             .severity = rule->checks[i].severity,
                             .expr = rule->checks[i].expr.text,
                             .message = written(&rule->checks[i].message)};
    return n;
}

static size_t n_tests(const struct rule *rule)
{
    size_t n = rule->tests != NULL ? rule->tests->n : 0;
    for (const struct rule_tests *t = rule->more_tests; t != NULL; t = t->next)
        n += t->node->n;
    return n;
}

/* ---- text ---- */

void rule_page_list(struct buf *out, const struct rule *const *rules, size_t n)
{
    int widest = 0, widest_tags = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++) {
            const struct rule *rule = rules[i];
            struct buf tags = {0};
            for (size_t k = 0; k < rule->n_tags; k++)
                buf_addf(&tags, "%s%.*s", k > 0 ? "," : "",
                         STRF(rule->tags[k]));
            if ((int)rule->info.id.n > widest)
                widest = (int)rule->info.id.n;
            if ((int)tags.n > widest_tags)
                widest_tags = (int)tags.n;
            if (pass == 1) {
                buf_addf(out, "%-*.*s  %-8s  %-*.*s  ", widest,
                         STRF(rule->info.id),
                         severity_word(rule->info.severity), widest_tags,
                         STRF(buf_str(&tags)));
                terminal_escape(out, rule->info.title);
                buf_addc(out, '\n');
            }
            buf_release(&tags);
        }
}

static void paragraph(struct buf *out, const char *head, struct str text)
{
    if (text.n == 0)
        return;
    buf_addf(out, "\n%s\n", head);
    terminal_wrap(out, text, INDENT, "", WIDTH);
}

static void field(struct buf *out, const char *name, struct str text)
{
    struct buf lead = {0};
    if (text.n == 0)
        return;
    buf_addf(&lead, "%-10s", name);
    buf_addc(&lead, '\0');
    terminal_wrap(out, text, 0, lead.p, WIDTH);
    buf_release(&lead);
}

static void parameter_text(struct buf *out, struct arena *arena,
                           const struct parameter *p)
{
    terminal_wrap(out,
                  str_fmt(arena, "%.*s: %.*s = %.*s", STRF(p->name),
                          STRF(type_name(arena, p->type)),
                          STRF(print_value(arena, p->value))),
                  INDENT, "", WIDTH);
    if (p->minimum.kind != VALUE_NONE)
        buf_addf(out, "      at least %lld\n", (long long)p->minimum.as.i);
    if (p->maximum.kind != VALUE_NONE)
        buf_addf(out, "      at most %lld\n", (long long)p->maximum.as.i);
    if (p->n_choices > 0)
        terminal_wrap(out,
                      print_value(arena, value_list(p->choices, p->n_choices)),
                      3 * INDENT, "one of ", WIDTH);
    terminal_wrap(out, p->description, 3 * INDENT, "", WIDTH);
}

static void parameters_text(struct buf *out, struct arena *arena,
                            const struct clauses *c)
{
    if (c->n_parameters > 0)
        buf_adds(out, "\nParameters\n");
    for (size_t i = 0; i < c->n_parameters; i++)
        parameter_text(out, arena, &c->parameters[i]);
}

static void names_text(struct buf *out, struct arena *arena,
                       const struct clauses *c)
{
    static const char *const expects[] = {"one", "optional", "many"};
    if (c->n_lets + c->n_joins > 0)
        buf_adds(out, "\nNames\n");
    for (size_t i = 0; i < c->n_lets; i++)
        terminal_wrap(
            out, c->lets[i].expr.text, INDENT,
            str_cstr(arena, str_fmt(arena, "%.*s = ", STRF(c->lets[i].name))),
            WIDTH);
    for (size_t i = 0; i < c->n_joins; i++) {
        const struct join *join = &c->joins[i];
        struct buf text = {0};
        if (join->table != NULL)
            buf_addf(&text, "%s of the facts %.*s", expects[join->expect],
                     STRF(join->table->name));
        else
            buf_addf(&text, "%s of %.*s", expects[join->expect],
                     STRF(join->type->record.name));
        for (size_t k = 0; k < join->n_keys; k++)
            buf_addf(
                &text, "%s%.*s == %.*s", k > 0 ? " && " : " where ",
                STRF(join->table->record.fields[join->keys[k].column].name),
                STRF(join->keys[k].expr.text));
        if (join->table == NULL)
            buf_addf(&text, " where %.*s", STRF(join->where.text));
        terminal_wrap(
            out, buf_str(&text), INDENT,
            str_cstr(arena, str_fmt(arena, "%.*s: ", STRF(join->name))), WIDTH);
        buf_release(&text);
    }
}

static void checks_text(struct buf *out, struct arena *arena,
                        const struct rule *rule)
{
    struct checked checks[MAX_CHECKS];
    size_t n = list_checks(rule, checks);
    buf_adds(out, "\nChecks\n");
    for (size_t i = 0; i < n; i++) {
        const struct checked *check = &checks[i];
        struct buf head = {0};
        buf_add(&head, check->id);
        if (check->severity != rule->info.severity)
            buf_addf(&head, " (%s)", severity_word(check->severity));
        terminal_wrap(out, buf_str(&head), INDENT, "", WIDTH);
        buf_release(&head);
        if (check->join != NULL)
            terminal_wrap(
                out,
                str_fmt(arena, "there is one '%.*s'", STRF(check->join->name)),
                3 * INDENT, "", WIDTH);
        else
            terminal_wrap(out, check->expr, 3 * INDENT, "", WIDTH);
        if (check->message.n > 0)
            terminal_wrap(out, check->message, 3 * INDENT, "else: ", WIDTH);
    }
}

static void costs_text(struct buf *out, const struct costs *costs)
{
    if (costs->n_calls > 0)
        buf_adds(out, "\nCalls, in each region\n");
    for (size_t i = 0; i < costs->n_calls; i++) {
        const struct catalogue_call *call = costs->calls[i];
        buf_addf(out, "  %.*s", STRF(call->id));
        if (call->parent != NULL)
            buf_addf(out, " (for each %.*s)", STRF(call->parent->record.name));
        buf_addc(out, '\n');
    }
    if (costs->n_actions > 0)
        buf_adds(out, "\nIAM actions\n");
    for (size_t i = 0; i < costs->n_actions; i++)
        buf_addf(out, "  %.*s\n", STRF(costs->actions[i]));
    if (costs->n_tables > 0)
        buf_adds(out, "\nFacts\n");
    for (size_t i = 0; i < costs->n_tables; i++)
        terminal_wrap(out, costs->tables[i], INDENT, "", WIDTH);
}

static void references_text(struct buf *out, const struct rule_info *info)
{
    if (info->n_references > 0)
        buf_adds(out, "\nReferences\n");
    for (size_t i = 0; i < info->n_references; i++) {
        terminal_wrap(out, info->references[i].title, INDENT, "", WIDTH);
        terminal_wrap(out, info->references[i].url, 3 * INDENT, "", WIDTH);
    }
}

void rule_page_text(struct buf *out, const struct rules *rules,
                    const struct rule *rule)
{
    const struct clauses *c = &rule->clauses;
    struct costs costs = find_costs(rules, rule);
    struct arena *arena = &costs.arena;
    struct buf tags = {0};
    for (size_t i = 0; i < rule->n_tags; i++)
        buf_addf(&tags, "%s%.*s", i > 0 ? ", " : "", STRF(rule->tags[i]));
    terminal_wrap(out, rule->info.id, 0, "", WIDTH);
    terminal_wrap(out, rule->info.title, 0, "", WIDTH);
    buf_addc(out, '\n');
    field(out, "severity", str_of(severity_word(rule->info.severity)));
    field(out, "tags", buf_str(&tags));
    field(out, "subject", c->subject->record.name);
    if (c->each_node != NULL)
        field(out, "each",
              str_fmt(arena, "%.*s in %.*s", STRF(c->each_as),
                      STRF(c->each_in.text)));
    field(out, "when", c->when.text);
    field(out, "file", str_of(c->source->path));
    field(out, "tests", str_fmt(arena, "%zu", n_tests(rule)));
    paragraph(out, "Description", rule->info.description);
    parameters_text(out, arena, c);
    names_text(out, arena, c);
    checks_text(out, arena, rule);
    costs_text(out, &costs);
    paragraph(out, "Remediation", written(&rule->remediation));
    references_text(out, &rule->info);
    buf_release(&tags);
    arena_release(arena);
}

/* ---- JSON ---- */

static void pair(struct json_writer *w, const char *key, struct str text)
{
    json_key(w, key);
    json_str(w, text);
}

static void texts(struct json_writer *w, const char *key,
                  const struct str *items, size_t n)
{
    json_key(w, key);
    json_open(w, '[');
    for (size_t i = 0; i < n; i++)
        json_str(w, items[i]);
    json_close(w, ']');
}

static void head_json(struct json_writer *w, const struct rule *rule)
{
    pair(w, "id", rule->info.id);
    pair(w, "severity", str_of(severity_word(rule->info.severity)));
    texts(w, "tags", rule->tags, rule->n_tags);
    pair(w, "title", rule->info.title);
}

void rule_page_list_json(struct buf *out, const struct rule *const *rules,
                         size_t n)
{
    struct json_writer w = {.out = out, .indent = 2};
    json_open(&w, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(&w, '{');
        head_json(&w, rules[i]);
        json_close(&w, '}');
    }
    json_close(&w, ']');
    buf_addc(out, '\n');
}

static void parameters_json(struct json_writer *w, struct arena *arena,
                            const struct clauses *c)
{
    json_key(w, "parameters");
    json_open(w, '[');
    for (size_t i = 0; i < c->n_parameters; i++) {
        const struct parameter *p = &c->parameters[i];
        json_open(w, '{');
        pair(w, "name", p->name);
        pair(w, "type", type_name(arena, p->type));
        json_key(w, "default");
        json_value(w, p->value, p->type, NULL);
        if (p->minimum.kind != VALUE_NONE) {
            json_key(w, "minimum");
            json_value(w, p->minimum, p->type, NULL);
        }
        if (p->maximum.kind != VALUE_NONE) {
            json_key(w, "maximum");
            json_value(w, p->maximum, p->type, NULL);
        }
        if (p->n_choices > 0) {
            json_key(w, "enum");
            json_value(w, value_list(p->choices, p->n_choices), NULL, NULL);
        }
        pair(w, "description", p->description);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void checks_json(struct json_writer *w, const struct rule *rule)
{
    struct checked checks[MAX_CHECKS];
    size_t n = list_checks(rule, checks);
    json_key(w, "checks");
    json_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(w, '{');
        pair(w, "id", checks[i].id);
        pair(w, "severity", str_of(severity_word(checks[i].severity)));
        if (checks[i].join != NULL)
            pair(w, "finds", checks[i].join->name);
        else
            pair(w, "expr", checks[i].expr);
        pair(w, "message", checks[i].message);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void references_json(struct json_writer *w, const struct rule_info *info)
{
    json_key(w, "references");
    json_open(w, '[');
    for (size_t i = 0; i < info->n_references; i++) {
        json_open(w, '{');
        pair(w, "title", info->references[i].title);
        pair(w, "url", info->references[i].url);
        json_close(w, '}');
    }
    json_close(w, ']');
}

void rule_page_json(struct buf *out, const struct rules *rules,
                    const struct rule *rule)
{
    struct costs costs = find_costs(rules, rule);
    struct json_writer w = {.out = out, .indent = 2};
    struct str *calls = ARENA_ARRAY(&costs.arena, costs.n_calls, struct str);
    for (size_t i = 0; i < costs.n_calls; i++)
        calls[i] = costs.calls[i]->id;
    json_open(&w, '{');
    head_json(&w, rule);
    pair(&w, "description", rule->info.description);
    pair(&w, "subject", rule->clauses.subject->record.name);
    pair(&w, "when", rule->clauses.when.text);
    pair(&w, "file", str_of(rule->clauses.source->path));
    json_key(&w, "tests");
    json_int(&w, (int64_t)n_tests(rule));
    parameters_json(&w, &costs.arena, &rule->clauses);
    checks_json(&w, rule);
    texts(&w, "calls", calls, costs.n_calls);
    texts(&w, "iam_actions", costs.actions, costs.n_actions);
    texts(&w, "facts", costs.tables, costs.n_tables);
    pair(&w, "remediation", written(&rule->remediation));
    references_json(&w, &rule->info);
    json_close(&w, '}');
    buf_addc(out, '\n');
    arena_release(&costs.arena);
}
