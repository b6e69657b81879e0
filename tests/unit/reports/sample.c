/* Findings made by hand, and the golden files that reports of them match. */
#include "tests/unit/reports/sample.h"

#include <check.h>
#include <stdlib.h>

#include "checker/base/file.h"

#define ACCOUNT STR_INIT("123456789012")
#define TOKYO   STR_INIT("ap-northeast-1")
#define OSAKA   STR_INIT("ap-northeast-3")
#define DB      "arn:aws:rds:ap-northeast-1:123456789012:db:"
#define KEY     "arn:aws:kms:ap-northeast-1:123456789012:key/1111"
#define HEX     "0123456789abcdef"
#define ABR     "#rds-automated-backup-replication#ap-northeast-3"

static const struct reference references[] = {
    {STR_INIT("Replicating automated backups"),
     STR_INIT("https://docs.aws.amazon.com/rds/replicate.html")},
};

static const struct rule_info rules[] = {
    {.id = STR_INIT("copy-key-enabled"),
     .title = STR_INIT("The key of each copy exists and is enabled"),
     .severity = SEVERITY_CRITICAL},
    {.id = STR_INIT("kms-key-not-reused-across-regions"),
     .title = STR_INIT("A copy is encrypted with a key of its own region"),
     .severity = SEVERITY_HIGH,
     .references = references,
     .n_references = 1},
    {.id = STR_INIT("quiet-rule"),
     .title = STR_INIT("A rule that nothing breaks"),
     .severity = SEVERITY_MEDIUM},
    {.id = STR_INIT("retention-is-long-enough"),
     .title = STR_INIT("Copies are kept for a week at least, so that a mistake "
                       "found after a weekend can still be undone"),
     .severity = SEVERITY_LOW},
};

static const struct rule_info *const chosen[] = {&rules[0], &rules[1],
                                                 &rules[2], &rules[3]};

static const struct evidence key_evidence[] = {
    {.path = STR_INIT("subject.destination_key"),
     .value = {.kind = VALUE_STRING, .n = sizeof(KEY) - 1, .as.s = KEY},
     .type = &type_arn,
     .from = STR_INIT("rds:DescribeDBInstanceAutomatedBackups "
                      "ap-northeast-3")},
    {.path = STR_INIT("params.allow_multi_region_keys"),
     .value = {.kind = VALUE_BOOL, .as.b = true},
     .type = &type_bool,
     .from = STR_INIT("")},
};

#define SUBJECT(short_name)                                                    \
    .subject_type = STR_INIT("dr.copy"),                                       \
    .subject_id = STR_INIT(DB short_name ABR),                                 \
    .subject_name = STR_INIT(short_name), .account = ACCOUNT, .region = TOKYO, \
    .fingerprint = STR_INIT(HEX HEX HEX HEX)

static const struct finding items[] = {
    {.rule = &rules[0],
     .check = STR_INIT("key-exists"),
     .severity = SEVERITY_CRITICAL,
     .result = RESULT_FAIL,
     SUBJECT("orders"),
     .message = STR_INIT("key " KEY " does not exist"),
     .remediation = STR_INIT("Create a key in the destination region, or name "
                             "one that exists.")},
    {.rule = &rules[0],
     .severity = SEVERITY_CRITICAL,
     .result = RESULT_UNKNOWN,
     .subject_type = STR_INIT("dr.copy"),
     .subject_id = STR_INIT("ghost:123456789012/ap-northeast-3"),
     .subject_name = STR_INIT("ghost:123456789012/ap-northeast-3"),
     .account = ACCOUNT,
     .region = OSAKA,
     .fingerprint = STR_INIT(HEX HEX HEX HEX),
     .message = STR_INIT("cannot be decided: denied …")},
    {.rule = &rules[0],
     .check = STR_INIT("key-enabled"),
     .severity = SEVERITY_CRITICAL,
     .result = RESULT_UNKNOWN,
     SUBJECT("unread"),
     .message = STR_INIT("cannot be decided: …")},
    {.rule = &rules[0],
     .check = STR_INIT("key-exists"),
     .severity = SEVERITY_CRITICAL,
     .result = RESULT_UNKNOWN,
     SUBJECT("unread"),
     .message = STR_INIT("cannot be decided: …")},
    {.rule = &rules[1],
     .check = STR_INIT("destination"),
     .severity = SEVERITY_HIGH,
     .result = RESULT_ERROR,
     SUBJECT("broken"),
     .message = STR_INIT("x.yaml:4:11: no such key 'a'")},
    {.rule = &rules[1],
     .check = STR_INIT("destination"),
     .severity = SEVERITY_HIGH,
     .result = RESULT_FAIL,
     SUBJECT("evil\033[2J\xE2\x80\xAEtxt\nFAKE"),
     .message = STR_INIT("the source's own key " KEY " is in ap-northeast-1, "
                         "the copy goes to ap-northeast-3\033[31m\r\n  pass"),
     .remediation = STR_INIT("Choose a key of the destination."),
     .evidence = key_evidence,
     .n_evidence = N_ITEMS(key_evidence)},
    {.rule = &rules[1],
     .check = STR_INIT("multi-region"),
     .severity = SEVERITY_MEDIUM,
     .result = RESULT_FAIL,
     SUBJECT("orders"),
     .message = STR_INIT("key " KEY " is in ap-northeast-1, the copy goes to "
                         "ap-northeast-3"),
     .remediation =
         STR_INIT("Choose a key of the destination, or a multi-Region one."),
     .evidence = key_evidence,
     .n_evidence = 1,
     .n_evidence_dropped = 7},
    {.rule = &rules[2],
     .check = STR_INIT("holds"),
     .severity = SEVERITY_MEDIUM,
     .result = RESULT_PASS,
     SUBJECT("orders")},
    {.rule = &rules[2],
     .check = STR_INIT("holds"),
     .severity = SEVERITY_MEDIUM,
     .result = RESULT_PASS,
     SUBJECT("other")},
    {.rule = &rules[3],
     .check = STR_INIT("kept"),
     .severity = SEVERITY_LOW,
     .result = RESULT_FAIL,
     SUBJECT("orders"),
     .message = STR_INIT("kept for 1 day")},
};

static const struct str instance_type[] = {STR_INIT("AWS::RDS::DBInstance")};
static const struct str key_type[] = {STR_INIT("AWS::KMS::Key")};

static const struct covered coverage[] = {
    {ACCOUNT, TOKYO, STR_INIT("kms:DescribeKey"), STR_INIT("denied"),
     STR_INIT("AccessDeniedException"), 3, 2, key_type, 1},
    {ACCOUNT, TOKYO, STR_INIT("rds:DescribeDBInstances"), STR_INIT("ok"),
     STR_INIT(""), 3, 0, instance_type, 1},
    {ACCOUNT, OSAKA, STR_INIT("kms:DescribeKey"), STR_INIT("denied"),
     STR_INIT("AccessDeniedException"), 0, 4, key_type, 1},
    {ACCOUNT, OSAKA, STR_INIT("rds:DescribeDBInstances"),
     STR_INIT("region off"), STR_INIT(""), 0, 0, instance_type, 1},
};

static const struct str regions[] = {TOKYO, OSAKA};

enum { SOURCE_KEY = ROW_FIELDS, RETENTION, UNREAD, N_FIELDS };

static const struct field copy_fields[] = {
    [ROW_ID] = {.name = STR_INIT("id"), .type = &type_string},
    [ROW_ACCOUNT] = {.name = STR_INIT("account"), .type = &type_string},
    [ROW_REGION] = {.name = STR_INIT("region"), .type = &type_string},
    [ROW_TYPE] = {.name = STR_INIT("type"), .type = &type_string},
    [SOURCE_KEY] = {.name = STR_INIT("source_key"), .type = &type_arn},
    [RETENTION] = {.name = STR_INIT("retention_days"), .type = &type_int},
    [UNREAD] = {.name = STR_INIT("engine"), .type = &type_string},
};

static const struct record copy_record = {.name = STR_INIT("dr.copy"),
                                          .fields = copy_fields,
                                          .n_fields = N_FIELDS,
                                          .is_row = true};

/* Two copies and a ghost, which is no copy. */
static const struct value_table *sample_copies(struct arena *arena, causes why)
{
    struct value_table *table = ARENA_NEW(arena, struct value_table);
    causes *ghost_causes = ARENA_NEW(arena, causes);
    *ghost_causes = why;
    *table = (struct value_table){
        .record = &copy_record,
        .columns = ARENA_ARRAY(arena, N_FIELDS, struct value *),
        .n_rows = 2,
        .n_ghosts = 1,
        .ghost_causes = ghost_causes};
    for (size_t i = 0; i < N_FIELDS; i++)
        if (i != ROW_TYPE)
            table->columns[i] = ARENA_ARRAY(arena, 3, struct value);
    for (size_t row = 0; row < 3; row++) {
        table->columns[ROW_ID][row] =
            value_str(row == 0 ? STR(DB "orders" ABR) : STR(DB "other" ABR));
        table->columns[ROW_ACCOUNT][row] = value_str(STR("123456789012"));
        table->columns[ROW_REGION][row] = value_str(STR("ap-northeast-1"));
        table->columns[SOURCE_KEY][row] =
            row == 0 ? value_str(STR(KEY)) : value_absent();
        table->columns[RETENTION][row] =
            row == 0 ? value_unknown(why) : value_int(7);
        table->columns[UNREAD][row] = value_str(STR("postgres"));
    }
    return table;
}

struct findings *sample_findings(struct arena *arena,
                                 struct causes_table **table)
{
    static const bool copies_read[N_FIELDS] = {
        [SOURCE_KEY] = true, [RETENTION] = true};
    struct findings *findings = ARENA_NEW(arena, struct findings);
    struct finding *copy = ARENA_ARRAY(arena, N_ITEMS(items), struct finding);
    *table = causes_new(arena);
    causes many = 0;
    for (int i = 1; i <= 5; i++)
        many = causes_union(
            *table, many,
            causes_of(*table, str_fmt(arena, "denied kms:DescribeKey %d", i)));
    for (size_t i = 0; i < N_ITEMS(items); i++) {
        copy[i] = items[i];
        findings->counts[items[i].result]++;
    }
    copy[1].causes = many;
    copy[2].causes = copy[3].causes =
        causes_of(*table, STR("not read: kms:DescribeKey"));
    findings->run = (struct run_info){
        .id = STR_INIT("0123456789abcdef"),
        .started = STR_INIT("2026-11-24T01:02:03Z"),
        .as_of = STR_INIT("2026-11-24"),
        .tool = STR_INIT("0.1.0"),
        .rules_digest = STR_INIT("sha256:" HEX HEX HEX HEX),
        .inventory_digest = STR_INIT("sha256:" HEX HEX HEX HEX),
        .source = STR_INIT("live"),
        .account = ACCOUNT,
        .regions = regions,
        .n_regions = 2,
        .from = TOKYO,
        .to = OSAKA};
    findings->items = copy;
    findings->n = N_ITEMS(items);
    findings->n_subjects = 5;
    findings->rules = chosen;
    findings->n_rules = N_ITEMS(chosen);
    findings->copies = sample_copies(
        arena, causes_of(*table, STR("denied rds:DescribeDBInstances")));
    findings->copies_read = copies_read;
    findings->coverage = coverage;
    findings->n_coverage = N_ITEMS(coverage);
    findings->causes = *table;
    return findings;
}

void expect_golden(const struct format *format, const char *name,
                   const struct format_options *options)
{
    struct arena arena = {0};
    struct causes_table *table;
    struct buf text = {0};
    struct str want = {0};
    struct err err = {0};
    format->write(&text, sample_findings(&arena, &table), options);
    const char *path = str_fmt(&arena, "tests/golden/%s", name).p;
    const char *mode = getenv("GOLDEN");
    if (mode != NULL && str_is(str_of(mode), "write"))
        ck_assert(file_write(path, buf_str(&text), false, &err));
    bool is_read = file_read(&arena, path, 1 << 20, &want, &err);
    ck_assert_msg(is_read, "%s is missing (run from the project's root)", path);
    ck_assert_msg(str_eq(want, buf_str(&text)), "%s differs; got:\n%.*s", path,
                  STRF(buf_str(&text)));
    buf_release(&text);
    causes_free(table);
    arena_release(&arena);
}
