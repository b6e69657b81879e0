/* Values of answers and files, read as what the catalogue says they are. */
#include <math.h>
#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/inventory/inventory.h"

/* How a source writes values. */
struct dialect {
    struct inventory *inventory;
    bool is_snapshot; /* {"$unknown": …} is no value; no XML wrappers */
};

/* First and last second of the years 1 to 9999. */
static const int64_t timestamp_min = -62135596800;
static const int64_t timestamp_max = 253402300799;

static struct value read_type(const struct dialect *d, const struct type *type,
                              struct value raw);
static struct value read_field(const struct dialect *d,
                               const struct field *field, struct value raw);

static struct value bad(const struct dialect *d, struct str what)
{
    struct str text =
        str_fmt(d->inventory->arena, "bad value: %.*s", STRF(what));
    return value_unknown(causes_of(d->inventory->causes, text));
}

/* At most 40 bytes of a text, cut between characters. */
static struct str shortened(struct str s)
{
    size_t at = 0, end = 0;
    while (at < s.n && at < 40) {
        end = at;
        utf8_next(s, &at);
    }
    return at <= 40 ? str_sub(s, 0, at) : str_sub(s, 0, end);
}

static struct value misfit(const struct dialect *d, struct value raw,
                           const char *want)
{
    static const char *const kinds[] = {
        [VALUE_NULL] = "null",    [VALUE_BOOL] = "a bool",
        [VALUE_INT] = "a number", [VALUE_DOUBLE] = "a number",
        [VALUE_LIST] = "a list",  [VALUE_MAP] = "an object",
    };
    struct arena *arena = d->inventory->arena;
    if (raw.kind == VALUE_STRING) {
        struct str text = value_text(raw), cut = shortened(text);
        return bad(d, str_fmt(arena, "'%.*s%s' is no %s", STRF(cut),
                              cut.n < text.n ? "…" : "", want));
    }
    const char *kind = raw.kind < N_ITEMS(kinds) ? kinds[raw.kind] : NULL;
    return bad(
        d, str_fmt(arena, "%s is no %s", kind != NULL ? kind : "this", want));
}

/* ---- scalars ---- */

static struct value text_of(const struct dialect *d, struct str s)
{
    struct value v = value_str(intern(&d->inventory->interns, s));
    v.flags = VALUE_INTERNED;
    return v;
}

static struct value read_bool(const struct dialect *d, struct value raw)
{
    if (raw.kind == VALUE_BOOL)
        return raw;
    if (raw.kind == VALUE_STRING && str_is(value_text(raw), "true"))
        return value_bool(true);
    if (raw.kind == VALUE_STRING && str_is(value_text(raw), "false"))
        return value_bool(false);
    return misfit(d, raw, "bool");
}

/* A double that is a whole number in the range of int64 becomes one. */
static bool whole(double x, int64_t *out)
{
    if (!(x >= -9223372036854775808.0 && x < 9223372036854775808.0) ||
        floor(x) != x)
        return false;
    *out = (int64_t)x;
    return true;
}

static struct value read_int(const struct dialect *d, struct value raw)
{
    int64_t i;
    if (raw.kind == VALUE_INT)
        return raw;
    if (raw.kind == VALUE_DOUBLE && whole(raw.as.d, &i))
        return value_int(i);
    if (raw.kind == VALUE_STRING && str_to_int(value_text(raw), &i))
        return value_int(i);
    return misfit(d, raw, "int");
}

/* A decimal number as JSON and XML write it, without blanks, hexadecimal
 * digits, or the names of infinity, all of which strtod would take. */
static bool text_to_double(struct arena *arena, struct str s, double *out)
{
    if (s.n == 0 || s.n > 64)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '-' && s.p[i] != '+' &&
            s.p[i] != '.' && s.p[i] != 'e' && s.p[i] != 'E')
            return false;
    char *text = str_cstr(arena, s), *end = NULL;
    double x = strtod(text, &end);
    if (end != text + s.n || !isfinite(x))
        return false;
    *out = x;
    return true;
}

static struct value read_double(const struct dialect *d, struct value raw)
{
    double x;
    if (raw.kind == VALUE_DOUBLE && isfinite(raw.as.d))
        return raw;
    if (raw.kind == VALUE_INT)
        return value_double((double)raw.as.i);
    if (raw.kind == VALUE_STRING &&
        text_to_double(d->inventory->arena, value_text(raw), &x))
        return value_double(x);
    return misfit(d, raw, "double");
}

/* RFC 3339, or seconds since 1970 as JSON services write them. Fractions are
 * dropped, so that a snapshot says the same. */
static struct value read_timestamp(const struct dialect *d, struct value raw)
{
    struct value v = {.kind = VALUE_TIMESTAMP};
    bool is_good = false;
    if (raw.kind == VALUE_STRING) {
        is_good = timestamp_read(value_text(raw), &v.as.i);
    } else if (raw.kind == VALUE_INT) {
        v.as.i = raw.as.i;
        is_good = true;
    } else if (raw.kind == VALUE_DOUBLE) {
        is_good = whole(floor(raw.as.d), &v.as.i);
    }
    if (!is_good || v.as.i < timestamp_min || v.as.i > timestamp_max)
        return misfit(d, raw, "timestamp");
    return v;
}

/* Whole seconds: a number, or "90s". */
static struct value read_duration(const struct dialect *d, struct value raw)
{
    struct value v = {.kind = VALUE_DURATION};
    if (raw.kind == VALUE_INT) {
        v.as.i = raw.as.i;
        return v;
    }
    if (raw.kind == VALUE_STRING && str_ends(value_text(raw), STR("s"))) {
        struct str text = value_text(raw);
        if (str_to_int(str_sub(text, 0, text.n - 1), &v.as.i))
            return v;
    }
    return misfit(d, raw, "duration");
}

static bool has_digit(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            return true;
    return false;
}

static bool is_value_of(const struct type *type, struct str s)
{
    for (size_t i = 0; i < type->n_values; i++)
        if (str_eq(type->values[i], s))
            return true;
    return type->is_open && s.n > 0;
}

static struct value read_string(const struct dialect *d,
                                const struct type *type, struct value raw)
{
    static const char *const names[] = {
        [FORM_TEXT] = "string",
        [FORM_DATE] = "date",
        [FORM_VERSION] = "version",
        [FORM_ARN] = "ARN",
        [FORM_ENUM] = "value of the enum",
    };
    if (raw.kind != VALUE_STRING)
        return misfit(d, raw, names[type->form]);
    struct str s = value_text(raw);
    int64_t seconds;
    bool fits = true;
    switch (type->form) {
    case FORM_TEXT:
        break;
    case FORM_DATE:
        fits = date_read(s, &seconds);
        break;
    case FORM_VERSION:
        fits = has_digit(s);
        break;
    case FORM_ARN:
        /* Services put ids and aliases where ARNs belong; rules tell them
         * apart (arn.isValid), so any text but none is one. */
        fits = s.n > 0;
        break;
    case FORM_ENUM:
        fits = is_value_of(type, s);
        break;
    }
    return fits ? text_of(d, s) : misfit(d, raw, names[type->form]);
}

/* ---- lists, maps and structs ---- */

/* The items of an XML wrapper, <Items><Item>…</Item></Items>: all of one
 * name. */
static bool is_wrapper(struct value raw)
{
    for (uint32_t i = 0; i < raw.n; i++) {
        struct value name = raw.as.items[2 * i];
        if (name.kind != VALUE_STRING ||
            !str_eq(value_text(name), value_text(raw.as.items[0])))
            return false;
    }
    return true;
}

static bool is_empty_element(const struct dialect *d, struct value raw)
{
    return !d->is_snapshot && raw.kind == VALUE_STRING && raw.n == 0;
}

static struct value read_list(const struct dialect *d, const struct type *type,
                              struct value raw)
{
    if (raw.kind == VALUE_NONE || is_empty_element(d, raw))
        return value_list(NULL, 0);
    size_t step = 1;
    if (raw.kind == VALUE_MAP && !d->is_snapshot && is_wrapper(raw))
        step = 2;
    else if (raw.kind != VALUE_LIST)
        return misfit(d, raw, "list");
    struct value *items = ARENA_ARRAY(d->inventory->arena, raw.n, struct value);
    for (uint32_t i = 0; i < raw.n; i++)
        items[i] = read_type(d, type->item, raw.as.items[step * i + step - 1]);
    return value_list(items, raw.n);
}

/* A snapshot writes a key that begins with '$' with one more of them, so that
 * no key of the data looks like one of the format's. */
static struct str map_key(const struct dialect *d, struct str key)
{
    return d->is_snapshot && str_starts(key, STR("$$")) ? str_sub(key, 1, key.n)
                                                        : key;
}

static struct value read_map(const struct dialect *d, const struct type *type,
                             struct value raw)
{
    if (raw.kind == VALUE_NONE || is_empty_element(d, raw))
        return value_map(NULL, 0);
    if (raw.kind != VALUE_MAP)
        return misfit(d, raw, "map");
    struct value *pairs =
        ARENA_ARRAY(d->inventory->arena, 2 * (size_t)raw.n, struct value);
    for (uint32_t i = 0; i < raw.n; i++) {
        struct value key = raw.as.items[2 * i];
        if (key.kind != VALUE_STRING)
            return misfit(d, raw, "map");
        pairs[2 * i] = text_of(d, map_key(d, value_text(key)));
        pairs[2 * i + 1] = read_type(d, type->item, raw.as.items[2 * i + 1]);
    }
    return value_map(pairs, raw.n);
}

static struct value read_struct(const struct dialect *d,
                                const struct type *type, struct value raw)
{
    if (is_empty_element(d, raw))
        raw = value_map(NULL, 0);
    if (raw.kind != VALUE_MAP)
        return misfit(d, raw, "object");
    const struct record *record = type->record;
    struct value *cells =
        ARENA_ARRAY(d->inventory->arena, record->n_fields, struct value);
    for (size_t i = 0; i < record->n_fields; i++)
        cells[i] = read_field(d, &record->fields[i],
                              value_get(raw, record->fields[i].name));
    return (struct value){.kind = VALUE_STRUCT,
                          .n = (uint32_t)record->n_fields,
                          .as.items = cells};
}

/* ---- unknown and absent, as a snapshot writes them ---- */

/* The value of the one key of {"$unknown": …} or the like, or VALUE_NONE. */
static struct value marked(const struct dialect *d, struct value raw,
                           struct str mark)
{
    if (!d->is_snapshot || raw.kind != VALUE_MAP || raw.n != 1)
        return (struct value){0};
    return value_get(raw, mark);
}

static struct value read_unknown(const struct dialect *d, struct value why)
{
    struct causes_table *table = d->inventory->causes;
    if (why.kind == VALUE_STRING && why.n > 0)
        return value_unknown(causes_of(table, value_text(why)));
    causes all = 0;
    for (uint32_t i = 0; why.kind == VALUE_LIST && i < why.n; i++)
        if (why.as.items[i].kind == VALUE_STRING)
            all = causes_union(table, all,
                               causes_of(table, value_text(why.as.items[i])));
    return all != 0 ? value_unknown(all) : bad(d, STR("unknown, no cause"));
}

/* The depth is that of the type, which the catalogue's reader limits. */
static struct value read_type(const struct dialect *d, const struct type *type,
                              struct value raw)
{
    struct value why = marked(d, raw, STR("$unknown"));
    if (why.kind != VALUE_NONE)
        return read_unknown(d, why);
    if (type->kind == TYPE_BOOL)
        return read_bool(d, raw);
    if (type->kind == TYPE_INT)
        return read_int(d, raw);
    if (type->kind == TYPE_DOUBLE)
        return read_double(d, raw);
    if (type->kind == TYPE_TIMESTAMP)
        return read_timestamp(d, raw);
    if (type->kind == TYPE_DURATION)
        return read_duration(d, raw);
    if (type->kind == TYPE_LIST)
        return read_list(d, type, raw);
    if (type->kind == TYPE_MAP)
        return read_map(d, type, raw);
    if (type->kind == TYPE_RECORD)
        return read_struct(d, type, raw);
    return read_string(d, type, raw);
}

static bool is_container(const struct type *type)
{
    return type->kind == TYPE_LIST || type->kind == TYPE_MAP;
}

static struct value read_field(const struct dialect *d,
                               const struct field *field, struct value raw)
{
    if (marked(d, raw, STR("$absent")).kind != VALUE_NONE)
        return field->is_optional ? value_absent() : bad(d, STR("missing"));
    if (raw.kind == VALUE_NULL && field->is_nullable)
        return raw;
    /* A JSON service that writes null means that there is nothing. */
    if (raw.kind == VALUE_NULL)
        raw = (struct value){0};
    if (raw.kind != VALUE_NONE)
        return read_type(d, field->type, raw);
    if (is_container(field->type))
        return read_type(d, field->type, raw);
    return field->is_optional ? value_absent() : bad(d, STR("missing"));
}

struct value inventory_normalise(struct inventory *inventory,
                                 const struct field *field, struct value raw)
{
    struct dialect d = {.inventory = inventory};
    return read_field(&d, field, raw);
}

struct value inventory_restore(struct inventory *inventory,
                               const struct field *field, struct value raw)
{
    struct dialect d = {.inventory = inventory, .is_snapshot = true};
    return read_field(&d, field, raw);
}
