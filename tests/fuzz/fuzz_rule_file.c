/* Fuzz target: a YAML file of rules, derivations or facts through the loader.
 *
 * It is loaded beside the embedded facts, and checked with lint. Holds: loading
 * twice finds the same mistakes; it works if and only if there is none. */
#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/base/embedded.h"
#include "checker/engine/rule.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_SOURCES = 16, TEXT_LIMIT = 64 * 1024 };

static void promise(bool is_kept)
{
    if (!is_kept)
        abort();
}

/* The catalogue and the facts, made once; freed with the process. */
static struct arena kept;
static struct catalogue *catalogue;
static struct source facts[MAX_SOURCES];
static size_t n_facts;

static void prepare(void)
{
    struct diags diags = {.arena = &kept};
    if (catalogue != NULL)
        return;
    promise(catalogue_load(&kept, &catalogue, &diags));
    for (size_t i = 0; i < n_embedded_files && n_facts < MAX_SOURCES; i++) {
        const struct embedded *e = &embedded_files[i];
        if (str_starts(str_of(e->path), STR("rules/facts/")))
            facts[n_facts++] = (struct source){
                .path = e->path, .text = {e->text, (size_t)(e->end - e->text)}};
    }
}

static void load(struct arena *arena, const struct source *file,
                 struct buf *report)
{
    const struct source *sources[MAX_SOURCES + 1];
    struct rule_options options = {0};
    struct diags diags = {.arena = arena};
    struct rules *rules = NULL;
    struct err err = {0};
    promise(date_read(STR("2026-11-24"), &options.as_of));
    for (size_t i = 0; i < n_facts; i++)
        sources[i] = &facts[i];
    sources[n_facts] = file;
    struct rule_sources all = {
        .items = sources, .n = n_facts + 1, .is_linted = true};
    bool is_loaded =
        rules_compile(arena, catalogue, &options, &all, &rules, &diags, &err);
    promise(is_loaded == (diags.n_errors == 0 && err.code == ERR_NONE));
    promise(!is_loaded || rules != NULL);
    diags_print(report, &diags);
}

int fuzz_rule_file(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct source file = {.path = "fuzzed.yaml",
                          .text = {(const char *)data, size}};
    struct buf first = {0}, again = {0};
    if (size > TEXT_LIMIT)
        return 0;
    prepare();
    load(&arena, &file, &first);
    load(&arena, &file, &again);
    promise(str_eq(buf_str(&first), buf_str(&again)));
    buf_release(&first);
    buf_release(&again);
    arena_release(&arena);
    return 0;
}
