/* How far the gathering is, on standard error. */
#ifndef DR_PROGRESS_H
#define DR_PROGRESS_H

#include "checker/aws/aws.h"

struct progress {
    bool is_on, is_terminal;
    int64_t shown_ms; /* monotonic, when a line was last shown */
    bool has_line;    /* a line stands on the terminal */
};

/* A terminal has one line that is written again; anything else gets a line a
 * second at most, the first after a second. */
void progress_start(struct progress *progress, bool is_on);
/* For aws_run; `owner` is the struct progress. */
void progress_tell(void *owner, const struct aws_progress *counts);
/* Takes the line off the terminal. */
void progress_end(struct progress *progress);

/* The line itself, without an end. */
void progress_line(struct buf *out, const struct aws_progress *counts);

#endif
