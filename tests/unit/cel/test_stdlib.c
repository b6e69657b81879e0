/* The table of functions: its rows, and plain CEL's types and optionals. */
#include "checker/cel/stdlib.h"
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_stdlib(void);

static bool same_arguments(const struct cel_std *a, const struct cel_std *b)
{
    if (a->f.n_args != b->f.n_args)
        return false;
    for (size_t i = 0; i < a->f.n_args; i++)
        if (!type_same(a->f.args[i], b->f.args[i]))
            return false;
    return true;
}

START_TEST(rows_are_whole)
{
    for (size_t i = 0; i < n_stdlib_functions; i++) {
        const struct cel_std *row = &stdlib_functions[i];
        ck_assert_msg(row->f.name.n > 0 && row->f.result != NULL, "%zu", i);
        ck_assert_msg(row->f.apply != NULL || row->special != SPECIAL_NONE,
                      "%.*s", STRF(row->f.name));
        ck_assert_msg(!row->is_method || row->f.n_args > 0, "%.*s",
                      STRF(row->f.name));
        for (size_t k = 0; k < i; k++) {
            const struct cel_std *other = &stdlib_functions[k];
            ck_assert_msg(!str_eq(row->f.name, other->f.name) ||
                              row->is_method != other->is_method ||
                              !same_arguments(row, other),
                          "%.*s stands twice", STRF(row->f.name));
        }
    }
}
END_TEST

/* rule-language.md, section 3: the functions that may fail on arguments of
 * the right type. */
START_TEST(partial_functions)
{
    static const struct support_case cases[] = {
        {"n + 1", "W(n)"},
        {"n % 2", "W(n)"},
        {"s + ''", "U(s)"},
        {"s.contains('')", "U(s)"},
        {"s.lowerAscii()", "U(s)"},
        {"s.trim()", "U(s)"},
        {"s.replace('a', 'b')", "U(s)"},
        {"s.split(',')", "U(s)"},
        {"s.reverse()", "U(s)"},
        {"s.matches('a')", "U(s)"},
        {"strings.quote(s)", "U(s)"},
        {"s.charAt(0)", "W(s)"},
        {"s.indexOf('a')", "W(s)"},
        {"s.lastIndexOf('a')", "W(s)"},
        {"s.substring(0)", "W(s)"},
        {"s.format([1])", "W(s)"},
        {"'%s'.format([s])", "W(s)"},
        {"int(s)", "W(s)"},
        {"int(n)", "U(n)"},
        {"string(n)", "W(n)"},
        {"bool(s)", "W(s)"},
        {"timestamp(s)", "W(s)"},
        {"duration(s)", "W(s)"},
        {"timestamp(s).getHours() > 1", "W(s)"},
        {"math.abs(n)", "W(n)"},
        {"math.sign(n)", "U(n)"},
        {"math.greatest(n, 1)", "W(n)"},
        {"math.bitAnd(n, 1)", "U(n)"},
        {"math.bitShiftLeft(n, 1)", "W(n)"},
        {"optional.of(n)", "U(n)"},
        {"o.hasValue()", "U(o)"},
        {"o.value()", "W(o)"},
        {"o.or(optional.none())", "U(o)"},
    };
    for (size_t i = 0; i < N_ITEMS(cases); i++)
        support_check(&cases[i]);
}
END_TEST

static const struct support_case plain[] = {
    {"type(1)", "int"},
    {"type(type(1))", "type"},
    {"type(timestamp(0)) == google.protobuf.Timestamp", "true"},
    {"type([]) == list && type({}) == map && type(null) == null_type", "true"},
    {"type(ip('::1')) == net.IP", "true"},
    {"type(optional.none()) == optional_type", "true"},
    {"[1, 'a', 2.5].size()", "3"},
    {"{'a': 1, 2: 'b'}[2]", "\"b\""},
    {"{'a': 1}.b", "E(no such key: b)"},
    {"{'a': 1, 'a': 2}", "E(the key stands twice)"},
    {"{1.5: 1}", "1: unsupported key type"},
    {"has({'a': 1}.b)", "false"},
    {"optional.ofNonZeroValue('')", "none"},
    {"optional.ofNonZeroValue([0])", "some([0])"},
    {"{'a': {'b': 1}}.?a.b", "some(1)"},
    {"{'a': {'b': 1}}.?x.b", "none"},
    {"[1][?0].orValue(5) + [1][?1].orValue(5)", "6"},
    {"dyn([1]).all(x, x > 0)", "true"},
    {"dyn(1).all(x, x > 0)", "E(no such overload)"},
    {"dyn('a').size()", "1"},
    {"dyn(1).size()", "E(no such overload)"},
    {"dyn(1) + 'a'", "E(no such overload)"},
    {"1 < 1.5", "true"},
};

START_TEST(plain_cel_has_more)
{
    support_check_plain(&plain[_i]);
}
END_TEST

/* Without the checker what is wrong fails where it is evaluated. */
START_TEST(unchecked_trees_fail_late)
{
    static const struct cel_options unchecked = {.is_unchecked = true};
    static const struct support_case cases[] = {
        {"nope || true", "true"},
        {"f(1) || true", "true"},
        {"nope", "E(undeclared name 'nope')"},
        {"f(1)", "E(unknown function 'f')"},
        {"1 + 'a'", "E(no such overload)"},
        {"1 == 'a'", "false"},
        {"'a'.matches('(')", "E(bad pattern: missing closing parenthesis)"},
        {"1(", "1: syntax error: unexpected '('"},
    };
    for (size_t i = 0; i < N_ITEMS(cases); i++) {
        struct support s;
        support_begin(&s);
        s.scope.options = &unchecked;
        EXPECT_TEXT(cases[i].expr, support_show(&s, cases[i].expr),
                    str_of(cases[i].want));
        support_end(&s);
    }
}
END_TEST

/* Names in a container are found first, but for those with a leading dot. */
START_TEST(containers_qualify)
{
    static const struct cel_options options = {.container =
                                                   STR_INIT("com.example")};
    static const struct cel_name names[] = {
        {STR_INIT("x"), &type_int, 0},
        {STR_INIT("com.example.x"), &type_int, 1},
        {STR_INIT("com.y.z"), &type_int, 2}};
    static const struct support_case cases[] = {
        {"x", "2"},
        {".x", "1"},
        {"y.z", "3"},
        {"com.y.z", "3"},
        {"[5].map(x, x + .x)", "[6]"},
        {"[{'z': 7}].map(y, y.z)", "[7]"},
    };
    for (size_t i = 0; i < N_ITEMS(cases); i++) {
        struct support s;
        support_begin(&s);
        s.scope = (struct cel_scope){&options, names, N_ITEMS(names)};
        for (int64_t k = 0; k < 3; k++)
            s.slots[k] = value_int(k + 1);
        EXPECT_TEXT(cases[i].expr, support_show(&s, cases[i].expr),
                    str_of(cases[i].want));
        support_end(&s);
    }
}
END_TEST

Suite *suite_cel_stdlib(void)
{
    Suite *suite = suite_create("cel stdlib");
    TCase *tc = tcase_create("stdlib");
    tcase_add_test(tc, rows_are_whole);
    tcase_add_test(tc, partial_functions);
    tcase_add_loop_test(tc, plain_cel_has_more, 0, N_ITEMS(plain));
    tcase_add_test(tc, unchecked_trees_fail_late);
    tcase_add_test(tc, containers_qualify);
    suite_add_tcase(suite, tc);
    return suite;
}
