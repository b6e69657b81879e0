/* HTTP requests over one curl multi handle: nothing else opens sockets. */
#include "checker/aws/http.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "checker/base/clock.h"

enum { HEADER_TEXT = 64 };

/* One request under way. Its easy handle outlives it, for the next one. */
struct transfer {
    struct http *http;
    struct transfer *next; /* of the list of idle or of active ones */
    CURL *easy;
    struct curl_slist *headers;
    const struct http_request *request;
    struct http_request copy;
    int64_t began_ms, last_byte_ms;
    size_t n_bytes;
    bool is_too_large, is_timed_out;
    struct buf date, retry_after, error_type;
};

struct http {
    struct http_settings settings;
    CURLM *multi;
    struct transfer *transfers;
    struct transfer *idle, *active;
    size_t n_active;
};

/* ---- what curl calls ---- */

static size_t on_body(char *p, size_t size, size_t n, void *owner)
{
    struct transfer *t = owner;
    long status = 0;
    n *= size;
    t->last_byte_ms = clock_monotonic_ms();
    if (n > t->http->settings.answer_bytes - t->n_bytes) {
        t->is_too_large = true;
        return CURL_WRITEFUNC_ERROR;
    }
    t->n_bytes += n;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->request->data(t->request->owner, (int)status, (struct str){p, n});
    return n;
}

static void keep_header(struct buf *kept, struct str line, struct str name)
{
    struct buf lower = {.limit = HEADER_TEXT};
    struct str given = str_sub(line, 0, name.n);
    for (size_t i = 0; i < given.n; i++) {
        char c = given.p[i];
        buf_addc(&lower, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    if (str_eq(buf_str(&lower), name)) {
        buf_reset(kept);
        buf_add(kept, str_trim(str_sub(line, name.n, line.n)));
    }
    buf_release(&lower);
}

static size_t on_header(char *p, size_t size, size_t n, void *owner)
{
    struct transfer *t = owner;
    struct str line = {p, size * n};
    t->last_byte_ms = clock_monotonic_ms();
    keep_header(&t->date, line, STR("date:"));
    keep_header(&t->retry_after, line, STR("retry-after:"));
    keep_header(&t->error_type, line, STR("x-amzn-errortype:"));
    return size * n;
}

/* ---- opening and closing ---- */

static bool make_transfer(struct http *http, struct transfer *t)
{
    t->http = http;
    t->easy = curl_easy_init();
    t->next = http->idle;
    http->idle = t;
    t->date.limit = t->retry_after.limit = HEADER_TEXT;
    t->error_type.limit = 4 * HEADER_TEXT;
    return t->easy != NULL;
}

bool http_open(struct http **out, struct arena *arena,
               const struct http_settings *settings, struct err *err)
{
    if (settings->ca_bundle != NULL && access(settings->ca_bundle, R_OK) != 0)
        return err_set(err, ERR_NET, "the CA bundle '%s' cannot be read",
                       settings->ca_bundle);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ERR_NET, "the HTTP library does not start");
    struct http *http = ARENA_NEW(arena, struct http);
    unsigned n = settings->max_concurrency;
    http->settings = *settings;
    http->multi = curl_multi_init();
    http->transfers = ARENA_ARRAY(arena, n, struct transfer);
    bool is_made = http->multi != NULL;
    for (unsigned i = 0; is_made && i < n; i++)
        is_made = make_transfer(http, &http->transfers[i]);
    if (!is_made) {
        http_close(http);
        return err_set(err, ERR_NET, "the HTTP library has no handle left");
    }
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)n);
    *out = http;
    return true;
}

/* Takes a transfer off the active list; it keeps its easy handle. */
static void retire(struct transfer *t)
{
    struct http *http = t->http;
    curl_multi_remove_handle(http->multi, t->easy);
    curl_slist_free_all(t->headers);
    t->headers = NULL;
    struct transfer **link = &http->active;
    while (*link != t)
        link = &(*link)->next;
    *link = t->next;
    t->next = http->idle;
    http->idle = t;
    http->n_active--;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    while (http->active != NULL)
        retire(http->active);
    for (unsigned i = 0; i < http->settings.max_concurrency; i++) {
        struct transfer *t = &http->transfers[i];
        curl_easy_cleanup(t->easy);
        buf_release(&t->date);
        buf_release(&t->retry_after);
        buf_release(&t->error_type);
    }
    curl_multi_cleanup(http->multi);
    curl_global_cleanup();
}

/* ---- sending ---- */

static void add_header_line(struct transfer *t, const char *line)
{
    struct curl_slist *longer = curl_slist_append(t->headers, line);
    if (longer == NULL)
        abort();
    t->headers = longer;
}

static void set_headers(struct transfer *t)
{
    struct buf line = {0};
    const struct http_request *request = t->request;
    for (size_t i = 0; i < request->n_headers; i++) {
        const struct aws_header *header = &request->headers[i];
        if (str_is(header->name, "host"))
            continue;
        buf_reset(&line);
        buf_addf(&line, "%.*s: %.*s", STRF(header->name), STRF(header->value));
        buf_addc(&line, '\0');
        add_header_line(t, line.p);
    }
    wipe(line.p, line.n);
    buf_release(&line);
    add_header_line(t, "Expect:");
    add_header_line(t, "Accept:");
}

static void set_options(struct transfer *t)
{
    const struct http_settings *settings = &t->http->settings;
    const struct http_request *request = t->request;
    CURL *easy = t->easy;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)t);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "dr-preflight/" DR_VERSION);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)settings->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, (void *)t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, (void *)t);
    if (settings->ca_bundle != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_bundle);
    if (str_starts(str_of(request->url), STR("http://")))
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (str_is(request->method, "POST")) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)request->body.n);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                         request->body.n > 0 ? request->body.p : "");
    }
}

bool http_send(struct http *http, const struct http_request *request)
{
    struct transfer *t = http->idle;
    if (t == NULL)
        return false;
    http->idle = t->next;
    t->next = http->active;
    http->active = t;
    http->n_active++;
    t->copy = *request;
    t->request = &t->copy;
    t->n_bytes = 0;
    t->is_too_large = t->is_timed_out = false;
    t->began_ms = t->last_byte_ms = clock_monotonic_ms();
    buf_reset(&t->date);
    buf_reset(&t->retry_after);
    buf_reset(&t->error_type);
    set_headers(t);
    set_options(t);
    if (curl_multi_add_handle(http->multi, t->easy) != CURLM_OK)
        abort();
    return true;
}

size_t http_active(const struct http *http)
{
    return http->n_active;
}

/* ---- waiting ---- */

static enum http_end end_of(const struct transfer *t, CURLcode code)
{
    if (t->is_timed_out)
        return HTTP_TIMEOUT;
    if (t->is_too_large)
        return HTTP_TOO_LARGE;
    switch ((int)code) {
    case CURLE_OK:
        return HTTP_WHOLE;
    case CURLE_PARTIAL_FILE:
        return HTTP_CUT;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return HTTP_CERTIFICATE;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
        return HTTP_RESET;
    default:
        return HTTP_UNREACHED;
    }
}

static void end_transfer(struct transfer *t, enum http_end end,
                         const char *reason)
{
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    struct http_answer answer = {
        .end = end,
        .status = (int)status,
        .reason = reason,
        .date = buf_str(&t->date),
        .retry_after = buf_str(&t->retry_after),
        .error_type = buf_str(&t->error_type),
    };
    struct http_request request = t->copy;
    retire(t);
    request.done(request.owner, &answer);
}

/* When the first of the active transfers has waited too long. */
static int64_t next_timeout_ms(const struct http *http, int64_t now_ms)
{
    int64_t least = INT_MAX;
    for (const struct transfer *t = http->active; t != NULL; t = t->next) {
        int64_t stall = t->last_byte_ms + http->settings.stall_timeout_ms;
        int64_t total = t->began_ms + http->settings.total_timeout_ms;
        int64_t due = (stall < total ? stall : total) - now_ms;
        least = due < least ? due : least;
    }
    return least > 0 ? least : 0;
}

static void end_late_ones(struct http *http)
{
    int64_t now_ms = clock_monotonic_ms();
    struct transfer *next;
    for (struct transfer *t = http->active; t != NULL; t = next) {
        next = t->next;
        t->is_timed_out =
            now_ms >= t->last_byte_ms + http->settings.stall_timeout_ms ||
            now_ms >= t->began_ms + http->settings.total_timeout_ms;
        if (t->is_timed_out) {
            end_transfer(t, HTTP_TIMEOUT, "no answer in time");
            /* `done` may have sent another: look from the start again. */
            next = http->active;
        }
    }
}

static void end_finished_ones(struct http *http)
{
    CURLMsg *message;
    int n_left;
    while ((message = curl_multi_info_read(http->multi, &n_left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        char *owner = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        struct transfer *t = (struct transfer *)(void *)owner;
        end_transfer(t, end_of(t, code), curl_easy_strerror(code));
    }
}

void http_wait(struct http *http, int64_t timeout_ms)
{
    int n_running;
    curl_multi_perform(http->multi, &n_running);
    if ((size_t)n_running == http->n_active) {
        int64_t due_ms = next_timeout_ms(http, clock_monotonic_ms());
        int64_t wait_ms = timeout_ms < due_ms ? timeout_ms : due_ms;
        curl_multi_poll(http->multi, NULL, 0, (int)(wait_ms > 0 ? wait_ms : 0),
                        NULL);
        curl_multi_perform(http->multi, &n_running);
    }
    end_finished_ones(http);
    end_late_ones(http);
}

void http_abort(struct http *http)
{
    while (http->active != NULL)
        end_transfer(http->active, HTTP_ABORTED, "the run was stopped");
}
