/* Time zones: fixed offsets, and the names that the machine knows. */
#include "checker/cel/zone.h"

#include "checker/base/file.h"

enum { MAX_ZONE_FILE = 1024 * 1024, HEADER = 44 };

static bool two_digits(struct str s, size_t at, int64_t *out)
{
    for (size_t i = at; i < at + 2; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    *out = (s.p[at] - '0') * 10 + (s.p[at + 1] - '0');
    return true;
}

static bool fixed_offset(struct str zone, int64_t *offset)
{
    int64_t hours, minutes;
    bool is_west = zone.n > 0 && zone.p[0] == '-';
    if (is_west || (zone.n > 0 && zone.p[0] == '+'))
        zone = str_sub(zone, 1, zone.n);
    if (zone.n != 5 || zone.p[2] != ':' || !two_digits(zone, 0, &hours) ||
        !two_digits(zone, 3, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset = (hours * 3600 + minutes * 60) * (is_west ? -1 : 1);
    return true;
}

/* Only words of letters between slashes, so that no name leaves the folder. */
static bool is_zone_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool is_inner = (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                        c == '+' || (c == '/' && i > 0);
        if (!is_letter && !is_inner)
            return false;
    }
    return s.n > 0 && s.n < 64;
}

/* ---- the file's format, RFC 8536 ---- */

static int64_t number_at(struct str file, size_t at, size_t n)
{
    uint64_t u = (unsigned char)file.p[at] >= 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < n; i++)
        u = u << 8 | (unsigned char)file.p[at + i];
    return (int64_t)u;
}

/* The counts in a header, in the file's order. */
struct counts {
    size_t utc, standard, leaps, times, types, letters;
};

static bool read_counts(struct str file, size_t at, struct counts *out)
{
    if (file.n < at + HEADER ||
        !str_starts(str_sub(file, at, file.n), STR("TZif")))
        return false;
    size_t *fields[] = {&out->utc,   &out->standard, &out->leaps,
                        &out->times, &out->types,    &out->letters};
    for (size_t i = 0; i < N_ITEMS(fields); i++) {
        int64_t n = number_at(file, at + 20 + 4 * i, 4);
        if (n < 0 || n > MAX_ZONE_FILE)
            return false;
        *fields[i] = (size_t)n;
    }
    return true;
}

static size_t data_size(const struct counts *c, size_t time_size)
{
    return c->times * (time_size + 1) + c->types * 6 + c->letters +
           c->leaps * (time_size + 4) + c->standard + c->utc;
}

/* The offset in force at a time by the table of changes; beyond its end the
 * last one counts. */
static bool offset_in(struct str file, int64_t at, int64_t *offset)
{
    struct counts c;
    if (!read_counts(file, 0, &c))
        return false;
    size_t begin = HEADER + data_size(&c, 4);
    if (!read_counts(file, begin, &c))
        return false;
    begin += HEADER;
    if (c.types == 0 || file.n < begin + data_size(&c, 8))
        return false;
    size_t types = begin + c.times * 9, type = 0;
    for (size_t i = 0; i < c.times; i++) {
        if (number_at(file, begin + 8 * i, 8) > at)
            break;
        type = (unsigned char)file.p[begin + 8 * c.times + i];
    }
    if (type >= c.types)
        return false;
    *offset = number_at(file, types + 6 * type, 4);
    return true;
}

bool zone_offset(struct arena *scratch, struct str zone, int64_t at,
                 int64_t *offset)
{
    struct str file;
    struct err err = {0};
    *offset = 0;
    if (str_is(zone, "UTC") || fixed_offset(zone, offset))
        return true;
    if (!is_zone_name(zone))
        return false;
    struct str path = str_fmt(scratch, "/usr/share/zoneinfo/%.*s", STRF(zone));
    return file_read(scratch, path.p, MAX_ZONE_FILE, &file, &err) &&
           offset_in(file, at, offset);
}
