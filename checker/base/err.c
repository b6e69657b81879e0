/* What failed and where: the error of a call, and the diagnostics of a file. */
#include "checker/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_line(struct err *err, const char *format, va_list args)
{
    if (err->depth == ERR_LINES)
        return;
    (void)vsnprintf(err->line[err->depth++], ERR_WIDTH, format, args);
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;
    *err = (struct err){.code = code};
    va_start(args, format);
    add_line(err, format, args);
    va_end(args);
    return false;
}

bool err_set_at(struct err *err, enum err_code code, struct span at,
                const char *format, ...)
{
    va_list args;
    *err = (struct err){.code = code, .at = at};
    va_start(args, format);
    add_line(err, format, args);
    va_end(args);
    return false;
}

bool err_add(struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(err, format, args);
    va_end(args);
    return false;
}

/* Whether a terminal could take the character for a command, or turn the text
 * around with it; -1 stands for bytes that are no character. */
static bool is_unsafe(int32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E ||
           c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* Adds characters [from, to) of the text, made safe for a terminal. */
static void add_characters(struct buf *out, struct str text, size_t from,
                           size_t to)
{
    size_t n = 0;
    for (size_t at = 0; at < text.n && n < to; n++) {
        size_t start = at;
        int32_t point = utf8_next(text, &at);
        if (n < from)
            continue;
        if (point == '\t')
            buf_addc(out, ' ');
        else if (is_unsafe(point))
            buf_addc(out, '?');
        else
            buf_add(out, str_sub(text, start, at));
    }
}

static void add_safe(struct buf *out, struct str text)
{
    add_characters(out, text, 0, SIZE_MAX);
}

static void add_place(struct buf *out, struct span at)
{
    if (at.file == NULL)
        return;
    add_safe(out, str_of(at.file));
    if (at.line > 0)
        buf_addf(out, ":%u", at.line);
    if (at.line > 0 && at.col > 0)
        buf_addf(out, ":%u", at.col);
    buf_adds(out, ": ");
}

struct str err_text(struct arena *arena, const struct err *err)
{
    struct buf out = {0};
    add_place(&out, err->at);
    for (unsigned i = err->depth; i-- > 0;) {
        add_safe(&out, str_of(err->line[i]));
        if (i > 0)
            buf_adds(&out, ": ");
    }
    struct str text = str_dup(arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static size_t errors_of_file(const struct diags *diags,
                             const struct source *source)
{
    size_t n = 0;
    for (size_t i = 0; i < diags->n; i++)
        n += diags->items[i].source == source &&
             diags->items[i].level == DIAG_ERROR;
    return n;
}

bool diag_add(struct diags *diags, enum diag_level level,
              const struct source *source, struct span at, struct str hint,
              const char *format, ...)
{
    va_list args;
    if (level == DIAG_ERROR) {
        diags->n_errors++;
        if (errors_of_file(diags, source) >= DIAGS_PER_FILE) {
            diags->n_dropped++;
            return false;
        }
    }
    struct buf text = {0};
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    diags->items = arena_grow(diags->arena, diags->items, diags->n,
                              &diags->capacity, sizeof(struct diag));
    diags->items[diags->n++] =
        (struct diag){.level = level,
                      .source = source,
                      .at = at,
                      .text = str_dup(diags->arena, buf_str(&text)),
                      .hint = str_dup(diags->arena, hint)};
    buf_release(&text);
    return false;
}

/* A line without its end and, of the first one, the byte order mark. */
static struct str line_of(struct str text, unsigned line)
{
    size_t from = 0;
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    for (unsigned i = 1; i < line; i++) {
        from = str_find(text, STR("\n"), from);
        if (from == SIZE_MAX)
            return (struct str){0};
        from++;
    }
    size_t to = str_find(text, STR("\n"), from);
    struct str found = str_sub(text, from, to);
    if (str_ends(found, STR("\r")))
        found.n--;
    return found;
}

enum { SHOWN = 100, BEFORE_CARET = 60 };

static void add_caret(struct buf *out, const struct diag *diag)
{
    struct str line = line_of(diag->source->text, diag->at.line);
    size_t length = utf8_length(line);
    size_t col = diag->at.col > 0 ? diag->at.col - 1 : 0;
    size_t from = col > BEFORE_CARET && length > SHOWN ? col - BEFORE_CARET : 0;
    const char *cut = from > 0 ? "…" : "";
    buf_addf(out, "%5u | %s", diag->at.line, cut);
    add_characters(out, line, from, from + SHOWN);
    if (length > from + SHOWN)
        buf_adds(out, "…");
    buf_adds(out, "\n      | ");
    for (size_t i = from; i < col + (from > 0 ? 1 : 0); i++)
        buf_addc(out, ' ');
    buf_addc(out, '^');
    for (size_t i = 1; i < diag->at.width && col + i < from + SHOWN; i++)
        buf_addc(out, '~');
    if (diag->hint.n > 0) {
        buf_addc(out, ' ');
        add_safe(out, diag->hint);
    }
    buf_addc(out, '\n');
}

static void print_one(struct buf *out, const struct diag *diag)
{
    add_place(out, diag->at);
    buf_adds(out, diag->level == DIAG_ERROR ? "error: " : "warning: ");
    add_safe(out, diag->text);
    buf_addc(out, '\n');
    if (diag->source != NULL && diag->at.line > 0) {
        add_caret(out, diag);
    } else if (diag->hint.n > 0) {
        buf_adds(out, "      | ");
        add_safe(out, diag->hint);
        buf_addc(out, '\n');
    }
}

static bool is_before(const struct diag *a, const struct diag *b)
{
    if (a->at.line != b->at.line)
        return a->at.line < b->at.line;
    return a->at.col < b->at.col;
}

/* Insertion sort of the diagnostics of one source: they are at most a few
 * dozen, and equal places keep their order. */
static void print_source(struct buf *out, const struct diags *diags,
                         size_t first)
{
    const struct source *source = diags->items[first].source;
    const struct diag **sorted =
        memory_resize(NULL, diags->n * sizeof(struct diag *));
    size_t n = 0;
    for (size_t i = first; i < diags->n; i++) {
        if (diags->items[i].source != source)
            continue;
        size_t k = n++;
        while (k > 0 && is_before(&diags->items[i], sorted[k - 1])) {
            sorted[k] = sorted[k - 1];
            k--;
        }
        sorted[k] = &diags->items[i];
    }
    for (size_t i = 0; i < n; i++)
        print_one(out, sorted[i]);
    free(sorted);
}

void diags_print(struct buf *out, const struct diags *diags)
{
    for (size_t i = 0; i < diags->n; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i && is_first; k++)
            is_first = diags->items[k].source != diags->items[i].source;
        if (is_first)
            print_source(out, diags, i);
    }
    if (diags->n_dropped > 0)
        buf_addf(out, "and %zu more errors\n", diags->n_dropped);
}

enum { LONGEST_WORD = 64 };

/* Optimal string alignment: a transposed pair costs one. */
static unsigned distance(struct str a, struct str b)
{
    unsigned rows[3][LONGEST_WORD + 1];
    for (unsigned k = 0; k <= b.n; k++)
        rows[0][k] = k;
    for (unsigned i = 1; i <= a.n; i++) {
        unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3];
        unsigned *before = rows[(i + 1) % 3];
        now[0] = i;
        for (unsigned k = 1; k <= b.n; k++) {
            unsigned cost = a.p[i - 1] != b.p[k - 1];
            unsigned best = last[k - 1] + cost;
            if (last[k] + 1 < best)
                best = last[k] + 1;
            if (now[k - 1] + 1 < best)
                best = now[k - 1] + 1;
            if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] &&
                a.p[i - 2] == b.p[k - 1] && before[k - 2] + 1 < best)
                best = before[k - 2] + 1;
            now[k] = best;
        }
    }
    return rows[a.n % 3][b.n];
}

struct str nearest(struct str word, const struct str *candidates, size_t n)
{
    struct str best = {0};
    unsigned allowed = word.n / 3 > 2 ? (unsigned)(word.n / 3) : 2;
    if (word.n == 0 || word.n > LONGEST_WORD)
        return best;
    for (size_t i = 0; i < n; i++) {
        struct str other = candidates[i];
        if (other.n == 0 || other.n > LONGEST_WORD)
            continue;
        unsigned d = distance(word, other);
        if (d > allowed || d >= word.n)
            continue;
        if (d == allowed && best.n > 0 && str_cmp(other, best) >= 0)
            continue;
        best = other;
        allowed = d;
    }
    return best;
}

struct str did_you_mean(struct arena *arena, struct str word,
                        const struct str *candidates, size_t n)
{
    struct str best = nearest(word, candidates, n);
    if (best.n == 0)
        return (struct str){0};
    return str_fmt(arena, "did you mean '%.*s'?", STRF(best));
}
