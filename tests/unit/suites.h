/* The suites of the unit tests; the table is made by the Makefile. */
#ifndef DR_SUITES_H
#define DR_SUITES_H

#include <check.h>

extern Suite *(*const suites[])(void);

#endif
