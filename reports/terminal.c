/* Text for a terminal: escapes, wrapped lines and colours. */
#include "reports/terminal.h"

/* Ranges of code points that are never printed as they are: controls, the
 * bidirectional and invisible ones, line separators, tags. */
static const struct {
    int32_t from, to;
} hidden[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},       {0x061C, 0x061C},
    {0x115F, 0x1160}, {0x180E, 0x180E}, {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
};

static bool is_hidden(int32_t point)
{
    for (size_t i = 0; i < N_ITEMS(hidden); i++)
        if (point >= hidden[i].from && point <= hidden[i].to)
            return true;
    return false;
}

void terminal_escape(struct buf *out, struct str s)
{
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        int32_t point = utf8_next(s, &at);
        if (point < 0)
            buf_adds(out, "\xEF\xBF\xBD");
        else if (!is_hidden(point))
            buf_add(out, str_sub(s, from, at));
        else if (point == '\n')
            buf_adds(out, "\\n");
        else if (point == '\t')
            buf_adds(out, "\\t");
        else if (point < 0x100)
            buf_addf(out, "\\x%02x", (unsigned)point);
        else
            buf_addf(out, "\\u{%x}", (unsigned)point);
    }
}

static const char *const style_codes[] = {
    [STYLE_PLAIN] = "",        [STYLE_HEAD] = "\033[1m",
    [STYLE_BAD] = "\033[31m",  [STYLE_WARN] = "\033[33m",
    [STYLE_GOOD] = "\033[32m", [STYLE_DIM] = "\033[2m",
};

void terminal_styled(struct buf *out, bool has_color, enum terminal_style style,
                     struct str s)
{
    bool is_styled = has_color && style != STYLE_PLAIN;
    if (is_styled)
        buf_adds(out, style_codes[style]);
    terminal_escape(out, s);
    if (is_styled)
        buf_adds(out, "\033[0m");
}

static bool is_break(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The next run of bytes between white space; false at the end. */
static bool next_word(struct str s, size_t *at, struct str *word)
{
    while (*at < s.n && is_break(s.p[*at]))
        ++*at;
    size_t from = *at;
    while (*at < s.n && !is_break(s.p[*at]))
        ++*at;
    *word = str_sub(s, from, *at);
    return word->n > 0;
}

static void blanks(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_addc(out, ' ');
}

void terminal_wrap(struct buf *out, struct str s, unsigned indent,
                   const char *lead, unsigned width)
{
    size_t inner = indent + utf8_length(str_of(lead));
    size_t column = inner, at = 0;
    bool is_first = true;
    struct str word;
    blanks(out, indent);
    buf_adds(out, lead);
    while (next_word(s, &at, &word)) {
        size_t start = out->n;
        terminal_escape(out, word);
        size_t length =
            utf8_length((struct str){out->p + start, out->n - start});
        /* Measured as it will be shown, then put where it fits. */
        out->n = start;
        if (!is_first && column + 1 + length > width) {
            buf_addc(out, '\n');
            blanks(out, inner);
            column = inner;
        } else if (!is_first) {
            buf_addc(out, ' ');
            column++;
        }
        terminal_escape(out, word);
        column += length;
        is_first = false;
    }
    buf_addc(out, '\n');
}
