/* CEL: compile an expression once, evaluate it many times.
 *
 * The language of https://github.com/google/cel-spec, with the unknowns, open
 * lists and absorption of rule-language.md, section 5. No AWS in here: types,
 * names and further functions come from the caller. */
#ifndef DR_CEL_H
#define DR_CEL_H

#include "checker/base/value.h"

/* ---- what an expression may use ---- */

/* A function beyond the standard ones, `version.compare` say. */
struct cel_function {
    struct str name; /* with its namespace */
    const struct type *args[4];
    size_t n_args;
    const struct type *result;
    bool is_partial; /* may be an error on well-typed arguments */
    /* Never sees unknowns or errors. May return cel_error(…). */
    struct value (*apply)(struct arena *scratch, const struct value *args);
};

struct cel_options {
    /* The dialect of rules: static types only, no dyn, bytes, type() or named
     * time zones, literals of one type, versions without an order, enum
     * literals checked, optional fields guarded, lookup lists unindexed. */
    bool is_rule;
    bool is_unchecked;    /* types are left to the run, as is what is unknown */
    struct str container; /* for name resolution, as in the CEL spec */
    const struct cel_function *functions;
    size_t n_functions;
};

/* Names and the slots in which their values stand at run time. */
struct cel_name {
    struct str name; /* may have dots */
    const struct type *type;
    uint32_t slot;
};

struct cel_scope {
    const struct cel_options *options;
    const struct cel_name *names;
    size_t n_names;
};

/* ---- compiling ---- */

/* A mistake in an expression; offsets and widths in bytes of its text. */
struct cel_issue {
    size_t offset, width;
    struct str text; /* as in rule-language.md, section 7 */
    struct str hint; /* may be empty */
};

struct cel_issues {
    struct arena *arena;
    struct cel_issue *items;
    size_t n, capacity;
    /* Where what is legal and most likely a mistake goes; NULL: nowhere. */
    struct cel_issues *warnings;
};

struct cel_program;
/* The guards that hold when an expression is true: has(x.f) and the like. */
struct cel_guards;

/* Compiles `text` (copied). NULL if there is an issue; all of them are added.
 * want    the type it must have, or NULL for any
 * given   guards that hold already, or NULL
 * limits  8 KiB of text, 64 levels of nesting, 4096 nodes */
struct cel_program *cel_compile(struct arena *arena,
                                const struct cel_scope *scope, struct str text,
                                const struct type *want,
                                const struct cel_guards *given,
                                struct cel_issues *issues);

const struct type *cel_type(const struct cel_program *program);
const struct cel_guards *cel_guards(const struct cel_program *program);
/* Whether it mentions the name of that slot (macro variables that shadow it
 * do not count). */
bool cel_uses(const struct cel_program *program, uint32_t slot);

/* Each (record, field) that it can read, without repeats; has() counts. */
struct cel_read {
    const struct record *record;
    uint32_t field;
};
size_t cel_reads(const struct cel_program *program,
                 const struct cel_read **out);

/* A top-level conjunct `x.FIELD == EXPR` (either side), where x is the name of
 * `slot` and EXPR does not mention it. Returns how many; `out` holds at most
 * `max`, the rightmost first: of two pins of one field the last counts. */
struct cel_pin {
    uint32_t field; /* of x's record */
    uint32_t node;  /* EXPR, for cel_eval_node */
};
size_t cel_pins(const struct cel_program *program, uint32_t slot,
                struct cel_pin *out, size_t max);

/* ---- evaluating ---- */

/* A cell that was read, for evidence. */
struct cel_trace {
    struct value base;           /* a row or struct */
    const struct record *record; /* its shape */
    uint32_t field;
    struct value cell; /* a value, absent or unknown */
};

struct cel_run {
    struct arena *scratch; /* results and temporaries; reset by the caller */
    struct causes_table *causes;
    struct value *slots; /* VALUE_NONE: ask `resolve`, once */
    struct value (*resolve)(struct cel_run *run, uint32_t slot);
    void *owner;        /* of resolve and trace */
    int64_t steps_left; /* nodes; an error "step limit" at 0 */
    unsigned depth;     /* private: how deep nodes and names are nested */
    void (*trace)(struct cel_run *run, const struct cel_trace *trace);
};

/* Never fails: a value, VALUE_ERROR or VALUE_UNKNOWN. In `scratch`, or shared
 * with the slots. One program may be evaluated by many threads at once, each
 * with a run of its own. */
struct value cel_eval(const struct cel_program *program, struct cel_run *run);
struct value cel_eval_node(const struct cel_program *program, uint32_t node,
                           struct cel_run *run);

/* ---- values ---- */

struct value cel_error(struct arena *arena, const char *format, ...)
    PRINTF_LIKE(2, 3);
/* && over values as section 5 has it (no order); true for none. */
struct value cel_all(struct cel_run *run, const struct value *values, size_t n);
/* CEL's ==, with unknowns and errors absorbed. */
struct value cel_equal(struct cel_run *run, struct value a, struct value b);
/* As messages show it (section 6): strings as they are, lists joined with
 * ", ", `<unknown: CAUSE>`, `<error: TEXT>`, absent and none as "-". */
void cel_print(struct buf *out, struct value v,
               const struct causes_table *table);

#endif
