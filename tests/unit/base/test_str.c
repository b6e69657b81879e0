/* Tests of texts, UTF-8 and the growing buffer. */
#include <check.h>
#include <string.h>

#include "checker/base/str.h"
#include "tests/unit/base/expect.h"

Suite *suite_str(void);

START_TEST(texts_compare_by_bytes)
{
    ck_assert(str_eq(STR(""), (struct str){0}));
    ck_assert(!str_eq(STR("a"), STR("a\0")));
    ck_assert(str_is(STR("abc"), "abc"));
    ck_assert(str_is((struct str){0}, NULL));
    ck_assert_int_lt(str_cmp(STR("a"), STR("ab")), 0);
    ck_assert_int_gt(str_cmp(STR("\xC3\xA9"), STR("z")), 0);
    ck_assert_int_eq(str_cmp(STR("a\0b"), STR("a\0b")), 0);
    ck_assert(str_starts(STR("subject.id"), STR("subject.")));
    ck_assert(!str_starts(STR("sub"), STR("subject")));
    ck_assert(str_ends(STR("x.yaml"), STR(".yaml")));
    ck_assert(!str_ends(STR("yaml"), STR("x.yaml")));
    ck_assert(str_contains(STR("abc"), STR("")));
}
END_TEST

static const struct {
    const char *text, *part;
    size_t from, want;
} finds[] = {
    {"abcabc", "bc", 0, 1},
    {"abcabc", "bc", 2, 4},
    {"abcabc", "bc", 5, SIZE_MAX},
    {"aaab", "aab", 0, 1},
    {"abc", "", 3, 3},
    {"abc", "", 4, SIZE_MAX},
    {"", "a", 0, SIZE_MAX},
    {"", "", 0, 0},
    {"ab", "abc", 0, SIZE_MAX},
    {"abc", "c", SIZE_MAX, SIZE_MAX},
};

START_TEST(a_part_is_found)
{
    ck_assert_uint_eq(str_find(str_of(finds[_i].text), str_of(finds[_i].part),
                               finds[_i].from),
                      finds[_i].want);
}
END_TEST

START_TEST(parts_are_clamped_and_trimmed)
{
    EXPECT_TEXT("middle", str_sub(STR("abcd"), 1, 3), STR("bc"));
    EXPECT_TEXT("past the end", str_sub(STR("abcd"), 2, 99), STR("cd"));
    EXPECT_TEXT("backwards", str_sub(STR("abcd"), 3, 1), STR(""));
    EXPECT_TEXT("none", str_sub((struct str){0}, 1, 2), STR(""));
    EXPECT_TEXT("trim", str_trim(STR(" \t\r\na b\v\f ")), STR("a b"));
    EXPECT_TEXT("blank", str_trim(STR(" \n ")), STR(""));
}
END_TEST

static const struct {
    const char *text;
    size_t n;
    const char *parts[4];
} splits[] = {
    {"", 0, {0}},
    {"a", 1, {"a"}},
    {"a,b", 2, {"a", "b"}},
    {",", 2, {"", ""}},
    {"a,,b,", 4, {"a", "", "b", ""}},
};

START_TEST(a_text_is_split)
{
    struct str rest = str_of(splits[_i].text), part = STR("from before");
    size_t n = 0;
    while (str_split(&rest, ',', &part)) {
        ck_assert_uint_lt(n, splits[_i].n);
        EXPECT_TEXT(splits[_i].text, part, str_of(splits[_i].parts[n]));
        n++;
    }
    ck_assert_uint_eq(n, splits[_i].n);
}
END_TEST

static const struct {
    const char *pattern, *text;
    bool want;
} globs[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"*", "rds-x", true},
    {"rds-*", "rds-x", true},
    {"rds-*", "kms-x", false},
    {"*-key", "kms-key", true},
    {"a*b*c", "axxbyyc", true},
    {"a*b*c", "axxbyy", false},
    {"?", "", false},
    {"a?c", "abc", true},
    {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false},
    {"a*", "A", false},
    {"**", "x", true},
};

START_TEST(wildcards_match_the_whole_text)
{
    ck_assert_msg(str_glob(str_of(globs[_i].pattern), str_of(globs[_i].text)) ==
                      globs[_i].want,
                  "'%s' and '%s'", globs[_i].pattern, globs[_i].text);
}
END_TEST

static const struct {
    const char *text;
    bool is_ok;
    int64_t want;
} numbers[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"007", true, 7},
    {"9223372036854775807", true, INT64_MAX},
    {"-9223372036854775808", true, INT64_MIN},
    {"9223372036854775808", false, 0},
    {"-9223372036854775809", false, 0},
    {"99999999999999999999999", false, 0},
    {"", false, 0},
    {"-", false, 0},
    {"+1", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"0x1", false, 0},
    {"1.0", false, 0},
};

START_TEST(integers_are_read_whole_and_in_range)
{
    int64_t out = -77;
    bool is_ok = str_to_int(str_of(numbers[_i].text), &out);
    ck_assert_msg(is_ok == numbers[_i].is_ok, "'%s'", numbers[_i].text);
    ck_assert_int_eq(out, is_ok ? numbers[_i].want : -77);
}
END_TEST

START_TEST(copies_belong_to_the_arena)
{
    struct arena arena = {0};
    char original[] = "aBc\xC3\x89";
    struct str copy = str_dup(&arena, str_of(original));
    struct str lower = str_lower(&arena, copy);
    original[0] = 'x';
    EXPECT_TEXT("dup", copy, STR("aBc\xC3\x89"));
    EXPECT_TEXT("lower: ASCII only", lower, STR("abc\xC3\x89"));
    EXPECT_TEXT("cat", str_cat(&arena, STR("a"), STR("b")), STR("ab"));
    EXPECT_TEXT("cat of nothing",
                str_cat(&arena, (struct str){0}, (struct str){0}), STR(""));
    EXPECT_TEXT("fmt", str_fmt(&arena, "%d-%.*s", 7, STRF(STR("xy"))),
                STR("7-xy"));
    ck_assert_uint_eq(strlen(str_cstr(&arena, STR("abc"))), 3);
    ck_assert_int_eq(str_dup(&arena, STR("abc")).p[3], '\0');
    arena_release(&arena);
}
END_TEST

static const struct {
    const char *name;
    struct str bytes;
    int32_t point; /* -1: not valid */
} characters[] = {
    {"ASCII", STR_INIT("a"), 'a'},
    {"NUL", STR_INIT("\0"), 0},
    {"two bytes", STR_INIT("\xC3\xA9"), 0xE9},
    {"three bytes", STR_INIT("\xE9\x8D\xB5"), 0x9375},
    {"four bytes", STR_INIT("\xF0\x9F\x94\x91"), 0x1F511},
    {"the last", STR_INIT("\xF4\x8F\xBF\xBF"), 0x10FFFF},
    {"past the last", STR_INIT("\xF4\x90\x80\x80"), -1},
    {"overlong NUL", STR_INIT("\xC0\x80"), -1},
    {"overlong slash", STR_INIT("\xE0\x80\xAF"), -1},
    {"overlong in four", STR_INIT("\xF0\x80\x80\x80"), -1},
    {"surrogate", STR_INIT("\xED\xA0\x80"), -1},
    {"cut off", STR_INIT("\xE9\x8D"), -1},
    {"continuation alone", STR_INIT("\x80"), -1},
    {"no continuation", STR_INIT("\xC3("), -1},
    {"five bytes", STR_INIT("\xF8\x88\x80\x80\x80"), -1},
    {"0xFF", STR_INIT("\xFF"), -1},
};

START_TEST(utf8_is_decoded_and_encoded)
{
    size_t at = 0;
    struct str bytes = characters[_i].bytes;
    ck_assert_msg(utf8_next(bytes, &at) == characters[_i].point, "%s",
                  characters[_i].name);
    ck_assert(utf8_valid(bytes) == (characters[_i].point >= 0));
    if (characters[_i].point < 0) {
        ck_assert_uint_eq(at, 1);
        return;
    }
    char out[4];
    ck_assert_uint_eq(at, bytes.n);
    ck_assert_uint_eq(utf8_length(bytes), 1);
    EXPECT_TEXT(characters[_i].name,
                ((struct str){out, utf8_encode(out, characters[_i].point)}),
                bytes);
}
END_TEST

START_TEST(a_buffer_grows)
{
    struct buf buf = {0};
    EXPECT_TEXT("empty", buf_str(&buf), STR(""));
    for (int i = 0; i < 1000; i++) {
        buf_addf(&buf, "%03d", i);
        buf_addc(&buf, ' ');
    }
    ck_assert_uint_eq(buf.n, 4000);
    EXPECT_TEXT("begin", str_sub(buf_str(&buf), 0, 8), STR("000 001 "));
    EXPECT_TEXT("end", str_sub(buf_str(&buf), 3992, 4000), STR("998 999 "));
    buf_reset(&buf);
    buf_adds(&buf, "again");
    buf_add(&buf, (struct str){0});
    EXPECT_TEXT("again", buf_str(&buf), STR("again"));
    buf_release(&buf);
    ck_assert_ptr_null(buf.p);
}
END_TEST

START_TEST(a_full_buffer_takes_no_more)
{
    struct buf buf = {.limit = 4};
    buf_adds(&buf, "abc");
    ck_assert(!buf.is_full);
    buf_adds(&buf, "de");
    ck_assert(buf.is_full);
    buf_addc(&buf, 'd');
    buf_addf(&buf, "%d", 1);
    EXPECT_TEXT("full", buf_str(&buf), STR("abc"));
    buf_reset(&buf);
    buf_adds(&buf, "abcd");
    ck_assert(!buf.is_full);
    EXPECT_TEXT("to the limit", buf_str(&buf), STR("abcd"));
    buf_release(&buf);
}
END_TEST

START_TEST(bytes_are_written_as_hex)
{
    char out[7];
    str_hex(out, (const unsigned char[]){0x00, 0x9f, 0xf0}, 3);
    ck_assert_str_eq(out, "009ff0");
}
END_TEST

START_TEST(secrets_are_wiped)
{
    char secret[] = "wJalrXUtnFEMI";
    wipe(secret, sizeof(secret));
    for (size_t i = 0; i < sizeof(secret); i++)
        ck_assert_int_eq(secret[i], 0);
}
END_TEST

Suite *suite_str(void)
{
    Suite *suite = suite_create("str");
    TCase *tc = tcase_create("str");
    tcase_add_test(tc, texts_compare_by_bytes);
    tcase_add_loop_test(tc, a_part_is_found, 0, N_ITEMS(finds));
    tcase_add_test(tc, parts_are_clamped_and_trimmed);
    tcase_add_loop_test(tc, a_text_is_split, 0, N_ITEMS(splits));
    tcase_add_loop_test(tc, wildcards_match_the_whole_text, 0, N_ITEMS(globs));
    tcase_add_loop_test(tc, integers_are_read_whole_and_in_range, 0,
                        N_ITEMS(numbers));
    tcase_add_test(tc, copies_belong_to_the_arena);
    tcase_add_loop_test(tc, utf8_is_decoded_and_encoded, 0,
                        N_ITEMS(characters));
    tcase_add_test(tc, a_buffer_grows);
    tcase_add_test(tc, a_full_buffer_takes_no_more);
    tcase_add_test(tc, bytes_are_written_as_hex);
    tcase_add_test(tc, secrets_are_wiped);
    suite_add_tcase(suite, tc);
    return suite;
}
