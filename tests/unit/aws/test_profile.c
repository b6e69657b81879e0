/* Tests of the reader of ~/.aws/config and ~/.aws/credentials. */
#include "checker/aws/profile.h"

#include <check.h>

Suite *suite_profile(void);

static struct arena arena;

static void tear_down(void)
{
    arena_release(&arena);
}

static struct profile_file parsed(const char *text, bool is_credentials)
{
    struct profile_file file;
    struct err err = {0};
    bool is_ok = profile_parse(&arena, "f", str_dup(&arena, str_of(text)),
                               is_credentials, &file, &err);
    ck_assert_msg(is_ok, "%.*s", STRF(err_text(&arena, &err)));
    return file;
}

static const char config[] = "\xEF\xBB\xBF# a comment\n"
                             "[default]\r\n"
                             "region=eu-west-1 ; here\r\n"
                             "\n"
                             "[profile  two]\n"
                             "Region = us-east-1\n"
                             "region =   ap-south-1\n"
                             "empty =\n"
                             "s3 =\n"
                             "  max = 5\n"
                             "\t# inside\n"
                             "ca_bundle = /a#b\n"
                             "    more\n"
                             "[profile \"with blank\"]\n"
                             "endpoint_url = http://localhost/?a=b\n"
                             "[services x]\n"
                             "rds =\n"
                             "  Endpoint_URL = https://h\n"
                             "[ignored]\n"
                             "region = no\n";

static const struct {
    const char *kind, *section, *key, *want; /* NULL: there is none */
    unsigned line;
} settings[] = {
    {"profile", "default", "region", "eu-west-1", 3},
    {"profile", "two", "region", "ap-south-1", 7},
    {"profile", "two", "empty", NULL, 0},
    {"profile", "two", "s3.max", "5", 10},
    {"profile", "two", "ca_bundle", "/a#b", 12},
    {"profile", "with blank", "endpoint_url", "http://localhost/?a=b", 15},
    {"services", "x", "rds.endpoint_url", "https://h", 18},
    {"profile", "ignored", "region", NULL, 0},
    {"profile", "x", "rds", NULL, 0},
};

START_TEST(settings_are_found)
{
    struct profile_file file = parsed(config, false);
    const struct profile_setting *got = profile_get(
        profile_find(&file, settings[_i].kind, str_of(settings[_i].section)),
        settings[_i].key);
    if (settings[_i].want == NULL) {
        ck_assert_ptr_null(got);
        return;
    }
    ck_assert_ptr_nonnull(got);
    ck_assert_msg(str_is(got->value, settings[_i].want), "%.*s",
                  STRF(got->value));
    ck_assert_uint_eq(got->at.line, settings[_i].line);
}
END_TEST

START_TEST(credentials_have_bare_names)
{
    struct profile_file file = parsed("[a b]\nx=1\n[profile c]\nx=2\n", true);
    ck_assert_ptr_nonnull(profile_find(&file, "profile", STR("a b")));
    ck_assert_ptr_nonnull(profile_find(&file, "profile", STR("profile c")));
    ck_assert_ptr_null(profile_find(&file, "profile", STR("c")));
}
END_TEST

static const struct {
    const char *text, *want;
} mistakes[] = {
    {"[default\n", "f:1: a section's name is not closed with ']'"},
    {"[a]\n\nregion\n", "f:3: neither '[SECTION]' nor 'KEY = VALUE'"},
    {"[a]\n = x\n", "f:2: neither '[SECTION]' nor 'KEY = VALUE'"},
    {"\nregion = x\n", "f:2: 'region' stands before the first section"},
};

START_TEST(mistakes_have_a_place)
{
    struct profile_file file;
    struct err err = {0};
    ck_assert(!profile_parse(&arena, "f", str_of(mistakes[_i].text), false,
                             &file, &err));
    ck_assert_int_eq(err.code, ERR_INPUT);
    struct str got = err_text(&arena, &err);
    ck_assert_msg(str_is(got, mistakes[_i].want), "%.*s", STRF(got));
}
END_TEST

START_TEST(texts_are_wiped)
{
    struct profile_files files = {.credentials =
                                      parsed("[a]\nk=secret\n", true)};
    struct str value = profile_get(&files.credentials.sections[0], "k")->value;
    ck_assert(str_is(value, "secret"));
    profile_files_wipe(&files);
    for (size_t i = 0; i < value.n; i++)
        ck_assert_int_eq(value.p[i], 0);
}
END_TEST

Suite *suite_profile(void)
{
    Suite *suite = suite_create("profile");
    TCase *tc = tcase_create("profile");
    tcase_add_checked_fixture(tc, NULL, tear_down);
    tcase_add_loop_test(tc, settings_are_found, 0, N_ITEMS(settings));
    tcase_add_test(tc, credentials_have_bare_names);
    tcase_add_loop_test(tc, mistakes_have_a_place, 0, N_ITEMS(mistakes));
    tcase_add_test(tc, texts_are_wiped);
    suite_add_tcase(suite, tc);
    return suite;
}
