/* The command line. */
#include <check.h>

#include "checker/base/clock.h"
#include "checker/cli/options.h"

Suite *suite_options(void);

enum { MOST_ARGUMENTS = 24 };

/* Splits "check --from a" at blanks; the arguments live in `arena`. */
static bool read_line(struct arena *arena, const char *line,
                      struct options *options, struct err *err)
{
    char *arguments[MOST_ARGUMENTS];
    int n = 0;
    struct str rest = str_of(line), part = {0};
    while (str_split(&rest, ' ', &part)) {
        if (part.n == 0)
            break;
        ck_assert_int_lt(n, MOST_ARGUMENTS);
        arguments[n++] = str_cstr(arena, part);
    }
    return options_read(arena, n, arguments, options, err);
}

static const struct {
    const char *line, *want;
} refused[] = {
    {"", "no verb is given; try 'dr-preflight check' or 'dr-preflight "
         "--help'"},
    {"--from a", "the verb comes first: 'dr-preflight check --from …'"},
    {"chekc", "unknown verb 'chekc'; did you mean 'check'?"},
    {"frobnicate", "unknown verb 'frobnicate'; 'dr-preflight --help' lists "
                   "the verbs"},
    {"check --regoins a", "unknown option '--regoins'; did you mean "
                          "'--regions'?"},
    {"check --regionz a", "unknown option '--regionz'; did you mean "
                          "'--region'?"},
    {"check --xyzzy", "unknown option '--xyzzy'; 'dr-preflight check --help' "
                      "lists the options"},
    {"calls --inventroy x", "unknown option '--inventroy'; did you mean "
                            "'--inventory'?"},
    {"check --hlep", "unknown option '--hlep'; did you mean '--help'?"},
    {"version --from a", "'version' takes no option '--from'; it goes with "
                         "check, gather, calls, iam-policy"},
    {"gather --fail-on low", "'gather' takes no option '--fail-on'; it goes "
                             "with check"},
    {"check here", "unexpected argument 'here'; 'dr-preflight check --help' "
                   "lists the options"},
    {"check -x", "unexpected argument '-x'; 'dr-preflight check --help' "
                 "lists the options"},
    {"check --", "unexpected argument '--'; 'dr-preflight check --help' "
                 "lists the options"},
    {"check --from", "'--from' needs a value: R"},
    {"check --from=", "'--from' needs a value: R"},
    {"check --from --to", "'--from' needs a value: R"},
    {"check --quiet=1", "'--quiet' takes no value"},
    {"check --regions a,,b", "--regions: an empty item in 'a,,b'"},
    {"check --regions ,", "--regions: an empty item in ','"},
    {"check --regions all,a", "--regions: 'all' stands alone, without other "
                              "regions"},
    {"check --as-of 2026-02-30", "--as-of: '2026-02-30' is no day "
                                 "(YYYY-MM-DD)"},
    {"check --as-of 2026-1-1", "--as-of: '2026-1-1' is no day (YYYY-MM-DD)"},
    {"check --as-of today", "--as-of: 'today' is no day (YYYY-MM-DD)"},
    {"check --fail-on hihg", "--fail-on: 'hihg' is none of low, medium, high, "
                             "critical, never; did you mean 'high'?"},
    {"check --fail-on x", "--fail-on: 'x' is none of low, medium, high, "
                          "critical, never"},
    {"check --unknown maybe", "--unknown: 'maybe' is none of fail, warn, "
                              "ignore"},
    {"check --color red", "--color: 'red' is none of auto, always, never"},
    {"check --format xml", "--format: 'xml' is none of text, json"},
    {"check --format jsno:x", "--format: 'jsno' is none of text, json; did "
                              "you mean 'json'?"},
    {"check --format json:", "--format: no file name after 'json:'"},
    {"check --format json --format text",
     "--format: 'json' and 'text' would go to the same place; use text:FILE"},
    {"check --format json:a --output b",
     "--output 'b' gets nothing: each --format has a file of its own"},
    {"check --max-concurrency 0", "--max-concurrency: '0' is no number from "
                                  "1 to 1024"},
    {"check --max-concurrency 1025", "--max-concurrency: '1025' is no number "
                                     "from 1 to 1024"},
    {"check --threads 257", "--threads: '257' is no number from 1 to 256"},
    {"check --step-limit 0", "--step-limit: '0' is no number from 1 to "
                             "1000000000"},
    {"check --timeout 1s", "--timeout: '1s' is no number from 1 to 86400"},
    {"check --timeout -5", "--timeout: '-5' is no number from 1 to 86400"},
    {"check --from a --to a", "--from and --to are both 'a': a copy goes to "
                              "another region"},
    {"check --inventory x --profile p",
     "--inventory is read instead of the live account: leave out --profile"},
    {"check --inventory x --endpoint-url u",
     "--inventory is read instead of the live account: leave out "
     "--endpoint-url"},
};

START_TEST(line_is_refused)
{
    struct arena arena = {0};
    struct options options;
    struct err err = {0};
    bool is_read = read_line(&arena, refused[_i].line, &options, &err);
    ck_assert_msg(!is_read, "'%s' is taken", refused[_i].line);
    ck_assert_int_eq(err.code, ERR_USAGE);
    struct str got = err_text(&arena, &err);
    ck_assert_msg(str_is(got, refused[_i].want), "'%s': %.*s", refused[_i].line,
                  STRF(got));
    arena_release(&arena);
}
END_TEST

static struct options taken(struct arena *arena, const char *line)
{
    struct options options;
    struct err err = {0};
    bool is_read = read_line(arena, line, &options, &err);
    ck_assert_msg(is_read, "'%s': %s", line, err.line[0]);
    return options;
}

START_TEST(defaults)
{
    struct arena arena = {0};
    struct options o = taken(&arena, "check");
    ck_assert_int_eq(o.verb, VERB_CHECK);
    ck_assert_int_eq(o.fail_on, SEVERITY_MEDIUM);
    ck_assert_int_eq(o.unknown, UNKNOWN_FAIL);
    ck_assert_int_eq(o.color, COLOR_AUTO);
    ck_assert_uint_eq(o.regions.n, 0);
    ck_assert_uint_eq(o.n_outputs, 0);
    ck_assert(!o.has_as_of && !o.is_quiet && !o.list_all && !o.has_help);
    ck_assert(o.inventory == NULL && o.output == NULL);
    arena_release(&arena);
}
END_TEST

START_TEST(sources)
{
    struct arena arena = {0};
    struct options o = taken(
        &arena, "check --regions a,b --region=c --from a --to=b --profile p "
                "--endpoint-url=http://x?a=b");
    ck_assert_uint_eq(o.regions.n, 3);
    ck_assert(str_is(o.regions.items[0], "a"));
    ck_assert(str_is(o.regions.items[2], "c"));
    ck_assert(str_is(o.from, "a") && str_is(o.to, "b"));
    ck_assert(str_is(o.profile, "p"));
    ck_assert(str_is(o.endpoint_url, "http://x?a=b"));
    ck_assert(!o.has_all_regions);
    o = taken(&arena, "gather --regions all");
    ck_assert(o.has_all_regions);
    o = taken(&arena, "check --inventory -");
    ck_assert_str_eq(o.inventory, "-");
    arena_release(&arena);
}
END_TEST

START_TEST(rules_and_gate)
{
    struct arena arena = {0};
    struct options o = taken(
        &arena, "check --rules r1 --rules=r2 --select a*,b --skip c --tag t "
                "--param r.n=1,2 --param r.m=x --fail-on never");
    ck_assert_uint_eq(o.n_rules, 2);
    ck_assert_str_eq(o.rules[1], "r2");
    ck_assert_uint_eq(o.select.n, 2);
    ck_assert(str_is(o.select.items[0], "a*"));
    ck_assert(str_is(o.skip.items[0], "c") && str_is(o.tags.items[0], "t"));
    ck_assert_uint_eq(o.params.n, 2);
    ck_assert(str_is(o.params.items[0], "r.n=1,2"));
    ck_assert_int_eq(o.fail_on, FAIL_ON_NEVER);
    o = taken(&arena, "check --fail-on low --fail-on critical --unknown warn "
                      "--as-of 1970-01-02");
    ck_assert_int_eq(o.fail_on, SEVERITY_CRITICAL);
    ck_assert_int_eq(o.unknown, UNKNOWN_WARN);
    ck_assert(o.has_as_of && o.as_of == 86400);
    arena_release(&arena);
}
END_TEST

START_TEST(output_and_run)
{
    struct arena arena = {0};
    struct options o = taken(
        &arena, "check --format json:a:b --format text:- --output c --all "
                "--quiet --no-progress --color never --max-concurrency 7 "
                "--timeout 60 --threads 3 --no-index --step-limit 99");
    ck_assert_uint_eq(o.n_outputs, 2);
    ck_assert_str_eq(o.outputs[0].format->name, "json");
    ck_assert_str_eq(o.outputs[0].path, "a:b");
    ck_assert(o.outputs[1].path == NULL);
    ck_assert_str_eq(o.output, "c");
    ck_assert(o.list_all && o.is_quiet && o.has_no_progress);
    ck_assert_int_eq(o.color, COLOR_NEVER);
    ck_assert_uint_eq(o.max_concurrency, 7);
    ck_assert_uint_eq(o.timeout_s, 60);
    ck_assert_uint_eq(o.threads, 3);
    ck_assert_uint_eq(o.step_limit, 99);
    ck_assert(o.has_no_index);
    arena_release(&arena);
}
END_TEST

START_TEST(help_wins_over_the_rest)
{
    struct arena arena = {0};
    struct options o = taken(&arena, "gather --help --nonsense");
    ck_assert(o.has_help && o.verb == VERB_GATHER);
    o = taken(&arena, "gather -h");
    ck_assert(o.has_help);
    arena_release(&arena);
}
END_TEST

/* Each row: taken by the verbs that it names, with a value if it has one,
 * and refused by the others. */
START_TEST(every_row_is_taken_where_it_says)
{
    static const char *const values[N_OPTIONS] = {
        [OPTION_AS_OF] = "2026-01-01", [OPTION_FAIL_ON] = "low",
        [OPTION_UNKNOWN] = "warn",     [OPTION_FORMAT] = "json",
        [OPTION_COLOR] = "never",      [OPTION_MAX_CONCURRENCY] = "1",
        [OPTION_TIMEOUT] = "1",        [OPTION_THREADS] = "1",
        [OPTION_STEP_LIMIT] = "1",
    };
    struct arena arena = {0};
    const struct option_info *row = &option_table[_i];
    ck_assert(row->name != NULL && row->help != NULL && row->group != NULL);
    for (int verb = 0; verb < N_VERBS; verb++) {
        struct options options;
        struct err err = {0};
        const char *value = values[_i] != NULL ? values[_i] : "x";
        struct str line = str_fmt(&arena, "%s --%s %s", verb_table[verb].name,
                                  row->name, row->value != NULL ? value : "");
        bool is_taken = read_line(&arena, line.p, &options, &err);
        ck_assert_msg(is_taken == ((row->verbs & 1u << verb) != 0), "%s: %s",
                      line.p, err.line[0]);
    }
    arena_release(&arena);
}
END_TEST

/* The help of a verb has each of its options and no other, in 80 columns. */
START_TEST(help_shows_what_a_verb_takes)
{
    struct arena arena = {0};
    struct buf help = {0};
    options_verb_help(&help, (enum verb)_i);
    ck_assert(str_contains(buf_str(&help), str_of(verb_table[_i].name)));
    for (int i = 0; i < N_OPTIONS; i++) {
        struct str name = str_fmt(&arena, "\n  --%s%s", option_table[i].name,
                                  option_table[i].alias != NULL   ? ","
                                  : option_table[i].value != NULL ? " "
                                                                  : "");
        bool is_taken = (option_table[i].verbs & 1u << _i) != 0;
        ck_assert_msg(str_contains(buf_str(&help), name) == is_taken,
                      "%s: --%s", verb_table[_i].name, option_table[i].name);
    }
    struct str rest = buf_str(&help), line = {0};
    while (str_split(&rest, '\n', &line)) {
        ck_assert_msg(utf8_length(line) <= 80, "%.*s", STRF(line));
        if (line.n == 0 && rest.p == NULL)
            break;
    }
    buf_release(&help);
    arena_release(&arena);
}
END_TEST

START_TEST(help_lists_the_verbs)
{
    struct buf help = {0};
    options_help(&help);
    for (int i = 0; i < N_VERBS; i++) {
        ck_assert(str_contains(buf_str(&help), str_of(verb_table[i].name)));
        ck_assert(str_contains(buf_str(&help), str_of(verb_table[i].summary)));
    }
    buf_release(&help);
}
END_TEST

Suite *suite_options(void)
{
    Suite *suite = suite_create("options");
    TCase *tc = tcase_create("options");
    tcase_add_loop_test(tc, line_is_refused, 0, (int)N_ITEMS(refused));
    tcase_add_test(tc, defaults);
    tcase_add_test(tc, sources);
    tcase_add_test(tc, rules_and_gate);
    tcase_add_test(tc, output_and_run);
    tcase_add_test(tc, help_wins_over_the_rest);
    tcase_add_loop_test(tc, every_row_is_taken_where_it_says, 0, N_OPTIONS);
    tcase_add_loop_test(tc, help_shows_what_a_verb_takes, 0, N_VERBS);
    tcase_add_test(tc, help_lists_the_verbs);
    suite_add_tcase(suite, tc);
    return suite;
}
