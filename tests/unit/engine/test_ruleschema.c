/* The JSON Schema of rule files says what the loader takes. */
#include <check.h>

#include "checker/base/json.h"
#include "checker/engine/ruleschema.h"
#include "tests/unit/engine/engine_support.h"

Suite *suite_ruleschema(void);

#define HEAD "rule: 1\nid: a-case\ntitle: A case\nseverity: low\n"

/* A document for each mapping, with a key that is put at the '@'. */
static const struct {
    const char *object, *document;
    bool has_choice; /* what is missing depends on what is there */
} places[] = {
    {"rule", "rule: 1\n@: x\n", false},
    {"parameter", HEAD "parameters: {p: {@: x}}\n", false},
    {"each", HEAD "each: {@: x}\n", false},
    {"fact", HEAD "facts: {f: {@: x}}\n", false},
    {"lookup", HEAD "lookup: {l: {@: x}}\n", false},
    {"else",
     HEAD "lookup: {l: {in: T::Db, where: l.Days == 1, expect: one, "
          "else: {@: x}}}\n",
     true},
    {"check", HEAD "require: {c: {@: x}}\n", false},
    {"reference", HEAD "references: [{@: x}]\n", false},
    {"test", HEAD "tests: [{@: x}]\n", false},
    {"row", HEAD "tests: [{name: n, expect: {}, rows: [{@: x}]}]\n", false},
    {"ghost", HEAD "tests: [{name: n, expect: {}, ghosts: [{@: x}]}]\n", false},
    {"expect", HEAD "tests: [{name: n, expect: {c: {@: x}}}]\n", false},
};

static struct world world;
static struct value schema;

static struct value get(struct value map, const char *key)
{
    return value_get(map, str_of(key));
}

static void set_up(void)
{
    static const char *const documents[] = {
        "rule: 1\nid: a-case\ntitle: A case\nseverity: low\n"
        "subject: T::Db\n"
        "require: {c: {expr: subject.Encrypted, message: m}}\n",
        "facts: 1\ntable: limits\nkey: [name]\n"
        "columns: {name: string}\nrows: []\n",
        NULL};
    struct json_limits limits = {0};
    struct buf text = {0};
    struct err err = {0};
    world_open(&world);
    ck_assert_msg(world_rules(&world, documents), "%s", world_mistakes(&world));
    ruleschema_write(&text, world.rules);
    ck_assert_msg(json_read(&world.arena, str_dup(&world.arena, buf_str(&text)),
                            "schema", limits, &schema, &err),
                  "%s", err.line[0]);
    buf_release(&text);
}

static void tear_down(void)
{
    world_close(&world);
}

/* The mistakes of a place's document with `key` in it. */
static struct str mistakes_with(size_t place, struct str key)
{
    struct str document = str_of(places[place].document);
    size_t at = str_find(document, STR("@"), 0);
    struct str text =
        str_fmt(&world.arena, "%.*s%.*s%.*s", STRF(str_sub(document, 0, at)),
                STRF(key), STRF(str_sub(document, at + 1, document.n)));
    const char *documents[] = {str_cstr(&world.arena, text), NULL};
    world.diags = (struct diags){.arena = &world.arena};
    ck_assert(!world_rules(&world, documents));
    return str_of(world_mistakes(&world));
}

static bool is_required(struct value object, struct str key)
{
    struct value list = get(object, "required");
    for (uint32_t i = 0; i < list.n; i++)
        if (str_eq(value_text(list.as.items[i]), key))
            return true;
    return false;
}

START_TEST(keys_are_those_of_the_loader)
{
    const char *name = places[_i].object;
    struct value object = str_is(str_of(name), "rule")
                              ? schema
                              : get(get(schema, "definitions"), name);
    struct value keys = get(object, "properties");
    struct str without = mistakes_with((size_t)_i, STR("nonsense"));
    ck_assert_msg(keys.kind == VALUE_MAP && keys.n > 0, "%s", name);
    ck_assert_msg(str_contains(without, STR("unknown key 'nonsense' in ")),
                  "%s: %.*s", name, STRF(without));
    for (uint32_t i = 0; i < keys.n; i++) {
        struct str key = value_text(keys.as.items[2 * i]);
        struct str missing =
            str_fmt(&world.arena, "missing key '%.*s' in %s", STRF(key), name);
        /* A key twice is an error of its own. */
        if (str_is(str_of(name), "rule") && str_is(key, "rule"))
            continue;
        ck_assert_msg(
            !str_contains(mistakes_with((size_t)_i, key), STR("unknown key")),
            "%s: %.*s", name, STRF(key));
        ck_assert_msg(places[_i].has_choice || str_contains(without, missing) ==
                                                   is_required(object, key),
                      "%s: %.*s: %.*s", name, STRF(key), STRF(without));
    }
}
END_TEST

/* Whether the value of a key is one of a list that has `word`. */
static bool offers(struct value object, const char *key, const char *word)
{
    struct value list = get(get(get(object, "properties"), key), "enum");
    for (uint32_t i = 0; i < list.n; i++)
        if (str_is(value_text(list.as.items[i]), word))
            return true;
    return false;
}

START_TEST(types_and_tables_are_offered)
{
    struct value definitions = get(schema, "definitions");
    ck_assert(offers(schema, "subject", "T::Thing"));
    ck_assert(offers(schema, "subject", "dr.copy"));
    ck_assert(!offers(schema, "subject", "limits"));
    ck_assert(offers(get(definitions, "lookup"), "in", "T::Key"));
    ck_assert(offers(get(definitions, "fact"), "in", "limits"));
    ck_assert(offers(schema, "severity", "critical"));
    ck_assert(!offers(get(definitions, "fact"), "expect", "many"));
    ck_assert(offers(get(definitions, "lookup"), "expect", "many"));
    ck_assert_uint_eq(definitions.n + 1, N_ITEMS(places));
}
END_TEST

Suite *suite_ruleschema(void)
{
    Suite *suite = suite_create("ruleschema");
    TCase *tc = tcase_create("ruleschema");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, keys_are_those_of_the_loader, 0,
                        (int)N_ITEMS(places));
    tcase_add_test(tc, types_and_tables_are_offered);
    suite_add_tcase(suite, tc);
    return suite;
}
