/* Signature Version 4: the headers or parameters that prove who sent a request.
 *
 * Pure: no clock, network or environment. Thread-safe. What is derived from
 * the secret key is wiped before these functions return. */
#ifndef DR_SIGN_H
#define DR_SIGN_H

#include "checker/aws/aws.h"

struct aws_header {
    struct str name, value;
};

/* A request as it will be sent. */
struct aws_request {
    struct str method;
    struct str path;  /* begins with '/'; empty is taken as "/" */
    struct str query; /* without '?'; percent-encoded or raw */
    const struct aws_header *headers; /* with host; all of them are signed but
                                         those that proxies may change */
    size_t n_headers;
    struct str body;
};

/* Who signs, for what, and how. */
struct aws_scope {
    const struct aws_credentials *credentials;
    struct str region, service;
    bool keep_path;          /* S3: the path is not encoded once more */
    bool normalize_path;     /* dot segments and double slashes are removed */
    bool sign_body;          /* header signing: adds x-amz-content-sha256 */
    bool omit_session_token; /* the token is added, but not signed */
    int64_t expires; /* query signing: seconds that the URL is good for */
};

enum { AWS_SIGN_HEADERS = 4 };

struct aws_signed {
    /* Header signing: what to add to the request, Authorization last. */
    struct aws_header headers[AWS_SIGN_HEADERS];
    size_t n_headers;
    /* Query signing: the whole query, with the signature. */
    struct str query;
    /* How the signature came about, for comparison. */
    struct str canonical_request, string_to_sign;
    char signature[65]; /* 64 hexadecimal digits and a NUL */
};

/* Signs `request` at `now` (seconds since 1970, UTC) by headers or by query
 * parameters. What `out` points to is in `arena`; the request is borrowed.
 * fails  ERR_INPUT  a header's name is no token, its value holds a NUL, or it
 *                   is one that signing adds
 * cost   one SHA-256 over the body */
MUST_CHECK bool aws_sign_headers(struct arena *arena,
                                 const struct aws_request *request,
                                 const struct aws_scope *scope, int64_t now,
                                 struct aws_signed *out, struct err *err);
MUST_CHECK bool aws_sign_query(struct arena *arena,
                               const struct aws_request *request,
                               const struct aws_scope *scope, int64_t now,
                               struct aws_signed *out, struct err *err);

/* Appends `s` with every byte but A-Z a-z 0-9 - . _ ~ (and '/', if it is to be
 * kept) as %XX. */
void aws_percent_encode(struct buf *out, struct str s, bool keeps_slash);

#endif
