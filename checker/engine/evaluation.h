/* One evaluation: a subject, an item, and the names that they give values. */
#ifndef DR_EVALUATION_H
#define DR_EVALUATION_H

#include "checker/engine/index.h"
#include "checker/engine/rule.h"

/* What made a derived row. */
struct origin {
    const struct derivation *derivation;
    struct value source; /* a row */
    size_t item;         /* of its `each` */
};

/* What all evaluations of a run share; read-only once they begin. */
struct setting {
    const struct rules *rules;
    struct inventory *inventory;
    struct index **indexes;    /* by probe; NULL: scan */
    const struct map *origins; /* derived row's id → struct origin * */
    bool is_scoped; /* places outside the inventory's scope are not known */
    bool is_scan;   /* no index: the oracle */
    int64_t step_limit;
    unsigned n_threads; /* 0: as many as there are processors and work */
};

struct evidence_list;

/* One (rule or derivation, subject, item). Private to its thread. */
struct eval {
    struct cel_run run;
    const struct setting *setting;
    const struct clauses *clauses;
    struct value *found;               /* of each join: is there a row? */
    const struct value_error **errors; /* with the place where each came up */
    const struct yaml_node **error_nodes;
    size_t n_errors, errors_capacity;
    struct evidence_list *evidence; /* NULL: no trace */
};

/* Begins an evaluation; memory comes from `scratch`, which must not be reset
 * before the last use.
 * item   VALUE_NONE if there is no `each` */
void eval_begin(struct eval *eval, const struct setting *setting,
                const struct clauses *clauses, struct arena *scratch,
                struct value subject, struct value item);
/* An expression's value; true if it has no text (a missing `when`). Errors are
 * remembered with their place. */
struct value eval_expr(struct eval *eval, const struct expr *expr);
/* Whether a join found its row: true, false, unknown or an error. */
struct value eval_found(struct eval *eval, size_t join);
/* Gives a let or a join its value if it has none yet. */
void eval_name(struct eval *eval, uint32_t slot);
/* TEXT with its values, in `arena`. */
struct str eval_text(struct eval *eval, struct arena *arena,
                     const struct text *text);
/* "FILE:LINE:COL: TEXT" of an error. */
struct str eval_error_text(struct eval *eval, struct arena *arena,
                           struct value error);
/* The causes of a value that cannot be a cell: an unknown, an open list, an
 * error ("error: TEXT"); 0 of any other. */
causes eval_causes(struct eval *eval, struct value v);

/* ---- lookup.c ---- */

/* Finds the rows of a join: what its name is bound to, and whether one was
 * found (rule-language.md, section 4). */
void lookup_join(struct eval *eval, const struct join *join,
                 struct value *binding, struct value *found);

/* ---- evidence.c ---- */

enum { EVIDENCE_MAX = 64 };

struct evidence_list {
    struct arena *arena;
    struct evidence *items;
    size_t n, capacity, n_dropped;
    size_t is_silent; /* in a `where`: candidates are not evidence */
};

/* For cel_run.trace: adds the cell that was read. */
void evidence_cell(struct cel_run *run, const struct cel_trace *trace);
/* Adds the rows that a join found, or the one that it did not. */
void evidence_join(struct eval *eval, const struct join *join,
                   struct value binding, struct value found);

#endif
