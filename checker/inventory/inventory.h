/* What is known of the accounts: rows, ghosts, coverage and scope.
 *
 * A source fills it (live account, snapshot); afterwards it is complete:
 * inventory_finish sorts rows and makes a ghost for each (type, place) whose
 * listing did not answer, from the coverage alone, so that a snapshot and the
 * account that it was taken from give the same inventory. */
#ifndef DR_INVENTORY_H
#define DR_INVENTORY_H

#include "checker/inventory/catalogue.h"

/* Which types, fields and calls are needed. */
struct demand {
    const struct catalogue *catalogue;
    bool **fields; /* [type number][field number]; NULL: type not read */
};

struct demand *demand_new(struct arena *arena,
                          const struct catalogue *catalogue);
/* The type is read: its listing call is made. */
void demand_type(struct arena *arena, struct demand *demand,
                 const struct catalogue_type *type);
/* The field, its call, and what that call is made with. */
void demand_field(struct arena *arena, struct demand *demand,
                  const struct catalogue_type *type, uint32_t field);
/* The calls, sorted by id: listings and calls per row. */
size_t demand_calls(struct arena *arena, const struct demand *demand,
                    const struct catalogue_call *const **out);

enum coverage_state {
    COVERAGE_OK,
    COVERAGE_DENIED,
    COVERAGE_THROTTLED,
    COVERAGE_UNREACHABLE,
    COVERAGE_BAD_ANSWER,
    COVERAGE_REGION_OFF,
    COVERAGE_NOT_CALLED,
    COVERAGE_NOT_READ,
    COVERAGE_FAILED, /* another error of the service */
};
/* "ok", "denied", "bad answer", … */
struct str coverage_word(enum coverage_state state);
bool coverage_state_of(struct str word, enum coverage_state *out);

/* One call in one place. `state` is the worst of the calls made per row. */
struct coverage {
    struct str account, region, call;
    enum coverage_state state;
    struct str code;         /* the service's; may be empty */
    uint64_t n_ok, n_failed; /* rows of a listing; calls made per row */
    bool is_partial;         /* a listing that stopped after some pages */
};

/* Makes the record's state that one if it is worse (later in the enum). */
void coverage_worsen(struct coverage *record, enum coverage_state state,
                     struct str code);

struct place {
    struct str account, region;
};

/* What a source brought that the catalogue does not know; for people. */
struct inventory_note {
    struct str text; /* "unknown type 'AWS::New::Thing'" */
    uint64_t count;  /* lines that have it */
};

struct inventory {
    struct arena *arena;
    struct interns interns;
    struct causes_table *causes;
    const struct catalogue *catalogue;
    const struct demand *demand;
    struct str partition;
    int64_t taken;       /* seconds since 1970 */
    struct place *scope; /* sorted */
    size_t n_scope, scope_capacity;
    struct coverage *coverage; /* sorted by account, region, call */
    size_t n_coverage, coverage_capacity;
    struct value_table **tables;  /* by type number; NULL: type not demanded */
    struct inventory_note *notes; /* in the order first met */
    size_t n_notes, notes_capacity;
    struct rows **rows; /* private: by type number, what is being added */
};

struct inventory *inventory_new(struct arena *arena,
                                const struct demand *demand,
                                struct causes_table *table);
void inventory_scope(struct inventory *inventory, struct str account,
                     struct str region);
/* Counts one more occurrence of what `text` says (copied). Past 100 texts the
 * rest is counted as one. */
void inventory_note(struct inventory *inventory, struct str text);
/* A new row with every demanded field unknown (`not read: CALL`) until set; of
 * a derived type the optional ones absent, the others unknown (`not given`).
 * The type must be demanded and the id new in it (see inventory_find). Returns
 * the row's number, good until inventory_finish. */
uint32_t inventory_row(struct inventory *inventory,
                       const struct catalogue_type *type, struct str account,
                       struct str region, struct str id);
/* The row of that id, or UINT32_MAX; its number is good until
 * inventory_finish. */
uint32_t inventory_find(struct inventory *inventory,
                        const struct catalogue_type *type, struct str id);
/* Sets a field of a row (not one of enum row_field). `cell` is shared, and must
 * live as long as the inventory. A field that is not demanded is left out. */
void inventory_cell(struct inventory *inventory,
                    const struct catalogue_type *type, uint32_t row,
                    uint32_t field, struct value cell);
/* A ghost beside those that coverage makes (tests, derived types): all fields
 * unknown with `why`; account or region empty: unknown, too. Returns its
 * number among the ghosts, for inventory_ghost_cell. */
uint32_t inventory_ghost(struct inventory *inventory,
                         const struct catalogue_type *type, struct place place,
                         causes why);
void inventory_ghost_cell(struct inventory *inventory,
                          const struct catalogue_type *type, uint32_t ghost,
                          uint32_t field, struct value cell);
/* Adds a record (copied). Of two for one call and place the worse state
 * holds, and the counts add up. */
void inventory_coverage(struct inventory *inventory,
                        const struct coverage *record);
/* "denied kms:ListKeys 123456789012/ap-northeast-3 AccessDeniedException" */
struct str coverage_cause(struct arena *arena, const struct coverage *record);
/* The record of a call in a place, or NULL. */
const struct coverage *inventory_covered(const struct inventory *inventory,
                                         struct place place, struct str call);
/* Sorts, makes ghosts from coverage and fixes the tables. Rows may be added
 * to derived types afterwards, and it may be called again. */
void inventory_finish(struct inventory *inventory);
bool inventory_in_scope(const struct inventory *inventory, struct place place);
/* SHA-256 over scope, rows and coverage in a fixed order: "sha256:HEX". Rows
 * that were derived (added after the first inventory_finish) do not count. */
struct str inventory_digest(struct arena *arena,
                            const struct inventory *inventory);

/* Reads a value of an answer or a file as a field's type: normalisation as in
 * rule-language.md, section 2. Missing is VALUE_NONE. Texts are interned. */
struct value inventory_normalise(struct inventory *inventory,
                                 const struct field *field, struct value raw);
/* The same for a snapshot's value, in which {"$unknown": CAUSE} (or a list of
 * causes) is unknown and {"$absent": true} absent, at any depth. */
struct value inventory_restore(struct inventory *inventory,
                               const struct field *field, struct value raw);

/* ---- sources ---- */

struct live_options {
    struct str account; /* from sts:GetCallerIdentity */
    const struct str *regions;
    size_t n_regions;
    void (*progress)(void *owner, const struct aws_progress *);
    void *owner;
    const volatile sig_atomic_t *cancelled;
};

/* Who the credentials are. fails  ERR_DENIED, ERR_NET: the run ends with 2. */
MUST_CHECK bool live_identity(struct aws_client *client,
                              const struct catalogue *catalogue,
                              struct arena *arena, struct str region,
                              struct str *account, struct str *arn,
                              struct err *err);
/* The enabled regions by ec2:DescribeRegions, sorted. False: it was refused,
 * and the caller falls back on regions enabled by default. `*coverage` says how
 * it went either way; its texts are borrowed or in `arena`. */
bool live_regions(struct aws_client *client, const struct catalogue *catalogue,
                  struct arena *arena, struct str account, struct str region,
                  struct str **regions, size_t *n, struct coverage *coverage);
/* Makes the demanded calls in every region at once and fills the inventory:
 * rows, coverage, scope, and the time if it is not set (not the partition). It
 * does not fail: what could not be read is coverage. inventory_finish is left
 * to the caller, here and with snapshot_read. */
void live_gather(struct inventory *inventory, struct aws_client *client,
                 const struct live_options *options);

/* Reads a snapshot (NDJSON, design.md). fails  ERR_PARSE with file and line. */
MUST_CHECK bool snapshot_read(struct inventory *inventory, const char *path,
                              struct err *err);
/* Appends the snapshot; `tool` is the program's version. */
void snapshot_write(struct buf *out, const struct inventory *inventory,
                    struct str tool);

#endif
