/* Tests of endpoint URLs and of the partitions' data. */
#include "checker/aws/endpoint.h"

#include <check.h>
#include <string.h>

Suite *suite_endpoint(void);

static struct arena arena;
static struct aws_regions *regions;

static void set_up(void)
{
    struct diags diags = {.arena = &arena};
    ck_assert(aws_regions_load(&arena, &regions, &diags));
}

static void tear_down(void)
{
    arena_release(&arena);
}

static const struct {
    const char *region, *partition;
    bool is_opt_in;
} places[] = {
    {"us-east-1", "aws", false},
    {"ap-northeast-3", "aws", false},
    {"ap-east-1", "aws", true},
    {"mx-central-1", "aws", true},
    {"cn-northwest-1", "aws-cn", false},
    {"us-gov-east-1", "aws-us-gov", false},
    {"eusc-de-east-1", "aws-eusc", false},
    {"us-iso-west-1", "aws-iso", false},
    {"us-isob-west-1", "aws-iso-b", false},
    {"eu-isoe-west-1", "aws-iso-e", false},
    {"us-isof-south-1", "aws-iso-f", false},
    {"aws-global", "", false},
    {"us-east-9", "", false},
    {"", "", false},
};

START_TEST(regions_are_known)
{
    struct str region = str_of(places[_i].region);
    struct str partition = aws_partition_of(regions, region);
    ck_assert_msg(str_is(partition, places[_i].partition), "%.*s: %.*s",
                  STRF(region), STRF(partition));
    ck_assert_int_eq(aws_region_is_opt_in(regions, region),
                     places[_i].is_opt_in);
}
END_TEST

START_TEST(names_are_sorted)
{
    size_t n, n_aws = 0;
    const struct str *names = aws_region_names(regions, &n);
    ck_assert_uint_eq(n, 46);
    for (size_t i = 0; i < n; i++) {
        n_aws += str_is(aws_partition_of(regions, names[i]), "aws");
        if (i > 0)
            ck_assert_int_lt(str_cmp(names[i - 1], names[i]), 0);
    }
    ck_assert_uint_eq(n_aws, 34);
}
END_TEST

static const char *const bad_files[] = {
    "x: 1\n",
    "partitions: 1\n",
    "partitions:\n  aws:\n    suffix: s\n",
    "partitions:\n  aws:\n    suffix: s\n    regions: [a]\n",
    "partitions:\n  aws:\n    suffix: s\n    regions:\n      a: maybe\n",
};

START_TEST(bad_file_is_refused)
{
    struct source source = {"p.yaml", str_of(bad_files[_i])};
    struct diags diags = {.arena = &arena};
    struct aws_regions *none = NULL;
    ck_assert(!aws_regions_read(&arena, &source, &none, &diags));
    ck_assert_uint_eq(diags.n_errors, 1);
    ck_assert_ptr_null(none);
}
END_TEST

static const struct {
    const char *url, *want, *host, *path;
} urls[] = {
    {"https://example.com", "https://example.com/", "example.com", "/"},
    {"https://EXAMPLE.com:443/", "https://example.com/", "example.com", "/"},
    {"https://h:8443/a/b/", "https://h:8443/a/b/", "h:8443", "/a/b/"},
    {"http://127.0.0.1:5555", "http://127.0.0.1:5555/", "127.0.0.1:5555", "/"},
    {"http://127.255.0.10/x", "http://127.255.0.10/x/", "127.255.0.10", "/x/"},
    {"http://LocalHost:80", "http://localhost/", "localhost", "/"},
    {"http://[::1]:4566", "http://[::1]:4566/", "[::1]:4566", "/"},
    {"https://[2001:db8::1]", "https://[2001:db8::1]/", "[2001:db8::1]", "/"},
};

START_TEST(url_is_read)
{
    struct aws_endpoint got;
    struct err err = {0};
    bool is_ok = aws_endpoint_read(&arena, str_of(urls[_i].url), &got, &err);
    ck_assert_msg(is_ok, "%.*s", STRF(err_text(&arena, &err)));
    ck_assert_msg(str_is(got.url, urls[_i].want), "%.*s", STRF(got.url));
    ck_assert_msg(str_is(got.host, urls[_i].host), "%.*s", STRF(got.host));
    ck_assert_msg(str_is(got.path, urls[_i].path), "%.*s", STRF(got.path));
}
END_TEST

/* Whether a URL is malformed or would tell the keys to the network. */
static const struct {
    const char *url;
    bool is_plain;
} bad_urls[] = {
    {"http://10.0.0.1", true},
    {"http://example.com/", true},
    {"http://127.0.0.1.example.com", true},
    {"http://127.1", true},
    {"http://127.0.0.1.1", true},
    {"http://127.0.0.256", true},
    {"http://127.0.0.1.", true},
    {"http://127.00.0.1", true},
    {"http://128.0.0.1", true},
    {"http://localhost.evil", true},
    {"http://[::2]", true},
    {"http://[::ffff:127.0.0.1]", true},
    {"", false},
    {"ftp://localhost", false},
    {"localhost:5555", false},
    {"https://", false},
    {"https:///x", false},
    {"https://user@h", false},
    {"https://u:p@h", false},
    {"http://localhost@evil.com", false},
    {"https://h:0", false},
    {"https://h:65536", false},
    {"https://h:x", false},
    {"https://h:", false},
    {"https://h/?a", false},
    {"https://h/#a", false},
    {"https://h /", false},
    {"https://h/a\"b", false},
    {"https://[::1", false},
    {"https://[]", false},
    {"https://h\\x", false},
};

START_TEST(url_is_refused)
{
    struct aws_endpoint got;
    struct err err = {0};
    struct str url = str_of(bad_urls[_i].url);
    ck_assert_msg(!aws_endpoint_read(&arena, url, &got, &err), "%.*s",
                  STRF(url));
    ck_assert_int_eq(err.code, ERR_USAGE);
    struct str text = err_text(&arena, &err);
    ck_assert_msg(str_contains(text, url), "%.*s", STRF(text));
    ck_assert_msg(str_contains(text, STR("plain http")) ==
                      bad_urls[_i].is_plain,
                  "%.*s", STRF(text));
}
END_TEST

static const char *variable(const char *name)
{
    return strcmp(name, "AWS_ENDPOINT_URL_REDSHIFT_SERVERLESS") == 0
               ? "https://from.variable"
               : NULL;
}

static char url_all[] = "https://all", url_kms[] = "https://kms";

/* An endpoint by variable, by service, for all, and the usual one. */
static const struct {
    const char *service, *region, *want;
    bool has_all;
} services[] = {
    {"redshift-serverless", "eu-west-1", "https://from.variable/", true},
    {"kms", "eu-west-1", "https://kms/", true},
    {"rds", "nowhere-1", "https://all/", true},
    {"rds", "eu-west-1", "https://rds.eu-west-1.amazonaws.com/", false},
    {"rds", "cn-north-1", "https://rds.cn-north-1.amazonaws.com.cn/", false},
};

START_TEST(service_has_endpoint)
{
    struct aws_config settings = {.environment = variable,
                                  .endpoint_urls = {.arena = &arena}};
    map_put(&settings.endpoint_urls, STR("kms"), url_kms);
    if (services[_i].has_all)
        map_put(&settings.endpoint_urls, STR(""), url_all);
    struct aws_service service = {.id = str_of(services[_i].service),
                                  .endpoint_prefix =
                                      str_of(services[_i].service)};
    struct aws_endpoint got;
    struct err err;
    ck_assert(aws_endpoint(&arena, &settings, regions, &service,
                           str_of(services[_i].region), &got, &err));
    ck_assert_msg(str_is(got.url, services[_i].want), "%.*s", STRF(got.url));
}
END_TEST

START_TEST(unknown_region_has_none)
{
    struct aws_config settings = {0};
    struct aws_service service = {.id = STR("rds")};
    struct aws_endpoint got;
    struct err err = {0};
    ck_assert(!aws_endpoint(&arena, &settings, regions, &service,
                            STR("eu-wets-1"), &got, &err));
    struct str text = err_text(&arena, &err);
    ck_assert_msg(str_is(text, "unknown region 'eu-wets-1', did you mean "
                               "'eu-west-1'?"),
                  "%.*s", STRF(text));
}
END_TEST

Suite *suite_endpoint(void)
{
    Suite *suite = suite_create("endpoint");
    TCase *tc = tcase_create("endpoint");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, regions_are_known, 0, N_ITEMS(places));
    tcase_add_test(tc, names_are_sorted);
    tcase_add_loop_test(tc, bad_file_is_refused, 0, N_ITEMS(bad_files));
    tcase_add_loop_test(tc, url_is_read, 0, N_ITEMS(urls));
    tcase_add_loop_test(tc, url_is_refused, 0, N_ITEMS(bad_urls));
    tcase_add_loop_test(tc, service_has_endpoint, 0, N_ITEMS(services));
    tcase_add_test(tc, unknown_region_has_none);
    suite_add_tcase(suite, tc);
    return suite;
}
