/* Macros: over lists whose members are sure, maybe there, or ghosts. */
#include "checker/cel/eval.h"
#include "checker/cel/number.h"

/* A macro at work. */
struct loop {
    struct ev *ev;
    const struct cel_node *n;
    uint32_t node;
    bool is_two; /* variables */
    struct members m;
    struct value unknown_index; /* of a list whose positions are not known */
};

static struct value key_of(const struct loop *l, uint32_t i)
{
    if (l->m.is_map)
        return l->m.items[2 * i];
    return l->unknown_index.kind != VALUE_NONE ? l->unknown_index
                                               : value_int(i);
}

static struct value item_of(const struct loop *l, uint32_t i)
{
    if (l->is_two && l->m.is_map)
        return l->m.items[2 * i + 1];
    return l->m.is_map ? l->m.items[2 * i] : l->m.items[i];
}

/* The value of a body for member `i`. */
static struct value body(struct loop *l, uint32_t i, size_t number)
{
    struct value *locals = &l->ev->locals[l->n->c];
    locals[0] = l->is_two ? key_of(l, i) : item_of(l, i);
    if (l->is_two)
        locals[1] = item_of(l, i);
    return eval_kid(l->ev, l->n, (l->is_two ? 3u : 2u) + number);
}

/* `m && p` for exists, `!m || p` for all: what one member contributes. */
static struct value contribution(struct loop *l, uint32_t i, struct value p,
                                 bool decides)
{
    if (member_kind(&l->m, i) == MEMBER_SURE ||
        (p.kind == VALUE_BOOL && p.as.b != decides))
        return p;
    struct blend blend = {.run = l->ev->run};
    blend_add(&blend, value_unknown(member_why(&l->m, i)));
    blend_add(&blend, p);
    return blend_result(&blend);
}

/* exists looks for a true, all for a false: that decides. */
static struct value quantify(struct loop *l, bool decides)
{
    struct blend blend = {.run = l->ev->run};
    for (uint32_t i = 0; i < l->m.n && l->ev->run->steps_left > 0; i++) {
        struct value p = as_bool(body(l, i, 0));
        p = contribution(l, i, p, decides);
        if (p.kind == VALUE_BOOL && p.as.b == decides)
            return p;
        blend_add(&blend, p);
    }
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    if (l->ev->run->steps_left <= 0)
        return eval_error(l->ev, l->node, "step limit");
    return value_bool(!decides);
}

/* Members that a condition has let through. */
struct kept {
    struct value *items;
    uint32_t *from; /* their numbers in the range */
    uint8_t *kinds;
    causes *why;
    uint32_t n;
};

static struct kept make_kept(struct loop *l)
{
    struct arena *arena = l->ev->run->scratch;
    return (struct kept){.items = ARENA_ARRAY(arena, l->m.n, struct value),
                         .from = ARENA_ARRAY(arena, l->m.n, uint32_t),
                         .kinds = ARENA_ARRAY(arena, l->m.n, uint8_t),
                         .why = ARENA_ARRAY(arena, l->m.n, causes)};
}

/* The values of a body for the members in `kept`. */
static struct value *bodies(struct loop *l, const struct kept *kept,
                            size_t number)
{
    struct value *values =
        ARENA_ARRAY(l->ev->run->scratch, kept->n, struct value);
    for (uint32_t i = 0; i < kept->n; i++)
        values[i] = body(l, kept->from[i], number);
    return values;
}

static struct members as_members(const struct kept *kept)
{
    return (struct members){.items = kept->items,
                            .kinds = kept->kinds,
                            .why = kept->why,
                            .n = kept->n};
}

static struct kept keep_all(struct loop *l)
{
    struct kept kept = make_kept(l);
    for (uint32_t i = 0; i < l->m.n; i++) {
        kept.items[i] = item_of(l, i);
        kept.from[i] = i;
        kept.kinds[i] = (uint8_t)member_kind(&l->m, i);
        kept.why[i] = member_why(&l->m, i);
    }
    kept.n = l->m.n;
    return kept;
}

/* filter: leaves those of `kept` whose first body is not false. False if the
 * condition failed: `*out` is what the macro comes to. */
static bool keep(struct loop *l, struct kept *kept, struct value *out)
{
    struct value *tests = bodies(l, kept, 0);
    struct members m = as_members(kept);
    uint32_t n = 0;
    for (uint32_t i = 0; i < kept->n; i++)
        tests[i] = as_bool(tests[i]);
    *out = members_fail(l->ev->run, &m, tests);
    if (out->kind != VALUE_NONE)
        return false;
    for (uint32_t i = 0; i < kept->n; i++) {
        uint8_t kind = kept->kinds[i];
        if (tests[i].kind == VALUE_BOOL && !tests[i].as.b)
            continue;
        if (tests[i].kind == VALUE_UNKNOWN) {
            kept->why[i] = join_causes(l->ev->run, kept->why[i], tests[i].n);
            if (kind == MEMBER_SURE)
                kind = MEMBER_MAYBE;
        }
        kept->items[n] = kept->items[i];
        kept->from[n] = kept->from[i];
        kept->why[n] = kept->why[i];
        kept->kinds[n++] = kind;
    }
    kept->n = n;
    return true;
}

static struct value list_of(struct loop *l, const struct kept *kept)
{
    return members_list(l->ev->run, kept->items, kept->kinds, kept->why,
                        kept->n);
}

static struct value filter(struct loop *l)
{
    struct kept kept = keep_all(l);
    struct value out;
    return keep(l, &kept, &out) ? list_of(l, &kept) : out;
}

static struct value exists_one(struct loop *l)
{
    struct kept kept = keep_all(l);
    struct value out;
    uint32_t lo = 0;
    bool is_bounded = true;
    if (!keep(l, &kept, &out))
        return out;
    for (uint32_t i = 0; i < kept.n; i++) {
        lo += kept.kinds[i] == MEMBER_SURE ? 1 : 0;
        is_bounded &= kept.kinds[i] != MEMBER_GHOST;
    }
    if ((is_bounded && lo == kept.n) || lo > 1)
        return value_bool(lo == 1);
    struct members m = as_members(&kept);
    return value_unknown(members_why(l->ev->run, &m));
}

/* map, and transformList; with two bodies the first is a condition. */
static struct value each(struct loop *l)
{
    size_t n_bodies = l->n->n - (l->is_two ? 3u : 2u);
    struct kept kept = keep_all(l);
    struct value out;
    if (n_bodies == 2 && !keep(l, &kept, &out))
        return out;
    struct value *values = bodies(l, &kept, n_bodies - 1);
    struct members m = as_members(&kept);
    out = members_fail(l->ev->run, &m, values);
    if (out.kind != VALUE_NONE)
        return out;
    kept.items = values;
    return list_of(l, &kept);
}

/* Adds what one member's body makes; false if that cannot be. */
static bool add_entry(struct loop *l, struct value *map, struct value *pairs,
                      struct value key, struct value v)
{
    if ((enum cel_op)l->n->op == OP_TO_ENTRY) {
        if (v.kind != VALUE_MAP || v.n != 1)
            return false;
        key = v.as.items[0];
        v = v.as.items[1];
    }
    if (value_find(*map, key) != NULL)
        return false;
    pairs[2 * map->n] = key;
    pairs[2 * map->n + 1] = v;
    map->n++;
    return true;
}

/* transformMap and transformMapEntry: a map has no members that may be there,
 * so an unsure one makes all of it unknown. */
static struct value to_map(struct loop *l)
{
    size_t n_bodies = l->n->n - 3u;
    struct kept kept = keep_all(l);
    struct blend blend = {.run = l->ev->run};
    struct value out;
    if (n_bodies == 2 && !keep(l, &kept, &out))
        return out;
    struct value *values = bodies(l, &kept, n_bodies - 1);
    struct value *pairs =
        ARENA_ARRAY(l->ev->run->scratch, 2 * (size_t)kept.n, struct value);
    struct value map = value_map(pairs, 0);
    for (uint32_t i = 0; i < kept.n; i++) {
        bool is_entry = (enum cel_op)l->n->op == OP_TO_ENTRY;
        if (kept.kinds[i] != MEMBER_SURE)
            blend_add(&blend, unknown_of(kept.why[i], is_entry));
        if (values[i].kind == VALUE_ERROR || is_entry ||
            (values[i].flags & VALUE_MAYERR) != 0)
            blend_add(&blend, values[i]);
    }
    if (blend.has_unknown || blend.has_error)
        return blend_result(&blend);
    for (uint32_t i = 0; i < kept.n; i++)
        if (!add_entry(l, &map, pairs, key_of(l, kept.from[i]), values[i]))
            return eval_error(l->ev, l->node,
                              "expected a map of one entry with a new key");
    return map;
}

static struct value eval_range(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct loop l = {
        .ev = ev, .n = n, .node = node, .is_two = (n->flags & NODE_TWO) != 0};
    struct value range = eval_kid(ev, n, 0), out;
    if (!members_of(range, &l.m, &out))
        return out;
    if (l.m.kinds != NULL)
        l.unknown_index = value_unknown(members_why(ev->run, &l.m));
    if (n->op == OP_ALL || n->op == OP_EXISTS)
        return quantify(&l, n->op == OP_EXISTS);
    if (n->op == OP_EXISTS_ONE)
        return exists_one(&l);
    if (n->op == OP_FILTER)
        return filter(&l);
    return n->op == OP_EACH ? each(&l) : to_map(&l);
}

/* optMap and optFlatMap. */
static struct value eval_opt(struct ev *ev, uint32_t node, bool is_flat)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    struct value of = eval_kid(ev, n, 0);
    struct blend blend = {.run = ev->run};
    if (of.kind == VALUE_ERROR)
        return of;
    if (of.kind == VALUE_UNKNOWN) {
        ev->locals[n->c] = value_unknown(of.n);
        blend_add(&blend, of);
        blend_add(&blend, eval_kid(ev, n, 2));
        return blend_result(&blend);
    }
    if (of.kind != VALUE_OPTIONAL)
        return eval_error(ev, node, "no such overload");
    if (of.as.items == NULL)
        return of;
    ev->locals[n->c] = *of.as.items;
    struct value v = eval_kid(ev, n, 2);
    if (is_unsure(v))
        return v;
    if (is_flat)
        return v.kind == VALUE_OPTIONAL
                   ? v
                   : eval_error(ev, node, "no such overload");
    struct value *item = ARENA_NEW(ev->run->scratch, struct value);
    *item = v;
    return (struct value){.kind = VALUE_OPTIONAL, .as.items = item};
}

struct value eval_macro(struct ev *ev, uint32_t node)
{
    const struct cel_node *n = &ev->ast->nodes[node];
    if (n->op == OP_BIND) {
        ev->locals[n->c] = eval_kid(ev, n, 0);
        return eval_kid(ev, n, 2);
    }
    if (n->op == OP_OPT_MAP || n->op == OP_OPT_FLAT_MAP)
        return eval_opt(ev, node, n->op == OP_OPT_FLAT_MAP);
    return eval_range(ev, node);
}

/* The weaker of two kinds of membership. */
static uint8_t weaker(enum member_kind a, enum member_kind b)
{
    return (uint8_t)(a > b ? a : b);
}

struct value eval_flatten(struct cel_run *run, struct value list)
{
    struct members outer, inner;
    struct value out;
    size_t total = 0;
    if (!members_of(list, &outer, &out))
        return out;
    out = members_fail(run, &outer, outer.items);
    if (out.kind != VALUE_NONE)
        return out;
    for (uint32_t i = 0; i < outer.n; i++) {
        if (!members_of(outer.items[i], &inner, &out))
            return out;
        total += inner.n;
    }
    if (total > CEL_MAX_LIST)
        return cel_error(run->scratch, "list result over 100000 elements");
    struct value *items = ARENA_ARRAY(run->scratch, total, struct value);
    uint8_t *kinds = ARENA_ARRAY(run->scratch, total, uint8_t);
    causes *why = ARENA_ARRAY(run->scratch, total, causes);
    uint32_t n = 0;
    for (uint32_t i = 0; i < outer.n; i++) {
        (void)members_of(outer.items[i], &inner, &out);
        for (uint32_t k = 0; k < inner.n; k++) {
            items[n] = inner.items[k];
            kinds[n] = weaker(member_kind(&outer, i), member_kind(&inner, k));
            why[n++] =
                join_causes(run, member_why(&outer, i), member_why(&inner, k));
        }
    }
    return members_list(run, items, kinds, why, n);
}
