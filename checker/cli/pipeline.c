/* The whole run, in order: load, read, evaluate. */
#include "checker/cli/pipeline.h"

#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/cli/console.h"
#include "checker/cli/progress.h"

const char identity_call[] = "sts:GetCallerIdentity";
const char regions_call[] = "ec2:DescribeRegions";

/* Set by the first SIGINT; the second ends the program as usual. */
static volatile sig_atomic_t is_cancelled;

static void cancel(int number)
{
    (void)number;
    is_cancelled = 1;
}

static void watch_interrupt(void)
{
    struct sigaction action = {.sa_handler = cancel};
    action.sa_flags = (int)SA_RESETHAND;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
}

/* ---- load ---- */

static bool check_region(const struct pipeline *p, const char *what,
                         struct str region, struct err *err)
{
    if (aws_partition_of(p->partitions, region).n > 0)
        return true;
    size_t n;
    const struct str *names = aws_region_names(p->partitions, &n);
    struct arena scratch = {0};
    struct str hint = did_you_mean(&scratch, region, names, n);
    err_set(err, ERR_USAGE, "%s: unknown region '%.*s'%s%.*s", what,
            STRF(region), hint.n > 0 ? "; " : "", STRF(hint));
    arena_release(&scratch);
    return false;
}

/* A region that is new to the list, of the partition of the first. */
static bool add_region(struct pipeline *p, const char *what, struct str region,
                       struct err *err)
{
    struct text_list *list = &p->regions;
    if (!check_region(p, what, region, err))
        return false;
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i], region))
            return true;
    if (list->n > 0) {
        struct str first = aws_partition_of(p->partitions, list->items[0]);
        struct str other = aws_partition_of(p->partitions, region);
        if (!str_eq(first, other))
            return err_set(err, ERR_USAGE,
                           "%s: '%.*s' is of partition %.*s, '%.*s' of %.*s: "
                           "one run cannot hold both",
                           what, STRF(region), STRF(other),
                           STRF(list->items[0]), STRF(first));
    }
    list->items = arena_grow(&p->run, list->items, list->n, &list->capacity,
                             sizeof(struct str));
    list->items[list->n++] = region;
    return true;
}

/* The regions that the command line names; with --regions, those of --from
 * and --to must be known and of the same partition, too. */
static bool choose_regions(struct pipeline *p, struct err *err)
{
    const struct options *options = p->options;
    size_t n_listed = options->has_all_regions ? 0 : options->regions.n;
    for (size_t i = 0; i < n_listed; i++)
        if (!add_region(p, "--regions", options->regions.items[i], err))
            return false;
    size_t n_chosen = p->regions.n;
    if (options->from.n > 0 && !add_region(p, "--from", options->from, err))
        return false;
    if (options->to.n > 0 && !add_region(p, "--to", options->to, err))
        return false;
    if (options->regions.n > 0)
        p->regions.n = n_chosen;
    return true;
}

static bool load_rules(struct pipeline *p, struct diags *diags, struct err *err)
{
    struct rule_options rule_options = options_rules(p->options, p->started);
    p->as_of = rule_options.as_of;
    return rules_load(&p->run, p->catalogue, &rule_options, &p->rules, diags,
                      err);
}

bool pipeline_load(struct pipeline *p, const struct options *options)
{
    struct err err = {0};
    *p = (struct pipeline){.options = options, .started = clock_now()};
    struct diags diags = {.arena = &p->run};
    bool is_loaded = aws_regions_load(&p->run, &p->partitions, &diags) &&
                     choose_regions(p, &err) &&
                     catalogue_load(&p->run, &p->catalogue, &diags) &&
                     load_rules(p, &diags, &err);
    if (diags.n > 0)
        console_diags(&diags);
    if (err.code != ERR_NONE)
        console_error(&err);
    return is_loaded;
}

/* ---- read ---- */

struct str pipeline_home(const struct pipeline *p, struct str configured)
{
    const struct options *options = p->options;
    if (p->regions.n > 0)
        return p->regions.items[0];
    if (options->from.n > 0)
        return options->from;
    if (options->to.n > 0)
        return options->to;
    return configured.n > 0 ? configured : STR("us-east-1");
}

const struct catalogue_call *pipeline_call(const struct pipeline *p,
                                           const char *id)
{
    return map_get(&p->catalogue->calls, str_of(id));
}

static const char *environment(const char *name)
{
    return getenv(name);
}

static bool open_client(struct pipeline *p, struct err *err)
{
    const struct options *options = p->options;
    if (!aws_configure(&p->run, environment, options->profile,
                       options->endpoint_url, &p->config, err))
        return false;
    p->home = pipeline_home(p, p->config.region);
    if (!check_region(p, "AWS_REGION or profile", p->home, err))
        return false;
    struct aws_limits limits = {
        .max_concurrency = options->max_concurrency,
        .deadline_ms =
            options->timeout_s > 0
                ? clock_monotonic_ms() + 1000 * (int64_t)options->timeout_s
                : 0,
    };
    return aws_open(&p->client, &p->run, &p->config, p->partitions, &limits,
                    err);
}

/* The regions that an account has without asking for them, of the partition
 * of the region that was asked. */
static void default_regions(struct pipeline *p)
{
    size_t n;
    const struct str *names = aws_region_names(p->partitions, &n);
    struct str partition = aws_partition_of(p->partitions, p->home);
    struct str *all = ARENA_ARRAY(&p->run, n, struct str);
    p->regions = (struct text_list){.items = all};
    for (size_t i = 0; i < n; i++)
        if (str_eq(aws_partition_of(p->partitions, names[i]), partition) &&
            !aws_region_is_opt_in(p->partitions, names[i]))
            all[p->regions.n++] = names[i];
}

/* Leaves out the regions of another partition: credentials are of one. A
 * region that the partition data lacks stays, so that it is told, not lost. */
static size_t keep_partition(const struct pipeline *p, struct str *regions,
                             size_t n)
{
    struct str home = aws_partition_of(p->partitions, p->home);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct str partition = aws_partition_of(p->partitions, regions[i]);
        if (partition.n == 0 || str_eq(partition, home))
            regions[kept++] = regions[i];
    }
    return kept;
}

/* Which regions there are, where none was chosen. */
static void ask_regions(struct pipeline *p)
{
    struct coverage coverage = {0};
    struct str *regions = NULL;
    size_t n = 0;
    if (live_regions(p->client, p->catalogue, &p->run, p->account, p->home,
                     &regions, &n, &coverage))
        p->regions = (struct text_list){.items = regions,
                                        .n = keep_partition(p, regions, n)};
    else
        default_regions(p);
    inventory_coverage(p->inventory, &coverage);
}

/* What a refusal means, for those who do not know the service's codes. */
static const struct {
    const char *code, *words;
} refusals[] = {
    {"ExpiredToken", "the credentials have expired"},
    {"RequestExpired", "the request came too late: is the clock right?"},
    {"SignatureDoesNotMatch", "the secret access key is wrong"},
    {"InvalidClientTokenId", "AWS does not know the access key or token"},
    {"UnrecognizedClient", "AWS does not know the access key or token"},
    {"AccessDenied", "the credentials may not say whose they are"},
};

static bool explain_refusal(const struct pipeline *p, struct err *err)
{
    const char *words = "no answer about the credentials";
    struct str cause = str_of(err->line[0]);
    for (size_t i = 0; i < N_ITEMS(refusals); i++)
        if (str_contains(cause, str_of(refusals[i].code))) {
            words = refusals[i].words;
            break;
        }
    const char *source = p->config.credentials.source;
    return err_add(err, "%s (credentials from %s)", words,
                   source != NULL ? source : "the configuration");
}

static bool read_identity(struct pipeline *p, struct err *err)
{
    return live_identity(p->client, p->catalogue, &p->run, p->home, &p->account,
                         &p->caller, err) ||
           explain_refusal(p, err);
}

static bool read_live(struct pipeline *p, struct err *err)
{
    const struct options *options = p->options;
    struct progress progress;
    p->is_live = true;
    if (!open_client(p, err) || !read_identity(p, err))
        return false;
    p->inventory->partition = aws_partition_of(p->partitions, p->home);
    p->inventory->taken = p->started;
    if (p->regions.n == 0)
        ask_regions(p);
    progress_start(&progress, !options->is_quiet && !options->has_no_progress);
    struct live_options live = {
        .account = p->account,
        .regions = p->regions.items,
        .n_regions = p->regions.n,
        .progress = progress_tell,
        .owner = &progress,
        .cancelled = &is_cancelled,
    };
    watch_interrupt();
    live_gather(p->inventory, p->client, &live);
    progress_end(&progress);
    if (is_cancelled && !options->is_quiet)
        console_say(STR("interrupted; what was not read is unknown"));
    return true;
}

static bool has_region(const struct text_list *list, struct str region)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->items[i], region))
            return true;
    return false;
}

/* A snapshot keeps the scope it was taken with. Regions beyond that can be
 * asked for (they were not read); leaving some out cannot. */
static bool widen_scope(struct pipeline *p, struct err *err)
{
    struct inventory *inventory = p->inventory;
    if (p->options->regions.n == 0 || p->options->has_all_regions)
        return true;
    struct text_list accounts = {0};
    for (size_t i = 0; i < inventory->n_scope; i++) {
        struct place place = inventory->scope[i];
        if (!has_region(&p->regions, place.region))
            return err_set(err, ERR_USAGE,
                           "--regions: the snapshot was taken in '%.*s', too; "
                           "all of its regions are checked",
                           STRF(place.region));
        if (has_region(&accounts, place.account))
            continue;
        accounts.items = arena_grow(&p->run, accounts.items, accounts.n,
                                    &accounts.capacity, sizeof(struct str));
        accounts.items[accounts.n++] = place.account;
    }
    for (size_t i = 0; i < accounts.n; i++)
        for (size_t k = 0; k < p->regions.n; k++)
            if (!inventory_in_scope(
                    inventory,
                    (struct place){accounts.items[i], p->regions.items[k]}))
                inventory_scope(inventory, accounts.items[i],
                                p->regions.items[k]);
    return true;
}

/* Where the list of regions could not be read there may be rows in a region
 * that nobody looked at: a ghost of each listed type stands for them. */
static void add_unseen_regions(struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->n_coverage; i++) {
        const struct coverage *record = &inventory->coverage[i];
        if (record->state == COVERAGE_OK || !str_is(record->call, regions_call))
            continue;
        struct str cause = coverage_cause(inventory->arena, record);
        const struct map *types = &inventory->catalogue->types;
        for (size_t k = 0; k < types->n; k++) {
            const struct catalogue_type *type = types->items[k].value;
            if (type->listing != NULL &&
                inventory->demand->fields[type->number] != NULL)
                (void)inventory_ghost(inventory, type,
                                      (struct place){record->account, {0}},
                                      causes_of(inventory->causes, cause));
        }
    }
}

/* What was kept though nothing knows it (types and fields of a snapshot). */
static void say_notes(const struct inventory *inventory)
{
    struct arena scratch = {0};
    for (size_t i = 0; i < inventory->n_notes; i++)
        console_say(str_fmt(&scratch, "%.*s (in %llu lines)",
                            STRF(inventory->notes[i].text),
                            (unsigned long long)inventory->notes[i].count));
    arena_release(&scratch);
}

bool pipeline_read(struct pipeline *p)
{
    struct err err = {0};
    const char *path = p->options->inventory;
    p->causes = causes_new(&p->rows);
    p->inventory = inventory_new(&p->rows, rules_demand(p->rules), p->causes);
    bool is_read = path == NULL ? read_live(p, &err)
                                : snapshot_read(p->inventory, path, &err) &&
                                      widen_scope(p, &err);
    if (is_read)
        add_unseen_regions(p->inventory);
    /* Of what was not read, too: it releases what rows are built in. */
    inventory_finish(p->inventory);
    if (!is_read)
        console_error(&err);
    else if (!p->options->is_quiet)
        say_notes(p->inventory);
    return is_read;
}

/* ---- evaluate ---- */

/* The regions of the scope, each once, sorted; and its account if it is
 * one. */
static void describe_scope(struct pipeline *p, struct run_info *run)
{
    const struct inventory *inventory = p->inventory;
    struct str *regions =
        ARENA_ARRAY(&p->found, inventory->n_scope, struct str);
    struct map seen = {.arena = &p->found};
    for (size_t i = 0; i < inventory->n_scope; i++)
        if (map_put(&seen, inventory->scope[i].region, NULL))
            regions[seen.n - 1] = inventory->scope[i].region;
    /* Insertion sort: a run has some tens of regions. */
    for (size_t i = 1; i < seen.n; i++)
        for (size_t k = i; k > 0 && str_cmp(regions[k - 1], regions[k]) > 0;
             k--) {
            struct str region = regions[k];
            regions[k] = regions[k - 1];
            regions[k - 1] = region;
        }
    run->regions = regions;
    run->n_regions = seen.n;
    for (size_t i = 0; i < inventory->n_scope; i++) {
        if (i > 0 && !str_eq(run->account, inventory->scope[i].account)) {
            run->account = (struct str){0};
            break;
        }
        run->account = inventory->scope[i].account;
    }
}

const struct findings *pipeline_evaluate(struct pipeline *p)
{
    const struct engine_options engine_options = {
        .list_not_applicable = p->options->list_all,
        .is_scan = p->options->has_no_index,
        .step_limit = p->options->step_limit,
        .n_threads = p->options->threads,
    };
    struct findings *findings =
        engine_run(&p->found, p->rules, p->inventory, &engine_options);
    struct run_info *run = &findings->run;
    *run = (struct run_info){
        .id = str_fmt(&p->found, "%016llx", (unsigned long long)clock_random()),
        .started = timestamp_print(&p->found, p->started),
        .as_of = date_print(&p->found, p->as_of),
        .tool = STR(DR_VERSION),
        .rules_digest = rules_digest(p->rules),
        .inventory_digest = inventory_digest(&p->found, p->inventory),
        .source = p->is_live ? STR("live") : STR("snapshot"),
        .caller = p->caller,
        .from = p->options->from,
        .to = p->options->to,
    };
    describe_scope(p, run);
    return findings;
}

enum exit_code pipeline_exit(const struct findings *findings, int fail_on,
                             enum unknown_choice unknown)
{
    bool has_unknown = false;
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *finding = &findings->items[i];
        bool counts = (int)finding->severity >= fail_on;
        if (finding->result == RESULT_FAIL && counts)
            return EXIT_FAILED;
        has_unknown |= (finding->result == RESULT_UNKNOWN ||
                        finding->result == RESULT_ERROR) &&
                       (counts || fail_on == FAIL_ON_NEVER);
    }
    return has_unknown && unknown == UNKNOWN_FAIL ? EXIT_UNKNOWN : EXIT_OK;
}

void pipeline_close(struct pipeline *p)
{
    if (p->client != NULL)
        aws_close(p->client);
    aws_config_wipe(&p->config);
    if (p->causes != NULL)
        causes_free(p->causes);
    arena_release(&p->found);
    arena_release(&p->rows);
    arena_release(&p->run);
}
