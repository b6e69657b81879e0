/* Versions of engines: how they compare, and ranges of them. */
#include "checker/engine/versions.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* The next run of digits or letters; false at the end. */
static bool next_token(struct str v, size_t *at, struct str *token)
{
    while (*at < v.n && !is_digit(v.p[*at]) && !is_letter(v.p[*at]))
        (*at)++;
    size_t from = *at;
    if (from == v.n)
        return false;
    bool digits = is_digit(v.p[from]);
    while (*at < v.n && (digits ? is_digit(v.p[*at]) : is_letter(v.p[*at])))
        (*at)++;
    *token = str_sub(v, from, *at);
    return true;
}

static bool is_number(struct str token)
{
    return is_digit(token.p[0]);
}

static struct str without_zeros(struct str number)
{
    while (number.n > 1 && number.p[0] == '0')
        number = str_sub(number, 1, number.n);
    return number;
}

static bool is_zero(struct str token)
{
    return is_number(token) && str_is(without_zeros(token), "0");
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static int compare_letters(struct str a, struct str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return lower(a.p[i]) < lower(b.p[i]) ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

static int compare_tokens(struct str a, struct str b)
{
    if (is_number(a) != is_number(b))
        return is_number(a) ? 1 : -1;
    if (!is_number(a))
        return compare_letters(a, b);
    a = without_zeros(a);
    b = without_zeros(b);
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return sign(str_cmp(a, b));
}

bool versions_valid(struct str v)
{
    for (size_t i = 0; i < v.n; i++)
        if (is_digit(v.p[i]))
            return true;
    return false;
}

int versions_compare(struct str a, struct str b)
{
    size_t at_a = 0, at_b = 0;
    for (;;) {
        struct str x = {0}, y = {0};
        bool has_x = next_token(a, &at_a, &x);
        bool has_y = next_token(b, &at_b, &y);
        if (!has_x && !has_y)
            return 0;
        if (has_x && has_y) {
            int order = compare_tokens(x, y);
            if (order != 0)
                return order;
        } else if (!is_zero(has_x ? x : y))
            return has_x ? 1 : -1;
    }
}

/* `13.*`: the tokens before the star are the first of `v`. */
static bool match_prefix(struct str v, struct str prefix)
{
    size_t at_v = 0, at_p = 0;
    struct str x, y;
    while (next_token(prefix, &at_p, &y))
        if (!next_token(v, &at_v, &x) || compare_tokens(x, y) != 0)
            return false;
    return true;
}

static bool match_one(struct str v, struct str condition, bool *matches)
{
    static const struct {
        struct str word;
        bool less, equal, greater;
    } operators[] = {
        {STR_INIT(">="), false, true, true},
        {STR_INIT("<="), true, true, false},
        {STR_INIT("!="), true, false, true},
        {STR_INIT("=="), false, true, false},
        {STR_INIT(">"), false, false, true},
        {STR_INIT("<"), true, false, false},
        {STR_INIT("="), false, true, false},
        {STR_INIT(""), false, true, false},
    };
    size_t i = 0;
    while (!str_starts(condition, operators[i].word))
        i++;
    bool has_operator = operators[i].word.n > 0;
    struct str bound =
        str_trim(str_sub(condition, operators[i].word.n, condition.n));
    if (!has_operator && str_ends(bound, STR(".*"))) {
        bound.n -= 2;
        *matches = match_prefix(v, bound);
        return versions_valid(bound);
    }
    if (!versions_valid(bound) || str_contains(bound, STR("*")))
        return false;
    int order = versions_compare(v, bound);
    *matches = order < 0   ? operators[i].less
               : order > 0 ? operators[i].greater
                           : operators[i].equal;
    return true;
}

bool versions_match(struct str v, struct str range, bool *matches)
{
    struct str rest = range, part;
    bool is_any = false;
    *matches = true;
    while (str_split(&rest, ',', &part)) {
        bool is_one = false;
        if (!match_one(v, str_trim(part), &is_one))
            return false;
        *matches &= is_one;
        is_any = true;
    }
    return is_any;
}

bool versions_major(struct str v, int64_t *major)
{
    size_t at = 0;
    struct str token;
    while (next_token(v, &at, &token))
        if (is_number(token))
            return str_to_int(token, major);
    return false;
}
