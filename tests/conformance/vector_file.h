/* What every driver of vectors does: read a file of cases, count, conclude. */
#ifndef DR_VECTOR_FILE_H
#define DR_VECTOR_FILE_H

#include <stdio.h>
#include <stdlib.h>

#include "checker/base/file.h"
#include "checker/base/json.h"

/* Reads the one argument, a JSON list of cases of at most 64 MiB, into
 * `arena`. False, after telling why on stderr: the driver ends with 2. */
MUST_CHECK static inline bool vector_file_read(struct arena *arena, int argc,
                                               char **argv, struct value *cases)
{
    static const struct json_limits limits = {.bytes = 64 * 1024 * 1024};
    struct err err = {0};
    struct str text;
    if (argc != 2) {
        fprintf(stderr, "usage: %s FILE.json\n", argv[0]);
        return false;
    }
    if (!file_read(arena, argv[1], limits.bytes, &text, &err) ||
        !json_read(arena, text, argv[1], limits, cases, &err)) {
        fprintf(stderr, "%.*s\n", STRF(err_text(arena, &err)));
        return false;
    }
    if (cases->kind != VALUE_LIST) {
        fprintf(stderr, "%s: not a list of cases\n", argv[1]);
        return false;
    }
    return true;
}

/* The closing line, and how a driver ends: no case at all is a failure. */
static inline int vector_file_end(size_t n_passed, size_t n_failed)
{
    printf("%zu passed, %zu failed\n", n_passed, n_failed);
    return n_failed == 0 && n_passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
