/* Fuzz target: any text through the compiler, in both dialects.
 *
 * Holds: compiling twice finds the same mistakes, in the same places, and the
 * same type; there is a program if there is no mistake, and only then; what it
 * says of itself (reads, pins, guards) is within its bounds. */
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_world.h"

static void promise(bool is_kept)
{
    if (!is_kept)
        abort();
}

static bool same_issues(const struct cel_issues *a, const struct cel_issues *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct cel_issue *x = &a->items[i], *y = &b->items[i];
        if (x->offset != y->offset || x->width != y->width ||
            !str_eq(x->text, y->text) || !str_eq(x->hint, y->hint))
            return false;
    }
    return true;
}

static void look_at_program(const struct cel_program *program)
{
    struct cel_pin pins[4];
    const struct cel_read *reads;
    size_t n = cel_reads(program, &reads);
    for (size_t i = 0; i < n; i++)
        promise(reads[i].field < reads[i].record->n_fields);
    for (uint32_t slot = 0; slot < WORLD_SLOTS; slot++) {
        n = cel_pins(program, slot, pins, N_ITEMS(pins));
        promise(n <= N_ITEMS(pins));
        promise(n == 0 || cel_uses(program, slot));
    }
}

static const struct cel_guards *
compile(struct arena *arena, const struct cel_scope *scope, struct str text,
        const struct type *want, const struct cel_guards *given)
{
    struct cel_issues issues = {.arena = arena}, again = {.arena = arena};
    const struct cel_program *a =
        cel_compile(arena, scope, text, want, given, &issues);
    const struct cel_program *b =
        cel_compile(arena, scope, text, want, given, &again);
    promise(same_issues(&issues, &again));
    promise((a != NULL) == (issues.n == 0) && (b != NULL) == (a != NULL));
    for (size_t i = 0; i < issues.n; i++)
        promise(issues.items[i].offset <= text.n && issues.items[i].text.n > 0);
    if (a == NULL)
        return NULL;
    promise(type_same(cel_type(a), cel_type(b)));
    look_at_program(a);
    return cel_guards(a);
}

int fuzz_cel_check(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct str text = {(const char *)data, size};
    (void)compile(&arena, &world_plain, text, NULL, NULL);
    const struct cel_guards *guards =
        compile(&arena, &fuzz_world_rules, text, &type_bool, NULL);
    if (guards != NULL) /* as in what a `when` of that text guards */
        (void)compile(&arena, &fuzz_world_rules, text, NULL, guards);
    arena_release(&arena);
    return 0;
}
