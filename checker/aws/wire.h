/* The wire protocols: parameters to request bodies, answers to values.
 *
 * Pure: no network, no clock. The only user of expat. */
#ifndef DR_WIRE_H
#define DR_WIRE_H

#include "checker/aws/sign.h"

enum {
    WIRE_DEPTH = 64,           /* nesting of an answer or of parameters */
    WIRE_VALUES = 4 * 1000000, /* elements of an XML answer */
    WIRE_MESSAGE = 2048,       /* bytes kept of an error's message */
};

/* The body of `operation` with `input` (VALUE_MAP or VALUE_NONE), and the
 * headers that the protocol asks for.
 * query, EC2  Action, Version and the parameters in the order given: a map in
 *             a map is a.b, a list a.member.N (query) or a.N (EC2). Services
 *             that name the members of a list otherwise are served by a key
 *             that holds the whole path ("Filters.Filter.1.Name").
 * JSON        the map as it is, and X-Amz-Target
 * headers     out: at most WIRE_HEADERS, `*n_headers` of them
 * fails  ERR_USAGE for a protocol that has no client yet, ERR_LIMIT */
enum { WIRE_HEADERS = 2 };
MUST_CHECK bool wire_request(struct arena *arena,
                             const struct aws_operation *operation,
                             struct value input, struct str *body,
                             struct aws_header headers[WIRE_HEADERS],
                             size_t *n_headers, struct err *err);

/* Reads one answer as its bytes come. What it makes lives in `arena`. */
struct wire_reader;
struct wire_reader *wire_reader_new(struct arena *arena,
                                    const struct aws_operation *operation);
void wire_reader_free(struct wire_reader *reader);
/* Bytes that are not of the format are taken and forgotten: wire_reader_end
 * tells. `status` is the HTTP status. */
void wire_reader_feed(struct wire_reader *reader, int status, struct str part);

struct wire_answer {
    bool is_error; /* by its status: `code` and `message` are set */
    /* A whole answer of status 200: what is below the OPERATIONResult element,
     * or the JSON object; a map. */
    struct value answer;
    /* The service's error, empty if the body is none (HTML, …). The message
     * is its first line, which is all that holds no part of the request. */
    struct str code, message;
    /* After a failure: "empty", "malformed" or "too large". */
    struct str problem;
};
/* Ends the answer. `error_type` is the header x-amzn-ErrorType, or empty.
 * fails  ERR_PARSE  status 200 and a body that is empty, cut, malformed or not
 *                   of the protocol
 *        ERR_LIMIT  deeper or larger than the limits */
MUST_CHECK bool wire_reader_end(struct wire_reader *reader, int status,
                                struct str error_type, struct wire_answer *out,
                                struct err *err);

/* The bare code of an error's type: "prefix#Code:http://…" is "Code". */
struct str wire_error_code(struct str type);

#endif
