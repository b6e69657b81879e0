/* Tests of errors, of diagnostics with their caret, and of "did you mean". */
#include <check.h>
#include <string.h>

#include "checker/base/err.h"
#include "tests/unit/base/expect.h"

Suite *suite_err(void);

static struct arena arena;

static void release(void)
{
    arena_release(&arena);
}

START_TEST(an_error_is_printed_outermost_first)
{
    struct err err;
    struct span at = {.file = "kms.yaml", .line = 12, .col = 3};
    ck_assert(!err_set_at(&err, ERR_INPUT, at, "unknown key '%s'", "severty"));
    ck_assert(!err_add(&err, "cannot load rule pack"));
    ck_assert(!err_add(&err, "cannot start"));
    ck_assert_int_eq(err.code, ERR_INPUT);
    EXPECT_TEXT("three lines", err_text(&arena, &err),
                STR("kms.yaml:12:3: cannot start: cannot load rule pack: "
                    "unknown key 'severty'"));
}
END_TEST

START_TEST(an_error_names_as_much_of_its_place_as_is_known)
{
    struct err err;
    err_set_at(&err, ERR_PARSE, (struct span){.file = "a"}, "x");
    EXPECT_TEXT("file", err_text(&arena, &err), STR("a: x"));
    err_set_at(&err, ERR_PARSE, (struct span){.file = "a", .line = 2}, "x");
    EXPECT_TEXT("line", err_text(&arena, &err), STR("a:2: x"));
    err_set(&err, ERR_NET, "x");
    EXPECT_TEXT("none", err_text(&arena, &err), STR("x"));
}
END_TEST

START_TEST(an_error_is_bounded_and_safe_to_print)
{
    struct err err;
    char longest[2000];
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    err_set(&err, ERR_NET, "%s", longest);
    for (int i = 0; i < 20; i++)
        err_add(&err, "line %d", i);
    ck_assert_uint_eq(err.depth, ERR_LINES);
    ck_assert_uint_eq(strlen(err.line[0]), ERR_WIDTH - 1);
    err_set(&err, ERR_NET, "no \x1B[31mred\n\x9B and\tno \xC2\x9B");
    EXPECT_TEXT("controls", err_text(&arena, &err),
                STR("no ?[31mred?? and no ?"));
}
END_TEST

/* One diagnostic and all that is printed for it. */
static const struct {
    const char *name, *text;
    struct span at;
    struct str hint;
    const char *message, *want;
} carets[] = {
    {"hint",
     "rule: 1\nexpr: subject.StorageEncryptd\n",
     {"x.yaml", 2, 15, 15},
     STR_INIT("did you mean 'StorageEncrypted'?"),
     "no such field",
     "x.yaml:2:15: error: no such field\n"
     "    2 | expr: subject.StorageEncryptd\n"
     "      |               ^~~~~~~~~~~~~~~ did you mean "
     "'StorageEncrypted'?\n"},
    {"no hint, CRLF",
     "a: b\r\nc: d\r\n",
     {"x.yaml", 1, 4, 1},
     {0},
     "m",
     "x.yaml:1:4: error: m\n"
     "    1 | a: b\n"
     "      |    ^\n"},
    {"characters, tabs and controls",
     "\xE9\x8D\xB5\t\x1B\x7F\xC2\x85\xFF\xE2\x80\xAEz\n",
     {"x.yaml", 1, 8, 1},
     {0},
     "bad \x1B]0;t\x07 name",
     "x.yaml:1:8: error: bad ?]0;t? name\n"
     "    1 | \xE9\x8D\xB5 ?????z\n"
     "      |        ^\n"},
    {"a hint is safe, too",
     "a\n",
     {"x.yaml", 1, 1, 1},
     STR_INIT("use \x1B[2J"),
     "m",
     "x.yaml:1:1: error: m\n"
     "    1 | a\n"
     "      | ^ use ?[2J\n"},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "ab: c\n",
     {"x.yaml", 1, 2, 1},
     {0},
     "m",
     "x.yaml:1:2: error: m\n"
     "    1 | ab: c\n"
     "      |  ^\n"},
    {"at the end",
     "a: b",
     {"x.yaml", 1, 5, 1},
     {0},
     "m",
     "x.yaml:1:5: error: m\n"
     "    1 | a: b\n"
     "      |     ^\n"},
    {"a line that is not there",
     "a\n",
     {"x.yaml", 9, 1, 1},
     {0},
     "m",
     "x.yaml:9:1: error: m\n"
     "    9 | \n"
     "      | ^\n"},
    {"no place",
     "a\n",
     {"x.yaml", 0, 0, 0},
     STR_INIT("use b"),
     "m",
     "x.yaml: error: m\n"
     "      | use b\n"},
};

START_TEST(a_diagnostic_shows_its_place)
{
    struct source source = {"x.yaml", str_of(carets[_i].text)};
    struct diags diags = {.arena = &arena};
    struct buf out = {0};
    ck_assert(!diag_add(&diags, DIAG_ERROR, &source, carets[_i].at,
                        carets[_i].hint, "%s", carets[_i].message));
    diags_print(&out, &diags);
    EXPECT_TEXT(carets[_i].name, buf_str(&out), str_of(carets[_i].want));
    buf_release(&out);
}
END_TEST

START_TEST(a_long_line_is_cut_around_the_caret)
{
    char line[401];
    memset(line, '.', 400);
    line[400] = '\0';
    line[199] = 'X';
    struct source source = {"x.yaml", str_of(line)};
    struct diags diags = {.arena = &arena};
    struct buf out = {0}, want = {0};
    diag_add(&diags, DIAG_WARNING, &source, (struct span){"x.yaml", 1, 200, 1},
             (struct str){0}, "m");
    diags_print(&out, &diags);
    buf_adds(&want, "x.yaml:1:200: warning: m\n    1 | \xE2\x80\xA6");
    for (int i = 0; i < 100; i++)
        buf_addc(&want, i == 60 ? 'X' : '.');
    buf_adds(&want, "\xE2\x80\xA6\n      | ");
    for (int i = 0; i < 61; i++)
        buf_addc(&want, ' ');
    buf_adds(&want, "^\n");
    EXPECT_TEXT("long line", buf_str(&out), buf_str(&want));
    buf_release(&out);
    buf_release(&want);
}
END_TEST

START_TEST(diagnostics_are_sorted_and_limited_by_file)
{
    struct source a = {"a", STR("1\n2\n3\n")}, b = {"b", STR("1\n")};
    struct diags diags = {.arena = &arena};
    struct buf out = {0};
    diag_add(&diags, DIAG_ERROR, &b, (struct span){"b", 1, 1, 1},
             (struct str){0}, "first");
    diag_add(&diags, DIAG_ERROR, &a, (struct span){"a", 3, 1, 1},
             (struct str){0}, "third");
    diag_add(&diags, DIAG_WARNING, &a, (struct span){"a", 2, 1, 1},
             (struct str){0}, "second");
    diags_print(&out, &diags);
    EXPECT_TEXT("sorted", buf_str(&out),
                STR("b:1:1: error: first\n    1 | 1\n      | ^\n"
                    "a:2:1: warning: second\n    2 | 2\n      | ^\n"
                    "a:3:1: error: third\n    3 | 3\n      | ^\n"));
    for (int i = 0; i < 30; i++)
        diag_add(&diags, DIAG_ERROR, &a, (struct span){"a", 1, 1, 1},
                 (struct str){0}, "again");
    ck_assert_uint_eq(diags.n_errors, 32);
    ck_assert_uint_eq(diags.n_dropped, 11);
    buf_reset(&out);
    diags_print(&out, &diags);
    ck_assert(str_ends(buf_str(&out), STR("and 11 more errors\n")));
    buf_release(&out);
}
END_TEST

static const struct {
    const char *word, *want;
} near_words[] = {
    {"severty", "severity"},
    {"severiyt", "severity"}, /* swapped letters cost one */
    {"sev", ""},
    {"titel", "title"},
    {"tite", "tile"}, /* title, tile, tithe are all one away: by name */
    {"id", "id"},
    {"xy", ""}, /* as far as it is long */
    {"owner-of-this-text", ""},
    {"StorageEncryptd", "StorageEncrypted"},
    {"EncryptedStorage", ""},
    {"", ""},
};

START_TEST(the_nearest_word_is_offered)
{
    static const struct str candidates[] = {
        STR_INIT("title"),    STR_INIT("tile"),  STR_INIT("tote-bag"),
        STR_INIT("severity"), STR_INIT("id"),    STR_INIT("StorageEncrypted"),
        STR_INIT(""),         STR_INIT("tithe"),
    };
    const char *word = near_words[_i].word, *want = near_words[_i].want;
    EXPECT_TEXT(word, nearest(str_of(word), candidates, N_ITEMS(candidates)),
                str_of(want));
    struct str question = want[0] != '\0'
                              ? str_fmt(&arena, "did you mean '%s'?", want)
                              : (struct str){0};
    EXPECT_TEXT(
        word,
        did_you_mean(&arena, str_of(word), candidates, N_ITEMS(candidates)),
        question);
}
END_TEST

START_TEST(a_third_of_a_long_word_may_differ)
{
    static const struct str twelve[] = {STR_INIT("abcdefghijkl")};
    EXPECT_TEXT("four of twelve", nearest(STR("abcdefghWXYZ"), twelve, 1),
                twelve[0]);
    EXPECT_TEXT("five of twelve", nearest(STR("abcdefgVWXYZ"), twelve, 1),
                STR(""));
    EXPECT_TEXT("three of eleven: rounded down",
                nearest(STR("abcdefgWXYZ"), twelve, 1), STR(""));
}
END_TEST

Suite *suite_err(void)
{
    Suite *suite = suite_create("err");
    TCase *tc = tcase_create("err");
    tcase_add_checked_fixture(tc, NULL, release);
    tcase_add_test(tc, an_error_is_printed_outermost_first);
    tcase_add_test(tc, an_error_names_as_much_of_its_place_as_is_known);
    tcase_add_test(tc, an_error_is_bounded_and_safe_to_print);
    tcase_add_loop_test(tc, a_diagnostic_shows_its_place, 0, N_ITEMS(carets));
    tcase_add_test(tc, a_long_line_is_cut_around_the_caret);
    tcase_add_test(tc, diagnostics_are_sorted_and_limited_by_file);
    tcase_add_loop_test(tc, the_nearest_word_is_offered, 0,
                        N_ITEMS(near_words));
    tcase_add_test(tc, a_third_of_a_long_word_may_differ);
    suite_add_tcase(suite, tc);
    return suite;
}
