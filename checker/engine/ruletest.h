/* The tests that stand in rules and in files of tests: each is an inventory of
 * its own and what the rule must say of it (rule-language.md, section 9). */
#ifndef DR_RULETEST_H
#define DR_RULETEST_H

#include "checker/engine/rule.h"

/* One test of a rule; all borrowed from the loaded rules. */
struct ruletest {
    struct rule *rule;
    const struct source *source; /* the file that it stands in */
    const struct yaml_node *node;
};

/* The tests of the chosen rules: by rule id, those of the rule's own file
 * first. Returns how many; the list is in `arena`. */
size_t ruletest_list(struct arena *arena, const struct rules *rules,
                     struct ruletest **out);
/* The name of a test. */
struct str ruletest_name(const struct ruletest *test);

/* Evaluates the rule on the test's rows and compares. False: something
 * differs, and `out` got its lines, indented by two blanks, texts as they are.
 * The rules are the same afterwards; not for several threads at once. */
bool ruletest_run(const struct rules *rules, const struct ruletest *test,
                  struct buf *out);

/* Which results the tests of a rule expect of some subject. */
struct ruletest_cases {
    bool has_pass, has_fail;
};

/* Adds what one test expects. */
void ruletest_cases(const struct ruletest *test, struct ruletest_cases *cases);

#endif
