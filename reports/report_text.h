/* The report as text for people. */
#ifndef DR_REPORT_TEXT_H
#define DR_REPORT_TEXT_H

#include "reports/format.h"

extern const struct format report_text;

#endif
