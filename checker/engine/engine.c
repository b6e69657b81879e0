/* Rules over an inventory: findings. */
#include "checker/engine/engine.h"

#include "checker/engine/derive.h"
#include "checker/engine/judge.h"
#include "checker/engine/workers.h"

/* A lookup that nothing reads has fields that were not read, either. */
static bool is_read(const struct value_table *table, const struct probe *probe)
{
    for (size_t i = 0; i < probe->n; i++)
        if (table == NULL || table->columns[probe->fields[i]] == NULL)
            return false;
    return true;
}

/* Builds the indexes of a set of types: derived ones, or the others. */
static void build_indexes(struct arena *arena, struct setting *setting,
                          bool is_derived)
{
    const struct rules *rules = setting->rules;
    for (size_t i = 0; i < rules->n_probes; i++) {
        const struct probe *probe = &rules->probes[i];
        const struct value_table *table =
            setting->inventory->tables[probe->type->number];
        if (probe->type->is_derived == is_derived && is_read(table, probe))
            setting->indexes[i] =
                index_new(arena, table, probe->fields, probe->n);
    }
}

/* Distinct subjects: the rows of all types that the rules are about. */
static size_t count_subjects(const struct rules *rules,
                             const struct inventory *inventory)
{
    size_t n = 0;
    for (size_t i = 0; i < rules->n_chosen; i++) {
        const struct catalogue_type *type = rules->chosen[i]->clauses.subject;
        bool is_new = true;
        for (size_t k = 0; k < i && is_new; k++)
            is_new = rules->chosen[k]->clauses.subject != type;
        if (is_new && inventory->tables[type->number] != NULL)
            n += inventory->tables[type->number]->n_rows;
    }
    return n;
}

static bool gives_type(const struct demand *demand,
                       const struct catalogue_type *type, struct str call)
{
    const bool *fields = demand->fields[type->number];
    if (fields == NULL)
        return false;
    if (type->listing != NULL && str_eq(type->listing->id, call))
        return true;
    for (size_t f = ROW_FIELDS; f < type->record.n_fields; f++)
        if (fields[f] && type->sources[f].call != NULL &&
            str_eq(type->sources[f].call->id, call))
            return true;
    return false;
}

static void fill_coverage(struct arena *arena,
                          const struct inventory *inventory,
                          struct findings *out)
{
    const struct map *types = &inventory->catalogue->types;
    struct covered *items =
        ARENA_ARRAY(arena, inventory->n_coverage, struct covered);
    for (size_t i = 0; i < inventory->n_coverage; i++) {
        const struct coverage *from = &inventory->coverage[i];
        struct str *names = ARENA_ARRAY(arena, types->n, struct str);
        size_t n = 0;
        for (size_t t = 0; t < types->n; t++)
            if (gives_type(inventory->demand, types->items[t].value,
                           from->call))
                names[n++] = types->items[t].key;
        items[i] = (struct covered){.account = from->account,
                                    .region = from->region,
                                    .call = from->call,
                                    .state = coverage_word(from->state),
                                    .code = from->code,
                                    .n_ok = from->n_ok,
                                    .n_failed = from->n_failed,
                                    .types = names,
                                    .n_types = n};
    }
    out->coverage = items;
    out->n_coverage = inventory->n_coverage;
}

static void fill_copies(const struct inventory *inventory, struct findings *out)
{
    const struct catalogue_type *type =
        catalogue_type(inventory->catalogue, STR("dr.copy"));
    if (type == NULL)
        return;
    out->copies = inventory->tables[type->number];
    out->copies_read = inventory->demand->fields[type->number];
}

struct findings *engine_evaluate(struct arena *arena, struct setting *setting,
                                 bool list_not_applicable)
{
    const struct rules *rules = setting->rules;
    struct inventory *inventory = setting->inventory;
    struct findings *out = ARENA_NEW(arena, struct findings);
    struct map origins = {.arena = arena};
    setting->indexes = ARENA_ARRAY(arena, rules->n_probes, struct index *);
    build_indexes(arena, setting, false);
    derive_rows(arena, setting, &origins);
    setting->origins = &origins;
    build_indexes(arena, setting, true);
    workers_run(arena, setting, list_not_applicable, out);
    out->n_rules = rules->n_chosen;
    out->rules = rules->infos;
    out->rules_off = rules->off;
    out->n_rules_off = rules->n_off;
    out->n_subjects = count_subjects(rules, inventory);
    out->causes = inventory->causes;
    fill_copies(inventory, out);
    fill_coverage(arena, inventory, out);
    setting->origins = NULL;
    return out;
}

struct findings *engine_run(struct arena *arena, const struct rules *rules,
                            struct inventory *inventory,
                            const struct engine_options *options)
{
    struct setting setting = {.rules = rules,
                              .inventory = inventory,
                              .is_scoped = true,
                              .is_scan = options->is_scan,
                              .step_limit = options->step_limit,
                              .n_threads = options->n_threads};
    if (setting.step_limit == 0)
        setting.step_limit = STEP_LIMIT;
    return engine_evaluate(arena, &setting, options->list_not_applicable);
}
