/* Tests of rules: what passes, what differs, and how it is told. */
#include <check.h>

#include "checker/engine/ruletest.h"
#include "tests/unit/engine/engine_support.h"

Suite *suite_ruletest(void);

/* Big things need a backup of their name, the day's limit and a note. */
static const char rule[] =
    "rule: 1\nid: a-rule\ntitle: A case\nseverity: high\n"
    "subject: T::Thing\n"
    "parameters:\n"
    "  least: {type: int, default: 3, maximum: 9, description: d}\n"
    "  names: {type: list(string), default: [], description: d}\n"
    "when: subject.On\n"
    "facts: {limit: {in: limits, key: {name: '\"size\"'}, expect: one,\n"
    "  else: {check: limit, message: 'no limit on {run.as_of}'}}}\n"
    "lookup: {twin: {in: T::Thing, where: twin.Name == subject.Name && "
    "twin.id != subject.id, expect: optional}}\n"
    "require:\n"
    "  least: {expr: subject.Size >= params.least, "
    "message: '{subject.Size} is too small'}\n"
    "  most: {expr: subject.Size <= limit.most, "
    "message: '{subject.Size} is too large'}\n"
    "  name: {expr: 'params.names.size() == 0 || subject.Name in "
    "params.names', message: '{subject.Name} is not allowed'}\n"
    "  alone: {expr: '!twin.hasValue()', "
    "message: '{twin.?id.orValue(\"\")} has the same name'}\n";
static const char facts[] =
    "facts: 1\ntable: limits\nkey: [name]\n"
    "columns: {name: string, most: int}\n"
    "rows:\n"
    "  - {name: size, most: 5, since: 2020-01-01, until: 2022-01-01, "
    "source: s}\n"
    "  - {name: size, most: 8, since: 2022-01-01, source: s}\n";

#define ROW(id, more)                                                          \
    "  - {type: T::Thing, id: " id                                             \
    ", region: r1, fields: {On: true, Name: " id ", " more "}}\n"

static const struct {
    const char *name, *test; /* below `tests: - name: t` */
    const char *want;        /* what is told; empty: it passes */
} cases[] = {
    {"all as expected",
     "  rows:\n" ROW("a", "Size: 4") ROW("b", "Size: 2") ROW(
         "c", "Size: 9") "  expect:\n"
                         "    a: pass\n"
                         "    b: {result: fail, message: '2 is too small'}\n"
                         "    c: {result: fail, checks: {least: pass, most: "
                         "fail}}\n",
     ""},
    {"another day",
     "  as_of: 2021-12-31\n"
     "  rows:\n" ROW(
         "a",
         "Size: 6") "  expect: {a: {result: fail, message: 6 is too large}}\n",
     ""},
    {"a day before all facts",
     "  as_of: 2019-12-31\n"
     "  rows:\n" ROW(
         "a", "Size: 6") "  expect: {a: {result: fail, message: no limit on "
                         "2019-12-31,\n"
                         "    checks: {limit: fail, most: not_applicable}}}\n",
     ""},
    {"parameters",
     "  parameters: {least: 7, names: [b, c]}\n"
     "  rows:\n" ROW("a", "Size: 6") "  expect: {a: {result: fail, checks: "
                                     "{least: fail, name: fail}}}\n",
     ""},
    {"what is not given is not known, or absent where it may be",
     "  rows:\n" ROW(
         "a",
         "Note: x") "  expect: {a: {result: unknown, causes: [not given]}}\n",
     ""},
    {"what the rule does not apply to need not be named",
     "  rows:\n"
     "  - {type: T::Thing, id: a, region: r1, fields: {On: false}}\n"
     "  expect: {}\n",
     ""},
    {"and may be",
     "  rows:\n"
     "  - {type: T::Thing, id: a, region: r1, fields: {On: false}}\n"
     "  expect: {a: not_applicable}\n",
     ""},
    {"ghosts, and the account that is meant",
     "  rows:\n" ROW(
         "a",
         "Size: 4") "  ghosts: [{type: T::Thing, region: r2, cause: denied}]\n"
                    "  expect:\n"
                    "    a: {result: unknown, causes: [denied]}\n"
                    "    ghost:111122223333/r2: {result: unknown, causes: "
                    "[denied]}\n",
     ""},
    {"what a ghost is known to have",
     "  ghosts:\n"
     "  - {type: T::Thing, region: r2, account: '9', cause: denied, "
     "fields: {On: false}}\n"
     "  expect: {ghost:9/r2: not_applicable}\n",
     ""},
    {"a place outside the scope",
     "  scope: [111122223333/r1]\n"
     "  rows:\n" ROW("a", "Size: 4") "  expect: {a: pass}\n",
     ""},
    {"rows of types that the rule does not read",
     "  rows:\n"
     "  - {type: 'T::Key', id: k, region: r1}\n" ROW(
         "a", "Size: 4") "  expect: {a: pass}\n",
     ""},
    {"another result", "  rows:\n" ROW("a", "Size: 2") "  expect: {a: pass}\n",
     "  a\n"
     "    result   expected  pass\n"
     "             got       fail\n"
     "             least: 2 is too small\n"},
    {"another message",
     "  rows:\n" ROW(
         "a", "Size: 2") "  expect: {a: {result: fail, message: too large}}\n",
     "  a\n"
     "    message  expected  too large\n"
     "             got       2 is too small\n"},
    {"no message",
     "  rows:\n" ROW(
         "a", "Size: 4") "  expect: {a: {result: pass, message: too large}}\n",
     "  a\n"
     "    message  expected  too large\n"
     "             got       no message\n"},
    {"other causes",
     "  rows:\n" ROW(
         "a", "Size: {$unknown: denied x}") "  expect: {a: {result: unknown, "
                                            "causes: [denied y, denied x]}}\n",
     "  a\n"
     "    causes   expected  denied x; denied y\n"
     "             got       denied x\n"},
    {"a set of causes has no order and no repeats",
     "  rows:\n" ROW("a",
                     "Size: {$unknown: b}") "  ghosts: [{type: T::Thing, "
                                            "region: r2, cause: a, "
                                            "fields: {On: false}}]\n"
                                            "  expect: {a: {result: unknown, "
                                            "causes: [b, a, b]}}\n",
     ""},
    {"other results of checks",
     "  rows:\n" ROW("a", "Size: 4") "  expect: {a: {result: pass, checks: "
                                     "{most: fail, mots: pass}}}\n",
     "  a\n"
     "    check    expected  most fail\n"
     "             got       pass\n"
     "    check    expected  mots pass\n"
     "             got       no such check\n"},
    {"a subject that is not named",
     "  rows:\n" ROW("a", "Size: 4")
         ROW("b", "Size: 4") "  expect: {a: pass}\n",
     "  b\n"
     "    result   expected  nothing: the test does not name it\n"
     "             got       pass\n"},
    {"a subject that is not there",
     "  rows:\n" ROW("a", "Size: 4") "  expect: {a: pass, b: not_applicable}\n",
     "  b\n"
     "    result   expected  not_applicable\n"
     "             got       no such subject\n"},
};

static struct world world;

static void set_up(void)
{
    world_open(&world);
}

static void tear_down(void)
{
    world_close(&world);
}

/* Loads the rule, the facts and a file with one test; the test. */
static struct ruletest load_one(const char *test)
{
    const char *documents[] = {rule, facts, NULL, NULL};
    struct ruletest *tests = NULL;
    documents[2] =
        str_cstr(&world.arena,
                 str_fmt(&world.arena,
                         "test: 1\nof: a-rule\ntests:\n- name: t\n%s", test));
    ck_assert_msg(world_rules(&world, documents), "%s", world_mistakes(&world));
    ck_assert_uint_eq(ruletest_list(&world.arena, world.rules, &tests), 1);
    return tests[0];
}

START_TEST(test_says)
{
    struct ruletest test = load_one(cases[_i].test);
    struct buf got = {0};
    /* Twice: nothing of a run is left behind. */
    for (int i = 0; i < 2; i++) {
        buf_reset(&got);
        bool is_passed = ruletest_run(world.rules, &test, &got);
        ck_assert_msg(str_is(buf_str(&got), cases[_i].want), "%s:\n%.*s",
                      cases[_i].name, STRF(buf_str(&got)));
        ck_assert_int_eq(is_passed, cases[_i].want[0] == '\0');
    }
    ck_assert(str_is(ruletest_name(&test), "t"));
    ck_assert_str_eq(test.source->path, "3.yaml");
    buf_release(&got);
}
END_TEST

START_TEST(rules_are_put_back)
{
    struct ruletest test = load_one("  as_of: 2021-12-31\n"
                                    "  parameters: {least: 7, names: [x]}\n"
                                    "  expect: {}\n");
    const struct rule *loaded = world.rules->chosen[0];
    const struct facts_table *table = world.rules->tables.items[0].value;
    struct buf got = {0};
    ck_assert(ruletest_run(world.rules, &test, &got));
    ck_assert_int_eq(loaded->clauses.parameters[0].value.as.i, 3);
    ck_assert_uint_eq(loaded->clauses.parameters[1].value.n, 0);
    ck_assert(str_is(world.rules->as_of, "2026-11-24"));
    ck_assert_uint_eq(table->in_force.n_rows, 1);
    size_t most = record_find(&table->record, STR("most"));
    ck_assert_int_eq(table->in_force.columns[most][0].as.i, 8);
    buf_release(&got);
}
END_TEST

START_TEST(tests_come_in_order)
{
    static const char head[] = "rule: 1\nid: %s\ntitle: A case\n"
                               "severity: high\nsubject: T::Thing\n"
                               "require: {on: {expr: subject.On, message: m}}\n"
                               "tests:\n"
                               "- {name: one, expect: {x: pass}}\n"
                               "- {name: two, expect: {x: {result: fail}}}\n";
    struct buf b = {0}, a = {0}, names = {0};
    struct ruletest *tests = NULL;
    struct ruletest_cases both = {0};
    buf_addf(&b, head, "b-rule");
    buf_addf(&a, head, "a-rule");
    buf_addc(&b, '\0');
    buf_addc(&a, '\0');
    const char *documents[] = {
        b.p, a.p,
        "test: 1\nof: b-rule\ntests: [{name: three, expect: {x: error}}]\n",
        NULL};
    ck_assert_msg(world_rules(&world, documents), "%s", world_mistakes(&world));
    size_t n = ruletest_list(&world.arena, world.rules, &tests);
    for (size_t i = 0; i < n; i++)
        buf_addf(&names, "%.*s %.*s, ", STRF(tests[i].rule->info.id),
                 STRF(ruletest_name(&tests[i])));
    ck_assert_msg(str_is(buf_str(&names), "a-rule one, a-rule two, b-rule one, "
                                          "b-rule two, b-rule three, "),
                  "%.*s", STRF(buf_str(&names)));
    ruletest_cases(&tests[4], &both);
    ck_assert(!both.has_pass && !both.has_fail);
    ruletest_cases(&tests[0], &both);
    ck_assert(both.has_pass && !both.has_fail);
    ruletest_cases(&tests[1], &both);
    ck_assert(both.has_pass && both.has_fail);
    buf_release(&a);
    buf_release(&b);
    buf_release(&names);
}
END_TEST

static const struct {
    const char *file, *want; /* a file of tests, and its mistakes */
} malformed[] = {
    {"test: 2\nof: a-rule\ntests: []\n", "1:7 expected version 1, found 2\n"},
    {"test: 1\nof: a-rul\ntests: []\n",
     "2:5 there is no rule 'a-rul' | did you mean 'a-rule'?\n"},
    {"test: 1\ntests: []\n", "1:1 missing key 'of' in test file\n"},
    {"test: 1\nof: a-rule\n", "1:1 missing key 'tests' in test file\n"},
    {"test: 1\nof: a-rule\ntest_s: 1\ntests: []\n",
     "3:1 unknown key 'test_s' in test file | did you mean 'tests'?\n"},
    {"test: 1\nof: a-rule\ntests:\n- {name: n, expect: {a: passed}}\n",
     "4:25 expected pass, fail, unknown, not_applicable or error, found "
     "'passed' | did you mean 'pass'?\n"},
    {"test: 1\nof: a-rule\ntests:\n- {name: n, scope: [r1], expect: {}}\n",
     "4:21 'r1' is not a place: ACCOUNT/REGION\n"},
    {"test: 1\nof: a-rule\ntests:\n"
     "- {name: n, parameters: {least: 10}, expect: {}}\n",
     "4:33 the value is above the maximum\n"},
    {"test: 1\nof: a-rule\ntests:\n"
     "- {name: n, parameters: {leest: 1}, expect: {}}\n",
     "4:26 the rule has no parameter 'leest' | did you mean 'least'?\n"},
    {"test: 1\nof: a-rule\ntests:\n- name: n\n  expect: {}\n  rows:\n"
     "  - {type: T::Thing, id: a, region: r1}\n"
     "  - {type: T::Key, id: a, region: r1}\n"
     "  - {type: T::Thing, id: a, region: r2}\n",
     "9:26 id 'a' is already used at line 7\n"},
    {"test: 1\nof: a-rule\ntests:\n"
     "- {name: n, expect: {a: {result: fail, checks: {most: no}}}}\n",
     "4:55 expected pass, fail, unknown, not_applicable or error, found "
     "'no'\n"},
    {"test: 1\nof: a-rule\ntests:\n"
     "- {name: n, expect: {a: {result: unknown, causes: denied}}}\n",
     "4:51 expected a list, found text\n"},
};

START_TEST(malformed_tests_are_refused)
{
    const char *documents[] = {rule, facts, malformed[_i].file, NULL};
    ck_assert(!world_rules(&world, documents));
    ck_assert_str_eq(world_mistakes(&world), malformed[_i].want);
}
END_TEST

Suite *suite_ruletest(void)
{
    Suite *suite = suite_create("ruletest");
    TCase *tc = tcase_create("ruletest");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, test_says, 0, (int)N_ITEMS(cases));
    tcase_add_test(tc, rules_are_put_back);
    tcase_add_test(tc, tests_come_in_order);
    tcase_add_loop_test(tc, malformed_tests_are_refused, 0,
                        (int)N_ITEMS(malformed));
    suite_add_tcase(suite, tc);
    return suite;
}
