/* The tree of an expression, flat: nodes name each other by number.
 *
 * The parser makes it, the checker resolves names, fields and functions in
 * place, and the evaluator reads it. Spans and types stand apart, so that the
 * sixteen bytes of a node are what an evaluation touches. */
#ifndef DR_AST_H
#define DR_AST_H

#include "checker/base/value.h"

enum cel_op {
    OP_LIT,        /* b: number of the constant */
    OP_NAME,       /* b: number of the name; resolved by the checker to … */
    OP_SLOT,       /* b: slot */
    OP_LOCAL,      /* b: number of a macro's variable */
    OP_SELECT,     /* kid.name: of a map, or of what only a run can tell */
    OP_FIELD,      /* the same with a field's number in b, its record's in c */
    OP_OPT_SELECT, /* kid.?name */
    OP_OPT_FIELD,
    OP_HAS, /* has(kid.name) */
    OP_HAS_FIELD,
    OP_INDEX,     /* kid[kid] */
    OP_OPT_INDEX, /* kid[?kid] */
    OP_NOT,
    OP_AND, /* two kids or more */
    OP_OR,
    OP_COND,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_CALL, /* b: name; c: the overload's number + 1, or 0: by values */
    OP_LIST,
    OP_MAP, /* kids: key, value, key, value … */
    /* Macros. kids: range, variable, [variable 2,] body …; c: the first
     * variable's number. */
    OP_ALL,
    OP_EXISTS,
    OP_EXISTS_ONE,
    OP_FILTER,
    OP_EACH,     /* map, transformList; with 2 bodies the first filters */
    OP_TO_MAP,   /* transformMap */
    OP_TO_ENTRY, /* transformMapEntry */
    OP_BIND,     /* kids: value, variable, body */
    OP_OPT_MAP,
    OP_OPT_FLAT_MAP,
};

enum cel_node_flag {
    NODE_ROOT = 1,     /* OP_NAME: written with a leading dot */
    NODE_METHOD = 2,   /* OP_CALL: the first kid stood before the dot */
    NODE_OPERATOR = 4, /* OP_CALL: + - * / % */
    NODE_MAYBE = 8,    /* an element or key written with '?' */
    NODE_TWO = 16,     /* macro: two variables */
};

struct cel_node {
    uint8_t op;    /* enum cel_op */
    uint8_t flags; /* enum cel_node_flag */
    uint16_t n;    /* kids */
    uint32_t kids; /* the first one's place in ast.kids */
    uint32_t b, c;
};

/* Bytes of the text: the whole node, and the name or operator in it that a
 * mistake is shown at. */
struct cel_span {
    uint32_t from, to, at, width;
};

struct cel_ast {
    struct arena *arena;
    struct str text;
    struct cel_node *nodes;
    struct cel_span *spans;
    size_t n, capacity, spans_capacity;
    uint32_t *kids;
    size_t n_kids, kids_capacity;
    struct value *constants;
    size_t n_constants, constants_capacity;
    struct str *names;
    size_t n_names, names_capacity;
    const struct record **records; /* of OP_FIELD and its like */
    size_t n_records, records_capacity;
    uint32_t root;
};

enum {
    CEL_MAX_TEXT = 8 * 1024,
    CEL_MAX_DEPTH = 64,
    CEL_MAX_NODES = 4096,
    CEL_MAX_LOCALS = 2 * CEL_MAX_DEPTH + 2,
};

/* Adds a node; its kids are copied. */
uint32_t ast_add(struct cel_ast *ast, enum cel_op op, struct cel_span span,
                 const uint32_t *kids, size_t n);
uint32_t ast_constant(struct cel_ast *ast, struct value v);
uint32_t ast_name(struct cel_ast *ast, struct str name);
uint32_t ast_record(struct cel_ast *ast, const struct record *record);

uint32_t ast_kid(const struct cel_ast *ast, uint32_t node, size_t i);
/* The text that a node was written as. */
struct str ast_text(const struct cel_ast *ast, uint32_t node);
/* The value if the node is a literal, else NULL. */
const struct value *ast_literal(const struct cel_ast *ast, uint32_t node);
/* Whether the slot's value is read at or below `node`. */
bool ast_mentions(const struct cel_ast *ast, uint32_t node, uint32_t slot);
/* Whether the operator is a macro that has variables. */
bool ast_is_macro(enum cel_op op);

#endif
