/* The catalogue: resource types, their typed fields, and the calls that fill
 * them. Read from rules/catalogue; whoever adds a type writes no C. */
#ifndef DR_CATALOGUE_H
#define DR_CATALOGUE_H

#include "checker/aws/aws.h"
#include "checker/base/map.h"

struct catalogue_call {
    struct str id; /* "rds:DescribeDBInstances" */
    struct aws_operation operation;
    const struct str *iam; /* the actions that allow it */
    size_t n_iam;
    /* What it is made with, per row of `parent`: parameter → that type's field
     * number. Of a call without a parent n_inputs is 0. */
    const struct catalogue_type *parent;
    const struct catalogue_input *inputs;
    size_t n_inputs;
    /* Constant parameters. */
    struct value constants; /* VALUE_MAP or VALUE_NONE */
    struct str items; /* a listing: path of the rows in the answer; a call per
                         row: path of the one object, or empty */
};

struct catalogue_input {
    struct str parameter;
    uint32_t field;
};

/* Beside struct field of the record, by the same number. */
struct catalogue_source {
    const struct catalogue_call *call; /* NULL: row fields and derived types */
    struct str path; /* in an item of the answer: "KeyMetadata.KeyState"; the
                        field's own name if the catalogue gives none */
};

struct catalogue_type {
    struct record record; /* ROW_ID, ROW_ACCOUNT, ROW_REGION, ROW_TYPE first */
    const struct type *type;
    const struct catalogue_source *sources;
    bool is_derived;     /* dr.copy */
    bool has_arn_id;     /* id: arn; else opaque */
    uint32_t name_field; /* what people call a row; ROW_ID if none */
    const struct catalogue_call *listing; /* NULL if derived */
    struct str id_path;                   /* in a listed item; or */
    /* Where an item has no id: "arn:{partition}:s:{region}:{account}:x:{Name}",
     * in which any other name is a path in the item. */
    struct str id_template;
    /* Sets of fields that are unique together, beside the id. */
    const uint32_t *const *unique;
    const size_t *n_unique_fields;
    size_t n_unique;
    uint32_t number; /* among the catalogue's types */
};

struct catalogue {
    struct map types;    /* name → struct catalogue_type * */
    struct map calls;    /* id → struct catalogue_call * */
    struct map services; /* id → struct aws_service * */
};

/* Reads the embedded files. Mistakes go to `diags`; false if there is one. */
MUST_CHECK bool catalogue_load(struct arena *arena, struct catalogue **out,
                               struct diags *diags);
/* The same from given sources, for tests. */
MUST_CHECK bool catalogue_read(struct arena *arena,
                               const struct source *const *sources, size_t n,
                               struct catalogue **out, struct diags *diags);

const struct catalogue_type *catalogue_type(const struct catalogue *catalogue,
                                            struct str name);
/* The type whose record that is (derived ones, too), or NULL. */
const struct catalogue_type *
catalogue_of_record(const struct catalogue *catalogue,
                    const struct record *record);

/* Cuts the next "TEXT{NAME}" off an id_template; `literal` may be NULL. The
 * last part has an empty name. False at the end, and at a brace that has no
 * name or no end, which `*rest` then begins before. */
bool catalogue_template_part(struct str *rest, struct str *literal,
                             struct str *name);

/* The names of the types that the call of that id tells of (as listing or per
 * row), sorted. Returns how many. */
size_t catalogue_told(struct arena *arena, const struct catalogue *catalogue,
                      struct str call, const struct str **out);

#endif
