/* Lookups: pins, places, uniqueness, sure and possible matches, the index. */
#include <check.h>

#include "tests/unit/engine/engine_support.h"

Suite *suite_lookup(void);

#define HEAD                                                                   \
    "rule: 1\nid: the-rule\ntitle: A case\nseverity: high\nsubject: T::Db\n"

/* The key of each database exists and is enabled. */
#define BY_ID                                                                  \
    HEAD                                                                       \
        "when: has(subject.KeyId)\n"                                           \
        "lookup:\n"                                                            \
        "  key: {in: 'T::Key', where: key.id == subject.KeyId, expect: one,\n" \
        "        else: {check: exists, message: m}}\n"                         \
        "require:\n"                                                           \
        "  on: {expr: key.State == \"Enabled\", message: m}\n"

/* By an id that is no ARN of the subject's own. */
#define BY_TEXT                                                                \
    HEAD "lookup:\n"                                                           \
         "  key: {in: 'T::Key', where: subject.Name == key.id, expect: one}\n" \
         "require:\n"                                                          \
         "  on: {expr: key.State == \"Enabled\", message: m}\n"

/* By the unique set of T::Thing. */
#define BY_NAME                                                                \
    HEAD "lookup:\n"                                                           \
         "  thing:\n"                                                          \
         "    in: T::Thing\n"                                                  \
         "    where: thing.account == subject.account && \"r2\" == "           \
         "thing.region && thing.Name == subject.Name\n"                        \
         "    expect: one\n"                                                   \
         "require:\n"                                                          \
         "  big: {expr: thing.Size > 3, message: m}\n"

/* By a field that several may share. */
#define OPTIONAL                                                               \
    HEAD "lookup:\n"                                                           \
         "  thing: {in: T::Thing, where: thing.Name == subject.Name,\n"        \
         "          expect: optional}\n"                                       \
         "require:\n"                                                          \
         "  has: {expr: thing.hasValue(), message: m}\n"

#define MANY                                                                   \
    HEAD "lookup:\n"                                                           \
         "  things: {in: T::Thing, where: things.Name == subject.Name,\n"      \
         "           expect: many}\n"                                          \
         "require:\n"                                                          \
         "  any: {expr: 'things.exists(t, t.On)', message: m}\n"               \
         "  few: {expr: things.size() < 3, message: m}\n"

#define DB                                                                     \
    "- {type: T::Db, id: d1, region: r1, fields: {Name: a, KeyId: "            \
    "'arn:aws:kms:r2:1:key/k'}}\n"
#define KEY                                                                    \
    "- {type: T::Key, id: 'arn:aws:kms:r2:1:key/k', region: r2, fields: "      \
    "{State: Enabled}}\n"
#define THING(id, region, name, more)                                          \
    "- {type: T::Thing, id: " id ", region: " region ", fields: {Name: " name  \
    ", " more "}}\n"

static const struct {
    const char *name, *rule, *rows, *ghosts, *scope, *want;
} cases[] = {
    {"the row", BY_ID, DB KEY, NULL, NULL, "d1 exists pass\nd1 on pass\n"},
    {"no row", BY_ID, DB, NULL, NULL, "d1 exists fail\nd1 on not_applicable\n"},
    {"an unknown id may be any row", BY_ID,
     "- {type: T::Db, id: d1, region: r1, fields: {KeyId: {$unknown: "
     "c}}}\n" KEY,
     NULL, NULL, "d1 exists unknown [c]\nd1 on unknown [c]\n"},
    {"a ghost of the key's region", BY_ID, DB,
     "- {type: T::Key, region: r2, cause: c2}\n", NULL,
     "d1 exists unknown [c2]\nd1 on unknown [c2]\n"},
    {"a ghost of another region is dropped by the ARN", BY_ID, DB,
     "- {type: T::Key, region: r3, cause: c3}\n", NULL,
     "d1 exists fail\nd1 on not_applicable\n"},
    {"a unique match drops ghosts", BY_ID, DB KEY,
     "- {type: T::Key, region: r2, cause: c2}\n", NULL,
     "d1 exists pass\nd1 on pass\n"},
    {"a place outside of the scope", BY_ID, DB, NULL, "1/r1",
     "d1 exists unknown [not in scope: 1/r2]\n"
     "d1 on unknown [not in scope: 1/r2]\n"},
    {"a place in the scope", BY_ID, DB, NULL, "1/r1 1/r2",
     "d1 exists fail\nd1 on not_applicable\n"},
    {"an unknown place with a scope", BY_TEXT,
     "- {type: T::Db, id: d1, region: r1, fields: {Name: {$unknown: c}}}\n",
     NULL, "1/r1",
     "d1 key unknown [c; not in scope: */*]\n"
     "d1 on unknown [c; not in scope: */*]\n"},
    {"two ghosts, both causes", BY_ID,
     "- {type: T::Db, id: d1, region: r1, fields: {KeyId: 'no-arn'}}\n",
     "- {type: T::Key, region: r3, cause: c3}\n"
     "- {type: T::Key, region: r2, cause: c2}\n",
     NULL, "d1 exists unknown [c2; c3]\nd1 on unknown [c2; c3]\n"},
    {"a unique set", BY_NAME,
     DB THING("t1", "r2", "a", "Size: 4") THING("t2", "r1", "a", "Size: 1")
         THING("t3", "r2", "b", "Size: 1"),
     "- {type: T::Thing, region: r2, cause: c2}\n", NULL,
     "d1 big pass\nd1 thing pass\n"},
    {"a ghost that the region pin leaves out", BY_NAME, DB,
     "- {type: T::Thing, region: r3, cause: c3}\n", NULL,
     "d1 big not_applicable\nd1 thing fail\n"},
    {"a row that may match, unique", BY_NAME,
     DB THING("t1", "r2", "{$unknown: n}", "Size: 4"), NULL, NULL,
     "d1 big unknown [n]\nd1 thing unknown [n]\n"},
    {"optional: none", OPTIONAL, DB THING("t1", "r1", "b", "Size: 1"), NULL,
     NULL, "d1 has fail\n"},
    {"optional: one", OPTIONAL, DB THING("t1", "r1", "a", "Size: 1"), NULL,
     NULL, "d1 has pass\n"},
    {"optional: two are an error", OPTIONAL,
     DB THING("t1", "r1", "a", "Size: 1") THING("t2", "r2", "a", "Size: 1"),
     NULL, NULL, "d1 has error\n"},
    {"optional: one and a ghost", OPTIONAL,
     DB THING("t1", "r1", "a", "Size: 1"),
     "- {type: T::Thing, region: r3, cause: c3}\n", NULL,
     "d1 has unknown [c3]\n"},
    {"many: sure members decide", MANY,
     DB THING("t1", "r1", "a", "On: true") THING("t2", "r1", "a", "On: false"),
     "- {type: T::Thing, region: r3, cause: c3}\n", NULL,
     "d1 any pass\nd1 few unknown [c3]\n"},
    {"many: three are three at least", MANY,
     DB THING("t1", "r1", "a", "On: true") THING("t2", "r1", "a", "On: false")
         THING("t3", "r1", "a", "On: false"),
     "- {type: T::Thing, region: r3, cause: c3}\n", NULL,
     "d1 any pass\nd1 few fail\n"},
    {"many: a maybe member", MANY,
     DB THING("t1", "r1", "{$unknown: n}", "On: true"), NULL, NULL,
     "d1 any unknown [n]\nd1 few pass\n"},
    {"many: nothing", MANY, DB, NULL, NULL, "d1 any fail\nd1 few pass\n"},
};

static void check_case(int i, bool is_scan)
{
    struct world world;
    world_open(&world);
    const char *documents[] = {cases[i].rule, NULL};
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(is_ok, "%s: %s", cases[i].name, world_mistakes(&world));
    world.is_scan = is_scan;
    world_fill(&world, cases[i].rows, cases[i].ghosts, cases[i].scope);
    const char *got = world_run(&world);
    ck_assert_msg(str_is(str_of(got), cases[i].want), "%s:\n%s", cases[i].name,
                  got);
    world_close(&world);
}

START_TEST(lookups_find)
{
    check_case(_i, false);
}
END_TEST

START_TEST(a_scan_finds_the_same)
{
    check_case(_i, true);
}
END_TEST

/* ---- the index alone ---- */

enum { N_ROWS = 100 };

static struct value cells[2][N_ROWS];
static struct value *columns[] = {cells[0], cells[1]};
static const struct field index_fields[] = {
    {.name = STR_INIT("a"), .type = &type_int},
    {.name = STR_INIT("b"), .type = &type_string},
};
static const struct record index_record = {.fields = index_fields,
                                           .n_fields = 2};

START_TEST(an_index_finds_rows_in_order)
{
    static const uint32_t fields[] = {0, 1};
    struct arena arena = {0};
    struct value_table table = {
        .record = &index_record, .columns = columns, .n_rows = N_ROWS};
    for (uint32_t i = 0; i < N_ROWS; i++) {
        cells[0][i] = value_int(i % 7);
        cells[1][i] = i % 10 == 0 ? value_unknown(0)
                                  : value_str(i % 2 ? STR("x") : STR("y"));
    }
    struct index *index = index_new(&arena, &table, fields, 2);
    struct value probe[] = {value_int(3), value_str(STR("x"))};
    struct index_walk walk;
    uint32_t row, last = 0;
    size_t n = 0, n_unknown = 0;
    index_begin(&walk, index, probe);
    while (index_next(&walk, &row)) {
        ck_assert(n == 0 || row > last);
        last = row;
        n_unknown += row % 10 == 0;
        if (row % 10 != 0)
            ck_assert(row % 7 == 3 && row % 2 == 1);
        n++;
    }
    /* 3, 17, 31, 45, 59, 73, 87 match; ten rows are unknown. */
    ck_assert_uint_eq(n_unknown, 10);
    ck_assert_uint_eq(n, 17);
    arena_release(&arena);
}
END_TEST

Suite *suite_lookup(void)
{
    Suite *suite = suite_create("lookup");
    TCase *tc = tcase_create("lookup");
    tcase_add_loop_test(tc, lookups_find, 0, N_ITEMS(cases));
    tcase_add_loop_test(tc, a_scan_finds_the_same, 0, N_ITEMS(cases));
    tcase_add_test(tc, an_index_finds_rows_in_order);
    suite_add_tcase(suite, tc);
    return suite;
}
