/* CEL: compile an expression once, evaluate it many times. */
#include "checker/cel/cel.h"

#include <stdarg.h>

#include "checker/cel/eval.h"
#include "checker/cel/net.h"
#include "checker/cel/text.h"
#include "checker/cel/timeval.h"

/* ---- compiling ---- */

/* Lists and maps of literals become literals, so that `x in ["a", "b"]`
 * builds nothing when it is evaluated. */
static void fold(struct cel_program *program, uint32_t node)
{
    struct cel_ast *ast = &program->ast;
    enum cel_op op = (enum cel_op)ast->nodes[node].op;
    bool is_constant = op == OP_LIST || op == OP_MAP;
    for (size_t i = 0; i < ast->nodes[node].n; i++) {
        uint32_t kid = ast_kid(ast, node, i);
        fold(program, kid);
        is_constant &= ast->nodes[kid].op == OP_LIT &&
                       (ast->nodes[kid].flags & NODE_MAYBE) == 0;
    }
    if (!is_constant)
        return;
    struct cel_run run = {.scratch = ast->arena, .steps_left = CEL_MAX_NODES};
    struct value v = cel_eval_node(program, node, &run);
    if (is_unsure(v))
        return;
    uint32_t constant = ast_constant(ast, v);
    ast->nodes[node].op = OP_LIT;
    ast->nodes[node].n = 0;
    ast->nodes[node].b = constant;
}

/* The guards that stay true outside: those of names, not of variables. */
static void keep_guards(struct cel_program *program, struct checker *c)
{
    narrow_add(c, &program->guards, program->ast.root, true);
    size_t n = 0;
    for (size_t i = 0; i < program->guards.n; i++)
        if (program->guards.items[i].is_slot)
            program->guards.items[n++] = program->guards.items[i];
    program->guards.n = n;
}

static bool check_want(struct checker *c, const struct type *type,
                       const struct type *want)
{
    uint32_t root = c->ast->root;
    struct buf text = {0};
    if (want == NULL || check_is_loose(c))
        return true;
    check_enum(c, root, want);
    if (infer_fits(&c->infer, type, want))
        return true;
    buf_adds(&text, "expected ");
    type_print(&text, want);
    buf_adds(&text, ", found ");
    type_print(&text, type);
    check_fail_whole(c, root, (struct str){0}, "%.*s", STRF(buf_str(&text)));
    buf_release(&text);
    return false;
}

struct cel_program *cel_compile(struct arena *arena,
                                const struct cel_scope *scope, struct str text,
                                const struct type *want,
                                const struct cel_guards *given,
                                struct cel_issues *issues)
{
    struct cel_program *program = ARENA_NEW(arena, struct cel_program);
    struct checker *c = ARENA_NEW(arena, struct checker);
    size_t n_before = issues->n;
    program->ast.arena = arena;
    program->ast.text = str_dup(arena, text);
    program->options = scope->options;
    if (!parse_expression(&program->ast, issues))
        return NULL;
    c->arena = arena;
    c->scope = scope;
    c->ast = &program->ast;
    c->issues = issues;
    program->type = check_tree(c, given);
    program->reads = c->reads;
    program->n_reads = c->n_reads;
    (void)check_want(c, program->type, want);
    if (issues->n > n_before)
        return NULL;
    keep_guards(program, c);
    fold(program, program->ast.root);
    return program;
}

const struct type *cel_type(const struct cel_program *program)
{
    return program->type;
}

const struct cel_guards *cel_guards(const struct cel_program *program)
{
    return &program->guards;
}

bool cel_uses(const struct cel_program *program, uint32_t slot)
{
    return ast_mentions(&program->ast, program->ast.root, slot);
}

size_t cel_reads(const struct cel_program *program, const struct cel_read **out)
{
    *out = program->reads;
    return program->n_reads;
}

/* ---- pins ---- */

struct pin_search {
    const struct cel_ast *ast;
    uint32_t slot;
    struct cel_pin *out;
    size_t n, max;
};

static void add_pin(struct pin_search *s, uint32_t side, uint32_t other)
{
    const struct cel_node *n = &s->ast->nodes[side];
    if (n->op != OP_FIELD)
        return;
    const struct cel_node *base = &s->ast->nodes[ast_kid(s->ast, side, 0)];
    if (base->op != OP_SLOT || base->b != s->slot ||
        ast_mentions(s->ast, other, s->slot))
        return;
    for (size_t i = 0; i < s->n; i++)
        if (s->out[i].field == n->b)
            return;
    if (s->n < s->max)
        s->out[s->n++] = (struct cel_pin){.field = n->b, .node = other};
}

static void find_pins(struct pin_search *s, uint32_t node)
{
    const struct cel_node *n = &s->ast->nodes[node];
    if (n->op == OP_AND)
        for (size_t i = n->n; i-- > 0;)
            find_pins(s, ast_kid(s->ast, node, i));
    if (n->op != OP_EQ)
        return;
    add_pin(s, ast_kid(s->ast, node, 0), ast_kid(s->ast, node, 1));
    add_pin(s, ast_kid(s->ast, node, 1), ast_kid(s->ast, node, 0));
}

size_t cel_pins(const struct cel_program *program, uint32_t slot,
                struct cel_pin *out, size_t max)
{
    struct pin_search s = {
        .ast = &program->ast, .slot = slot, .out = out, .max = max};
    find_pins(&s, program->ast.root);
    return s.n;
}

/* ---- evaluating ---- */

struct value cel_eval_node(const struct cel_program *program, uint32_t node,
                           struct cel_run *run)
{
    struct ev ev; /* the variables need no value before a macro sets them */
    ev.program = program;
    ev.ast = &program->ast;
    ev.run = run;
    return eval_node(&ev, node);
}

struct value cel_eval(const struct cel_program *program, struct cel_run *run)
{
    return cel_eval_node(program, program->ast.root, run);
}

struct value cel_error(struct arena *arena, const char *format, ...)
{
    struct value_error *error = ARENA_NEW(arena, struct value_error);
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    error->text = str_dup(arena, buf_str(&text));
    buf_release(&text);
    return (struct value){.kind = VALUE_ERROR, .as.error = error};
}

/* ---- printing ---- */

static void print_unknown(struct buf *out, causes why,
                          const struct causes_table *table)
{
    size_t n = table != NULL ? causes_count(table, why) : 0;
    buf_adds(out, "<unknown");
    for (size_t i = 0; i < n && i < 3; i++) {
        buf_adds(out, i == 0 ? ": " : "; ");
        buf_add(out, causes_text(table, why, i));
    }
    if (n > 3)
        buf_addf(out, " and %zu more", n - 3);
    buf_addc(out, '>');
}

static void print_items(struct buf *out, const struct value *items, size_t n,
                        const struct causes_table *table)
{
    for (size_t i = 0; i < n && !out->is_full; i++) {
        if (i > 0)
            buf_adds(out, ", ");
        cel_print(out, items[i], table);
    }
}

static void print_pairs(struct buf *out, struct value map,
                        const struct causes_table *table)
{
    buf_addc(out, '{');
    for (size_t i = 0; i < map.n && !out->is_full; i++) {
        if (i > 0)
            buf_adds(out, ", ");
        cel_print(out, map.as.items[2 * i], table);
        buf_adds(out, ": ");
        cel_print(out, map.as.items[2 * i + 1], table);
    }
    buf_addc(out, '}');
}

static void print_open(struct buf *out, const struct value_open *open,
                       const struct causes_table *table)
{
    for (uint32_t i = 0; i < open->n && !out->is_full; i++) {
        if (i > 0)
            buf_adds(out, ", ");
        if (open->kinds[i] == MEMBER_GHOST) {
            print_unknown(out, open->why[i], table);
            continue;
        }
        cel_print(out, open->items[i], table);
        if (open->kinds[i] == MEMBER_MAYBE)
            buf_addc(out, '?');
    }
}

void cel_print(struct buf *out, struct value v,
               const struct causes_table *table)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_NULL:
        buf_adds(out, "null");
        break;
    case VALUE_BOOL:
        buf_adds(out, v.as.b ? "true" : "false");
        break;
    case VALUE_INT:
        buf_addf(out, "%lld", (long long)v.as.i);
        break;
    case VALUE_UINT:
        buf_addf(out, "%llu", (unsigned long long)v.as.u);
        break;
    case VALUE_DOUBLE:
        text_print_double(out, v.as.d);
        break;
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_TYPE:
        buf_add(out, value_text(v));
        break;
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        timeval_print(out, v);
        break;
    case VALUE_LIST:
        print_items(out, v.as.items, v.n, table);
        break;
    case VALUE_STRUCT:
        buf_addc(out, '{');
        print_items(out, v.as.items, v.n, table);
        buf_addc(out, '}');
        break;
    case VALUE_MAP:
        print_pairs(out, v, table);
        break;
    case VALUE_ROW:
        cel_print(out, value_cell(v.as.table, v.n, ROW_ID), table);
        break;
    case VALUE_OPTIONAL:
        cel_print(out, v.as.items != NULL ? *v.as.items : value_absent(),
                  table);
        break;
    case VALUE_NET:
        net_print(out, v);
        break;
    case VALUE_NONE:
    case VALUE_ABSENT:
        buf_addc(out, '-');
        break;
    case VALUE_UNKNOWN:
        print_unknown(out, v.n, table);
        break;
    case VALUE_ERROR:
        buf_addf(out, "<error: %.*s>", STRF(v.as.error->text));
        break;
    case VALUE_OPEN_LIST:
        print_open(out, v.as.open, table);
        break;
    }
}
