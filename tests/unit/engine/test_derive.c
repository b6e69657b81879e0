/* Derivations: rows and ghosts of dr.copy, their cells, ids and causes. */
#include <check.h>

#include "tests/unit/engine/engine_support.h"

Suite *suite_derive(void);

static const char rule[] =
    "rule: 1\nid: the-rule\ntitle: A case\nseverity: high\nsubject: dr.copy\n"
    "require:\n"
    "  all:\n"
    "    expr: subject.encrypted && subject.mechanism == \"m\" &&\n"
    "          (!has(subject.key) || subject.key != \"\") &&\n"
    "          (!has(subject.engine) || subject.engine != \"\")\n"
    "    message: m\n";

/* The shape of the RDS derivation. */
static const char each[] =
    "derive: 1\ntype: dr.copy\nfrom: T::Db\n"
    "each: {as: copy, in: subject.Copies}\n"
    "lookup:\n"
    "  backup: {in: 'T::Backup', where: backup.id == copy.Arn, expect: one}\n"
    "row:\n"
    "  id: subject.id + \"#\" + arn.region(copy.Arn)\n"
    "  region: subject.region\n"
    "  fields:\n"
    "    mechanism: '\"m\"'\n"
    "    name: subject.Name\n"
    "    encrypted: subject.Encrypted\n"
    "    key: backup.?KeyId\n";

static const char whole[] =
    "derive: 1\ntype: dr.copy\nfrom: T::Db\n"
    "when: subject.Days > 0\n"
    "row:\n"
    "  id: '\"same\"'\n"
    "  region: subject.region\n"
    "  fields: {mechanism: '\"m\"', name: subject.Name,\n"
    "           encrypted: subject.Encrypted, engine: subject.Engine}\n";

#define FIELDS "id region name encrypted key"
#define BACKUP "arn:aws:rds:r2:1:auto-backup:b1"

static const struct {
    const char *name, *document, *rows, *ghosts, *want;
} cases[] = {
    {"a row per item", each,
     "- {type: T::Db, id: d1, region: r1, fields: {Name: a, Encrypted: true,\n"
     "   Copies: [{Arn: '" BACKUP "'}, {Arn: 'arn:aws:rds:r3:1:x'}]}}\n"
     "- {type: T::Db, id: d2, region: r1, fields: {Name: b, Copies: []}}\n"
     "- {type: T::Backup, id: '" BACKUP "', region: r2, fields: {KeyId: k}}\n",
     NULL,
     " id=d1#r2 region=r1 name=a encrypted=true key=k\n"
     " id=d1#r3 region=r1 name=a encrypted=true "
     "key=<unknown: no row in backup>\n"},
    {"no key is absent", each,
     "- {type: T::Db, id: d1, region: r1, fields: {Name: a, Encrypted: true,\n"
     "   Copies: [{Arn: '" BACKUP "'}]}}\n"
     "- {type: T::Backup, id: '" BACKUP "', region: r2}\n",
     NULL, " id=d1#r2 region=r1 name=a encrypted=true key=-\n"},
    {"a denial in the destination costs the key only", each,
     "- {type: T::Db, id: d1, region: r1, fields: {Name: a, Encrypted: true,\n"
     "   Copies: [{Arn: '" BACKUP "'}]}}\n",
     "- {type: T::Backup, region: r2, cause: denied}\n",
     " id=d1#r2 region=r1 name=a encrypted=true key=<unknown: denied>\n"},
    {"a denial in the source is a ghost", each, NULL,
     "- {type: T::Db, region: r1, cause: denied}\n",
     "ghost [denied] id=<unknown: denied> region=r1 name=<unknown: denied> "
     "encrypted=<unknown: denied> key=<unknown: no row in backup>\n"},
    {"an unknown list is a ghost", each,
     "- {type: T::Db, id: d1, region: r1, fields: {Name: a, Encrypted: true,\n"
     "   Copies: {$unknown: c}}}\n",
     NULL,
     "ghost [c] id=<unknown: c> region=r1 name=a encrypted=true "
     "key=<unknown: no row in backup>\n"},
    {"an id that cannot be made is a ghost", each,
     "- {type: T::Db, id: d1, region: r1, fields: {Name: a, Encrypted: true,\n"
     "   Copies: [{Arn: {$unknown: c}}]}}\n",
     NULL,
     "ghost [c] id=<unknown: c> region=r1 name=a encrypted=true "
     "key=<unknown: no row in backup>\n"},
    {"taken ids are numbered", whole,
     "- {type: T::Db, id: d2, region: r1, fields: {Name: b, Encrypted: false, "
     "Days: 1}}\n"
     "- {type: T::Db, id: d1, region: r1, fields: {Name: a, Encrypted: true, "
     "Days: 1}}\n"
     "- {type: T::Db, id: d3, region: r1, fields: {Name: c, Encrypted: true, "
     "Days: 0}}\n"
     "- {type: dr.copy, id: same#2, region: r9, fields: {name: x, encrypted: "
     "true}}\n",
     NULL,
     " id=same region=r1 name=a encrypted=true key=-\n"
     " id=same#2 region=r9 name=x encrypted=true key=-\n"
     " id=same#3 region=r1 name=b encrypted=false key=-\n"},
    {"when is not known", whole,
     "- {type: T::Db, id: d1, region: r1, fields: {Name: a, Encrypted: true, "
     "Days: {$unknown: c}}}\n",
     NULL, "ghost [c] id=<unknown: c> region=r1 name=a encrypted=true key=-\n"},
};

START_TEST(rows_are_derived)
{
    struct world world;
    world_open(&world);
    /* The name is demanded with the type: people call a copy by it. */
    const char *documents[] = {rule, cases[_i].document, NULL};
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(is_ok, "%s: %s", cases[_i].name, world_mistakes(&world));
    world_fill(&world, cases[_i].rows, cases[_i].ghosts, NULL);
    world_run(&world);
    const char *got = world_table(&world, "dr.copy", FIELDS);
    ck_assert_msg(str_is(str_of(got), cases[_i].want), "%s:\n%s",
                  cases[_i].name, got);
    world_close(&world);
}
END_TEST

static const struct {
    const char *name, *document, *want;
} mistakes[] = {
    {"a required field is missing",
     "derive: 1\ntype: dr.copy\nfrom: T::Db\nrow:\n"
     "  id: subject.id\n  region: subject.region\n"
     "  fields: {mechanism: '\"m\"', name: subject.Name}\n",
     "7:11 missing key 'encrypted' in fields\n"},
    {"a wrong type",
     "derive: 1\ntype: dr.copy\nfrom: T::Db\nrow:\n"
     "  id: subject.id\n  region: subject.region\n"
     "  fields: {mechanism: '\"m\"', name: subject.Name, encrypted: "
     "subject.Name}\n",
     "7:61 expected bool, found string\n"},
    {"an optional for a required field",
     "derive: 1\ntype: dr.copy\nfrom: T::Db\nrow:\n"
     "  id: subject.id\n  region: subject.region\n"
     "  fields:\n    mechanism: '\"m\"'\n    encrypted: subject.Encrypted\n"
     "    name: subject.?KeyId\n",
     "10:11 expected string, found optional(string)\n"},
    {"an unknown field",
     "derive: 1\ntype: dr.copy\nfrom: T::Db\nrow:\n"
     "  id: subject.id\n  region: subject.region\n"
     "  fields: {mechanism: '\"m\"', nam: subject.Name, name: subject.Name,\n"
     "           encrypted: subject.Encrypted}\n",
     "7:30 dr.copy has no field 'nam' | did you mean 'name'?\n"},
    {"checks are for rules",
     "derive: 1\ntype: dr.copy\nfrom: T::Db\nrequire: {}\nrow:\n"
     "  id: subject.id\n  region: subject.region\n"
     "  fields: {mechanism: '\"m\"', name: subject.Name,\n"
     "           encrypted: subject.Encrypted}\n",
     "4:1 unknown key 'require' in derivation\n"},
    {"from a derived type",
     "derive: 1\ntype: dr.copy\nfrom: dr.copy\nrow:\n"
     "  id: '\"a\"'\n  region: '\"r\"'\n"
     "  fields: {mechanism: '\"m\"', name: '\"n\"', encrypted: \"true\"}\n",
     "3:7 a derivation does not read derived types\n"},
};

START_TEST(mistakes_are_found)
{
    struct world world;
    world_open(&world);
    const char *documents[] = {mistakes[_i].document, NULL};
    ck_assert_msg(!world_rules(&world, documents), "%s", mistakes[_i].name);
    const char *got = world_mistakes(&world);
    ck_assert_msg(str_is(str_of(got), mistakes[_i].want), "%s:\n%s",
                  mistakes[_i].name, got);
    world_close(&world);
}
END_TEST

/* Which calls a rule needs that reads one field of a derived row. */
static const struct {
    const char *expr, *want;
} demands[] = {
    /* id, each and region count as soon as the type is read; so does name. */
    {"subject.mechanism == 'm'", "t:ListDbs"},
    {"subject.encrypted", "t:ListDbs"},
    {"subject.?key.orValue('') == ''", "t:ListBackups t:ListDbs"},
    {"has(subject.key)", "t:ListBackups t:ListDbs"},
};

START_TEST(fields_demand_what_they_read)
{
    struct world world;
    struct buf text = {0}, got = {0};
    const struct catalogue_call *const *calls = NULL;
    world_open(&world);
    buf_addf(&text,
             "rule: 1\nid: the-rule\ntitle: t\nseverity: low\n"
             "subject: dr.copy\nrequire:\n  c: {expr: \"%s\", message: m}\n",
             demands[_i].expr);
    buf_addc(&text, '\0');
    const char *documents[] = {text.p, each, NULL};
    bool is_ok = world_rules(&world, documents);
    ck_assert_msg(is_ok, "%s", world_mistakes(&world));
    size_t n = demand_calls(&world.arena, rules_demand(world.rules), &calls);
    for (size_t i = 0; i < n; i++)
        buf_addf(&got, "%s%.*s", i > 0 ? " " : "", STRF(calls[i]->id));
    ck_assert_msg(str_is(buf_str(&got), demands[_i].want), "%s: %.*s",
                  demands[_i].expr, STRF(buf_str(&got)));
    buf_release(&text);
    buf_release(&got);
    world_close(&world);
}
END_TEST

Suite *suite_derive(void)
{
    Suite *suite = suite_create("derive");
    TCase *tc = tcase_create("derive");
    tcase_add_loop_test(tc, rows_are_derived, 0, N_ITEMS(cases));
    tcase_add_loop_test(tc, mistakes_are_found, 0, N_ITEMS(mistakes));
    tcase_add_loop_test(tc, fields_demand_what_they_read, 0, N_ITEMS(demands));
    suite_add_tcase(suite, tc);
    return suite;
}
