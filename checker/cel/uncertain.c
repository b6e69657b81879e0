/* What unknowns and errors come to together, and lists of unsure members. */
#include "checker/cel/eval.h"

#include <string.h>

#include "checker/cel/number.h"

causes join_causes(struct cel_run *run, causes a, causes b)
{
    if (a == b || b == 0)
        return a;
    return a == 0 ? b : causes_union(run->causes, a, b);
}

struct value unknown_of(causes why, bool mayerr)
{
    struct value v = value_unknown(why);
    if (mayerr)
        v.flags = VALUE_MAYERR;
    return v;
}

bool is_unsure(struct value v)
{
    return v.kind == VALUE_UNKNOWN || v.kind == VALUE_ERROR;
}

static bool may_err(struct value v)
{
    return v.kind == VALUE_UNKNOWN && (v.flags & VALUE_MAYERR) != 0;
}

struct value as_bool(struct value v)
{
    static const struct value_error error = {.text =
                                                 STR_INIT("no such overload")};
    if (v.kind == VALUE_BOOL || is_unsure(v))
        return v;
    return (struct value){.kind = VALUE_ERROR, .as.error = &error};
}

void blend_add(struct blend *b, struct value v)
{
    if (v.kind == VALUE_UNKNOWN) {
        b->has_unknown = true;
        b->mayerr |= may_err(v);
        b->why = join_causes(b->run, b->why, v.n);
    } else if (v.kind == VALUE_ERROR) {
        struct value *first = v.as.error->is_miss ? &b->miss : &b->error;
        b->has_error = true;
        if (first->kind == VALUE_NONE)
            *first = v;
    }
}

struct value blend_result(const struct blend *b)
{
    if (b->has_unknown)
        return unknown_of(b->why, b->mayerr || b->has_error);
    return b->error.kind != VALUE_NONE ? b->error : b->miss;
}

struct value cel_all(struct cel_run *run, const struct value *values, size_t n)
{
    struct blend blend = {.run = run};
    for (size_t i = 0; i < n; i++) {
        struct value v = as_bool(values[i]);
        if (v.kind == VALUE_BOOL && !v.as.b)
            return v;
        blend_add(&blend, v);
    }
    struct value v = blend_result(&blend);
    return v.kind != VALUE_NONE ? v : value_bool(true);
}

/* ---- members ---- */

bool members_of(struct value v, struct members *m, struct value *out)
{
    static const struct value_error error = {.text =
                                                 STR_INIT("no such overload")};
    *m = (struct members){0};
    switch ((enum value_kind)v.kind) {
    case VALUE_LIST:
        m->items = v.as.items;
        m->n = v.n;
        return true;
    case VALUE_MAP:
        m->items = v.as.items;
        m->n = v.n;
        m->is_map = true;
        return true;
    case VALUE_OPEN_LIST:
        m->items = v.as.open->items;
        m->kinds = v.as.open->kinds;
        m->why = v.as.open->why;
        m->n = v.as.open->n;
        return true;
    case VALUE_UNKNOWN:
        if (may_err(v)) {
            *out = unknown_of(v.n, true);
            return false;
        }
        m->ghost[0] = m->ghost[1] = value_unknown(v.n);
        m->ghost_kind = MEMBER_GHOST;
        m->ghost_why = v.n;
        m->items = m->ghost;
        m->kinds = &m->ghost_kind;
        m->why = &m->ghost_why;
        m->n = 1;
        return true;
    case VALUE_ERROR:
        *out = v;
        return false;
    case VALUE_NONE:
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE:
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
    case VALUE_STRUCT:
    case VALUE_ROW:
    case VALUE_OPTIONAL:
    case VALUE_TYPE:
    case VALUE_NET:
    case VALUE_ABSENT:
        break;
    }
    *out = (struct value){.kind = VALUE_ERROR, .as.error = &error};
    return false;
}

enum member_kind member_kind(const struct members *m, uint32_t i)
{
    return m->kinds == NULL ? MEMBER_SURE : (enum member_kind)m->kinds[i];
}

causes member_why(const struct members *m, uint32_t i)
{
    return m->kinds == NULL || m->kinds[i] == MEMBER_SURE ? 0 : m->why[i];
}

causes members_why(struct cel_run *run, const struct members *m)
{
    causes all = 0;
    for (uint32_t i = 0; m->kinds != NULL && i < m->n; i++)
        all = join_causes(run, all, member_why(m, i));
    return all;
}

struct value members_fail(struct cel_run *run, const struct members *m,
                          const struct value *values)
{
    struct blend bad = {.run = run}; /* errors of sure members */
    bool is_risky = false;
    causes why = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        struct value v = values[i];
        if (v.kind == VALUE_UNKNOWN) {
            why = join_causes(run, why, v.n);
            is_risky |= may_err(v);
        } else if (v.kind == VALUE_ERROR) {
            if (member_kind(m, i) == MEMBER_SURE)
                blend_add(&bad, v);
            else
                is_risky = true;
        }
    }
    if (bad.error.kind != VALUE_NONE || (bad.has_error && !is_risky))
        return blend_result(&bad);
    if (!bad.has_error && !is_risky)
        return (struct value){0};
    return unknown_of(join_causes(run, why, members_why(run, m)), true);
}

struct value members_list(struct cel_run *run, const struct value *items,
                          const uint8_t *kinds, const causes *why, uint32_t n)
{
    bool is_open = false;
    for (uint32_t i = 0; kinds != NULL && i < n; i++)
        is_open |= kinds[i] != MEMBER_SURE;
    if (!is_open)
        return value_list(items, n);
    struct value_open *open = ARENA_NEW(run->scratch, struct value_open);
    *open = (struct value_open){items, kinds, why, n};
    return (struct value){.kind = VALUE_OPEN_LIST, .n = n, .as.open = open};
}

/* ---- equality ---- */

static bool is_list(struct value v)
{
    return v.kind == VALUE_LIST || v.kind == VALUE_OPEN_LIST;
}

/* && of the equality of n pairs. */
static struct value equal_items(struct cel_run *run, const struct value *a,
                                const struct value *b, size_t n)
{
    struct blend blend = {.run = run};
    for (size_t i = 0; i < n; i++) {
        struct value v = cel_equal(run, a[i], b[i]);
        if (v.kind == VALUE_BOOL && !v.as.b)
            return v;
        blend_add(&blend, v);
    }
    struct value v = blend_result(&blend);
    return v.kind != VALUE_NONE ? v : value_bool(true);
}

static struct value equal_lists(struct cel_run *run, struct value a,
                                struct value b)
{
    struct members x, y;
    struct value out;
    if (a.kind == VALUE_OPEN_LIST || b.kind == VALUE_OPEN_LIST) {
        (void)members_of(a, &x, &out);
        (void)members_of(b, &y, &out);
        return value_unknown(
            join_causes(run, members_why(run, &x), members_why(run, &y)));
    }
    if (a.n != b.n)
        return value_bool(false);
    return equal_items(run, a.as.items, b.as.items, a.n);
}

static struct value equal_maps(struct cel_run *run, struct value a,
                               struct value b)
{
    struct blend blend = {.run = run};
    if (a.n != b.n)
        return value_bool(false);
    for (uint32_t i = 0; i < a.n; i++) {
        const struct value *other = value_find(b, a.as.items[2 * i]);
        if (other == NULL)
            return value_bool(false);
        struct value v = cel_equal(run, a.as.items[2 * i + 1], *other);
        if (v.kind == VALUE_BOOL && !v.as.b)
            return v;
        blend_add(&blend, v);
    }
    struct value v = blend_result(&blend);
    return v.kind != VALUE_NONE ? v : value_bool(true);
}

/* Rows are the same if they are the same row of the table. A ghost stands for
 * several: whether two of them are one nobody knows. */
static struct value equal_rows(struct cel_run *run, struct value a,
                               struct value b)
{
    bool is_ghost = value_is_ghost(a);
    if (is_ghost != value_is_ghost(b))
        return value_bool(false);
    if (!is_ghost)
        return value_bool(a.as.table == b.as.table && a.n == b.n);
    if (a.as.table == b.as.table && a.n != b.n)
        return value_bool(false);
    return value_unknown(
        join_causes(run, a.as.table->ghost_causes[a.n - a.as.table->n_rows],
                    b.as.table->ghost_causes[b.n - b.as.table->n_rows]));
}

/* An unknown int with bounds that a known one lies outside. */
static bool is_outside(struct value u, struct value k)
{
    return u.kind == VALUE_UNKNOWN && u.as.bounds != NULL && !may_err(u) &&
           k.kind == VALUE_INT &&
           (k.as.i < u.as.bounds->lo || k.as.i > u.as.bounds->hi);
}

/* Two values of one kind. Lists may hold lists that are one and the same, many
 * times over: so comparing counts as steps, too. */
static struct value equal_parts(struct cel_run *run, struct value a,
                                struct value b)
{
    static const struct value_error limit = {.text = STR_INIT("step limit")};
    bool is_compound = is_list(a) || a.kind == VALUE_MAP ||
                       a.kind == VALUE_STRUCT || a.kind == VALUE_ROW ||
                       a.kind == VALUE_OPTIONAL;
    if (!is_compound)
        return value_bool(value_same(a, b));
    if (run->steps_left <= 0)
        return (struct value){.kind = VALUE_ERROR, .as.error = &limit};
    run->steps_left--;
    if (is_list(a))
        return equal_lists(run, a, b);
    if (a.kind == VALUE_MAP)
        return equal_maps(run, a, b);
    if (a.kind == VALUE_ROW)
        return equal_rows(run, a, b);
    if (a.kind == VALUE_STRUCT)
        return a.n == b.n ? equal_items(run, a.as.items, b.as.items, a.n)
                          : value_bool(false);
    if (a.as.items == NULL || b.as.items == NULL)
        return value_bool(a.as.items == b.as.items);
    return cel_equal(run, *a.as.items, *b.as.items);
}

struct value cel_equal(struct cel_run *run, struct value a, struct value b)
{
    if (a.kind == VALUE_STRING && b.kind == VALUE_STRING)
        return value_bool(a.n == b.n && (a.as.s == b.as.s ||
                                         memcmp(a.as.s, b.as.s, a.n) == 0));
    if (is_unsure(a) || is_unsure(b)) {
        struct blend blend = {.run = run};
        if (is_outside(a, b) || is_outside(b, a))
            return value_bool(false);
        blend_add(&blend, a);
        blend_add(&blend, b);
        return blend_result(&blend);
    }
    if (a.kind != b.kind && !(is_list(a) && is_list(b)))
        return value_bool(value_same(a, b));
    return equal_parts(run, a, b);
}
