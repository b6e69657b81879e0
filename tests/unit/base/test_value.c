/* Tests of values: how they are made, read and copied, and of their types. */
#include <check.h>

#include "checker/base/value.h"
#include "tests/unit/base/expect.h"

Suite *suite_value(void);

START_TEST(a_value_is_sixteen_bytes)
{
    ck_assert_uint_eq(sizeof(struct value), 16);
}
END_TEST

START_TEST(a_map_is_read_by_key)
{
    struct value pairs[] = {value_int(1),        value_str(STR("int key")),
                            value_str(STR("a")), value_int(2),
                            value_str(STR("a")), value_int(3),
                            value_str(STR("")),  value_null()};
    struct value map = value_map(pairs, 4);
    ck_assert_int_eq(value_get(map, STR("a")).as.i, 2);
    ck_assert_int_eq(value_get(map, STR("")).kind, VALUE_NULL);
    ck_assert_int_eq(value_get(map, STR("b")).kind, VALUE_NONE);
    ck_assert_int_eq(value_get(value_int(1), STR("a")).kind, VALUE_NONE);
}
END_TEST

START_TEST(cells_are_read_by_column)
{
    static const struct record record = {.name = STR_INIT("AWS::KMS::Key"),
                                         .is_row = true};
    struct value ids[] = {value_str(STR("k1")), value_unknown(5)};
    struct value *columns[] = {ids, NULL, NULL, NULL};
    struct value_table table = {
        .record = &record, .columns = columns, .n_rows = 1, .n_ghosts = 1};
    EXPECT_TEXT("id", value_text(value_cell(&table, 0, ROW_ID)), STR("k1"));
    EXPECT_TEXT("type", value_text(value_cell(&table, 1, ROW_TYPE)),
                STR("AWS::KMS::Key"));
    ck_assert(!value_is_ghost(value_row(&table, 0)));
    ck_assert(value_is_ghost(value_row(&table, 1)));
    ck_assert(!value_is_ghost(value_int(1)));
}
END_TEST

START_TEST(an_empty_text_is_no_null_pointer)
{
    ck_assert_ptr_nonnull(value_str((struct str){0}).as.s);
    EXPECT_TEXT("empty", value_text(value_str((struct str){0})), STR(""));
}
END_TEST

/* Everything is made in one arena, copied into another and read after the
 * first is gone: the address sanitizer sees what was not copied. */
static struct value build(struct arena *arena)
{
    struct value *items = ARENA_ARRAY(arena, 7, struct value);
    struct value *list = ARENA_ARRAY(arena, 2, struct value);
    struct value *pairs = ARENA_ARRAY(arena, 2, struct value);
    struct value *inner = ARENA_ARRAY(arena, 1, struct value);
    struct value_bounds *bounds = ARENA_NEW(arena, struct value_bounds);
    struct value_error *error = ARENA_NEW(arena, struct value_error);
    struct value_open *open = ARENA_NEW(arena, struct value_open);
    uint8_t *kinds = ARENA_ARRAY(arena, 1, uint8_t);
    causes *why = ARENA_ARRAY(arena, 1, causes);
    list[0] = value_str(str_dup(arena, STR("text\0more")));
    list[1] = value_double(1.5);
    pairs[0] = value_str(str_dup(arena, STR("key")));
    pairs[1] = value_bool(true);
    inner[0] = value_str(str_dup(arena, STR("inner")));
    *bounds = (struct value_bounds){2, 9};
    *error = (struct value_error){str_dup(arena, STR("no row")), true, 17};
    kinds[0] = MEMBER_MAYBE;
    why[0] = 8;
    *open = (struct value_open){inner, kinds, why, 1};
    items[0] = value_list(list, 2);
    items[1] = value_map(pairs, 1);
    items[2] = (struct value){.kind = VALUE_OPTIONAL, .as.items = inner};
    items[3] = value_unknown(6);
    items[3].flags = VALUE_MAYERR;
    items[3].as.bounds = bounds;
    items[4] = (struct value){.kind = VALUE_ERROR, .as.error = error};
    items[5] = (struct value){.kind = VALUE_OPEN_LIST, .as.open = open};
    items[6] = (struct value){
        .kind = VALUE_BYTES, .n = 2, .as.s = str_dup(arena, STR("\xFF\0")).p};
    return (struct value){.kind = VALUE_STRUCT, .n = 7, .as.items = items};
}

START_TEST(a_copy_stands_alone)
{
    struct arena first = {0}, second = {0};
    struct value copy = value_copy(&second, build(&first));
    arena_release(&first);
    ck_assert_int_eq(copy.kind, VALUE_STRUCT);
    ck_assert_uint_eq(copy.n, 7);
    const struct value *items = copy.as.items;
    EXPECT_TEXT("list", value_text(items[0].as.items[0]), STR("text\0more"));
    ck_assert_double_eq(items[0].as.items[1].as.d, 1.5);
    ck_assert(value_get(items[1], STR("key")).as.b);
    EXPECT_TEXT("optional", value_text(items[2].as.items[0]), STR("inner"));
    ck_assert_uint_eq(items[3].n, 6);
    ck_assert_uint_eq(items[3].flags, VALUE_MAYERR);
    ck_assert_int_eq(items[3].as.bounds->lo, 2);
    ck_assert_int_eq(items[3].as.bounds->hi, 9);
    EXPECT_TEXT("error", items[4].as.error->text, STR("no row"));
    ck_assert(items[4].as.error->is_miss);
    ck_assert_uint_eq(items[4].as.error->offset, 17);
    ck_assert_uint_eq(items[5].as.open->n, 1);
    ck_assert_uint_eq(items[5].as.open->kinds[0], MEMBER_MAYBE);
    ck_assert_uint_eq(items[5].as.open->why[0], 8);
    EXPECT_TEXT("open list", value_text(items[5].as.open->items[0]),
                STR("inner"));
    EXPECT_TEXT("bytes", value_text(items[6]), STR("\xFF\0"));
    arena_release(&second);
}
END_TEST

START_TEST(what_is_shared_is_not_copied)
{
    struct arena arena = {0};
    struct value_table table = {0};
    struct value text = value_str(STR("postgres"));
    struct value none = {.kind = VALUE_OPTIONAL};
    text.flags = VALUE_INTERNED;
    ck_assert_ptr_eq(value_copy(&arena, text).as.s, text.as.s);
    ck_assert_ptr_eq(value_copy(&arena, value_row(&table, 3)).as.table, &table);
    ck_assert_uint_eq(value_copy(&arena, value_row(&table, 3)).n, 3);
    ck_assert_ptr_null(value_copy(&arena, none).as.items);
    ck_assert_ptr_null(value_copy(&arena, value_unknown(1)).as.bounds);
    ck_assert_uint_eq(value_copy(&arena, value_list(NULL, 0)).n, 0);
    arena_release(&arena);
}
END_TEST

START_TEST(types_are_the_same_by_content)
{
    struct arena arena = {0};
    static const struct record a = {.name = STR_INIT("T")}, b = a;
    const struct type *list = type_list(&arena, &type_string);
    ck_assert(type_same(list, type_list(&arena, &type_arn)));
    ck_assert(!type_same(list, type_list(&arena, &type_int)));
    ck_assert(!type_same(list, type_optional(&arena, &type_string)));
    ck_assert(type_same(type_map(&arena, &type_string, list),
                        type_map(&arena, &type_date, list)));
    ck_assert(!type_same(type_map(&arena, &type_int, list),
                         type_map(&arena, &type_string, list)));
    ck_assert(type_same(type_record(&arena, &a), type_record(&arena, &a)));
    ck_assert(!type_same(type_record(&arena, &a), type_record(&arena, &b)));
    ck_assert(!type_same(&type_int, NULL));
    arena_release(&arena);
}
END_TEST

START_TEST(types_are_printed_as_cel_writes_them)
{
    struct arena arena = {0};
    struct buf out = {0};
    static const struct record row = {.name = STR_INIT("AWS::KMS::Key")};
    type_print(&out, type_map(&arena, &type_version,
                              type_list(&arena, type_record(&arena, &row))));
    EXPECT_TEXT("nested", buf_str(&out),
                STR("map(string, list(AWS::KMS::Key))"));
    buf_reset(&out);
    type_print(&out, type_optional(&arena, &type_int));
    EXPECT_TEXT("optional", buf_str(&out), STR("optional(int)"));
    buf_release(&out);
    arena_release(&arena);
}
END_TEST

START_TEST(a_field_is_found_by_name)
{
    static const struct field fields[] = {{.name = STR_INIT("id")},
                                          {.name = STR_INIT("KeyId")}};
    static const struct record record = {.fields = fields, .n_fields = 2};
    ck_assert_uint_eq(record_find(&record, STR("KeyId")), 1);
    ck_assert_uint_eq(record_find(&record, STR("keyid")), SIZE_MAX);
}
END_TEST

START_TEST(scalars_and_states_are_the_same_or_not)
{
    struct value list = value_list(NULL, 0);
    ck_assert(value_same_cell(value_str(STR("a")), value_str(STR("a"))));
    ck_assert(!value_same_cell(value_str(STR("a")), value_str(STR("b"))));
    ck_assert(value_same_cell(value_int(7), value_int(7)));
    ck_assert(!value_same_cell(value_int(1), value_bool(true)));
    ck_assert(!value_same_cell(value_bool(true), value_bool(false)));
    ck_assert(value_same_cell(value_unknown(5), value_unknown(5)));
    ck_assert(!value_same_cell(value_unknown(5), value_unknown(6)));
    ck_assert(value_same_cell(value_absent(), value_absent()));
    ck_assert(!value_same_cell(value_absent(), value_null()));
    ck_assert(!value_same_cell(list, list));
}
END_TEST

Suite *suite_value(void)
{
    Suite *suite = suite_create("value");
    TCase *tc = tcase_create("value");
    tcase_add_test(tc, a_value_is_sixteen_bytes);
    tcase_add_test(tc, a_map_is_read_by_key);
    tcase_add_test(tc, cells_are_read_by_column);
    tcase_add_test(tc, an_empty_text_is_no_null_pointer);
    tcase_add_test(tc, a_copy_stands_alone);
    tcase_add_test(tc, what_is_shared_is_not_copied);
    tcase_add_test(tc, types_are_the_same_by_content);
    tcase_add_test(tc, types_are_printed_as_cel_writes_them);
    tcase_add_test(tc, a_field_is_found_by_name);
    tcase_add_test(tc, scalars_and_states_are_the_same_or_not);
    suite_add_tcase(suite, tc);
    return suite;
}
