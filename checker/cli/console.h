/* What is said on standard error, and where output goes.
 *
 * Whatever comes from outside is escaped for a terminal. */
#ifndef DR_CONSOLE_H
#define DR_CONSOLE_H

#include "checker/base/err.h"

/* "dr-preflight: TEXT" and a line end. */
void console_say(struct str text);
void console_error(const struct err *err);
/* All mistakes of all files, with their lines, and how many there are. */
void console_diags(const struct diags *diags);

/* Writes the whole of `text` to a file, or to standard output if `path` is
 * NULL or "-". False, and said, if that fails. */
MUST_CHECK bool console_write(const char *path, struct str text);

#endif
