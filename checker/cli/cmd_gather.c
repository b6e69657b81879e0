/* The verbs about what is read: gather, calls, iam-policy. */
#include "checker/cli/cmd_gather.h"

#include <stdlib.h>

#include "checker/base/json.h"
#include "checker/cli/console.h"
#include "reports/terminal.h"

/* ---- gather ---- */

static bool has_gap(const struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->n_coverage; i++)
        if (inventory->coverage[i].state != COVERAGE_OK)
            return true;
    return false;
}

static enum exit_code write_snapshot(const struct pipeline *pipeline)
{
    struct buf text = {0};
    snapshot_write(&text, pipeline->inventory, STR(DR_VERSION));
    bool is_written = console_write(pipeline->options->output, buf_str(&text));
    buf_release(&text);
    if (!is_written)
        return EXIT_USAGE;
    if (!has_gap(pipeline->inventory))
        return EXIT_OK;
    if (!pipeline->options->is_quiet)
        console_say(STR("some calls were not answered in full; the snapshot "
                        "says which"));
    return EXIT_UNKNOWN;
}

static enum exit_code run_gather(const struct options *options)
{
    struct pipeline pipeline;
    enum exit_code code = EXIT_USAGE;
    if (pipeline_load(&pipeline, options) && pipeline_read(&pipeline))
        code = write_snapshot(&pipeline);
    pipeline_close(&pipeline);
    return code;
}

const struct command cmd_gather = {.verb = VERB_GATHER, .run = run_gather};

/* ---- the calls that a check would make ---- */

struct planned {
    const struct catalogue_call *call;
    struct str region;
    const struct rule_info *const *rules; /* those that read its answer */
    size_t n_rules;
    const char *why; /* without rules: what it is for */
};

struct plan {
    struct planned *items;
    size_t n, capacity;
};

static void add_planned(struct arena *arena, struct plan *plan,
                        struct planned planned)
{
    if (planned.call == NULL)
        return;
    plan->items = arena_grow(arena, plan->items, plan->n, &plan->capacity,
                             sizeof(struct planned));
    plan->items[plan->n++] = planned;
}

static int by_call(const void *a, const void *b)
{
    const struct planned *x = a, *y = b;
    int order = str_cmp(x->call->id, y->call->id);
    return order != 0 ? order : str_cmp(x->region, y->region);
}

/* The region of the environment, which a check would take, too. */
static struct str environment_region(void)
{
    struct str region = str_of(getenv("AWS_REGION"));
    return region.n > 0 ? region : str_of(getenv("AWS_DEFAULT_REGION"));
}

static struct plan make_plan(struct pipeline *p)
{
    struct plan plan = {0};
    struct arena *arena = &p->run;
    static const struct str each = STR_INIT("each enabled region");
    struct str home = pipeline_home(p, environment_region());
    add_planned(arena, &plan,
                (struct planned){.call = pipeline_call(p, identity_call),
                                 .region = home,
                                 .why = "whose credentials these are"});
    if (p->regions.n == 0)
        add_planned(arena, &plan,
                    (struct planned){.call = pipeline_call(p, regions_call),
                                     .region = home,
                                     .why = "which regions are enabled"});
    const struct catalogue_call *const *calls;
    size_t n_calls = demand_calls(arena, rules_demand(p->rules), &calls);
    const struct str *regions = p->regions.n > 0 ? p->regions.items : &each;
    size_t n_regions = p->regions.n > 0 ? p->regions.n : 1;
    for (size_t i = 0; i < n_calls; i++) {
        struct planned planned = {.call = calls[i]};
        planned.n_rules =
            rules_reading(arena, p->rules, calls[i], &planned.rules);
        for (size_t k = 0; k < n_regions; k++) {
            planned.region = regions[k];
            add_planned(arena, &plan, planned);
        }
    }
    if (plan.n > 1)
        qsort(plan.items, plan.n, sizeof(struct planned), by_call);
    return plan;
}

static void print_plan(struct buf *out, const struct plan *plan)
{
    int widest = 0, widest_region = 0;
    for (size_t i = 0; i < plan->n; i++) {
        const struct planned *planned = &plan->items[i];
        if ((int)planned->call->id.n > widest)
            widest = (int)planned->call->id.n;
        if ((int)planned->region.n > widest_region)
            widest_region = (int)planned->region.n;
    }
    for (size_t i = 0; i < plan->n; i++) {
        const struct planned *planned = &plan->items[i];
        buf_addf(out, "%-*.*s  %-*.*s  ", widest, STRF(planned->call->id),
                 widest_region, STRF(planned->region));
        if (planned->why != NULL)
            buf_adds(out, planned->why);
        for (size_t k = 0; k < planned->n_rules; k++) {
            buf_adds(out, k > 0 ? ", " : "");
            terminal_escape(out, planned->rules[k]->id);
        }
        if (planned->call->parent != NULL)
            buf_addf(out, " (for each %.*s)",
                     STRF(planned->call->parent->record.name));
        buf_addc(out, '\n');
    }
}

static void print_plan_json(struct buf *out, const struct plan *plan)
{
    struct json_writer w = {.out = out, .indent = 1};
    json_open(&w, '[');
    for (size_t i = 0; i < plan->n; i++) {
        json_open(&w, '{');
        json_key(&w, "call");
        json_str(&w, plan->items[i].call->id);
        json_key(&w, "region");
        json_str(&w, plan->items[i].region);
        json_key(&w, "rules");
        json_open(&w, '[');
        for (size_t k = 0; k < plan->items[i].n_rules; k++)
            json_str(&w, plan->items[i].rules[k]->id);
        json_close(&w, ']');
        json_close(&w, '}');
    }
    json_close(&w, ']');
    buf_addc(out, '\n');
}

static bool write_plan(const struct options *options, const struct plan *plan,
                       const struct output_choice *choice)
{
    const char *path = choice->path != NULL ? choice->path : options->output;
    struct buf text = {0};
    if (str_is(str_of(choice->format->name), "json"))
        print_plan_json(&text, plan);
    else
        print_plan(&text, plan);
    bool is_written = console_write(path, buf_str(&text));
    buf_release(&text);
    return is_written;
}

static enum exit_code run_calls(const struct options *options)
{
    struct pipeline pipeline;
    bool is_written = pipeline_load(&pipeline, options);
    if (is_written) {
        struct plan plan = make_plan(&pipeline);
        size_t n = 0;
        struct output_choice usual = {.format = report_formats(&n)[0]};
        if (options->n_outputs == 0)
            is_written = write_plan(options, &plan, &usual);
        for (size_t i = 0; i < options->n_outputs; i++)
            is_written &= write_plan(options, &plan, &options->outputs[i]);
    }
    pipeline_close(&pipeline);
    return is_written ? EXIT_OK : EXIT_USAGE;
}

const struct command cmd_calls = {.verb = VERB_CALLS, .run = run_calls};

/* ---- the policy that allows them ---- */

static int by_text(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

/* The actions of all calls, each once, sorted. */
static struct str *plan_actions(struct arena *arena, const struct plan *plan,
                                size_t *n)
{
    struct map seen = {.arena = arena};
    for (size_t i = 0; i < plan->n; i++)
        for (size_t k = 0; k < plan->items[i].call->n_iam; k++)
            (void)map_put(&seen, plan->items[i].call->iam[k], NULL);
    struct str *actions = ARENA_ARRAY(arena, seen.n, struct str);
    for (size_t i = 0; i < seen.n; i++)
        actions[i] = seen.items[i].key;
    if (seen.n > 1)
        qsort(actions, seen.n, sizeof(struct str), by_text);
    *n = seen.n;
    return actions;
}

static void print_policy(struct buf *out, const struct str *actions, size_t n)
{
    struct json_writer w = {.out = out, .indent = 2};
    json_open(&w, '{');
    json_key(&w, "Version");
    json_str(&w, STR("2012-10-17"));
    json_key(&w, "Statement");
    json_open(&w, '[');
    json_open(&w, '{');
    json_key(&w, "Sid");
    json_str(&w, STR("DrPreflight"));
    json_key(&w, "Effect");
    json_str(&w, STR("Allow"));
    json_key(&w, "Action");
    json_open(&w, '[');
    for (size_t i = 0; i < n; i++)
        json_str(&w, actions[i]);
    json_close(&w, ']');
    json_key(&w, "Resource");
    json_str(&w, STR("*"));
    json_close(&w, '}');
    json_close(&w, ']');
    json_close(&w, '}');
    buf_addc(out, '\n');
}

static enum exit_code run_iam_policy(const struct options *options)
{
    struct pipeline pipeline;
    bool is_written = pipeline_load(&pipeline, options);
    if (is_written) {
        struct plan plan = make_plan(&pipeline);
        size_t n;
        struct str *actions = plan_actions(&pipeline.run, &plan, &n);
        struct buf text = {0};
        print_policy(&text, actions, n);
        is_written = console_write(options->output, buf_str(&text));
        buf_release(&text);
    }
    pipeline_close(&pipeline);
    return is_written ? EXIT_OK : EXIT_USAGE;
}

const struct command cmd_iam_policy = {.verb = VERB_IAM_POLICY,
                                       .run = run_iam_policy};
