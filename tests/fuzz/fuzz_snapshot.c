/* Fuzz target: the lines of a snapshot, read and written again.
 *
 * The bytes go through a pipe, not through a file. Holds: what was read can be
 * written, and reads back to the same digest. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "checker/inventory/inventory.h"
#include "tests/fuzz/fuzz.h"

enum { PIPE_BYTES = 60 * 1024 }; /* what a pipe takes with nobody reading */

static void promise(bool is_kept)
{
    if (!is_kept)
        abort();
}

static struct arena kept; /* freed with the process */
static struct catalogue *catalogue;
static struct demand *demand;

/* All types and fields are read. */
static void prepare(void)
{
    struct diags diags = {.arena = &kept};
    if (catalogue != NULL)
        return;
    promise(catalogue_load(&kept, &catalogue, &diags));
    demand = demand_new(&kept, catalogue);
    for (size_t i = 0; i < catalogue->types.n; i++) {
        const struct catalogue_type *type = catalogue->types.items[i].value;
        demand_type(&kept, demand, type);
        for (uint32_t f = 0; f < type->record.n_fields; f++)
            demand_field(&kept, demand, type, f);
    }
}

static bool read_text(struct inventory *inventory, struct str text)
{
    int ends[2];
    char path[32];
    struct err err = {0};
    promise(pipe(ends) == 0);
    promise(write(ends[1], text.p, text.n) == (ssize_t)text.n);
    close(ends[1]);
    snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
    bool is_read = snapshot_read(inventory, path, &err);
    promise(is_read == (err.code == ERR_NONE));
    close(ends[0]);
    inventory_finish(inventory);
    return is_read;
}

int fuzz_snapshot(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct buf out = {0};
    struct str text = {(const char *)data, size};
    if (size == 0 || size > PIPE_BYTES)
        return 0;
    prepare();
    struct causes_table *table = causes_new(&arena);
    struct inventory *first = inventory_new(&arena, demand, table);
    struct inventory *again = inventory_new(&arena, demand, table);
    bool is_read = read_text(first, text);
    struct str digest = inventory_digest(&arena, first);
    promise(digest.n > 0);
    if (is_read)
        snapshot_write(&out, first, STR("fuzz"));
    if (is_read && out.n <= PIPE_BYTES) {
        promise(read_text(again, buf_str(&out)));
        promise(str_eq(inventory_digest(&arena, again), digest));
    }
    buf_release(&out);
    causes_free(table);
    arena_release(&arena);
    return 0;
}
