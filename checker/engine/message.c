/* Texts with {CEL} in them: cut into parts. */
#include "checker/engine/rule.h"

enum { MAX_PARTS = 128 };

/* The offset behind a CEL string literal that begins at `at`; quotes of one
 * kind and triple ones, with their escapes; a raw string has none. */
static size_t skip_string(struct str text, size_t at, bool is_raw)
{
    char quote = text.p[at];
    bool is_triple =
        at + 2 < text.n && text.p[at + 1] == quote && text.p[at + 2] == quote;
    size_t n_quotes = is_triple ? 3 : 1;
    at += n_quotes;
    while (at < text.n) {
        if (text.p[at] == '\\' && !is_raw) {
            at += 2;
            continue;
        }
        bool is_end = text.p[at] == quote;
        if (is_end && is_triple)
            is_end = at + 2 < text.n && text.p[at + 1] == quote &&
                     text.p[at + 2] == quote;
        if (is_end)
            return at + n_quotes;
        at++;
    }
    return text.n;
}

/* The offset of the brace that ends an interpolation, or SIZE_MAX. */
static size_t find_end(struct str text, size_t at)
{
    size_t depth = 0;
    while (at < text.n) {
        char c = text.p[at];
        if (c == '"' || c == '\'') {
            char before = at > 0 ? text.p[at - 1] : ' ';
            at = skip_string(text, at, before == 'r' || before == 'R');
            continue;
        }
        if (c == '}' && depth == 0)
            return at;
        depth += c == '{';
        depth -= c == '}';
        at++;
    }
    return SIZE_MAX;
}

static void add_part(struct text *out, size_t max, struct text_part part)
{
    if (out->n < max && part.text.n + part.is_cel > 0)
        out->parts[out->n++] = part;
}

static void brace_error(const struct schema *s, const struct yaml_node *node,
                        size_t at, const char *why)
{
    diag_add(s->diags, DIAG_ERROR, s->source, yaml_place(node, at, 1),
             STR("write '{{' or '}}' for a brace"), "%s", why);
}

/* One step: a literal up to the next brace, a doubled brace or a CEL part.
 * Returns the next offset, or the text's end after a mistake. */
static size_t read_part(const struct schema *s, struct str text, size_t at,
                        struct text *out)
{
    size_t next = at;
    while (next < text.n && text.p[next] != '{' && text.p[next] != '}')
        next++;
    add_part(out, MAX_PARTS,
             (struct text_part){.text = str_sub(text, at, next)});
    if (next == text.n)
        return next;
    if (next + 1 < text.n && text.p[next + 1] == text.p[next]) {
        add_part(out, MAX_PARTS,
                 (struct text_part){.text = str_sub(text, next, next + 1)});
        return next + 2;
    }
    if (text.p[next] == '}') {
        brace_error(s, out->node, next, "'}' without '{'");
        return text.n;
    }
    size_t end = find_end(text, next + 1);
    if (end == SIZE_MAX) {
        brace_error(s, out->node, next, "'{' without '}'");
        return text.n;
    }
    add_part(out, MAX_PARTS,
             (struct text_part){.text = str_sub(text, next + 1, end),
                                .offset = next + 1,
                                .is_cel = true});
    return end + 1;
}

void message_read(const struct schema *s, const struct yaml_node *node,
                  struct text *out)
{
    struct str text;
    *out = (struct text){0};
    if (!schema_text(s, node, &text))
        return;
    out->node = node;
    out->parts = ARENA_ARRAY(s->arena, MAX_PARTS, struct text_part);
    for (size_t at = 0; at < text.n;) {
        if (out->n >= MAX_PARTS) {
            schema_error(s, node, "more than %d parts in a text", MAX_PARTS);
            return;
        }
        at = read_part(s, text, at, out);
    }
}
