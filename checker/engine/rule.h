/* What rule files and derivations say, compiled: the engine's own view. */
#ifndef DR_RULE_H
#define DR_RULE_H

#include "checker/cel/cel.h"
#include "checker/engine/engine.h"
#include "checker/engine/facts.h"
#include "checker/engine/schema.h"

enum { MAX_BINDINGS = 64, MAX_CHECKS = 32, MAX_PINS = 16 };

/* The slots that every expression has; bindings follow. */
enum slot { SLOT_SUBJECT, SLOT_PARAMS, SLOT_RUN, SLOT_ITEM, N_SLOTS };

/* A CEL text and where it stands. `program` is NULL until it is compiled, and
 * after a mistake; `text.p` is NULL if there is none. */
struct expr {
    struct str text;
    const struct yaml_node *node;
    struct cel_program *program;
};

/* TEXT with interpolations. */
struct text_part {
    struct str text; /* literal, or CEL */
    size_t offset;   /* of the CEL in the scalar */
    bool is_cel;
    struct cel_program *program;
};

struct text {
    const struct yaml_node *node; /* NULL: no text */
    struct text_part *parts;
    size_t n;
};

struct let {
    struct str name;
    const struct yaml_node *key;
    uint32_t slot;
    struct expr expr;
};

enum expect { EXPECT_ONE, EXPECT_OPTIONAL, EXPECT_MANY };

/* A fact's key: this column is equal to that. */
struct join_key {
    uint32_t column;
    struct expr expr;
};

/* A lookup, or facts: what both bind is found rows. */
struct join {
    struct str name;
    const struct yaml_node *key;
    uint32_t slot;                     /* the result */
    uint32_t candidate;                /* the row that `where` looks at */
    const struct catalogue_type *type; /* lookup; NULL: facts, or a mistake */
    const struct facts_table *table;   /* facts */
    const struct type *row_type;       /* of one row; type_error: a mistake */
    enum expect expect;
    struct expr where;
    struct join_key *keys;
    size_t n_keys;
    bool is_gate;     /* else {result: not_applicable} */
    struct str check; /* expect one, no gate: the check's id */
    const struct yaml_node *check_node;
    struct text message;
    struct cel_pin pins[MAX_PINS];
    size_t n_pins;
    uint32_t *reads; /* slots of the lets and joins that `where` names */
    size_t n_reads;
    bool is_unique;
    size_t index; /* in rules->probes, or SIZE_MAX: scan */
};

struct parameter {
    struct str name, description;
    const struct type *type;
    struct value value, minimum, maximum; /* VALUE_NONE: no bound */
    const struct value *choices;
    size_t n_choices;
};

/* What rules and derivations have in common. */
struct clauses {
    const struct source *source;
    const struct catalogue_type *subject; /* NULL after a mistake */
    struct str each_as;                   /* empty: no each */
    const struct yaml_node *each_node;
    struct expr each_in, each_key;
    struct expr when;
    struct parameter *parameters;
    size_t n_parameters;
    struct record *params; /* the shape of `params` */
    bool has_params;
    struct let *lets;
    size_t n_lets;
    struct join *joins; /* facts, then lookups, in file order */
    size_t n_joins;
    uint32_t n_slots;
};

struct check {
    struct str id;
    struct expr expr;
    struct text message;
    enum severity severity;
};

/* Tests of a rule: those that stand in it, or a file of tests. */
struct rule_tests {
    const struct source *source;
    const struct yaml_node *node; /* a sequence */
    const struct rule_tests *next;
};

struct rule {
    struct rule_info info;
    const struct yaml_node *id_node;
    const struct str *tags;
    size_t n_tags;
    struct clauses clauses;
    struct check *checks;
    size_t n_checks;
    struct text remediation;
    const struct yaml_node *tests;
    const struct rule_tests *more_tests; /* of other files */
    struct demand *demand;               /* of this rule alone */
};

struct derivation {
    struct clauses clauses; /* subject: the type it takes rows from */
    const struct catalogue_type *type;
    struct expr id, region, account; /* account may have no text */
    struct expr *fields;             /* by the type's field number */
};

/* A set of fields of a type by which lookups find rows. */
struct probe {
    const struct catalogue_type *type;
    uint32_t fields[MAX_PINS]; /* ascending */
    size_t n;
};

struct rules {
    const struct catalogue *catalogue;
    struct rule **all; /* sorted by id */
    size_t n_all;
    struct rule **chosen;
    const struct rule_info **infos;
    size_t n_chosen;
    const struct rule_info **off; /* chosen, but for their tailoring */
    size_t n_off;
    struct derivation **derivations; /* by file name */
    size_t n_derivations;
    struct map tables; /* name → struct facts_table * */
    struct probe *probes;
    size_t n_probes, probes_capacity;
    struct demand *demand;
    struct str digest;
    struct str as_of;
    struct value run; /* the struct `run` */
};

/* ---- rules.c ---- */

/* The files to load: rules, derivations, facts and tests, told apart by their
 * keys. */
struct rule_sources {
    const struct source *const *items;
    size_t n;
    bool is_lenient; /* see struct schema */
    bool is_linted;  /* warnings, too */
};

/* As rules_load, over these files alone; paths in `options` are ignored. */
MUST_CHECK bool rules_compile(struct arena *arena,
                              const struct catalogue *catalogue,
                              const struct rule_options *options,
                              const struct rule_sources *sources,
                              struct rules **out, struct diags *diags,
                              struct err *err);

/* ---- choose.c: which rules, with which parameters ---- */

/* Fills `chosen`, `infos` and `off` by --select, --skip, --tag and tailoring.
 * fails  ERR_USAGE: a glob or tag that matches nothing */
MUST_CHECK bool choose_rules(struct arena *arena, struct rules *rules,
                             const struct rule_options *options,
                             struct err *err);
/* Sets parameters by "RULE.NAME=VALUE".  fails  ERR_USAGE */
MUST_CHECK bool choose_parameters(struct arena *arena, struct rules *rules,
                                  const struct rule_options *options,
                                  struct err *err);

/* ---- rulefile.c: the files as they are written ---- */

/* Reads a rule below its root node; NULL only if nothing could be read.
 * Mistakes go to the schema's diagnostics. */
struct rule *rulefile_rule(const struct schema *s,
                           const struct catalogue *catalogue,
                           const struct map *tables);
struct derivation *rulefile_derivation(const struct schema *s,
                                       const struct catalogue *catalogue,
                                       const struct map *tables);

/* ---- bind.c: names, types and order ---- */

void bind_rule(const struct schema *s, struct rule *rule);
void bind_derivation(const struct schema *s, struct derivation *derivation);
/* The shape of `run`: as_of, from, to. */
extern const struct record bind_run_record;

/* ---- parameters.c ---- */

void parameters_read(const struct schema *s, const struct yaml_node *node,
                     struct clauses *out);
/* "VALUE" as the parameter's type and within its bounds.
 * fails  ERR_USAGE */
MUST_CHECK bool parameters_set(struct arena *arena, struct parameter *p,
                               struct str text, struct err *err);

/* A node as the parameter's type and within its bounds; an error if not. */
bool parameters_value(const struct schema *s, const struct yaml_node *node,
                      const struct parameter *p, struct value *out);

/* The same of a YAML value; mistakes go to the schema's diagnostics. */
MUST_CHECK bool parameters_tailor(const struct schema *s,
                                  const struct yaml_node *node,
                                  struct parameter *p);

/* ---- testform.c: the form of a rule's inline tests ---- */

void testform_check(const struct schema *s, const struct catalogue *catalogue,
                    const struct rule *rule, const struct yaml_node *tests);

/* ---- message.c ---- */

/* Cuts TEXT into parts; a brace that is not closed is an error. */
void message_read(const struct schema *s, const struct yaml_node *node,
                  struct text *out);

#endif
