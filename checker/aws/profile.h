/* The files ~/.aws/config and ~/.aws/credentials, and the profile in use.
 *
 * Texts borrow the files' bytes, secrets too: profile_files_wipe overwrites
 * them, after which no text of a profile may be used. */
#ifndef DR_PROFILE_H
#define DR_PROFILE_H

#include "checker/aws/aws.h"

enum { PROFILE_FILE_BYTES = 1 << 20, PROFILE_LINES = 100000 };

/* One setting. What is indented below `services`' or another key without a
 * value has the name "KEY.NAME". */
struct profile_setting {
    struct str key, value;
    struct span at;
};

/* A section: its kind is "profile" (of [default] and of every section of the
 * credentials file, too), "services", "sso-session", … */
struct profile_section {
    struct str kind, name;
    struct profile_setting *settings;
    size_t n, capacity;
    bool is_secret; /* of the credentials file */
};

struct profile_file {
    const char *path; /* as it was looked for */
    bool is_there;
    struct str text;
    struct profile_section *sections;
    size_t n, capacity;
};

struct profile_files {
    struct profile_file config, credentials;
};

/* Reads the text of a file; `is_credentials` as its sections' names have no
 * kind. Blanks around '=' are dropped, comments begin with '#' or ';' at a
 * line's start or behind a blank.
 * fails  ERR_INPUT with file and line */
MUST_CHECK bool profile_parse(struct arena *arena, const char *path,
                              struct str text, bool is_credentials,
                              struct profile_file *out, struct err *err);

/* Finds and reads both files (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, or
 * below HOME). One that does not exist is empty.
 * fails  ERR_INPUT, ERR_IO, ERR_LIMIT */
MUST_CHECK bool profile_files_read(struct arena *arena,
                                   const char *(*environment)(const char *),
                                   struct profile_files *out, struct err *err);
void profile_files_wipe(struct profile_files *files);

/* The section of that kind and name, or NULL. */
const struct profile_section *profile_find(const struct profile_file *file,
                                           const char *kind, struct str name);
/* A setting that is not empty, or NULL; of several the last. */
const struct profile_setting *profile_get(const struct profile_section *section,
                                          const char *key);

/* The names of all profiles of both files. */
struct str *profile_names(struct arena *arena,
                          const struct profile_files *files, size_t *n);

/* A variable that is set and not empty, or NULL. */
const char *profile_variable(const char *(*environment)(const char *),
                             const char *name);

#endif
