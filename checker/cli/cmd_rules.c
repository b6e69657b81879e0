/* The verb about rules themselves: list, show, test, lint, schema. */
#include "checker/cli/cmd_rules.h"

#include "checker/base/clock.h"
#include "checker/cli/console.h"
#include "checker/cli/rule_page.h"
#include "checker/engine/ruleschema.h"
#include "checker/engine/ruletest.h"
#include "reports/terminal.h"

/* The rules that a command is about. */
struct shelf {
    const struct options *options;
    struct arena arena;
    struct catalogue *catalogue;
    struct rules *rules;
    struct diags diags;
    const char **files; /* the words behind `test` and `lint` */
    size_t n_files;
};

/* Loads the rules; what is wrong with them is said. */
static bool load(struct shelf *shelf, bool has_files, bool is_linted)
{
    const struct options *options = shelf->options;
    const struct text_list *words = &options->words;
    struct err err = {0};
    shelf->diags.arena = &shelf->arena;
    shelf->files = ARENA_ARRAY(&shelf->arena, words->n, const char *);
    for (size_t i = 1; i < words->n && has_files; i++)
        shelf->files[shelf->n_files++] =
            str_cstr(&shelf->arena, words->items[i]);
    struct rule_options rule_options = options_rules(options, clock_now());
    rule_options.files = shelf->files;
    rule_options.n_files = shelf->n_files;
    rule_options.is_linted = is_linted;
    bool is_loaded =
        catalogue_load(&shelf->arena, &shelf->catalogue, &shelf->diags) &&
        rules_load(&shelf->arena, shelf->catalogue, &rule_options,
                   &shelf->rules, &shelf->diags, &err);
    if (shelf->diags.n_errors > 0)
        console_diags(&shelf->diags);
    if (err.code != ERR_NONE)
        console_error(&err);
    return is_loaded;
}

/* Whether a file is one of those that were named, or below one; all are if
 * none was. */
static bool is_named(const struct shelf *shelf, const struct source *source)
{
    struct str path = str_of(source->path);
    for (size_t i = 0; i < shelf->n_files; i++) {
        struct str file = str_of(shelf->files[i]);
        if (str_eq(path, file))
            return true;
        while (file.n > 1 && file.p[file.n - 1] == '/')
            file.n--;
        if (str_starts(path, file) && path.n > file.n &&
            (path.p[file.n] == '/' || file.p[file.n - 1] == '/'))
            return true;
    }
    return shelf->n_files == 0;
}

/* Writes in each format that was asked for; text if none was. */
static enum exit_code write_pages(const struct shelf *shelf,
                                  const struct rule *const *rules, size_t n,
                                  bool is_whole)
{
    const struct options *options = shelf->options;
    size_t n_outputs = options->n_outputs > 0 ? options->n_outputs : 1;
    bool is_written = true;
    for (size_t i = 0; i < n_outputs; i++) {
        struct output_choice choice = {0};
        struct buf text = {0};
        if (options->n_outputs > 0)
            choice = options->outputs[i];
        bool is_json = choice.format != NULL &&
                       str_is(str_of(choice.format->name), "json");
        if (!is_whole)
            (is_json ? rule_page_list_json : rule_page_list)(&text, rules, n);
        else
            (is_json ? rule_page_json : rule_page_text)(&text, shelf->rules,
                                                        rules[0]);
        is_written &=
            console_write(choice.path != NULL ? choice.path : options->output,
                          buf_str(&text));
        buf_release(&text);
    }
    return is_written ? EXIT_OK : EXIT_USAGE;
}

/* ---- list, show, schema ---- */

static const struct rule **chosen(struct shelf *shelf)
{
    size_t n = shelf->rules->n_chosen;
    const struct rule **all =
        ARENA_ARRAY(&shelf->arena, n, const struct rule *);
    for (size_t i = 0; i < n; i++)
        all[i] = shelf->rules->chosen[i];
    return all;
}

static enum exit_code run_list(struct shelf *shelf)
{
    if (!load(shelf, false, false))
        return EXIT_USAGE;
    return write_pages(shelf, chosen(shelf), shelf->rules->n_chosen, false);
}

static enum exit_code run_show(struct shelf *shelf)
{
    struct str id = shelf->options->words.items[1];
    if (!load(shelf, false, false))
        return EXIT_USAGE;
    size_t n = shelf->rules->n_chosen;
    const struct rule **all = chosen(shelf);
    struct str *ids = ARENA_ARRAY(&shelf->arena, n, struct str);
    for (size_t i = 0; i < n; i++) {
        ids[i] = all[i]->info.id;
        if (str_eq(ids[i], id))
            return write_pages(shelf, &all[i], 1, true);
    }
    struct str hint = did_you_mean(&shelf->arena, id, ids, n);
    if (hint.n == 0)
        hint = STR("'dr-preflight rules list' lists them");
    console_say(str_fmt(&shelf->arena, "there is no rule '%.*s'; %.*s",
                        STRF(id), STRF(hint)));
    return EXIT_USAGE;
}

static enum exit_code write_text(const struct shelf *shelf, struct buf *text)
{
    bool is_written = console_write(shelf->options->output, buf_str(text));
    buf_release(text);
    return is_written ? EXIT_OK : EXIT_USAGE;
}

static enum exit_code run_schema(struct shelf *shelf)
{
    struct buf text = {0};
    if (!load(shelf, false, false))
        return EXIT_USAGE;
    ruleschema_write(&text, shelf->rules);
    return write_text(shelf, &text);
}

/* ---- test ---- */

static void add_lines(struct buf *out, struct str lines)
{
    struct str line;
    while (str_split(&lines, '\n', &line)) {
        if (line.n == 0)
            continue;
        terminal_escape(out, line);
        buf_addc(out, '\n');
    }
}

static void test_one(const struct shelf *shelf, const struct ruletest *test,
                     struct buf *out, size_t counts[2])
{
    struct buf lines = {0};
    bool is_passed = ruletest_run(shelf->rules, test, &lines);
    counts[is_passed]++;
    if (!is_passed) {
        buf_addf(out, "FAIL %.*s: ", STRF(test->rule->info.id));
        terminal_escape(out, ruletest_name(test));
        buf_adds(out, " (");
        terminal_escape(out, str_of(test->source->path));
        buf_addf(out, ":%u)\n", test->node->at.line);
        add_lines(out, buf_str(&lines));
    }
    buf_release(&lines);
}

/* A rule that no test sees pass, or fail, may say the same of everything. */
static bool has_both(const struct rule *rule, const struct ruletest *tests,
                     size_t n, struct buf *out)
{
    struct ruletest_cases cases = {0};
    for (size_t i = 0; i < n; i++)
        if (tests[i].rule == rule)
            ruletest_cases(&tests[i], &cases);
    if (cases.has_pass && cases.has_fail)
        return true;
    buf_addf(out, "FAIL %.*s: no test expects a subject to %s (",
             STRF(rule->info.id),
             cases.has_fail   ? "pass"
             : cases.has_pass ? "fail"
                              : "pass, and none to fail");
    terminal_escape(out, str_of(rule->clauses.source->path));
    buf_adds(out, ")\n");
    return false;
}

static enum exit_code run_test(struct shelf *shelf)
{
    struct buf text = {0};
    struct ruletest *tests = NULL;
    size_t counts[2] = {0}, n_seen = 0;
    if (!load(shelf, true, false))
        return EXIT_USAGE;
    size_t n = ruletest_list(&shelf->arena, shelf->rules, &tests);
    for (size_t i = 0; i < n; i++)
        if (is_named(shelf, tests[i].source))
            test_one(shelf, &tests[i], &text, counts);
    n_seen = counts[0] + counts[1];
    for (size_t i = 0; i < shelf->rules->n_chosen; i++) {
        const struct rule *rule = shelf->rules->chosen[i];
        if (!is_named(shelf, rule->clauses.source))
            continue;
        n_seen++;
        counts[0] += !has_both(rule, tests, n, &text);
    }
    if (n_seen == 0) {
        buf_release(&text);
        console_say(STR("rules test: there is no rule and no test to run"));
        return EXIT_USAGE;
    }
    buf_addf(&text, "%zu passed, %zu failed\n", counts[1], counts[0]);
    enum exit_code code = write_text(shelf, &text);
    return code == EXIT_OK && counts[0] > 0 ? EXIT_FAILED : code;
}

/* ---- lint ---- */

/* Whether a file is asked for: not one of a rule that was not chosen. */
static bool is_wanted(const struct shelf *shelf, const struct source *source)
{
    const struct rules *rules = shelf->rules;
    bool is_rule = false;
    for (size_t i = 0; i < rules->n_all; i++)
        is_rule |= rules->all[i]->clauses.source == source;
    for (size_t i = 0; i < rules->n_chosen; i++)
        if (rules->chosen[i]->clauses.source == source)
            is_rule = false;
    return !is_rule && is_named(shelf, source);
}

static enum exit_code run_lint(struct shelf *shelf)
{
    struct buf lines = {0}, text = {0};
    if (!load(shelf, true, true))
        return EXIT_USAGE;
    struct diags kept = {.arena = &shelf->arena};
    kept.items = ARENA_ARRAY(&shelf->arena, shelf->diags.n, struct diag);
    for (size_t i = 0; i < shelf->diags.n; i++)
        if (is_wanted(shelf, shelf->diags.items[i].source))
            kept.items[kept.n++] = shelf->diags.items[i];
    diags_print(&lines, &kept);
    add_lines(&text, buf_str(&lines));
    buf_release(&lines);
    buf_addf(&text, "%zu warning%s\n", kept.n, kept.n == 1 ? "" : "s");
    enum exit_code code = write_text(shelf, &text);
    bool is_failed = shelf->options->is_strict && kept.n > 0;
    return code == EXIT_OK && is_failed ? EXIT_FAILED : code;
}

/* ---- which command ---- */

static const struct subcommand {
    struct str name;
    size_t n_least, n_most; /* words behind it */
    const char *words;      /* what they are */
    bool has_format, has_strict;
    enum exit_code (*run)(struct shelf *shelf);
} subcommands[] = {
    {STR_INIT("list"), 0, 0, "", true, false, run_list},
    {STR_INIT("show"), 1, 1, " ID", true, false, run_show},
    {STR_INIT("test"), 0, SIZE_MAX, " [FILE…]", false, false, run_test},
    {STR_INIT("lint"), 0, SIZE_MAX, " [FILE…]", false, true, run_lint},
    {STR_INIT("schema"), 0, 0, "", false, false, run_schema},
};

static bool check_usage(const struct options *options,
                        const struct subcommand *command, struct err *err)
{
    size_t n = options->words.n - 1;
    if (n < command->n_least || n > command->n_most)
        return err_set(err, ERR_USAGE,
                       "'rules %.*s' has the form: dr-preflight rules "
                       "%.*s%s",
                       STRF(command->name), STRF(command->name),
                       command->words);
    if (options->n_outputs > 0 && !command->has_format)
        return err_set(err, ERR_USAGE,
                       "'rules %.*s' takes no option '--format'",
                       STRF(command->name));
    if (options->is_strict && !command->has_strict)
        return err_set(err, ERR_USAGE,
                       "'rules %.*s' takes no option '--strict'",
                       STRF(command->name));
    for (size_t i = 0; i < options->n_outputs; i++) {
        const char *name = options->outputs[i].format->name;
        if (!str_is(str_of(name), "text") && !str_is(str_of(name), "json"))
            return err_set(err, ERR_USAGE,
                           "--format: rules are text or json, not '%s'", name);
    }
    return true;
}

static const struct subcommand *find(const struct options *options,
                                     struct err *err)
{
    struct str names[N_ITEMS(subcommands)];
    struct arena scratch = {0};
    for (size_t i = 0; i < N_ITEMS(subcommands); i++) {
        names[i] = subcommands[i].name;
        if (options->words.n > 0 && str_eq(names[i], options->words.items[0]))
            return check_usage(options, &subcommands[i], err) ? &subcommands[i]
                                                              : NULL;
    }
    struct str hint = {0};
    if (options->words.n > 0)
        hint = did_you_mean(&scratch, options->words.items[0], names,
                            N_ITEMS(names));
    if (hint.n == 0)
        hint = STR("there are list, show ID, test [FILE…], lint [FILE…] and "
                   "schema");
    if (options->words.n == 0)
        err_set(err, ERR_USAGE, "what about rules? %.*s", STRF(hint));
    else
        err_set(err, ERR_USAGE, "unknown command 'rules %.*s'; %.*s",
                STRF(options->words.items[0]), STRF(hint));
    arena_release(&scratch);
    return NULL;
}

static enum exit_code run(const struct options *options)
{
    struct shelf shelf = {.options = options};
    struct err err = {0};
    const struct subcommand *command = find(options, &err);
    enum exit_code code = EXIT_USAGE;
    if (command == NULL)
        console_error(&err);
    else
        code = command->run(&shelf);
    arena_release(&shelf.arena);
    return code;
}

const struct command cmd_rules = {.verb = VERB_RULES, .run = run};
