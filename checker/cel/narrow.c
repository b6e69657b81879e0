/* Guards: which optional fields are there, and which are not null. */
#include "checker/cel/check.h"

/* A step of a path that is no field: x.value(). */
static const uint32_t value_step = UINT32_MAX;

static bool is_method(const struct cel_ast *ast, uint32_t node,
                      const char *name)
{
    const struct cel_node *n = &ast->nodes[node];
    return n->op == OP_CALL && (n->flags & NODE_METHOD) != 0 && n->n == 1 &&
           str_is(ast->names[n->b], name);
}

bool narrow_path(const struct cel_ast *ast, uint32_t node,
                 struct cel_guard *out)
{
    *out = (struct cel_guard){0};
    uint32_t backwards[GUARD_DEPTH];
    for (;;) {
        bool is_value = is_method(ast, node, "value");
        if (ast->nodes[node].op != OP_FIELD && !is_value)
            break;
        if (out->n == GUARD_DEPTH)
            return false;
        backwards[out->n++] = is_value ? value_step : ast->nodes[node].b;
        node = ast_kid(ast, node, 0);
    }
    const struct cel_node *root = &ast->nodes[node];
    if (root->op != OP_SLOT && root->op != OP_LOCAL)
        return false;
    out->is_slot = root->op == OP_SLOT;
    out->root = root->b;
    for (uint8_t i = 0; i < out->n; i++)
        out->fields[i] = backwards[out->n - 1 - i];
    return true;
}

bool narrow_holds(const struct cel_guards *guards,
                  const struct cel_guard *wanted)
{
    for (size_t i = 0; i < guards->n; i++) {
        const struct cel_guard *g = &guards->items[i];
        bool is_same = g->is_slot == wanted->is_slot &&
                       g->is_about_null == wanted->is_about_null &&
                       g->root == wanted->root && g->n == wanted->n;
        for (uint8_t f = 0; is_same && f < g->n; f++)
            is_same = g->fields[f] == wanted->fields[f];
        if (is_same)
            return true;
    }
    return false;
}

static void add_guard(struct checker *c, struct cel_guards *guards,
                      struct cel_guard guard)
{
    guards->items = arena_grow(c->arena, guards->items, guards->n,
                               &guards->capacity, sizeof(*guards->items));
    guards->items[guards->n++] = guard;
}

/* The path in has(x.f) or x.?f.hasValue(). */
static bool presence_path(const struct checker *c, uint32_t node,
                          struct cel_guard *out)
{
    const struct cel_ast *ast = c->ast;
    const struct cel_node *n = &ast->nodes[node];
    uint32_t field = node;
    if (is_method(ast, node, "hasValue"))
        field = ast_kid(ast, node, 0);
    else if (n->op != OP_HAS_FIELD)
        return false;
    n = &ast->nodes[field];
    if (n->op != OP_HAS_FIELD && n->op != OP_OPT_FIELD)
        return false;
    if (!narrow_path(ast, ast_kid(ast, field, 0), out) || out->n == GUARD_DEPTH)
        return false;
    out->fields[out->n++] = n->b;
    return true;
}

/* The path in `x.f == null` or `null == x.f`, for the operator `op`. */
static bool null_path(const struct checker *c, uint32_t node, enum cel_op op,
                      struct cel_guard *out)
{
    const struct cel_ast *ast = c->ast;
    if (ast->nodes[node].op != op)
        return false;
    for (size_t i = 0; i < 2; i++) {
        const struct value *v = ast_literal(ast, ast_kid(ast, node, i));
        if (v == NULL || v->kind != VALUE_NULL)
            continue;
        out->n = 0;
        if (!narrow_path(ast, ast_kid(ast, node, 1 - i), out) || out->n == 0)
            return false;
        out->is_about_null = true;
        return true;
    }
    return false;
}

void narrow_add(struct checker *c, struct cel_guards *guards, uint32_t node,
                bool is_true)
{
    const struct cel_ast *ast = c->ast;
    const struct cel_node *n = &ast->nodes[node];
    struct cel_guard guard;
    if (n->op == (is_true ? OP_AND : OP_OR)) {
        for (size_t i = 0; i < n->n; i++)
            narrow_add(c, guards, ast_kid(ast, node, i), is_true);
        return;
    }
    if (null_path(c, node, is_true ? OP_NE : OP_EQ, &guard)) {
        add_guard(c, guards, guard);
        return;
    }
    if (!is_true) {
        if (n->op != OP_NOT)
            return;
        node = ast_kid(ast, node, 0);
    }
    if (presence_path(c, node, &guard))
        add_guard(c, guards, guard);
}
