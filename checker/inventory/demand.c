/* Which types, fields and calls are needed, from what is read. */
#include <stdlib.h>

#include "checker/inventory/inventory.h"

struct demand *demand_new(struct arena *arena,
                          const struct catalogue *catalogue)
{
    struct demand *demand = ARENA_NEW(arena, struct demand);
    demand->catalogue = catalogue;
    demand->fields = ARENA_ARRAY(arena, catalogue->types.n + 1, bool *);
    return demand;
}

/* A call needs the rows and fields that it is made with. */
static void demand_call(struct arena *arena, struct demand *demand,
                        const struct catalogue_call *call)
{
    if (call == NULL || call->parent == NULL)
        return;
    demand_type(arena, demand, call->parent);
    for (size_t i = 0; i < call->n_inputs; i++)
        demand_field(arena, demand, call->parent, call->inputs[i].field);
}

void demand_type(struct arena *arena, struct demand *demand,
                 const struct catalogue_type *type)
{
    bool **fields = &demand->fields[type->number];
    if (*fields != NULL)
        return;
    *fields = ARENA_ARRAY(arena, type->record.n_fields, bool);
    for (size_t i = 0; i < ROW_FIELDS; i++)
        (*fields)[i] = true;
    demand_call(arena, demand, type->listing);
}

void demand_field(struct arena *arena, struct demand *demand,
                  const struct catalogue_type *type, uint32_t field)
{
    demand_type(arena, demand, type);
    bool *is_read = &demand->fields[type->number][field];
    if (*is_read)
        return;
    *is_read = true;
    demand_call(arena, demand, type->sources[field].call);
}

static int by_id(const void *a, const void *b)
{
    const struct catalogue_call *const *x = a, *const *y = b;
    return str_cmp((*x)->id, (*y)->id);
}

static bool is_needed(const struct demand *demand,
                      const struct catalogue_call *call)
{
    const struct map *types = &demand->catalogue->types;
    for (size_t t = 0; t < types->n; t++) {
        const struct catalogue_type *type = types->items[t].value;
        const bool *fields = demand->fields[type->number];
        if (fields == NULL)
            continue;
        if (type->listing == call)
            return true;
        for (size_t f = ROW_FIELDS; f < type->record.n_fields; f++)
            if (fields[f] && type->sources[f].call == call)
                return true;
    }
    return false;
}

size_t demand_calls(struct arena *arena, const struct demand *demand,
                    const struct catalogue_call *const **out)
{
    const struct map *calls = &demand->catalogue->calls;
    const struct catalogue_call **needed =
        ARENA_ARRAY(arena, calls->n + 1, const struct catalogue_call *);
    size_t n = 0;
    for (size_t i = 0; i < calls->n; i++)
        if (is_needed(demand, calls->items[i].value))
            needed[n++] = calls->items[i].value;
    if (n > 0)
        qsort(needed, n, sizeof(const struct catalogue_call *), by_id);
    *out = needed;
    return n;
}
