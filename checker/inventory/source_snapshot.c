/* A snapshot as a source: lines of JSON to rows and coverage. */
#include "checker/base/clock.h"
#include "checker/base/file.h"
#include "checker/base/json.h"
#include "checker/inventory/rows.h"

enum {
    LINE_LIMIT = 16 * 1024 * 1024,
    DEPTH_LIMIT = 128,
};

struct reading {
    struct inventory *inventory;
    const char *path;
    unsigned line;
    struct arena scratch; /* of the line */
    struct map wanted;    /* ids of calls whose coverage counts */
    struct err *err;
};

static bool fault(struct reading *r, const char *format, ...) PRINTF_LIKE(2, 3);

static bool fault(struct reading *r, const char *format, ...)
{
    va_list args;
    struct buf text = {0};
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    struct span at = {.file = r->path, .line = r->line};
    err_set_at(r->err, ERR_PARSE, at, "%.*s", STRF(buf_str(&text)));
    buf_release(&text);
    return false;
}

static void note(struct reading *r, const char *format, ...) PRINTF_LIKE(2, 3);

static void note(struct reading *r, const char *format, ...)
{
    va_list args;
    struct buf text = {0};
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    inventory_note(r->inventory, buf_str(&text));
    buf_release(&text);
}

static bool text_member(struct reading *r, struct value map, struct str key,
                        struct str *out)
{
    struct value v = value_get(map, key);
    if (v.kind == VALUE_NONE)
        return fault(r, "'%.*s' is missing", STRF(key));
    if (v.kind != VALUE_STRING)
        return fault(r, "'%.*s' is no text", STRF(key));
    *out = value_text(v);
    return true;
}

/* A text that names something: an account, a region, an id. */
static bool name_member(struct reading *r, struct value map, struct str key,
                        struct str *out)
{
    return text_member(r, map, key, out) &&
           (out->n > 0 || fault(r, "'%.*s' is empty", STRF(key)));
}

/* ---- the header ---- */

static bool names_member(struct reading *r, struct value header, struct str key,
                         struct value *out)
{
    *out = value_get(header, key);
    if (out->kind != VALUE_LIST)
        return fault(r, "'%.*s' is no list", STRF(key));
    for (uint32_t i = 0; i < out->n; i++)
        if (out->as.items[i].kind != VALUE_STRING || out->as.items[i].n == 0)
            return fault(r, "'%.*s' holds more than names", STRF(key));
    return true;
}

static bool read_header(struct reading *r, struct value header)
{
    struct str taken;
    struct value accounts, regions;
    struct value schema = value_get(header, STR("dr_preflight"));
    if (schema.kind != VALUE_STRING)
        return fault(r, "not a snapshot: the first line has no "
                        "'dr_preflight'");
    if (!str_is(value_text(schema), "snapshot/1"))
        return fault(r, "cannot read '%.*s', only 'snapshot/1'",
                     STRF(value_text(schema)));
    struct inventory *inventory = r->inventory;
    struct str partition;
    if (!text_member(r, header, STR("taken"), &taken) ||
        !text_member(r, header, STR("partition"), &partition) ||
        !names_member(r, header, STR("accounts"), &accounts) ||
        !names_member(r, header, STR("regions"), &regions))
        return false;
    if (!timestamp_read(taken, &inventory->taken))
        return fault(r, "'taken' is no time: '%.*s'", STRF(taken));
    inventory->partition = str_dup(inventory->arena, partition);
    for (uint32_t a = 0; a < accounts.n; a++)
        for (uint32_t g = 0; g < regions.n; g++)
            inventory_scope(inventory, value_text(accounts.as.items[a]),
                            value_text(regions.as.items[g]));
    return true;
}

/* ---- rows ---- */

static void read_cell(struct reading *r, const struct catalogue_type *type,
                      uint32_t row, struct str name, struct value raw)
{
    size_t field = record_find(&type->record, name);
    if (field == SIZE_MAX || field < ROW_FIELDS) {
        note(r, "%.*s has no field '%.*s'", STRF(type->record.name),
             STRF(name));
        return;
    }
    if (r->inventory->demand->fields[type->number][field])
        inventory_cell(
            r->inventory, type, row, (uint32_t)field,
            inventory_restore(r->inventory, &type->record.fields[field], raw));
}

static bool read_row(struct reading *r, struct value line)
{
    struct str name, account, region, id;
    if (!name_member(r, line, STR("type"), &name) ||
        !name_member(r, line, STR("account"), &account) ||
        !name_member(r, line, STR("region"), &region) ||
        !name_member(r, line, STR("id"), &id))
        return false;
    struct value fields = value_get(line, STR("fields"));
    if (fields.kind != VALUE_MAP)
        return fault(r, "'fields' is no object");
    struct inventory *inventory = r->inventory;
    const struct catalogue_type *type =
        catalogue_type(inventory->catalogue, name);
    if (type == NULL) {
        note(r, "unknown type '%.*s'", STRF(name));
        return true;
    }
    if (inventory->demand->fields[type->number] == NULL)
        return true;
    if (inventory_find(inventory, type, id) != UINT32_MAX)
        return fault(r, "the id '%.*s' is there twice", STRF(id));
    uint32_t row = inventory_row(inventory, type, account, region, id);
    for (uint32_t i = 0; i < fields.n; i++)
        read_cell(r, type, row, value_text(fields.as.items[2 * i]),
                  fields.as.items[2 * i + 1]);
    return true;
}

/* ---- coverage ---- */

static bool count_member(struct reading *r, struct value map, struct str key,
                         uint64_t *out)
{
    struct value v = value_get(map, key);
    if (v.kind == VALUE_NONE)
        return true;
    if (v.kind != VALUE_INT || v.as.i < 0)
        return fault(r, "'%.*s' is no count", STRF(key));
    *out = (uint64_t)v.as.i;
    return true;
}

/* Calls that no chosen rule needs were not made by a live run either. Those
 * that tell of no type (who, which regions) are made by every run. */
static void find_wanted(struct reading *r, struct arena *arena)
{
    const struct catalogue *catalogue = r->inventory->catalogue;
    const struct catalogue_call *const *needed;
    const struct str *types;
    size_t n = demand_calls(arena, r->inventory->demand, &needed);
    r->wanted.arena = arena;
    for (size_t i = 0; i < n; i++)
        map_put(&r->wanted, needed[i]->id, NULL);
    for (size_t i = 0; i < catalogue->calls.n; i++) {
        struct str call = catalogue->calls.items[i].key;
        if (catalogue_told(arena, catalogue, call, &types) == 0)
            map_put(&r->wanted, call, NULL);
    }
}

static bool read_coverage(struct reading *r, struct value record)
{
    struct coverage c = {0};
    struct str state;
    if (record.kind != VALUE_MAP)
        return fault(r, "'coverage' is no object");
    if (!name_member(r, record, STR("account"), &c.account) ||
        !name_member(r, record, STR("region"), &c.region) ||
        !name_member(r, record, STR("call"), &c.call) ||
        !name_member(r, record, STR("state"), &state) ||
        !count_member(r, record, STR("n_ok"), &c.n_ok) ||
        !count_member(r, record, STR("n_failed"), &c.n_failed))
        return false;
    if (!coverage_state_of(state, &c.state))
        return fault(r, "unknown state '%.*s'", STRF(state));
    struct value partial = value_get(record, STR("partial"));
    c.is_partial = partial.kind == VALUE_BOOL && partial.as.b;
    if (value_get(record, STR("code")).kind != VALUE_NONE &&
        !text_member(r, record, STR("code"), &c.code))
        return false;
    if (!map_has(&r->inventory->catalogue->calls, c.call))
        note(r, "unknown call '%.*s'", STRF(c.call));
    else if (map_has(&r->wanted, c.call))
        inventory_coverage(r->inventory, &c);
    return true;
}

/* ---- lines ---- */

static bool read_line(struct reading *r, struct str text, bool is_cut)
{
    struct err err = {0};
    struct value line;
    struct json_limits limits = {.depth = DEPTH_LIMIT};
    if (!json_read(&r->scratch, text, NULL, limits, &line, &err))
        return is_cut ? fault(r, "the last line is cut off")
                      : fault(r, "%s", err.line[0]);
    if (line.kind != VALUE_MAP)
        return fault(r, "the line is no object");
    if (r->line == 1)
        return read_header(r, line);
    struct value coverage = value_get(line, STR("coverage"));
    if (coverage.kind != VALUE_NONE)
        return read_coverage(r, coverage);
    if (value_get(line, STR("type")).kind == VALUE_NONE)
        return fault(r, "the line is neither a row nor coverage");
    return read_row(r, line);
}

static bool read_lines(struct reading *r, struct line_reader *lines)
{
    struct err err = {0};
    struct str text;
    bool is_cut;
    while (line_reader_next(lines, &text, &is_cut, &err)) {
        r->line++;
        if (!read_line(r, text, is_cut))
            return false;
        arena_reset(&r->scratch);
    }
    if (err.code != ERR_NONE) {
        *r->err = err;
        return false;
    }
    if (r->line > 0)
        return true;
    r->line = 1;
    return fault(r, "the file is empty");
}

/* What a row does not have is absent, empty or missing only if its call
 * answered where the row is; that is known when all lines are read. */
static void settle_row(struct inventory *inventory,
                       const struct catalogue_type *type, uint32_t row)
{
    const struct rows *rows = inventory->rows[type->number];
    struct value *cells = rows->items[row];
    struct place place = {value_text(cells[rows->slots[ROW_ACCOUNT]]),
                          value_text(cells[rows->slots[ROW_REGION]])};
    for (size_t f = ROW_FIELDS; f < type->record.n_fields; f++) {
        const struct catalogue_call *call = type->sources[f].call;
        if (rows->slots[f] == UINT32_MAX || call == NULL ||
            cells[rows->slots[f]].aux != ROWS_BLANK)
            continue;
        const struct coverage *record =
            inventory_covered(inventory, place, call->id);
        if (record != NULL && record->state == COVERAGE_OK)
            cells[rows->slots[f]] = inventory_restore(
                inventory, &type->record.fields[f], (struct value){0});
    }
}

/* After a failure nothing of it is kept. */
static void settle(struct inventory *inventory, bool is_read)
{
    for (size_t i = 0; i < inventory->catalogue->types.n; i++) {
        const struct catalogue_type *type =
            inventory->catalogue->types.items[i].value;
        const struct rows *rows = inventory->rows[type->number];
        if (rows == NULL || !rows->is_open)
            continue;
        if (!is_read)
            rows_drop(inventory, type);
        for (size_t row = 0; is_read && row < rows->n; row++)
            settle_row(inventory, type, (uint32_t)row);
    }
}

bool snapshot_read(struct inventory *inventory, const char *path,
                   struct err *err)
{
    struct line_reader *lines = NULL;
    if (!line_reader_open(&lines, path, LINE_LIMIT, err))
        return false;
    struct reading r = {.inventory = inventory, .path = path, .err = err};
    struct arena arena = {0};
    find_wanted(&r, &arena);
    bool is_read = read_lines(&r, lines);
    line_reader_close(lines);
    arena_release(&r.scratch);
    arena_release(&arena);
    settle(inventory, is_read);
    return is_read;
}
