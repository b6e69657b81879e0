/* Text to tokens. */
#include "checker/cel/lex.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int hex_digit(int c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte `ahead` of the place, or -1 behind the end. */
static int peek(const struct lexer *l, size_t ahead)
{
    if (l->at + ahead >= l->text.n)
        return -1;
    return (unsigned char)l->text.p[l->at + ahead];
}

static struct token fail(const struct lexer *l, size_t from, const char *why)
{
    return (struct token){.kind = TOKEN_ERROR,
                          .from = (uint32_t)from,
                          .to = (uint32_t)l->at,
                          .text = str_sub(l->text, from, l->at),
                          .error = why};
}

static struct token token(const struct lexer *l, enum token_kind kind,
                          size_t from)
{
    return (struct token){.kind = kind,
                          .from = (uint32_t)from,
                          .to = (uint32_t)l->at,
                          .text = str_sub(l->text, from, l->at)};
}

static void skip_blanks(struct lexer *l)
{
    for (;;) {
        int c = peek(l, 0);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            l->at++;
        } else if (c == '/' && peek(l, 1) == '/') {
            while (peek(l, 0) != -1 && peek(l, 0) != '\n')
                l->at++;
        } else {
            return;
        }
    }
}

/* ---- numbers ---- */

static void digits(struct lexer *l)
{
    while (is_digit(peek(l, 0)))
        l->at++;
}

/* Moves past a fraction and an exponent; false if there is neither. */
static bool fraction(struct lexer *l)
{
    bool is_double = false;
    if (peek(l, 0) == '.' && is_digit(peek(l, 1))) {
        l->at++;
        digits(l);
        is_double = true;
    }
    if (peek(l, 0) == 'e' || peek(l, 0) == 'E') {
        size_t sign = peek(l, 1) == '+' || peek(l, 1) == '-' ? 1 : 0;
        if (is_digit(peek(l, 1 + sign))) {
            l->at += 1 + sign;
            digits(l);
            is_double = true;
        }
    }
    return is_double;
}

static struct token integer(struct lexer *l, size_t from, int base)
{
    size_t start = base == 16 ? from + 2 : from;
    uint64_t u = 0;
    for (size_t i = start; i < l->at; i++) {
        uint64_t digit = (uint64_t)hex_digit((unsigned char)l->text.p[i]);
        if (u > (UINT64_MAX - digit) / (uint64_t)base)
            return fail(l, from, "number out of range");
        u = u * (uint64_t)base + digit;
    }
    struct token t = token(l, TOKEN_LITERAL, from);
    if (peek(l, 0) == 'u' || peek(l, 0) == 'U') {
        l->at++;
        t = token(l, TOKEN_LITERAL, from);
        t.value = (struct value){.kind = VALUE_UINT, .as.u = u};
        return t;
    }
    if (u > (uint64_t)INT64_MAX + 1)
        return fail(l, from, "number out of range");
    t.is_min_int = u == (uint64_t)INT64_MAX + 1;
    t.value = value_int(t.is_min_int ? INT64_MIN : (int64_t)u);
    return t;
}

static struct token number(struct lexer *l)
{
    size_t from = l->at;
    struct token t;
    if (peek(l, 0) == '0' && (peek(l, 1) == 'x' || peek(l, 1) == 'X') &&
        hex_digit(peek(l, 2)) >= 0) {
        l->at += 2;
        while (hex_digit(peek(l, 0)) >= 0)
            l->at++;
        t = integer(l, from, 16);
    } else {
        digits(l);
        if (fraction(l)) {
            t = token(l, TOKEN_LITERAL, from);
            double d = strtod(str_cstr(l->arena, t.text), NULL);
            if (isinf(d))
                return fail(l, from, "number out of range");
            t.value = value_double(d);
        } else {
            t = integer(l, from, 10);
        }
    }
    if (t.kind == TOKEN_LITERAL && is_letter(peek(l, 0)))
        return fail(l, from, "malformed number");
    return t;
}

/* ---- strings ---- */

struct quoted {
    bool is_raw, is_bytes, is_triple;
    char quote;
};

/* Reads `n` digits of `base`; -1 if they are not there. */
static int64_t escape_digits(struct lexer *l, int n, int base)
{
    int64_t code = 0;
    for (int i = 0; i < n; i++) {
        int digit = hex_digit(peek(l, 0));
        if (digit < 0 || digit >= base)
            return -1;
        code = code * base + digit;
        l->at++;
    }
    return code;
}

static int simple_escape(int c)
{
    static const char from[] = "\\?\"'`abfnrtv";
    static const char to[] = "\\?\"'`\a\b\f\n\r\t\v";
    for (size_t i = 0; i + 1 < sizeof(from); i++)
        if (c == from[i])
            return to[i];
    return -1;
}

/* One escape behind its backslash, added to `out`; false if it is none. */
static bool escape(struct lexer *l, const struct quoted *q, struct buf *out)
{
    int c = peek(l, 0);
    int simple = c == -1 ? -1 : simple_escape(c);
    if (simple >= 0) {
        l->at++;
        buf_addc(out, (char)simple);
        return true;
    }
    int64_t code;
    if (c >= '0' && c <= '3') {
        code = escape_digits(l, 3, 8);
    } else if (c == 'x' || c == 'X') {
        l->at++;
        code = escape_digits(l, 2, 16);
    } else if ((c == 'u' || c == 'U') && !q->is_bytes) {
        l->at++;
        code = escape_digits(l, c == 'u' ? 4 : 8, 16);
    } else {
        return false;
    }
    if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return false;
    if (q->is_bytes) {
        buf_addc(out, (char)code);
        return true;
    }
    char utf8[4];
    buf_add(out, (struct str){utf8, utf8_encode(utf8, (int32_t)code)});
    return true;
}

static bool at_end_quote(const struct lexer *l, const struct quoted *q)
{
    size_t n = q->is_triple ? 3 : 1;
    for (size_t i = 0; i < n; i++)
        if (peek(l, i) != q->quote)
            return false;
    return true;
}

/* The text between the quotes, decoded into `out`; NULL, or what is wrong. */
static const char *quoted_body(struct lexer *l, const struct quoted *q,
                               struct buf *out)
{
    while (!at_end_quote(l, q)) {
        int c = peek(l, 0);
        if (c == -1 || (!q->is_triple && (c == '\n' || c == '\r')))
            return "unclosed string";
        l->at++;
        if (c == '\\' && !q->is_raw) {
            if (!escape(l, q, out))
                return "unknown escape";
        } else {
            buf_addc(out, (char)c);
        }
    }
    l->at += q->is_triple ? 3 : 1;
    return NULL;
}

static struct token quoted(struct lexer *l)
{
    size_t from = l->at;
    struct quoted q = {0};
    struct buf out = {0};
    for (; is_letter(peek(l, 0)); l->at++) {
        q.is_raw |= peek(l, 0) == 'r' || peek(l, 0) == 'R';
        q.is_bytes |= peek(l, 0) == 'b' || peek(l, 0) == 'B';
    }
    q.quote = (char)peek(l, 0);
    q.is_triple = peek(l, 1) == q.quote && peek(l, 2) == q.quote;
    l->at += q.is_triple ? 3 : 1;
    const char *why = quoted_body(l, &q, &out);
    struct token t = token(l, TOKEN_LITERAL, from);
    t.value = value_str(str_dup(l->arena, buf_str(&out)));
    if (q.is_bytes)
        t.value.kind = VALUE_BYTES;
    buf_release(&out);
    if (why == NULL && !q.is_bytes && !utf8_valid(value_text(t.value)))
        why = "text that is not UTF-8";
    return why == NULL ? t : fail(l, from, why);
}

/* Whether a quote begins here, with its r and b before it. */
static bool is_quote(const struct lexer *l)
{
    size_t n = 0;
    bool is_raw = false, is_bytes = false;
    for (;; n++) {
        int c = peek(l, n);
        if ((c == 'r' || c == 'R') && !is_raw)
            is_raw = true;
        else if ((c == 'b' || c == 'B') && !is_bytes)
            is_bytes = true;
        else
            return c == '"' || c == '\'';
    }
}

/* ---- the rest ---- */

static struct token identifier(struct lexer *l)
{
    size_t from = l->at;
    while (is_letter(peek(l, 0)) || is_digit(peek(l, 0)))
        l->at++;
    struct token t = token(l, TOKEN_IDENT, from);
    if (str_is(t.text, "true") || str_is(t.text, "false") ||
        str_is(t.text, "null") || str_is(t.text, "in"))
        t.kind = TOKEN_WORD;
    return t;
}

static struct token back_quoted(struct lexer *l)
{
    size_t from = l->at++;
    for (int c; (c = peek(l, 0)) != '`'; l->at++)
        if (!is_letter(c) && !is_digit(c) && c != '.' && c != '-' && c != '/' &&
            c != ' ')
            return fail(l, from, "malformed quoted name");
    l->at++;
    struct token t = token(l, TOKEN_QUOTED, from);
    t.text = str_sub(l->text, from + 1, l->at - 1);
    return t.text.n > 0 ? t : fail(l, from, "malformed quoted name");
}

static struct token punctuation(struct lexer *l)
{
    static const char *const twos[] = {"||", "&&", "==", "!=", "<=", ">="};
    size_t from = l->at;
    for (size_t i = 0; i < N_ITEMS(twos); i++)
        if (peek(l, 0) == twos[i][0] && peek(l, 1) == twos[i][1]) {
            l->at += 2;
            return token(l, TOKEN_PUNCT, from);
        }
    static const struct str ones = STR_INIT("+-*/%<>!?:.,()[]{}");
    int c = peek(l, 0);
    size_t at = from;
    if (c < 0x80 && str_contains(ones, str_sub(l->text, from, from + 1))) {
        l->at++;
        return token(l, TOKEN_PUNCT, from);
    }
    (void)utf8_next(l->text, &at);
    l->at = at;
    return fail(l, from, "unexpected character");
}

struct token lex_next(struct lexer *l)
{
    skip_blanks(l);
    int c = peek(l, 0);
    if (c == -1)
        return token(l, TOKEN_END, l->at);
    if (is_digit(c) || (c == '.' && is_digit(peek(l, 1))))
        return number(l);
    if (is_quote(l))
        return quoted(l);
    if (is_letter(c))
        return identifier(l);
    if (c == '`')
        return back_quoted(l);
    return punctuation(l);
}

bool lex_is_reserved(struct str word)
{
    static const char *const reserved[] = {
        "as",        "break",  "const",  "continue", "else",  "for",
        "function",  "if",     "import", "let",      "loop",  "package",
        "namespace", "return", "var",    "void",     "while",
    };
    for (size_t i = 0; i < N_ITEMS(reserved); i++)
        if (str_is(word, reserved[i]))
            return true;
    return false;
}
