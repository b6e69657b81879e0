/* What the inventory's tests share: a catalogue, a demand, an inventory. */
#include "tests/unit/inventory/inventory_support.h"

#include <check.h>

void bench_open(struct bench *bench, const char *yaml)
{
    *bench = (struct bench){0};
    bench->diags.arena = &bench->arena;
    bool is_read;
    if (yaml == NULL) {
        is_read =
            catalogue_load(&bench->arena, &bench->catalogue, &bench->diags);
    } else {
        struct source *source = ARENA_NEW(&bench->arena, struct source);
        *source = (struct source){.path = "t.yaml", .text = str_of(yaml)};
        const struct source *sources[] = {source};
        is_read = catalogue_read(&bench->arena, sources, 1, &bench->catalogue,
                                 &bench->diags);
    }
    struct buf text = {0};
    diags_print(&text, &bench->diags);
    ck_assert_msg(is_read, "%.*s", STRF(buf_str(&text)));
    buf_release(&text);
    bench->demand = demand_new(&bench->arena, bench->catalogue);
    bench->causes = causes_new(&bench->arena);
}

void bench_close(struct bench *bench)
{
    causes_free(bench->causes);
    arena_release(&bench->arena);
}

const struct catalogue_type *bench_type(const struct bench *bench,
                                        const char *name)
{
    const struct catalogue_type *type =
        catalogue_type(bench->catalogue, str_of(name));
    ck_assert_msg(type != NULL, "no type %s", name);
    return type;
}

uint32_t bench_field(const struct catalogue_type *type, const char *name)
{
    size_t field = record_find(&type->record, str_of(name));
    ck_assert_msg(field != SIZE_MAX, "no field %s", name);
    return (uint32_t)field;
}

void bench_demand(struct bench *bench, const char *words)
{
    struct str rest = str_of(words), word;
    ck_assert(str_split(&rest, ' ', &word));
    const struct catalogue_type *type = catalogue_type(bench->catalogue, word);
    ck_assert_msg(type != NULL, "no type in '%s'", words);
    demand_type(&bench->arena, bench->demand, type);
    while (str_split(&rest, ' ', &word))
        demand_field(&bench->arena, bench->demand, type,
                     bench_field(type, str_cstr(&bench->arena, word)));
}

void bench_inventory(struct bench *bench)
{
    bench->inventory =
        inventory_new(&bench->arena, bench->demand, bench->causes);
}

static void print(struct bench *bench, struct buf *out, struct value v)
{
    if (v.kind == VALUE_STRING)
        buf_addf(out, "'%.*s'", STRF(value_text(v)));
    else if (v.kind == VALUE_INT)
        buf_addf(out, "%lld", (long long)v.as.i);
    else if (v.kind == VALUE_TIMESTAMP)
        buf_addf(out, "@%lld.%u", (long long)v.as.i, v.n);
    else if (v.kind == VALUE_DURATION)
        buf_addf(out, "%llds", (long long)v.as.i);
    else if (v.kind == VALUE_DOUBLE)
        buf_addf(out, "%g", v.as.d);
    else if (v.kind == VALUE_BOOL)
        buf_adds(out, v.as.b ? "true" : "false");
    else if (v.kind == VALUE_NULL)
        buf_adds(out, "null");
    else if (v.kind == VALUE_ABSENT)
        buf_adds(out, "absent");
    for (size_t i = 0;
         v.kind == VALUE_UNKNOWN && i < causes_count(bench->causes, v.n); i++)
        buf_addf(out, "?%.*s", STRF(causes_text(bench->causes, v.n, i)));
    if (v.kind != VALUE_LIST && v.kind != VALUE_STRUCT && v.kind != VALUE_MAP)
        return;
    buf_adds(out, v.kind == VALUE_LIST ? "[" : "{");
    uint32_t n = v.kind == VALUE_MAP ? 2 * v.n : v.n;
    for (uint32_t i = 0; i < n; i++) {
        buf_adds(out, i > 0 ? ", " : "");
        print(bench, out, v.as.items[i]);
    }
    buf_adds(out, v.kind == VALUE_LIST ? "]" : "}");
}

const char *bench_print(struct bench *bench, struct value v)
{
    struct buf text = {0};
    print(bench, &text, v);
    const char *printed = str_cstr(&bench->arena, buf_str(&text));
    buf_release(&text);
    return printed;
}

const char *bench_cell(struct bench *bench, const char *type, const char *id,
                       const char *field)
{
    const struct catalogue_type *t = bench_type(bench, type);
    const struct value_table *table = bench->inventory->tables[t->number];
    for (uint32_t row = 0; row < table->n_rows; row++)
        if (str_is(value_text(value_cell(table, row, ROW_ID)), id))
            return bench_print(bench,
                               value_cell(table, row, bench_field(t, field)));
    return "no row";
}

const char *bench_ghost(struct bench *bench, const char *type, size_t ghost)
{
    const struct catalogue_type *t = bench_type(bench, type);
    const struct value_table *table = bench->inventory->tables[t->number];
    if (ghost >= table->n_ghosts)
        return "no ghost";
    uint32_t row = table->n_rows + (uint32_t)ghost;
    struct str text =
        str_fmt(&bench->arena, "%s/%s %s",
                bench_print(bench, value_cell(table, row, ROW_ACCOUNT)),
                bench_print(bench, value_cell(table, row, ROW_REGION)),
                bench_print(bench, value_unknown(table->ghost_causes[ghost])));
    return text.p;
}

const char *bench_coverage(struct bench *bench, struct str region,
                           const char *call)
{
    struct place place = {ACCOUNT, region};
    const struct coverage *record =
        inventory_covered(bench->inventory, place, str_of(call));
    if (record == NULL)
        return "none";
    return str_cstr(&bench->arena,
                    str_fmt(&bench->arena, "%.*s %llu %llu %.*s%s",
                            STRF(coverage_word(record->state)),
                            (unsigned long long)record->n_ok,
                            (unsigned long long)record->n_failed,
                            STRF(record->code),
                            record->is_partial ? " partial" : ""));
}
