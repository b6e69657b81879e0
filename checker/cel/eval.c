/* Typed tree and cells to a value, an error or an unknown. */
#include "checker/cel/eval.h"

#include <string.h>

#include "checker/cel/number.h"

enum { MAX_ARGS = 4, MAX_DEPTH = 2500 };

struct value eval_error(struct ev *ev, uint32_t node, const char *text)
{
    struct value_error *error = ARENA_NEW(ev->run->scratch, struct value_error);
    error->text = str_of(text);
    error->offset = ev->ast->spans[node].from;
    return (struct value){.kind = VALUE_ERROR, .as.error = error};
}

struct value eval_kid(struct ev *ev, const struct cel_node *n, size_t i)
{
    return eval_node(ev, ev->ast->kids[n->kids + i]);
}

static struct value optional(struct ev *ev, struct value v)
{
    struct value *item = ARENA_NEW(ev->run->scratch, struct value);
    *item = v;
    return (struct value){.kind = VALUE_OPTIONAL, .as.items = item};
}

static struct value none(void)
{
    return (struct value){.kind = VALUE_OPTIONAL};
}

/* ---- names and fields ---- */

static struct value eval_slot(struct ev *ev, uint32_t node, uint32_t slot)
{
    struct value v =
        ev->run->slots != NULL ? ev->run->slots[slot] : (struct value){0};
    if (v.kind != VALUE_NONE)
        return v;
    if (ev->run->resolve == NULL)
        return eval_error(ev, node, "a name without a value");
    return ev->run->resolve(ev->run, slot);
}

/* The cell of a row or struct; VALUE_NONE if `base` is neither. */
static struct value read_cell(struct ev *ev, const struct cel_node *n,
                              struct value base)
{
    struct value cell;
    if (base.kind == VALUE_ROW)
        cell = value_cell(base.as.table, base.n, n->b);
    else if (base.kind == VALUE_STRUCT && n->b < base.n)
        cell = base.as.items[n->b];
    else
        return (struct value){0};
    if (ev->run->trace != NULL) {
        struct cel_trace trace = {.base = base,
                                  .record = ev->ast->records[n->c],
                                  .field = n->b,
                                  .cell = cell};
        ev->run->trace(ev->run, &trace);
    }
    return cell;
}

/* An unknown base gives an unknown, without its bounds. */
static struct value unsure(struct value v)
{
    return v.kind == VALUE_UNKNOWN
               ? unknown_of(v.n, (v.flags & VALUE_MAYERR) != 0)
               : v;
}

static struct value eval_field(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value base = eval_kid(ev, n, 0);
    if (is_unsure(base))
        return unsure(base);
    struct value cell = read_cell(ev, n, base);
    if (cell.kind == VALUE_UNKNOWN)
        return value_unknown(cell.n);
    if (cell.kind == VALUE_ABSENT)
        return eval_error(ev, node, "the field is absent");
    if (cell.kind == VALUE_NONE)
        return eval_error(ev, node, "no such overload");
    return cell;
}

static struct value eval_has_field(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value base = eval_kid(ev, n, 0);
    if (is_unsure(base))
        return unsure(base);
    struct value cell = read_cell(ev, n, base);
    if (cell.kind == VALUE_NONE)
        return eval_error(ev, node, "no such overload");
    if (cell.kind == VALUE_UNKNOWN &&
        ev->ast->records[n->c]->fields[n->b].is_optional)
        return value_unknown(cell.n);
    return value_bool(cell.kind != VALUE_ABSENT);
}

static struct value eval_opt_field(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value base = eval_kid(ev, n, 0);
    if (base.kind == VALUE_OPTIONAL) {
        if (base.as.items == NULL)
            return base;
        base = *base.as.items;
    }
    if (is_unsure(base))
        return unsure(base);
    struct value cell = read_cell(ev, n, base);
    if (cell.kind == VALUE_UNKNOWN)
        return value_unknown(cell.n);
    if (cell.kind == VALUE_ABSENT)
        return none();
    if (cell.kind == VALUE_NONE)
        return eval_error(ev, node, "no such overload");
    return optional(ev, cell);
}

/* ---- members of maps and lists ---- */

static struct value no_key(struct ev *ev, uint32_t node, struct value key)
{
    struct buf text = {0};
    buf_adds(&text, "no such key: ");
    cel_print(&text, key, ev->run->causes);
    char *copy = str_cstr(ev->run->scratch, buf_str(&text));
    buf_release(&text);
    return eval_error(ev, node, copy);
}

/* container[key]; VALUE_ABSENT if it has none, an error for other kinds. */
static struct value member(struct ev *ev, uint32_t node, struct value of,
                           struct value key)
{
    if (of.kind == VALUE_MAP) {
        const struct value *v = value_find(of, key);
        return v != NULL ? *v : value_absent();
    }
    int64_t i;
    if (of.kind != VALUE_LIST || !number_is(key) || !number_to_int(key, &i))
        return eval_error(ev, node, "no such overload");
    if (i < 0 || i >= (int64_t)of.n)
        return value_absent();
    return of.as.items[i];
}

static struct value select_key(struct ev *ev, uint32_t node)
{
    return value_str(ev->ast->names[ev->ast->nodes[node].b]);
}

static struct value opt_select_from(struct ev *ev, uint32_t node,
                                    struct value base, struct value key)
{
    if (is_unsure(base))
        return unsure(base);
    if (base.kind == VALUE_OPTIONAL) {
        if (base.as.items == NULL)
            return base;
        base = *base.as.items;
    }
    struct value v = member(ev, node, base, key);
    if (v.kind == VALUE_ABSENT)
        return none();
    return is_unsure(v) ? v : optional(ev, v);
}

/* kid.name and kid[k], where only the value tells what kid is; of an optional
 * value as `.?` and `[?…]` do. */
static struct value select_from(struct ev *ev, uint32_t node, struct value base,
                                struct value key)
{
    if (is_unsure(base))
        return unsure(base);
    if (base.kind == VALUE_OPTIONAL)
        return opt_select_from(ev, node, base, key);
    struct value v = member(ev, node, base, key);
    if (v.kind != VALUE_ABSENT)
        return v;
    if (base.kind == VALUE_MAP)
        return no_key(ev, node, key);
    return eval_error(ev, node, "index out of range");
}

static struct value eval_select(struct ev *ev, uint32_t node)
{
    struct value base = eval_kid(ev, &ev->ast->nodes[node], 0);
    if (base.kind == VALUE_LIST)
        return eval_error(ev, node, "no such overload");
    if (base.kind == VALUE_UNKNOWN) /* the map may lack the key */
        return unknown_of(base.n, true);
    return select_from(ev, node, base, select_key(ev, node));
}

static struct value eval_has(struct ev *ev, uint32_t node)
{
    struct value base = eval_kid(ev, &ev->ast->nodes[node], 0);
    if (is_unsure(base))
        return unsure(base);
    if (base.kind == VALUE_OPTIONAL) {
        if (base.as.items == NULL)
            return value_bool(false);
        base = *base.as.items;
    }
    if (base.kind != VALUE_MAP)
        return eval_error(ev, node, "no such overload");
    return value_bool(value_find(base, select_key(ev, node)) != NULL);
}

/* x[k] is strict, and an unknown key or list may be out of range. */
static struct value eval_index(struct ev *ev, uint32_t node, bool is_maybe)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value of = eval_kid(ev, n, 0), key = eval_kid(ev, n, 1);
    struct blend blend = {.run = ev->run, .mayerr = !is_maybe};
    struct members m;
    struct value out;
    if (of.kind == VALUE_OPEN_LIST && members_of(of, &m, &out)) {
        blend.has_unknown = true;
        blend.why = members_why(ev->run, &m);
    }
    blend_add(&blend, of);
    blend_add(&blend, key);
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    return is_maybe ? opt_select_from(ev, node, of, key)
                    : select_from(ev, node, of, key);
}

/* ---- logic ---- */

/* && looks for a false, || for a true: whichever it is decides. */
static struct value eval_logic(struct ev *ev, uint32_t node, bool decides)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct blend blend = {.run = ev->run};
    for (size_t i = 0; i < n->n; i++) {
        struct value v = as_bool(eval_kid(ev, n, i));
        if (v.kind != VALUE_BOOL)
            blend_add(&blend, v);
        else if (v.as.b == decides)
            return v;
    }
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    return value_bool(!decides);
}

static struct value eval_not(struct ev *ev, uint32_t node)
{
    struct value v = as_bool(eval_kid(ev, &ev->ast->nodes[node], 0));
    return v.kind == VALUE_BOOL ? value_bool(!v.as.b) : v;
}

static struct value eval_cond(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value c = as_bool(eval_kid(ev, n, 0));
    if (c.kind == VALUE_BOOL)
        return eval_kid(ev, n, c.as.b ? 1 : 2);
    if (c.kind == VALUE_ERROR)
        return c;
    struct value a = eval_kid(ev, n, 1), b = eval_kid(ev, n, 2);
    if (a.kind == VALUE_BOOL && b.kind == VALUE_BOOL && a.as.b == b.as.b &&
        (c.flags & VALUE_MAYERR) == 0)
        return a;
    struct blend blend = {.run = ev->run};
    blend_add(&blend, c);
    blend_add(&blend, a);
    blend_add(&blend, b);
    return blend_result(&blend);
}

/* ---- comparisons ---- */

static bool holds(enum cel_op op, int order)
{
    if (order == 2)
        return false;
    return op == OP_LT   ? order < 0
           : op == OP_LE ? order <= 0
           : op == OP_GT ? order > 0
                         : order >= 0;
}

static enum cel_op turned(enum cel_op op)
{
    return op == OP_LT   ? OP_GT
           : op == OP_LE ? OP_GE
           : op == OP_GT ? OP_LT
                         : OP_LE;
}

/* An unknown int with bounds against a known one; VALUE_NONE if they are not
 * that. */
static struct value compare_bounds(enum cel_op op, struct value u,
                                   struct value k)
{
    if (u.kind != VALUE_UNKNOWN || u.as.bounds == NULL ||
        (u.flags & VALUE_MAYERR) != 0 || k.kind != VALUE_INT)
        return (struct value){0};
    bool lo = holds(op, number_compare(value_int(u.as.bounds->lo), k));
    bool hi = holds(op, number_compare(value_int(u.as.bounds->hi), k));
    return lo == hi ? value_bool(lo) : value_unknown(u.n);
}

static struct value eval_order(struct ev *ev, uint32_t node, enum cel_op op)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value a = eval_kid(ev, n, 0), b = eval_kid(ev, n, 1);
    int order;
    if (is_unsure(a) || is_unsure(b)) {
        struct value v = compare_bounds(op, a, b);
        if (v.kind == VALUE_NONE)
            v = compare_bounds(turned(op), b, a);
        if (v.kind != VALUE_NONE)
            return v;
        struct blend blend = {.run = ev->run};
        blend_add(&blend, a);
        blend_add(&blend, b);
        return blend_result(&blend);
    }
    if (!value_order(a, b, &order))
        return eval_error(ev, node, "no such overload");
    return value_bool(holds(op, order));
}

static struct value eval_equality(struct ev *ev, uint32_t node, bool wanted)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value a = eval_kid(ev, n, 0);
    struct value v = cel_equal(ev->run, a, eval_kid(ev, n, 1));
    return v.kind == VALUE_BOOL ? value_bool(v.as.b == wanted) : v;
}

/* The value that one member's test gives: what is not sure to be there can
 * decide nothing alone. */
static struct value eval_in_list(struct ev *ev, struct value x,
                                 const struct members *m)
{
    struct blend blend = {.run = ev->run};
    for (uint32_t i = 0; i < m->n; i++) {
        struct value v = cel_equal(ev->run, m->items[i], x);
        bool is_sure = member_kind(m, i) == MEMBER_SURE;
        if (v.kind == VALUE_BOOL && !v.as.b)
            continue;
        if (v.kind == VALUE_BOOL && is_sure)
            return v;
        struct blend one = {.run = ev->run};
        if (!is_sure)
            blend_add(&one, value_unknown(member_why(m, i)));
        blend_add(&one, v);
        blend_add(&blend, blend_result(&one));
    }
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    return value_bool(false);
}

static struct value eval_in(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value x = eval_kid(ev, n, 0), in = eval_kid(ev, n, 1), out;
    struct blend blend = {.run = ev->run};
    struct members m;
    blend_add(&blend, x);
    blend_add(&blend, in);
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    if (!members_of(in, &m, &out))
        return eval_error(ev, node, "no such overload");
    if (m.is_map)
        return value_bool(value_find(in, x) != NULL);
    return eval_in_list(ev, x, &m);
}

/* ---- literals ---- */

/* An element written `?x`: gone, there, or maybe there. */
static bool take_maybe(struct value *v, uint8_t *kind, causes *why)
{
    if (v->kind == VALUE_OPTIONAL) {
        if (v->as.items == NULL)
            return false;
        *v = *v->as.items;
    } else if (v->kind == VALUE_UNKNOWN) {
        *kind = MEMBER_MAYBE;
        *why = v->n;
    }
    return true;
}

static struct value eval_list(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct arena *arena = ev->run->scratch;
    struct value *items = ARENA_ARRAY(arena, n->n, struct value);
    uint8_t *kinds = ARENA_ARRAY(arena, n->n, uint8_t);
    causes *why = ARENA_ARRAY(arena, n->n, causes);
    struct members m = {.items = items, .kinds = kinds, .why = why};
    for (size_t i = 0; i < n->n; i++) {
        uint32_t kid = ev->ast->kids[n->kids + i];
        struct value v = eval_node(ev, kid);
        bool is_maybe = (ev->ast->nodes[kid].flags & NODE_MAYBE) != 0;
        if (is_maybe && v.kind != VALUE_OPTIONAL && !is_unsure(v))
            return eval_error(ev, kid, "no such overload");
        if (!is_maybe || take_maybe(&v, &kinds[m.n], &why[m.n]))
            items[m.n++] = v;
    }
    struct value failed = members_fail(ev->run, &m, items);
    if (failed.kind != VALUE_NONE)
        return failed;
    return members_list(ev->run, items, kinds, why, m.n);
}

static bool is_key(struct value v)
{
    return v.kind == VALUE_STRING || v.kind == VALUE_INT ||
           v.kind == VALUE_UINT || v.kind == VALUE_BOOL;
}

static struct value eval_map(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value *pairs = ARENA_ARRAY(ev->run->scratch, n->n, struct value);
    struct blend blend = {.run = ev->run};
    struct value map = value_map(pairs, 0);
    for (size_t i = 0; i < n->n; i += 2) {
        uint32_t kid = ev->ast->kids[n->kids + i];
        struct value key = eval_node(ev, kid), v = eval_kid(ev, n, i + 1);
        bool is_maybe = (ev->ast->nodes[kid].flags & NODE_MAYBE) != 0;
        uint8_t kind = MEMBER_SURE;
        causes why;
        if (is_unsure(key)) {
            blend_add(&blend, key);
            continue;
        }
        if (!is_key(key))
            return eval_error(ev, kid, "unsupported key type");
        if (is_maybe && v.kind != VALUE_OPTIONAL && !is_unsure(v))
            return eval_error(ev, kid, "no such overload");
        if (is_maybe && !take_maybe(&v, &kind, &why))
            continue;
        if (value_find(map, key) != NULL)
            return eval_error(ev, kid, "the key stands twice");
        /* A value may be unknown in a map, a failure or a gap may not. */
        if (v.kind == VALUE_ERROR || kind != MEMBER_SURE ||
            (v.kind == VALUE_UNKNOWN && (v.flags & VALUE_MAYERR) != 0))
            blend_add(&blend, v);
        pairs[2 * map.n] = key;
        pairs[2 * map.n + 1] = v;
        map.n++;
    }
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    return map;
}

/* ---- calls ---- */

/* Unknown elements of a list that a function looks into. */
static void blend_inside(struct blend *blend, struct value v, unsigned depth)
{
    if (depth > CEL_MAX_DEPTH || blend->run->steps_left <= 0)
        return;
    blend->run->steps_left--;
    size_t n = v.kind == VALUE_LIST  ? v.n
               : v.kind == VALUE_MAP ? 2 * (size_t)v.n
                                     : 0;
    for (size_t i = 0; i < n; i++) {
        blend_add(blend, v.as.items[i]);
        blend_inside(blend, v.as.items[i], depth + 1);
    }
}

static struct value size_of(struct ev *ev, struct value v)
{
    struct members m;
    struct value out;
    int64_t lo = 0, hi = INT64_MAX;
    causes why = v.n;
    if (v.kind == VALUE_OPEN_LIST && members_of(v, &m, &out)) {
        hi = m.n;
        for (uint32_t i = 0; i < m.n; i++) {
            lo += m.kinds[i] == MEMBER_SURE ? 1 : 0;
            if (m.kinds[i] == MEMBER_GHOST)
                hi = INT64_MAX;
        }
        why = members_why(ev->run, &m);
    }
    struct value_bounds *bounds =
        ARENA_NEW(ev->run->scratch, struct value_bounds);
    *bounds = (struct value_bounds){lo, hi};
    struct value u = unknown_of(why, v.kind == VALUE_UNKNOWN &&
                                         (v.flags & VALUE_MAYERR) != 0);
    u.as.bounds = bounds;
    return u;
}

static struct value or_value(struct ev *ev, const struct value *args,
                             bool unwraps)
{
    struct value o = args[0], d = args[1];
    if (o.kind == VALUE_OPTIONAL)
        return o.as.items == NULL ? d : unwraps ? *o.as.items : o;
    if (o.kind != VALUE_UNKNOWN)
        return o;
    struct blend blend = {.run = ev->run};
    blend_add(&blend, o);
    blend_add(&blend, d);
    return blend_result(&blend);
}

static struct value limited(struct ev *ev, uint32_t node, struct value v)
{
    if (v.kind == VALUE_ERROR) {
        struct value_error *error =
            ARENA_NEW(ev->run->scratch, struct value_error);
        *error = *v.as.error;
        error->offset = ev->ast->spans[node].from;
        v.as.error = error;
    } else if ((v.kind == VALUE_STRING || v.kind == VALUE_BYTES) &&
               v.n > CEL_MAX_STRING) {
        return eval_error(ev, node, "string result over 64 KiB");
    } else if (v.kind == VALUE_LIST && v.n > CEL_MAX_LIST) {
        return eval_error(ev, node, "list result over 100000 elements");
    }
    return v;
}

static struct value apply(struct ev *ev, uint32_t node,
                          const struct cel_function *f,
                          const struct cel_std *std, const struct value *args)
{
    struct blend blend = {.run = ev->run};
    struct members m;
    struct value out;
    for (size_t i = 0; i < f->n_args; i++) {
        blend_add(&blend, args[i]);
        if (args[i].kind == VALUE_OPEN_LIST && members_of(args[i], &m, &out)) {
            blend.has_unknown = true;
            blend.why =
                join_causes(ev->run, blend.why, members_why(ev->run, &m));
        }
        if (std != NULL && std->is_deep)
            blend_inside(&blend, args[i], 0);
    }
    if (blend.has_unknown)
        blend.mayerr |= f->is_partial;
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    if (f->apply == NULL)
        return eval_error(ev, node, "a function that only has a type");
    return limited(ev, node, f->apply(ev->run->scratch, args));
}

static struct value call(struct ev *ev, uint32_t node, uint32_t number,
                         const struct value *args)
{
    const struct cel_std *std = NULL;
    const struct cel_function *f;
    if (number < n_stdlib_functions) {
        std = &stdlib_functions[number];
        f = &std->f;
    } else {
        f = &ev->program->options->functions[number - n_stdlib_functions];
    }
    if (std == NULL)
        return apply(ev, node, f, NULL, args);
    switch (std->special) {
    case SPECIAL_SIZE:
        if (args[0].kind == VALUE_UNKNOWN || args[0].kind == VALUE_OPEN_LIST)
            return size_of(ev, args[0]);
        break;
    case SPECIAL_FLATTEN:
        return limited(ev, node, eval_flatten(ev->run, args[0]));
    case SPECIAL_OR_VALUE:
        return or_value(ev, args, true);
    case SPECIAL_OR:
        return or_value(ev, args, false);
    case SPECIAL_NONE:
        break;
    }
    return apply(ev, node, f, std, args);
}

static bool accepts(const struct cel_function *f, const struct value *args,
                    size_t n)
{
    if (f->n_args != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_unsure(args[i]) && !stdlib_accepts(f->args[i], args[i]))
            return false;
    return true;
}

/* The overload that takes these values, as its number + 1; 0 if none does. */
static uint32_t choose(const struct ev *ev, const struct cel_node *n,
                       const struct value *args)
{
    struct str name = ev->ast->names[n->b];
    bool is_method = (n->flags & NODE_METHOD) != 0;
    for (size_t i = 0; i < n_stdlib_functions; i++)
        if (stdlib_functions[i].is_method == is_method &&
            str_eq(stdlib_functions[i].f.name, name) &&
            accepts(&stdlib_functions[i].f, args, n->n))
            return (uint32_t)i + 1;
    const struct cel_options *options = ev->program->options;
    for (size_t i = 0; !is_method && i < options->n_functions; i++)
        if (str_eq(options->functions[i].name, name) &&
            accepts(&options->functions[i], args, n->n))
            return (uint32_t)(n_stdlib_functions + i) + 1;
    return 0;
}

static struct value eval_call(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value args[MAX_ARGS];
    struct blend blend = {.run = ev->run};
    if (n->n > MAX_ARGS)
        return eval_error(ev, node, "no such overload");
    for (size_t i = 0; i < n->n; i++)
        args[i] = eval_kid(ev, n, i);
    uint32_t number = n->c > 0 ? n->c : choose(ev, n, args);
    if (number > 0)
        return call(ev, node, number - 1, args);
    for (size_t i = 0; i < n->n; i++)
        blend_add(&blend, args[i]);
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    return eval_error(ev, node, "no such overload");
}

/* ---- all of it ---- */

/* The one place that is a switch over all operators: its length is theirs. */
static struct value dispatch(struct ev *ev, uint32_t node,
                             const struct cel_node *n)
{
    switch ((enum cel_op)n->op) {
    case OP_LIT:
        return ev->ast->constants[n->b];
    case OP_SLOT:
        return eval_slot(ev, node, n->b);
    case OP_LOCAL:
        return ev->locals[n->b];
    case OP_FIELD:
        return eval_field(ev, node);
    case OP_HAS_FIELD:
        return eval_has_field(ev, node);
    case OP_OPT_FIELD:
        return eval_opt_field(ev, node);
    case OP_SELECT:
        return eval_select(ev, node);
    case OP_HAS:
        return eval_has(ev, node);
    case OP_OPT_SELECT:
        return opt_select_from(ev, node, eval_kid(ev, n, 0),
                               select_key(ev, node));
    case OP_INDEX:
        return eval_index(ev, node, false);
    case OP_OPT_INDEX:
        return eval_index(ev, node, true);
    case OP_NOT:
        return eval_not(ev, node);
    case OP_AND:
        return eval_logic(ev, node, false);
    case OP_OR:
        return eval_logic(ev, node, true);
    case OP_COND:
        return eval_cond(ev, node);
    case OP_EQ:
        return eval_equality(ev, node, true);
    case OP_NE:
        return eval_equality(ev, node, false);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return eval_order(ev, node, (enum cel_op)n->op);
    case OP_IN:
        return eval_in(ev, node);
    case OP_CALL:
        return eval_call(ev, node);
    case OP_LIST:
        return eval_list(ev, node);
    case OP_MAP:
        return eval_map(ev, node);
    case OP_ALL:
    case OP_EXISTS:
    case OP_EXISTS_ONE:
    case OP_FILTER:
    case OP_EACH:
    case OP_TO_MAP:
    case OP_TO_ENTRY:
    case OP_BIND:
    case OP_OPT_MAP:
    case OP_OPT_FLAT_MAP:
        return eval_macro(ev, node);
    case OP_NAME:
        break;
    }
    return eval_error(ev, node, "a name without a value");
}

/* A long chain of operators is as deep as it is long, and names add theirs:
 * the depth is limited so that the stack is enough for all of them. */
struct value eval_node(struct ev *ev, uint32_t node)
{
    static const struct value_error limit = {.text = STR_INIT("step limit")};
    static const struct value_error deep = {
        .text = STR_INIT("expressions nested too deeply")};
    struct cel_run *run = ev->run;
    if (run->steps_left <= 0)
        return (struct value){.kind = VALUE_ERROR, .as.error = &limit};
    if (run->depth >= MAX_DEPTH)
        return (struct value){.kind = VALUE_ERROR, .as.error = &deep};
    run->steps_left--;
    run->depth++;
    struct value v = dispatch(ev, node, &ev->ast->nodes[node]);
    run->depth--;
    return v;
}
