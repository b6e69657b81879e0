/* The report as JSON. */
#include <check.h>

#include "checker/base/json.h"
#include "reports/report_json.h"
#include "tests/unit/reports/sample.h"

Suite *suite_report_json(void);

START_TEST(json_report_golden)
{
    expect_golden(&report_json, "report.json", &(struct format_options){0});
}
END_TEST

/* Reads the sample's report back. */
static struct value read_back(struct arena *arena)
{
    struct causes_table *table;
    struct buf text = {0};
    struct value value = {0};
    struct err err = {0};
    report_json.write(&text, sample_findings(arena, &table),
                      &(struct format_options){0});
    bool is_json = json_read(arena, buf_str(&text), NULL,
                             (struct json_limits){0}, &value, &err);
    ck_assert_msg(is_json, "%.*s", STRF(err_text(arena, &err)));
    buf_release(&text);
    causes_free(table);
    return value;
}

static struct value item(struct value list, uint32_t i)
{
    ck_assert(list.kind == VALUE_LIST && i < list.n);
    return list.as.items[i];
}

START_TEST(a_whole_subject_has_no_check)
{
    struct arena arena = {0};
    struct value findings = value_get(read_back(&arena), STR("findings"));
    ck_assert_uint_eq(findings.n, 10);
    ck_assert_int_eq(value_get(item(findings, 1), STR("check")).kind,
                     VALUE_NULL);
    struct value check = value_get(item(findings, 0), STR("check"));
    ck_assert(str_is(value_text(check), "key-exists"));
    arena_release(&arena);
}
END_TEST

START_TEST(copies_have_what_was_read)
{
    struct arena arena = {0};
    struct value copies = value_get(read_back(&arena), STR("copies"));
    ck_assert_uint_eq(copies.n, 2);
    struct value first = item(copies, 0), second = item(copies, 1);
    struct value days = value_get(first, STR("retention_days"));
    ck_assert(str_is(value_text(value_get(days, STR("$unknown"))),
                     "denied rds:DescribeDBInstances"));
    ck_assert_int_eq(value_get(second, STR("source_key")).kind, VALUE_NONE);
    ck_assert_int_eq(value_get(second, STR("retention_days")).as.i, 7);
    ck_assert_int_eq(value_get(first, STR("engine")).kind, VALUE_NONE);
    ck_assert_int_eq(value_get(first, STR("type")).kind, VALUE_NONE);
    arena_release(&arena);
}
END_TEST

START_TEST(hostile_text_reads_back)
{
    struct arena arena = {0};
    struct value findings = value_get(read_back(&arena), STR("findings"));
    struct value subject = value_get(item(findings, 5), STR("subject"));
    struct value name = value_get(subject, STR("name"));
    ck_assert(str_is(value_text(name), "evil\033[2J\xE2\x80\xAEtxt\nFAKE"));
    arena_release(&arena);
}
END_TEST

/* Rules that were turned off stand among the others, by id. */
START_TEST(rules_that_are_off_are_listed)
{
    static const struct tailoring off = {.file = STR_INIT("t.yaml"),
                                         .is_off = true};
    static const struct rule_info infos[] = {
        {.id = STR_INIT("a"), .tailoring = &off},
        {.id = STR_INIT("b")},
        {.id = STR_INIT("c"), .tailoring = &off},
    };
    static const struct rule_info *const chosen[] = {&infos[1]};
    static const struct rule_info *const others[] = {&infos[0], &infos[2]};
    struct findings findings = {
        .rules = chosen, .n_rules = 1, .rules_off = others, .n_rules_off = 2};
    struct arena arena = {0};
    struct buf text = {0};
    struct value report = {0};
    struct err err = {0};
    report_json.write(&text, &findings, &(struct format_options){0});
    ck_assert(json_read(&arena, buf_str(&text), NULL, (struct json_limits){0},
                        &report, &err));
    struct value rules = value_get(report, STR("rules"));
    ck_assert_uint_eq(rules.n, 3);
    for (uint32_t i = 0; i < rules.n; i++)
        ck_assert(str_eq(value_text(value_get(item(rules, i), STR("id"))),
                         infos[i].id));
    struct value tailoring = value_get(item(rules, 2), STR("tailoring"));
    ck_assert(!value_get(tailoring, STR("enabled")).as.b);
    ck_assert_int_eq(value_get(tailoring, STR("reason")).kind, VALUE_NULL);
    ck_assert_int_eq(value_get(item(rules, 1), STR("tailoring")).kind,
                     VALUE_NONE);
    buf_release(&text);
    arena_release(&arena);
}
END_TEST

Suite *suite_report_json(void)
{
    Suite *suite = suite_create("report_json");
    TCase *tc = tcase_create("json");
    tcase_add_test(tc, json_report_golden);
    tcase_add_test(tc, a_whole_subject_has_no_check);
    tcase_add_test(tc, copies_have_what_was_read);
    tcase_add_test(tc, hostile_text_reads_back);
    tcase_add_test(tc, rules_that_are_off_are_listed);
    suite_add_tcase(suite, tc);
    return suite;
}
