/* One evaluation: a subject, an item, and the names that they give values. */
#include "checker/engine/evaluation.h"

static struct eval *eval_of(struct cel_run *run)
{
    return run->owner;
}

static void remember_error(struct eval *eval, struct value v,
                           const struct yaml_node *node)
{
    if (v.kind != VALUE_ERROR)
        return;
    for (size_t i = 0; i < eval->n_errors; i++)
        if (eval->errors[i] == v.as.error)
            return;
    size_t capacity = eval->errors_capacity;
    eval->errors = arena_grow(eval->run.scratch, eval->errors, eval->n_errors,
                              &capacity, sizeof(*eval->errors));
    eval->error_nodes =
        arena_grow(eval->run.scratch, eval->error_nodes, eval->n_errors,
                   &eval->errors_capacity, sizeof(*eval->error_nodes));
    eval->errors[eval->n_errors] = v.as.error;
    eval->error_nodes[eval->n_errors++] = node;
}

static void join_once(struct eval *eval, size_t i)
{
    const struct join *join = &eval->clauses->joins[i];
    if (eval->found[i].kind != VALUE_NONE)
        return;
    struct value binding, found;
    lookup_join(eval, join, &binding, &found);
    eval->found[i] = found;
    eval->run.slots[join->slot] = binding;
    remember_error(eval, found, join->where.node);
    remember_error(eval, binding, join->where.node);
    if (eval->evidence != NULL)
        evidence_join(eval, join, binding, found);
}

/* Gives a let or a join its value when it is first read. */
static struct value resolve(struct cel_run *run, uint32_t slot)
{
    struct eval *eval = eval_of(run);
    const struct clauses *c = eval->clauses;
    for (size_t i = 0; i < c->n_lets; i++)
        if (c->lets[i].slot == slot)
            return run->slots[slot] = eval_expr(eval, &c->lets[i].expr);
    for (size_t i = 0; i < c->n_joins; i++)
        if (c->joins[i].slot == slot) {
            join_once(eval, i);
            return run->slots[slot];
        }
    return cel_error(run->scratch, "a name without a value");
}

static struct value params_value(struct arena *arena, const struct clauses *c)
{
    struct value *cells = ARENA_ARRAY(arena, c->n_parameters, struct value);
    for (size_t i = 0; i < c->n_parameters; i++)
        cells[i] = c->parameters[i].value;
    return (struct value){.kind = VALUE_STRUCT,
                          .n = (uint32_t)c->n_parameters,
                          .as.items = cells};
}

void eval_begin(struct eval *eval, const struct setting *setting,
                const struct clauses *clauses, struct arena *scratch,
                struct value subject, struct value item)
{
    *eval = (struct eval){.setting = setting, .clauses = clauses};
    eval->run = (struct cel_run){
        .scratch = scratch,
        .causes = setting->inventory->causes,
        .slots = ARENA_ARRAY(scratch, clauses->n_slots, struct value),
        .resolve = resolve,
        .owner = eval,
        .steps_left = setting->step_limit,
    };
    eval->found = ARENA_ARRAY(scratch, clauses->n_joins, struct value);
    eval->run.slots[SLOT_SUBJECT] = subject;
    eval->run.slots[SLOT_ITEM] = item;
    eval->run.slots[SLOT_RUN] = setting->rules->run;
    if (clauses->has_params)
        eval->run.slots[SLOT_PARAMS] = params_value(scratch, clauses);
}

struct value eval_expr(struct eval *eval, const struct expr *expr)
{
    if (expr->text.p == NULL)
        return value_bool(true);
    struct value v = cel_eval(expr->program, &eval->run);
    remember_error(eval, v, expr->node);
    return v;
}

struct value eval_found(struct eval *eval, size_t join)
{
    join_once(eval, join);
    return eval->found[join];
}

void eval_name(struct eval *eval, uint32_t slot)
{
    if (eval->run.slots[slot].kind == VALUE_NONE)
        (void)resolve(&eval->run, slot);
}

struct str eval_text(struct eval *eval, struct arena *arena,
                     const struct text *text)
{
    struct buf out = {.limit = 64 * 1024};
    for (size_t i = 0; i < text->n; i++) {
        const struct text_part *part = &text->parts[i];
        if (part->is_cel)
            cel_print(&out, cel_eval(part->program, &eval->run),
                      eval->run.causes);
        else
            buf_add(&out, part->text);
    }
    struct str done = str_dup(arena, buf_str(&out));
    buf_release(&out);
    return done;
}

struct str eval_error_text(struct eval *eval, struct arena *arena,
                           struct value error)
{
    const struct value_error *e = error.as.error;
    for (size_t i = 0; i < eval->n_errors; i++) {
        if (eval->errors[i] != e || eval->error_nodes[i] == NULL)
            continue;
        struct span at = yaml_place(eval->error_nodes[i], e->offset, 1);
        return str_fmt(arena, "%s:%u:%u: %.*s", at.file != NULL ? at.file : "",
                       at.line, at.col, STRF(e->text));
    }
    return str_dup(arena, e->text);
}

causes eval_causes(struct eval *eval, struct value v)
{
    struct causes_table *table = eval->run.causes;
    causes all = 0;
    if (v.kind == VALUE_UNKNOWN)
        return v.n;
    if (v.kind == VALUE_ERROR) {
        struct str text = v.as.error->text;
        if (!v.as.error->is_miss)
            text = str_cat(eval->run.scratch, STR("error: "), text);
        return causes_of(table, text);
    }
    if (v.kind == VALUE_OPEN_LIST)
        for (uint32_t i = 0; i < v.as.open->n; i++)
            if (v.as.open->kinds[i] != MEMBER_SURE)
                all = causes_union(table, all, v.as.open->why[i]);
    return all;
}
