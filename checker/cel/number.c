/* Numbers that cannot overflow, and the order and equality of plain values. */
#include "checker/cel/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checker/cel/cel.h"
#include "checker/cel/net.h"

static const double two_63 = 9223372036854775808.0;
static const double two_64 = 18446744073709551616.0;

bool number_is(struct value v)
{
    return v.kind == VALUE_INT || v.kind == VALUE_UINT ||
           v.kind == VALUE_DOUBLE;
}

static int sign_of(bool is_less, bool is_greater)
{
    return is_less ? -1 : is_greater ? 1 : 0;
}

/* A double against another number. As in the other implementations, a whole
 * number inside the other's range is made a double first, so that one of more
 * than 53 bits may be equal to its neighbour. */
static int compare_double(double d, struct value other)
{
    double o = other.kind == VALUE_DOUBLE ? other.as.d
               : other.kind == VALUE_INT  ? (double)other.as.i
                                          : (double)other.as.u;
    if (isnan(d) || isnan(o))
        return 2;
    return sign_of(d<o, d> o);
}

int number_compare(struct value a, struct value b)
{
    if (a.kind == VALUE_DOUBLE)
        return compare_double(a.as.d, b);
    if (b.kind == VALUE_DOUBLE) {
        int order = compare_double(b.as.d, a);
        return order == 2 ? 2 : -order;
    }
    if (a.kind == VALUE_INT && b.kind == VALUE_INT)
        return sign_of(a.as.i<b.as.i, a.as.i> b.as.i);
    if (a.kind == VALUE_INT && a.as.i < 0)
        return -1;
    if (b.kind == VALUE_INT && b.as.i < 0)
        return 1;
    return sign_of(a.as.u<b.as.u, a.as.u> b.as.u);
}

bool number_to_int(struct value v, int64_t *out)
{
    if (v.kind == VALUE_INT) {
        *out = v.as.i;
        return true;
    }
    if (v.kind == VALUE_UINT && v.as.u <= INT64_MAX) {
        *out = (int64_t)v.as.u;
        return true;
    }
    if (v.kind != VALUE_DOUBLE || !(v.as.d >= -two_63 && v.as.d < two_63) ||
        trunc(v.as.d) < v.as.d || trunc(v.as.d) > v.as.d)
        return false;
    *out = (int64_t)v.as.d;
    return true;
}

static bool is_text(struct value v)
{
    return v.kind == VALUE_STRING || v.kind == VALUE_BYTES ||
           v.kind == VALUE_TYPE;
}

static bool same_text(struct value a, struct value b)
{
    if (a.n != b.n)
        return false;
    return a.as.s == b.as.s || memcmp(a.as.s, b.as.s, a.n) == 0;
}

bool value_same(struct value a, struct value b)
{
    if (number_is(a) && number_is(b))
        return number_compare(a, b) == 0;
    if (a.kind != b.kind)
        return false;
    if (is_text(a))
        return same_text(a, b);
    if (a.kind == VALUE_BOOL)
        return a.as.b == b.as.b;
    if (a.kind == VALUE_TIMESTAMP || a.kind == VALUE_DURATION)
        return a.as.i == b.as.i && a.n == b.n;
    if (a.kind == VALUE_NET)
        return net_same(a, b);
    return a.kind == VALUE_NULL || a.kind == VALUE_ABSENT;
}

bool value_order(struct value a, struct value b, int *out)
{
    if (number_is(a) && number_is(b)) {
        *out = number_compare(a, b);
        return true;
    }
    if (a.kind != b.kind)
        return false;
    if (a.kind == VALUE_STRING || a.kind == VALUE_BYTES) {
        *out = str_cmp(value_text(a), value_text(b));
        return true;
    }
    if (a.kind == VALUE_BOOL) {
        *out = (int)a.as.b - (int)b.as.b;
        return true;
    }
    if (a.kind != VALUE_TIMESTAMP && a.kind != VALUE_DURATION)
        return false;
    int32_t x = (int32_t)a.n, y = (int32_t)b.n;
    *out =
        a.as.i != b.as.i ? sign_of(a.as.i < b.as.i, true) : sign_of(x<y, x> y);
    return true;
}

const struct value *value_find(struct value map, struct value key)
{
    for (uint32_t i = 0; i < map.n; i++)
        if (value_same(map.as.items[2 * i], key))
            return &map.as.items[2 * i + 1];
    return NULL;
}

/* ---- arithmetic ---- */

static struct value overflow(struct arena *arena)
{
    return cel_error(arena, "number out of range");
}

static struct value uint_of(uint64_t u)
{
    return (struct value){.kind = VALUE_UINT, .as.u = u};
}

struct value number_add(struct arena *arena, const struct value *args)
{
    struct value a = args[0], b = args[1], sum;
    if (a.kind == VALUE_DOUBLE)
        return value_double(a.as.d + b.as.d);
    sum = a;
    bool is_over = a.kind == VALUE_INT
                       ? __builtin_add_overflow(a.as.i, b.as.i, &sum.as.i)
                       : __builtin_add_overflow(a.as.u, b.as.u, &sum.as.u);
    return is_over ? overflow(arena) : sum;
}

struct value number_subtract(struct arena *arena, const struct value *args)
{
    struct value a = args[0], b = args[1], rest;
    if (a.kind == VALUE_DOUBLE)
        return value_double(a.as.d - b.as.d);
    rest = a;
    bool is_over = a.kind == VALUE_INT
                       ? __builtin_sub_overflow(a.as.i, b.as.i, &rest.as.i)
                       : __builtin_sub_overflow(a.as.u, b.as.u, &rest.as.u);
    return is_over ? overflow(arena) : rest;
}

struct value number_multiply(struct arena *arena, const struct value *args)
{
    struct value a = args[0], b = args[1], product;
    if (a.kind == VALUE_DOUBLE)
        return value_double(a.as.d * b.as.d);
    product = a;
    bool is_over = a.kind == VALUE_INT
                       ? __builtin_mul_overflow(a.as.i, b.as.i, &product.as.i)
                       : __builtin_mul_overflow(a.as.u, b.as.u, &product.as.u);
    return is_over ? overflow(arena) : product;
}

struct value number_divide(struct arena *arena, const struct value *args)
{
    struct value a = args[0], b = args[1];
    if (a.kind == VALUE_DOUBLE)
        return value_double(a.as.d / b.as.d);
    if (b.as.u == 0)
        return cel_error(arena, "division by zero");
    if (a.kind == VALUE_UINT)
        return uint_of(a.as.u / b.as.u);
    if (a.as.i == INT64_MIN && b.as.i == -1)
        return overflow(arena);
    return value_int(a.as.i / b.as.i);
}

struct value number_modulo(struct arena *arena, const struct value *args)
{
    struct value a = args[0], b = args[1];
    if (b.as.u == 0)
        return cel_error(arena, "modulus by zero");
    if (a.kind == VALUE_UINT)
        return uint_of(a.as.u % b.as.u);
    if (a.as.i == INT64_MIN && b.as.i == -1)
        return overflow(arena);
    return value_int(a.as.i % b.as.i);
}

struct value number_negate(struct arena *arena, const struct value *args)
{
    if (args[0].kind == VALUE_DOUBLE)
        return value_double(-args[0].as.d);
    if (args[0].as.i == INT64_MIN)
        return overflow(arena);
    return value_int(-args[0].as.i);
}

/* ---- conversions ---- */

static struct value malformed(struct arena *arena, const char *kind,
                              struct value v)
{
    return cel_error(arena, "'%.*s' is no %s", STRF(value_text(v)), kind);
}

static struct value double_to_int(struct arena *arena, double d)
{
    /* The bounds themselves are refused: a double near them is not exact. */
    if (!(d > -two_63 && d < two_63))
        return overflow(arena);
    return value_int((int64_t)d);
}

struct value number_as_int(struct arena *arena, const struct value *args)
{
    struct value v = args[0];
    int64_t i;
    if (v.kind == VALUE_DOUBLE)
        return double_to_int(arena, v.as.d);
    if (v.kind == VALUE_STRING)
        return str_to_int(value_text(v), &i) ? value_int(i)
                                             : malformed(arena, "int", v);
    /* A timestamp's seconds stand where an int does. */
    if (v.kind == VALUE_UINT && v.as.u > INT64_MAX)
        return overflow(arena);
    return value_int(v.as.i);
}

static struct value text_to_uint(struct arena *arena, struct value v)
{
    struct str s = value_text(v);
    uint64_t u = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char digit = (unsigned char)(s.p[i] - '0');
        if (digit > 9 || u > (UINT64_MAX - digit) / 10)
            return malformed(arena, "uint", v);
        u = u * 10 + digit;
    }
    return s.n > 0 ? uint_of(u) : malformed(arena, "uint", v);
}

struct value number_as_uint(struct arena *arena, const struct value *args)
{
    struct value v = args[0];
    if (v.kind == VALUE_STRING)
        return text_to_uint(arena, v);
    if (v.kind == VALUE_DOUBLE)
        return v.as.d >= 0 && v.as.d < two_64 ? uint_of((uint64_t)v.as.d)
                                              : overflow(arena);
    return v.as.i < 0 ? overflow(arena) : uint_of(v.as.u);
}

/* Only what a decimal number or the words for NaN and infinity may hold:
 * strtod would take hexadecimal and blanks, too. */
static bool is_decimal(struct str s)
{
    static const char *const words[] = {"NaN",       "Infinity", "-Infinity",
                                        "+Infinity", "inf",      "-inf"};
    for (size_t i = 0; i < N_ITEMS(words); i++)
        if (str_is(s, words[i]))
            return true;
    for (size_t i = 0; i < s.n; i++)
        if (memchr("0123456789.eE+-", s.p[i], 15) == NULL)
            return false;
    return s.n > 0;
}

struct value number_as_double(struct arena *arena, const struct value *args)
{
    struct value v = args[0];
    if (v.kind == VALUE_INT)
        return value_double((double)v.as.i);
    if (v.kind == VALUE_UINT)
        return value_double((double)v.as.u);
    char *text = str_cstr(arena, value_text(v)), *end;
    double d = strtod(text, &end);
    if (!is_decimal(value_text(v)) || *end != '\0' || end == text)
        return malformed(arena, "double", v);
    return value_double(d);
}

struct value number_as_bool(struct arena *arena, const struct value *args)
{
    static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
    static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
    struct value v = args[0];
    if (v.kind == VALUE_BOOL)
        return v;
    for (size_t i = 0; i < N_ITEMS(yes); i++) {
        if (str_is(value_text(v), yes[i]))
            return value_bool(true);
        if (str_is(value_text(v), no[i]))
            return value_bool(false);
    }
    return malformed(arena, "bool", v);
}

/* ---- math ---- */

/* The first of the greatest (`sign` 1) or least (-1) elements. */
static struct value extreme(struct arena *arena, struct value v, int sign)
{
    if (v.kind != VALUE_LIST)
        return v;
    struct value best = {0};
    for (uint32_t i = 0; i < v.n; i++) {
        struct value item = v.as.items[i];
        if (!number_is(item))
            return cel_error(arena, "no such overload");
        int order = i == 0 ? 0 : number_compare(item, best);
        if (i == 0 || (order != 2 && order * sign > 0))
            best = item;
    }
    return v.n > 0 ? best : cel_error(arena, "the list is empty");
}

struct value number_greatest(struct arena *arena, const struct value *args)
{
    return extreme(arena, args[0], 1);
}

struct value number_least(struct arena *arena, const struct value *args)
{
    return extreme(arena, args[0], -1);
}

struct value number_abs(struct arena *arena, const struct value *args)
{
    struct value v = args[0];
    if (v.kind == VALUE_DOUBLE)
        return value_double(fabs(v.as.d));
    if (v.kind == VALUE_INT && v.as.i < 0)
        return number_negate(arena, args);
    return v;
}

struct value number_sign(struct arena *arena, const struct value *args)
{
    struct value v = args[0];
    (void)arena;
    if (v.kind == VALUE_INT)
        return value_int(sign_of(v.as.i < 0, v.as.i > 0));
    if (v.kind == VALUE_UINT)
        return uint_of(v.as.u > 0 ? 1 : 0);
    if (isnan(v.as.d))
        return v;
    return value_double(sign_of(v.as.d < 0, v.as.d > 0));
}

struct value number_ceil(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_double(ceil(args[0].as.d));
}

struct value number_floor(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_double(floor(args[0].as.d));
}

struct value number_round(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_double(round(args[0].as.d));
}

struct value number_trunc(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_double(trunc(args[0].as.d));
}

struct value number_is_nan(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_bool(isnan(args[0].as.d));
}

struct value number_is_inf(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_bool(isinf(args[0].as.d));
}

struct value number_is_finite(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_bool(isfinite(args[0].as.d));
}

/* The bits of ints and uints stand in the same place of the union. */
static struct value with_bits(struct value v, uint64_t bits)
{
    v.as.u = bits;
    return v;
}

struct value number_bit_and(struct arena *arena, const struct value *args)
{
    (void)arena;
    return with_bits(args[0], args[0].as.u & args[1].as.u);
}

struct value number_bit_or(struct arena *arena, const struct value *args)
{
    (void)arena;
    return with_bits(args[0], args[0].as.u | args[1].as.u);
}

struct value number_bit_xor(struct arena *arena, const struct value *args)
{
    (void)arena;
    return with_bits(args[0], args[0].as.u ^ args[1].as.u);
}

struct value number_bit_not(struct arena *arena, const struct value *args)
{
    (void)arena;
    return with_bits(args[0], ~args[0].as.u);
}

static struct value shift(struct arena *arena, const struct value *args,
                          bool is_left)
{
    int64_t by = args[1].as.i;
    if (by < 0)
        return cel_error(arena, "shift by a negative number");
    if (by > 63)
        return with_bits(args[0], 0);
    return with_bits(args[0],
                     is_left ? args[0].as.u << by : args[0].as.u >> by);
}

struct value number_shift_left(struct arena *arena, const struct value *args)
{
    return shift(arena, args, true);
}

struct value number_shift_right(struct arena *arena, const struct value *args)
{
    return shift(arena, args, false);
}
