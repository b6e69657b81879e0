/* Rows, ghosts, coverage, scope and demand. */
#include <check.h>

#include "tests/unit/inventory/inventory_support.h"

#define DB  "AWS::RDS::DBInstance"
#define KEY "AWS::KMS::Key"

static void cover(struct bench *bench, struct str region, const char *call,
                  enum coverage_state state, const char *code)
{
    inventory_coverage(bench->inventory,
                       &(struct coverage){.account = ACCOUNT,
                                          .region = region,
                                          .call = str_of(call),
                                          .state = state,
                                          .code = str_of(code)});
}

static const char *calls_of(struct bench *bench)
{
    const struct catalogue_call *const *calls;
    size_t n = demand_calls(&bench->arena, bench->demand, &calls);
    struct str all = STR("");
    for (size_t i = 0; i < n; i++)
        all = str_fmt(&bench->arena, "%.*s%s%.*s", STRF(all), i ? " " : "",
                      STRF(calls[i]->id));
    return str_cstr(&bench->arena, all);
}

static const struct {
    const char *demand, *want;
} demands[] = {
    {"dr.copy name", ""},
    {"AWS::KMS::Key", "kms:ListKeys"},
    {"AWS::KMS::Key KeyId region", "kms:ListKeys"},
    {"AWS::KMS::Key KeyState MultiRegion", "kms:DescribeKey kms:ListKeys"},
    {"AWS::RDS::DBInstance Engine", "rds:DescribeDBInstances"},
};

START_TEST(demand_gives_calls)
{
    struct bench bench;
    bench_open(&bench, NULL);
    ck_assert_str_eq(calls_of(&bench), "");
    bench_demand(&bench, demands[_i].demand);
    ck_assert_str_eq(calls_of(&bench), demands[_i].want);
    bench_close(&bench);
}
END_TEST

/* A call per row of another type needs that type, and what it is made with. */
START_TEST(demand_follows_parents)
{
    struct bench bench;
    bench_open(&bench, "catalogue: 1\n"
                       "service: {id: s, protocol: query}\n"
                       "calls:\n"
                       "  ListA: {items: As}\n"
                       "  ReadA: {per: A, inputs: {Id: id}}\n"
                       "  ListB: {items: Bs, per: A, inputs: {Of: Token}}\n"
                       "types:\n"
                       "  A: {listing: ListA, id: opaque, id_path: I, fields:"
                       " {Token: {type: string, from: ReadA}, N: int}}\n"
                       "  B: {listing: ListB, id: opaque, id_path: I, fields:"
                       " {M: int}}\n");
    bench_demand(&bench, "B");
    ck_assert_str_eq(calls_of(&bench), "s:ListA s:ListB s:ReadA");
    const struct catalogue_type *a = bench_type(&bench, "A");
    ck_assert(bench.demand->fields[a->number][bench_field(a, "Token")]);
    ck_assert(!bench.demand->fields[a->number][bench_field(a, "N")]);
    bench_close(&bench);
}
END_TEST

START_TEST(rows_are_sorted_columns)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, KEY " KeyId KeyState");
    bench_inventory(&bench);
    const struct catalogue_type *key = bench_type(&bench, KEY);
    inventory_scope(bench.inventory, ACCOUNT, TOKYO);
    cover(&bench, TOKYO, "kms:ListKeys", COVERAGE_OK, "");
    uint32_t z =
        inventory_row(bench.inventory, key, ACCOUNT, TOKYO, STR("arn:z"));
    uint32_t a =
        inventory_row(bench.inventory, key, ACCOUNT, TOKYO, STR("arn:a"));
    inventory_cell(bench.inventory, key, z, bench_field(key, "KeyId"),
                   value_str(STR("z")));
    inventory_cell(bench.inventory, key, a, bench_field(key, "KeyId"),
                   value_str(STR("a")));
    /* One that is not demanded is left out. */
    inventory_cell(bench.inventory, key, a, bench_field(key, "KeySpec"),
                   value_str(STR("x")));
    ck_assert_uint_eq(inventory_find(bench.inventory, key, STR("arn:a")), a);
    ck_assert_uint_eq(inventory_find(bench.inventory, key, STR("arn:b")),
                      UINT32_MAX);
    inventory_finish(bench.inventory);
    const struct value_table *table = bench.inventory->tables[key->number];
    ck_assert_uint_eq(table->n_rows, 2);
    ck_assert_uint_eq(table->n_ghosts, 0);
    ck_assert(str_is(value_text(value_cell(table, 0, ROW_ID)), "arn:a"));
    ck_assert(str_is(value_text(value_cell(table, 1, ROW_ID)), "arn:z"));
    ck_assert(str_is(value_text(value_cell(table, 1, ROW_TYPE)), KEY));
    ck_assert_ptr_null(table->columns[ROW_TYPE]);
    ck_assert_ptr_null(table->columns[bench_field(key, "KeySpec")]);
    ck_assert_str_eq(bench_cell(&bench, KEY, "arn:z", "KeyId"), "'z'");
    ck_assert_str_eq(bench_cell(&bench, KEY, "arn:z", "region"),
                     "'ap-northeast-1'");
    ck_assert_str_eq(bench_cell(&bench, KEY, "arn:z", "KeyState"),
                     "?not read: kms:DescribeKey");
    ck_assert_uint_eq(table->columns[bench_field(key, "KeyState")][0].aux, 0);
    bench_close(&bench);
}
END_TEST

START_TEST(ghosts_come_from_coverage)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, KEY " KeyId");
    bench_inventory(&bench);
    const struct catalogue_type *key = bench_type(&bench, KEY);
    inventory_scope(bench.inventory, ACCOUNT, STR("us-east-1"));
    inventory_scope(bench.inventory, ACCOUNT, OSAKA);
    inventory_scope(bench.inventory, ACCOUNT, TOKYO);
    inventory_scope(bench.inventory, ACCOUNT, TOKYO);
    cover(&bench, OSAKA, "kms:ListKeys", COVERAGE_DENIED, "AccessDenied");
    cover(&bench, TOKYO, "kms:ListKeys", COVERAGE_OK, "");
    inventory_finish(bench.inventory);
    const char *osaka = "'123456789012'/'ap-northeast-3' ?denied kms:ListKeys "
                        "123456789012/ap-northeast-3 AccessDenied";
    ck_assert_uint_eq(bench.inventory->n_scope, 3);
    ck_assert_str_eq(bench_ghost(&bench, KEY, 0), osaka);
    ck_assert_str_eq(bench_ghost(&bench, KEY, 1),
                     "'123456789012'/'us-east-1' ?not read: kms:ListKeys");
    ck_assert_str_eq(bench_ghost(&bench, KEY, 2), "no ghost");
    const struct value_table *table = bench.inventory->tables[key->number];
    ck_assert(value_is_ghost(value_row(table, 0)));
    ck_assert_int_eq(value_cell(table, 0, ROW_ID).kind, VALUE_UNKNOWN);
    ck_assert_int_eq(value_cell(table, 0, bench_field(key, "KeyId")).kind,
                     VALUE_UNKNOWN);
    /* Again, and with one more: no ghost is doubled. */
    struct place place = {ACCOUNT, OSAKA};
    inventory_ghost(bench.inventory, key, place,
                    causes_of(bench.causes, STR("another")));
    inventory_finish(bench.inventory);
    ck_assert_str_eq(
        bench_ghost(&bench, KEY, 0),
        "'123456789012'/'ap-northeast-3' ?another?denied kms:ListKeys "
        "123456789012/ap-northeast-3 AccessDenied");
    ck_assert_uint_eq(bench.inventory->tables[key->number]->n_ghosts, 2);
    /* The listing is read after all. */
    cover(&bench, STR("us-east-1"), "kms:ListKeys", COVERAGE_OK, "");
    inventory_finish(bench.inventory);
    ck_assert_uint_eq(bench.inventory->tables[key->number]->n_ghosts, 1);
    bench_close(&bench);
}
END_TEST

START_TEST(derived_rows_and_ghosts)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, "dr.copy name mechanism destination_key");
    bench_inventory(&bench);
    const struct catalogue_type *copy = bench_type(&bench, "dr.copy");
    inventory_scope(bench.inventory, ACCOUNT, TOKYO);
    inventory_row(bench.inventory, copy, ACCOUNT, TOKYO, STR("m"));
    inventory_finish(bench.inventory);
    struct value_table *table = bench.inventory->tables[copy->number];
    ck_assert_uint_eq(table->n_rows, 1);
    ck_assert_uint_eq(table->n_ghosts, 0);
    ck_assert_str_eq(bench_cell(&bench, "dr.copy", "m", "name"), "?not given");
    ck_assert_str_eq(bench_cell(&bench, "dr.copy", "m", "destination_key"),
                     "absent");
    struct str before = inventory_digest(&bench.arena, bench.inventory);
    uint32_t row =
        inventory_row(bench.inventory, copy, ACCOUNT, TOKYO, STR("a"));
    inventory_cell(bench.inventory, copy, row, bench_field(copy, "name"),
                   value_str(STR("orders")));
    uint32_t field = bench_field(copy, "mechanism");
    const char *mechanisms[] = {"one", "two", "one"};
    for (size_t i = 0; i < N_ITEMS(mechanisms); i++) {
        struct str why = str_fmt(&bench.arena, "cause %zu", i);
        uint32_t ghost = inventory_ghost(bench.inventory, copy,
                                         (struct place){ACCOUNT, STR("")},
                                         causes_of(bench.causes, why));
        inventory_ghost_cell(bench.inventory, copy, ghost, field,
                             value_str(str_of(mechanisms[i])));
    }
    inventory_finish(bench.inventory);
    ck_assert_ptr_eq(bench.inventory->tables[copy->number], table);
    ck_assert_uint_eq(table->n_rows, 2);
    ck_assert_uint_eq(table->n_ghosts, 2);
    ck_assert_str_eq(bench_cell(&bench, "dr.copy", "a", "name"), "'orders'");
    ck_assert_str_eq(bench_cell(&bench, "dr.copy", "m", "name"), "?not given");
    ck_assert_str_eq(bench_ghost(&bench, "dr.copy", 0),
                     "'123456789012'/?cause 0?cause 2 ?cause 0?cause 2");
    ck_assert_str_eq(bench_print(&bench, value_cell(table, 2, field)), "'one'");
    ck_assert_str_eq(bench_print(&bench, value_cell(table, 3, field)), "'two'");
    ck_assert(str_eq(before, inventory_digest(&bench.arena, bench.inventory)));
    bench_close(&bench);
}
END_TEST

START_TEST(worse_coverage_holds)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, DB);
    bench_inventory(&bench);
    const char *call = "rds:DescribeDBInstances";
    ck_assert_str_eq(bench_coverage(&bench, TOKYO, call), "none");
    cover(&bench, TOKYO, call, COVERAGE_THROTTLED, "Throttling");
    cover(&bench, TOKYO, call, COVERAGE_OK, "");
    cover(&bench, TOKYO, call, COVERAGE_DENIED, "AccessDenied");
    ck_assert_str_eq(bench_coverage(&bench, TOKYO, call),
                     "throttled 0 0 Throttling");
    cover(&bench, TOKYO, call, COVERAGE_THROTTLED, "Slow");
    cover(&bench, TOKYO, call, COVERAGE_THROTTLED, "RequestLimit");
    ck_assert_str_eq(bench_coverage(&bench, TOKYO, call),
                     "throttled 0 0 RequestLimit");
    bench_close(&bench);
}
END_TEST

START_TEST(words_of_coverage)
{
    for (int i = 0; i <= COVERAGE_FAILED; i++) {
        enum coverage_state state;
        ck_assert(
            coverage_state_of(coverage_word((enum coverage_state)i), &state));
        ck_assert_int_eq((int)state, i);
    }
    ck_assert(str_is(coverage_word(COVERAGE_BAD_ANSWER), "bad answer"));
    ck_assert(str_is(coverage_word(COVERAGE_REGION_OFF), "region off"));
    enum coverage_state state;
    ck_assert(!coverage_state_of(STR("fine"), &state));
}
END_TEST

START_TEST(scope_and_digest)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, DB " Engine");
    bench_inventory(&bench);
    const struct catalogue_type *db = bench_type(&bench, DB);
    inventory_scope(bench.inventory, ACCOUNT, TOKYO);
    struct place out = {ACCOUNT, OSAKA}, in = {ACCOUNT, TOKYO};
    ck_assert(inventory_in_scope(bench.inventory, in));
    ck_assert(!inventory_in_scope(bench.inventory, out));
    inventory_finish(bench.inventory);
    struct str empty = inventory_digest(&bench.arena, bench.inventory);
    ck_assert(str_starts(empty, STR("sha256:")));
    ck_assert_uint_eq(empty.n, 7 + 64);
    uint32_t row =
        inventory_row(bench.inventory, db, ACCOUNT, TOKYO, STR("arn:a"));
    inventory_cell(bench.inventory, db, row, bench_field(db, "Engine"),
                   value_str(STR("mysql")));
    inventory_finish(bench.inventory);
    struct str one = inventory_digest(&bench.arena, bench.inventory);
    ck_assert(!str_eq(empty, one));
    cover(&bench, TOKYO, "rds:DescribeDBInstances", COVERAGE_OK, "");
    inventory_finish(bench.inventory);
    struct str two = inventory_digest(&bench.arena, bench.inventory);
    ck_assert(!str_eq(one, two));
    inventory_finish(bench.inventory);
    ck_assert(str_eq(two, inventory_digest(&bench.arena, bench.inventory)));
    bench_close(&bench);
}
END_TEST

START_TEST(notes_are_counted)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_inventory(&bench);
    inventory_note(bench.inventory, STR("a"));
    inventory_note(bench.inventory, STR("b"));
    inventory_note(bench.inventory, STR("a"));
    ck_assert_uint_eq(bench.inventory->n_notes, 2);
    ck_assert_uint_eq(bench.inventory->notes[0].count, 2);
    ck_assert(str_is(bench.inventory->notes[1].text, "b"));
    for (int i = 0; i < 200; i++)
        inventory_note(bench.inventory, str_fmt(&bench.arena, "%d", i));
    ck_assert_uint_eq(bench.inventory->n_notes, 101);
    ck_assert_uint_eq(bench.inventory->notes[100].count, 102);
    ck_assert(str_is(bench.inventory->notes[100].text,
                     "more names that are not known"));
    bench_close(&bench);
}
END_TEST

Suite *suite_inventory(void);

Suite *suite_inventory(void)
{
    Suite *suite = suite_create("inventory");
    TCase *tc = tcase_create("inventory");
    tcase_add_loop_test(tc, demand_gives_calls, 0, N_ITEMS(demands));
    tcase_add_test(tc, demand_follows_parents);
    tcase_add_test(tc, rows_are_sorted_columns);
    tcase_add_test(tc, ghosts_come_from_coverage);
    tcase_add_test(tc, derived_rows_and_ghosts);
    tcase_add_test(tc, worse_coverage_holds);
    tcase_add_test(tc, words_of_coverage);
    tcase_add_test(tc, scope_and_digest);
    tcase_add_test(tc, notes_are_counted);
    suite_add_tcase(suite, tc);
    return suite;
}
