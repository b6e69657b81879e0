/* Regular expressions: the only user of PCRE2. */
#include "checker/cel/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    MAX_PATTERN = 512,
    MAX_REPEAT = 1000, /* as in RE2 */
    MAX_TEXT = 64 * 1024,
    /* What bounds the cost: some 700 states at one place in the text. */
    WORKSPACE = 4096,
    MATCH_LIMIT = 1000, /* calls within a search; a plain one is one */
    HEAP_LIMIT_KIB = 8 * 1024,
};

struct pattern {
    pcre2_code *code;
};

/* PCRE2's memory comes from the arena, so nothing of it is freed alone. */
static void *take(PCRE2_SIZE size, void *arena)
{
    return arena_alloc(arena, size);
}

static void leave(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

/* ---- what RE2 has not ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_of(char c, const char *set)
{
    for (; *set != '\0'; set++)
        if (c == *set)
            return true;
    return false;
}

/* Behind "(?": flags, a name, or nothing to remember. */
static const char *group_fault(struct str p, size_t at)
{
    if (str_starts(str_sub(p, at, p.n), STR("P<")) ||
        str_starts(str_sub(p, at, p.n), STR(":")))
        return NULL;
    if (at < p.n && p.p[at] == '<')
        return at + 1 < p.n && is_one_of(p.p[at + 1], "=!")
                   ? "look-behind is not supported"
                   : NULL;
    if (at < p.n && is_one_of(p.p[at], "=!"))
        return "look-ahead is not supported";
    while (at < p.n && is_one_of(p.p[at], "imsU-"))
        at++;
    if (at < p.n && is_one_of(p.p[at], ":)"))
        return NULL;
    return "this kind of group is not supported";
}

static const char *escape_fault(char c)
{
    if (c >= '1' && c <= '9')
        return "back-references are not supported";
    if (is_one_of(c, "aftnrvxAbBzdDsSwWpPQE0"))
        return NULL;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return "this escape is not supported";
    return NULL;
}

/* A counted repetition "{m,n}" at `at`: its end, or `at` if it is none. */
static size_t skip_count(struct str p, size_t at, bool *is_large)
{
    size_t i = at + 1;
    unsigned count = 0;
    if (i >= p.n || !is_digit(p.p[i]))
        return at;
    for (; i < p.n && (is_digit(p.p[i]) || p.p[i] == ','); i++) {
        if (p.p[i] == ',') {
            count = 0;
            continue;
        }
        count = count * 10 + (unsigned)(p.p[i] - '0');
        if (count > MAX_REPEAT) {
            *is_large = true;
            count = MAX_REPEAT;
        }
    }
    return i < p.n && p.p[i] == '}' ? i + 1 : at;
}

/* The end of a class that begins with '[' at `at`. */
static size_t skip_class(struct str p, size_t at)
{
    size_t i = at + 1;
    if (i < p.n && p.p[i] == '^')
        i++;
    if (i < p.n && p.p[i] == ']')
        i++;
    for (; i < p.n && p.p[i] != ']'; i++) {
        if (p.p[i] == '\\')
            i++;
        else if (p.p[i] == '[' && i + 1 < p.n && p.p[i + 1] == ':') {
            size_t end = str_find(p, STR(":]"), i);
            if (end != SIZE_MAX)
                i = end + 1;
        }
    }
    return i < p.n ? i + 1 : p.n;
}

/* What is behind a quantifier that ended at `at`: one more may not follow,
 * but for the '?' of a lazy one. */
static const char *quantifier_fault(struct str p, size_t *at)
{
    if (*at < p.n && p.p[*at] == '?')
        ++*at;
    if (*at < p.n && is_one_of(p.p[*at], "+*?"))
        return "possessive or repeated repetition is not supported";
    return NULL;
}

static const char *find_fault(struct str p)
{
    const char *why = NULL;
    bool is_large = false;
    for (size_t i = 0; i < p.n && why == NULL;) {
        char c = p.p[i];
        size_t end;
        if (c == '\\' && i + 1 < p.n) {
            end = p.p[i + 1] == 'Q' ? str_find(p, STR("\\E"), i) : SIZE_MAX;
            why = escape_fault(p.p[i + 1]);
            i = p.p[i + 1] != 'Q' ? i + 2 : end != SIZE_MAX ? end + 2 : p.n;
        } else if (c == '[') {
            i = skip_class(p, i);
        } else if (c == '(') {
            if (i + 1 < p.n && p.p[i + 1] == '?')
                why = group_fault(p, i + 2);
            else if (i + 1 < p.n && p.p[i + 1] == '*')
                why = "verbs are not supported";
            i += i + 1 < p.n && p.p[i + 1] == '?' ? 2 : 1;
        } else if (is_one_of(c, "*+?")) {
            i++;
            why = quantifier_fault(p, &i);
        } else if (c == '{' && (end = skip_count(p, i, &is_large)) != i) {
            i = end;
            why = quantifier_fault(p, &i);
        } else {
            i++;
        }
    }
    return why == NULL && is_large ? "repeated more than 1000 times" : why;
}

/* ---- compiling and searching ---- */

static pcre2_code *compile(struct arena *arena, struct str text,
                           uint32_t options, const char **why)
{
    int code;
    PCRE2_SIZE offset;
    pcre2_general_context *memory =
        pcre2_general_context_create(take, leave, arena);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_set_parens_nest_limit(context, 64);
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)text.p, text.n,
                                         PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C |
                                             PCRE2_NO_AUTO_CAPTURE |
                                             PCRE2_NO_AUTO_POSSESS | options,
                                         &code, &offset, context);
    if (compiled == NULL) {
        PCRE2_UCHAR message[128] = "";
        (void)pcre2_get_error_message(code, message, sizeof(message));
        *why = str_cstr(arena, str_of((const char *)message));
    }
    return compiled;
}

/* Whether a flag (?m) may be on somewhere. PCRE2's matching without
 * backtracking does not take '$' before a newline then, if the option is on
 * that keeps it from matching before the text's last newline. */
static bool is_multiline(struct str p)
{
    for (size_t i = 0; (i = str_find(p, STR("(?"), i)) != SIZE_MAX; i++)
        for (size_t k = i + 2; k < p.n && is_one_of(p.p[k], "imsU-"); k++)
            if (p.p[k] == 'm')
                return true;
    return false;
}

/* The pattern is compiled twice: alone, so that nothing in it can reach what
 * is put around it, and behind what skips any text, anchored. The second looks
 * for it from all places at once, in one pass over the text; without that the
 * cost would be the square of the text's length. */
const struct pattern *pattern_compile(struct arena *arena, struct str text,
                                      const char **why)
{
    if (text.n > MAX_PATTERN) {
        *why = "longer than 512 bytes";
        return NULL;
    }
    *why = find_fault(text);
    if (*why != NULL || compile(arena, text, 0, why) == NULL)
        return NULL;
    struct str whole = str_fmt(arena, "(?s:.*?)(?:%.*s\\E)", STRF(text));
    struct pattern *pattern = ARENA_NEW(arena, struct pattern);
    uint32_t options = is_multiline(text) ? 0 : PCRE2_DOLLAR_ENDONLY;
    pattern->code = compile(arena, whole, PCRE2_ANCHORED | options, why);
    return pattern->code != NULL ? pattern : NULL;
}

int pattern_search(struct arena *arena, const struct pattern *pattern,
                   struct str text)
{
    pcre2_general_context *memory =
        pcre2_general_context_create(take, leave, arena);
    pcre2_match_context *context = pcre2_match_context_create(memory);
    pcre2_match_data *data = pcre2_match_data_create(1, memory);
    if (text.n > MAX_TEXT)
        return -1;
    int *workspace = ARENA_ARRAY(arena, WORKSPACE, int);
    (void)pcre2_set_match_limit(context, MATCH_LIMIT);
    (void)pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
    int found = pcre2_dfa_match(pattern->code, (PCRE2_SPTR)text.p, text.n, 0,
                                PCRE2_DFA_SHORTEST, data, context, workspace,
                                WORKSPACE);
    if (found >= 0)
        return 1;
    return found == PCRE2_ERROR_NOMATCH ? 0 : -1;
}
