/* Text for a terminal: escapes, wrapped lines and colours.
 *
 * Whatever comes from outside (names, messages of services, rule files) goes
 * through here, so that no text can move the cursor, hide, or reverse what
 * stands beside it. */
#ifndef DR_TERMINAL_H
#define DR_TERMINAL_H

#include "checker/base/str.h"

/* Appends `s`, valid UTF-8 whatever it was: control characters (line ends,
 * too), invisible and bidirectional ones as \xHH or \u{HHHH}, bytes that are
 * no UTF-8 as U+FFFD. */
void terminal_escape(struct buf *out, struct str s);

enum terminal_style {
    STYLE_PLAIN,
    STYLE_HEAD, /* bold */
    STYLE_BAD,  /* red */
    STYLE_WARN, /* yellow */
    STYLE_GOOD, /* green */
    STYLE_DIM,
};

/* Appends `s`, escaped, in a style; plain if `has_color` is false. */
void terminal_styled(struct buf *out, bool has_color, enum terminal_style style,
                     struct str s);

/* Appends `s` as lines of at most `width` columns, each ended, all indented
 * by `indent` blanks; the first has `lead` (plain, may be empty) after its
 * indent, and the others are indented by its width as well. White space of
 * `s` is where lines may break; a longer word has a line of its own and is
 * never cut, so that it can be copied. Nothing but `lead` for an empty text. */
void terminal_wrap(struct buf *out, struct str s, unsigned indent,
                   const char *lead, unsigned width);

#endif
