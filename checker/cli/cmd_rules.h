/* The verb about rules themselves: list, show, test, lint, schema. */
#ifndef DR_CMD_RULES_H
#define DR_CMD_RULES_H

#include "checker/cli/command.h"

extern const struct command cmd_rules;

#endif
