/* The types that values have, as the catalogue, facts and CEL name them. */
#include "checker/base/type.h"

const struct type type_null = {.kind = TYPE_NULL};
const struct type type_bool = {.kind = TYPE_BOOL};
const struct type type_int = {.kind = TYPE_INT};
const struct type type_uint = {.kind = TYPE_UINT};
const struct type type_double = {.kind = TYPE_DOUBLE};
const struct type type_string = {.kind = TYPE_STRING};
const struct type type_bytes = {.kind = TYPE_BYTES};
const struct type type_timestamp = {.kind = TYPE_TIMESTAMP};
const struct type type_duration = {.kind = TYPE_DURATION};
const struct type type_dyn = {.kind = TYPE_DYN};
const struct type type_error = {.kind = TYPE_ERROR};
const struct type type_date = {.kind = TYPE_STRING, .form = FORM_DATE};
const struct type type_version = {.kind = TYPE_STRING, .form = FORM_VERSION};
const struct type type_arn = {.kind = TYPE_STRING, .form = FORM_ARN};

static const struct type *type_of_item(struct arena *arena, enum type_kind kind,
                                       const struct type *item)
{
    struct type *type = ARENA_NEW(arena, struct type);
    type->kind = kind;
    type->item = item;
    return type;
}

const struct type *type_list(struct arena *arena, const struct type *item)
{
    return type_of_item(arena, TYPE_LIST, item);
}

const struct type *type_optional(struct arena *arena, const struct type *item)
{
    return type_of_item(arena, TYPE_OPTIONAL, item);
}

const struct type *type_map(struct arena *arena, const struct type *key,
                            const struct type *item)
{
    struct type *type = ARENA_NEW(arena, struct type);
    type->kind = TYPE_MAP;
    type->key = key;
    type->item = item;
    return type;
}

const struct type *type_record(struct arena *arena, const struct record *record)
{
    struct type *type = ARENA_NEW(arena, struct type);
    type->kind = TYPE_RECORD;
    type->record = record;
    return type;
}

size_t record_find(const struct record *record, struct str name)
{
    for (size_t i = 0; i < record->n_fields; i++)
        if (str_eq(record->fields[i].name, name))
            return i;
    return SIZE_MAX;
}

bool type_same(const struct type *a, const struct type *b)
{
    if (a == b)
        return true;
    if (a == NULL || b == NULL || a->kind != b->kind)
        return false;
    if (a->kind == TYPE_RECORD)
        return a->record == b->record;
    return str_eq(a->kind == TYPE_STRING ? (struct str){0} : a->name,
                  b->kind == TYPE_STRING ? (struct str){0} : b->name) &&
           type_same(a->key, b->key) && type_same(a->item, b->item);
}

static const char *const kind_names[] = {
    [TYPE_NULL] = "null",         [TYPE_BOOL] = "bool",
    [TYPE_INT] = "int",           [TYPE_UINT] = "uint",
    [TYPE_DOUBLE] = "double",     [TYPE_STRING] = "string",
    [TYPE_BYTES] = "bytes",       [TYPE_TIMESTAMP] = "timestamp",
    [TYPE_DURATION] = "duration", [TYPE_LIST] = "list",
    [TYPE_MAP] = "map",           [TYPE_RECORD] = "record",
    [TYPE_OPTIONAL] = "optional", [TYPE_TYPE] = "type",
    [TYPE_DYN] = "dyn",           [TYPE_PARAM] = "parameter",
    [TYPE_ABSTRACT] = "abstract", [TYPE_WRAPPER] = "wrapper",
    [TYPE_ERROR] = "error",
};

void type_print(struct buf *out, const struct type *type)
{
    if (type->kind == TYPE_RECORD)
        buf_add(out, type->record->name);
    else if (type->kind == TYPE_PARAM || type->kind == TYPE_ABSTRACT)
        buf_add(out, type->name);
    else
        buf_adds(out, kind_names[type->kind]);
    if (type->item == NULL)
        return;
    buf_addc(out, '(');
    if (type->key != NULL) {
        type_print(out, type->key);
        buf_adds(out, ", ");
    }
    type_print(out, type->item);
    buf_addc(out, ')');
}
