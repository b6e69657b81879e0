/* Timestamps and durations. */
#include "checker/cel/timeval.h"

#include "checker/base/clock.h"
#include "checker/cel/cel.h"
#include "checker/cel/zone.h"

static const int64_t first_second = INT64_C(-62135596800); /* year 1 */
static const int64_t last_second = INT64_C(253402300799);  /* end of 9999 */
static const int64_t longest = INT64_C(315576000000);      /* 10,000 years */
/* Between two timestamps: what an int64 of nanoseconds holds, 292 years. */
static const int64_t longest_gap = INT64_C(9223372036);

enum { NANOS = 1000000000, DAY = 86400 };

static struct value out_of_range(struct arena *arena, const char *what)
{
    return cel_error(arena, "%s out of range", what);
}

static struct value make_timestamp(struct arena *arena, int64_t seconds,
                                   int64_t nanos)
{
    if (seconds < first_second || seconds > last_second)
        return out_of_range(arena, "timestamp");
    return (struct value){
        .kind = VALUE_TIMESTAMP, .n = (uint32_t)nanos, .as.i = seconds};
}

/* Seconds and nanoseconds of any sign, the latter below a few seconds. */
static struct value make_duration(struct arena *arena, int64_t seconds,
                                  int64_t nanos)
{
    seconds += nanos / NANOS;
    nanos %= NANOS;
    if (seconds > 0 && nanos < 0) {
        seconds--;
        nanos += NANOS;
    } else if (seconds < 0 && nanos > 0) {
        seconds++;
        nanos -= NANOS;
    }
    if (seconds < -longest || seconds > longest)
        return out_of_range(arena, "duration");
    return (struct value){
        .kind = VALUE_DURATION, .n = (uint32_t)(int32_t)nanos, .as.i = seconds};
}

static int64_t nanos_of(struct value v)
{
    return (int32_t)v.n;
}

/* ---- text ---- */

/* A fraction without the zeros at its end. */
static void print_fraction(struct buf *out, int64_t nanos)
{
    char digits[16];
    if (nanos == 0)
        return;
    struct buf text = {0};
    buf_addf(&text, "%09lld", (long long)nanos);
    size_t n = 9;
    for (size_t i = 0; i < 9; i++)
        digits[i] = text.p[i];
    buf_release(&text);
    while (n > 0 && digits[n - 1] == '0')
        n--;
    buf_addc(out, '.');
    buf_add(out, (struct str){digits, n});
}

void timeval_print(struct buf *out, struct value v)
{
    if (v.kind == VALUE_DURATION) {
        int64_t nanos = nanos_of(v);
        bool is_negative = v.as.i < 0 || nanos < 0;
        buf_addf(out, "%s%lld", is_negative ? "-" : "",
                 (long long)(is_negative ? -v.as.i : v.as.i));
        print_fraction(out, is_negative ? -nanos : nanos);
        buf_addc(out, 's');
        return;
    }
    struct date d = date_of(v.as.i);
    buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day,
             d.hour, d.minute, d.second);
    print_fraction(out, v.n);
    buf_addc(out, 'Z');
}

/* Decimal digits as a number of `scale` units: ".5" of 10^9 is 5 * 10^8. What
 * is finer is cut off. Moves `*at` past them. */
static int64_t read_fraction(struct str s, size_t *at, int64_t scale)
{
    int64_t sum = 0;
    for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at) {
        scale /= 10;
        sum += (s.p[*at] - '0') * scale;
    }
    return sum;
}

static struct value malformed(struct arena *arena, const char *what,
                              struct str s)
{
    return cel_error(arena, "'%.*s' is no %s", STRF(s), what);
}

struct value timeval_timestamp(struct arena *arena, const struct value *args)
{
    int64_t seconds, nanos = 0;
    if (args[0].kind == VALUE_INT)
        return make_timestamp(arena, args[0].as.i, 0);
    struct str s = value_text(args[0]);
    if (!timestamp_read(s, &seconds))
        return malformed(arena, "timestamp", s);
    /* The fraction stands behind "YYYY-MM-DDTHH:MM:SS". */
    if (s.n > 19 && s.p[19] == '.') {
        size_t at = 20;
        nanos = read_fraction(s, &at, NANOS);
    }
    return make_timestamp(arena, seconds, nanos);
}

static const struct unit {
    const char *name;
    int64_t nanos;
} units[] = {
    {"ms", 1000000},
    {"us", 1000},
    {"\xC2\xB5s", 1000},
    {"ns", 1},
    {"h", INT64_C(3600) * NANOS},
    {"m", INT64_C(60) * NANOS},
    {"s", NANOS},
};

static const struct unit *find_unit(struct str s, size_t at)
{
    for (size_t i = 0; i < N_ITEMS(units); i++)
        if (str_starts(str_sub(s, at, s.n), str_of(units[i].name)))
            return &units[i];
    return NULL;
}

/* One "1.5h": adds it; false if it is malformed or far too long. */
static bool read_part(struct str s, size_t *at, int64_t *seconds,
                      int64_t *nanos)
{
    size_t start = *at, whole_end;
    int64_t whole = 0;
    while (*at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9') {
        if (whole > INT64_MAX / 10 - 1)
            return false;
        whole = whole * 10 + (s.p[(*at)++] - '0');
    }
    whole_end = *at;
    size_t fraction_from = whole_end, fraction_to = whole_end;
    if (*at < s.n && s.p[*at] == '.') {
        fraction_from = ++*at;
        (void)read_fraction(s, at, 1);
        fraction_to = *at;
    }
    if (whole_end == start && fraction_from == fraction_to)
        return false;
    const struct unit *unit = find_unit(s, *at);
    if (unit == NULL)
        return false;
    *at += str_of(unit->name).n;
    size_t from = fraction_from;
    int64_t extra =
        read_fraction(str_sub(s, 0, fraction_to), &from, unit->nanos);
    if (unit->nanos >= NANOS) {
        int64_t factor = unit->nanos / NANOS;
        if (whole > longest)
            return false;
        *seconds += whole * factor;
    } else {
        int64_t per_second = NANOS / unit->nanos;
        *seconds += whole / per_second;
        *nanos += whole % per_second * unit->nanos;
    }
    *seconds += extra / NANOS;
    *nanos += extra % NANOS;
    *seconds += *nanos / NANOS;
    *nanos %= NANOS;
    return *seconds <= longest;
}

struct value timeval_duration(struct arena *arena, const struct value *args)
{
    int64_t seconds = 0, nanos = 0;
    if (args[0].kind == VALUE_INT)
        return args[0].as.i < -longest || args[0].as.i > longest
                   ? out_of_range(arena, "duration")
                   : make_duration(arena, args[0].as.i, 0);
    struct str s = value_text(args[0]);
    bool is_negative = s.n > 0 && s.p[0] == '-';
    size_t at = is_negative || (s.n > 0 && s.p[0] == '+') ? 1 : 0;
    if (str_is(str_sub(s, at, s.n), "0"))
        return make_duration(arena, 0, 0);
    if (at == s.n)
        return malformed(arena, "duration", s);
    while (at < s.n)
        if (!read_part(s, &at, &seconds, &nanos))
            return malformed(arena, "duration", s);
    return make_duration(arena, is_negative ? -seconds : seconds,
                         is_negative ? -nanos : nanos);
}

/* ---- arithmetic ---- */

static struct value shifted(struct arena *arena, struct value time,
                            int64_t seconds, int64_t nanos)
{
    nanos += time.n;
    seconds += time.as.i;
    if (nanos < 0) {
        nanos += NANOS;
        seconds--;
    } else if (nanos >= NANOS) {
        nanos -= NANOS;
        seconds++;
    }
    return make_timestamp(arena, seconds, nanos);
}

struct value timeval_add(struct arena *arena, const struct value *args)
{
    struct value a = args[0], b = args[1];
    if (a.kind == VALUE_TIMESTAMP)
        return shifted(arena, a, b.as.i, nanos_of(b));
    if (b.kind == VALUE_TIMESTAMP)
        return shifted(arena, b, a.as.i, nanos_of(a));
    return make_duration(arena, a.as.i + b.as.i, nanos_of(a) + nanos_of(b));
}

struct value timeval_subtract(struct arena *arena, const struct value *args)
{
    struct value a = args[0], b = args[1];
    if (a.kind == VALUE_TIMESTAMP && b.kind == VALUE_DURATION)
        return shifted(arena, a, -b.as.i, -nanos_of(b));
    int64_t gap = a.as.i - b.as.i;
    if (a.kind == VALUE_TIMESTAMP && (gap < -longest_gap || gap > longest_gap))
        return out_of_range(arena, "duration");
    return make_duration(arena, a.as.i - b.as.i, nanos_of(a) - nanos_of(b));
}

/* ---- parts ---- */

/* A part of a time of day or of the calendar, of seconds in a zone's time. */
typedef int64_t part_of(int64_t seconds);

static int64_t full_year(int64_t s)
{
    return date_of(s).year;
}

static int64_t month(int64_t s)
{
    return date_of(s).month - 1;
}

static int64_t day_of_month(int64_t s)
{
    return date_of(s).day;
}

static int64_t day_index(int64_t s)
{
    return date_of(s).day - 1;
}

static int64_t day_of_week(int64_t s)
{
    /* 1970-01-01 was a Thursday; Sunday is 0. */
    int64_t day = s / DAY - (s % DAY < 0 ? 1 : 0);
    return ((day + 4) % 7 + 7) % 7;
}

static int64_t day_of_year(int64_t s)
{
    struct date first = {.year = date_of(s).year, .month = 1, .day = 1};
    return (s - date_seconds(first)) / DAY;
}

static int64_t hours(int64_t s)
{
    return date_of(s).hour;
}

static int64_t minutes(int64_t s)
{
    return date_of(s).minute;
}

static int64_t seconds_part(int64_t s)
{
    return date_of(s).second;
}

static struct value in_zone(struct arena *arena, const struct value *args,
                            part_of *part)
{
    int64_t offset;
    if (!zone_offset(arena, value_text(args[1]), args[0].as.i, &offset))
        return cel_error(arena, "unknown time zone '%.*s'",
                         STRF(value_text(args[1])));
    return value_int(part(args[0].as.i + offset));
}

#define PART(name, part)                                                       \
    struct value timeval_##name(struct arena *arena, const struct value *args) \
    {                                                                          \
        (void)arena;                                                           \
        return value_int(part(args[0].as.i));                                  \
    }                                                                          \
    struct value timeval_##name##_in(struct arena *arena,                      \
                                     const struct value *args)                 \
    {                                                                          \
        return in_zone(arena, args, part);                                     \
    }

PART(full_year, full_year)
PART(month, month)
PART(date, day_of_month)
PART(day_of_month, day_index)
PART(day_of_week, day_of_week)
PART(day_of_year, day_of_year)

/* Of a duration the whole of it, in hours, minutes or seconds. */
#define TIME_PART(name, part, unit)                                            \
    struct value timeval_##name(struct arena *arena, const struct value *args) \
    {                                                                          \
        (void)arena;                                                           \
        if (args[0].kind == VALUE_DURATION)                                    \
            return value_int(args[0].as.i / (unit));                           \
        return value_int(part(args[0].as.i));                                  \
    }                                                                          \
    struct value timeval_##name##_in(struct arena *arena,                      \
                                     const struct value *args)                 \
    {                                                                          \
        return in_zone(arena, args, part);                                     \
    }

TIME_PART(hours, hours, 3600)
TIME_PART(minutes, minutes, 60)
TIME_PART(seconds, seconds_part, 1)

struct value timeval_milliseconds(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_int(nanos_of(args[0]) / 1000000);
}

struct value timeval_milliseconds_in(struct arena *arena,
                                     const struct value *args)
{
    struct value zone = in_zone(arena, args, seconds_part);
    return zone.kind == VALUE_ERROR ? zone : timeval_milliseconds(arena, args);
}
