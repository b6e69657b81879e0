/* Tests of YAML: the tree, what is refused, and where each byte stands. */
#include <check.h>

#include "checker/base/yaml.h"
#include "tests/unit/base/expect.h"

Suite *suite_yaml(void);

static struct arena arena;

static void release(void)
{
    arena_release(&arena);
}

static const struct yaml_node *
read_limited(struct str text, struct yaml_limits limits, struct diags *diags)
{
    struct source *source = ARENA_NEW(&arena, struct source);
    const struct yaml_node *root;
    *source = (struct source){"x.yaml", text};
    *diags = (struct diags){.arena = &arena};
    bool is_ok = yaml_read(&arena, source, limits, &root, diags);
    ck_assert(is_ok == (root != NULL));
    ck_assert(is_ok == (diags->n_errors == 0));
    return root;
}

static const struct yaml_node *read_text(struct str text, struct diags *diags)
{
    return read_limited(text, (struct yaml_limits){0}, diags);
}

static const struct yaml_node *read_good(struct str text)
{
    struct diags diags;
    const struct yaml_node *root = read_text(text, &diags);
    ck_assert_msg(root != NULL, "%.*s: %.*s", STRF(text),
                  STRF(diags.items[0].text));
    return root;
}

/* A tree on one line: 'a' quoted, a plain, [sequence], {key: value}. */
static void show(struct buf *out, const struct yaml_node *node)
{
    const char *quote = node->is_plain ? "" : "'";
    if (node->kind == YAML_SCALAR) {
        buf_addf(out, "%s%.*s%s", quote, STRF(node->text), quote);
        return;
    }
    bool is_mapping = node->kind == YAML_MAPPING;
    buf_addc(out, is_mapping ? '{' : '[');
    for (size_t i = 0; i < node->n; i++) {
        buf_adds(out, i > 0 ? ", " : "");
        if (is_mapping) {
            show(out, node->keys[i]);
            buf_adds(out, ": ");
        }
        show(out, node->items[i]);
    }
    buf_addc(out, is_mapping ? '}' : ']');
}

static const struct {
    const char *name, *text, *want;
} trees[] = {
    {"empty", "", "{}"},
    {"a comment", "# nothing\n", "{}"},
    {"no guessing", "a: 13.10\nb: no\nc: 0123\nd: ~\ne: 2021-05-03\n",
     "{a: 13.10, b: no, c: 0123, d: ~, e: 2021-05-03}"},
    {"an empty scalar", "a:\nb: ''\n? c\n", "{a: , b: '', c: }"},
    {"nested", "- [a, {b: c}]\n- d:\n    - e\n  f: g\n",
     "[[a, {b: c}], {d: [e], f: g}]"},
    {"a block", "a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n",
     "{a: 'x\n y\n\nz\n', b: 'x y'}"},
    {"quoted keys", "\"a\": 1\n'<<': 2\n", "{'a': 1, '<<': 2}"},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a: b\n",
     "{a: b}"},
    {"one explicit document", "---\na: b\n...\n", "{a: b}"},
    {"a scalar alone", "a b\n", "a b"},
};

START_TEST(yaml_is_read)
{
    struct buf out = {0};
    show(&out, read_good(str_of(trees[_i].text)));
    EXPECT_TEXT(trees[_i].name, buf_str(&out), str_of(trees[_i].want));
    buf_release(&out);
}
END_TEST

START_TEST(keys_are_found)
{
    const struct yaml_node *root = read_good(STR("a: 1\nbc: [x]\n"));
    EXPECT_TEXT("value", yaml_get(root, "a")->text, STR("1"));
    ck_assert_int_eq(yaml_get(root, "bc")->kind, YAML_SEQUENCE);
    ck_assert_uint_eq(yaml_key(root, "bc")->at.line, 2);
    ck_assert_ptr_null(yaml_get(root, "b"));
    ck_assert_ptr_null(yaml_key(root, "b"));
    ck_assert_ptr_null(yaml_get(yaml_get(root, "a"), "a"));
}
END_TEST

static const struct {
    const char *name;
    struct str text;
    const char *want; /* all that is printed */
} refused[] = {
    {"an anchor", STR_INIT("a: &b c\n"),
     "x.yaml:1:4: error: anchors are not allowed\n"
     "    1 | a: &b c\n"
     "      |    ^ write the value out\n"},
    {"an alias", STR_INIT("a: *b\n"),
     "x.yaml:1:4: error: aliases are not allowed\n"
     "    1 | a: *b\n"
     "      |    ^ write the value out, or quote a text that begins with "
     "'*'\n"},
    {"a tag", STR_INIT("a: !!str text\n"),
     "x.yaml:1:4: error: tags are not allowed\n"
     "    1 | a: !!str text\n"
     "      |    ^ quote a text that begins with '!'\n"},
    {"an unknown tag", STR_INIT("a: !x!y z\n"),
     "x.yaml:1:4: error: not valid YAML: tags are not allowed\n"
     "    1 | a: !x!y z\n"
     "      |    ^ quote a text that begins with '!'\n"},
    {"two mistakes", STR_INIT("a: &b [!c d]\n"),
     "x.yaml:1:4: error: anchors are not allowed\n"
     "    1 | a: &b [!c d]\n"
     "      |    ^ write the value out\n"
     "x.yaml:1:8: error: tags are not allowed\n"
     "    1 | a: &b [!c d]\n"
     "      |        ^ quote a text that begins with '!'\n"},
    {"a merge key", STR_INIT("a: {<<: {m: n}, b: c}\n"),
     "x.yaml:1:5: error: merge keys are not allowed\n"
     "    1 | a: {<<: {m: n}, b: c}\n"
     "      |     ^~ write the keys out\n"},
    {"duplicate keys", STR_INIT("ab: 1\nc: 2\n'ab': 3\nc: 4\nab: 5\n"),
     "x.yaml:3:1: error: duplicate key 'ab' (first at line 1)\n"
     "    3 | 'ab': 3\n"
     "      | ^~~~\n"
     "x.yaml:4:1: error: duplicate key 'c' (first at line 2)\n"
     "    4 | c: 4\n"
     "      | ^\n"
     "x.yaml:5:1: error: duplicate key 'ab' (first at line 1)\n"
     "    5 | ab: 5\n"
     "      | ^~\n"},
    {"a key that is no text", STR_INIT("[a]: b\n"),
     "x.yaml:1:1: error: a key must be text\n"
     "    1 | [a]: b\n"
     "      | ^\n"},
    {"two documents", STR_INIT("a: b\n--- {c: d}\n"),
     "x.yaml:2:1: error: a second document is not allowed\n"
     "    2 | --- {c: d}\n"
     "      | ^\n"},
    {"a directive", STR_INIT("%YAML 1.1\n---\na: b\n"),
     "x.yaml:1:1: error: directives are not allowed\n"
     "    1 | %YAML 1.1\n"
     "      | ^\n"},
    {"UTF-16",
     STR_INIT("\xFF\xFE"
              "a\0"),
     "x.yaml:1:1: error: UTF-16 is not supported\n"
     "    1 | ??a?\n"
     "      | ^ save it as UTF-8\n"},
    {"not UTF-8", STR_INIT("a: b\n\xC3\xA9 caf\xE9\n"),
     "x.yaml:2:6: error: not UTF-8: byte 0xE9\n"
     "    2 | \xC3\xA9 caf?\n"
     "      |      ^\n"},
    {"a control character", STR_INIT("a: \x1B[2J\n"),
     "x.yaml:1:4: error: the character U+001B is not allowed in YAML\n"
     "    1 | a: ?[2J\n"
     "      |    ^\n"},
    {"NUL", STR_INIT("a: b\0\n"),
     "x.yaml:1:5: error: the character U+0000 is not allowed in YAML\n"
     "    1 | a: b?\n"
     "      |     ^\n"},
    {"a tab as indentation", STR_INIT("a:\n\tb: c\n"),
     "x.yaml:2:1: error: not valid YAML: a tab cannot indent\n"
     "    2 |  b: c\n"
     "      | ^ use spaces\n"},
    {"a colon in a text", STR_INIT("a: b: c\n"),
     "x.yaml:1:5: error: not valid YAML: ':' is not allowed here\n"
     "    1 | a: b: c\n"
     "      |     ^ quote a text that holds ': '\n"},
    {"characters before a mistake",
     STR_INIT("# \xF0\x9F\x94\x91\r\n\xE9\x8D\xB5: b: c\r\n"),
     "x.yaml:2:5: error: not valid YAML: ':' is not allowed here\n"
     "    2 | \xE9\x8D\xB5: b: c\n"
     "      |     ^ quote a text that holds ': '\n"},
};

START_TEST(what_misleads_is_refused)
{
    struct diags diags;
    struct buf out = {0};
    ck_assert_msg(read_text(refused[_i].text, &diags) == NULL, "%s",
                  refused[_i].name);
    diags_print(&out, &diags);
    EXPECT_TEXT(refused[_i].name, buf_str(&out), str_of(refused[_i].want));
    buf_release(&out);
}
END_TEST

/* Syntax errors whose words are partly libyaml's: the place, and some text. */
static const struct {
    const char *text;
    unsigned line, col;
    const char *part;
} malformed[] = {
    {"a: [b\nc: d\n", 2, 2, "expected ',' or ']'"},
    {"a: {b: c\n", 2, 1, "expected ',' or '}'"},
    {"a: 'b\n", 2, 1, "the text has no closing quote"},
    {"a: \"\\q\"\n", 1, 5, "unknown escape in double quotes"},
    {"a: b\n c: d\n", 2, 3, "':' is not allowed here"},
    {"a: b\nc\nd: e\n", 3, 1, "expected ':' after the key"},
    {"- a\nb: c\n", 2, 1, "expected '- '"},
    {"a: @b\n", 1, 4, "not valid YAML"},
    {"a: |\n\tb\n", 2, 1, "not valid YAML"},
};

START_TEST(syntax_errors_have_their_place)
{
    struct diags diags;
    const char *text = malformed[_i].text;
    ck_assert_msg(read_text(str_of(text), &diags) == NULL, "%s", text);
    ck_assert_uint_eq(diags.n, 1);
    struct diag *d = &diags.items[0];
    ck_assert_msg(
        d->at.line == malformed[_i].line && d->at.col == malformed[_i].col &&
            str_contains(d->text, str_of(malformed[_i].part)),
        "'%s': %u:%u %.*s", text, d->at.line, d->at.col, STRF(d->text));
}
END_TEST

START_TEST(size_and_depth_are_limited)
{
    struct diags diags;
    struct yaml_limits limits = {.bytes = 12, .depth = 3};
    ck_assert_ptr_nonnull(read_limited(STR("[[[a]]]"), limits, &diags));
    ck_assert_ptr_null(read_limited(STR("[[[[a]]]]"), limits, &diags));
    EXPECT_TEXT("depth", diags.items[0].text,
                STR("nested deeper than 3 levels"));
    ck_assert_uint_eq(diags.items[0].at.col, 4);
    ck_assert_ptr_null(read_limited(STR("# 3456789012\n"), limits, &diags));
    EXPECT_TEXT("bytes", diags.items[0].text, STR("larger than 12 bytes"));
    struct buf deep = {0};
    for (int i = 0; i < 100000; i++)
        buf_adds(&deep, i % 2 == 0 ? "[" : "{a: ");
    ck_assert_ptr_null(read_text(buf_str(&deep), &diags));
    EXPECT_TEXT("default", diags.items[0].text,
                STR("nested deeper than 64 levels"));
    buf_release(&deep);
}
END_TEST

START_TEST(nodes_know_their_place)
{
    const struct yaml_node *root =
        read_good(STR("\xE9\x8D\xB5: [\"\xF0\x9F\x94\x91\", b,\r\n c]\r\n"
                      "d: |\r\n  e\r\nf: 'g\r\n  h'\r\n"));
    const struct yaml_node *list = root->items[0];
    static const struct {
        unsigned line, col, width;
    } want[] = {{1, 1, 1}, {1, 4, 1}, {1, 5, 3}, {1, 10, 1},
                {2, 2, 1}, {3, 1, 1}, {3, 4, 1}, {5, 4, 1}};
    const struct yaml_node *nodes[] = {
        root->keys[0],  list,          list->items[0], list->items[1],
        list->items[2], root->keys[1], root->items[1], root->items[2]};
    for (size_t i = 0; i < N_ITEMS(want); i++)
        ck_assert_msg(nodes[i]->at.line == want[i].line &&
                          nodes[i]->at.col == want[i].col &&
                          nodes[i]->at.width == want[i].width,
                      "%zu: %u:%u width %u", i, nodes[i]->at.line,
                      nodes[i]->at.col, nodes[i]->at.width);
    ck_assert_str_eq(list->at.file, "x.yaml");
}
END_TEST

/* The word of five characters "QWXYZ" stands in the text of the key `a`. */
static const struct {
    const char *name, *text;
    unsigned line, col, width;
} words[] = {
    {"plain", "a: one QWXYZ\n", 1, 8, 5},
    {"plain in flow", "{b: c, a: QWXYZ d}\n", 1, 11, 5},
    {"plain, folded", "a: one\n  two\n\n   QWXYZ z\n", 4, 4, 5},
    {"after characters", "{b: \xF0\x9F\x94\x91, a: \xE9\x8D\xB5 QWXYZ}\n", 1,
     13, 5},
    {"single quotes", "a: 'it''s ''QWXYZ'\n", 1, 13, 5},
    {"single quotes, folded", "a: 'b  \n\n\t QWXYZ'\n", 3, 3, 5},
    {"escapes", "a: \"\\\"\\u00e9\\U0001F511\\x41\\tQWXYZ\"\n", 1, 29, 5},
    {"an escape in the word", "a: \"QW\\u0058YZ\"\n", 1, 5, 10},
    {"a line continued", "a: \"b \\\n    QWXYZ\"\n", 2, 5, 5},
    {"continued blanks", "a: \"b\\\n\n  \\  QWXYZ\"\n", 3, 6, 5},
    {"double quotes, folded", "a: \"b\n\n  c\n  QWXYZ\"\n", 4, 3, 5},
    {"literal", "a: |\n  b\n\n    QWXYZ\n", 4, 5, 5},
    {"literal, indicator", "b: c\na: |2-\n    QWXYZ\n", 3, 5, 5},
    {"indicator in a nested block", "- a: |1\n    b\n   QWXYZ\n", 3, 4, 5},
    {"literal, kept", "a: |+ # why\n\n  \n  QWXYZ\n\n", 4, 3, 5},
    {"folded", "a: >- # - why\n    b\n    c QWXYZ\n", 3, 7, 5},
    {"folded, more indented", "a: >\n  b\n\n    c\n    QWXYZ\n  d\n", 5, 5, 5},
    {"folded, blank lines", "a: >+\n\n  b\n\n\n  c\n  QWXYZ\n\n", 7, 3, 5},
    {"CRLF", "b: c\r\na: |\r\n  d\r\n\r\n  \tQWXYZ\r\n", 5, 4, 5},
    {"CRLF, folded", "a: >\r\n  d\r\n  e\r\n  f QWXYZ\r\n", 4, 5, 5},
    {"CRLF in quotes", "a: \"d\r\n\r\n  e\r\n  QWXYZ\"\r\n", 4, 3, 5},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a: b QWXYZ\n",
     1, 6, 5},
    {"no newline at the end", "a: |\n  QWXYZ", 2, 3, 5},
    {"document end", "a: >\n  QWXYZ\n...\n", 2, 3, 5},
};

START_TEST(a_word_is_placed_in_every_style)
{
    const struct yaml_node *root = read_good(str_of(words[_i].text));
    const struct yaml_node *scalar =
        yaml_get(root->kind == YAML_SEQUENCE ? root->items[0] : root, "a");
    size_t offset = str_find(scalar->text, STR("QWXYZ"), 0);
    ck_assert_msg(offset != SIZE_MAX, "%s: no word", words[_i].name);
    struct span at = yaml_place(scalar, offset, 5);
    ck_assert_msg(at.line == words[_i].line && at.col == words[_i].col &&
                      at.width == words[_i].width,
                  "%s: %u:%u width %u", words[_i].name, at.line, at.col,
                  at.width);
}
END_TEST

/* Just behind the text. */
static const struct {
    const char *name, *text;
    unsigned line, col;
} ends[] = {
    {"plain", "a: bc # d\n", 1, 6},
    {"plain, empty", "a:\n", 1, 3},
    {"quoted", "a: 'bc'\n", 1, 7},
    {"quoted, empty", "a: \"\"\n", 1, 5},
    {"literal", "a: |\n  bc\nd: e\n", 2, 5},
    {"literal, stripped", "a: |-\n  b\xE9\x8D\xB5\n\nd: e\n", 2, 5},
    {"literal, kept", "a: |+\n  bc\n\n\nd: e\n", 2, 5},
    {"literal, empty", "a: |\nd: e\n", 1, 4},
    {"folded", "a: >\n  b\n  c\n", 3, 4},
};

START_TEST(the_end_is_placed)
{
    const struct yaml_node *scalar =
        yaml_get(read_good(str_of(ends[_i].text)), "a");
    struct span at = yaml_place(scalar, scalar->text.n, 1);
    ck_assert_msg(at.line == ends[_i].line && at.col == ends[_i].col,
                  "%s: %u:%u", ends[_i].name, at.line, at.col);
}
END_TEST

START_TEST(the_width_ends_with_the_line)
{
    const struct yaml_node *root = read_good(STR("a: >\n  bcd efg\n  hij\n"));
    ck_assert_uint_eq(yaml_place(root->items[0], 4, 7).width, 3);
    ck_assert_uint_eq(yaml_place(root->items[0], 4, 2).width, 2);
    ck_assert_uint_eq(yaml_place(root->items[0], 4, 0).width, 1);
}
END_TEST

START_TEST(a_collection_is_placed_where_it_begins)
{
    const struct yaml_node *root = read_good(STR("a:\n  - b\n"));
    struct span at = yaml_place(root->items[0], 7, 3);
    ck_assert_uint_eq(at.line, 2);
    ck_assert_uint_eq(at.col, 3);
}
END_TEST

/* A generator of numbers that is the same everywhere. */
static uint32_t draw(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 16) % n;
}

/* Pieces that a scalar of any style may hold. The letters stand for
 * themselves in all of them. */
static const char *const pieces[] = {
    "k",           "mn",     "p",      " ",    "  ",           "\n  ",
    "\n\n  ",      "\r\n  ", "\n    ", "\t",   "\xE9\x8D\xB5", "\n \n  ",
    "\r\n\r\n   ", "\n  \t", "''",     "\\\\", "\\t",          "\\u00e9",
    "\\\n  ",      "\\\"",   "\n",
};

static const struct {
    const char *open, *close;
    size_t n; /* of pieces */
} styles[] = {
    {"a: k", "k\n", 14},        {"a: 'k", "k'\n", 15},
    {"a: \"k", "k\"\n", 20},    {"a: |\n  k", "\n", 21},
    {"a: >\n  k", "\n", 21},    {"a: >+ # c\n\n  k", "", 21},
    {"a: |2-\n   k", "\n", 21}, {"- - a: >1-\n      k", "\r\n\n", 21},
    {"{a: \"k", "k\"}", 20},    {"[{a: k", "m}]\n", 11},
};

static size_t offset_of(struct str text, struct span at)
{
    size_t i = 0;
    for (unsigned line = 1; line < at.line; line++)
        i = str_find(text, STR("\n"), i) + 1;
    for (unsigned col = 1; col < at.col; col++)
        utf8_next(text, &i);
    return i;
}

/* Every letter of the text stands at its place in the file, in order. */
static size_t check_letters(const struct yaml_node *scalar)
{
    size_t n = 0, last = 0;
    struct str file = scalar->source->text;
    for (size_t i = 0; i < scalar->text.n; i++) {
        char c = scalar->text.p[i];
        if (c != 'k' && c != 'm' && c != 'n' && c != 'p')
            continue;
        size_t at = offset_of(file, yaml_place(scalar, i, 1));
        ck_assert_msg(at < file.n && file.p[at] == c && (n == 0 || at > last),
                      "letter %zu of\n%.*s", i, STRF(file));
        last = at;
        n++;
    }
    return n;
}

static const struct yaml_node *innermost(const struct yaml_node *node)
{
    while (node != NULL && node->kind != YAML_SCALAR)
        node = node->n > 0 ? node->items[0] : NULL;
    return node;
}

START_TEST(letters_of_any_scalar_are_placed)
{
    uint32_t state = (uint32_t)_i + 1;
    size_t n_letters = 0, n_read = 0;
    for (size_t round = 0; round < 400; round++) {
        struct buf text = {0};
        struct diags diags;
        buf_adds(&text, styles[_i].open);
        for (uint32_t n = draw(&state, 12); n > 0; n--)
            buf_adds(&text, pieces[draw(&state, (uint32_t)styles[_i].n)]);
        buf_adds(&text, styles[_i].close);
        const struct yaml_node *scalar =
            innermost(read_text(buf_str(&text), &diags));
        if (scalar != NULL) {
            n_letters += check_letters(scalar);
            n_read++;
        }
        buf_release(&text);
    }
    ck_assert_uint_gt(n_read, 50);
    ck_assert_uint_gt(n_letters, n_read);
}
END_TEST

Suite *suite_yaml(void)
{
    Suite *suite = suite_create("yaml");
    TCase *tc = tcase_create("yaml");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, NULL, release);
    tcase_add_loop_test(tc, yaml_is_read, 0, N_ITEMS(trees));
    tcase_add_test(tc, keys_are_found);
    tcase_add_loop_test(tc, what_misleads_is_refused, 0, N_ITEMS(refused));
    tcase_add_loop_test(tc, syntax_errors_have_their_place, 0,
                        N_ITEMS(malformed));
    tcase_add_test(tc, size_and_depth_are_limited);
    tcase_add_test(tc, nodes_know_their_place);
    tcase_add_loop_test(tc, a_word_is_placed_in_every_style, 0, N_ITEMS(words));
    tcase_add_loop_test(tc, the_end_is_placed, 0, N_ITEMS(ends));
    tcase_add_test(tc, the_width_ends_with_the_line);
    tcase_add_test(tc, a_collection_is_placed_where_it_begins);
    tcase_add_loop_test(tc, letters_of_any_scalar_are_placed, 0,
                        N_ITEMS(styles));
    suite_add_tcase(suite, tc);
    return suite;
}
