/* Types with variables: what fits where, and what two types have in common. */
#include "checker/cel/infer.h"

static bool is_variable(const struct type *type)
{
    return type->kind == TYPE_PARAM && type->n_values > 0;
}

const struct type *infer_fresh(struct infer *infer)
{
    struct type *type = ARENA_NEW(infer->arena, struct type);
    infer->bound = arena_grow(infer->arena, infer->bound, infer->n,
                              &infer->capacity, sizeof(*infer->bound));
    infer->bound[infer->n++] = NULL;
    type->kind = TYPE_PARAM;
    type->name = STR("?");
    type->n_values = infer->n;
    return type;
}

const struct type *infer_see(const struct infer *infer, const struct type *type)
{
    while (is_variable(type) && infer->bound[type->n_values - 1] != NULL)
        type = infer->bound[type->n_values - 1];
    return type;
}

size_t infer_mark(const struct infer *infer)
{
    return infer->n_trail;
}

void infer_undo(struct infer *infer, size_t mark)
{
    while (infer->n_trail > mark) {
        const struct infer_change *change = &infer->trail[--infer->n_trail];
        infer->bound[change->variable] = change->was;
    }
}

static void bind(struct infer *infer, size_t variable, const struct type *type)
{
    infer->trail = arena_grow(infer->arena, infer->trail, infer->n_trail,
                              &infer->trail_capacity, sizeof(*infer->trail));
    infer->trail[infer->n_trail++] =
        (struct infer_change){variable, infer->bound[variable]};
    infer->bound[variable] = type;
}

static bool occurs(const struct infer *infer, const struct type *variable,
                   const struct type *in)
{
    if (in == NULL)
        return false;
    in = infer_see(infer, in);
    if (in == variable)
        return true;
    return occurs(infer, variable, in->key) ||
           occurs(infer, variable, in->item);
}

/* Whether `a` says no more than `b`. */
static bool is_general(const struct infer *infer, const struct type *a,
                       const struct type *b)
{
    a = infer_see(infer, a);
    b = infer_see(infer, b);
    if (a == b || a->kind == TYPE_DYN)
        return true;
    if (b->kind == TYPE_DYN || a->kind == TYPE_NULL)
        return b->kind == TYPE_NULL;
    if (b->kind == TYPE_NULL || a->kind == TYPE_PARAM)
        return true;
    if (a->kind == TYPE_WRAPPER && b->kind != TYPE_WRAPPER)
        return true;
    if (a->kind != b->kind)
        return false;
    return (a->key == NULL || b->key == NULL ||
            is_general(infer, a->key, b->key)) &&
           (a->item == NULL || b->item == NULL ||
            is_general(infer, a->item, b->item));
}

/* The more general of two types that fit; of two forms of strings the plain
 * one, but what may be a version stays one. */
static const struct type *general(const struct infer *infer,
                                  const struct type *a, const struct type *b)
{
    if (a->kind == TYPE_STRING && b->kind == TYPE_STRING) {
        if (a->form == b->form && str_eq(a->name, b->name))
            return a;
        if (a->form == FORM_VERSION || b->form == FORM_VERSION)
            return &type_version;
        return &type_string;
    }
    return is_general(infer, a, b) ? a : b;
}

static bool fits_variable(struct infer *infer, const struct type *variable,
                          const struct type *type)
{
    size_t number = variable->n_values - 1;
    /* Bindings are followed before this is called, but for the last one. */
    if (type == variable)
        return true;
    if (occurs(infer, variable, type))
        return false;
    bind(infer, number, type);
    return true;
}

/* A variable that is bound takes what fits it, and becomes what is more
 * general. */
static bool fits_bound(struct infer *infer, const struct type *variable,
                       const struct type *type)
{
    const struct type *now = infer_see(infer, variable);
    type = infer_see(infer, type);
    size_t mark = infer_mark(infer);
    if (type == now)
        return true;
    if (is_variable(now))
        return fits_variable(infer, now, type);
    if (is_variable(type))
        return fits_variable(infer, type, now);
    if (!infer_fits(infer, type, now)) {
        infer_undo(infer, mark);
        if (!infer_fits(infer, now, type)) {
            infer_undo(infer, mark);
            return false;
        }
    }
    const struct type *wider = general(infer, type, now);
    while (infer->bound[variable->n_values - 1] != NULL &&
           is_variable(infer->bound[variable->n_values - 1]))
        variable = infer->bound[variable->n_values - 1];
    if (!occurs(infer, variable, wider) || wider == now)
        bind(infer, variable->n_values - 1, wider);
    return true;
}

static bool fits_null(const struct infer *infer, const struct type *want)
{
    if (want->kind == TYPE_NULL)
        return true;
    return !infer->is_rule &&
           (want->kind == TYPE_TIMESTAMP || want->kind == TYPE_DURATION ||
            want->kind == TYPE_OPTIONAL || want->kind == TYPE_ABSTRACT);
}

static bool fits_part(struct infer *infer, const struct type *got,
                      const struct type *want)
{
    return got == NULL || want == NULL || infer_fits(infer, got, want);
}

bool infer_fits(struct infer *infer, const struct type *got,
                const struct type *want)
{
    if (is_variable(want))
        return fits_bound(infer, want, got);
    if (is_variable(got))
        return fits_bound(infer, got, want);
    if (got->kind == TYPE_DYN || want->kind == TYPE_DYN ||
        got->kind == TYPE_ERROR || want->kind == TYPE_ERROR)
        return true;
    if (want->kind == TYPE_WRAPPER) {
        if (got->kind == TYPE_NULL)
            return true;
        return infer_fits(infer, got->kind == TYPE_WRAPPER ? got->item : got,
                          want->item);
    }
    if (got->kind == TYPE_WRAPPER)
        return !infer->is_rule && infer_fits(infer, got->item, want);
    if (got->kind == TYPE_NULL)
        return fits_null(infer, want);
    if (got->kind != want->kind)
        return false;
    if (got->kind == TYPE_RECORD)
        return got->record == want->record;
    if (got->kind == TYPE_TYPE)
        return true;
    if (got->kind == TYPE_ABSTRACT && !str_eq(got->name, want->name))
        return false;
    return fits_part(infer, got->key, want->key) &&
           fits_part(infer, got->item, want->item);
}

const struct type *infer_join(struct infer *infer, const struct type *a,
                              const struct type *b)
{
    const struct type *both = infer_fresh(infer);
    size_t mark = infer_mark(infer);
    if (infer_fits(infer, a, both) && infer_fits(infer, b, both))
        return both;
    infer_undo(infer, mark);
    return NULL;
}

const struct type *infer_final(struct infer *infer, const struct type *type)
{
    type = infer_see(infer, type);
    if (is_variable(type))
        return &type_dyn;
    if (type->item == NULL)
        return type;
    struct type *copy = ARENA_NEW(infer->arena, struct type);
    *copy = *type;
    copy->item = infer_final(infer, type->item);
    if (type->key != NULL)
        copy->key = infer_final(infer, type->key);
    return copy;
}

const struct type *infer_instance(struct infer *infer,
                                  struct infer_names *names,
                                  const struct type *type)
{
    if (type->kind == TYPE_PARAM && type->n_values == 0) {
        for (size_t i = 0; i < names->n; i++)
            if (str_eq(names->names[i], type->name))
                return names->types[i];
        if (names->n == N_ITEMS(names->names))
            return &type_dyn;
        names->names[names->n] = type->name;
        return names->types[names->n++] = infer_fresh(infer);
    }
    if (type->item == NULL)
        return type;
    struct type *copy = ARENA_NEW(infer->arena, struct type);
    *copy = *type;
    copy->item = infer_instance(infer, names, type->item);
    if (type->key != NULL)
        copy->key = infer_instance(infer, names, type->key);
    return copy;
}
