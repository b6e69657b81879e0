/* What is legal in a rule and most likely a mistake. */
#include <check.h>

#include "tests/unit/engine/engine_support.h"

Suite *suite_lint(void);

#define HEAD                                                                   \
    "rule: 1\nid: a-case\ntitle: A case\nseverity: high\nsubject: T::Thing\n"
/* Lines 6 and 7 of most cases: so that only what the case is about is said. */
#define TAIL                                                                   \
    "remediation: r\n"                                                         \
    "tests: [{name: n, rows: [], expect: {c: {result: unknown}}}]\n"
#define ON "require: {on: {expr: subject.On, message: m}}\n"

static const struct {
    const char *name, *rule, *want;
} cases[] = {
    {"nothing to say", HEAD TAIL ON, ""},
    {"neither remediation nor a test of unknown data", HEAD ON,
     "1:1 rule 'a-case' has no remediation\n"
     "1:1 no test of rule 'a-case' expects 'unknown'\n"},
    {"tests that expect other results",
     HEAD "remediation: r\n"
          "tests: [{name: n, rows: [], expect: {c: pass, d: fail}}]\n" ON,
     "1:1 no test of rule 'a-case' expects 'unknown'\n"},
    {"a parameter that nothing reads",
     HEAD TAIL "parameters:\n"
               "  used: {type: bool, default: true, description: d}\n"
               "  idle: {type: bool, default: true, description: d}\n"
               "require: {on: {expr: subject.On || params.used, message: m}}\n",
     "10:3 parameter 'idle' is never read\n"},
    {"lets that only each other read",
     HEAD TAIL "let:\n"
               "  a: subject.Size + 1\n"
               "  b: a + 1\n"
               "  c: subject.Size\n"
               "require: {big: {expr: c > 2, message: m}}\n",
     "9:3 'a' is never read\n10:3 'b' is never read\n"},
    {"a let that only a message reads",
     HEAD TAIL "let: {a: subject.Size + 1}\n"
               "require: {on: {expr: subject.On, message: '{a}'}}\n",
     ""},
    {"a lookup that nothing reads",
     HEAD TAIL "lookup:\n"
               "  k: {in: T::Thing, where: k.Name == subject.Name, "
               "expect: optional}\n" ON,
     "9:3 'k' is never read\n"},
    {"a lookup that is a check is read",
     HEAD TAIL "lookup:\n"
               "  k: {in: T::Thing, where: k.Name == subject.Name, "
               "expect: one, else: {message: m}}\n" ON,
     ""},
    {"a lookup without a pin",
     HEAD TAIL "lookup:\n"
               "  k: {in: T::Thing, where: k.Size > subject.Size, "
               "expect: many}\n"
               "require: {none: {expr: k.size() == 0, message: m}}\n",
     "9:3 lookup 'k' looks at every row for each subject | pin a field: "
     "NAME.FIELD == … as a conjunct of 'where'\n"},
    {"an equality below an 'or' is no pin",
     HEAD TAIL "lookup:\n"
               "  k: {in: T::Thing, where: k.Name == subject.Name || k.On, "
               "expect: many}\n"
               "require: {none: {expr: k.size() == 0, message: m}}\n",
     "9:3 lookup 'k' looks at every row for each subject | pin a field: "
     "NAME.FIELD == … as a conjunct of 'where'\n"},
    {"what is the same for every subject",
     HEAD TAIL "when: 1 < 2\n"
               "require:\n"
               "  on: {expr: subject.On, message: m}\n"
               "  always: {expr: '\"a\" == \"a\"', message: m}\n",
     "8:1 'when' is the same for every subject\n"
     "11:3 check 'always' is the same for every subject\n"},
    {"a literal outside an open enum",
     HEAD TAIL "when: has(subject.Kind)\n"
               "require:\n"
               "  kind: {expr: subject.Kind == \"Smal\", message: m}\n"
               "  other: {expr: 'subject.Kind in [\"Large\", \"Zzzzzz\"]', "
               "message: m}\n",
     "10:32 'Smal' is not a known value of T::Thing.Kind | did you mean "
     "'Small'?\n"
     "11:44 'Zzzzzz' is not a known value of T::Thing.Kind\n"},
};

static const char *linted(struct world *world, const char *rule)
{
    const char *documents[] = {rule, NULL};
    world->options.is_linted = true;
    ck_assert_msg(world_rules(world, documents), "%s", world_mistakes(world));
    for (size_t i = 0; i < world->diags.n; i++)
        ck_assert_int_eq(world->diags.items[i].level, DIAG_WARNING);
    return world_mistakes(world);
}

START_TEST(warnings_are_these)
{
    struct world world;
    world_open(&world);
    const char *got = linted(&world, cases[_i].rule);
    ck_assert_msg(str_is(str_of(got), cases[_i].want), "%s: %s", cases[_i].name,
                  got);
    world_close(&world);
}
END_TEST

START_TEST(nothing_is_said_unasked)
{
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < N_ITEMS(cases); i++) {
        const char *documents[] = {cases[i].rule, NULL};
        ck_assert(world_rules(&world, documents));
        ck_assert_msg(world.diags.n == 0, "%s", cases[i].name);
    }
    world_close(&world);
}
END_TEST

START_TEST(tests_of_another_file_count)
{
    static const char *const documents[] = {
        HEAD "remediation: r\n" ON,
        "test: 1\nof: a-case\n"
        "tests: [{name: n, rows: [], expect: {c: unknown}}]\n",
        NULL};
    struct world world;
    world_open(&world);
    world.options.is_linted = true;
    ck_assert(world_rules(&world, documents));
    ck_assert_str_eq(world_mistakes(&world), "");
    world_close(&world);
}
END_TEST

Suite *suite_lint(void)
{
    Suite *suite = suite_create("lint");
    TCase *tc = tcase_create("lint");
    tcase_add_loop_test(tc, warnings_are_these, 0, (int)N_ITEMS(cases));
    tcase_add_test(tc, nothing_is_said_unasked);
    tcase_add_test(tc, tests_of_another_file_count);
    suite_add_tcase(suite, tc);
    return suite;
}
