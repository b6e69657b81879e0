/* Who signs: the places that credentials come from, in the CLI's order.
 *
 * The table of providers is in creds.c; a new place is a row there. */
#ifndef DR_CREDS_H
#define DR_CREDS_H

#include "checker/aws/profile.h"

/* What providers look at. */
struct creds_request {
    const char *(*environment)(const char *name);
    const struct profile_files *files;
    struct str profile;
    bool is_profile_chosen; /* on the command line: the environment's keys are
                               then not looked at, as in the CLI */
};

enum creds_result {
    CREDS_FOUND,
    CREDS_NONE,   /* nothing here: the next provider is asked */
    CREDS_FAILED, /* something that cannot be used: nothing else is tried */
};

struct creds_provider {
    const char *name; /* for the message that names the places looked at */
    enum creds_result (*find)(struct arena *arena,
                              const struct creds_request *request,
                              struct aws_credentials *out, struct err *err);
};

/* The credentials of the first provider that has some.
 * fails  ERR_DENIED */
MUST_CHECK bool creds_find(struct arena *arena,
                           const struct creds_request *request,
                           struct aws_credentials *out, struct err *err);

#endif
