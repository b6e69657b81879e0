/* Tests of request bodies, and of answers and errors of each protocol. */
#include "checker/aws/wire.h"

#include <check.h>

#include "checker/base/json.h"

Suite *suite_wire(void);

static struct arena arena;

static void tear_down(void)
{
    arena_release(&arena);
}

static const struct aws_service rds = {.id = STR_INIT("rds"),
                                       .api_version = STR_INIT("2014-10-31"),
                                       .protocol = AWS_QUERY};
static const struct aws_service ec2 = {.id = STR_INIT("ec2"),
                                       .api_version = STR_INIT("2016-11-15"),
                                       .protocol = AWS_EC2};
static const struct aws_service kms = {.id = STR_INIT("kms"),
                                       .target_prefix =
                                           STR_INIT("TrentService"),
                                       .protocol = AWS_JSON_1_1};
static const struct aws_service s3 = {.id = STR_INIT("s3"),
                                      .protocol = AWS_REST_XML};

static void equals(struct str got, const char *want)
{
    ck_assert_msg(str_is(got, want), "got '%.*s', want '%s'", STRF(got), want);
}

static struct value json(const char *text)
{
    struct value v;
    struct err err = {0};
    ck_assert(json_read(&arena, str_of(text), NULL, (struct json_limits){0}, &v,
                        &err));
    return v;
}

static const struct {
    const struct aws_service *service;
    const char *input, *want; /* input: JSON, or NULL for none */
} bodies[] = {
    {&rds, NULL, "Action=Op&Version=2014-10-31"},
    {&rds,
     "{\"A\":{\"b\":[\"x y\",\"\\u00e9=&\"],\"c\":true},\"n\":-5,"
     "\"off\":false,\"none\":null}",
     "Action=Op&Version=2014-10-31&A.b.member.1=x%20y&A.b.member.2=%C3%A9%3D"
     "%26&A.c=true&n=-5&off=false"},
    {&rds, "{\"Filters.Filter\":[{\"Name\":\"a\"}]}",
     "Action=Op&Version=2014-10-31&Filters.Filter.member.1.Name=a"},
    {&ec2,
     "{\"Filter\":[{\"Name\":\"a\",\"Value\":[\"b\",\"c\"]},"
     "{\"Name\":\"d\"}]}",
     "Action=Op&Version=2016-11-15&Filter.1.Name=a&Filter.1.Value.1=b&"
     "Filter.1.Value.2=c&Filter.2.Name=d"},
    {&kms, NULL, "{}"},
};

START_TEST(body_is_written)
{
    struct aws_operation op = {.service = bodies[_i].service,
                               .name = STR("Op")};
    struct aws_header headers[WIRE_HEADERS];
    struct str body;
    size_t n;
    struct err err;
    struct value input = {0};
    if (bodies[_i].input != NULL)
        input = json(bodies[_i].input);
    ck_assert(wire_request(&arena, &op, input, &body, headers, &n, &err));
    equals(body, bodies[_i].want);
}
END_TEST

START_TEST(json_request_names_its_target)
{
    struct aws_operation op = {.service = &kms, .name = STR("ListKeys")};
    struct aws_header headers[WIRE_HEADERS];
    struct str body;
    size_t n;
    struct err err;
    ck_assert(wire_request(&arena, &op, json("{\"Limit\":5,\"a\":[true]}"),
                           &body, headers, &n, &err));
    ck_assert_uint_eq(n, 2);
    equals(headers[0].value, "application/x-amz-json-1.1");
    equals(headers[1].name, "x-amz-target");
    equals(headers[1].value, "TrentService.ListKeys");
    struct value v = json(str_cstr(&arena, body));
    ck_assert_int_eq(value_get(v, STR("Limit")).as.i, 5);
    ck_assert(value_get(v, STR("a")).as.items[0].as.b);
}
END_TEST

START_TEST(request_has_limits)
{
    struct aws_operation op = {.service = &s3, .name = STR("ListBuckets")};
    struct aws_header headers[WIRE_HEADERS];
    struct str body;
    size_t n;
    struct err err = {0};
    struct value deep = value_int(1);
    ck_assert(!wire_request(&arena, &op, (struct value){0}, &body, headers, &n,
                            &err));
    ck_assert_int_eq(err.code, ERR_USAGE);
    for (int i = 0; i < WIRE_DEPTH + 1; i++) {
        struct value *item = ARENA_NEW(&arena, struct value);
        *item = deep;
        deep = value_list(item, 1);
    }
    op.service = &rds;
    ck_assert(!wire_request(&arena, &op, deep, &body, headers, &n, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

/* Feeds `text` in parts of `step` bytes. */
static bool read_answer(const struct aws_service *service, int status,
                        struct str text, size_t step, struct wire_answer *out,
                        struct err *err)
{
    struct aws_operation *op = ARENA_NEW(&arena, struct aws_operation);
    op->service = service;
    op->name = STR("Op");
    struct wire_reader *reader = wire_reader_new(&arena, op);
    for (size_t at = 0; at < text.n; at += step)
        wire_reader_feed(reader, status, str_sub(text, at, at + step));
    bool is_ok = wire_reader_end(reader, status, (struct str){0}, out, err);
    wire_reader_free(reader);
    return is_ok;
}

static const struct {
    const struct aws_service *service;
    const char *text, *want; /* as JSON */
} answers[] = {
    {&rds,
     "<?xml version=\"1.0\"?>\n<OpResponse xmlns=\"u\"><OpResult>\n"
     "  <L><M><N>a &amp; b</N><E/></M><M><N> c </N></M></L><Empty></Empty>\n"
     "</OpResult><ResponseMetadata/></OpResponse>\n",
     "{\"L\":{\"M\":{\"N\":\"a & b\",\"E\":\"\"},\"M\":{\"N\":\" c \"}},"
     "\"Empty\":\"\"}"},
    {&rds, "<OpResponse><OpResult/></OpResponse>", "{}"},
    {&rds, "<OpResponse><OpResult> \n </OpResult></OpResponse>", "{}"},
    {&rds,
     "<p:OpResponse xmlns:p='u'><p:OpResult><p:A b='c'><![CDATA[<&]]></p:A>"
     "</p:OpResult></p:OpResponse>",
     "{\"A\":\"<&\"}"},
    {&ec2,
     "<OpResponse><requestId>1</requestId><s><item>2</item></s>"
     "</OpResponse>",
     "{\"requestId\":\"1\",\"s\":{\"item\":\"2\"}}"},
    {&kms, " {\"A\":[1,{\"b\":null}],\"T\":true}\n",
     "{\"A\":[1,{\"b\":null}],\"T\":true}"},
    {&kms, "{}", "{}"},
};

/* As JSON without blanks between the tokens; names may repeat. */
static struct str compact_json(struct value v)
{
    struct buf buf = {0};
    struct json_writer writer = {.out = &buf};
    json_value(&writer, v, NULL, NULL);
    char *bare = str_cstr(&arena, buf_str(&buf));
    size_t n = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < buf.n; i++) {
        is_quoted ^= bare[i] == '"';
        if (is_quoted || bare[i] != ' ')
            bare[n++] = bare[i];
    }
    buf_release(&buf);
    return (struct str){bare, n};
}

START_TEST(answer_is_read)
{
    static const size_t steps[] = {1, 7, 1000};
    for (size_t i = 0; i < N_ITEMS(steps); i++) {
        struct wire_answer got;
        struct err err = {0};
        bool is_ok =
            read_answer(answers[_i].service, 200, str_of(answers[_i].text),
                        steps[i], &got, &err);
        ck_assert_msg(is_ok, "%.*s", STRF(err_text(&arena, &err)));
        ck_assert(!got.is_error);
        equals(compact_json(got.answer), answers[_i].want);
    }
}
END_TEST

/* Status 200 and no usable body. */
static const struct {
    const struct aws_service *service;
    const char *text, *problem;
} bad_answers[] = {
    {&rds, "", "empty"},
    {&ec2, "", "empty"},
    {&kms, "", "empty"},
    {&rds, "  ", "malformed"},
    {&kms, "  ", "malformed"},
    {&rds, "<OpResponse><OpResult><A>1</A></OpResult>", "malformed"},
    {&rds, "<OpResponse><OpResult><A>1</A></OpResult></OpRes", "malformed"},
    {&rds, "<OpResponse><OpResult></A></OpResult></OpResponse>", "malformed"},
    {&rds, "<OpResponse><OpResult/></OpResponse>x", "malformed"},
    {&rds, "<OpResponse><ResponseMetadata/></OpResponse>", "malformed"},
    {&rds, "<OpResponse>text</OpResponse>", "malformed"},
    {&rds, "<OpResponse><OpResult>text</OpResult></OpResponse>", "malformed"},
    {&rds, "<OtherResponse><OtherResult/></OtherResponse>", "malformed"},
    {&rds, "<html><body>hello</body></html>", "malformed"},
    {&rds, "{\"OpResponse\":{}}", "malformed"},
    {&rds, "<OpResponse><OpResult>\xff</OpResult></OpResponse>", "malformed"},
    {&rds,
     "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
     "<OpResponse><OpResult><A>&b;</A></OpResult></OpResponse>",
     "malformed"},
    {&rds, "<!DOCTYPE OpResponse><OpResponse><OpResult/></OpResponse>",
     "malformed"},
    {&kms, "{\"Keys\":[", "malformed"},
    {&kms, "{\"Keys\":[]} {}", "malformed"},
    {&kms, "[]", "malformed"},
    {&kms, "null", "malformed"},
    {&kms, "{\"a\":1,\"a\":2}", "malformed"},
    {&kms, "<html></html>", "malformed"},
    {&kms, "\xff\xfe", "malformed"},
};

START_TEST(bad_answer_is_refused)
{
    static const size_t steps[] = {1, 1000};
    for (size_t i = 0; i < N_ITEMS(steps); i++) {
        struct wire_answer got;
        struct err err = {0};
        ck_assert(!read_answer(bad_answers[_i].service, 200,
                               str_of(bad_answers[_i].text), steps[i], &got,
                               &err));
        ck_assert_int_eq(err.code, ERR_PARSE);
        equals(got.problem, bad_answers[_i].problem);
    }
}
END_TEST

/* Every cut of a good answer is refused, whole elements or not. */
START_TEST(cut_answer_is_refused)
{
    static const char whole[] = "<OpResponse><OpResult><L><M>1</M><M>2</M></L>"
                                "</OpResult></OpResponse>";
    struct wire_answer got;
    struct err err = {0};
    for (size_t n = 0; n < sizeof(whole) - 1; n++)
        ck_assert_msg(
            !read_answer(&rds, 200, (struct str){whole, n}, 9, &got, &err),
            "cut at %zu", n);
    ck_assert(read_answer(&rds, 200, STR(whole), 9, &got, &err));
}
END_TEST

static struct str nested(const char *open, const char *close, int depth)
{
    struct buf buf = {0};
    for (int i = 0; i < depth; i++)
        buf_adds(&buf, open);
    for (int i = 0; i < depth; i++)
        buf_adds(&buf, close);
    struct str s = str_dup(&arena, buf_str(&buf));
    buf_release(&buf);
    return s;
}

START_TEST(depth_is_limited)
{
    struct wire_answer got;
    struct err err = {0};
    /* The elements around it take two levels. */
    for (int over = 0; over < 2; over++) {
        struct str inner = nested("<a>", "</a>", WIRE_DEPTH - 2 + over);
        struct str text = str_fmt(&arena,
                                  "<OpResponse><OpResult>%.*s</OpResult>"
                                  "</OpResponse>",
                                  STRF(inner));
        ck_assert(read_answer(&rds, 200, text, 100, &got, &err) == !over);
    }
    ck_assert_int_eq(err.code, ERR_LIMIT);
    equals(got.problem, "too large");
    struct str deep = nested("[", "]", WIRE_DEPTH + 1);
    ck_assert(!read_answer(&kms, 200,
                           str_fmt(&arena, "{\"a\":%.*s}", STRF(deep)), 100,
                           &got, &err));
}
END_TEST

static const struct {
    const struct aws_service *service;
    const char *text, *code, *message;
} errors[] = {
    {&rds,
     "<ErrorResponse xmlns=\"u\">\n <Error>\n  <Type>Sender</Type>\n  "
     "<Code>AccessDenied</Code><Message>No &lt;way&gt;</Message></Error>"
     "</ErrorResponse>",
     "AccessDenied", "No <way>"},
    {&ec2,
     "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>m"
     "</Message></Error></Errors><RequestID>1</RequestID></Response>",
     "UnauthorizedOperation", "m"},
    {&s3, "<Error><Code>NoSuchBucket</Code><Message>m</Message></Error>",
     "NoSuchBucket", "m"},
    {&kms,
     "{\"__type\":\"com.amazon#AccessDeniedException\",\"Message\":"
     "\"first\\nsecond\"}",
     "AccessDeniedException", "first"},
    {&kms, "{\"code\":\"X:http://y/\",\"message\":\"m\"}", "X", "m"},
    {&kms, "<ErrorResponse><Error><Code>A</Code></Error></ErrorResponse>", "A",
     ""},
    {&rds, "{\"__type\":\"A\"}", "A", ""},
    {&rds, "", "", ""},
    {&kms, "", "", ""},
    {&rds, "<html><body><h1>503</h1></body></html>", "", ""},
    {&rds, "<!DOCTYPE html><html>", "", ""},
    {&kms, "<html>", "", ""},
    {&kms, "[]", "", ""},
    {&kms, "{\"__type\":5,\"message\":{}}", "", ""},
    {&kms, "{\"__type\":\"no word\",\"message\":\"m\"}", "", "m"},
    {&rds, "<ErrorResponse><Error><Code>Cut", "", ""},
    {&rds, "<ErrorResponse>text</ErrorResponse>", "", ""},
    {&ec2, "<Response><Errors>text</Errors></Response>", "", ""},
};

START_TEST(error_is_read)
{
    static const size_t steps[] = {1, 1000};
    for (size_t i = 0; i < N_ITEMS(steps); i++) {
        struct wire_answer got;
        struct err err = {0};
        ck_assert(read_answer(errors[_i].service, 400, str_of(errors[_i].text),
                              steps[i], &got, &err));
        ck_assert(got.is_error);
        equals(got.code, errors[_i].code);
        equals(got.message, errors[_i].message);
    }
}
END_TEST

START_TEST(error_type_header_goes_first)
{
    struct aws_operation op = {.service = &kms, .name = STR("Op")};
    struct wire_reader *reader = wire_reader_new(&arena, &op);
    struct wire_answer got;
    struct err err;
    wire_reader_feed(reader, 400, STR("{\"__type\":\"B\"}"));
    ck_assert(wire_reader_end(reader, 400, STR("a#A:http://x#y"), &got, &err));
    wire_reader_free(reader);
    equals(got.code, "A");
}
END_TEST

START_TEST(message_is_cut_between_characters)
{
    struct buf buf = {0};
    buf_adds(&buf, "{\"message\":\"");
    for (int i = 0; i < WIRE_MESSAGE; i++)
        buf_adds(&buf, "\xE2\x82\xAC");
    buf_adds(&buf, "\"}");
    struct wire_answer got;
    struct err err;
    ck_assert(read_answer(&kms, 400, buf_str(&buf), 5000, &got, &err));
    ck_assert_uint_eq(got.message.n, WIRE_MESSAGE / 3 * 3);
    ck_assert(utf8_valid(got.message));
    buf_release(&buf);
}
END_TEST

Suite *suite_wire(void)
{
    Suite *suite = suite_create("wire");
    TCase *tc = tcase_create("wire");
    tcase_add_checked_fixture(tc, NULL, tear_down);
    tcase_add_loop_test(tc, body_is_written, 0, N_ITEMS(bodies));
    tcase_add_test(tc, json_request_names_its_target);
    tcase_add_test(tc, request_has_limits);
    tcase_add_loop_test(tc, answer_is_read, 0, N_ITEMS(answers));
    tcase_add_loop_test(tc, bad_answer_is_refused, 0, N_ITEMS(bad_answers));
    tcase_add_test(tc, cut_answer_is_refused);
    tcase_add_test(tc, depth_is_limited);
    tcase_add_loop_test(tc, error_is_read, 0, N_ITEMS(errors));
    tcase_add_test(tc, error_type_header_goes_first);
    tcase_add_test(tc, message_is_cut_between_characters);
    suite_add_tcase(suite, tc);
    return suite;
}
