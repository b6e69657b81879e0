/* The face: pins, reads, uses, traces, printing, limits of results. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel(void);

/* The pins of `r`, as FIELD=VALUE of the row's field numbers. */
static const struct support_case pins[] = {
    {"r.id == 'a'", "id=\"a\""},
    {"'a' == r.id", "id=\"a\""},
    {"r.id == q.name", "id=\"two\""},
    {"r.id == q.name && (u && r.region == 'x')", "region=\"x\" id=\"two\""},
    {"r.count == lazy + 1 || u", ""},
    {"r.id == r.name", ""},
    {"r.id == q.name + r.name", ""},
    {"r.id == 'a' && r.id == 'b'", "id=\"b\""},
    {"r.id != 'a' && !(r.region == 'x')", ""},
    {"has(r.key) && r.key == 'k'", "key=\"k\""},
    {"rows.exists(r, r.id == 'a')", ""},
    {"q.id == 'a' && r.name == 'n'", "name=\"n\""},
};

START_TEST(pins_are_found)
{
    struct support s;
    struct buf out = {0};
    struct cel_pin found[4];
    support_begin(&s);
    struct cel_program *program = support_compile(&s, pins[_i].expr);
    ck_assert_ptr_nonnull(program);
    size_t n = cel_pins(program, SLOT_R, found, N_ITEMS(found));
    for (size_t i = 0; i < n; i++) {
        struct value v = cel_eval_node(program, found[i].node, &s.run);
        buf_addf(&out, "%s%.*s=%.*s", i > 0 ? " " : "",
                 STRF(s.record->fields[found[i].field].name),
                 STRF(support_value(&s, v)));
    }
    EXPECT_TEXT(pins[_i].expr, buf_str(&out), str_of(pins[_i].want));
    buf_release(&out);
    support_end(&s);
}
END_TEST

START_TEST(pins_have_room)
{
    struct support s;
    struct cel_pin found[1];
    support_begin(&s);
    struct cel_program *program =
        support_compile(&s, "r.id == 'a' && r.region == 'b'");
    ck_assert_uint_eq(cel_pins(program, SLOT_R, found, 1), 1);
    ck_assert_uint_eq(found[0].field, ROW_REGION);
    support_end(&s);
}
END_TEST

static const struct support_case reads[] = {
    {"r.name == 'a' || q.name == 'b'", "Thing.name"},
    {"has(r.key) && r.?gone.hasValue()", "Thing.key Thing.gone"},
    {"false && r.must == ''", "Thing.must"},
    {"has(r.part) && r.part.width > 0", "Thing.part Thing.part.width"},
    {"rows.exists(x, x.count > 1)", "Thing.count"},
    {"rows.exists(x, x == r)", "Thing.id"},
    {"r.parts == q.parts", "Thing.parts Thing.part.width Thing.part.note"},
    {"params.max > 1", "params.max"},
    {"1 == 2", ""},
};

START_TEST(reads_are_listed)
{
    struct support s;
    struct buf out = {0};
    const struct cel_read *list = NULL;
    support_begin(&s);
    struct cel_program *program = support_compile(&s, reads[_i].expr);
    ck_assert_ptr_nonnull(program);
    size_t n = cel_reads(program, &list);
    for (size_t i = 0; i < n; i++)
        buf_addf(&out, "%s%.*s.%.*s", i > 0 ? " " : "",
                 STRF(list[i].record->name),
                 STRF(list[i].record->fields[list[i].field].name));
    EXPECT_TEXT(reads[_i].expr, buf_str(&out), str_of(reads[_i].want));
    buf_release(&out);
    support_end(&s);
}
END_TEST

START_TEST(uses_are_known)
{
    struct support s;
    support_begin(&s);
    struct cel_program *program =
        support_compile(&s, "rows.exists(u, u.name == r.name) || v");
    ck_assert(cel_uses(program, SLOT_ROWS));
    ck_assert(cel_uses(program, SLOT_R));
    ck_assert(cel_uses(program, SLOT_V));
    ck_assert(!cel_uses(program, SLOT_U));
    ck_assert(!cel_uses(program, SLOT_Q));
    support_end(&s);
}
END_TEST

/* ---- traces ---- */

struct traces {
    struct support s;
    struct buf out;
};

static void trace(struct cel_run *run, const struct cel_trace *t)
{
    struct traces *traces = run->owner;
    buf_addf(&traces->out, "%.*s.%.*s=%.*s;", STRF(t->record->name),
             STRF(t->record->fields[t->field].name),
             STRF(support_value(&traces->s, t->cell)));
}

START_TEST(cells_are_traced)
{
    struct traces t = {0};
    support_begin(&t.s);
    t.s.run.trace = trace;
    t.s.run.owner = &t;
    (void)support_show(&t.s, "r.name == 'x' || has(r.dark) || "
                             "r.?gone.hasValue() || r.parts[0].width == 3");
    EXPECT_TEXT("traced", buf_str(&t.out),
                STR("Thing.name=\"one\";Thing.dark=U(dark);Thing.gone=-;"
                    "Thing.parts=[{3, -}, {4, x}];Thing.part.width=3;"));
    buf_release(&t.out);
    support_end(&t.s);
}
END_TEST

/* ---- printing ---- */

static const struct support_case printed[] = {
    {"'a b'", "a b"},
    {"['a', 'b']", "a, b"},
    {"[['a'], ['b', 'c']]", "a, b, c"},
    {"1.5", "1.5"},
    {"0.1 + 0.2", "0.30000000000000004"},
    {"u", "<unknown: u>"},
    {"u && v", "<unknown: u; v>"},
    {"u && v && w && r.must == ''", "<unknown: must; u; v and 1 more>"},
    {"e", "<error: bad>"},
    {"r.?gone", "-"},
    {"r.?key", "k"},
    {"r", "r1"},
    {"rows", "r1, r2"},
    {"[n, 2]", "<unknown: n>, 2"},
    {"{'a': 1}", "{a: 1}"},
    {"duration('90m')", "5400s"},
    {"timestamp('2026-11-24T10:00:00.50+02:00')", "2026-11-24T08:00:00.5Z"},
    {"r.nul", "null"},
    {"optional.of(true)", "true"},
};

START_TEST(values_are_printed)
{
    struct support s;
    struct buf out = {0};
    support_begin(&s);
    struct cel_program *program = support_compile(&s, printed[_i].expr);
    ck_assert_ptr_nonnull(program);
    cel_print(&out, cel_eval(program, &s.run), s.causes);
    EXPECT_TEXT(printed[_i].expr, buf_str(&out), str_of(printed[_i].want));
    buf_release(&out);
    support_end(&s);
}
END_TEST

/* ---- limits, and functions of the caller ---- */

START_TEST(results_are_limited)
{
    struct support s;
    support_begin(&s);
    char *text = arena_alloc(&s.arena, 40001);
    for (size_t i = 0; i < 40000; i++)
        text[i] = 'x';
    s.slots[SLOT_S] = value_str((struct str){text, 40000});
    EXPECT_TEXT("one", support_show(&s, "(s + 'x').size()"), STR("40001"));
    EXPECT_TEXT("two", support_show(&s, "s + s"),
                STR("E(string result over 64 KiB)"));
    EXPECT_TEXT("join", support_show(&s, "[s, s].join(', ')"),
                STR("E(string result over 64 KiB)"));
    EXPECT_TEXT("replace", support_show(&s, "s.replace('x', 'xx')"),
                STR("E(string result over 64 KiB)"));
    EXPECT_TEXT("format", support_show(&s, "'%s%s'.format([s, s])"),
                STR("E(string result over 64 KiB)"));
    struct value *items = ARENA_ARRAY(&s.arena, 60000, struct value);
    for (size_t i = 0; i < 60000; i++)
        items[i] = value_int(0);
    s.slots[SLOT_L] = value_list(items, 60000);
    EXPECT_TEXT("sum", support_show(&s, "l + l"),
                STR("E(list result over 100000 elements)"));
    EXPECT_TEXT("flatten", support_show(&s, "[l, l].flatten()"),
                STR("E(list result over 100000 elements)"));
    support_end(&s);
}
END_TEST

static struct value twice(struct arena *scratch, const struct value *args)
{
    if (args[0].as.i > 100)
        return cel_error(scratch, "%d is too much", (int)args[0].as.i);
    return value_int(2 * args[0].as.i);
}

START_TEST(callers_functions)
{
    static const struct cel_function functions[] = {
        {.name = STR_INIT("my.twice"),
         .args = {&type_int},
         .n_args = 1,
         .result = &type_int,
         .is_partial = true,
         .apply = twice}};
    static const struct cel_options options = {
        .is_rule = true, .functions = functions, .n_functions = 1};
    static const struct support_case calls[] = {
        {"my.twice(21)", "42"},
        {"my.twice(1000)", "E(1000 is too much)"},
        {"my.twice(n)", "W(n)"},
        {"my.twice(lazy) + 1", "15"},
        {"my.twice('a')",
         "0: no matching overload for 'my.twice('a')' (string)"},
        {"my.twic(1)", "0: unknown function 'my.twic' (did you mean "
                       "'my.twice'?)"},
        {"my.x", "0: undeclared name 'my'"},
    };
    for (size_t i = 0; i < N_ITEMS(calls); i++) {
        struct support s;
        support_begin(&s);
        s.scope.options = &options;
        EXPECT_TEXT(calls[i].expr, support_show(&s, calls[i].expr),
                    str_of(calls[i].want));
        support_end(&s);
    }
}
END_TEST

START_TEST(values_are_conjoined)
{
    struct support s;
    support_begin(&s);
    struct value u = s.slots[SLOT_U], e = s.slots[SLOT_E];
    struct value all[] = {value_bool(true), u, e, value_bool(false)};
    EXPECT_TEXT("none", support_value(&s, cel_all(&s.run, all, 0)),
                STR("true"));
    EXPECT_TEXT("true", support_value(&s, cel_all(&s.run, all, 1)),
                STR("true"));
    EXPECT_TEXT("unknown", support_value(&s, cel_all(&s.run, all, 2)),
                STR("U(u)"));
    EXPECT_TEXT("error", support_value(&s, cel_all(&s.run, all, 3)),
                STR("W(u)"));
    EXPECT_TEXT("false", support_value(&s, cel_all(&s.run, all, 4)),
                STR("false"));
    EXPECT_TEXT("equal", support_value(&s, cel_equal(&s.run, u, e)),
                STR("W(u)"));
    support_end(&s);
}
END_TEST

/* Interned texts are the same by pointer, others by their bytes. */
START_TEST(texts_are_equal)
{
    struct support s;
    support_begin(&s);
    struct value a = value_str(STR("abc"));
    struct value b = value_str(str_dup(&s.arena, STR("abc")));
    a.flags = b.flags = VALUE_INTERNED;
    EXPECT_TEXT("bytes", support_value(&s, cel_equal(&s.run, a, b)),
                STR("true"));
    EXPECT_TEXT("pointer", support_value(&s, cel_equal(&s.run, a, a)),
                STR("true"));
    b = value_str(STR("abd"));
    EXPECT_TEXT("other", support_value(&s, cel_equal(&s.run, a, b)),
                STR("false"));
    support_end(&s);
}
END_TEST

Suite *suite_cel(void)
{
    Suite *suite = suite_create("cel");
    TCase *tc = tcase_create("cel");
    tcase_add_loop_test(tc, pins_are_found, 0, N_ITEMS(pins));
    tcase_add_test(tc, pins_have_room);
    tcase_add_loop_test(tc, reads_are_listed, 0, N_ITEMS(reads));
    tcase_add_test(tc, uses_are_known);
    tcase_add_test(tc, cells_are_traced);
    tcase_add_loop_test(tc, values_are_printed, 0, N_ITEMS(printed));
    tcase_add_test(tc, results_are_limited);
    tcase_add_test(tc, callers_functions);
    tcase_add_test(tc, values_are_conjoined);
    tcase_add_test(tc, texts_are_equal);
    suite_add_tcase(suite, tc);
    return suite;
}
