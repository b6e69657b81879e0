/* Snapshots: read, written, and read back as they were. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <check.h>

#include "tests/unit/inventory/inventory_support.h"

#define DB  "AWS::RDS::DBInstance"
#define KEY "AWS::KMS::Key"
#define HEADER                                                                 \
    "{\"dr_preflight\":\"snapshot/1\",\"taken\":\"2026-11-24T01:02:03Z\","     \
    "\"partition\":\"aws\",\"accounts\":[\"123456789012\"],"                   \
    "\"regions\":[\"ap-northeast-1\",\"ap-northeast-3\"],\"tool\":\"1\"}\n"
#define ROW(type, region, id, fields)                                          \
    "{\"type\":\"" type "\",\"account\":\"123456789012\",\"region\":\"" region \
    "\",\"id\":\"" id "\",\"fields\":{" fields "}}\n"
#define COVERAGE(region, call, state)                                          \
    "{\"coverage\":{\"account\":\"123456789012\",\"region\":\"" region         \
    "\",\"call\":\"" call "\",\"state\":\"" state "\"}}\n"

/* Reads `text` as a snapshot and finishes; the error is empty if it worked. */
static const char *snapshot_error(struct bench *bench, const char *text)
{
    char path[] = "/tmp/snapshot-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    FILE *file = fdopen(fd, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    struct err err = {0};
    bool is_read = snapshot_read(bench->inventory, path, &err);
    ck_assert_int_eq(unlink(path), 0);
    if (!is_read) {
        /* The place, without the name, which is another each time. */
        struct str full = err_text(&bench->arena, &err);
        ck_assert(str_starts(full, str_of(path)));
        return str_cstr(&bench->arena, str_sub(full, sizeof(path) - 1, full.n));
    }
    inventory_finish(bench->inventory);
    return "";
}

static const struct {
    const char *name, *text, *want;
} faults[] = {
    {"empty", "", ":1: the file is empty"},
    {"no header", ROW(KEY, "r", "arn:a", ""),
     ":1: not a snapshot: the first line has no 'dr_preflight'"},
    {"another schema", "{\"dr_preflight\":\"snapshot/2\"}\n",
     ":1: cannot read 'snapshot/2', only 'snapshot/1'"},
    {"no accounts",
     "{\"dr_preflight\":\"snapshot/1\",\"taken\":\"2026-11-24T01:02:03Z\","
     "\"partition\":\"aws\",\"regions\":[]}\n",
     ":1: 'accounts' is no list"},
    {"bad time",
     "{\"dr_preflight\":\"snapshot/1\",\"taken\":\"now\",\"partition\":"
     "\"aws\",\"accounts\":[],\"regions\":[]}\n",
     ":1: 'taken' is no time: 'now'"},
    {"cut last line", HEADER ROW(KEY, "r", "arn:a", "") "{\"type\":\"AWS::KM",
     ":3: the last line is cut off"},
    {"cut header", "{\"dr_pre", ":1: the last line is cut off"},
    {"no object", HEADER "[]\n", ":2: the line is no object"},
    {"neither", HEADER "{\"x\":1}\n",
     ":2: the line is neither a row nor coverage"},
    {"no id", HEADER "{\"type\":\"T\",\"account\":\"1\",\"region\":\"r\"}\n",
     ":2: 'id' is missing"},
    {"empty id", HEADER ROW(KEY, "r", "", ""), ":2: 'id' is empty"},
    {"no fields",
     HEADER "{\"type\":\"T\",\"account\":\"1\",\"region\":\"r\",\"id\":\"i\"}"
            "\n",
     ":2: 'fields' is no object"},
    {"one id twice",
     HEADER ROW(KEY, "r", "arn:a", "") ROW(KEY, "s", "arn:a", ""),
     ":3: the id 'arn:a' is there twice"},
    {"unknown state", HEADER COVERAGE("r", "kms:ListKeys", "fine"),
     ":2: unknown state 'fine'"},
    {"bad count",
     HEADER "{\"coverage\":{\"account\":\"1\",\"region\":\"r\",\"call\":"
            "\"kms:ListKeys\",\"state\":\"ok\",\"n_ok\":-1}}\n",
     ":2: 'n_ok' is no count"},
};

START_TEST(faults_are_told)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, KEY " KeyId");
    bench_inventory(&bench);
    const char *got = snapshot_error(&bench, faults[_i].text);
    ck_assert_msg(str_is(str_of(got), faults[_i].want), "%s: %s",
                  faults[_i].name, got);
    bench_close(&bench);
}
END_TEST

START_TEST(malformed_line_has_its_number)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, KEY " KeyId");
    bench_inventory(&bench);
    const char *got = snapshot_error(&bench, HEADER "{\"a\":}\n");
    ck_assert_msg(str_starts(str_of(got), STR(":2: not valid JSON")), "%s",
                  got);
    bench_close(&bench);
}
END_TEST

/* What is missing is absent only where the call is known to have answered. */
static const char missing[] = HEADER ROW(DB, "ap-northeast-1", "arn:a",
                                         "\"Engine\":\"mysql\"")
    ROW(DB, "ap-northeast-3", "arn:b", "\"Engine\":\"mysql\"")
        ROW(DB, "eu-west-1", "arn:c", "\"KmsKeyId\":{\"$unknown\":\"why\"}")
            COVERAGE("ap-northeast-1", "rds:DescribeDBInstances", "ok")
                COVERAGE("ap-northeast-3", "rds:DescribeDBInstances", "denied");

static const struct {
    const char *id, *field, *want;
} missed[] = {
    {"arn:a", "Engine", "'mysql'"},
    {"arn:a", "KmsKeyId", "absent"},
    {"arn:a", "StorageEncrypted", "?bad value: missing"},
    {"arn:a", "DBInstanceAutomatedBackupsReplications", "[]"},
    {"arn:b", "Engine", "'mysql'"},
    {"arn:b", "KmsKeyId", "?not read: rds:DescribeDBInstances"},
    {"arn:b", "StorageEncrypted", "?not read: rds:DescribeDBInstances"},
    {"arn:b", "DBInstanceAutomatedBackupsReplications",
     "?not read: rds:DescribeDBInstances"},
    {"arn:c", "KmsKeyId", "?why"},
    {"arn:c", "Engine", "?not read: rds:DescribeDBInstances"},
    {"arn:c", "region", "'eu-west-1'"},
};

START_TEST(missing_is_absent_if_read)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, DB " Engine KmsKeyId StorageEncrypted "
                            "DBInstanceAutomatedBackupsReplications");
    bench_inventory(&bench);
    ck_assert_str_eq(snapshot_error(&bench, missing), "");
    ck_assert_str_eq(bench_cell(&bench, DB, missed[_i].id, missed[_i].field),
                     missed[_i].want);
    ck_assert_str_eq(bench_ghost(&bench, DB, 0),
                     "'123456789012'/'ap-northeast-3' ?denied "
                     "rds:DescribeDBInstances 123456789012/ap-northeast-3");
    ck_assert_str_eq(bench_ghost(&bench, DB, 1), "no ghost");
    bench_close(&bench);
}
END_TEST

START_TEST(unknown_names_are_noted)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, KEY " KeyId");
    bench_inventory(&bench);
    ck_assert_str_eq(
        snapshot_error(
            &bench,
            HEADER ROW("AWS::New::Thing", "r", "x",
                       "\"A\":1") ROW("AWS::New::Thing", "r", "y", "\"A\":1")
                ROW(KEY, "ap-northeast-1", "arn:a", "\"KeyId\":\"a\",\"New\":1")
                    ROW(DB, "ap-northeast-1", "arn:d",
                        "") COVERAGE("ap-northeast-1", "new:ListThings", "ok")
                        COVERAGE("ap-northeast-1", "rds:DescribeDBInstances",
                                 "denied") COVERAGE("ap-northeast-1",
                                                    "ec2:DescribeRegions", "ok")
                            COVERAGE("ap-northeast-3", "kms:ListKeys",
                                     "region off")),
        "");
    struct inventory *inventory = bench.inventory;
    ck_assert_uint_eq(inventory->n_notes, 3);
    ck_assert(
        str_is(inventory->notes[0].text, "unknown type 'AWS::New::Thing'"));
    ck_assert_uint_eq(inventory->notes[0].count, 2);
    ck_assert(
        str_is(inventory->notes[1].text, "AWS::KMS::Key has no field 'New'"));
    ck_assert(
        str_is(inventory->notes[2].text, "unknown call 'new:ListThings'"));
    /* Coverage of calls that this run would not make is left out. */
    ck_assert_uint_eq(inventory->n_coverage, 2);
    ck_assert_str_eq(bench_coverage(&bench, TOKYO, "ec2:DescribeRegions"),
                     "ok 0 0 ");
    ck_assert_str_eq(bench_cell(&bench, KEY, "arn:a", "KeyId"), "'a'");
    ck_assert_str_eq(bench_ghost(&bench, KEY, 1),
                     "'123456789012'/'ap-northeast-3' ?region off "
                     "kms:ListKeys 123456789012/ap-northeast-3");
    bench_close(&bench);
}
END_TEST

/* Everything that a cell can be, of a listing that answered (a) and of one
 * that stopped half-way (b). */
static const char all_kinds[] =
    "catalogue: 1\n"
    "service: {id: s, protocol: query}\n"
    "calls:\n"
    "  L: {items: Ts}\n"
    "types:\n"
    "  T:\n"
    "    listing: L\n"
    "    id: opaque\n"
    "    id_path: I\n"
    "    fields:\n"
    "      t: timestamp\n"
    "      u: duration\n"
    "      d: double\n"
    "      n: {type: string, nullable: true}\n"
    "      x: {type: int, optional: true}\n"
    "      y: int\n"
    "      m: {type: map, item: string}\n"
    "      ls: {type: list, item: {type: struct, of: {A: arn,"
    " N: {type: int, optional: true}}}}\n";

#define CELLS                                                                  \
    "\"t\":\"2026-11-24T01:02:03Z\",\"u\":\"90s\",\"d\":0.1,\"n\":null,"       \
    "\"y\":{\"$unknown\":[\"a\",\"b\"]},"                                      \
    "\"m\":{\"k\":\"v\",\"$$unknown\":\"w\"},"                                 \
    "\"ls\":[{\"A\":{\"$unknown\":\"c\"}},{\"A\":\"arn:x\",\"N\":2}]"

static const char whole[] = HEADER ROW("T", "ap-northeast-1", "a", CELLS)
    ROW("T", "ap-northeast-3", "b",
        "\"t\":\"2026-11-24T01:02:03Z\",\"u\":\"90s\","
        "\"d\":0.1,\"n\":\"\","
        "\"x\":{\"$absent\":true},\"y\":7,\"m\":{},\"ls\":["
        "]") "{\"coverage\":{\"account\":\"123456789012\","
             "\"region\":\"ap-northeast-1"
             "\",\"call\":\"s:L\",\"state\":\"ok\",\"n_"
             "ok\":1,\"n_failed\":0,"
             "\"types\":[\"T\"]}}\n"
             "{\"coverage\":{\"account\":\"123456789012\","
             "\"region\":\"ap-northeast-3"
             "\",\"call\":\"s:L\",\"state\":\"throttled\","
             "\"code\":\"Throttling\","
             "\"n_ok\":1,\"n_failed\":0,\"partial\":true,"
             "\"types\":[\"T\"]}}\n";

START_TEST(written_as_it_was_read)
{
    struct bench bench;
    bench_open(&bench, all_kinds);
    bench_demand(&bench, "T t u d n x y m ls");
    bench_inventory(&bench);
    ck_assert_str_eq(snapshot_error(&bench, whole), "");
    ck_assert_str_eq(bench_cell(&bench, "T", "a", "t"), "@1795482123.0");
    ck_assert_str_eq(bench_cell(&bench, "T", "a", "n"), "null");
    ck_assert_str_eq(bench_cell(&bench, "T", "a", "x"), "absent");
    ck_assert_str_eq(bench_cell(&bench, "T", "a", "y"), "?a?b");
    ck_assert_str_eq(bench_cell(&bench, "T", "a", "m"),
                     "{'k', 'v', '$unknown', 'w'}");
    ck_assert_str_eq(bench_cell(&bench, "T", "b", "x"), "absent");
    ck_assert_str_eq(bench_coverage(&bench, OSAKA, "s:L"),
                     "throttled 1 0 Throttling partial");
    struct buf text = {0};
    snapshot_write(&text, bench.inventory, STR("1"));
    ck_assert_str_eq(str_cstr(&bench.arena, buf_str(&text)), whole);
    buf_release(&text);
    bench_close(&bench);
}
END_TEST

START_TEST(no_newline_at_the_end_is_no_cut)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_demand(&bench, KEY " KeyId");
    bench_inventory(&bench);
    struct str text =
        STR(HEADER ROW(KEY, "ap-northeast-1", "arn:a", "\"KeyId\":\"a\""));
    const char *cut = str_cstr(&bench.arena, str_sub(text, 0, text.n - 1));
    ck_assert_str_eq(snapshot_error(&bench, cut), "");
    ck_assert_str_eq(bench_cell(&bench, KEY, "arn:a", "KeyId"), "'a'");
    bench_close(&bench);
}
END_TEST

START_TEST(no_such_file)
{
    struct bench bench;
    bench_open(&bench, NULL);
    bench_inventory(&bench);
    struct err err = {0};
    ck_assert(!snapshot_read(bench.inventory, "/no/such/file", &err));
    ck_assert_int_eq((int)err.code, ERR_IO);
    bench_close(&bench);
}
END_TEST

Suite *suite_snapshot(void);

Suite *suite_snapshot(void)
{
    Suite *suite = suite_create("snapshot");
    TCase *tc = tcase_create("snapshot");
    tcase_add_loop_test(tc, faults_are_told, 0, N_ITEMS(faults));
    tcase_add_test(tc, malformed_line_has_its_number);
    tcase_add_loop_test(tc, missing_is_absent_if_read, 0, N_ITEMS(missed));
    tcase_add_test(tc, unknown_names_are_noted);
    tcase_add_test(tc, written_as_it_was_read);
    tcase_add_test(tc, no_newline_at_the_end_is_no_cut);
    tcase_add_test(tc, no_such_file);
    suite_add_tcase(suite, tc);
    return suite;
}
