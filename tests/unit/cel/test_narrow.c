/* Narrowing: which guards make an optional field usable, and where. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_narrow(void);

static const struct {
    const char *expr;
    size_t n_issues;
} cases[] = {
    {"has(r.key) && r.key == 'a'", 0},
    {"u && has(r.key) && v && r.key == 'a'", 0},
    {"(u && (has(r.key) && has(r.gone))) && r.gone < r.key", 0},
    {"has(r.key) && (u || r.key == 'a')", 0},
    {"!has(r.key) || r.key == 'a'", 0},
    {"u || !has(r.key) || r.key == 'a' || r.key == 'b'", 0},
    {"!has(r.key) || u && r.key == 'a'", 0},
    {"has(r.key) ? r.key == 'a' : u", 0},
    {"!has(r.key) ? u : r.key == 'a'", 0},
    {"!has(r.key) || u ? v : r.key == 'a'", 0},
    {"u && has(r.key) ? r.key == 'a' : v", 0},
    {"!has(r.key) ? u : has(r.gone) ? r.key < r.gone : r.key == ''", 0},
    {"r.?key.hasValue() && r.key == 'a'", 0},
    {"!r.?key.hasValue() || r.key == 'a'", 0},
    {"has(r.part) && r.part.width > 1", 0},
    {"has(r.part) && has(r.part.note) && r.part.note == ''", 0},
    {"has(r.key) && rows.exists(x, x.name == r.key)", 0},
    {"rows.all(x, !has(x.key) || x.key == r.name)", 0},
    {"has(r.key) && cel.bind(y, r.key, y == r.key)", 0},
    {"r.nul != null && r.nul.size() > 1", 0},
    {"null == r.nul || r.nul.size() > 1", 0},
    {"r.nul == null ? u : r.nul.size() > 1", 0},
    {"o2.hasValue() && has(o2.value().key) && o2.value().key == ''", 0},
    /* What does not narrow. */
    {"r.key == 'a' && has(r.key)", 1},
    {"has(r.key) || r.key == 'a'", 1},
    {"!has(r.key) && r.key == 'a'", 1},
    {"has(r.gone) && r.key == 'a'", 1},
    {"has(q.key) && r.key == 'a'", 1},
    {"!has(r.key) ? r.key == 'a' : u", 1},
    {"has(r.key) ? u : r.key == 'a'", 1},
    {"(has(r.key) && u) == (r.key == 'a')", 1},
    {"(has(r.key) || u) && r.key == 'a'", 1},
    {"!has(r.key) && u || r.key == 'a'", 1},
    {"has(r.key) || u ? r.key == 'a' : v", 1},
    {"!(!has(r.key)) && r.key == 'a'", 1},
    {"has(r.part.note)", 1},
    {"has(r.part) && r.part.note == ''", 1},
    {"rows.exists(x, has(x.key)) && rows.exists(x, x.key == '')", 1},
    {"rows.exists(x, has(r.key)) && r.key == 'a'", 1},
    {"rows.all(x, rows.all(y, !has(x.key) || y.key == ''))", 1},
    {"rows.map(x, has(x.key), x.key).size() > 0", 1},
    {"has(r.key) && rows.exists(r, r.key == 'a')", 1},
    {"r.nul == null || u && r.nul.size() > 1", 0},
    {"r.nul != null || r.nul.size() > 1", 1},
    {"r.nul == r.name && r.nul.size() > 1", 1},
};

/* A name of an optional row, in place of `s`. */
static void add_optional(struct support *s)
{
    s->names[SLOT_S].name = STR("o2");
    s->names[SLOT_S].type = type_optional(&s->arena, s->names[SLOT_R].type);
}

START_TEST(guards_narrow)
{
    struct support s;
    support_begin(&s);
    add_optional(&s);
    (void)support_compile(&s, cases[_i].expr);
    ck_assert_msg(s.issues.n == cases[_i].n_issues, "%s: %zu issues, %.*s",
                  cases[_i].expr, s.issues.n,
                  s.issues.n > 0 ? (int)s.issues.items[0].text.n : 0,
                  s.issues.n > 0 ? s.issues.items[0].text.p : "");
    support_end(&s);
}
END_TEST

/* `when` narrows what is compiled after it. */
START_TEST(guards_are_given_on)
{
    static const struct {
        const char *when, *then;
        bool is_good;
    } given[] = {
        {"u && (has(r.key) && has(r.part))", "r.key == r.name", true},
        {"u && (has(r.key) && has(r.part))", "r.part.width > 1", true},
        {"has(r.key)", "rows.exists(x, x.name == r.key)", true},
        {"has(r.key) || u", "r.key == ''", false},
        {"has(r.key)", "q.key == ''", false},
        {"has(r.key)", "rows.exists(r, r.key == '')", false},
        {"rows.exists(x, has(x.key))", "rows.exists(x, x.key == '')", false},
    };
    for (size_t i = 0; i < N_ITEMS(given); i++) {
        struct support s;
        support_begin(&s);
        struct cel_program *when = support_compile(&s, given[i].when);
        ck_assert_ptr_nonnull(when);
        struct cel_program *then =
            cel_compile(&s.arena, &s.scope, str_of(given[i].then), &type_bool,
                        cel_guards(when), &s.issues);
        ck_assert_msg((then != NULL) == given[i].is_good, "%s then %s",
                      given[i].when, given[i].then);
        support_end(&s);
    }
}
END_TEST

Suite *suite_cel_narrow(void)
{
    Suite *suite = suite_create("cel narrow");
    TCase *tc = tcase_create("narrow");
    tcase_add_loop_test(tc, guards_narrow, 0, N_ITEMS(cases));
    tcase_add_test(tc, guards_are_given_on);
    suite_add_tcase(suite, tc);
    return suite;
}
