/* Tests of the client, against a server on the loopback that reads a script. */
#include "checker/aws/aws.h"

#include <arpa/inet.h>
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checker/base/clock.h"

Suite *suite_aws(void);

enum { REPLIES = 4, REQUEST_BYTES = 8192 };

/* ---- the server ---- */

/* One answer. Status 0: the connection is closed without one. */
struct reply {
    int status;
    const char *body;
    size_t n_missing;    /* bytes that Content-Length promises beyond it */
    const char *headers; /* more of them, each with its "\r\n"; or NULL */
};

static struct {
    int fd;
    pthread_t thread;
    const struct reply *replies;
    size_t n_replies, n_requests;
    char requests[REPLIES][REQUEST_BYTES];
} server;

/* Reads a request: its head, and as many bytes as that says. */
static void read_request(int fd, char *text)
{
    size_t n = 0, want = 0;
    while (n < REQUEST_BYTES - 1 && (want == 0 || n < want)) {
        ssize_t got = recv(fd, text + n, REQUEST_BYTES - 1 - n, 0);
        if (got <= 0)
            return;
        n += (size_t)got;
        struct str all = {text, n};
        size_t end = str_find(all, STR("\r\n\r\n"), 0);
        size_t at = str_find(all, STR("Content-Length: "), 0);
        int64_t length = 0;
        if (end == SIZE_MAX)
            continue;
        if (at != SIZE_MAX) {
            size_t from = at + strlen("Content-Length: ");
            size_t to = str_find(all, STR("\r\n"), from);
            ck_assert(str_to_int(str_sub(all, from, to), &length));
        }
        want = end + 4 + (size_t)length;
    }
}

static void write_reply(int fd, const struct reply *reply)
{
    struct buf out = {0};
    buf_addf(&out,
             "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nConnection: close\r\n"
             "%s\r\n%s",
             reply->status, strlen(reply->body) + reply->n_missing,
             reply->headers != NULL ? reply->headers : "", reply->body);
    ssize_t n = send(fd, out.p, out.n, MSG_NOSIGNAL);
    buf_release(&out);
    (void)n; /* a client that has gone away is the test's business */
}

/* Past the end of the script the last reply is given again. */
static void *serve(void *unused)
{
    int fd;
    while ((fd = accept(server.fd, NULL, NULL)) >= 0) {
        size_t i = server.n_requests++;
        if (i < REPLIES)
            read_request(fd, server.requests[i]);
        size_t last = server.n_replies - 1;
        const struct reply *reply = &server.replies[i < last ? i : last];
        if (reply->status != 0)
            write_reply(fd, reply);
        close(fd);
    }
    return unused;
}

static unsigned start_server(const struct reply *replies, size_t n)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);
    server.replies = replies;
    server.n_replies = n;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_ge(server.fd, 0);
    ck_assert_int_eq(
        bind(server.fd, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(server.fd, 8), 0);
    ck_assert_int_eq(getsockname(server.fd, (struct sockaddr *)&address, &size),
                     0);
    ck_assert_int_eq(pthread_create(&server.thread, NULL, serve, NULL), 0);
    return ntohs(address.sin_port);
}

static void stop_server(void)
{
    shutdown(server.fd, SHUT_RDWR);
    pthread_join(server.thread, NULL);
    close(server.fd);
}

/* ---- the client ---- */

static const struct aws_service rds = {.id = STR_INIT("rds"),
                                       .signing_name = STR_INIT("rds"),
                                       .api_version = STR_INIT("1"),
                                       .protocol = AWS_QUERY};
static const struct aws_service kms = {.id = STR_INIT("kms"),
                                       .signing_name = STR_INIT("kms"),
                                       .target_prefix = STR_INIT("T"),
                                       .protocol = AWS_JSON_1_1};
static const struct aws_operation list = {.service = &rds,
                                          .name = STR_INIT("Op"),
                                          .input_token = STR_INIT("Marker"),
                                          .output_token = STR_INIT("Marker"),
                                          .limit_key = STR_INIT("Max"),
                                          .limit = 100};
static const struct aws_operation keys = {
    .service = &kms,
    .name = STR_INIT("ListKeys"),
    .input_token = STR_INIT("Marker"),
    .output_token = STR_INIT("NextMarker"),
    .more_results = STR_INIT("Truncated")};

static struct arena arena;
static struct aws_client *client;

/* What came of a call. */
struct outcome {
    unsigned n_pages, n_done;
    bool refuses_pages;
    enum aws_outcome outcome;
    char code[64];
    const struct aws_call *next; /* to start at the first page */
};

static bool on_page(void *owner, struct value answer)
{
    struct outcome *outcome = owner;
    ck_assert_int_eq(answer.kind, VALUE_MAP);
    if (outcome->n_pages++ == 0 && outcome->next != NULL)
        aws_start(client, outcome->next);
    return !outcome->refuses_pages;
}

static void on_done(void *owner, const struct aws_failure *failure)
{
    struct outcome *outcome = owner;
    outcome->n_done++;
    if (failure == NULL)
        return;
    outcome->outcome = failure->outcome;
    (void)snprintf(outcome->code, sizeof(outcome->code), "%.*s",
                   STRF(failure->code));
}

static struct aws_call call_of(const struct aws_operation *operation,
                               struct outcome *outcome)
{
    return (struct aws_call){.operation = operation,
                             .region = STR("eu-west-1"),
                             .owner = outcome,
                             .page = on_page,
                             .done = on_done};
}

/* Runs one call against the script; the client is closed afterwards. */
static void run(const struct aws_call *call, unsigned port,
                struct aws_limits limits, const volatile sig_atomic_t *cancel)
{
    struct aws_config config = {
        .credentials = {.access_key_id = STR("AKID"),
                        .secret_access_key = STR("secret")},
        .endpoint_urls = {.arena = &arena},
        .max_attempts = 2};
    struct diags diags = {.arena = &arena};
    struct aws_regions *regions;
    struct err err = {0};
    struct str url = str_fmt(&arena, "http://127.0.0.1:%u", port);
    map_put(&config.endpoint_urls, STR(""), str_cstr(&arena, url));
    ck_assert(aws_regions_load(&arena, &regions, &diags));
    ck_assert(aws_open(&client, &arena, &config, regions, &limits, &err));
    aws_start(client, call);
    aws_run(client, NULL, NULL, cancel);
    aws_close(client);
}

static void tear_down(void)
{
    arena_release(&arena);
}

#define PAGE(marker)                                                           \
    "<OpResponse><OpResult><Items/>" marker "</OpResult></OpResponse>"
#define LAST  PAGE("")
#define FIRST PAGE("<Marker>t 1</Marker>")
#define DENIED                                                                 \
    "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"

/* At most two attempts a page. */
static const struct {
    const char *name;
    const struct aws_operation *operation;
    struct reply replies[REPLIES];
    size_t n_replies;
    bool refuses_pages;
    size_t n_requests;
    unsigned n_pages;
    enum aws_outcome outcome;
    const char *code;
} scripts[] = {
    {"one page", &list, {{200, LAST, 0, NULL}}, 1, false, 1, 1, AWS_OK, ""},
    {"two pages",
     &list,
     {{200, FIRST, 0, NULL}, {200, LAST, 0, NULL}},
     2,
     false,
     2,
     2,
     AWS_OK,
     ""},
    {"repeated token",
     &list,
     {{200, FIRST, 0, NULL}},
     1,
     false,
     2,
     2,
     AWS_BAD_ANSWER,
     "repeated page token"},
    {"second page denied",
     &list,
     {{200, FIRST, 0, NULL}, {403, DENIED, 0, NULL}},
     2,
     false,
     2,
     1,
     AWS_DENIED,
     "AccessDenied"},
    {"second page cut",
     &list,
     {{200, FIRST, 0, NULL}, {200, LAST, 9, NULL}},
     2,
     false,
     3,
     1,
     AWS_BAD_ANSWER,
     "cut off"},
    {"second page malformed, then whole",
     &list,
     {{200, FIRST, 0, NULL},
      {200, "<OpResponse>", 0, NULL},
      {200, LAST, 0, NULL}},
     3,
     false,
     3,
     2,
     AWS_OK,
     ""},
    {"denied once is denied",
     &list,
     {{403, DENIED, 0, NULL}},
     1,
     false,
     1,
     0,
     AWS_DENIED,
     "AccessDenied"},
    {"unavailable, then whole",
     &list,
     {{503, "<html>", 0, NULL}, {200, LAST, 0, NULL}},
     2,
     false,
     2,
     1,
     AWS_OK,
     ""},
    {"unavailable",
     &list,
     {{503, "<html>", 0, NULL}},
     1,
     false,
     2,
     0,
     AWS_UNREACHABLE,
     "HTTP 503"},
    {"throttled",
     &keys,
     {{400, "{\"__type\":\"Throttling\"}", 0, NULL}},
     1,
     false,
     2,
     0,
     AWS_THROTTLED,
     "Throttling"},
    {"empty",
     &keys,
     {{200, "", 0, NULL}},
     1,
     false,
     2,
     0,
     AWS_BAD_ANSWER,
     "empty"},
    {"cut whole XML",
     &list,
     {{200, LAST, 1, NULL}},
     1,
     false,
     2,
     0,
     AWS_BAD_ANSWER,
     "cut off"},
    {"cut whole JSON",
     &keys,
     {{200, "{}", 1, NULL}},
     1,
     false,
     2,
     0,
     AWS_BAD_ANSWER,
     "cut off"},
    {"closed",
     &list,
     {{0, "", 0, NULL}},
     1,
     false,
     2,
     0,
     AWS_UNREACHABLE,
     "connection reset"},
    {"redirected",
     &list,
     {{302, "", 0, "Location: /other\r\n"}, {200, LAST, 0, NULL}},
     2,
     false,
     1,
     0,
     AWS_UNREACHABLE,
     "HTTP 302"},
    {"page refused",
     &list,
     {{200, FIRST, 0, NULL}},
     1,
     true,
     1,
     1,
     AWS_BAD_ANSWER,
     "unusable page"},
    {"error type in a header",
     &keys,
     {{400, "{}", 0, "x-amzn-ErrorType: NotFoundException:http://x\r\n"}},
     1,
     false,
     1,
     0,
     AWS_FAULT,
     "NotFoundException"},
    {"more without a token",
     &keys,
     {{200, "{\"Truncated\":true}", 0, NULL}},
     1,
     false,
     1,
     1,
     AWS_BAD_ANSWER,
     "no page token"},
    {"a token without more",
     &keys,
     {{200, "{\"Truncated\":false,\"NextMarker\":\"a\"}", 0, NULL}},
     1,
     false,
     1,
     1,
     AWS_OK,
     ""},
    {"more",
     &keys,
     {{200, "{\"Truncated\":true,\"NextMarker\":\"a\"}", 0, NULL},
      {200, "{}", 0, NULL}},
     2,
     false,
     2,
     2,
     AWS_OK,
     ""},
    {"too large",
     &list,
     {{200,
       PAGE("<a>----------------------------------------------------------"
            "----------------------------------------------------------</a>"),
       0, NULL}},
     1,
     false,
     1,
     0,
     AWS_BAD_ANSWER,
     "too large"},
};

START_TEST(script_is_followed)
{
    struct aws_limits limits = {.answer_bytes = 150};
    struct outcome got = {.refuses_pages = scripts[_i].refuses_pages};
    struct aws_call call = call_of(scripts[_i].operation, &got);
    unsigned port = start_server(scripts[_i].replies, scripts[_i].n_replies);
    run(&call, port, limits, NULL);
    stop_server();
    const char *name = scripts[_i].name;
    ck_assert_msg(got.outcome == scripts[_i].outcome, "%s: outcome %d", name,
                  (int)got.outcome);
    ck_assert_msg(strcmp(got.code, scripts[_i].code) == 0, "%s: code '%s'",
                  name, got.code);
    ck_assert_msg(got.n_pages == scripts[_i].n_pages, "%s: %u pages", name,
                  got.n_pages);
    ck_assert_msg(server.n_requests == scripts[_i].n_requests,
                  "%s: %zu requests", name, server.n_requests);
    ck_assert_msg(got.n_done == 1, "%s: done %u times", name, got.n_done);
}
END_TEST

static bool sent(size_t request, const char *text)
{
    return strstr(server.requests[request], text) != NULL;
}

/* The token and the page size go with the call's own parameters. */
START_TEST(pages_are_asked_for)
{
    static const struct reply replies[] = {{200, FIRST, 0, NULL},
                                           {200, LAST, 0, NULL}};
    struct value pairs[] = {value_str(STR("A")), value_str(STR("b"))};
    struct outcome got = {0};
    struct aws_call call = call_of(&list, &got);
    call.input = value_map(pairs, 1);
    run(&call, start_server(replies, 2), (struct aws_limits){0}, NULL);
    stop_server();
    ck_assert(sent(0, "\r\n\r\nAction=Op&Version=1&A=b&Max=100"));
    ck_assert(!sent(0, "Marker="));
    ck_assert(sent(1, "\r\n\r\nAction=Op&Version=1&A=b&Max=100&Marker=t%201"));
    ck_assert(sent(0, "\r\nauthorization: AWS4-HMAC-SHA256 Credential=AKID/"));
    ck_assert(!sent(0, "secret"));
}
END_TEST

START_TEST(dependent_call_is_started)
{
    static const struct reply replies[] = {{200, LAST, 0, NULL},
                                           {200, "{}", 0, NULL}};
    struct outcome second = {0}, first = {0};
    struct aws_call next = call_of(&keys, &second);
    struct aws_call call = call_of(&list, &first);
    first.next = &next;
    run(&call, start_server(replies, 2), (struct aws_limits){0}, NULL);
    stop_server();
    ck_assert_uint_eq(first.n_done, 1);
    ck_assert_uint_eq(second.n_done, 1);
    ck_assert_uint_eq(second.n_pages, 1);
    ck_assert(sent(1, "\r\nx-amz-target: T.ListKeys\r\n"));
}
END_TEST

/* The value of a header of a request. */
static struct str header_of(size_t request, const char *name)
{
    struct str all = str_of(server.requests[request]);
    struct str key = str_fmt(&arena, "\r\n%s: ", name);
    size_t from = str_find(all, key, 0);
    ck_assert_uint_ne(from, SIZE_MAX);
    from += key.n;
    return str_sub(all, from, str_find(all, STR("\r\n"), from));
}

/* A clock that is years off is corrected once, and the retry signed anew. */
START_TEST(skew_is_corrected_once)
{
    static const struct reply replies[] = {
        {403,
         "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error>"
         "</ErrorResponse>",
         0, "Date: Wed, 02 Jan 2036 03:04:05 GMT\r\n"}};
    struct outcome got = {0};
    struct aws_call call = call_of(&list, &got);
    run(&call, start_server(replies, 1), (struct aws_limits){0}, NULL);
    stop_server();
    ck_assert_uint_eq(server.n_requests, 2);
    ck_assert_int_eq(got.outcome, AWS_REFUSED);
    ck_assert(!str_starts(header_of(0, "x-amz-date"), STR("20360102T")));
    ck_assert(str_starts(header_of(1, "x-amz-date"), STR("20360102T")));
    ck_assert(
        !str_eq(header_of(0, "authorization"), header_of(1, "authorization")));
}
END_TEST

static const struct {
    bool is_cancelled;
    const char *code;
} stops[] = {{true, "cancelled"}, {false, "timed out"}};

START_TEST(run_is_stopped)
{
    static const struct reply replies[] = {{200, LAST, 0, NULL}};
    volatile sig_atomic_t cancelled = stops[_i].is_cancelled;
    struct aws_limits limits = {.deadline_ms = stops[_i].is_cancelled ? 0 : 1};
    struct outcome got = {0};
    struct aws_call call = call_of(&list, &got);
    run(&call, start_server(replies, 1), limits, &cancelled);
    stop_server();
    ck_assert_int_eq(got.outcome, AWS_STOPPED);
    ck_assert_str_eq(got.code, stops[_i].code);
    ck_assert_uint_eq(got.n_done, 1);
    ck_assert_uint_eq(server.n_requests, 0);
}
END_TEST

START_TEST(nobody_listens)
{
    static const struct reply replies[] = {{200, LAST, 0, NULL}};
    struct outcome got = {0};
    struct aws_call call = call_of(&list, &got);
    unsigned port = start_server(replies, 1);
    stop_server();
    run(&call, port, (struct aws_limits){0}, NULL);
    ck_assert_int_eq(got.outcome, AWS_UNREACHABLE);
    ck_assert_str_eq(got.code, "no connection");
}
END_TEST

Suite *suite_aws(void)
{
    Suite *suite = suite_create("aws");
    TCase *tc = tcase_create("aws");
    tcase_add_checked_fixture(tc, NULL, tear_down);
    tcase_add_loop_test(tc, script_is_followed, 0, N_ITEMS(scripts));
    tcase_add_test(tc, pages_are_asked_for);
    tcase_add_test(tc, dependent_call_is_started);
    tcase_add_test(tc, skew_is_corrected_once);
    tcase_add_loop_test(tc, run_is_stopped, 0, N_ITEMS(stops));
    tcase_add_test(tc, nobody_listens);
    suite_add_tcase(suite, tc);
    return suite;
}
