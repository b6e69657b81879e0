/* A scope with known, unknown and failing names, and results as short text. */
#include "tests/unit/cel/cel_support.h"

static const struct str states[] = {STR_INIT("On"), STR_INIT("Off"),
                                    STR_INIT("Wait")};
static const struct str shapes[] = {STR_INIT("Round")};
static const struct type state_type = {.kind = TYPE_STRING,
                                       .form = FORM_ENUM,
                                       .values = states,
                                       .n_values = N_ITEMS(states),
                                       .name = STR_INIT("Thing.state")};
static const struct type shape_type = {.kind = TYPE_STRING,
                                       .form = FORM_ENUM,
                                       .is_open = true,
                                       .values = shapes,
                                       .n_values = N_ITEMS(shapes),
                                       .name = STR_INIT("Thing.shape")};
static const struct type list_string = {.kind = TYPE_LIST,
                                        .item = &type_string};
static const struct type list_int = {.kind = TYPE_LIST, .item = &type_int};
static const struct type optional_string = {.kind = TYPE_OPTIONAL,
                                            .item = &type_string};

static const struct field part_fields[] = {
    {.name = STR_INIT("width"), .type = &type_int},
    {.name = STR_INIT("note"), .type = &type_string, .is_optional = true},
};
static const struct record part_record = {.name = STR_INIT("Thing.part"),
                                          .fields = part_fields,
                                          .n_fields = N_ITEMS(part_fields)};
static const struct type part_type = {.kind = TYPE_RECORD,
                                      .record = &part_record};
static const struct type list_part = {.kind = TYPE_LIST, .item = &part_type};

static const struct field fields[N_SUPPORT_FIELDS] = {
    [ROW_ID] = {.name = STR_INIT("id"), .type = &type_string},
    [ROW_ACCOUNT] = {.name = STR_INIT("account"), .type = &type_string},
    [ROW_REGION] = {.name = STR_INIT("region"), .type = &type_string},
    [ROW_TYPE] = {.name = STR_INIT("type"), .type = &type_string},
    [F_NAME] = {.name = STR_INIT("name"), .type = &type_string},
    [F_KEY] = {.name = STR_INIT("key"),
               .type = &type_string,
               .is_optional = true},
    [F_GONE] = {.name = STR_INIT("gone"),
                .type = &type_string,
                .is_optional = true},
    [F_DARK] = {.name = STR_INIT("dark"),
                .type = &type_string,
                .is_optional = true},
    [F_MUST] = {.name = STR_INIT("must"), .type = &type_string},
    [F_STATE] = {.name = STR_INIT("state"), .type = &state_type},
    [F_SHAPE] = {.name = STR_INIT("shape"), .type = &shape_type},
    [F_VER] = {.name = STR_INIT("ver"), .type = &type_version},
    [F_NUL] = {.name = STR_INIT("nul"),
               .type = &type_string,
               .is_nullable = true},
    [F_SIZE] = {.name = STR_INIT("count"), .type = &type_int},
    [F_TAGS] = {.name = STR_INIT("tags"), .type = &list_string},
    [F_PART] = {.name = STR_INIT("part"),
                .type = &part_type,
                .is_optional = true},
    [F_PARTS] = {.name = STR_INIT("parts"), .type = &list_part},
};
static const struct record thing = {.name = STR_INIT("Thing"),
                                    .fields = fields,
                                    .n_fields = N_ITEMS(fields),
                                    .is_row = true};
static const struct type thing_type = {.kind = TYPE_RECORD, .record = &thing};
static const struct type rows_type = {
    .kind = TYPE_LIST, .item = &thing_type, .is_lookup_list = true};

static const struct field params_fields[] = {
    {.name = STR_INIT("form"), .type = &type_string},
    {.name = STR_INIT("max"), .type = &type_int},
};
static const struct record params_record = {.name = STR_INIT("params"),
                                            .fields = params_fields,
                                            .n_fields = N_ITEMS(params_fields)};
static const struct type params_type = {.kind = TYPE_RECORD,
                                        .record = &params_record};

static const struct {
    const char *name;
    const struct type *type;
} names[N_SUPPORT_SLOTS] = {
    [SLOT_U] = {"u", &type_bool},
    [SLOT_V] = {"v", &type_bool},
    [SLOT_W] = {"w", &type_bool},
    [SLOT_E] = {"e", &type_bool},
    [SLOT_MISS] = {"miss", &type_bool},
    [SLOT_N] = {"n", &type_int},
    [SLOT_S] = {"s", &type_string},
    [SLOT_O] = {"o", &optional_string},
    [SLOT_L] = {"l", &list_int},
    [SLOT_UL] = {"ul", &list_int},
    [SLOT_WL] = {"wl", &list_int},
    [SLOT_R] = {"r", &thing_type},
    [SLOT_Q] = {"q", &thing_type},
    [SLOT_G] = {"g", &thing_type},
    [SLOT_ROWS] = {"rows", &rows_type},
    [SLOT_PARAMS] = {"params", &params_type},
    [SLOT_LAZY] = {"lazy", &type_int},
};

static struct value text(const char *s)
{
    return value_str(str_of(s));
}

static struct value unknown(struct support *s, const char *cause)
{
    return value_unknown(causes_of(s->causes, str_of(cause)));
}

static struct value failure(struct support *s, const char *message,
                            bool is_miss)
{
    struct value_error *error = ARENA_NEW(&s->arena, struct value_error);
    error->text = str_of(message);
    error->is_miss = is_miss;
    return (struct value){.kind = VALUE_ERROR, .as.error = error};
}

static struct value make_struct(struct support *s, int64_t width,
                                const char *note)
{
    struct value *cells = ARENA_ARRAY(&s->arena, 2, struct value);
    cells[0] = value_int(width);
    cells[1] = note != NULL ? text(note) : value_absent();
    return (struct value){.kind = VALUE_STRUCT, .n = 2, .as.items = cells};
}

static void set_row(struct support *s, struct value **columns, uint32_t row,
                    const char *id)
{
    struct value *tags = ARENA_ARRAY(&s->arena, 2, struct value);
    struct value *parts = ARENA_ARRAY(&s->arena, 2, struct value);
    tags[0] = text("a");
    tags[1] = text("b");
    parts[0] = make_struct(s, 3, NULL);
    parts[1] = make_struct(s, 4, "x");
    columns[ROW_ID][row] = text(id);
    columns[ROW_ACCOUNT][row] = text("1");
    columns[ROW_REGION][row] = text("here");
    columns[F_NAME][row] = text(row == 0 ? "one" : "two");
    columns[F_KEY][row] = text("k");
    columns[F_GONE][row] = value_absent();
    columns[F_DARK][row] = unknown(s, "dark");
    columns[F_MUST][row] = unknown(s, "must");
    columns[F_STATE][row] = text("On");
    columns[F_SHAPE][row] = text("Round");
    columns[F_VER][row] = text("13.10");
    columns[F_NUL][row] = value_null();
    columns[F_SIZE][row] = value_int(4);
    columns[F_TAGS][row] = value_list(tags, 2);
    columns[F_PART][row] = parts[0];
    columns[F_PARTS][row] = value_list(parts, 2);
}

/* Rows r1 and r2, and a ghost of another place. */
static const struct value_table *make_table(struct support *s)
{
    struct value_table *table = ARENA_NEW(&s->arena, struct value_table);
    struct value **columns =
        ARENA_ARRAY(&s->arena, N_SUPPORT_FIELDS, struct value *);
    causes *why = ARENA_NEW(&s->arena, causes);
    for (size_t i = 0; i < N_SUPPORT_FIELDS; i++) {
        columns[i] = ARENA_ARRAY(&s->arena, 3, struct value);
        columns[i][2] = unknown(s, "ghost");
    }
    columns[ROW_TYPE] = NULL;
    set_row(s, columns, 0, "r1");
    set_row(s, columns, 1, "r2");
    *why = causes_of(s->causes, STR("ghost"));
    *table = (struct value_table){.record = &thing,
                                  .columns = columns,
                                  .n_rows = 2,
                                  .n_ghosts = 1,
                                  .ghost_causes = why};
    return table;
}

static struct value resolve(struct cel_run *run, uint32_t slot)
{
    struct support *s = run->owner;
    s->n_resolved++;
    return run->slots[slot] = value_int(7);
}

static void set_rows(struct support *s)
{
    const struct value_table *table = make_table(s);
    struct value *rows = ARENA_ARRAY(&s->arena, 2, struct value);
    struct value *params = ARENA_ARRAY(&s->arena, 2, struct value);
    rows[0] = s->slots[SLOT_R] = value_row(table, 0);
    rows[1] = s->slots[SLOT_Q] = value_row(table, 1);
    s->slots[SLOT_G] = value_row(table, 2);
    s->slots[SLOT_ROWS] = value_list(rows, 2);
    params[0] = text("^o");
    params[1] = value_int(3);
    s->slots[SLOT_PARAMS] =
        (struct value){.kind = VALUE_STRUCT, .n = 2, .as.items = params};
}

void support_begin(struct support *s)
{
    static const struct cel_options options = {.is_rule = true};
    *s = (struct support){.record = &thing, .part = &part_record};
    s->causes = causes_new(&s->arena);
    s->issues.arena = &s->arena;
    for (uint32_t i = 0; i < N_SUPPORT_SLOTS; i++)
        s->names[i] =
            (struct cel_name){str_of(names[i].name), names[i].type, i};
    s->scope = (struct cel_scope){&options, s->names, N_SUPPORT_SLOTS};
    s->slots[SLOT_U] = unknown(s, "u");
    s->slots[SLOT_V] = unknown(s, "v");
    s->slots[SLOT_W] = unknown(s, "w");
    s->slots[SLOT_W].flags = VALUE_MAYERR;
    s->slots[SLOT_E] = failure(s, "bad", false);
    s->slots[SLOT_MISS] = failure(s, "no row in x", true);
    s->slots[SLOT_N] = unknown(s, "n");
    s->slots[SLOT_S] = unknown(s, "s");
    s->slots[SLOT_O] = unknown(s, "o");
    s->slots[SLOT_UL] = unknown(s, "ul");
    s->slots[SLOT_WL] = unknown(s, "wl");
    s->slots[SLOT_WL].flags = VALUE_MAYERR;
    support_list(s, "");
    set_rows(s);
    s->run = (struct cel_run){.scratch = &s->arena,
                              .causes = s->causes,
                              .slots = s->slots,
                              .resolve = resolve,
                              .owner = s,
                              .steps_left = 100000};
}

void support_end(struct support *s)
{
    causes_free(s->causes);
    arena_release(&s->arena);
}

void support_list(struct support *s, const char *members)
{
    struct str rest = str_of(members), part = {0};
    struct value *items = ARENA_ARRAY(&s->arena, 16, struct value);
    uint8_t *kinds = ARENA_ARRAY(&s->arena, 16, uint8_t);
    causes *why = ARENA_ARRAY(&s->arena, 16, causes);
    struct value_open *open = ARENA_NEW(&s->arena, struct value_open);
    bool is_open = false;
    uint32_t n = 0;
    for (; str_split(&rest, ' ', &part); n++) {
        char kind = part.p[0];
        kinds[n] = kind == 'M'   ? MEMBER_MAYBE
                   : kind == 'G' ? MEMBER_GHOST
                                 : MEMBER_SURE;
        is_open |= kinds[n] != MEMBER_SURE;
        if (kinds[n] != MEMBER_SURE) {
            why[n] = causes_of(s->causes, kind == 'M' ? STR("m") : STR("g"));
            part = str_sub(part, 1, part.n);
        }
        int64_t i = 0;
        ck_assert(n < 16 && str_to_int(part, &i));
        items[n] = value_int(i);
    }
    *open = (struct value_open){items, kinds, why, n};
    s->slots[SLOT_L] = value_list(items, n);
    if (is_open)
        s->slots[SLOT_L] =
            (struct value){.kind = VALUE_OPEN_LIST, .n = n, .as.open = open};
}

struct cel_program *support_compile(struct support *s, const char *expr)
{
    s->issues.n = 0;
    return cel_compile(&s->arena, &s->scope, str_of(expr), NULL, NULL,
                       &s->issues);
}

/* ---- showing ---- */

static void show(struct buf *out, struct support *s, struct value v);

static void show_causes(struct buf *out, struct support *s, causes why)
{
    for (size_t i = 0; i < causes_count(s->causes, why); i++) {
        if (i > 0)
            buf_addc(out, ',');
        buf_add(out, causes_text(s->causes, why, i));
    }
}

static void show_unknown(struct buf *out, struct support *s, struct value v)
{
    buf_addc(out, (v.flags & VALUE_MAYERR) != 0 ? 'W' : 'U');
    buf_addc(out, '(');
    show_causes(out, s, v.n);
    if (v.as.bounds != NULL) {
        buf_addf(out, " %lld..", (long long)v.as.bounds->lo);
        if (v.as.bounds->hi != INT64_MAX)
            buf_addf(out, "%lld", (long long)v.as.bounds->hi);
    }
    buf_addc(out, ')');
}

static void show_list(struct buf *out, struct support *s, struct value v)
{
    bool is_open = v.kind == VALUE_OPEN_LIST;
    const struct value *items = is_open ? v.as.open->items : v.as.items;
    buf_addc(out, '[');
    for (uint32_t i = 0; i < v.n; i++) {
        uint8_t kind = is_open ? v.as.open->kinds[i] : MEMBER_SURE;
        buf_adds(out, i > 0 ? ", " : "");
        buf_adds(out, kind == MEMBER_MAYBE   ? "M"
                      : kind == MEMBER_GHOST ? "G"
                                             : "");
        show(out, s, items[i]);
        if (kind != MEMBER_SURE) {
            buf_addc(out, ' ');
            show_causes(out, s, v.as.open->why[i]);
        }
    }
    buf_addc(out, ']');
}

static void show_map(struct buf *out, struct support *s, struct value v)
{
    buf_addc(out, '{');
    for (uint32_t i = 0; i < v.n; i++) {
        buf_adds(out, i > 0 ? ", " : "");
        show(out, s, v.as.items[2 * i]);
        buf_adds(out, ": ");
        show(out, s, v.as.items[2 * i + 1]);
    }
    buf_addc(out, '}');
}

static void show(struct buf *out, struct support *s, struct value v)
{
    if (v.kind == VALUE_UNKNOWN) {
        show_unknown(out, s, v);
    } else if (v.kind == VALUE_ERROR) {
        buf_addf(out, "E(%.*s)", STRF(v.as.error->text));
    } else if (v.kind == VALUE_LIST || v.kind == VALUE_OPEN_LIST) {
        show_list(out, s, v);
    } else if (v.kind == VALUE_MAP) {
        show_map(out, s, v);
    } else if (v.kind == VALUE_STRING || v.kind == VALUE_BYTES) {
        buf_addf(out, "%s\"%.*s\"", v.kind == VALUE_BYTES ? "b" : "",
                 STRF(value_text(v)));
    } else if (v.kind == VALUE_OPTIONAL) {
        buf_adds(out, v.as.items != NULL ? "some(" : "none");
        if (v.as.items != NULL) {
            show(out, s, *v.as.items);
            buf_addc(out, ')');
        }
    } else {
        buf_adds(out, v.kind == VALUE_ROW ? "row " : "");
        buf_adds(out, v.kind == VALUE_UINT ? "u" : "");
        cel_print(out, v, s->causes);
    }
}

static struct str taken(struct support *s, struct buf *out)
{
    struct str copy = str_dup(&s->arena, buf_str(out));
    buf_release(out);
    return copy;
}

struct str support_value(struct support *s, struct value v)
{
    struct buf out = {0};
    show(&out, s, v);
    return taken(s, &out);
}

struct str support_show(struct support *s, const char *expr)
{
    struct cel_program *program = support_compile(s, expr);
    struct buf out = {0};
    if (program != NULL)
        return support_value(s, cel_eval(program, &s->run));
    for (size_t i = 0; i < s->issues.n; i++) {
        const struct cel_issue *issue = &s->issues.items[i];
        buf_addf(&out, "%s%zu: %.*s", i > 0 ? "; " : "", issue->offset,
                 STRF(issue->text));
        if (issue->hint.n > 0)
            buf_addf(&out, " (%.*s)", STRF(issue->hint));
    }
    return taken(s, &out);
}

struct str support_plain(struct support *s, const char *expr)
{
    static const struct cel_options plain = {0};
    const struct cel_options *rule = s->scope.options;
    s->scope.options = &plain;
    struct str shown = support_show(s, expr);
    s->scope.options = rule;
    return shown;
}

void support_check(const struct support_case *c)
{
    struct support s;
    support_begin(&s);
    EXPECT_TEXT(c->expr, support_show(&s, c->expr), str_of(c->want));
    support_end(&s);
}

void support_check_plain(const struct support_case *c)
{
    struct support s;
    support_begin(&s);
    EXPECT_TEXT(c->expr, support_plain(&s, c->expr), str_of(c->want));
    support_end(&s);
}
