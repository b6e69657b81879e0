/* Text for a terminal. */
#include <check.h>

#include "reports/terminal.h"

Suite *suite_terminal(void);

static const struct {
    const char *name;
    struct str source;
    const char *want;
} escapes[] = {
    {"plain", STR_INIT("orders"), "orders"},
    {"letters beyond ASCII", STR_INIT("Zürich 東京"), "Zürich 東京"},
    {"escape", STR_INIT("a\033[31mb"), "a\\x1b[31mb"},
    {"line end and tab", STR_INIT("a\nb\tc\r"), "a\\nb\\tc\\x0d"},
    {"NUL", STR_INIT("a\0b"), "a\\x00b"},
    {"delete", STR_INIT("\x7F"), "\\x7f"},
    {"C1 control",
     STR_INIT("\xC2\x9B"
              "31m"),
     "\\x9b31m"},
    {"right-to-left override",
     STR_INIT("\xE2\x80\xAE"
              "gpj"),
     "\\u{202e}gpj"},
    {"isolate", STR_INIT("\xE2\x81\xA6"), "\\u{2066}"},
    {"Arabic letter mark", STR_INIT("\xD8\x9C"), "\\u{61c}"},
    {"zero width space", STR_INIT("\xE2\x80\x8B"), "\\u{200b}"},
    {"line separator", STR_INIT("\xE2\x80\xA8"), "\\u{2028}"},
    {"byte order mark", STR_INIT("\xEF\xBB\xBF"), "\\u{feff}"},
    {"tag", STR_INIT("\xF3\xA0\x81\x81"), "\\u{e0041}"},
    {"no UTF-8",
     STR_INIT("a\xFF"
              "b"),
     "a\xEF\xBF\xBD"
     "b"},
    {"overlong", STR_INIT("\xC0\x9B"), "\xEF\xBF\xBD\xEF\xBF\xBD"},
};

START_TEST(escaped)
{
    struct buf out = {0};
    terminal_escape(&out, escapes[_i].source);
    ck_assert_msg(str_is(buf_str(&out), escapes[_i].want), "%s: %.*s",
                  escapes[_i].name, STRF(buf_str(&out)));
    buf_release(&out);
}
END_TEST

static const struct {
    const char *name, *text;
    unsigned indent;
    const char *lead;
    unsigned width;
    const char *want;
} wraps[] = {
    {"empty", "", 2, "- ", 20, "  - \n"},
    {"fits", "one two", 2, "", 9, "  one two\n"},
    {"one column short", "one two", 2, "", 8, "  one\n  two\n"},
    {"lead", "one two", 2, "- ", 8, "  - one\n    two\n"},
    {"long word", "a arn:aws:kms:somewhere b", 1, "", 8,
     " a\n arn:aws:kms:somewhere\n b\n"},
    {"white space", " a \n\t b ", 0, "", 80, "a b\n"},
    {"counts characters", "äöü äöü", 0, "", 7, "äöü äöü\n"},
    {"counts escapes", "a\033 b", 0, "", 6, "a\\x1b\nb\n"},
};

START_TEST(wrapped)
{
    struct buf out = {0};
    terminal_wrap(&out, str_of(wraps[_i].text), wraps[_i].indent,
                  wraps[_i].lead, wraps[_i].width);
    ck_assert_msg(str_is(buf_str(&out), wraps[_i].want), "%s: '%.*s'",
                  wraps[_i].name, STRF(buf_str(&out)));
    buf_release(&out);
}
END_TEST

START_TEST(styled_only_when_asked)
{
    struct buf out = {0};
    terminal_styled(&out, false, STYLE_BAD, STR("x"));
    terminal_styled(&out, true, STYLE_BAD, STR("y\033"));
    terminal_styled(&out, true, STYLE_PLAIN, STR("z"));
    ck_assert(str_is(buf_str(&out), "x\033[31my\\x1b\033[0mz"));
    buf_release(&out);
}
END_TEST

Suite *suite_terminal(void)
{
    Suite *suite = suite_create("terminal");
    TCase *tc = tcase_create("terminal");
    tcase_add_loop_test(tc, escaped, 0, (int)N_ITEMS(escapes));
    tcase_add_loop_test(tc, wrapped, 0, (int)N_ITEMS(wraps));
    tcase_add_test(tc, styled_only_when_asked);
    suite_add_tcase(suite, tc);
    return suite;
}
