/* What failed and where: the error of a call, and the diagnostics of a file.
 *
 * Two shapes. A call that can fail returns bool and takes `struct err *err`
 * last; what reads a file reports all of its mistakes to a `struct diags`. */
#ifndef DR_ERR_H
#define DR_ERR_H

#include "checker/base/str.h"

/* A place in a file. Lines and columns count from 1, columns in characters of
 * the line; 0 is "not known". `width` is in characters, for the caret. */
struct span {
    const char *file;
    unsigned line, col, width;
};

enum err_code {
    ERR_NONE,
    ERR_USAGE,  /* the command line or the configuration */
    ERR_INPUT,  /* a file, rule, plan or argument that is wrong */
    ERR_PARSE,  /* text that is not of its format */
    ERR_DENIED, /* credentials missing or refused */
    ERR_NET,    /* no answer, or no usable one */
    ERR_LIMIT,  /* larger or deeper than the stated limit */
    ERR_IO,     /* a file that cannot be read or written */
};

enum { ERR_LINES = 8, ERR_WIDTH = 320 };

/* Lives on the caller's stack and allocates nothing. Untouched on success. */
struct err {
    enum err_code code;
    struct span at;
    unsigned depth; /* lines used; line[0] is the cause */
    char line[ERR_LINES][ERR_WIDTH];
};

/* The cause. Returns false, so that `return err_set(…)` ends a function.
 * Text: lower case, no full stop, the subject in 'single quotes'. */
bool err_set(struct err *err, enum err_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);
bool err_set_at(struct err *err, enum err_code code, struct span at,
                const char *format, ...) PRINTF_LIKE(4, 5);
/* One more line of context around the cause; returns false. */
bool err_add(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* The whole text, outermost first, joined by ": ", with file:line:col first
 * where the place is known. */
struct str err_text(struct arena *arena, const struct err *err);

/* A file's text, kept for the line that a diagnostic shows. */
struct source {
    const char *path; /* as the user named it */
    struct str text;
};

enum diag_level { DIAG_ERROR, DIAG_WARNING };

struct diag {
    enum diag_level level;
    const struct source *source; /* NULL: no file */
    struct span at;
    struct str text; /* without a full stop */
    struct str hint; /* "did you mean …", "use …", or empty */
};

enum { DIAGS_PER_FILE = 20 };

/* The diagnostics of all files, in the order in which they were found. Past
 * DIAGS_PER_FILE errors of one file further ones are counted, not kept. */
struct diags {
    struct arena *arena;
    struct diag *items;
    size_t n, capacity;
    size_t n_errors, n_dropped;
};

/* Adds one; text and hint are copied. Returns false. */
bool diag_add(struct diags *diags, enum diag_level level,
              const struct source *source, struct span at, struct str hint,
              const char *format, ...) PRINTF_LIKE(6, 7);

/* Prints all of them to `out`, sorted by file (in the order first seen), line
 * and column, in the form of rule-language.md, section 7:
 *
 *     FILE:LINE:COL: error: TEXT
 *        LINE | the line
 *             |     ^~~~ HINT
 *
 * Control characters of the line are shown as '?', tabs as one blank. A line
 * is cut to the part around the caret when it is long. */
void diags_print(struct buf *out, const struct diags *diags);

/* The candidate nearest to `word`: Damerau-Levenshtein distance (optimal
 * string alignment) at most 2 or a third of the word's length rounded down,
 * whichever is larger; ties go to the first by name. Empty text if none. */
struct str nearest(struct str word, const struct str *candidates, size_t n);
/* "did you mean 'X'?" for that, in `arena`, or empty text. */
struct str did_you_mean(struct arena *arena, struct str word,
                        const struct str *candidates, size_t n);

#endif
