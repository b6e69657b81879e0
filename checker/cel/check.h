/* Tree to typed tree: names, fields and functions found, mistakes reported. */
#ifndef DR_CHECK_H
#define DR_CHECK_H

#include "checker/cel/ast.h"
#include "checker/cel/infer.h"
#include "checker/cel/parse.h"
#include "checker/cel/stdlib.h"

enum { GUARD_DEPTH = 8 };

/* What is known of a path: x.f is there, or is not null. */
struct cel_guard {
    bool is_slot; /* root: a slot, else a macro's variable */
    bool is_about_null;
    uint8_t n; /* fields */
    uint32_t root;
    uint32_t fields[GUARD_DEPTH];
};

struct cel_guards {
    struct cel_guard *items;
    size_t n, capacity;
};

struct checker {
    struct arena *arena;
    const struct cel_scope *scope;
    struct cel_ast *ast;
    struct cel_issues *issues;
    struct infer infer;
    const struct type **types; /* one per node */
    struct cel_guards guards;  /* those that hold at the current place */
    struct checker_local {
        struct str name;
        const struct type *type;
    } locals[CEL_MAX_LOCALS];
    size_t n_locals;
    struct cel_read *reads;
    size_t n_reads, reads_capacity;
};

/* Types the tree and resolves it in place. `given` may be NULL. Mistakes are
 * added; the tree may be evaluated only if there was none. */
const struct type *check_tree(struct checker *c,
                              const struct cel_guards *given);
/* Whether nothing but run-time values decides types (no checking at all). */
bool check_is_loose(const struct checker *c);

/* ---- between the checker's files ---- */

const struct type *check_node(struct checker *c, uint32_t node);
const struct type *check_call(struct checker *c, uint32_t node);
const struct type *check_macro(struct checker *c, uint32_t node);
/* A dotted name in the scope, or NULL; container prefixes are tried. */
const struct cel_name *check_find_name(const struct checker *c, struct str name,
                                       bool is_root);
/* The number of the macro variable of that name, or SIZE_MAX. */
size_t check_find_local(const struct checker *c, struct str name);
/* The dotted name that the node spells, if it is only names and dots and does
 * not begin with a macro's variable; else empty. */
struct str check_dotted(const struct checker *c, uint32_t node, bool *is_root);

/* Reports at the node's name or operator; gives the type of a mistake. */
const struct type *check_fail(struct checker *c, uint32_t node, struct str hint,
                              const char *format, ...) PRINTF_LIKE(4, 5);
/* Reports at the node's first token. */
const struct type *check_fail_whole(struct checker *c, uint32_t node,
                                    struct str hint, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* "no matching overload for 'TEXT' (TYPES)", unless a type is a mistake. */
const struct type *check_no_overload(struct checker *c, uint32_t node,
                                     const struct type *const *types, size_t n,
                                     bool is_whole);
/* In a tree that is not checked, an error at run time. */
const struct type *check_make_error(struct checker *c, uint32_t node,
                                    const char *text);
/* Reports a literal that an enumeration does not have. */
void check_enum(struct checker *c, uint32_t node, const struct type *type);
/* Remembers that the field can be read. */
void check_reads(struct checker *c, const struct record *record, size_t field);
/* Remembers all that comparing values of the type reads. */
void check_reads_all(struct checker *c, const struct type *type,
                     unsigned depth);

/* narrow.c: guards. */
bool narrow_path(const struct cel_ast *ast, uint32_t node,
                 struct cel_guard *out);
bool narrow_holds(const struct cel_guards *guards,
                  const struct cel_guard *wanted);
/* Adds what holds when `node` is true (or, with `is_true` false, false). */
void narrow_add(struct checker *c, struct cel_guards *guards, uint32_t node,
                bool is_true);

#endif
