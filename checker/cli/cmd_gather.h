/* The verbs about what is read: gather, calls, iam-policy. */
#ifndef DR_CMD_GATHER_H
#define DR_CMD_GATHER_H

#include "checker/cli/command.h"

extern const struct command cmd_gather, cmd_calls, cmd_iam_policy;

#endif
