/* The time now, and dates: the only place that asks for the time. */
#ifndef DR_CLOCK_H
#define DR_CLOCK_H

#include "checker/base/str.h"

int64_t clock_now(void);          /* seconds since 1970, UTC */
int64_t clock_monotonic_ms(void); /* for measuring and deadlines */
uint64_t clock_random(void);      /* for jitter and ids; not for secrets */

/* A date and time of the proleptic Gregorian calendar, UTC. */
struct date {
    int year, month, day, hour, minute, second;
};

/* Exact for the years 1 to 9999; what lies outside becomes the nearest second
 * of them. */
struct date date_of(int64_t seconds);
int64_t date_seconds(struct date date);
/* "YYYY-MM-DD", a day that exists. */
MUST_CHECK bool date_read(struct str text, int64_t *seconds);
/* RFC 3339 with a zone ("Z" or an offset), fractions dropped. */
MUST_CHECK bool timestamp_read(struct str text, int64_t *seconds);
struct str date_print(struct arena *arena, int64_t seconds); /* YYYY-MM-DD */
struct str timestamp_print(struct arena *arena, int64_t seconds);
/* "20150830T123600Z" with its NUL. */
void timestamp_compact(char out[17], int64_t seconds);

#endif
