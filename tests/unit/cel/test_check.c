/* The mistakes that the dialect of rules finds, with their places. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_check(void);

#define GUARD(f)                                                               \
    "'r." f "' is optional and may be absent here (guard it with has(r." f     \
    ") or use r.?" f ".orValue(\xE2\x80\xA6))"

static const struct support_case mistakes[] = {
    {"r.nmae == 'a'", "2: Thing has no field 'nmae' (did you mean 'name'?)"},
    {"has(r.kye)", "6: Thing has no field 'kye' (did you mean 'key'?)"},
    {"r.?kye.orValue('')", "3: Thing has no field 'kye' (did you mean 'key'?)"},
    {"r.parts[0].hight > 1", "11: Thing.part has no field 'hight'"},
    {"r.name.x", "7: string has no field 'x'"},
    {"true && rr.name == ''", "8: undeclared name 'rr' (did you mean 'r'?)"},
    {"[1].exists(x, x > 0) && x > 0", "24: undeclared name 'x'"},
    {"r.name.startWith('a')",
     "7: unknown function 'startWith' (did you mean 'startsWith'?)"},
    {"zzyzx(r.name)", "0: unknown function 'zzyzx'"},
    {"math.abz(1)", "0: unknown function 'math.abz' (did you mean "
                    "'math.abs'?)"},
    /* Overloads: at the operator, at the function's name. */
    {"r.name + 1", "7: no matching overload for 'r.name + 1' (string, int)"},
    {"r.name == 1", "7: no matching overload for 'r.name == 1' (string, int)"},
    {"r.count < r.name",
     "8: no matching overload for 'r.count < r.name' (int, string)"},
    {"r.name.contains(1)",
     "7: no matching overload for 'r.name.contains(1)' (string, int)"},
    {"u && r.name", "2: no matching overload for 'u && r.name' (bool, "
                    "string)"},
    {"!r.name", "0: no matching overload for '!r.name' (string)"},
    {"-u", "0: no matching overload for '-u' (bool)"},
    {"1 in r.tags",
     "2: no matching overload for '1 in r.tags' (int, list(string))"},
    {"r.tags['a']", "6: no matching overload for 'r.tags['a']' "
                    "(list(string), string)"},
    {"1 == 1.0", "2: no matching overload for '1 == 1.0' (int, double)"},
    {"1 < 1.0", "2: no matching overload for '1 < 1.0' (int, double)"},
    {"r == 1", "2: no matching overload for 'r == 1' (Thing, int)"},
    {"r.?key.startsWith('a')",
     "7: no matching overload for 'r.?key.startsWith('a')' "
     "(optional(string), string)"},
    /* Any other type error: at the first token. */
    {"r.name ? 1 : 2", "0: expected bool, found string"},
    {"u ? 1 : 'a'",
     "0: no matching overload for 'u ? 1 : 'a'' (bool, int, string)"},
    {"r.tags.all(x, x)", "14: expected bool, found string"},
    {"r.tags.filter(x, 1)", "17: expected bool, found int"},
    {"['a', 1]", "6: expected string, found int"},
    {"{'a': 1, 'b': ''}", "14: expected int, found string"},
    {"{'a': 1, 2: 3}", "9: expected string, found int"},
    {"r.name.all(x, true)", "7: no matching overload for 'r.name.all(x, "
                            "true)' (string)"},
    /* What rules refuse. */
    {"bytes(r.name).size() > 3", "0: unknown function 'bytes'"},
    {"type(r.name) == type('')",
     "0: unknown function 'type'; 16: unknown function 'type'"},
    {"dyn(r.name) == 'a'", "0: unknown function 'dyn'"},
    {"b'a' == b'b'", "0: rules have no bytes; 8: rules have no bytes"},
    {"r.name == string", "10: undeclared name 'string'"},
    {"ip('1.2.3.4') == ip('1.2.3.4')",
     "0: unknown function 'ip'; 17: unknown function 'ip'"},
    {"rows[0].name == 'a'", "4: lookup lists have no positions"},
    {"rows == rows", "5: lookup lists have no positions"},
    {"rows + rows", "5: lookup lists have no positions"},
    {"rows.filter(x, true)[0].name == 'a'",
     "20: lookup lists have no positions"},
    {"r.ver < '13'", "6: versions are not ordered by '<' (use "
                     "version.compare(a, b) < 0)"},
    {"'13' >= r.ver", "5: versions are not ordered by '>=' (use "
                      "version.compare(a, b) >= 0)"},
    {"(u ? r.ver : '') > '1'", "17: versions are not ordered by '>' (use "
                               "version.compare(a, b) > 0)"},
    {"r.state == 'Of'",
     "11: 'Of' is not a value of Thing.state (did you mean 'Off'?)"},
    {"'Maybe' != r.state", "0: 'Maybe' is not a value of Thing.state"},
    {"r.state in ['On', 'Of']",
     "18: 'Of' is not a value of Thing.state (did you mean 'Off'?)"},
    {"'Of' in [r.state]",
     "0: 'Of' is not a value of Thing.state (did you mean 'Off'?)"},
    {"r.name.matches(r.key)",
     "15: " GUARD("key") "; 15: a pattern must be a literal or a parameter"},
    {"r.name.matches(r.name)",
     "15: a pattern must be a literal or a parameter"},
    {"r.name.matches('(a)\\\\1')",
     "15: bad pattern: back-references are not supported"},
    {"timestamp(0).getHours('Asia/Tokyo') == 9",
     "22: a time zone must be \"UTC\" or a fixed offset such as "
     "\"+09:00\""},
    {"timestamp(0).getHours(r.name) == 9",
     "22: a time zone must be \"UTC\" or a fixed offset such as "
     "\"+09:00\""},
    /* Optional and nullable fields. */
    {"r.key == 'a'", "0: " GUARD("key")},
    {"r.part.width > 1", "0: " GUARD("part")},
    {"r.gone == null || true",
     "0: " GUARD("gone") "; 7: no matching overload for 'r.gone == null' "
                         "(string, null)"},
    {"r.name == null",
     "7: no matching overload for 'r.name == null' (string, null)"},
    {"r.nul.size() > 1",
     "6: no matching overload for 'r.nul.size()' (wrapper(string)) (a value "
     "that may be null: compare it with null first)"},
    {"r.nul + 'a'",
     "6: no matching overload for 'r.nul + 'a'' (wrapper(string), string) (a "
     "value that may be null: compare it with null first)"},
    /* One mistake does not make others; all are found. */
    {"r.nmae + 1 == 2 && r.count + nope > 'a'",
     "2: Thing has no field 'nmae' (did you mean 'name'?); "
     "29: undeclared name 'nope'"},
    {"nope.exists(x, x.y == 1)", "0: undeclared name 'nope'"},
};

static const struct support_case accepted[] = {
    {"r.state == 'On' && r.state != 'Wait'", "true"},
    {"r.state + 'd' == 'Ond'", "true"},
    {"r.state.startsWith('O')", "true"},
    {"r.shape == 'Square'", "false"},
    {"r.ver == '13.10' || r.ver in ['1', '2']", "true"},
    {"r.ver.startsWith('13') && r.name < 'z'", "true"},
    {"'x' in [r.name, r.ver, r.id, 'x']", "true"},
    {"r.name.matches(params.form)", "true"},
    {"r.tags + ['c'] != []", "true"},
    {"[] == r.tags", "false"},
    {"[[1], []].flatten() == [1]", "true"},
    {"rows.map(x, x.name)[0] == 'one'", "true"},
    {"rows.size() + r.parts.size() == 4", "true"},
    {"rows.exists(x, x == r)", "true"},
    {"timestamp(0).getHours('+09:00') == 9", "true"},
    {"timestamp(0).getDayOfWeek('UTC') == 4", "true"},
    {"math.greatest(1, 2, 3) == 3", "true"},
    {"(u ? r.?gone : r.?key).hasValue()", "U(u)"},
    {"{'a': 1}.a == 1 && {'a': 1}['a'] == 1", "true"},
};

/* `wanted` is what cel_compile is told to expect. */
static const struct {
    const char *expr;
    const struct type *wanted;
    const char *issue; /* NULL: it compiles */
} wants[] = {
    {"r.name", &type_bool, "expected bool, found string"},
    {"u && r.name == ''", &type_bool, NULL},
    {"[1]", &type_string, "expected string, found list(int)"},
    {"r.ver", &type_string, NULL},
    {"r.?name", &type_string, "expected string, found optional(string)"},
    {"r.nul", &type_string, "expected string, found wrapper(string)"},
    {"nope", &type_string, "undeclared name 'nope'"},
};

START_TEST(mistakes_are_found)
{
    support_check(&mistakes[_i]);
}
END_TEST

START_TEST(the_rest_is_accepted)
{
    support_check(&accepted[_i]);
}
END_TEST

START_TEST(types_are_wanted)
{
    struct support s;
    support_begin(&s);
    struct cel_program *program =
        cel_compile(&s.arena, &s.scope, str_of(wants[_i].expr),
                    wants[_i].wanted, NULL, &s.issues);
    ck_assert_msg((program != NULL) == (wants[_i].issue == NULL), "%s",
                  wants[_i].expr);
    ck_assert_uint_eq(s.issues.n, wants[_i].issue == NULL ? 0 : 1);
    if (wants[_i].issue != NULL)
        EXPECT_TEXT(wants[_i].expr, s.issues.items[0].text,
                    str_of(wants[_i].issue));
    support_end(&s);
}
END_TEST

/* How far a mistake reaches: the name, the operator, the whole. */
START_TEST(mistakes_have_a_width)
{
    static const struct {
        const char *expr;
        size_t width;
    } widths[] = {{"r.nmae", 4},          {"r.name.startWith('')", 9},
                  {"r.name == 1", 2},     {"r.key == ''", 5},
                  {"r.state == 'Of'", 4}, {"math.abz(1)", 8},
                  {"u ? 1 : ''", 10},     {"1 +", 1}};
    for (size_t i = 0; i < N_ITEMS(widths); i++) {
        struct support s;
        support_begin(&s);
        ck_assert_ptr_null(support_compile(&s, widths[i].expr));
        ck_assert_msg(s.issues.items[0].width == widths[i].width, "%s: %zu",
                      widths[i].expr, s.issues.items[0].width);
        support_end(&s);
    }
}
END_TEST

Suite *suite_cel_check(void)
{
    Suite *suite = suite_create("cel check");
    TCase *tc = tcase_create("check");
    tcase_add_loop_test(tc, mistakes_are_found, 0, N_ITEMS(mistakes));
    tcase_add_loop_test(tc, the_rest_is_accepted, 0, N_ITEMS(accepted));
    tcase_add_loop_test(tc, types_are_wanted, 0, N_ITEMS(wants));
    tcase_add_test(tc, mistakes_have_a_width);
    suite_add_tcase(suite, tc);
    return suite;
}
