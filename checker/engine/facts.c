/* Dated tables: what was true since when, and who says so. */
#include "checker/engine/facts.h"

enum { MAX_COLUMNS = 64, MAX_ROWS = 10000, N_DATED = 4 };

static const char *const top_keys[] = {"facts",       "table",    "key",
                                       "columns",     "optional", "rows",
                                       "description", NULL};

/* The number of one of the columns that every table has. */
static uint32_t dated(const struct facts_table *table, const char *name)
{
    return (uint32_t)record_find(&table->record, str_of(name));
}

static void add_column(struct field *columns, size_t *n, struct str name,
                       const struct type *type, bool is_optional)
{
    columns[(*n)++] =
        (struct field){.name = name, .type = type, .is_optional = is_optional};
}

static bool is_listed(const struct yaml_node *list, struct str name)
{
    if (list == NULL || list->kind != YAML_SEQUENCE)
        return false;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i]->kind == YAML_SCALAR &&
            str_eq(list->items[i]->text, name))
            return true;
    return false;
}

static void read_column(const struct schema *s, const struct yaml_node *columns,
                        size_t i, bool is_optional, struct field *out,
                        size_t *n)
{
    struct str name = columns->keys[i]->text, type = {0};
    if (!schema_text(s, columns->items[i], &type))
        return;
    const struct type *found = schema_type(type);
    if (found == NULL || found->kind == TYPE_LIST ||
        found->kind == TYPE_DURATION) {
        schema_error(s, columns->items[i],
                     "unknown type '%.*s': expected bool, int, string, "
                     "version or date",
                     STRF(type));
        found = &type_error;
    }
    if (!schema_is_name(name, '_') && !s->is_lenient)
        schema_error(s, columns->keys[i], "'%.*s' is not a name", STRF(name));
    else if (str_is(name, "since") || str_is(name, "until") ||
             str_is(name, "source") || str_is(name, "note"))
        schema_error(s, columns->keys[i], "every table has a column '%.*s'",
                     STRF(name));
    add_column(out, n, name, found, is_optional);
}

static bool read_columns(const struct schema *s, struct facts_table *table)
{
    const struct yaml_node *columns =
        schema_need(s, s->root, "columns", "facts table");
    const struct yaml_node *optional = yaml_get(s->root, "optional");
    if (!schema_is_mapping(s, columns))
        return false;
    if (columns->n > MAX_COLUMNS)
        return schema_error(s, columns, "more than %d columns", MAX_COLUMNS);
    struct field *fields =
        ARENA_ARRAY(s->arena, columns->n + N_DATED, struct field);
    size_t n = 0;
    for (size_t i = 0; i < columns->n; i++)
        read_column(s, columns, i, is_listed(optional, columns->keys[i]->text),
                    fields, &n);
    add_column(fields, &n, STR("since"), &type_date, false);
    add_column(fields, &n, STR("source"), &type_string, false);
    add_column(fields, &n, STR("until"), &type_date, true);
    add_column(fields, &n, STR("note"), &type_string, true);
    table->record =
        (struct record){.name = table->name, .fields = fields, .n_fields = n};
    table->type = type_record(s->arena, &table->record);
    return true;
}

static struct str column_hint(const struct schema *s,
                              const struct record *record, struct str word)
{
    struct str *names = ARENA_ARRAY(s->arena, record->n_fields, struct str);
    for (size_t i = 0; i < record->n_fields; i++)
        names[i] = record->fields[i].name;
    return did_you_mean(s->arena, word, names, record->n_fields);
}

/* Each text of a list must be a column; `out` has room for all of them. */
static size_t read_column_names(const struct schema *s,
                                const struct yaml_node *list,
                                const struct record *record, uint32_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct str name = {0};
        if (!schema_text(s, list->items[i], &name))
            continue;
        size_t column = record_find(record, name);
        if (column < record->n_fields - N_DATED)
            out[n++] = (uint32_t)column;
        else
            schema_error_hint(s, list->items[i], column_hint(s, record, name),
                              "'%.*s' is not a column", STRF(name));
    }
    return n;
}

static void read_key(const struct schema *s, struct facts_table *table)
{
    const struct yaml_node *key = schema_need(s, s->root, "key", "facts table");
    const struct yaml_node *optional = yaml_get(s->root, "optional");
    if (schema_is_sequence(s, key)) {
        uint32_t *columns = ARENA_ARRAY(s->arena, key->n, uint32_t);
        table->n_key = read_column_names(s, key, &table->record, columns);
        table->key = columns;
        for (size_t i = 0; i < key->n; i++)
            if (is_listed(optional, key->items[i]->text))
                schema_error(s, key->items[i],
                             "a column of the key is never optional");
        if (key->n == 0)
            schema_error(s, key, "the key needs a column");
    }
    if (optional != NULL && schema_is_sequence(s, optional)) {
        uint32_t *unused = ARENA_ARRAY(s->arena, optional->n, uint32_t);
        read_column_names(s, optional, &table->record, unused);
    }
}

static bool read_row(const struct schema *s, const struct yaml_node *node,
                     const struct facts_table *table, struct value *cells)
{
    const struct record *record = &table->record;
    bool is_ok = true;
    for (size_t i = 0; i < record->n_fields; i++)
        cells[i] = value_absent();
    for (size_t i = 0; i < node->n; i++) {
        struct str name = node->keys[i]->text;
        size_t column = record_find(record, name);
        if (column == SIZE_MAX) {
            is_ok = schema_error_hint(s, node->keys[i],
                                      column_hint(s, record, name),
                                      "unknown key '%.*s' in row", STRF(name));
            continue;
        }
        if (record->fields[column].type == &type_error)
            continue;
        is_ok &= schema_value(s, node->items[i], record->fields[column].type,
                              false, NULL, &cells[column]);
    }
    for (size_t i = 0; i < record->n_fields; i++)
        if (!record->fields[i].is_optional && cells[i].kind == VALUE_ABSENT &&
            record->fields[i].type != &type_error)
            is_ok = schema_error(s, node, "missing key '%.*s' in row",
                                 STRF(record->fields[i].name));
    return is_ok;
}

/* Whether both rows are in force on some day. Dates order as text. */
static bool overlaps(const struct facts_table *table, const struct value *a,
                     const struct value *b)
{
    uint32_t since = dated(table, "since"), until = dated(table, "until");
    for (size_t i = 0; i < table->n_key; i++)
        if (!value_same_cell(a[table->key[i]], b[table->key[i]]))
            return false;
    bool a_ends_first =
        a[until].kind == VALUE_STRING &&
        str_cmp(value_text(a[until]), value_text(b[since])) <= 0;
    bool b_ends_first =
        b[until].kind == VALUE_STRING &&
        str_cmp(value_text(b[until]), value_text(a[since])) <= 0;
    return !a_ends_first && !b_ends_first;
}

static void check_row(const struct schema *s, const struct yaml_node *rows,
                      const struct facts_table *table, const size_t *lines,
                      size_t i)
{
    uint32_t since = dated(table, "since"), until = dated(table, "until");
    const struct value *row = table->rows[i];
    const struct yaml_node *node = rows->items[lines[i]];
    if (row[until].kind == VALUE_STRING &&
        str_cmp(value_text(row[until]), value_text(row[since])) <= 0)
        schema_error(s, node, "'until' is not after 'since'");
    for (size_t k = 0; k < i; k++)
        if (overlaps(table, table->rows[k], row)) {
            schema_error(s, node,
                         "the row of line %u has the same key and is in force "
                         "on the same day",
                         rows->items[lines[k]]->at.line);
            return;
        }
}

static void read_rows(const struct schema *s, struct facts_table *table)
{
    const struct yaml_node *rows =
        schema_need(s, s->root, "rows", "facts table");
    if (!schema_is_sequence(s, rows))
        return;
    if (rows->n > MAX_ROWS) {
        schema_error(s, rows, "more than %d rows", MAX_ROWS);
        return;
    }
    table->rows = ARENA_ARRAY(s->arena, rows->n, struct value *);
    size_t *lines = ARENA_ARRAY(s->arena, rows->n, size_t);
    for (size_t i = 0; i < rows->n; i++) {
        struct value *cells =
            ARENA_ARRAY(s->arena, table->record.n_fields, struct value);
        if (!schema_is_mapping(s, rows->items[i]) ||
            !read_row(s, rows->items[i], table, cells))
            continue;
        lines[table->n_rows] = i;
        table->rows[table->n_rows++] = cells;
        if (!s->is_lenient)
            check_row(s, rows, table, lines, table->n_rows - 1);
    }
}

struct facts_table *facts_read(const struct schema *s)
{
    int64_t version = 0;
    struct facts_table *table = ARENA_NEW(s->arena, struct facts_table);
    table->source = s->source;
    schema_keys(s, s->root, "facts table", top_keys);
    const struct yaml_node *facts =
        schema_need(s, s->root, "facts", "facts table");
    if (facts != NULL && schema_int(s, facts, &version) && version != 1)
        schema_error(s, facts, "expected version 1, found %.*s",
                     STRF(facts->text));
    const struct yaml_node *name =
        schema_need(s, s->root, "table", "facts table");
    if (!schema_text(s, name, &table->name))
        return NULL;
    if (!schema_is_name(table->name, '-'))
        schema_error(s, name, "'%.*s' is not a table's name: [a-z][a-z0-9-]*",
                     STRF(table->name));
    if (!read_columns(s, table))
        return NULL;
    if (!s->is_lenient)
        read_key(s, table);
    read_rows(s, table);
    return table;
}

void facts_select(struct arena *arena, struct facts_table *table,
                  struct str as_of)
{
    uint32_t since = dated(table, "since"), until = dated(table, "until");
    size_t n_fields = table->record.n_fields;
    struct value **columns = ARENA_ARRAY(arena, n_fields, struct value *);
    for (size_t f = 0; f < n_fields; f++)
        columns[f] = ARENA_ARRAY(arena, table->n_rows, struct value);
    uint32_t n = 0;
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct value *row = table->rows[i];
        if (row[since].kind == VALUE_STRING &&
            str_cmp(value_text(row[since]), as_of) > 0)
            continue;
        if (row[until].kind == VALUE_STRING &&
            str_cmp(value_text(row[until]), as_of) <= 0)
            continue;
        for (size_t f = 0; f < n_fields; f++)
            columns[f][n] = row[f];
        n++;
    }
    table->in_force = (struct value_table){
        .record = &table->record, .columns = columns, .n_rows = n};
}
