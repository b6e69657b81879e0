/* Tests of dates: every day of the calendar, and what is no date. */
#include <check.h>

#include "checker/base/clock.h"
#include "tests/unit/base/expect.h"

Suite *suite_clock(void);

static bool is_same(struct date a, struct date b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day &&
           a.hour == b.hour && a.minute == b.minute && a.second == b.second;
}

/* A day is one after the day before, by a calendar that counts them. */
START_TEST(every_day_from_1_to_9999_is_exact)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    int64_t seconds = INT64_C(-62135596800);
    for (int year = 1; year <= 9999; year++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap);
            for (int day = 1; day <= length; day++, seconds += 86400) {
                struct date want = {year, month, day, 23, 59, 58};
                int64_t late = seconds + 86398;
                if (!is_same(date_of(late), want) || date_seconds(want) != late)
                    ck_abort_msg("%d-%d-%d", year, month, day);
            }
        }
    }
    ck_assert_int_eq(seconds, INT64_C(253402300800));
}
END_TEST

START_TEST(what_lies_outside_becomes_the_nearest_second)
{
    struct date first = {1, 1, 1, 0, 0, 0}, last = {9999, 12, 31, 23, 59, 59};
    ck_assert(is_same(date_of(INT64_MIN), first));
    ck_assert(is_same(date_of(INT64_C(-62135596801)), first));
    ck_assert(is_same(date_of(INT64_C(253402300800)), last));
    ck_assert(is_same(date_of(INT64_MAX), last));
}
END_TEST

static const struct {
    const char *text;
    bool is_ok;
    int64_t want;
} dates[] = {
    {"1970-01-01", true, 0},
    {"2021-04-01", true, 1617235200},
    {"2020-02-29", true, 1582934400},
    {"2000-02-29", true, 951782400},
    {"0001-01-01", true, -62135596800},
    {"9999-12-31", true, 253402214400},
    {"2021-02-29", false, 0},
    {"1900-02-29", false, 0},
    {"2021-04-31", false, 0},
    {"2021-13-01", false, 0},
    {"2021-00-01", false, 0},
    {"2021-01-00", false, 0},
    {"0000-01-01", false, 0},
    {"2021-1-01", false, 0},
    {"2021-01-1", false, 0},
    {"21-01-01", false, 0},
    {"2021/01/01", false, 0},
    {"2021-01-01 ", false, 0},
    {" 2021-01-01", false, 0},
    {"2021-01-01T00:00:00Z", false, 0},
    {"+021-01-01", false, 0},
    {"", false, 0},
};

START_TEST(dates_are_read_strictly)
{
    int64_t out = -77;
    bool is_ok = date_read(str_of(dates[_i].text), &out);
    ck_assert_msg(is_ok == dates[_i].is_ok, "'%s'", dates[_i].text);
    ck_assert_int_eq(out, is_ok ? dates[_i].want : -77);
}
END_TEST

static const struct {
    const char *text;
    bool is_ok;
    int64_t want;
} timestamps[] = {
    {"2015-08-30T12:36:00Z", true, 1440938160},
    {"2015-08-30t12:36:00z", true, 1440938160},
    {"2015-08-30T12:36:00.999Z", true, 1440938160},
    {"2015-08-30T21:36:00+09:00", true, 1440938160},
    {"2015-08-30T07:06:00.5-05:30", true, 1440938160},
    {"2015-08-30T12:36:00-00:00", true, 1440938160},
    {"2015-08-30T12:36:00", false, 0},
    {"2015-08-30", false, 0},
    {"2015-08-30 12:36:00Z", false, 0},
    {"2015-08-30T12:36Z", false, 0},
    {"2015-08-30T24:00:00Z", false, 0},
    {"2015-08-30T12:60:00Z", false, 0},
    {"2015-08-30T12:36:60Z", false, 0},
    {"2015-08-30T12:36:00.Z", false, 0},
    {"2015-08-30T12:36:00+0900", false, 0},
    {"2015-08-30T12:36:00+24:00", false, 0},
    {"2015-08-30T12:36:00Zz", false, 0},
    {"2015-02-29T12:36:00Z", false, 0},
};

START_TEST(timestamps_are_read_strictly)
{
    int64_t out = -77;
    bool is_ok = timestamp_read(str_of(timestamps[_i].text), &out);
    ck_assert_msg(is_ok == timestamps[_i].is_ok, "'%s'", timestamps[_i].text);
    ck_assert_int_eq(out, is_ok ? timestamps[_i].want : -77);
}
END_TEST

START_TEST(times_are_printed)
{
    struct arena arena = {0};
    char compact[17];
    EXPECT_TEXT("date", date_print(&arena, 1440938160), STR("2015-08-30"));
    EXPECT_TEXT("timestamp", timestamp_print(&arena, 1440938160),
                STR("2015-08-30T12:36:00Z"));
    EXPECT_TEXT("the year 1", timestamp_print(&arena, INT64_MIN),
                STR("0001-01-01T00:00:00Z"));
    timestamp_compact(compact, 1440938160);
    ck_assert_str_eq(compact, "20150830T123600Z");
    arena_release(&arena);
}
END_TEST

START_TEST(the_clock_goes_forward)
{
    int64_t before = clock_monotonic_ms();
    ck_assert_int_gt(clock_now(), 1700000000);
    ck_assert_int_ge(clock_monotonic_ms(), before);
    ck_assert_uint_ne(clock_random(), clock_random());
}
END_TEST

Suite *suite_clock(void)
{
    Suite *suite = suite_create("clock");
    TCase *tc = tcase_create("clock");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_day_from_1_to_9999_is_exact);
    tcase_add_test(tc, what_lies_outside_becomes_the_nearest_second);
    tcase_add_loop_test(tc, dates_are_read_strictly, 0, N_ITEMS(dates));
    tcase_add_loop_test(tc, timestamps_are_read_strictly, 0,
                        N_ITEMS(timestamps));
    tcase_add_test(tc, times_are_printed);
    tcase_add_test(tc, the_clock_goes_forward);
    suite_add_tcase(suite, tc);
    return suite;
}
