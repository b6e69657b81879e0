/* The function format: "%d of %s".format([n, "x"]). */
#include "checker/cel/text.h"

#include <stdlib.h>

#include "checker/cel/cel.h"
#include "checker/cel/eval.h"
#include "checker/cel/number.h"

enum { MAX_PRECISION = 1000, MAX_NESTING = 64 };

static bool add_any(struct buf *out, struct value v, unsigned depth);

static bool add_list(struct buf *out, struct value v, unsigned depth)
{
    buf_addc(out, '[');
    for (uint32_t i = 0; i < v.n && !out->is_full; i++) {
        if (i > 0)
            buf_adds(out, ", ");
        if (!add_any(out, v.as.items[i], depth + 1))
            return false;
    }
    buf_addc(out, ']');
    return true;
}

/* A pair of a map, with its key as text, to be sorted. */
struct pair {
    struct str key;
    const struct value *value;
};

static int by_key(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return str_cmp(x->key, y->key);
}

static bool add_map(struct buf *out, struct value v, unsigned depth)
{
    struct arena arena = {0};
    struct pair *pairs = ARENA_ARRAY(&arena, (size_t)v.n + 1, struct pair);
    bool is_good = true;
    for (uint32_t i = 0; i < v.n && is_good; i++) {
        struct buf key = {0};
        is_good = add_any(&key, v.as.items[2 * i], depth + 1);
        pairs[i].key = str_dup(&arena, buf_str(&key));
        pairs[i].value = &v.as.items[2 * i + 1];
        buf_release(&key);
    }
    qsort(pairs, v.n, sizeof(*pairs), by_key);
    buf_addc(out, '{');
    for (uint32_t i = 0; i < v.n && is_good && !out->is_full; i++) {
        if (i > 0)
            buf_adds(out, ", ");
        buf_add(out, pairs[i].key);
        buf_adds(out, ": ");
        is_good = add_any(out, *pairs[i].value, depth + 1);
    }
    buf_addc(out, '}');
    arena_release(&arena);
    return is_good;
}

/* %s: any value but those that have no text. */
static bool add_any(struct buf *out, struct value v, unsigned depth)
{
    if (depth > MAX_NESTING)
        return false;
    if (v.kind == VALUE_LIST)
        return add_list(out, v, depth);
    if (v.kind == VALUE_MAP)
        return add_map(out, v, depth);
    if (v.kind == VALUE_OPTIONAL || v.kind == VALUE_STRUCT ||
        v.kind == VALUE_ROW || is_unsure(v))
        return false;
    cel_print(out, v, NULL);
    return true;
}

static bool add_decimal(struct buf *out, struct value v)
{
    if (v.kind != VALUE_INT && v.kind != VALUE_UINT &&
        !(v.kind == VALUE_DOUBLE && v.as.d - v.as.d != 0.0))
        return false;
    cel_print(out, v, NULL);
    return true;
}

static bool add_double(struct buf *out, struct value v, char verb,
                       int precision)
{
    double d = v.as.d;
    if (!number_is(v))
        return false;
    if (v.kind == VALUE_INT)
        d = (double)v.as.i;
    else if (v.kind == VALUE_UINT)
        d = (double)v.as.u;
    if (d - d != 0.0) {
        text_print_double(out, d);
        return true;
    }
    buf_addf(out, verb == 'f' ? "%.*f" : "%.*e", precision < 0 ? 6 : precision,
             d);
    return true;
}

static void add_digits(struct buf *out, uint64_t u, unsigned base,
                       bool is_upper)
{
    char digits[64];
    size_t n = sizeof(digits);
    do {
        digits[--n] =
            (is_upper ? "0123456789ABCDEF" : "0123456789abcdef")[u % base];
        u /= base;
    } while (u > 0);
    buf_add(out, (struct str){digits + n, sizeof(digits) - n});
}

static void add_hex_text(struct buf *out, struct str s, bool is_upper)
{
    for (size_t i = 0; i < s.n; i++)
        buf_addf(out, is_upper ? "%02X" : "%02x", (unsigned char)s.p[i]);
}

/* %b, %o, %x and %X. */
static bool add_base(struct buf *out, struct value v, char verb)
{
    unsigned base = verb == 'b' ? 2 : verb == 'o' ? 8 : 16;
    if (base == 16 && (v.kind == VALUE_STRING || v.kind == VALUE_BYTES)) {
        add_hex_text(out, value_text(v), verb == 'X');
        return true;
    }
    if (base == 2 && v.kind == VALUE_BOOL) {
        buf_addc(out, v.as.b ? '1' : '0');
        return true;
    }
    if (v.kind != VALUE_INT && v.kind != VALUE_UINT)
        return false;
    bool is_negative = v.kind == VALUE_INT && v.as.i < 0;
    if (is_negative)
        buf_addc(out, '-');
    add_digits(out, is_negative ? 0 - v.as.u : v.as.u, base, verb == 'X');
    return true;
}

static bool add_clause(struct buf *out, struct value v, char verb,
                       int precision)
{
    if (verb == 's')
        return add_any(out, v, 0);
    if (verb == 'd')
        return add_decimal(out, v);
    if (verb == 'f' || verb == 'e')
        return add_double(out, v, verb, precision);
    return (verb == 'b' || verb == 'o' || verb == 'x' || verb == 'X') &&
           add_base(out, v, verb);
}

/* ".3" of "%.3f"; -1 if there is none, -2 if it is too large. */
static int read_precision(struct str form, size_t *at)
{
    int precision = 0;
    if (*at >= form.n || form.p[*at] != '.')
        return -1;
    for (++*at; *at < form.n && form.p[*at] >= '0' && form.p[*at] <= '9';
         ++*at) {
        precision = precision * 10 + (form.p[*at] - '0');
        if (precision > MAX_PRECISION)
            return -2;
    }
    return precision;
}

/* NULL, or what is wrong. */
static const char *format(struct buf *out, struct str form, struct value list)
{
    uint32_t used = 0;
    for (size_t at = 0; at < form.n && !out->is_full;) {
        char c = form.p[at++];
        if (c != '%') {
            buf_addc(out, c);
            continue;
        }
        if (at < form.n && form.p[at] == '%') {
            buf_addc(out, '%');
            at++;
            continue;
        }
        int precision = read_precision(form, &at);
        if (at >= form.n || precision == -2)
            return "malformed format";
        if (used == list.n)
            return "more clauses than arguments";
        if (!add_clause(out, list.as.items[used++], form.p[at++], precision))
            return "a clause does not fit its argument";
    }
    return used < list.n ? "more arguments than clauses" : NULL;
}

struct value text_format(struct arena *arena, const struct value *args)
{
    struct buf out = {.limit = CEL_MAX_STRING};
    const char *why = format(&out, value_text(args[0]), args[1]);
    if (why == NULL && out.is_full)
        why = "string result over 64 KiB";
    struct value v = why != NULL ? cel_error(arena, "%s", why)
                                 : value_str(str_dup(arena, buf_str(&out)));
    buf_release(&out);
    return v;
}
