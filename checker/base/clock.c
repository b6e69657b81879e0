/* The time now, and dates: the only place that asks for the time. */
#include "checker/base/clock.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "checker/base/map.h"

enum {
    DAY = 86400,
    DAYS_TO_1970 = 719162, /* from 0001-01-01 */
    DAYS_4 = 1461,         /* four years, the last of them a leap year */
    DAYS_100 = 36524,      /* a century whose last year is no leap year */
    DAYS_400 = 146097,
    LAST_YEAR = 9999,
};

int64_t clock_now(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Where the system has no randomness to give, the time must do. */
uint64_t clock_random(void)
{
    uint64_t bits;
    if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) == sizeof(bits))
        return bits;
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t parts[2] = {now.tv_sec, now.tv_nsec};
    return hash_bytes(parts, sizeof(parts));
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 0001-01-01 to the first day of a year. */
static int64_t days_before(int64_t year)
{
    int64_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

int64_t date_seconds(struct date date)
{
    int64_t days = days_before(date.year) - DAYS_TO_1970 + date.day - 1;
    for (int month = 1; month < date.month; month++)
        days += month_days(date.year, month);
    return days * DAY + date.hour * 3600 + date.minute * 60 + date.second;
}

static const struct date first_date = {1, 1, 1, 0, 0, 0};
static const struct date last_date = {LAST_YEAR, 12, 31, 23, 59, 59};

struct date date_of(int64_t seconds)
{
    if (seconds < date_seconds(first_date))
        return first_date;
    if (seconds > date_seconds(last_date))
        return last_date;
    int64_t since = seconds + (int64_t)DAYS_TO_1970 * DAY;
    int day = (int)(since / DAY);
    int rest = (int)(since % DAY);
    int year = 1 + day / DAYS_400 * 400;
    day %= DAYS_400;
    /* The last day of 400 or of 4 years belongs to their last year. */
    int centuries = day / DAYS_100 < 3 ? day / DAYS_100 : 3;
    day -= centuries * DAYS_100;
    year += centuries * 100 + day / DAYS_4 * 4;
    day %= DAYS_4;
    int years = day / 365 < 3 ? day / 365 : 3;
    day -= years * 365;
    year += years;
    int month = 1;
    for (; day >= month_days(year, month); month++)
        day -= month_days(year, month);
    return (struct date){.year = year,
                         .month = month,
                         .day = day + 1,
                         .hour = rest / 3600,
                         .minute = rest / 60 % 60,
                         .second = rest % 60};
}

/* Takes exactly `n` digits off the front. */
static bool take_number(struct str *text, size_t n, int *out)
{
    int number = 0;
    if (text->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (text->p[i] < '0' || text->p[i] > '9')
            return false;
        number = number * 10 + (text->p[i] - '0');
    }
    *text = str_sub(*text, n, text->n);
    *out = number;
    return true;
}

/* Takes one of two characters off the front. */
static bool take(struct str *text, char this, char that)
{
    if (text->n == 0 || (text->p[0] != this && text->p[0] != that))
        return false;
    *text = str_sub(*text, 1, text->n);
    return true;
}

static bool take_date(struct str *text, struct date *date)
{
    return take_number(text, 4, &date->year) && take(text, '-', '-') &&
           take_number(text, 2, &date->month) && take(text, '-', '-') &&
           take_number(text, 2, &date->day) && date->year >= 1 &&
           date->month >= 1 && date->month <= 12 && date->day >= 1 &&
           date->day <= month_days(date->year, date->month);
}

bool date_read(struct str text, int64_t *seconds)
{
    struct date date = {0};
    if (!take_date(&text, &date) || text.n > 0)
        return false;
    *seconds = date_seconds(date);
    return true;
}

static bool take_time(struct str *text, struct date *date)
{
    if (!take_number(text, 2, &date->hour) || !take(text, ':', ':') ||
        !take_number(text, 2, &date->minute) || !take(text, ':', ':') ||
        !take_number(text, 2, &date->second) || date->hour > 23 ||
        date->minute > 59 || date->second > 59)
        return false;
    if (!take(text, '.', '.'))
        return true;
    int digit;
    if (!take_number(text, 1, &digit))
        return false;
    while (take_number(text, 1, &digit))
        continue;
    return true;
}

/* "Z" or "+09:00", in seconds east of Greenwich. */
static bool take_zone(struct str *text, int *offset)
{
    int hours, minutes;
    *offset = 0;
    if (take(text, 'Z', 'z'))
        return true;
    bool is_west = text->n > 0 && text->p[0] == '-';
    if (!take(text, '+', '-') || !take_number(text, 2, &hours) ||
        !take(text, ':', ':') || !take_number(text, 2, &minutes) ||
        hours > 23 || minutes > 59)
        return false;
    *offset = (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
    return true;
}

bool timestamp_read(struct str text, int64_t *seconds)
{
    struct date date = {0};
    int offset;
    if (!take_date(&text, &date) || !take(&text, 'T', 't') ||
        !take_time(&text, &date) || !take_zone(&text, &offset) || text.n > 0)
        return false;
    *seconds = date_seconds(date) - offset;
    return true;
}

struct str date_print(struct arena *arena, int64_t seconds)
{
    struct date d = date_of(seconds);
    return str_fmt(arena, "%04d-%02d-%02d", d.year, d.month, d.day);
}

struct str timestamp_print(struct arena *arena, int64_t seconds)
{
    struct date d = date_of(seconds);
    return str_fmt(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month,
                   d.day, d.hour, d.minute, d.second);
}

/* Digit by digit, as no compiler can see that the numbers are that short. */
static void put_digits(char *out, int number, int n)
{
    for (int i = n; i-- > 0; number /= 10)
        out[i] = (char)('0' + number % 10);
}

void timestamp_compact(char out[17], int64_t seconds)
{
    struct date d = date_of(seconds);
    put_digits(out, d.year, 4);
    put_digits(out + 4, d.month, 2);
    put_digits(out + 6, d.day, 2);
    out[8] = 'T';
    put_digits(out + 9, d.hour, 2);
    put_digits(out + 11, d.minute, 2);
    put_digits(out + 13, d.second, 2);
    out[15] = 'Z';
    out[16] = '\0';
}
