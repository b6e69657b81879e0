/* The clauses that rules and derivations share, as they are written. */
#include "checker/engine/clausefile.h"

static const char *const expects[] = {"one", "optional", "many", NULL};

void clausefile_expr(const struct schema *s, const struct yaml_node *node,
                     struct expr *out)
{
    *out = (struct expr){0};
    if (node == NULL || !schema_text(s, node, &out->text))
        return;
    out->node = node;
    if (out->text.p == NULL)
        out->text = STR("");
}

const struct catalogue_type *clausefile_type(const struct schema *s,
                                             const struct yaml_node *node,
                                             const struct catalogue *catalogue)
{
    struct str name = {0};
    if (node == NULL || !schema_text(s, node, &name))
        return NULL;
    const struct catalogue_type *type = catalogue_type(catalogue, name);
    if (type != NULL)
        return type;
    size_t n = catalogue->types.n;
    struct str *names = ARENA_ARRAY(s->arena, n, struct str);
    for (size_t i = 0; i < n; i++)
        names[i] = catalogue->types.items[i].key;
    schema_error_hint(s, node, did_you_mean(s->arena, name, names, n),
                      "unknown type '%.*s'", STRF(name));
    return NULL;
}

/* ---- names ---- */

static bool is_reserved(struct str name)
{
    static const char *const words[] = {
        "subject", "params", "run",      "version", "arn",    "kms",
        "math",    "cel",    "optional", "strings", "true",   "false",
        "null",    "in",     "has",      "size",    "base64", "net"};
    for (size_t i = 0; i < N_ITEMS(words); i++)
        if (str_is(name, words[i]))
            return true;
    return false;
}

/* A name that is new; `seen` maps names to the nodes that define them. */
static void define(const struct schema *s, struct map *seen,
                   const struct yaml_node *node, struct str name)
{
    const struct yaml_node *first = map_get(seen, name);
    if (is_reserved(name))
        schema_error(s, node, "'%.*s' is a reserved name", STRF(name));
    else if (!schema_is_name(name, '_'))
        schema_error(s, node, "'%.*s' is not a name: [a-z][a-z0-9_]*",
                     STRF(name));
    else if (first != NULL)
        schema_error(s, node, "'%.*s' is already defined at line %u",
                     STRF(name), first->at.line);
    else {
        /* The map keeps a pointer that it never writes through. */
        union {
            const struct yaml_node *in;
            void *out;
        } pointer = {.in = node};
        map_put(seen, name, pointer.out);
    }
}

/* ---- each ---- */

static void read_each(const struct schema *s, struct map *seen,
                      struct clauses *out)
{
    static const char *const keys[] = {"as", "in", "key", NULL};
    const struct yaml_node *each = yaml_get(s->root, "each");
    if (each == NULL || !schema_is_mapping(s, each))
        return;
    schema_keys(s, each, "each", keys);
    const struct yaml_node *as = schema_need(s, each, "as", "each");
    out->each_node = each;
    clausefile_expr(s, schema_need(s, each, "in", "each"), &out->each_in);
    clausefile_expr(s, yaml_get(each, "key"), &out->each_key);
    if (as != NULL && schema_text(s, as, &out->each_as))
        define(s, seen, as, out->each_as);
}

/* ---- joins ---- */

static void read_else(const struct schema *s, const struct yaml_node *join,
                      struct join *out)
{
    static const char *const keys[] = {"check", "message", "result", NULL};
    static const char *const results[] = {"not_applicable", NULL};
    const struct yaml_node *node = yaml_get(join, "else");
    size_t unused;
    if (node == NULL)
        return;
    if (out->expect != EXPECT_ONE) {
        schema_error(s, yaml_key(join, "else"), "'else' needs 'expect: one'");
        return;
    }
    if (!schema_is_mapping(s, node))
        return;
    schema_keys(s, node, "else", keys);
    const struct yaml_node *result = yaml_get(node, "result");
    const struct yaml_node *check = yaml_get(node, "check");
    const struct yaml_node *message = yaml_get(node, "message");
    if (result != NULL) {
        if (check != NULL || message != NULL)
            schema_error(s, yaml_key(node, "result"),
                         "'result' stands alone in 'else'");
        out->is_gate = schema_choice(s, result, results, &unused);
        return;
    }
    if (!s->is_lenient)
        message = schema_need(s, node, "message", "else");
    message_read(s, message, &out->message);
    if (check == NULL || !schema_text(s, check, &out->check))
        return;
    out->check_node = check;
    if (!schema_is_name(out->check, '-'))
        schema_error(s, check, "'%.*s' is not a check's id: [a-z][a-z0-9-]*",
                     STRF(out->check));
}

/* The default check id of a join: its name with '-' for '_'. */
static struct str check_of_name(struct arena *arena, struct str name)
{
    struct str dashed = str_dup(arena, name);
    char *copy = str_cstr(arena, dashed);
    for (size_t i = 0; i < name.n; i++)
        if (copy[i] == '_')
            copy[i] = '-';
    return (struct str){copy, name.n};
}

static void read_join(const struct schema *s, const struct yaml_node *key,
                      const struct yaml_node *node, bool has_else,
                      struct join *out)
{
    size_t expect = EXPECT_ONE;
    const struct yaml_node *wanted = yaml_get(node, "expect");
    const char *where =
        out->table != NULL || out->keys != NULL ? "fact" : "lookup";
    if (wanted == NULL)
        schema_need(s, node, "expect", where);
    else if (schema_choice(s, wanted, expects, &expect))
        out->expect = (enum expect)expect;
    if (has_else)
        read_else(s, node, out);
    else if (yaml_key(node, "else") != NULL)
        schema_error(s, yaml_key(node, "else"),
                     "a derivation's lookup has no 'else'");
    if (out->expect != EXPECT_ONE || out->is_gate || !has_else)
        return;
    if (out->check.n == 0) {
        out->check =
            s->is_lenient ? key->text : check_of_name(s->arena, key->text);
        out->check_node = key;
    }
}

static bool is_key_column(const struct facts_table *table, size_t column)
{
    for (size_t i = 0; i < table->n_key; i++)
        if (table->key[i] == column)
            return true;
    return false;
}

static void read_fact_keys(const struct schema *s, const struct yaml_node *key,
                           struct join *out)
{
    const struct record *record = &out->table->record;
    for (size_t i = 0; i < key->n; i++) {
        struct str name = key->keys[i]->text;
        size_t column = record_find(record, name);
        if (column == SIZE_MAX ||
            (!is_key_column(out->table, column) && !s->is_lenient)) {
            struct str names[8];
            size_t n = 0;
            for (; n < out->table->n_key && n < N_ITEMS(names); n++)
                names[n] = record->fields[out->table->key[n]].name;
            schema_error_hint(s, key->keys[i],
                              did_you_mean(s->arena, name, names, n),
                              "'%.*s' is not a key column of %.*s", STRF(name),
                              STRF(out->table->name));
            continue;
        }
        out->keys[out->n_keys].column = (uint32_t)column;
        clausefile_expr(s, key->items[i], &out->keys[out->n_keys++].expr);
    }
    for (size_t i = 0; i < out->table->n_key; i++) {
        struct str name = record->fields[out->table->key[i]].name;
        if (yaml_get(key, str_cstr(s->arena, name)) == NULL)
            schema_error(s, key, "missing key column '%.*s' of %.*s",
                         STRF(name), STRF(out->table->name));
    }
}

static void read_fact(const struct schema *s, const struct map *tables,
                      const struct yaml_node *key, const struct yaml_node *node,
                      bool has_else, struct join *out)
{
    static const char *const keys[] = {"in", "key", "expect", "else", NULL};
    struct str name = {0};
    schema_keys(s, node, "fact", keys);
    const struct yaml_node *in = schema_need(s, node, "in", "fact");
    const struct yaml_node *columns = schema_need(s, node, "key", "fact");
    bool is_mapping = schema_is_mapping(s, columns);
    out->keys =
        ARENA_ARRAY(s->arena, is_mapping ? columns->n : 1, struct join_key);
    out->row_type = &type_error;
    if (in != NULL && schema_text(s, in, &name)) {
        out->table = map_get(tables, name);
        if (out->table != NULL)
            out->row_type = out->table->type;
        else {
            struct str *names = ARENA_ARRAY(s->arena, tables->n, struct str);
            for (size_t i = 0; i < tables->n; i++)
                names[i] = tables->items[i].key;
            schema_error_hint(s, in,
                              did_you_mean(s->arena, name, names, tables->n),
                              "unknown table '%.*s'", STRF(name));
        }
    }
    if (out->table != NULL && is_mapping)
        read_fact_keys(s, columns, out);
    read_join(s, key, node, has_else, out);
}

static void read_lookup(const struct schema *s,
                        const struct catalogue *catalogue,
                        const struct yaml_node *key,
                        const struct yaml_node *node, bool has_else,
                        struct join *out)
{
    static const char *const keys[] = {"in", "where", "expect", "else", NULL};
    schema_keys(s, node, "lookup", keys);
    const struct yaml_node *in = schema_need(s, node, "in", "lookup");
    out->type = clausefile_type(s, in, catalogue);
    out->row_type = out->type != NULL ? out->type->type : &type_error;
    if (out->type != NULL && out->type->is_derived && !has_else)
        schema_error(s, in, "a derivation does not read derived types");
    clausefile_expr(s, schema_need(s, node, "where", "lookup"), &out->where);
    read_join(s, key, node, has_else, out);
}

struct joins_reader {
    const struct schema *s;
    const struct catalogue *catalogue;
    const struct map *tables;
    struct map *seen;
    bool has_else;
};

static void read_joins(const struct joins_reader *r,
                       const struct yaml_node *node, bool is_facts,
                       struct clauses *out)
{
    if (node == NULL || node->kind != YAML_MAPPING)
        return;
    for (size_t i = 0; i < node->n; i++) {
        struct join *join = &out->joins[out->n_joins];
        *join = (struct join){.name = node->keys[i]->text,
                              .key = node->keys[i],
                              .row_type = &type_error,
                              .index = SIZE_MAX};
        define(r->s, r->seen, node->keys[i], node->keys[i]->text);
        out->n_joins++;
        if (!schema_is_mapping(r->s, node->items[i]))
            continue;
        if (is_facts)
            read_fact(r->s, r->tables, node->keys[i], node->items[i],
                      r->has_else, join);
        else
            read_lookup(r->s, r->catalogue, node->keys[i], node->items[i],
                        r->has_else, join);
    }
}

static void read_lets(const struct schema *s, struct map *seen,
                      const struct yaml_node *node, struct clauses *out)
{
    if (node == NULL || node->kind != YAML_MAPPING)
        return;
    out->lets = ARENA_ARRAY(s->arena, node->n, struct let);
    for (size_t i = 0; i < node->n; i++) {
        struct let *let = &out->lets[out->n_lets++];
        let->name = node->keys[i]->text;
        let->key = node->keys[i];
        define(s, seen, node->keys[i], let->name);
        clausefile_expr(s, node->items[i], &let->expr);
    }
}

static void number_slots(struct clauses *c)
{
    uint32_t next = N_SLOTS;
    for (size_t i = 0; i < c->n_lets; i++)
        c->lets[i].slot = next++;
    for (size_t i = 0; i < c->n_joins; i++) {
        c->joins[i].slot = next++;
        c->joins[i].candidate = next++;
    }
    c->n_slots = next;
}

void clausefile_read(const struct schema *s, const struct catalogue *catalogue,
                     const struct map *tables, bool has_else,
                     struct clauses *out)
{
    const struct yaml_node *let = yaml_get(s->root, "let");
    const struct yaml_node *facts = yaml_get(s->root, "facts");
    const struct yaml_node *lookup = yaml_get(s->root, "lookup");
    struct map seen = {.arena = s->arena};
    struct joins_reader reader = {s, catalogue, tables, &seen, has_else};
    size_t n_joins = 0, n = 0;
    if (let != NULL && schema_is_mapping(s, let))
        n += let->n;
    if (facts != NULL && schema_is_mapping(s, facts))
        n_joins += facts->n;
    if (lookup != NULL && schema_is_mapping(s, lookup))
        n_joins += lookup->n;
    read_each(s, &seen, out);
    clausefile_expr(s, yaml_get(s->root, "when"), &out->when);
    if (n + n_joins > MAX_BINDINGS) {
        schema_error(s, let != NULL ? let : lookup,
                     "more than %d names in 'let', 'facts' and 'lookup'",
                     MAX_BINDINGS);
        number_slots(out);
        return;
    }
    out->joins = ARENA_ARRAY(s->arena, n_joins, struct join);
    read_lets(s, &seen, let, out);
    read_joins(&reader, facts, true, out);
    read_joins(&reader, lookup, false, out);
    number_slots(out);
}
