/* Fuzz target: any text through the lexer and the parser.
 *
 * Holds: a failure has exactly one mistake, inside the text; a tree is within
 * its limits, and each node's span lies inside its text. */
#include <stdlib.h>

#include "checker/cel/lex.h"
#include "checker/cel/parse.h"
#include "tests/fuzz/fuzz.h"

static void promise(bool is_kept)
{
    if (!is_kept)
        abort();
}

/* Tokens follow each other, and come to an end. */
static void read_tokens(struct arena *arena, struct str text)
{
    struct lexer lexer = {.arena = arena, .text = text};
    uint32_t last = 0;
    for (size_t i = 0; i <= text.n; i++) {
        struct token t = lex_next(&lexer);
        promise(t.from >= last && t.from <= t.to && t.to <= text.n);
        last = t.to;
        if (t.kind == TOKEN_END || t.kind == TOKEN_ERROR)
            return;
    }
    promise(false);
}

static void look_at_tree(const struct cel_ast *ast)
{
    promise(ast->root < ast->n && ast->n <= CEL_MAX_NODES);
    for (uint32_t i = 0; i < ast->n; i++) {
        const struct cel_span *s = &ast->spans[i];
        promise(s->from <= s->to && s->to <= ast->text.n);
        promise(s->at <= ast->text.n && s->width <= ast->text.n - s->at);
        for (size_t k = 0; k < ast->nodes[i].n; k++)
            promise(ast_kid(ast, i, k) < ast->n);
    }
}

int fuzz_cel_parse(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct cel_issues issues = {.arena = &arena};
    struct str text = {(const char *)data, size};
    struct cel_ast ast = {.arena = &arena, .text = str_dup(&arena, text)};
    if (size <= CEL_MAX_TEXT)
        read_tokens(&arena, ast.text);
    if (parse_expression(&ast, &issues)) {
        promise(issues.n == 0);
        look_at_tree(&ast);
    } else {
        promise(issues.n == 1);
        promise(issues.items[0].offset <= size && issues.items[0].text.n > 0);
    }
    arena_release(&arena);
    return 0;
}
