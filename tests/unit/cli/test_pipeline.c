/* How the findings end the program. */
#include <check.h>

#include "checker/cli/pipeline.h"

Suite *suite_pipeline(void);

enum { NEVER = FAIL_ON_NEVER };

static const struct {
    const char *name;
    struct {
        enum severity severity;
        enum result result;
    } found[3];
    size_t n;
    int fail_on;
    enum unknown_choice unknown;
    enum exit_code want;
} exits[] = {
    {"nothing", {{0}}, 0, SEVERITY_MEDIUM, UNKNOWN_FAIL, EXIT_OK},
    {"pass",
     {{SEVERITY_HIGH, RESULT_PASS}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_FAIL,
     EXIT_OK},
    {"fail",
     {{SEVERITY_HIGH, RESULT_FAIL}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_FAIL,
     EXIT_FAILED},
    {"fail at the gate",
     {{SEVERITY_MEDIUM, RESULT_FAIL}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_FAIL,
     EXIT_FAILED},
    {"fail below the gate",
     {{SEVERITY_LOW, RESULT_FAIL}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_FAIL,
     EXIT_OK},
    {"never",
     {{SEVERITY_CRITICAL, RESULT_FAIL}},
     1,
     NEVER,
     UNKNOWN_FAIL,
     EXIT_OK},
    {"waived",
     {{SEVERITY_CRITICAL, RESULT_WAIVED}},
     1,
     SEVERITY_LOW,
     UNKNOWN_FAIL,
     EXIT_OK},
    {"not applicable",
     {{SEVERITY_CRITICAL, RESULT_NOT_APPLICABLE}},
     1,
     SEVERITY_LOW,
     UNKNOWN_FAIL,
     EXIT_OK},
    {"unknown",
     {{SEVERITY_HIGH, RESULT_UNKNOWN}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_FAIL,
     EXIT_UNKNOWN},
    {"error",
     {{SEVERITY_HIGH, RESULT_ERROR}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_FAIL,
     EXIT_UNKNOWN},
    {"unknown below the gate",
     {{SEVERITY_LOW, RESULT_UNKNOWN}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_FAIL,
     EXIT_OK},
    {"never, but unknown",
     {{SEVERITY_LOW, RESULT_UNKNOWN}},
     1,
     NEVER,
     UNKNOWN_FAIL,
     EXIT_UNKNOWN},
    {"unknown ignored",
     {{SEVERITY_HIGH, RESULT_UNKNOWN}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_IGNORE,
     EXIT_OK},
    {"unknown as a warning",
     {{SEVERITY_HIGH, RESULT_UNKNOWN}},
     1,
     SEVERITY_MEDIUM,
     UNKNOWN_WARN,
     EXIT_OK},
    {"a failure counts more than an unknown",
     {{SEVERITY_HIGH, RESULT_UNKNOWN}, {SEVERITY_HIGH, RESULT_FAIL}},
     2,
     SEVERITY_MEDIUM,
     UNKNOWN_FAIL,
     EXIT_FAILED},
    {"a failure counts though unknown is ignored",
     {{SEVERITY_HIGH, RESULT_UNKNOWN}, {SEVERITY_HIGH, RESULT_FAIL}},
     2,
     SEVERITY_MEDIUM,
     UNKNOWN_IGNORE,
     EXIT_FAILED},
    {"failure below, unknown above",
     {{SEVERITY_LOW, RESULT_FAIL}, {SEVERITY_HIGH, RESULT_UNKNOWN}},
     2,
     SEVERITY_HIGH,
     UNKNOWN_FAIL,
     EXIT_UNKNOWN},
};

START_TEST(findings_end_the_program)
{
    struct finding items[3] = {{0}};
    for (size_t i = 0; i < exits[_i].n; i++) {
        items[i].severity = exits[_i].found[i].severity;
        items[i].result = exits[_i].found[i].result;
    }
    struct findings findings = {.items = items, .n = exits[_i].n};
    enum exit_code got =
        pipeline_exit(&findings, exits[_i].fail_on, exits[_i].unknown);
    ck_assert_msg(got == exits[_i].want, "%s: %d", exits[_i].name, (int)got);
}
END_TEST

/* Where identity is asked: in the first region of the run. */
START_TEST(home_region)
{
    static const struct {
        const char *region, *from, *to, *configured, *want;
    } cases[] = {
        {"r", "f", "t", "c", "r"},
        {NULL, "f", "t", "c", "f"},
        {NULL, NULL, "t", "c", "t"},
        {NULL, NULL, NULL, "c", "c"},
        {NULL, NULL, NULL, NULL, "us-east-1"},
    };
    for (size_t i = 0; i < N_ITEMS(cases); i++) {
        struct str region = str_of(cases[i].region);
        struct options options = {.from = str_of(cases[i].from),
                                  .to = str_of(cases[i].to)};
        struct pipeline pipeline = {
            .options = &options,
            .regions = {.items = &region, .n = region.n > 0}};
        struct str got = pipeline_home(&pipeline, str_of(cases[i].configured));
        ck_assert_msg(str_is(got, cases[i].want), "%s: %.*s", cases[i].want,
                      STRF(got));
    }
}
END_TEST

Suite *suite_pipeline(void)
{
    Suite *suite = suite_create("pipeline");
    TCase *tc = tcase_create("pipeline");
    tcase_add_loop_test(tc, findings_end_the_program, 0, (int)N_ITEMS(exits));
    tcase_add_test(tc, home_region);
    suite_add_tcase(suite, tc);
    return suite;
}
