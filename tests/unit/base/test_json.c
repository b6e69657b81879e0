/* Tests of JSON: reading with its limits, and writing that reads back. */
#include <check.h>
#include <float.h>
#include <math.h>

#include "checker/base/json.h"
#include "tests/unit/base/expect.h"

Suite *suite_json(void);

static struct arena arena;

static void release(void)
{
    arena_release(&arena);
}

static bool read_text(struct str text, struct value *out, struct err *err)
{
    return json_read(&arena, text, "x.json", (struct json_limits){0}, out, err);
}

static struct str written(struct value v, unsigned indent,
                          const struct type *type,
                          const struct causes_table *table)
{
    struct buf out = {0};
    struct json_writer w = {.out = &out, .indent = indent};
    json_value(&w, v, type, table);
    struct str copy = str_dup(&arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

/* What is read, as it is written again on one line. */
static const struct {
    const char *name;
    struct str text;
    const char *want;
} good[] = {
    {"scalars", STR_INIT("[null,true,false,1,-1,1.5,\"a\"]"),
     "[null, true, false, 1, -1, 1.5, \"a\"]"},
    {"the order of keys", STR_INIT("{\"z\":1,\"a\":{\"y\":2,\"b\":3}}"),
     "{\"z\": 1, \"a\": {\"y\": 2, \"b\": 3}}"},
    {"empty", STR_INIT("{\"a\":[],\"b\":{}}"), "{\"a\": [], \"b\": {}}"},
    {"any value at the top", STR_INIT(" 7 \n"), "7"},
    {"the ends of int64",
     STR_INIT("[9223372036854775807,-9223372036854775808]"),
     "[9223372036854775807, -9223372036854775808]"},
    {"a double stays one", STR_INIT("[1.0,1e2,-0.0]"), "[1.0, 100.0, -0.0]"},
    {"NUL in a text", STR_INIT("\"a\\u0000b\""), "\"a\\u0000b\""},
    {"a pair of surrogates", STR_INIT("\"\\ud83d\\udd11\""),
     "\"\xF0\x9F\x94\x91\""},
    {"byte order mark", STR_INIT("\xEF\xBB\xBF[1]"), "[1]"},
};

START_TEST(json_is_read)
{
    struct value v = {0};
    struct err err = {0};
    ck_assert_msg(read_text(good[_i].text, &v, &err), "%s: %s", good[_i].name,
                  err.line[0]);
    EXPECT_TEXT(good[_i].name, written(v, 0, NULL, NULL),
                str_of(good[_i].want));
    ck_assert_int_eq(err.code, ERR_NONE);
}
END_TEST

static const struct {
    const char *name;
    struct str text;
    enum err_code code;
    const char *part; /* of the message */
} bad[] = {
    {"empty", STR_INIT(" \n"), ERR_PARSE, "there is no text"},
    {"a duplicate key", STR_INIT("{\"a\":1,\"a\":2}"), ERR_PARSE,
     "x.json:1:10: not valid JSON: duplicate object key near '\"a\"'"},
    {"two texts", STR_INIT("1 2"), ERR_PARSE, "end of file expected near '2'"},
    {"cut off", STR_INIT("[1,\n2"), ERR_PARSE, "x.json:2:"},
    {"a trailing comma", STR_INIT("[1,]"), ERR_PARSE, "near ']'"},
    {"too large an integer", STR_INIT("9223372036854775808"), ERR_PARSE,
     "too big integer"},
    {"too large a number", STR_INIT("1e999"), ERR_PARSE,
     "real number overflow near '1e999'"},
    {"NaN", STR_INIT("NaN"), ERR_PARSE, "invalid token near 'NaN'"},
    {"a comment", STR_INIT("/* a */ 1"), ERR_PARSE, "invalid token"},
    {"invalid UTF-8", STR_INIT("\"\xFF\""), ERR_PARSE, "byte 0xff"},
    {"half a pair", STR_INIT("\"\\ud83d\""), ERR_PARSE, "not valid JSON"},
    {"a raw control character", STR_INIT("\"\x1B[31m\""), ERR_PARSE,
     "control character 0x1b"},
    {"NUL between", STR_INIT("[1,\0 2]"), ERR_PARSE, "not valid JSON"},
    {"NUL in a key", STR_INIT("{\"a\\u0000b\":1}"), ERR_PARSE, "NUL"},
};

START_TEST(bad_json_is_refused_with_its_place)
{
    struct value v = value_int(77);
    struct err err = {0};
    ck_assert_msg(!read_text(bad[_i].text, &v, &err), "%s", bad[_i].name);
    ck_assert_int_eq(err.code, bad[_i].code);
    struct str text = err_text(&arena, &err);
    ck_assert_msg(str_contains(text, str_of(bad[_i].part)), "%s: %.*s",
                  bad[_i].name, STRF(text));
    ck_assert_int_eq(v.as.i, 77);
}
END_TEST

/* `n` arrays, one within the other. */
static struct str nested(size_t n)
{
    struct buf out = {0};
    for (size_t i = 0; i < n; i++)
        buf_addc(&out, '[');
    for (size_t i = 0; i < n; i++)
        buf_addc(&out, ']');
    struct str copy = str_dup(&arena, buf_str(&out));
    buf_release(&out);
    return copy;
}

START_TEST(size_and_depth_are_limited)
{
    struct value v;
    struct err err = {0};
    struct json_limits ten = {.bytes = 10, .depth = 3};
    ck_assert(json_read(&arena, STR("[[[1]]]"), NULL, ten, &v, &err));
    ck_assert(!json_read(&arena, STR("[[[[]]]]"), NULL, ten, &v, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    EXPECT_TEXT("depth", err_text(&arena, &err),
                STR("nested deeper than 3 levels"));
    ck_assert(!json_read(&arena, STR("[1, 2, 3, 4]"), NULL, ten, &v, &err));
    EXPECT_TEXT("bytes", err_text(&arena, &err), STR("larger than 10 bytes"));
    ck_assert(read_text(nested(512), &v, &err));
    ck_assert(!read_text(nested(513), &v, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    ck_assert(!read_text(nested(1000000), &v, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    /* What the reader lets in, the writer can write. */
    ck_assert(read_text(nested(512), &v, &err));
    EXPECT_TEXT("deep", written(v, 0, NULL, NULL), nested(512));
}
END_TEST

START_TEST(text_is_quoted)
{
    struct buf out = {0};
    json_quote(&out, STR("a\"\\/\b\f\n\r\t\x01\x7F\0"
                         "\xC2\x85\xE2\x80\xA8\xE2\x80\xA9\xC3\xA9\xFFz\xE9"));
    EXPECT_TEXT("quoted", buf_str(&out),
                STR("\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\\u0000"
                    "\\u0085\\u2028\\u2029\xC3\xA9\xEF\xBF\xBDz\xEF\xBF\xBD"
                    "\""));
    buf_reset(&out);
    json_quote(&out, (struct str){0});
    EXPECT_TEXT("empty", buf_str(&out), STR("\"\""));
    buf_release(&out);
}
END_TEST

static const struct {
    double number;
    const char *want;
} doubles[] = {
    {0.0, "0.0"},
    {-0.0, "-0.0"},
    {1, "1.0"},
    {0.1, "0.1"},
    {1.0 / 3, "0.3333333333333333"},
    {0.1 + 0.2, "0.30000000000000004"},
    {1e15, "1e+15"},
    {123456789012345.0, "123456789012345.0"},
    {9007199254740993.0, "9007199254740992.0"},
    {1e22, "1e+22"},
    {5e-324, "5e-324"},
    {DBL_MIN, "2.2250738585072014e-308"},
    {DBL_MAX, "1.7976931348623157e+308"},
    {NAN, "null"},
    {INFINITY, "null"},
    {-INFINITY, "null"},
};

START_TEST(doubles_are_short_and_read_back)
{
    struct buf out = {0};
    json_double(&out, doubles[_i].number);
    EXPECT_TEXT(doubles[_i].want, buf_str(&out), str_of(doubles[_i].want));
    struct value v;
    struct err err;
    if (isfinite(doubles[_i].number)) {
        ck_assert(read_text(buf_str(&out), &v, &err));
        ck_assert_int_eq(v.kind, VALUE_DOUBLE);
        ck_assert(v.as.d <= doubles[_i].number && v.as.d >= doubles[_i].number);
    }
    buf_release(&out);
}
END_TEST

static void write_all(struct json_writer *w)
{
    json_open(w, '{');
    json_key(w, "a");
    json_open(w, '[');
    json_int(w, -5);
    json_bool(w, true);
    json_nil(w);
    json_close(w, ']');
    json_key_str(w, STR("b\n"));
    json_open(w, '{');
    json_close(w, '}');
    json_key(w, "c");
    json_str(w, STR("d"));
    json_close(w, '}');
}

START_TEST(the_writer_indents)
{
    struct buf out = {0};
    struct json_writer w = {.out = &out, .indent = 2};
    write_all(&w);
    EXPECT_TEXT("two", buf_str(&out),
                STR("{\n  \"a\": [\n    -5,\n    true,\n    null\n  ],\n"
                    "  \"b\\n\": {},\n  \"c\": \"d\"\n}"));
    buf_reset(&out);
    w = (struct json_writer){.out = &out};
    write_all(&w);
    EXPECT_TEXT("none", buf_str(&out),
                STR("{\"a\": [-5, true, null], \"b\\n\": {}, \"c\": \"d\"}"));
    buf_release(&out);
}
END_TEST

static struct value duration(int64_t seconds, int32_t nanoseconds)
{
    return (struct value){
        .kind = VALUE_DURATION, .n = (uint32_t)nanoseconds, .as.i = seconds};
}

static struct value timestamp(int64_t seconds, uint32_t nanoseconds)
{
    return (struct value){
        .kind = VALUE_TIMESTAMP, .n = nanoseconds, .as.i = seconds};
}

START_TEST(times_are_written_as_cel_does)
{
    struct value items[] = {
        timestamp(0, 0),   timestamp(1234567890, 120000000), timestamp(-1, 1),
        duration(3600, 0), duration(-1, -500000000),         duration(0, -1),
        duration(0, 0),    duration(INT64_MIN, 0),
    };
    EXPECT_TEXT("times",
                written(value_list(items, N_ITEMS(items)), 0, NULL, NULL),
                STR("[\"1970-01-01T00:00:00Z\", \"2009-02-13T23:31:30.12Z\", "
                    "\"1969-12-31T23:59:59.000000001Z\", \"3600s\", "
                    "\"-1.5s\", \"-0.000000001s\", \"0s\", "
                    "\"-9223372036854775808s\"]"));
}
END_TEST

static struct value bytes(const char *text, uint32_t n)
{
    return (struct value){.kind = VALUE_BYTES, .n = n, .as.s = text};
}

START_TEST(bytes_are_written_in_base64)
{
    struct value items[] = {bytes("", 0),     bytes("f", 1),
                            bytes("fo", 2),   bytes("foo", 3),
                            bytes("foob", 4), bytes("\xFB\xFF\xFE", 3)};
    EXPECT_TEXT("bytes",
                written(value_list(items, N_ITEMS(items)), 0, NULL, NULL),
                STR("[\"\", \"Zg==\", \"Zm8=\", \"Zm9v\", \"Zm9vYg==\", "
                    "\"+//+\"]"));
}
END_TEST

START_TEST(every_state_of_a_value_is_written)
{
    struct causes_table *table = causes_new(&arena);
    causes why = causes_union(table, causes_of(table, STR("denied b")),
                              causes_of(table, STR("denied a")));
    static const struct value_error error = {STR_INIT("no row"), true, 0};
    static const uint8_t kinds[] = {MEMBER_SURE, MEMBER_MAYBE};
    struct value two[] = {value_int(1), value_unknown(why)};
    causes nothing[] = {0, why};
    struct value_open open = {two, kinds, nothing, 2};
    struct value pairs[] = {
        value_bool(true), value_int(-1), value_int(-2),
        (struct value){.kind = VALUE_UINT, .as.u = UINT64_MAX}};
    struct value items[] = {
        value_unknown(why),
        value_absent(),
        (struct value){.kind = VALUE_ERROR, .as.error = &error},
        (struct value){.kind = VALUE_OPEN_LIST, .as.open = &open},
        (struct value){.kind = VALUE_OPTIONAL},
        (struct value){.kind = VALUE_OPTIONAL, .as.items = &pairs[1]},
        value_map(pairs, 2),
        (struct value){.kind = VALUE_TYPE, .n = 3, .as.s = "int"},
    };
    EXPECT_TEXT("states",
                written(value_list(items, N_ITEMS(items)), 0, NULL, table),
                STR("[{\"$unknown\": \"denied a; denied b\"}, null, "
                    "{\"$error\": \"no row\"}, "
                    "[1, {\"$unknown\": \"denied a; denied b\"}], null, -1, "
                    "{\"true\": -1, \"-2\": 18446744073709551615}, \"int\"]"));
    causes_free(table);
}
END_TEST

START_TEST(a_struct_is_written_by_its_fields)
{
    static const struct field inner_fields[] = {
        {.name = STR_INIT("x"), .type = &type_int}};
    static const struct record inner = {.fields = inner_fields, .n_fields = 1};
    const struct type *list = type_list(&arena, type_record(&arena, &inner));
    const struct field fields[] = {
        {.name = STR("here"), .type = &type_string},
        {.name = STR("absent"), .type = &type_string},
        {.name = STR("null"), .type = &type_string},
        {.name = STR("list"), .type = list},
        {.name = STR("optional"), .type = type_optional(&arena, list)}};
    const struct record record = {.fields = fields, .n_fields = 5};
    struct value one[] = {value_int(1)};
    struct value structs[] = {{.kind = VALUE_STRUCT, .n = 1, .as.items = one}};
    struct value listed[] = {value_list(structs, 1)};
    struct value cells[] = {
        value_str(STR("a")), value_absent(), value_null(), listed[0],
        (struct value){.kind = VALUE_OPTIONAL, .as.items = listed}};
    struct value v = {.kind = VALUE_STRUCT, .n = 5, .as.items = cells};
    EXPECT_TEXT("struct", written(v, 0, type_record(&arena, &record), NULL),
                STR("{\"here\": \"a\", \"null\": null, \"list\": [{\"x\": 1}], "
                    "\"optional\": [{\"x\": 1}]}"));
}
END_TEST

START_TEST(a_row_is_written_as_its_id)
{
    static const struct record record = {.name = STR_INIT("AWS::KMS::Key"),
                                         .is_row = true};
    struct value ids[] = {value_str(STR("arn:1")), value_str(STR("arn:2"))};
    struct value *columns[] = {ids};
    struct value_table table = {
        .record = &record, .columns = columns, .n_rows = 2};
    EXPECT_TEXT("row", written(value_row(&table, 1), 2, NULL, NULL),
                STR("\"arn:2\""));
}
END_TEST

START_TEST(a_row_of_facts_is_written_whole)
{
    static const struct field fields[] = {
        {.name = STR_INIT("engine"), .type = &type_string},
        {.name = STR_INIT("nobody"), .type = &type_string},
        {.name = STR_INIT("until"), .type = &type_date},
        {.name = STR_INIT("minimum"), .type = &type_version}};
    static const struct record record = {.fields = fields, .n_fields = 4};
    struct value engine[] = {value_str(STR("a"))}, until[] = {value_absent()};
    struct value minimum[] = {value_str(STR("9.6"))};
    struct value *columns[] = {engine, NULL, until, minimum};
    struct value_table table = {
        .record = &record, .columns = columns, .n_rows = 1};
    EXPECT_TEXT("facts", written(value_row(&table, 0), 0, NULL, NULL),
                STR("{\"engine\": \"a\", \"minimum\": \"9.6\"}"));
}
END_TEST

START_TEST(compact_json_has_no_blanks)
{
    struct buf out = {0};
    struct json_writer w = {.out = &out, .is_compact = true};
    write_all(&w);
    EXPECT_TEXT("compact", buf_str(&out),
                STR("{\"a\":[-5,true,null],\"b\\n\":{},\"c\":\"d\"}"));
    buf_release(&out);
}
END_TEST

Suite *suite_json(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("json");
    tcase_add_checked_fixture(tc, NULL, release);
    tcase_add_loop_test(tc, json_is_read, 0, N_ITEMS(good));
    tcase_add_loop_test(tc, bad_json_is_refused_with_its_place, 0,
                        N_ITEMS(bad));
    tcase_add_test(tc, size_and_depth_are_limited);
    tcase_add_test(tc, text_is_quoted);
    tcase_add_loop_test(tc, doubles_are_short_and_read_back, 0,
                        N_ITEMS(doubles));
    tcase_add_test(tc, the_writer_indents);
    tcase_add_test(tc, times_are_written_as_cel_does);
    tcase_add_test(tc, bytes_are_written_in_base64);
    tcase_add_test(tc, every_state_of_a_value_is_written);
    tcase_add_test(tc, a_struct_is_written_by_its_fields);
    tcase_add_test(tc, a_row_is_written_as_its_id);
    tcase_add_test(tc, a_row_of_facts_is_written_whole);
    tcase_add_test(tc, compact_json_has_no_blanks);
    suite_add_tcase(suite, tc);
    return suite;
}
