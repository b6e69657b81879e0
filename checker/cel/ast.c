/* The tree of an expression, flat. */
#include "checker/cel/ast.h"

uint32_t ast_add(struct cel_ast *ast, enum cel_op op, struct cel_span span,
                 const uint32_t *kids, size_t n)
{
    ast->nodes = arena_grow(ast->arena, ast->nodes, ast->n, &ast->capacity,
                            sizeof(*ast->nodes));
    ast->spans = arena_grow(ast->arena, ast->spans, ast->n,
                            &ast->spans_capacity, sizeof(*ast->spans));
    ast->nodes[ast->n] = (struct cel_node){
        .op = (uint8_t)op, .n = (uint16_t)n, .kids = (uint32_t)ast->n_kids};
    ast->spans[ast->n] = span;
    for (size_t i = 0; i < n; i++) {
        ast->kids = arena_grow(ast->arena, ast->kids, ast->n_kids,
                               &ast->kids_capacity, sizeof(*ast->kids));
        ast->kids[ast->n_kids++] = kids[i];
    }
    return (uint32_t)ast->n++;
}

uint32_t ast_constant(struct cel_ast *ast, struct value v)
{
    ast->constants =
        arena_grow(ast->arena, ast->constants, ast->n_constants,
                   &ast->constants_capacity, sizeof(*ast->constants));
    ast->constants[ast->n_constants] = v;
    return (uint32_t)ast->n_constants++;
}

uint32_t ast_name(struct cel_ast *ast, struct str name)
{
    ast->names = arena_grow(ast->arena, ast->names, ast->n_names,
                            &ast->names_capacity, sizeof(*ast->names));
    ast->names[ast->n_names] = name;
    return (uint32_t)ast->n_names++;
}

uint32_t ast_record(struct cel_ast *ast, const struct record *record)
{
    for (size_t i = 0; i < ast->n_records; i++)
        if (ast->records[i] == record)
            return (uint32_t)i;
    ast->records = arena_grow(ast->arena, ast->records, ast->n_records,
                              &ast->records_capacity, sizeof(*ast->records));
    ast->records[ast->n_records] = record;
    return (uint32_t)ast->n_records++;
}

uint32_t ast_kid(const struct cel_ast *ast, uint32_t node, size_t i)
{
    return ast->kids[ast->nodes[node].kids + i];
}

struct str ast_text(const struct cel_ast *ast, uint32_t node)
{
    return str_sub(ast->text, ast->spans[node].from, ast->spans[node].to);
}

const struct value *ast_literal(const struct cel_ast *ast, uint32_t node)
{
    if (ast->nodes[node].op != OP_LIT)
        return NULL;
    return &ast->constants[ast->nodes[node].b];
}

bool ast_mentions(const struct cel_ast *ast, uint32_t node, uint32_t slot)
{
    const struct cel_node *n = &ast->nodes[node];
    if (n->op == OP_SLOT)
        return n->b == slot;
    for (size_t i = 0; i < n->n; i++)
        if (ast_mentions(ast, ast_kid(ast, node, i), slot))
            return true;
    return false;
}

bool ast_is_macro(enum cel_op op)
{
    return op >= OP_ALL;
}
