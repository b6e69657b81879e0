/* What the engine's tests share: a small catalogue, rules and rows in YAML. */
#include "tests/unit/engine/engine_support.h"

#include <check.h>

#include "checker/base/clock.h"

static const char catalogue_text[] =
    "catalogue: 1\n"
    "service: {id: t, protocol: query, api_version: 2014-10-31}\n"
    "calls:\n"
    "  ListDbs: {items: Dbs}\n"
    "  ListBackups: {items: Backups}\n"
    "  ListKeys: {items: Keys}\n"
    "  ListThings: {items: Things}\n"
    "  DescribeKey: {per: 'T::Key', inputs: {KeyId: id}, object: Key}\n"
    "types:\n"
    "  T::Db:\n"
    "    listing: ListDbs\n"
    "    id: arn\n"
    "    id_path: Arn\n"
    "    name: Name\n"
    "    fields:\n"
    "      Name: string\n"
    "      Engine: string\n"
    "      Version: version\n"
    "      Encrypted: bool\n"
    "      KeyId: {type: arn, optional: true}\n"
    "      Days: int\n"
    "      Copies:\n"
    "        type: list\n"
    "        item: {type: struct, of: {Arn: arn}}\n"
    "  T::Backup:\n"
    "    listing: ListBackups\n"
    "    id: arn\n"
    "    id_path: Arn\n"
    "    fields:\n"
    "      KeyId: {type: arn, optional: true}\n"
    "      Encrypted: bool\n"
    "  T::Key:\n"
    "    listing: ListKeys\n"
    "    id: arn\n"
    "    id_path: Arn\n"
    "    name: State\n"
    "    fields:\n"
    "      State: {from: DescribeKey, enum: [Enabled, Disabled]}\n"
    "  T::Thing:\n"
    "    listing: ListThings\n"
    "    id: opaque\n"
    "    id_path: Id\n"
    "    unique: [[account, region, Name]]\n"
    "    fields:\n"
    "      Name: string\n"
    "      Size: int\n"
    "      On: bool\n"
    "      Note: {type: string, optional: true}\n"
    "      Kind: {enum: [Small, Large], open: true, optional: true}\n"
    "  dr.copy:\n"
    "    derived: true\n"
    "    id: opaque\n"
    "    name: name\n"
    "    fields:\n"
    "      mechanism: string\n"
    "      name: string\n"
    "      encrypted: bool\n"
    "      key: {type: arn, optional: true}\n"
    "      engine: {type: string, optional: true}\n";

void world_open(struct world *world)
{
    static const struct source source = {
        .path = "catalogue.yaml",
        .text = {catalogue_text, sizeof(catalogue_text) - 1}};
    static const struct source *const sources[] = {&source};
    struct buf out = {0};
    *world = (struct world){0};
    world->diags.arena = &world->arena;
    bool is_ok = catalogue_read(&world->arena, sources, 1, &world->catalogue,
                                &world->diags);
    diags_print(&out, &world->diags);
    ck_assert_msg(is_ok, "%.*s", STRF(buf_str(&out)));
    buf_release(&out);
    world->causes = causes_new(&world->arena);
    ck_assert(date_read(STR("2026-11-24"), &world->options.as_of));
}

void world_close(struct world *world)
{
    causes_free(world->causes);
    arena_release(&world->arena);
}

bool world_rules(struct world *world, const char *const *documents)
{
    const struct source *sources[8];
    size_t n = 0;
    for (; documents[n] != NULL; n++) {
        struct source *source = ARENA_NEW(&world->arena, struct source);
        ck_assert_uint_lt(n, N_ITEMS(sources));
        source->path =
            str_cstr(&world->arena, str_fmt(&world->arena, "%zu.yaml", n + 1));
        source->text = str_of(documents[n]);
        sources[n] = source;
    }
    struct rule_sources all = {
        .items = sources, .n = n, .is_linted = world->options.is_linted};
    return rules_compile(&world->arena, world->catalogue, &world->options, &all,
                         &world->rules, &world->diags, &world->err);
}

static const char *finish(struct world *world, struct buf *text)
{
    const char *done = str_cstr(&world->arena, buf_str(text));
    buf_release(text);
    return done;
}

const char *world_mistakes(struct world *world)
{
    struct buf text = {0};
    for (size_t i = 0; i < world->diags.n; i++) {
        const struct diag *d = &world->diags.items[i];
        buf_addf(&text, "%u:%u %.*s", d->at.line, d->at.col, STRF(d->text));
        if (d->hint.n > 0)
            buf_addf(&text, " | %.*s", STRF(d->hint));
        buf_adds(&text, "\n");
    }
    return finish(world, &text);
}

/* ---- rows ---- */

/* What a row that does not say has: nothing, or something not known. */
static void fill_blanks(struct world *world, const struct catalogue_type *type,
                        uint32_t row)
{
    const bool *is_read = world->inventory->demand->fields[type->number];
    struct value unknown =
        value_unknown(causes_of(world->causes, STR("not given")));
    for (uint32_t f = ROW_FIELDS; f < type->record.n_fields; f++)
        if (is_read[f])
            inventory_cell(world->inventory, type, row, f,
                           type->record.fields[f].is_optional ? value_absent()
                                                              : unknown);
}

static void fill_fields(struct world *world, const struct schema *s,
                        const struct catalogue_type *type, uint32_t row,
                        bool is_ghost, const struct yaml_node *fields)
{
    for (size_t i = 0; fields != NULL && i < fields->n; i++) {
        size_t f = record_find(&type->record, fields->keys[i]->text);
        struct value cell;
        ck_assert_uint_ne(f, SIZE_MAX);
        if (!world->inventory->demand->fields[type->number][f])
            continue;
        ck_assert(schema_value(s, fields->items[i], type->record.fields[f].type,
                               false, world->causes, &cell));
        if (is_ghost)
            inventory_ghost_cell(world->inventory, type, row, (uint32_t)f,
                                 cell);
        else
            inventory_cell(world->inventory, type, row, (uint32_t)f, cell);
    }
}

static struct str word_of(const struct yaml_node *node, const char *key,
                          const char *otherwise)
{
    const struct yaml_node *found = yaml_get(node, key);
    return found != NULL ? found->text : str_of(otherwise);
}

static void fill_list(struct world *world, const char *text, bool is_ghost)
{
    struct source *source = ARENA_NEW(&world->arena, struct source);
    struct yaml_limits limits = {0};
    *source = (struct source){.path = "rows", .text = str_of(text)};
    struct schema s = {
        .arena = &world->arena, .source = source, .diags = &world->diags};
    ck_assert(yaml_read(&world->arena, source, limits, &s.root, &world->diags));
    for (size_t i = 0; s.root->kind == YAML_SEQUENCE && i < s.root->n; i++) {
        const struct yaml_node *row = s.root->items[i];
        const struct catalogue_type *type =
            catalogue_type(world->catalogue, word_of(row, "type", ""));
        struct place place = {word_of(row, "account", "1"),
                              word_of(row, "region", "")};
        ck_assert_ptr_nonnull(type);
        if (world->inventory->demand->fields[type->number] == NULL)
            continue;
        uint32_t number =
            is_ghost ? inventory_ghost(
                           world->inventory, type, place,
                           causes_of(world->causes, word_of(row, "cause", "?")))
                     : inventory_row(world->inventory, type, place.account,
                                     place.region, word_of(row, "id", "?"));
        if (!is_ghost)
            fill_blanks(world, type, number);
        fill_fields(world, &s, type, number, is_ghost, yaml_get(row, "fields"));
    }
}

static void fill_scope(struct world *world, const char *scope)
{
    const struct catalogue_call *const *calls = NULL;
    size_t n = demand_calls(&world->arena, rules_demand(world->rules), &calls);
    struct str rest = str_of(scope), part, account, region;
    while (str_split(&rest, ' ', &part)) {
        ck_assert(str_split(&part, '/', &account));
        ck_assert(str_split(&part, '/', &region));
        inventory_scope(world->inventory, account, region);
        for (size_t i = 0; i < n; i++) {
            struct coverage record = {.account = account,
                                      .region = region,
                                      .call = calls[i]->id,
                                      .state = COVERAGE_OK};
            inventory_coverage(world->inventory, &record);
        }
    }
}

void world_fill(struct world *world, const char *rows, const char *ghosts,
                const char *scope)
{
    world->inventory =
        inventory_new(&world->arena, rules_demand(world->rules), world->causes);
    world->is_scoped = scope != NULL;
    if (scope != NULL)
        fill_scope(world, scope);
    if (rows != NULL)
        fill_list(world, rows, false);
    if (ghosts != NULL)
        fill_list(world, ghosts, true);
    inventory_finish(world->inventory);
}

/* ---- what came out ---- */

static void add_causes(struct buf *text, const struct causes_table *table,
                       causes set)
{
    for (size_t i = 0; i < causes_count(table, set); i++)
        buf_addf(text, "%s%.*s", i > 0 ? "; " : "",
                 STRF(causes_text(table, set, i)));
}

const char *world_run(struct world *world)
{
    struct setting setting = {.rules = world->rules,
                              .inventory = world->inventory,
                              .is_scoped = world->is_scoped,
                              .is_scan = world->is_scan,
                              .step_limit = STEP_LIMIT,
                              .n_threads = world->n_threads};
    struct buf text = {0};
    world->findings = engine_evaluate(&world->arena, &setting, true);
    for (size_t i = 0; i < world->findings->n; i++) {
        const struct finding *f = &world->findings->items[i];
        buf_addf(&text, "%.*s %.*s %s", STRF(f->subject_id),
                 STRF(f->check.n > 0 ? f->check : STR("-")),
                 result_word(f->result));
        if (f->causes != 0) {
            buf_adds(&text, " [");
            add_causes(&text, world->causes, f->causes);
            buf_adds(&text, "]");
        }
        buf_adds(&text, "\n");
    }
    return finish(world, &text);
}

const char *world_table(struct world *world, const char *name,
                        const char *fields)
{
    const struct catalogue_type *type =
        catalogue_type(world->catalogue, str_of(name));
    const struct value_table *table = world->inventory->tables[type->number];
    struct buf text = {0};
    for (uint32_t row = 0; row < table->n_rows + table->n_ghosts; row++) {
        struct str rest = str_of(fields), field;
        if (row >= table->n_rows) {
            buf_adds(&text, "ghost [");
            add_causes(&text, world->causes,
                       table->ghost_causes[row - table->n_rows]);
            buf_adds(&text, "]");
        }
        while (str_split(&rest, ' ', &field)) {
            size_t f = record_find(&type->record, field);
            buf_addf(&text, " %.*s=", STRF(field));
            cel_print(&text, value_cell(table, row, f), world->causes);
        }
        buf_adds(&text, "\n");
    }
    return finish(world, &text);
}

const struct finding *world_finding(const struct world *world,
                                    const char *subject, const char *check)
{
    for (size_t i = 0; i < world->findings->n; i++) {
        const struct finding *f = &world->findings->items[i];
        if (str_is(f->subject_id, subject) && str_is(f->check, check))
            return f;
    }
    ck_abort_msg("no finding of %s, %s", subject, check);
    return NULL;
}
