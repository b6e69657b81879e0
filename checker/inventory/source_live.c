/* The live account as a source: who, where, and the demanded calls. */
#include <assert.h>
#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/inventory/gathering.h"

/* ---- one call, whose answer is no row ---- */

struct answer {
    struct arena *arena;
    struct value page;
    bool has_failed;
    struct aws_failure failure; /* its texts in `arena` */
};

static bool keep_page(void *owner, struct value page)
{
    struct answer *answer = owner;
    answer->page = value_copy(answer->arena, page);
    return page.kind == VALUE_MAP;
}

static void keep_failure(void *owner, const struct aws_failure *failure)
{
    struct answer *answer = owner;
    if (failure == NULL)
        return;
    answer->has_failed = true;
    answer->failure = *failure;
    answer->failure.code = str_dup(answer->arena, failure->code);
    answer->failure.message = str_dup(answer->arena, failure->message);
}

static const struct catalogue_call *
call_named(const struct catalogue *catalogue, struct str id)
{
    const struct catalogue_call *call = map_get(&catalogue->calls, id);
    assert(call != NULL);
    return call;
}

static struct answer ask(struct aws_client *client,
                         const struct catalogue_call *call, struct arena *arena,
                         struct str region)
{
    struct answer answer = {.arena = arena};
    struct aws_call order = {.operation = &call->operation,
                             .region = region,
                             .input = call->constants,
                             .owner = &answer,
                             .page = keep_page,
                             .done = keep_failure};
    aws_start(client, &order);
    aws_run(client, NULL, NULL, NULL);
    if (!answer.has_failed && answer.page.kind != VALUE_MAP) {
        answer.has_failed = true;
        answer.failure = (struct aws_failure){.outcome = AWS_BAD_ANSWER};
    }
    return answer;
}

static bool refused(const struct aws_failure *failure, struct str region,
                    struct err *err)
{
    bool is_denied =
        failure->outcome == AWS_DENIED || failure->outcome == AWS_REFUSED;
    struct str state = coverage_word(gathering_state(failure));
    return err_set(err, is_denied ? ERR_DENIED : ERR_NET,
                   "sts:GetCallerIdentity in %.*s: %.*s%s%.*s%s%.*s",
                   STRF(region), STRF(state), failure->code.n > 0 ? ": " : "",
                   STRF(failure->code), failure->message.n > 0 ? ": " : "",
                   STRF(failure->message));
}

bool live_identity(struct aws_client *client, const struct catalogue *catalogue,
                   struct arena *arena, struct str region, struct str *account,
                   struct str *arn, struct err *err)
{
    struct answer answer =
        ask(client, call_named(catalogue, STR("sts:GetCallerIdentity")), arena,
            region);
    if (answer.has_failed)
        return refused(&answer.failure, region, err);
    struct value a = value_get(answer.page, STR("Account"));
    struct value who = value_get(answer.page, STR("Arn"));
    if (a.kind != VALUE_STRING || a.n == 0 || who.kind != VALUE_STRING)
        return err_set(err, ERR_NET,
                       "sts:GetCallerIdentity in %.*s: no account in the "
                       "answer",
                       STRF(region));
    *account = value_text(a);
    *arn = value_text(who);
    return true;
}

/* ---- regions ---- */

static int by_text(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

/* The names of the enabled ones; false if one has no name, or there is
 * none. */
static bool read_regions(struct arena *arena, const struct value *items,
                         size_t n, struct str **regions, size_t *n_regions)
{
    struct str *names = ARENA_ARRAY(arena, n, struct str);
    size_t n_names = 0;
    for (size_t i = 0; i < n; i++) {
        struct value name = value_get(items[i], STR("regionName"));
        struct value opt_in = value_get(items[i], STR("optInStatus"));
        if (name.kind != VALUE_STRING || name.n == 0)
            return false;
        if (opt_in.kind != VALUE_STRING ||
            !str_is(value_text(opt_in), "not-opted-in"))
            names[n_names++] = value_text(name);
    }
    if (n_names == 0)
        return false;
    qsort(names, n_names, sizeof(*names), by_text);
    size_t n_kept = 0;
    for (size_t i = 0; i < n_names; i++)
        if (n_kept == 0 || !str_eq(names[i], names[n_kept - 1]))
            names[n_kept++] = names[i];
    *regions = names;
    *n_regions = n_kept;
    return true;
}

bool live_regions(struct aws_client *client, const struct catalogue *catalogue,
                  struct arena *arena, struct str account, struct str region,
                  struct str **regions, size_t *n, struct coverage *coverage)
{
    const struct catalogue_call *call =
        call_named(catalogue, STR("ec2:DescribeRegions"));
    struct answer answer = ask(client, call, arena, region);
    const struct value *items = NULL;
    size_t n_items = 0;
    *coverage = (struct coverage){
        .account = account, .region = region, .call = call->id};
    if (answer.has_failed) {
        coverage->state = gathering_state(&answer.failure);
        coverage->code = answer.failure.code;
        return false;
    }
    if (!gathering_items(arena, call->operation.service, answer.page,
                         call->items, &items, &n_items) ||
        !read_regions(arena, items, n_items, regions, n)) {
        coverage->state = COVERAGE_BAD_ANSWER;
        return false;
    }
    coverage->n_ok = *n;
    return true;
}

/* ---- rows ---- */

static void start(void *owner, const struct aws_call *call)
{
    aws_start(owner, call);
}

void live_gather(struct inventory *inventory, struct aws_client *client,
                 const struct live_options *options)
{
    if (inventory->taken == 0)
        inventory->taken = clock_now();
    struct gathering *gathering =
        gathering_new(inventory, options->account, options->regions,
                      options->n_regions, start, client);
    gathering_start(gathering);
    aws_run(client, options->progress, options->owner, options->cancelled);
    gathering_end(gathering);
}
