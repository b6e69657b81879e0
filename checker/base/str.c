/* Text as pointer and length, and the buffer that grows. */
#include "checker/base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str str_of(const char *cstr)
{
    return cstr != NULL ? (struct str){cstr, strlen(cstr)} : (struct str){0};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str s, const char *cstr)
{
    return str_eq(s, str_of(cstr));
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
    if (order != 0)
        return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, s.n), suffix);
}

bool str_contains(struct str s, struct str part)
{
    return str_find(s, part, 0) != SIZE_MAX;
}

size_t str_find(struct str s, struct str part, size_t from)
{
    if (part.n > s.n || from > s.n - part.n)
        return SIZE_MAX;
    if (part.n == 0)
        return from;
    size_t last = s.n - part.n;
    while (from <= last) {
        const char *hit = memchr(s.p + from, part.p[0], last - from + 1);
        if (hit == NULL)
            return SIZE_MAX;
        if (memcmp(hit, part.p, part.n) == 0)
            return (size_t)(hit - s.p);
        from = (size_t)(hit - s.p) + 1;
    }
    return SIZE_MAX;
}

struct str str_sub(struct str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (struct str){s.p != NULL ? s.p + from : NULL, to - from};
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = str_sub(s, 1, s.n);
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* What is left behind a separator that ends the text: one empty part, where
 * an empty text has none. */
static const char last_part[] = "";

bool str_split(struct str *rest, char separator, struct str *part)
{
    if (rest->n == 0 && rest->p != last_part)
        return false;
    const char *hit = rest->n > 0 ? memchr(rest->p, separator, rest->n) : NULL;
    if (hit == NULL) {
        *part = *rest;
        *rest = (struct str){0};
        return true;
    }
    size_t at = (size_t)(hit - rest->p);
    *part = str_sub(*rest, 0, at);
    *rest = str_sub(*rest, at + 1, rest->n);
    if (rest->n == 0)
        rest->p = last_part;
    return true;
}

/* On a mismatch the last * takes one byte more: no recursion, O(n * m). */
bool str_glob(struct str pattern, struct str s)
{
    size_t p = 0, i = 0, star = SIZE_MAX, resume = 0;
    while (i < s.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            resume = i;
        } else if (p < pattern.n &&
                   (pattern.p[p] == '?' || pattern.p[p] == s.p[i])) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}

char *str_cstr(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.n + 1);
    if (s.n > 0)
        memcpy(copy, s.p, s.n);
    return copy;
}

struct str str_dup(struct arena *arena, struct str s)
{
    return (struct str){str_cstr(arena, s), s.n};
}

struct str str_fmt(struct arena *arena, const char *format, ...)
{
    struct buf buf = {0};
    va_list args;
    va_start(args, format);
    buf_vaddf(&buf, format, args);
    va_end(args);
    struct str s = str_dup(arena, buf_str(&buf));
    buf_release(&buf);
    return s;
}

struct str str_lower(struct arena *arena, struct str s)
{
    char *copy = str_cstr(arena, s);
    for (size_t i = 0; i < s.n; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return (struct str){copy, s.n};
}

struct str str_cat(struct arena *arena, struct str a, struct str b)
{
    char *both = arena_alloc(arena, a.n + b.n + 1);
    if (a.n > 0)
        memcpy(both, a.p, a.n);
    if (b.n > 0)
        memcpy(both + a.n, b.p, b.n);
    return (struct str){both, a.n + b.n};
}

void str_hex(char *out, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

bool str_to_int(struct str s, int64_t *out)
{
    bool is_negative = s.n > 0 && s.p[0] == '-';
    size_t i = is_negative ? 1 : 0;
    uint64_t limit = (uint64_t)INT64_MAX + (is_negative ? 1 : 0);
    uint64_t n = 0;
    if (i == s.n)
        return false;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (n > (limit - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = is_negative ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}

int32_t utf8_next(struct str s, size_t *at)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)s.p[*at];
    size_t n = first < 0x80             ? 1
               : (first & 0xE0) == 0xC0 ? 2
               : (first & 0xF0) == 0xE0 ? 3
               : (first & 0xF8) == 0xF0 ? 4
                                        : 0;
    if (n == 0 || n > s.n - *at)
        goto bad;
    int32_t point = n == 1 ? first : first & (0x7F >> n);
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)s.p[*at + i];
        if ((c & 0xC0) != 0x80)
            goto bad;
        point = point << 6 | (c & 0x3F);
    }
    if (point < least[n] || point > 0x10FFFF ||
        (point >= 0xD800 && point <= 0xDFFF))
        goto bad;
    *at += n;
    return point;
bad:
    *at += 1;
    return -1;
}

bool utf8_valid(struct str s)
{
    for (size_t at = 0; at < s.n;)
        if (utf8_next(s, &at) < 0)
            return false;
    return true;
}

size_t utf8_length(struct str s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.n; n++)
        utf8_next(s, &at);
    return n;
}

size_t utf8_encode(char out[4], int32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)((0xF00 >> n & 0xFF) | point);
    return n;
}

/* Room for `more` bytes and a final NUL; false once the limit is reached. */
static bool buf_room(struct buf *buf, size_t more)
{
    if (buf->is_full || (buf->limit > 0 && more > buf->limit - buf->n)) {
        buf->is_full = true;
        return false;
    }
    if (buf->capacity - buf->n > more)
        return true;
    size_t capacity = buf->capacity > 0 ? buf->capacity : 64;
    while (capacity - buf->n <= more)
        capacity *= 2;
    buf->p = memory_resize(buf->p, capacity);
    buf->capacity = capacity;
    return true;
}

void buf_add(struct buf *buf, struct str s)
{
    if (s.n == 0 || !buf_room(buf, s.n))
        return;
    memcpy(buf->p + buf->n, s.p, s.n);
    buf->n += s.n;
}

void buf_adds(struct buf *buf, const char *cstr)
{
    buf_add(buf, str_of(cstr));
}

void buf_addc(struct buf *buf, char c)
{
    buf_add(buf, (struct str){&c, 1});
}

void buf_vaddf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n > 0 && buf_room(buf, (size_t)n)) {
        (void)vsnprintf(buf->p + buf->n, (size_t)n + 1, format, again);
        buf->n += (size_t)n;
    }
    va_end(again);
}

void buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vaddf(buf, format, args);
    va_end(args);
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->p != NULL ? buf->p : "", buf->n};
}

void buf_reset(struct buf *buf)
{
    buf->n = 0;
    buf->is_full = false;
}

void buf_release(struct buf *buf)
{
    free(buf->p);
    *buf = (struct buf){0};
}

void wipe(void *p, size_t n)
{
    volatile unsigned char *byte = p;
    while (n-- > 0)
        *byte++ = 0;
}
