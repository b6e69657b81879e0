/* Timestamps and durations. */
#ifndef DR_TIMEVAL_H
#define DR_TIMEVAL_H

#include "checker/base/value.h"

/* As string() shows them: 2026-11-24T10:00:00.5Z, 90.5s. */
void timeval_print(struct buf *out, struct value v);

struct value timeval_timestamp(struct arena *arena, const struct value *args);
struct value timeval_duration(struct arena *arena, const struct value *args);
struct value timeval_add(struct arena *arena, const struct value *args);
struct value timeval_subtract(struct arena *arena, const struct value *args);

/* Of a timestamp in UTC or, the last four, a duration. */
struct value timeval_full_year(struct arena *arena, const struct value *args);
struct value timeval_month(struct arena *arena, const struct value *args);
struct value timeval_date(struct arena *arena, const struct value *args);
struct value timeval_day_of_month(struct arena *arena,
                                  const struct value *args);
struct value timeval_day_of_week(struct arena *arena, const struct value *args);
struct value timeval_day_of_year(struct arena *arena, const struct value *args);
struct value timeval_hours(struct arena *arena, const struct value *args);
struct value timeval_minutes(struct arena *arena, const struct value *args);
struct value timeval_seconds(struct arena *arena, const struct value *args);
struct value timeval_milliseconds(struct arena *arena,
                                  const struct value *args);
/* The same with a zone in args[1]. */
struct value timeval_full_year_in(struct arena *arena,
                                  const struct value *args);
struct value timeval_month_in(struct arena *arena, const struct value *args);
struct value timeval_date_in(struct arena *arena, const struct value *args);
struct value timeval_day_of_month_in(struct arena *arena,
                                     const struct value *args);
struct value timeval_day_of_week_in(struct arena *arena,
                                    const struct value *args);
struct value timeval_day_of_year_in(struct arena *arena,
                                    const struct value *args);
struct value timeval_hours_in(struct arena *arena, const struct value *args);
struct value timeval_minutes_in(struct arena *arena, const struct value *args);
struct value timeval_seconds_in(struct arena *arena, const struct value *args);
struct value timeval_milliseconds_in(struct arena *arena,
                                     const struct value *args);

#endif
