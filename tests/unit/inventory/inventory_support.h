/* What the inventory's tests share: a catalogue, a demand, an inventory. */
#ifndef DR_INVENTORY_SUPPORT_H
#define DR_INVENTORY_SUPPORT_H

#include "checker/inventory/inventory.h"

#define ACCOUNT STR("123456789012")
#define TOKYO   STR("ap-northeast-1")
#define OSAKA   STR("ap-northeast-3")

struct bench {
    struct arena arena;
    struct diags diags;
    struct catalogue *catalogue;
    struct demand *demand;
    struct causes_table *causes;
    struct inventory *inventory; /* after bench_inventory */
};

/* The embedded catalogue if `yaml` is NULL. */
void bench_open(struct bench *bench, const char *yaml);
void bench_close(struct bench *bench);
const struct catalogue_type *bench_type(const struct bench *bench,
                                        const char *name);
uint32_t bench_field(const struct catalogue_type *type, const char *name);
/* Demands TYPE and fields: "AWS::KMS::Key KeyId KeyState". */
void bench_demand(struct bench *bench, const char *words);
void bench_inventory(struct bench *bench);
/* A cell as text: 'text', 7, true, [..], absent, ?CAUSE; struct {a, b}. */
const char *bench_print(struct bench *bench, struct value v);
/* The cell of a finished row that has this id, or of ghost number `row`. */
const char *bench_cell(struct bench *bench, const char *type, const char *id,
                       const char *field);
const char *bench_ghost(struct bench *bench, const char *type, size_t ghost);
/* "STATE n_ok n_failed CODE", or "none". */
const char *bench_coverage(struct bench *bench, struct str region,
                           const char *call);

#endif
