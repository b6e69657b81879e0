/* Findings made by hand, and the golden files that reports of them match. */
#ifndef DR_TEST_SAMPLE_H
#define DR_TEST_SAMPLE_H

#include "checker/engine/findings.h"
#include "reports/format.h"

/* All results and severities, ghosts, hostile names, copies and gaps. Lives
 * in `arena`; its causes are freed with causes_free. */
struct findings *sample_findings(struct arena *arena,
                                 struct causes_table **table);

/* Fails the test unless `format` writes the file tests/golden/NAME. With the
 * variable GOLDEN=write the file is written instead. */
void expect_golden(const struct format *format, const char *name,
                   const struct format_options *options);

#endif
