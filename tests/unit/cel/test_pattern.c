/* Regular expressions: what RE2 has, what it has not, and what costs. */
#include <string.h>

#include "checker/cel/pattern.h"
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_pattern(void);

static const struct {
    const char *pattern, *text;
    bool want;
} matches[] = {
    {"", "", true},
    {"b", "abc", true},
    {"^b", "abc", false},
    {"^abc$", "abc", true},
    {"^abc$", "abc\n", false},
    {"^[a-z][a-z0-9-]{2,62}$", "prod-db-1", true},
    {"^\\d+\\.\\w+\\b[[:alpha:]]*?$", "13.x", true},
    {"(?i:PROD)-\\pL+", "prod-\xC3\xA9", true},
    {"(?:a|b)(?P<rest>.*)", "xb", true},
    {"(?i)a", "A", true},
    {"^.$", "\xC3\xA9", true},
    {"a{0}b", "b", true},
    {"[]a]", "]", true},
    {"[\\]^]x", "^x", true},
    {"a+?", "a", true},
    {"\\Qa+b\\E", "a+b", true},
    {"\\x41\\x{42}", "AB", true},
    {"a\\\\1", "a\\1", true},
    {"{", "{", true},
    {"x{,2}", "x{,2}", true},
    {"\\A\\z", "", true},
    {"\\Qa)", "xa)", true},
    {"(?m)^b$", "a\nb\nc", true},
    {"(?s)a.b", "a\nb", true},
    {"a.b", "a\nb", false},
    {"(?U)a+", "a", true},
};

START_TEST(patterns_match)
{
    struct arena arena = {0};
    const char *why = NULL;
    const struct pattern *pattern =
        pattern_compile(&arena, str_of(matches[_i].pattern), &why);
    ck_assert_msg(pattern != NULL, "%s: %s", matches[_i].pattern,
                  why != NULL ? why : "");
    ck_assert_msg(pattern_search(&arena, pattern, str_of(matches[_i].text)) ==
                      (matches[_i].want ? 1 : 0),
                  "'%s' in '%s'", matches[_i].pattern, matches[_i].text);
    arena_release(&arena);
}
END_TEST

static const struct {
    const char *pattern, *why;
} refused[] = {
    {"(a)\\1", "back-references are not supported"},
    {"(?P<x>a)\\k<x>", "this escape is not supported"},
    {"(a)\\g1", "this escape is not supported"},
    {"(?=a)", "look-ahead is not supported"},
    {"^(?!prod)", "look-ahead is not supported"},
    {"(?<=a)b", "look-behind is not supported"},
    {"(?<!a)b", "look-behind is not supported"},
    {"(?>a)", "this kind of group is not supported"},
    {"(?R)", "this kind of group is not supported"},
    {"(?1)", "this kind of group is not supported"},
    {"(?&x)", "this kind of group is not supported"},
    {"(?P>x)", "this kind of group is not supported"},
    {"(?P=x)", "this kind of group is not supported"},
    {"(?(1)a|b)", "this kind of group is not supported"},
    {"(?|a|b)", "this kind of group is not supported"},
    {"(?#c)", "this kind of group is not supported"},
    {"(?C1)", "this kind of group is not supported"},
    {"(?x)a b", "this kind of group is not supported"},
    {"(*ACCEPT)", "verbs are not supported"},
    {"a++", "possessive or repeated repetition is not supported"},
    {"a*+", "possessive or repeated repetition is not supported"},
    {"a?+", "possessive or repeated repetition is not supported"},
    {"a{2}+", "possessive or repeated repetition is not supported"},
    {"a**", "possessive or repeated repetition is not supported"},
    {"\\Kx", "this escape is not supported"},
    {"\\X", "this escape is not supported"},
    {"\\R", "this escape is not supported"},
    {"\\h", "this escape is not supported"},
    {"a{1001}", "repeated more than 1000 times"},
    {"a{1,99999999999}", "repeated more than 1000 times"},
    {"(a", "missing closing parenthesis"},
    {"a)", "unmatched closing parenthesis"},
    {"a)|(?:b", "unmatched closing parenthesis"},
    {"[a", "missing terminating ] for character class"},
    {"*a", "quantifier does not follow a repeatable item"},
    {"a\\", "\\ at end of pattern"},
};

START_TEST(patterns_are_refused)
{
    struct arena arena = {0};
    const char *why = "";
    ck_assert_ptr_null(
        pattern_compile(&arena, str_of(refused[_i].pattern), &why));
    ck_assert_msg(strcmp(why, refused[_i].why) == 0, "%s: %s",
                  refused[_i].pattern, why);
    arena_release(&arena);
}
END_TEST

START_TEST(patterns_are_limited)
{
    struct arena arena = {0};
    const char *why = "";
    char text[514];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = 'a';
    ck_assert_ptr_nonnull(
        pattern_compile(&arena, (struct str){text, 512}, &why));
    ck_assert_ptr_null(pattern_compile(&arena, (struct str){text, 513}, &why));
    ck_assert_str_eq(why, "longer than 512 bytes");
    /* Compiles to more than PCRE2 takes. */
    ck_assert_ptr_null(pattern_compile(
        &arena, STR("((((a{1000}){1000}){1000}){1000})"), &why));
    arena_release(&arena);
}
END_TEST

/* What makes a backtracking matcher, or one that starts at each place anew,
 * run for ages is decided in one pass, or given up. */
START_TEST(searches_end)
{
    static const struct {
        const char *pattern;
        size_t n;
        int want;
    } cases[] = {
        {"^(a+)+$", 100, 0},
        {"^(a+)+$", 60000, -1},
        {"(a|aa|[a-z])*[bc]", 60000, 0},
        {"a*[bc]", 60000, 0},
        {"^([a-z]+-?)*[0-9]$", 100, 0},
        {"^(\\w+[.!])+$", 60000, 1},
        {"(a*a*a*)*!$", 60000, 1},
        {"a", 65537, -1},
        {"(a{0,900}){0,3}[bc]", 60000, -1},
    };
    for (size_t i = 0; i < N_ITEMS(cases); i++) {
        struct arena arena = {0};
        const char *why;
        char *text = arena_alloc(&arena, cases[i].n);
        memset(text, 'a', cases[i].n);
        text[cases[i].n - 1] = '!';
        const struct pattern *pattern =
            pattern_compile(&arena, str_of(cases[i].pattern), &why);
        ck_assert_ptr_nonnull(pattern);
        int found =
            pattern_search(&arena, pattern, (struct str){text, cases[i].n});
        ck_assert_msg(found == cases[i].want, "%s on %zu: %d", cases[i].pattern,
                      cases[i].n, found);
        arena_release(&arena);
    }
}
END_TEST

Suite *suite_cel_pattern(void)
{
    Suite *suite = suite_create("cel pattern");
    TCase *tc = tcase_create("pattern");
    tcase_add_loop_test(tc, patterns_match, 0, N_ITEMS(matches));
    tcase_add_loop_test(tc, patterns_are_refused, 0, N_ITEMS(refused));
    tcase_add_test(tc, patterns_are_limited);
    tcase_add_test(tc, searches_end);
    suite_add_tcase(suite, tc);
    return suite;
}
