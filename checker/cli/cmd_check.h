/* The verb that gathers, evaluates and reports. */
#ifndef DR_CMD_CHECK_H
#define DR_CMD_CHECK_H

#include "checker/cli/command.h"

extern const struct command cmd_check;

#endif
