/* What a verb is: its row of help is in option_table.c, its work in cmd_*.c. */
#ifndef DR_COMMAND_H
#define DR_COMMAND_H

#include "checker/cli/pipeline.h"

struct command {
    enum verb verb;
    /* Does the work; what it has to say of failures it says itself. */
    enum exit_code (*run)(const struct options *options);
};

#endif
