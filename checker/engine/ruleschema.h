/* The JSON Schema of rule files, with which editors complete and check. */
#ifndef DR_RULESCHEMA_H
#define DR_RULESCHEMA_H

#include "checker/engine/rule.h"

/* Appends the schema (draft-07) with its line end: the keys and forms of
 * rule-language.md, section 1, the catalogue's types and the tables of facts
 * that are loaded. What CEL and messages say is not in it. */
void ruleschema_write(struct buf *out, const struct rules *rules);

#endif
