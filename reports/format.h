/* What a report format is. */
#ifndef DR_FORMAT_H
#define DR_FORMAT_H

#include "checker/base/err.h"
#include "checker/engine/findings.h"

struct format_options {
    bool has_color;
    unsigned width; /* columns of the terminal; 0: 80 */
    bool is_verbose;
};

struct format {
    const char *name, *media_type, *help;
    /* Appends the whole report. */
    void (*write)(struct buf *out, const struct findings *findings,
                  const struct format_options *options);
};

#endif
