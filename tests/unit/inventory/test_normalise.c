/* Values of answers and of snapshots, as the catalogue's types. */
#include <check.h>

#include "checker/base/json.h"
#include "tests/unit/inventory/inventory_support.h"

static const char types[] =
    "catalogue: 1\n"
    "types:\n"
    "  T:\n"
    "    fields:\n"
    "      b: bool\n"
    "      i: int\n"
    "      d: double\n"
    "      s: string\n"
    "      t: timestamp\n"
    "      u: duration\n"
    "      day: date\n"
    "      v: version\n"
    "      a: arn\n"
    "      os: {type: string, optional: true}\n"
    "      n: {type: string, nullable: true}\n"
    "      e: {enum: [on, off]}\n"
    "      o: {enum: [on, off], open: true}\n"
    "      li: {type: list, item: int}\n"
    "      ls: {type: list, item: {type: struct, of: {A: arn,"
    " N: {type: int, optional: true}}}}\n"
    "      m: {type: map, item: string}\n"
    "      st: {type: struct, optional: true, of: {B: bool}}\n";

static const struct {
    const char *field, *raw, *want; /* raw: JSON, or NULL: missing */
} cases[] =
    {
        {"b", "true", "true"},
        {"b", "\"true\"", "true"},
        {"b", "\"false\"", "false"},
        {"b", "\"True\"", "?bad value: 'True' is no bool"},
        {"b", "1", "?bad value: a number is no bool"},
        {"b", NULL, "?bad value: missing"},
        {"b", "null", "?bad value: missing"},
        {"i", "\"7\"", "7"},
        {"i", "-7", "-7"},
        {"i", "7.0", "7"},
        {"i", "7.5", "?bad value: a number is no int"},
        {"i", "1e300", "?bad value: a number is no int"},
        {"i", "\"7x\"", "?bad value: '7x' is no int"},
        {"i", "\"99999999999999999999\"",
         "?bad value: '99999999999999999999' is no int"},
        {"d", "\"1.5\"", "1.5"},
        {"d", "2", "2"},
        {"d", "\"inf\"", "?bad value: 'inf' is no double"},
        {"s", "\"x\"", "'x'"},
        {"s", "\"\"", "''"},
        {"s", "7", "?bad value: a number is no string"},
        {"s", "[1]", "?bad value: a list is no string"},
        {"t", "\"2026-11-24T01:02:03Z\"", "@1795482123.0"},
        {"t", "\"2026-11-24T01:02:03.75Z\"", "@1795482123.0"},
        {"t", "1795482123.75", "@1795482123.0"},
        {"t", "1795482123", "@1795482123.0"},
        {"t", "\"yesterday\"", "?bad value: 'yesterday' is no timestamp"},
        {"t", "1e18", "?bad value: a number is no timestamp"},
        {"u", "90", "90s"},
        {"u", "\"90s\"", "90s"},
        {"u", "\"1h\"", "?bad value: '1h' is no duration"},
        {"day", "\"2026-02-28\"", "'2026-02-28'"},
        {"day", "\"2026-02-30\"", "?bad value: '2026-02-30' is no date"},
        {"v", "\"13.10\"", "'13.10'"},
        {"v", "\"new\"", "?bad value: 'new' is no version"},
        {"a", "\"arn:aws:kms:r:1:key/x\"", "'arn:aws:kms:r:1:key/x'"},
        {"a", "\"alias/x\"", "'alias/x'"},
        {"a", "\"\"", "?bad value: '' is no ARN"},
        {"os", NULL, "absent"},
        {"os", "null", "absent"},
        {"os", "true", "?bad value: a bool is no string"},
        {"n", "null", "null"},
        {"n", NULL, "?bad value: missing"},
        {"e", "\"on\"", "'on'"},
        {"e", "\"dim\"", "?bad value: 'dim' is no value of the enum"},
        {"o", "\"dim\"", "'dim'"},
        {"li", NULL, "[]"},
        {"li", "\"\"", "[]"},
        {"li", "[]", "[]"},
        {"li", "[1, \"2\", \"x\"]", "[1, 2, ?bad value: 'x' is no int]"},
        {"li", "{\"member\": \"1\"}", "[1]"},
        {"li", "{\"member\": \"1\", \"other\": \"2\"}",
         "?bad value: an object is no list"},
        {"li", "\"x\"", "?bad value: 'x' is no list"},
        {"ls", "{\"R\": {\"A\": \"arn:x\"}}", "[{'arn:x', absent}]"},
        {"ls", "[{\"N\": 3}]", "[{?bad value: missing, 3}]"},
        {"ls", "[{\"A\": \"arn:x\", \"N\": \"y\", \"Z\": 1}]",
         "[{'arn:x', ?bad value: 'y' is no int}]"},
        {"ls", "[7]", "[?bad value: a number is no object]"},
        {"m", NULL, "{}"},
        {"m", "{\"k\": \"v\", \"l\": 1}",
         "{'k', 'v', 'l', ?bad value: a number is no string}"},
        {"m", "[]", "?bad value: a list is no map"},
        {"m", "{\"$unknown\": \"v\"}", "{'$unknown', 'v'}"},
        {"st", NULL, "absent"},
        {"st", "\"\"", "{?bad value: missing}"},
        {"st", "{\"B\": \"true\"}", "{true}"},
        {"s", "{\"$unknown\": \"x\"}", "?bad value: an object is no string"},
        {"i", "\"1234567890123456789012345678901234567890123\"",
         "?bad value: '1234567890123456789012345678901234567890…' is no int"},
},
  restored[] = {
      {"s", "{\"$unknown\": \"denied x\"}", "?denied x"},
      {"s", "{\"$unknown\": [\"b\", \"a\"]}", "?a?b"},
      {"s", "{\"$unknown\": 7}", "?bad value: unknown, no cause"},
      {"os", "{\"$absent\": true}", "absent"},
      {"s", "{\"$absent\": true}", "?bad value: missing"},
      {"li", "[1, {\"$unknown\": \"x\"}]", "[1, ?x]"},
      {"li", "{\"$unknown\": \"x\"}", "?x"},
      {"li", "{\"member\": 1}", "?bad value: an object is no list"},
      {"li", "\"\"", "?bad value: '' is no list"},
      {"ls", "[{\"A\": {\"$unknown\": \"x\"}}]", "[{?x, absent}]"},
      {"m", "{\"$$unknown\": \"v\"}", "{'$unknown', 'v'}"},
      {"m", "{\"$unknown\": \"v\"}", "?v"},
      {"m", "{\"k\": {\"$unknown\": \"v\"}}", "{'k', ?v}"},
      {"st", "\"\"", "?bad value: '' is no object"},
};

static const char *normalised(struct bench *bench, const char *field,
                              const char *raw, bool is_snapshot)
{
    const struct catalogue_type *type = bench_type(bench, "T");
    struct value v = {0};
    struct err err = {0};
    if (raw != NULL)
        ck_assert(json_read(&bench->arena, str_of(raw), NULL,
                            (struct json_limits){0}, &v, &err));
    const struct field *f = &type->record.fields[bench_field(type, field)];
    return bench_print(
        bench, is_snapshot ? inventory_restore(bench->inventory, f, v)
                           : inventory_normalise(bench->inventory, f, v));
}

START_TEST(an_answer_is_read)
{
    struct bench bench;
    bench_open(&bench, types);
    bench_demand(&bench, "T");
    bench_inventory(&bench);
    ck_assert_str_eq(normalised(&bench, cases[_i].field, cases[_i].raw, false),
                     cases[_i].want);
    bench_close(&bench);
}
END_TEST

START_TEST(a_snapshot_is_read)
{
    struct bench bench;
    bench_open(&bench, types);
    bench_demand(&bench, "T");
    bench_inventory(&bench);
    ck_assert_str_eq(
        normalised(&bench, restored[_i].field, restored[_i].raw, true),
        restored[_i].want);
    bench_close(&bench);
}
END_TEST

/* Of <B/><B/> in a wrapper both are items; no JSON has a name twice. */
START_TEST(repeated_elements_are_a_list)
{
    struct bench bench;
    bench_open(&bench, types);
    bench_demand(&bench, "T");
    bench_inventory(&bench);
    const struct catalogue_type *type = bench_type(&bench, "T");
    struct value pairs[] = {value_str(STR("B")), value_str(STR("1")),
                            value_str(STR("B")), value_str(STR("2"))};
    struct value v = inventory_normalise(
        bench.inventory, &type->record.fields[bench_field(type, "li")],
        value_map(pairs, 2));
    ck_assert_str_eq(bench_print(&bench, v), "[1, 2]");
    bench_close(&bench);
}
END_TEST

Suite *suite_normalise(void);

Suite *suite_normalise(void)
{
    Suite *suite = suite_create("normalise");
    TCase *tc = tcase_create("normalise");
    tcase_add_loop_test(tc, an_answer_is_read, 0, N_ITEMS(cases));
    tcase_add_loop_test(tc, a_snapshot_is_read, 0, N_ITEMS(restored));
    tcase_add_test(tc, repeated_elements_are_a_list);
    suite_add_tcase(suite, tc);
    return suite;
}
