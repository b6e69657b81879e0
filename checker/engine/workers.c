/* All rules on all subjects, by several threads. */
#include "checker/engine/workers.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "checker/engine/engine.h"
#include "checker/engine/results.h"

enum {
    TASK_ROWS = 128,
    SMALL_WORK = 2000, /* rows × rules: less is done before threads start */
};

/* Some rows of one rule's type, or its ghosts; and what was found. */
struct task {
    const struct rule *rule;
    uint32_t first, end;
    bool is_ghosts;
    struct finding *items;
    size_t n;
};

struct crew {
    const struct setting *setting;
    bool list_not_applicable;
    struct task *tasks;
    size_t n_tasks;
    uint64_t n_rows;
    pthread_mutex_t lock;
    size_t next; /* task, under the lock */
};

struct worker {
    struct crew *crew;
    struct arena found, lists;
    size_t counts[N_RESULTS];
    pthread_t thread;
};

/* ---- tasks ---- */

static void plan(struct crew *crew, struct arena *arena)
{
    const struct rules *rules = crew->setting->rules;
    size_t capacity = 0;
    for (size_t i = 0; i < rules->n_chosen; i++) {
        const struct rule *rule = rules->chosen[i];
        const struct value_table *table = subjects_of(crew->setting, rule);
        if (table == NULL)
            continue;
        crew->n_rows += table->n_rows;
        for (uint32_t row = 0; row <= table->n_rows;) {
            uint32_t left = table->n_rows - row;
            uint32_t n = left < TASK_ROWS ? left : TASK_ROWS;
            crew->tasks = arena_grow(arena, crew->tasks, crew->n_tasks,
                                     &capacity, sizeof(*crew->tasks));
            crew->tasks[crew->n_tasks++] = (struct task){.rule = rule,
                                                         .first = row,
                                                         .end = row + n,
                                                         .is_ghosts = n == 0};
            if (n == 0)
                break;
            row += n;
        }
    }
}

static struct task *next_task(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    struct task *task =
        crew->next < crew->n_tasks ? &crew->tasks[crew->next++] : NULL;
    pthread_mutex_unlock(&crew->lock);
    return task;
}

/* ---- workers ---- */

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct crew *crew = worker->crew;
    struct report report = {.arena = &worker->found,
                            .lists = &worker->lists,
                            .setting = crew->setting,
                            .counts = worker->counts,
                            .list_not_applicable = crew->list_not_applicable};
    struct task *task;
    while ((task = next_task(crew)) != NULL) {
        report.items = NULL;
        report.n = report.capacity = 0;
        if (task->is_ghosts)
            subjects_report_ghosts(&report, task->rule);
        else
            subjects_report(&report, task->rule, task->first, task->end);
        task->items = report.items;
        task->n = report.n;
    }
    arena_release(&report.scratch);
    return NULL;
}

static size_t count_threads(const struct crew *crew)
{
    size_t n = crew->setting->n_threads;
    if (n == 0) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        n = online > 1 && crew->n_rows >= SMALL_WORK ? (size_t)online : 1;
    }
    if (n > MAX_THREADS)
        n = MAX_THREADS;
    if (n > crew->n_tasks)
        n = crew->n_tasks;
    return n > 0 ? n : 1;
}

/* The calling thread works, too, and does all of it where no other starts. */
static void work_together(struct worker *workers, size_t n)
{
    size_t n_started = 1;
    while (n_started < n && pthread_create(&workers[n_started].thread, NULL,
                                           work, &workers[n_started]) == 0)
        n_started++;
    work(&workers[0]);
    for (size_t i = 1; i < n_started; i++)
        pthread_join(workers[i].thread, NULL);
}

static void collect(const struct crew *crew, struct arena *arena,
                    struct findings *out)
{
    size_t n = 0;
    for (size_t i = 0; i < crew->n_tasks; i++)
        n += crew->tasks[i].n;
    struct finding *items = ARENA_ARRAY(arena, n, struct finding);
    out->items = items;
    out->n = 0;
    for (size_t i = 0; i < crew->n_tasks; i++) {
        const struct task *task = &crew->tasks[i];
        if (task->n > 0)
            memcpy(items + out->n, task->items, task->n * sizeof(*task->items));
        out->n += task->n;
    }
    results_sort(items, n);
}

void workers_run(struct arena *arena, const struct setting *setting,
                 bool list_not_applicable, struct findings *out)
{
    struct arena kept = {0};
    struct crew crew = {.setting = setting,
                        .list_not_applicable = list_not_applicable,
                        .lock = PTHREAD_MUTEX_INITIALIZER};
    plan(&crew, &kept);
    size_t n = count_threads(&crew);
    struct worker *workers = ARENA_ARRAY(&kept, n, struct worker);
    for (size_t i = 0; i < n; i++)
        workers[i].crew = &crew;
    work_together(workers, n);
    collect(&crew, arena, out);
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < N_RESULTS; k++)
            out->counts[k] += workers[i].counts[k];
        arena_join(arena, &workers[i].found);
        arena_release(&workers[i].lists);
    }
    pthread_mutex_destroy(&crew.lock);
    arena_release(&kept);
}
