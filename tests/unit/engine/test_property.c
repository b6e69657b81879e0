/* Random inventories and rules: an index, a scan and threads find the same. */
#include <check.h>

#include "tests/unit/engine/engine_support.h"

Suite *suite_property(void);

enum { N_SEEDS = 60, N_SCALE = 700 };

/* xorshift64*: the same numbers on any machine. */
static uint64_t state;

static uint32_t pick(uint32_t n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % n;
}

static const char *word(const char *const *words, uint32_t n)
{
    return words[pick(n)];
}

/* ---- rows ---- */

static const char *const regions[] = {"r1", "r2", "r3"};
static const char *const accounts[] = {"1", "2"};
static const char *const names[] = {"a", "b", "c", "{$unknown: n1}",
                                    "{$unknown: n2}"};
static const char *const sizes[] = {"1", "2", "3", "{$unknown: s}"};
static const char *const switches[] = {"true", "false", "{$unknown: o}"};
static const char *const keys[] = {
    "'arn:aws:kms:r1:1:key/1'", "'arn:aws:kms:r2:1:key/2'",
    "'arn:aws:kms:r3:2:key/3'", "no-arn", "{$unknown: k}"};

#define ANY(words) word((words), (uint32_t)N_ITEMS(words))

static void add_place(struct buf *out)
{
    buf_addf(out, "account: '%s', region: %s", ANY(accounts), ANY(regions));
}

static void add_field(struct buf *out, const char *name, const char *value)
{
    if (pick(6) > 0)
        buf_addf(out, "%s%s: %s", out->p[out->n - 1] == '{' ? "" : ", ", name,
                 value);
}

static void add_db_fields(struct buf *out)
{
    buf_adds(out, "fields: {");
    add_field(out, "Name", ANY(names));
    add_field(out, "Days", ANY(sizes));
    add_field(out, "Encrypted", ANY(switches));
    add_field(out, "KeyId", ANY(keys));
    buf_adds(out, "}}\n");
}

static void add_thing_fields(struct buf *out)
{
    buf_adds(out, "fields: {");
    add_field(out, "Name", ANY(names));
    add_field(out, "Size", ANY(sizes));
    add_field(out, "On", ANY(switches));
    add_field(out, "Note", ANY(names));
    buf_adds(out, "}}\n");
}

static void make_rows(struct buf *out, uint32_t n_dbs)
{
    for (uint32_t i = 0; i < n_dbs; i++) {
        buf_addf(out, "- {type: T::Db, id: d%u, ", i);
        add_place(out);
        buf_adds(out, ", ");
        add_db_fields(out);
    }
    for (uint32_t i = 0, n = 1 + pick(12); i < n; i++) {
        buf_addf(out, "- {type: T::Thing, id: t%u, ", i);
        add_place(out);
        buf_adds(out, ", ");
        add_thing_fields(out);
    }
    for (uint32_t i = 0; i < 4; i++)
        if (pick(3) > 0)
            buf_addf(out,
                     "- {type: T::Key, id: %s, region: %s, fields: {State: "
                     "%s}}\n",
                     keys[i], ANY(regions), pick(3) ? "Enabled" : "Disabled");
}

static void make_ghosts(struct buf *out)
{
    static const char *const types[] = {"T::Thing", "T::Key", "T::Db"};
    for (uint32_t i = 0, n = pick(4); i < n; i++) {
        buf_addf(out, "- {type: %s, cause: g%u, ", ANY(types), i);
        add_place(out);
        buf_adds(out, "}\n");
    }
}

/* ---- rules ---- */

static const char *const thing_pins[] = {
    "x.Name == subject.Name",
    "subject.Name == x.Name",
    "x.Size == subject.Days",
    "x.Size == 2",
    "x.On == subject.Encrypted",
    "x.region == subject.region",
    "x.account == subject.account",
    "x.id == \"t1\"",
    "x.Name == name",
    "x.On == false",
};
static const char *const key_pins[] = {
    "has(subject.KeyId) && x.id == subject.KeyId",
    "x.region == subject.region",
    "x.id == \"no-arn\"",
};
static const char *const filters[] = {
    "x.Size > 1",
    "x.Name != \"b\"",
    "subject.Days > 1",
    "(has(x.Note) && x.Note == name)",
    "version.major(x.Name) > 1",
};
static const char *const many_checks[] = {
    "x.exists(t, t.On)", "x.all(t, t.Size > 1)", "x.size() < 2",
    "x.exists(t, t.Name == name)"};
static const char *const thing_checks[] = {"x.On", "x.Size > 1",
                                           "x.Name == name"};

/* One to three pins and perhaps a filter, in any order. */
static struct str make_where(struct arena *arena, bool is_key)
{
    struct str where = {0};
    for (uint32_t i = 0, n = 1 + pick(3); i < n; i++) {
        const char *pin = is_key ? ANY(key_pins) : ANY(thing_pins);
        where = i == 0 ? str_fmt(arena, "%s", pin)
                       : str_fmt(arena, "%.*s && %s", STRF(where), pin);
    }
    if (!is_key && pick(2) > 0) {
        const char *filter = ANY(filters);
        where = pick(2) > 0 ? str_fmt(arena, "%s && %.*s", filter, STRF(where))
                            : str_fmt(arena, "%.*s && %s", STRF(where), filter);
    }
    return where;
}

static const char *make_rule(struct arena *arena)
{
    bool is_key = pick(4) == 0;
    struct str where = make_where(arena, is_key);
    uint32_t expect = pick(3);
    const char *check = is_key ? "x.State == \"Enabled\"" : ANY(thing_checks);
    struct str require = str_of(check);
    if (expect == 1)
        require = STR("x.hasValue()");
    if (expect == 2)
        require = is_key ? STR("x.size() < 2") : str_of(ANY(many_checks));
    static const char *const words[] = {"one", "optional", "many"};
    return str_cstr(
        arena,
        str_fmt(arena,
                "rule: 1\nid: the-rule\ntitle: A case\nseverity: high\n"
                "subject: T::Db\n"
                "let: {name: subject.Name}\n"
                "lookup:\n"
                "  x:\n"
                "    in: %s\n"
                "    where: '%.*s'\n"
                "    expect: %s\n"
                "require:\n"
                "  c: {expr: '%.*s', message: 'no {name} of {subject.Days}'}\n"
                "  d: {expr: 'name != \"c\"', message: m}\n",
                is_key ? "T::Key" : "T::Thing", STRF(where), words[expect],
                STRF(require)));
}

/* ---- what was found, all of it ---- */

static void print_causes(struct buf *out, const struct world *w, causes set)
{
    for (size_t i = 0; i < causes_count(w->causes, set); i++)
        buf_addf(out, " [%.*s]", STRF(causes_text(w->causes, set, i)));
}

static struct str run(struct world *w, bool is_scan, unsigned n_threads)
{
    struct buf out = {0};
    w->is_scan = is_scan;
    w->n_threads = n_threads;
    buf_adds(&out, world_run(w));
    for (int i = 0; i < N_RESULTS; i++)
        buf_addf(&out, "%zu\n", w->findings->counts[i]);
    for (size_t i = 0; i < w->findings->n; i++) {
        const struct finding *f = &w->findings->items[i];
        buf_addf(&out, "%.*s %.*s: %.*s", STRF(f->subject_id), STRF(f->check),
                 STRF(f->message));
        print_causes(&out, w, f->causes);
        for (size_t k = 0; k < f->n_evidence; k++) {
            buf_addf(&out, "\n  %.*s = ", STRF(f->evidence[k].path));
            cel_print(&out, f->evidence[k].value, w->causes);
            buf_addf(&out, " %.*s", STRF(f->evidence[k].from));
        }
        buf_adds(&out, "\n");
    }
    struct str done = str_dup(&w->arena, buf_str(&out));
    buf_release(&out);
    return done;
}

/* Shows the first line that differs: the whole is longer than Check takes. */
static void expect_same(struct str want, struct str got, const char *rule)
{
    struct str a = {0}, b = {0};
    while (str_eq(a, b) && str_split(&want, '\n', &a))
        if (!str_split(&got, '\n', &b))
            break;
    ck_assert_msg(str_eq(a, b) && str_eq(want, got),
                  "%s\nwant: %.*s\ngot:  %.*s", rule, STRF(a), STRF(b));
}

/* A world with a rule of the grammar, and the rule. */
static const char *make_world(struct world *w, uint32_t n_dbs)
{
    struct buf rows = {0}, ghosts = {0};
    world_open(w);
    const char *rule = make_rule(&w->arena);
    const char *documents[] = {rule, NULL};
    bool is_ok = world_rules(w, documents);
    ck_assert_msg(is_ok, "%s\n%s", world_mistakes(w), rule);
    make_rows(&rows, n_dbs);
    make_ghosts(&ghosts);
    world_fill(w, str_cstr(&w->arena, buf_str(&rows)),
               ghosts.n > 0 ? str_cstr(&w->arena, buf_str(&ghosts)) : NULL,
               pick(2) > 0 ? "1/r1 1/r2 2/r1" : NULL);
    buf_release(&rows);
    buf_release(&ghosts);
    return rule;
}

START_TEST(an_index_finds_what_a_scan_finds)
{
    struct world world;
    state = UINT64_C(0x9E3779B97F4A7C15) * ((uint64_t)_i + 1);
    const char *rule = make_world(&world, 1 + pick(8));
    struct str by_scan = run(&world, true, 1);
    struct str by_index = run(&world, false, 1);
    ck_assert_uint_gt(world.findings->n, 0);
    expect_same(by_scan, by_index, rule);
    world_close(&world);
}
END_TEST

START_TEST(threads_find_what_one_finds)
{
    static const unsigned counts[] = {2, 3, 7};
    struct world world;
    state = UINT64_C(0xD1B54A32D192ED03) * ((uint64_t)_i + 1);
    const char *rule = make_world(&world, N_SCALE);
    struct str alone = run(&world, false, 1);
    for (size_t i = 0; i < N_ITEMS(counts); i++) {
        expect_same(alone, run(&world, false, counts[i]), rule);
        ck_assert_uint_gt(world.findings->n, N_SCALE);
    }
    world_close(&world);
}
END_TEST

Suite *suite_property(void)
{
    Suite *suite = suite_create("property");
    TCase *tc = tcase_create("property");
    tcase_add_loop_test(tc, an_index_finds_what_a_scan_finds, 0, N_SEEDS);
    tcase_add_loop_test(tc, threads_find_what_one_finds, 0, 4);
    suite_add_tcase(suite, tc);
    return suite;
}
