/* YAML text to a tree of nodes with their places: the only user of libyaml. */
#include "checker/base/yaml.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "checker/base/map.h"

enum {
    DEFAULT_BYTES = 256 << 10,
    DEFAULT_DEPTH = 64,
    POINT_EVERY = 128, /* characters between two points of the index */
};

static const char byte_order_mark[] = "\xEF\xBB\xBF";

/* A place in the text: libyaml counts characters, we need bytes and the
 * file's own lines, which only '\n' ends. */
struct point {
    size_t byte;
    unsigned line, col;
};

/* A collection whose end has not come yet. */
struct frame {
    struct yaml_node *node;
    const struct yaml_node **keys, **items;
    size_t keys_capacity, items_capacity;
    struct map seen;             /* a mapping's keys, to their lines */
    const struct yaml_node *key; /* waits for its value, or NULL */
    bool is_key_wrong;           /* its value is dropped */
};

struct reading {
    struct arena *arena;
    const struct source *source;
    struct diags *diags;
    size_t max_depth;
    struct point *points; /* of every POINT_EVERY-th character */
    size_t n_points;
    struct frame *frames;
    size_t depth, capacity;
    const struct yaml_node *root;
    bool is_failed; /* a mistake was reported */
    bool is_over;   /* and nothing further can be read */
};

static bool has_mark(struct str text)
{
    return str_starts(text, str_of(byte_order_mark));
}

static struct point step(struct str text, struct point at)
{
    bool is_line_end = text.p[at.byte] == '\n';
    utf8_next(text, &at.byte);
    at.col = is_line_end ? 1 : at.col + 1;
    at.line += is_line_end;
    return at;
}

/* The place of a character, counted as libyaml does: without the mark. */
static struct point point_of(const struct reading *r, size_t character)
{
    struct str text = r->source->text;
    size_t i = character / POINT_EVERY;
    if (i >= r->n_points)
        i = r->n_points - 1;
    struct point at = r->points[i];
    for (size_t k = i * POINT_EVERY; k < character && at.byte < text.n; k++)
        at = step(text, at);
    return at;
}

static struct span span_of(const struct reading *r, struct point at,
                           unsigned width)
{
    return (struct span){r->source->path, at.line, at.col, width};
}

static void fail(struct reading *r, struct span at, const char *hint,
                 const char *text)
{
    diag_add(r->diags, DIAG_ERROR, r->source, at, str_of(hint), "%s", text);
    r->is_failed = true;
}

/* YAML's own set of characters that may stand in a text. */
static bool is_printable(int32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7E) ||
           c == 0x85 || (c >= 0xA0 && c <= 0xFFFD && c != 0xFEFF) ||
           c >= 0x10000;
}

/* Checks every character and builds the index of places. */
static bool index_text(struct reading *r)
{
    struct str text = r->source->text;
    struct point at = {.byte = has_mark(text) ? 3 : 0, .line = 1, .col = 1};
    size_t capacity = 0;
    for (size_t n = 0;; n++) {
        if (n % POINT_EVERY == 0) {
            r->points = arena_grow(r->arena, r->points, r->n_points, &capacity,
                                   sizeof(struct point));
            r->points[r->n_points++] = at;
        }
        if (at.byte >= text.n)
            return true;
        size_t next = at.byte;
        int32_t c = utf8_next(text, &next);
        if (c < 0)
            return diag_add(r->diags, DIAG_ERROR, r->source, span_of(r, at, 1),
                            (struct str){0}, "not UTF-8: byte 0x%02X",
                            (unsigned)(unsigned char)text.p[at.byte]);
        if (!is_printable(c))
            return diag_add(r->diags, DIAG_ERROR, r->source, span_of(r, at, 1),
                            (struct str){0},
                            "the character U+%04X is not allowed in YAML",
                            (unsigned)c);
        at = step(text, at);
    }
}

/* The characters from..to if they are on one line, else 1. */
static unsigned width_between(struct str text, size_t from, size_t to)
{
    struct str part = str_sub(text, from, to);
    if (part.n == 0 || memchr(part.p, '\n', part.n) != NULL)
        return 1;
    return (unsigned)utf8_length(part);
}

static struct yaml_node *node_new(struct reading *r, enum yaml_kind kind,
                                  const yaml_event_t *event)
{
    struct yaml_node *node = ARENA_NEW(r->arena, struct yaml_node);
    struct point from = point_of(r, event->start_mark.index);
    *node = (struct yaml_node){
        .kind = kind,
        .at = span_of(r, from, 1),
        .source = r->source,
        .from = from.byte,
        .to = point_of(r, event->end_mark.index).byte,
    };
    return node;
}

/* Whether the key may stand there; else that is reported. */
static bool check_key(struct reading *r, struct frame *top,
                      const struct yaml_node *key)
{
    if (key->kind != YAML_SCALAR) {
        fail(r, key->at, NULL, "a key must be text");
        return false;
    }
    if (key->is_plain && str_eq(key->text, STR("<<"))) {
        fail(r, key->at, "write the keys out", "merge keys are not allowed");
        return false;
    }
    uintptr_t line = (uintptr_t)map_get(&top->seen, key->text);
    if (line != 0) {
        r->is_failed = true;
        return diag_add(r->diags, DIAG_ERROR, r->source, key->at,
                        (struct str){0},
                        "duplicate key '%.*s' (first at line %u)",
                        STRF(key->text), (unsigned)line);
    }
    map_put(&top->seen, key->text, (void *)(uintptr_t)key->at.line);
    return true;
}

/* Puts a finished node where it belongs: the root, a key, a value, an item. */
static void place_node(struct reading *r, const struct yaml_node *node)
{
    if (r->depth == 0) {
        r->root = node;
        return;
    }
    struct frame *top = &r->frames[r->depth - 1];
    if (top->node->kind == YAML_MAPPING && top->key == NULL) {
        top->key = node;
        top->is_key_wrong = !check_key(r, top, node);
        return;
    }
    const struct yaml_node *key = top->key;
    size_t n = top->node->n;
    top->key = NULL;
    if (key != NULL && top->is_key_wrong)
        return;
    if (key != NULL) {
        top->keys = arena_grow(r->arena, top->keys, n, &top->keys_capacity,
                               sizeof(struct yaml_node *));
        top->keys[n] = key;
    }
    top->items = arena_grow(r->arena, top->items, n, &top->items_capacity,
                            sizeof(struct yaml_node *));
    top->items[n] = node;
    top->node->n = n + 1;
}

static void open_collection(struct reading *r, enum yaml_kind kind,
                            const yaml_event_t *event)
{
    struct yaml_node *node = node_new(r, kind, event);
    if (r->depth == r->max_depth) {
        diag_add(r->diags, DIAG_ERROR, r->source, node->at, (struct str){0},
                 "nested deeper than %zu levels", r->max_depth);
        r->is_failed = true;
        r->is_over = true;
        return;
    }
    r->frames = arena_grow(r->arena, r->frames, r->depth, &r->capacity,
                           sizeof(struct frame));
    r->frames[r->depth++] =
        (struct frame){.node = node, .seen = {.arena = r->arena}};
}

static void close_collection(struct reading *r, const yaml_event_t *event)
{
    struct frame *top = &r->frames[--r->depth];
    struct yaml_node *node = top->node;
    node->to = point_of(r, event->end_mark.index).byte;
    node->items = top->items;
    node->keys = top->keys;
    place_node(r, node);
}

static void add_scalar(struct reading *r, const yaml_event_t *event)
{
    struct yaml_node *node = node_new(r, YAML_SCALAR, event);
    struct str text = {(const char *)event->data.scalar.value,
                       event->data.scalar.length};
    yaml_scalar_style_t style = event->data.scalar.style;
    node->text = str_dup(r->arena, text);
    node->is_plain = style == YAML_PLAIN_SCALAR_STYLE;
    node->style = style == YAML_SINGLE_QUOTED_SCALAR_STYLE   ? '\''
                  : style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ? '"'
                  : style == YAML_LITERAL_SCALAR_STYLE       ? '|'
                  : style == YAML_FOLDED_SCALAR_STYLE        ? '>'
                                                             : 'p';
    node->at.width = width_between(r->source->text, node->from, node->to);
    place_node(r, node);
}

/* Anchors and tags would let a file mean something else than it shows. */
static void check_properties(struct reading *r, const yaml_event_t *event,
                             const yaml_char_t *anchor, const yaml_char_t *tag)
{
    struct span at = span_of(r, point_of(r, event->start_mark.index), 1);
    if (anchor != NULL)
        fail(r, at, "write the value out", "anchors are not allowed");
    else if (tag != NULL)
        fail(r, at, "quote a text that begins with '!'",
             "tags are not allowed");
}

static void start_document(struct reading *r, const yaml_event_t *event)
{
    struct span at = span_of(r, point_of(r, event->start_mark.index), 1);
    if (r->root != NULL) {
        fail(r, at, NULL, "a second document is not allowed");
        r->is_over = true;
    } else if (event->data.document_start.version_directive != NULL ||
               event->data.document_start.tag_directives.start !=
                   event->data.document_start.tag_directives.end) {
        fail(r, at, NULL, "directives are not allowed");
    }
}

static void take_event(struct reading *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        start_document(r, event);
        return;
    case YAML_ALIAS_EVENT:
        fail(r, span_of(r, point_of(r, event->start_mark.index), 1),
             "write the value out, or quote a text that begins with '*'",
             "aliases are not allowed");
        place_node(r, node_new(r, YAML_SCALAR, event));
        return;
    case YAML_SCALAR_EVENT:
        check_properties(r, event, event->data.scalar.anchor,
                         event->data.scalar.tag);
        add_scalar(r, event);
        return;
    case YAML_SEQUENCE_START_EVENT:
        check_properties(r, event, event->data.sequence_start.anchor,
                         event->data.sequence_start.tag);
        open_collection(r, YAML_SEQUENCE, event);
        return;
    case YAML_MAPPING_START_EVENT:
        check_properties(r, event, event->data.mapping_start.anchor,
                         event->data.mapping_start.tag);
        open_collection(r, YAML_MAPPING, event);
        return;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_collection(r, event);
        return;
    case YAML_STREAM_END_EVENT:
        r->is_over = true;
        return;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return;
    }
}

/* libyaml's problem in words that help, where its own do not. */
static const struct {
    const char *problem, *text, *hint;
} problems[] = {
    {"could not find expected ':'", "expected ':' after the key",
     "quote a text that runs over lines"},
    {"mapping values are not allowed in this context",
     "':' is not allowed here", "quote a text that holds ': '"},
    {"did not find expected key", "expected a key", "check the indentation"},
    {"did not find expected ',' or '}'", "expected ',' or '}'", NULL},
    {"did not find expected ',' or ']'", "expected ',' or ']'", NULL},
    {"did not find expected '-' indicator", "expected '- '",
     "check the indentation"},
    {"found unexpected end of stream", "the text has no closing quote", NULL},
    {"found unknown escape character", "unknown escape in double quotes",
     "use single quotes, or '\\\\' for a backslash"},
    {"found undefined tag handle", "tags are not allowed",
     "quote a text that begins with '!'"},
};

static void report_problem(struct reading *r, const yaml_parser_t *parser)
{
    struct point at = point_of(r, parser->problem_mark.index);
    struct str text = r->source->text;
    const char *problem =
        parser->problem != NULL ? parser->problem : "it cannot be read";
    const char *hint = NULL;
    r->is_failed = true;
    if (at.byte < text.n && text.p[at.byte] == '\t' &&
        strstr(problem, "cannot start any token") != NULL) {
        problem = "a tab cannot indent";
        hint = "use spaces";
    }
    for (size_t i = 0; i < N_ITEMS(problems); i++) {
        if (strcmp(problems[i].problem, problem) == 0) {
            problem = problems[i].text;
            hint = problems[i].hint;
            break;
        }
    }
    struct point context = point_of(r, parser->context_mark.index);
    if (parser->context != NULL && context.line < at.line)
        diag_add(r->diags, DIAG_ERROR, r->source, span_of(r, at, 1),
                 str_of(hint), "not valid YAML: %s (%s that begins at line %u)",
                 problem, parser->context, context.line);
    else
        diag_add(r->diags, DIAG_ERROR, r->source, span_of(r, at, 1),
                 str_of(hint), "not valid YAML: %s", problem);
}

static void read_events(struct reading *r)
{
    yaml_parser_t parser;
    yaml_event_t event;
    struct str text = r->source->text;
    size_t skipped = has_mark(text) ? 3 : 0;
    if (yaml_parser_initialize(&parser) == 0) {
        fail(r, span_of(r, r->points[0], 1), NULL, "not enough memory");
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &parser, (const unsigned char *)text.p + skipped, text.n - skipped);
    while (!r->is_over) {
        if (yaml_parser_parse(&parser, &event) == 0) {
            report_problem(r, &parser);
            break;
        }
        take_event(r, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

/* False, and a diagnostic, if the text is no candidate at all. */
static bool check_text(const struct source *source, size_t limit,
                       struct diags *diags)
{
    struct str text = source->text;
    struct span at = {.file = source->path, .line = 1, .col = 1, .width = 1};
    if (text.n > limit)
        return diag_add(diags, DIAG_ERROR, source,
                        (struct span){.file = source->path}, (struct str){0},
                        "larger than %zu bytes", limit);
    if (str_starts(text, STR("\xFF\xFE")) || str_starts(text, STR("\xFE\xFF")))
        return diag_add(diags, DIAG_ERROR, source, at, STR("save it as UTF-8"),
                        "UTF-16 is not supported");
    return true;
}

bool yaml_read(struct arena *arena, const struct source *source,
               struct yaml_limits limits, const struct yaml_node **root,
               struct diags *diags)
{
    struct reading r = {.arena = arena,
                        .source = source,
                        .diags = diags,
                        .max_depth =
                            limits.depth > 0 ? limits.depth : DEFAULT_DEPTH};
    *root = NULL;
    if (!check_text(source, limits.bytes > 0 ? limits.bytes : DEFAULT_BYTES,
                    diags) ||
        !index_text(&r))
        return false;
    read_events(&r);
    if (r.is_failed)
        return false;
    if (r.root == NULL) {
        struct yaml_node *empty = ARENA_NEW(arena, struct yaml_node);
        *empty = (struct yaml_node){.kind = YAML_MAPPING,
                                    .at = span_of(&r, r.points[0], 1),
                                    .source = source};
        r.root = empty;
    }
    *root = r.root;
    return true;
}

static size_t find_key(const struct yaml_node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != YAML_MAPPING)
        return SIZE_MAX;
    for (size_t i = 0; i < mapping->n; i++)
        if (str_is(mapping->keys[i]->text, key))
            return i;
    return SIZE_MAX;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping,
                                 const char *key)
{
    size_t i = find_key(mapping, key);
    return i != SIZE_MAX ? mapping->items[i] : NULL;
}

const struct yaml_node *yaml_key(const struct yaml_node *mapping,
                                 const char *key)
{
    size_t i = find_key(mapping, key);
    return i != SIZE_MAX ? mapping->keys[i] : NULL;
}

/* Decoding once more, to know where each byte came from. `raw` is what stands
 * in the file, `text` what it means, and places[i] the offset in the file of
 * what gave byte i of the text. The result counts only if it is the text that
 * libyaml gave; so a mistake here costs a column, never a wrong one. */
struct decoding {
    struct str raw; /* the file's text up to the scalar's end */
    size_t at;      /* next byte of raw */
    struct buf text;
    size_t *places;
    size_t capacity;
    size_t end; /* the place just behind the text */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char peek(const struct decoding *d)
{
    return d->at < d->raw.n ? d->raw.p[d->at] : '\0';
}

/* Bytes of the line break that comes next, 0 if none does. */
static size_t next_break(const struct decoding *d)
{
    struct str rest = str_sub(d->raw, d->at, d->raw.n);
    if (str_starts(rest, STR("\r\n")) || str_starts(rest, STR("\xC2\x85")))
        return 2;
    return str_starts(rest, STR("\n")) || str_starts(rest, STR("\r"));
}

static void put(struct decoding *d, struct str bytes, size_t place)
{
    while (d->text.n + bytes.n > d->capacity) {
        d->capacity = d->capacity > 0 ? d->capacity * 2 : 256;
        d->places =
            memory_resize(d->places, d->capacity * sizeof(d->places[0]));
    }
    for (size_t i = 0; i < bytes.n; i++)
        d->places[d->text.n + i] = place;
    buf_add(&d->text, bytes);
}

/* Copies one character of the file. */
static void copy_character(struct decoding *d)
{
    size_t from = d->at;
    utf8_next(d->raw, &d->at);
    put(d, str_sub(d->raw, from, d->at), from);
}

/* Line breaks between two lines of a plain or quoted scalar: one is a blank,
 * of several all but the first stay; an escaped one is nothing. */
static void fold_breaks(struct decoding *d, bool is_escaped)
{
    size_t first = d->at, n = 0, bytes;
    while ((bytes = next_break(d)) > 0 || is_blank(peek(d))) {
        if (bytes > 0 && n++ > 0)
            put(d, STR("\n"), d->at);
        d->at += bytes > 0 ? bytes : 1;
    }
    if (n == 1 && !is_escaped)
        put(d, STR(" "), first);
}

static const struct {
    char letter;
    struct str text;
} escapes[] = {
    {'0', STR_INIT("\0")},
    {'a', STR_INIT("\a")},
    {'b', STR_INIT("\b")},
    {'t', STR_INIT("\t")},
    {'\t', STR_INIT("\t")},
    {'n', STR_INIT("\n")},
    {'v', STR_INIT("\v")},
    {'f', STR_INIT("\f")},
    {'r', STR_INIT("\r")},
    {'e', STR_INIT("\x1B")},
    {' ', STR_INIT(" ")},
    {'"', STR_INIT("\"")},
    {'/', STR_INIT("/")},
    {'\\', STR_INIT("\\")},
    {'N', STR_INIT("\xC2\x85")},
    {'_', STR_INIT("\xC2\xA0")},
    {'L', STR_INIT("\xE2\x80\xA8")},
    {'P', STR_INIT("\xE2\x80\xA9")},
};

static void decode_escape(struct decoding *d)
{
    size_t from = d->at++;
    if (next_break(d) > 0) {
        fold_breaks(d, true);
        return;
    }
    char letter = peek(d);
    d->at++;
    for (size_t i = 0; i < N_ITEMS(escapes); i++) {
        if (escapes[i].letter == letter) {
            put(d, escapes[i].text, from);
            return;
        }
    }
    size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
    char hex[9] = "", bytes[4];
    struct str raw = str_sub(d->raw, d->at, d->at + digits);
    if (raw.n > 0)
        memcpy(hex, raw.p, raw.n);
    d->at += raw.n;
    int32_t point = (int32_t)strtoul(hex, NULL, 16);
    put(d, (struct str){bytes, utf8_encode(bytes, point)}, from);
}

/* A plain scalar (`quote` is 'p') or what follows the opening quote. */
static void decode_flow(struct decoding *d, char quote)
{
    while (d->at < d->raw.n) {
        if (peek(d) == quote && quote == '\'' &&
            str_starts(str_sub(d->raw, d->at, d->raw.n), STR("''"))) {
            put(d, STR("'"), d->at);
            d->at += 2;
            continue;
        }
        if (peek(d) == quote && quote != 'p')
            break;
        if (peek(d) == '\\' && quote == '"') {
            decode_escape(d);
            continue;
        }
        size_t blanks = d->at;
        while (is_blank(peek(d)))
            d->at++;
        if (next_break(d) > 0) {
            fold_breaks(d, false);
            continue;
        }
        size_t to = d->at;
        for (d->at = blanks; d->at < to;)
            copy_character(d);
        if (to == blanks)
            copy_character(d);
    }
    d->end = d->at;
}

struct block {
    bool is_folded;
    char chomping; /* '-', '+' or ' ' */
    size_t indent; /* columns that belong to no line */
};

/* Passes lines that hold nothing but indentation, and the indentation of the
 * next one; gives their number. `*column` is where that one begins. */
static size_t pass_empty_lines(struct decoding *d, size_t indent, bool is_put,
                               size_t *column)
{
    for (size_t n = 0;; n++) {
        *column = 0;
        for (; *column < indent && peek(d) == ' '; d->at++)
            ++*column;
        size_t bytes = next_break(d);
        if (bytes == 0)
            return n;
        if (is_put)
            put(d, STR("\n"), d->at);
        d->at += bytes;
    }
}

/* The lines of a block scalar; `at` stands behind its header line. */
static void decode_block(struct decoding *d, struct block block)
{
    size_t held = SIZE_MAX; /* the last line's break, not yet decided on */
    size_t column, start = d->at;
    bool was_blank = false;
    size_t n = pass_empty_lines(d, block.indent, false, &column);
    while (column == block.indent && d->at < d->raw.n) {
        bool starts_blank = is_blank(peek(d));
        if (held != SIZE_MAX) {
            bool is_fold = block.is_folded && !was_blank && !starts_blank;
            if (!is_fold)
                put(d, STR("\n"), held);
            else if (n == 0)
                put(d, STR(" "), held);
        }
        d->at = start;
        pass_empty_lines(d, block.indent, true, &column);
        was_blank = starts_blank;
        while (d->at < d->raw.n && next_break(d) == 0)
            copy_character(d);
        held = next_break(d) > 0 ? d->at : SIZE_MAX;
        d->at += next_break(d);
        start = d->at;
        n = pass_empty_lines(d, block.indent, false, &column);
    }
    if (block.chomping != '-' && held != SIZE_MAX)
        put(d, STR("\n"), held);
    d->at = start;
    if (block.chomping == '+')
        pass_empty_lines(d, block.indent, true, &column);
}

/* The column of the first line that holds something, at least 1. */
static size_t found_indent(struct str raw, size_t at)
{
    size_t most = 1;
    for (size_t column = 0; at < raw.n; at++) {
        if (raw.p[at] == ' ')
            column++;
        if (column > most)
            most = column;
        if (raw.p[at] == '\n' || raw.p[at] == '\r')
            column = 0;
        else if (raw.p[at] != ' ')
            break;
    }
    return most;
}

static void restart(struct decoding *d, size_t at)
{
    d->at = at;
    buf_reset(&d->text);
}

/* Behind the last character that is no line break, so that what is missing
 * at the end of a block is shown on its last line. */
static size_t block_end(const struct decoding *d, size_t from)
{
    struct str text = buf_str(&d->text);
    size_t n = text.n;
    while (n > 0 && text.p[n - 1] == '\n')
        n--;
    if (n < text.n)
        return d->places[n];
    if (n == 0)
        return from;
    size_t end = d->places[n - 1];
    utf8_next(d->raw, &end);
    return end;
}

/* With an indentation indicator the indentation counts from the parent's,
 * which the scalar does not know: the first that gives the text is it. */
static bool decode_any_block(struct decoding *d, const struct yaml_node *node)
{
    struct block block = {.is_folded = node->style == '>', .chomping = ' '};
    size_t from = d->at;
    for (; d->at < d->raw.n && next_break(d) == 0 && peek(d) != '#'; d->at++)
        if (peek(d) == '-' || peek(d) == '+')
            block.chomping = peek(d);
    while (d->at < d->raw.n && next_break(d) == 0)
        d->at++;
    d->at += next_break(d);
    size_t start = d->at, most = found_indent(d->raw, start);
    for (block.indent = most; block.indent > 0; block.indent--) {
        restart(d, start);
        decode_block(d, block);
        if (str_eq(buf_str(&d->text), node->text)) {
            d->end = block_end(d, from);
            return true;
        }
    }
    return false;
}

static bool decode(struct decoding *d, const struct yaml_node *node)
{
    if (node->style == '|' || node->style == '>')
        return decode_any_block(d, node);
    if (node->style != 'p')
        d->at++;
    decode_flow(d, node->style);
    return str_eq(buf_str(&d->text), node->text);
}

/* Moves `at` to a byte further on; gives the number of characters passed on
 * its first line. */
static unsigned walk(struct str text, struct point *at, size_t byte)
{
    unsigned n = 0;
    bool is_first = true;
    while (at->byte < byte && at->byte < text.n) {
        char c = text.p[at->byte];
        is_first = is_first && c != '\n' && c != '\r';
        n += is_first;
        *at = step(text, *at);
    }
    return n;
}

struct span yaml_place(const struct yaml_node *scalar, size_t offset,
                       unsigned width)
{
    struct span span = scalar->at;
    if (scalar->kind != YAML_SCALAR || scalar->source == NULL)
        return span;
    struct str text = scalar->source->text;
    struct decoding d = {.raw = str_sub(text, 0, scalar->to),
                         .at = scalar->from};
    if (decode(&d, scalar)) {
        size_t n = scalar->text.n, to = offset;
        for (unsigned i = 0; i < width && to < n; i++)
            utf8_next(scalar->text, &to);
        struct point at = {scalar->from, scalar->at.line, scalar->at.col};
        walk(text, &at, offset < n ? d.places[offset] : d.end);
        span.line = at.line;
        span.col = at.col;
        span.width = walk(text, &at, to < n ? d.places[to] : d.end);
        if (span.width == 0)
            span.width = 1;
    }
    buf_release(&d.text);
    free(d.places);
    return span;
}
