/* Runs rules over inventories with unknown cells and ghosts, case by case:
 * unknown_vectors FILE.json */
#include "checker/base/clock.h"
#include "checker/engine/judge.h"
#include "tests/conformance/vector_file.h"

/* One case while it is run. */
struct bench {
    struct arena arena;
    struct value vector;
    struct catalogue catalogue;
    struct diags diags;
    struct causes_table *causes;
    struct buf report; /* what is wrong */
};

static struct value get(struct value map, const char *key)
{
    return value_get(map, str_of(key));
}

static struct str text_or(struct value v, const char *otherwise)
{
    return v.kind == VALUE_STRING ? value_text(v) : str_of(otherwise);
}

static size_t n_pairs(struct value map)
{
    return map.kind == VALUE_MAP ? map.n : 0;
}

static struct value pair_key(struct value map, size_t i)
{
    return map.as.items[2 * i];
}

static struct value pair_value(struct value map, size_t i)
{
    return map.as.items[2 * i + 1];
}

static size_t n_items(struct value list)
{
    return list.kind == VALUE_LIST ? list.n : 0;
}

/* ---- the catalogue ---- */

static const struct type *make_type(struct bench *b, struct str name,
                                    struct value spec);

static void make_fields(struct bench *b, struct str name, struct value fields,
                        struct field *out)
{
    for (size_t i = 0; i < n_pairs(fields); i++) {
        struct value spec = pair_value(fields, i);
        struct value optional = get(spec, "optional");
        struct value nullable = get(spec, "nullable");
        struct str field = value_text(pair_key(fields, i));
        out[i] = (struct field){
            .name = field,
            .type = make_type(
                b, str_fmt(&b->arena, "%.*s.%.*s", STRF(name), STRF(field)),
                spec),
            .is_optional = optional.kind == VALUE_BOOL && optional.as.b,
            .is_nullable = nullable.kind == VALUE_BOOL && nullable.as.b,
        };
    }
}

static const struct type *make_struct(struct bench *b, struct str name,
                                      struct value of)
{
    struct record *record = ARENA_NEW(&b->arena, struct record);
    struct field *fields = ARENA_ARRAY(&b->arena, n_pairs(of), struct field);
    make_fields(b, name, of, fields);
    *record = (struct record){
        .name = name, .fields = fields, .n_fields = n_pairs(of)};
    return type_record(&b->arena, record);
}

static const struct type *make_enum(struct bench *b, struct str name,
                                    struct value words)
{
    struct type *type = ARENA_NEW(&b->arena, struct type);
    struct str *values = ARENA_ARRAY(&b->arena, words.n, struct str);
    for (size_t i = 0; i < words.n; i++)
        values[i] = value_text(words.as.items[i]);
    *type = (struct type){.kind = TYPE_STRING,
                          .form = FORM_ENUM,
                          .values = values,
                          .n_values = words.n,
                          .name = name};
    return type;
}

static const struct type *make_type(struct bench *b, struct str name,
                                    struct value spec)
{
    static const struct {
        const char *name;
        const struct type *type;
    } simple[] = {
        {"bool", &type_bool},       {"int", &type_int},
        {"string", &type_string},   {"double", &type_double},
        {"version", &type_version}, {"arn", &type_arn},
        {"date", &type_date},       {"timestamp", &type_timestamp},
    };
    struct str kind = text_or(get(spec, "type"), "string");
    if (get(spec, "enum").kind == VALUE_LIST)
        return make_enum(b, name, get(spec, "enum"));
    if (str_is(kind, "list"))
        return type_list(&b->arena, make_type(b, name, get(spec, "item")));
    if (str_is(kind, "map"))
        return type_map(&b->arena, &type_string,
                        make_type(b, name, get(spec, "item")));
    if (str_is(kind, "struct"))
        return make_struct(b, name, get(spec, "of"));
    for (size_t i = 0; i < N_ITEMS(simple); i++)
        if (str_is(kind, simple[i].name))
            return simple[i].type;
    buf_addf(&b->report, "  unknown type '%.*s'\n", STRF(kind));
    return &type_error;
}

static bool is_derived(const struct bench *b, struct str name)
{
    struct value docs = get(b->vector, "derive");
    for (size_t i = 0; i < n_items(docs); i++)
        if (str_eq(value_text(get(docs.as.items[i], "type")), name))
            return true;
    return false;
}

static void make_unique(struct bench *b, struct catalogue_type *type,
                        struct value sets)
{
    const uint32_t **lists =
        ARENA_ARRAY(&b->arena, n_items(sets), const uint32_t *);
    size_t *sizes = ARENA_ARRAY(&b->arena, n_items(sets), size_t);
    for (size_t i = 0; i < n_items(sets); i++) {
        struct value set = sets.as.items[i];
        uint32_t *fields = ARENA_ARRAY(&b->arena, set.n, uint32_t);
        for (size_t k = 0; k < set.n; k++)
            fields[k] = (uint32_t)record_find(&type->record,
                                              value_text(set.as.items[k]));
        lists[i] = fields;
        sizes[i] = set.n;
    }
    type->unique = lists;
    type->n_unique_fields = sizes;
    type->n_unique = n_items(sets);
}

static void make_catalogue(struct bench *b)
{
    static const char *const row_fields[] = {"id", "account", "region", "type"};
    struct value types = get(b->vector, "types");
    b->catalogue.types.arena = &b->arena;
    b->catalogue.calls.arena = &b->arena;
    b->catalogue.services.arena = &b->arena;
    for (size_t i = 0; i < n_pairs(types); i++) {
        struct str name = value_text(pair_key(types, i));
        struct value spec = pair_value(types, i), fields = get(spec, "fields");
        size_t n = n_pairs(fields) + ROW_FIELDS;
        struct catalogue_type *type =
            ARENA_NEW(&b->arena, struct catalogue_type);
        struct field *all = ARENA_ARRAY(&b->arena, n, struct field);
        for (size_t k = 0; k < ROW_FIELDS; k++)
            all[k] = (struct field){.name = str_of(row_fields[k]),
                                    .type = &type_string};
        make_fields(b, name, fields, all + ROW_FIELDS);
        type->record = (struct record){
            .name = name, .fields = all, .n_fields = n, .is_row = true};
        type->type = type_record(&b->arena, &type->record);
        type->sources = ARENA_ARRAY(&b->arena, n, struct catalogue_source);
        type->is_derived = is_derived(b, name);
        type->has_arn_id = str_is(text_or(get(spec, "id"), "arn"), "arn");
        type->number = (uint32_t)i;
        make_unique(b, type, get(spec, "unique"));
        map_put(&b->catalogue.types, name, type);
    }
}

/* ---- the rules ---- */

static const struct source *json_source(struct bench *b, const char *path,
                                        struct value v)
{
    struct buf text = {0};
    struct json_writer w = {.out = &text};
    struct source *source = ARENA_NEW(&b->arena, struct source);
    json_value(&w, v, NULL, NULL);
    *source = (struct source){.path = path,
                              .text = str_dup(&b->arena, buf_str(&text))};
    buf_release(&text);
    return source;
}

/* A copy of a map with further pairs before its own. */
static struct value with_pairs(struct bench *b, const struct value *more,
                               size_t n_more, struct value map)
{
    struct value *pairs =
        ARENA_ARRAY(&b->arena, 2 * (n_more + map.n), struct value);
    for (size_t i = 0; i < 2 * n_more; i++)
        pairs[i] = more[i];
    for (size_t i = 0; i < 2 * (size_t)map.n; i++)
        pairs[2 * n_more + i] = map.as.items[i];
    return value_map(pairs, n_more + map.n);
}

static bool is_dated(struct str column)
{
    return str_is(column, "since") || str_is(column, "until") ||
           str_is(column, "source") || str_is(column, "note");
}

/* The columns of a table that does not declare them, by its cells. */
static struct value columns_of(struct bench *b, struct value rows)
{
    struct map seen = {.arena = &b->arena};
    struct value *pairs = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < n_items(rows); i++)
        for (size_t k = 0; k < n_pairs(rows.as.items[i]); k++) {
            struct value key = pair_key(rows.as.items[i], k);
            struct value cell = pair_value(rows.as.items[i], k);
            if (is_dated(value_text(key)) ||
                !map_put(&seen, value_text(key), NULL))
                continue;
            pairs =
                arena_grow(&b->arena, pairs, n, &capacity, 2 * sizeof(*pairs));
            pairs[2 * n] = key;
            pairs[2 * n++ + 1] =
                value_str(cell.kind == VALUE_INT    ? STR("int")
                          : cell.kind == VALUE_BOOL ? STR("bool")
                                                    : STR("string"));
        }
    return value_map(pairs, n);
}

/* The columns of `optional` that are not in every table anyway. */
static struct value optional_of(struct bench *b, struct value list)
{
    struct value *items = ARENA_ARRAY(&b->arena, n_items(list), struct value);
    size_t n = 0;
    for (size_t i = 0; i < n_items(list); i++)
        if (!is_dated(value_text(list.as.items[i])))
            items[n++] = list.as.items[i];
    return value_list(items, n);
}

static struct value dated_rows(struct bench *b, struct value rows)
{
    struct value *out = ARENA_ARRAY(&b->arena, n_items(rows), struct value);
    for (size_t i = 0; i < n_items(rows); i++) {
        struct value more[4];
        size_t n = 0;
        if (get(rows.as.items[i], "since").kind == VALUE_NONE) {
            more[2 * n] = value_str(STR("since"));
            more[2 * n++ + 1] = value_str(STR("0001-01-01"));
        }
        if (get(rows.as.items[i], "source").kind == VALUE_NONE) {
            more[2 * n] = value_str(STR("source"));
            more[2 * n++ + 1] = value_str(STR("s"));
        }
        out[i] = with_pairs(b, more, n, rows.as.items[i]);
    }
    return value_list(out, n_items(rows));
}

static const struct source *table_source(struct bench *b, struct value name,
                                         struct value table)
{
    struct value rows = get(table, "rows");
    struct value pairs[] = {
        value_str(STR("facts")),    value_int(1),
        value_str(STR("table")),    name,
        value_str(STR("columns")),  columns_of(b, rows),
        value_str(STR("optional")), optional_of(b, get(table, "optional")),
        value_str(STR("rows")),     dated_rows(b, rows),
    };
    return json_source(b, "table", value_map(pairs, N_ITEMS(pairs) / 2));
}

static bool load(struct bench *b, struct rules **rules)
{
    struct value tables = get(b->vector, "tables");
    struct value docs = get(b->vector, "derive");
    struct err err = {0};
    struct rule_options options = {0};
    size_t n = 0;
    const struct source **sources = ARENA_ARRAY(
        &b->arena, n_pairs(tables) + n_items(docs) + 1, const struct source *);
    struct str as_of = text_or(get(b->vector, "as_of"), "2026-11-24");
    if (!date_read(as_of, &options.as_of))
        return false;
    for (size_t i = 0; i < n_pairs(tables); i++)
        sources[n++] =
            table_source(b, pair_key(tables, i), pair_value(tables, i));
    for (size_t i = 0; i < n_items(docs); i++) {
        struct value head[] = {value_str(STR("derive")), value_int(1)};
        sources[n++] = json_source(
            b, str_cstr(&b->arena, str_fmt(&b->arena, "derive-%04zu", i)),
            with_pairs(b, head, 1, docs.as.items[i]));
    }
    struct value head[] = {value_str(STR("rule")), value_int(1)};
    sources[n++] =
        json_source(b, "rule", with_pairs(b, head, 1, get(b->vector, "rule")));
    struct rule_sources all = {.items = sources, .n = n, .is_lenient = true};
    if (rules_compile(&b->arena, &b->catalogue, &options, &all, rules,
                      &b->diags, &err))
        return true;
    if (err.code != ERR_NONE)
        buf_addf(&b->report, "  %.*s\n", STRF(err_text(&b->arena, &err)));
    diags_print(&b->report, &b->diags);
    return false;
}

/* ---- the inventory ---- */

static void set_fields(struct bench *b, struct inventory *inventory,
                       const struct catalogue_type *type, uint32_t row,
                       bool is_ghost, struct value fields)
{
    if (n_pairs(fields) == 0)
        return;
    const struct source *source = json_source(b, "fields", fields);
    struct schema s = {
        .arena = &b->arena, .source = source, .diags = &b->diags};
    struct yaml_limits none = {.bytes = 1024 * 1024};
    if (!yaml_read(&b->arena, source, none, &s.root, &b->diags))
        return;
    for (size_t i = 0; i < s.root->n; i++) {
        size_t f = record_find(&type->record, s.root->keys[i]->text);
        struct value cell;
        if (f == SIZE_MAX || !inventory->demand->fields[type->number][f] ||
            !schema_value(&s, s.root->items[i], type->record.fields[f].type,
                          type->record.fields[f].is_nullable, b->causes, &cell))
            continue;
        if (is_ghost)
            inventory_ghost_cell(inventory, type, row, (uint32_t)f, cell);
        else
            inventory_cell(inventory, type, row, (uint32_t)f, cell);
    }
}

static void add_row(struct bench *b, struct inventory *inventory,
                    struct value row, bool is_ghost)
{
    const struct catalogue_type *type =
        catalogue_type(&b->catalogue, value_text(get(row, "type")));
    struct place place = {text_or(get(row, "account"), "111122223333"),
                          text_or(get(row, "region"), "")};
    if (type == NULL || inventory->demand->fields[type->number] == NULL)
        return;
    uint32_t number =
        is_ghost ? inventory_ghost(
                       inventory, type, place,
                       causes_of(b->causes, value_text(get(row, "cause"))))
                 : inventory_row(inventory, type, place.account, place.region,
                                 value_text(get(row, "id")));
    set_fields(b, inventory, type, number, is_ghost, get(row, "fields"));
}

static struct inventory *fill(struct bench *b, const struct rules *rules)
{
    struct inventory *inventory =
        inventory_new(&b->arena, rules_demand(rules), b->causes);
    struct value rows = get(b->vector, "rows");
    struct value ghosts = get(b->vector, "ghosts");
    struct value scope = get(b->vector, "scope");
    for (size_t i = 0; i < n_items(scope); i++) {
        struct str rest = value_text(scope.as.items[i]), account, region;
        if (str_split(&rest, '/', &account) && str_split(&rest, '/', &region))
            inventory_scope(inventory, account, region);
    }
    for (size_t i = 0; i < n_items(rows); i++)
        add_row(b, inventory, rows.as.items[i], false);
    for (size_t i = 0; i < n_items(ghosts); i++)
        add_row(b, inventory, ghosts.as.items[i], true);
    inventory_finish(inventory);
    return inventory;
}

/* ---- what came out ---- */

struct outcome {
    struct str subject;
    enum result result;
    causes causes;
    const struct finding *findings;
    size_t n;
};

static enum result worse(enum result a, enum result b)
{
    static const enum result order[] = {RESULT_FAIL, RESULT_UNKNOWN,
                                        RESULT_ERROR};
    for (size_t i = 0; i < N_ITEMS(order); i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return RESULT_PASS;
}

/* The findings of one subject, which lie beside each other. */
static struct outcome outcome_of(struct bench *b,
                                 const struct findings *findings, size_t i)
{
    const struct finding *first = &findings->items[i];
    struct outcome out = {.subject = first->subject_id,
                          .result =
                              first->check.n == 0 ? first->result : RESULT_PASS,
                          .causes = first->check.n == 0 ? first->causes : 0,
                          .findings = first};
    while (i + out.n < findings->n &&
           str_eq(findings->items[i + out.n].subject_id, first->subject_id)) {
        const struct finding *f = &findings->items[i + out.n++];
        if (f->check.n == 0)
            continue;
        out.result = worse(out.result, f->result);
        out.causes = causes_union(b->causes, out.causes, f->causes);
    }
    return out;
}

static void compare_checks(struct bench *b, const struct outcome *got,
                           struct value want)
{
    size_t n_checks = 0;
    if (want.kind == VALUE_NONE)
        return;
    for (size_t i = 0; i < got->n; i++)
        if (got->findings[i].check.n > 0) {
            struct str check = got->findings[i].check;
            struct str word = text_or(value_get(want, check), "nothing");
            n_checks++;
            if (!str_is(word, result_word(got->findings[i].result)))
                buf_addf(&b->report, "  %.*s: %.*s is %s, expected %.*s\n",
                         STRF(got->subject), STRF(check),
                         result_word(got->findings[i].result), STRF(word));
        }
    if (n_checks != n_pairs(want))
        buf_addf(&b->report, "  %.*s: %zu checks, expected %zu\n",
                 STRF(got->subject), n_checks, n_pairs(want));
}

/* Errors are cut after their first word: their text is the program's own. */
static struct str cut(struct str cause)
{
    return str_starts(cause, STR("error: ")) ? STR("error: ") : cause;
}

static void compare_causes(struct bench *b, const struct outcome *got,
                           struct value want)
{
    size_t n = causes_count(b->causes, got->causes);
    bool is_same = n == n_items(want);
    if (want.kind != VALUE_LIST)
        return;
    for (size_t i = 0; i < n && is_same; i++)
        is_same = str_eq(cut(causes_text(b->causes, got->causes, i)),
                         cut(value_text(want.as.items[i])));
    if (is_same)
        return;
    buf_addf(&b->report, "  %.*s: causes", STRF(got->subject));
    for (size_t i = 0; i < n; i++)
        buf_addf(&b->report, " '%.*s'",
                 STRF(causes_text(b->causes, got->causes, i)));
    buf_adds(&b->report, ", expected");
    for (size_t i = 0; i < n_items(want); i++)
        buf_addf(&b->report, " '%.*s'", STRF(value_text(want.as.items[i])));
    buf_adds(&b->report, "\n");
}

static void compare(struct bench *b, const struct findings *findings)
{
    struct value expected = get(b->vector, "expected");
    size_t n = 0;
    for (size_t i = 0; i < findings->n; n++) {
        struct outcome got = outcome_of(b, findings, i);
        struct value want = value_get(expected, got.subject);
        struct str word = text_or(get(want, "result"), "nothing");
        i += got.n;
        if (!str_is(word, result_word(got.result)))
            buf_addf(&b->report, "  %.*s is %s, expected %.*s\n",
                     STRF(got.subject), result_word(got.result), STRF(word));
        compare_checks(b, &got, get(want, "checks"));
        if (got.result == RESULT_UNKNOWN)
            compare_causes(b, &got, get(want, "causes"));
    }
    if (n != n_pairs(expected))
        buf_addf(&b->report, "  %zu subjects, expected %zu\n", n,
                 n_pairs(expected));
}

static bool run_vector(struct value vector, bool is_scan)
{
    struct bench b = {.vector = vector};
    struct rules *rules = NULL;
    b.diags.arena = &b.arena;
    b.causes = causes_new(&b.arena);
    make_catalogue(&b);
    if (load(&b, &rules)) {
        struct setting setting = {.rules = rules,
                                  .inventory = fill(&b, rules),
                                  .is_scoped =
                                      get(vector, "scope").kind == VALUE_LIST,
                                  .is_scan = is_scan,
                                  .step_limit = STEP_LIMIT};
        diags_print(&b.report, &b.diags);
        compare(&b, engine_evaluate(&b.arena, &setting, true));
    }
    bool is_ok = b.report.n == 0;
    if (!is_ok)
        printf("FAIL %.*s%s\n%.*s", STRF(value_text(get(vector, "name"))),
               is_scan ? " (without index)" : "", STRF(buf_str(&b.report)));
    buf_release(&b.report);
    causes_free(b.causes);
    arena_release(&b.arena);
    return is_ok;
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    struct value all;
    size_t passed = 0, failed = 0;
    if (!vector_file_read(&arena, argc, argv, &all))
        return 2;
    for (size_t i = 0; i < n_items(all); i++) {
        bool is_ok = run_vector(all.as.items[i], false);
        is_ok = run_vector(all.as.items[i], true) && is_ok;
        passed += is_ok;
        failed += !is_ok;
    }
    arena_release(&arena);
    return vector_file_end(passed, failed);
}
