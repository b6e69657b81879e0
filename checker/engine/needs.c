/* What rules read: types, fields and, through them, calls. */
#include "checker/engine/needs.h"

struct needs {
    struct arena *arena;
    const struct rules *rules;
    struct demand *demand;
};

/* The names of one set of clauses that were already followed. */
struct followed {
    const struct clauses *clauses;
    bool lets[MAX_BINDINGS], joins[MAX_BINDINGS];
};

static void need_field(const struct needs *needs,
                       const struct catalogue_type *type, uint32_t field);
static void need_type(const struct needs *needs,
                      const struct catalogue_type *type);

static void need_join(const struct needs *needs, struct followed *followed,
                      size_t i);

/* What the program reads itself, and what the names in it stand for. Depth is
 * bounded: each name is followed once, and derivations read no derived type. */
static void need_program(const struct needs *needs, struct followed *followed,
                         const struct cel_program *program)
{
    const struct clauses *c = followed->clauses;
    const struct cel_read *reads = NULL;
    if (program == NULL)
        return;
    size_t n = cel_reads(program, &reads);
    for (size_t i = 0; i < n; i++) {
        const struct catalogue_type *type =
            catalogue_of_record(needs->rules->catalogue, reads[i].record);
        if (type != NULL)
            need_field(needs, type, reads[i].field);
    }
    for (size_t i = 0; i < c->n_lets; i++) {
        if (followed->lets[i] || !cel_uses(program, c->lets[i].slot))
            continue;
        followed->lets[i] = true;
        need_program(needs, followed, c->lets[i].expr.program);
    }
    for (size_t i = 0; i < c->n_joins; i++)
        if (cel_uses(program, c->joins[i].slot))
            need_join(needs, followed, i);
}

static void need_join(const struct needs *needs, struct followed *followed,
                      size_t i)
{
    const struct join *join = &followed->clauses->joins[i];
    if (followed->joins[i])
        return;
    followed->joins[i] = true;
    if (join->type != NULL)
        need_type(needs, join->type);
    need_program(needs, followed, join->where.program);
    for (size_t k = 0; k < join->n_keys; k++)
        need_program(needs, followed, join->keys[k].expr.program);
}

static void need_text(const struct needs *needs, struct followed *followed,
                      const struct text *text)
{
    for (size_t i = 0; i < text->n; i++)
        need_program(needs, followed, text->parts[i].program);
}

/* What decides which rows a derivation makes, and where. */
static void need_rows(const struct needs *needs, const struct derivation *d)
{
    struct followed followed = {.clauses = &d->clauses};
    need_type(needs, d->clauses.subject);
    need_program(needs, &followed, d->clauses.each_in.program);
    need_program(needs, &followed, d->clauses.when.program);
    need_program(needs, &followed, d->id.program);
    need_program(needs, &followed, d->region.program);
    need_program(needs, &followed, d->account.program);
}

static void need_type(const struct needs *needs,
                      const struct catalogue_type *type)
{
    if (needs->demand->fields[type->number] != NULL)
        return;
    demand_type(needs->arena, needs->demand, type);
    for (size_t i = 0; i < needs->rules->n_derivations; i++)
        if (needs->rules->derivations[i]->type == type)
            need_rows(needs, needs->rules->derivations[i]);
}

static void need_field(const struct needs *needs,
                       const struct catalogue_type *type, uint32_t field)
{
    need_type(needs, type);
    if (needs->demand->fields[type->number][field])
        return;
    demand_field(needs->arena, needs->demand, type, field);
    for (size_t i = 0; i < needs->rules->n_derivations; i++) {
        const struct derivation *d = needs->rules->derivations[i];
        struct followed followed = {.clauses = &d->clauses};
        if (d->type == type && field >= ROW_FIELDS)
            need_program(needs, &followed, d->fields[field].program);
    }
}

/* The field that people call a subject by, unless it costs a call of its own.
 */
static void need_name(const struct needs *needs,
                      const struct catalogue_type *type)
{
    uint32_t field = type->name_field;
    if (field < ROW_FIELDS)
        return;
    if (type->is_derived || type->sources[field].call == NULL ||
        type->sources[field].call == type->listing)
        need_field(needs, type, field);
}

void needs_rule(struct arena *arena, const struct rules *rules,
                const struct rule *rule, struct demand *demand)
{
    struct needs needs = {arena, rules, demand};
    const struct clauses *c = &rule->clauses;
    struct followed followed = {.clauses = c};
    need_type(&needs, c->subject);
    need_name(&needs, c->subject);
    need_program(&needs, &followed, c->each_in.program);
    need_program(&needs, &followed, c->each_key.program);
    need_program(&needs, &followed, c->when.program);
    for (size_t i = 0; i < c->n_joins; i++) {
        if (c->joins[i].expect != EXPECT_ONE)
            continue;
        need_join(&needs, &followed, i);
        need_text(&needs, &followed, &c->joins[i].message);
    }
    for (size_t i = 0; i < rule->n_checks; i++) {
        need_program(&needs, &followed, rule->checks[i].expr.program);
        need_text(&needs, &followed, &rule->checks[i].message);
    }
    need_text(&needs, &followed, &rule->remediation);
}
