/* One rule on all of its subjects: the findings. */
#ifndef DR_SUBJECTS_H
#define DR_SUBJECTS_H

#include "checker/engine/judge.h"

struct report {
    struct arena *arena;  /* findings */
    struct arena scratch; /* of one subject */
    const struct setting *setting;
    struct finding *items;
    size_t n, capacity;
    size_t *counts; /* by result */
    bool list_not_applicable;
};

/* Adds the rule's findings, in no fixed order. */
void subjects_report(struct report *report, const struct rule *rule);

#endif
