/* Dated tables: their form, overlaps, and the rows in force on a day. */
#include <check.h>

#include "checker/engine/facts.h"

Suite *suite_facts(void);

static struct arena arena;

static void set_up(void)
{
    arena = (struct arena){0};
}

static void tear_down(void)
{
    arena_release(&arena);
}

static struct facts_table *read_table(const char *text, struct diags *diags)
{
    struct source *source = ARENA_NEW(&arena, struct source);
    *source = (struct source){.path = "t.yaml", .text = str_of(text)};
    struct schema s = {.arena = &arena, .source = source, .diags = diags};
    struct yaml_limits limits = {0};
    if (!yaml_read(&arena, source, limits, &s.root, diags))
        return NULL;
    return facts_read(&s);
}

static const char engines[] =
    "facts: 1\n"
    "table: engines\n"
    "key: [engine]\n"
    "columns: {engine: string, minimum: version, on: bool, days: int}\n"
    "optional: [days]\n"
    "rows:\n"
    "  - {engine: postgres, minimum: 9.6, on: true, since: 2021-03-08,\n"
    "     until: 2023-01-01, source: s}\n"
    "  - {engine: postgres, minimum: 13.10, on: \"false\", days: 7,\n"
    "     since: 2023-01-01, source: s, note: later}\n"
    "  - {engine: no, minimum: 0, on: true, since: 2022-01-01, source: s}\n";

static const struct {
    const char *day;
    const char *minimums; /* of the rows in force, in file order */
} days[] = {
    {"2021-03-07", ""},        {"2021-03-08", "9.6"},
    {"2022-12-31", "9.6 0"},   {"2023-01-01", "13.10 0"},
    {"2030-01-01", "13.10 0"},
};

START_TEST(rows_in_force)
{
    struct diags diags = {.arena = &arena};
    struct facts_table *table = read_table(engines, &diags);
    ck_assert_ptr_nonnull(table);
    ck_assert_uint_eq(diags.n_errors, 0);
    facts_select(&arena, table, str_of(days[_i].day));
    struct buf got = {0};
    for (uint32_t i = 0; i < table->in_force.n_rows; i++)
        buf_addf(&got, "%s%.*s", i > 0 ? " " : "",
                 STRF(value_text(value_cell(&table->in_force, i, 1))));
    ck_assert_msg(str_is(buf_str(&got), days[_i].minimums), "%s: '%.*s'",
                  days[_i].day, STRF(buf_str(&got)));
    buf_release(&got);
}
END_TEST

START_TEST(cells_have_types)
{
    struct diags diags = {.arena = &arena};
    struct facts_table *table = read_table(engines, &diags);
    facts_select(&arena, table, STR("2024-01-01"));
    const struct value_table *rows = &table->in_force;
    size_t until = record_find(&table->record, STR("until"));
    size_t note = record_find(&table->record, STR("note"));
    ck_assert_uint_eq(rows->n_rows, 2);
    ck_assert_int_eq(value_cell(rows, 0, 2).kind, VALUE_BOOL);
    ck_assert(!value_cell(rows, 0, 2).as.b);
    ck_assert_int_eq(value_cell(rows, 0, 3).as.i, 7);
    ck_assert_int_eq(value_cell(rows, 1, 3).kind, VALUE_ABSENT);
    ck_assert_int_eq(value_cell(rows, 0, until).kind, VALUE_ABSENT);
    ck_assert(str_is(value_text(value_cell(rows, 0, note)), "later"));
    ck_assert(str_is(value_text(value_cell(rows, 1, 0)), "no"));
}
END_TEST

#define HEAD                                                                   \
    "facts: 1\ntable: t\nkey: [k]\ncolumns: {k: string, v: int}\nrows:\n"

static const struct {
    const char *name, *text;
    unsigned line, col;
    const char *message, *hint;
} mistakes[] = {
    {"overlap",
     HEAD "- {k: a, v: 1, since: 2020-01-01, until: 2020-02-02, source: s}\n"
          "- {k: a, v: 2, since: 2020-02-01, source: s}\n",
     7, 3, "the row of line 6 has the same key and is in force on the same day",
     ""},
    {"the day is not there",
     HEAD "- {k: a, v: 1, since: 2021-02-29, source: s}", 6, 23,
     "expected a date YYYY-MM-DD, found '2021-02-29'", ""},
    {"unknown column",
     HEAD "- {k: a, v: 1, vv: 2, since: 2021-02-01, source: s}", 6, 16,
     "unknown key 'vv' in row", "did you mean 'v'?"},
    {"no source", HEAD "- {k: a, v: 1, since: 2021-02-01}", 6, 3,
     "missing key 'source' in row", ""},
    {"not an int", HEAD "- {k: a, v: 1.5, since: 2021-02-01, source: s}", 6, 13,
     "expected an integer, found '1.5'", ""},
    {"until before since",
     HEAD "- {k: a, v: 1, since: 2021-02-01, until: 2021-02-01, source: s}", 6,
     3, "'until' is not after 'since'", ""},
    {"key is no column",
     "facts: 1\ntable: t\nkey: [kk]\ncolumns: {k: string}\nrows: []\n", 3, 7,
     "'kk' is not a column", "did you mean 'k'?"},
    {"unknown type",
     "facts: 1\ntable: t\nkey: [k]\ncolumns: {k: strin}\nrows: []\n", 4, 14,
     "unknown type 'strin': expected bool, int, string, version or date", ""},
    {"unknown key",
     "facts: 1\ntable: t\nkeys: 1\nkey: [k]\ncolumns: {k: string}\nrows: []\n",
     3, 1, "unknown key 'keys' in facts table", "did you mean 'key'?"},
    {"no rows", "facts: 1\ntable: t\nkey: [k]\ncolumns: {k: string}\n", 1, 1,
     "missing key 'rows' in facts table", ""},
};

START_TEST(mistakes_have_places)
{
    struct diags diags = {.arena = &arena};
    (void)read_table(mistakes[_i].text, &diags);
    ck_assert_msg(diags.n == 1, "%s: %zu mistakes", mistakes[_i].name, diags.n);
    const struct diag *d = &diags.items[0];
    ck_assert_msg(str_is(d->text, mistakes[_i].message), "%s: '%.*s'",
                  mistakes[_i].name, STRF(d->text));
    ck_assert_msg(str_is(d->hint, mistakes[_i].hint), "%s: '%.*s'",
                  mistakes[_i].name, STRF(d->hint));
    ck_assert_msg(d->at.line == mistakes[_i].line &&
                      d->at.col == mistakes[_i].col,
                  "%s: %u:%u", mistakes[_i].name, d->at.line, d->at.col);
}
END_TEST

START_TEST(rows_of_other_keys_do_not_overlap)
{
    struct diags diags = {.arena = &arena};
    struct facts_table *table = read_table(
        "facts: 1\ntable: t\nkey: [k, e]\n"
        "columns: {k: string, e: string}\nrows:\n"
        "- {k: a, e: 010, since: 2020-01-01, source: s}\n"
        "- {k: a, e: 10, since: 2020-01-01, source: s}\n"
        "- {k: a, e: 10, since: 2019-01-01, until: 2020-01-01, source: s}\n",
        &diags);
    ck_assert_uint_eq(diags.n, 0);
    ck_assert_uint_eq(table->n_rows, 3);
}
END_TEST

Suite *suite_facts(void)
{
    Suite *suite = suite_create("facts");
    TCase *tc = tcase_create("facts");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, rows_in_force, 0, N_ITEMS(days));
    tcase_add_test(tc, cells_have_types);
    tcase_add_loop_test(tc, mistakes_have_places, 0, N_ITEMS(mistakes));
    tcase_add_test(tc, rows_of_other_keys_do_not_overlap);
    suite_add_tcase(suite, tc);
    return suite;
}
