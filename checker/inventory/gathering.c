/* From demanded calls to rows and coverage. */
#include "checker/inventory/gathering.h"

#include <stdlib.h>
#include <string.h>

#include "checker/inventory/rows.h"

/* What became of one needed call in one region. */
struct tally {
    struct coverage record;
    uint64_t n_started, n_ended; /* calls, not rows */
};

struct gathering {
    struct inventory *inventory;
    struct arena arena; /* calls and their input */
    struct str account;
    const struct str *regions;
    size_t n_regions;
    void (*start)(void *owner, const struct aws_call *call);
    void *owner;
    const struct catalogue_call *const *calls; /* needed, sorted by id */
    const struct catalogue_type **listed;      /* beside: what it lists */
    size_t n_calls;
    struct tally *tallies; /* [region][call] */
};

/* One call on its way. */
struct flight {
    struct gathering *gathering;
    size_t region, call;
    uint32_t row; /* a call per row: of its parent */
    bool has_answer;
};

struct value gathering_at(struct value answer, struct str path)
{
    struct str name;
    while (str_split(&path, '.', &name))
        answer = value_get(answer, name);
    return answer;
}

static bool is_json(const struct aws_service *service)
{
    return service->protocol == AWS_JSON_1_0 ||
           service->protocol == AWS_JSON_1_1 ||
           service->protocol == AWS_REST_JSON;
}

static bool xml_items(struct arena *arena, struct value wrapper,
                      const struct value **items)
{
    struct value *list = ARENA_ARRAY(arena, wrapper.n, struct value);
    for (uint32_t i = 0; i < wrapper.n; i++) {
        if (!str_eq(value_text(wrapper.as.items[2 * i]),
                    value_text(wrapper.as.items[0])))
            return false;
        list[i] = wrapper.as.items[2 * i + 1];
    }
    *items = list;
    return true;
}

bool gathering_items(struct arena *arena, const struct aws_service *service,
                     struct value answer, struct str path,
                     const struct value **items, size_t *n)
{
    struct value at = gathering_at(answer, path);
    bool is_empty_element =
        !is_json(service) && at.kind == VALUE_STRING && at.n == 0;
    *n = is_empty_element ? 0 : at.n;
    if (is_empty_element)
        return true;
    if (at.kind == VALUE_MAP && !is_json(service))
        return xml_items(arena, at, items);
    *items = at.as.items;
    return at.kind == VALUE_LIST;
}

enum coverage_state gathering_state(const struct aws_failure *failure)
{
    if (failure == NULL)
        return COVERAGE_OK;
    switch (failure->outcome) {
    case AWS_OK:
        return COVERAGE_OK;
    case AWS_DENIED:
    case AWS_REFUSED:
        return COVERAGE_DENIED;
    case AWS_THROTTLED:
        return COVERAGE_THROTTLED;
    case AWS_UNREACHABLE:
        return COVERAGE_UNREACHABLE;
    case AWS_BAD_ANSWER:
        return COVERAGE_BAD_ANSWER;
    case AWS_REGION_OFF:
        return COVERAGE_REGION_OFF;
    case AWS_FAULT:
        return COVERAGE_FAILED;
    case AWS_STOPPED:
        return COVERAGE_NOT_CALLED;
    }
    return COVERAGE_FAILED;
}

/* ---- what is needed ---- */

static const struct catalogue_type *listed_by(const struct catalogue *catalogue,
                                              const struct demand *demand,
                                              const struct catalogue_call *call)
{
    for (size_t i = 0; i < catalogue->types.n; i++) {
        const struct catalogue_type *type = catalogue->types.items[i].value;
        if (type->listing == call && demand->fields[type->number] != NULL)
            return type;
    }
    return NULL;
}

struct gathering *gathering_new(struct inventory *inventory, struct str account,
                                const struct str *regions, size_t n_regions,
                                void (*start)(void *owner,
                                              const struct aws_call *call),
                                void *owner)
{
    struct gathering *g = memory_resize(NULL, sizeof(*g));
    *g = (struct gathering){.inventory = inventory,
                            .regions = regions,
                            .n_regions = n_regions,
                            .start = start,
                            .owner = owner};
    g->account = intern(&inventory->interns, account);
    g->n_calls = demand_calls(&g->arena, inventory->demand, &g->calls);
    g->listed =
        ARENA_ARRAY(&g->arena, g->n_calls, const struct catalogue_type *);
    for (size_t c = 0; c < g->n_calls; c++)
        g->listed[c] =
            listed_by(inventory->catalogue, inventory->demand, g->calls[c]);
    g->tallies = ARENA_ARRAY(&g->arena, n_regions * g->n_calls, struct tally);
    for (size_t r = 0; r < n_regions; r++) {
        inventory_scope(inventory, account, regions[r]);
        for (size_t c = 0; c < g->n_calls; c++)
            g->tallies[r * g->n_calls + c].record = (struct coverage){
                .account = g->account,
                .region = intern(&inventory->interns, regions[r]),
                .call = g->calls[c]->id};
    }
    return g;
}

static struct tally *tally_of(const struct flight *flight)
{
    const struct gathering *g = flight->gathering;
    return &g->tallies[flight->region * g->n_calls + flight->call];
}

static const struct catalogue_call *call_of(const struct flight *flight)
{
    return flight->gathering->calls[flight->call];
}

/* ---- rows ---- */

/* The parts of an id that name a place must name this one. */
static bool is_of_place(const struct coverage *record, struct str id)
{
    struct str parts[6];
    size_t n = 0;
    while (n < 5 && str_split(&id, ':', &parts[n]))
        n++;
    if (n < 5 || !str_is(parts[0], "arn") || id.n == 0)
        return false;
    return (parts[3].n == 0 || str_eq(parts[3], record->region)) &&
           (parts[4].n == 0 || str_eq(parts[4], record->account));
}

/* What a name in an id's template stands for; empty if the item lacks it. */
static struct str part_of(const struct gathering *g,
                          const struct coverage *record, struct value item,
                          struct str name)
{
    if (str_is(name, "partition"))
        return g->inventory->partition;
    if (str_is(name, "region"))
        return record->region;
    if (str_is(name, "account"))
        return record->account;
    struct value part = gathering_at(item, name);
    return part.kind == VALUE_STRING ? value_text(part) : STR("");
}

/* The id as the answer has it, or put together of what it has. */
static struct str written_id(struct arena *arena, const struct gathering *g,
                             const struct coverage *record,
                             const struct catalogue_type *type,
                             struct value item)
{
    struct value id = gathering_at(item, type->id_path);
    struct str rest = type->id_template, literal = {0}, name = {0};
    struct str text = STR("");
    if (type->id_template.n == 0)
        return id.kind == VALUE_STRING ? value_text(id) : STR("");
    while (catalogue_template_part(&rest, &literal, &name)) {
        struct str part = name.n > 0 ? part_of(g, record, item, name) : STR("");
        if (name.n > 0 && part.n == 0)
            return STR("");
        text = str_cat(arena, text, str_cat(arena, literal, part));
    }
    return text;
}

/* The item's id, or empty text if it has none that can be its. */
static struct str id_of(struct arena *arena, struct gathering *g,
                        const struct coverage *record,
                        const struct catalogue_type *type, struct value item)
{
    struct str text = written_id(arena, g, record, type, item);
    if (text.n == 0)
        return text;
    if (type->has_arn_id && !is_of_place(record, text))
        return STR("");
    /* An id that is taken elsewhere cannot be told apart from that one. */
    uint32_t row = inventory_find(g->inventory, type, text);
    if (row == UINT32_MAX)
        return text;
    const struct rows *rows = g->inventory->rows[type->number];
    const struct value *cells = rows->items[row];
    bool is_here =
        str_eq(value_text(cells[rows->slots[ROW_REGION]]), record->region) &&
        str_eq(value_text(cells[rows->slots[ROW_ACCOUNT]]), record->account);
    return is_here ? text : STR("");
}

/* The cells of a row that this call fills. */
static void fill(struct gathering *g, const struct catalogue_type *type,
                 const struct catalogue_call *call, uint32_t row,
                 struct value item)
{
    const bool *is_read = g->inventory->demand->fields[type->number];
    for (uint32_t f = ROW_FIELDS; f < type->record.n_fields; f++) {
        const struct catalogue_source *source = &type->sources[f];
        if (!is_read[f] || source->call != call)
            continue;
        struct value raw = gathering_at(item, source->path);
        inventory_cell(
            g->inventory, type, row, f,
            inventory_normalise(g->inventory, &type->record.fields[f], raw));
    }
}

static void fill_unknown(struct gathering *g, const struct catalogue_type *type,
                         const struct catalogue_call *call, uint32_t row,
                         causes why)
{
    for (uint32_t f = ROW_FIELDS; f < type->record.n_fields; f++)
        if (type->sources[f].call == call)
            inventory_cell(g->inventory, type, row, f, value_unknown(why));
}

/* ---- calls ---- */

static bool on_listing(void *owner, struct value answer);
static bool on_object(void *owner, struct value answer);
static void on_done(void *owner, const struct aws_failure *failure);

static void start(struct gathering *g, size_t region, size_t call, uint32_t row,
                  struct value input)
{
    struct flight *flight = ARENA_NEW(&g->arena, struct flight);
    *flight = (struct flight){
        .gathering = g, .region = region, .call = call, .row = row};
    tally_of(flight)->n_started++;
    struct aws_call order = {
        .operation = &g->calls[call]->operation,
        .region = g->regions[region],
        .input = input,
        .owner = flight,
        .page = g->listed[call] != NULL ? on_listing : on_object,
        .done = on_done,
    };
    g->start(g->owner, &order);
}

/* A cell that a call is made with; false if it is not known. */
static bool input_of(struct gathering *g, const struct catalogue_call *call,
                     uint32_t row, struct value *out, causes *why)
{
    const struct rows *rows = g->inventory->rows[call->parent->number];
    const struct value *cells = rows->items[row];
    size_t n_constants =
        call->constants.kind == VALUE_MAP ? call->constants.n : 0;
    struct value *pairs = ARENA_ARRAY(
        &g->arena, 2 * (call->n_inputs + n_constants), struct value);
    for (size_t i = 0; i < call->n_inputs; i++) {
        struct value cell = cells[rows->slots[call->inputs[i].field]];
        *why = cell.kind == VALUE_UNKNOWN ? cell.n : 0;
        if (cell.kind == VALUE_UNKNOWN || cell.kind == VALUE_ABSENT ||
            cell.kind == VALUE_NULL)
            return false;
        pairs[2 * i] = value_str(call->inputs[i].parameter);
        pairs[2 * i + 1] = cell;
    }
    if (n_constants > 0)
        memcpy(pairs + 2 * call->n_inputs, call->constants.as.items,
               2 * n_constants * sizeof(*pairs));
    *out = value_map(pairs, call->n_inputs + n_constants);
    return true;
}

/* A call that cannot be made, as what it is made with is not known. */
static void skip(struct gathering *g, struct tally *tally, size_t call,
                 uint32_t row, causes why)
{
    struct coverage record = tally->record;
    record.state = COVERAGE_NOT_CALLED;
    record.code = STR("");
    coverage_worsen(&tally->record, record.state, record.code);
    tally->record.n_failed++;
    if (why == 0)
        why =
            causes_of(g->inventory->causes, coverage_cause(&g->arena, &record));
    if (g->listed[call] == NULL)
        fill_unknown(g, g->calls[call]->parent, g->calls[call], row, why);
}

static void start_children(struct gathering *g, size_t region,
                           const struct catalogue_type *type, uint32_t row)
{
    for (size_t c = 0; c < g->n_calls; c++) {
        if (g->calls[c]->parent != type)
            continue;
        struct value input;
        causes why = 0;
        if (input_of(g, g->calls[c], row, &input, &why))
            start(g, region, c, row, input);
        else
            skip(g, &g->tallies[region * g->n_calls + c], c, row, why);
    }
}

static void add_item(struct flight *flight, const struct catalogue_type *type,
                     struct str id, struct value item)
{
    struct gathering *g = flight->gathering;
    struct tally *tally = tally_of(flight);
    /* One that moved to a later page while the pages were read. */
    if (inventory_find(g->inventory, type, id) != UINT32_MAX)
        return;
    uint32_t row =
        inventory_row(g->inventory, type, g->account, tally->record.region, id);
    fill(g, type, call_of(flight), row, item);
    tally->record.n_ok++;
    start_children(g, flight->region, type, row);
}

static bool on_listing(void *owner, struct value answer)
{
    struct flight *flight = owner;
    struct gathering *g = flight->gathering;
    const struct catalogue_call *call = call_of(flight);
    const struct catalogue_type *type = g->listed[flight->call];
    const struct value *items = NULL;
    struct arena scratch = {0};
    size_t n = 0;
    bool is_usable = gathering_items(&scratch, call->operation.service, answer,
                                     call->items, &items, &n);
    struct str *ids = ARENA_ARRAY(&scratch, n, struct str);
    for (size_t i = 0; is_usable && i < n; i++) {
        ids[i] = id_of(&scratch, g, &tally_of(flight)->record, type, items[i]);
        is_usable = ids[i].n > 0;
    }
    for (size_t i = 0; is_usable && i < n; i++)
        add_item(flight, type, ids[i], items[i]);
    flight->has_answer = flight->has_answer || is_usable;
    arena_release(&scratch);
    return is_usable;
}

static bool on_object(void *owner, struct value answer)
{
    struct flight *flight = owner;
    const struct catalogue_call *call = call_of(flight);
    struct value object = gathering_at(answer, call->items);
    if (object.kind != VALUE_MAP || object.n == 0)
        return false;
    fill(flight->gathering, call->parent, call, flight->row, object);
    flight->has_answer = true;
    return true;
}

static void on_done(void *owner, const struct aws_failure *failure)
{
    struct flight *flight = owner;
    struct gathering *g = flight->gathering;
    const struct catalogue_call *call = call_of(flight);
    struct tally *tally = tally_of(flight);
    struct coverage record = tally->record;
    record.state = gathering_state(failure);
    record.code = failure != NULL
                      ? intern(&g->inventory->interns, failure->code)
                      : STR("");
    tally->n_ended++;
    /* No page at all is no answer, whatever it is called. */
    if (record.state == COVERAGE_OK && !flight->has_answer)
        record.state = COVERAGE_BAD_ANSWER;
    bool is_listing = g->listed[flight->call] != NULL;
    if (record.state == COVERAGE_OK) {
        tally->record.n_ok += is_listing ? 0 : 1;
        return;
    }
    coverage_worsen(&tally->record, record.state, record.code);
    tally->record.is_partial = is_listing && flight->has_answer;
    if (call->parent != NULL)
        tally->record.n_failed++;
    if (!is_listing)
        fill_unknown(g, call->parent, call, flight->row,
                     causes_of(g->inventory->causes,
                               coverage_cause(&g->arena, &record)));
}

void gathering_start(struct gathering *g)
{
    for (size_t c = 0; c < g->n_calls; c++) {
        if (g->calls[c]->parent != NULL)
            continue;
        for (size_t r = 0; r < g->n_regions; r++)
            start(g, r, c, 0, g->calls[c]->constants);
    }
}

/* ---- coverage ---- */

static const struct tally *parent_tally(const struct gathering *g, size_t r,
                                        const struct catalogue_call *call)
{
    if (call->parent == NULL)
        return NULL;
    for (size_t c = 0; c < g->n_calls; c++)
        if (g->calls[c] == call->parent->listing)
            return &g->tallies[r * g->n_calls + c];
    return NULL;
}

/* Calls that were never made, as what would have started them failed: all of
 * a call per row if no row came, and some of a listing per row, whose rows are
 * then not all there. A chain of such listings is as deep as the catalogue. */
static void settle(const struct gathering *g, size_t r, size_t c,
                   unsigned depth)
{
    struct tally *tally = &g->tallies[r * g->n_calls + c];
    const struct tally *parent = parent_tally(g, r, g->calls[c]);
    if (tally->n_ended < tally->n_started)
        coverage_worsen(&tally->record, COVERAGE_NOT_CALLED, STR(""));
    if (parent == NULL || depth == 0)
        return;
    settle(g, r, (size_t)(parent - g->tallies) - r * g->n_calls, depth - 1);
    if (parent->record.state == COVERAGE_OK)
        return;
    if (tally->n_started == 0 || g->listed[c] != NULL) {
        tally->record.is_partial = tally->n_started > 0;
        if (tally->record.state == COVERAGE_OK)
            coverage_worsen(&tally->record, COVERAGE_NOT_CALLED, STR(""));
    }
}

void gathering_end(struct gathering *g)
{
    for (size_t r = 0; r < g->n_regions; r++) {
        for (size_t c = 0; c < g->n_calls; c++)
            settle(g, r, c, 8);
        for (size_t c = 0; c < g->n_calls; c++)
            inventory_coverage(g->inventory,
                               &g->tallies[r * g->n_calls + c].record);
    }
    arena_release(&g->arena);
    free(g);
}
