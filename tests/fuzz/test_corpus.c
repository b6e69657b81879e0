/* Replays the corpus of each fuzz target: what once broke stays whole. */
#include <check.h>

#include "checker/base/file.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_BYTES = 64 * 1024, MAX_SECONDS = 60 };

static const struct {
    const char *name, *folder;
    int (*take)(const uint8_t *data, size_t size);
} targets[] = {
    {"parse", "tests/fuzz/corpus/fuzz_cel_parse", fuzz_cel_parse},
    {"check", "tests/fuzz/corpus/fuzz_cel_check", fuzz_cel_check},
    {"eval", "tests/fuzz/corpus/fuzz_cel_eval", fuzz_cel_eval},
    {"rule file", "tests/fuzz/corpus/fuzz_rule_file", fuzz_rule_file},
    {"wire", "tests/fuzz/corpus/fuzz_wire", fuzz_wire},
    {"snapshot", "tests/fuzz/corpus/fuzz_snapshot", fuzz_snapshot},
};

/* An input that breaks a promise ends the process: Check names the target, and
 * the file by its number in the sorted folder. */
static void replay(size_t target, int number)
{
    struct arena arena = {0};
    struct err err = {0};
    const char **paths;
    struct str text;
    size_t n;
    ck_assert(
        file_list(&arena, targets[target].folder, STR(""), &paths, &n, &err));
    ck_assert_uint_lt((size_t)number, n);
    ck_assert_msg(file_read(&arena, paths[number], FILE_BYTES, &text, &err),
                  "%s cannot be read", paths[number]);
    ck_assert_int_eq(targets[target].take((const uint8_t *)text.p, text.n), 0);
    arena_release(&arena);
}

/* A test per target, so that its name is shown. */
#define REPLAY(name, number)                                                   \
    START_TEST(name##_corpus)                                                  \
    {                                                                          \
        replay(number, _i);                                                    \
    }                                                                          \
    END_TEST

REPLAY(parse, 0)
REPLAY(check, 1)
REPLAY(eval, 2)
REPLAY(rule_file, 3)
REPLAY(wire, 4)
REPLAY(snapshot, 5)

/* At least 1: a folder that is empty or missing must fail, not pass. */
static int n_files(size_t target)
{
    struct arena arena = {0};
    struct err err = {0};
    const char **paths;
    size_t n = 0;
    if (!file_list(&arena, targets[target].folder, STR(""), &paths, &n, &err))
        n = 0;
    arena_release(&arena);
    return n > 0 ? (int)n : 1;
}

Suite *suite_corpus(void);

Suite *suite_corpus(void)
{
    const TTest *const tests[] = {parse_corpus, check_corpus,
                                  eval_corpus,  rule_file_corpus,
                                  wire_corpus,  snapshot_corpus};
    Suite *suite = suite_create("corpus");
    for (size_t i = 0; i < N_ITEMS(targets); i++) {
        TCase *tc = tcase_create(targets[i].name);
        tcase_set_timeout(tc, MAX_SECONDS);
        tcase_add_loop_test(tc, tests[i], 0, n_files(i));
        suite_add_tcase(suite, tc);
    }
    return suite;
}
