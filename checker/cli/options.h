/* The command line: which verbs and options there are, and what was given.
 *
 * Help, errors and tests are made from the two tables of option_table.c. */
#ifndef DR_OPTIONS_H
#define DR_OPTIONS_H

#include "checker/engine/engine.h"
#include "reports/reports.h"

enum verb {
    VERB_CHECK,
    VERB_GATHER,
    VERB_CALLS,
    VERB_IAM_POLICY,
    VERB_RULES,
    VERB_VERSION,
    N_VERBS,
};

/* One row of the table of verbs. */
struct verb_info {
    const char *name;
    const char *summary;  /* one line */
    const char *text;     /* what it does, in some sentences */
    const char *examples; /* command lines, each ended */
    const char *words;    /* what help calls words behind it; NULL: none */
};

extern const struct verb_info verb_table[N_VERBS];

enum option_id {
    OPTION_REGIONS,
    OPTION_FROM,
    OPTION_TO,
    OPTION_PROFILE,
    OPTION_ENDPOINT_URL,
    OPTION_INVENTORY,
    OPTION_RULES,
    OPTION_SELECT,
    OPTION_SKIP,
    OPTION_TAG,
    OPTION_PARAM,
    OPTION_TAILORING,
    OPTION_AS_OF,
    OPTION_FAIL_ON,
    OPTION_UNKNOWN,
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_ALL,
    OPTION_STRICT,
    OPTION_QUIET,
    OPTION_NO_PROGRESS,
    OPTION_COLOR,
    OPTION_MAX_CONCURRENCY,
    OPTION_TIMEOUT,
    OPTION_THREADS,
    OPTION_NO_INDEX,
    OPTION_STEP_LIMIT,
    OPTION_HELP,
    N_OPTIONS,
};

/* One row of the table of options. */
struct option_info {
    const char *name, *alias; /* without the dashes; alias may be NULL */
    const char *value;        /* what help calls the value; NULL: a switch */
    const char *group;        /* the heading in help */
    const char *help;
    unsigned verbs;     /* bit 1 << VERB_… for each that takes it */
    bool is_list;       /* split at commas; adds up when repeated */
    bool is_repeatable; /* adds up when repeated, not split */
};

extern const struct option_info option_table[N_OPTIONS];

struct text_list {
    struct str *items;
    size_t n, capacity;
};

/* --format F[:FILE] */
struct output_choice {
    const struct format *format;
    const char *path; /* NULL: to --output, or standard output */
};

enum unknown_choice { UNKNOWN_FAIL, UNKNOWN_WARN, UNKNOWN_IGNORE };
enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum { FAIL_ON_NEVER = SEVERITY_CRITICAL + 1 };

struct options {
    enum verb verb;
    bool has_help;
    bool has_all_regions; /* --regions all */
    bool has_as_of, list_all, has_no_index, is_quiet, has_no_progress,
        is_strict;
    struct text_list words; /* behind the verb, without dashes */
    struct text_list regions, select, skip, tags, params;
    struct str from, to, profile, endpoint_url;
    const char *inventory; /* path, "-" or NULL */
    const char *tailoring; /* path or NULL */
    const char **rules;    /* paths */
    size_t n_rules, rules_capacity;
    int64_t as_of; /* seconds since 1970 */
    int fail_on;   /* enum severity, or FAIL_ON_NEVER */
    enum unknown_choice unknown;
    enum color_choice color;
    struct output_choice *outputs;
    size_t n_outputs, outputs_capacity;
    const char *output;                  /* path, or NULL */
    unsigned max_concurrency, timeout_s; /* 0: not given */
    unsigned threads, step_limit;        /* 0: not given */
};

/* Reads the arguments behind the verb. `out` lives in `arena` and borrows
 * from `arguments`. What was not given has its default, but for as_of.
 * fails  ERR_USAGE, with the nearest verb, option or value */
MUST_CHECK bool options_read(struct arena *arena, int n, char *const *arguments,
                             struct options *out, struct err *err);

/* What they say of rules; without --as-of the day of `now`. Borrows from
 * `options`. */
struct rule_options options_rules(const struct options *options, int64_t now);

/* Appends the help of the program, and of one verb with its options. */
void options_help(struct buf *out);
void options_verb_help(struct buf *out, enum verb verb);

#endif
