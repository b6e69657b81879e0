/* Loads rule files that must load, and rule files that must not, and compares
 * the mistakes: load_cases FILE.json */
#include "checker/base/clock.h"
#include "checker/base/embedded.h"
#include "checker/engine/rule.h"
#include "tests/conformance/vector_file.h"

enum { MAX_SOURCES = 256 };

/* What every case is loaded against. */
struct product {
    struct arena arena;
    struct catalogue *catalogue;
    const struct source *facts[MAX_SOURCES];
    size_t n_facts;
};

static struct value get(struct value map, const char *key)
{
    return value_get(map, str_of(key));
}

static struct str text_of(struct value v)
{
    return v.kind == VALUE_STRING ? value_text(v) : (struct str){0};
}

static size_t n_items(struct value list)
{
    return list.kind == VALUE_LIST ? list.n : 0;
}

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static struct str decode(struct arena *arena, struct str base64)
{
    char *out = arena_alloc(arena, base64.n + 1);
    size_t n = 0;
    unsigned bits = 0, n_bits = 0;
    for (size_t i = 0; i < base64.n; i++) {
        int digit = digit_of(base64.p[i]);
        if (digit < 0)
            continue;
        bits = bits << 6 | (unsigned)digit;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            out[n++] = (char)(bits >> n_bits & 0xFF);
        }
    }
    return (struct str){out, n};
}

static bool open_product(struct product *product)
{
    struct diags diags = {.arena = &product->arena};
    if (!catalogue_load(&product->arena, &product->catalogue, &diags))
        return false;
    for (size_t i = 0; i < n_embedded_files; i++) {
        const struct embedded *e = &embedded_files[i];
        if (!str_starts(str_of(e->path), STR("rules/facts/")) ||
            product->n_facts == MAX_SOURCES - 1)
            continue;
        struct source *source = ARENA_NEW(&product->arena, struct source);
        source->path = e->path;
        source->text = (struct str){e->text, (size_t)(e->end - e->text)};
        product->facts[product->n_facts++] = source;
    }
    return true;
}

/* ---- one case ---- */

struct bench {
    struct arena arena;
    struct diags diags;
    struct buf report;
};

static bool has_line(struct value want)
{
    return get(want, "line").kind == VALUE_INT;
}

static bool meets(struct value want, const struct diag *got)
{
    struct value line = get(want, "line"), col = get(want, "col");
    struct value hint = get(want, "hint");
    if (line.kind == VALUE_INT && line.as.i != got->at.line)
        return false;
    if (col.kind == VALUE_INT && col.as.i != got->at.col)
        return false;
    if (!str_contains(got->text, text_of(get(want, "text"))))
        return false;
    if (hint.kind == VALUE_NULL)
        return !str_contains(got->hint, STR("did you mean"));
    return str_contains(got->hint, text_of(hint));
}

/* Each wanted one is there, and, where all have lines, no other line. */
static void compare(struct bench *b, struct value errors, enum diag_level level)
{
    bool all_have_lines = level == DIAG_ERROR;
    for (size_t i = 0; i < n_items(errors); i++) {
        struct value want = errors.as.items[i];
        bool is_met = false;
        all_have_lines &= has_line(want);
        for (size_t k = 0; k < b->diags.n && !is_met; k++)
            is_met = b->diags.items[k].level == level &&
                     meets(want, &b->diags.items[k]);
        if (!is_met)
            buf_addf(&b->report, "  not reported: %d:%d '%.*s' '%.*s'\n",
                     has_line(want) ? (int)get(want, "line").as.i : 0,
                     get(want, "col").kind == VALUE_INT
                         ? (int)get(want, "col").as.i
                         : 0,
                     STRF(text_of(get(want, "text"))),
                     STRF(text_of(get(want, "hint"))));
    }
    for (size_t k = 0; k < b->diags.n && all_have_lines; k++) {
        bool is_wanted = b->diags.items[k].level != level;
        for (size_t i = 0; i < n_items(errors) && !is_wanted; i++)
            is_wanted = get(errors.as.items[i], "line").as.i ==
                        b->diags.items[k].at.line;
        if (!is_wanted)
            buf_addf(&b->report, "  not expected: line %u\n",
                     b->diags.items[k].at.line);
    }
}

static void run_case(struct bench *b, const struct product *product,
                     struct value c)
{
    struct rule_options options = {0};
    struct rules *rules = NULL;
    struct err err = {0};
    struct value yaml = get(c, "yaml");
    struct source *source = ARENA_NEW(&b->arena, struct source);
    const struct source *sources[MAX_SOURCES];
    size_t n = 0;
    *source = (struct source){.path = "case.yaml", .text = text_of(yaml)};
    if (yaml.kind == VALUE_MAP)
        source->text = decode(&b->arena, text_of(get(yaml, "base64")));
    for (; n < product->n_facts; n++)
        sources[n] = product->facts[n];
    sources[n++] = source;
    struct rule_sources all = {.items = sources, .n = n, .is_linted = true};
    if (!date_read(STR("2026-11-24"), &options.as_of))
        return;
    bool is_ok = rules_compile(&b->arena, product->catalogue, &options, &all,
                               &rules, &b->diags, &err);
    bool is_wanted = str_is(text_of(get(c, "expect")), "ok");
    if (is_ok != is_wanted)
        buf_addf(&b->report, "  it %s\n", is_ok ? "loads" : "does not load");
    else if (!is_ok)
        compare(b, get(c, "errors"), DIAG_ERROR);
    compare(b, get(c, "warnings"), DIAG_WARNING);
}

static bool check_case(const struct product *product, struct value c)
{
    struct bench b = {0};
    b.diags.arena = &b.arena;
    run_case(&b, product, c);
    bool is_ok = b.report.n == 0;
    if (!is_ok) {
        diags_print(&b.report, &b.diags);
        printf("FAIL %.*s\n%.*s", STRF(text_of(get(c, "name"))),
               STRF(buf_str(&b.report)));
    }
    buf_release(&b.report);
    arena_release(&b.arena);
    return is_ok;
}

int main(int argc, char **argv)
{
    struct product product = {0};
    struct arena arena = {0};
    struct value all;
    size_t passed = 0, failed = 0;
    if (!vector_file_read(&arena, argc, argv, &all))
        return 2;
    if (!open_product(&product)) {
        fputs("the catalogue does not load\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < n_items(all); i++) {
        bool is_ok = check_case(&product, all.as.items[i]);
        passed += is_ok;
        failed += !is_ok;
    }
    arena_release(&product.arena);
    arena_release(&arena);
    return vector_file_end(passed, failed);
}
