/* One AWS operation and all of its pages, many at a time. */
#include "checker/aws/aws.h"

#include <string.h>

#include "checker/aws/endpoint.h"
#include "checker/aws/http.h"
#include "checker/aws/retry.h"
#include "checker/aws/wire.h"
#include "checker/base/clock.h"
#include "checker/base/json.h"

enum {
    DEFAULT_CONCURRENCY = 64,
    DEFAULT_PER_SERVICE = 8,
    DEFAULT_ATTEMPTS = 3,
    DEFAULT_TIMEOUT_MS = 10000,
    DEFAULT_CONNECT_MS = 5000,
    DEFAULT_ANSWER_BYTES = 64 << 20,
    TOTAL_TIMEOUTS = 6, /* a dripping answer may take that many stalls */
    MOST_PAGES = 100000,
    LONGEST_WAIT_MS = 500, /* a signal just before a wait is seen after it */
};

/* The calls to one service in one region. */
struct lane {
    struct lane *next;
    struct str region;
    const struct aws_service *service;
    struct call *head, *tail; /* ready to be sent, in order */
    unsigned n_active;
    int quota; /* what retries may still cost */
    bool has_endpoint, is_endpoint_bad;
    struct aws_endpoint endpoint;
    struct str flaw; /* of the endpoint */
};

/* A call on its way through its pages. It is waiting in its lane, waiting for
 * `due_ms` in the client's list of delayed calls, or under way. */
struct call {
    struct call *next;
    struct aws_call call;
    struct lane *lane;
    unsigned n_tries; /* of this page */
    int cost;         /* of the last retry, given back when it works */
    int64_t due_ms;
    bool was_skewed;
    size_t n_pages;
    struct arena own; /* the tokens */
    struct map tokens;
    struct value token; /* of the next page */
};

/* A request under way. */
struct exchange {
    struct exchange *next;
    struct aws_client *client;
    struct call *call;
    struct arena arena;
    struct wire_reader *reader;
};

struct aws_client {
    struct arena *arena;
    const struct aws_config *config;
    const struct aws_regions *regions;
    struct aws_limits limits;
    struct http *http;
    struct exchange *exchanges, *idle;
    struct lane *lanes, *turn; /* `turn`: the lane that sends next */
    struct map lanes_by_name;
    struct call *delayed, *unused;
    size_t n_ready;
    int64_t skew_s; /* to add to our clock */
    struct aws_progress counts;
    void (*progress)(void *owner, const struct aws_progress *);
    void *owner;
    const char *stop; /* why all calls are to end, or NULL */
};

/* ---- opening and closing ---- */

static void set_defaults(struct aws_limits *limits)
{
    if (limits->max_concurrency == 0)
        limits->max_concurrency = DEFAULT_CONCURRENCY;
    if (limits->per_service == 0)
        limits->per_service = DEFAULT_PER_SERVICE;
    if (limits->call_timeout_ms <= 0)
        limits->call_timeout_ms = DEFAULT_TIMEOUT_MS;
    if (limits->connect_timeout_ms <= 0)
        limits->connect_timeout_ms = DEFAULT_CONNECT_MS;
    if (limits->answer_bytes == 0)
        limits->answer_bytes = DEFAULT_ANSWER_BYTES;
}

bool aws_open(struct aws_client **out, struct arena *arena,
              const struct aws_config *config,
              const struct aws_regions *regions,
              const struct aws_limits *limits, struct err *err)
{
    struct aws_client *client = ARENA_NEW(arena, struct aws_client);
    client->arena = arena;
    client->config = config;
    client->regions = regions;
    client->limits = *limits;
    client->lanes_by_name.arena = arena;
    set_defaults(&client->limits);
    unsigned n = client->limits.max_concurrency;
    struct http_settings settings = {
        .max_concurrency = n,
        .connect_timeout_ms = client->limits.connect_timeout_ms,
        .stall_timeout_ms = client->limits.call_timeout_ms,
        .total_timeout_ms = client->limits.call_timeout_ms * TOTAL_TIMEOUTS,
        .answer_bytes = client->limits.answer_bytes,
        .ca_bundle =
            config->ca_bundle.n > 0 ? str_cstr(arena, config->ca_bundle) : NULL,
    };
    if (!http_open(&client->http, arena, &settings, err))
        return err_add(err, "cannot start the AWS client");
    client->exchanges = ARENA_ARRAY(arena, n, struct exchange);
    for (unsigned i = 0; i < n; i++) {
        client->exchanges[i].client = client;
        client->exchanges[i].next = client->idle;
        client->idle = &client->exchanges[i];
    }
    *out = client;
    return true;
}

static void release_exchange(struct exchange *exchange)
{
    wire_reader_free(exchange->reader);
    exchange->reader = NULL;
    exchange->call = NULL;
    arena_reset(&exchange->arena);
    exchange->next = exchange->client->idle;
    exchange->client->idle = exchange;
}

static void drop_calls(struct call *call)
{
    for (; call != NULL; call = call->next)
        arena_release(&call->own);
}

void aws_close(struct aws_client *client)
{
    if (client == NULL)
        return;
    http_close(client->http);
    for (unsigned i = 0; i < client->limits.max_concurrency; i++) {
        wire_reader_free(client->exchanges[i].reader);
        arena_release(&client->exchanges[i].arena);
        if (client->exchanges[i].call != NULL)
            arena_release(&client->exchanges[i].call->own);
    }
    for (struct lane *lane = client->lanes; lane != NULL; lane = lane->next)
        drop_calls(lane->head);
    drop_calls(client->delayed);
}

/* ---- queues ---- */

static void tell(struct aws_client *client)
{
    if (client->progress != NULL)
        client->progress(client->owner, &client->counts);
}

static struct lane *lane_of(struct aws_client *client,
                            const struct aws_service *service,
                            struct str region)
{
    struct str key =
        str_fmt(client->arena, "%.*s/%.*s", STRF(service->id), STRF(region));
    struct lane *lane = map_get(&client->lanes_by_name, key);
    if (lane != NULL)
        return lane;
    lane = ARENA_NEW(client->arena, struct lane);
    lane->service = service;
    lane->region = str_dup(client->arena, region);
    lane->quota = RETRY_QUOTA;
    lane->next = client->lanes;
    client->lanes = lane;
    map_put(&client->lanes_by_name, key, lane);
    return lane;
}

static void push_last(struct aws_client *client, struct call *call)
{
    struct lane *lane = call->lane;
    call->next = NULL;
    if (lane->head == NULL)
        lane->head = call;
    else
        lane->tail->next = call;
    lane->tail = call;
    client->n_ready++;
}

/* Further pages and retries go before calls that have not begun. */
static void push_first(struct aws_client *client, struct call *call)
{
    struct lane *lane = call->lane;
    call->next = lane->head;
    if (lane->head == NULL)
        lane->tail = call;
    lane->head = call;
    client->n_ready++;
}

static struct call *pop(struct aws_client *client, struct lane *lane)
{
    struct call *call = lane->head;
    lane->head = call->next;
    call->next = NULL;
    client->n_ready--;
    return call;
}

void aws_start(struct aws_client *client, const struct aws_call *given)
{
    struct call *call = client->unused;
    if (call != NULL)
        client->unused = call->next;
    else
        call = ARENA_NEW(client->arena, struct call);
    *call = (struct call){.call = *given};
    call->lane = lane_of(client, given->operation->service, given->region);
    call->call.region = call->lane->region;
    client->counts.n_started++;
    push_last(client, call);
    tell(client);
}

/* ---- the end of a call ---- */

static void finish(struct aws_client *client, struct call *call,
                   const struct aws_failure *failure)
{
    client->counts.n_done++;
    call->call.done(call->call.owner, failure);
    arena_release(&call->own);
    call->next = client->unused;
    client->unused = call;
    tell(client);
}

static void fail(struct aws_client *client, struct call *call,
                 enum aws_outcome outcome, struct str code, struct str message)
{
    struct aws_failure failure = {
        .outcome = outcome, .code = code, .message = message};
    finish(client, call, &failure);
}

static void stop(struct aws_client *client, struct call *call)
{
    fail(client, call, AWS_STOPPED, str_of(client->stop), (struct str){0});
}

/* ---- pages ---- */

/* What stands at a path of names joined by dots. */
static struct value value_at(struct value v, struct str path)
{
    struct str name = {0};
    while (str_split(&path, '.', &name))
        v = v.kind == VALUE_MAP ? value_get(v, name) : (struct value){0};
    return v;
}

static bool is_true(struct value v)
{
    return (v.kind == VALUE_BOOL && v.as.b) ||
           (v.kind == VALUE_STRING && str_is(value_text(v), "true"));
}

static bool is_token(struct value v)
{
    return (v.kind == VALUE_STRING || v.kind == VALUE_MAP) && v.n > 0;
}

/* A token as text, to compare. */
static struct str token_text(struct arena *arena, struct value token)
{
    if (token.kind == VALUE_STRING)
        return str_dup(arena, value_text(token));
    struct buf buf = {0};
    struct json_writer writer = {.out = &buf};
    json_value(&writer, token, NULL, NULL);
    struct str text = str_dup(arena, buf_str(&buf));
    buf_release(&buf);
    return text;
}

/* Finds out whether there is another page, and keeps its token.
 * fails  ERR_PARSE  the service's paging makes no sense */
static bool turn_page(struct call *call, struct value answer, bool *has_more,
                      struct err *err)
{
    const struct aws_operation *operation = call->call.operation;
    *has_more = false;
    if (operation->output_token.n == 0)
        return true;
    struct value token = value_at(answer, operation->output_token);
    if (operation->more_results.n > 0) {
        if (!is_true(value_at(answer, operation->more_results)))
            return true;
        if (!is_token(token))
            return err_set(err, ERR_PARSE, "no page token");
    }
    if (!is_token(token))
        return true;
    call->tokens.arena = &call->own;
    if (!map_put(&call->tokens, token_text(&call->own, token), call))
        return err_set(err, ERR_PARSE, "repeated page token");
    if (++call->n_pages == MOST_PAGES)
        return err_set(err, ERR_LIMIT, "too many pages");
    call->token = value_copy(&call->own, token);
    *has_more = true;
    return true;
}

static void deliver(struct exchange *exchange, struct value answer)
{
    struct aws_client *client = exchange->client;
    struct call *call = exchange->call;
    struct lane *lane = call->lane;
    struct err err = {0};
    bool has_more;
    lane->quota += call->cost > 0 ? call->cost : 1;
    if (lane->quota > RETRY_QUOTA)
        lane->quota = RETRY_QUOTA;
    call->n_tries = 0;
    call->cost = 0;
    if (!call->call.page(call->call.owner, answer))
        fail(client, call, AWS_BAD_ANSWER, STR("unusable page"),
             (struct str){0});
    else if (!turn_page(call, answer, &has_more, &err))
        fail(client, call, AWS_BAD_ANSWER, err_text(&exchange->arena, &err),
             (struct str){0});
    else if (has_more)
        push_first(client, call);
    else
        finish(client, call, NULL);
}

/* ---- answers ---- */

/* How an exchange went wrong. */
struct verdict {
    struct aws_failure failure;
    bool is_retryable;
};

static struct verdict judge_body(struct exchange *exchange,
                                 const struct wire_answer *answer, int status)
{
    struct retry_verdict retry =
        retry_judge(exchange->call->lane->service->id, answer->code, status);
    struct verdict verdict = {{.outcome = retry.outcome,
                               .code = answer->code,
                               .message = answer->message,
                               .status = status},
                              retry.is_retryable};
    if (answer->code.n == 0)
        verdict.failure.code = str_fmt(&exchange->arena, "HTTP %d", status);
    return verdict;
}

/* An answer that did not come whole. */
static struct verdict judge_end(const struct http_answer *answer)
{
    static const struct {
        enum aws_outcome outcome;
        struct str code;
        bool is_retryable;
    } ends[] = {
        [HTTP_CUT] = {AWS_BAD_ANSWER, STR_INIT("cut off"), true},
        [HTTP_TOO_LARGE] = {AWS_BAD_ANSWER, STR_INIT("too large"), false},
        [HTTP_TIMEOUT] = {AWS_UNREACHABLE, STR_INIT("timeout"), true},
        [HTTP_UNREACHED] = {AWS_UNREACHABLE, STR_INIT("no connection"), true},
        [HTTP_RESET] = {AWS_UNREACHABLE, STR_INIT("connection reset"), true},
        [HTTP_CERTIFICATE] = {AWS_UNREACHABLE, STR_INIT("certificate"), false},
        [HTTP_ABORTED] = {AWS_STOPPED, STR_INIT("stopped"), false},
    };
    return (struct verdict){{.outcome = ends[answer->end].outcome,
                             .code = ends[answer->end].code,
                             .message = str_of(answer->reason),
                             .status = answer->status},
                            ends[answer->end].is_retryable};
}

/* Once per call: if the service's clock and ours differ by minutes, its clock
 * counts from now on. */
static bool corrects_skew(struct exchange *exchange, struct str code,
                          struct str date)
{
    struct aws_client *client = exchange->client;
    struct call *call = exchange->call;
    int64_t theirs;
    if (call->was_skewed || !retry_may_be_skew(code) ||
        !retry_read_date(date, &theirs))
        return false;
    int64_t skew_s = theirs - clock_now();
    int64_t change_s = skew_s - client->skew_s;
    if (change_s > -RETRY_SKEW_S && change_s < RETRY_SKEW_S)
        return false;
    client->skew_s = skew_s;
    call->was_skewed = true;
    return true;
}

/* Takes the cost of a retry off the lane's quota, if there is enough. */
static bool affords_retry(struct aws_client *client, struct call *call,
                          bool is_timeout)
{
    int attempts = client->config->max_attempts;
    int cost = is_timeout ? RETRY_TIMEOUT_COST : RETRY_COST;
    if (attempts <= 0)
        attempts = DEFAULT_ATTEMPTS;
    if (call->n_tries >= (unsigned)attempts || call->lane->quota < cost)
        return false;
    call->lane->quota -= cost;
    call->cost = cost;
    return true;
}

static void delay(struct aws_client *client, struct call *call,
                  bool is_throttled, int64_t at_least_ms)
{
    int64_t wait_ms =
        retry_wait_ms(call->n_tries, is_throttled, clock_random());
    if (wait_ms < at_least_ms)
        wait_ms = at_least_ms;
    call->due_ms = clock_monotonic_ms() + wait_ms;
    call->next = client->delayed;
    client->delayed = call;
    client->counts.n_retried++;
}

static void go_wrong(struct exchange *exchange, const struct verdict *verdict,
                     const struct http_answer *answer)
{
    struct aws_client *client = exchange->client;
    struct call *call = exchange->call;
    const struct aws_failure *failure = &verdict->failure;
    bool is_throttled = failure->outcome == AWS_THROTTLED;
    client->counts.n_throttled += is_throttled ? 1 : 0;
    if (client->stop != NULL) {
        stop(client, call);
    } else if (corrects_skew(exchange, failure->code, answer->date)) {
        client->counts.n_retried++;
        push_first(client, call);
        tell(client);
    } else if (verdict->is_retryable &&
               affords_retry(client, call, answer->end == HTTP_TIMEOUT)) {
        delay(client, call, is_throttled, retry_after_ms(answer->retry_after));
        tell(client);
    } else {
        finish(client, call, failure);
    }
}

static void on_data(void *owner, int status, struct str part)
{
    struct exchange *exchange = owner;
    wire_reader_feed(exchange->reader, status, part);
}

static void on_done(void *owner, const struct http_answer *answer)
{
    struct exchange *exchange = owner;
    struct err err = {0};
    struct wire_answer body;
    struct verdict verdict;
    exchange->call->lane->n_active--;
    bool is_whole = answer->end == HTTP_WHOLE;
    bool is_read = is_whole && wire_reader_end(exchange->reader, answer->status,
                                               answer->error_type, &body, &err);
    if (is_read && !body.is_error) {
        deliver(exchange, body.answer);
    } else {
        if (is_read)
            verdict = judge_body(exchange, &body, answer->status);
        else if (is_whole)
            verdict =
                (struct verdict){{.outcome = AWS_BAD_ANSWER,
                                  .code = body.problem,
                                  .message = err_text(&exchange->arena, &err),
                                  .status = answer->status},
                                 err.code != ERR_LIMIT};
        else
            verdict = judge_end(answer);
        go_wrong(exchange, &verdict, answer);
    }
    release_exchange(exchange);
}

/* ---- requests ---- */

/* The call's parameters with the page's token and size. */
static struct value page_input(struct arena *arena, const struct call *call)
{
    const struct aws_operation *operation = call->call.operation;
    struct value given = call->call.input;
    uint32_t n_given = given.kind == VALUE_MAP ? given.n : 0;
    struct value *pairs = ARENA_ARRAY(arena, 2 * n_given + 4, struct value);
    bool has_token = call->token.kind != VALUE_NONE;
    bool has_limit = operation->limit_key.n > 0 && operation->limit > 0;
    size_t n = 0;
    for (uint32_t i = 0; i < n_given; i++) {
        struct str key = value_text(given.as.items[2 * i]);
        if (has_token && str_eq(key, operation->input_token))
            continue;
        if (str_eq(key, operation->limit_key))
            has_limit = false;
        pairs[n++] = given.as.items[2 * i];
        pairs[n++] = given.as.items[2 * i + 1];
    }
    if (has_limit) {
        pairs[n++] = value_str(operation->limit_key);
        pairs[n++] = value_int(operation->limit);
    }
    if (has_token) {
        pairs[n++] = value_str(operation->input_token);
        pairs[n++] = call->token;
    }
    return value_map(pairs, n / 2);
}

/* Builds and signs the request, with the time as it is now. */
static bool make_request(struct exchange *exchange, struct http_request *out,
                         struct err *err)
{
    const struct aws_client *client = exchange->client;
    const struct call *call = exchange->call;
    const struct lane *lane = call->lane;
    struct arena *arena = &exchange->arena;
    struct aws_header *headers = ARENA_ARRAY(
        arena, 1 + WIRE_HEADERS + AWS_SIGN_HEADERS, struct aws_header);
    size_t n_wire;
    struct str body;
    headers[0] = (struct aws_header){STR("host"), lane->endpoint.host};
    if (!wire_request(arena, call->call.operation, page_input(arena, call),
                      &body, headers + 1, &n_wire, err))
        return false;
    struct aws_request request = {.method = STR("POST"),
                                  .path = lane->endpoint.path,
                                  .headers = headers,
                                  .n_headers = 1 + n_wire,
                                  .body = body};
    struct aws_scope scope = {.credentials = &client->config->credentials,
                              .region = lane->region,
                              .service = lane->service->signing_name};
    struct aws_signed proof;
    if (!aws_sign_headers(arena, &request, &scope, clock_now() + client->skew_s,
                          &proof, err))
        return false;
    memcpy(headers + request.n_headers, proof.headers,
           proof.n_headers * sizeof(*headers));
    *out = (struct http_request){
        .url = lane->endpoint.url.p,
        .method = request.method,
        .headers = headers,
        .n_headers = request.n_headers + proof.n_headers,
        .body = body,
        .owner = exchange,
        .data = on_data,
        .done = on_done,
    };
    return true;
}

static bool find_endpoint(struct aws_client *client, struct lane *lane)
{
    struct err err = {0};
    if (!lane->has_endpoint) {
        lane->has_endpoint = true;
        lane->is_endpoint_bad =
            !aws_endpoint(client->arena, client->config, client->regions,
                          lane->service, lane->region, &lane->endpoint, &err);
        if (lane->is_endpoint_bad)
            lane->flaw = err_text(client->arena, &err);
    }
    return !lane->is_endpoint_bad;
}

static void send_call(struct aws_client *client, struct call *call)
{
    struct err err = {0};
    struct http_request request;
    struct lane *lane = call->lane;
    if (!find_endpoint(client, lane)) {
        fail(client, call, AWS_FAULT, STR("endpoint"), lane->flaw);
        return;
    }
    struct exchange *exchange = client->idle;
    client->idle = exchange->next;
    exchange->call = call;
    exchange->reader = wire_reader_new(&exchange->arena, call->call.operation);
    call->n_tries++;
    if (!make_request(exchange, &request, &err)) {
        fail(client, call, AWS_FAULT, STR("request"),
             err_text(&exchange->arena, &err));
        release_exchange(exchange);
        return;
    }
    lane->n_active++;
    /* There are as many exchanges as the HTTP layer has transfers. */
    if (!http_send(client->http, &request)) {
        lane->n_active--;
        fail(client, call, AWS_FAULT, STR("request"), (struct str){0});
        release_exchange(exchange);
    }
}

/* Sends what may be sent now, the lanes taking turns. */
static void send_ready(struct aws_client *client)
{
    size_t n_idle_lanes = 0;
    while (client->n_ready > 0 && client->idle != NULL &&
           n_idle_lanes < client->lanes_by_name.n) {
        struct lane *lane = client->turn != NULL ? client->turn : client->lanes;
        client->turn = lane->next;
        if (lane->head == NULL ||
            lane->n_active >= client->limits.per_service) {
            n_idle_lanes++;
            continue;
        }
        n_idle_lanes = 0;
        send_call(client, pop(client, lane));
    }
}

/* ---- the loop ---- */

/* Moves the delayed calls that are due to their lanes; returns how long the
 * next one has to wait. */
static int64_t wake_delayed(struct aws_client *client)
{
    int64_t now_ms = clock_monotonic_ms(), least = LONGEST_WAIT_MS;
    struct call **link = &client->delayed;
    while (*link != NULL) {
        struct call *call = *link;
        int64_t wait_ms = call->due_ms - now_ms;
        if (wait_ms <= 0) {
            *link = call->next;
            push_first(client, call);
        } else {
            least = wait_ms < least ? wait_ms : least;
            link = &call->next;
        }
    }
    return least;
}

/* Ends all calls, those too that are started by the end of others. */
static void stop_all(struct aws_client *client)
{
    bool is_any = true;
    http_abort(client->http);
    while (is_any) {
        is_any = false;
        while (client->delayed != NULL) {
            struct call *call = client->delayed;
            client->delayed = call->next;
            stop(client, call);
            is_any = true;
        }
        for (struct lane *lane = client->lanes; lane != NULL; lane = lane->next)
            while (lane->head != NULL) {
                stop(client, pop(client, lane));
                is_any = true;
            }
    }
}

void aws_run(struct aws_client *client,
             void (*progress)(void *owner, const struct aws_progress *),
             void *owner, const volatile sig_atomic_t *cancelled)
{
    client->progress = progress;
    client->owner = owner;
    client->stop = NULL;
    for (;;) {
        if (cancelled != NULL && *cancelled != 0)
            client->stop = "cancelled";
        else if (client->limits.deadline_ms != 0 &&
                 clock_monotonic_ms() >= client->limits.deadline_ms)
            client->stop = "timed out";
        if (client->stop != NULL) {
            stop_all(client);
            break;
        }
        int64_t wait_ms = wake_delayed(client);
        send_ready(client);
        if (http_active(client->http) == 0 && client->n_ready == 0 &&
            client->delayed == NULL)
            break;
        http_wait(client->http,
                  client->n_ready > 0 && http_active(client->http) == 0
                      ? 0
                      : wait_ms);
    }
    client->progress = NULL;
}
