/* How far the gathering is, on standard error. */
#include "checker/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "checker/base/clock.h"

enum { TERMINAL_MS = 100, LINES_MS = 1000 };

void progress_start(struct progress *progress, bool is_on)
{
    *progress = (struct progress){
        .is_on = is_on,
        .is_terminal = isatty(STDERR_FILENO) == 1,
        .shown_ms = clock_monotonic_ms(),
    };
}

void progress_line(struct buf *out, const struct aws_progress *counts)
{
    buf_addf(out, "gathering: %u of %u calls done", counts->n_done,
             counts->n_started);
    if (counts->n_retried > 0)
        buf_addf(out, ", %u retried", counts->n_retried);
    if (counts->n_throttled > 0)
        buf_addf(out, ", %u throttled", counts->n_throttled);
}

void progress_tell(void *owner, const struct aws_progress *counts)
{
    struct progress *progress = owner;
    if (!progress->is_on)
        return;
    int64_t now = clock_monotonic_ms();
    int64_t pause = progress->is_terminal ? TERMINAL_MS : LINES_MS;
    if (now - progress->shown_ms < pause)
        return;
    progress->shown_ms = now;
    struct buf line = {0};
    if (progress->is_terminal)
        buf_addc(&line, '\r');
    progress_line(&line, counts);
    buf_adds(&line, progress->is_terminal ? "\033[K" : "\n");
    (void)fwrite(line.p, 1, line.n, stderr);
    (void)fflush(stderr);
    progress->has_line = progress->is_terminal;
    buf_release(&line);
}

void progress_end(struct progress *progress)
{
    if (!progress->has_line)
        return;
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
    progress->has_line = false;
}
