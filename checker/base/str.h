/* Text as pointer and length, and the buffer that grows.
 *
 * A struct str borrows its bytes unless a function says otherwise. The bytes
 * may hold anything, NUL too, and need not end with one. */
#ifndef DR_STR_H
#define DR_STR_H

#include <stdarg.h>

#include "checker/base/arena.h"

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* In a table's initialiser, where a compound literal is no constant. */
#define STR_INIT(literal) {(literal), sizeof(literal) - 1}
/* The two arguments of "%.*s"; text past INT_MAX is never printed this way. */
#define STRF(s) ((int)(s).n), ((s).p != NULL ? (s).p : "")

struct str str_of(const char *cstr); /* NULL gives the empty text */
bool str_eq(struct str a, struct str b);
bool str_is(struct str s, const char *cstr);
int str_cmp(struct str a, struct str b); /* by bytes: <0, 0, >0 */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_contains(struct str s, struct str part);
/* Offset of the first `part` at or after `from`, or SIZE_MAX. */
size_t str_find(struct str s, struct str part, size_t from);
struct str str_sub(struct str s, size_t from, size_t to); /* clamped */
struct str str_trim(struct str s); /* ASCII white space off both ends */
/* Cuts the text before `separator` off `*rest`: true and `*part` while there
 * is one. A text without the separator is one part; an empty one is none. */
bool str_split(struct str *rest, char separator, struct str *part);
/* Shell wildcards * and ? in `pattern`, over the whole text; linear memory. */
bool str_glob(struct str pattern, struct str s);

struct str str_dup(struct arena *arena, struct str s);
char *str_cstr(struct arena *arena, struct str s); /* NUL added */
struct str str_fmt(struct arena *arena, const char *format, ...)
    PRINTF_LIKE(2, 3);
struct str str_lower(struct arena *arena, struct str s); /* ASCII */
struct str str_cat(struct arena *arena, struct str a, struct str b);

/* Bytes as lower-case hex: 2 n characters and a NUL into `out`. */
void str_hex(char *out, const unsigned char *bytes, size_t n);

/* The whole text as a decimal int64, optional '-', no blanks: false if it is
 * malformed or out of range; `*out` is untouched then. */
MUST_CHECK bool str_to_int(struct str s, int64_t *out);

/* UTF-8. Decodes the code point at `*at` (moved past it); -1 and one byte on
 * if the bytes are no valid UTF-8 (overlong, surrogate, cut off). */
int32_t utf8_next(struct str s, size_t *at);
bool utf8_valid(struct str s);
size_t utf8_length(struct str s);               /* code points */
size_t utf8_encode(char out[4], int32_t point); /* bytes written */

/* A text that is being built. {0} is empty and without a limit. Its bytes are
 * its own (malloc); buf_release frees them. Past `limit` bytes (if not 0) it
 * takes no more and is_full is set, which the owner checks once, at the end. */
struct buf {
    char *p;
    size_t n, capacity, limit;
    bool is_full;
};

void buf_add(struct buf *buf, struct str s);
void buf_adds(struct buf *buf, const char *cstr);
void buf_addc(struct buf *buf, char c);
void buf_addf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vaddf(struct buf *buf, const char *format, va_list args);
struct str buf_str(const struct buf *buf); /* borrowed until the next add */
void buf_reset(struct buf *buf);
void buf_release(struct buf *buf);

/* Overwrites memory in a way that no compiler leaves out. */
void wipe(void *p, size_t n);

#endif
