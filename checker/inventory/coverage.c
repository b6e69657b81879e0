/* What was read and what was not: one record per call and place. */
#include <string.h>

#include "checker/inventory/rows.h"

static const struct str words[] = {
    [COVERAGE_OK] = STR_INIT("ok"),
    [COVERAGE_DENIED] = STR_INIT("denied"),
    [COVERAGE_THROTTLED] = STR_INIT("throttled"),
    [COVERAGE_UNREACHABLE] = STR_INIT("unreachable"),
    [COVERAGE_BAD_ANSWER] = STR_INIT("bad answer"),
    [COVERAGE_REGION_OFF] = STR_INIT("region off"),
    [COVERAGE_NOT_CALLED] = STR_INIT("not called"),
    [COVERAGE_NOT_READ] = STR_INIT("not read"),
    [COVERAGE_FAILED] = STR_INIT("failed"),
};

struct str coverage_word(enum coverage_state state)
{
    return words[state];
}

bool coverage_state_of(struct str word, enum coverage_state *out)
{
    for (size_t i = 0; i < N_ITEMS(words); i++) {
        if (!str_eq(words[i], word))
            continue;
        *out = (enum coverage_state)i;
        return true;
    }
    return false;
}

struct str coverage_cause(struct arena *arena, const struct coverage *record)
{
    return str_fmt(arena, "%.*s %.*s %.*s/%.*s%s%.*s",
                   STRF(words[record->state]), STRF(record->call),
                   STRF(record->account), STRF(record->region),
                   record->code.n > 0 ? " " : "", STRF(record->code));
}

void coverage_worsen(struct coverage *record, enum coverage_state state,
                     struct str code)
{
    /* Of equal states the first code by name, so that the order in which
     * answers come does not show. */
    bool is_worse = state > record->state ||
                    (state == record->state && str_cmp(code, record->code) < 0);
    if (!is_worse)
        return;
    record->state = state;
    record->code = code;
}

static int record_cmp(const struct coverage *record, struct place place,
                      struct str call)
{
    int by_account = str_cmp(record->account, place.account);
    if (by_account != 0)
        return by_account;
    int by_region = str_cmp(record->region, place.region);
    return by_region != 0 ? by_region : str_cmp(record->call, call);
}

/* The first record that is not before this one. */
static size_t record_at(const struct inventory *inventory, struct place place,
                        struct str call)
{
    size_t low = 0, high = inventory->n_coverage;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (record_cmp(&inventory->coverage[middle], place, call) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct coverage *inventory_covered(const struct inventory *inventory,
                                         struct place place, struct str call)
{
    size_t at = record_at(inventory, place, call);
    if (at < inventory->n_coverage &&
        record_cmp(&inventory->coverage[at], place, call) == 0)
        return &inventory->coverage[at];
    return NULL;
}

static void merge(struct inventory *inventory, struct coverage *old,
                  const struct coverage *record)
{
    coverage_worsen(old, record->state,
                    intern(&inventory->interns, record->code));
    old->n_ok += record->n_ok;
    old->n_failed += record->n_failed;
    old->is_partial = old->is_partial || record->is_partial;
}

void inventory_coverage(struct inventory *inventory,
                        const struct coverage *record)
{
    struct place place = {record->account, record->region};
    size_t at = record_at(inventory, place, record->call);
    /* Ghosts are made from coverage: those there are may be wrong now. */
    for (size_t i = 0; i < inventory->catalogue->types.n; i++)
        if (inventory->rows[i] != NULL)
            inventory->rows[i]->is_finished = false;
    if (at < inventory->n_coverage &&
        record_cmp(&inventory->coverage[at], place, record->call) == 0) {
        merge(inventory, &inventory->coverage[at], record);
        return;
    }
    inventory->coverage =
        arena_grow(inventory->arena, inventory->coverage, inventory->n_coverage,
                   &inventory->coverage_capacity, sizeof(*inventory->coverage));
    struct coverage *slot = &inventory->coverage[at];
    memmove(slot + 1, slot, (inventory->n_coverage - at) * sizeof(*slot));
    inventory->n_coverage++;
    *slot = *record;
    slot->account = intern(&inventory->interns, record->account);
    slot->region = intern(&inventory->interns, record->region);
    slot->call = intern(&inventory->interns, record->call);
    slot->code = intern(&inventory->interns, record->code);
}
