/* Tokens to a tree, with the macros opened. */
#include "checker/cel/parse.h"

#include <stdarg.h>

#include "checker/cel/lex.h"

struct parser {
    struct cel_ast *ast;
    struct cel_issues *issues;
    struct lexer lexer;
    struct token tok; /* the next one, not yet taken */
    uint32_t *stack;  /* kids of the nodes that are being read */
    size_t n_stack, stack_capacity;
    uint32_t last_end; /* of the token taken last */
    unsigned depth;
    bool failed;
};

static uint32_t parse_any(struct parser *p);
static uint32_t parse_unary(struct parser *p);

void issue_add(struct cel_issues *issues, size_t offset, size_t width,
               struct str hint, const char *format, ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    issues->items = arena_grow(issues->arena, issues->items, issues->n,
                               &issues->capacity, sizeof(*issues->items));
    issues->items[issues->n++] =
        (struct cel_issue){.offset = offset,
                           .width = width,
                           .text = str_dup(issues->arena, buf_str(&text)),
                           .hint = str_dup(issues->arena, hint)};
    buf_release(&text);
}

/* ---- tokens ---- */

/* The first mistake ends the reading: all further tokens are the end. */
static uint32_t fail(struct parser *p, const char *why)
{
    struct token t = p->tok;
    size_t width = t.to > t.from ? t.to - t.from : 1;
    if (p->failed)
        return 0;
    if (why != NULL)
        issue_add(p->issues, t.from, width, (struct str){0}, "syntax error: %s",
                  why);
    else if (t.kind == TOKEN_ERROR)
        issue_add(p->issues, t.from, width, (struct str){0}, "syntax error: %s",
                  t.error);
    else if (t.kind == TOKEN_END)
        issue_add(p->issues, t.from, width, (struct str){0},
                  "syntax error: unexpected end of the expression");
    else
        issue_add(p->issues, t.from, width, (struct str){0},
                  "syntax error: unexpected '%.*s'", STRF(t.text));
    p->failed = true;
    p->lexer.at = p->lexer.text.n;
    p->tok = lex_next(&p->lexer);
    return 0;
}

static void advance(struct parser *p)
{
    p->last_end = p->tok.to;
    p->tok = lex_next(&p->lexer);
    if (p->tok.kind == TOKEN_ERROR)
        fail(p, NULL);
}

static bool is_punct(const struct parser *p, const char *text)
{
    return p->tok.kind == TOKEN_PUNCT && str_is(p->tok.text, text);
}

static bool take(struct parser *p, const char *text)
{
    if (!is_punct(p, text))
        return false;
    advance(p);
    return true;
}

static void expect(struct parser *p, const char *text)
{
    if (take(p, text) || p->failed)
        return;
    struct str why = str_fmt(p->ast->arena, "expected '%s'", text);
    fail(p, why.p);
}

static bool enter(struct parser *p)
{
    if (p->depth < CEL_MAX_DEPTH) {
        p->depth++;
        return true;
    }
    fail(p, "nested deeper than 64 levels");
    return false;
}

/* ---- nodes ---- */

static void push(struct parser *p, uint32_t node)
{
    p->stack = arena_grow(p->ast->arena, p->stack, p->n_stack,
                          &p->stack_capacity, sizeof(*p->stack));
    p->stack[p->n_stack++] = node;
}

static uint32_t add(struct parser *p, enum cel_op op, struct cel_span span,
                    const uint32_t *kids, size_t n)
{
    if (p->ast->n >= CEL_MAX_NODES)
        return fail(p, "more than 4096 parts");
    return ast_add(p->ast, op, span, kids, n);
}

/* A node of what stands on the stack from `base` on. */
static uint32_t add_stack(struct parser *p, enum cel_op op,
                          struct cel_span span, size_t base)
{
    const uint32_t *kids = p->stack != NULL ? p->stack + base : NULL;
    uint32_t node = add(p, op, span, kids, p->n_stack - base);
    p->n_stack = base;
    return node;
}

static struct cel_span span_at(const struct token *at, uint32_t from,
                               uint32_t to)
{
    return (struct cel_span){from, to, at->from, at->to - at->from};
}

static uint32_t start_of(const struct parser *p, uint32_t node)
{
    return p->failed ? 0 : p->ast->spans[node].from;
}

static uint32_t end_of(const struct parser *p, uint32_t node)
{
    return p->failed ? 0 : p->ast->spans[node].to;
}

static uint32_t literal(struct parser *p, struct cel_span span, struct value v)
{
    uint32_t node = add(p, OP_LIT, span, NULL, 0);
    if (!p->failed)
        p->ast->nodes[node].b = ast_constant(p->ast, v);
    return node;
}

static uint32_t named(struct parser *p, enum cel_op op, struct cel_span span,
                      const uint32_t *kid, struct str name)
{
    uint32_t node = add(p, op, span, kid, kid != NULL ? 1 : 0);
    if (!p->failed)
        p->ast->nodes[node].b = ast_name(p->ast, name);
    return node;
}

/* ---- macros ---- */

struct macro {
    const char *name;
    enum cel_op op;
    unsigned char n_vars, n_bodies;
};

static const struct macro macros[] = {
    {"all", OP_ALL, 1, 1},
    {"all", OP_ALL, 2, 1},
    {"exists", OP_EXISTS, 1, 1},
    {"exists", OP_EXISTS, 2, 1},
    {"exists_one", OP_EXISTS_ONE, 1, 1},
    {"existsOne", OP_EXISTS_ONE, 1, 1},
    {"exists_one", OP_EXISTS_ONE, 2, 1},
    {"existsOne", OP_EXISTS_ONE, 2, 1},
    {"filter", OP_FILTER, 1, 1},
    {"map", OP_EACH, 1, 1},
    {"map", OP_EACH, 1, 2},
    {"transformList", OP_EACH, 2, 1},
    {"transformList", OP_EACH, 2, 2},
    {"transformMap", OP_TO_MAP, 2, 1},
    {"transformMap", OP_TO_MAP, 2, 2},
    {"transformMapEntry", OP_TO_ENTRY, 2, 1},
    {"transformMapEntry", OP_TO_ENTRY, 2, 2},
    {"optMap", OP_OPT_MAP, 1, 1},
    {"optFlatMap", OP_OPT_FLAT_MAP, 1, 1},
};

static const struct macro *find_macro(struct str name, size_t n_args)
{
    for (size_t i = 0; i < N_ITEMS(macros); i++)
        if (str_is(name, macros[i].name) &&
            n_args == (size_t)macros[i].n_vars + macros[i].n_bodies)
            return &macros[i];
    return NULL;
}

/* Whether a node is a plain word, as a macro's variable must be. */
static bool is_word(const struct cel_ast *ast, uint32_t node)
{
    const struct cel_node *n = &ast->nodes[node];
    return n->op == OP_NAME && (n->flags & NODE_ROOT) == 0;
}

static uint32_t fail_at(struct parser *p, uint32_t node, const char *why)
{
    if (p->failed)
        return 0;
    struct cel_span span = p->ast->spans[node];
    issue_add(p->issues, span.from, span.to - span.from, (struct str){0},
              "syntax error: %s", why);
    p->failed = true;
    p->lexer.at = p->lexer.text.n;
    p->tok = lex_next(&p->lexer);
    return 0;
}

/* range.macro(x, …), whose range and arguments stand on the stack. */
static uint32_t open_macro(struct parser *p, const struct macro *macro,
                           struct cel_span span, size_t base)
{
    const uint32_t *kids = p->stack + base;
    for (size_t i = 1; i <= macro->n_vars; i++)
        if (!is_word(p->ast, kids[i]))
            return fail_at(p, kids[i], "expected a variable's name");
    if (macro->n_vars == 2 &&
        str_eq(ast_text(p->ast, kids[1]), ast_text(p->ast, kids[2])))
        return fail_at(p, kids[2], "two variables of one name");
    uint32_t node = add_stack(p, macro->op, span, base);
    if (!p->failed && macro->n_vars == 2)
        p->ast->nodes[node].flags |= NODE_TWO;
    return node;
}

static uint32_t open_has(struct parser *p, struct cel_span span, size_t base)
{
    uint32_t arg = p->stack[base];
    p->n_stack = base;
    if (p->failed)
        return 0;
    struct cel_node *node = &p->ast->nodes[arg];
    if (node->op != OP_SELECT)
        return fail_at(p, arg, "has() needs a field");
    /* The field's name stays where a mistake is shown. */
    span.at = p->ast->spans[arg].at;
    span.width = p->ast->spans[arg].width;
    node->op = OP_HAS;
    p->ast->spans[arg] = span;
    return arg;
}

/* cel.bind(x, value, body): behind the target `cel` on the stack. */
static uint32_t open_bind(struct parser *p, struct cel_span span, size_t base)
{
    uint32_t *kids = p->stack + base;
    if (!is_word(p->ast, kids[1]))
        return fail_at(p, kids[1], "expected a variable's name");
    uint32_t ordered[] = {kids[2], kids[1], kids[3]};
    p->n_stack = base;
    return add(p, OP_BIND, span, ordered, N_ITEMS(ordered));
}

/* math.greatest(a, b, …) is math.greatest([a, b, …]). */
static void gather_arguments(struct parser *p, struct cel_span span,
                             size_t base)
{
    if (p->n_stack - base < 3)
        return;
    span.from = start_of(p, p->stack[base + 1]);
    span.to = end_of(p, p->stack[p->n_stack - 1]);
    uint32_t list = add_stack(p, OP_LIST, span, base + 1);
    push(p, list);
}

static uint32_t make_call(struct parser *p, struct str name,
                          struct cel_span span, size_t base, bool is_method)
{
    size_t n = p->n_stack - base;
    if (p->failed)
        return 0;
    if (!is_method && str_is(name, "has") && n == 1)
        return open_has(p, span, base);
    if (is_method) {
        struct str target = ast_text(p->ast, p->stack[base]);
        const struct macro *macro = find_macro(name, n - 1);
        if (macro != NULL)
            return open_macro(p, macro, span, base);
        if (str_is(name, "bind") && n == 4 && str_is(target, "cel"))
            return open_bind(p, span, base);
        if (str_is(target, "math") &&
            (str_is(name, "greatest") || str_is(name, "least")))
            gather_arguments(p, span, base);
    }
    uint32_t node = add_stack(p, OP_CALL, span, base);
    if (p->failed)
        return 0;
    p->ast->nodes[node].b = ast_name(p->ast, name);
    if (is_method)
        p->ast->nodes[node].flags |= NODE_METHOD;
    return node;
}

/* ---- primaries ---- */

/* Comma-separated expressions up to `close`, pushed. */
static void parse_arguments(struct parser *p, const char *close,
                            bool allows_maybe)
{
    while (!p->failed && !is_punct(p, close)) {
        bool is_maybe = allows_maybe && take(p, "?");
        uint32_t node = parse_any(p);
        if (!p->failed && is_maybe)
            p->ast->nodes[node].flags |= NODE_MAYBE;
        push(p, node);
        if (!take(p, ","))
            break;
        /* Lists may end with a comma, calls may not. */
        if (is_punct(p, close) && !allows_maybe)
            fail(p, NULL);
    }
    expect(p, close);
}

static uint32_t parse_list(struct parser *p)
{
    struct token open = p->tok;
    size_t base = p->n_stack;
    advance(p);
    if (!enter(p))
        return 0;
    parse_arguments(p, "]", true);
    p->depth--;
    return add_stack(p, OP_LIST, span_at(&open, open.from, p->last_end), base);
}

static uint32_t parse_map(struct parser *p)
{
    struct token open = p->tok;
    size_t base = p->n_stack;
    advance(p);
    if (!enter(p))
        return 0;
    while (!p->failed && !is_punct(p, "}")) {
        bool is_maybe = take(p, "?");
        uint32_t key = parse_any(p);
        if (!p->failed && is_maybe)
            p->ast->nodes[key].flags |= NODE_MAYBE;
        push(p, key);
        expect(p, ":");
        push(p, parse_any(p));
        if (!take(p, ","))
            break;
    }
    expect(p, "}");
    p->depth--;
    return add_stack(p, OP_MAP, span_at(&open, open.from, p->last_end), base);
}

static uint32_t parse_parens(struct parser *p)
{
    uint32_t from = p->tok.from;
    advance(p);
    if (!enter(p))
        return 0;
    uint32_t node = parse_any(p);
    p->depth--;
    expect(p, ")");
    if (p->failed)
        return 0;
    p->ast->spans[node].from = from;
    p->ast->spans[node].to = p->last_end;
    return node;
}

static uint32_t parse_word(struct parser *p)
{
    struct token t = p->tok;
    struct value v = value_null();
    if (str_is(t.text, "in"))
        return fail(p, NULL);
    if (!str_is(t.text, "null"))
        v = value_bool(str_is(t.text, "true"));
    advance(p);
    return literal(p, span_at(&t, t.from, t.to), v);
}

/* A name, or a call without a target. */
static uint32_t parse_name(struct parser *p)
{
    uint32_t from = p->tok.from;
    bool is_root = take(p, ".");
    struct token t = p->tok;
    if (t.kind != TOKEN_IDENT || lex_is_reserved(t.text))
        return fail(p, NULL);
    advance(p);
    if (!is_punct(p, "(")) {
        uint32_t name =
            named(p, OP_NAME, span_at(&t, from, t.to), NULL, t.text);
        if (!p->failed && is_root)
            p->ast->nodes[name].flags |= NODE_ROOT;
        return name;
    }
    size_t base = p->n_stack;
    advance(p);
    if (!enter(p))
        return 0;
    parse_arguments(p, ")", false);
    p->depth--;
    return make_call(p, t.text, span_at(&t, from, p->last_end), base, false);
}

static uint32_t parse_number(struct parser *p, uint32_t from, bool is_minus)
{
    struct token t = p->tok;
    if (t.is_min_int && !is_minus)
        return fail(p, "number out of range");
    if (is_minus && t.value.kind == VALUE_INT && !t.is_min_int)
        t.value.as.i = -t.value.as.i;
    if (is_minus && t.value.kind == VALUE_DOUBLE)
        t.value.as.d = -t.value.as.d;
    advance(p);
    return literal(p, span_at(&t, from, t.to), t.value);
}

static uint32_t parse_primary(struct parser *p)
{
    switch (p->tok.kind) {
    case TOKEN_LITERAL:
        return parse_number(p, p->tok.from, false);
    case TOKEN_WORD:
        return parse_word(p);
    case TOKEN_IDENT:
        return parse_name(p);
    case TOKEN_PUNCT:
        if (is_punct(p, "("))
            return parse_parens(p);
        if (is_punct(p, "["))
            return parse_list(p);
        if (is_punct(p, "{"))
            return parse_map(p);
        if (is_punct(p, "."))
            return parse_name(p);
        return fail(p, NULL);
    case TOKEN_END:
    case TOKEN_ERROR:
    case TOKEN_QUOTED:
        return fail(p, NULL);
    }
    return fail(p, NULL);
}

/* ---- members, operators ---- */

static uint32_t parse_dot(struct parser *p, uint32_t target)
{
    bool is_maybe = take(p, "?");
    struct token t = p->tok;
    uint32_t from = start_of(p, target);
    if (t.kind != TOKEN_IDENT && t.kind != TOKEN_QUOTED)
        return fail(p, "expected a field's name");
    advance(p);
    if (!is_punct(p, "(") || is_maybe || t.kind == TOKEN_QUOTED)
        return named(p, is_maybe ? OP_OPT_SELECT : OP_SELECT,
                     span_at(&t, from, t.to), &target, t.text);
    size_t base = p->n_stack;
    push(p, target);
    advance(p);
    if (!enter(p))
        return 0;
    parse_arguments(p, ")", false);
    p->depth--;
    return make_call(p, t.text, span_at(&t, from, p->last_end), base, true);
}

static uint32_t parse_index(struct parser *p, uint32_t target)
{
    struct token open = p->tok;
    uint32_t kids[] = {target, 0};
    advance(p);
    if (!enter(p))
        return 0;
    bool is_maybe = take(p, "?");
    kids[1] = parse_any(p);
    expect(p, "]");
    p->depth--;
    return add(p, is_maybe ? OP_OPT_INDEX : OP_INDEX,
               span_at(&open, start_of(p, target), p->last_end), kids, 2);
}

static uint32_t parse_members(struct parser *p, uint32_t node)
{
    while (!p->failed) {
        if (is_punct(p, "["))
            node = parse_index(p, node);
        else if (take(p, "."))
            node = parse_dot(p, node);
        else
            break;
    }
    return node;
}

static uint32_t parse_operand(struct parser *p, const struct token *op)
{
    uint32_t kid = 0;
    if (enter(p)) {
        kid = parse_unary(p);
        p->depth--;
    }
    struct cel_span span = span_at(op, op->from, p->last_end);
    if (str_is(op->text, "!"))
        return add(p, OP_NOT, span, &kid, 1);
    uint32_t node = named(p, OP_CALL, span, &kid, op->text);
    if (!p->failed)
        p->ast->nodes[node].flags |= NODE_OPERATOR;
    return node;
}

static uint32_t parse_unary(struct parser *p)
{
    struct token op = p->tok;
    if (take(p, "!"))
        return parse_operand(p, &op);
    if (!take(p, "-"))
        return parse_members(p, parse_primary(p));
    bool is_number =
        p->tok.kind == TOKEN_LITERAL &&
        (p->tok.value.kind == VALUE_INT || p->tok.value.kind == VALUE_DOUBLE);
    if (is_number)
        return parse_members(p, parse_number(p, op.from, true));
    return parse_operand(p, &op);
}

static const struct binary {
    const char *text;
    unsigned char level;
    enum cel_op op; /* OP_CALL: a function of that name */
} binaries[] = {
    {"||", 1, OP_OR},  {"&&", 2, OP_AND}, {"==", 3, OP_EQ},  {"!=", 3, OP_NE},
    {"<", 3, OP_LT},   {"<=", 3, OP_LE},  {">", 3, OP_GT},   {">=", 3, OP_GE},
    {"in", 3, OP_IN},  {"+", 4, OP_CALL}, {"-", 4, OP_CALL}, {"*", 5, OP_CALL},
    {"/", 5, OP_CALL}, {"%", 5, OP_CALL},
};

static const struct binary *find_binary(const struct parser *p)
{
    if (p->tok.kind != TOKEN_PUNCT && p->tok.kind != TOKEN_WORD)
        return NULL;
    for (size_t i = 0; i < N_ITEMS(binaries); i++)
        if (str_is(p->tok.text, binaries[i].text))
            return &binaries[i];
    return NULL;
}

/* Operators of at least `level`, by precedence climbing. A chain of && or ||
 * becomes one node. */
static uint32_t parse_binary(struct parser *p, unsigned level)
{
    uint32_t left = parse_unary(p);
    for (;;) {
        const struct binary *b = find_binary(p);
        struct token op = p->tok;
        if (p->failed || b == NULL || b->level < level)
            return left;
        size_t base = p->n_stack;
        push(p, left);
        do {
            advance(p);
            push(p, parse_binary(p, b->level + 1u));
        } while ((b->op == OP_AND || b->op == OP_OR) && find_binary(p) == b);
        struct cel_span span =
            span_at(&op, start_of(p, p->stack[base]), p->last_end);
        left = add_stack(p, b->op, span, base);
        if (p->failed || b->op != OP_CALL)
            continue;
        p->ast->nodes[left].b = ast_name(p->ast, op.text);
        p->ast->nodes[left].flags |= NODE_OPERATOR;
    }
}

/* a ? b : c, where c may be another; a loop, so that chains cost no depth. */
static uint32_t parse_any(struct parser *p)
{
    size_t base = p->n_stack;
    uint32_t node = parse_binary(p, 1);
    while (!p->failed && take(p, "?")) {
        push(p, node);
        push(p, parse_binary(p, 1));
        expect(p, ":");
        node = parse_binary(p, 1);
    }
    while (p->n_stack > base && !p->failed) {
        uint32_t kids[] = {p->stack[p->n_stack - 2], p->stack[p->n_stack - 1],
                           node};
        uint32_t from = start_of(p, kids[0]);
        node = add(p, OP_COND,
                   (struct cel_span){from, end_of(p, node), from,
                                     end_of(p, kids[0]) - from},
                   kids, 3);
        p->n_stack -= 2;
    }
    if (p->failed)
        p->n_stack = base;
    return node;
}

bool parse_expression(struct cel_ast *ast, struct cel_issues *issues)
{
    struct parser p = {.ast = ast,
                       .issues = issues,
                       .lexer = {.arena = ast->arena, .text = ast->text}};
    if (ast->text.n > CEL_MAX_TEXT) {
        issue_add(issues, 0, 1, (struct str){0},
                  "expression is longer than 8 KiB");
        return false;
    }
    advance(&p);
    ast->root = parse_any(&p);
    if (!p.failed && p.tok.kind != TOKEN_END)
        fail(&p, NULL);
    return !p.failed;
}
