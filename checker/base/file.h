/* Whole files in, and files that appear whole or not at all. */
#ifndef DR_FILE_H
#define DR_FILE_H

#include "checker/base/err.h"

/* Reads a file, or standard input for "-", into `arena` (NUL-terminated).
 * fails  ERR_IO, ERR_LIMIT past `limit` bytes */
MUST_CHECK bool file_read(struct arena *arena, const char *path, size_t limit,
                          struct str *out, struct err *err);

/* Writes to a temporary file beside `path` and renames it; "-" is standard
 * output. An old file is either replaced or untouched; a device or pipe is
 * written to, and a symbolic link stays one. Mode 0666 & ~umask, or 0600 if
 * `is_private`. */
MUST_CHECK bool file_write(const char *path, struct str text, bool is_private,
                           struct err *err);

/* The regular files below `path` whose name ends with `suffix`, sorted by
 * bytes, or `path` itself, whatever its name, if it is no directory; hidden
 * ones and symbolic links to directories are left out. At most 10,000.
 * out     array of paths, `*n` of them, in `arena` */
MUST_CHECK bool file_list(struct arena *arena, const char *path,
                          struct str suffix, const char ***out, size_t *n,
                          struct err *err);

/* Reads lines one at a time, for files too large to hold. */
struct line_reader;
MUST_CHECK bool line_reader_open(struct line_reader **out, const char *path,
                                 size_t longest, struct err *err);
/* True and the line without its end (borrowed until the next call), or false
 * at the end or on failure (`err->code` is then set, and ERR_NONE at the end).
 * `*is_cut`: the last line had no newline. */
bool line_reader_next(struct line_reader *reader, struct str *line,
                      bool *is_cut, struct err *err);
void line_reader_close(struct line_reader *reader);

#endif
