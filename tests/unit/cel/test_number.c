/* Numbers: arithmetic at its bounds, comparing across kinds, conversions. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_number(void);

static const struct support_case cases[] = {
    {"9223372036854775807 + 1", "E(number out of range)"},
    {"-9223372036854775808 - 1", "E(number out of range)"},
    {"9223372036854775807 * 2", "E(number out of range)"},
    {"-(-9223372036854775808)", "E(number out of range)"},
    {"-9223372036854775808 / -1", "E(number out of range)"},
    {"-9223372036854775808 % -1", "E(number out of range)"},
    {"18446744073709551615u + 1u", "E(number out of range)"},
    {"1u - 2u", "E(number out of range)"},
    {"1 / 0", "E(division by zero)"},
    {"1u / 0u", "E(division by zero)"},
    {"1 % 0", "E(modulus by zero)"},
    {"1.0 / 0.0", "Infinity"},
    {"-7 / 2", "-3"},
    {"-7 % 2", "-1"},
    {"7u % 4u", "u3"},
    {"1.5 + 2.0", "3.5"},
    /* Across kinds, where values decide. */
    {"dyn(1) == 1.0", "true"},
    {"dyn(1) == 1u", "true"},
    {"dyn(-1) == 18446744073709551615u", "false"},
    {"dyn(-1) < 1u", "true"},
    {"dyn(1u) > -1", "true"},
    {"dyn(18446744073709551615u) > 1.5", "true"},
    {"dyn(2) < 2.5", "true"},
    {"dyn('a') == 1", "false"},
    {"dyn('a') < 1", "E(no such overload)"},
    {"double('NaN') == double('NaN')", "false"},
    {"double('NaN') < 1.0", "false"},
    {"double('NaN') >= 1.0", "false"},
    {"{1: 'a'}[dyn(1.0)]", "\"a\""},
    {"{1u: 'a'}[dyn(1)]", "\"a\""},
    {"[7, 8][dyn(1.0)]", "8"},
    {"[7, 8][dyn(1.5)]", "E(no such overload)"},
    /* Conversions. */
    {"int('12')", "12"},
    {"int('-12')", "-12"},
    {"int('9223372036854775808')", "E('9223372036854775808' is no int)"},
    {"int(' 1')", "E(' 1' is no int)"},
    {"int('')", "E('' is no int)"},
    {"int(2.9)", "2"},
    {"int(-2.9)", "-2"},
    {"int(1e30)", "E(number out of range)"},
    {"int(double('NaN'))", "E(number out of range)"},
    {"int(18446744073709551615u)", "E(number out of range)"},
    {"int(timestamp('1970-01-01T00:01:00Z'))", "60"},
    {"uint(-1)", "E(number out of range)"},
    {"uint('18446744073709551615')", "u18446744073709551615"},
    {"uint('18446744073709551616')", "E('18446744073709551616' is no uint)"},
    {"uint('-1')", "E('-1' is no uint)"},
    {"uint(-0.5)", "E(number out of range)"},
    {"double('1e3')", "1000"},
    {"double('0x10')", "E('0x10' is no double)"},
    {"double('1 ')", "E('1 ' is no double)"},
    {"double(3)", "3"},
    {"bool('true')", "true"},
    {"bool('F')", "false"},
    {"bool('tRUE')", "E('tRUE' is no bool)"},
    {"string(1.0) + string(-2) + string(3u) + string(true)", "\"1-23true\""},
    {"string(1e300)", "\"1e+300\""},
    /* math */
    {"math.greatest(1, 5, 3)", "5"},
    {"math.least(1.5, 0.5)", "0.5"},
    {"math.greatest([2, 7])", "7"},
    {"math.greatest(1, 2u, 0.5)", "u2"},
    {"math.greatest(1u, 1, 1.0)", "u1"},
    {"math.greatest([])", "E(the list is empty)"},
    {"math.abs(-3)", "3"},
    {"math.abs(-9223372036854775808)", "E(number out of range)"},
    {"math.sign(-2.5)", "-1"},
    {"math.sign(0u)", "u0"},
    {"math.ceil(1.2) + math.floor(1.8) + math.trunc(-1.8)", "2"},
    {"math.round(-0.5)", "-1"},
    {"math.isNaN(double('NaN')) && math.isInf(1.0 / 0.0)", "true"},
    {"math.isFinite(1.0 / 0.0)", "false"},
    {"math.bitAnd(12, 10) + math.bitOr(12, 10) + math.bitXor(12, 10)", "28"},
    {"math.bitNot(0)", "-1"},
    {"math.bitShiftLeft(1, 63)", "-9223372036854775808"},
    {"math.bitShiftLeft(1, 64)", "0"},
    {"math.bitShiftRight(-1, 63)", "1"},
    {"math.bitShiftLeft(1, -1)", "E(shift by a negative number)"},
};

START_TEST(numbers_are_exact)
{
    support_check_plain(&cases[_i]);
}
END_TEST

Suite *suite_cel_number(void)
{
    Suite *suite = suite_create("cel number");
    TCase *tc = tcase_create("number");
    tcase_add_loop_test(tc, numbers_are_exact, 0, N_ITEMS(cases));
    suite_add_tcase(suite, tc);
    return suite;
}
