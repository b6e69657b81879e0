/* From demanded calls to rows and coverage; private to inventory.
 *
 * Nothing is sent from here: calls go to `start`, and whoever makes them calls
 * their page and done functions, in any order. So tests play back recorded
 * answers. */
#ifndef DR_GATHERING_H
#define DR_GATHERING_H

#include "checker/inventory/inventory.h"

struct gathering;

/* `start` is given each call to make; it copies `*call`, whose input lives as
 * long as the gathering. Regions are borrowed. */
struct gathering *gathering_new(struct inventory *inventory, struct str account,
                                const struct str *regions, size_t n_regions,
                                void (*start)(void *owner,
                                              const struct aws_call *call),
                                void *owner);
/* Starts the listings; calls per row are started as rows come. */
void gathering_start(struct gathering *gathering);
/* When no call is left: adds the coverage. Frees the gathering. */
void gathering_end(struct gathering *gathering);

/* What stands at "A.B" in an answer, or VALUE_NONE. */
struct value gathering_at(struct value answer, struct str path);
/* The rows at `path`: a JSON list, or the children of an XML element, which all
 * have one name. False if there is no such thing. */
MUST_CHECK bool gathering_items(struct arena *arena,
                                const struct aws_service *service,
                                struct value answer, struct str path,
                                const struct value **items, size_t *n);
/* The words of coverage for a call that failed (NULL: it did not). */
enum coverage_state gathering_state(const struct aws_failure *failure);

#endif
