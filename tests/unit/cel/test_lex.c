/* Tokens: literals, escapes, names, comments. */
#include "checker/cel/lex.h"
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_lex(void);

/* Plain CEL: what a literal is worth. */
static const struct support_case literals[] = {
    {"0x1F", "31"},
    {"0XfFu", "u255"},
    {"007", "7"},
    {"1e3", "1000"},
    {".5", "0.5"},
    {"1.5e-1", "0.15"},
    {"18446744073709551615u", "u18446744073709551615"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775808", "0: syntax error: number out of range"},
    {"18446744073709551616u", "0: syntax error: number out of range"},
    {"1e999", "0: syntax error: number out of range"},
    {"12ab", "0: syntax error: malformed number"},
    {"'a\\tb' == \"a\tb\"", "true"},
    {"'\\x41\\101\\u0041\\U00000041'", "\"AAAA\""},
    {"'\\u00e9' == '\xC3\xA9'", "true"},
    {"b'\\xC3\\xA9' == b'\xC3\xA9'", "true"},
    {"'\\ud800'", "0: syntax error: unknown escape"},
    {"'\\U00110000'", "0: syntax error: unknown escape"},
    {"b'\\u0041'", "0: syntax error: unknown escape"},
    {"'\\q'", "0: syntax error: unknown escape"},
    {"'\\400'", "0: syntax error: unknown escape"},
    {"r'\\d'", "\"\\d\""},
    {"R\"\\n\" == '\\\\n'", "true"},
    {"br'\\x' == rb'\\x'", "true"},
    {"'''a\n'b' ''c'''", "\"a\n'b' ''c\""},
    {"\"\"\"\"a\"\"\"", "\"\"a\""},
    {"''", "\"\""},
    {"''''''", "\"\""},
    {"'a\nb'", "0: syntax error: unclosed string"},
    {"'''ab''", "0: syntax error: unclosed string"},
    {"'ab", "0: syntax error: unclosed string"},
    {"'ab\\", "0: syntax error: unknown escape"},
    {"1 // 2\n + 3", "4"},
    {"1 // 2", "1"},
    {"{'a-b': 7}.`a-b`", "7"},
    {"{'in': 1}.`in`", "1"},
    {"{'a': 1}.`a", "9: syntax error: malformed quoted name"},
    {"1 # 2", "2: syntax error: unexpected character"},
    {"1 & 2", "2: syntax error: unexpected character"},
    {"1 \xC3\xA9 2", "2: syntax error: unexpected character"},
};

START_TEST(literals_are_read)
{
    support_check_plain(&literals[_i]);
}
END_TEST

/* A NUL is a character like others: an error outside of strings. */
START_TEST(text_may_hold_nul)
{
    struct arena arena = {0};
    struct lexer lexer = {.arena = &arena, .text = {"a\0b", 3}};
    struct token t = lex_next(&lexer);
    ck_assert_int_eq(t.kind, TOKEN_IDENT);
    ck_assert_uint_eq(t.to, 1);
    ck_assert_int_eq(lex_next(&lexer).kind, TOKEN_ERROR);
    lexer = (struct lexer){.arena = &arena, .text = {"'a\0b'", 5}};
    t = lex_next(&lexer);
    ck_assert_int_eq(t.kind, TOKEN_LITERAL);
    ck_assert_uint_eq(t.value.n, 3);
    ck_assert_int_eq(lex_next(&lexer).kind, TOKEN_END);
    ck_assert_int_eq(lex_next(&lexer).kind, TOKEN_END);
    arena_release(&arena);
}
END_TEST

/* Bytes that are no UTF-8 are a mistake in a string, not in bytes. */
START_TEST(strings_are_utf8)
{
    struct arena arena = {0};
    struct lexer lexer = {.arena = &arena, .text = STR("'\xFF'")};
    struct token t = lex_next(&lexer);
    ck_assert_int_eq(t.kind, TOKEN_ERROR);
    ck_assert_str_eq(t.error, "text that is not UTF-8");
    lexer = (struct lexer){.arena = &arena, .text = STR("b'\xFF'")};
    ck_assert_int_eq(lex_next(&lexer).kind, TOKEN_LITERAL);
    arena_release(&arena);
}
END_TEST

Suite *suite_cel_lex(void)
{
    Suite *suite = suite_create("cel lex");
    TCase *tc = tcase_create("lex");
    tcase_add_loop_test(tc, literals_are_read, 0, N_ITEMS(literals));
    tcase_add_test(tc, text_may_hold_nul);
    tcase_add_test(tc, strings_are_utf8);
    suite_add_tcase(suite, tc);
    return suite;
}
