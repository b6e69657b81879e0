/* Rows and ghosts of one type while they are added; private to inventory. */
#ifndef DR_ROWS_H
#define DR_ROWS_H

#include "checker/inventory/inventory.h"

/* In `aux` of a cell that nobody has set yet; not in a finished table. */
enum { ROWS_BLANK = 1 };

/* A ghost with what is known of it: VALUE_NONE where nothing is. */
struct rows_ghost {
    struct place place;
    causes why;
    struct value *cells; /* one per field; NULL: nothing known */
};

/* A row is an array of cells, one per demanded field, in `building`, which the
 * finished table replaces. */
struct rows {
    struct arena building;
    struct value **items;
    size_t n, capacity;
    struct map numbers; /* id → row number + 1 */
    bool is_open;       /* `items` holds all rows; else the table does */
    bool is_finished;   /* the table says the same */
    uint32_t *slots;    /* field number → cell number, or UINT32_MAX */
    size_t n_slots;
    struct value *blank; /* a new row's cells */
    struct rows_ghost *ghosts;
    size_t n_ghosts, ghosts_capacity;
    /* The rows that the sources brought: the table as it was first finished. */
    struct value_table *brought;
};

struct rows *rows_new(struct inventory *inventory,
                      const struct catalogue_type *type);
/* Makes `items` hold the finished table's rows, too, so that more fit in. */
void rows_open(struct inventory *inventory, const struct catalogue_type *type);
/* Sorts them into the type's table, with its ghosts behind. */
void rows_finish(struct inventory *inventory,
                 const struct catalogue_type *type);
/* Frees what was added since the last time, when it is not to be finished. */
void rows_drop(struct inventory *inventory, const struct catalogue_type *type);

#endif
