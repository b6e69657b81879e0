/* Versions: their order, ranges and first numbers. */
#include <check.h>

#include "checker/engine/versions.h"

Suite *suite_versions(void);

static const struct {
    const char *a, *b;
    int want;
} orders[] = {
    {"12.1.0.2.v9", "12.1.0.2.v10", -1},
    {"12.1.0.2.v10", "12.2.0.1.ru-2018-10.rur-2018-10.r1", -1},
    {"12.2.0.1.ru-2018-10.rur-2018-10.r1", "19.0.0.0.ru-2021-04.rur-2021-04.r1",
     -1},
    {"19.0.0.0.ru-2021-04.rur-2021-04.r1", "19.0.0.0.ru-2021-10.rur-2021-10.r1",
     -1},
    {"9.6.24", "9.6", 1},
    {"13.10", "13.9", 1},
    {"8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.10.0", -1},
    {"13", "13.0", 0},
    {"13", "13.0.0", 0},
    {"13.00", "13", 0},
    {"13.0.1", "13", 1},
    {"12.1.0.2", "12.1.0.2.v10", -1},
    {"1.a", "1.0", -1},
    {"1.A", "1.a", 0},
    {"1.10a", "1.10.A", 0},
    {"1.b", "1.ab", 1},
    {"1.a", "1.ab", -1},
    {"007", "7", 0},
    {"1.99999999999999999999999", "1.100000000000000000000000", -1},
    {"1-2_3", "1.2.3", 0},
    {"1", "1.x", -1},
};

START_TEST(versions_order)
{
    struct str a = str_of(orders[_i].a), b = str_of(orders[_i].b);
    ck_assert_msg(versions_compare(a, b) == orders[_i].want, "%s with %s",
                  orders[_i].a, orders[_i].b);
    ck_assert_msg(versions_compare(b, a) == -orders[_i].want, "%s with %s",
                  orders[_i].b, orders[_i].a);
}
END_TEST

static const struct {
    const char *version, *range;
    bool is_ok, want;
} ranges[] = {
    {"13.4", ">=12.1.0.2.v10, <19", true, true},
    {"19.1", ">=12.1.0.2.v10, <19", true, false},
    {"12.1.0.2.v9", ">=12.1.0.2.v10, <19", true, false},
    {"13.3", "!=13.3", true, false},
    {"13.30", "!=13.3", true, true},
    {"13.3", "13.*", true, true},
    {"13", "13.*", true, true},
    {"130.1", "13.*", true, false},
    {"13.3", "13.3", true, true},
    {"13.3.0", "==13.3", true, true},
    {"13.3", "<= 13.3", true, true},
    {"13.3", ">13.3", true, false},
    {"13.3", "", false, false},
    {"13.3", ">=", false, false},
    {"13.3", ">=13.*", false, false},
    {"13.3", "*", false, false},
    {"13.3", ">=12,,<14", false, false},
};

START_TEST(ranges_match)
{
    bool got = false;
    bool is_ok = versions_match(str_of(ranges[_i].version),
                                str_of(ranges[_i].range), &got);
    ck_assert_msg(is_ok == ranges[_i].is_ok, "'%s'", ranges[_i].range);
    if (is_ok)
        ck_assert_msg(got == ranges[_i].want, "%s in '%s'", ranges[_i].version,
                      ranges[_i].range);
}
END_TEST

START_TEST(first_numbers)
{
    int64_t major = -1;
    ck_assert(versions_major(STR("13.4"), &major));
    ck_assert_int_eq(major, 13);
    ck_assert(versions_major(STR("v8.0"), &major));
    ck_assert_int_eq(major, 8);
    ck_assert(!versions_major(STR("latest"), &major));
    ck_assert(!versions_major(STR("99999999999999999999.1"), &major));
    ck_assert(!versions_valid(STR("latest")));
    ck_assert(versions_valid(STR("r1")));
}
END_TEST

Suite *suite_versions(void)
{
    Suite *suite = suite_create("versions");
    TCase *tc = tcase_create("versions");
    tcase_add_loop_test(tc, versions_order, 0, N_ITEMS(orders));
    tcase_add_loop_test(tc, ranges_match, 0, N_ITEMS(ranges));
    tcase_add_test(tc, first_numbers);
    suite_add_tcase(suite, tc);
    return suite;
}
