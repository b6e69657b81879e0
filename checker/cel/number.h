/* Numbers that cannot overflow, and the order and equality of plain values. */
#ifndef DR_NUMBER_H
#define DR_NUMBER_H

#include "checker/base/value.h"

bool number_is(struct value v); /* an int, uint or double */
/* <0, 0, >0, across the three kinds; 2 if one is NaN. */
int number_compare(struct value a, struct value b);
/* A number that an int64 holds exactly. */
MUST_CHECK bool number_to_int(struct value v, int64_t *out);

/* Equality of values that hold no others: numbers by value, strings and the
 * like by bytes; false for different kinds. */
bool value_same(struct value a, struct value b);
/* The order of two numbers, strings, bytes, bools, timestamps or durations;
 * false if they have none. `*out` is 2 where one is NaN. */
MUST_CHECK bool value_order(struct value a, struct value b, int *out);
/* The value that a map has for a key, or NULL. */
const struct value *value_find(struct value map, struct value key);

/* The functions of the table. */
struct value number_add(struct arena *arena, const struct value *args);
struct value number_subtract(struct arena *arena, const struct value *args);
struct value number_multiply(struct arena *arena, const struct value *args);
struct value number_divide(struct arena *arena, const struct value *args);
struct value number_modulo(struct arena *arena, const struct value *args);
struct value number_negate(struct arena *arena, const struct value *args);
struct value number_as_int(struct arena *arena, const struct value *args);
struct value number_as_uint(struct arena *arena, const struct value *args);
struct value number_as_double(struct arena *arena, const struct value *args);
struct value number_as_bool(struct arena *arena, const struct value *args);
struct value number_greatest(struct arena *arena, const struct value *args);
struct value number_least(struct arena *arena, const struct value *args);
struct value number_abs(struct arena *arena, const struct value *args);
struct value number_sign(struct arena *arena, const struct value *args);
struct value number_ceil(struct arena *arena, const struct value *args);
struct value number_floor(struct arena *arena, const struct value *args);
struct value number_round(struct arena *arena, const struct value *args);
struct value number_trunc(struct arena *arena, const struct value *args);
struct value number_is_nan(struct arena *arena, const struct value *args);
struct value number_is_inf(struct arena *arena, const struct value *args);
struct value number_is_finite(struct arena *arena, const struct value *args);
struct value number_bit_and(struct arena *arena, const struct value *args);
struct value number_bit_or(struct arena *arena, const struct value *args);
struct value number_bit_xor(struct arena *arena, const struct value *args);
struct value number_bit_not(struct arena *arena, const struct value *args);
struct value number_shift_left(struct arena *arena, const struct value *args);
struct value number_shift_right(struct arena *arena, const struct value *args);

#endif
