/* What fuzzed expressions can name, and values for it in every state. */
#include "tests/fuzz/fuzz_world.h"

#include "checker/engine/functions.h"

/* ---- types ---- */

static const struct str engines[] = {STR_INIT("mysql"), STR_INIT("oracle")};
static const struct str states[] = {STR_INIT("on"), STR_INIT("off")};
static const struct type engine_type = {.kind = TYPE_STRING,
                                        .form = FORM_ENUM,
                                        .values = engines,
                                        .n_values = N_ITEMS(engines),
                                        .name = STR_INIT("Thing.engine")};
static const struct type state_type = {.kind = TYPE_STRING,
                                       .form = FORM_ENUM,
                                       .is_open = true,
                                       .values = states,
                                       .n_values = N_ITEMS(states),
                                       .name = STR_INIT("Thing.status")};
static const struct type names_type = {.kind = TYPE_LIST, .item = &type_string};
static const struct type tags_type = {
    .kind = TYPE_MAP, .key = &type_string, .item = &type_string};

static const struct field part_fields[] = {
    {.name = STR_INIT("name"), .type = &type_string},
    {.name = STR_INIT("size"), .type = &type_int, .is_optional = true},
    {.name = STR_INIT("tags"), .type = &tags_type, .is_optional = true},
};
static const struct record part_record = {.name = STR_INIT("Thing.part"),
                                          .fields = part_fields,
                                          .n_fields = N_ITEMS(part_fields)};
static const struct type part_type = {.kind = TYPE_RECORD,
                                      .record = &part_record};
static const struct type parts_type = {.kind = TYPE_LIST, .item = &part_type};

static const struct field thing_fields[] = {
    {.name = STR_INIT("id"), .type = &type_string},
    {.name = STR_INIT("account"), .type = &type_string},
    {.name = STR_INIT("region"), .type = &type_string},
    {.name = STR_INIT("type"), .type = &type_string},
    {.name = STR_INIT("engine"), .type = &engine_type},
    {.name = STR_INIT("status"), .type = &state_type, .is_optional = true},
    {.name = STR_INIT("version"), .type = &type_version},
    {.name = STR_INIT("created"), .type = &type_timestamp},
    {.name = STR_INIT("size"), .type = &type_int},
    {.name = STR_INIT("count"), .type = &type_int, .is_optional = true},
    {.name = STR_INIT("note"), .type = &type_string, .is_nullable = true},
    {.name = STR_INIT("arn"), .type = &type_arn, .is_optional = true},
    {.name = STR_INIT("on"), .type = &type_bool},
    {.name = STR_INIT("names"), .type = &names_type},
    {.name = STR_INIT("tags"), .type = &tags_type, .is_optional = true},
    {.name = STR_INIT("part"), .type = &part_type, .is_optional = true},
    {.name = STR_INIT("parts"), .type = &parts_type},
};
enum { N_FIELDS = N_ITEMS(thing_fields) };
static const struct record thing_record = {.name = STR_INIT("Test::Thing"),
                                           .fields = thing_fields,
                                           .n_fields = N_FIELDS,
                                           .is_row = true};
static const struct type thing_type = {.kind = TYPE_RECORD,
                                       .record = &thing_record};
static const struct type maybe_type = {.kind = TYPE_OPTIONAL,
                                       .item = &thing_type};
static const struct type rows_type = {
    .kind = TYPE_LIST, .item = &thing_type, .is_lookup_list = true};

static const struct field run_fields[] = {
    {.name = STR_INIT("as_of"), .type = &type_date},
    {.name = STR_INIT("from"), .type = &type_string, .is_optional = true},
};
static const struct record run_record = {.name = STR_INIT("run"),
                                         .fields = run_fields,
                                         .n_fields = N_ITEMS(run_fields)};
static const struct type run_type = {.kind = TYPE_RECORD,
                                     .record = &run_record};

static const struct cel_name all_names[] = {
    {STR_INIT("subject"), &thing_type, 0},
    {STR_INIT("other"), &thing_type, 1},
    {STR_INIT("maybe"), &maybe_type, 2},
    {STR_INIT("rows"), &rows_type, 3},
    {STR_INIT("item"), &part_type, 4},
    {STR_INIT("run"), &run_type, 5},
    {STR_INIT("n"), &type_int, 6},
    {STR_INIT("s"), &type_string, 7},
    {STR_INIT("b"), &type_bool, 8},
    {STR_INIT("d"), &type_double, 9},
    {STR_INIT("at"), &type_timestamp, 10},
    {STR_INIT("span"), &type_duration, 11},
    {STR_INIT("names"), &names_type, 12},
    {STR_INIT("tags"), &tags_type, 13},
    /* Of plain CEL alone. */
    {STR_INIT("x"), &type_dyn, 6},
    {STR_INIT("deep.name"), &type_dyn, 12},
};

static const struct cel_options plain = {.container = STR_INIT("deep.er")};

const struct cel_scope fuzz_world_rules = {
    .options = &functions_options, .names = all_names, .n_names = WORLD_SLOTS};
const struct cel_scope world_plain = {
    .options = &plain, .names = all_names, .n_names = N_ITEMS(all_names)};

/* ---- values ---- */

struct world {
    struct arena *arena;
    struct causes_table *table;
    struct str letters;
    size_t at;
    bool is_complete;
};

static char next_letter(struct world *w)
{
    if (w->letters.n == 0)
        return 'k';
    return w->letters.p[w->at++ % w->letters.n];
}

/* A cause of its own for each place, of few. */
static causes next_cause(struct world *w)
{
    char name[] = {'c', (char)('0' + w->at % 8)};
    return causes_of(w->table, (struct str){name, sizeof(name)});
}

static struct value *copy_items(struct world *w, const struct value *items,
                                size_t n)
{
    struct value *copy = ARENA_ARRAY(w->arena, n + 1, struct value);
    for (size_t i = 0; i < n; i++)
        copy[i] = items[i];
    return copy;
}

static struct value make_unknown(struct world *w, const struct type *type,
                                 char letter)
{
    struct value v = value_unknown(next_cause(w));
    if (letter == 'y')
        v.flags |= VALUE_MAYERR;
    if (letter == 'r' && type->kind == TYPE_INT) {
        struct value_bounds *bounds = ARENA_NEW(w->arena, struct value_bounds);
        *bounds = (struct value_bounds){.lo = 1, .hi = 3};
        v.as.bounds = bounds;
    }
    return v;
}

static struct value make_error(struct world *w, char letter)
{
    struct value_error *error = ARENA_NEW(w->arena, struct value_error);
    error->text = letter == 'm' ? STR("no row") : STR("made");
    error->is_miss = letter == 'm';
    return (struct value){.kind = VALUE_ERROR, .as.error = error};
}

static struct value make_text(const struct type *type, size_t place)
{
    static const struct str texts[] = {STR_INIT("a"), STR_INIT(""),
                                       STR_INIT("\xc3\xa9t\xc3\xa9")};
    switch (type->form) {
    case FORM_DATE:
        return value_str(STR("2026-11-24"));
    case FORM_VERSION:
        return value_str(place % 2 == 0 ? STR("13.4") : STR("19.0.0.0.r1"));
    case FORM_ARN:
        return value_str(STR("arn:aws:kms:eu-west-1:123456789012:key/a-b"));
    case FORM_ENUM:
        return value_str(type->values[place % type->n_values]);
    case FORM_TEXT:
        break;
    }
    return value_str(texts[place % N_ITEMS(texts)]);
}

static struct value make_cell(struct world *w, const struct field *field);

static struct value make_struct(struct world *w, const struct record *record)
{
    struct value *items = ARENA_ARRAY(w->arena, record->n_fields, struct value);
    for (size_t i = 0; i < record->n_fields; i++)
        items[i] = make_cell(w, &record->fields[i]);
    return (struct value){.kind = VALUE_STRUCT,
                          .n = (uint32_t)record->n_fields,
                          .as.items = items};
}

/* Two items; of texts equal ones now and then. */
static struct value make_list(struct world *w, const struct type *item)
{
    struct value items[2];
    for (size_t i = 0; i < N_ITEMS(items); i++)
        items[i] = item->kind == TYPE_RECORD ? make_struct(w, item->record)
                                             : make_text(item, w->at + i);
    return value_list(copy_items(w, items, N_ITEMS(items)), N_ITEMS(items));
}

static struct value make_map(struct world *w)
{
    struct value pairs[] = {value_str(STR("a")), value_str(STR("b")),
                            value_str(STR("k")), make_text(&type_string, 2)};
    return value_map(copy_items(w, pairs, N_ITEMS(pairs)), 2);
}

/* Of the type; not of rows. */
static struct value make_known(struct world *w, const struct type *type)
{
    int64_t i = (int64_t)(w->at % 4);
    if (type->kind == TYPE_BOOL)
        return value_bool(i % 2 == 0);
    if (type->kind == TYPE_INT)
        return value_int(i);
    if (type->kind == TYPE_DOUBLE)
        return value_double((double)i / 2 - 0.5);
    if (type->kind == TYPE_TIMESTAMP || type->kind == TYPE_DURATION)
        return (struct value){.kind = type->kind == TYPE_DURATION
                                          ? VALUE_DURATION
                                          : VALUE_TIMESTAMP,
                              .n = 5000000,
                              .as.i = 1764000000 * i};
    if (type->kind == TYPE_LIST)
        return make_list(w, type->item);
    if (type->kind == TYPE_MAP)
        return make_map(w);
    if (type->kind == TYPE_RECORD)
        return make_struct(w, type->record);
    return make_text(type, w->at);
}

static struct value make_cell(struct world *w, const struct field *field)
{
    char letter = next_letter(w);
    /* Made in any case, so that both worlds give out letters alike. */
    struct value known = make_known(w, field->type);
    if (letter == 'r' && field->type->kind == TYPE_INT)
        known = value_int(2); /* within its bounds */
    if (letter == 'u' || letter == 'r')
        return w->is_complete ? known : make_unknown(w, field->type, letter);
    if (letter == 'a' && field->is_optional)
        return value_absent();
    if (letter == 'n' && field->is_nullable)
        return value_null();
    return known;
}

/* Two rows and a ghost, which in a complete world is a row, too. */
static const struct value_table *make_table(struct world *w)
{
    struct value_table *table = ARENA_NEW(w->arena, struct value_table);
    causes *why = ARENA_ARRAY(w->arena, 1, causes);
    *why = next_cause(w);
    *table = (struct value_table){
        .record = &thing_record,
        .columns = ARENA_ARRAY(w->arena, N_FIELDS, struct value *),
        .n_rows = w->is_complete ? 3 : 2,
        .n_ghosts = w->is_complete ? 0 : 1,
        .ghost_causes = why};
    for (size_t f = 0; f < N_FIELDS; f++)
        table->columns[f] = ARENA_ARRAY(w->arena, 3, struct value);
    for (size_t row = 0; row < 3; row++)
        for (size_t f = ROW_FIELDS; f < N_FIELDS; f++) {
            struct value cell = make_cell(w, &thing_fields[f]);
            if (row == 2 && !w->is_complete)
                cell = value_unknown(*why);
            table->columns[f][row] = cell;
        }
    for (size_t row = 0; row < 3; row++) {
        static const struct str ids[] = {STR_INIT("a"), STR_INIT("b"),
                                         STR_INIT("c")};
        table->columns[ROW_ID][row] = row == 2 && !w->is_complete
                                          ? value_unknown(*why)
                                          : value_str(ids[row]);
        table->columns[ROW_ACCOUNT][row] = value_str(STR("123456789012"));
        table->columns[ROW_REGION][row] = value_str(ids[row % 2]);
    }
    table->columns[ROW_TYPE] = NULL;
    return table;
}

/* What a lookup of many found: the rows, or an open list of them. */
static struct value make_rows(struct world *w, const struct value_table *table,
                              char letter)
{
    struct value items[] = {value_row(table, 0), value_row(table, 1),
                            value_row(table, 2)};
    size_t kept = w->at % 4; /* of the last two, if they are not sure */
    if (letter != 'o' && letter != 'g')
        return value_list(copy_items(w, items, 2), 2);
    bool has_ghost = letter == 'g';
    if (w->is_complete) {
        struct value sure[3] = {items[0]};
        size_t n = 1;
        if ((kept & 1) != 0)
            sure[n++] = items[1];
        if (has_ghost && (kept & 2) != 0)
            sure[n++] = items[2];
        return value_list(copy_items(w, sure, n), n);
    }
    struct value_open *open = ARENA_NEW(w->arena, struct value_open);
    uint8_t *kinds = ARENA_ARRAY(w->arena, 3, uint8_t);
    causes *why = ARENA_ARRAY(w->arena, 3, causes);
    kinds[1] = MEMBER_MAYBE;
    kinds[2] = MEMBER_GHOST;
    why[1] = next_cause(w);
    why[2] = table->ghost_causes[0];
    *open = (struct value_open){.items = copy_items(w, items, 3),
                                .kinds = kinds,
                                .why = why,
                                .n = has_ghost ? 3 : 2};
    return (struct value){.kind = VALUE_OPEN_LIST, .as.open = open};
}

/* A name's value if it is known. */
static struct value make_slot(struct world *w, const struct value_table *table,
                              const struct cel_name *name, char letter)
{
    if (name->type == &thing_type)
        return value_row(table,
                         letter == 'g' && name->slot == 0 ? 2 : name->slot);
    if (name->type == &rows_type)
        return make_rows(w, table, letter);
    if (name->type == &maybe_type) {
        struct value row = value_row(table, 1);
        return (struct value){
            .kind = VALUE_OPTIONAL,
            .as.items = letter == 'a' ? NULL : copy_items(w, &row, 1)};
    }
    if (letter == 'r' && name->type->kind == TYPE_INT)
        return value_int(3); /* within its bounds */
    return make_known(w, name->type);
}

void world_make(struct arena *arena, struct causes_table *table,
                struct str letters, bool is_complete,
                struct value slots[WORLD_SLOTS])
{
    struct world w = {.arena = arena,
                      .table = table,
                      .letters = letters,
                      .at = WORLD_SLOTS,
                      .is_complete = is_complete};
    const struct value_table *rows = make_table(&w);
    w.at = 0;
    for (size_t i = 0; i < WORLD_SLOTS; i++) {
        char letter = next_letter(&w);
        size_t at = w.at;
        slots[i] = make_slot(&w, rows, &all_names[i], letter);
        if (letter == 'e' || letter == 'm')
            slots[i] = make_error(&w, letter);
        bool is_unknown = letter == 'u' || letter == 'y' || letter == 'r';
        if (is_unknown && !is_complete)
            slots[i] = make_unknown(&w, all_names[i].type, letter);
        w.at = at; /* a struct's cells took letters of their own */
    }
}
