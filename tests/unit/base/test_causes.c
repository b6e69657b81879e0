/* Tests of cause sets: equal sets have equal ids, from any thread. */
#include <check.h>
#include <pthread.h>

#include "checker/base/causes.h"
#include "tests/unit/base/expect.h"

Suite *suite_causes(void);

static struct arena arena;
static struct causes_table *table;

static void make(void)
{
    table = causes_new(&arena);
}

static void release(void)
{
    causes_free(table);
    arena_release(&arena);
}

START_TEST(the_empty_set_is_zero)
{
    causes a = causes_of(table, STR("a"));
    ck_assert_uint_ne(a, 0);
    ck_assert_uint_eq(causes_count(table, 0), 0);
    ck_assert_uint_eq(causes_union(table, 0, 0), 0);
    ck_assert_uint_eq(causes_union(table, 0, a), a);
    ck_assert_uint_eq(causes_union(table, a, 0), a);
    ck_assert_uint_eq(causes_text(table, 0, 0).n, 0);
    causes_free(NULL);
}
END_TEST

START_TEST(texts_are_copied_and_sorted)
{
    char text[] = "denied kms:ListKeys";
    causes set = causes_of(table, str_of(text));
    text[0] = 'X';
    set = causes_union(table, set, causes_of(table, STR("\xC3\xA9")));
    set = causes_union(table, set, causes_of(table, STR("a")));
    set = causes_union(table, causes_of(table, STR("")), set);
    static const char *const want[] = {"", "a", "denied kms:ListKeys",
                                       "\xC3\xA9"};
    ck_assert_uint_eq(causes_count(table, set), N_ITEMS(want));
    for (size_t i = 0; i < N_ITEMS(want); i++)
        EXPECT_TEXT("sorted", causes_text(table, set, i), str_of(want[i]));
    ck_assert_uint_eq(causes_text(table, set, 4).n, 0);
}
END_TEST

START_TEST(equal_sets_are_one_however_they_were_made)
{
    causes a = causes_of(table, STR("a")), b = causes_of(table, STR("b"));
    causes c = causes_of(table, STR("c"));
    causes ab = causes_union(table, a, b), bc = causes_union(table, c, b);
    ck_assert_uint_eq(causes_of(table, STR("a")), a);
    ck_assert_uint_eq(causes_union(table, b, a), ab);
    ck_assert_uint_eq(causes_union(table, ab, c), causes_union(table, a, bc));
    ck_assert_uint_eq(causes_union(table, ab, bc), causes_union(table, ab, c));
    ck_assert_uint_eq(causes_union(table, ab, b), ab);
    ck_assert_uint_eq(causes_union(table, ab, ab), ab);
    ck_assert_uint_ne(ab, bc);
    ck_assert_uint_eq(causes_count(table, causes_union(table, ab, bc)), 3);
}
END_TEST

START_TEST(many_sets_keep_their_texts)
{
    causes all = 0, sets[3000];
    for (size_t i = 0; i < N_ITEMS(sets); i++) {
        sets[i] = causes_of(table, str_fmt(&arena, "cause %zu", i));
        if (i % 10 == 0)
            all = causes_union(table, all, sets[i]);
    }
    for (size_t i = 0; i < N_ITEMS(sets); i++)
        EXPECT_TEXT("one", causes_text(table, sets[i], 0),
                    str_fmt(&arena, "cause %zu", i));
    ck_assert_uint_eq(causes_count(table, all), 300);
    for (size_t i = 1; i < 300; i++)
        ck_assert_int_lt(
            str_cmp(causes_text(table, all, i - 1), causes_text(table, all, i)),
            0);
}
END_TEST

enum { THREADS = 4, TEXTS = 40 };

/* Each thread makes all pairs, in an order of its own; their sum of ids must
 * be the same, as equal sets have equal ids. */
static void *make_pairs(void *argument)
{
    size_t shift = *(const size_t *)argument;
    uint64_t *sum = argument;
    *sum = 0;
    for (size_t i = 0; i < TEXTS; i++) {
        for (size_t k = 0; k < TEXTS; k++) {
            char a[] = {(char)('A' + (i + shift) % TEXTS)};
            char b[] = {(char)('A' + (k + shift) % TEXTS)};
            causes set =
                causes_union(table, causes_of(table, (struct str){a, 1}),
                             causes_of(table, (struct str){b, 1}));
            if (causes_count(table, set) == (a[0] == b[0] ? 1 : 2))
                *sum += set;
        }
    }
    return NULL;
}

START_TEST(threads_get_equal_ids)
{
    pthread_t threads[THREADS];
    uint64_t sums[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        sums[i] = i * 7;
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, make_pairs, &sums[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    for (size_t i = 1; i < THREADS; i++)
        ck_assert_uint_eq(sums[i], sums[0]);
    ck_assert_uint_ne(sums[0], 0);
}
END_TEST

Suite *suite_causes(void)
{
    Suite *suite = suite_create("causes");
    TCase *tc = tcase_create("causes");
    tcase_add_checked_fixture(tc, make, release);
    tcase_add_test(tc, the_empty_set_is_zero);
    tcase_add_test(tc, texts_are_copied_and_sorted);
    tcase_add_test(tc, equal_sets_are_one_however_they_were_made);
    tcase_add_test(tc, many_sets_keep_their_texts);
    tcase_add_test(tc, threads_get_equal_ids);
    suite_add_tcase(suite, tc);
    return suite;
}
