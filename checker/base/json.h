/* JSON text to values and back: the only user of jansson. */
#ifndef DR_JSON_H
#define DR_JSON_H

#include "checker/base/err.h"
#include "checker/base/value.h"

struct json_limits {
    size_t bytes; /* of the text; 0: 256 MiB */
    size_t depth; /* of nesting; 0: 512 */
};

/* Reads one JSON text (RFC 8259; any value at the top, duplicate keys and
 * invalid UTF-8 are errors). Objects become VALUE_MAP with string keys in file
 * order, integers VALUE_INT, other numbers VALUE_DOUBLE.
 * name   what to call the text in an error: a path, or NULL
 * fails  ERR_PARSE with line and column, ERR_LIMIT */
MUST_CHECK bool json_read(struct arena *arena, struct str text,
                          const char *name, struct json_limits limits,
                          struct value *out, struct err *err);

/* Appends a JSON string with its quotes: control characters, quotes,
 * backslash and U+2028/9 escaped, invalid UTF-8 as U+FFFD. */
void json_quote(struct buf *out, struct str s);
/* Appends a number that reads back as the same double (shortest form); NaN
 * and infinities as null. */
void json_double(struct buf *out, double d);

/* A writer that places commas, colons and indentation. `indent` 0: one line.
 * Start with {.out = buf, .indent = 2}. */
struct json_writer {
    struct buf *out;
    unsigned indent;
    bool is_compact;   /* with indent 0: no blanks at all */
    unsigned depth;    /* private */
    bool has_item;     /* private */
    bool is_after_key; /* private */
};

void json_open(struct json_writer *w, char bracket);  /* '{' or '[' */
void json_close(struct json_writer *w, char bracket); /* '}' or ']' */
void json_key(struct json_writer *w, const char *key);
void json_key_str(struct json_writer *w, struct str key);
void json_str(struct json_writer *w, struct str s);
void json_int(struct json_writer *w, int64_t i);
void json_bool(struct json_writer *w, bool b);
void json_nil(struct json_writer *w); /* null; jansson has json_null */
/* A whole value: scalars, lists, maps; timestamps and durations as CEL's
 * string() writes them, bytes in base64; a row as its id, a row of
 * facts as an object; unknowns as
 * {"$unknown": CAUSE} with the causes joined by "; " (`table`, or NULL, gives
 * their texts), errors as {"$error": TEXT}; absent is null.
 * type  names the fields of structs, absent ones are left out; NULL if none */
void json_value(struct json_writer *w, struct value v, const struct type *type,
                const struct causes_table *table);

#endif
