/* Values under uncertainty: operators, fields, optionals, bounds. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_eval(void);

static const struct support_case logic[] = {
    /* The table of &&, and its dual. */
    {"true && true", "true"},
    {"true && false", "false"},
    {"true && u", "U(u)"},
    {"true && e", "E(bad)"},
    {"false && true", "false"},
    {"false && u", "false"},
    {"false && e", "false"},
    {"u && true", "U(u)"},
    {"u && false", "false"},
    {"u && v", "U(u,v)"},
    {"u && e", "W(u)"},
    {"e && true", "E(bad)"},
    {"e && false", "false"},
    {"e && u", "W(u)"},
    {"e && e", "E(bad)"},
    {"u && w", "W(u,w)"},
    {"false || false", "false"},
    {"false || true", "true"},
    {"u || true", "true"},
    {"u || false", "U(u)"},
    {"e || true", "true"},
    {"e || false", "E(bad)"},
    {"e || u", "W(u)"},
    {"w || true", "true"},
    {"true && u && v && false", "false"},
    {"u || v || true", "true"},
    /* A real error before "no row", whichever comes first. */
    {"miss && e", "E(bad)"},
    {"miss && true", "E(no row in x)"},
    {"miss == e", "E(bad)"},
    {"e == miss", "E(bad)"},
    {"!u", "U(u)"},
    {"!w", "W(w)"},
    {"!e", "E(bad)"},
    {"!miss", "E(no row in x)"},
};

static const struct support_case branches[] = {
    {"true ? 1 : 2", "1"},       {"false ? 1 : 2", "2"},
    {"true ? true : e", "true"}, {"e ? 1 : 2", "E(bad)"},
    {"e ? n : 1", "E(bad)"},     {"miss ? true : false", "E(no row in x)"},
    {"u ? true : true", "true"}, {"u ? false : false", "false"},
    {"w ? true : true", "W(w)"}, {"u ? true : false", "U(u)"},
    {"u ? v : true", "U(u,v)"},  {"u ? true : e", "W(u)"},
    {"u ? w : w", "W(u,w)"},     {"u ? 1 : 1", "U(u)"},
    {"u ? n : 1", "U(n,u)"},
};

static const struct support_case strict[] = {
    {"u == u", "U(u)"},
    {"u == v", "U(u,v)"},
    {"u == e", "W(u)"},
    {"w != u", "W(u,w)"},
    {"e == true", "E(bad)"},
    {"n < 3", "U(n)"},
    {"n + 1", "W(n)"},
    {"-n", "W(n)"},
    {"s + \"x\"", "U(s)"},
    {"s.contains(\"x\")", "U(s)"},
    {"int(s)", "W(s)"},
    {"s.substring(1)", "W(s)"},
    {"n in [1, 2]", "U(n)"},
    {"1 in [n, 1]", "true"},
    {"1 in [n, 2]", "U(n)"},
    {"1 in [2, 3]", "false"},
    {"[1, n] == [2, n]", "false"},
    {"[1, n] == [1, n]", "U(n)"},
    {"[1, n] == [1]", "false"},
    {"[n][0]", "U(n)"},
    {"[1][n]", "W(n)"},
    {"ul[0]", "W(ul)"},
    {"[1, 2][2]", "E(index out of range)"},
    {"[1 / 0, n]", "E(division by zero)"},
    {"[\"a\", s].join(\",\")", "U(s)"},
    {"{\"a\": n}.size()", "1"},
    {"{\"a\": n}[\"a\"]", "U(n)"},
    {"{\"a\": 1}[s]", "W(s)"},
    {"{s: 1}", "U(s)"},
    {"{\"a\": 1 / 0}", "E(division by zero)"},
};

static const struct support_case cells[] = {
    {"r.name", "\"one\""},
    {"r.type", "\"Thing\""},
    {"r.must", "U(must)"},
    {"r.must == \"x\"", "U(must)"},
    {"has(r.key)", "true"},
    {"has(r.gone)", "false"},
    {"has(r.dark)", "U(dark)"},
    {"has(r.must)", "true"},
    {"has(r.key) && r.key == \"k\"", "true"},
    {"has(r.gone) && r.gone == \"k\"", "false"},
    {"has(r.dark) && r.dark == \"k\"", "U(dark)"},
    {"!has(r.dark) || kept(r.dark)", "16: unknown function 'kept'"},
    {"r.nul == null", "true"},
    {"r.nul != null", "false"},
    {"r.nul == \"x\"", "false"},
    {"r.nul != null && r.nul.size() > 1", "false"},
    {"r.?key", "some(\"k\")"},
    {"r.?gone", "none"},
    {"r.?dark", "U(dark)"},
    {"r.?name", "some(\"one\")"},
    {"r.?key.orValue(\"d\")", "\"k\""},
    {"r.?gone.orValue(\"d\")", "\"d\""},
    {"r.?dark.orValue(\"d\")", "U(dark)"},
    {"r.?gone.orValue(r.must)", "U(must)"},
    {"r.?dark.orValue(r.must)", "U(dark,must)"},
    {"r.?dark.orValue(\"a\".substring(9))", "W(dark)"},
    {"r.?gone.hasValue()", "false"},
    {"r.?dark.hasValue()", "U(dark)"},
    {"r.?dark.value()", "W(dark)"},
    {"r.?gone.value()", "E(the optional value is not there)"},
    {"r.?gone.or(r.?key).orValue(\"\")", "\"k\""},
    {"o.orValue(\"\")", "U(o)"},
    {"o.optMap(x, x + \"!\")", "U(o)"},
    {"o.optMap(x, x.substring(1))", "W(o)"},
    {"r.?key.optMap(x, x + \"!\")", "some(\"k!\")"},
    {"r.?key.optFlatMap(x, r.?gone)", "none"},
    {"r.?part.?width", "some(3)"},
    {"r.?part.?note", "none"},
    {"has(r.part) && has(r.part.note)", "false"},
    {"r.parts[1].width", "4"},
    {"r.parts == q.parts", "true"},
    {"r == r", "true"},
    {"r == q", "false"},
    {"r == g", "false"},
    {"g == g", "U(ghost)"},
    {"g.name == \"x\"", "U(ghost)"},
    {"has(g.key)", "U(ghost)"},
    {"has(g.name)", "true"},
    {"lazy + lazy", "14"},
};

static const struct support_case bounds[] = {
    {"size(s)", "U(s 0..)"},     {"s.size() >= 0", "true"},
    {"s.size() < 0", "false"},   {"-1 < s.size()", "true"},
    {"0 > s.size()", "false"},   {"s.size() > 0", "U(s)"},
    {"s.size() == -1", "false"}, {"s.size() != -1", "true"},
    {"-1 == s.size()", "false"}, {"s.size() == 3", "U(s)"},
    {"wl.size()", "W(wl 0..)"},  {"wl.size() >= 0", "W(wl)"},
    {"ul.size() + 1", "W(ul)"},
};

START_TEST(logic_absorbs)
{
    support_check(&logic[_i]);
}
END_TEST

START_TEST(branches_are_both_seen)
{
    support_check(&branches[_i]);
}
END_TEST

START_TEST(operators_are_strict)
{
    support_check(&strict[_i]);
}
END_TEST

START_TEST(cells_are_read)
{
    support_check(&cells[_i]);
}
END_TEST

START_TEST(bounds_decide)
{
    support_check(&bounds[_i]);
}
END_TEST

/* A lazy name is asked for once; the resolver keeps its value. */
START_TEST(lazy_names)
{
    struct support s;
    support_begin(&s);
    EXPECT_TEXT("twice", support_show(&s, "lazy == 7 && lazy > 0"),
                STR("true"));
    ck_assert_uint_eq(s.n_resolved, 1);
    EXPECT_TEXT("never", support_show(&s, "true || lazy > 0"), STR("true"));
    ck_assert_uint_eq(s.n_resolved, 1);
    support_end(&s);
}
END_TEST

START_TEST(errors_have_a_place)
{
    struct support s;
    support_begin(&s);
    struct cel_program *program =
        support_compile(&s, "true && 1 / 0 == \"abc\".size()");
    ck_assert_ptr_nonnull(program);
    struct value v = cel_eval(program, &s.run);
    ck_assert_int_eq(v.kind, VALUE_ERROR);
    ck_assert_uint_eq(v.as.error->offset, 8);
    support_end(&s);
}
END_TEST

START_TEST(steps_end)
{
    struct support s;
    support_begin(&s);
    s.run.steps_left = 20;
    EXPECT_TEXT("loop", support_show(&s, "[1, 2, 3, 4, 5, 6].all(x, x > 0)"),
                STR("E(step limit)"));
    s.run.steps_left = 100;
    EXPECT_TEXT("loop", support_show(&s, "[1, 2, 3, 4, 5, 6].all(x, x > 0)"),
                STR("true"));
    support_end(&s);
}
END_TEST

/* A list that holds the one before it twice, 50 times over, has 2^50
 * elements to compare or to print. */
START_TEST(shared_values_end)
{
    static const char *const ends[] = {"x == x", "'%s'.format([x])"};
    static const char *const wants[] = {"E(step limit)",
                                        "E(string result over 64 KiB)"};
    for (size_t k = 0; k < N_ITEMS(ends); k++) {
        struct support s;
        struct buf text = {0};
        support_begin(&s);
        for (int i = 0; i < 50; i++)
            buf_adds(&text,
                     i == 0 ? "cel.bind(x, ['a'], " : "cel.bind(x, [x, x], ");
        buf_adds(&text, ends[k]);
        for (int i = 0; i < 50; i++)
            buf_addc(&text, ')');
        char *expr = str_cstr(&s.arena, buf_str(&text));
        EXPECT_TEXT(ends[k], support_plain(&s, expr), str_of(wants[k]));
        buf_release(&text);
        support_end(&s);
    }
}
END_TEST

/* Names read within names share one limit of depth. */
START_TEST(depth_ends)
{
    struct support s;
    support_begin(&s);
    s.run.depth = 2490;
    EXPECT_TEXT("deep", support_show(&s, "1+1+1+1+1+1+1+1+1+1+1+1"),
                STR("E(expressions nested too deeply)"));
    ck_assert_uint_eq(s.run.depth, 2490);
    EXPECT_TEXT("flat", support_show(&s, "1+1+1+1"), STR("4"));
    support_end(&s);
}
END_TEST

Suite *suite_cel_eval(void)
{
    Suite *suite = suite_create("cel eval");
    TCase *tc = tcase_create("eval");
    tcase_add_loop_test(tc, logic_absorbs, 0, N_ITEMS(logic));
    tcase_add_loop_test(tc, branches_are_both_seen, 0, N_ITEMS(branches));
    tcase_add_loop_test(tc, operators_are_strict, 0, N_ITEMS(strict));
    tcase_add_loop_test(tc, cells_are_read, 0, N_ITEMS(cells));
    tcase_add_loop_test(tc, bounds_decide, 0, N_ITEMS(bounds));
    tcase_add_test(tc, lazy_names);
    tcase_add_test(tc, errors_have_a_place);
    tcase_add_test(tc, steps_end);
    tcase_add_test(tc, depth_ends);
    tcase_add_test(tc, shared_values_end);
    suite_add_tcase(suite, tc);
    return suite;
}
