/* The types of calls and macros: overloads, variables, refusals of rules. */
#include "checker/cel/check.h"
#include "checker/base/err.h"
#include "checker/cel/pattern.h"

enum { MAX_ARGS = 4 };

/* A function with its number: the standard ones, then the caller's. */
struct callee {
    const struct cel_function *f;
    const struct cel_std *std; /* or NULL */
};

static bool callee_at(const struct checker *c, size_t i, struct callee *out)
{
    const struct cel_options *options = c->scope->options;
    *out = (struct callee){0};
    if (i < n_stdlib_functions) {
        out->std = &stdlib_functions[i];
        out->f = &out->std->f;
        return true;
    }
    i -= n_stdlib_functions;
    if (i >= options->n_functions)
        return false;
    out->f = &options->functions[i];
    return true;
}

static bool is_callable(const struct checker *c, const struct callee *callee,
                        bool is_method)
{
    if (callee->std == NULL)
        return !is_method;
    return callee->std->is_method == is_method &&
           !(callee->std->is_plain && c->scope->options->is_rule);
}

static bool has_function(const struct checker *c, struct str name,
                         bool is_method)
{
    struct callee callee;
    for (size_t i = 0; callee_at(c, i, &callee); i++)
        if (str_eq(callee.f->name, name) && is_callable(c, &callee, is_method))
            return true;
    return false;
}

/* Whether some function's name begins with NAME and a dot. */
static bool is_namespace(const struct checker *c, struct str name)
{
    struct callee callee;
    struct str prefix = str_cat(c->arena, name, STR("."));
    for (size_t i = 0; callee_at(c, i, &callee); i++)
        if (str_starts(callee.f->name, prefix))
            return true;
    return str_is(name, "cel");
}

static const struct type *unknown_function(struct checker *c, uint32_t node,
                                           struct str name)
{
    static const struct str macros[] = {
        STR_INIT("has"),     STR_INIT("all"),        STR_INIT("exists"),
        STR_INIT("filter"),  STR_INIT("exists_one"), STR_INIT("existsOne"),
        STR_INIT("map"),     STR_INIT("optMap"),     STR_INIT("optFlatMap"),
        STR_INIT("cel.bind")};
    size_t n = 0;
    struct str *words = ARENA_ARRAY(
        c->arena,
        n_stdlib_functions + c->scope->options->n_functions + N_ITEMS(macros),
        struct str);
    struct callee callee;
    for (size_t i = 0; callee_at(c, i, &callee); i++)
        if (is_callable(c, &callee, true) || is_callable(c, &callee, false))
            words[n++] = callee.f->name;
    for (size_t i = 0; i < N_ITEMS(macros); i++)
        words[n++] = macros[i];
    return check_fail(c, node, did_you_mean(c->arena, name, words, n),
                      "unknown function '%.*s'", STRF(name));
}

/* ---- overloads ---- */

/* Whether the arguments fit; then the result's type, else NULL. */
static const struct type *try_overload(struct checker *c,
                                       const struct cel_function *f,
                                       const struct type *const *types,
                                       size_t n)
{
    struct infer_names names = {0};
    size_t mark = infer_mark(&c->infer);
    if (f->n_args != n)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!infer_fits(&c->infer, types[i],
                        infer_instance(&c->infer, &names, f->args[i]))) {
            infer_undo(&c->infer, mark);
            return NULL;
        }
    return infer_instance(&c->infer, &names, f->result);
}

/* Whether only a run can tell if the values fit. */
static bool is_open_type(const struct checker *c, const struct type *type)
{
    type = infer_see(&c->infer, type);
    if (type->kind == TYPE_LIST)
        return is_open_type(c, type->item);
    return type->kind == TYPE_DYN || type->kind == TYPE_WRAPPER ||
           type->kind == TYPE_NULL;
}

/* Finds the overload; `*number` is 0 if it depends on the values. */
static const struct type *resolve(struct checker *c, struct str name,
                                  bool is_method,
                                  const struct type *const *types, size_t n,
                                  uint32_t *number)
{
    const struct type *result = NULL;
    struct callee callee;
    bool is_open = false;
    *number = 0;
    for (size_t i = 0; i < n; i++)
        is_open |= is_open_type(c, types[i]);
    for (size_t i = 0; callee_at(c, i, &callee); i++) {
        if (!str_eq(callee.f->name, name) ||
            !is_callable(c, &callee, is_method))
            continue;
        size_t mark = infer_mark(&c->infer);
        const struct type *one = try_overload(c, callee.f, types, n);
        if (one == NULL)
            continue;
        if (result == NULL) {
            result = one;
            *number = (uint32_t)i + 1;
            if (!is_open)
                return result;
            continue;
        }
        infer_undo(&c->infer, mark);
        if (!type_same(infer_see(&c->infer, result), infer_see(&c->infer, one)))
            result = &type_dyn;
    }
    if (is_open)
        *number = 0;
    return result;
}

/* ---- what rules refuse ---- */

/* A pattern is a literal, checked and compiled here, or a parameter. */
static void check_pattern(struct checker *c, uint32_t node)
{
    struct cel_ast *ast = c->ast;
    uint32_t arg = ast_kid(ast, node, 1);
    const struct value *v = ast_literal(ast, arg);
    const char *why;
    if (v != NULL && v->kind == VALUE_STRING) {
        const struct pattern *pattern =
            pattern_compile(c->arena, value_text(*v), &why);
        if (pattern == NULL && !check_is_loose(c)) {
            check_fail_whole(c, arg, (struct str){0}, "bad pattern: %s", why);
            return;
        }
        if (pattern != NULL)
            ast->nodes[arg].b =
                ast_constant(ast, (struct value){.kind = VALUE_NET,
                                                 .aux = VALUE_NET_PATTERN,
                                                 .as.p = pattern});
        return;
    }
    uint32_t base = ast->nodes[arg].op == OP_FIELD ? ast_kid(ast, arg, 0) : 0;
    bool is_parameter = ast->nodes[arg].op == OP_FIELD &&
                        ast->nodes[base].op == OP_SLOT &&
                        str_is(ast_text(ast, base), "params");
    if (c->scope->options->is_rule && !is_parameter)
        check_fail_whole(c, arg, (struct str){0},
                         "a pattern must be a literal or a parameter");
}

static bool is_fixed_zone(struct str zone)
{
    size_t n = zone.n;
    if (str_is(zone, "UTC"))
        return true;
    if (n > 0 && (zone.p[0] == '+' || zone.p[0] == '-'))
        zone = str_sub(zone, 1, n);
    if (zone.n != 5 || zone.p[2] != ':')
        return false;
    for (size_t i = 0; i < zone.n; i++)
        if (i != 2 && (zone.p[i] < '0' || zone.p[i] > '9'))
            return false;
    return true;
}

static void check_zone(struct checker *c, uint32_t node)
{
    uint32_t arg = ast_kid(c->ast, node, 1);
    const struct value *v = ast_literal(c->ast, arg);
    if (v == NULL || v->kind != VALUE_STRING || !is_fixed_zone(value_text(*v)))
        check_fail_whole(c, arg, (struct str){0},
                         "a time zone must be \"UTC\" or a fixed offset such "
                         "as \"+09:00\"");
}

static void check_refusals(struct checker *c, uint32_t node, struct str name)
{
    const struct cel_node *n = &c->ast->nodes[node];
    if (str_is(name, "matches") && n->n == 2)
        check_pattern(c, node);
    if (c->scope->options->is_rule && n->c > 0 && n->c <= n_stdlib_functions &&
        stdlib_functions[n->c - 1].is_zoned)
        check_zone(c, node);
}

/* ---- calls ---- */

/* `math.abs(x)` is written as a method of `math`: drops that target if the
 * whole is a function's name. False if it is a method after all. */
static bool open_namespace(struct checker *c, uint32_t node, struct str *name)
{
    struct cel_node *n = &c->ast->nodes[node];
    bool is_root = false;
    if ((n->flags & NODE_METHOD) == 0)
        return true;
    struct str target = check_dotted(c, ast_kid(c->ast, node, 0), &is_root);
    if (target.n == 0)
        return false;
    struct str whole =
        str_fmt(c->arena, "%.*s.%.*s", STRF(target), STRF(*name));
    if (!has_function(c, whole, false) &&
        (check_find_name(c, target, is_root) != NULL ||
         !is_namespace(c, target)))
        return false;
    uint32_t first = ast_kid(c->ast, node, 0);
    struct cel_span *span = &c->ast->spans[node];
    span->width += span->at - c->ast->spans[first].from;
    span->at = c->ast->spans[first].from;
    n->flags &= (uint8_t)~NODE_METHOD;
    n->kids++;
    n->n--;
    n->b = ast_name(c->ast, whole);
    *name = whole;
    return true;
}

static bool is_lookup_sum(const struct checker *c, struct str name,
                          const struct type *const *types, size_t n)
{
    if (!str_is(name, "+"))
        return false;
    for (size_t i = 0; i < n; i++)
        if (infer_see(&c->infer, types[i])->is_lookup_list)
            return true;
    return false;
}

const struct type *check_call(struct checker *c, uint32_t node)
{
    struct str name = c->ast->names[c->ast->nodes[node].b];
    (void)open_namespace(c, node, &name);
    size_t n = c->ast->nodes[node].n;
    bool is_method = (c->ast->nodes[node].flags & NODE_METHOD) != 0;
    bool is_wrong = false;
    const struct type **types =
        ARENA_ARRAY(c->arena, n + 1, const struct type *);
    for (size_t i = 0; i < n; i++) {
        types[i] = check_node(c, ast_kid(c->ast, node, i));
        is_wrong |= infer_see(&c->infer, types[i])->kind == TYPE_ERROR;
    }
    if (!has_function(c, name, is_method) && !has_function(c, name, !is_method))
        return unknown_function(c, node, name);
    if (is_lookup_sum(c, name, types, n))
        return check_fail(c, node, (struct str){0},
                          "lookup lists have no positions");
    uint32_t number = 0;
    const struct type *result = NULL;
    if (n <= MAX_ARGS)
        result = resolve(c, name, is_method, types, n, &number);
    if (result == NULL)
        return check_no_overload(c, node, types, n, false);
    c->ast->nodes[node].c = number;
    check_refusals(c, node, name);
    return is_wrong ? &type_error : result;
}

/* ---- macros ---- */

static void add_local(struct checker *c, uint32_t node, const struct type *type)
{
    if (c->n_locals == CEL_MAX_LOCALS)
        return;
    c->locals[c->n_locals].name = c->ast->names[c->ast->nodes[node].b];
    c->locals[c->n_locals++].type = check_is_loose(c) ? &type_dyn : type;
}

/* What the variables of a macro over `range` are; false: none has it. */
static bool range_types(const struct type *range, bool is_two,
                        const struct type *out[2])
{
    out[0] = out[1] = &type_dyn;
    if (range->kind == TYPE_LIST || range->kind == TYPE_MAP) {
        out[0] = range->kind == TYPE_MAP ? range->key
                 : is_two                ? &type_int
                                         : range->item;
        out[1] = range->item;
        return true;
    }
    if (range->kind == TYPE_ERROR)
        out[0] = out[1] = range;
    return range->kind == TYPE_ERROR || range->kind == TYPE_DYN ||
           range->kind == TYPE_PARAM;
}

static void expect_bool(struct checker *c, uint32_t node,
                        const struct type *type)
{
    if (infer_fits(&c->infer, type, &type_bool))
        return;
    struct buf text = {0};
    type_print(&text, infer_final(&c->infer, type));
    check_fail_whole(c, node, (struct str){0}, "expected bool, found %.*s",
                     STRF(buf_str(&text)));
    buf_release(&text);
}

/* The result of a macro whose last body has type `body`. */
static const struct type *macro_result(struct checker *c, uint32_t node,
                                       const struct type *range,
                                       const struct type *const vars[2],
                                       const struct type *body)
{
    enum cel_op op = (enum cel_op)c->ast->nodes[node].op;
    struct infer_names none = {0};
    if (op == OP_FILTER)
        return range->kind == TYPE_LIST || range->kind == TYPE_ERROR
                   ? range
                   : type_list(c->arena, vars[0]);
    if (op == OP_EACH)
        return type_list(c->arena, body);
    if (op == OP_TO_MAP)
        return type_map(c->arena, range->kind == TYPE_MAP ? vars[0] : &type_int,
                        body);
    if (op != OP_TO_ENTRY)
        return &type_bool;
    const struct type *map =
        type_map(c->arena, infer_fresh(&c->infer), infer_fresh(&c->infer));
    if (infer_fits(&c->infer, body, map))
        return infer_instance(&c->infer, &none, map);
    return check_no_overload(c, node, &body, 1, false);
}

static bool has_condition(const struct cel_node *n, size_t body,
                          size_t n_bodies)
{
    bool is_first_of_two = n_bodies == 2 && body == 0;
    return is_first_of_two || n->op == OP_ALL || n->op == OP_EXISTS ||
           n->op == OP_EXISTS_ONE || n->op == OP_FILTER;
}

static const struct type *check_range_macro(struct checker *c, uint32_t node)
{
    const struct cel_node *n = &c->ast->nodes[node];
    size_t n_vars = (n->flags & NODE_TWO) != 0 ? 2 : 1;
    size_t n_bodies = n->n - 1u - n_vars;
    const struct type *vars[2], *body = NULL;
    const struct type *range =
        infer_see(&c->infer, check_node(c, ast_kid(c->ast, node, 0)));
    if (!range_types(range, n_vars == 2, vars)) {
        check_no_overload(c, node, &range, 1, false);
        range = &type_error;
        vars[0] = vars[1] = range;
    }
    size_t first = c->n_locals, n_guards = c->guards.n;
    for (size_t i = 0; i < n_vars; i++)
        add_local(c, ast_kid(c->ast, node, 1 + i), vars[i]);
    for (size_t i = 0; i < n_bodies; i++) {
        uint32_t kid = ast_kid(c->ast, node, 1 + n_vars + i);
        body = check_node(c, kid);
        if (has_condition(&c->ast->nodes[node], i, n_bodies))
            expect_bool(c, kid, body);
    }
    c->n_locals = first;
    c->guards.n = n_guards;
    c->ast->nodes[node].c = (uint32_t)first;
    return macro_result(c, node, range, vars, body);
}

static const struct type *check_bind(struct checker *c, uint32_t node)
{
    size_t first = c->n_locals;
    const struct type *type = check_node(c, ast_kid(c->ast, node, 0));
    add_local(c, ast_kid(c->ast, node, 1), type);
    const struct type *body = check_node(c, ast_kid(c->ast, node, 2));
    c->n_locals = first;
    c->ast->nodes[node].c = (uint32_t)first;
    return body;
}

static const struct type *check_opt_macro(struct checker *c, uint32_t node)
{
    size_t first = c->n_locals;
    const struct type *item = infer_fresh(&c->infer);
    const struct type *of = check_node(c, ast_kid(c->ast, node, 0));
    if (!infer_fits(&c->infer, of, type_optional(c->arena, item))) {
        check_no_overload(c, node, &of, 1, false);
        item = &type_error;
    }
    add_local(c, ast_kid(c->ast, node, 1), item);
    const struct type *body = check_node(c, ast_kid(c->ast, node, 2));
    c->n_locals = first;
    c->ast->nodes[node].c = (uint32_t)first;
    if (c->ast->nodes[node].op == OP_OPT_MAP)
        return type_optional(c->arena, body);
    item = type_optional(c->arena, infer_fresh(&c->infer));
    if (infer_fits(&c->infer, body, item))
        return item;
    return check_no_overload(c, node, &body, 1, false);
}

const struct type *check_macro(struct checker *c, uint32_t node)
{
    enum cel_op op = (enum cel_op)c->ast->nodes[node].op;
    if (op == OP_BIND)
        return check_bind(c, node);
    if (op == OP_OPT_MAP || op == OP_OPT_FLAT_MAP)
        return check_opt_macro(c, node);
    return check_range_macro(c, node);
}
