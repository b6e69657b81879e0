/* Fuzz target: an expression of either dialect, evaluated over values in every
 * state.
 *
 * The input is STATES, a newline and the expression; the letters of STATES are
 * those of fuzz_world.h. Holds: evaluation ends within its steps; twice gives
 * the same; and what is sure in spite of what is unknown stays so when all is
 * known: no value changes, and an unknown without "may be an error" becomes
 * no error. What is unknown has causes, and of what is known nothing is
 * unknown. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_world.h"

enum { STEPS = 20000, FEW_STEPS = 16, SHOWN = 1 << 16 };

static void promise(bool is_kept)
{
    if (!is_kept)
        abort();
}

struct outcome {
    struct value value;
    struct buf shown;
    bool has_spent; /* all steps: the limit may have been met */
};

static void evaluate(struct arena *arena, struct causes_table *table,
                     const struct cel_program *program, struct value *slots,
                     struct outcome *out)
{
    struct cel_run run = {
        .scratch = arena, .causes = table, .slots = slots, .steps_left = STEPS};
    out->shown.limit = SHOWN;
    out->value = cel_eval(program, &run);
    promise(out->value.kind != VALUE_NONE && run.steps_left >= 0);
    out->has_spent = run.steps_left == 0;
    cel_print(&out->shown, out->value, table);
}

/* Whether the value is no unknown or error, and holds none. */
static bool is_sure(struct value v, unsigned depth)
{
    size_t n = v.n;
    if (v.kind == VALUE_OPTIONAL)
        n = v.as.items != NULL ? 1 : 0;
    else if (v.kind == VALUE_MAP)
        n = 2 * (size_t)v.n;
    else if (v.kind == VALUE_ROW || v.kind == VALUE_STRUCT)
        return false; /* their cells may be anything */
    else if (v.kind != VALUE_LIST)
        return v.kind != VALUE_UNKNOWN && v.kind != VALUE_ERROR &&
               v.kind != VALUE_OPEN_LIST && v.kind != VALUE_ABSENT;
    for (size_t i = 0; i < n; i++)
        if (depth == 0 || !is_sure(v.as.items[i], depth - 1))
            return false;
    return true;
}

static bool same_text(const struct outcome *a, const struct outcome *b)
{
    return str_eq(buf_str(&a->shown), buf_str(&b->shown));
}

static void compare(const struct outcome *open, const struct outcome *whole)
{
    struct value v = open->value;
    if (open->has_spent || whole->has_spent)
        return;
    promise(whole->value.kind != VALUE_UNKNOWN &&
            whole->value.kind != VALUE_OPEN_LIST);
    promise(v.kind != VALUE_UNKNOWN || v.n != 0);
    if (is_sure(v, 8)) {
        promise(v.kind == whole->value.kind);
        promise(open->shown.is_full || same_text(open, whole));
    }
    if (v.kind == VALUE_UNKNOWN && (v.flags & VALUE_MAYERR) == 0)
        promise(whole->value.kind != VALUE_ERROR);
    if (v.kind == VALUE_ERROR)
        promise(whole->value.kind == VALUE_ERROR);
}

static void run_all(struct arena *arena, struct causes_table *table,
                    const struct cel_program *program, struct str letters,
                    bool is_rule)
{
    struct value slots[WORLD_SLOTS], known[WORLD_SLOTS];
    struct outcome first = {0}, again = {0}, whole = {0};
    world_make(arena, table, letters, false, slots);
    evaluate(arena, table, program, slots, &first);
    evaluate(arena, table, program, slots, &again);
    promise(first.value.kind == again.value.kind &&
            first.value.flags == again.value.flags &&
            same_text(&first, &again));
    if (is_rule) {
        world_make(arena, table, letters, true, known);
        evaluate(arena, table, program, known, &whole);
        compare(&first, &whole);
    }
    struct cel_run run = {.scratch = arena,
                          .causes = table,
                          .slots = slots,
                          .steps_left = FEW_STEPS};
    promise(cel_eval(program, &run).kind != VALUE_NONE);
    buf_release(&first.shown);
    buf_release(&again.shown);
    buf_release(&whole.shown);
}

static void run_dialect(struct str letters, struct str text,
                        const struct cel_scope *scope)
{
    struct arena arena = {0};
    struct causes_table *table = causes_new(&arena);
    struct cel_issues issues = {.arena = &arena};
    const struct cel_program *program =
        cel_compile(&arena, scope, text, NULL, NULL, &issues);
    if (program != NULL)
        run_all(&arena, table, program, letters, scope == &fuzz_world_rules);
    causes_free(table);
    arena_release(&arena);
}

int fuzz_cel_eval(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    const char *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    struct str letters = {bytes, end != NULL ? (size_t)(end - bytes) : 0};
    struct str text = {bytes, size};
    if (end != NULL)
        text = str_sub(text, letters.n + 1, size);
    run_dialect(letters, text, &fuzz_world_rules);
    run_dialect(letters, text, &world_plain);
    return 0;
}
