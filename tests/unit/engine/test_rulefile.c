/* Rule files: what loads, and where each mistake stands. */
#include <check.h>

#include "tests/unit/engine/engine_support.h"

Suite *suite_rulefile(void);

#define HEAD                                                                   \
    "rule: 1\nid: the-rule\ntitle: A case\nseverity: high\nsubject: T::Db\n"
#define CHECK "require: {c: {expr: subject.Encrypted, message: m}}\n"

static const struct {
    const char *name, *text, *want;
} mistakes[] = {
    {"an unknown key", HEAD CHECK "remediaton: x\n",
     "7:1 unknown key 'remediaton' in rule | did you mean 'remediation'?\n"},
    {"an unknown key, nothing near", HEAD CHECK "zzzzzz: x\n",
     "7:1 unknown key 'zzzzzz' in rule\n"},
    {"an unknown key in a check",
     HEAD "require:\n  c: {expr: subject.Encrypted, mesage: m, message: m}\n",
     "7:32 unknown key 'mesage' in check | did you mean 'message'?\n"},
    {"an unknown type",
     "rule: 1\nid: the-rule\ntitle: t\nseverity: low\nsubject: T::Kye\n"
     "require: {c: {expr: subject.Encrypted, message: m}}\n",
     "5:10 unknown type 'T::Kye' | did you mean 'T::Key'?\n"},
    {"an unknown field",
     HEAD "require:\n  c:\n    message: m\n"
          "    expr: subject.Days > 1 && subject.Encryptd\n",
     "9:39 T::Db has no field 'Encryptd' | did you mean 'Encrypted'?\n"},
    {"an unknown field in a folded block",
     HEAD "require:\n  c:\n    message: m\n    expr: >-\n"
          "      subject.Days > 1 &&\n      subject.Encryptd\n",
     "11:15 T::Db has no field 'Encryptd' | did you mean 'Encrypted'?\n"},
    {"an unknown field in a message",
     HEAD "require:\n"
          "  c: {expr: subject.Encrypted, message: \"{{ {subject.Nam} m\"}\n",
     "7:54 T::Db has no field 'Nam' | did you mean 'Name'?\n"},
    {"an unknown function",
     HEAD "require: {c: {expr: subject.Name.startWith(\"a\"), message: m}}\n",
     "6:34 unknown function 'startWith' | did you mean 'startsWith'?\n"},
    {"an undeclared name",
     HEAD "let: {family: subject.Engine}\n"
          "require: {c: {expr: famly == family, message: m}}\n",
     "7:21 undeclared name 'famly' | did you mean 'family'?\n"},
    {"a syntax error",
     HEAD "require: {c: {expr: (subject.Encrypted, message: m}}\n",
     "6:39 syntax error: expected ')'\n"},
    {"not a bool", HEAD "when: subject.Name\n" CHECK,
     "6:7 expected bool, found string\n"},
    {"an optional field used bare",
     HEAD
     "require: {c: {expr: kms.region(subject.KeyId) != \"\", message: m}}\n",
     "6:32 'subject.KeyId' is optional and may be absent here | guard it with "
     "has(subject.KeyId) or use subject.?KeyId.orValue(…)\n"},
    {"a circle", HEAD "let: {a: b + \"x\", b: a + \"y\"}\n" CHECK,
     "6:7 'a' and 'b' refer to each other\n"},
    {"a circle through a lookup",
     HEAD "let: {state: key.hasValue()}\n"
          "lookup: {key: {in: T::Thing, where: key.Name == subject.Name && "
          "state, expect: optional}}\n" CHECK,
     "6:7 'state' and 'key' refer to each other\n"},
    {"a circle of one", HEAD "let: {a: a + \"x\"}\n" CHECK,
     "6:7 'a' refers to itself\n"},
    {"else needs one",
     HEAD "lookup: {key: {in: 'T::Key', where: key.id == subject.Name, "
          "expect: many, else: {message: m}}}\n" CHECK,
     "6:75 'else' needs 'expect: one'\n"},
    {"an else that reads its own join",
     HEAD "lookup: {key: {in: 'T::Key', where: key.id == subject.Name, "
          "expect: one, else: {message: \"{key.id}\"}}}\n" CHECK,
     "6:92 undeclared name 'key'\n"},
    {"no check",
     HEAD "lookup: {key: {in: 'T::Key', where: key.id == subject.Name, "
          "expect: optional}}\n",
     "1:1 rule needs a check\n"},
    {"no severity", "rule: 1\nid: the-rule\ntitle: t\nsubject: T::Db\n" CHECK,
     "1:1 missing key 'severity' in rule\n"},
    {"no message", HEAD "require: {c: {expr: subject.Encrypted}}\n",
     "6:14 missing key 'message' in check\n"},
    {"a wrong severity",
     "rule: 1\nid: the-rule\ntitle: t\nseverity: hihg\nsubject: T::Db\n" CHECK,
     "4:11 expected low, medium, high or critical, found 'hihg' | did you mean "
     "'high'?\n"},
    {"a bad id",
     "rule: 1\nid: The_Rule\ntitle: t\nseverity: low\nsubject: T::Db\n" CHECK,
     "2:5 'The_Rule' is not a rule id: 3 to 80 of [a-z0-9-], a letter first\n"},
    {"a reserved name", HEAD "let: {run: subject.Name}\n" CHECK,
     "6:7 'run' is a reserved name\n"},
    {"a name twice",
     HEAD "let: {key: subject.Name}\n"
          "lookup: {key: {in: 'T::Key', where: key.id == subject.Name, "
          "expect: optional}}\n" CHECK,
     "7:10 'key' is already defined at line 6\n"},
    {"a check twice",
     HEAD "lookup: {key: {in: 'T::Key', where: key.id == subject.Name, "
          "expect: one, else: {check: c, message: m}}}\n" CHECK,
     "6:88 check 'c' is already defined\n"},
    {"an unclosed brace",
     HEAD "require: {c: {expr: subject.Encrypted, message: \"a {subject\"}}\n",
     "6:52 '{' without '}' | write '{{' or '}}' for a brace\n"},
    {"a single closing brace",
     HEAD "require: {c: {expr: subject.Encrypted, message: \"a } b\"}}\n",
     "6:52 '}' without '{' | write '{{' or '}}' for a brace\n"},
    {"defaults of the wrong type",
     HEAD "parameters:\n"
          "  days: {type: int, default: seven, description: d}\n"
          "  on: {type: bool, default: 2, description: d}\n"
          "  v: {type: version, default: latest, description: d}\n"
          "  t: {type: duration, default: long, description: d}\n" CHECK,
     "7:30 expected an integer, found 'seven'\n"
     "8:29 expected true or false, found '2'\n"
     "9:31 expected a version, found 'latest'\n"
     "10:32 expected a duration, found 'long'\n"},
    {"defaults out of range",
     HEAD
     "parameters:\n"
     "  low: {type: int, default: 3, minimum: 5, description: d}\n"
     "  word: {type: string, default: c, enum: [a, b], description: d}\n" CHECK,
     "7:29 the default is below the minimum\n"
     "8:33 the default is not in the enum\n"},
    {"an unknown parameter",
     HEAD "require: {c: {expr: params.nope, message: m}}\n",
     "6:28 params has no field 'nope'\n"},
    {"an unknown table",
     HEAD
     "facts: {f: {in: tabel, key: {k: subject.Name}, expect: one}}\n" CHECK,
     "6:17 unknown table 'tabel' | did you mean 'table'?\n"},
    {"an unknown column",
     HEAD
     "facts: {f: {in: table, key: {kk: subject.Name}, expect: one}}\n" CHECK,
     "6:30 'kk' is not a key column of table | did you mean 'k'?\n"
     "6:29 missing key column 'k' of table\n"},
    {"each is no list", HEAD "each: {as: a, in: subject.Name}\n" CHECK,
     "6:19 expected a list, found string\n"},
    {"a test with an unknown field and value",
     HEAD CHECK "tests:\n- name: a\n  rows:\n"
                "  - {type: 'T::Key', id: k, region: r, fields: {State: On}}\n"
                "  - {type: 'T::Key', id: m, region: r, fields: {Stat: On}}\n"
                "  expect: {k: passes}\n",
     "10:56 'On' is not a value of T::Key.State\n"
     "11:49 T::Key has no field 'Stat' | did you mean 'State'?\n"
     "12:15 expected pass, fail, unknown, not_applicable or error, found "
     "'passes' | did you mean 'pass'?\n"},
    {"YAML that is wrong", HEAD "require: {c: {expr: a\n",
     "7:1 not valid YAML: expected ',' or '}' (while parsing a flow mapping "
     "that begins at line 6)\n"},
};

static const char table[] = "facts: 1\ntable: table\nkey: [k]\n"
                            "columns: {k: string, v: int}\nrows: []\n";

START_TEST(mistakes_have_places)
{
    struct world world;
    struct buf out = {0};
    const char *documents[] = {mistakes[_i].text, table, NULL};
    world_open(&world);
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(!is_ok, "%s", mistakes[_i].name);
    ck_assert_int_eq(world.err.code, ERR_NONE);
    /* In the order of the file, as it is printed. */
    const char *got = world_mistakes(&world);
    diags_print(&out, &world.diags);
    ck_assert_msg(out.n > 0, "%s", mistakes[_i].name);
    ck_assert_msg(str_is(str_of(got), mistakes[_i].want), "%s:\n%s",
                  mistakes[_i].name, got);
    buf_release(&out);
    world_close(&world);
}
END_TEST

static const struct {
    const char *name, *text;
} accepted[] = {
    {"the smallest", HEAD CHECK},
    {"scalars by the schema", HEAD
     "tags: [no, null, on]\ndescription: 0123\n"
     "parameters:\n"
     "  floor: {type: version, default: 9.60, description: yes}\n"
     "  word: {type: string, default: no, enum: [no, off], description: ~}\n"
     "  words: {type: list(string), default: [on, 1e3], description: 1.0}\n"
     "  grace: {type: duration, default: 36h, description: d}\n"
     "when: true\n"
     "require:\n"
     "  no: {expr: subject.Encrypted, message: 404}\n"
     "  null: {expr: 'subject.Name != params.word && subject.Name in "
     "params.words && params.grace > duration(\"1h\")', message: true}\n"},
    {"guards of when hold in bindings and messages",
     HEAD "when: has(subject.KeyId) && subject.Encrypted\n"
          "let: {place: kms.region(subject.KeyId)}\n"
          "facts: {f: {in: table, key: {k: subject.KeyId}, expect: one,\n"
          "            else: {message: '{subject.KeyId}'}}}\n"
          "lookup: {key: {in: 'T::Key', where: key.id == subject.KeyId,\n"
          "               expect: one, else: {message: '{subject.KeyId}'}}}\n"
          "require:\n"
          "  c: {expr: place == subject.region, message: '{subject.KeyId}'}\n"
          "remediation: use {subject.KeyId}\n"},
    {"names in any order",
     HEAD "let: {c: a + b, a: '\"x\"', b: 'key.hasValue() ? \"k\" : d',\n"
          "      d: subject.Name, e: subject.Engine}\n"
          "lookup: {key: {in: 'T::Key', where: key.id == e, "
          "expect: optional}}\n"
          "require: {c: {expr: c != \"\", message: m}}\n"},
    {"braces", HEAD "require: {c: {expr: subject.Encrypted,\n"
                    "  message: '{{a}} {\"}\" + subject.Name + \"{\"} "
                    "{size({\"a\": 1})}'}}\n"},
    {"a join alone is a check",
     HEAD "lookup: {key: {in: 'T::Key', where: key.id == subject.Name,\n"
          "               expect: one, else: {message: m}}}\n"},
};

START_TEST(rules_load_that_are_right)
{
    struct world world;
    const char *documents[] = {accepted[_i].text, table, NULL};
    world_open(&world);
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(is_ok, "%s:\n%s", accepted[_i].name, world_mistakes(&world));
    ck_assert_uint_eq(world.diags.n, 0);
    world_close(&world);
}
END_TEST

START_TEST(ids_and_tables_are_unique)
{
    struct world world;
    const char *documents[] = {HEAD CHECK, table, HEAD CHECK, table, NULL};
    world_open(&world);
    ck_assert(!world_rules(&world, documents));
    ck_assert_str_eq(world_mistakes(&world),
                     "2:8 table 'table' is already defined in 2.yaml\n"
                     "2:5 rule id 'the-rule' is already defined in 1.yaml:2\n");
    world_close(&world);
}
END_TEST

START_TEST(the_rules_of_the_program_load)
{
    struct world world;
    world_open(&world);
    ck_assert(catalogue_load(&world.arena, &world.catalogue, &world.diags));
    bool is_ok = rules_load(&world.arena, world.catalogue, &world.options,
                            &world.rules, &world.diags, &world.err);
    ck_assert_msg(is_ok, "%s", world_mistakes(&world));
    size_t n = 0;
    const struct rule_info *const *infos = rules_list(world.rules, &n);
    ck_assert_uint_ge(n, 4);
    for (size_t i = 1; i < n; i++)
        ck_assert_int_lt(str_cmp(infos[i - 1]->id, infos[i]->id), 0);
    world_close(&world);
}
END_TEST

Suite *suite_rulefile(void)
{
    Suite *suite = suite_create("rulefile");
    TCase *tc = tcase_create("rulefile");
    tcase_add_loop_test(tc, mistakes_have_places, 0, N_ITEMS(mistakes));
    tcase_add_loop_test(tc, rules_load_that_are_right, 0, N_ITEMS(accepted));
    tcase_add_test(tc, ids_and_tables_are_unique);
    tcase_add_test(tc, the_rules_of_the_program_load);
    suite_add_tcase(suite, tc);
    return suite;
}
