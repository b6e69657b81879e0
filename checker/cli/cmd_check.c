/* The verb that gathers, evaluates and reports. */
#include "checker/cli/cmd_check.h"

#include <stdlib.h>
#include <unistd.h>

#include "checker/cli/console.h"

/* On a terminal unless someone asked for none. */
static bool wants_color(enum color_choice choice, bool is_stdout)
{
    if (choice != COLOR_AUTO)
        return choice == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return is_stdout && isatty(STDOUT_FILENO) == 1 &&
           (no_color == NULL || no_color[0] == '\0') && term != NULL &&
           !str_is(str_of(term), "dumb");
}

static bool write_one(const struct options *options,
                      const struct findings *findings,
                      const struct output_choice *choice)
{
    const char *path = choice->path != NULL ? choice->path : options->output;
    bool is_stdout = path == NULL || str_is(str_of(path), "-");
    struct format_options format_options = {
        .has_color = wants_color(options->color, is_stdout),
        .width = 80,
    };
    struct buf text = {0};
    choice->format->write(&text, findings, &format_options);
    bool is_written = console_write(path, buf_str(&text));
    buf_release(&text);
    return is_written;
}

/* Whether anything of the report is on standard output. */
static bool has_stdout(const struct options *options)
{
    if (options->output != NULL)
        return str_is(str_of(options->output), "-");
    if (options->n_outputs == 0)
        return true;
    for (size_t i = 0; i < options->n_outputs; i++)
        if (options->outputs[i].path == NULL)
            return true;
    return false;
}

static bool write_reports(const struct options *options,
                          const struct findings *findings)
{
    size_t n;
    const struct output_choice usual = {.format = report_formats(&n)[0]};
    if (options->n_outputs == 0)
        return write_one(options, findings, &usual);
    bool is_written = true;
    for (size_t i = 0; i < options->n_outputs; i++)
        is_written &= write_one(options, findings, &options->outputs[i]);
    return is_written;
}

static void say_summary(const struct findings *findings)
{
    struct arena scratch = {0};
    const size_t *counts = findings->counts;
    console_say(str_fmt(&scratch,
                        "%zu failed, %zu unknown, %zu passed, "
                        "%zu %s",
                        counts[RESULT_FAIL], counts[RESULT_UNKNOWN],
                        counts[RESULT_PASS], counts[RESULT_ERROR],
                        counts[RESULT_ERROR] == 1 ? "error" : "errors"));
    arena_release(&scratch);
}

static enum exit_code report(const struct options *options,
                             const struct findings *findings)
{
    if (!write_reports(options, findings))
        return EXIT_USAGE;
    if (!has_stdout(options) && !options->is_quiet)
        say_summary(findings);
    size_t n_open =
        findings->counts[RESULT_UNKNOWN] + findings->counts[RESULT_ERROR];
    if (options->unknown == UNKNOWN_WARN && n_open > 0 && !options->is_quiet)
        console_say(STR("warning: something is unknown or could not be "
                        "evaluated; see the report"));
    return pipeline_exit(findings, options->fail_on, options->unknown);
}

static enum exit_code run(const struct options *options)
{
    struct pipeline pipeline;
    enum exit_code code = EXIT_USAGE;
    if (pipeline_load(&pipeline, options) && pipeline_read(&pipeline))
        code = report(options, pipeline_evaluate(&pipeline));
    pipeline_close(&pipeline);
    return code;
}

const struct command cmd_check = {.verb = VERB_CHECK, .run = run};
