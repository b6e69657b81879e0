/* Tests of what errors mean, and of the bounds of waiting. */
#include "checker/aws/retry.h"

#include <check.h>

Suite *suite_retry(void);

static const struct {
    const char *service, *code;
    int status;
    enum aws_outcome outcome;
    bool is_retryable;
} judged[] = {
    {"rds", "AccessDenied", 403, AWS_DENIED, false},
    {"kms", "AccessDeniedException", 400, AWS_DENIED, false},
    {"ec2", "UnauthorizedOperation", 403, AWS_DENIED, false},
    {"sns", "AuthorizationErrorException", 403, AWS_DENIED, false},
    {"x", "UserNotAuthorizedFault", 400, AWS_DENIED, false},
    {"sts", "AccessDenied", 403, AWS_DENIED, false},
    {"rds", "AccessDenied", 503, AWS_DENIED, false},

    {"rds", "Throttling", 400, AWS_THROTTLED, true},
    {"kms", "ThrottlingException", 400, AWS_THROTTLED, true},
    {"ec2", "RequestLimitExceeded", 503, AWS_THROTTLED, true},
    {"s3", "SlowDown", 503, AWS_THROTTLED, true},
    {"x", "TooManyRequestsException", 429, AWS_THROTTLED, true},
    {"x", "SomethingElse", 429, AWS_THROTTLED, true},
    {"x", "", 429, AWS_THROTTLED, true},

    {"rds", "ExpiredToken", 403, AWS_REFUSED, false},
    {"kms", "ExpiredTokenException", 400, AWS_REFUSED, false},
    {"ec2", "RequestExpired", 400, AWS_REFUSED, false},
    {"rds", "SignatureDoesNotMatch", 403, AWS_REFUSED, false},
    {"kms", "InvalidSignatureException", 400, AWS_REFUSED, false},
    {"kms", "IncompleteSignatureException", 400, AWS_REFUSED, false},
    {"rds", "MissingAuthenticationToken", 403, AWS_REFUSED, false},
    {"kms", "MissingAuthenticationTokenException", 400, AWS_REFUSED, false},

    {"rds", "InvalidClientTokenId", 403, AWS_REGION_OFF, false},
    {"kms", "UnrecognizedClientException", 400, AWS_REGION_OFF, false},
    {"ec2", "AuthFailure", 401, AWS_REGION_OFF, false},
    {"ec2", "OptInRequired", 401, AWS_REGION_OFF, false},
    {"sts", "InvalidClientTokenId", 403, AWS_REFUSED, false},
    {"sts", "AuthFailure", 401, AWS_REFUSED, false},

    {"kms", "InternalFailure", 500, AWS_UNREACHABLE, true},
    {"kms", "KMSInternalException", 500, AWS_UNREACHABLE, true},
    {"x", "RequestTimeout", 400, AWS_UNREACHABLE, true},
    {"x", "", 500, AWS_UNREACHABLE, true},
    {"x", "", 502, AWS_UNREACHABLE, true},
    {"x", "", 503, AWS_UNREACHABLE, true},
    {"x", "", 504, AWS_UNREACHABLE, true},
    {"x", "", 501, AWS_UNREACHABLE, false},
    {"x", "", 302, AWS_UNREACHABLE, false},
    {"x", "", 407, AWS_UNREACHABLE, false},
    {"x", "", 408, AWS_UNREACHABLE, true},

    {"x", "", 401, AWS_DENIED, false},
    {"x", "", 403, AWS_DENIED, false},
    {"kms", "NotFoundException", 400, AWS_FAULT, false},
    {"rds", "DBInstanceNotFound", 404, AWS_FAULT, false},
    {"s3", "PermanentRedirect", 301, AWS_FAULT, false},
    {"x", "Unheard", 403, AWS_FAULT, false},
    {"x", "", 404, AWS_FAULT, false},
};

START_TEST(error_is_judged)
{
    struct retry_verdict got = retry_judge(
        str_of(judged[_i].service), str_of(judged[_i].code), judged[_i].status);
    ck_assert_msg(got.outcome == judged[_i].outcome, "%s %d: %d",
                  judged[_i].code, judged[_i].status, (int)got.outcome);
    ck_assert_msg(got.is_retryable == judged[_i].is_retryable, "%s %d",
                  judged[_i].code, judged[_i].status);
}
END_TEST

START_TEST(skew_is_suspected)
{
    ck_assert(retry_may_be_skew(STR("RequestTimeTooSkewed")));
    ck_assert(retry_may_be_skew(STR("InvalidSignatureException")));
    ck_assert(retry_may_be_skew(STR("AuthFailure")));
    ck_assert(!retry_may_be_skew(STR("AccessDenied")));
    ck_assert(!retry_may_be_skew(STR("")));
}
END_TEST

static const struct {
    unsigned n;
    bool is_throttled;
    int64_t bound;
} waits[] = {
    {1, false, 100},
    {2, false, 200},
    {3, false, 400},
    {1, true, 500},
    {2, true, 1000},
    {6, true, 16000},
    {7, true, 20000},
    {8, false, 12800},
    {9, false, 20000},
    {100, false, 20000},
    {4000000000U, true, 20000},
};

/* Both ends of the range are reached, and the middle is proportional. */
START_TEST(wait_is_bounded)
{
    unsigned n = waits[_i].n;
    bool is_throttled = waits[_i].is_throttled;
    uint64_t bound = (uint64_t)waits[_i].bound;
    ck_assert_int_eq(retry_wait_ms(n, is_throttled, 0), 0);
    ck_assert_int_eq(retry_wait_ms(n, is_throttled, bound), waits[_i].bound);
    ck_assert_int_eq(retry_wait_ms(n, is_throttled, bound + 1), 0);
    ck_assert_int_eq(retry_wait_ms(n, is_throttled, bound / 2),
                     waits[_i].bound / 2);
    ck_assert_int_le(retry_wait_ms(n, is_throttled, UINT64_MAX),
                     waits[_i].bound);
}
END_TEST

static const struct {
    const char *header;
    int64_t want_ms;
} afters[] = {
    {"", 0},
    {"0", 0},
    {"2", 2000},
    {" 19 ", 19000},
    {"20", 20000},
    {"3600", 20000},
    {"-1", 0},
    {"1.5", 0},
    {"99999999999999999999", 0},
    {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
};

START_TEST(retry_after_is_read)
{
    ck_assert_int_eq(retry_after_ms(str_of(afters[_i].header)),
                     afters[_i].want_ms);
}
END_TEST

static const char *const bad_dates[] = {
    "",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 anF 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:-1:37 GMT",
    "Sun, 06 Nov 1960 08:49:37 GMT",
};

START_TEST(date_is_read)
{
    int64_t seconds = 7;
    ck_assert(retry_read_date(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &seconds));
    ck_assert_int_eq(seconds, 784111777);
    for (size_t i = 0; i < N_ITEMS(bad_dates); i++)
        ck_assert_msg(!retry_read_date(str_of(bad_dates[i]), &seconds), "%s",
                      bad_dates[i]);
    ck_assert_int_eq(seconds, 784111777);
}
END_TEST

Suite *suite_retry(void)
{
    Suite *suite = suite_create("retry");
    TCase *tc = tcase_create("retry");
    tcase_add_loop_test(tc, error_is_judged, 0, N_ITEMS(judged));
    tcase_add_test(tc, skew_is_suspected);
    tcase_add_loop_test(tc, wait_is_bounded, 0, N_ITEMS(waits));
    tcase_add_loop_test(tc, retry_after_is_read, 0, N_ITEMS(afters));
    tcase_add_test(tc, date_is_read);
    suite_add_tcase(suite, tc);
    return suite;
}
