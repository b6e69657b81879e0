/* The line of progress. */
#include <check.h>

#include "checker/cli/progress.h"

Suite *suite_progress(void);

static const struct {
    struct aws_progress counts;
    const char *want;
} lines[] = {
    {{.n_started = 4, .n_done = 1}, "gathering: 1 of 4 calls done"},
    {{.n_started = 4, .n_done = 2, .n_retried = 3},
     "gathering: 2 of 4 calls done, 3 retried"},
    {{.n_started = 9, .n_done = 9, .n_retried = 3, .n_throttled = 2},
     "gathering: 9 of 9 calls done, 3 retried, 2 throttled"},
};

START_TEST(progress_in_words)
{
    struct buf out = {0};
    progress_line(&out, &lines[_i].counts);
    ck_assert_msg(str_is(buf_str(&out), lines[_i].want), "%.*s",
                  STRF(buf_str(&out)));
    buf_release(&out);
}
END_TEST

Suite *suite_progress(void)
{
    Suite *suite = suite_create("progress");
    TCase *tc = tcase_create("progress");
    tcase_add_loop_test(tc, progress_in_words, 0, (int)N_ITEMS(lines));
    suite_add_tcase(suite, tc);
    return suite;
}
