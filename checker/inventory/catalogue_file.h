/* What the parts of the catalogue's reader share; of no use outside it. */
#ifndef DR_CATALOGUE_FILE_H
#define DR_CATALOGUE_FILE_H

#include "checker/base/yaml.h"
#include "checker/inventory/catalogue.h"

/* A call or a type whose references to others are still to be resolved. */
struct catalogue_draft {
    const struct aws_service *service; /* of its file; NULL: none */
    const struct yaml_node *key, *node;
    struct catalogue_call *call; /* one of the two */
    struct catalogue_type *type;
};

struct catalogue_reader {
    struct arena *arena;
    struct catalogue *catalogue;
    struct diags *diags;
    struct catalogue_draft *drafts;
    size_t n_drafts, capacity;
};

/* A mistake at a node; returns false. */
bool catalogue_fault(struct catalogue_reader *reader,
                     const struct yaml_node *at, struct str hint,
                     const char *format, ...) PRINTF_LIKE(4, 5);
/* The node is a mapping that has only these keys; `what` it is, for the
 * message: "unknown key 'K' in WHAT". */
bool catalogue_keys(struct catalogue_reader *reader,
                    const struct yaml_node *node, const char *what,
                    const struct str *keys, size_t n);
/* The text, bool or number of a key; the default that `*out` holds stays if
 * the key is missing. False: it is there and malformed. */
bool catalogue_text(struct catalogue_reader *reader,
                    const struct yaml_node *node, const char *key,
                    struct str *out);
bool catalogue_bool(struct catalogue_reader *reader,
                    const struct yaml_node *node, const char *key, bool *out);
bool catalogue_int(struct catalogue_reader *reader,
                   const struct yaml_node *node, const char *key, int64_t *out);
/* A list of texts. */
bool catalogue_texts(struct catalogue_reader *reader,
                     const struct yaml_node *node, const struct str **out,
                     size_t *n);
/* The call that `name` means in a file of that service: "kms:ListKeys", or
 * "ListKeys" of the file's own. Reports an unknown one and returns NULL. */
struct catalogue_call *catalogue_call_of(struct catalogue_reader *reader,
                                         const struct aws_service *service,
                                         const struct yaml_node *name);

/* Reads a file's service and calls, and drafts them and its types. */
void catalogue_read_file(struct catalogue_reader *reader,
                         const struct yaml_node *root);
/* The fields of a drafted type, and what it says of itself. */
void catalogue_read_type(struct catalogue_reader *reader,
                         const struct catalogue_draft *draft);
/* The parent and inputs of a drafted call; after all types. */
void catalogue_read_inputs(struct catalogue_reader *reader,
                           const struct catalogue_draft *draft);

#endif
