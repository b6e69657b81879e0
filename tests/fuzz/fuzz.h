/* Fuzz targets: each takes any bytes, and aborts where a promise is broken.
 *
 * A target is a function of the name of its file. `make fuzz` builds it under
 * the name that libFuzzer calls; the unit tests call it on each file of
 * tests/fuzz/corpus/TARGET, so that the corpus is tested by any compiler. All
 * return 0. */
#ifndef DR_FUZZ_H
#define DR_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* An expression, read to its tree. */
int fuzz_cel_parse(const uint8_t *data, size_t size);
/* An expression, compiled in both dialects. */
int fuzz_cel_check(const uint8_t *data, size_t size);
/* STATES, a newline and an expression: see fuzz_world.h. */
int fuzz_cel_eval(const uint8_t *data, size_t size);
/* A YAML file of rules, derivations or facts. */
int fuzz_rule_file(const uint8_t *data, size_t size);
/* An answer of a service; the first byte is its protocol: q, e or j. */
int fuzz_wire(const uint8_t *data, size_t size);
/* A snapshot. */
int fuzz_snapshot(const uint8_t *data, size_t size);

#endif
