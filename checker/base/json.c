/* JSON text to values and back: the only user of jansson. */
#include "checker/base/json.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "checker/base/clock.h"

enum { DEFAULT_DEPTH = 512, DEEPEST_VALUE = 4096 };
static const size_t default_bytes = (size_t)256 << 20;

/* A conversion under way: jansson's tree to values. */
struct conversion {
    struct arena *arena;
    const char *name;
    size_t max_depth;
    struct err *err;
};

static bool convert(const struct conversion *c, json_t *json, size_t depth,
                    struct value *out);

static bool convert_array(const struct conversion *c, json_t *json,
                          size_t depth, struct value *out)
{
    size_t n = json_array_size(json);
    struct value *items = ARENA_ARRAY(c->arena, n, struct value);
    for (size_t i = 0; i < n; i++)
        if (!convert(c, json_array_get(json, i), depth + 1, &items[i]))
            return false;
    *out = value_list(items, n);
    return true;
}

static bool convert_object(const struct conversion *c, json_t *json,
                           size_t depth, struct value *out)
{
    size_t n = json_object_size(json), i = 0;
    struct value *pairs = ARENA_ARRAY(c->arena, 2 * n, struct value);
    for (void *it = json_object_iter(json); it != NULL;
         it = json_object_iter_next(json, it), i += 2) {
        struct str key = str_of(json_object_iter_key(it));
        pairs[i] = value_str(str_dup(c->arena, key));
        if (!convert(c, json_object_iter_value(it), depth + 1, &pairs[i + 1]))
            return false;
    }
    *out = value_map(pairs, n);
    return true;
}

static bool convert(const struct conversion *c, json_t *json, size_t depth,
                    struct value *out)
{
    if (depth == c->max_depth && (json_is_object(json) || json_is_array(json)))
        return err_set_at(c->err, ERR_LIMIT, (struct span){.file = c->name},
                          "nested deeper than %zu levels", c->max_depth);
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return convert_object(c, json, depth, out);
    case JSON_ARRAY:
        return convert_array(c, json, depth, out);
    case JSON_STRING:
        *out = value_str(
            str_dup(c->arena, (struct str){json_string_value(json),
                                           json_string_length(json)}));
        return true;
    case JSON_INTEGER:
        *out = value_int(json_integer_value(json));
        return true;
    case JSON_REAL:
        *out = value_double(json_real_value(json));
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        *out = value_bool(json_is_true(json));
        return true;
    case JSON_NULL:
        *out = value_null();
        return true;
    }
    return false;
}

/* jansson's message quotes the text around the fault: whatever is no
 * printable character in it becomes '?'. */
static bool set_parse_error(struct err *err, const char *name,
                            const json_error_t *error)
{
    struct buf text = {0};
    struct str from = str_of(error->text);
    for (size_t at = 0; at < from.n;) {
        size_t start = at;
        int32_t point = utf8_next(from, &at);
        if (point < 0x20 || (point >= 0x7F && point < 0xA0))
            buf_addc(&text, '?');
        else
            buf_add(&text, str_sub(from, start, at));
    }
    enum json_error_code code = json_error_code(error);
    bool is_limit =
        code == json_error_stack_overflow || code == json_error_out_of_memory;
    struct span at = {.file = name, .width = 1};
    if (error->line > 0) {
        at.line = (unsigned)error->line;
        at.col = error->column > 0 ? (unsigned)error->column : 1;
    }
    err_set_at(err, is_limit ? ERR_LIMIT : ERR_PARSE, at,
               "not valid JSON: %.*s", STRF(buf_str(&text)));
    buf_release(&text);
    return false;
}

bool json_read(struct arena *arena, struct str text, const char *name,
               struct json_limits limits, struct value *out, struct err *err)
{
    size_t bytes = limits.bytes > 0 ? limits.bytes : default_bytes;
    struct conversion c = {.arena = arena,
                           .name = name,
                           .max_depth =
                               limits.depth > 0 ? limits.depth : DEFAULT_DEPTH,
                           .err = err};
    if (text.n > bytes || text.n > UINT32_MAX)
        return err_set_at(err, ERR_LIMIT, (struct span){.file = name},
                          "larger than %zu bytes", bytes);
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    if (str_trim(text).n == 0)
        return err_set_at(err, ERR_PARSE, (struct span){.file = name},
                          "not valid JSON: there is no text");
    json_error_t error = {0};
    json_t *json = json_loadb(
        text.p, text.n,
        JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (json == NULL)
        return set_parse_error(err, name, &error);
    struct value value;
    bool is_ok = convert(&c, json, 0, &value);
    json_decref(json);
    if (is_ok)
        *out = value;
    return is_ok;
}

/* The escape of a character that has one of its own, or NULL. */
static const char *short_escape(int32_t point)
{
    switch (point) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

void json_quote(struct buf *out, struct str s)
{
    buf_addc(out, '"');
    for (size_t at = 0, plain = 0; at <= s.n;) {
        size_t start = at;
        int32_t point = at < s.n ? utf8_next(s, &at) : 0;
        bool is_end = start == s.n;
        const char *escape = is_end ? NULL : short_escape(point);
        bool is_control = point < 0x20 || (point >= 0x7F && point < 0xA0) ||
                          point == 0x2028 || point == 0x2029;
        if (!is_end && escape == NULL && !is_control)
            continue;
        /* What needs no escape goes out in one piece. */
        buf_add(out, str_sub(s, plain, start));
        plain = at;
        if (is_end)
            break;
        if (escape != NULL)
            buf_adds(out, escape);
        else if (point < 0)
            buf_adds(out, "\xEF\xBF\xBD");
        else
            buf_addf(out, "\\u%04x", (unsigned)point);
    }
    buf_addc(out, '"');
}

/* Fifteen digits give back any number that was written with so many; below
 * DBL_MIN a double holds fewer, so there the search starts at one. */
void json_double(struct buf *out, double d)
{
    char text[40];
    if (!isfinite(d)) {
        buf_adds(out, "null");
        return;
    }
    int digits = fabs(d) < DBL_MIN ? 1 : 15;
    do {
        (void)snprintf(text, sizeof(text), "%.*g", digits, d);
    } while (strtod(text, NULL) != d && digits++ < 17);
    buf_adds(out, text);
    if (strpbrk(text, ".e") == NULL)
        buf_adds(out, ".0");
}

static void new_line(struct json_writer *w)
{
    if (w->indent == 0)
        return;
    buf_addc(w->out, '\n');
    for (unsigned i = 0; i < w->indent * w->depth; i++)
        buf_addc(w->out, ' ');
}

/* What comes before a key, or before a value that has none. */
static void before_item(struct json_writer *w)
{
    if (w->is_after_key) {
        w->is_after_key = false;
        return;
    }
    if (w->depth == 0)
        return;
    if (w->has_item)
        buf_adds(w->out, w->indent == 0 && !w->is_compact ? ", " : ",");
    new_line(w);
    w->has_item = true;
}

void json_open(struct json_writer *w, char bracket)
{
    before_item(w);
    buf_addc(w->out, bracket);
    w->depth++;
    w->has_item = false;
}

void json_close(struct json_writer *w, char bracket)
{
    assert(w->depth > 0);
    w->depth--;
    if (w->has_item)
        new_line(w);
    buf_addc(w->out, bracket);
    w->has_item = true;
}

void json_key_str(struct json_writer *w, struct str key)
{
    before_item(w);
    json_quote(w->out, key);
    buf_adds(w->out, w->is_compact ? ":" : ": ");
    w->is_after_key = true;
}

void json_key(struct json_writer *w, const char *key)
{
    json_key_str(w, str_of(key));
}

void json_str(struct json_writer *w, struct str s)
{
    before_item(w);
    json_quote(w->out, s);
}

void json_int(struct json_writer *w, int64_t i)
{
    before_item(w);
    buf_addf(w->out, "%" PRId64, i);
}

void json_bool(struct json_writer *w, bool b)
{
    before_item(w);
    buf_adds(w->out, b ? "true" : "false");
}

void json_nil(struct json_writer *w)
{
    before_item(w);
    buf_adds(w->out, "null");
}

/* Adds ".5" for 500,000,000, and nothing for 0. */
static void add_fraction(struct buf *out, uint32_t nanoseconds)
{
    if (nanoseconds == 0)
        return;
    char digits[16];
    int n = snprintf(digits, sizeof(digits), ".%09" PRIu32, nanoseconds);
    while (n > 0 && digits[n - 1] == '0')
        n--;
    buf_add(out, (struct str){digits, (size_t)n});
}

static void write_timestamp(struct json_writer *w, struct value v)
{
    struct date d = date_of(v.as.i);
    before_item(w);
    buf_addf(w->out, "\"%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day,
             d.hour, d.minute, d.second);
    add_fraction(w->out, v.n);
    buf_adds(w->out, "Z\"");
}

static void write_duration(struct json_writer *w, struct value v)
{
    int32_t nanoseconds = (int32_t)v.n;
    bool is_negative = v.as.i < 0 || nanoseconds < 0;
    uint64_t seconds = v.as.i < 0 ? 0 - (uint64_t)v.as.i : (uint64_t)v.as.i;
    before_item(w);
    buf_addf(w->out, "\"%s%" PRIu64, is_negative ? "-" : "", seconds);
    add_fraction(w->out, nanoseconds < 0 ? 0 - v.n : v.n);
    buf_adds(w->out, "s\"");
}

/* Base64 with padding, as protobuf's JSON has bytes. */
static void write_bytes(struct json_writer *w, struct str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    before_item(w);
    buf_addc(w->out, '"');
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 |
                    (i + k < s.n ? (uint32_t)(unsigned char)s.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_addc(w->out,
                     i + k <= s.n ? digits[group >> (18 - 6 * k) & 63] : '=');
    }
    buf_addc(w->out, '"');
}

static void write_unknown(struct json_writer *w, causes why,
                          const struct causes_table *table)
{
    struct buf text = {0};
    size_t n = table != NULL ? causes_count(table, why) : 0;
    for (size_t i = 0; i < n; i++) {
        buf_adds(&text, i > 0 ? "; " : "");
        buf_add(&text, causes_text(table, why, i));
    }
    json_open(w, '{');
    json_key(w, "$unknown");
    json_str(w, buf_str(&text));
    json_close(w, '}');
    buf_release(&text);
}

static void write_list(struct json_writer *w, const struct value *items,
                       size_t n, const struct type *item,
                       const struct causes_table *table)
{
    json_open(w, '[');
    for (size_t i = 0; i < n; i++)
        json_value(w, items[i], item, table);
    json_close(w, ']');
}

static void write_struct(struct json_writer *w, struct value v,
                         const struct record *record,
                         const struct causes_table *table)
{
    json_open(w, '{');
    for (size_t i = 0; i < v.n && i < record->n_fields; i++) {
        if (v.as.items[i].kind == VALUE_ABSENT)
            continue;
        json_key_str(w, record->fields[i].name);
        json_value(w, v.as.items[i], record->fields[i].type, table);
    }
    json_close(w, '}');
}

/* A row is known by its id; a row of facts has none, and is shown whole. */
static void write_row(struct json_writer *w, struct value v,
                      const struct causes_table *table)
{
    const struct value_table *rows = v.as.table;
    if (rows->record->is_row) {
        json_value(w, value_cell(rows, v.n, ROW_ID), NULL, table);
        return;
    }
    json_open(w, '{');
    for (size_t i = 0; i < rows->record->n_fields; i++) {
        if (rows->columns[i] == NULL ||
            rows->columns[i][v.n].kind == VALUE_ABSENT)
            continue;
        json_key_str(w, rows->record->fields[i].name);
        json_value(w, rows->columns[i][v.n], rows->record->fields[i].type,
                   table);
    }
    json_close(w, '}');
}

/* A CEL map's key may be a bool or a number; JSON's is text. */
static void write_key(struct json_writer *w, struct value key)
{
    char text[24] = "";
    if (key.kind == VALUE_STRING) {
        json_key_str(w, value_text(key));
        return;
    }
    if (key.kind == VALUE_BOOL)
        (void)snprintf(text, sizeof(text), "%s", key.as.b ? "true" : "false");
    else if (key.kind == VALUE_INT)
        (void)snprintf(text, sizeof(text), "%" PRId64, key.as.i);
    else if (key.kind == VALUE_UINT)
        (void)snprintf(text, sizeof(text), "%" PRIu64, key.as.u);
    json_key(w, text);
}

static void write_map(struct json_writer *w, struct value v,
                      const struct type *item, const struct causes_table *table)
{
    json_open(w, '{');
    for (size_t i = 0; i < v.n; i++) {
        write_key(w, v.as.items[2 * i]);
        json_value(w, v.as.items[2 * i + 1], item, table);
    }
    json_close(w, '}');
}

static void write_error(struct json_writer *w, const struct value_error *error)
{
    json_open(w, '{');
    json_key(w, "$error");
    json_str(w, error->text);
    json_close(w, '}');
}

void json_value(struct json_writer *w, struct value v, const struct type *type,
                const struct causes_table *table)
{
    const struct type *item = type != NULL ? type->item : NULL;
    /* No value is deeper: what reads or makes them has its own limits. */
    assert(w->depth < DEEPEST_VALUE);
    switch ((enum value_kind)v.kind) {
    case VALUE_BOOL:
        json_bool(w, v.as.b);
        return;
    case VALUE_INT:
        json_int(w, v.as.i);
        return;
    case VALUE_UINT:
        before_item(w);
        buf_addf(w->out, "%" PRIu64, v.as.u);
        return;
    case VALUE_DOUBLE:
        before_item(w);
        json_double(w->out, v.as.d);
        return;
    case VALUE_STRING:
    case VALUE_TYPE:
        json_str(w, value_text(v));
        return;
    case VALUE_BYTES:
        write_bytes(w, value_text(v));
        return;
    case VALUE_TIMESTAMP:
        write_timestamp(w, v);
        return;
    case VALUE_DURATION:
        write_duration(w, v);
        return;
    case VALUE_LIST:
        write_list(w, v.as.items, v.n, item, table);
        return;
    case VALUE_MAP:
        write_map(w, v, item, table);
        return;
    case VALUE_STRUCT:
        if (type != NULL && type->record != NULL)
            write_struct(w, v, type->record, table);
        else
            write_list(w, v.as.items, v.n, NULL, table);
        return;
    case VALUE_ROW:
        write_row(w, v, table);
        return;
    case VALUE_OPTIONAL:
        if (v.as.items != NULL)
            json_value(w, v.as.items[0], item, table);
        else
            json_nil(w);
        return;
    case VALUE_UNKNOWN:
        write_unknown(w, v.n, table);
        return;
    case VALUE_ERROR:
        write_error(w, v.as.error);
        return;
    case VALUE_OPEN_LIST:
        write_list(w, v.as.open->items, v.as.open->n, item, table);
        return;
    case VALUE_NONE:
    case VALUE_NULL:
    case VALUE_NET:
    case VALUE_ABSENT:
        json_nil(w);
        return;
    }
}
