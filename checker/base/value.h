/* One value: what a cell holds, what a file or an answer says, and what an
 * expression gives.
 *
 * Sixteen bytes, passed by value. What it points to belongs to the arena in
 * which it was made. Beside CEL's values there are four states that a cell or
 * an expression can be in: absent, unknown (with its causes), an error, and an
 * open list, whose members are not all sure (rule-language.md, section 5). */
#ifndef DR_VALUE_H
#define DR_VALUE_H

#include "checker/base/causes.h"
#include "checker/base/type.h"

enum value_kind {
    VALUE_NONE, /* {0}: not set; never in a cell or a result */
    VALUE_NULL,
    VALUE_BOOL,      /* as.b */
    VALUE_INT,       /* as.i */
    VALUE_UINT,      /* as.u */
    VALUE_DOUBLE,    /* as.d */
    VALUE_STRING,    /* as.s, n bytes of UTF-8 */
    VALUE_BYTES,     /* as.s, n bytes */
    VALUE_TIMESTAMP, /* as.i seconds since 1970 UTC, n nanoseconds */
    VALUE_DURATION,  /* as.i seconds, (int32_t)n nanoseconds of equal sign */
    VALUE_LIST,      /* as.items, n of them */
    VALUE_MAP,       /* as.items: n pairs, key then value; in the order given */
    VALUE_STRUCT,    /* as.items: n values, one per field of its record */
    VALUE_ROW,       /* as.table, row number n */
    VALUE_OPTIONAL,  /* as.items: the one value, or NULL */
    VALUE_TYPE,      /* as.s, the type's name */
    VALUE_NET,       /* as.p: an address or a network; cel's own */
    VALUE_ABSENT,    /* a field that is not there */
    VALUE_UNKNOWN,   /* n: its causes; as.bounds: of an int, or NULL */
    VALUE_ERROR,     /* as.error */
    VALUE_OPEN_LIST, /* as.open */
};

enum value_flag {
    VALUE_INTERNED = 1, /* string: of the inventory's table of texts */
    VALUE_MAYERR = 2,   /* unknown: some completion may be an error */
};

struct value {
    uint8_t kind;  /* enum value_kind */
    uint8_t flags; /* enum value_flag */
    uint16_t aux;  /* for the layer that made the value */
    uint32_t n;
    union {
        bool b;
        int64_t i;
        uint64_t u;
        double d;
        const char *s;
        const void *p;
        const struct value *items;
        const struct value_table *table;
        const struct value_bounds *bounds;
        const struct value_error *error;
        const struct value_open *open;
    } as;
};

/* Rows of one type, a column per field of `record`. Rows 0 to n_rows - 1 are
 * sorted by id; rows n_rows to n_rows + n_ghosts - 1 are ghosts, and
 * ghost_causes[row - n_rows] says why. A column that nobody reads is NULL.
 * The ROW_TYPE column of a type (is_row) is NULL: it is the record's name. */
struct value_table {
    const struct record *record;
    struct value **columns;
    uint32_t n_rows, n_ghosts;
    const causes *ghost_causes;
};

/* lo..hi of an unknown int; hi may be INT64_MAX for "no bound". */
struct value_bounds {
    int64_t lo, hi;
};

struct value_error {
    struct str text;
    bool is_miss;    /* "no row": a lookup found nothing */
    uint32_t offset; /* of the expression's text, in bytes */
};

enum member_kind { MEMBER_SURE, MEMBER_MAYBE, MEMBER_GHOST };

/* A list whose members are not all sure. */
struct value_open {
    const struct value *items;
    const uint8_t *kinds; /* enum member_kind */
    const causes *why;    /* of membership; 0 where sure */
    uint32_t n;
};

struct value value_null(void);
struct value value_bool(bool b);
struct value value_int(int64_t i);
struct value value_double(double d);
struct value value_str(struct str s); /* borrowed; s.n must fit 32 bits */
struct value value_list(const struct value *items, size_t n);
struct value value_map(const struct value *pairs, size_t n);
struct value value_absent(void);
struct value value_unknown(causes why);
struct value value_row(const struct value_table *table, uint32_t row);

/* The bytes of a string, of bytes or of a type's name. */
struct str value_text(struct value v);
/* A map's value for a string key (the first), or VALUE_NONE. Linear. */
struct value value_get(struct value map, struct str key);
/* A cell. For ROW_TYPE of a row with that field (is_row) the record's name. */
struct value value_cell(const struct value_table *table, uint32_t row,
                        size_t field);
bool value_is_ghost(struct value row);
/* The same scalar or state of a cell: bool, int, string, null, absent, unknown
 * for the same causes. False for all that has parts. */
bool value_same_cell(struct value a, struct value b);

/* A copy of the value and all it points to, in `arena`; tables are shared. */
struct value value_copy(struct arena *arena, struct value v);

#endif
