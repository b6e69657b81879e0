/* The table of report formats. */
#ifndef DR_REPORTS_H
#define DR_REPORTS_H

#include "reports/format.h"

/* All formats; the first is the default. */
const struct format *const *report_formats(size_t *n);
/* The format of that name, or NULL. */
const struct format *report_format(struct str name);

#endif
