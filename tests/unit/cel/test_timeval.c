/* Timestamps, durations and time zones. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_timeval(void);

#define T "timestamp('2026-11-24T10:20:30.123456789Z')"

static const struct support_case cases[] = {
    {"timestamp('2026-11-24T10:00:00+02:00')", "2026-11-24T08:00:00Z"},
    {"timestamp('2026-11-24T10:00:00.000000001Z')",
     "2026-11-24T10:00:00.000000001Z"},
    {"timestamp('1969-12-31T23:59:59.5Z')", "1969-12-31T23:59:59.5Z"},
    {"timestamp(0)", "1970-01-01T00:00:00Z"},
    {"timestamp('2026-11-24')", "E('2026-11-24' is no timestamp)"},
    {"timestamp('2026-02-30T00:00:00Z')",
     "E('2026-02-30T00:00:00Z' is no timestamp)"},
    {"timestamp(253402300800)", "E(timestamp out of range)"},
    {"timestamp(-62135596801)", "E(timestamp out of range)"},
    {"duration('1h30m1.5s')", "5401.5s"},
    {"duration('-1.5s')", "-1.5s"},
    {"duration('1.5h')", "5400s"},
    {"duration('100ms') + duration('50us') + duration('7ns')", "0.100050007s"},
    {"duration('0')", "0s"},
    {"duration('.5s')", "0.5s"},
    {"duration('')", "E('' is no duration)"},
    {"duration('1')", "E('1' is no duration)"},
    {"duration('1x')", "E('1x' is no duration)"},
    {"duration('s')", "E('s' is no duration)"},
    {"duration('1h ')", "E('1h ' is no duration)"},
    {"duration('315576000000s')", "315576000000s"},
    {"duration('315576000001s')", "E('315576000001s' is no duration)"},
    {"duration('99999999999999999999s')",
     "E('99999999999999999999s' is no duration)"},
    {"duration('87660001h')", "E('87660001h' is no duration)"},
    {"duration('200000000000s') + duration('200000000000s')",
     "E(duration out of range)"},
    {T " + duration('1h')", "2026-11-24T11:20:30.123456789Z"},
    {"duration('-1s') + timestamp(0)", "1969-12-31T23:59:59Z"},
    {"timestamp(0) - duration('1ns')", "1969-12-31T23:59:59.999999999Z"},
    {"timestamp(1) - timestamp(3)", "-2s"},
    {"timestamp('1970-01-01T00:00:00.5Z') - timestamp(1)", "-0.5s"},
    {"timestamp(1) > timestamp(0) && duration('-1s') < duration('0')", "true"},
    {"duration('-0.5s') > duration('-0.6s')", "true"},
    {"duration('60s') == duration('1m')", "true"},
    {T ".getFullYear()", "2026"},
    {T ".getMonth()", "10"},
    {T ".getDate()", "24"},
    {T ".getDayOfMonth()", "23"},
    {T ".getDayOfWeek()", "2"},
    {T ".getDayOfYear()", "327"},
    {T ".getHours()", "10"},
    {T ".getMinutes()", "20"},
    {T ".getSeconds()", "30"},
    {T ".getMilliseconds()", "123"},
    {"timestamp('1969-12-31T00:00:00Z').getDayOfWeek()", "3"},
    {T ".getHours('+09:30')", "19"},
    {T ".getMinutes('+09:30')", "50"},
    {T ".getDate('-11:00')", "23"},
    {T ".getHours('02:00')", "12"},
    {T ".getHours('UTC')", "10"},
    {T ".getHours('Nowhere/City')", "E(unknown time zone 'Nowhere/City')"},
    {T ".getHours('../../etc/passwd')",
     "E(unknown time zone '../../etc/passwd')"},
    {T ".getHours('+24:00')", "E(unknown time zone '+24:00')"},
    {T ".getMilliseconds('+01:00')", "123"},
    {T ".getMilliseconds('x y')", "E(unknown time zone 'x y')"},
    {"duration('90m').getHours()", "1"},
    {"duration('90m').getMinutes()", "90"},
    {"duration('90m').getSeconds()", "5400"},
    {"duration('1.25s').getMilliseconds()", "250"},
};

START_TEST(times_are_exact)
{
    support_check_plain(&cases[_i]);
}
END_TEST

Suite *suite_cel_timeval(void)
{
    Suite *suite = suite_create("cel timeval");
    TCase *tc = tcase_create("timeval");
    tcase_add_loop_test(tc, times_are_exact, 0, N_ITEMS(cases));
    suite_add_tcase(suite, tc);
    return suite;
}
