/* The types that values have, as the catalogue, facts and CEL name them.
 *
 * Types are immutable and live as long as the arena in which they were made.
 * Two types are the same if type_same says so, not if their pointers are. */
#ifndef DR_TYPE_H
#define DR_TYPE_H

#include "checker/base/str.h"

enum type_kind {
    TYPE_NULL,
    TYPE_BOOL,
    TYPE_INT,
    TYPE_UINT,
    TYPE_DOUBLE,
    TYPE_STRING,
    TYPE_BYTES,
    TYPE_TIMESTAMP,
    TYPE_DURATION,
    TYPE_LIST,     /* of `item` */
    TYPE_MAP,      /* from `key` to `item` */
    TYPE_RECORD,   /* a row or a struct: `record` */
    TYPE_OPTIONAL, /* of `item` */
    /* The rest occurs in CEL only. */
    TYPE_TYPE, /* of `item`, or of anything if that is NULL */
    TYPE_DYN,
    TYPE_PARAM,    /* a type parameter, `name` */
    TYPE_ABSTRACT, /* another type that has only a name: net.IP */
    TYPE_WRAPPER,  /* of `item`: that or null, as protobuf's wrappers */
    TYPE_ERROR,    /* what an ill-typed expression has; fits everywhere */
};

/* What a string is a form of. It is a string in CEL all the same. */
enum type_form { FORM_TEXT, FORM_DATE, FORM_VERSION, FORM_ARN, FORM_ENUM };

struct type {
    enum type_kind kind;
    enum type_form form; /* of TYPE_STRING */
    bool is_open;        /* FORM_ENUM: other values may come at run time */
    bool is_lookup_list; /* a list of rows that a lookup made: no positions */
    const struct type *key, *item;
    const struct record *record;
    const struct str *values; /* FORM_ENUM */
    size_t n_values;
    struct str name; /* TYPE_PARAM, TYPE_ABSTRACT; FORM_ENUM: "TYPE.FIELD" */
};

struct field {
    struct str name;
    const struct type *type;
    bool is_optional; /* may be absent */
    bool is_nullable; /* may be null */
};

/* The shape of a row or a struct. */
struct record {
    struct str name; /* AWS::KMS::Key, dr.copy; of a struct: TYPE.FIELD */
    const struct field *fields;
    size_t n_fields;
    bool is_row; /* its first fields are then those of enum row_field */
};

/* Every row begins with these fields, in this order, all known strings. */
enum row_field { ROW_ID, ROW_ACCOUNT, ROW_REGION, ROW_TYPE, ROW_FIELDS };

/* Simple types, of which one is enough. */
extern const struct type type_null, type_bool, type_int, type_uint, type_double,
    type_string, type_bytes, type_timestamp, type_duration, type_dyn,
    type_error, type_date, type_version, type_arn;

const struct type *type_list(struct arena *arena, const struct type *item);
const struct type *type_map(struct arena *arena, const struct type *key,
                            const struct type *item);
const struct type *type_optional(struct arena *arena, const struct type *item);
const struct type *type_record(struct arena *arena,
                               const struct record *record);

/* The number of a field, or SIZE_MAX. */
size_t record_find(const struct record *record, struct str name);

/* The same type, forms of strings apart (an ARN is a string). */
bool type_same(const struct type *a, const struct type *b);
/* As CEL writes it: list(string), map(string, int), the record's name. */
void type_print(struct buf *out, const struct type *type);

#endif
