/* Types with variables: what fits where, and what two types have in common. */
#ifndef DR_INFER_H
#define DR_INFER_H

#include "checker/base/type.h"

/* The variables of one expression. A variable is a TYPE_PARAM whose n_values
 * is its number + 1; the parameters of a signature have 0 there. */
struct infer {
    struct arena *arena;
    bool is_rule; /* null fits nullable types only */
    const struct type **bound;
    size_t n, capacity;
    /* What binding changed, to be undone when an overload does not match. */
    struct infer_change {
        size_t variable;
        const struct type *was;
    } *trail;
    size_t n_trail, trail_capacity;
};

const struct type *infer_fresh(struct infer *infer);
/* The type behind a bound variable; other types as they are. */
const struct type *infer_see(const struct infer *infer,
                             const struct type *type);
/* Whether a value of `got` may stand where `want` is; binds variables, also
 * when it fails: see infer_undo. */
bool infer_fits(struct infer *infer, const struct type *got,
                const struct type *want);
/* One type for both, or NULL. */
const struct type *infer_join(struct infer *infer, const struct type *a,
                              const struct type *b);
/* All variables replaced; a free one becomes dyn. */
const struct type *infer_final(struct infer *infer, const struct type *type);

/* A signature's types with fresh variables for its parameters. */
struct infer_names {
    struct str names[4];
    const struct type *types[4];
    size_t n;
};
const struct type *infer_instance(struct infer *infer,
                                  struct infer_names *names,
                                  const struct type *type);

/* A mark, and the way back to it. */
size_t infer_mark(const struct infer *infer);
void infer_undo(struct infer *infer, size_t mark);

#endif
