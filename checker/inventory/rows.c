/* The typed columns: rows sorted by id, and the ghosts behind them. */
#include "checker/inventory/rows.h"

#include <stdlib.h>
#include <string.h>

static struct value unknown(struct inventory *inventory, struct str why)
{
    return value_unknown(causes_of(inventory->causes, why));
}

/* What a field is as long as nobody has said anything of it. */
static struct value blank_cell(struct inventory *inventory,
                               const struct catalogue_type *type, size_t field)
{
    const struct catalogue_call *call = type->sources[field].call;
    if (call != NULL)
        return unknown(inventory, str_fmt(inventory->arena, "not read: %.*s",
                                          STRF(call->id)));
    if (type->record.fields[field].is_optional)
        return value_absent();
    return unknown(inventory, STR("not given"));
}

struct rows *rows_new(struct inventory *inventory,
                      const struct catalogue_type *type)
{
    struct rows *rows = ARENA_NEW(inventory->arena, struct rows);
    const bool *is_read = inventory->demand->fields[type->number];
    size_t n = type->record.n_fields;
    rows->slots = ARENA_ARRAY(inventory->arena, n, uint32_t);
    rows->blank = ARENA_ARRAY(inventory->arena, n, struct value);
    for (size_t f = 0; f < n; f++) {
        rows->slots[f] = UINT32_MAX;
        if (f == ROW_TYPE || !is_read[f])
            continue;
        if (f >= ROW_FIELDS) {
            rows->blank[rows->n_slots] = blank_cell(inventory, type, f);
            rows->blank[rows->n_slots].aux = ROWS_BLANK;
        }
        rows->slots[f] = (uint32_t)rows->n_slots++;
    }
    return rows;
}

static void thaw(struct rows *rows, const struct catalogue_type *type,
                 const struct value_table *table)
{
    rows->n = rows->capacity = table->n_rows;
    rows->items = ARENA_ARRAY(&rows->building, rows->n, struct value *);
    for (uint32_t i = 0; i < table->n_rows; i++) {
        struct value *cells =
            ARENA_ARRAY(&rows->building, rows->n_slots, struct value);
        for (size_t f = 0; f < type->record.n_fields; f++)
            if (rows->slots[f] != UINT32_MAX)
                cells[rows->slots[f]] = table->columns[f][i];
        rows->items[i] = cells;
        uintptr_t number = (uintptr_t)i + 1;
        map_put(&rows->numbers, value_text(table->columns[ROW_ID][i]),
                (void *)number);
    }
}

void rows_open(struct inventory *inventory, const struct catalogue_type *type)
{
    struct rows *rows = inventory->rows[type->number];
    if (rows->is_open)
        return;
    rows->is_open = true;
    rows->items = NULL;
    rows->n = rows->capacity = 0;
    rows->numbers = (struct map){.arena = &rows->building};
    if (inventory->tables[type->number] != NULL)
        thaw(rows, type, inventory->tables[type->number]);
}

/* ---- ghosts ---- */

struct ghosts {
    struct rows_ghost *items;
    size_t n, capacity;
};

/* The same place, and the same known of them? */
static bool same_ghost(const struct rows_ghost *a, const struct rows_ghost *b,
                       size_t n_fields)
{
    if (!str_eq(a->place.account, b->place.account) ||
        !str_eq(a->place.region, b->place.region))
        return false;
    struct value none = {0};
    for (size_t f = 0; f < n_fields; f++)
        if (!value_same_cell(a->cells != NULL ? a->cells[f] : none,
                             b->cells != NULL ? b->cells[f] : none))
            return false;
    return true;
}

static void add_ghost(struct inventory *inventory, struct ghosts *ghosts,
                      const struct rows_ghost *ghost, size_t n_fields)
{
    for (size_t i = 0; i < ghosts->n; i++) {
        struct rows_ghost *old = &ghosts->items[i];
        if (!same_ghost(old, ghost, n_fields))
            continue;
        old->why = causes_union(inventory->causes, old->why, ghost->why);
        return;
    }
    ghosts->items = arena_grow(inventory->arena, ghosts->items, ghosts->n,
                               &ghosts->capacity, sizeof(*ghosts->items));
    ghosts->items[ghosts->n++] = *ghost;
}

/* One for each place of the scope in which the listing did not answer. */
static void add_unread(struct inventory *inventory,
                       const struct catalogue_type *type, struct ghosts *ghosts)
{
    if (type->listing == NULL)
        return;
    struct str call = type->listing->id;
    for (size_t i = 0; i < inventory->n_scope; i++) {
        struct place place = inventory->scope[i];
        const struct coverage *record =
            inventory_covered(inventory, place, call);
        if (record != NULL && record->state == COVERAGE_OK)
            continue;
        struct str why =
            record != NULL
                ? coverage_cause(inventory->arena, record)
                : str_fmt(inventory->arena, "not read: %.*s", STRF(call));
        struct rows_ghost ghost = {.place = place,
                                   .why = causes_of(inventory->causes, why)};
        add_ghost(inventory, ghosts, &ghost, type->record.n_fields);
    }
}

static int ghost_cmp(const struct rows_ghost *a, const struct rows_ghost *b)
{
    int by_account = str_cmp(a->place.account, b->place.account);
    return by_account != 0 ? by_account
                           : str_cmp(a->place.region, b->place.region);
}

/* By place; those of one place keep their order, so no qsort. */
static void sort_ghosts(struct ghosts *ghosts)
{
    for (size_t i = 1; i < ghosts->n; i++) {
        struct rows_ghost ghost = ghosts->items[i];
        size_t at = i;
        while (at > 0 && ghost_cmp(&ghosts->items[at - 1], &ghost) > 0) {
            ghosts->items[at] = ghosts->items[at - 1];
            at--;
        }
        ghosts->items[at] = ghost;
    }
}

static struct value ghost_cell(const struct rows_ghost *ghost, size_t field)
{
    if (field == ROW_ACCOUNT && ghost->place.account.n > 0)
        return value_str(ghost->place.account);
    if (field == ROW_REGION && ghost->place.region.n > 0)
        return value_str(ghost->place.region);
    if (ghost->cells != NULL && ghost->cells[field].kind != VALUE_NONE)
        return ghost->cells[field];
    return value_unknown(ghost->why);
}

/* ---- the table ---- */

struct keyed {
    struct str id;
    struct value *cells;
};

static int by_id(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    return str_cmp(x->id, y->id);
}

static void sort_rows(struct rows *rows)
{
    struct keyed *keyed = ARENA_ARRAY(&rows->building, rows->n, struct keyed);
    for (size_t i = 0; i < rows->n; i++)
        keyed[i] = (struct keyed){
            value_text(rows->items[i][rows->slots[ROW_ID]]), rows->items[i]};
    if (rows->n > 0)
        qsort(keyed, rows->n, sizeof(*keyed), by_id);
    for (size_t i = 0; i < rows->n; i++)
        rows->items[i] = keyed[i].cells;
}

static struct value *make_column(struct inventory *inventory,
                                 const struct rows *rows,
                                 const struct ghosts *ghosts, size_t field)
{
    if (rows->slots[field] == UINT32_MAX)
        return NULL;
    struct value *column =
        ARENA_ARRAY(inventory->arena, rows->n + ghosts->n, struct value);
    for (size_t i = 0; i < rows->n; i++) {
        column[i] = rows->items[i][rows->slots[field]];
        column[i].aux = 0;
    }
    for (size_t i = 0; i < ghosts->n; i++)
        column[rows->n + i] = ghost_cell(&ghosts->items[i], field);
    return column;
}

static struct value_table make_table(struct inventory *inventory,
                                     const struct catalogue_type *type,
                                     const struct rows *rows,
                                     const struct ghosts *ghosts)
{
    struct arena *arena = inventory->arena;
    size_t n = type->record.n_fields;
    struct value **columns = ARENA_ARRAY(arena, n, struct value *);
    causes *why = ARENA_ARRAY(arena, ghosts->n, causes);
    for (size_t f = 0; f < n; f++)
        columns[f] = make_column(inventory, rows, ghosts, f);
    for (size_t i = 0; i < ghosts->n; i++)
        why[i] = ghosts->items[i].why;
    return (struct value_table){.record = &type->record,
                                .columns = columns,
                                .n_rows = (uint32_t)rows->n,
                                .n_ghosts = (uint32_t)ghosts->n,
                                .ghost_causes = why};
}

void rows_finish(struct inventory *inventory, const struct catalogue_type *type)
{
    struct rows *rows = inventory->rows[type->number];
    struct value_table **table = &inventory->tables[type->number];
    if (rows->is_finished)
        return;
    rows_open(inventory, type);
    struct ghosts ghosts = {0};
    add_unread(inventory, type, &ghosts);
    for (size_t i = 0; i < rows->n_ghosts; i++)
        add_ghost(inventory, &ghosts, &rows->ghosts[i], type->record.n_fields);
    sort_ghosts(&ghosts);
    sort_rows(rows);
    bool is_first = *table == NULL;
    if (is_first)
        *table = ARENA_NEW(inventory->arena, struct value_table);
    /* Values refer to the table by its address: it stays where it is. */
    **table = make_table(inventory, type, rows, &ghosts);
    if (is_first) {
        rows->brought = ARENA_NEW(inventory->arena, struct value_table);
        *rows->brought = **table;
    }
    rows_drop(inventory, type);
    rows->is_finished = true;
}

void rows_drop(struct inventory *inventory, const struct catalogue_type *type)
{
    struct rows *rows = inventory->rows[type->number];
    arena_release(&rows->building);
    rows->items = NULL;
    rows->is_open = false;
}
