/* What an error of a service means, and whether and when to try again.
 *
 * Pure: the random number and the time come from the caller. */
#ifndef DR_RETRY_H
#define DR_RETRY_H

#include "checker/aws/aws.h"

enum {
    RETRY_CAP_MS = 20000,     /* the longest wait */
    RETRY_BASE_MS = 100,      /* the first wait's bound */
    RETRY_THROTTLED_MS = 500, /* … after throttling */
    RETRY_QUOTA = 500,        /* what all retries of a lane may cost */
    RETRY_COST = 5,
    RETRY_TIMEOUT_COST = 10,
    RETRY_SKEW_S = 240, /* clocks that differ more are at fault */
};

struct retry_verdict {
    enum aws_outcome outcome; /* if it is not tried again */
    bool is_retryable;
};

/* Of an answer whose status is not 2xx. `code` may be empty: the status alone
 * tells then. A code that says that the credentials are unknown means that the
 * region is off, but for STS, which is asked first. */
struct retry_verdict retry_judge(struct str service_id, struct str code,
                                 int status);

/* The service may mean by this code that our clock is wrong. */
bool retry_may_be_skew(struct str code);

/* Milliseconds to wait before retry number `n` (from 1): evenly distributed
 * over 0 to min(cap, base * 2^(n - 1)). */
int64_t retry_wait_ms(unsigned n, bool is_throttled, uint64_t random);

/* Retry-After in seconds → milliseconds, at most the cap; 0 if it is none. */
int64_t retry_after_ms(struct str header);

/* "Sun, 06 Nov 1994 08:49:37 GMT" → seconds since 1970. */
MUST_CHECK bool retry_read_date(struct str header, int64_t *seconds);

#endif
