/* Tests of the settings and credentials that environment and files give. */
#include "checker/aws/creds.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/file.h"

Suite *suite_creds(void);

enum { VARIABLES = 8 };

static struct arena arena;
static char folder[] = "/tmp/dr-creds-XXXXXX";
static const char *variables[VARIABLES][2];

static const char *environment(const char *name)
{
    for (size_t i = 0; i < VARIABLES && variables[i][0] != NULL; i++)
        if (strcmp(variables[i][0], name) == 0)
            return variables[i][1];
    return NULL;
}

static const char *write_file(const char *name, const char *text)
{
    struct err err;
    const char *path = str_fmt(&arena, "%s/%s", folder, name).p;
    ck_assert(file_write(path, str_of(text), true, &err));
    return path;
}

static const char config_text[] =
    "[default]\nregion = eu-west-1\nmax_attempts = 5\n"
    "[profile alpha]\n"
    "aws_access_key_id = CONFIGID\naws_secret_access_key = configsecret\n"
    "endpoint_url = https://own\nservices = some\nca_bundle = /b.pem\n"
    "[profile half]\naws_access_key_id = X\n"
    "[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = alpha\n"
    "aws_access_key_id = X\naws_secret_access_key = Y\n"
    "[profile sso]\nsso_session = corp\n"
    "[profile process]\ncredential_process = /bin/tool\n"
    "[profile web]\nweb_identity_token_file = /t\n"
    "[profile plain]\nendpoint_url = http://example.com\n"
    "[profile lost]\nservices = nowhere\n"
    "[services some]\nredshift_serverless =\n  endpoint_url = https://rs\n";

static const char credentials_text[] =
    "[default]\naws_access_key_id = FILEID\n"
    "aws_secret_access_key = filesecret\naws_session_token = filetoken\n"
    "[alpha]\naws_access_key_id = ALPHAID\n"
    "aws_secret_access_key = alphasecret\n";

static void set_up(void)
{
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    memset(variables, 0, sizeof(variables));
    variables[0][0] = "AWS_CONFIG_FILE";
    variables[0][1] = write_file("config", config_text);
    variables[1][0] = "AWS_SHARED_CREDENTIALS_FILE";
    variables[1][1] = write_file("credentials", credentials_text);
}

static void tear_down(void)
{
    unlink(str_fmt(&arena, "%s/config", folder).p);
    unlink(str_fmt(&arena, "%s/credentials", folder).p);
    rmdir(folder);
    arena_release(&arena);
}

static void set_variable(const char *name, const char *value)
{
    size_t i = 0;
    while (variables[i][0] != NULL && strcmp(variables[i][0], name) != 0)
        i++;
    ck_assert_uint_lt(i, VARIABLES);
    variables[i][0] = name;
    variables[i][1] = value;
}

static struct aws_config configured(const char *profile, const char *url)
{
    struct aws_config config;
    struct err err = {0};
    bool is_ok = aws_configure(&arena, environment, str_of(profile),
                               str_of(url), &config, &err);
    ck_assert_msg(is_ok, "%.*s", STRF(err_text(&arena, &err)));
    return config;
}

static void equals(struct str got, const char *want)
{
    ck_assert_msg(str_is(got, want), "got '%.*s', want '%s'", STRF(got), want);
}

START_TEST(default_profile)
{
    struct aws_config config = configured(NULL, NULL);
    equals(config.profile, "default");
    equals(config.region, "eu-west-1");
    equals(config.credentials.access_key_id, "FILEID");
    equals(config.credentials.secret_access_key, "filesecret");
    equals(config.credentials.session_token, "filetoken");
    ck_assert_str_eq(config.credentials.source, "profile 'default'");
    ck_assert_int_eq(config.max_attempts, 5);
    ck_assert_uint_eq(config.endpoint_urls.n, 0);
}
END_TEST

/* The credentials file goes before the config file. */
START_TEST(named_profile)
{
    set_variable("AWS_PROFILE", "alpha");
    struct aws_config config = configured(NULL, NULL);
    equals(config.credentials.access_key_id, "ALPHAID");
    equals(config.credentials.session_token, "");
    equals(config.ca_bundle, "/b.pem");
    equals(config.region, "");
    ck_assert_int_eq(config.max_attempts, 3);
    ck_assert_str_eq(map_get(&config.endpoint_urls, STR("")), "https://own");
    ck_assert_str_eq(map_get(&config.endpoint_urls, STR("redshift_serverless")),
                     "https://rs");
    ck_assert(config.environment == environment);
}
END_TEST

START_TEST(environment_goes_first)
{
    set_variable("AWS_ACCESS_KEY_ID", "ENVID");
    set_variable("AWS_SECRET_ACCESS_KEY", "envsecret");
    set_variable("AWS_PROFILE", "alpha");
    set_variable("AWS_REGION", "us-east-1");
    set_variable("AWS_ENDPOINT_URL", "https://env");
    struct aws_config config = configured(NULL, NULL);
    equals(config.credentials.access_key_id, "ENVID");
    equals(config.credentials.session_token, "");
    ck_assert_str_eq(config.credentials.source, "environment");
    equals(config.region, "us-east-1");
    ck_assert_str_eq(map_get(&config.endpoint_urls, STR("")), "https://env");
    ck_assert_uint_eq(config.endpoint_urls.n, 1);
}
END_TEST

/* As in the CLI: --profile means that profile's keys. */
START_TEST(command_line_goes_before_environment)
{
    set_variable("AWS_ACCESS_KEY_ID", "ENVID");
    set_variable("AWS_SECRET_ACCESS_KEY", "envsecret");
    set_variable("AWS_ENDPOINT_URL", "https://env");
    struct aws_config config = configured("alpha", "http://localhost:1");
    equals(config.credentials.access_key_id, "ALPHAID");
    ck_assert_str_eq(map_get(&config.endpoint_urls, STR("")),
                     "http://localhost:1");
    ck_assert_uint_eq(config.endpoint_urls.n, 1);
    ck_assert(config.environment == NULL);
}
END_TEST

START_TEST(endpoints_can_be_ignored)
{
    set_variable("AWS_PROFILE", "alpha");
    set_variable("AWS_ENDPOINT_URL", "https://env");
    set_variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE");
    struct aws_config config = configured(NULL, NULL);
    ck_assert_uint_eq(config.endpoint_urls.n, 0);
    ck_assert(config.environment == NULL);
}
END_TEST

/* What is wrong with a profile, and that nothing else is tried. */
static const struct {
    const char *variable, *value; /* beside the files' */
    const char *want;             /* FOLDER/config for @ */
    enum err_code code;
} failures[] = {
    {"AWS_PROFILE", "alhpa", "unknown profile 'alhpa', did you mean 'alpha'?",
     ERR_INPUT},
    {"AWS_PROFILE", "half",
     "@:11: no usable credentials: profile 'half' has an aws_access_key_id, "
     "but no aws_secret_access_key",
     ERR_DENIED},
    {"AWS_PROFILE", "role",
     "@:13: no usable credentials: profile 'role' takes its credentials from "
     "a role to assume (role_arn), which is not supported yet",
     ERR_DENIED},
    {"AWS_PROFILE", "sso",
     "@:18: no usable credentials: profile 'sso' takes its credentials from "
     "IAM Identity Center (SSO) (sso_session), which is not supported yet",
     ERR_DENIED},
    {"AWS_PROFILE", "process",
     "@:20: no usable credentials: profile 'process' takes its credentials "
     "from a credential process (credential_process), which is not supported "
     "yet",
     ERR_DENIED},
    {"AWS_PROFILE", "web",
     "@:22: no usable credentials: profile 'web' takes its credentials from a "
     "web identity token (web_identity_token_file), which is not supported "
     "yet",
     ERR_DENIED},
    {"AWS_PROFILE", "plain",
     "@:24: the endpoint URL 'http://example.com' would send credentials over "
     "plain http to another machine: use https",
     ERR_USAGE},
    {"AWS_PROFILE", "lost", "@:26: there is no section [services nowhere]",
     ERR_INPUT},
    {"AWS_MAX_ATTEMPTS", "0",
     "'0' is no number of attempts (AWS_MAX_ATTEMPTS or max_attempts): 1 to "
     "100",
     ERR_INPUT},
    {"AWS_ACCESS_KEY_ID", "X",
     "no usable credentials: AWS_ACCESS_KEY_ID is set, but not "
     "AWS_SECRET_ACCESS_KEY",
     ERR_DENIED},
    {"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/c",
     "no credentials: looked at the environment (AWS_ACCESS_KEY_ID), the "
     "profile 'default' of /nonexistent/c and @",
     ERR_DENIED},
};

START_TEST(failure_is_clear)
{
    struct aws_config config;
    struct err err = {0};
    set_variable(failures[_i].variable, failures[_i].value);
    ck_assert(!aws_configure(&arena, environment, (struct str){0},
                             (struct str){0}, &config, &err));
    struct str got = err_text(&arena, &err), want = str_of(failures[_i].want);
    size_t at = str_find(want, STR("@"), 0);
    if (at != SIZE_MAX)
        want = str_fmt(&arena, "%.*s%s/config%.*s", STRF(str_sub(want, 0, at)),
                       folder, STRF(str_sub(want, at + 1, want.n)));
    ck_assert_msg(str_eq(got, want), "got:  %.*s\nwant: %.*s", STRF(got),
                  STRF(want));
    ck_assert_int_eq(err.code, failures[_i].code);
    ck_assert_uint_eq(config.credentials.secret_access_key.n, 0);
}
END_TEST

START_TEST(secrets_are_wiped)
{
    struct aws_config config = configured(NULL, NULL);
    struct str secret = config.credentials.secret_access_key;
    equals(secret, "filesecret");
    aws_config_wipe(&config);
    for (size_t i = 0; i < secret.n; i++)
        ck_assert_int_eq(secret.p[i], 0);
    ck_assert_uint_eq(config.credentials.secret_access_key.n, 0);
}
END_TEST

Suite *suite_creds(void)
{
    Suite *suite = suite_create("creds");
    TCase *tc = tcase_create("creds");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, default_profile);
    tcase_add_test(tc, named_profile);
    tcase_add_test(tc, environment_goes_first);
    tcase_add_test(tc, command_line_goes_before_environment);
    tcase_add_test(tc, endpoints_can_be_ignored);
    tcase_add_loop_test(tc, failure_is_clear, 0, N_ITEMS(failures));
    tcase_add_test(tc, secrets_are_wiped);
    suite_add_tcase(suite, tc);
    return suite;
}
