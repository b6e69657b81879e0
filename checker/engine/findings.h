/* What the rules found, in a fixed order: all that reports and history see. */
#ifndef DR_FINDINGS_H
#define DR_FINDINGS_H

#include "checker/base/value.h"

enum severity {
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL
};

enum result {
    RESULT_PASS,
    RESULT_FAIL,
    RESULT_UNKNOWN,
    RESULT_NOT_APPLICABLE,
    RESULT_WAIVED,
    RESULT_ERROR,
    N_RESULTS,
};

const char *severity_word(enum severity severity);
const char *result_word(enum result result); /* "not_applicable" */

struct evidence {
    struct str path;    /* "subject.destination_key", "key.KeyState" */
    struct value value; /* may be unknown or absent */
    const struct type *type;
    struct str from; /* "rds:DescribeDBInstances ap-northeast-1", a table… */
};

struct finding {
    const struct rule_info *rule;
    struct str check; /* empty: the subject as a whole */
    enum severity severity;
    enum result result;
    struct str subject_type, subject_id, subject_name, account, region;
    struct str message, remediation;
    struct str fingerprint; /* SHA-256, hex */
    causes causes;
    const struct evidence *evidence;
    size_t n_evidence, n_evidence_dropped;
};

struct reference {
    struct str title, url;
};

/* A parameter that a tailoring file sets, with the value that holds. */
struct tailored_parameter {
    struct str name;
    const struct value *value;
    const struct type *type;
};

/* What a tailoring file says of a rule (--tailoring). */
struct tailoring {
    struct str file, reason; /* the reason may be empty */
    bool is_off, has_severity;
    enum severity severity, usual; /* as tailored, as the rule has it */
    const struct tailored_parameter *parameters;
    size_t n_parameters;
};

struct rule_info {
    struct str id, title, description;
    enum severity severity;
    const struct reference *references;
    size_t n_references;
    const struct tailoring *tailoring; /* NULL: none */
};

/* One call in one place, as reports print it. */
struct covered {
    struct str account, region, call, state, code;
    uint64_t n_ok, n_failed;
    const struct str *types; /* what it would have told of */
    size_t n_types;
};

struct run_info {
    struct str id, started, as_of, tool, rules_digest, inventory_digest;
    struct str source;          /* "live", "snapshot" */
    struct str account, caller; /* live; may be empty */
    const struct str *regions;
    size_t n_regions;
    struct str from, to; /* may be empty */
};

struct findings {
    struct run_info run;
    const struct finding *items; /* sorted by rule, subject id, check */
    size_t n;
    size_t counts[N_RESULTS]; /* of findings */
    size_t n_subjects, n_rules;
    const struct rule_info *const *rules;     /* the chosen ones, by id */
    const struct rule_info *const *rules_off; /* by tailoring, by id */
    size_t n_rules_off;
    const struct value_table *copies; /* dr.copy, or NULL if no rule reads it */
    const bool *copies_read;          /* which of its fields were read */
    const struct covered *coverage;
    size_t n_coverage;
    const struct causes_table *causes;
};

#endif
