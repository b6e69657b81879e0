/* A scope with known, unknown and failing names, and results as short text. */
#ifndef DR_CEL_SUPPORT_H
#define DR_CEL_SUPPORT_H

#include "checker/cel/cel.h"
#include "tests/unit/base/expect.h"

/* The slots of the scope, all of them in rules:
 *
 *   u, v   unknown bools, of the causes "u" and "v"; w may be an error, too
 *   e      an error "bad"; miss: the error of a lookup that found nothing
 *   n, s   an unknown int and an unknown string
 *   o      an unknown optional string
 *   l      the list that the test gives, of ints
 *   ul, wl unknown lists of ints, wl perhaps an error
 *   r, q   rows of the record below; g a ghost of it
 *   rows   a lookup's list of both rows
 *   params a record with the string `form` and the int `max`
 *   lazy   asked for when it is read: 7, each time one more is counted */
enum support_slot {
    SLOT_U,
    SLOT_V,
    SLOT_W,
    SLOT_E,
    SLOT_MISS,
    SLOT_N,
    SLOT_S,
    SLOT_O,
    SLOT_L,
    SLOT_UL,
    SLOT_WL,
    SLOT_R,
    SLOT_Q,
    SLOT_G,
    SLOT_ROWS,
    SLOT_PARAMS,
    SLOT_LAZY,
    N_SUPPORT_SLOTS
};

/* The fields behind id, account, region and type. r has what stands behind
 * the colon. */
enum support_field {
    F_NAME = ROW_FIELDS, /* string: "one" */
    F_KEY,               /* optional string: "k" */
    F_GONE,              /* optional string: absent */
    F_DARK,              /* optional string: unknown */
    F_MUST,              /* string: unknown */
    F_STATE,             /* one of On, Off, Wait: On */
    F_SHAPE,             /* Round, or a value that is not listed: Round */
    F_VER,               /* version: 13.10 */
    F_NUL,               /* nullable string: null */
    F_SIZE,              /* int: 4 */
    F_TAGS,              /* list of strings: [a, b] */
    F_PART,  /* optional struct {width int, note optional string}: {3} */
    F_PARTS, /* list of such: [{3}, {4, "x"}] */
    N_SUPPORT_FIELDS
};

struct support {
    struct arena arena;
    struct causes_table *causes;
    const struct record *record, *part;
    struct cel_name names[N_SUPPORT_SLOTS];
    struct value slots[N_SUPPORT_SLOTS];
    struct cel_scope scope;
    struct cel_issues issues;
    struct cel_run run;
    unsigned n_resolved;
};

void support_begin(struct support *s);
void support_end(struct support *s);
/* Sets `l`: "1 M2 G0" is a sure 1, a 2 that may be there (cause "m"), and a
 * ghost of 0s (cause "g"). */
void support_list(struct support *s, const char *members);
/* NULL if it does not compile: s->issues says why. */
struct cel_program *support_compile(struct support *s, const char *expr);
/* Compiles in the dialect of rules, evaluates, and shows the result:
 *
 *   true  4  "a"  [1, 2]  none  some(1)  null  E(text)  U(causes)
 *   W(causes) if it may be an error  U(causes 0..3) with bounds
 *   [1, M2 m, G0 g] an open list  row ID  OFFSET: TEXT (HINT) an issue */
struct str support_show(struct support *s, const char *expr);
/* The same in plain CEL. */
struct str support_plain(struct support *s, const char *expr);
struct str support_value(struct support *s, struct value v);

/* A case: an expression and what it shows. */
struct support_case {
    const char *expr, *want;
};
void support_check(const struct support_case *c);
void support_check_plain(const struct support_case *c);

#endif
