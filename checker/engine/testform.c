/* The form of a rule's inline tests. */
#include "checker/engine/rule.h"

#include "checker/engine/clausefile.h"

static const char *const test_keys[] = {"name", "as_of",  "parameters", "scope",
                                        "rows", "ghosts", "expect",     NULL};
static const char *const row_keys[] = {"type",    "id",     "region",
                                       "account", "fields", NULL};
static const char *const ghost_keys[] = {"type",  "region", "account",
                                         "cause", "fields", NULL};
static const char *const expect_keys[] = {"result", "causes", "message",
                                          "checks", NULL};
static const char *const results[] = {"pass",           "fail",  "unknown",
                                      "not_applicable", "error", NULL};

static void check_fields(const struct schema *s, const struct yaml_node *node,
                         const struct catalogue_type *type)
{
    if (node == NULL || !schema_is_mapping(s, node) || type == NULL)
        return;
    const struct record *record = &type->record;
    for (size_t i = 0; i < node->n; i++) {
        struct str name = node->keys[i]->text;
        size_t f = record_find(record, name);
        struct value unused;
        if (f != SIZE_MAX && f >= ROW_FIELDS) {
            (void)schema_value(s, node->items[i], record->fields[f].type,
                               record->fields[f].is_nullable, NULL, &unused);
            continue;
        }
        struct str *names = ARENA_ARRAY(s->arena, record->n_fields, struct str);
        for (size_t k = ROW_FIELDS; k < record->n_fields; k++)
            names[k] = record->fields[k].name;
        schema_error_hint(s, node->keys[i],
                          did_you_mean(s->arena, name, names, record->n_fields),
                          "%.*s has no field '%.*s'", STRF(record->name),
                          STRF(name));
    }
}

static void need_text(const struct schema *s, const struct yaml_node *mapping,
                      const char *key, const char *where)
{
    struct str unused;
    const struct yaml_node *node = schema_need(s, mapping, key, where);
    if (node != NULL)
        (void)schema_text(s, node, &unused);
}

static void may_text(const struct schema *s, const struct yaml_node *mapping,
                     const char *key)
{
    struct str unused;
    const struct yaml_node *node = yaml_get(mapping, key);
    if (node != NULL)
        (void)schema_text(s, node, &unused);
}

/* An id stands for one row of its type. */
static void check_id(const struct schema *s, const struct yaml_node *rows,
                     size_t at)
{
    const struct yaml_node *id = yaml_get(rows->items[at], "id");
    const struct yaml_node *type = yaml_get(rows->items[at], "type");
    for (size_t i = 0; i < at && id != NULL && type != NULL; i++) {
        const struct yaml_node *other = rows->items[i];
        const struct yaml_node *other_id = NULL, *other_type = NULL;
        if (other->kind == YAML_MAPPING) {
            other_id = yaml_get(other, "id");
            other_type = yaml_get(other, "type");
        }
        if (other_id == NULL || other_type == NULL ||
            !str_eq(id->text, other_id->text) ||
            !str_eq(type->text, other_type->text))
            continue;
        schema_error(s, id, "id '%.*s' is already used at line %u",
                     STRF(id->text), other_id->at.line);
        return;
    }
}

/* Rows and ghosts differ in one key: an id, or a cause. */
static void check_rows(const struct schema *s, const struct yaml_node *rows,
                       const struct catalogue *catalogue, bool is_ghost)
{
    const char *where = is_ghost ? "ghost" : "row";
    if (rows == NULL || !schema_is_sequence(s, rows))
        return;
    for (size_t i = 0; i < rows->n; i++) {
        const struct yaml_node *row = rows->items[i];
        if (!schema_is_mapping(s, row))
            continue;
        schema_keys(s, row, where, is_ghost ? ghost_keys : row_keys);
        need_text(s, row, "region", where);
        need_text(s, row, is_ghost ? "cause" : "id", where);
        may_text(s, row, "account");
        if (!is_ghost)
            check_id(s, rows, i);
        const struct catalogue_type *type =
            clausefile_type(s, schema_need(s, row, "type", where), catalogue);
        check_fields(s, yaml_get(row, "fields"), type);
    }
}

/* What is expected beside the result: texts, and results of checks. */
static void check_details(const struct schema *s, const struct yaml_node *item)
{
    const struct yaml_node *why = yaml_get(item, "causes");
    const struct yaml_node *checks = yaml_get(item, "checks");
    struct str unused_text;
    size_t unused;
    may_text(s, item, "message");
    if (why != NULL && schema_is_sequence(s, why))
        for (size_t i = 0; i < why->n; i++)
            (void)schema_text(s, why->items[i], &unused_text);
    if (checks != NULL && schema_is_mapping(s, checks))
        for (size_t i = 0; i < checks->n; i++)
            (void)schema_choice(s, checks->items[i], results, &unused);
}

static void check_expected(const struct schema *s, const struct yaml_node *node)
{
    size_t unused;
    if (node == NULL || !schema_is_mapping(s, node))
        return;
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *item = node->items[i];
        if (item->kind != YAML_MAPPING) {
            (void)schema_choice(s, item, results, &unused);
            continue;
        }
        schema_keys(s, item, "expect", expect_keys);
        check_details(s, item);
        const struct yaml_node *result =
            schema_need(s, item, "result", "expect");
        if (result != NULL)
            (void)schema_choice(s, result, results, &unused);
    }
}

static void check_parameters(const struct schema *s,
                             const struct yaml_node *node,
                             const struct clauses *c)
{
    if (node == NULL || !schema_is_mapping(s, node))
        return;
    for (size_t i = 0; i < node->n; i++) {
        struct str *names = ARENA_ARRAY(s->arena, c->n_parameters, struct str);
        const struct parameter *found = NULL;
        for (size_t k = 0; k < c->n_parameters; k++) {
            names[k] = c->parameters[k].name;
            if (str_eq(names[k], node->keys[i]->text))
                found = &c->parameters[k];
        }
        struct value unused = {0};
        if (found == NULL)
            schema_error_hint(s, node->keys[i],
                              did_you_mean(s->arena, node->keys[i]->text, names,
                                           c->n_parameters),
                              "the rule has no parameter '%.*s'",
                              STRF(node->keys[i]->text));
        else
            (void)parameters_value(s, node->items[i], found, &unused);
    }
}

static void check_scope(const struct schema *s, const struct yaml_node *scope)
{
    struct str place, account, region;
    if (!schema_is_sequence(s, scope))
        return;
    for (size_t i = 0; i < scope->n; i++) {
        if (!schema_text(s, scope->items[i], &place))
            continue;
        struct str rest = place;
        if (!str_split(&rest, '/', &account) ||
            !str_split(&rest, '/', &region) || account.n == 0 ||
            region.n == 0 || rest.p != NULL)
            schema_error(s, scope->items[i],
                         "'%.*s' is not a place: ACCOUNT/REGION", STRF(place));
    }
}

static void check_test(const struct schema *s,
                       const struct catalogue *catalogue,
                       const struct rule *rule, const struct yaml_node *test)
{
    struct str unused;
    if (!schema_is_mapping(s, test))
        return;
    schema_keys(s, test, "test", test_keys);
    need_text(s, test, "name", "test");
    const struct yaml_node *as_of = yaml_get(test, "as_of");
    const struct yaml_node *scope = yaml_get(test, "scope");
    if (as_of != NULL)
        (void)schema_date(s, as_of, &unused);
    if (scope != NULL)
        check_scope(s, scope);
    check_parameters(s, yaml_get(test, "parameters"), &rule->clauses);
    check_rows(s, yaml_get(test, "rows"), catalogue, false);
    check_rows(s, yaml_get(test, "ghosts"), catalogue, true);
    check_expected(s, schema_need(s, test, "expect", "test"));
}

void testform_check(const struct schema *s, const struct catalogue *catalogue,
                    const struct rule *rule, const struct yaml_node *tests)
{
    if (tests == NULL || !schema_is_sequence(s, tests))
        return;
    for (size_t i = 0; i < tests->n; i++)
        check_test(s, catalogue, rule, tests->items[i]);
}
