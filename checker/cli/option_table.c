/* The verbs and options there are, and their help. */
#include "checker/cli/options.h"

#include "reports/terminal.h"

const struct verb_info verb_table[N_VERBS] = {
    [VERB_CHECK] =
        {
            .name = "check",
            .summary = "gather, evaluate the rules, report",
            .text = "Reads the account that the credentials belong to (or a "
                    "snapshot, with --inventory), evaluates the rules and "
                    "reports what would break. Only the calls that the "
                    "chosen rules need are made, and none of them changes "
                    "anything. What could not be read is unknown, never a "
                    "pass. Ends with 0 (nothing failed), 1 (a failure at or "
                    "above --fail-on), 2 (wrong usage, no usable "
                    "credentials, output not written) or 3 (no such "
                    "failure, but something is unknown).",
            .examples = "dr-preflight check --from ap-northeast-1 --to "
                        "ap-northeast-3\n"
                        "dr-preflight check --inventory snapshot.ndjson "
                        "--format json:report.json\n",
        },
    [VERB_GATHER] =
        {
            .name = "gather",
            .summary = "write a snapshot, to check or replay later",
            .text = "Reads what the chosen rules need and writes it as a "
                    "snapshot (NDJSON), which check --inventory reads "
                    "without credentials. Ends with 0, or with 3 if a call "
                    "was not answered in full.",
            .examples = "dr-preflight gather --regions all --output "
                        "snapshot.ndjson\n",
        },
    [VERB_CALLS] =
        {
            .name = "calls",
            .summary = "the API calls a check would make, and why",
            .text = "Lists each call and region with the rules that need it. "
                    "Makes no call and needs no credentials.",
            .examples = "dr-preflight calls --from ap-northeast-1 --to "
                        "ap-northeast-3\n",
        },
    [VERB_IAM_POLICY] =
        {
            .name = "iam-policy",
            .summary = "the least-privilege policy for the chosen rules",
            .text = "Prints an IAM policy that allows the calls that a check "
                    "would make, and nothing else. Makes no call.",
            .examples = "dr-preflight iam-policy --select 'rds-*' > "
                        "policy.json\n",
        },
    [VERB_RULES] =
        {
            .name = "rules",
            .summary = "list and show rules; test and lint one's own",
            .text =
                "'rules list' prints id, severity, tags and title of each "
                "rule. 'rules show ID' prints all of one rule, with the calls "
                "and IAM actions that it costs. 'rules test' runs the tests "
                "that stand in the rules and in files of tests: all of them, "
                "or those of the files and folders that are named; it ends "
                "with 1 if a test fails or a rule has no passing or no "
                "failing case. 'rules lint' warns of what is legal and most "
                "likely not meant, in all rules or in the named files; it "
                "ends with 0, or with 1 if something was said and --strict "
                "is given. 'rules schema' prints a JSON Schema of rule files "
                "for editors. A file that is wrong ends each with 2. No "
                "credentials are needed and no call is made.",
            .examples = "dr-preflight rules show copy-key-enabled\n"
                        "dr-preflight rules test my-rules/\n"
                        "dr-preflight rules lint --strict my-rules/x.yaml\n",
            .words = "COMMAND [ARGUMENT…]",
        },
    [VERB_VERSION] =
        {
            .name = "version",
            .summary = "the version of the program",
            .text = "Prints the program's name and version.",
            .examples = "dr-preflight version\n",
        },
};

#define V(name) (1u << VERB_##name)
enum {
    RUNS = V(CHECK) | V(GATHER),
    PLANS = RUNS | V(CALLS) | V(IAM_POLICY),
    RULES = PLANS | V(RULES),
    ANY = RULES | V(VERSION),
};

const struct option_info option_table[N_OPTIONS] = {
    [OPTION_REGIONS] =
        {
            .name = "regions",
            .alias = "region",
            .value = "R,…|all",
            .group = "Sources",
            .help = "the regions to read; without it those of --from and "
                    "--to, or all that are enabled for the account",
            .verbs = PLANS,
            .is_list = true,
        },
    [OPTION_FROM] =
        {
            .name = "from",
            .value = "R",
            .group = "Sources",
            .help = "the region whose data is copied",
            .verbs = PLANS,
        },
    [OPTION_TO] =
        {
            .name = "to",
            .value = "R",
            .group = "Sources",
            .help = "the region that the copies go to",
            .verbs = PLANS,
        },
    [OPTION_PROFILE] =
        {
            .name = "profile",
            .value = "P",
            .group = "Sources",
            .help = "the profile of ~/.aws whose credentials are used",
            .verbs = PLANS,
        },
    [OPTION_ENDPOINT_URL] =
        {
            .name = "endpoint-url",
            .value = "URL",
            .group = "Sources",
            .help = "where all calls go instead of AWS",
            .verbs = PLANS,
        },
    [OPTION_INVENTORY] =
        {
            .name = "inventory",
            .value = "FILE|-",
            .group = "Sources",
            .help = "a snapshot to check instead of the live account",
            .verbs = V(CHECK),
        },
    [OPTION_RULES] =
        {
            .name = "rules",
            .value = "PATH",
            .group = "Rules",
            .help = "a rule file, or a folder of them, beside those of the "
                    "program; may be repeated",
            .verbs = RULES,
            .is_repeatable = true,
        },
    [OPTION_SELECT] =
        {
            .name = "select",
            .value = "GLOB,…",
            .group = "Rules",
            .help = "only the rules whose id matches",
            .verbs = RULES,
            .is_list = true,
        },
    [OPTION_SKIP] =
        {
            .name = "skip",
            .value = "GLOB,…",
            .group = "Rules",
            .help = "not the rules whose id matches",
            .verbs = RULES,
            .is_list = true,
        },
    [OPTION_TAG] =
        {
            .name = "tag",
            .value = "TAG,…",
            .group = "Rules",
            .help = "only the rules with one of these tags",
            .verbs = RULES,
            .is_list = true,
        },
    [OPTION_PARAM] =
        {
            .name = "param",
            .value = "RULE.NAME=VALUE",
            .group = "Rules",
            .help = "a parameter of a rule; may be repeated",
            .verbs = PLANS,
            .is_repeatable = true,
        },
    [OPTION_TAILORING] =
        {
            .name = "tailoring",
            .value = "FILE",
            .group = "Rules",
            .help = "a YAML file that turns rules off and changes their "
                    "severity and parameters, with reasons; --param wins",
            .verbs = PLANS,
        },
    [OPTION_AS_OF] =
        {
            .name = "as-of",
            .value = "DATE",
            .group = "Rules",
            .help = "the day (YYYY-MM-DD) that decides what AWS supports; "
                    "without it today (UTC)",
            .verbs = RULES,
        },
    [OPTION_FAIL_ON] =
        {
            .name = "fail-on",
            .value = "SEVERITY",
            .group = "Gate",
            .help = "the least severity whose failures end the program with "
                    "1: low, medium (if not given), high, critical or never",
            .verbs = V(CHECK),
        },
    [OPTION_UNKNOWN] =
        {
            .name = "unknown",
            .value = "fail|warn|ignore",
            .group = "Gate",
            .help = "whether something unknown ends the program with 3 (if "
                    "not given), with 0 and a warning, or with 0",
            .verbs = V(CHECK),
        },
    [OPTION_FORMAT] =
        {
            .name = "format",
            .value = "F[:FILE]",
            .group = "Output",
            .help = "text (if not given) or json, to a file, to --output or "
                    "to standard output; may be repeated",
            .verbs = V(CHECK) | V(CALLS) | V(RULES),
            .is_repeatable = true,
        },
    [OPTION_OUTPUT] =
        {
            .name = "output",
            .value = "FILE",
            .group = "Output",
            .help = "write to this file instead of standard output",
            .verbs = RULES,
        },
    [OPTION_ALL] =
        {
            .name = "all",
            .group = "Output",
            .help = "list what a rule does not apply to, too",
            .verbs = V(CHECK),
        },
    [OPTION_STRICT] =
        {
            .name = "strict",
            .group = "Output",
            .help = "rules lint: end with 1 if there is a warning",
            .verbs = V(RULES),
        },
    [OPTION_QUIET] =
        {
            .name = "quiet",
            .group = "Output",
            .help = "no progress and no notes on standard error",
            .verbs = RUNS,
        },
    [OPTION_NO_PROGRESS] =
        {
            .name = "no-progress",
            .group = "Output",
            .help = "no progress on standard error",
            .verbs = RUNS,
        },
    [OPTION_COLOR] =
        {
            .name = "color",
            .value = "auto|always|never",
            .group = "Output",
            .help = "colours in the text: auto (if not given) means on a "
                    "terminal, unless NO_COLOR is set",
            .verbs = V(CHECK),
        },
    [OPTION_MAX_CONCURRENCY] =
        {
            .name = "max-concurrency",
            .value = "N",
            .group = "Run",
            .help = "requests at once, 1 to 1024 (64 if not given)",
            .verbs = RUNS,
        },
    [OPTION_TIMEOUT] =
        {
            .name = "timeout",
            .value = "S",
            .group = "Run",
            .help = "seconds after which calls are given up, 1 to 86400; "
                    "what was not read by then is unknown",
            .verbs = RUNS,
        },
    [OPTION_THREADS] =
        {
            .name = "threads",
            .value = "N",
            .group = "Run",
            .help = "threads that evaluate, 1 to 256; without it as many as "
                    "there are processors, where the work is worth it; the "
                    "report is the same with any number",
            .verbs = V(CHECK),
        },
    [OPTION_NO_INDEX] =
        {
            .name = "no-index",
            .group = "Run",
            .help = "let lookups look at each row instead of an index; the "
                    "report is the same, only later",
            .verbs = V(CHECK),
        },
    [OPTION_STEP_LIMIT] =
        {
            .name = "step-limit",
            .value = "N",
            .group = "Run",
            .help = "steps after which a rule gives up on a subject with an "
                    "error, 1 to 1000000000 (1000000 if not given)",
            .verbs = V(CHECK),
        },
    [OPTION_HELP] =
        {
            .name = "help",
            .alias = "h",
            .group = "Run",
            .help = "print this help",
            .verbs = ANY,
        },
};

/* ---- help ---- */

enum { HELP_WIDTH = 80, HELP_INDENT = 26 };

void options_help(struct buf *out)
{
    buf_adds(out, "Finds what would break cross-region disaster recovery on "
                  "AWS, before it does.\n\n"
                  "Usage: dr-preflight VERB [OPTION…]\n\n");
    for (int i = 0; i < N_VERBS; i++)
        buf_addf(out, "  %-12s %s\n", verb_table[i].name,
                 verb_table[i].summary);
    buf_adds(out, "\n'dr-preflight VERB --help' describes a verb and its "
                  "options. To begin:\n\n");
    struct str rest = str_of(verb_table[VERB_CHECK].examples), first = {0};
    if (str_split(&rest, '\n', &first))
        buf_addf(out, "  %.*s\n", STRF(first));
}

static void help_option(struct buf *out, const struct option_info *row)
{
    size_t start = out->n;
    buf_addf(out, "  --%s", row->name);
    if (row->alias != NULL)
        buf_addf(out, ", %s%s", row->alias[1] != '\0' ? "--" : "-", row->alias);
    if (row->value != NULL)
        buf_addf(out, " %s", row->value);
    size_t n = utf8_length((struct str){out->p + start, out->n - start});
    if (n + 2 > HELP_INDENT) {
        buf_addc(out, '\n');
        terminal_wrap(out, str_of(row->help), HELP_INDENT, "", HELP_WIDTH);
        return;
    }
    struct buf lead = {0};
    buf_add(&lead, (struct str){out->p + start, out->n - start});
    out->n = start;
    for (; n < HELP_INDENT; n++)
        buf_addc(&lead, ' ');
    buf_addc(&lead, '\0');
    terminal_wrap(out, str_of(row->help), 0, lead.p, HELP_WIDTH);
    buf_release(&lead);
}

void options_verb_help(struct buf *out, enum verb verb)
{
    const struct verb_info *info = &verb_table[verb];
    buf_addf(out, "Usage: dr-preflight %s %s%s[OPTION…]\n\n", info->name,
             info->words != NULL ? info->words : "",
             info->words != NULL ? " " : "");
    terminal_wrap(out, str_of(info->text), 0, "", HELP_WIDTH);
    const char *group = "";
    for (int i = 0; i < N_OPTIONS; i++) {
        const struct option_info *row = &option_table[i];
        if ((row->verbs & 1u << verb) == 0)
            continue;
        if (!str_is(str_of(group), row->group)) {
            group = row->group;
            buf_addf(out, "\n%s\n", group);
        }
        help_option(out, row);
    }
    buf_adds(out, "\nExamples\n");
    struct str rest = str_of(info->examples), line = {0};
    while (str_split(&rest, '\n', &line))
        if (line.n > 0)
            buf_addf(out, "  %.*s\n", STRF(line));
}
