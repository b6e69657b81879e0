/* Runs the conformance cases of the CEL specification from a vector file. */
#include <math.h>
#include <string.h>

#include "checker/cel/cel.h"
#include "checker/cel/stdlib.h"
#include "tests/conformance/vector_file.h"

enum { MAX_NAMES = 64, MAX_FUNCTIONS = 16 };

/* One case, opened. */
struct vector {
    struct arena *arena;
    struct value json;
    struct cel_options options;
    struct cel_function functions[MAX_FUNCTIONS];
    struct cel_name names[MAX_NAMES];
    struct value slots[MAX_NAMES];
    size_t n_names;
};

static struct str get_text(struct value object, const char *key)
{
    struct value v = value_get(object, str_of(key));
    return v.kind == VALUE_STRING ? value_text(v) : (struct str){0};
}

static bool get_flag(struct value object, const char *key)
{
    struct value v = value_get(object, str_of(key));
    return v.kind == VALUE_BOOL && v.as.b;
}

/* ---- values in the file's form ---- */

static struct value read_value(struct arena *arena, struct value json);

static struct value parse_with(struct arena *arena, struct value text,
                               const char *function)
{
    for (size_t i = 0; i < n_stdlib_functions; i++) {
        const struct cel_function *f = &stdlib_functions[i].f;
        if (str_is(f->name, function) && f->n_args == 1 &&
            f->args[0]->kind == TYPE_STRING)
            return f->apply(arena, &text);
    }
    return cel_error(arena, "no function %s", function);
}

/* Seconds and nanoseconds: {"s": "1", "n": 2}. */
static struct value read_time(struct value json, enum value_kind kind)
{
    struct value s = value_get(json, STR("s")), n = value_get(json, STR("n"));
    struct value v = {.kind = (uint8_t)kind};
    if (s.kind == VALUE_INT)
        v.as.i = s.as.i;
    else if (s.kind == VALUE_STRING && !str_to_int(value_text(s), &v.as.i))
        v.kind = VALUE_NONE;
    v.n = n.kind == VALUE_INT ? (uint32_t)n.as.i : 0;
    return v;
}

static struct value read_double(struct arena *arena, struct value json)
{
    if (json.kind == VALUE_INT)
        return value_double((double)json.as.i);
    if (json.kind == VALUE_STRING && str_is(value_text(json), "-0"))
        return value_double(-0.0);
    return json.kind == VALUE_STRING ? parse_with(arena, json, "double") : json;
}

static struct value read_list(struct arena *arena, struct value json)
{
    struct value *items = ARENA_ARRAY(arena, json.n, struct value);
    for (uint32_t i = 0; i < json.n; i++)
        items[i] = read_value(arena, json.as.items[i]);
    return value_list(items, json.n);
}

static struct value read_map(struct arena *arena, struct value json)
{
    struct value *pairs = ARENA_ARRAY(arena, 2 * (size_t)json.n, struct value);
    for (uint32_t i = 0; i < json.n; i++) {
        struct value pair = json.as.items[i];
        pairs[2 * i] = read_value(arena, pair.as.items[0]);
        pairs[2 * i + 1] = read_value(arena, pair.as.items[1]);
    }
    return value_map(pairs, json.n);
}

static struct value read_value(struct arena *arena, struct value json)
{
    struct str kind = value_text(json.as.items[0]);
    struct value v = json.as.items[1];
    if (str_is(kind, "int"))
        return parse_with(arena, v, "int");
    if (str_is(kind, "uint"))
        return parse_with(arena, v, "uint");
    if (str_is(kind, "double"))
        return read_double(arena, v);
    if (str_is(kind, "bytes"))
        return parse_with(arena, v, "base64.decode");
    if (str_is(kind, "list"))
        return read_list(arena, v);
    if (str_is(kind, "map"))
        return read_map(arena, v);
    if (str_is(kind, "duration"))
        return read_time(v, VALUE_DURATION);
    if (str_is(kind, "timestamp"))
        return read_time(v, VALUE_TIMESTAMP);
    if (str_is(kind, "type"))
        v.kind = VALUE_TYPE;
    return v; /* null, bool, string */
}

/* ---- comparing ---- */

static bool is_same(struct value a, struct value b);

static bool same_items(struct value a, struct value b)
{
    for (uint32_t i = 0; i < a.n; i++)
        if (!is_same(a.as.items[i], b.as.items[i]))
            return false;
    return true;
}

static bool same_pairs(struct value a, struct value b)
{
    for (uint32_t i = 0; i < a.n; i++) {
        bool is_found = false;
        for (uint32_t k = 0; k < b.n && !is_found; k++)
            is_found = is_same(a.as.items[2 * i], b.as.items[2 * k]) &&
                       is_same(a.as.items[2 * i + 1], b.as.items[2 * k + 1]);
        if (!is_found)
            return false;
    }
    return true;
}

/* The same kind and value; NaN is NaN, and -0 is not 0. */
static bool is_same(struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    if (a.kind == VALUE_LIST)
        return a.n == b.n && same_items(a, b);
    if (a.kind == VALUE_MAP)
        return a.n == b.n && same_pairs(a, b);
    if (a.kind == VALUE_DOUBLE && isnan(a.as.d))
        return isnan(b.as.d);
    if (a.kind == VALUE_DOUBLE && signbit(a.as.d) != signbit(b.as.d))
        return false;
    struct cel_run run = {0};
    struct value v = cel_equal(&run, a, b);
    return v.kind == VALUE_BOOL && v.as.b;
}

/* ---- types in the file's form: map(string, list($T)) ---- */

static const struct {
    const char *name;
    const struct type *type;
} simple[] = {
    {"bool", &type_bool},
    {"int", &type_int},
    {"uint", &type_uint},
    {"double", &type_double},
    {"string", &type_string},
    {"bytes", &type_bytes},
    {"null_type", &type_null},
    {"dyn", &type_dyn},
    {"timestamp", &type_timestamp},
    {"duration", &type_duration},
    {"google.protobuf.Timestamp", &type_timestamp},
    {"google.protobuf.Duration", &type_duration},
};

static const struct type *read_type(struct arena *arena, struct str *rest);

static void skip(struct str *rest, char c)
{
    while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == c))
        *rest = str_sub(*rest, 1, rest->n);
}

/* The arguments of an abstract type, as a chain of pairs: a type has room for
 * two parts only. */
static const struct type *read_parts(struct arena *arena, struct str *rest,
                                     struct str name)
{
    struct type *type = ARENA_NEW(arena, struct type);
    type->kind = TYPE_ABSTRACT;
    type->name = name;
    type->item = read_type(arena, rest);
    skip(rest, ' ');
    if (rest->n > 0 && rest->p[0] == ',') {
        skip(rest, ',');
        type->key = type->item;
        type->item = read_parts(arena, rest, STR(","));
    }
    return type;
}

static const struct type *read_compound(struct arena *arena, struct str *rest,
                                        struct str name)
{
    struct type *type = ARENA_NEW(arena, struct type);
    if (str_is(name, "map")) {
        const struct type *key = read_type(arena, rest);
        skip(rest, ',');
        return type_map(arena, key, read_type(arena, rest));
    }
    type->kind = str_is(name, "list")            ? TYPE_LIST
                 : str_is(name, "optional_type") ? TYPE_OPTIONAL
                 : str_is(name, "type")          ? TYPE_TYPE
                 : str_is(name, "wrapper")       ? TYPE_WRAPPER
                                                 : TYPE_ABSTRACT;
    /* message(duration) and message(timestamp) are types of their own. */
    if (str_is(name, "message"))
        return read_type(arena, rest);
    if (type->kind == TYPE_ABSTRACT)
        return read_parts(arena, rest, name);
    type->item = read_type(arena, rest);
    return type;
}

static const struct type *read_type(struct arena *arena, struct str *rest)
{
    size_t n = 0;
    skip(rest, ' ');
    while (n < rest->n && memchr("(),", rest->p[n], 3) == NULL)
        n++;
    struct str name = str_trim(str_sub(*rest, 0, n));
    *rest = str_sub(*rest, n, rest->n);
    if (rest->n > 0 && rest->p[0] == '(') {
        *rest = str_sub(*rest, 1, rest->n);
        const struct type *type = read_compound(arena, rest, name);
        skip(rest, ' ');
        *rest = str_sub(*rest, 1, rest->n); /* ')' */
        return type;
    }
    for (size_t i = 0; i < N_ITEMS(simple); i++)
        if (str_is(name, simple[i].name))
            return simple[i].type;
    struct type *type = ARENA_NEW(arena, struct type);
    type->kind = TYPE_ABSTRACT;
    type->name = name;
    if (name.n > 0 && name.p[0] == '$') {
        type->kind = TYPE_PARAM;
        type->name = str_sub(name, 1, name.n);
    }
    return type;
}

static const struct type *type_of_text(struct arena *arena, struct str text)
{
    return read_type(arena, &text);
}

/* type_same compares the parts of all compound types but dyn's absence. */
static bool has_type(struct arena *arena, const struct cel_program *program,
                     struct str want, struct buf *got)
{
    type_print(got, cel_type(program));
    return type_same(cel_type(program), type_of_text(arena, want));
}

/* ---- running ---- */

static void open_names(struct vector *v)
{
    struct value env = value_get(v->json, STR("type_env"));
    struct value types = value_get(env, STR("variables"));
    struct value bindings = value_get(v->json, STR("bindings"));
    for (uint32_t i = 0; types.kind == VALUE_MAP && i < types.n; i++) {
        struct str name = value_text(types.as.items[2 * i]);
        struct value bound = value_get(bindings, name);
        if (v->n_names == MAX_NAMES)
            return;
        v->names[v->n_names] = (struct cel_name){
            .name = name,
            .type =
                type_of_text(v->arena, value_text(types.as.items[2 * i + 1])),
            .slot = (uint32_t)v->n_names};
        v->slots[v->n_names++] =
            bound.kind == VALUE_NONE
                ? cel_error(v->arena, "no value for the name")
                : read_value(v->arena, bound);
    }
}

static void open_functions(struct vector *v)
{
    struct value env = value_get(v->json, STR("type_env"));
    struct value all = value_get(env, STR("functions"));
    for (uint32_t i = 0; all.kind == VALUE_MAP && i < all.n; i++) {
        struct value overloads = all.as.items[2 * i + 1];
        for (uint32_t k = 0; k < overloads.n; k++) {
            struct value o = overloads.as.items[k];
            struct value params = value_get(o, STR("params"));
            if (v->options.n_functions == MAX_FUNCTIONS || params.n > 4)
                return;
            struct cel_function *f = &v->functions[v->options.n_functions++];
            f->name = value_text(all.as.items[2 * i]);
            f->result = type_of_text(v->arena, get_text(o, "result"));
            f->n_args = params.n;
            for (uint32_t a = 0; a < params.n; a++)
                f->args[a] =
                    type_of_text(v->arena, value_text(params.as.items[a]));
        }
    }
    v->options.functions = v->functions;
}

static void print_value(struct buf *out, struct value v)
{
    if (v.kind == VALUE_ERROR)
        buf_addf(out, "error %.*s", STRF(v.as.error->text));
    else {
        buf_addf(out, "%s ", stdlib_type_of(v));
        cel_print(out, v, NULL);
    }
}

static bool differs(struct buf *why, const char *what, struct str want,
                    struct str got)
{
    buf_addf(why, "%s: want %.*s, got %.*s", what, STRF(want), STRF(got));
    return false;
}

static bool compare_result(struct vector *v, const struct cel_program *p,
                           struct value want, struct buf *why)
{
    struct causes_table *table = causes_new(v->arena);
    struct cel_run run = {.scratch = v->arena,
                          .causes = table,
                          .slots = v->slots,
                          .steps_left = 1000000};
    struct value got = cel_eval(p, &run);
    causes_free(table);
    struct buf text = {0}, wanted = {0};
    bool is_good;
    print_value(&text, got);
    if (want.kind == VALUE_NONE) {
        buf_adds(&wanted, "an error");
        is_good = got.kind == VALUE_ERROR;
    } else {
        want = read_value(v->arena, want);
        print_value(&wanted, want);
        is_good = is_same(want, got);
    }
    if (!is_good)
        differs(why, "value", buf_str(&wanted), buf_str(&text));
    buf_release(&text);
    buf_release(&wanted);
    return is_good;
}

static bool run_case(struct vector *v, struct buf *why)
{
    struct value expect = value_get(v->json, STR("expect"));
    struct value want = value_get(expect, STR("value"));
    struct str type = get_text(expect, "type");
    bool wants_error = value_get(expect, STR("error")).kind != VALUE_NONE;
    struct cel_issues issues = {.arena = v->arena};
    open_names(v);
    open_functions(v);
    v->options.is_unchecked = get_flag(v->json, "disable_check");
    v->options.container = get_text(v->json, "container");
    struct cel_scope scope = {
        .options = &v->options, .names = v->names, .n_names = v->n_names};
    const struct cel_program *program = cel_compile(
        v->arena, &scope, get_text(v->json, "expr"), NULL, NULL, &issues);
    if (program == NULL)
        return wants_error ||
               differs(why, "issue", STR("none"), issues.items[0].text);
    if (type.n > 0) {
        struct buf got = {0};
        bool is_good = has_type(v->arena, program, type, &got) ||
                       differs(why, "type", type, buf_str(&got));
        buf_release(&got);
        if (!is_good)
            return false;
    }
    if (get_flag(v->json, "check_only"))
        return type.n > 0 ||
               differs(why, "type", STR("one in the file"), STR("none"));
    return compare_result(v, program, wants_error ? (struct value){0} : want,
                          why);
}

int main(int argc, char **argv)
{
    struct arena arena = {0}, scratch = {0};
    struct value cases;
    size_t n_passed = 0, n_failed = 0;
    if (!vector_file_read(&arena, argc, argv, &cases))
        return 2;
    for (uint32_t i = 0; i < cases.n; i++) {
        struct vector *v = ARENA_NEW(&scratch, struct vector);
        struct buf why = {0};
        v->arena = &scratch;
        v->json = cases.as.items[i];
        bool is_good = run_case(v, &why);
        if (!is_good)
            printf("FAIL %u %.*s/%.*s/%.*s: %.*s\n  %.*s\n", i,
                   STRF(get_text(v->json, "file")),
                   STRF(get_text(v->json, "section")),
                   STRF(get_text(v->json, "name")), STRF(buf_str(&why)),
                   STRF(get_text(v->json, "expr")));
        n_passed += is_good ? 1 : 0;
        n_failed += is_good ? 0 : 1;
        buf_release(&why);
        arena_reset(&scratch);
    }
    arena_release(&scratch);
    arena_release(&arena);
    return vector_file_end(n_passed, n_failed);
}
