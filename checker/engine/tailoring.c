/* A file that fits the rules to a user's case, and says why. */
#include "checker/engine/tailoring.h"

#include <sys/stat.h>

#include "checker/base/file.h"

enum { TAILORING_BYTES = 256 * 1024 };

static const char *const file_keys[] = {"tailoring", "extends", "rules", NULL};
static const char *const rule_keys[] = {"enabled", "severity", "parameters",
                                        "reason", NULL};
static const char *const severities[] = {"low", "medium", "high", "critical",
                                         NULL};

struct tailor {
    struct arena *arena;
    struct rules *rules;
    struct diags *diags;
    struct schema files[TAILORING_DEPTH]; /* the given one first */
    struct stat ids[TAILORING_DEPTH];     /* so that a circle is seen */
    size_t n;
};

/* ---- the files ---- */

/* A path that stands in a file is meant from that file's folder. */
static const char *path_beside(struct arena *arena, const char *file,
                               struct str path)
{
    struct str folder = str_of(file);
    while (folder.n > 0 && folder.p[folder.n - 1] != '/')
        folder.n--;
    if (str_starts(path, STR("/")))
        folder.n = 0;
    return str_cstr(arena, str_cat(arena, folder, path));
}

static bool is_circle(const struct tailor *t, const struct stat *id)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->ids[i].st_dev == id->st_dev && t->ids[i].st_ino == id->st_ino)
            return true;
    return false;
}

static bool check_head(const struct schema *s)
{
    const struct yaml_node *version = yaml_get(s->root, "tailoring");
    schema_keys(s, s->root, "tailoring file", file_keys);
    if (version == NULL ||
        (version->kind == YAML_SCALAR && str_is(version->text, "1")))
        return true;
    return schema_error(s, version, "expected 'tailoring: 1'");
}

/* Reads one more file and, through `next`, names the one that it extends. */
static bool read_file(struct tailor *t, const char *path,
                      const struct yaml_node **next, struct err *err)
{
    struct source *source = ARENA_NEW(t->arena, struct source);
    struct yaml_limits limits = {.bytes = TAILORING_BYTES};
    struct schema *s = &t->files[t->n];
    source->path = path;
    *next = NULL;
    if (!file_read(t->arena, path, TAILORING_BYTES, &source->text, err))
        return false;
    if (stat(path, &t->ids[t->n]) != 0)
        t->ids[t->n] = (struct stat){0};
    *s =
        (struct schema){.arena = t->arena, .source = source, .diags = t->diags};
    t->n++;
    if (!yaml_read(t->arena, source, limits, &s->root, t->diags) ||
        !schema_is_mapping(s, s->root) || !check_head(s))
        return true;
    const struct yaml_node *extends = yaml_get(s->root, "extends");
    if (extends != NULL && schema_is_scalar(s, extends))
        *next = extends;
    return true;
}

/* The given file and all that it extends. */
static bool read_all(struct tailor *t, const char *path, struct err *err)
{
    const struct yaml_node *next = NULL;
    if (!read_file(t, path, &next, err))
        return err_add(err, "--tailoring '%s'", path);
    while (next != NULL) {
        const struct schema *s = &t->files[t->n - 1];
        const struct yaml_node *at = next;
        const char *other = path_beside(t->arena, s->source->path, at->text);
        struct stat id;
        struct err failure = {0};
        if (at->text.n == 0 || stat(other, &id) != 0)
            return schema_error(s, at, "there is no file '%s'", other);
        if (is_circle(t, &id))
            return schema_error(s, at, "'%s' extends itself in the end", other);
        if (t->n == TAILORING_DEPTH)
            return schema_error(s, at,
                                "'extends' goes through more than %d "
                                "files",
                                TAILORING_DEPTH);
        if (!read_file(t, other, &next, &failure))
            return schema_error(s, at, "%.*s",
                                STRF(err_text(t->arena, &failure)));
    }
    return true;
}

/* ---- the rules ---- */

static struct rule *find_rule(const struct tailor *t, const struct schema *s,
                              const struct yaml_node *key)
{
    const struct rules *rules = t->rules;
    struct str *ids = ARENA_ARRAY(t->arena, rules->n_all, struct str);
    for (size_t i = 0; i < rules->n_all; i++) {
        ids[i] = rules->all[i]->info.id;
        if (str_eq(ids[i], key->text))
            return rules->all[i];
    }
    schema_error_hint(s, key,
                      did_you_mean(t->arena, key->text, ids, rules->n_all),
                      "there is no rule '%.*s'", STRF(key->text));
    return NULL;
}

static struct parameter *find_parameter(const struct tailor *t,
                                        const struct schema *s,
                                        const struct rule *rule,
                                        const struct yaml_node *key)
{
    const struct clauses *c = &rule->clauses;
    struct str *names = ARENA_ARRAY(t->arena, c->n_parameters, struct str);
    for (size_t i = 0; i < c->n_parameters; i++) {
        names[i] = c->parameters[i].name;
        if (str_eq(names[i], key->text))
            return &c->parameters[i];
    }
    schema_error_hint(s, key,
                      did_you_mean(t->arena, key->text, names, c->n_parameters),
                      "rule '%.*s' has no parameter '%.*s'",
                      STRF(rule->info.id), STRF(key->text));
    return NULL;
}

static bool is_tailored(const struct tailoring *old, struct str name)
{
    for (size_t i = 0; i < old->n_parameters; i++)
        if (str_eq(old->parameters[i].name, name))
            return true;
    return false;
}

static void set_parameters(const struct tailor *t, const struct schema *s,
                           struct rule *rule, const struct yaml_node *node,
                           struct tailoring *out)
{
    if (node == NULL || !schema_is_mapping(s, node))
        return;
    struct tailored_parameter *all = ARENA_ARRAY(
        t->arena, out->n_parameters + node->n, struct tailored_parameter);
    size_t n = out->n_parameters;
    for (size_t i = 0; i < n; i++)
        all[i] = out->parameters[i];
    for (size_t i = 0; i < node->n; i++) {
        struct parameter *p = find_parameter(t, s, rule, node->keys[i]);
        if (p == NULL || !parameters_tailor(s, node->items[i], p) ||
            is_tailored(out, p->name))
            continue;
        all[n++] = (struct tailored_parameter){
            .name = p->name, .value = &p->value, .type = p->type};
    }
    out->parameters = all;
    out->n_parameters = n;
}

static void set_severity(const struct schema *s, struct rule *rule,
                         const struct yaml_node *node, struct tailoring *out)
{
    size_t word = 0;
    if (node == NULL || !schema_choice(s, node, severities, &word))
        return;
    if (!out->has_severity)
        out->usual = rule->info.severity;
    out->has_severity = true;
    out->severity = (enum severity)word;
    rule->info.severity = out->severity;
    for (size_t i = 0; i < rule->n_checks; i++)
        rule->checks[i].severity = out->severity;
}

static void tailor_rule(const struct tailor *t, const struct schema *s,
                        const struct yaml_node *key,
                        const struct yaml_node *node)
{
    struct rule *rule = find_rule(t, s, key);
    if (rule == NULL || !schema_is_mapping(s, node))
        return;
    schema_keys(s, node, "tailored rule", rule_keys);
    struct tailoring *out = ARENA_NEW(t->arena, struct tailoring);
    if (rule->info.tailoring != NULL)
        *out = *rule->info.tailoring;
    out->file = str_of(s->source->path);
    const struct yaml_node *reason = yaml_get(node, "reason");
    const struct yaml_node *enabled = yaml_get(node, "enabled");
    bool is_enabled = true;
    if (reason != NULL)
        (void)schema_text(s, reason, &out->reason);
    if (enabled != NULL && schema_bool(s, enabled, &is_enabled))
        out->is_off = !is_enabled;
    set_severity(s, rule, yaml_get(node, "severity"), out);
    set_parameters(t, s, rule, yaml_get(node, "parameters"), out);
    rule->info.tailoring = out;
}

static void tailor_rules(const struct tailor *t, const struct schema *s)
{
    if (s->root == NULL || s->root->kind != YAML_MAPPING)
        return;
    const struct yaml_node *rules = yaml_get(s->root, "rules");
    if (rules == NULL || !schema_is_mapping(s, rules))
        return;
    for (size_t i = 0; i < rules->n; i++)
        tailor_rule(t, s, rules->keys[i], rules->items[i]);
}

bool tailoring_apply(struct arena *arena, struct rules *rules, const char *path,
                     struct diags *diags, struct err *err)
{
    size_t before = diags->n_errors;
    struct tailor *t = ARENA_NEW(arena, struct tailor);
    if (path == NULL)
        return true;
    *t = (struct tailor){.arena = arena, .rules = rules, .diags = diags};
    if (!read_all(t, path, err))
        return false;
    for (size_t i = t->n; i-- > 0;)
        tailor_rules(t, &t->files[i]);
    return diags->n_errors == before;
}
