/* One value: what a cell holds, a file says, and an expression gives. */
#include "checker/base/value.h"

#include <assert.h>

struct value value_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}

struct value value_bool(bool b)
{
    return (struct value){.kind = VALUE_BOOL, .as.b = b};
}

struct value value_int(int64_t i)
{
    return (struct value){.kind = VALUE_INT, .as.i = i};
}

struct value value_double(double d)
{
    return (struct value){.kind = VALUE_DOUBLE, .as.d = d};
}

struct value value_str(struct str s)
{
    assert(s.n <= UINT32_MAX);
    return (struct value){.kind = VALUE_STRING,
                          .n = (uint32_t)s.n,
                          .as.s = s.p != NULL ? s.p : ""};
}

struct value value_list(const struct value *items, size_t n)
{
    assert(n <= UINT32_MAX);
    return (struct value){
        .kind = VALUE_LIST, .n = (uint32_t)n, .as.items = items};
}

struct value value_map(const struct value *pairs, size_t n)
{
    assert(n <= UINT32_MAX);
    return (struct value){
        .kind = VALUE_MAP, .n = (uint32_t)n, .as.items = pairs};
}

struct value value_absent(void)
{
    return (struct value){.kind = VALUE_ABSENT};
}

struct value value_unknown(causes why)
{
    return (struct value){.kind = VALUE_UNKNOWN, .n = why};
}

struct value value_row(const struct value_table *table, uint32_t row)
{
    return (struct value){.kind = VALUE_ROW, .n = row, .as.table = table};
}

struct str value_text(struct value v)
{
    assert(v.kind == VALUE_STRING || v.kind == VALUE_BYTES ||
           v.kind == VALUE_TYPE);
    return (struct str){v.as.s, v.n};
}

struct value value_get(struct value map, struct str key)
{
    if (map.kind != VALUE_MAP)
        return (struct value){0};
    for (uint32_t i = 0; i < map.n; i++) {
        struct value k = map.as.items[2 * i];
        if (k.kind == VALUE_STRING && str_eq(value_text(k), key))
            return map.as.items[2 * i + 1];
    }
    return (struct value){0};
}

struct value value_cell(const struct value_table *table, uint32_t row,
                        size_t field)
{
    if (field == ROW_TYPE && table->record->is_row)
        return value_str(table->record->name);
    assert(table->columns[field] != NULL);
    return table->columns[field][row];
}

bool value_is_ghost(struct value row)
{
    return row.kind == VALUE_ROW && row.n >= row.as.table->n_rows;
}

bool value_same_cell(struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    if (a.kind == VALUE_STRING)
        return str_eq(value_text(a), value_text(b));
    if (a.kind == VALUE_BOOL)
        return a.as.b == b.as.b;
    if (a.kind == VALUE_INT)
        return a.as.i == b.as.i;
    if (a.kind == VALUE_UNKNOWN)
        return a.n == b.n;
    return a.kind == VALUE_NONE || a.kind == VALUE_NULL ||
           a.kind == VALUE_ABSENT;
}

static const struct value *copy_items(struct arena *arena,
                                      const struct value *items, size_t n)
{
    if (items == NULL)
        return NULL;
    struct value *copy = ARENA_ARRAY(arena, n, struct value);
    for (size_t i = 0; i < n; i++)
        copy[i] = value_copy(arena, items[i]);
    return copy;
}

static const struct value_open *copy_open(struct arena *arena,
                                          const struct value_open *open)
{
    struct value_open *copy = ARENA_NEW(arena, struct value_open);
    uint8_t *kinds = ARENA_ARRAY(arena, open->n, uint8_t);
    causes *why = ARENA_ARRAY(arena, open->n, causes);
    for (uint32_t i = 0; i < open->n; i++) {
        kinds[i] = open->kinds[i];
        why[i] = open->why[i];
    }
    *copy =
        (struct value_open){.items = copy_items(arena, open->items, open->n),
                            .kinds = kinds,
                            .why = why,
                            .n = open->n};
    return copy;
}

static const struct value_error *copy_error(struct arena *arena,
                                            const struct value_error *error)
{
    struct value_error *copy = ARENA_NEW(arena, struct value_error);
    *copy = *error;
    copy->text = str_dup(arena, error->text);
    return copy;
}

struct value value_copy(struct arena *arena, struct value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_TYPE:
        if ((v.flags & VALUE_INTERNED) == 0)
            v.as.s = str_dup(arena, (struct str){v.as.s, v.n}).p;
        return v;
    case VALUE_LIST:
    case VALUE_STRUCT:
        v.as.items = copy_items(arena, v.as.items, v.n);
        return v;
    case VALUE_MAP:
        v.as.items = copy_items(arena, v.as.items, 2 * (size_t)v.n);
        return v;
    case VALUE_OPTIONAL:
        v.as.items = copy_items(arena, v.as.items, 1);
        return v;
    case VALUE_UNKNOWN:
        if (v.as.bounds != NULL) {
            struct value_bounds *b = ARENA_NEW(arena, struct value_bounds);
            *b = *v.as.bounds;
            v.as.bounds = b;
        }
        return v;
    case VALUE_ERROR:
        v.as.error = copy_error(arena, v.as.error);
        return v;
    case VALUE_OPEN_LIST:
        v.as.open = copy_open(arena, v.as.open);
        return v;
    case VALUE_NONE:
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE:
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
    case VALUE_ROW:
    case VALUE_NET:
    case VALUE_ABSENT:
        return v;
    }
    return v;
}
