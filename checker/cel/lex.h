/* Text to tokens, as the CEL specification has them. */
#ifndef DR_LEX_H
#define DR_LEX_H

#include "checker/base/value.h"

enum token_kind {
    TOKEN_END,
    TOKEN_ERROR, /* `error` says why */
    TOKEN_IDENT,
    TOKEN_QUOTED,  /* an identifier in back quotes; `text` is without them */
    TOKEN_LITERAL, /* a number, string or bytes; `value` */
    TOKEN_WORD,    /* true, false, null, in */
    TOKEN_PUNCT,   /* an operator or bracket */
};

struct token {
    enum token_kind kind;
    uint32_t from, to; /* bytes of the expression */
    struct str text;   /* as written */
    struct value value;
    const char *error;
    /* An int literal of 2^63, which is one only behind a minus. */
    bool is_min_int;
};

struct lexer {
    struct arena *arena; /* for decoded strings */
    struct str text;
    size_t at;
};

/* The next token; at the end TOKEN_END, however often it is asked. */
struct token lex_next(struct lexer *lexer);

/* Whether an identifier is reserved: no name, but a field may have it. */
bool lex_is_reserved(struct str word);

#endif
