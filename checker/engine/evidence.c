/* What was read on the way to a finding, and where it came from. */
#include "checker/engine/evaluation.h"

static bool is_same_row(struct value a, struct value b)
{
    return a.kind == VALUE_ROW && b.kind == VALUE_ROW &&
           a.as.table == b.as.table && a.n == b.n;
}

static bool is_same_struct(struct value a, struct value b)
{
    return a.kind == VALUE_STRUCT && b.kind == VALUE_STRUCT &&
           a.as.items == b.as.items;
}

/* The name by which the rule calls a row or struct; empty if it has none. */
static struct str name_of(const struct eval *eval, struct value base)
{
    const struct clauses *c = eval->clauses;
    const struct value *slots = eval->run.slots;
    if (is_same_row(base, slots[SLOT_SUBJECT]))
        return STR("subject");
    if (is_same_struct(base, slots[SLOT_PARAMS]))
        return STR("params");
    if (is_same_struct(base, slots[SLOT_RUN]))
        return STR("run");
    if (is_same_struct(base, slots[SLOT_ITEM]))
        return c->each_as;
    for (size_t i = 0; i < c->n_joins; i++) {
        struct value v = slots[c->joins[i].slot];
        if (v.kind == VALUE_OPTIONAL && v.as.items != NULL)
            v = v.as.items[0];
        if (is_same_row(base, v))
            return c->joins[i].name;
    }
    return (struct str){0};
}

static void add(struct evidence_list *list, struct evidence item)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i].path, item.path))
            return;
    if (list->n >= EVIDENCE_MAX) {
        list->n_dropped++;
        return;
    }
    list->items = arena_grow(list->arena, list->items, list->n, &list->capacity,
                             sizeof(*list->items));
    item.path = str_dup(list->arena, item.path);
    item.value = value_copy(list->arena, item.value);
    item.from = str_dup(list->arena, item.from);
    list->items[list->n++] = item;
}

/* A fact's row: the table, since when, and who says so. */
static struct str from_fact(struct arena *arena, struct value row)
{
    const struct record *record = row.as.table->record;
    size_t since = record_find(record, STR("since"));
    size_t source = record_find(record, STR("source"));
    struct value day = value_cell(row.as.table, row.n, since);
    struct value who = value_cell(row.as.table, row.n, source);
    return str_fmt(
        arena, "facts %.*s since %.*s: %.*s", STRF(record->name),
        STRF(day.kind == VALUE_STRING ? value_text(day) : STR("always")),
        STRF(who.kind == VALUE_STRING ? value_text(who) : STR("-")));
}

static struct str from_row(const struct eval *eval, struct value row,
                           uint32_t field);

static struct str at_place(struct arena *arena, struct str call,
                           struct value row)
{
    struct value region = value_cell(row.as.table, row.n, ROW_REGION);
    if (call.n == 0 || region.kind != VALUE_STRING)
        return call;
    return str_fmt(arena, "%.*s %.*s", STRF(call), STRF(value_text(region)));
}

/* Where the list of `each` was read, which its items are of. */
static struct str from_each(const struct eval *eval)
{
    const struct clauses *c = eval->clauses;
    const struct cel_read *reads = NULL;
    size_t n =
        c->each_in.program != NULL ? cel_reads(c->each_in.program, &reads) : 0;
    for (size_t i = 0; i < n; i++)
        if (reads[i].record == &c->subject->record)
            return from_row(eval, eval->run.slots[SLOT_SUBJECT],
                            reads[i].field);
    return (struct str){0};
}

/* The calls that a derived cell comes from: its expression once more, on the
 * row that it was made of. Derivations read no derived type, so this ends. */
static struct str from_derivation(const struct eval *eval, struct value row,
                                  uint32_t field)
{
    const struct setting *setting = eval->setting;
    struct arena *scratch = eval->run.scratch;
    struct value id = value_cell(row.as.table, row.n, ROW_ID);
    const struct origin *origin = NULL;
    if (id.kind == VALUE_STRING && setting->origins != NULL)
        origin = map_get(setting->origins, value_text(id));
    if (origin == NULL)
        return (struct str){0};
    const struct derivation *d = origin->derivation;
    struct evidence_list list = {.arena = scratch};
    struct eval inner;
    struct value items = {0}, item = {0};
    eval_begin(&inner, setting, &d->clauses, scratch, origin->source, item);
    if (d->clauses.each_node != NULL)
        items = eval_expr(&inner, &d->clauses.each_in);
    if (items.kind == VALUE_LIST && origin->item < items.n)
        item = items.as.items[origin->item];
    eval_begin(&inner, setting, &d->clauses, scratch, origin->source, item);
    inner.evidence = &list;
    inner.run.trace = evidence_cell;
    (void)eval_expr(&inner, field < ROW_FIELDS ? &d->id : &d->fields[field]);
    struct buf text = {0};
    for (size_t i = 0; i < list.n; i++) {
        struct str from = list.items[i].from;
        /* A joined row's own item has a name without a dot. */
        if (str_contains(list.items[i].path, STR(".")) && from.n > 0 &&
            !str_contains(buf_str(&text), from))
            buf_addf(&text, "%s%.*s", text.n > 0 ? ", " : "", STRF(from));
    }
    struct str done = text.n > 0 ? str_dup(scratch, buf_str(&text))
                                 : str_of(d->clauses.source->path);
    buf_release(&text);
    return done;
}

/* The call that gave a cell, and the place where it was made. */
static struct str from_row(const struct eval *eval, struct value row,
                           uint32_t field)
{
    const struct catalogue_type *type = catalogue_of_record(
        eval->setting->inventory->catalogue, row.as.table->record);
    struct arena *scratch = eval->run.scratch;
    if (type == NULL)
        return from_fact(scratch, row);
    if (type->is_derived)
        return from_derivation(eval, row, field);
    if (field < ROW_FIELDS)
        return type->listing != NULL ? at_place(scratch, type->listing->id, row)
                                     : (struct str){0};
    const struct catalogue_call *call = type->sources[field].call;
    return call != NULL ? at_place(scratch, call->id, row) : (struct str){0};
}

static struct str from_struct(const struct eval *eval, struct value base)
{
    if (is_same_struct(base, eval->run.slots[SLOT_PARAMS]))
        return STR("parameter");
    if (is_same_struct(base, eval->run.slots[SLOT_RUN]))
        return STR("command line");
    if (is_same_struct(base, eval->run.slots[SLOT_ITEM]))
        return from_each(eval);
    return (struct str){0};
}

void evidence_cell(struct cel_run *run, const struct cel_trace *trace)
{
    struct eval *eval = run->owner;
    struct evidence_list *list = eval->evidence;
    struct arena *scratch = run->scratch;
    struct value base = trace->base;
    if (list == NULL || (base.kind != VALUE_ROW && base.kind != VALUE_STRUCT))
        return;
    struct str name = name_of(eval, base);
    if (name.n == 0 && list->is_silent > 0)
        return;
    const struct field *field = &trace->record->fields[trace->field];
    struct str holder = name;
    if (name.n == 0 && base.kind == VALUE_ROW && trace->record->is_row) {
        struct value id = value_cell(base.as.table, base.n, ROW_ID);
        holder = str_fmt(
            scratch, "%.*s(%.*s)", STRF(trace->record->name),
            STRF(id.kind == VALUE_STRING ? value_text(id) : STR("unknown")));
    } else if (name.n == 0)
        holder = trace->record->name;
    add(list,
        (struct evidence){.path = str_fmt(scratch, "%.*s.%.*s", STRF(holder),
                                          STRF(field->name)),
                          .value = trace->cell,
                          .type = field->type,
                          .from = base.kind == VALUE_ROW
                                      ? from_row(eval, base, trace->field)
                                      : from_struct(eval, base)});
}

static void add_row(struct eval *eval, const struct join *join, struct str path,
                    struct value row)
{
    struct evidence item = {.path = path, .type = &type_string};
    if (row.kind != VALUE_ROW)
        return;
    if (join->table != NULL) {
        /* The row's cells follow as they are read. */
        item.value = value_str(join->table->name);
        item.from = from_fact(eval->run.scratch, row);
    } else {
        item.value = value_cell(row.as.table, row.n, ROW_ID);
        item.from = from_row(eval, row, ROW_ID);
    }
    add(eval->evidence, item);
}

/* `no AWS::KMS::Key where id == "arn…"`: the pins with their values. */
static struct str missing(struct eval *eval, const struct join *join)
{
    struct buf text = {0};
    const struct record *record =
        join->table != NULL ? &join->table->record : &join->type->record;
    size_t n = join->table != NULL ? join->n_keys : join->n_pins;
    buf_addf(&text, "no row of %.*s", STRF(record->name));
    for (size_t i = 0; i < n; i++) {
        struct value v = join->table != NULL
                             ? cel_eval(join->keys[i].expr.program, &eval->run)
                             : cel_eval_node(join->where.program,
                                             join->pins[i].node, &eval->run);
        uint32_t field =
            join->table != NULL ? join->keys[i].column : join->pins[i].field;
        buf_addf(&text, "%s%.*s == ", i == 0 ? " where " : " && ",
                 STRF(record->fields[field].name));
        cel_print(&text, v, eval->run.causes);
    }
    struct str done = str_dup(eval->run.scratch, buf_str(&text));
    buf_release(&text);
    return done;
}

void evidence_join(struct eval *eval, const struct join *join,
                   struct value binding, struct value found)
{
    bool is_none = binding.kind == VALUE_OPTIONAL && binding.as.items == NULL;
    if (is_none || (found.kind == VALUE_BOOL && !found.as.b)) {
        add(eval->evidence, (struct evidence){.path = join->name,
                                              .value = value_absent(),
                                              .type = &type_string,
                                              .from = missing(eval, join)});
        return;
    }
    if (binding.kind == VALUE_OPTIONAL)
        binding = binding.as.items[0];
    add_row(eval, join, join->name, binding);
    const struct value *rows = NULL;
    uint32_t n = 0;
    if (binding.kind == VALUE_LIST) {
        rows = binding.as.items;
        n = binding.n;
    } else if (binding.kind == VALUE_OPEN_LIST) {
        rows = binding.as.open->items;
        n = binding.as.open->n;
    }
    for (uint32_t i = 0; i < n; i++)
        add_row(eval, join,
                str_fmt(eval->run.scratch, "%.*s[%u]", STRF(join->name), i),
                rows[i]);
}
