/* Rules on subjects: results, roll-up, each, ghosts, messages and evidence. */
#include <check.h>

#include "tests/unit/engine/engine_support.h"

Suite *suite_engine(void);

#define HEAD                                                                   \
    "rule: 1\nid: the-rule\ntitle: A case\nseverity: high\nsubject: "          \
    "T::Thing\n"

#define WHEN                                                                   \
    HEAD "when: subject.On\n"                                                  \
         "require:\n"                                                          \
         "  big: {expr: subject.Size > 3, severity: low, message: m}\n"        \
         "  named: {expr: subject.Name != \"\", message: m}\n"

#define GATE                                                                   \
    HEAD "lookup:\n"                                                           \
         "  key: {in: 'T::Key', where: key.id == subject.Name, expect: one,\n" \
         "        else: {result: not_applicable}}\n"                           \
         "require: {big: {expr: subject.Size > 3, message: m}}\n"

#define ERRORS                                                                 \
    HEAD "require:\n"                                                          \
         "  major: {expr: version.major(subject.Name) > 3, message: m}\n"      \
         "  guarded: {expr: subject.On || version.major(subject.Name) > 3, "   \
         "message: m}\n"

#define EACH                                                                   \
    "rule: 1\nid: the-rule\ntitle: A case\nseverity: high\nsubject: T::Db\n"   \
    "each: {as: copy, in: subject.Copies, key: copy.Arn}\n"                    \
    "require: {away: {expr: arn.region(copy.Arn) != subject.region, "          \
    "message: m}}\n"

#define DATED                                                                  \
    HEAD "facts:\n"                                                            \
         "  floor: {in: floors, key: {name: subject.Name}, expect: one}\n"     \
         "require: {big: {expr: subject.Size >= floor.size, message: m}}\n"

#define THING(id, fields)                                                      \
    "- {type: T::Thing, id: " id ", region: r1, fields: {" fields "}}\n"

static const char floors[] =
    "facts: 1\ntable: floors\nkey: [name]\ncolumns: {name: string, size: int}\n"
    "rows:\n"
    "- {name: a, size: 3, since: 2020-01-01, until: 2026-11-24, source: s}\n"
    "- {name: a, size: 5, since: 2026-11-24, source: s}\n";

static const struct {
    const char *name, *rule, *rows, *ghosts, *want;
} cases[] = {
    {"checks apart", WHEN, THING("t1", "On: true, Size: 1, Name: a"), NULL,
     "t1 big fail\nt1 named pass\n"},
    {"it does not apply", WHEN, THING("t1", "On: false, Size: 1, Name: a"),
     NULL, "t1 - not_applicable\n"},
    {"whether it applies is not known", WHEN,
     THING("t1", "On: {$unknown: o}, Size: {$unknown: s}, Name: a"), NULL,
     "t1 big unknown [o]\nt1 named unknown [o]\n"},
    {"one check is not known", WHEN,
     THING("t1", "On: true, Size: {$unknown: s}, Name: a"), NULL,
     "t1 big unknown [s]\nt1 named pass\n"},
    {"a ghost that may fail", WHEN, NULL,
     "- {type: T::Thing, region: r1, cause: c, fields: {On: true}}\n",
     "ghost:1/r1 - unknown [c]\n"},
    {"a ghost to which the rule does not apply", WHEN, NULL,
     "- {type: T::Thing, region: r1, cause: c, fields: {On: false}}\n",
     "ghost:1/r1 - not_applicable\n"},
    {"a ghost that passes whatever it is", WHEN, NULL,
     "- {type: T::Thing, region: r1, cause: c, fields: {Size: 4, Name: a}}\n",
     "ghost:1/r1 - unknown [c]\n"},
    {"two ghosts of one place are one finding", WHEN, NULL,
     "- {type: T::Thing, region: r1, cause: c, fields: {On: false}}\n"
     "- {type: T::Thing, region: r1, cause: d, fields: {On: true}}\n"
     "- {type: T::Thing, region: r1, cause: e, fields: {Size: 3}}\n",
     "ghost:1/r1 - unknown [d; e]\n"},
    {"a gate that is shut", GATE, THING("t1", "Name: k, Size: 1"), NULL,
     "t1 - not_applicable\n"},
    {"a gate that is open", GATE,
     THING("t1", "Name: k, Size: 1") "- {type: T::Key, id: k, region: r1}\n",
     NULL, "t1 big fail\n"},
    {"a gate that is not known", GATE, THING("t1", "Name: k, Size: 1"),
     "- {type: T::Key, region: r1, cause: c}\n", "t1 big unknown [c]\n"},
    {"errors are absorbed where something decides", ERRORS,
     THING("t1", "Name: x, On: true"), NULL,
     "t1 guarded pass\nt1 major error\n"},
    {"each item", EACH,
     "- {type: T::Db, id: d1, region: r1, fields: {Copies: [{Arn: "
     "'arn:aws:rds:r1:1:a'}, {Arn: 'arn:aws:rds:r2:1:b'}, {Arn: x}]}}\n",
     NULL, "d1[0] away fail\nd1[1] away pass\nd1[2] away error\n"},
    {"each: no item", EACH,
     "- {type: T::Db, id: d1, region: r1, fields: {Copies: []}}\n", NULL,
     "d1 - not_applicable\n"},
    {"each: an unknown list", EACH,
     "- {type: T::Db, id: d1, region: r1, fields: {Copies: {$unknown: c}}}\n",
     NULL, "d1[*] - unknown [c]\n"},
    {"each: a ghost", EACH, NULL, "- {type: T::Db, region: r1, cause: g}\n",
     "ghost:1/r1[*] - unknown [g]\n"},
    {"each: a ghost without items", EACH, NULL,
     "- {type: T::Db, region: r1, cause: g, fields: {Copies: []}}\n",
     "ghost:1/r1[*] - not_applicable\n"},
    {"a fact", DATED,
     THING("t1", "Name: a, Size: 5") THING("t2", "Name: a, Size: 4"), NULL,
     "t1 big pass\nt1 floor pass\nt2 big fail\nt2 floor pass\n"},
    {"no fact", DATED, THING("t1", "Name: b, Size: 5"), NULL,
     "t1 big not_applicable\nt1 floor fail\n"},
    {"a fact of an unknown key", DATED, THING("t1", "Name: {$unknown: n}"),
     NULL, "t1 big unknown [n; not given]\nt1 floor unknown [n]\n"},
};

START_TEST(subjects_get_results)
{
    struct world world;
    world_open(&world);
    const char *documents[] = {floors, cases[_i].rule, NULL};
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(is_ok, "%s: %s", cases[_i].name, world_mistakes(&world));
    world_fill(&world, cases[_i].rows, cases[_i].ghosts, NULL);
    const char *got = world_run(&world);
    ck_assert_msg(str_is(str_of(got), cases[_i].want), "%s:\n%s",
                  cases[_i].name, got);
    world_close(&world);
}
END_TEST

/* ---- what a finding carries ---- */

static const char talking[] =
    "rule: 1\nid: the-rule\ntitle: A case\nseverity: high\nsubject: T::Db\n"
    "parameters: {least: {type: int, default: 3, description: d}}\n"
    "let: {label: subject.Name + \"!\"}\n"
    "lookup:\n"
    "  key: {in: 'T::Key', where: key.id == subject.?KeyId.orValue(\"-\"),\n"
    "        expect: one, else: {check: exists, message: \"{{no}} key\"}}\n"
    "require:\n"
    "  days: {expr: subject.Days >= params.least, severity: low,\n"
    "         message: \"{label} has {subject.Days} of {params.least} days, "
    "{[1, 2]}, {subject.Engine}, {key.State}\"}\n"
    "  major: {expr: version.major(label) > 1, message: m}\n"
    "remediation: \"keep {subject.Name}\"\n";

static void open_talking(struct world *world)
{
    const char *documents[] = {talking, NULL};
    world_open(world);
    bool is_ok = world_rules(world, documents);
    ck_assert_msg(is_ok, "%s", world_mistakes(world));
    world_fill(world,
               "- {type: T::Db, id: d1, region: r1, account: 9, fields: {"
               "Name: orders, Days: 1, Engine: {$unknown: denied}}}\n",
               NULL, NULL);
    world_run(world);
}

START_TEST(messages_hold_values)
{
    struct world world;
    open_talking(&world);
    const struct finding *f = world_finding(&world, "d1", "days");
    ck_assert_int_eq(f->result, RESULT_FAIL);
    ck_assert_int_eq(f->severity, SEVERITY_LOW);
    ck_assert_msg(str_is(f->message,
                         "orders! has 1 of 3 days, 1, 2, <unknown: denied>, "
                         "<error: no row in key>"),
                  "%.*s", STRF(f->message));
    ck_assert(str_is(f->remediation, "keep orders"));
    ck_assert(str_is(f->subject_name, "orders"));
    ck_assert(str_is(f->subject_type, "T::Db"));
    ck_assert(str_is(f->account, "9"));
    ck_assert(str_is(f->region, "r1"));
    ck_assert(
        str_is(world_finding(&world, "d1", "exists")->message, "{no} key"));
    /* printf 'the-rule\ndays\nd1' | sha256sum */
    ck_assert_msg(str_is(f->fingerprint, "bd935f64eb61aba62ea5ac4635b571fc"
                                         "bfb65a73305c5edd268ebe43a8e8ef46"),
                  "%.*s", STRF(f->fingerprint));
    world_close(&world);
}
END_TEST

START_TEST(errors_say_where)
{
    struct world world;
    open_talking(&world);
    const struct finding *f = world_finding(&world, "d1", "major");
    ck_assert_int_eq(f->result, RESULT_ERROR);
    ck_assert_msg(str_starts(f->message, STR("1.yaml:14:")), "%.*s",
                  STRF(f->message));
    ck_assert(str_ends(f->message, STR("no number in version: orders!")));
    world_close(&world);
}
END_TEST

static const struct evidence *evidence_of(const struct finding *f,
                                          const char *path)
{
    for (size_t i = 0; i < f->n_evidence; i++)
        if (str_is(f->evidence[i].path, path))
            return &f->evidence[i];
    ck_abort_msg("no evidence of %s", path);
    return NULL;
}

START_TEST(evidence_is_what_was_read)
{
    struct world world;
    open_talking(&world);
    const struct finding *f = world_finding(&world, "d1", "days");
    ck_assert_uint_eq(f->n_evidence, 2);
    const struct evidence *days = evidence_of(f, "subject.Days");
    ck_assert_int_eq(days->value.as.i, 1);
    ck_assert(str_is(days->from, "t:ListDbs r1"));
    const struct evidence *least = evidence_of(f, "params.least");
    ck_assert_int_eq(least->value.as.i, 3);
    ck_assert(str_is(least->from, "parameter"));
    const struct evidence *key =
        evidence_of(world_finding(&world, "d1", "exists"), "key");
    ck_assert_int_eq(key->value.kind, VALUE_ABSENT);
    ck_assert_msg(str_is(key->from, "no row of T::Key where id == -"), "%.*s",
                  STRF(key->from));
    world_close(&world);
}
END_TEST

/* A derived cell comes from the calls that its expression's cells come from. */
START_TEST(evidence_of_derived_rows_names_their_calls)
{
    static const struct {
        const char *path, *from;
    } want[] = {
        {"subject.encrypted", "t:ListDbs r1"},
        {"subject.key", "t:ListDbs r1, t:ListBackups r2"},
        {"subject.mechanism", "2.yaml"},
    };
    struct world world;
    const char *documents[] = {
        "rule: 1\nid: the-rule\ntitle: t\nseverity: low\nsubject: dr.copy\n"
        "require:\n  c:\n    message: m\n    expr: subject.encrypted && "
        "subject.?key.orValue(\"\") == \"k\" && subject.mechanism == \"m\"\n",
        "derive: 1\ntype: dr.copy\nfrom: T::Db\n"
        "each: {as: copy, in: subject.Copies}\n"
        "lookup: {b: {in: 'T::Backup', where: b.id == copy.Arn, expect: one}}\n"
        "row:\n  id: subject.id\n  region: subject.region\n"
        "  fields: {mechanism: '\"m\"', name: subject.Name, key: b.?KeyId,\n"
        "           encrypted: subject.Encrypted}\n",
        NULL};
    world_open(&world);
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(is_ok, "%s", world_mistakes(&world));
    world_fill(&world,
               "- {type: T::Db, id: d1, region: r1,\n"
               "   fields: {Encrypted: true, Copies: [{Arn: x}, {Arn: b1}]}}\n"
               "- {type: T::Backup, id: b1, region: r2, fields: {KeyId: k}}\n",
               NULL, NULL);
    world_run(&world);
    /* The second item's row: the id of the first is taken. */
    const struct finding *f = world_finding(&world, "d1#2", "c");
    ck_assert_int_eq(f->result, RESULT_PASS);
    for (size_t i = 0; i < N_ITEMS(want); i++) {
        const struct evidence *e = evidence_of(f, want[i].path);
        ck_assert_msg(str_is(e->from, want[i].from), "%s: %.*s", want[i].path,
                      STRF(e->from));
    }
    world_close(&world);
}
END_TEST

/* A joined row comes from the call that lists it, where it was listed. */
START_TEST(evidence_of_joined_rows_names_their_listing)
{
    struct world world;
    const char *documents[] = {
        "rule: 1\nid: the-rule\ntitle: t\nseverity: low\nsubject: T::Db\n"
        "lookup: {key: {in: 'T::Key', where: key.id == "
        "subject.?KeyId.orValue(\"\"), expect: one, else: {message: m}}}\n"
        "require: {on: {expr: key.State == \"Enabled\", message: m}}\n",
        NULL};
    world_open(&world);
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(is_ok, "%s", world_mistakes(&world));
    world_fill(&world,
               "- {type: T::Db, id: d1, region: r1, fields: {KeyId: k1}}\n"
               "- {type: T::Key, id: k1, region: r2, fields: {State: "
               "Enabled}}\n",
               NULL, NULL);
    world_run(&world);
    const struct finding *f = world_finding(&world, "d1", "on");
    const struct evidence *key = evidence_of(f, "key");
    ck_assert(str_is(value_text(key->value), "k1"));
    ck_assert_msg(str_is(key->from, "t:ListKeys r2"), "%.*s", STRF(key->from));
    ck_assert(str_is(evidence_of(f, "key.State")->from, "t:DescribeKey r2"));
    world_close(&world);
}
END_TEST

START_TEST(unknown_findings_name_a_cause)
{
    struct world world;
    const char *documents[] = {WHEN, NULL};
    world_open(&world);
    ck_assert(world_rules(&world, documents));
    world_fill(&world, THING("t1", "On: true, Size: {$unknown: s}, Name: a"),
               "- {type: T::Thing, region: r1, cause: b}\n"
               "- {type: T::Thing, region: r1, cause: a}\n",
               NULL);
    world_run(&world);
    ck_assert(str_is(world_finding(&world, "t1", "big")->message,
                     "cannot be decided: s"));
    ck_assert(str_is(world_finding(&world, "ghost:1/r1", "")->message,
                     "cannot be decided: a (and 1 more)"));
    ck_assert(str_is(world_finding(&world, "ghost:1/r1", "")->subject_name,
                     "ghost:1/r1"));
    world_close(&world);
}
END_TEST

START_TEST(not_applicable_is_counted_and_left_out)
{
    struct world world;
    const char *documents[] = {WHEN, NULL};
    world_open(&world);
    ck_assert(world_rules(&world, documents));
    world_fill(&world,
               THING("t1", "On: false")
                   THING("t2", "On: true, Size: 9, Name: a"),
               NULL, NULL);
    struct findings *found =
        engine_run(&world.arena, world.rules, world.inventory,
                   &(struct engine_options){0});
    ck_assert_uint_eq(found->n, 2);
    ck_assert_uint_eq(found->counts[RESULT_NOT_APPLICABLE], 1);
    ck_assert_uint_eq(found->counts[RESULT_PASS], 2);
    ck_assert_uint_eq(found->n_subjects, 2);
    ck_assert_uint_eq(found->n_rules, 1);
    world_close(&world);
}
END_TEST

START_TEST(steps_are_limited)
{
    struct world world;
    const char *documents[] = {
        HEAD "require:\n"
             "  much: {expr: '[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9]"
             ".all(b, a + b < 100))', message: m}\n"
             "  little: {expr: subject.Size > 1, message: m}\n",
        NULL};
    world_open(&world);
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(is_ok, "%s", world_mistakes(&world));
    world_fill(&world, THING("t1", "Size: 2") THING("t2", "Size: 2"), NULL,
               NULL);
    struct setting setting = {
        .rules = world.rules, .inventory = world.inventory, .step_limit = 50};
    world.findings = engine_evaluate(&world.arena, &setting, true);
    const struct finding *f = world_finding(&world, "t1", "much");
    ck_assert_int_eq(f->result, RESULT_ERROR);
    ck_assert_msg(str_contains(f->message, STR("step limit")), "%.*s",
                  STRF(f->message));
    ck_assert_int_eq(world_finding(&world, "t2", "much")->result, RESULT_ERROR);
    world_close(&world);
}
END_TEST

/* ---- choosing ---- */

static const char second[] =
    "rule: 1\nid: another-rule\ntitle: t\nseverity: low\nsubject: T::Key\n"
    "tags: [kms]\n"
    "parameters:\n"
    "  n: {type: int, default: 3, minimum: 1, maximum: 5, description: d}\n"
    "  v: {type: version, default: 1, description: d}\n"
    "  w: {type: string, default: a, enum: [a, b], description: d}\n"
    "require: {c: {expr: 'params.n > 0 && params.v != params.w', "
    "message: m}}\n";

static const struct {
    const char *name, *select, *skip, *tag, *param;
    const char *want; /* the chosen ids, or the mistake */
} choices[] = {
    {"all", NULL, NULL, NULL, NULL, "another-rule the-rule"},
    {"one", "the-rule", NULL, NULL, NULL, "the-rule"},
    {"a glob", "*-rule", NULL, NULL, NULL, "another-rule the-rule"},
    {"not one", NULL, "another*", NULL, NULL, "the-rule"},
    {"a tag", NULL, NULL, "kms", NULL, "another-rule"},
    {"misspelt", "the-rul", NULL, NULL, NULL,
     "no rule matches --select 'the-rul'; did you mean 'the-rule'?"},
    {"misspelt skip", NULL, "anothr-rule", NULL, NULL,
     "no rule matches --skip 'anothr-rule'; did you mean 'another-rule'?"},
    {"unknown tag", NULL, NULL, "kmz", NULL,
     "no rule has the tag 'kmz'; did you mean 'kms'?"},
    {"a parameter", "another-rule", NULL, NULL, "another-rule.n=5",
     "another-rule"},
    {"of an unknown rule", NULL, NULL, NULL, "anther-rule.n=5",
     "--param: there is no rule 'anther-rule'; did you mean 'another-rule'?"},
    {"of an unknown name", NULL, NULL, NULL, "another-rule.m=5",
     "--param: rule 'another-rule' has no parameter 'm'"},
    {"out of range", NULL, NULL, NULL, "another-rule.n=6",
     "--param another-rule.n: '6' is above the maximum"},
    {"not an int", NULL, NULL, NULL, "another-rule.n=five",
     "--param another-rule.n: 'five' is not a value of type int"},
    {"not a version", NULL, NULL, NULL, "another-rule.v=latest",
     "--param another-rule.v: 'latest' is not a value of type version"},
    {"not in the enum", NULL, NULL, NULL, "another-rule.w=c",
     "--param another-rule.w: 'c' is not in the enum"},
    {"no value", NULL, NULL, NULL, "another-rule.n",
     "--param 'another-rule.n' is not of the form RULE.NAME=VALUE"},
};

START_TEST(rules_are_chosen)
{
    struct world world;
    struct buf got = {0};
    struct str select, skip, tag, param;
    const char *documents[] = {WHEN, second, NULL};
    world_open(&world);
    if (choices[_i].select != NULL) {
        select = str_of(choices[_i].select);
        world.options.select = &select;
        world.options.n_select = 1;
    }
    if (choices[_i].skip != NULL) {
        skip = str_of(choices[_i].skip);
        world.options.skip = &skip;
        world.options.n_skip = 1;
    }
    if (choices[_i].tag != NULL) {
        tag = str_of(choices[_i].tag);
        world.options.tags = &tag;
        world.options.n_tags = 1;
    }
    if (choices[_i].param != NULL) {
        param = str_of(choices[_i].param);
        world.options.params = &param;
        world.options.n_params = 1;
    }
    if (world_rules(&world, documents)) {
        size_t n = 0;
        const struct rule_info *const *infos = rules_list(world.rules, &n);
        for (size_t i = 0; i < n; i++)
            buf_addf(&got, "%s%.*s", i > 0 ? " " : "", STRF(infos[i]->id));
    } else {
        ck_assert_int_eq(world.err.code, ERR_USAGE);
        buf_add(&got, err_text(&world.arena, &world.err));
    }
    ck_assert_msg(str_is(buf_str(&got), choices[_i].want), "%s: %.*s",
                  choices[_i].name, STRF(buf_str(&got)));
    buf_release(&got);
    world_close(&world);
}
END_TEST

START_TEST(a_digest_depends_on_texts_and_parameters)
{
    struct world a, b, c;
    struct str param = STR("another-rule.n=5");
    const char *documents[] = {second, NULL};
    world_open(&a);
    world_open(&b);
    world_open(&c);
    b.options.params = &param;
    b.options.n_params = 1;
    ck_assert(world_rules(&a, documents) && world_rules(&b, documents) &&
              world_rules(&c, documents));
    ck_assert(str_starts(rules_digest(a.rules), STR("sha256:")));
    ck_assert_uint_eq(rules_digest(a.rules).n, 71);
    ck_assert(str_eq(rules_digest(a.rules), rules_digest(c.rules)));
    ck_assert(!str_eq(rules_digest(a.rules), rules_digest(b.rules)));
    world_close(&a);
    world_close(&b);
    world_close(&c);
}
END_TEST

Suite *suite_engine(void)
{
    Suite *suite = suite_create("engine");
    TCase *tc = tcase_create("engine");
    tcase_add_loop_test(tc, subjects_get_results, 0, N_ITEMS(cases));
    tcase_add_test(tc, messages_hold_values);
    tcase_add_test(tc, errors_say_where);
    tcase_add_test(tc, evidence_is_what_was_read);
    tcase_add_test(tc, evidence_of_derived_rows_names_their_calls);
    tcase_add_test(tc, evidence_of_joined_rows_names_their_listing);
    tcase_add_test(tc, unknown_findings_name_a_cause);
    tcase_add_test(tc, not_applicable_is_counted_and_left_out);
    tcase_add_test(tc, steps_are_limited);
    tcase_add_loop_test(tc, rules_are_chosen, 0, N_ITEMS(choices));
    tcase_add_test(tc, a_digest_depends_on_texts_and_parameters);
    suite_add_tcase(suite, tc);
    return suite;
}
