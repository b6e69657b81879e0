/* What an error of a service means, and whether and when to try again. */
#include "checker/aws/retry.h"

#include "checker/base/clock.h"

enum { STATUS_TOO_MANY = 429 };

/* What a code means; the first pattern that fits counts. */
static const struct {
    struct str pattern;
    enum aws_outcome outcome;
    bool is_retryable;
} meanings[] = {
    {STR_INIT("AccessDenied*"), AWS_DENIED, false},
    {STR_INIT("AuthorizationError*"), AWS_DENIED, false},
    {STR_INIT("UnauthorizedOperation*"), AWS_DENIED, false},
    {STR_INIT("UnauthorizedAccess*"), AWS_DENIED, false},
    {STR_INIT("*NotAuthorized*"), AWS_DENIED, false},
    {STR_INIT("Forbidden*"), AWS_DENIED, false},

    {STR_INIT("Throttling*"), AWS_THROTTLED, true},
    {STR_INIT("Throttled*"), AWS_THROTTLED, true},
    {STR_INIT("RequestThrottled*"), AWS_THROTTLED, true},
    {STR_INIT("EC2ThrottledException"), AWS_THROTTLED, true},
    {STR_INIT("RequestLimitExceeded*"), AWS_THROTTLED, true},
    {STR_INIT("TooManyRequests*"), AWS_THROTTLED, true},
    {STR_INIT("SlowDown"), AWS_THROTTLED, true},
    {STR_INIT("LimitExceededException"), AWS_THROTTLED, true},
    {STR_INIT("BandwidthLimitExceeded"), AWS_THROTTLED, true},
    {STR_INIT("ProvisionedThroughputExceeded*"), AWS_THROTTLED, true},
    {STR_INIT("PriorRequestNotComplete"), AWS_THROTTLED, true},
    {STR_INIT("TransactionInProgressException"), AWS_THROTTLED, true},

    {STR_INIT("ExpiredToken*"), AWS_REFUSED, false},
    {STR_INIT("RequestExpired"), AWS_REFUSED, false},
    {STR_INIT("RequestTimeTooSkewed"), AWS_REFUSED, false},
    {STR_INIT("RequestInTheFuture"), AWS_REFUSED, false},
    {STR_INIT("SignatureDoesNotMatch*"), AWS_REFUSED, false},
    {STR_INIT("InvalidSignature*"), AWS_REFUSED, false},
    {STR_INIT("IncompleteSignature*"), AWS_REFUSED, false},
    {STR_INIT("MissingAuthenticationToken*"), AWS_REFUSED, false},
    {STR_INIT("InvalidToken"), AWS_REFUSED, false},
    {STR_INIT("TokenRefreshRequired"), AWS_REFUSED, false},

    {STR_INIT("OptInRequired"), AWS_REGION_OFF, false},
    {STR_INIT("RegionDisabledException"), AWS_REGION_OFF, false},
    {STR_INIT("UnrecognizedClient*"), AWS_REGION_OFF, false},
    {STR_INIT("InvalidClientTokenId"), AWS_REGION_OFF, false},
    {STR_INIT("InvalidAccessKeyId"), AWS_REGION_OFF, false},
    {STR_INIT("AuthFailure"), AWS_REGION_OFF, false},
    {STR_INIT("IllegalLocationConstraintException"), AWS_REGION_OFF, false},

    {STR_INIT("RequestTimeout*"), AWS_UNREACHABLE, true},
    {STR_INIT("InternalFailure"), AWS_UNREACHABLE, true},
    {STR_INIT("InternalError"), AWS_UNREACHABLE, true},
    {STR_INIT("InternalServerError*"), AWS_UNREACHABLE, true},
    {STR_INIT("ServiceUnavailable*"), AWS_UNREACHABLE, true},
    {STR_INIT("Unavailable"), AWS_UNREACHABLE, true},
};

/* The status alone; with a code, a 4xx is the service's own business. */
static struct retry_verdict judge_status(int status, bool has_code)
{
    bool is_transient = status == 500 || (status >= 502 && status <= 504);
    if (status == STATUS_TOO_MANY)
        return (struct retry_verdict){AWS_THROTTLED, true};
    if (status >= 500)
        return (struct retry_verdict){AWS_UNREACHABLE, is_transient};
    if (has_code)
        return (struct retry_verdict){AWS_FAULT, false};
    if (status == 401 || status == 403)
        return (struct retry_verdict){AWS_DENIED, false};
    /* Redirects, a proxy that wants a password, a request that was too slow:
     * whoever answered, it was not the service. */
    if (status < 400 || status == 407 || status == 408)
        return (struct retry_verdict){AWS_UNREACHABLE, status == 408};
    return (struct retry_verdict){AWS_FAULT, false};
}

struct retry_verdict retry_judge(struct str service_id, struct str code,
                                 int status)
{
    for (size_t i = 0; i < N_ITEMS(meanings) && code.n > 0; i++) {
        if (!str_glob(meanings[i].pattern, code))
            continue;
        enum aws_outcome outcome = meanings[i].outcome;
        if (outcome == AWS_REGION_OFF && str_is(service_id, "sts"))
            outcome = AWS_REFUSED;
        return (struct retry_verdict){outcome, meanings[i].is_retryable};
    }
    return judge_status(status, code.n > 0);
}

bool retry_may_be_skew(struct str code)
{
    static const struct str patterns[] = {
        STR_INIT("RequestTimeTooSkewed"),   STR_INIT("RequestExpired"),
        STR_INIT("RequestInTheFuture"),     STR_INIT("InvalidSignature*"),
        STR_INIT("SignatureDoesNotMatch*"), STR_INIT("AuthFailure"),
    };
    for (size_t i = 0; i < N_ITEMS(patterns); i++)
        if (str_glob(patterns[i], code))
            return true;
    return false;
}

int64_t retry_wait_ms(unsigned n, bool is_throttled, uint64_t random)
{
    int64_t bound = is_throttled ? RETRY_THROTTLED_MS : RETRY_BASE_MS;
    for (unsigned i = 1; i < n && bound < RETRY_CAP_MS; i++)
        bound *= 2;
    if (bound > RETRY_CAP_MS)
        bound = RETRY_CAP_MS;
    return (int64_t)(random % (uint64_t)(bound + 1));
}

int64_t retry_after_ms(struct str header)
{
    int64_t seconds;
    if (!str_to_int(str_trim(header), &seconds) || seconds < 0)
        return 0;
    return seconds < RETRY_CAP_MS / 1000 ? seconds * 1000 : RETRY_CAP_MS;
}

/* The number made of `n` digits at `at`, or -1. */
static int digits_at(struct str s, size_t at, size_t n)
{
    int64_t number;
    struct str digits = str_sub(s, at, at + n);
    if (digits.n != n || digits.p[0] == '-' || !str_to_int(digits, &number))
        return -1;
    return (int)number;
}

bool retry_read_date(struct str header, int64_t *seconds)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    enum { LENGTH = sizeof("Sun, 06 Nov 1994 08:49:37 GMT") - 1 };
    header = str_trim(header);
    if (header.n != LENGTH || !str_ends(header, STR(" GMT")))
        return false;
    size_t month = str_find(STR(months), str_sub(header, 8, 11), 0);
    struct date date = {
        .year = digits_at(header, 12, 4),
        .month = (int)(month / 3) + 1,
        .day = digits_at(header, 5, 2),
        .hour = digits_at(header, 17, 2),
        .minute = digits_at(header, 20, 2),
        .second = digits_at(header, 23, 2),
    };
    if (month == SIZE_MAX || month % 3 != 0 || date.year < 1970 ||
        date.day < 1 || date.day > 31 || date.hour < 0 || date.hour > 23 ||
        date.minute < 0 || date.minute > 59 || date.second < 0 ||
        date.second > 60)
        return false;
    *seconds = date_seconds(date);
    return true;
}
