/* Macros on lists whose members are sure, maybe there, or ghosts. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_eval_macro(void);

/* P is true of 1, false of 0, an error of 2, unknown of 3, and may be either
 * unknown or an error of 4. */
#define P "(x == 2 ? 1 / 0 > 0 : x == 3 ? u : x == 4 ? w : x == 1)"

static const struct {
    const char *members, *expr, *want;
} cases[] = {
    /* The tables of section 5: alone, beside a sure T, beside a sure F. */
    {"1", "l.exists(x, " P ")", "true"},
    {"1 0", "l.exists(x, " P ")", "true"},
    {"M1", "l.exists(x, " P ")", "U(m)"},
    {"M1 1", "l.exists(x, " P ")", "true"},
    {"M1 0", "l.exists(x, " P ")", "U(m)"},
    {"G1", "l.exists(x, " P ")", "U(g)"},
    {"G1 1", "l.exists(x, " P ")", "true"},
    {"G1 0", "l.exists(x, " P ")", "U(g)"},
    {"M0", "l.exists(x, " P ")", "false"},
    {"G0 1", "l.exists(x, " P ")", "true"},
    {"G0 0", "l.exists(x, " P ")", "false"},
    {"M2", "l.exists(x, " P ")", "W(m)"},
    {"M2 1", "l.exists(x, " P ")", "true"},
    {"G2 0", "l.exists(x, " P ")", "W(g)"},
    {"2", "l.exists(x, " P ")", "E(division by zero)"},
    {"2 M0", "l.exists(x, " P ")", "E(division by zero)"},
    {"2 M1", "l.exists(x, " P ")", "W(m)"},
    {"M3", "l.exists(x, " P ")", "U(m,u)"},
    {"", "l.exists(x, " P ")", "false"},
    {"0", "l.all(x, " P ")", "false"},
    {"M0", "l.all(x, " P ")", "U(m)"},
    {"M0 0", "l.all(x, " P ")", "false"},
    {"G0 1", "l.all(x, " P ")", "U(g)"},
    {"M1", "l.all(x, " P ")", "true"},
    {"M1 0", "l.all(x, " P ")", "false"},
    {"G1 1", "l.all(x, " P ")", "true"},
    {"M2", "l.all(x, " P ")", "W(m)"},
    {"M2 0", "l.all(x, " P ")", "false"},
    {"G2 1", "l.all(x, " P ")", "W(g)"},
    {"", "l.all(x, " P ")", "true"},
    /* in */
    {"M1 0", "1 in l", "U(m)"},
    {"M1 1", "1 in l", "true"},
    {"M1 0", "5 in l", "false"},
    {"M1 G0", "n in l", "U(n)"},
    /* filter */
    {"1 0", "l.filter(x, " P ")", "[1]"},
    {"1 3", "l.filter(x, " P ")", "[1, M3 u]"},
    {"M1 M0 M3", "l.filter(x, " P ")", "[M1 m, M3 m,u]"},
    {"G3", "l.filter(x, " P ")", "[G3 g,u]"},
    {"1 2", "l.filter(x, " P ")", "E(division by zero)"},
    {"1 M2", "l.filter(x, " P ")", "W(m)"},
    {"2 M2", "l.filter(x, " P ")", "E(division by zero)"},
    {"3 4", "l.filter(x, " P ")", "W(u,w)"},
    {"G1 4", "l.filter(x, " P ")", "W(g,w)"},
    {"1 M1", "l.filter(x, x == 0 ? miss : x == 1)", "[1, M1 m]"},
    {"0", "l.filter(x, x == 0 ? miss : w)", "E(no row in x)"},
    {"0 1", "l.filter(x, x == 0 ? miss : w)", "W(w)"},
    {"0 1", "l.filter(x, x == 0 ? e : w)", "E(bad)"},
    /* map and flatten */
    {"1 M0 G1", "l.map(x, x + 1)", "[2, M1 m, G2 g]"},
    {"1 0", "l.map(x, n)", "[U(n), U(n)]"},
    {"1 0", "l.map(x, x == 1 ? s : \"a\")", "[U(s), \"a\"]"},
    {"1 0", "l.map(x, 1 / x)", "E(division by zero)"},
    {"1 M0", "l.map(x, 1 / x)", "W(m)"},
    {"1 M0", "l.map(x, x == 1, x + 1)", "[2]"},
    {"1 M1", "[l, [7]].flatten()", "[1, M1 m, 7]"},
    {"G1", "l.map(x, [x, 2]).flatten()", "[G1 g, G2 g]"},
    {"", "[ul, [7]].flatten()", "[GU(ul) ul, 7]"},
    {"", "[wl, [7]].flatten()", "W(wl)"},
    /* exists_one */
    {"1 0", "l.exists_one(x, " P ")", "true"},
    {"1 1", "l.exists_one(x, " P ")", "false"},
    {"0", "l.exists_one(x, " P ")", "false"},
    {"1 M1", "l.exists_one(x, " P ")", "U(m)"},
    {"1 M0", "l.exists_one(x, " P ")", "true"},
    {"1 1 M1", "l.exists_one(x, " P ")", "false"},
    {"1 G1", "l.exists_one(x, " P ")", "U(g)"},
    {"1 3", "l.existsOne(x, " P ")", "U(u)"},
    {"1 2", "l.exists_one(x, " P ")", "E(division by zero)"},
    /* size */
    {"1 2", "l.size()", "2"},
    {"1 M2", "l.size()", "U(m 1..2)"},
    {"1 M2 G2", "l.size()", "U(g,m 1..)"},
    {"1 M2", "l.size() > 0", "true"},
    {"1 M2", "l.size() > 2", "false"},
    {"1 M2", "l.size() == 3", "false"},
    {"1 M2", "l.size() == 2", "U(m)"},
    {"G1", "l.size() >= 0", "true"},
    /* An unknown list is one ghost element that is unknown. */
    {"", "ul.exists(x, x > 1)", "U(ul)"},
    {"", "ul.exists(x, false)", "false"},
    {"", "ul.all(x, true)", "true"},
    {"", "ul.all(x, false)", "U(ul)"},
    {"", "ul.filter(x, x > 1)", "[GU(ul) ul]"},
    {"", "ul.exists_one(x, false)", "false"},
    {"", "wl.all(x, true)", "W(wl)"},
    {"", "wl.filter(x, true)", "W(wl)"},
    /* No positions; open lists compare as unknown. */
    {"1 M1", "l[0]", "W(m)"},
    {"1 M1", "l == [1]", "U(m)"},
    {"1 M1", "l + [1]", "U(m)"},
    /* Two variables. */
    {"5 6", "l.all(i, x, x == 5 + i)", "true"},
    {"5 6", "l.exists(i, x, i == 1 && x == 5)", "false"},
    {"5 6", "l.transformList(i, x, i > 0, x + i)", "[7]"},
    {"5 M6", "l.exists(i, x, i == 0)", "U(m)"},
    {"5 6", "l.transformMap(i, x, x + 1)", "{0: 6, 1: 7}"},
    {"5 M6", "l.transformMap(i, x, x)", "U(m)"},
    {"", "{\"a\": 1, \"b\": 2}.exists(k, k == \"b\")", "true"},
    {"", "{\"a\": 1, \"b\": 2}.all(k, x, x > 1 || k == \"a\")", "true"},
    {"", "{\"a\": 1}.transformMapEntry(k, x, {k + \"!\": x})", "{\"a!\": 1}"},
    {"", "{\"a\": 1, \"b\": 2}.transformMapEntry(k, x, {\"c\": x})",
     "E(expected a map of one entry with a new key)"},
    /* Variables: nested, shadowing, and bound. */
    {"1 2", "l.exists(x, [x].exists(y, x == y && y == 2))", "true"},
    {"1 2", "l.map(x, [7].map(x, x + 1)[0] + x)", "[9, 10]"},
    {"1 2", "cel.bind(x, l.size(), x + x)", "4"},
    {"1 2", "cel.bind(x, 1 / 0, true)", "true"},
    {"1", "cel.bind(u, 3, u + 1)", "4"},
};

START_TEST(members_count)
{
    struct support s;
    support_begin(&s);
    support_list(&s, cases[_i].members);
    EXPECT_TEXT(cases[_i].expr, support_show(&s, cases[_i].expr),
                str_of(cases[_i].want));
    support_end(&s);
}
END_TEST

Suite *suite_cel_eval_macro(void)
{
    Suite *suite = suite_create("cel macros");
    TCase *tc = tcase_create("macros");
    tcase_add_loop_test(tc, members_count, 0, N_ITEMS(cases));
    suite_add_tcase(suite, tc);
    return suite;
}
