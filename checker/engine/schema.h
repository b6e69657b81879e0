/* Strict reading of the YAML files under rules/: keys and typed scalars.
 *
 * Scalars are read by what is wanted, not by YAML's guessing (rule-language.md,
 * section 1). Every mistake becomes a diagnostic at its place. */
#ifndef DR_SCHEMA_H
#define DR_SCHEMA_H

#include "checker/base/value.h"
#include "checker/base/yaml.h"

/* One file that is being read. */
struct schema {
    struct arena *arena;
    const struct source *source;
    struct diags *diags;
    const struct yaml_node *root;
    /* Rules that come as JSON: header keys, descriptions, messages and the keys
     * of tables may be missing, ids are any text. */
    bool is_lenient;
    bool is_linted; /* warnings are wanted, too */
};

/* An error at a node (at 1:1 for the root). Returns false. */
bool schema_error(const struct schema *s, const struct yaml_node *node,
                  const char *format, ...) PRINTF_LIKE(3, 4);
bool schema_error_hint(const struct schema *s, const struct yaml_node *node,
                       struct str hint, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Whether the node is of that kind; an error if not. NULL is no error. */
bool schema_is_mapping(const struct schema *s, const struct yaml_node *node);
bool schema_is_sequence(const struct schema *s, const struct yaml_node *node);
bool schema_is_scalar(const struct schema *s, const struct yaml_node *node);

/* Errors for each key of a mapping that is not in the list.
 * where  "rule", "lookup", …: as in "unknown key 'K' in rule"
 * keys   ends with NULL */
void schema_keys(const struct schema *s, const struct yaml_node *mapping,
                 const char *where, const char *const *keys);
/* The value of a key that must be there; NULL and an error if it is not. */
const struct yaml_node *schema_need(const struct schema *s,
                                    const struct yaml_node *mapping,
                                    const char *key, const char *where);

/* A scalar in one of the schema's forms; false and an error otherwise. */
bool schema_text(const struct schema *s, const struct yaml_node *node,
                 struct str *out);
bool schema_int(const struct schema *s, const struct yaml_node *node,
                int64_t *out);
bool schema_bool(const struct schema *s, const struct yaml_node *node,
                 bool *out);
bool schema_date(const struct schema *s, const struct yaml_node *node,
                 struct str *out);
/* The number of a word in a list that ends with NULL. */
bool schema_choice(const struct schema *s, const struct yaml_node *node,
                   const char *const *words, size_t *out);
/* [a-z][a-z0-9_]*, or with '-' for '_'. */
bool schema_is_name(struct str s, char joiner);

/* A value of a type: scalars by its kind and form, lists, maps and structs
 * nested, `{$unknown: CAUSE}` if `table` is not NULL. Null where `field` says
 * that it may be. */
bool schema_value(const struct schema *s, const struct yaml_node *node,
                  const struct type *type, bool is_nullable,
                  struct causes_table *table, struct value *out);
/* The types of facts and parameters by name: bool, int, string, version,
 * date, duration, list(string); NULL if it is none of them. */
const struct type *schema_type(struct str name);

#endif
