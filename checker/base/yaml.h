/* YAML text to a tree of nodes with their places: the only user of libyaml.
 *
 * What a scalar means is the schema's business (rule-language.md, section 1):
 * every scalar is its text. Anchors, aliases, tags, merge keys, duplicate
 * keys, several documents, UTF-16 and invalid UTF-8 are errors. */
#ifndef DR_YAML_H
#define DR_YAML_H

#include "checker/base/err.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    struct span at;  /* of its first character (of a block scalar: the | or
                        >); width of a scalar on one line, else 1 */
    struct str text; /* scalar: decoded, NUL-terminated */
    bool is_plain;   /* scalar: neither quoted nor a block */
    size_t n;        /* items of a sequence, pairs of a mapping */
    const struct yaml_node *const *items; /* sequence items, mapping values */
    const struct yaml_node *const *keys;  /* mapping: always scalars */
    /* private: where the scalar stands in the file's text */
    const struct source *source;
    size_t from, to;
    char style;
};

struct yaml_limits {
    size_t bytes; /* 0: 256 KiB */
    size_t depth; /* 0: 64 */
};

/* Reads one document; `*root` is NULL after a failure. A file that is empty
 * gives an empty mapping. Mistakes go to `diags` with their place.
 * source  must outlive the tree */
MUST_CHECK bool yaml_read(struct arena *arena, const struct source *source,
                          struct yaml_limits limits,
                          const struct yaml_node **root, struct diags *diags);

/* The value of `key` in a mapping, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping,
                                 const char *key);
/* The key's own node, or NULL. */
const struct yaml_node *yaml_key(const struct yaml_node *mapping,
                                 const char *key);

/* Where byte `offset` of a scalar's decoded text stands in the file, in
 * every style: through escapes, folded lines, indentation and CRLF. An
 * offset at the end of the text gives the place just behind it (of a block:
 * behind its last character that is no line break). `width` counts characters
 * of the decoded text; the span has those of the file, on its line only. */
struct span yaml_place(const struct yaml_node *scalar, size_t offset,
                       unsigned width);

#endif
