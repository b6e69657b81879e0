/* Tree to typed tree: names, fields, operators and literals. */
#include "checker/cel/check.h"

#include <stdarg.h>

#include "checker/base/err.h"

bool check_is_loose(const struct checker *c)
{
    return c->scope->options->is_unchecked;
}

static bool is_rule(const struct checker *c)
{
    return c->scope->options->is_rule;
}

/* ---- mistakes ---- */

static struct str vtext(struct checker *c, const char *format, va_list args)
{
    struct buf text = {0};
    buf_vaddf(&text, format, args);
    struct str copy = str_dup(c->arena, buf_str(&text));
    buf_release(&text);
    return copy;
}

const struct type *check_make_error(struct checker *c, uint32_t node,
                                    const char *text)
{
    struct value_error *error = ARENA_NEW(c->arena, struct value_error);
    error->text = str_of(text);
    error->offset = c->ast->spans[node].from;
    c->ast->nodes[node] = (struct cel_node){
        .op = OP_LIT,
        .flags = c->ast->nodes[node].flags & NODE_MAYBE,
        .b = ast_constant(
            c->ast, (struct value){.kind = VALUE_ERROR, .as.error = error})};
    return &type_dyn;
}

const struct type *check_fail(struct checker *c, uint32_t node, struct str hint,
                              const char *format, ...)
{
    const struct cel_span *span = &c->ast->spans[node];
    va_list args;
    va_start(args, format);
    struct str text = vtext(c, format, args);
    va_end(args);
    if (check_is_loose(c))
        return check_make_error(c, node, text.p);
    issue_add(c->issues, span->at, span->width, hint, "%.*s", STRF(text));
    return &type_error;
}

const struct type *check_fail_whole(struct checker *c, uint32_t node,
                                    struct str hint, const char *format, ...)
{
    const struct cel_span *span = &c->ast->spans[node];
    va_list args;
    va_start(args, format);
    struct str text = vtext(c, format, args);
    va_end(args);
    issue_add(c->issues, span->from, span->to - span->from, hint, "%.*s",
              STRF(text));
    return &type_error;
}

static void print_type(struct checker *c, struct buf *out,
                       const struct type *type)
{
    type_print(out, infer_final(&c->infer, type));
}

/* A value that may be null where that is not foreseen. */
static bool may_be_null(const struct checker *c, const struct type *type)
{
    return is_rule(c) && infer_see(&c->infer, type)->kind == TYPE_WRAPPER;
}

const struct type *check_no_overload(struct checker *c, uint32_t node,
                                     const struct type *const *types, size_t n,
                                     bool is_whole)
{
    struct buf text = {0};
    struct str hint = {0};
    const struct type *result = &type_error;
    for (size_t i = 0; i < n; i++)
        if (infer_see(&c->infer, types[i])->kind == TYPE_ERROR)
            return &type_error;
    buf_addf(&text, "no matching overload for '%.*s' (",
             STRF(ast_text(c->ast, node)));
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_adds(&text, ", ");
        print_type(c, &text, types[i]);
        if (may_be_null(c, types[i]))
            hint = STR("a value that may be null: compare it with null "
                       "first");
    }
    buf_addc(&text, ')');
    struct str all = buf_str(&text);
    result = is_whole ? check_fail_whole(c, node, hint, "%.*s", STRF(all))
                      : check_fail(c, node, hint, "%.*s", STRF(all));
    buf_release(&text);
    return result;
}

/* ---- what is read ---- */

void check_reads(struct checker *c, const struct record *record, size_t field)
{
    for (size_t i = 0; i < c->n_reads; i++)
        if (c->reads[i].record == record && c->reads[i].field == field)
            return;
    c->reads = arena_grow(c->arena, c->reads, c->n_reads, &c->reads_capacity,
                          sizeof(*c->reads));
    c->reads[c->n_reads++] = (struct cel_read){record, (uint32_t)field};
}

void check_reads_all(struct checker *c, const struct type *type, unsigned depth)
{
    type = infer_see(&c->infer, type);
    if (depth > CEL_MAX_DEPTH)
        return;
    if (type->item != NULL)
        check_reads_all(c, type->item, depth + 1);
    if (type->kind != TYPE_RECORD)
        return;
    const struct record *record = type->record;
    if (record->is_row) {
        check_reads(c, record, ROW_ID);
        return;
    }
    for (size_t i = 0; i < record->n_fields; i++) {
        check_reads(c, record, i);
        check_reads_all(c, record->fields[i].type, depth + 1);
    }
}

/* ---- names ---- */

size_t check_find_local(const struct checker *c, struct str name)
{
    for (size_t i = c->n_locals; i-- > 0;)
        if (str_eq(c->locals[i].name, name))
            return i;
    return SIZE_MAX;
}

static const struct cel_name *scope_name(const struct cel_scope *scope,
                                         struct str name)
{
    for (size_t i = 0; i < scope->n_names; i++)
        if (str_eq(scope->names[i].name, name))
            return &scope->names[i];
    return NULL;
}

const struct cel_name *check_find_name(const struct checker *c, struct str name,
                                       bool is_root)
{
    struct str prefix = c->scope->options->container;
    while (!is_root && prefix.n > 0) {
        struct str whole =
            str_fmt(c->arena, "%.*s.%.*s", STRF(prefix), STRF(name));
        const struct cel_name *found = scope_name(c->scope, whole);
        if (found != NULL)
            return found;
        while (prefix.n > 0 && prefix.p[prefix.n - 1] != '.')
            prefix.n--;
        if (prefix.n > 0)
            prefix.n--;
    }
    return scope_name(c->scope, name);
}

struct str check_dotted(const struct checker *c, uint32_t node, bool *is_root)
{
    const struct cel_ast *ast = c->ast;
    struct str name = {0};
    while (ast->nodes[node].op == OP_SELECT) {
        struct str part = ast->names[ast->nodes[node].b];
        name = name.n == 0
                   ? part
                   : str_fmt(c->arena, "%.*s.%.*s", STRF(part), STRF(name));
        node = ast_kid(ast, node, 0);
    }
    if (ast->nodes[node].op != OP_NAME)
        return (struct str){0};
    struct str first = ast->names[ast->nodes[node].b];
    *is_root = (ast->nodes[node].flags & NODE_ROOT) != 0;
    if (!*is_root && check_find_local(c, first) != SIZE_MAX)
        return (struct str){0};
    return name.n == 0
               ? first
               : str_fmt(c->arena, "%.*s.%.*s", STRF(first), STRF(name));
}

static const struct type *make_slot(struct checker *c, uint32_t node,
                                    const struct cel_name *name)
{
    struct cel_node *n = &c->ast->nodes[node];
    n->op = OP_SLOT;
    n->n = 0;
    n->b = name->slot;
    return name->type;
}

static const struct type *make_type(struct checker *c, uint32_t node,
                                    const struct cel_type_name *name)
{
    struct type *type = ARENA_NEW(c->arena, struct type);
    struct value v = value_str(str_of(name->shown));
    v.kind = VALUE_TYPE;
    uint32_t constant = ast_constant(c->ast, v);
    struct cel_node *n = &c->ast->nodes[node];
    n->op = OP_LIT;
    n->n = 0;
    n->b = constant;
    type->kind = TYPE_TYPE;
    type->item = name->type;
    return type;
}

static const struct type *undeclared(struct checker *c, uint32_t node,
                                     struct str name)
{
    size_t n = c->scope->n_names, total = 0;
    struct str *words = ARENA_ARRAY(c->arena, n + c->n_locals + 1, struct str);
    for (size_t i = 0; i < n; i++)
        words[total++] = c->scope->names[i].name;
    for (size_t i = 0; i < c->n_locals; i++)
        words[total++] = c->locals[i].name;
    return check_fail(c, node, did_you_mean(c->arena, name, words, total),
                      "undeclared name '%.*s'", STRF(name));
}

static const struct type *check_name(struct checker *c, uint32_t node)
{
    struct cel_node *n = &c->ast->nodes[node];
    struct str name = c->ast->names[n->b];
    bool is_root = (n->flags & NODE_ROOT) != 0;
    size_t local = is_root ? SIZE_MAX : check_find_local(c, name);
    if (local != SIZE_MAX) {
        n->op = OP_LOCAL;
        n->b = (uint32_t)local;
        return c->locals[local].type;
    }
    const struct cel_name *found = check_find_name(c, name, is_root);
    if (found != NULL)
        return make_slot(c, node, found);
    const struct cel_type_name *type =
        is_rule(c) ? NULL : stdlib_type_name(name);
    if (type != NULL)
        return make_type(c, node, type);
    return undeclared(c, node, name);
}

/* ---- fields ---- */

static const struct type *optional_of(struct checker *c,
                                      const struct type *type)
{
    return type_optional(c->arena, type);
}

/* What a nullable field has as long as null is possible. */
static const struct type *nullable_of(struct checker *c,
                                      const struct type *type)
{
    struct type *copy = ARENA_NEW(c->arena, struct type);
    copy->kind = TYPE_WRAPPER;
    copy->item = type;
    return copy;
}

/* The field that a node names in a record, or SIZE_MAX after a report. */
static size_t find_field(struct checker *c, uint32_t node,
                         const struct record *record)
{
    struct cel_node *n = &c->ast->nodes[node];
    struct str name = c->ast->names[n->b];
    size_t field = record_find(record, name);
    if (field == SIZE_MAX) {
        struct str *words =
            ARENA_ARRAY(c->arena, record->n_fields + 1, struct str);
        for (size_t i = 0; i < record->n_fields; i++)
            words[i] = record->fields[i].name;
        check_fail(c, node,
                   did_you_mean(c->arena, name, words, record->n_fields),
                   "%.*s has no field '%.*s'", STRF(record->name), STRF(name));
        return SIZE_MAX;
    }
    n->b = (uint32_t)field;
    n->c = ast_record(c->ast, record);
    check_reads(c, record, field);
    return field;
}

static void check_guarded(struct checker *c, uint32_t node,
                          const struct field *field)
{
    struct cel_guard path;
    uint32_t kid = ast_kid(c->ast, node, 0);
    if (!is_rule(c) || !field->is_optional)
        return;
    if (narrow_path(c->ast, node, &path) && narrow_holds(&c->guards, &path))
        return;
    struct str base = ast_text(c->ast, kid);
    struct str hint = str_fmt(
        c->arena,
        "guard it with has(%.*s.%.*s) or use %.*s.?%.*s.orValue(\u2026)",
        STRF(base), STRF(field->name), STRF(base), STRF(field->name));
    check_fail_whole(c, node, hint,
                     "'%.*s.%.*s' is optional and may be absent here",
                     STRF(base), STRF(field->name));
}

static const struct type *check_field(struct checker *c, uint32_t node,
                                      const struct record *record)
{
    size_t number = find_field(c, node, record);
    struct cel_guard path;
    if (number == SIZE_MAX)
        return &type_error;
    const struct field *field = &record->fields[number];
    c->ast->nodes[node].op = OP_FIELD;
    check_guarded(c, node, field);
    if (!field->is_nullable)
        return field->type;
    if (narrow_path(c->ast, node, &path)) {
        path.is_about_null = true;
        if (narrow_holds(&c->guards, &path))
            return field->type;
    }
    return nullable_of(c, field->type);
}

/* The value type of a map whose keys may be strings, or NULL. */
static const struct type *member_type(struct checker *c, uint32_t node,
                                      const struct type *type)
{
    if (type->kind == TYPE_DYN || type->kind == TYPE_ERROR)
        return type;
    if (type->kind == TYPE_PARAM)
        return &type_dyn;
    if (type->kind == TYPE_MAP &&
        infer_fits(&c->infer, &type_string, type->key))
        return type->item;
    if (type->kind == TYPE_OPTIONAL && !is_rule(c)) {
        const struct type *item = infer_see(&c->infer, type->item);
        item = member_type(c, node, item);
        return item->kind == TYPE_ERROR ? item : optional_of(c, item);
    }
    struct buf text = {0};
    print_type(c, &text, type);
    struct str hint = {0};
    if (type->kind == TYPE_OPTIONAL)
        hint = STR("use .? or .orValue(\u2026)");
    if (may_be_null(c, type))
        hint = STR("it may be null: compare it with null first");
    const struct type *result = check_fail(
        c, node, hint, "%.*s has no field '%.*s'", STRF(buf_str(&text)),
        STRF(c->ast->names[c->ast->nodes[node].b]));
    buf_release(&text);
    return result;
}

static const struct type *check_select(struct checker *c, uint32_t node)
{
    bool is_root = false;
    struct str dotted = check_dotted(c, node, &is_root);
    if (dotted.n > 0) {
        const struct cel_name *name = check_find_name(c, dotted, is_root);
        const struct cel_type_name *type =
            is_rule(c) ? NULL : stdlib_type_name(dotted);
        if (name != NULL)
            return make_slot(c, node, name);
        if (type != NULL)
            return make_type(c, node, type);
    }
    const struct type *type = check_node(c, ast_kid(c->ast, node, 0));
    type = infer_see(&c->infer, type);
    if (type->kind == TYPE_RECORD)
        return check_field(c, node, type->record);
    return member_type(c, node, type);
}

static const struct type *check_opt_select(struct checker *c, uint32_t node)
{
    const struct type *type = check_node(c, ast_kid(c->ast, node, 0));
    type = infer_see(&c->infer, type);
    if (type->kind == TYPE_OPTIONAL)
        type = infer_see(&c->infer, type->item);
    if (type->kind != TYPE_RECORD) {
        type = member_type(c, node, type);
        return type->kind == TYPE_ERROR ? type : optional_of(c, type);
    }
    size_t number = find_field(c, node, type->record);
    if (number == SIZE_MAX)
        return &type_error;
    const struct field *field = &type->record->fields[number];
    c->ast->nodes[node].op = OP_OPT_FIELD;
    return optional_of(c, field->is_nullable ? nullable_of(c, field->type)
                                             : field->type);
}

static const struct type *check_has(struct checker *c, uint32_t node)
{
    const struct type *type = check_node(c, ast_kid(c->ast, node, 0));
    type = infer_see(&c->infer, type);
    if (type->kind != TYPE_RECORD) {
        type = member_type(c, node, type);
        return type->kind == TYPE_ERROR ? type : &type_bool;
    }
    size_t number = find_field(c, node, type->record);
    if (number == SIZE_MAX)
        return &type_error;
    c->ast->nodes[node].op = OP_HAS_FIELD;
    return &type_bool;
}

/* ---- operators ---- */

static bool is_bool(struct checker *c, const struct type *type)
{
    return infer_fits(&c->infer, type, &type_bool);
}

/* && and ||: what the operands before say narrows those behind. */
static const struct type *check_logic(struct checker *c, uint32_t node)
{
    size_t n = c->ast->nodes[node].n, n_guards = c->guards.n;
    bool is_and = c->ast->nodes[node].op == OP_AND, is_wrong = false;
    const struct type **types = ARENA_ARRAY(c->arena, n, const struct type *);
    for (size_t i = 0; i < n; i++) {
        uint32_t kid = ast_kid(c->ast, node, i);
        types[i] = check_node(c, kid);
        is_wrong |= !is_bool(c, types[i]);
        narrow_add(c, &c->guards, kid, is_and);
    }
    c->guards.n = n_guards;
    if (is_wrong)
        return check_no_overload(c, node, types, n, false);
    return &type_bool;
}

static const struct type *check_not(struct checker *c, uint32_t node)
{
    const struct type *type = check_node(c, ast_kid(c->ast, node, 0));
    if (!is_bool(c, type))
        return check_no_overload(c, node, &type, 1, false);
    return &type_bool;
}

static const struct type *check_cond(struct checker *c, uint32_t node)
{
    uint32_t cond = ast_kid(c->ast, node, 0);
    size_t n_guards = c->guards.n;
    const struct type *types[3];
    types[0] = check_node(c, cond);
    if (!is_bool(c, types[0])) {
        struct buf text = {0};
        print_type(c, &text, types[0]);
        check_fail_whole(c, cond, (struct str){0}, "expected bool, found %.*s",
                         STRF(buf_str(&text)));
        buf_release(&text);
    }
    narrow_add(c, &c->guards, cond, true);
    types[1] = check_node(c, ast_kid(c->ast, node, 1));
    c->guards.n = n_guards;
    narrow_add(c, &c->guards, cond, false);
    types[2] = check_node(c, ast_kid(c->ast, node, 2));
    c->guards.n = n_guards;
    const struct type *both = infer_join(&c->infer, types[1], types[2]);
    if (both != NULL)
        return both;
    return check_no_overload(c, node, types, 3, true);
}

/* The type below null and optional wrappings of nullable fields. */
static const struct type *bare(const struct checker *c, const struct type *type)
{
    type = infer_see(&c->infer, type);
    return type->kind == TYPE_WRAPPER ? infer_see(&c->infer, type->item) : type;
}

void check_enum(struct checker *c, uint32_t node, const struct type *type)
{
    const struct value *v = ast_literal(c->ast, node);
    type = bare(c, type);
    if (type->kind != TYPE_STRING || type->form != FORM_ENUM || !is_rule(c))
        return;
    if (c->ast->nodes[node].op == OP_LIST)
        for (size_t i = 0; i < c->ast->nodes[node].n; i++)
            check_enum(c, ast_kid(c->ast, node, i), type);
    if (v == NULL || v->kind != VALUE_STRING)
        return;
    for (size_t i = 0; i < type->n_values; i++)
        if (str_eq(value_text(*v), type->values[i]))
            return;
    struct str hint =
        did_you_mean(c->arena, value_text(*v), type->values, type->n_values);
    if (!type->is_open) {
        check_fail_whole(c, node, hint, "'%.*s' is not a value of %.*s",
                         STRF(value_text(*v)), STRF(type->name));
        return;
    }
    /* Another value may come, but most likely it is misspelt. */
    const struct cel_span *span = &c->ast->spans[node];
    if (c->issues->warnings != NULL)
        issue_add(c->issues->warnings, span->from, span->to - span->from, hint,
                  "'%.*s' is not a known value of %.*s", STRF(value_text(*v)),
                  STRF(type->name));
}

static bool is_lookup_list(const struct checker *c, const struct type *type)
{
    return infer_see(&c->infer, type)->is_lookup_list;
}

static const struct type *no_positions(struct checker *c, uint32_t node)
{
    return check_fail(c, node, (struct str){0},
                      "lookup lists have no positions");
}

static const struct type *check_equality(struct checker *c, uint32_t node)
{
    uint32_t a = ast_kid(c->ast, node, 0), b = ast_kid(c->ast, node, 1);
    const struct type *types[] = {check_node(c, a), check_node(c, b)};
    if (is_lookup_list(c, types[0]) || is_lookup_list(c, types[1]))
        return no_positions(c, node);
    if (infer_join(&c->infer, types[0], types[1]) == NULL)
        return check_no_overload(c, node, types, 2, false);
    check_enum(c, a, types[1]);
    check_enum(c, b, types[0]);
    check_reads_all(c, types[0], 0);
    check_reads_all(c, types[1], 0);
    return &type_bool;
}

static bool is_number(enum type_kind kind)
{
    return kind == TYPE_INT || kind == TYPE_UINT || kind == TYPE_DOUBLE;
}

static bool is_ordered(enum type_kind kind)
{
    return is_number(kind) || kind == TYPE_STRING || kind == TYPE_BYTES ||
           kind == TYPE_BOOL || kind == TYPE_TIMESTAMP ||
           kind == TYPE_DURATION || kind == TYPE_DYN || kind == TYPE_ERROR ||
           kind == TYPE_PARAM;
}

static bool is_version(const struct checker *c, const struct type *type)
{
    type = bare(c, type);
    return type->kind == TYPE_STRING && type->form == FORM_VERSION;
}

static const struct type *check_order(struct checker *c, uint32_t node)
{
    const struct type *types[] = {check_node(c, ast_kid(c->ast, node, 0)),
                                  check_node(c, ast_kid(c->ast, node, 1))};
    const struct type *a = infer_see(&c->infer, types[0]);
    const struct type *b = infer_see(&c->infer, types[1]);
    const struct cel_span *span = &c->ast->spans[node];
    if (!is_ordered(a->kind) || !is_ordered(b->kind) ||
        !(infer_fits(&c->infer, a, b) ||
          (!is_rule(c) && is_number(a->kind) && is_number(b->kind))))
        return check_no_overload(c, node, types, 2, false);
    if (is_rule(c) && (is_version(c, a) || is_version(c, b))) {
        struct str op = str_sub(c->ast->text, span->at, span->at + span->width);
        struct str hint =
            str_fmt(c->arena, "use version.compare(a, b) %.*s 0", STRF(op));
        return check_fail(c, node, hint, "versions are not ordered by '%.*s'",
                          STRF(op));
    }
    return &type_bool;
}

static const struct type *check_in(struct checker *c, uint32_t node)
{
    uint32_t a = ast_kid(c->ast, node, 0), b = ast_kid(c->ast, node, 1);
    const struct type *types[] = {check_node(c, a), check_node(c, b)};
    const struct type *in = infer_see(&c->infer, types[1]);
    if (in->kind == TYPE_DYN || in->kind == TYPE_ERROR ||
        in->kind == TYPE_PARAM)
        return &type_bool;
    if (in->kind == TYPE_LIST &&
        infer_join(&c->infer, types[0], in->item) != NULL) {
        check_enum(c, b, types[0]);
        check_enum(c, a, in->item);
        check_reads_all(c, types[0], 0);
        return &type_bool;
    }
    if (in->kind == TYPE_MAP && infer_fits(&c->infer, types[0], in->key))
        return &type_bool;
    return check_no_overload(c, node, types, 2, false);
}

static const struct type *check_index(struct checker *c, uint32_t node)
{
    const struct type *types[] = {check_node(c, ast_kid(c->ast, node, 0)),
                                  check_node(c, ast_kid(c->ast, node, 1))};
    const struct type *of = infer_see(&c->infer, types[0]), *item = NULL;
    bool is_maybe = c->ast->nodes[node].op == OP_OPT_INDEX;
    bool wraps = is_maybe;
    if (of->kind == TYPE_OPTIONAL && (is_maybe || !is_rule(c))) {
        of = infer_see(&c->infer, of->item);
        wraps = true;
    }
    if (of->is_lookup_list)
        return no_positions(c, node);
    if (of->kind == TYPE_LIST && infer_fits(&c->infer, types[1], &type_int))
        item = of->item;
    else if (of->kind == TYPE_MAP && infer_fits(&c->infer, types[1], of->key))
        item = of->item;
    else if (of->kind == TYPE_DYN || of->kind == TYPE_ERROR ||
             of->kind == TYPE_PARAM)
        item = of->kind == TYPE_ERROR ? of : &type_dyn;
    if (item == NULL)
        return check_no_overload(c, node, types, 2, false);
    return wraps && item->kind != TYPE_ERROR ? optional_of(c, item) : item;
}

/* ---- literals ---- */

static const struct type *check_literal(struct checker *c, uint32_t node)
{
    struct value v = *ast_literal(c->ast, node);
    switch ((enum value_kind)v.kind) {
    case VALUE_NULL:
        return &type_null;
    case VALUE_BOOL:
        return &type_bool;
    case VALUE_INT:
        return &type_int;
    case VALUE_UINT:
        return &type_uint;
    case VALUE_DOUBLE:
        return &type_double;
    case VALUE_STRING:
        return &type_string;
    case VALUE_BYTES:
        if (is_rule(c))
            return check_fail_whole(c, node, (struct str){0},
                                    "rules have no bytes");
        return &type_bytes;
    case VALUE_NONE:
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
    case VALUE_LIST:
    case VALUE_MAP:
    case VALUE_STRUCT:
    case VALUE_ROW:
    case VALUE_OPTIONAL:
    case VALUE_TYPE:
    case VALUE_NET:
    case VALUE_ABSENT:
    case VALUE_UNKNOWN:
    case VALUE_ERROR:
    case VALUE_OPEN_LIST:
        break;
    }
    return &type_dyn;
}

/* The type that `type` (so far) and an element have in common. */
static const struct type *join_element(struct checker *c, uint32_t node,
                                       const struct type *so_far,
                                       const struct type *type)
{
    if (so_far == NULL)
        return type;
    const struct type *both = infer_join(&c->infer, so_far, type);
    if (both != NULL)
        return both;
    if (!is_rule(c))
        return &type_dyn;
    struct buf text = {0};
    print_type(c, &text, so_far);
    buf_adds(&text, ", found ");
    print_type(c, &text, type);
    check_fail_whole(c, node, (struct str){0}, "expected %.*s",
                     STRF(buf_str(&text)));
    buf_release(&text);
    return &type_error;
}

/* An element written with '?' is an optional, and counts as what is in it. */
static const struct type *check_element(struct checker *c, uint32_t kid,
                                        bool is_maybe)
{
    const struct type *type = infer_see(&c->infer, check_node(c, kid));
    if (!is_maybe || type->kind == TYPE_DYN || type->kind == TYPE_ERROR)
        return type;
    const struct type *item = infer_fresh(&c->infer);
    if (infer_fits(&c->infer, type, optional_of(c, item)))
        return item;
    struct buf text = {0};
    print_type(c, &text, type);
    check_fail_whole(c, kid, (struct str){0}, "expected optional, found %.*s",
                     STRF(buf_str(&text)));
    buf_release(&text);
    return &type_error;
}

static const struct type *check_list(struct checker *c, uint32_t node)
{
    const struct type *item = NULL;
    for (size_t i = 0; i < c->ast->nodes[node].n; i++) {
        uint32_t kid = ast_kid(c->ast, node, i);
        bool is_maybe = (c->ast->nodes[kid].flags & NODE_MAYBE) != 0;
        item = join_element(c, kid, item, check_element(c, kid, is_maybe));
    }
    return type_list(c->arena, item != NULL ? item : infer_fresh(&c->infer));
}

/* A compound key would let types grow faster than the text they are of. */
static const struct type *check_key(struct checker *c, uint32_t node)
{
    const struct type *type = infer_see(&c->infer, check_node(c, node));
    bool is_simple = type->kind == TYPE_STRING || type->kind == TYPE_INT ||
                     type->kind == TYPE_UINT || type->kind == TYPE_BOOL ||
                     type->kind == TYPE_DYN || type->kind == TYPE_ERROR;
    return is_simple ? type
                     : check_fail_whole(c, node, (struct str){0},
                                        "unsupported key type");
}

static const struct type *check_map(struct checker *c, uint32_t node)
{
    const struct type *key = NULL, *item = NULL;
    for (size_t i = 0; i < c->ast->nodes[node].n; i += 2) {
        uint32_t k = ast_kid(c->ast, node, i);
        uint32_t v = ast_kid(c->ast, node, i + 1);
        bool is_maybe = (c->ast->nodes[k].flags & NODE_MAYBE) != 0;
        key = join_element(c, k, key, check_key(c, k));
        item = join_element(c, v, item, check_element(c, v, is_maybe));
    }
    return type_map(c->arena, key != NULL ? key : infer_fresh(&c->infer),
                    item != NULL ? item : infer_fresh(&c->infer));
}

/* ---- all of it ---- */

static const struct type *check_any(struct checker *c, uint32_t node)
{
    switch ((enum cel_op)c->ast->nodes[node].op) {
    case OP_LIT:
        return check_literal(c, node);
    case OP_NAME:
        return check_name(c, node);
    case OP_SELECT:
        return check_select(c, node);
    case OP_OPT_SELECT:
        return check_opt_select(c, node);
    case OP_HAS:
        return check_has(c, node);
    case OP_INDEX:
    case OP_OPT_INDEX:
        return check_index(c, node);
    case OP_NOT:
        return check_not(c, node);
    case OP_AND:
    case OP_OR:
        return check_logic(c, node);
    case OP_COND:
        return check_cond(c, node);
    case OP_EQ:
    case OP_NE:
        return check_equality(c, node);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return check_order(c, node);
    case OP_IN:
        return check_in(c, node);
    case OP_CALL:
        return check_call(c, node);
    case OP_LIST:
        return check_list(c, node);
    case OP_MAP:
        return check_map(c, node);
    case OP_ALL:
    case OP_EXISTS:
    case OP_EXISTS_ONE:
    case OP_FILTER:
    case OP_EACH:
    case OP_TO_MAP:
    case OP_TO_ENTRY:
    case OP_BIND:
    case OP_OPT_MAP:
    case OP_OPT_FLAT_MAP:
        return check_macro(c, node);
    case OP_SLOT:
    case OP_LOCAL:
    case OP_FIELD:
    case OP_OPT_FIELD:
    case OP_HAS_FIELD:
        break;
    }
    return &type_error;
}

const struct type *check_node(struct checker *c, uint32_t node)
{
    const struct type *type = check_any(c, node);
    return check_is_loose(c) ? &type_dyn : type;
}

const struct type *check_tree(struct checker *c, const struct cel_guards *given)
{
    c->infer = (struct infer){.arena = c->arena, .is_rule = is_rule(c)};
    for (size_t i = 0; given != NULL && i < given->n; i++) {
        c->guards.items =
            arena_grow(c->arena, c->guards.items, c->guards.n,
                       &c->guards.capacity, sizeof(*c->guards.items));
        c->guards.items[c->guards.n++] = given->items[i];
    }
    const struct type *type = check_node(c, c->ast->root);
    return infer_final(&c->infer, type);
}
