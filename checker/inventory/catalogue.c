/* The catalogue: its files put together, and what is looked up in it. */
#include "checker/inventory/catalogue.h"

#include <stdlib.h>

#include "checker/base/embedded.h"
#include "checker/inventory/catalogue_file.h"

static struct catalogue *catalogue_new(struct arena *arena)
{
    struct catalogue *catalogue = ARENA_NEW(arena, struct catalogue);
    catalogue->types.arena = arena;
    catalogue->calls.arena = arena;
    catalogue->services.arena = arena;
    return catalogue;
}

/* Types refer to calls and calls to types: first all names, then the fields,
 * then what refers to fields. */
static void resolve(struct catalogue_reader *reader)
{
    for (size_t i = 0; i < reader->n_drafts; i++)
        if (reader->drafts[i].type != NULL)
            catalogue_read_type(reader, &reader->drafts[i]);
    for (size_t i = 0; i < reader->n_drafts; i++)
        if (reader->drafts[i].call != NULL)
            catalogue_read_inputs(reader, &reader->drafts[i]);
}

/* A cell's call must be one that tells of its rows. */
static void check_sources(struct catalogue_reader *reader,
                          const struct catalogue_draft *draft)
{
    const struct catalogue_type *type = draft->type;
    const struct yaml_node *fields = yaml_get(draft->node, "fields");
    for (size_t f = ROW_FIELDS; f < type->record.n_fields; f++) {
        const struct catalogue_call *call = type->sources[f].call;
        if (call == NULL || call == type->listing || call->parent == type)
            continue;
        catalogue_fault(reader, fields->keys[f - ROW_FIELDS], STR(""),
                        "call '%.*s' is not made per row of %.*s",
                        STRF(call->id), STRF(type->record.name));
    }
}

bool catalogue_read(struct arena *arena, const struct source *const *sources,
                    size_t n, struct catalogue **out, struct diags *diags)
{
    size_t n_errors = diags->n_errors;
    struct catalogue_reader reader = {
        .arena = arena, .catalogue = catalogue_new(arena), .diags = diags};
    for (size_t i = 0; i < n; i++) {
        const struct yaml_node *root = NULL;
        struct yaml_limits limits = {.bytes = 1024 * 1024};
        if (yaml_read(arena, sources[i], limits, &root, diags))
            catalogue_read_file(&reader, root);
    }
    resolve(&reader);
    /* Half-read types would only add errors that follow from others. */
    if (diags->n_errors == n_errors)
        for (size_t i = 0; i < reader.n_drafts; i++)
            if (reader.drafts[i].type != NULL)
                check_sources(&reader, &reader.drafts[i]);
    *out = reader.catalogue;
    return diags->n_errors == n_errors;
}

/* Beside the services lie the partitions, which the aws layer reads. */
static bool is_catalogue_file(struct str path)
{
    return str_starts(path, STR("rules/catalogue/")) &&
           !str_ends(path, STR("/partitions.yaml"));
}

bool catalogue_load(struct arena *arena, struct catalogue **out,
                    struct diags *diags)
{
    const struct source **sources =
        ARENA_ARRAY(arena, n_embedded_files, const struct source *);
    size_t n = 0;
    for (size_t i = 0; i < n_embedded_files; i++) {
        const struct embedded *file = &embedded_files[i];
        if (!is_catalogue_file(str_of(file->path)))
            continue;
        struct source *source = ARENA_NEW(arena, struct source);
        source->path = file->path;
        source->text.p = file->text;
        source->text.n = (size_t)(file->end - file->text);
        sources[n++] = source;
    }
    return catalogue_read(arena, sources, n, out, diags);
}

const struct catalogue_type *catalogue_type(const struct catalogue *catalogue,
                                            struct str name)
{
    return map_get(&catalogue->types, name);
}

const struct catalogue_type *
catalogue_of_record(const struct catalogue *catalogue,
                    const struct record *record)
{
    const struct catalogue_type *type = catalogue_type(catalogue, record->name);
    return type != NULL && &type->record == record ? type : NULL;
}

static bool tells(const struct catalogue_type *type, struct str call)
{
    if (type->listing != NULL && str_eq(type->listing->id, call))
        return true;
    for (size_t f = ROW_FIELDS; f < type->record.n_fields; f++)
        if (type->sources[f].call != NULL &&
            str_eq(type->sources[f].call->id, call))
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    return str_cmp(*x, *y);
}

size_t catalogue_told(struct arena *arena, const struct catalogue *catalogue,
                      struct str call, const struct str **out)
{
    size_t n = 0;
    struct str *names = ARENA_ARRAY(arena, catalogue->types.n, struct str);
    for (size_t i = 0; i < catalogue->types.n; i++)
        if (tells(catalogue->types.items[i].value, call))
            names[n++] = catalogue->types.items[i].key;
    if (n > 0)
        qsort(names, n, sizeof(*names), by_text);
    *out = names;
    return n;
}

bool catalogue_template_part(struct str *rest, struct str *literal,
                             struct str *name)
{
    size_t open = str_find(*rest, STR("{"), 0);
    *name = (struct str){0};
    if (rest->n == 0)
        return false;
    if (open != SIZE_MAX) {
        size_t close = str_find(*rest, STR("}"), open);
        if (close == SIZE_MAX || close == open + 1)
            return false;
        *name = str_sub(*rest, open + 1, close);
        if (literal != NULL)
            *literal = str_sub(*rest, 0, open);
        *rest = str_sub(*rest, close + 1, rest->n);
        return true;
    }
    if (literal != NULL)
        *literal = *rest;
    *rest = (struct str){0};
    return true;
}
