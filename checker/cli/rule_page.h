/* Rules for readers: a line of each, or all of one. */
#ifndef DR_RULE_PAGE_H
#define DR_RULE_PAGE_H

#include "checker/engine/rule.h"

/* Append with a line end. The text is escaped for a terminal and 80 columns
 * wide, but for identifiers and CEL, which are not cut. */
void rule_page_list(struct buf *out, const struct rule *const *rules, size_t n);
void rule_page_list_json(struct buf *out, const struct rule *const *rules,
                         size_t n);
/* One of the chosen rules of `rules`. */
void rule_page_text(struct buf *out, const struct rules *rules,
                    const struct rule *rule);
void rule_page_json(struct buf *out, const struct rules *rules,
                    const struct rule *rule);

#endif
