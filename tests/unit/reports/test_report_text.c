/* The report for people. */
#include <check.h>
#include <string.h>

#include "reports/report_text.h"
#include "reports/terminal.h"
#include "tests/unit/reports/sample.h"

Suite *suite_report_text(void);

START_TEST(whole_report)
{
    expect_golden(&report_text, "report.txt",
                  &(struct format_options){.width = 80});
}
END_TEST

START_TEST(whole_report_in_color)
{
    expect_golden(&report_text, "report_color.txt",
                  &(struct format_options){.has_color = true});
}
END_TEST

static struct buf written(const struct findings *findings)
{
    struct buf text = {0};
    report_text.write(&text, findings, &(struct format_options){0});
    return text;
}

/* Neither an escape sequence nor a line of an attacker's choice gets out. */
START_TEST(hostile_names_are_harmless)
{
    struct arena arena = {0};
    struct causes_table *table;
    struct buf text = written(sample_findings(&arena, &table));
    ck_assert(memchr(text.p, '\033', text.n) == NULL);
    ck_assert(memchr(text.p, '\r', text.n) == NULL);
    ck_assert(!str_contains(buf_str(&text), STR("\xE2\x80\xAE")));
    ck_assert(!str_contains(buf_str(&text), STR("\nFAKE")));
    ck_assert(str_contains(buf_str(&text), STR("evil\\x1b[2J\\u{202e}txt")));
    buf_release(&text);
    causes_free(table);
    arena_release(&arena);
}
END_TEST

/* Only a word that is longer than the line may pass the 80th column. */
START_TEST(lines_are_at_most_80_columns)
{
    struct arena arena = {0};
    struct causes_table *table;
    struct buf text = written(sample_findings(&arena, &table));
    struct str rest = buf_str(&text), line = {0};
    while (str_split(&rest, '\n', &line)) {
        struct str words = str_trim(line);
        bool is_one_word = str_find(words, STR(" "), 0) == SIZE_MAX;
        ck_assert_msg(is_one_word || utf8_length(line) <= 80, "too long: %.*s",
                      STRF(line));
        if (line.n == 0 && rest.p == NULL)
            break;
    }
    buf_release(&text);
    causes_free(table);
    arena_release(&arena);
}
END_TEST

START_TEST(accounts_show_where_there_are_two)
{
    struct arena arena = {0};
    struct causes_table *table;
    struct findings *findings = sample_findings(&arena, &table);
    struct finding *items = ARENA_ARRAY(&arena, findings->n, struct finding);
    memcpy(items, findings->items, findings->n * sizeof(*items));
    items[0].account = STR("210987654321");
    findings->items = items;
    struct buf text = written(findings);
    ck_assert(str_contains(buf_str(&text), STR("210987654321/ap-northeast-1")));
    ck_assert(str_contains(buf_str(&text), STR("123456789012/ap-northeast-1")));
    buf_release(&text);
    causes_free(table);
    arena_release(&arena);
}
END_TEST

/* The regions are named where they are more than the two of the copies. */
START_TEST(third_region_is_named)
{
    static const struct str regions[] = {STR_INIT("a"), STR_INIT("b"),
                                         STR_INIT("c")};
    struct findings none = {.run = {.source = STR_INIT("snapshot"),
                                    .as_of = STR_INIT("2026-11-24"),
                                    .from = STR_INIT("a"),
                                    .to = STR_INIT("c"),
                                    .regions = regions,
                                    .n_regions = 3}};
    struct buf text = written(&none);
    ck_assert(str_contains(buf_str(&text),
                           STR("snapshot, as of 2026-11-24, from a to c; "
                               "regions a, b, c\n")));
    buf_release(&text);
}
END_TEST

START_TEST(tailored_rules_are_told)
{
    static const struct value five = {.kind = VALUE_INT, .as.i = 5};
    static const struct tailored_parameter parameters[] = {
        {STR_INIT("least"), &five, &type_int}};
    static const struct tailoring tailorings[] = {
        {.is_off = true, .reason = STR_INIT("ours\033[2J")},
        {.has_severity = true,
         .severity = SEVERITY_LOW,
         .usual = SEVERITY_HIGH,
         .parameters = parameters,
         .n_parameters = 1},
        {.reason = STR_INIT("looked at")},
    };
    static const struct rule_info infos[] = {
        {.id = STR_INIT("a"), .tailoring = &tailorings[0]},
        {.id = STR_INIT("b"), .tailoring = &tailorings[1]},
        {.id = STR_INIT("c"), .tailoring = &tailorings[2]},
        {.id = STR_INIT("d")},
    };
    static const struct rule_info *const all[] = {&infos[0], &infos[1],
                                                  &infos[2], &infos[3]};
    struct findings findings = {
        .rules_off = all, .n_rules_off = 1, .rules = all + 1, .n_rules = 3};
    struct buf text = written(&findings);
    const char *want = "TAILORED  rules that --tailoring changed\n"
                       "\n"
                       "  a\n"
                       "      off: ours\\x1b[2J\n"
                       "  b\n"
                       "      severity low instead of high, least = 5: no "
                       "reason given\n"
                       "  c\n"
                       "      as it is: looked at\n"
                       "\n"
                       "0 failed";
    ck_assert_msg(str_contains(buf_str(&text), str_of(want)), "got: %.*s",
                  STRF(buf_str(&text)));
    buf_release(&text);
}
END_TEST

START_TEST(nothing_found)
{
    struct findings none = {.run = {.source = STR_INIT("live"),
                                    .as_of = STR_INIT("2026-11-24"),
                                    .tool = STR_INIT("0.1.0")}};
    struct buf text = written(&none);
    const char *want = "dr-preflight 0.1.0\n"
                       "live, as of 2026-11-24\n"
                       "\n"
                       "0 failed, 0 unknown, 0 passed; 0 rules, 0 subjects\n";
    ck_assert_msg(str_is(buf_str(&text), want), "got: %.*s",
                  STRF(buf_str(&text)));
    buf_release(&text);
}
END_TEST

Suite *suite_report_text(void)
{
    Suite *suite = suite_create("report_text");
    TCase *tc = tcase_create("text");
    tcase_add_test(tc, whole_report);
    tcase_add_test(tc, whole_report_in_color);
    tcase_add_test(tc, hostile_names_are_harmless);
    tcase_add_test(tc, lines_are_at_most_80_columns);
    tcase_add_test(tc, accounts_show_where_there_are_two);
    tcase_add_test(tc, third_region_is_named);
    tcase_add_test(tc, tailored_rules_are_told);
    tcase_add_test(tc, nothing_found);
    suite_add_tcase(suite, tc);
    return suite;
}
