/* The inventory as lines of JSON, from which it reads back exactly. */
#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/base/json.h"
#include "checker/inventory/rows.h"
#include "checker/inventory/snapshot.h"

/* The scratch arena is for texts that are printed at once. */
struct writer {
    struct json_writer json;
    const struct inventory *inventory;
    struct arena scratch;
};

static void write_value(struct writer *w, const struct type *type,
                        struct value v);

static void write_unknown(struct writer *w, causes why)
{
    const struct causes_table *table = w->inventory->causes;
    size_t n = causes_count(table, why);
    json_open(&w->json, '{');
    json_key(&w->json, "$unknown");
    if (n == 1) {
        json_str(&w->json, causes_text(table, why, 0));
    } else {
        json_open(&w->json, '[');
        for (size_t i = 0; i < n; i++)
            json_str(&w->json, causes_text(table, why, i));
        json_close(&w->json, ']');
    }
    json_close(&w->json, '}');
}

static void write_list(struct writer *w, const struct type *type,
                       struct value v)
{
    json_open(&w->json, '[');
    for (uint32_t i = 0; i < v.n; i++)
        write_value(w, type->item, v.as.items[i]);
    json_close(&w->json, ']');
}

static void write_map(struct writer *w, const struct type *type, struct value v)
{
    json_open(&w->json, '{');
    for (uint32_t i = 0; i < v.n; i++) {
        struct str key = value_text(v.as.items[2 * i]);
        if (str_starts(key, STR("$")))
            key = str_cat(&w->scratch, STR("$"), key);
        json_key_str(&w->json, key);
        write_value(w, type->item, v.as.items[2 * i + 1]);
    }
    json_close(&w->json, '}');
}

static void write_struct(struct writer *w, const struct type *type,
                         struct value v)
{
    json_open(&w->json, '{');
    for (uint32_t i = 0; i < v.n; i++) {
        const struct field *field = &type->record->fields[i];
        if (v.as.items[i].kind == VALUE_ABSENT)
            continue;
        json_key_str(&w->json, field->name);
        write_value(w, field->type, v.as.items[i]);
    }
    json_close(&w->json, '}');
}

/* Times, lists and what else has no JSON value of its own; the rest is
 * json_value's. */
static void write_value(struct writer *w, const struct type *type,
                        struct value v)
{
    if (v.kind == VALUE_UNKNOWN)
        write_unknown(w, v.n);
    else if (v.kind == VALUE_TIMESTAMP)
        json_str(&w->json, timestamp_print(&w->scratch, v.as.i));
    else if (v.kind == VALUE_DURATION)
        json_str(&w->json, str_fmt(&w->scratch, "%llds", (long long)v.as.i));
    else if (v.kind == VALUE_LIST)
        write_list(w, type, v);
    else if (v.kind == VALUE_MAP)
        write_map(w, type, v);
    else if (v.kind == VALUE_STRUCT)
        write_struct(w, type, v);
    else
        json_value(&w->json, v, type, w->inventory->causes);
}

/* A field that is left out reads as absent only where its call answered. */
static bool is_told(const struct inventory *inventory, struct place place,
                    const struct catalogue_call *call)
{
    if (call == NULL)
        return true;
    const struct coverage *record =
        inventory_covered(inventory, place, call->id);
    return record != NULL && record->state == COVERAGE_OK;
}

static void write_cells(struct writer *w, const struct value_table *table,
                        uint32_t row)
{
    const struct catalogue_type *type =
        catalogue_of_record(w->inventory->catalogue, table->record);
    struct place place = {value_text(value_cell(table, row, ROW_ACCOUNT)),
                          value_text(value_cell(table, row, ROW_REGION))};
    for (size_t f = ROW_FIELDS; f < table->record->n_fields; f++) {
        if (table->columns[f] == NULL)
            continue;
        struct value cell = table->columns[f][row];
        bool is_absent = cell.kind == VALUE_ABSENT;
        if (is_absent && is_told(w->inventory, place, type->sources[f].call))
            continue;
        json_key_str(&w->json, table->record->fields[f].name);
        if (is_absent) {
            json_open(&w->json, '{');
            json_key(&w->json, "$absent");
            json_bool(&w->json, true);
            json_close(&w->json, '}');
        } else {
            write_value(w, table->record->fields[f].type, cell);
        }
    }
}

static void write_text(struct json_writer *json, const char *key, struct str s)
{
    json_key(json, key);
    json_str(json, s);
}

void snapshot_row(struct buf *out, const struct inventory *inventory,
                  const struct value_table *table, uint32_t row)
{
    struct writer w = {.json = {.out = out, .is_compact = true},
                       .inventory = inventory};
    json_open(&w.json, '{');
    write_text(&w.json, "type", table->record->name);
    write_text(&w.json, "account",
               value_text(value_cell(table, row, ROW_ACCOUNT)));
    write_text(&w.json, "region",
               value_text(value_cell(table, row, ROW_REGION)));
    write_text(&w.json, "id", value_text(value_cell(table, row, ROW_ID)));
    json_key(&w.json, "fields");
    json_open(&w.json, '{');
    write_cells(&w, table, row);
    json_close(&w.json, '}');
    json_close(&w.json, '}');
    buf_addc(out, '\n');
    arena_release(&w.scratch);
}

void snapshot_coverage(struct buf *out, const struct inventory *inventory,
                       const struct coverage *record)
{
    struct json_writer json = {.out = out, .is_compact = true};
    struct arena scratch = {0};
    const struct str *types;
    size_t n =
        catalogue_told(&scratch, inventory->catalogue, record->call, &types);
    json_open(&json, '{');
    json_key(&json, "coverage");
    json_open(&json, '{');
    write_text(&json, "account", record->account);
    write_text(&json, "region", record->region);
    write_text(&json, "call", record->call);
    write_text(&json, "state", coverage_word(record->state));
    if (record->code.n > 0)
        write_text(&json, "code", record->code);
    json_key(&json, "n_ok");
    json_int(&json, (int64_t)record->n_ok);
    json_key(&json, "n_failed");
    json_int(&json, (int64_t)record->n_failed);
    if (record->is_partial) {
        json_key(&json, "partial");
        json_bool(&json, true);
    }
    json_key(&json, "types");
    json_open(&json, '[');
    for (size_t i = 0; i < n; i++)
        json_str(&json, types[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    json_close(&json, '}');
    buf_addc(out, '\n');
    arena_release(&scratch);
}

static int by_name(const void *a, const void *b)
{
    const struct value_table *const *x = a, *const *y = b;
    return str_cmp((*x)->record->name, (*y)->record->name);
}

size_t snapshot_tables(struct arena *arena, const struct inventory *inventory,
                       const struct value_table *const **out)
{
    size_t n = 0, n_types = inventory->catalogue->types.n;
    const struct value_table **tables =
        ARENA_ARRAY(arena, n_types + 1, const struct value_table *);
    for (size_t i = 0; i < n_types; i++) {
        const struct catalogue_type *type =
            inventory->catalogue->types.items[i].value;
        const struct rows *rows = inventory->rows[type->number];
        if (rows == NULL)
            continue;
        /* Of a derived type only what was there before rows were derived. */
        tables[n++] =
            type->is_derived ? rows->brought : inventory->tables[type->number];
    }
    if (n > 0)
        qsort(tables, n, sizeof(const struct value_table *), by_name);
    *out = tables;
    return n;
}

static int by_text(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

/* The accounts, or the regions, of the scope, each once. */
static void write_scope(struct json_writer *json,
                        const struct inventory *inventory, bool is_account)
{
    struct arena scratch = {0};
    struct str *names = ARENA_ARRAY(&scratch, inventory->n_scope, struct str);
    for (size_t i = 0; i < inventory->n_scope; i++)
        names[i] = is_account ? inventory->scope[i].account
                              : inventory->scope[i].region;
    if (inventory->n_scope > 0)
        qsort(names, inventory->n_scope, sizeof(*names), by_text);
    json_key(json, is_account ? "accounts" : "regions");
    json_open(json, '[');
    for (size_t i = 0; i < inventory->n_scope; i++)
        if (i == 0 || !str_eq(names[i], names[i - 1]))
            json_str(json, names[i]);
    json_close(json, ']');
    arena_release(&scratch);
}

/* Coverage comes last, so that a file that lost its end says of less that it
 * was read, never of more. */
void snapshot_write(struct buf *out, const struct inventory *inventory,
                    struct str tool)
{
    struct arena scratch = {0};
    struct json_writer json = {.out = out, .is_compact = true};
    json_open(&json, '{');
    write_text(&json, "dr_preflight", STR("snapshot/1"));
    write_text(&json, "taken", timestamp_print(&scratch, inventory->taken));
    write_text(&json, "partition", inventory->partition);
    write_scope(&json, inventory, true);
    write_scope(&json, inventory, false);
    write_text(&json, "tool", tool);
    json_close(&json, '}');
    buf_addc(out, '\n');
    const struct value_table *const *tables;
    size_t n = snapshot_tables(&scratch, inventory, &tables);
    for (size_t t = 0; t < n; t++)
        for (uint32_t row = 0; row < tables[t]->n_rows; row++)
            snapshot_row(out, inventory, tables[t], row);
    for (size_t i = 0; i < inventory->n_coverage; i++)
        snapshot_coverage(out, inventory, &inventory->coverage[i]);
    arena_release(&scratch);
}
