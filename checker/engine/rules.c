/* Packs, derivations and facts: from files to compiled rules. */
#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/base/embedded.h"
#include "checker/base/file.h"
#include "checker/engine/index.h"
#include "checker/engine/lint.h"
#include "checker/engine/needs.h"
#include "checker/engine/results.h"
#include "checker/engine/tailoring.h"

enum { RULE_FILE_BYTES = 256 * 1024 };

/* One file with its tree, until all are compiled. */
struct file {
    struct schema schema;
    enum { FILE_RULE, FILE_DERIVATION, FILE_FACTS, FILE_TESTS } kind;
    struct rule *rule;
    struct derivation *derivation;
};

struct loader {
    struct arena *arena;
    const struct catalogue *catalogue;
    struct rules *rules;
    struct file *files;
    size_t n;
    bool is_linted;
};

/* ---- which files ---- */

struct source_list {
    struct arena *arena;
    const struct source **items;
    size_t n, capacity;
};

static void add_source(struct source_list *list, const char *path,
                       struct str text)
{
    struct source *source = ARENA_NEW(list->arena, struct source);
    *source = (struct source){.path = path, .text = text};
    list->items = arena_grow(list->arena, list->items, list->n, &list->capacity,
                             sizeof(*list->items));
    list->items[list->n++] = source;
}

/* Whether the listed files have one that the program embedded as `path`. */
static bool is_replaced(const struct source_list *list, const char *path)
{
    struct str tail = str_of(path);
    for (size_t i = 0; i < list->n; i++) {
        struct str own = str_of(list->items[i]->path);
        if (str_ends(own, tail) &&
            (own.n == tail.n || own.p[own.n - tail.n - 1] == '/'))
            return true;
    }
    return false;
}

static void add_embedded(struct source_list *list)
{
    static const struct str folders[] = {STR_INIT("rules/packs/"),
                                         STR_INIT("rules/derive/"),
                                         STR_INIT("rules/facts/")};
    for (size_t i = 0; i < n_embedded_files; i++) {
        const struct embedded *e = &embedded_files[i];
        for (size_t k = 0; k < N_ITEMS(folders); k++)
            if (str_starts(str_of(e->path), folders[k]) &&
                !is_replaced(list, e->path))
                add_source(list, e->path,
                           (struct str){e->text, (size_t)(e->end - e->text)});
    }
}

static bool add_path(struct source_list *list, const char *path,
                     struct err *err)
{
    const char **paths = NULL;
    size_t n = 0;
    if (!file_list(list->arena, path, STR(".yaml"), &paths, &n, err))
        return err_add(err, "cannot load rules from '%s'", path);
    if (n == 0)
        return err_set(err, ERR_INPUT, "no rule file (*.yaml) in '%s'", path);
    for (size_t i = 0; i < n; i++) {
        struct str text;
        if (!file_read(list->arena, paths[i], RULE_FILE_BYTES, &text, err))
            return err_add(err, "cannot load rules from '%s'", path);
        add_source(list, paths[i], text);
    }
    return true;
}

/* ---- from text to trees ---- */

static void parse_file(struct loader *l, const struct source *source,
                       bool is_lenient, struct diags *diags)
{
    struct yaml_limits limits = {.bytes = RULE_FILE_BYTES};
    struct file *file = &l->files[l->n];
    *file = (struct file){.schema = {.arena = l->arena,
                                     .source = source,
                                     .diags = diags,
                                     .is_lenient = is_lenient,
                                     .is_linted = l->is_linted}};
    const struct yaml_node *root = NULL;
    if (!yaml_read(l->arena, source, limits, &root, diags) || root == NULL)
        return;
    file->schema.root = root;
    if (root->kind == YAML_MAPPING && yaml_get(root, "rule") == NULL) {
        if (yaml_get(root, "derive") != NULL)
            file->kind = FILE_DERIVATION;
        else if (yaml_get(root, "facts") != NULL &&
                 yaml_get(root, "require") == NULL)
            file->kind = FILE_FACTS;
        else if (yaml_get(root, "test") != NULL)
            file->kind = FILE_TESTS;
    }
    l->n++;
}

static void load_facts(struct loader *l)
{
    struct map *tables = &l->rules->tables;
    for (size_t i = 0; i < l->n; i++) {
        const struct schema *s = &l->files[i].schema;
        if (l->files[i].kind != FILE_FACTS || !schema_is_mapping(s, s->root))
            continue;
        struct facts_table *table = facts_read(s);
        if (table == NULL)
            continue;
        const struct facts_table *first = map_get(tables, table->name);
        if (first != NULL) {
            schema_error(s, yaml_get(s->root, "table"),
                         "table '%.*s' is already defined in %s",
                         STRF(table->name), first->source->path);
            continue;
        }
        facts_select(l->arena, table, l->rules->as_of);
        map_put(tables, table->name, table);
    }
}

static void load_derivations(struct loader *l)
{
    struct rules *rules = l->rules;
    rules->derivations = ARENA_ARRAY(l->arena, l->n, struct derivation *);
    for (size_t i = 0; i < l->n; i++) {
        struct file *file = &l->files[i];
        if (file->kind != FILE_DERIVATION)
            continue;
        file->derivation =
            rulefile_derivation(&file->schema, l->catalogue, &rules->tables);
        if (file->derivation == NULL)
            continue;
        bind_derivation(&file->schema, file->derivation);
        rules->derivations[rules->n_derivations++] = file->derivation;
    }
}

static bool is_new_id(const struct loader *l, const struct file *file)
{
    const struct rule *rule = file->rule;
    for (size_t i = 0; i < l->n; i++) {
        const struct file *other = &l->files[i];
        if (other == file)
            return true;
        if (other->rule == NULL || !str_eq(other->rule->info.id, rule->info.id))
            continue;
        return schema_error(&file->schema, rule->id_node,
                            "rule id '%.*s' is already defined in %s:%u",
                            STRF(rule->info.id), other->schema.source->path,
                            other->rule->id_node->at.line);
    }
    return true;
}

static void load_rules(struct loader *l)
{
    struct rules *rules = l->rules;
    rules->all = ARENA_ARRAY(l->arena, l->n, struct rule *);
    for (size_t i = 0; i < l->n; i++) {
        struct file *file = &l->files[i];
        if (file->kind != FILE_RULE)
            continue;
        file->rule = rulefile_rule(&file->schema, l->catalogue, &rules->tables);
        if (file->rule == NULL)
            continue;
        bind_rule(&file->schema, file->rule);
        testform_check(&file->schema, l->catalogue, file->rule,
                       file->rule->tests);
        if (file->rule->id_node == NULL || is_new_id(l, file))
            rules->all[rules->n_all++] = file->rule;
    }
}

/* ---- files of tests ---- */

static struct rule *rule_of_tests(struct loader *l, const struct schema *s)
{
    static const char *const keys[] = {"test", "of", "tests", NULL};
    const struct rules *rules = l->rules;
    struct str id;
    schema_keys(s, s->root, "test file", keys);
    const struct yaml_node *of = schema_need(s, s->root, "of", "test file");
    if (of == NULL || !schema_text(s, of, &id))
        return NULL;
    struct str *ids = ARENA_ARRAY(l->arena, rules->n_all, struct str);
    for (size_t i = 0; i < rules->n_all; i++) {
        ids[i] = rules->all[i]->info.id;
        if (str_eq(ids[i], id))
            return rules->all[i];
    }
    schema_error_hint(s, of, did_you_mean(l->arena, id, ids, rules->n_all),
                      "there is no rule '%.*s'", STRF(id));
    return NULL;
}

static void load_tests(struct loader *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct schema *s = &l->files[i].schema;
        int64_t version = 1;
        if (l->files[i].kind != FILE_TESTS || !schema_is_mapping(s, s->root))
            continue;
        const struct yaml_node *head = yaml_get(s->root, "test");
        if (schema_int(s, head, &version) && version != 1)
            schema_error(s, head, "expected version 1, found %.*s",
                         STRF(head->text));
        struct rule *rule = rule_of_tests(l, s);
        const struct yaml_node *tests =
            schema_need(s, s->root, "tests", "test file");
        if (rule == NULL || tests == NULL)
            continue;
        testform_check(s, l->catalogue, rule, tests);
        struct rule_tests *more = ARENA_NEW(l->arena, struct rule_tests);
        *more = (struct rule_tests){s->source, tests, rule->more_tests};
        rule->more_tests = more;
    }
}

/* Once all tests are known, and only of rules without a mistake. */
static void lint_rules(struct loader *l)
{
    for (size_t i = 0; i < l->n && l->is_linted; i++)
        if (l->files[i].rule != NULL && l->files[i].schema.diags->n_errors == 0)
            lint_rule(&l->files[i].schema, l->files[i].rule);
}

/* ---- order ---- */

static int by_id(const void *a, const void *b)
{
    const struct rule *const *x = a, *const *y = b;
    return str_cmp((*x)->info.id, (*y)->info.id);
}

static int by_file(const void *a, const void *b)
{
    const struct derivation *const *x = a, *const *y = b;
    return str_cmp(str_of((*x)->clauses.source->path),
                   str_of((*y)->clauses.source->path));
}

static void sort_all(struct rules *rules)
{
    if (rules->n_all > 0)
        qsort(rules->all, rules->n_all, sizeof(*rules->all), by_id);
    if (rules->n_derivations > 1)
        qsort(rules->derivations, rules->n_derivations,
              sizeof(*rules->derivations), by_file);
}

/* ---- plans ---- */

static size_t find_probe(struct arena *arena, struct rules *rules,
                         const struct probe *probe)
{
    for (size_t i = 0; i < rules->n_probes; i++) {
        const struct probe *old = &rules->probes[i];
        bool is_same = old->type == probe->type && old->n == probe->n;
        for (size_t k = 0; k < probe->n && is_same; k++)
            is_same = old->fields[k] == probe->fields[k];
        if (is_same)
            return i;
    }
    rules->probes = arena_grow(arena, rules->probes, rules->n_probes,
                               &rules->probes_capacity, sizeof(*rules->probes));
    rules->probes[rules->n_probes] = *probe;
    return rules->n_probes++;
}

static void plan_join(struct arena *arena, struct rules *rules,
                      struct join *join)
{
    struct probe probe = {.type = join->type};
    if (join->type == NULL)
        return;
    for (size_t i = 0; i < join->n_pins; i++) {
        uint32_t field = join->pins[i].field;
        size_t at = probe.n;
        if (field == ROW_TYPE ||
            !index_takes(join->type->record.fields[field].type))
            continue;
        for (; at > 0 && probe.fields[at - 1] > field; at--)
            probe.fields[at] = probe.fields[at - 1];
        probe.fields[at] = field;
        probe.n++;
    }
    if (probe.n > 0)
        join->index = find_probe(arena, rules, &probe);
}

static void plan_clauses(struct arena *arena, struct rules *rules,
                         struct clauses *c)
{
    for (size_t i = 0; i < c->n_joins; i++)
        plan_join(arena, rules, &c->joins[i]);
}

/* ---- demand and digest ---- */

static void find_demand(struct arena *arena, struct rules *rules)
{
    rules->demand = demand_new(arena, rules->catalogue);
    for (size_t i = 0; i < rules->n_chosen; i++) {
        struct rule *rule = rules->chosen[i];
        rule->demand = demand_new(arena, rules->catalogue);
        needs_rule(arena, rules, rule, rule->demand);
        needs_rule(arena, rules, rule, rules->demand);
    }
}

static void digest_source(struct buf *out, struct str name,
                          const struct source *source)
{
    buf_addf(out, "%.*s %zu\n", STRF(name), source->text.n);
    buf_add(out, source->text);
}

static void find_digest(struct arena *arena, struct rules *rules)
{
    struct buf text = {0};
    for (size_t i = 0; i < rules->n_chosen; i++) {
        const struct clauses *c = &rules->chosen[i]->clauses;
        const struct rule_info *info = &rules->chosen[i]->info;
        digest_source(&text, info->id, c->source);
        if (info->tailoring != NULL && info->tailoring->has_severity)
            buf_addf(&text, "severity %s\n", severity_word(info->severity));
        for (size_t k = 0; k < c->n_parameters; k++) {
            buf_addf(&text, "%.*s=", STRF(c->parameters[k].name));
            cel_print(&text, c->parameters[k].value, NULL);
            buf_addc(&text, '\n');
        }
    }
    for (size_t i = 0; i < rules->n_derivations; i++)
        digest_source(&text, STR("derive"),
                      rules->derivations[i]->clauses.source);
    for (size_t i = 0; i < rules->tables.n; i++) {
        const struct facts_table *table = rules->tables.items[i].value;
        digest_source(&text, table->name, table->source);
    }
    rules->digest =
        str_cat(arena, STR("sha256:"), results_digest(arena, buf_str(&text)));
    buf_release(&text);
}

/* ---- the whole ---- */

static struct value text_or_absent(struct str text)
{
    return text.n > 0 ? value_str(text) : value_absent();
}

static struct value run_value(struct arena *arena, const struct rules *rules,
                              const struct rule_options *options)
{
    size_t n = bind_run_record.n_fields;
    struct value *cells = ARENA_ARRAY(arena, n, struct value);
    cells[0] = value_str(rules->as_of);
    cells[1] = text_or_absent(options->from);
    cells[2] = text_or_absent(options->to);
    return (struct value){
        .kind = VALUE_STRUCT, .n = (uint32_t)n, .as.items = cells};
}

bool rules_compile(struct arena *arena, const struct catalogue *catalogue,
                   const struct rule_options *options,
                   const struct rule_sources *sources, struct rules **out,
                   struct diags *diags, struct err *err)
{
    struct rules *rules = ARENA_NEW(arena, struct rules);
    struct loader l = {.arena = arena,
                       .catalogue = catalogue,
                       .rules = rules,
                       .is_linted = sources->is_linted};
    size_t before = diags->n_errors;
    rules->catalogue = catalogue;
    rules->tables.arena = arena;
    rules->as_of = date_print(arena, options->as_of);
    rules->run = run_value(arena, rules, options);
    l.files = ARENA_ARRAY(arena, sources->n, struct file);
    for (size_t i = 0; i < sources->n; i++)
        parse_file(&l, sources->items[i], sources->is_lenient, diags);
    load_facts(&l);
    load_derivations(&l);
    load_rules(&l);
    load_tests(&l);
    lint_rules(&l);
    if (diags->n_errors > before)
        return false;
    sort_all(rules);
    if (!tailoring_apply(arena, rules, options->tailoring, diags, err) ||
        !choose_rules(arena, rules, options, err) ||
        !choose_parameters(arena, rules, options, err))
        return false;
    for (size_t i = 0; i < rules->n_derivations; i++)
        plan_clauses(arena, rules, &rules->derivations[i]->clauses);
    for (size_t i = 0; i < rules->n_chosen; i++)
        plan_clauses(arena, rules, &rules->chosen[i]->clauses);
    find_demand(arena, rules);
    find_digest(arena, rules);
    *out = rules;
    return true;
}

bool rules_load(struct arena *arena, const struct catalogue *catalogue,
                const struct rule_options *options, struct rules **out,
                struct diags *diags, struct err *err)
{
    struct source_list list = {.arena = arena};
    for (size_t i = 0; i < options->n_files; i++)
        if (!add_path(&list, options->files[i], err))
            return false;
    add_embedded(&list);
    for (size_t i = 0; i < options->n_paths; i++)
        if (!add_path(&list, options->paths[i], err))
            return false;
    struct rule_sources sources = {
        .items = list.items, .n = list.n, .is_linted = options->is_linted};
    return rules_compile(arena, catalogue, options, &sources, out, diags, err);
}

const struct demand *rules_demand(const struct rules *rules)
{
    return rules->demand;
}

struct str rules_digest(const struct rules *rules)
{
    return rules->digest;
}

const struct rule_info *const *rules_list(const struct rules *rules, size_t *n)
{
    *n = rules->n_chosen;
    return rules->infos;
}

size_t rules_reading(struct arena *arena, const struct rules *rules,
                     const struct catalogue_call *call,
                     const struct rule_info *const **out)
{
    const struct rule_info **found =
        ARENA_ARRAY(arena, rules->n_chosen, const struct rule_info *);
    size_t n = 0;
    for (size_t i = 0; i < rules->n_chosen; i++) {
        const struct catalogue_call *const *calls = NULL;
        size_t n_calls = demand_calls(arena, rules->chosen[i]->demand, &calls);
        for (size_t k = 0; k < n_calls; k++)
            if (calls[k] == call) {
                found[n++] = &rules->chosen[i]->info;
                break;
            }
    }
    *out = found;
    return n;
}
