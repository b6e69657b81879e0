/* The table of CEL's own functions: all that is known of one is in its row. */
#ifndef DR_STDLIB_H
#define DR_STDLIB_H

#include "checker/cel/cel.h"

/* Functions that are not strict: they say themselves what unknowns do. */
enum cel_special {
    SPECIAL_NONE,
    SPECIAL_SIZE,
    SPECIAL_FLATTEN,
    SPECIAL_OR_VALUE,
    SPECIAL_OR,
};

struct cel_std {
    struct cel_function f;
    enum cel_special special;
    bool is_method; /* x.f(…) */
    bool is_deep;   /* looks into the elements of its lists and maps */
    bool is_plain;  /* not in rules */
    bool is_zoned;  /* its last argument names a time zone */
};

extern const struct cel_std stdlib_functions[];
extern const size_t n_stdlib_functions;

/* What the aux of a VALUE_NET says: a compiled pattern is passed to matches()
 * in place of its text. */
enum { VALUE_NET_IP, VALUE_NET_CIDR, VALUE_NET_PATTERN };

/* A name that stands for a type: int, google.protobuf.Timestamp, net.IP. */
struct cel_type_name {
    const char *name;  /* in expressions */
    const char *shown; /* what type() and string() call it */
    const struct type *type;
};
const struct cel_type_name *stdlib_type_name(struct str name);
/* The name of the type of a value. */
const char *stdlib_type_of(struct value v);

/* Whether a value may be an argument of that type. */
bool stdlib_accepts(const struct type *type, struct value v);

extern const struct type type_ip, type_cidr;

#endif
