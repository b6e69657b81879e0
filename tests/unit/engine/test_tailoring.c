/* Tailoring files: what they change, and what they may not say. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/file.h"
#include "tests/unit/engine/engine_support.h"

Suite *suite_tailoring(void);

static const char first_rule[] =
    "rule: 1\nid: first-rule\ntitle: A case\nseverity: high\n"
    "subject: T::Thing\n"
    "parameters:\n"
    "  least: {type: int, default: 3, maximum: 9, description: d}\n"
    "  name: {type: string, default: a, description: d}\n"
    "require:\n"
    "  big: {expr: subject.Size > params.least, severity: low, message: m}\n"
    "  named: {expr: subject.Name == params.name, message: m}\n"
    "remediation: r\n";
static const char second_rule[] =
    "rule: 1\nid: second-rule\ntitle: A case\nseverity: low\n"
    "subject: T::Thing\n"
    "require: {on: {expr: subject.On, message: m}}\nremediation: r\n";

static char folder[64];
static struct world world;

/* A file in the test's folder; its path. */
static const char *written(const char *name, const char *text)
{
    struct err err = {0};
    const char *path = str_fmt(&world.arena, "%s/%s", folder, name).p;
    ck_assert(file_write(path, str_of(text), false, &err));
    return path;
}

static void set_up(void)
{
    (void)snprintf(folder, sizeof(folder), "/tmp/dr-tailoring-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    world_open(&world);
}

static void tear_down(void)
{
    static const char *const names[] = {"a.yaml", "b.yaml", "sub/c.yaml",
                                        "sub"};
    for (size_t i = 0; i < N_ITEMS(names); i++) {
        const char *path = str_fmt(&world.arena, "%s/%s", folder, names[i]).p;
        if (unlink(path) != 0)
            (void)rmdir(path);
    }
    (void)rmdir(folder);
    world_close(&world);
}

/* Compiles both rules with a.yaml, which says `text`. */
static bool tailored(const char *text)
{
    static const char *const documents[] = {first_rule, second_rule, NULL};
    world.options.tailoring = written("a.yaml", text);
    return world_rules(&world, documents);
}

static const struct rule *rule_of(const char *id)
{
    for (size_t i = 0; i < world.rules->n_all; i++)
        if (str_is(world.rules->all[i]->info.id, id))
            return world.rules->all[i];
    ck_abort_msg("no rule %s", id);
    return NULL;
}

START_TEST(rules_are_turned_off)
{
    ck_assert(tailored("tailoring: 1\nrules:\n"
                       "  second-rule: {enabled: false, reason: not ours}\n"));
    ck_assert_uint_eq(world.rules->n_chosen, 1);
    ck_assert(str_is(world.rules->infos[0]->id, "first-rule"));
    ck_assert_ptr_null(world.rules->infos[0]->tailoring);
    ck_assert_uint_eq(world.rules->n_off, 1);
    const struct tailoring *t = world.rules->off[0]->tailoring;
    ck_assert(t->is_off && str_is(t->reason, "not ours"));
    /* Nothing is gathered for it. */
    ck_assert(
        !world.rules->demand
             ->fields[catalogue_type(world.catalogue, STR("T::Thing"))->number]
                     [ROW_FIELDS + 2]);
}
END_TEST

/* A rule that was not asked for is not told of as turned off. */
START_TEST(selection_comes_before)
{
    const struct str skip[] = {STR_INIT("second-*")};
    world.options.skip = skip;
    world.options.n_skip = 1;
    ck_assert(tailored("rules: {second-rule: {enabled: false}}\n"));
    ck_assert_uint_eq(world.rules->n_off, 0);
    ck_assert_uint_eq(world.rules->n_chosen, 1);
}
END_TEST

START_TEST(severity_holds_for_all_checks)
{
    ck_assert(tailored("rules: {first-rule: {severity: critical}}\n"));
    const struct rule *rule = rule_of("first-rule");
    ck_assert_int_eq(rule->info.severity, SEVERITY_CRITICAL);
    ck_assert_int_eq(rule->checks[0].severity, SEVERITY_CRITICAL);
    ck_assert_int_eq(rule->checks[1].severity, SEVERITY_CRITICAL);
    ck_assert_int_eq(rule->info.tailoring->usual, SEVERITY_HIGH);
    ck_assert_int_eq(rule_of("second-rule")->info.severity, SEVERITY_LOW);
}
END_TEST

START_TEST(command_line_wins)
{
    const struct str params[] = {STR_INIT("first-rule.least=5")};
    world.options.params = params;
    world.options.n_params = 1;
    ck_assert(tailored("rules:\n"
                       "  first-rule: {parameters: {least: 4, name: b}}\n"));
    const struct rule *rule = rule_of("first-rule");
    const struct tailoring *t = rule->info.tailoring;
    ck_assert_int_eq(rule->clauses.parameters[0].value.as.i, 5);
    ck_assert(str_is(value_text(rule->clauses.parameters[1].value), "b"));
    /* The report tells the values that hold. */
    ck_assert_uint_eq(t->n_parameters, 2);
    ck_assert_int_eq(t->parameters[0].value->as.i, 5);
}
END_TEST

/* The nearer file wins, thing by thing; paths are from the file's folder. */
START_TEST(files_extend_others)
{
    const char *sub = str_fmt(&world.arena, "%s/sub", folder).p;
    ck_assert_int_eq(mkdir(sub, 0700), 0);
    (void)written("b.yaml", "rules:\n"
                            "  first-rule: {severity: low, reason: far,\n"
                            "               parameters: {least: 1, name: b}}\n"
                            "  second-rule: {enabled: false, reason: off}\n");
    (void)written("sub/c.yaml", "extends: ../b.yaml\n"
                                "rules: {second-rule: {enabled: true}}\n");
    ck_assert(tailored("extends: sub/c.yaml\nrules:\n"
                       "  first-rule: {reason: near, parameters: {least: "
                       "2}}\n"));
    const struct rule *rule = rule_of("first-rule");
    ck_assert_int_eq(rule->info.severity, SEVERITY_LOW);
    ck_assert(str_is(rule->info.tailoring->reason, "near"));
    ck_assert_uint_eq(rule->info.tailoring->n_parameters, 2);
    ck_assert_int_eq(rule->clauses.parameters[0].value.as.i, 2);
    ck_assert(str_is(value_text(rule->clauses.parameters[1].value), "b"));
    ck_assert_uint_eq(world.rules->n_chosen, 2);
    ck_assert(str_is(rule_of("second-rule")->info.tailoring->reason, "off"));
}
END_TEST

START_TEST(severity_is_part_of_the_digest)
{
    ck_assert(tailored("{}\n"));
    struct str before = rules_digest(world.rules);
    ck_assert(tailored("rules: {first-rule: {severity: low}}\n"));
    ck_assert(!str_eq(before, rules_digest(world.rules)));
}
END_TEST

static const struct {
    const char *name, *text, *want; /* all mistakes, PATH for the folder */
} mistakes[] = {
    {"version", "tailoring: 2\n", "1:12 expected 'tailoring: 1'\n"},
    {"key", "rule: {}\n",
     "1:1 unknown key 'rule' in tailoring file | did you mean 'rules'?\n"},
    {"rule", "rules:\n  frist-rule: {}\n",
     "2:3 there is no rule 'frist-rule' | did you mean 'first-rule'?\n"},
    {"rule's key", "rules:\n  first-rule: {enable: true}\n",
     "2:16 unknown key 'enable' in tailored rule | did you mean "
     "'enabled'?\n"},
    {"enabled", "rules:\n  first-rule: {enabled: maybe}\n",
     "2:25 expected true or false, found 'maybe'\n"},
    {"severity", "rules:\n  first-rule: {severity: hihg}\n",
     "2:26 expected low, medium, high or critical, found 'hihg' | did you "
     "mean 'high'?\n"},
    {"parameter", "rules:\n  first-rule: {parameters: {leest: 1}}\n",
     "2:29 rule 'first-rule' has no parameter 'leest' | did you mean "
     "'least'?\n"},
    {"value", "rules:\n  first-rule: {parameters: {least: many}}\n",
     "2:36 expected an integer, found 'many'\n"},
    {"bound", "rules:\n  first-rule: {parameters: {least: 10}}\n",
     "2:36 the value is above the maximum\n"},
    {"list", "rules:\n  - first-rule\n",
     "2:3 expected a mapping, found a list\n"},
    {"itself", "extends: a.yaml\n",
     "1:10 'PATH/a.yaml' extends itself in the end\n"},
    {"circle", "extends: b.yaml\n",
     "1:10 'PATH/a.yaml' extends itself in the end\n"},
    {"missing", "extends: none.yaml\n",
     "1:10 there is no file 'PATH/none.yaml'\n"},
};

START_TEST(mistakes_are_told)
{
    struct buf want = {0};
    (void)written("b.yaml", "extends: a.yaml\n");
    ck_assert(!tailored(mistakes[_i].text));
    ck_assert_int_eq(world.err.code, ERR_NONE);
    struct str rest = str_of(mistakes[_i].want);
    size_t at = str_find(rest, STR("PATH"), 0);
    buf_add(&want, str_sub(rest, 0, at));
    if (at != SIZE_MAX)
        buf_addf(&want, "%s%.*s", folder, STRF(str_sub(rest, at + 4, rest.n)));
    ck_assert_msg(str_is(buf_str(&want), world_mistakes(&world)), "%s: got %s",
                  mistakes[_i].name, world_mistakes(&world));
    buf_release(&want);
}
END_TEST

START_TEST(a_file_that_is_not_there)
{
    static const char *const documents[] = {first_rule, NULL};
    world.options.tailoring = "/nonexistent/a.yaml";
    ck_assert(!world_rules(&world, documents));
    ck_assert_int_eq(world.err.code, ERR_IO);
    ck_assert(str_starts(err_text(&world.arena, &world.err),
                         STR("--tailoring '/nonexistent/a.yaml': ")));
}
END_TEST

Suite *suite_tailoring(void)
{
    Suite *suite = suite_create("tailoring");
    TCase *tc = tcase_create("tailoring");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, rules_are_turned_off);
    tcase_add_test(tc, selection_comes_before);
    tcase_add_test(tc, severity_holds_for_all_checks);
    tcase_add_test(tc, command_line_wins);
    tcase_add_test(tc, files_extend_others);
    tcase_add_test(tc, severity_is_part_of_the_digest);
    tcase_add_loop_test(tc, mistakes_are_told, 0, N_ITEMS(mistakes));
    tcase_add_test(tc, a_file_that_is_not_there);
    suite_add_tcase(suite, tc);
    return suite;
}
