/* The program: its table of verbs. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "checker/cli/cmd_check.h"
#include "checker/cli/cmd_gather.h"
#include "checker/cli/cmd_rules.h"
#include "checker/cli/console.h"

static enum exit_code run_version(const struct options *options)
{
    (void)options;
    return console_write(NULL, STR("dr-preflight " DR_VERSION "\n"))
               ? EXIT_OK
               : EXIT_USAGE;
}

static const struct command cmd_version = {.verb = VERB_VERSION,
                                           .run = run_version};

static const struct command *const commands[] = {
    &cmd_check,      &cmd_gather, &cmd_calls,
    &cmd_iam_policy, &cmd_rules,  &cmd_version,
};

/* There is no memory left to build a message with. */
static NORETURN void no_memory(void)
{
    static const char text[] = "dr-preflight: out of memory\n";
    (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
    _exit(EXIT_USAGE);
}

static enum exit_code print_help(const struct options *options)
{
    struct buf text = {0};
    if (options == NULL)
        options_help(&text);
    else
        options_verb_help(&text, options->verb);
    bool is_written = console_write(NULL, buf_str(&text));
    buf_release(&text);
    return is_written ? EXIT_OK : EXIT_USAGE;
}

static enum exit_code run(const struct options *options)
{
    for (size_t i = 0; i < N_ITEMS(commands); i++)
        if (commands[i]->verb == options->verb)
            return commands[i]->run(options);
    return EXIT_USAGE;
}

/* What people try first, before they know of verbs: argv holds one word. */
static bool asks(char *const *argv, const char *word, const char *letter)
{
    return str_is(str_of(argv[1]), word) || str_is(str_of(argv[1]), letter);
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    struct options options;
    struct err err = {0};
    arena_on_exhaustion(no_memory);
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc == 2 && (asks(argv, "--help", "-h") || asks(argv, "help", "-?")))
        return (int)print_help(NULL);
    if (argc == 2 && asks(argv, "--version", "-V"))
        return (int)run_version(NULL);
    enum exit_code code = EXIT_USAGE;
    if (!options_read(&arena, argc > 0 ? argc - 1 : 0, argv + 1, &options,
                      &err))
        console_error(&err);
    else
        code = options.has_help ? print_help(&options) : run(&options);
    arena_release(&arena);
    return (int)code;
}
