/* What is known of the accounts: rows, ghosts and scope as they are added. */
#include "checker/inventory/inventory.h"

#include <assert.h>
#include <string.h>

#include "checker/inventory/rows.h"

/* A file that is all unknown names has no more notes than anybody reads. */
enum { NOTES_LIMIT = 100 };

struct inventory *inventory_new(struct arena *arena,
                                const struct demand *demand,
                                struct causes_table *table)
{
    struct inventory *inventory = ARENA_NEW(arena, struct inventory);
    size_t n = demand->catalogue->types.n;
    inventory->arena = arena;
    inventory->causes = table;
    inventory->catalogue = demand->catalogue;
    inventory->demand = demand;
    inventory->tables = ARENA_ARRAY(arena, n + 1, struct value_table *);
    inventory->rows = ARENA_ARRAY(arena, n + 1, struct rows *);
    interns_init(&inventory->interns, arena);
    for (size_t i = 0; i < n; i++) {
        const struct catalogue_type *type =
            demand->catalogue->types.items[i].value;
        if (demand->fields[type->number] != NULL)
            inventory->rows[type->number] = rows_new(inventory, type);
    }
    return inventory;
}

static int place_cmp(struct place a, struct place b)
{
    int by_account = str_cmp(a.account, b.account);
    return by_account != 0 ? by_account : str_cmp(a.region, b.region);
}

/* The first place of the scope that is not before `place`. */
static size_t place_at(const struct inventory *inventory, struct place place)
{
    size_t low = 0, high = inventory->n_scope;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place_cmp(inventory->scope[middle], place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool inventory_in_scope(const struct inventory *inventory, struct place place)
{
    size_t at = place_at(inventory, place);
    return at < inventory->n_scope &&
           place_cmp(inventory->scope[at], place) == 0;
}

void inventory_scope(struct inventory *inventory, struct str account,
                     struct str region)
{
    struct place place = {intern(&inventory->interns, account),
                          intern(&inventory->interns, region)};
    if (inventory_in_scope(inventory, place))
        return;
    size_t at = place_at(inventory, place);
    inventory->scope =
        arena_grow(inventory->arena, inventory->scope, inventory->n_scope,
                   &inventory->scope_capacity, sizeof(*inventory->scope));
    struct place *slot = &inventory->scope[at];
    memmove(slot + 1, slot, (inventory->n_scope - at) * sizeof(*slot));
    *slot = place;
    inventory->n_scope++;
    for (size_t i = 0; i < inventory->catalogue->types.n; i++)
        if (inventory->rows[i] != NULL)
            inventory->rows[i]->is_finished = false;
}

void inventory_note(struct inventory *inventory, struct str text)
{
    if (inventory->n_notes >= NOTES_LIMIT)
        text = STR("more names that are not known");
    for (size_t i = 0; i < inventory->n_notes; i++) {
        if (!str_eq(inventory->notes[i].text, text))
            continue;
        inventory->notes[i].count++;
        return;
    }
    inventory->notes =
        arena_grow(inventory->arena, inventory->notes, inventory->n_notes,
                   &inventory->notes_capacity, sizeof(*inventory->notes));
    inventory->notes[inventory->n_notes++] = (struct inventory_note){
        .text = str_dup(inventory->arena, text), .count = 1};
}

static struct value interned(struct inventory *inventory, struct str s)
{
    struct value v = value_str(intern(&inventory->interns, s));
    v.flags = VALUE_INTERNED;
    return v;
}

uint32_t inventory_row(struct inventory *inventory,
                       const struct catalogue_type *type, struct str account,
                       struct str region, struct str id)
{
    struct rows *rows = inventory->rows[type->number];
    assert(rows != NULL);
    rows_open(inventory, type);
    rows->is_finished = false;
    rows->items = arena_grow(&rows->building, rows->items, rows->n,
                             &rows->capacity, sizeof(*rows->items));
    struct value *cells =
        ARENA_ARRAY(&rows->building, rows->n_slots, struct value);
    memcpy(cells, rows->blank, rows->n_slots * sizeof(*cells));
    cells[rows->slots[ROW_ID]] = interned(inventory, id);
    cells[rows->slots[ROW_ACCOUNT]] = interned(inventory, account);
    cells[rows->slots[ROW_REGION]] = interned(inventory, region);
    uintptr_t number = rows->n + 1;
    map_put(&rows->numbers, value_text(cells[rows->slots[ROW_ID]]),
            (void *)number);
    rows->items[rows->n] = cells;
    return (uint32_t)rows->n++;
}

uint32_t inventory_find(struct inventory *inventory,
                        const struct catalogue_type *type, struct str id)
{
    struct rows *rows = inventory->rows[type->number];
    if (rows == NULL)
        return UINT32_MAX;
    rows_open(inventory, type);
    uintptr_t number = (uintptr_t)map_get(&rows->numbers, id);
    return number == 0 ? UINT32_MAX : (uint32_t)(number - 1);
}

void inventory_cell(struct inventory *inventory,
                    const struct catalogue_type *type, uint32_t row,
                    uint32_t field, struct value cell)
{
    struct rows *rows = inventory->rows[type->number];
    assert(field >= ROW_FIELDS && cell.kind != VALUE_NONE);
    if (rows == NULL || rows->slots[field] == UINT32_MAX)
        return;
    rows_open(inventory, type);
    assert(row < rows->n);
    rows->is_finished = false;
    rows->items[row][rows->slots[field]] = cell;
}

uint32_t inventory_ghost(struct inventory *inventory,
                         const struct catalogue_type *type, struct place place,
                         causes why)
{
    struct rows *rows = inventory->rows[type->number];
    assert(rows != NULL);
    rows->is_finished = false;
    rows->ghosts = arena_grow(inventory->arena, rows->ghosts, rows->n_ghosts,
                              &rows->ghosts_capacity, sizeof(*rows->ghosts));
    rows->ghosts[rows->n_ghosts] = (struct rows_ghost){
        .place = {intern(&inventory->interns, place.account),
                  intern(&inventory->interns, place.region)},
        .why = why};
    return (uint32_t)rows->n_ghosts++;
}

void inventory_ghost_cell(struct inventory *inventory,
                          const struct catalogue_type *type, uint32_t ghost,
                          uint32_t field, struct value cell)
{
    struct rows *rows = inventory->rows[type->number];
    assert(rows != NULL && ghost < rows->n_ghosts && field >= ROW_FIELDS);
    rows->is_finished = false;
    struct rows_ghost *g = &rows->ghosts[ghost];
    if (g->cells == NULL)
        g->cells =
            ARENA_ARRAY(inventory->arena, type->record.n_fields, struct value);
    g->cells[field] = cell;
}

void inventory_finish(struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->catalogue->types.n; i++) {
        const struct catalogue_type *type =
            inventory->catalogue->types.items[i].value;
        if (inventory->rows[type->number] != NULL)
            rows_finish(inventory, type);
    }
}
