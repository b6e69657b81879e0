/* String functions: searching, cutting, building. */
#ifndef DR_CEL_TEXT_H
#define DR_CEL_TEXT_H

#include "checker/base/value.h"

/* Shortest text that reads back the same; NaN, Infinity, -Infinity. */
void text_print_double(struct buf *out, double d);

struct value text_concat(struct arena *arena, const struct value *args);
struct value text_contains(struct arena *arena, const struct value *args);
struct value text_starts(struct arena *arena, const struct value *args);
struct value text_ends(struct arena *arena, const struct value *args);
struct value text_size(struct arena *arena, const struct value *args);
struct value text_lower(struct arena *arena, const struct value *args);
struct value text_upper(struct arena *arena, const struct value *args);
struct value text_trim(struct arena *arena, const struct value *args);
/* args[1] is a string, or a VALUE_NET with a compiled pattern. */
struct value text_matches(struct arena *arena, const struct value *args);
struct value text_char_at(struct arena *arena, const struct value *args);
struct value text_index_of(struct arena *arena, const struct value *args);
struct value text_index_from(struct arena *arena, const struct value *args);
struct value text_last_index(struct arena *arena, const struct value *args);
struct value text_last_from(struct arena *arena, const struct value *args);
struct value text_substring(struct arena *arena, const struct value *args);
struct value text_slice(struct arena *arena, const struct value *args);
struct value text_replace(struct arena *arena, const struct value *args);
struct value text_replace_n(struct arena *arena, const struct value *args);
struct value text_split(struct arena *arena, const struct value *args);
struct value text_split_n(struct arena *arena, const struct value *args);
struct value text_join(struct arena *arena, const struct value *args);
struct value text_join_with(struct arena *arena, const struct value *args);
struct value text_reverse(struct arena *arena, const struct value *args);
struct value text_quote(struct arena *arena, const struct value *args);
struct value text_to_string(struct arena *arena, const struct value *args);
struct value text_to_bytes(struct arena *arena, const struct value *args);
struct value text_base64_encode(struct arena *arena, const struct value *args);
struct value text_base64_decode(struct arena *arena, const struct value *args);
/* format.c */
struct value text_format(struct arena *arena, const struct value *args);

#endif
