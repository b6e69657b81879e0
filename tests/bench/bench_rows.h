/* The rows that all programs of the benchmark are given, by number. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One in 500 is wrong in the way that the case looks at. */
enum { BENCH_TEXT = 128, BENCH_WRONG = 500, BENCH_MEASURE_NS = 60000000 };

extern const char *const bench_regions[4];

/* "arn:…" of instance, backup or key `i`; returns its length. */
size_t bench_instance(char out[BENCH_TEXT], uint32_t i);
size_t bench_backup(char out[BENCH_TEXT], uint32_t i);
size_t bench_key(char out[BENCH_TEXT], uint32_t i);
/* Which key instance `i` of `n` has, and which instance backup `i` is of: a
 * permutation that leaves no neighbours beside each other. */
uint32_t bench_key_of(uint32_t i, uint32_t n);
uint32_t bench_instance_of(uint32_t i, uint32_t n);
bool bench_is_wrong(uint32_t i);

/* Nanoseconds of processor time: what else the machine does counts little. */
uint64_t bench_now(void);

#endif
