/* Names to slots, expressions to programs, in an order without circles. */
#include "checker/engine/functions.h"
#include "checker/engine/rule.h"

/* `run`: what the command line says. */
static const struct field run_fields[] = {
    {.name = STR_INIT("as_of"), .type = &type_date},
    {.name = STR_INIT("from"), .type = &type_string, .is_optional = true},
    {.name = STR_INIT("to"), .type = &type_string, .is_optional = true},
};

const struct record bind_run_record = {
    .name = STR_INIT("run"),
    .fields = run_fields,
    .n_fields = N_ITEMS(run_fields),
};

/* A let or a join: a node of the graph of names. */
struct binding {
    struct str name;
    const struct yaml_node *key;
    uint32_t slot;
    struct let *let; /* or */
    struct join *join;
    const struct type *type;
    uint64_t reads; /* a bit per binding */
    bool is_circular, is_done;
};

struct binder {
    const struct schema *s;
    struct clauses *c;
    struct binding items[MAX_BINDINGS];
    size_t n;
    const struct type *item_type; /* of `each` */
    const struct cel_guards *guards;
    bool is_quiet;     /* the first look: mistakes come up in the second */
    bool is_unguarded; /* `when` is wrong: what it guards is not known */
};

/* ---- scopes ---- */

static const struct type *join_type(struct arena *arena,
                                    const struct join *join)
{
    if (join->row_type == &type_error || join->expect == EXPECT_ONE)
        return join->row_type;
    if (join->expect == EXPECT_OPTIONAL)
        return type_optional(arena, join->row_type);
    struct type *list = ARENA_NEW(arena, struct type);
    list->kind = TYPE_LIST;
    list->item = join->row_type;
    list->is_lookup_list = true;
    return list;
}

static void add_name(struct cel_scope *scope, struct cel_name *names,
                     struct str name, const struct type *type, uint32_t slot)
{
    names[scope->n_names++] = (struct cel_name){name, type, slot};
}

/* All names, or the subject's and item's alone. In the `where` of `own` its
 * name is the candidate; in its `else` (is_hidden) it has none. */
static struct cel_scope make_scope(struct binder *b, bool is_whole,
                                   const struct join *own, bool is_hidden)
{
    struct arena *arena = b->s->arena;
    struct cel_name *names =
        ARENA_ARRAY(arena, b->n + N_SLOTS, struct cel_name);
    struct cel_scope scope = {.options = &functions_options, .names = names};
    const struct clauses *c = b->c;
    add_name(&scope, names, STR("subject"),
             c->subject != NULL ? c->subject->type : &type_error, SLOT_SUBJECT);
    if (c->each_as.n > 0 && b->item_type != NULL)
        add_name(&scope, names, c->each_as, b->item_type, SLOT_ITEM);
    if (!is_whole)
        return scope;
    if (c->has_params)
        add_name(&scope, names, STR("params"), type_record(arena, c->params),
                 SLOT_PARAMS);
    add_name(&scope, names, STR("run"), type_record(arena, &bind_run_record),
             SLOT_RUN);
    for (size_t i = 0; i < b->n; i++) {
        const struct binding *item = &b->items[i];
        if (own != NULL && str_eq(item->name, own->name)) {
            if (item->join == own && !is_hidden)
                add_name(&scope, names, item->name, own->row_type,
                         own->candidate);
            continue;
        }
        add_name(&scope, names, item->name, item->type, item->slot);
    }
    return scope;
}

/* ---- compiling ---- */

static void report(const struct binder *b, const struct yaml_node *node,
                   size_t offset, const struct cel_issue *issue,
                   enum diag_level level)
{
    if (b->is_unguarded &&
        str_ends(issue->text, STR("is optional and may be absent here")))
        return;
    struct span at = yaml_place(node, offset + issue->offset,
                                issue->width > 0 ? (unsigned)issue->width : 1);
    diag_add(b->s->diags, level, b->s->source, at, issue->hint, "%.*s",
             STRF(issue->text));
}

static struct cel_program *
compile(const struct binder *b, const struct cel_scope *scope, struct str text,
        const struct yaml_node *node, size_t offset, const struct type *want)
{
    struct cel_issues warnings = {.arena = b->s->arena};
    struct cel_issues issues = {
        .arena = b->s->arena,
        .warnings = b->s->is_linted ? &warnings : NULL,
    };
    struct cel_program *program =
        cel_compile(b->s->arena, scope, text, want, b->guards, &issues);
    for (size_t i = 0; i < issues.n && !b->is_quiet; i++)
        report(b, node, offset, &issues.items[i], DIAG_ERROR);
    for (size_t i = 0; i < warnings.n && !b->is_quiet; i++)
        report(b, node, offset, &warnings.items[i], DIAG_WARNING);
    return program;
}

static struct cel_program *compile_expr(const struct binder *b,
                                        const struct cel_scope *scope,
                                        const struct expr *expr,
                                        const struct type *want)
{
    if (expr->text.p == NULL)
        return NULL;
    return compile(b, scope, expr->text, expr->node, 0, want);
}

static void compile_text(const struct binder *b, const struct cel_scope *scope,
                         struct text *text)
{
    for (size_t i = 0; i < text->n; i++)
        if (text->parts[i].is_cel)
            text->parts[i].program =
                compile(b, scope, text->parts[i].text, text->node,
                        text->parts[i].offset, NULL);
}

/* ---- the graph of names ---- */

static void list_bindings(struct binder *b)
{
    struct clauses *c = b->c;
    for (size_t i = 0; i < c->n_lets; i++)
        b->items[b->n++] = (struct binding){.name = c->lets[i].name,
                                            .key = c->lets[i].key,
                                            .slot = c->lets[i].slot,
                                            .let = &c->lets[i],
                                            .type = &type_error};
    for (size_t i = 0; i < c->n_joins; i++)
        b->items[b->n++] =
            (struct binding){.name = c->joins[i].name,
                             .key = c->joins[i].key,
                             .slot = c->joins[i].slot,
                             .join = &c->joins[i],
                             .type = join_type(b->s->arena, &c->joins[i])};
}

static uint64_t reads_of(const struct binder *b,
                         const struct cel_program *program)
{
    uint64_t reads = 0;
    for (size_t i = 0; program != NULL && i < b->n; i++)
        if (cel_uses(program, b->items[i].slot))
            reads |= UINT64_C(1) << i;
    return reads;
}

/* Compiles the binding's expressions; what they read, as bits. */
static uint64_t compile_binding(struct binder *b, struct binding *item)
{
    uint64_t reads = 0;
    if (item->let != NULL) {
        struct cel_scope scope = make_scope(b, true, NULL, false);
        struct let *let = item->let;
        let->expr.program = compile_expr(b, &scope, &let->expr, NULL);
        if (let->expr.program != NULL)
            item->type = cel_type(let->expr.program);
        return reads_of(b, let->expr.program);
    }
    struct join *join = item->join;
    struct cel_scope scope = make_scope(b, true, join, false);
    if (join->table == NULL) {
        join->where.program = compile_expr(b, &scope, &join->where, &type_bool);
        return reads_of(b, join->where.program);
    }
    scope = make_scope(b, true, join, true);
    for (size_t i = 0; i < join->n_keys; i++) {
        struct join_key *key = &join->keys[i];
        key->expr.program =
            compile_expr(b, &scope, &key->expr,
                         join->table->record.fields[key->column].type);
        reads |= reads_of(b, key->expr.program);
    }
    return reads;
}

/* Everything that the binding reads, itself included. */
static uint64_t reach(const struct binder *b, uint64_t from)
{
    uint64_t all = from, last;
    do {
        last = all;
        for (size_t i = 0; i < b->n; i++)
            if ((all >> i & 1) != 0)
                all |= b->items[i].reads;
    } while (all != last);
    return all;
}

static bool is_before(const struct binding *a, const struct binding *b)
{
    if (a->key->at.line != b->key->at.line)
        return a->key->at.line < b->key->at.line;
    return a->key->at.col < b->key->at.col;
}

/* Reports the circle that binding `i` is part of, once, at its first name. */
static void report_circle(struct binder *b, size_t i)
{
    uint64_t mine = reach(b, b->items[i].reads);
    struct binding *first = NULL, *second = NULL;
    for (size_t k = 0; k < b->n; k++) {
        struct binding *item = &b->items[k];
        uint64_t theirs = reach(b, item->reads);
        if ((mine >> k & 1) == 0 || (theirs >> i & 1) == 0)
            continue;
        item->is_circular = true;
        if (first == NULL || is_before(item, first)) {
            second = first;
            first = item;
        } else if (second == NULL || is_before(item, second))
            second = item;
    }
    if (first != NULL && second == NULL)
        schema_error(b->s, first->key, "'%.*s' refers to itself",
                     STRF(first->name));
    else if (first != NULL && second != NULL)
        schema_error(b->s, first->key, "'%.*s' and '%.*s' refer to each other",
                     STRF(first->name), STRF(second->name));
}

static void find_circles(struct binder *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (!b->items[i].is_circular &&
            (reach(b, b->items[i].reads) >> i & 1) != 0)
            report_circle(b, i);
}

/* Compiles the bindings of a set after those that they read. */
static void compile_set(struct binder *b, uint64_t set)
{
    for (bool is_moving = true; is_moving;) {
        is_moving = false;
        for (size_t i = 0; i < b->n; i++) {
            struct binding *item = &b->items[i];
            bool is_ready =
                (set >> i & 1) != 0 && !item->is_done && !item->is_circular;
            for (size_t k = 0; k < b->n && is_ready; k++)
                is_ready = (item->reads >> k & 1) == 0 || b->items[k].is_done ||
                           b->items[k].is_circular;
            if (!is_ready)
                continue;
            compile_binding(b, item);
            item->is_done = is_moving = true;
        }
    }
}

/* A first look, with lets of unknown type, at what reads what. Returns what
 * `when` reaches. */
static uint64_t look(struct binder *b)
{
    b->is_quiet = true;
    struct cel_scope scope = make_scope(b, true, NULL, false);
    struct cel_program *when = compile_expr(b, &scope, &b->c->when, &type_bool);
    if (when != NULL)
        b->guards = cel_guards(when);
    for (size_t i = 0; i < b->n; i++) {
        b->items[i].reads = compile_binding(b, &b->items[i]);
        if (b->items[i].let != NULL)
            b->items[i].type = &type_error;
    }
    b->guards = NULL;
    b->is_quiet = false;
    find_circles(b);
    return reach(b, reads_of(b, when));
}

/* ---- pins ---- */

static bool pins_field(const struct join *join, uint32_t field)
{
    for (size_t i = 0; i < join->n_pins; i++)
        if (join->pins[i].field == field)
            return true;
    return false;
}

static void find_pins(struct join *join)
{
    if (join->where.program == NULL || join->type == NULL)
        return;
    const struct catalogue_type *type = join->type;
    join->n_pins =
        cel_pins(join->where.program, join->candidate, join->pins, MAX_PINS);
    if (join->n_pins > MAX_PINS)
        join->n_pins = MAX_PINS;
    join->is_unique = pins_field(join, ROW_ID);
    for (size_t i = 0; i < type->n_unique && !join->is_unique; i++) {
        join->is_unique = type->n_unique_fields[i] > 0;
        for (size_t k = 0; k < type->n_unique_fields[i]; k++)
            join->is_unique &= pins_field(join, type->unique[i][k]);
    }
}

static void add_read(struct join *join, uint32_t slot)
{
    if (slot != join->slot && cel_uses(join->where.program, slot))
        join->reads[join->n_reads++] = slot;
}

static void find_reads(struct binder *b, struct join *join)
{
    const struct clauses *c = b->c;
    if (join->where.program == NULL)
        return;
    join->reads = ARENA_ARRAY(b->s->arena, c->n_lets + c->n_joins, uint32_t);
    for (size_t i = 0; i < c->n_lets; i++)
        add_read(join, c->lets[i].slot);
    for (size_t i = 0; i < c->n_joins; i++)
        add_read(join, c->joins[i].slot);
}

/* ---- the whole ---- */

static void bind_each(struct binder *b)
{
    struct clauses *c = b->c;
    if (c->each_node == NULL)
        return;
    struct cel_scope scope = make_scope(b, false, NULL, false);
    c->each_in.program = compile_expr(b, &scope, &c->each_in, NULL);
    b->item_type = &type_error;
    if (c->each_in.program != NULL) {
        const struct type *type = cel_type(c->each_in.program);
        if (type->kind == TYPE_LIST)
            b->item_type = type->item;
        else if (type->kind != TYPE_ERROR) {
            struct buf found = {0};
            type_print(&found, type);
            schema_error(b->s, c->each_in.node, "expected a list, found %.*s",
                         STRF(buf_str(&found)));
            buf_release(&found);
        }
    }
    scope = make_scope(b, false, NULL, false);
    c->each_key.program = compile_expr(b, &scope, &c->each_key, &type_string);
}

static void bind_clauses(struct binder *b)
{
    struct clauses *c = b->c;
    list_bindings(b);
    bind_each(b);
    uint64_t by_when = look(b);
    compile_set(b, by_when);
    struct cel_scope scope = make_scope(b, true, NULL, false);
    c->when.program = compile_expr(b, &scope, &c->when, &type_bool);
    if (c->when.program != NULL)
        b->guards = cel_guards(c->when.program);
    b->is_unguarded = c->when.text.p != NULL && c->when.program == NULL;
    compile_set(b, UINT64_MAX);
    for (size_t i = 0; i < c->n_joins; i++) {
        find_pins(&c->joins[i]);
        find_reads(b, &c->joins[i]);
        scope = make_scope(b, true, &c->joins[i], true);
        compile_text(b, &scope, &c->joins[i].message);
    }
}

void bind_rule(const struct schema *s, struct rule *rule)
{
    struct binder b = {.s = s, .c = &rule->clauses};
    bind_clauses(&b);
    struct cel_scope scope = make_scope(&b, true, NULL, false);
    for (size_t i = 0; i < rule->n_checks; i++) {
        struct check *check = &rule->checks[i];
        check->expr.program =
            compile_expr(&b, &scope, &check->expr, &type_bool);
        compile_text(&b, &scope, &check->message);
    }
    compile_text(&b, &scope, &rule->remediation);
}

/* A field's expression gives its type, or an optional of it where the field
 * may be absent. */
static void bind_field(const struct binder *b, const struct cel_scope *scope,
                       const struct field *field, struct expr *expr)
{
    expr->program = compile_expr(b, scope, expr, NULL);
    if (expr->program == NULL)
        return;
    const struct type *type = cel_type(expr->program);
    const struct type *inner =
        type->kind == TYPE_OPTIONAL && field->is_optional ? type->item : type;
    if (type->kind == TYPE_ERROR || type_same(inner, field->type) ||
        (field->is_nullable && inner->kind == TYPE_NULL))
        return;
    struct buf wanted = {0}, found = {0};
    type_print(&wanted, field->type);
    type_print(&found, type);
    diag_add(b->s->diags, DIAG_ERROR, b->s->source,
             yaml_place(expr->node, 0, (unsigned)expr->text.n), (struct str){0},
             "expected %.*s, found %.*s", STRF(buf_str(&wanted)),
             STRF(buf_str(&found)));
    buf_release(&wanted);
    buf_release(&found);
}

void bind_derivation(const struct schema *s, struct derivation *derivation)
{
    struct binder b = {.s = s, .c = &derivation->clauses};
    bind_clauses(&b);
    struct cel_scope scope = make_scope(&b, true, NULL, false);
    derivation->id.program =
        compile_expr(&b, &scope, &derivation->id, &type_string);
    derivation->region.program =
        compile_expr(&b, &scope, &derivation->region, &type_string);
    derivation->account.program =
        compile_expr(&b, &scope, &derivation->account, &type_string);
    if (derivation->type == NULL)
        return;
    const struct record *record = &derivation->type->record;
    for (size_t i = ROW_FIELDS; i < record->n_fields; i++)
        if (derivation->fields[i].text.p != NULL)
            bind_field(&b, &scope, &record->fields[i], &derivation->fields[i]);
}
