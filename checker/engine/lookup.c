/* Finding rows for a join: pins, places, sure and possible matches. */
#include "checker/engine/evaluation.h"
#include "checker/engine/functions.h"

/* The rows that are not out, and what went wrong on any candidate. */
struct matches {
    struct eval *eval;
    const struct join *join;
    struct value *rows;
    uint8_t *kinds;
    causes *why;
    size_t n, capacity, kinds_capacity, why_capacity;
    causes doubts; /* of all ghosts looked at and all unknown conditions */
    struct value error, miss; /* the first on a row: a real one, a "no row" */
    bool is_risky; /* a condition may be an error in some completion */
};

/* Place pins: an account and a region, each known, unknown or not pinned. */
struct pinned {
    struct value account, region;     /* VALUE_STRING, VALUE_UNKNOWN or _NONE */
    struct str id_account, id_region; /* of an ARN that `id` is pinned to */
};

static void add_row(struct matches *m, struct value row, enum member_kind kind,
                    causes why)
{
    struct arena *arena = m->eval->run.scratch;
    m->rows = arena_grow(arena, m->rows, m->n, &m->capacity, sizeof(*m->rows));
    m->kinds = arena_grow(arena, m->kinds, m->n, &m->kinds_capacity,
                          sizeof(*m->kinds));
    m->why = arena_grow(arena, m->why, m->n, &m->why_capacity, sizeof(*m->why));
    m->rows[m->n] = row;
    m->kinds[m->n] = (uint8_t)kind;
    m->why[m->n++] = why;
}

/* Takes in a candidate whose condition came out as `v`. `ghost` are a ghost's
 * causes; a row has none. */
static void take(struct matches *m, struct value row, bool is_ghost,
                 causes ghost, struct value v)
{
    struct causes_table *table = m->eval->run.causes;
    m->doubts = causes_union(table, m->doubts, ghost);
    if (v.kind == VALUE_ERROR) {
        struct value *first = v.as.error->is_miss ? &m->miss : &m->error;
        if (is_ghost)
            m->is_risky = true;
        else if (first->kind == VALUE_NONE)
            *first = v;
        return;
    }
    if (v.kind == VALUE_UNKNOWN) {
        m->doubts = causes_union(table, m->doubts, v.n);
        m->is_risky |= (v.flags & VALUE_MAYERR) != 0;
        add_row(m, row, is_ghost ? MEMBER_GHOST : MEMBER_MAYBE,
                causes_union(table, ghost, v.n));
        return;
    }
    if (v.as.b)
        add_row(m, row, is_ghost ? MEMBER_GHOST : MEMBER_SURE, ghost);
}

/* `where` on one candidate. Its nodes are not counted as steps, so that what an
 * index skips makes no difference. */
static struct value where(struct matches *m, struct value row)
{
    struct cel_run *run = &m->eval->run;
    int64_t steps = run->steps_left;
    run->slots[m->join->candidate] = row;
    run->steps_left = INT64_MAX;
    struct value v = cel_eval(m->join->where.program, run);
    run->steps_left = steps;
    if (v.kind != VALUE_BOOL && v.kind != VALUE_UNKNOWN &&
        v.kind != VALUE_ERROR)
        return cel_error(run->scratch, "no such overload");
    return v;
}

/* ---- pins ---- */

/* A part of `where`, so not counted as steps, either. */
static struct value pin_value(struct matches *m, uint32_t field)
{
    const struct join *join = m->join;
    struct cel_run *run = &m->eval->run;
    int64_t steps = run->steps_left;
    struct value v = {0};
    run->steps_left = INT64_MAX;
    for (size_t i = 0; i < join->n_pins && v.kind == VALUE_NONE; i++)
        if (join->pins[i].field == field)
            v = cel_eval_node(join->where.program, join->pins[i].node, run);
    run->steps_left = steps;
    return v;
}

static struct value place_pin(struct matches *m, uint32_t field)
{
    struct value v = pin_value(m, field);
    return v.kind == VALUE_STRING || v.kind == VALUE_UNKNOWN
               ? v
               : (struct value){0};
}

static void find_place(struct matches *m, struct pinned *out)
{
    *out = (struct pinned){.account = place_pin(m, ROW_ACCOUNT),
                           .region = place_pin(m, ROW_REGION)};
    struct value id = place_pin(m, ROW_ID);
    if (!m->join->type->has_arn_id)
        return;
    if (id.kind == VALUE_UNKNOWN) {
        if (out->account.kind == VALUE_NONE)
            out->account = id;
        if (out->region.kind == VALUE_NONE)
            out->region = id;
    }
    if (id.kind != VALUE_STRING)
        return;
    functions_arn_place(value_text(id), &out->id_account, &out->id_region);
    if (out->id_account.n > 0)
        out->account = value_str(out->id_account);
    if (out->id_region.n > 0)
        out->region = value_str(out->id_region);
}

/* ---- ghosts ---- */

static bool is_elsewhere(struct value cell, struct str wanted)
{
    return wanted.n > 0 && cell.kind == VALUE_STRING &&
           !str_eq(value_text(cell), wanted);
}

static void take_ghosts(struct matches *m, const struct pinned *pinned,
                        const struct value_table *table)
{
    for (uint32_t i = 0; i < table->n_ghosts; i++) {
        uint32_t n = table->n_rows + i;
        struct value row = value_row(table, n);
        if (is_elsewhere(table->columns[ROW_REGION][n], pinned->id_region) ||
            is_elsewhere(table->columns[ROW_ACCOUNT][n], pinned->id_account))
            continue;
        take(m, row, true, table->ghost_causes[i], where(m, row));
    }
}

static bool in_scope(const struct inventory *inventory, struct value account,
                     struct value region)
{
    for (size_t i = 0; i < inventory->n_scope; i++) {
        const struct place *place = &inventory->scope[i];
        if ((account.kind != VALUE_STRING ||
             str_eq(value_text(account), place->account)) &&
            (region.kind != VALUE_STRING ||
             str_eq(value_text(region), place->region)))
            return true;
    }
    return false;
}

static struct str place_word(struct value v)
{
    return v.kind == VALUE_STRING ? value_text(v) : STR("*");
}

/* One ghost that stands for the rows of a place that the run does not see. */
static struct value_table *scope_ghost(struct matches *m,
                                       const struct value_table *like,
                                       const struct pinned *pinned)
{
    struct arena *arena = m->eval->run.scratch;
    struct str text = str_fmt(arena, "not in scope: %.*s/%.*s",
                              STRF(place_word(pinned->account)),
                              STRF(place_word(pinned->region)));
    causes *why = ARENA_NEW(arena, causes);
    *why = causes_of(m->eval->run.causes, text);
    struct value_table *ghost = ARENA_NEW(arena, struct value_table);
    size_t n = like->record->n_fields;
    *ghost =
        (struct value_table){.record = like->record,
                             .columns = ARENA_ARRAY(arena, n, struct value *),
                             .n_ghosts = 1,
                             .ghost_causes = why};
    for (size_t i = 0; i < n; i++) {
        ghost->columns[i] = ARENA_NEW(arena, struct value);
        ghost->columns[i][0] = value_unknown(*why);
    }
    if (pinned->account.kind == VALUE_STRING)
        ghost->columns[ROW_ACCOUNT][0] = pinned->account;
    if (pinned->region.kind == VALUE_STRING)
        ghost->columns[ROW_REGION][0] = pinned->region;
    return ghost;
}

static void take_scope(struct matches *m, const struct pinned *pinned,
                       const struct value_table *table)
{
    const struct setting *setting = m->eval->setting;
    bool is_dark = pinned->account.kind == VALUE_UNKNOWN ||
                   pinned->region.kind == VALUE_UNKNOWN;
    bool is_pinned =
        pinned->account.kind != VALUE_NONE || pinned->region.kind != VALUE_NONE;
    if (!setting->is_scoped || !is_pinned)
        return;
    if (is_dark ||
        !in_scope(setting->inventory, pinned->account, pinned->region))
        take_ghosts(m, pinned, scope_ghost(m, table, pinned));
}

/* ---- rows ---- */

static bool probe_values(struct matches *m, const struct probe *probe,
                         struct value *values)
{
    for (size_t i = 0; i < probe->n; i++) {
        values[i] = pin_value(m, probe->fields[i]);
        if (values[i].kind != VALUE_STRING && values[i].kind != VALUE_INT &&
            values[i].kind != VALUE_BOOL)
            return false;
    }
    return true;
}

static bool is_same_scalar(struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    if (a.kind == VALUE_STRING)
        return str_eq(value_text(a), value_text(b));
    return a.kind == VALUE_INT ? a.as.i == b.as.i : a.as.b == b.as.b;
}

/* Whether an index passes over the row. A scan's trace leaves such rows out,
 * too, so that what `where` reads on them is not evidence in one run only. */
static bool is_passed_over(const struct probe *probe,
                           const struct value *values,
                           const struct value_table *table, uint32_t row)
{
    bool is_same = true;
    for (size_t i = 0; i < probe->n; i++) {
        struct value cell = value_cell(table, row, probe->fields[i]);
        if (cell.kind == VALUE_UNKNOWN)
            return false;
        is_same = is_same && is_same_scalar(cell, values[i]);
    }
    return !is_same;
}

static void scan_rows(struct matches *m, const struct value_table *table,
                      const struct probe *probe, const struct value *values)
{
    for (uint32_t row = 0; row < table->n_rows; row++) {
        struct value candidate = value_row(table, row);
        if (probe == NULL || !is_passed_over(probe, values, table, row))
            take(m, candidate, false, 0, where(m, candidate));
    }
}

static void take_rows(struct matches *m, const struct value_table *table)
{
    const struct setting *setting = m->eval->setting;
    const struct join *join = m->join;
    struct value values[MAX_PINS];
    struct index_walk walk;
    uint32_t row;
    const struct index *index =
        join->index != SIZE_MAX ? setting->indexes[join->index] : NULL;
    const struct probe *probe =
        index != NULL ? &setting->rules->probes[join->index] : NULL;
    bool is_probed = probe != NULL && probe_values(m, probe, values);
    if (!is_probed || setting->is_scan) {
        bool is_traced = m->eval->evidence != NULL;
        scan_rows(m, table, is_probed && is_traced ? probe : NULL, values);
        return;
    }
    index_begin(&walk, index, values);
    while (index_next(&walk, &row)) {
        struct value candidate = value_row(table, row);
        take(m, candidate, false, 0, where(m, candidate));
    }
}

/* ---- what it comes to ---- */

static struct value unknown_of(causes why, bool may_err)
{
    struct value v = value_unknown(why);
    if (may_err)
        v.flags |= VALUE_MAYERR;
    return v;
}

static struct value miss_of(struct matches *m)
{
    struct arena *arena = m->eval->run.scratch;
    struct value_error *error = ARENA_NEW(arena, struct value_error);
    error->text = str_fmt(arena, "no row in %.*s", STRF(m->join->name));
    error->is_miss = true;
    return (struct value){.kind = VALUE_ERROR, .as.error = error};
}

static struct value optional_of(struct arena *arena, const struct value *row)
{
    struct value v = {.kind = VALUE_OPTIONAL};
    if (row != NULL) {
        struct value *item = ARENA_NEW(arena, struct value);
        *item = *row;
        v.as.items = item;
        v.n = 1;
    }
    return v;
}

/* Keeps the one sure match of a unique lookup: nothing else can match. */
static void keep_sure(struct matches *m)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->kinds[i] == MEMBER_SURE) {
            m->rows[0] = m->rows[i];
            m->kinds[0] = MEMBER_SURE;
            m->why[0] = 0;
        }
    m->n = 1;
}

static struct value list_of(struct matches *m, bool is_closed)
{
    if (is_closed)
        return value_list(m->rows, m->n);
    struct value_open *open =
        ARENA_NEW(m->eval->run.scratch, struct value_open);
    *open = (struct value_open){.items = m->rows,
                                .kinds = m->kinds,
                                .why = m->why,
                                .n = (uint32_t)m->n};
    return (struct value){.kind = VALUE_OPEN_LIST, .as.open = open};
}

static void pick_one(struct matches *m, size_t n_sure, causes doubts,
                     bool is_closed, bool is_unique, struct value *binding,
                     struct value *found)
{
    bool is_optional = m->join->expect == EXPECT_OPTIONAL;
    struct arena *arena = m->eval->run.scratch;
    *found = value_bool(true);
    if (n_sure > 1)
        *binding = *found =
            cel_error(arena, "%zu rows match, expected one", n_sure);
    else if (is_closed && is_optional)
        *binding = optional_of(arena, n_sure > 0 ? m->rows : NULL);
    else if (is_closed && n_sure == 1)
        *binding = m->rows[0];
    else if (is_closed) {
        *binding = miss_of(m);
        *found = value_bool(false);
    } else if (is_optional)
        *binding = unknown_of(doubts, !is_unique);
    else {
        *binding = unknown_of(doubts, true);
        *found = unknown_of(doubts, !is_unique);
    }
}

static void pick(struct matches *m, bool is_unique, struct value *binding,
                 struct value *found)
{
    bool is_many = m->join->expect == EXPECT_MANY;
    bool is_error = m->error.kind != VALUE_NONE ||
                    (m->miss.kind != VALUE_NONE && !m->is_risky);
    if (is_error) {
        *binding = *found = m->error.kind != VALUE_NONE ? m->error : m->miss;
        return;
    }
    if (m->is_risky) {
        *binding = *found = unknown_of(m->doubts, true);
        if (is_many)
            *found = value_bool(true);
        return;
    }
    size_t n_sure = 0;
    for (size_t i = 0; i < m->n; i++)
        n_sure += m->kinds[i] == MEMBER_SURE;
    if (is_unique && n_sure == 1)
        keep_sure(m);
    causes doubts = 0;
    bool is_closed = n_sure == m->n;
    for (size_t i = 0; i < m->n; i++)
        doubts = causes_union(m->eval->run.causes, doubts, m->why[i]);
    if (is_many) {
        *binding = list_of(m, is_closed || (is_unique && n_sure == 1));
        *found = value_bool(true);
        return;
    }
    is_closed = is_closed || (is_unique && n_sure == 1);
    pick_one(m, n_sure, doubts, is_closed, is_unique, binding, found);
}

/* ---- facts ---- */

static void take_facts(struct matches *m, const struct value_table *table)
{
    const struct join *join = m->join;
    struct cel_run *run = &m->eval->run;
    struct value *wanted =
        ARENA_ARRAY(run->scratch, join->n_keys, struct value);
    struct value *equal = ARENA_ARRAY(run->scratch, join->n_keys, struct value);
    for (size_t i = 0; i < join->n_keys; i++)
        wanted[i] = cel_eval(join->keys[i].expr.program, run);
    for (uint32_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < join->n_keys; i++)
            equal[i] = cel_equal(run, wanted[i],
                                 value_cell(table, row, join->keys[i].column));
        take(m, value_row(table, row), false, 0,
             cel_all(run, equal, join->n_keys));
    }
}

void lookup_join(struct eval *eval, const struct join *join,
                 struct value *binding, struct value *found)
{
    struct matches m = {.eval = eval, .join = join};
    /* Now, whichever rows `where` comes to see: steps and evidence of what it
     * names are the same with and without an index. */
    for (size_t i = 0; i < join->n_reads; i++)
        eval_name(eval, join->reads[i]);
    if (eval->evidence != NULL)
        eval->evidence->is_silent++;
    if (join->table != NULL) {
        take_facts(&m, &join->table->in_force);
    } else {
        const struct value_table *table =
            eval->setting->inventory->tables[join->type->number];
        struct pinned pinned;
        find_place(&m, &pinned);
        take_rows(&m, table);
        take_ghosts(&m, &pinned, table);
        take_scope(&m, &pinned, table);
    }
    if (eval->evidence != NULL)
        eval->evidence->is_silent--;
    pick(&m, join->table != NULL || join->is_unique, binding, found);
}
