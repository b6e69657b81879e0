/* The report as JSON, "dr-preflight.report/1". */
#ifndef DR_REPORT_JSON_H
#define DR_REPORT_JSON_H

#include "reports/format.h"

extern const struct format report_json;

#endif
