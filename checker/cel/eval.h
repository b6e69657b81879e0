/* Typed tree and cells to a value, an error or an unknown. */
#ifndef DR_CEL_EVAL_H
#define DR_CEL_EVAL_H

#include "checker/cel/ast.h"
#include "checker/cel/check.h"

struct cel_program {
    struct cel_ast ast;
    const struct cel_options *options;
    const struct type *type;
    struct cel_guards guards;
    const struct cel_read *reads;
    size_t n_reads;
};

enum { CEL_MAX_STRING = 64 * 1024, CEL_MAX_LIST = 100000 };

/* One evaluation. */
struct ev {
    const struct cel_program *program;
    const struct cel_ast *ast;
    struct cel_run *run;
    struct value locals[CEL_MAX_LOCALS];
};

struct value eval_node(struct ev *ev, uint32_t node);
struct value eval_kid(struct ev *ev, const struct cel_node *n, size_t i);
struct value eval_macro(struct ev *ev, uint32_t node);
struct value eval_flatten(struct cel_run *run, struct value list);
/* An error at the place of a node. */
struct value eval_error(struct ev *ev, uint32_t node, const char *text);

/* ---- uncertain.c: what unknowns and errors come to together ---- */

struct blend {
    struct cel_run *run;
    causes why;
    bool has_unknown, has_error, mayerr;
    struct value error, miss; /* the first of each */
};

/* Takes in an unknown or an error; other values change nothing. */
void blend_add(struct blend *b, struct value v);
/* The unknown or the error that it comes to, or VALUE_NONE. */
struct value blend_result(const struct blend *b);

struct value unknown_of(causes why, bool mayerr);
causes join_causes(struct cel_run *run, causes a, causes b);
bool is_unsure(struct value v); /* an unknown or an error */
/* A bool, unknown or error as it is; anything else is an error. */
struct value as_bool(struct value v);

/* The members of a list or map, with their kinds. */
struct members {
    const struct value *items; /* of a map: key, value, key, value … */
    const uint8_t *kinds;      /* NULL: all are sure */
    const causes *why;
    uint32_t n;
    bool is_map;
    /* private: the one ghost that an unknown list is */
    struct value ghost[2];
    uint8_t ghost_kind;
    causes ghost_why;
};

/* False if the value has none: then `*out` is what a macro over it comes to. */
bool members_of(struct value v, struct members *members, struct value *out);
enum member_kind member_kind(const struct members *m, uint32_t i);
causes member_why(const struct members *m, uint32_t i);
causes members_why(struct cel_run *run, const struct members *m);
/* What the list comes to if members fail to have values (filter, map, list
 * literals), or VALUE_NONE. */
struct value members_fail(struct cel_run *run, const struct members *m,
                          const struct value *values);
/* A list of sure members or an open one. */
struct value members_list(struct cel_run *run, const struct value *items,
                          const uint8_t *kinds, const causes *why, uint32_t n);

#endif
