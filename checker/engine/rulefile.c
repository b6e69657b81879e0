/* Rule files and derivations as they are written: their form, not yet their
 * meaning. */
#include "checker/engine/clausefile.h"

static const char *const rule_keys[] = {
    "rule",        "id",      "title",      "severity", "tags",
    "description", "subject", "parameters", "each",     "when",
    "facts",       "let",     "lookup",     "require",  "remediation",
    "references",  "tests",   NULL};
static const char *const derive_keys[] = {
    "derive", "type", "from",   "description", "each", "when",
    "facts",  "let",  "lookup", "row",         NULL};
static const char *const severities[] = {"low", "medium", "high", "critical",
                                         NULL};

static void read_version(const struct schema *s, const char *key,
                         const char *where)
{
    int64_t version = 0;
    if (s->is_lenient)
        return;
    const struct yaml_node *node = schema_need(s, s->root, key, where);
    if (node != NULL && schema_int(s, node, &version) && version != 1)
        schema_error(s, node, "expected version 1, found %.*s",
                     STRF(node->text));
}

/* ---- the header ---- */

static bool is_rule_id(struct str id)
{
    return id.n >= 3 && id.n <= 80 && schema_is_name(id, '-');
}

static void read_severity(const struct schema *s, const struct yaml_node *node,
                          enum severity *out)
{
    size_t n = 0;
    if (node != NULL && schema_choice(s, node, severities, &n))
        *out = (enum severity)n;
}

static void read_title(const struct schema *s, const struct yaml_node *node,
                       struct str *out)
{
    if (node == NULL || !schema_text(s, node, out))
        return;
    if (utf8_length(*out) > 120)
        schema_error(s, node, "a title has at most 120 characters");
    if (str_contains(str_trim(*out), STR("\n")))
        schema_error(s, node, "a title is one line");
    if (out->n == 0)
        schema_error(s, node, "the title is empty");
}

static bool is_word(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
              (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
            return false;
    return s.n > 0;
}

static void read_tags(const struct schema *s, const struct yaml_node *node,
                      struct rule *rule)
{
    if (node == NULL || !schema_is_sequence(s, node))
        return;
    struct str *tags = ARENA_ARRAY(s->arena, node->n, struct str);
    for (size_t i = 0; i < node->n; i++) {
        struct str tag = {0};
        if (!schema_text(s, node->items[i], &tag))
            continue;
        if (!is_word(tag))
            schema_error(s, node->items[i], "'%.*s' is not a word: [a-z0-9-]+",
                         STRF(tag));
        tags[rule->n_tags++] = tag;
    }
    rule->tags = tags;
}

static void read_references(const struct schema *s,
                            const struct yaml_node *node, struct rule *rule)
{
    static const char *const keys[] = {"title", "url", NULL};
    if (node == NULL || !schema_is_sequence(s, node))
        return;
    struct reference *items = ARENA_ARRAY(s->arena, node->n, struct reference);
    for (size_t i = 0; i < node->n; i++) {
        struct reference *item = &items[rule->info.n_references];
        if (!schema_is_mapping(s, node->items[i]))
            continue;
        schema_keys(s, node->items[i], "reference", keys);
        const struct yaml_node *title =
            schema_need(s, node->items[i], "title", "reference");
        const struct yaml_node *url =
            schema_need(s, node->items[i], "url", "reference");
        if (!schema_text(s, title, &item->title) ||
            !schema_text(s, url, &item->url))
            continue;
        if (!str_starts(item->url, STR("https://")) &&
            !str_starts(item->url, STR("http://")))
            schema_error(s, url, "'%.*s' is not a web address",
                         STRF(item->url));
        rule->info.n_references++;
    }
    rule->info.references = items;
}

static void read_header(const struct schema *s, struct rule *rule)
{
    read_version(s, "rule", "rule");
    const struct yaml_node *id = yaml_get(s->root, "id");
    const struct yaml_node *title = yaml_get(s->root, "title");
    const struct yaml_node *severity = yaml_get(s->root, "severity");
    if (!s->is_lenient) {
        id = schema_need(s, s->root, "id", "rule");
        title = schema_need(s, s->root, "title", "rule");
        severity = schema_need(s, s->root, "severity", "rule");
    }
    rule->id_node = id;
    if (id != NULL && schema_text(s, id, &rule->info.id) && !s->is_lenient &&
        !is_rule_id(rule->info.id))
        schema_error(s, id,
                     "'%.*s' is not a rule id: 3 to 80 of [a-z0-9-], a letter "
                     "first",
                     STRF(rule->info.id));
    read_title(s, title, &rule->info.title);
    rule->info.severity = SEVERITY_MEDIUM;
    read_severity(s, severity, &rule->info.severity);
    read_tags(s, yaml_get(s->root, "tags"), rule);
    const struct yaml_node *description = yaml_get(s->root, "description");
    if (description != NULL)
        (void)schema_text(s, description, &rule->info.description);
    read_references(s, yaml_get(s->root, "references"), rule);
    message_read(s, yaml_get(s->root, "remediation"), &rule->remediation);
}

/* ---- checks ---- */

static void read_check(const struct schema *s, const struct yaml_node *key,
                       const struct yaml_node *node, struct rule *rule)
{
    static const char *const keys[] = {"expr", "message", "severity", NULL};
    struct check *check = &rule->checks[rule->n_checks];
    check->id = key->text;
    check->severity = rule->info.severity;
    if (!schema_is_name(key->text, '-') && !s->is_lenient)
        schema_error(s, key, "'%.*s' is not a check's id: [a-z][a-z0-9-]*",
                     STRF(key->text));
    if (!schema_is_mapping(s, node))
        return;
    schema_keys(s, node, "check", keys);
    clausefile_expr(s, schema_need(s, node, "expr", "check"), &check->expr);
    const struct yaml_node *message = yaml_get(node, "message");
    if (!s->is_lenient)
        message = schema_need(s, node, "message", "check");
    message_read(s, message, &check->message);
    read_severity(s, yaml_get(node, "severity"), &check->severity);
    rule->n_checks++;
}

static bool is_same_check(const struct schema *s, const struct join *join,
                          struct str id)
{
    if (join->check.n == 0 || !str_eq(join->check, id))
        return false;
    return !schema_error(s, join->check_node, "check '%.*s' is already defined",
                         STRF(id));
}

/* Ids of checks are distinct, those of joins too; returns how many joins are
 * checks. */
static size_t join_checks(const struct schema *s, const struct rule *rule)
{
    size_t n = 0;
    for (size_t i = 0; i < rule->clauses.n_joins; i++) {
        const struct join *join = &rule->clauses.joins[i];
        bool is_repeated = false;
        n += join->check.n > 0;
        for (size_t k = 0; k < i && !is_repeated && join->check.n > 0; k++)
            is_repeated = is_same_check(s, join, rule->clauses.joins[k].check);
        for (size_t k = 0; k < rule->n_checks && !is_repeated; k++)
            is_repeated = is_same_check(s, join, rule->checks[k].id);
    }
    return n;
}

static void read_checks(const struct schema *s, struct rule *rule)
{
    const struct yaml_node *require = yaml_get(s->root, "require");
    bool is_ok = require == NULL || schema_is_mapping(s, require);
    if (require != NULL && is_ok) {
        rule->checks = ARENA_ARRAY(s->arena, require->n, struct check);
        for (size_t i = 0; i < require->n; i++)
            read_check(s, require->keys[i], require->items[i], rule);
    }
    size_t n_joins = join_checks(s, rule);
    size_t n = n_joins + rule->n_checks;
    if (n == 0 && is_ok && (require == NULL || require->n == 0))
        schema_error(s, require, "rule needs a check");
    if (n > MAX_CHECKS)
        schema_error(s, require, "a rule has at most %d checks, this one %zu",
                     MAX_CHECKS, n);
}

struct rule *rulefile_rule(const struct schema *s,
                           const struct catalogue *catalogue,
                           const struct map *tables)
{
    struct rule *rule = ARENA_NEW(s->arena, struct rule);
    if (!schema_is_mapping(s, s->root))
        return NULL;
    schema_keys(s, s->root, "rule", rule_keys);
    read_header(s, rule);
    rule->clauses.source = s->source;
    rule->clauses.subject = clausefile_type(
        s, schema_need(s, s->root, "subject", "rule"), catalogue);
    parameters_read(s, yaml_get(s->root, "parameters"), &rule->clauses);
    clausefile_read(s, catalogue, tables, true, &rule->clauses);
    read_checks(s, rule);
    rule->tests = yaml_get(s->root, "tests");
    return rule;
}

/* ---- derivations ---- */

static void read_field(const struct schema *s, const struct yaml_node *key,
                       const struct yaml_node *node,
                       struct derivation *derivation)
{
    const struct record *record = &derivation->type->record;
    size_t field = record_find(record, key->text);
    if (field == SIZE_MAX || field < ROW_FIELDS) {
        struct str *names = ARENA_ARRAY(s->arena, record->n_fields, struct str);
        for (size_t i = ROW_FIELDS; i < record->n_fields; i++)
            names[i] = record->fields[i].name;
        schema_error_hint(
            s, key, did_you_mean(s->arena, key->text, names, record->n_fields),
            "%.*s has no field '%.*s'", STRF(record->name), STRF(key->text));
        return;
    }
    clausefile_expr(s, node, &derivation->fields[field]);
}

static void read_row(const struct schema *s, const struct yaml_node *row,
                     struct derivation *derivation)
{
    static const char *const keys[] = {"id", "region", "account", "fields",
                                       NULL};
    if (!schema_is_mapping(s, row))
        return;
    schema_keys(s, row, "row", keys);
    clausefile_expr(s, schema_need(s, row, "id", "row"), &derivation->id);
    const struct yaml_node *region = yaml_get(row, "region");
    if (!s->is_lenient)
        region = schema_need(s, row, "region", "row");
    clausefile_expr(s, region, &derivation->region);
    clausefile_expr(s, yaml_get(row, "account"), &derivation->account);
    const struct yaml_node *fields = schema_need(s, row, "fields", "row");
    if (derivation->type == NULL || !schema_is_mapping(s, fields))
        return;
    const struct record *record = &derivation->type->record;
    for (size_t i = 0; i < fields->n; i++)
        read_field(s, fields->keys[i], fields->items[i], derivation);
    for (size_t i = ROW_FIELDS; i < record->n_fields && !s->is_lenient; i++)
        if (!record->fields[i].is_optional &&
            yaml_get(fields, str_cstr(s->arena, record->fields[i].name)) ==
                NULL)
            schema_error(s, fields, "missing key '%.*s' in fields",
                         STRF(record->fields[i].name));
}

struct derivation *rulefile_derivation(const struct schema *s,
                                       const struct catalogue *catalogue,
                                       const struct map *tables)
{
    struct derivation *derivation = ARENA_NEW(s->arena, struct derivation);
    if (!schema_is_mapping(s, s->root))
        return NULL;
    schema_keys(s, s->root, "derivation", derive_keys);
    read_version(s, "derive", "derivation");
    const struct yaml_node *type =
        schema_need(s, s->root, "type", "derivation");
    derivation->type = clausefile_type(s, type, catalogue);
    if (derivation->type != NULL && !derivation->type->is_derived) {
        schema_error(s, type, "'%.*s' is not a derived type", STRF(type->text));
        derivation->type = NULL;
    }
    const struct yaml_node *from =
        schema_need(s, s->root, "from", "derivation");
    derivation->clauses.source = s->source;
    derivation->clauses.subject = clausefile_type(s, from, catalogue);
    if (derivation->clauses.subject != NULL &&
        derivation->clauses.subject->is_derived) {
        schema_error(s, from, "a derivation does not read derived types");
        derivation->clauses.subject = NULL;
    }
    clausefile_read(s, catalogue, tables, false, &derivation->clauses);
    if (derivation->type != NULL)
        derivation->fields = ARENA_ARRAY(
            s->arena, derivation->type->record.n_fields, struct expr);
    read_row(s, schema_need(s, s->root, "row", "derivation"), derivation);
    return derivation;
}
