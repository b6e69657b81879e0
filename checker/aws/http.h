/* HTTP requests over one curl multi handle: the only place that opens sockets.
 *
 * Connections are kept and used again by all requests. TLS is verified, no
 * redirect is followed, and the proxy variables mean what they mean to libcurl
 * (a plain http URL, which is always a loopback one, goes to no proxy). */
#ifndef DR_HTTP_H
#define DR_HTTP_H

#include "checker/aws/sign.h"

struct http;

struct http_settings {
    unsigned max_concurrency; /* requests at once, and connections kept */
    int64_t connect_timeout_ms;
    int64_t stall_timeout_ms; /* without a byte of the answer */
    int64_t total_timeout_ms; /* of one request, however it drips */
    size_t answer_bytes;      /* of a body */
    const char *ca_bundle;    /* path, or NULL for the system's */
};

enum http_end {
    HTTP_WHOLE,       /* the answer came, whatever its status */
    HTTP_CUT,         /* it ended before its Content-Length */
    HTTP_TOO_LARGE,   /* its body is past answer_bytes */
    HTTP_TIMEOUT,     /* no connection, no byte, or no end in time */
    HTTP_UNREACHED,   /* no connection */
    HTTP_RESET,       /* the connection broke */
    HTTP_CERTIFICATE, /* the server's certificate was not accepted */
    HTTP_ABORTED,     /* http_abort */
};

/* Texts are good until `done` returns. */
struct http_answer {
    enum http_end end;
    int status;         /* 0 if there was none */
    const char *reason; /* for people, where `end` is not HTTP_WHOLE */
    /* Headers, empty if absent. */
    struct str date, retry_after, error_type;
};

struct http_request {
    const char *url;
    struct str method;
    const struct aws_header *headers; /* host is left to the library */
    size_t n_headers;
    struct str body;
    void *owner;
    /* A part of the body as it comes. */
    void (*data)(void *owner, int status, struct str part);
    /* Once, from http_wait or http_abort. */
    void (*done)(void *owner, const struct http_answer *answer);
};

/* fails  ERR_NET if the library does not start, or the CA bundle is no file */
MUST_CHECK bool http_open(struct http **out, struct arena *arena,
                          const struct http_settings *settings,
                          struct err *err);
/* Requests under way end without `done`. */
void http_close(struct http *http);

/* Starts a request; everything it points to is borrowed until `done`. At most
 * max_concurrency are under way: false if that many are. */
MUST_CHECK bool http_send(struct http *http,
                          const struct http_request *request);
size_t http_active(const struct http *http);

/* Waits at most `timeout_ms` for something to happen, and calls `data` and
 * `done` for what did. A signal ends the wait. */
void http_wait(struct http *http, int64_t timeout_ms);

/* Ends everything that is under way as HTTP_ABORTED. */
void http_abort(struct http *http);

#endif
