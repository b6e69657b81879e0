/* Rows of derived types, made of what was read. */
#include "checker/engine/derive.h"

#include <stdlib.h>

/* What one source row, or one item of it, made. */
struct made {
    struct str source; /* the source's id, of a ghost ghost:ACCOUNT/REGION */
    size_t item, document, order;
    const struct derivation *derivation;
    struct value subject;
    bool is_ghost;
    causes why;                     /* of a ghost */
    struct str id, account, region; /* of a ghost: empty where unknown */
    struct value *cells;            /* by field */
};

struct deriver {
    struct arena *arena;
    struct arena scratch;
    const struct setting *setting;
    struct made *made;
    size_t n, capacity;
};

/* A source row or ghost with one of its items. */
struct source_item {
    struct value subject;
    struct str source;
    causes ghost; /* the source ghost's, 0 of a row */
    bool is_ghost;
    enum member_kind kind;
    causes why; /* of membership */
    struct value item;
    size_t number, document;
};

/* A value as a cell: unknown where it cannot be one (section 10). */
static struct value cell_of(struct deriver *d, struct eval *eval,
                            struct value v)
{
    if (v.kind == VALUE_OPTIONAL)
        v = v.as.items != NULL ? v.as.items[0] : value_absent();
    if (v.kind == VALUE_UNKNOWN || v.kind == VALUE_ERROR ||
        v.kind == VALUE_OPEN_LIST)
        return value_unknown(eval_causes(eval, v));
    return value_copy(d->setting->inventory->arena, v);
}

static bool is_doubtful(struct value v)
{
    return v.kind == VALUE_UNKNOWN || v.kind == VALUE_ERROR;
}

static struct value default_place(struct eval *eval, const struct expr *expr,
                                  enum row_field field)
{
    struct value subject = eval->run.slots[SLOT_SUBJECT];
    if (expr->text.p != NULL)
        return eval_expr(eval, expr);
    return value_cell(subject.as.table, subject.n, field);
}

static struct str text_of(struct deriver *d, struct value v)
{
    return v.kind == VALUE_STRING ? str_dup(d->arena, value_text(v))
                                  : (struct str){0};
}

static void fill_cells(struct deriver *d, struct eval *eval,
                       const struct derivation *derivation, struct made *out)
{
    const struct catalogue_type *type = derivation->type;
    const bool *is_read = d->setting->inventory->demand->fields[type->number];
    size_t n = type->record.n_fields;
    out->cells = ARENA_ARRAY(d->arena, n, struct value);
    for (size_t f = ROW_FIELDS; f < n; f++) {
        if (!is_read[f])
            continue;
        const struct expr *expr = &derivation->fields[f];
        out->cells[f] = expr->text.p != NULL
                            ? cell_of(d, eval, eval_expr(eval, expr))
                            : value_absent();
    }
}

static void derive_item(struct deriver *d, const struct derivation *derivation,
                        const struct source_item *from)
{
    struct eval eval;
    eval_begin(&eval, d->setting, &derivation->clauses, &d->scratch,
               from->subject, from->item);
    struct value when = eval_expr(&eval, &derivation->clauses.when);
    if (when.kind == VALUE_BOOL && !when.as.b)
        return;
    struct value place[] = {
        when,
        eval_expr(&eval, &derivation->id),
        default_place(&eval, &derivation->region, ROW_REGION),
        default_place(&eval, &derivation->account, ROW_ACCOUNT),
    };
    causes why = causes_union(eval.run.causes, from->ghost, from->why);
    bool is_ghost = from->is_ghost || from->kind != MEMBER_SURE;
    for (size_t i = 0; i < N_ITEMS(place); i++) {
        if (!is_doubtful(place[i]))
            continue;
        is_ghost = true;
        why = causes_union(eval.run.causes, why, eval_causes(&eval, place[i]));
    }
    d->made =
        arena_grow(d->arena, d->made, d->n, &d->capacity, sizeof(*d->made));
    struct made *made = &d->made[d->n];
    *made = (struct made){
        .source = from->source,
        .item = from->number,
        .document = from->document,
        .order = d->n++,
        .derivation = derivation,
        .subject = from->subject,
        .is_ghost = is_ghost,
        .why = why,
        .id = text_of(d, place[1]),
        .region = text_of(d, place[2]),
        .account = text_of(d, place[3]),
    };
    fill_cells(d, &eval, derivation, made);
}

/* Each item of one source row or ghost; without `each` it is one itself. */
static void derive_source(struct deriver *d,
                          const struct derivation *derivation,
                          struct source_item *from)
{
    struct eval eval;
    from->kind = MEMBER_SURE;
    if (derivation->clauses.each_node == NULL) {
        derive_item(d, derivation, from);
        return;
    }
    eval_begin(&eval, d->setting, &derivation->clauses, &d->scratch,
               from->subject, (struct value){0});
    struct value list = eval_expr(&eval, &derivation->clauses.each_in);
    if (list.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < list.n; i++) {
            from->number = i;
            from->item = list.as.items[i];
            derive_item(d, derivation, from);
        }
        return;
    }
    if (list.kind == VALUE_OPEN_LIST) {
        const struct value_open *open = list.as.open;
        for (uint32_t i = 0; i < open->n; i++) {
            from->number = i;
            from->kind = (enum member_kind)open->kinds[i];
            from->why = from->kind == MEMBER_SURE ? 0 : open->why[i];
            from->item = open->items[i];
            derive_item(d, derivation, from);
        }
        return;
    }
    from->kind = MEMBER_GHOST;
    from->why = eval_causes(&eval, list);
    from->item = value_unknown(from->why);
    derive_item(d, derivation, from);
}

static struct str ghost_name(struct arena *arena,
                             const struct value_table *table, uint32_t row)
{
    struct value account = value_cell(table, row, ROW_ACCOUNT);
    struct value region = value_cell(table, row, ROW_REGION);
    return str_fmt(
        arena, "ghost:%.*s/%.*s",
        STRF(account.kind == VALUE_STRING ? value_text(account) : STR("*")),
        STRF(region.kind == VALUE_STRING ? value_text(region) : STR("*")));
}

static void derive_document(struct deriver *d, size_t document)
{
    const struct derivation *derivation =
        d->setting->rules->derivations[document];
    const struct inventory *inventory = d->setting->inventory;
    if (inventory->tables[derivation->type->number] == NULL)
        return;
    const struct value_table *table =
        inventory->tables[derivation->clauses.subject->number];
    for (uint32_t row = 0; row < table->n_rows + table->n_ghosts; row++) {
        struct source_item from = {.subject = value_row(table, row),
                                   .document = document};
        from.is_ghost = row >= table->n_rows;
        if (from.is_ghost)
            from.ghost = table->ghost_causes[row - table->n_rows];
        from.source = from.is_ghost
                          ? ghost_name(d->arena, table, row)
                          : value_text(value_cell(table, row, ROW_ID));
        derive_source(d, derivation, &from);
        arena_reset(&d->scratch);
    }
}

static int by_source(const void *a, const void *b)
{
    const struct made *x = a, *y = b;
    int order = str_cmp(x->source, y->source);
    if (order != 0)
        return order;
    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    if (x->document != y->document)
        return x->document < y->document ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* The id, or the first free of ID#2, ID#3, … in its type. */
static struct str free_id(struct arena *arena, const struct map *taken,
                          struct str id)
{
    struct str name = id;
    for (size_t n = 2; map_has(taken, name); n++)
        name = str_fmt(arena, "%.*s#%zu", STRF(id), n);
    return name;
}

static void add_row(struct deriver *d, struct map *taken,
                    const struct made *made, struct map *origins)
{
    struct inventory *inventory = d->setting->inventory;
    const struct catalogue_type *type = made->derivation->type;
    struct str id = free_id(d->arena, taken, made->id);
    map_put(taken, id, NULL);
    struct origin *origin = ARENA_NEW(d->arena, struct origin);
    *origin = (struct origin){.derivation = made->derivation,
                              .source = made->subject,
                              .item = made->item};
    map_put(origins, id, origin);
    uint32_t row =
        inventory_row(inventory, type, made->account, made->region, id);
    for (uint32_t f = ROW_FIELDS; f < type->record.n_fields; f++)
        if (made->cells[f].kind != VALUE_NONE)
            inventory_cell(inventory, type, row, f, made->cells[f]);
}

static void add_ghost(struct deriver *d, const struct made *made)
{
    struct inventory *inventory = d->setting->inventory;
    const struct catalogue_type *type = made->derivation->type;
    uint32_t ghost =
        inventory_ghost(inventory, type,
                        (struct place){made->account, made->region}, made->why);
    for (uint32_t f = ROW_FIELDS; f < type->record.n_fields; f++)
        if (made->cells[f].kind != VALUE_NONE)
            inventory_ghost_cell(inventory, type, ghost, f, made->cells[f]);
}

/* The ids that the inventory brought, by type. */
static struct map *taken_ids(struct deriver *d)
{
    const struct inventory *inventory = d->setting->inventory;
    size_t n = inventory->catalogue->types.n;
    struct map *taken = ARENA_ARRAY(d->arena, n, struct map);
    for (size_t i = 0; i < n; i++) {
        const struct catalogue_type *type =
            inventory->catalogue->types.items[i].value;
        const struct value_table *table = inventory->tables[type->number];
        struct map *ids = &taken[type->number];
        ids->arena = d->arena;
        if (table == NULL || !type->is_derived)
            continue;
        for (uint32_t row = 0; row < table->n_rows; row++)
            map_put(ids, value_text(value_cell(table, row, ROW_ID)), NULL);
    }
    return taken;
}

void derive_rows(struct arena *arena, struct setting *setting,
                 struct map *origins)
{
    struct deriver d = {.arena = arena, .setting = setting};
    for (size_t i = 0; i < setting->rules->n_derivations; i++)
        derive_document(&d, i);
    if (d.n > 0)
        qsort(d.made, d.n, sizeof(*d.made), by_source);
    struct map *taken = taken_ids(&d);
    for (size_t i = 0; i < d.n; i++) {
        const struct made *made = &d.made[i];
        if (made->is_ghost)
            add_ghost(&d, made);
        else
            add_row(&d, &taken[made->derivation->type->number], made, origins);
    }
    inventory_finish(setting->inventory);
    arena_release(&d.scratch);
}
