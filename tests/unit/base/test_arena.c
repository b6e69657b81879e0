/* Tests of the arena: zeroed, aligned, growing, and freed at once. */
#include <check.h>
#include <setjmp.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/arena.h"

Suite *suite_arena(void);

static bool is_zeroed(const unsigned char *p, size_t n)
{
    while (n > 0 && p[n - 1] == 0)
        n--;
    return n == 0;
}

START_TEST(memory_is_zeroed_and_aligned)
{
    struct arena arena = {0};
    for (size_t size = 0; size < 5000; size += 7) {
        unsigned char *p = arena_alloc(&arena, size);
        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
        ck_assert(is_zeroed(p, size));
        memset(p, 0xA5, size);
    }
    arena_release(&arena);
}
END_TEST

START_TEST(a_reset_arena_gives_zeroed_memory_again)
{
    struct arena arena = {0};
    memset(arena_alloc(&arena, 3000), 0xFF, 3000);
    arena_alloc(&arena, 100000);
    size_t most = arena_bytes(&arena);
    arena_reset(&arena);
    ck_assert_uint_lt(arena_bytes(&arena), most);
    ck_assert_uint_gt(arena_bytes(&arena), 0);
    unsigned char *p = arena_alloc(&arena, 3000);
    ck_assert(is_zeroed(p, 3000));
    arena_release(&arena);
    ck_assert_uint_eq(arena_bytes(&arena), 0);
    ck_assert_ptr_nonnull(arena_alloc(&arena, 1));
    arena_release(&arena);
}
END_TEST

START_TEST(an_empty_arena_can_be_reset_and_released)
{
    struct arena arena = {0};
    arena_reset(&arena);
    arena_release(&arena);
    ck_assert_uint_eq(arena_bytes(&arena), 0);
}
END_TEST

START_TEST(an_array_keeps_its_items_as_it_grows)
{
    struct arena arena = {0};
    int *items = NULL;
    size_t capacity = 0;
    for (size_t n = 0; n < 1000; n++) {
        items = arena_grow(&arena, items, n, &capacity, sizeof(int));
        ck_assert_uint_gt(capacity, n);
        items[n] = (int)n * 3;
    }
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items[i], i * 3);
    arena_release(&arena);
}
END_TEST

START_TEST(a_joined_arena_lives_on)
{
    struct arena arena = {0}, other = {0};
    arena_join(&arena, &other);
    ck_assert_uint_eq(arena_bytes(&arena), 0);
    char *first = arena_alloc(&other, 8);
    first[0] = 'a';
    arena_join(&arena, &other);
    ck_assert_uint_eq(arena_bytes(&other), 0);
    char *second = arena_alloc(&other, 100000);
    second[99999] = 'b';
    size_t total = arena_bytes(&arena) + arena_bytes(&other);
    arena_join(&arena, &other);
    ck_assert_uint_eq(arena_bytes(&arena), total);
    arena_release(&other);
    arena_alloc(&arena, 100);
    ck_assert(first[0] == 'a' && second[99999] == 'b');
    arena_release(&arena);
}
END_TEST

static jmp_buf recovered;

static void recover(void)
{
    longjmp(recovered, 1);
}

START_TEST(a_product_that_overflows_is_exhaustion)
{
    struct arena arena = {0};
    arena_on_exhaustion(recover);
    if (setjmp(recovered) == 0) {
        arena_array(&arena, SIZE_MAX / 4, 8);
        ck_abort_msg("4 * 2^64 bytes were allocated");
    }
    if (setjmp(recovered) == 0) {
        arena_alloc(&arena, SIZE_MAX - 3);
        ck_abort_msg("2^64 - 4 bytes were allocated");
    }
    arena_on_exhaustion(NULL);
    ck_assert_uint_eq(arena_bytes(&arena), 0);
}
END_TEST

START_TEST(exhaustion_without_a_handler_aborts)
{
    struct arena arena = {0};
    arena_array(&arena, SIZE_MAX / 4, 8);
}
END_TEST

Suite *suite_arena(void)
{
    Suite *suite = suite_create("arena");
    TCase *tc = tcase_create("arena");
    tcase_add_test(tc, memory_is_zeroed_and_aligned);
    tcase_add_test(tc, a_reset_arena_gives_zeroed_memory_again);
    tcase_add_test(tc, an_empty_arena_can_be_reset_and_released);
    tcase_add_test(tc, an_array_keeps_its_items_as_it_grows);
    tcase_add_test(tc, a_joined_arena_lives_on);
    tcase_add_test(tc, a_product_that_overflows_is_exhaustion);
    tcase_add_test_raise_signal(tc, exhaustion_without_a_handler_aborts,
                                SIGABRT);
    suite_add_tcase(suite, tc);
    return suite;
}
