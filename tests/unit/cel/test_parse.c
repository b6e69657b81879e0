/* Trees: precedence, macros, limits, and text that ends anywhere. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_parse(void);

static const struct support_case plain[] = {
    {"1 + 2 * 3", "7"},
    {"(1 + 2) * 3", "9"},
    {"10 - 2 - 3", "5"},
    {"-2 * -3", "6"},
    {"--2", "2"},
    {"!!true", "true"},
    {"true || false && false", "true"},
    {"1 < 2 == true", "true"},
    {"1 in [1] && 2 in [2]", "true"},
    {"false ? 1 : true ? 2 : 3", "2"},
    {"(true ? false : true) ? 1 : 2", "2"},
    {"[1, 2,]", "[1, 2]"},
    {"{'a': 1,}", "{\"a\": 1}"},
    {"[?optional.of(1), ?optional.none(), 2]", "[1, 2]"},
    {"{?'a': optional.none(), ?'b': optional.of(1)}", "{\"b\": 1}"},
    {"{'a': {'b': 3}}.a.b", "3"},
    {"{'a': 1}[?'b']", "none"},
    {"{'as': 1, 'for': 2}.for", "2"},
    {"-1.5.size()", "5: no matching overload for '-1.5.size()' (double)"},
    {"math.greatest(1, 3, 2)", "3"},
    /* Mistakes, where they are found. */
    {"", "0: syntax error: unexpected end of the expression"},
    {"1 +", "3: syntax error: unexpected end of the expression"},
    {"(1", "2: syntax error: expected ')'"},
    {"(1]", "2: syntax error: expected ')'"},
    {"[1, 2", "5: syntax error: expected ']'"},
    {"[1 2]", "3: syntax error: expected ']'"},
    {"{1}", "2: syntax error: expected ':'"},
    {"{1: 2", "5: syntax error: expected '}'"},
    {"f(1", "3: syntax error: expected ')'"},
    {"f(1,)", "4: syntax error: unexpected ')'"},
    {"a.", "2: syntax error: expected a field's name"},
    {"a.1", "1: syntax error: unexpected '.1'"},
    {"a..b", "2: syntax error: expected a field's name"},
    {"true ? 1", "8: syntax error: expected ':'"},
    {"1 == == 1", "5: syntax error: unexpected '=='"},
    {"1 2", "2: syntax error: unexpected '2'"},
    {"for", "0: syntax error: unexpected 'for'"},
    {"in", "0: syntax error: unexpected 'in'"},
    {"'a' 'b'", "4: syntax error: unexpected ''b''"},
    {"has(u)", "4: syntax error: has() needs a field"},
    {"[1].all(1, true)", "8: syntax error: expected a variable's name"},
    {"[1].all(a.b, true)", "8: syntax error: expected a variable's name"},
    {"[1].all(x, x, true)", "11: syntax error: two variables of one name"},
    {"cel.bind(1, 2, 3)", "9: syntax error: expected a variable's name"},
};

START_TEST(texts_are_read)
{
    support_check_plain(&plain[_i]);
}
END_TEST

/* `n` times `open`, then `middle`, then `n` times `close`. */
static char *nest(struct arena *arena, const char *open, const char *middle,
                  const char *close, unsigned n)
{
    struct buf text = {0};
    for (unsigned i = 0; i < n; i++)
        buf_adds(&text, open);
    buf_adds(&text, middle);
    for (unsigned i = 0; i < n; i++)
        buf_adds(&text, close);
    char *copy = str_cstr(arena, buf_str(&text));
    buf_release(&text);
    return copy;
}

static const struct {
    const char *open, *middle, *close;
    unsigned n;
    const char *want; /* NULL: it compiles */
} nested[] = {
    {"(", "true", ")", 64, NULL},
    {"(", "true", ")", 65, "syntax error: nested deeper than 64 levels"},
    {"!", "true", "", 64, NULL},
    {"!", "true", "", 65, "syntax error: nested deeper than 64 levels"},
    {"[", "1", "]", 65, "syntax error: nested deeper than 64 levels"},
    {"{1: ", "1", "}", 65, "syntax error: nested deeper than 64 levels"},
    {"string(", "1", ")", 65, "syntax error: nested deeper than 64 levels"},
    {"[1].all(x, ", "true", ")", 64, NULL},
    {"[1].all(x, ", "true", ")", 65,
     "syntax error: nested deeper than 64 levels"},
    /* Chains are not nested. */
    {"", "1", " + 1", 1000, NULL},
    {"u && ", "true", "", 1000, NULL},
    {"u ? true : ", "true", "", 700, NULL},
    {"", "1", "+ 1", 2047, NULL},
    {"", "1", "+ 1", 2048, "syntax error: more than 4096 parts"},
    {" ", "1", "", 8191, NULL},
    {" ", "1", "", 8192, "expression is longer than 8 KiB"},
};

START_TEST(limits_hold)
{
    struct support s;
    support_begin(&s);
    char *expr = nest(&s.arena, nested[_i].open, nested[_i].middle,
                      nested[_i].close, nested[_i].n);
    struct cel_program *program = support_compile(&s, expr);
    if (nested[_i].want == NULL) {
        ck_assert_msg(program != NULL, "%s x %u", nested[_i].open,
                      nested[_i].n);
        ck_assert_int_ne(cel_eval(program, &s.run).kind, VALUE_NONE);
    } else {
        ck_assert_ptr_null(program);
        ck_assert_uint_eq(s.issues.n, 1);
        EXPECT_TEXT(nested[_i].open, s.issues.items[0].text,
                    str_of(nested[_i].want));
    }
    support_end(&s);
}
END_TEST

static const char *const whole[] = {
    "has(r.key) && r.key == 'k' || !u ? r.?gone.orValue(\"\\u00e9\") : s",
    "rows.exists(x, x.name.startsWith('o') && [1, 2u, 3.5e1][0] < 0x1F)",
    "{'a': [?optional.of(1), 2,], ?'b': r.?key}.a.map(i, i > 1, -i * +2)",
    "cel.bind(x, r'''raw'''.matches(\"^(a|b)*[^c]{1,3}$\"), x) // end",
    "l.transformMap(i, v, i != 0, v / (v - 1))[?'k'].optMap(y, y.`z`)",
    "b\"\\x00\".size() >= -1.0 && !(\"%d\".format([1]) in [''])",
};

/* Every beginning of a text, with each of the ends, is a program or a mistake
 * inside the text, and its evaluation is a value. */
START_TEST(any_beginning)
{
    static const char *const ends[] = {"", ")", "'", " ?", "]", ".x", "\\"};
    struct str text = str_of(whole[_i]);
    for (size_t n = 0; n <= text.n; n++) {
        for (size_t e = 0; e < N_ITEMS(ends); e++) {
            struct support s;
            support_begin(&s);
            struct str part =
                str_cat(&s.arena, str_sub(text, 0, n), str_of(ends[e]));
            struct cel_program *program =
                cel_compile(&s.arena, &s.scope, part, NULL, NULL, &s.issues);
            ck_assert_msg((program == NULL) == (s.issues.n > 0), "%.*s",
                          STRF(part));
            for (size_t i = 0; i < s.issues.n; i++)
                ck_assert_msg(s.issues.items[i].offset <= part.n, "%.*s",
                              STRF(part));
            if (program != NULL)
                ck_assert_int_ne(cel_eval(program, &s.run).kind, VALUE_NONE);
            support_end(&s);
        }
    }
}
END_TEST

Suite *suite_cel_parse(void)
{
    Suite *suite = suite_create("cel parse");
    TCase *tc = tcase_create("parse");
    tcase_add_loop_test(tc, texts_are_read, 0, N_ITEMS(plain));
    tcase_add_loop_test(tc, limits_hold, 0, N_ITEMS(nested));
    tcase_add_loop_test(tc, any_beginning, 0, N_ITEMS(whole));
    suite_add_tcase(suite, tc);
    return suite;
}
