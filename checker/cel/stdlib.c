/* The table of CEL's own functions. */
#include "checker/cel/stdlib.h"

#include "checker/cel/net.h"
#include "checker/cel/number.h"
#include "checker/cel/text.h"
#include "checker/cel/timeval.h"

const struct type type_ip = {.kind = TYPE_ABSTRACT, .name = STR_INIT("net.IP")};
const struct type type_cidr = {.kind = TYPE_ABSTRACT,
                               .name = STR_INIT("net.CIDR")};

static const struct type param_t = {.kind = TYPE_PARAM, .name = STR_INIT("T")};
static const struct type param_k = {.kind = TYPE_PARAM, .name = STR_INIT("K")};
static const struct type list_t = {.kind = TYPE_LIST, .item = &param_t};
static const struct type list_list_t = {.kind = TYPE_LIST, .item = &list_t};
static const struct type map_kt = {
    .kind = TYPE_MAP, .key = &param_k, .item = &param_t};
static const struct type optional_t = {.kind = TYPE_OPTIONAL, .item = &param_t};
static const struct type type_t = {.kind = TYPE_TYPE, .item = &param_t};
static const struct type list_string = {.kind = TYPE_LIST,
                                        .item = &type_string};
static const struct type list_int = {.kind = TYPE_LIST, .item = &type_int};
static const struct type list_uint = {.kind = TYPE_LIST, .item = &type_uint};
static const struct type list_double = {.kind = TYPE_LIST,
                                        .item = &type_double};
static const struct type list_dyn = {.kind = TYPE_LIST, .item = &type_dyn};

/* ---- functions of this file ---- */

static struct value same(struct arena *arena, const struct value *args)
{
    (void)arena;
    return args[0];
}

static struct value type_of(struct arena *arena, const struct value *args)
{
    struct value v = value_str(str_of(stdlib_type_of(args[0])));
    (void)arena;
    v.kind = VALUE_TYPE;
    return v;
}

static struct value optional_of(struct arena *arena, const struct value *args)
{
    struct value *item = ARENA_NEW(arena, struct value);
    *item = args[0];
    return (struct value){.kind = VALUE_OPTIONAL, .as.items = item};
}

static struct value optional_none(struct arena *arena, const struct value *args)
{
    (void)arena;
    (void)args;
    return (struct value){.kind = VALUE_OPTIONAL};
}

static bool is_zero(struct value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_NULL:
    case VALUE_ABSENT:
        return true;
    case VALUE_BOOL:
        return !v.as.b;
    case VALUE_INT:
    case VALUE_UINT:
        return v.as.u == 0;
    case VALUE_DOUBLE:
        return v.as.d == 0.0;
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_LIST:
    case VALUE_MAP:
        return v.n == 0;
    case VALUE_DURATION:
        return v.as.i == 0 && v.n == 0;
    case VALUE_OPTIONAL:
        return v.as.items == NULL;
    case VALUE_NONE:
    case VALUE_TIMESTAMP:
    case VALUE_STRUCT:
    case VALUE_ROW:
    case VALUE_TYPE:
    case VALUE_NET:
    case VALUE_UNKNOWN:
    case VALUE_ERROR:
    case VALUE_OPEN_LIST:
        break;
    }
    return false;
}

static struct value optional_non_zero(struct arena *arena,
                                      const struct value *args)
{
    return is_zero(args[0]) ? optional_none(arena, args)
                            : optional_of(arena, args);
}

static struct value optional_value(struct arena *arena,
                                   const struct value *args)
{
    if (args[0].as.items == NULL)
        return cel_error(arena, "the optional value is not there");
    return *args[0].as.items;
}

static struct value optional_has(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_bool(args[0].as.items != NULL);
}

/* ---- the table ---- */

#define ARGS(...)                                                              \
    .args = {__VA_ARGS__},                                                     \
    .n_args = sizeof((const struct type *[]){__VA_ARGS__}) /                   \
              sizeof(const struct type *)
#define NAMED(text, fn, out) .name = STR_INIT(text), .apply = fn, .result = &out

/* f(a, …), an operator among them, or x.f(…). */
#define CALL(text, fn, out, ...)                                               \
    {                                                                          \
        .f = { NAMED(text, fn, out), ARGS(__VA_ARGS__) }                       \
    }
#define CALL_PARTIAL(text, fn, out, ...)                                       \
    {                                                                          \
        .f = { NAMED(text, fn, out), ARGS(__VA_ARGS__), .is_partial = true }   \
    }
#define METHOD(text, fn, out, ...)                                             \
    {.f = {NAMED(text, fn, out), ARGS(__VA_ARGS__)}, .is_method = true}
#define METHOD_PARTIAL(text, fn, out, ...)                                     \
    {.f = {NAMED(text, fn, out), ARGS(__VA_ARGS__), .is_partial = true},       \
     .is_method = true}
/* Not in rules. */
#define PLAIN(text, fn, out, ...)                                              \
    {.f = {NAMED(text, fn, out), ARGS(__VA_ARGS__), .is_partial = true},       \
     .is_plain = true}
#define PLAIN_METHOD(text, fn, out, ...)                                       \
    {.f = {NAMED(text, fn, out), ARGS(__VA_ARGS__), .is_partial = true},       \
     .is_plain = true,                                                         \
     .is_method = true}
#define DEEP(row_method, row_partial, text, fn, out, ...)                      \
    {.f = {NAMED(text, fn, out), ARGS(__VA_ARGS__),                            \
           .is_partial = row_partial},                                         \
     .is_method = row_method,                                                  \
     .is_deep = true}
#define SPECIAL(kind, row_method, text, fn, out, ...)                          \
    {.f = {NAMED(text, fn, out), ARGS(__VA_ARGS__)},                           \
     .special = kind,                                                          \
     .is_method = row_method}
/* A part of a timestamp, in UTC and in a zone. */
#define PART(text, fn)                                                         \
    METHOD(text, fn, type_int, &type_timestamp),                               \
    {                                                                          \
        .f = {NAMED(text, fn##_in, type_int),                                  \
              ARGS(&type_timestamp, &type_string), .is_partial = true},        \
        .is_method = true, .is_zoned = true                                    \
    }
#define EACH_NUMBER(text, fn)                                                  \
    CALL_PARTIAL(text, fn, type_int, &type_int, &type_int),                    \
        CALL_PARTIAL(text, fn, type_uint, &type_uint, &type_uint),             \
        CALL_PARTIAL(text, fn, type_double, &type_double, &type_double)
#define EXTREME(text, fn)                                                      \
    CALL(text, fn, type_int, &type_int),                                       \
        CALL(text, fn, type_uint, &type_uint),                                 \
        CALL(text, fn, type_double, &type_double),                             \
        DEEP(false, true, text, fn, type_int, &list_int),                      \
        DEEP(false, true, text, fn, type_uint, &list_uint),                    \
        DEEP(false, true, text, fn, type_double, &list_double),                \
        DEEP(false, true, text, fn, type_dyn, &list_dyn)
#define BITS(text, fn)                                                         \
    CALL(text, fn, type_int, &type_int, &type_int),                            \
        CALL(text, fn, type_uint, &type_uint, &type_uint)

const struct cel_std stdlib_functions[] = {
    CALL("+", text_concat, type_string, &type_string, &type_string),
    CALL("+", text_concat, list_t, &list_t, &list_t),
    PLAIN("+", text_concat, type_bytes, &type_bytes, &type_bytes),
    EACH_NUMBER("+", number_add),
    EACH_NUMBER("-", number_subtract),
    EACH_NUMBER("*", number_multiply),
    EACH_NUMBER("/", number_divide),
    CALL_PARTIAL("%", number_modulo, type_int, &type_int, &type_int),
    CALL_PARTIAL("%", number_modulo, type_uint, &type_uint, &type_uint),
    CALL_PARTIAL("-", number_negate, type_int, &type_int),
    CALL_PARTIAL("-", number_negate, type_double, &type_double),
    CALL_PARTIAL("+", timeval_add, type_timestamp, &type_timestamp,
                 &type_duration),
    CALL_PARTIAL("+", timeval_add, type_timestamp, &type_duration,
                 &type_timestamp),
    CALL_PARTIAL("+", timeval_add, type_duration, &type_duration,
                 &type_duration),
    CALL_PARTIAL("-", timeval_subtract, type_duration, &type_timestamp,
                 &type_timestamp),
    CALL_PARTIAL("-", timeval_subtract, type_timestamp, &type_timestamp,
                 &type_duration),
    CALL_PARTIAL("-", timeval_subtract, type_duration, &type_duration,
                 &type_duration),

    SPECIAL(SPECIAL_SIZE, false, "size", text_size, type_int, &type_string),
    SPECIAL(SPECIAL_SIZE, true, "size", text_size, type_int, &type_string),
    SPECIAL(SPECIAL_SIZE, false, "size", text_size, type_int, &list_t),
    SPECIAL(SPECIAL_SIZE, true, "size", text_size, type_int, &list_t),
    SPECIAL(SPECIAL_SIZE, false, "size", text_size, type_int, &map_kt),
    SPECIAL(SPECIAL_SIZE, true, "size", text_size, type_int, &map_kt),
    PLAIN("size", text_size, type_int, &type_bytes),
    PLAIN_METHOD("size", text_size, type_int, &type_bytes),
    SPECIAL(SPECIAL_FLATTEN, true, "flatten", NULL, list_t, &list_list_t),

    METHOD("contains", text_contains, type_bool, &type_string, &type_string),
    METHOD("startsWith", text_starts, type_bool, &type_string, &type_string),
    METHOD("endsWith", text_ends, type_bool, &type_string, &type_string),
    METHOD("matches", text_matches, type_bool, &type_string, &type_string),
    CALL("matches", text_matches, type_bool, &type_string, &type_string),
    METHOD("lowerAscii", text_lower, type_string, &type_string),
    METHOD("upperAscii", text_upper, type_string, &type_string),
    METHOD("trim", text_trim, type_string, &type_string),
    METHOD("reverse", text_reverse, type_string, &type_string),
    METHOD("replace", text_replace, type_string, &type_string, &type_string,
           &type_string),
    METHOD("replace", text_replace_n, type_string, &type_string, &type_string,
           &type_string, &type_int),
    METHOD("split", text_split, list_string, &type_string, &type_string),
    METHOD("split", text_split_n, list_string, &type_string, &type_string,
           &type_int),
    DEEP(true, false, "join", text_join, type_string, &list_string),
    DEEP(true, false, "join", text_join_with, type_string, &list_string,
         &type_string),
    CALL("strings.quote", text_quote, type_string, &type_string),
    METHOD_PARTIAL("charAt", text_char_at, type_string, &type_string,
                   &type_int),
    METHOD_PARTIAL("indexOf", text_index_of, type_int, &type_string,
                   &type_string),
    METHOD_PARTIAL("indexOf", text_index_from, type_int, &type_string,
                   &type_string, &type_int),
    METHOD_PARTIAL("lastIndexOf", text_last_index, type_int, &type_string,
                   &type_string),
    METHOD_PARTIAL("lastIndexOf", text_last_from, type_int, &type_string,
                   &type_string, &type_int),
    METHOD_PARTIAL("substring", text_substring, type_string, &type_string,
                   &type_int),
    METHOD_PARTIAL("substring", text_slice, type_string, &type_string,
                   &type_int, &type_int),
    DEEP(true, true, "format", text_format, type_string, &type_string,
         &list_dyn),

    CALL("int", same, type_int, &type_int),
    CALL_PARTIAL("int", number_as_int, type_int, &type_uint),
    CALL_PARTIAL("int", number_as_int, type_int, &type_double),
    CALL_PARTIAL("int", number_as_int, type_int, &type_string),
    CALL_PARTIAL("int", number_as_int, type_int, &type_timestamp),
    CALL("uint", same, type_uint, &type_uint),
    CALL_PARTIAL("uint", number_as_uint, type_uint, &type_int),
    CALL_PARTIAL("uint", number_as_uint, type_uint, &type_double),
    CALL_PARTIAL("uint", number_as_uint, type_uint, &type_string),
    CALL("double", same, type_double, &type_double),
    CALL_PARTIAL("double", number_as_double, type_double, &type_int),
    CALL_PARTIAL("double", number_as_double, type_double, &type_uint),
    CALL_PARTIAL("double", number_as_double, type_double, &type_string),
    CALL("bool", same, type_bool, &type_bool),
    CALL_PARTIAL("bool", number_as_bool, type_bool, &type_string),
    CALL("string", same, type_string, &type_string),
    CALL_PARTIAL("string", text_to_string, type_string, &type_bool),
    CALL_PARTIAL("string", text_to_string, type_string, &type_int),
    CALL_PARTIAL("string", text_to_string, type_string, &type_uint),
    CALL_PARTIAL("string", text_to_string, type_string, &type_double),
    CALL_PARTIAL("string", text_to_string, type_string, &type_timestamp),
    CALL_PARTIAL("string", text_to_string, type_string, &type_duration),
    PLAIN("string", text_to_string, type_string, &type_bytes),
    PLAIN("string", text_to_string, type_string, &type_ip),
    PLAIN("string", text_to_string, type_string, &type_cidr),
    PLAIN("bytes", same, type_bytes, &type_bytes),
    PLAIN("bytes", text_to_bytes, type_bytes, &type_string),
    PLAIN("dyn", same, type_dyn, &param_t),
    PLAIN("type", type_of, type_t, &param_t),
    CALL("timestamp", same, type_timestamp, &type_timestamp),
    CALL_PARTIAL("timestamp", timeval_timestamp, type_timestamp, &type_string),
    CALL_PARTIAL("timestamp", timeval_timestamp, type_timestamp, &type_int),
    CALL("duration", same, type_duration, &type_duration),
    CALL_PARTIAL("duration", timeval_duration, type_duration, &type_string),
    CALL_PARTIAL("duration", timeval_duration, type_duration, &type_int),

    PART("getFullYear", timeval_full_year),
    PART("getMonth", timeval_month),
    PART("getDate", timeval_date),
    PART("getDayOfMonth", timeval_day_of_month),
    PART("getDayOfWeek", timeval_day_of_week),
    PART("getDayOfYear", timeval_day_of_year),
    PART("getHours", timeval_hours),
    PART("getMinutes", timeval_minutes),
    PART("getSeconds", timeval_seconds),
    PART("getMilliseconds", timeval_milliseconds),
    METHOD("getHours", timeval_hours, type_int, &type_duration),
    METHOD("getMinutes", timeval_minutes, type_int, &type_duration),
    METHOD("getSeconds", timeval_seconds, type_int, &type_duration),
    METHOD("getMilliseconds", timeval_milliseconds, type_int, &type_duration),

    EXTREME("math.greatest", number_greatest),
    EXTREME("math.least", number_least),
    CALL_PARTIAL("math.abs", number_abs, type_int, &type_int),
    CALL_PARTIAL("math.abs", number_abs, type_uint, &type_uint),
    CALL_PARTIAL("math.abs", number_abs, type_double, &type_double),
    CALL("math.sign", number_sign, type_int, &type_int),
    CALL("math.sign", number_sign, type_uint, &type_uint),
    CALL("math.sign", number_sign, type_double, &type_double),
    CALL("math.ceil", number_ceil, type_double, &type_double),
    CALL("math.floor", number_floor, type_double, &type_double),
    CALL("math.round", number_round, type_double, &type_double),
    CALL("math.trunc", number_trunc, type_double, &type_double),
    CALL("math.isNaN", number_is_nan, type_bool, &type_double),
    CALL("math.isInf", number_is_inf, type_bool, &type_double),
    CALL("math.isFinite", number_is_finite, type_bool, &type_double),
    BITS("math.bitAnd", number_bit_and),
    BITS("math.bitOr", number_bit_or),
    BITS("math.bitXor", number_bit_xor),
    CALL("math.bitNot", number_bit_not, type_int, &type_int),
    CALL("math.bitNot", number_bit_not, type_uint, &type_uint),
    CALL_PARTIAL("math.bitShiftLeft", number_shift_left, type_int, &type_int,
                 &type_int),
    CALL_PARTIAL("math.bitShiftLeft", number_shift_left, type_uint, &type_uint,
                 &type_int),
    CALL_PARTIAL("math.bitShiftRight", number_shift_right, type_int, &type_int,
                 &type_int),
    CALL_PARTIAL("math.bitShiftRight", number_shift_right, type_uint,
                 &type_uint, &type_int),

    CALL("optional.of", optional_of, optional_t, &param_t),
    {.f = {NAMED("optional.none", optional_none, optional_t)}},
    CALL("optional.ofNonZeroValue", optional_non_zero, optional_t, &param_t),
    METHOD("hasValue", optional_has, type_bool, &optional_t),
    METHOD_PARTIAL("value", optional_value, param_t, &optional_t),
    SPECIAL(SPECIAL_OR_VALUE, true, "orValue", NULL, param_t, &optional_t,
            &param_t),
    SPECIAL(SPECIAL_OR, true, "or", NULL, optional_t, &optional_t, &optional_t),

    PLAIN("base64.encode", text_base64_encode, type_string, &type_bytes),
    PLAIN("base64.decode", text_base64_decode, type_bytes, &type_string),

    PLAIN("ip", net_ip, type_ip, &type_string),
    PLAIN("isIP", net_is_ip, type_bool, &type_string),
    PLAIN("ip.isCanonical", net_is_canonical, type_bool, &type_string),
    PLAIN_METHOD("family", net_family, type_int, &type_ip),
    PLAIN_METHOD("isUnspecified", net_is_unspecified, type_bool, &type_ip),
    PLAIN_METHOD("isLoopback", net_is_loopback, type_bool, &type_ip),
    PLAIN_METHOD("isGlobalUnicast", net_is_global_unicast, type_bool, &type_ip),
    PLAIN_METHOD("isLinkLocalMulticast", net_is_link_local_multicast, type_bool,
                 &type_ip),
    PLAIN_METHOD("isLinkLocalUnicast", net_is_link_local_unicast, type_bool,
                 &type_ip),
    PLAIN("cidr", net_cidr, type_cidr, &type_string),
    PLAIN("isCIDR", net_is_cidr_text, type_bool, &type_string),
    PLAIN_METHOD("containsIP", net_contains_ip, type_bool, &type_cidr,
                 &type_ip),
    PLAIN_METHOD("containsIP", net_contains_ip, type_bool, &type_cidr,
                 &type_string),
    PLAIN_METHOD("containsCIDR", net_contains_cidr, type_bool, &type_cidr,
                 &type_cidr),
    PLAIN_METHOD("containsCIDR", net_contains_cidr, type_bool, &type_cidr,
                 &type_string),
    PLAIN_METHOD("ip", net_base, type_ip, &type_cidr),
    PLAIN_METHOD("masked", net_masked, type_cidr, &type_cidr),
    PLAIN_METHOD("prefixLength", net_prefix_length, type_int, &type_cidr),
};
const size_t n_stdlib_functions = N_ITEMS(stdlib_functions);

/* ---- types as names and of values ---- */

static const struct cel_type_name type_names[] = {
    {"bool", "bool", &type_bool},
    {"int", "int", &type_int},
    {"uint", "uint", &type_uint},
    {"double", "double", &type_double},
    {"string", "string", &type_string},
    {"bytes", "bytes", &type_bytes},
    {"list", "list", &list_dyn},
    {"map", "map", &map_kt},
    {"null_type", "null_type", &type_null},
    {"type", "type", &type_t},
    {"optional_type", "optional_type", &optional_t},
    {"google.protobuf.Timestamp", "google.protobuf.Timestamp", &type_timestamp},
    {"google.protobuf.Duration", "google.protobuf.Duration", &type_duration},
    {"net.IP", "net.IP", &type_ip},
    {"net.CIDR", "net.CIDR", &type_cidr},
};

const struct cel_type_name *stdlib_type_name(struct str name)
{
    for (size_t i = 0; i < N_ITEMS(type_names); i++)
        if (str_is(name, type_names[i].name))
            return &type_names[i];
    return NULL;
}

static const struct {
    enum type_kind type;
    const char *name;
} kinds[] = {
    [VALUE_NULL] = {TYPE_NULL, "null_type"},
    [VALUE_BOOL] = {TYPE_BOOL, "bool"},
    [VALUE_INT] = {TYPE_INT, "int"},
    [VALUE_UINT] = {TYPE_UINT, "uint"},
    [VALUE_DOUBLE] = {TYPE_DOUBLE, "double"},
    [VALUE_STRING] = {TYPE_STRING, "string"},
    [VALUE_BYTES] = {TYPE_BYTES, "bytes"},
    [VALUE_TIMESTAMP] = {TYPE_TIMESTAMP, "google.protobuf.Timestamp"},
    [VALUE_DURATION] = {TYPE_DURATION, "google.protobuf.Duration"},
    [VALUE_LIST] = {TYPE_LIST, "list"},
    [VALUE_MAP] = {TYPE_MAP, "map"},
    [VALUE_STRUCT] = {TYPE_RECORD, "map"},
    [VALUE_ROW] = {TYPE_RECORD, "map"},
    [VALUE_OPTIONAL] = {TYPE_OPTIONAL, "optional_type"},
    [VALUE_TYPE] = {TYPE_TYPE, "type"},
    [VALUE_NET] = {TYPE_ABSTRACT, NULL},
    [VALUE_OPEN_LIST] = {TYPE_LIST, "list"},
};

const char *stdlib_type_of(struct value v)
{
    if (v.kind == VALUE_NET)
        return net_is_cidr(v) ? "net.CIDR" : "net.IP";
    if (v.kind >= N_ITEMS(kinds) || kinds[v.kind].name == NULL)
        return "dyn";
    return kinds[v.kind].name;
}

bool stdlib_accepts(const struct type *type, struct value v)
{
    if (type->kind == TYPE_DYN || type->kind == TYPE_PARAM)
        return true;
    if (type->kind == TYPE_ABSTRACT)
        return v.kind == VALUE_NET && str_is(type->name, stdlib_type_of(v));
    /* A compiled pattern stands for its text. */
    if (v.kind == VALUE_NET)
        return type->kind == TYPE_STRING && v.aux == VALUE_NET_PATTERN;
    if (v.kind >= N_ITEMS(kinds) || kinds[v.kind].name == NULL ||
        kinds[v.kind].type != type->kind)
        return false;
    if (type->kind != TYPE_LIST || v.kind != VALUE_LIST)
        return true;
    for (uint32_t i = 0; i < v.n; i++)
        if (v.as.items[i].kind != VALUE_UNKNOWN &&
            !stdlib_accepts(type->item, v.as.items[i]))
            return false;
    return true;
}
