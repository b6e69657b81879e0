/* One rule on some of its subjects: the findings. */
#ifndef DR_SUBJECTS_H
#define DR_SUBJECTS_H

#include "checker/engine/judge.h"

struct report {
    struct arena *arena;  /* what findings point to */
    struct arena *lists;  /* `items` */
    struct arena scratch; /* of one subject */
    const struct setting *setting;
    struct finding *items;
    size_t n, capacity;
    size_t *counts; /* by result */
    bool list_not_applicable;
};

/* Adds the rule's findings on the rows first..end - 1 of its type. */
void subjects_report(struct report *report, const struct rule *rule,
                     uint32_t first, uint32_t end);
/* Adds its findings on the ghosts of its type: one per place. */
void subjects_report_ghosts(struct report *report, const struct rule *rule);
/* The rows and ghosts that the rule is about; NULL if none were read. */
const struct value_table *subjects_of(const struct setting *setting,
                                      const struct rule *rule);

#endif
