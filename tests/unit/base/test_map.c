/* Tests of the table from text, and of interned text. */
#include <check.h>

#include "checker/base/map.h"
#include "tests/unit/base/expect.h"

Suite *suite_map(void);

START_TEST(an_empty_map_has_nothing)
{
    struct arena arena = {0};
    struct map map = {.arena = &arena};
    ck_assert_ptr_null(map_get(&map, STR("a")));
    ck_assert(!map_has(&map, STR("")));
    ck_assert_uint_eq(map_index(&map, STR("a")), SIZE_MAX);
    arena_release(&arena);
}
END_TEST

START_TEST(a_map_keeps_values_and_their_order)
{
    struct arena arena = {0};
    struct map map = {.arena = &arena};
    static int numbers[2000];
    for (size_t i = 0; i < N_ITEMS(numbers); i++)
        ck_assert(map_put(&map, str_fmt(&arena, "key-%zu", i), &numbers[i]));
    ck_assert_uint_eq(map.n, N_ITEMS(numbers));
    for (size_t i = 0; i < N_ITEMS(numbers); i++) {
        struct str key = str_fmt(&arena, "key-%zu", i);
        ck_assert_ptr_eq(map_get(&map, key), &numbers[i]);
        ck_assert_uint_eq(map_index(&map, key), i);
        EXPECT_TEXT("order", map.items[i].key, key);
    }
    ck_assert(!map_has(&map, STR("key-2000")));
    arena_release(&arena);
}
END_TEST

START_TEST(a_key_is_replaced)
{
    struct arena arena = {0};
    struct map map = {.arena = &arena};
    int a, b;
    ck_assert(map_put(&map, STR("x"), &a));
    ck_assert(map_put(&map, STR("x\0"), NULL));
    ck_assert(map_put(&map, STR(""), NULL));
    ck_assert(!map_put(&map, STR("x"), &b));
    ck_assert_uint_eq(map.n, 3);
    ck_assert_ptr_eq(map_get(&map, STR("x")), &b);
    ck_assert(map_has(&map, (struct str){0}));
    ck_assert_ptr_null(map_get(&map, STR("")));
    arena_release(&arena);
}
END_TEST

START_TEST(a_hash_depends_on_every_byte)
{
    char text[24] = "";
    uint64_t before = hash_bytes(text, sizeof(text));
    ck_assert_uint_eq(hash_bytes(text, sizeof(text)), before);
    ck_assert_uint_ne(hash_bytes(text, sizeof(text) - 1), before);
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = 1;
        ck_assert_uint_ne(hash_bytes(text, sizeof(text)), before);
        text[i] = 0;
    }
}
END_TEST

START_TEST(equal_texts_are_one)
{
    struct arena arena = {0};
    struct interns interns;
    interns_init(&interns, &arena);
    char word[] = "postgres";
    struct str first = intern(&interns, str_of(word));
    word[0] = 'P';
    EXPECT_TEXT("copied", first, STR("postgres"));
    ck_assert_ptr_eq(intern(&interns, STR("postgres")).p, first.p);
    ck_assert_ptr_ne(intern(&interns, str_of(word)).p, first.p);
    ck_assert_int_eq(first.p[first.n], '\0');
    arena_release(&arena);
}
END_TEST

Suite *suite_map(void)
{
    Suite *suite = suite_create("map");
    TCase *tc = tcase_create("map");
    tcase_add_test(tc, an_empty_map_has_nothing);
    tcase_add_test(tc, a_map_keeps_values_and_their_order);
    tcase_add_test(tc, a_key_is_replaced);
    tcase_add_test(tc, a_hash_depends_on_every_byte);
    tcase_add_test(tc, equal_texts_are_one);
    suite_add_tcase(suite, tc);
    return suite;
}
