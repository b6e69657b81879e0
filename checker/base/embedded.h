/* The files under rules/ as they were when the program was built. */
#ifndef DR_EMBEDDED_H
#define DR_EMBEDDED_H

#include "checker/base/str.h"

struct embedded {
    const char *path; /* "rules/packs/kms/x.yaml" */
    const char *text;
    const char *end;
};

/* Sorted by path. */
extern const struct embedded embedded_files[];
extern const size_t n_embedded_files;

#endif
