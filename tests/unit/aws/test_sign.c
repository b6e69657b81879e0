/* Tests of Signature Version 4 against values of another program. */
#include "checker/aws/sign.h"

#include <check.h>

Suite *suite_sign(void);

/* 2026-01-02T03:04:05Z */
#define NOW 1767323045

static struct arena arena;

static void tear_down(void)
{
    arena_release(&arena);
}

static const struct aws_credentials keys = {
    .access_key_id = STR_INIT("AKID"),
    .secret_access_key = STR_INIT("a made up secret/+"),
};

static struct aws_scope scope_of(const struct aws_credentials *credentials)
{
    return (struct aws_scope){.credentials = credentials,
                              .region = STR("eu-west-1"),
                              .service = STR("rds"),
                              .expires = 60};
}

static void equals(struct str got, const char *want)
{
    ck_assert_msg(str_is(got, want), "got '%.*s', want '%s'", STRF(got), want);
}

START_TEST(headers_are_known)
{
    struct aws_credentials with_token = keys;
    with_token.session_token = STR("TOKEN/=");
    struct aws_header headers[] = {
        {STR("Host"), STR("localhost:5601")},
        {STR("User-Agent"), STR("not signed")},
        {STR("Content-Type"), STR(" text/plain ")},
    };
    struct aws_request request = {
        .method = STR("POST"),
        .path = STR("/a%20b/"),
        .query = STR("x=1"),
        .headers = headers,
        .n_headers = N_ITEMS(headers),
        .body = STR("Action=DescribeDBInstances&Version=2014-10-31"),
    };
    struct aws_scope scope = scope_of(&with_token);
    scope.sign_body = true;
    struct aws_signed got;
    struct err err;
    ck_assert(aws_sign_headers(&arena, &request, &scope, NOW, &got, &err));
    equals(got.canonical_request,
           "POST\n/a%2520b/\nx=1\ncontent-type:text/plain\n"
           "host:localhost:5601\n"
           "x-amz-content-sha256:e6281fe3d540e3e1ccd6bf0cca945a0e0af993d4dd5a6"
           "b31ca021f6fc7982b0b\n"
           "x-amz-date:20260102T030405Z\nx-amz-security-token:TOKEN/=\n\n"
           "content-type;host;x-amz-content-sha256;x-amz-date;"
           "x-amz-security-token\n"
           "e6281fe3d540e3e1ccd6bf0cca945a0e0af993d4dd5a6b31ca021f6fc7982b0b");
    ck_assert_str_eq(
        got.signature,
        "23a91067f6509ab5cf841fc553be60d3d3318009e5ac258c0d309b9d5a6d9845");
    ck_assert_uint_eq(got.n_headers, 4);
    equals(got.headers[3].name, "authorization");
    equals(got.headers[3].value,
           "AWS4-HMAC-SHA256 Credential=AKID/20260102/eu-west-1/rds/"
           "aws4_request, SignedHeaders=content-type;host;"
           "x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature="
           "23a91067f6509ab5cf841fc553be60d3d3318009e5ac258c0d309b9d5a6d9845");
}
END_TEST

START_TEST(query_is_known)
{
    struct aws_header host = {STR("host"), STR("h")};
    struct aws_request request = {.method = STR("GET"),
                                  .query = STR("z&a=b%20c"),
                                  .headers = &host,
                                  .n_headers = 1};
    struct aws_scope scope = scope_of(&keys);
    struct aws_signed got;
    struct err err;
    ck_assert(aws_sign_query(&arena, &request, &scope, NOW, &got, &err));
    ck_assert_str_eq(
        got.signature,
        "19a1b03ff2e2aa2e91d6ab85f0de4ece5125c59bddae1c2f5be8fe980a9fd096");
    ck_assert(str_starts(got.query, STR("z&a=b%20c&X-Amz-Algorithm=")));
    ck_assert(str_ends(got.query,
                       str_fmt(&arena, "&X-Amz-Signature=%s", got.signature)));
}
END_TEST

/* The second line of a canonical request is its path. */
static struct str path_of(const char *path, bool normalizes, bool keeps)
{
    struct aws_request request = {.method = STR("GET"), .path = str_of(path)};
    struct aws_scope scope = scope_of(&keys);
    scope.normalize_path = normalizes;
    scope.keep_path = keeps;
    struct aws_signed got;
    struct err err;
    ck_assert(aws_sign_headers(&arena, &request, &scope, NOW, &got, &err));
    struct str rest = got.canonical_request, line = {0};
    ck_assert(str_split(&rest, '\n', &line) && str_split(&rest, '\n', &line));
    return line;
}

static const struct {
    const char *path, *want;
    bool normalizes, keeps;
} paths[] = {
    {"", "/", false, false},
    {"/a/../..//b/./c/", "/b/c/", true, false},
    {"/a/..", "/", true, false},
    {"/a/b/..", "/a/", true, false},
    {"/a/./../b", "/b", true, false},
    {"/a/../b//", "/a/../b//", false, false},
    {"/a b%2F\xC3\xA9~", "/a%20b%252F%C3%A9~", true, false},
    {"/a%20b", "/a%20b", false, true},
};

START_TEST(path_is_canonical)
{
    equals(path_of(paths[_i].path, paths[_i].normalizes, paths[_i].keeps),
           paths[_i].want);
}
END_TEST

/* The token changes the signature if it is signed, and is sent either way. */
START_TEST(token_may_be_left_out)
{
    struct aws_credentials with_token = keys;
    with_token.session_token = STR("TOKEN/=");
    struct aws_request request = {.method = STR("GET")};
    struct aws_signed without, signed_token, omitted;
    struct aws_scope scope = scope_of(&keys);
    struct err err;
    ck_assert(aws_sign_headers(&arena, &request, &scope, NOW, &without, &err));
    scope.credentials = &with_token;
    ck_assert(
        aws_sign_headers(&arena, &request, &scope, NOW, &signed_token, &err));
    scope.omit_session_token = true;
    ck_assert(aws_sign_headers(&arena, &request, &scope, NOW, &omitted, &err));
    ck_assert_str_ne(signed_token.signature, without.signature);
    ck_assert_str_eq(omitted.signature, without.signature);
    ck_assert_uint_eq(without.n_headers, 2);
    ck_assert_uint_eq(omitted.n_headers, 3);
    equals(omitted.headers[1].value, "TOKEN/=");
    ck_assert(aws_sign_query(&arena, &request, &scope, NOW, &omitted, &err));
    ck_assert(
        str_contains(omitted.query, STR("&X-Amz-Security-Token=TOKEN%2F%3D&")));
    ck_assert(!str_contains(omitted.canonical_request, STR("TOKEN")));
}
END_TEST

static const struct {
    struct aws_header header;
    const char *want;
} bad_headers[] = {
    {{STR_INIT("X Y"), STR_INIT("1")}, "header 'X Y' is malformed"},
    {{STR_INIT(""), STR_INIT("1")}, "header '' is malformed"},
    {{STR_INIT("X"), STR_INIT("a\0b")}, "header 'X' is malformed"},
    {{STR_INIT("X-Amz-Date"), STR_INIT("1")},
     "header 'X-Amz-Date' is for signing to add"},
};

START_TEST(bad_header_is_refused)
{
    struct aws_request request = {.method = STR("GET"),
                                  .headers = &bad_headers[_i].header,
                                  .n_headers = 1};
    struct aws_scope scope = scope_of(&keys);
    struct aws_signed got;
    struct err err = {0};
    ck_assert(!aws_sign_headers(&arena, &request, &scope, NOW, &got, &err));
    ck_assert_int_eq(err.code, ERR_INPUT);
    equals(err_text(&arena, &err), bad_headers[_i].want);
}
END_TEST

Suite *suite_sign(void)
{
    Suite *suite = suite_create("sign");
    TCase *tc = tcase_create("sign");
    tcase_add_checked_fixture(tc, NULL, tear_down);
    tcase_add_test(tc, headers_are_known);
    tcase_add_test(tc, query_is_known);
    tcase_add_loop_test(tc, path_is_canonical, 0, N_ITEMS(paths));
    tcase_add_test(tc, token_may_be_left_out);
    tcase_add_loop_test(tc, bad_header_is_refused, 0, N_ITEMS(bad_headers));
    suite_add_tcase(suite, tc);
    return suite;
}
