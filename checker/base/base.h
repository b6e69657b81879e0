/* The attributes and small macros that every other file may use. */
#ifndef DR_BASE_H
#define DR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The result says whether the call worked; ignoring it is a bug. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* A printf format in argument `fmt`, its values from argument `first` on. */
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

#define NORETURN __attribute__((noreturn))

/* The number of elements of an array (not of a pointer). */
#define N_ITEMS(array) (sizeof(array) / sizeof((array)[0]))

#endif
