/* The whole run, in order: load, read, evaluate.
 *
 * Each step says on standard error what went wrong, and is false then: the
 * program ends with EXIT_USAGE. */
#ifndef DR_PIPELINE_H
#define DR_PIPELINE_H

#include "checker/cli/options.h"
#include "checker/engine/engine.h"

/* How the program ends (design.md). */
enum exit_code { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_UNKNOWN };

struct pipeline {
    const struct options *options;
    struct arena run, rows, found;
    int64_t started, as_of; /* seconds since 1970 */
    struct aws_regions *partitions;
    struct catalogue *catalogue;
    struct rules *rules;
    struct text_list regions; /* of the run; empty until they are known */
    bool is_live;
    struct aws_config config;
    struct aws_client *client;
    struct str home, account, caller; /* live: of sts:GetCallerIdentity */
    struct causes_table *causes;
    struct inventory *inventory;
};

/* Reads the data files, checks the regions of the command line and compiles
 * the chosen rules. Makes no call. */
MUST_CHECK bool pipeline_load(struct pipeline *pipeline,
                              const struct options *options);
/* Fills the inventory from the live account or the snapshot. */
MUST_CHECK bool pipeline_read(struct pipeline *pipeline);
/* Evaluates; the findings live as long as the pipeline. */
const struct findings *pipeline_evaluate(struct pipeline *pipeline);
/* Releases everything; wipes the credentials. */
void pipeline_close(struct pipeline *pipeline);

/* The region that identity is asked in: the first of the run, else --from or
 * --to, else `configured` (may be empty), else us-east-1. */
struct str pipeline_home(const struct pipeline *pipeline,
                         struct str configured);
/* The call of the catalogue, or NULL. */
const struct catalogue_call *pipeline_call(const struct pipeline *pipeline,
                                           const char *id);
/* What the findings mean for the program's end. */
enum exit_code pipeline_exit(const struct findings *findings, int fail_on,
                             enum unknown_choice unknown);

/* What every run asks before the rules' calls; the second only where no
 * region was chosen. */
extern const char identity_call[], regions_call[];

#endif
