/* The functions that rules have beyond CEL's own. */
#ifndef DR_FUNCTIONS_H
#define DR_FUNCTIONS_H

#include "checker/cel/cel.h"

/* The dialect of rules with version.*, arn.* and kms.*. */
extern const struct cel_options functions_options;

/* Account and region of an ARN; empty if it is none or has none. */
void functions_arn_place(struct str arn, struct str *account,
                         struct str *region);

#endif
