/* One AWS operation and all of its pages, many at a time.
 *
 * A client runs one event loop over all services and regions. Calls are
 * described by data; answers come as values. The caller's functions run on the
 * thread that runs the loop and may start further calls. */
#ifndef DR_AWS_H
#define DR_AWS_H

#include <signal.h>

#include "checker/base/err.h"
#include "checker/base/map.h"
#include "checker/base/value.h"

enum aws_protocol {
    AWS_QUERY,
    AWS_EC2,
    AWS_JSON_1_0,
    AWS_JSON_1_1,
    AWS_REST_JSON,
    AWS_REST_XML,
};

struct aws_service {
    struct str id;              /* "rds"; also in AWS_ENDPOINT_URL_RDS */
    struct str signing_name;    /* in the credential scope */
    struct str endpoint_prefix; /* of the host: PREFIX.REGION.SUFFIX */
    struct str api_version;     /* query: Version */
    struct str target_prefix;   /* JSON: X-Amz-Target is PREFIX.OPERATION */
    enum aws_protocol protocol;
};

struct aws_operation {
    const struct aws_service *service;
    struct str name; /* "DescribeDBInstances" */
    /* Paging; empty where there is none. Names of the input's token, the
     * answer's, and of a bool of the answer without which there is no more. */
    struct str input_token, output_token, more_results;
    struct str limit_key; /* input that asks for a page size, or empty */
    int64_t limit;
};

/* Why a call did not answer, in the words of coverage (design.md). */
enum aws_outcome {
    AWS_OK,
    AWS_DENIED,      /* AccessDenied, UnauthorizedOperation, … */
    AWS_THROTTLED,   /* still, after all retries */
    AWS_UNREACHABLE, /* no connection, reset, timeout, 5xx after all retries */
    AWS_BAD_ANSWER,  /* 200 with a body that is empty, cut or malformed; a
                        page token that came twice; an answer past a limit */
    AWS_REGION_OFF,  /* the region is not enabled for the account */
    AWS_REFUSED,     /* the credentials are expired, unknown or mis-signed */
    AWS_FAULT,       /* any other error of the service: its code says which */
    AWS_STOPPED,     /* the run was cancelled or timed out before it answered */
};

struct aws_failure {
    enum aws_outcome outcome;
    struct str code;    /* the service's error code, or ours: "timeout" */
    struct str message; /* for people; no secrets; may be empty */
    int status;         /* HTTP, 0 if none */
};

struct aws_call {
    const struct aws_operation *operation;
    struct str region;
    struct value input; /* VALUE_MAP of parameters, or VALUE_NONE; borrowed
                           until `done` */
    void *owner;
    /* One page, in order. XML: elements as maps (a name may repeat), text as
     * strings, below the OPERATIONResult element; JSON: as it is. `answer` and
     * `reply` are freed after the call. False: the page is not usable, which
     * ends the call as AWS_BAD_ANSWER. */
    bool (*page)(void *owner, struct value answer);
    /* Once, at the end; `failure` is NULL if all pages came. */
    void (*done)(void *owner, const struct aws_failure *failure);
};

/* ---- settings ---- */

/* A secret: never printed, wiped when released. */
struct aws_credentials {
    struct str access_key_id, secret_access_key, session_token;
    int64_t expires;    /* 0: never */
    const char *source; /* "environment", "profile 'x'" */
};

/* What the environment and ~/.aws say, read by aws_configure. */
struct aws_config {
    struct aws_credentials credentials;
    struct str region; /* of the profile or AWS_REGION; may be empty */
    struct str profile;
    struct map endpoint_urls; /* service id (or "" for all) → char *; with '_'
                                 for '-' in the id */
    /* For AWS_ENDPOINT_URL_<SERVICE>; NULL: those are not to be used. */
    const char *(*environment)(const char *name);
    struct str ca_bundle; /* path, or empty */
    int max_attempts; /* of one call; default 3 as in the CLI's standard mode */
};

/* `environment` looks a variable up (as getenv does); `profile` and
 * `endpoint_url` come from the command line, or are empty.
 * fails  ERR_DENIED  no usable credentials; the text names the places looked at
 *        ERR_INPUT   unknown profile (with the nearest), malformed file */
MUST_CHECK bool aws_configure(struct arena *arena,
                              const char *(*environment)(const char *name),
                              struct str profile, struct str endpoint_url,
                              struct aws_config *out, struct err *err);
void aws_config_wipe(struct aws_config *config);

struct aws_limits {
    unsigned max_concurrency;   /* requests at once; default 64 */
    unsigned per_service;       /* … per (region, service); default 8 */
    int64_t call_timeout_ms;    /* without a byte; default 10,000 */
    int64_t connect_timeout_ms; /* default 5,000 */
    int64_t deadline_ms;        /* of the whole run, monotonic; 0: none */
    size_t answer_bytes;        /* default 64 MiB */
};

/* Progress, as counts; called from the loop. */
struct aws_progress {
    unsigned n_started, n_done, n_retried, n_throttled;
};

struct aws_client;

struct aws_regions; /* the partitions' data, below */

/* `config` and `regions` are borrowed. */
MUST_CHECK bool aws_open(struct aws_client **out, struct arena *arena,
                         const struct aws_config *config,
                         const struct aws_regions *regions,
                         const struct aws_limits *limits, struct err *err);
void aws_close(struct aws_client *client);

/* Queues a call; it starts when aws_run does. Copies `*call`. */
void aws_start(struct aws_client *client, const struct aws_call *call);
/* Runs until no call is left. `progress` may be NULL; it is told of each
 * change. `*cancelled` (may be NULL) is looked at: set by a signal handler. */
void aws_run(struct aws_client *client,
             void (*progress)(void *owner, const struct aws_progress *),
             void *owner, const volatile sig_atomic_t *cancelled);

/* ---- regions (rules/catalogue/partitions.yaml) ---- */

MUST_CHECK bool aws_regions_load(struct arena *arena, struct aws_regions **out,
                                 struct diags *diags);
/* The partition of a known region, or empty text. */
struct str aws_partition_of(const struct aws_regions *regions,
                            struct str region);
/* Whether a known region has to be enabled in each account before it works. */
bool aws_region_is_opt_in(const struct aws_regions *regions, struct str region);
/* All region names, sorted; for suggestions and for `all`. */
const struct str *aws_region_names(const struct aws_regions *regions,
                                   size_t *n);

#endif
