/* Times the rule engine on rows in memory: rules_bench FOLDER ROWS … */
#include <stdio.h>
#include <stdlib.h>

#include "checker/engine/judge.h"
#include "tests/bench/bench_rows.h"

#define INSTANCE "AWS::RDS::DBInstance"
#define BACKUP   "AWS::RDS::DBInstanceAutomatedBackup"
#define KEY      "AWS::KMS::Key"

/* The cases; each is the id of a rule in FOLDER, too. */
static const char *const cases[] = {"bench-predicate", "bench-one-lookup",
                                    "bench-two-hops"};

struct world {
    struct arena arena, rows;
    const struct catalogue *catalogue;
    struct rules *rules;
    struct inventory *inventory;
    struct causes_table *causes;
    uint32_t n, n_rows; /* subjects; rows of all types */
};

NORETURN static void give_up(const char *what)
{
    fprintf(stderr, "rules_bench: %s\n", what);
    exit(2);
}

/* ---- what is measured on ---- */

static void load_catalogue(struct world *w)
{
    struct diags diags = {.arena = &w->arena};
    struct catalogue *catalogue;
    if (!catalogue_load(&w->arena, &catalogue, &diags))
        give_up("the catalogue does not load");
    w->catalogue = catalogue;
}

/* id   NULL: all rules */
static struct rules *load_rules(struct arena *arena,
                                const struct catalogue *catalogue,
                                const char *folder, const char *id)
{
    struct str select = str_of(id);
    struct rule_options options = {.paths = &folder,
                                   .n_paths = 1,
                                   .select = &select,
                                   .n_select = id != NULL};
    struct diags diags = {.arena = arena};
    struct err err = {0};
    struct rules *rules;
    if (rules_load(arena, catalogue, &options, &rules, &diags, &err))
        return rules;
    struct buf text = {0};
    diags_print(&text, &diags);
    fprintf(stderr, "%.*s%.*s\n", STRF(buf_str(&text)),
            STRF(err_text(arena, &err)));
    give_up("the rules do not load");
}

static const struct catalogue_type *type_of(const struct world *w,
                                            const char *name)
{
    const struct catalogue_type *type =
        catalogue_type(w->catalogue, str_of(name));
    if (type == NULL)
        give_up("a type is missing");
    return type;
}

/* Whether the rules read it: other rows would never be gathered. */
static bool is_read(const struct world *w, const struct catalogue_type *type)
{
    return rules_demand(w->rules)->fields[type->number] != NULL;
}

static uint32_t add_row(struct world *w, const struct catalogue_type *type,
                        uint32_t i, struct str id)
{
    w->n_rows++;
    return inventory_row(w->inventory, type, STR("111122223333"),
                         str_of(bench_regions[i % 4]), id);
}

static void put(struct world *w, const struct catalogue_type *type,
                uint32_t row, const char *name, struct value raw)
{
    size_t field = record_find(&type->record, str_of(name));
    if (field == SIZE_MAX)
        give_up("a field is missing");
    if (!rules_demand(w->rules)->fields[type->number][field])
        return;
    inventory_cell(
        w->inventory, type, row, (uint32_t)field,
        inventory_normalise(w->inventory, &type->record.fields[field], raw));
}

static void add_instances(struct world *w)
{
    const struct catalogue_type *type = type_of(w, INSTANCE);
    char id[BENCH_TEXT], key[BENCH_TEXT];
    for (uint32_t i = 0; is_read(w, type) && i < w->n; i++) {
        struct str name = {id, bench_instance(id, i)};
        struct str of = {key, bench_key(key, bench_key_of(i, w->n))};
        uint32_t row = add_row(w, type, i, name);
        put(w, type, row, "StorageEncrypted", value_bool(!bench_is_wrong(i)));
        put(w, type, row, "Engine", value_str(STR("postgres")));
        put(w, type, row, "KmsKeyId", value_str(of));
    }
}

static void add_backups(struct world *w)
{
    const struct catalogue_type *type = type_of(w, BACKUP);
    char id[BENCH_TEXT], instance[BENCH_TEXT];
    for (uint32_t i = 0; is_read(w, type) && i < w->n; i++) {
        struct str name = {id, bench_backup(id, i)};
        struct str of = {instance,
                         bench_instance(instance, bench_instance_of(i, w->n))};
        uint32_t row = add_row(w, type, i, name);
        put(w, type, row, "DBInstanceArn", value_str(of));
    }
}

static void add_keys(struct world *w)
{
    const struct catalogue_type *type = type_of(w, KEY);
    char id[BENCH_TEXT];
    for (uint32_t i = 0; is_read(w, type) && i < w->n; i++) {
        struct str name = {id, bench_key(id, i)};
        uint32_t row = add_row(w, type, i, name);
        put(w, type, row, "KeyState",
            value_str(bench_is_wrong(i) ? STR("Disabled") : STR("Enabled")));
    }
}

/* Every demanded call answered in every place: no ghosts. */
static void add_coverage(struct world *w)
{
    const struct catalogue_call *const *calls;
    size_t n = demand_calls(&w->arena, rules_demand(w->rules), &calls);
    for (size_t r = 0; r < N_ITEMS(bench_regions); r++) {
        struct coverage ok = {.account = STR("111122223333"),
                              .region = str_of(bench_regions[r])};
        inventory_scope(w->inventory, ok.account, ok.region);
        for (size_t i = 0; i < n; i++) {
            ok.call = calls[i]->id;
            inventory_coverage(w->inventory, &ok);
        }
    }
}

static void fill(struct world *w, uint32_t n)
{
    w->n = n;
    w->n_rows = 0;
    w->causes = causes_new(&w->rows);
    w->inventory = inventory_new(&w->rows, rules_demand(w->rules), w->causes);
    add_coverage(w);
    add_instances(w);
    add_backups(w);
    add_keys(w);
    inventory_finish(w->inventory);
}

/* ---- measuring ---- */

/* All subjects of the one chosen rule, with indexes that are built first, and
 * no findings: what deciding costs. Returns how many pass. */
static size_t decide(struct world *w)
{
    const struct rules *rules = w->rules;
    const struct rule *rule = rules->chosen[0];
    struct arena kept = {0}, scratch = {0};
    struct setting setting = {
        .rules = rules,
        .inventory = w->inventory,
        .indexes = ARENA_ARRAY(&kept, rules->n_probes, struct index *),
        .is_scoped = true,
        .step_limit = STEP_LIMIT};
    for (size_t i = 0; i < rules->n_probes; i++) {
        const struct probe *probe = &rules->probes[i];
        const struct value_table *rows =
            w->inventory->tables[probe->type->number];
        if (rows != NULL && rows->columns[probe->fields[0]] != NULL)
            setting.indexes[i] =
                index_new(&kept, rows, probe->fields, probe->n);
    }
    const struct value_table *table =
        w->inventory->tables[rule->clauses.subject->number];
    size_t n_pass = 0;
    struct verdict verdict;
    for (uint32_t row = 0; row < table->n_rows; row++) {
        struct eval eval;
        eval_begin(&eval, &setting, &rule->clauses, &scratch,
                   value_row(table, row), (struct value){0});
        judge(&eval, rule, &verdict);
        n_pass += verdict.result == RESULT_PASS;
        arena_reset(&scratch);
    }
    arena_release(&scratch);
    arena_release(&kept);
    return n_pass;
}

/* The same with the findings that reports show. */
static size_t run(struct world *w)
{
    struct arena arena = {0};
    const struct findings *findings =
        engine_run(&arena, w->rules, w->inventory,
                   &(struct engine_options){.n_threads = 1});
    size_t n_bad = findings->counts[RESULT_FAIL] +
                   findings->counts[RESULT_UNKNOWN] +
                   findings->counts[RESULT_ERROR];
    arena_release(&arena);
    return w->n - n_bad;
}

static void measure(struct world *w, const char *id, const char *what,
                    size_t (*work)(struct world *))
{
    size_t n_pass = work(w), n_wrong = 0;
    for (uint32_t i = 0; i < w->n; i++)
        n_wrong += bench_is_wrong(i);
    if (n_pass != w->n - n_wrong)
        give_up("the engine decides differently");
    uint64_t begin = bench_now(), end;
    size_t rounds = 0;
    do {
        (void)work(w);
        rounds++;
        end = bench_now();
    } while (end - begin < BENCH_MEASURE_NS);
    printf("%s %u %s %.2f\n", id, w->n, what,
           (double)(end - begin) / (double)rounds / w->n);
}

/* The embedded packs and those of the benchmark. */
static void measure_load(const struct world *w, const char *folder)
{
    enum { ROUNDS = 5 };
    uint64_t begin = bench_now();
    for (size_t i = 0; i < ROUNDS; i++) {
        struct arena arena = {0};
        (void)load_rules(&arena, w->catalogue, folder, NULL);
        arena_release(&arena);
    }
    printf("load 0 ns %.0f\n", (double)(bench_now() - begin) / ROUNDS);
}

int main(int argc, char **argv)
{
    struct world w = {0};
    if (argc < 3)
        give_up("usage: rules_bench FOLDER ROWS …");
    load_catalogue(&w);
    measure_load(&w, argv[1]);
    for (size_t c = 0; c < N_ITEMS(cases); c++) {
        w.rules = load_rules(&w.arena, w.catalogue, argv[1], cases[c]);
        for (int a = 2; a < argc; a++) {
            int64_t n;
            if (!str_to_int(str_of(argv[a]), &n) || n < 1 || n > 10000000)
                give_up("ROWS is no number");
            fill(&w, (uint32_t)n);
            printf("%s %u bytes_per_row %.1f\n", cases[c], w.n,
                   (double)arena_bytes(&w.rows) / w.n_rows);
            measure(&w, cases[c], "decide", decide);
            measure(&w, cases[c], "run", run);
            causes_free(w.causes);
            arena_release(&w.rows);
        }
    }
    arena_release(&w.arena);
    return 0;
}
