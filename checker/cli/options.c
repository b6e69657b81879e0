/* The command line: what was given. */
#include "checker/cli/options.h"

#include "checker/base/clock.h"
#include "checker/engine/engine.h"

/* ---- values ---- */

static void add_text(struct arena *arena, struct text_list *list,
                     struct str text)
{
    list->items = arena_grow(arena, list->items, list->n, &list->capacity,
                             sizeof(struct str));
    list->items[list->n++] = text;
}

/* One of a few words: its number, or SIZE_MAX with the error set. */
static size_t read_word(struct str value, const char *option,
                        const struct str *words, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(value, words[i]))
            return i;
    struct arena scratch = {0};
    struct buf all = {0};
    for (size_t i = 0; i < n; i++)
        buf_addf(&all, "%s%.*s", i > 0 ? ", " : "", STRF(words[i]));
    struct str hint = did_you_mean(&scratch, value, words, n);
    err_set(err, ERR_USAGE, "--%s: '%.*s' is none of %.*s%s%.*s", option,
            STRF(value), STRF(buf_str(&all)), hint.n > 0 ? "; " : "",
            STRF(hint));
    buf_release(&all);
    arena_release(&scratch);
    return SIZE_MAX;
}

static bool read_number(struct str value, const char *option, int64_t most,
                        unsigned *out, struct err *err)
{
    int64_t n = 0;
    if (!str_to_int(value, &n) || n < 1 || n > most)
        return err_set(err, ERR_USAGE,
                       "--%s: '%.*s' is no number from 1 to %lld", option,
                       STRF(value), (long long)most);
    *out = (unsigned)n;
    return true;
}

static bool read_list(struct arena *arena, struct text_list *list,
                      const char *option, struct str value, struct err *err)
{
    size_t from = 0;
    for (size_t at = 0; at <= value.n; at++) {
        if (at < value.n && value.p[at] != ',')
            continue;
        struct str item = str_trim(str_sub(value, from, at));
        if (item.n == 0)
            return err_set(err, ERR_USAGE, "--%s: an empty item in '%.*s'",
                           option, STRF(value));
        add_text(arena, list, item);
        from = at + 1;
    }
    return true;
}

static bool read_regions(struct arena *arena, struct options *options,
                         struct str value, struct err *err)
{
    if (!read_list(arena, &options->regions, "regions", value, err))
        return false;
    for (size_t i = 0; i < options->regions.n; i++)
        options->has_all_regions |= str_is(options->regions.items[i], "all");
    if (options->has_all_regions && options->regions.n > 1)
        return err_set(err, ERR_USAGE,
                       "--regions: 'all' stands alone, without other regions");
    return true;
}

static bool read_format(struct arena *arena, struct options *options,
                        struct str value, struct err *err)
{
    size_t colon = str_find(value, STR(":"), 0);
    struct str name = colon == SIZE_MAX ? value : str_sub(value, 0, colon);
    struct output_choice choice = {.format = report_format(name)};
    if (choice.format == NULL) {
        size_t n;
        const struct format *const *formats = report_formats(&n);
        struct text_list names = {0};
        for (size_t i = 0; i < n; i++)
            add_text(arena, &names, str_of(formats[i]->name));
        (void)read_word(name, "format", names.items, names.n, err);
        return false;
    }
    if (colon != SIZE_MAX) {
        struct str path = str_sub(value, colon + 1, value.n);
        if (path.n == 0)
            return err_set(err, ERR_USAGE,
                           "--format: no file name after '%.*s:'", STRF(name));
        if (!str_is(path, "-"))
            choice.path = str_cstr(arena, path);
    }
    options->outputs =
        arena_grow(arena, options->outputs, options->n_outputs,
                   &options->outputs_capacity, sizeof(struct output_choice));
    options->outputs[options->n_outputs++] = choice;
    return true;
}

static bool read_fail_on(struct options *options, struct str value,
                         struct err *err)
{
    static const struct str words[] = {
        STR_INIT("low"),      STR_INIT("medium"), STR_INIT("high"),
        STR_INIT("critical"), STR_INIT("never"),
    };
    size_t i = read_word(value, "fail-on", words, N_ITEMS(words), err);
    options->fail_on = (int)i;
    return i != SIZE_MAX;
}

static bool read_unknown(struct options *options, struct str value,
                         struct err *err)
{
    static const struct str words[] = {STR_INIT("fail"), STR_INIT("warn"),
                                       STR_INIT("ignore")};
    size_t i = read_word(value, "unknown", words, N_ITEMS(words), err);
    options->unknown = (enum unknown_choice)i;
    return i != SIZE_MAX;
}

static bool read_color(struct options *options, struct str value,
                       struct err *err)
{
    static const struct str words[] = {STR_INIT("auto"), STR_INIT("always"),
                                       STR_INIT("never")};
    size_t i = read_word(value, "color", words, N_ITEMS(words), err);
    options->color = (enum color_choice)i;
    return i != SIZE_MAX;
}

static void add_rules(struct arena *arena, struct options *options,
                      const char *path)
{
    options->rules = arena_grow(arena, options->rules, options->n_rules,
                                &options->rules_capacity, sizeof(const char *));
    options->rules[options->n_rules++] = path;
}

static bool read_as_of(struct options *options, struct str value,
                       struct err *err)
{
    if (!date_read(value, &options->as_of))
        return err_set(err, ERR_USAGE, "--as-of: '%.*s' is no day (YYYY-MM-DD)",
                       STRF(value));
    options->has_as_of = true;
    return true;
}

/* Puts one option into `options`; `value` is empty for a switch. */
static bool read_option(struct arena *arena, struct options *options,
                        enum option_id id, const char *value, struct err *err)
{
    struct str text = str_of(value);
    const char *name = option_table[id].name;
    switch (id) {
    case OPTION_REGIONS:
        return read_regions(arena, options, text, err);
    case OPTION_FROM:
        options->from = text;
        return true;
    case OPTION_TO:
        options->to = text;
        return true;
    case OPTION_PROFILE:
        options->profile = text;
        return true;
    case OPTION_ENDPOINT_URL:
        options->endpoint_url = text;
        return true;
    case OPTION_INVENTORY:
        options->inventory = value;
        return true;
    case OPTION_RULES:
        add_rules(arena, options, value);
        return true;
    case OPTION_SELECT:
        return read_list(arena, &options->select, name, text, err);
    case OPTION_SKIP:
        return read_list(arena, &options->skip, name, text, err);
    case OPTION_TAG:
        return read_list(arena, &options->tags, name, text, err);
    case OPTION_PARAM:
        add_text(arena, &options->params, text);
        return true;
    case OPTION_TAILORING:
        options->tailoring = value;
        return true;
    case OPTION_AS_OF:
        return read_as_of(options, text, err);
    case OPTION_FAIL_ON:
        return read_fail_on(options, text, err);
    case OPTION_UNKNOWN:
        return read_unknown(options, text, err);
    case OPTION_FORMAT:
        return read_format(arena, options, text, err);
    case OPTION_OUTPUT:
        options->output = value;
        return true;
    case OPTION_ALL:
        options->list_all = true;
        return true;
    case OPTION_STRICT:
        options->is_strict = true;
        return true;
    case OPTION_QUIET:
        options->is_quiet = true;
        return true;
    case OPTION_NO_PROGRESS:
        options->has_no_progress = true;
        return true;
    case OPTION_COLOR:
        return read_color(options, text, err);
    case OPTION_MAX_CONCURRENCY:
        return read_number(text, name, 1024, &options->max_concurrency, err);
    case OPTION_TIMEOUT:
        return read_number(text, name, 86400, &options->timeout_s, err);
    case OPTION_THREADS:
        return read_number(text, name, MAX_THREADS, &options->threads, err);
    case OPTION_NO_INDEX:
        options->has_no_index = true;
        return true;
    case OPTION_STEP_LIMIT:
        return read_number(text, name, 1000000000, &options->step_limit, err);
    case OPTION_HELP:
        options->has_help = true;
        return true;
    case N_OPTIONS:
        break;
    }
    return false;
}

/* ---- names ---- */

static bool find_verb(struct str name, enum verb *out)
{
    for (int i = 0; i < N_VERBS; i++)
        if (str_is(name, verb_table[i].name)) {
            *out = (enum verb)i;
            return true;
        }
    return false;
}

static bool unknown_verb(struct str name, struct err *err)
{
    struct arena scratch = {0};
    struct str names[N_VERBS];
    for (int i = 0; i < N_VERBS; i++)
        names[i] = str_of(verb_table[i].name);
    struct str hint = did_you_mean(&scratch, name, names, N_VERBS);
    if (hint.n == 0)
        hint = STR("'dr-preflight --help' lists the verbs");
    err_set(err, ERR_USAGE, "unknown verb '%.*s'; %.*s", STRF(name),
            STRF(hint));
    arena_release(&scratch);
    return false;
}

/* "-h" is the one short option. */
static bool find_option(struct str name, enum option_id *out)
{
    for (int i = 0; i < N_OPTIONS; i++)
        if (str_is(name, option_table[i].name) ||
            (option_table[i].alias != NULL &&
             str_is(name, option_table[i].alias))) {
            *out = (enum option_id)i;
            return true;
        }
    return false;
}

/* The nearest of the options that the verb takes; else of all. */
static bool unknown_option(struct str name, enum verb verb, struct err *err)
{
    struct arena scratch = {0};
    struct str names[2 * N_OPTIONS];
    struct str hint = {0};
    for (int pass = 0; pass < 2 && hint.n == 0; pass++) {
        size_t n = 0;
        for (int i = 0; i < N_OPTIONS; i++) {
            const struct option_info *row = &option_table[i];
            if (pass == 0 && (row->verbs & 1u << verb) == 0)
                continue;
            names[n++] = str_fmt(&scratch, "--%s", row->name);
            if (row->alias != NULL && row->alias[1] != '\0')
                names[n++] = str_fmt(&scratch, "--%s", row->alias);
        }
        hint = did_you_mean(&scratch, str_fmt(&scratch, "--%.*s", STRF(name)),
                            names, n);
    }
    if (hint.n == 0)
        hint = str_fmt(&scratch, "'dr-preflight %s --help' lists the options",
                       verb_table[verb].name);
    err_set(err, ERR_USAGE, "unknown option '--%.*s'; %.*s", STRF(name),
            STRF(hint));
    arena_release(&scratch);
    return false;
}

static bool foreign_option(const struct option_info *option, enum verb verb,
                           struct err *err)
{
    struct buf verbs = {0};
    for (int i = 0; i < N_VERBS; i++)
        if ((option->verbs & 1u << i) != 0)
            buf_addf(&verbs, "%s%s", verbs.n > 0 ? ", " : "",
                     verb_table[i].name);
    err_set(err, ERR_USAGE, "'%s' takes no option '--%s'; it goes with %.*s",
            verb_table[verb].name, option->name, STRF(buf_str(&verbs)));
    buf_release(&verbs);
    return false;
}

/* ---- the arguments ---- */

static bool read_argument(struct arena *arena, struct options *options,
                          char *const *arguments, int n, int *at,
                          struct err *err)
{
    struct str argument = str_of(arguments[(*at)++]);
    if (str_is(argument, "-h"))
        argument = STR("--help");
    bool is_word = !str_starts(argument, STR("--")) || argument.n == 2;
    if (is_word && verb_table[options->verb].words != NULL &&
        !str_starts(argument, STR("-"))) {
        add_text(arena, &options->words, argument);
        return true;
    }
    if (is_word)
        return err_set(err, ERR_USAGE,
                       "unexpected argument '%.*s'; 'dr-preflight %s --help' "
                       "lists the options",
                       STRF(argument), verb_table[options->verb].name);
    argument = str_sub(argument, 2, argument.n);
    size_t equals = str_find(argument, STR("="), 0);
    struct str name = str_sub(argument, 0, equals);
    enum option_id id = N_OPTIONS;
    if (!find_option(name, &id) || name.n == 1)
        return unknown_option(name, options->verb, err);
    const struct option_info *row = &option_table[id];
    if ((row->verbs & 1u << options->verb) == 0)
        return foreign_option(row, options->verb, err);
    if (row->value == NULL) {
        if (equals != SIZE_MAX)
            return err_set(err, ERR_USAGE, "'--%s' takes no value", row->name);
        return read_option(arena, options, id, NULL, err);
    }
    const char *value = NULL;
    if (equals != SIZE_MAX)
        value = argument.p + equals + 1;
    else if (*at < n && !str_starts(str_of(arguments[*at]), STR("--")))
        value = arguments[(*at)++];
    if (value == NULL || value[0] == '\0')
        return err_set(err, ERR_USAGE, "'--%s' needs a value: %s", row->name,
                       row->value);
    return read_option(arena, options, id, value, err);
}

/* What goes together, once all is read. */
static bool check_together(const struct options *options, struct err *err)
{
    if (options->from.n > 0 && str_eq(options->from, options->to))
        return err_set(err, ERR_USAGE,
                       "--from and --to are both '%.*s': a copy goes to "
                       "another region",
                       STRF(options->from));
    const struct format *first = NULL;
    for (size_t i = 0; i < options->n_outputs; i++) {
        if (options->outputs[i].path != NULL)
            continue;
        if (first != NULL)
            return err_set(err, ERR_USAGE,
                           "--format: '%s' and '%s' would go to the same "
                           "place; use %s:FILE",
                           first->name, options->outputs[i].format->name,
                           options->outputs[i].format->name);
        first = options->outputs[i].format;
    }
    if (options->output != NULL && options->n_outputs > 0 && first == NULL)
        return err_set(err, ERR_USAGE,
                       "--output '%s' gets nothing: each --format has a file "
                       "of its own",
                       options->output);
    if (options->inventory != NULL &&
        (options->profile.n > 0 || options->endpoint_url.n > 0))
        return err_set(err, ERR_USAGE,
                       "--inventory is read instead of the live account: "
                       "leave out --%s",
                       options->profile.n > 0 ? "profile" : "endpoint-url");
    return true;
}

bool options_read(struct arena *arena, int n, char *const *arguments,
                  struct options *out, struct err *err)
{
    *out = (struct options){.fail_on = SEVERITY_MEDIUM};
    if (n == 0)
        return err_set(err, ERR_USAGE,
                       "no verb is given; try 'dr-preflight check' or "
                       "'dr-preflight --help'");
    struct str verb = str_of(arguments[0]);
    if (str_starts(verb, STR("-")))
        return err_set(err, ERR_USAGE,
                       "the verb comes first: 'dr-preflight check %.*s …'",
                       STRF(verb));
    if (!find_verb(verb, &out->verb))
        return unknown_verb(verb, err);
    for (int at = 1; at < n;) {
        if (!read_argument(arena, out, arguments, n, &at, err))
            return false;
        if (out->has_help)
            return true;
    }
    return check_together(out, err);
}

struct rule_options options_rules(const struct options *options, int64_t now)
{
    return (struct rule_options){
        .paths = options->rules,
        .n_paths = options->n_rules,
        .select = options->select.items,
        .n_select = options->select.n,
        .skip = options->skip.items,
        .n_skip = options->skip.n,
        .tags = options->tags.items,
        .n_tags = options->tags.n,
        .params = options->params.items,
        .n_params = options->params.n,
        .tailoring = options->tailoring,
        .as_of = options->has_as_of ? options->as_of : now - now % 86400,
        .from = options->from,
        .to = options->to,
    };
}
