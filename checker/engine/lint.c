/* What is legal in a rule and most likely not meant. */
#include "checker/engine/lint.h"

/* What the rule's results and texts can read. */
struct reached {
    const struct clauses *clauses;
    bool lets[MAX_BINDINGS], joins[MAX_BINDINGS];
    bool *parameters;
};

static void warn(const struct schema *s, const struct yaml_node *node,
                 struct str hint, const char *format, struct str name)
{
    struct span top = {s->source->path, 1, 1, 1};
    struct str text = str_fmt(s->arena, "%s", format);
    size_t at = str_find(text, STR("@"), 0);
    if (at != SIZE_MAX)
        text = str_fmt(s->arena, "%.*s%.*s%.*s", STRF(str_sub(text, 0, at)),
                       STRF(name), STRF(str_sub(text, at + 1, text.n)));
    diag_add(s->diags, DIAG_WARNING, s->source, node != NULL ? node->at : top,
             hint, "%.*s", STRF(text));
}

static void reach_join(struct reached *r, size_t i);

/* Each name is followed once. */
static void reach(struct reached *r, const struct cel_program *program)
{
    const struct clauses *c = r->clauses;
    const struct cel_read *reads = NULL;
    if (program == NULL)
        return;
    size_t n = cel_reads(program, &reads);
    for (size_t i = 0; i < n; i++)
        if (reads[i].record == c->params)
            r->parameters[reads[i].field] = true;
    for (size_t i = 0; i < c->n_lets; i++)
        if (!r->lets[i] && cel_uses(program, c->lets[i].slot)) {
            r->lets[i] = true;
            reach(r, c->lets[i].expr.program);
        }
    for (size_t i = 0; i < c->n_joins; i++)
        if (!r->joins[i] && cel_uses(program, c->joins[i].slot))
            reach_join(r, i);
}

static void reach_join(struct reached *r, size_t i)
{
    const struct join *join = &r->clauses->joins[i];
    r->joins[i] = true;
    reach(r, join->where.program);
    for (size_t k = 0; k < join->n_keys; k++)
        reach(r, join->keys[k].expr.program);
}

static void reach_text(struct reached *r, const struct text *text)
{
    for (size_t i = 0; i < text->n; i++)
        reach(r, text->parts[i].program);
}

static void reach_all(struct reached *r, const struct rule *rule)
{
    const struct clauses *c = &rule->clauses;
    reach(r, c->when.program);
    reach(r, c->each_in.program);
    reach(r, c->each_key.program);
    for (size_t i = 0; i < c->n_joins; i++) {
        if (c->joins[i].expect == EXPECT_ONE)
            reach_join(r, i);
        reach_text(r, &c->joins[i].message);
    }
    for (size_t i = 0; i < rule->n_checks; i++) {
        reach(r, rule->checks[i].expr.program);
        reach_text(r, &rule->checks[i].message);
    }
    reach_text(r, &rule->remediation);
}

static const struct yaml_node *parameter_node(const struct schema *s,
                                              struct str name)
{
    const struct yaml_node *all = yaml_get(s->root, "parameters");
    for (size_t i = 0; all != NULL && i < all->n; i++)
        if (str_eq(all->keys[i]->text, name))
            return all->keys[i];
    return NULL;
}

static void warn_unread(const struct schema *s, const struct reached *r)
{
    const struct clauses *c = r->clauses;
    struct str none = {0};
    for (size_t i = 0; i < c->n_parameters; i++)
        if (!r->parameters[i])
            warn(s, parameter_node(s, c->parameters[i].name), none,
                 "parameter '@' is never read", c->parameters[i].name);
    for (size_t i = 0; i < c->n_lets; i++)
        if (!r->lets[i])
            warn(s, c->lets[i].key, none, "'@' is never read", c->lets[i].name);
    for (size_t i = 0; i < c->n_joins; i++)
        if (!r->joins[i])
            warn(s, c->joins[i].key, none, "'@' is never read",
                 c->joins[i].name);
}

static void warn_scans(const struct schema *s, const struct clauses *c)
{
    for (size_t i = 0; i < c->n_joins; i++) {
        const struct join *join = &c->joins[i];
        if (join->type != NULL && join->n_pins == 0)
            warn(s, join->key,
                 STR("pin a field: NAME.FIELD == … as a conjunct of 'where'"),
                 "lookup '@' looks at every row for each subject", join->name);
    }
}

/* Nothing that can differ between two subjects. */
static bool is_constant(const struct clauses *c, const struct expr *expr)
{
    if (expr->program == NULL)
        return false;
    for (uint32_t slot = 0; slot < c->n_slots; slot++)
        if (cel_uses(expr->program, slot))
            return false;
    return true;
}

static const struct yaml_node *check_node(const struct schema *s, struct str id)
{
    const struct yaml_node *all = yaml_get(s->root, "require");
    for (size_t i = 0; all != NULL && i < all->n; i++)
        if (str_eq(all->keys[i]->text, id))
            return all->keys[i];
    return NULL;
}

static void warn_constants(const struct schema *s, const struct rule *rule)
{
    struct str none = {0};
    if (is_constant(&rule->clauses, &rule->clauses.when))
        warn(s, yaml_key(s->root, "when"), none,
             "'@' is the same for every "
             "subject",
             STR("when"));
    for (size_t i = 0; i < rule->n_checks; i++)
        if (is_constant(&rule->clauses, &rule->checks[i].expr))
            warn(s, check_node(s, rule->checks[i].id), none,
                 "check '@' is the same for every subject", rule->checks[i].id);
}

static bool expects_unknown(const struct yaml_node *test)
{
    const struct yaml_node *expect = yaml_get(test, "expect");
    for (size_t i = 0; expect != NULL && i < expect->n; i++) {
        const struct yaml_node *item = expect->items[i];
        if (item->kind == YAML_MAPPING)
            item = yaml_get(item, "result");
        if (item != NULL && str_is(item->text, "unknown"))
            return true;
    }
    return false;
}

void lint_rule(const struct schema *s, const struct rule *rule)
{
    struct reached reached = {.clauses = &rule->clauses};
    struct str none = {0};
    reached.parameters =
        ARENA_ARRAY(s->arena, rule->clauses.n_parameters, bool);
    reach_all(&reached, rule);
    warn_unread(s, &reached);
    warn_scans(s, &rule->clauses);
    warn_constants(s, rule);
    if (rule->remediation.node == NULL)
        warn(s, NULL, none, "rule '@' has no remediation", rule->info.id);
    bool is_tested = false;
    for (size_t i = 0; rule->tests != NULL && i < rule->tests->n; i++)
        is_tested |= expects_unknown(rule->tests->items[i]);
    for (const struct rule_tests *t = rule->more_tests; t != NULL; t = t->next)
        for (size_t i = 0; i < t->node->n; i++)
            is_tested |= expects_unknown(t->node->items[i]);
    if (!is_tested)
        warn(s, NULL, none, "no test of rule '@' expects 'unknown'",
             rule->info.id);
}
