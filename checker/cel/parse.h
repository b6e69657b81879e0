/* Tokens to a tree, with the macros opened. */
#ifndef DR_PARSE_H
#define DR_PARSE_H

#include "checker/cel/ast.h"
#include "checker/cel/cel.h"

/* Reads the whole expression in ast->text into `ast` (arena and text are set).
 * False after the first mistake, which is added to `issues`. */
MUST_CHECK bool parse_expression(struct cel_ast *ast,
                                 struct cel_issues *issues);

/* Adds a mistake; the text is made in the issues' arena. */
void issue_add(struct cel_issues *issues, size_t offset, size_t width,
               struct str hint, const char *format, ...) PRINTF_LIKE(5, 6);

#endif
