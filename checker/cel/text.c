/* String functions: searching, cutting, building. */
#include "checker/cel/text.h"

#include <string.h>

#include "checker/base/json.h"
#include "checker/cel/eval.h"
#include "checker/cel/pattern.h"

static struct str text(struct value v)
{
    return value_text(v);
}

static struct value too_long(struct arena *arena)
{
    return cel_error(arena, "string result over 64 KiB");
}

static struct value out_of_range(struct arena *arena, int64_t index)
{
    return cel_error(arena, "index out of range: %lld", (long long)index);
}

/* The result that a buffer holds; its memory is given back. */
static struct value taken(struct arena *arena, struct buf *buf)
{
    struct value v = buf->is_full ? too_long(arena)
                                  : value_str(str_dup(arena, buf_str(buf)));
    buf_release(buf);
    return v;
}

static struct buf limited(void)
{
    return (struct buf){.limit = CEL_MAX_STRING};
}

/* The byte at which code point `n` begins, the end for one past the last;
 * SIZE_MAX behind that. */
static size_t byte_of(struct str s, int64_t n)
{
    size_t at = 0;
    if (n < 0)
        return SIZE_MAX;
    for (; n > 0 && at < s.n; n--)
        (void)utf8_next(s, &at);
    return n == 0 ? at : SIZE_MAX;
}

static int64_t points_before(struct str s, size_t byte)
{
    return (int64_t)utf8_length(str_sub(s, 0, byte));
}

/* ---- whole strings and lists ---- */

static struct value concat_lists(struct arena *arena, struct value a,
                                 struct value b)
{
    if ((size_t)a.n + b.n > CEL_MAX_LIST)
        return cel_error(arena, "list result over 100000 elements");
    struct value *items = ARENA_ARRAY(arena, (size_t)a.n + b.n, struct value);
    if (a.n > 0)
        memcpy(items, a.as.items, a.n * sizeof(*items));
    if (b.n > 0)
        memcpy(items + a.n, b.as.items, b.n * sizeof(*items));
    return value_list(items, (size_t)a.n + b.n);
}

struct value text_concat(struct arena *arena, const struct value *args)
{
    if (args[0].kind == VALUE_LIST)
        return concat_lists(arena, args[0], args[1]);
    if ((size_t)args[0].n + args[1].n > CEL_MAX_STRING)
        return too_long(arena);
    struct value v = value_str(str_cat(arena, text(args[0]), text(args[1])));
    v.kind = args[0].kind;
    return v;
}

struct value text_size(struct arena *arena, const struct value *args)
{
    (void)arena;
    if (args[0].kind == VALUE_STRING)
        return value_int((int64_t)utf8_length(text(args[0])));
    return value_int(args[0].n);
}

struct value text_contains(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_bool(str_contains(text(args[0]), text(args[1])));
}

struct value text_starts(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_bool(str_starts(text(args[0]), text(args[1])));
}

struct value text_ends(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_bool(str_ends(text(args[0]), text(args[1])));
}

struct value text_lower(struct arena *arena, const struct value *args)
{
    return value_str(str_lower(arena, text(args[0])));
}

struct value text_upper(struct arena *arena, const struct value *args)
{
    char *copy = str_cstr(arena, text(args[0]));
    for (uint32_t i = 0; i < args[0].n; i++)
        if (copy[i] >= 'a' && copy[i] <= 'z')
            copy[i] = (char)(copy[i] - 'a' + 'A');
    return value_str((struct str){copy, args[0].n});
}

/* Unicode's White_Space. */
static bool is_space(int32_t c)
{
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

struct value text_trim(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    size_t from = s.n, to = 0;
    (void)arena;
    for (size_t at = 0; at < s.n;) {
        size_t start = at;
        if (is_space(utf8_next(s, &at)))
            continue;
        if (from > start)
            from = start;
        to = at;
    }
    return value_str(from < to ? str_sub(s, from, to) : (struct str){0});
}

struct value text_matches(struct arena *arena, const struct value *args)
{
    const struct pattern *pattern = args[1].as.p;
    if (args[1].kind != VALUE_NET) {
        const char *why;
        pattern = pattern_compile(arena, text(args[1]), &why);
        if (pattern == NULL)
            return cel_error(arena, "bad pattern: %s", why);
    }
    int found = pattern_search(arena, pattern, text(args[0]));
    if (found < 0)
        return cel_error(arena, "the pattern costs too much on this text");
    return value_bool(found > 0);
}

/* ---- positions ---- */

struct value text_char_at(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    size_t from = byte_of(s, args[1].as.i), to = from;
    if (from == SIZE_MAX)
        return out_of_range(arena, args[1].as.i);
    if (from < s.n)
        (void)utf8_next(s, &to);
    return value_str(str_sub(s, from, to));
}

struct value text_index_from(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    size_t from = byte_of(s, args[2].as.i);
    if (from == SIZE_MAX)
        return out_of_range(arena, args[2].as.i);
    size_t at = str_find(s, text(args[1]), from);
    return value_int(at == SIZE_MAX ? -1 : points_before(s, at));
}

struct value text_index_of(struct arena *arena, const struct value *args)
{
    struct value three[] = {args[0], args[1], value_int(0)};
    return text_index_from(arena, three);
}

/* The last `part` that begins at or before byte `limit`. */
static struct value last_before(struct str s, struct str part, size_t limit)
{
    if (part.n > s.n)
        return value_int(-1);
    size_t at = s.n - part.n < limit ? s.n - part.n : limit;
    for (;; at--) {
        if (str_starts(str_sub(s, at, s.n), part))
            return value_int(points_before(s, at));
        if (at == 0)
            return value_int(-1);
    }
}

struct value text_last_from(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    size_t limit = byte_of(s, args[2].as.i);
    if (limit == SIZE_MAX)
        return out_of_range(arena, args[2].as.i);
    return last_before(s, text(args[1]), limit);
}

struct value text_last_index(struct arena *arena, const struct value *args)
{
    (void)arena;
    return last_before(text(args[0]), text(args[1]), args[0].n);
}

struct value text_slice(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    size_t from = byte_of(s, args[1].as.i), to = byte_of(s, args[2].as.i);
    if (from == SIZE_MAX)
        return out_of_range(arena, args[1].as.i);
    if (to == SIZE_MAX || to < from)
        return out_of_range(arena, args[2].as.i);
    return value_str(str_sub(s, from, to));
}

struct value text_substring(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    size_t from = byte_of(s, args[1].as.i);
    if (from == SIZE_MAX)
        return out_of_range(arena, args[1].as.i);
    return value_str(str_sub(s, from, s.n));
}

/* ---- replacing, splitting, joining ---- */

/* An empty `old` stands before each code point and at the end. */
static void replace_empty(struct buf *out, struct str s, struct str new,
                          int64_t n)
{
    for (size_t at = 0, from = 0;; from = at) {
        if (n > 0)
            buf_add(out, new);
        n -= n > 0 ? 1 : 0;
        if (at >= s.n || out->is_full)
            return;
        (void)utf8_next(s, &at);
        buf_add(out, str_sub(s, from, at));
    }
}

struct value text_replace_n(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]), old = text(args[1]), new = text(args[2]);
    int64_t n = args[3].as.i;
    struct buf out = limited();
    size_t from = 0;
    if (n < 0)
        n = INT64_MAX;
    if (old.n == 0) {
        replace_empty(&out, s, new, n);
        return taken(arena, &out);
    }
    for (; n > 0 && !out.is_full; n--) {
        size_t at = str_find(s, old, from);
        if (at == SIZE_MAX)
            break;
        buf_add(&out, str_sub(s, from, at));
        buf_add(&out, new);
        from = at + old.n;
    }
    buf_add(&out, str_sub(s, from, s.n));
    return taken(arena, &out);
}

struct value text_replace(struct arena *arena, const struct value *args)
{
    struct value four[] = {args[0], args[1], args[2], value_int(-1)};
    return text_replace_n(arena, four);
}

/* Where the next separator of a split stands and ends. */
static bool next_cut(struct str s, struct str sep, size_t from, size_t *at,
                     size_t *end)
{
    if (sep.n > 0) {
        *at = str_find(s, sep, from);
        *end = *at + sep.n;
        return *at != SIZE_MAX;
    }
    *at = from;
    if (from < s.n)
        (void)utf8_next(s, at);
    *end = *at;
    return *at < s.n;
}

struct value text_split_n(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]), sep = text(args[1]);
    int64_t limit = args[2].as.i;
    struct value *items = NULL;
    size_t n = 0, capacity = 0, from = 0, at, end;
    if (limit == 0 || (s.n == 0 && sep.n == 0))
        return value_list(NULL, 0);
    while ((limit < 0 || (int64_t)n < limit - 1) &&
           next_cut(s, sep, from, &at, &end)) {
        if (n >= CEL_MAX_LIST)
            return cel_error(arena, "list result over 100000 elements");
        items = arena_grow(arena, items, n, &capacity, sizeof(*items));
        items[n++] = value_str(str_sub(s, from, at));
        from = end;
    }
    items = arena_grow(arena, items, n, &capacity, sizeof(*items));
    items[n++] = value_str(str_sub(s, from, s.n));
    return value_list(items, n);
}

struct value text_split(struct arena *arena, const struct value *args)
{
    struct value three[] = {args[0], args[1], value_int(-1)};
    return text_split_n(arena, three);
}

struct value text_join_with(struct arena *arena, const struct value *args)
{
    struct buf out = limited();
    for (uint32_t i = 0; i < args[0].n; i++) {
        struct value item = args[0].as.items[i];
        if (item.kind != VALUE_STRING) {
            buf_release(&out);
            return cel_error(arena, "no such overload");
        }
        if (i > 0)
            buf_add(&out, text(args[1]));
        buf_add(&out, text(item));
    }
    return taken(arena, &out);
}

struct value text_join(struct arena *arena, const struct value *args)
{
    struct value two[] = {args[0], value_str((struct str){0})};
    return text_join_with(arena, two);
}

struct value text_reverse(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    char *copy = str_cstr(arena, s);
    for (size_t at = 0, from = 0; at < s.n; from = at) {
        (void)utf8_next(s, &at);
        memcpy(copy + (s.n - at), s.p + from, at - from);
    }
    return value_str((struct str){copy, s.n});
}

struct value text_quote(struct arena *arena, const struct value *args)
{
    static const char from[] = "\a\b\f\n\r\t\v\\\"";
    static const char to[] = "abfnrtv\\\"";
    struct str s = text(args[0]);
    struct buf out = limited();
    buf_addc(&out, '"');
    for (size_t at = 0, start = 0; at < s.n; start = at) {
        int32_t c = utf8_next(s, &at);
        const char *special = c > 0 && c < 128 ? strchr(from, (int)c) : NULL;
        if (special != NULL) {
            buf_addc(&out, '\\');
            buf_addc(&out, to[special - from]);
        } else if (c < 0) {
            buf_adds(&out, "\xEF\xBF\xBD");
        } else {
            buf_add(&out, str_sub(s, start, at));
        }
    }
    buf_addc(&out, '"');
    return taken(arena, &out);
}

/* ---- conversions ---- */

void text_print_double(struct buf *out, double d)
{
    if (d - d == 0.0) {
        struct buf text = {0};
        json_double(&text, d);
        struct str s = buf_str(&text);
        buf_add(out, str_ends(s, STR(".0")) ? str_sub(s, 0, s.n - 2) : s);
        buf_release(&text);
        return;
    }
    buf_adds(out, d > 0 ? "Infinity" : d < 0 ? "-Infinity" : "NaN");
}

struct value text_to_string(struct arena *arena, const struct value *args)
{
    struct value v = args[0];
    struct buf out = limited();
    if (v.kind == VALUE_BYTES && !utf8_valid(text(v)))
        return cel_error(arena, "bytes that are no UTF-8");
    cel_print(&out, v, NULL);
    return taken(arena, &out);
}

struct value text_to_bytes(struct arena *arena, const struct value *args)
{
    struct value v = args[0];
    (void)arena;
    v.kind = VALUE_BYTES;
    v.flags = 0;
    return v;
}

static const char digits64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct value text_base64_encode(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    struct buf out = limited();
    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t bits = 0;
        size_t n = s.n - i < 3 ? s.n - i : 3;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < n ? (unsigned char)s.p[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            buf_addc(&out, k <= n ? digits64[bits >> (18 - 6 * k) & 63] : '=');
    }
    return taken(arena, &out);
}

struct value text_base64_decode(struct arena *arena, const struct value *args)
{
    struct str s = text(args[0]);
    struct buf out = limited();
    uint32_t bits = 0;
    unsigned n_bits = 0;
    while (s.n > 0 && s.p[s.n - 1] == '=' && args[0].n - s.n < 2)
        s.n--;
    bool is_whole = s.n % 4 != 1;
    for (size_t i = 0; i < s.n && is_whole; i++) {
        const char *digit = s.p[i] != '\0' ? strchr(digits64, s.p[i]) : NULL;
        is_whole = digit != NULL;
        bits = bits << 6 | (is_whole ? (uint32_t)(digit - digits64) : 0);
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            buf_addc(&out, (char)(bits >> n_bits & 0xFF));
        }
    }
    struct value v = taken(arena, &out);
    if (!is_whole)
        return cel_error(arena, "malformed base64");
    if (v.kind == VALUE_STRING)
        v.kind = VALUE_BYTES;
    return v;
}
