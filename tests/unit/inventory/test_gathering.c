/* Recorded answers, played back in any order, to rows and coverage. */
#include <check.h>

#include "checker/base/json.h"
#include "checker/inventory/gathering.h"
#include "tests/unit/inventory/inventory_support.h"

#define DB                  "AWS::RDS::DBInstance"
#define KEY                 "AWS::KMS::Key"
#define KEY_ARN(region, id) "arn:aws:kms:" region ":123456789012:key/" id

/* The calls that were started; a test answers them by name and region. */
struct playback {
    struct bench bench;
    struct gathering *gathering;
    struct aws_call calls[32];
    size_t n_calls;
};

static void record(void *owner, const struct aws_call *call)
{
    struct playback *p = owner;
    ck_assert_uint_lt(p->n_calls, N_ITEMS(p->calls));
    p->calls[p->n_calls++] = *call;
}

static void begin(struct playback *p, const char *yaml, const char *demand)
{
    static const struct str regions[] = {STR_INIT("ap-northeast-1"),
                                         STR_INIT("ap-northeast-3")};
    *p = (struct playback){0};
    bench_open(&p->bench, yaml);
    bench_demand(&p->bench, demand);
    bench_inventory(&p->bench);
    p->gathering = gathering_new(p->bench.inventory, ACCOUNT, regions,
                                 N_ITEMS(regions), record, p);
    gathering_start(p->gathering);
}

static void finish(struct playback *p)
{
    gathering_end(p->gathering);
    inventory_finish(p->bench.inventory);
}

/* The `nth` call of that operation in the region, from 0. */
static const struct aws_call *call_of(struct playback *p, const char *operation,
                                      struct str region, size_t nth)
{
    for (size_t i = 0; i < p->n_calls; i++)
        if (str_is(p->calls[i].operation->name, operation) &&
            str_eq(p->calls[i].region, region) && nth-- == 0)
            return &p->calls[i];
    ck_abort_msg("%s was not started", operation);
}

/* The answer's memory is gone afterwards, as the real one's is. */
static bool page(struct playback *p, const char *operation, struct str region,
                 size_t nth, const char *json)
{
    struct arena arena = {0};
    struct err err = {0};
    struct value answer;
    char *text = str_cstr(&arena, str_of(json));
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    ck_assert_msg(json_read(&arena, str_of(text), NULL, (struct json_limits){0},
                            &answer, &err),
                  "%s", text);
    const struct aws_call *call = call_of(p, operation, region, nth);
    bool is_usable = call->page(call->owner, answer);
    arena_release(&arena);
    return is_usable;
}

static void done(struct playback *p, const char *operation, struct str region,
                 size_t nth, enum aws_outcome outcome, const char *code)
{
    struct aws_failure failure = {.outcome = outcome, .code = str_of(code)};
    const struct aws_call *call = call_of(p, operation, region, nth);
    call->done(call->owner, outcome == AWS_OK ? NULL : &failure);
}

/* A listing without rows, so that the other region is out of the way. */
static void empty(struct playback *p, const char *operation, struct str region,
                  const char *json)
{
    ck_assert(page(p, operation, region, 0, json));
    done(p, operation, region, 0, AWS_OK, "");
}

START_TEST(listings_start_everywhere)
{
    struct playback p;
    begin(&p, NULL, KEY " KeyState");
    ck_assert_uint_eq(p.n_calls, 2);
    ck_assert(str_eq(p.calls[0].region, TOKYO));
    ck_assert(str_eq(p.calls[1].region, OSAKA));
    empty(&p, "ListKeys", TOKYO, "{'Keys': []}");
    empty(&p, "ListKeys", OSAKA, "{'Keys': []}");
    finish(&p);
    ck_assert_uint_eq(p.bench.inventory->n_scope, 2);
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "kms:ListKeys"),
                     "ok 0 0 ");
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "kms:DescribeKey"),
                     "ok 0 0 ");
    ck_assert_str_eq(bench_ghost(&p.bench, KEY, 0), "no ghost");
    bench_close(&p.bench);
}
END_TEST

/* Redshift names no ARN: it is put together of the place and the name. */
START_TEST(ids_are_put_together)
{
    struct playback p;
    const char *id =
        "arn:aws-cn:redshift:ap-northeast-1:123456789012:cluster:dw";
    begin(&p, NULL, "AWS::Redshift::Cluster ClusterIdentifier");
    p.bench.inventory->partition = STR("aws-cn");
    empty(&p, "DescribeClusters", OSAKA, "{'Clusters': {}}");
    ck_assert(page(&p, "DescribeClusters", TOKYO, 0,
                   "{'Clusters': {'Cluster': {'ClusterIdentifier': 'dw'}}}"));
    /* A page with an item that has no name cannot be used. */
    ck_assert(!page(&p, "DescribeClusters", TOKYO, 0,
                    "{'Clusters': {'Cluster': {'Encrypted': 'true'}}}"));
    done(&p, "DescribeClusters", TOKYO, 0, AWS_OK, "");
    finish(&p);
    ck_assert_str_eq(
        bench_cell(&p.bench, "AWS::Redshift::Cluster", id, "ClusterIdentifier"),
        "'dw'");
    bench_close(&p.bench);
}
END_TEST

START_TEST(calls_per_row_follow)
{
    struct playback p;
    begin(&p, NULL, KEY " KeyId KeyState MultiRegion");
    empty(&p, "ListKeys", OSAKA, "{'Keys': []}");
    ck_assert(page(
        &p, "ListKeys", TOKYO, 0,
        "{'Keys': [{'KeyId': 'a', 'KeyArn': '" KEY_ARN(
            "ap-northeast-1", "a") "'}, {'KeyId': 'b', 'KeyArn': "
                                   "'" KEY_ARN("ap-northeast-1", "b") "'}]}"));
    /* They do not wait for the listing's other pages. */
    ck_assert_uint_eq(p.n_calls, 4);
    struct value id =
        value_get(call_of(&p, "DescribeKey", TOKYO, 1)->input, STR("KeyId"));
    ck_assert(str_is(value_text(id), KEY_ARN("ap-northeast-1", "b")));
    ck_assert(page(&p, "DescribeKey", TOKYO, 0,
                   "{'KeyMetadata': {'KeyState': 'Disabled', "
                   "'MultiRegion': true}}"));
    done(&p, "DescribeKey", TOKYO, 0, AWS_OK, "");
    done(&p, "DescribeKey", TOKYO, 1, AWS_DENIED, "AccessDeniedException");
    done(&p, "ListKeys", TOKYO, 0, AWS_OK, "");
    finish(&p);
    const char *a = KEY_ARN("ap-northeast-1", "a");
    const char *b = KEY_ARN("ap-northeast-1", "b");
    ck_assert_str_eq(bench_cell(&p.bench, KEY, a, "KeyState"), "'Disabled'");
    ck_assert_str_eq(bench_cell(&p.bench, KEY, a, "MultiRegion"), "true");
    ck_assert_str_eq(bench_cell(&p.bench, KEY, b, "KeyId"), "'b'");
    ck_assert_str_eq(bench_cell(&p.bench, KEY, b, "MultiRegion"),
                     "?denied kms:DescribeKey 123456789012/ap-northeast-1 "
                     "AccessDeniedException");
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "kms:ListKeys"),
                     "ok 2 0 ");
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "kms:DescribeKey"),
                     "denied 1 1 AccessDeniedException");
    bench_close(&p.bench);
}
END_TEST

static const struct {
    enum aws_outcome outcome;
    const char *code, *coverage, *ghost;
} failures[] = {
    {AWS_DENIED, "AccessDenied", "denied 0 0 AccessDenied",
     "?denied rds:DescribeDBInstances 123456789012/ap-northeast-3 "
     "AccessDenied"},
    {AWS_REFUSED, "ExpiredToken", "denied 0 0 ExpiredToken",
     "?denied rds:DescribeDBInstances 123456789012/ap-northeast-3 "
     "ExpiredToken"},
    {AWS_THROTTLED, "Throttling", "throttled 0 0 Throttling",
     "?throttled rds:DescribeDBInstances 123456789012/ap-northeast-3 "
     "Throttling"},
    {AWS_UNREACHABLE, "", "unreachable 0 0 ",
     "?unreachable rds:DescribeDBInstances 123456789012/ap-northeast-3"},
    {AWS_BAD_ANSWER, "", "bad answer 0 0 ",
     "?bad answer rds:DescribeDBInstances 123456789012/ap-northeast-3"},
    {AWS_REGION_OFF, "OptInRequired", "region off 0 0 OptInRequired",
     "?region off rds:DescribeDBInstances 123456789012/ap-northeast-3 "
     "OptInRequired"},
    {AWS_FAULT, "InternalFailure", "failed 0 0 InternalFailure",
     "?failed rds:DescribeDBInstances 123456789012/ap-northeast-3 "
     "InternalFailure"},
    {AWS_STOPPED, "", "not called 0 0 ",
     "?not called rds:DescribeDBInstances 123456789012/ap-northeast-3"},
    /* An end without any page is no answer. */
    {AWS_OK, "", "bad answer 0 0 ",
     "?bad answer rds:DescribeDBInstances 123456789012/ap-northeast-3"},
};

START_TEST(a_failed_listing_is_a_ghost)
{
    struct playback p;
    begin(&p, NULL, DB " Engine");
    empty(&p, "DescribeDBInstances", TOKYO, "{'DBInstances': ''}");
    done(&p, "DescribeDBInstances", OSAKA, 0, failures[_i].outcome,
         failures[_i].code);
    finish(&p);
    ck_assert_str_eq(bench_coverage(&p.bench, OSAKA, "rds:DescribeDBInstances"),
                     failures[_i].coverage);
    struct str ghost = str_of(bench_ghost(&p.bench, DB, 0));
    ck_assert_msg(str_ends(ghost, str_of(failures[_i].ghost)), "%s", ghost.p);
    ck_assert_str_eq(bench_ghost(&p.bench, DB, 1), "no ghost");
    bench_close(&p.bench);
}
END_TEST

#define DB_ARN(region, name) "arn:aws:rds:" region ":123456789012:db:" name
#define DB_ITEM(region, name)                                                  \
    "'DBInstance': {'DBInstanceArn': '" DB_ARN(                                \
        region, name) "',"                                                     \
                      "'DBInstanceIdentifier': '" name "', 'Engine': 'mysql'}"

START_TEST(a_stopped_listing_keeps_its_rows)
{
    struct playback p;
    begin(&p, NULL, DB " Engine KmsKeyId StorageEncrypted");
    empty(&p, "DescribeDBInstances", OSAKA, "{'DBInstances': ''}");
    ck_assert(page(&p, "DescribeDBInstances", TOKYO, 0,
                   "{'DBInstances': {" DB_ITEM("ap-northeast-1", "a") "}}"));
    /* The same item on the next page, where it has moved to. */
    ck_assert(page(&p, "DescribeDBInstances", TOKYO, 0,
                   "{'DBInstances': {" DB_ITEM("ap-northeast-1", "a") "}}"));
    done(&p, "DescribeDBInstances", TOKYO, 0, AWS_THROTTLED, "Throttling");
    finish(&p);
    const char *a = DB_ARN("ap-northeast-1", "a");
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "rds:DescribeDBInstances"),
                     "throttled 1 0 Throttling partial");
    ck_assert_str_eq(bench_cell(&p.bench, DB, a, "Engine"), "'mysql'");
    ck_assert_str_eq(bench_cell(&p.bench, DB, a, "KmsKeyId"), "absent");
    ck_assert_str_eq(bench_cell(&p.bench, DB, a, "StorageEncrypted"),
                     "?bad value: missing");
    ck_assert_str_eq(bench_ghost(&p.bench, DB, 0),
                     "'123456789012'/'ap-northeast-1' ?throttled "
                     "rds:DescribeDBInstances 123456789012/ap-northeast-1 "
                     "Throttling");
    bench_close(&p.bench);
}
END_TEST

static const struct {
    const char *name, *answer;
} unusable[] = {
    {"no items at all", "{}"},
    {"items are text", "{'DBInstances': 'x'}"},
    {"an item is text", "{'DBInstances': {'DBInstance': 'x'}}"},
    {"an item without an id", "{'DBInstances': {'DBInstance': {'Engine': "
                              "'x'}}}"},
    {"an id that is no ARN",
     "{'DBInstances': {'DBInstance': {'DBInstanceArn': 'a'}}}"},
    {"an ARN of another region",
     "{'DBInstances': {" DB_ITEM("us-east-1", "a") "}}"},
    {"an ARN of another account",
     "{'DBInstances': {'DBInstance': {'DBInstanceArn': "
     "'arn:aws:rds:ap-northeast-1:999999999999:db:a'}}}"},
    {"two names in the wrapper",
     "{'DBInstances': {" DB_ITEM("ap-northeast-1", "a") ", 'X': {}}}"},
    {"a good item beside a bad one",
     "{'DBInstances': [{'DBInstanceArn': 'arn:aws:rds:ap-northeast-1:"
     "123456789012:db:a'}, {}]}"},
};

START_TEST(a_page_that_is_not_usable)
{
    struct playback p;
    begin(&p, NULL, DB " Engine");
    ck_assert_msg(
        !page(&p, "DescribeDBInstances", TOKYO, 0, unusable[_i].answer), "%s",
        unusable[_i].name);
    done(&p, "DescribeDBInstances", TOKYO, 0, AWS_BAD_ANSWER, "");
    empty(&p, "DescribeDBInstances", OSAKA, "{'DBInstances': ''}");
    finish(&p);
    const struct catalogue_type *db = bench_type(&p.bench, DB);
    ck_assert_uint_eq(p.bench.inventory->tables[db->number]->n_rows, 0);
    ck_assert_uint_eq(p.bench.inventory->tables[db->number]->n_ghosts, 1);
    bench_close(&p.bench);
}
END_TEST

START_TEST(an_object_that_is_not_usable)
{
    static const char *const answers[] = {"{}", "{'KeyMetadata': {}}",
                                          "{'KeyMetadata': 'x'}", "[]"};
    struct playback p;
    begin(&p, NULL, KEY " KeyState");
    ck_assert(
        page(&p, "ListKeys", TOKYO, 0,
             "{'Keys': [{'KeyArn': '" KEY_ARN("ap-northeast-1", "a") "'}]}"));
    ck_assert(!page(&p, "DescribeKey", TOKYO, 0, answers[_i]));
    done(&p, "DescribeKey", TOKYO, 0, AWS_BAD_ANSWER, "");
    done(&p, "ListKeys", TOKYO, 0, AWS_OK, "");
    done(&p, "ListKeys", OSAKA, 0, AWS_DENIED, "No");
    finish(&p);
    ck_assert_str_eq(
        bench_cell(&p.bench, KEY, KEY_ARN("ap-northeast-1", "a"), "KeyState"),
        "?bad answer kms:DescribeKey "
        "123456789012/ap-northeast-1");
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "kms:DescribeKey"),
                     "bad answer 0 1 ");
    /* No key came, so none was asked for. */
    ck_assert_str_eq(bench_coverage(&p.bench, OSAKA, "kms:DescribeKey"),
                     "not called 0 0 ");
    bench_close(&p.bench);
}
END_TEST

/* A listing per row of another type, made with a field that may be unknown. */
static const char parents[] =
    "catalogue: 1\n"
    "service: {id: s, protocol: json-1.1}\n"
    "calls:\n"
    "  ListA: {items: As}\n"
    "  ListB: {items: Bs, per: A, inputs: {Of: N}, parameters: {Max: 5}}\n"
    "types:\n"
    "  A: {listing: ListA, id: opaque, id_path: I, fields: {N: string}}\n"
    "  B: {listing: ListB, id: opaque, id_path: I, fields: {M: int}}\n";

START_TEST(rows_of_rows)
{
    struct playback p;
    begin(&p, parents, "B M");
    ck_assert_uint_eq(p.n_calls, 2);
    ck_assert(page(&p, "ListA", TOKYO, 0,
                   "{'As': [{'I': 'a', 'N': 'x'}, {'I': 'b'}]}"));
    ck_assert_uint_eq(p.n_calls, 3);
    ck_assert_str_eq(
        bench_print(&p.bench, call_of(&p, "ListB", TOKYO, 0)->input),
        "{'Of', 'x', 'Max', 5}");
    empty(&p, "ListB", TOKYO, "{'Bs': [{'I': 'ba', 'M': 7}]}");
    done(&p, "ListA", TOKYO, 0, AWS_OK, "");
    /* In Osaka the list of parents stops: some of B are not there. */
    ck_assert(page(&p, "ListA", OSAKA, 0, "{'As': [{'I': 'c', 'N': 'y'}]}"));
    /* An id that Tokyo has cannot be told apart. */
    ck_assert(!page(&p, "ListA", OSAKA, 0, "{'As': [{'I': 'a'}]}"));
    done(&p, "ListA", OSAKA, 0, AWS_BAD_ANSWER, "");
    empty(&p, "ListB", OSAKA, "{'Bs': []}");
    finish(&p);
    ck_assert_str_eq(bench_cell(&p.bench, "B", "ba", "M"), "7");
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "s:ListB"),
                     "not called 1 1 ");
    ck_assert_str_eq(bench_coverage(&p.bench, OSAKA, "s:ListB"),
                     "not called 0 0  partial");
    ck_assert_str_eq(bench_ghost(&p.bench, "B", 0),
                     "'123456789012'/'ap-northeast-1' ?not called s:ListB "
                     "123456789012/ap-northeast-1");
    ck_assert_str_eq(bench_ghost(&p.bench, "B", 1),
                     "'123456789012'/'ap-northeast-3' ?not called s:ListB "
                     "123456789012/ap-northeast-3");
    bench_close(&p.bench);
}
END_TEST

/* Calls that never ended, as after an interrupt, are not called good. */
START_TEST(a_run_that_was_left)
{
    struct playback p;
    begin(&p, NULL, KEY " KeyState");
    ck_assert(
        page(&p, "ListKeys", TOKYO, 0,
             "{'Keys': [{'KeyArn': '" KEY_ARN("ap-northeast-1", "a") "'}]}"));
    finish(&p);
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "kms:ListKeys"),
                     "not called 1 0 ");
    ck_assert_str_eq(bench_coverage(&p.bench, TOKYO, "kms:DescribeKey"),
                     "not called 0 0 ");
    ck_assert_str_eq(
        bench_cell(&p.bench, KEY, KEY_ARN("ap-northeast-1", "a"), "KeyState"),
        "?not read: kms:DescribeKey");
    bench_close(&p.bench);
}
END_TEST

Suite *suite_gathering(void);

Suite *suite_gathering(void)
{
    Suite *suite = suite_create("gathering");
    TCase *tc = tcase_create("gathering");
    tcase_add_test(tc, listings_start_everywhere);
    tcase_add_test(tc, ids_are_put_together);
    tcase_add_test(tc, calls_per_row_follow);
    tcase_add_loop_test(tc, a_failed_listing_is_a_ghost, 0, N_ITEMS(failures));
    tcase_add_test(tc, a_stopped_listing_keeps_its_rows);
    tcase_add_loop_test(tc, a_page_that_is_not_usable, 0, N_ITEMS(unusable));
    tcase_add_loop_test(tc, an_object_that_is_not_usable, 0, 4);
    tcase_add_test(tc, rows_of_rows);
    tcase_add_test(tc, a_run_that_was_left);
    suite_add_tcase(suite, tc);
    return suite;
}
