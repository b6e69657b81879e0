/* Strict reading of the YAML files under rules/: keys and typed scalars. */
#include "checker/engine/schema.h"

#include "checker/base/clock.h"

static struct span place_of(const struct schema *s,
                            const struct yaml_node *node)
{
    if (node == NULL || node == s->root)
        return (struct span){s->source->path, 1, 1, 1};
    return node->at;
}

static bool add_error(const struct schema *s, const struct yaml_node *node,
                      struct str hint, const char *format, va_list args)
{
    struct buf text = {0};
    buf_vaddf(&text, format, args);
    diag_add(s->diags, DIAG_ERROR, s->source, place_of(s, node), hint, "%.*s",
             STRF(buf_str(&text)));
    buf_release(&text);
    return false;
}

bool schema_error(const struct schema *s, const struct yaml_node *node,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_error(s, node, (struct str){0}, format, args);
    va_end(args);
    return false;
}

bool schema_error_hint(const struct schema *s, const struct yaml_node *node,
                       struct str hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_error(s, node, hint, format, args);
    va_end(args);
    return false;
}

static bool is_kind(const struct schema *s, const struct yaml_node *node,
                    enum yaml_kind kind)
{
    static const char *const words[] = {
        [YAML_SCALAR] = "text",
        [YAML_SEQUENCE] = "a list",
        [YAML_MAPPING] = "a mapping",
    };
    if (node == NULL)
        return false;
    if (node->kind == kind)
        return true;
    return schema_error(s, node, "expected %s, found %s", words[kind],
                        words[node->kind]);
}

bool schema_is_mapping(const struct schema *s, const struct yaml_node *node)
{
    return is_kind(s, node, YAML_MAPPING);
}

bool schema_is_sequence(const struct schema *s, const struct yaml_node *node)
{
    return is_kind(s, node, YAML_SEQUENCE);
}

bool schema_is_scalar(const struct schema *s, const struct yaml_node *node)
{
    return is_kind(s, node, YAML_SCALAR);
}

void schema_keys(const struct schema *s, const struct yaml_node *mapping,
                 const char *where, const char *const *keys)
{
    struct str names[32];
    size_t n = 0;
    for (; keys[n] != NULL && n < N_ITEMS(names); n++)
        names[n] = str_of(keys[n]);
    for (size_t i = 0; i < mapping->n; i++) {
        struct str key = mapping->keys[i]->text;
        bool is_known = false;
        for (size_t k = 0; k < n && !is_known; k++)
            is_known = str_eq(names[k], key);
        if (!is_known)
            schema_error_hint(s, mapping->keys[i],
                              did_you_mean(s->arena, key, names, n),
                              "unknown key '%.*s' in %s", STRF(key), where);
    }
}

const struct yaml_node *schema_need(const struct schema *s,
                                    const struct yaml_node *mapping,
                                    const char *key, const char *where)
{
    const struct yaml_node *found = yaml_get(mapping, key);
    if (found == NULL)
        schema_error(s, mapping, "missing key '%s' in %s", key, where);
    return found;
}

bool schema_text(const struct schema *s, const struct yaml_node *node,
                 struct str *out)
{
    if (!schema_is_scalar(s, node))
        return false;
    *out = node->text;
    return true;
}

bool schema_int(const struct schema *s, const struct yaml_node *node,
                int64_t *out)
{
    if (!schema_is_scalar(s, node))
        return false;
    if (str_to_int(node->text, out))
        return true;
    return schema_error(s, node, "expected an integer, found '%.*s'",
                        STRF(node->text));
}

bool schema_bool(const struct schema *s, const struct yaml_node *node,
                 bool *out)
{
    if (!schema_is_scalar(s, node))
        return false;
    *out = str_is(node->text, "true");
    if (*out || str_is(node->text, "false"))
        return true;
    return schema_error(s, node, "expected true or false, found '%.*s'",
                        STRF(node->text));
}

bool schema_date(const struct schema *s, const struct yaml_node *node,
                 struct str *out)
{
    int64_t seconds;
    if (!schema_is_scalar(s, node))
        return false;
    *out = node->text;
    if (date_read(node->text, &seconds))
        return true;
    return schema_error(s, node, "expected a date YYYY-MM-DD, found '%.*s'",
                        STRF(node->text));
}

bool schema_choice(const struct schema *s, const struct yaml_node *node,
                   const char *const *words, size_t *out)
{
    struct str names[16];
    size_t n = 0;
    if (!schema_is_scalar(s, node))
        return false;
    for (; words[n] != NULL && n < N_ITEMS(names); n++) {
        names[n] = str_of(words[n]);
        if (str_eq(names[n], node->text)) {
            *out = n;
            return true;
        }
    }
    struct buf list = {0};
    for (size_t i = 0; i < n; i++)
        buf_addf(&list, "%s%s",
                 i == 0      ? ""
                 : i + 1 < n ? ", "
                             : " or ",
                 words[i]);
    schema_error_hint(s, node, did_you_mean(s->arena, node->text, names, n),
                      "expected %.*s, found '%.*s'", STRF(buf_str(&list)),
                      STRF(node->text));
    buf_release(&list);
    return false;
}

bool schema_is_name(struct str s, char joiner)
{
    if (s.n == 0 || s.p[0] < 'a' || s.p[0] > 'z')
        return false;
    for (size_t i = 1; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == joiner))
            return false;
    }
    return true;
}

static bool has_digit(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            return true;
    return false;
}

static bool read_string(const struct schema *s, const struct yaml_node *node,
                        const struct type *type, struct value *out)
{
    struct str text, nothing = {0};
    if (!schema_text(s, node, &text))
        return false;
    *out = value_str(text);
    if (type->form == FORM_DATE)
        return schema_date(s, node, &text);
    if (type->form == FORM_VERSION && !has_digit(text))
        return schema_error(s, node, "expected a version, found '%.*s'",
                            STRF(text));
    if (type->form != FORM_ENUM || type->is_open)
        return true;
    for (size_t i = 0; i < type->n_values; i++)
        if (str_eq(type->values[i], text))
            return true;
    nothing = did_you_mean(s->arena, text, type->values, type->n_values);
    return schema_error_hint(s, node, nothing, "'%.*s' is not a value of %.*s",
                             STRF(text), STRF(type->name));
}

static bool read_double(const struct schema *s, const struct yaml_node *node,
                        struct value *out)
{
    int64_t whole;
    bool is_ok = schema_is_scalar(s, node) && node->text.n < 64;
    if (is_ok && str_to_int(node->text, &whole)) {
        *out = value_double((double)whole);
        return true;
    }
    return schema_error(s, node, "expected a whole number, found '%.*s'",
                        STRF(node->text));
}

static bool read_scalar(const struct schema *s, const struct yaml_node *node,
                        const struct type *type, struct value *out)
{
    int64_t i = 0;
    bool b = false, is_ok;
    if (type->kind == TYPE_BOOL) {
        is_ok = schema_bool(s, node, &b);
        *out = value_bool(b);
        return is_ok;
    }
    if (type->kind == TYPE_INT) {
        is_ok = schema_int(s, node, &i);
        *out = value_int(i);
        return is_ok;
    }
    if (type->kind == TYPE_DOUBLE)
        return read_double(s, node, out);
    if (type->kind == TYPE_TIMESTAMP) {
        if (!schema_is_scalar(s, node))
            return false;
        if (!timestamp_read(node->text, &i))
            return schema_error(s, node, "expected a timestamp");
        *out = (struct value){.kind = VALUE_TIMESTAMP, .as.i = i};
        return true;
    }
    return read_string(s, node, type, out);
}

static bool read_list(const struct schema *s, const struct yaml_node *node,
                      const struct type *type, struct causes_table *table,
                      struct value *out)
{
    bool is_ok = true;
    if (!schema_is_sequence(s, node))
        return false;
    struct value *items = ARENA_ARRAY(s->arena, node->n, struct value);
    for (size_t i = 0; i < node->n; i++)
        is_ok &= schema_value(s, node->items[i], type->item, false, table,
                              &items[i]);
    *out = value_list(items, node->n);
    return is_ok;
}

static bool read_map(const struct schema *s, const struct yaml_node *node,
                     const struct type *type, struct causes_table *table,
                     struct value *out)
{
    bool is_ok = true;
    if (!schema_is_mapping(s, node))
        return false;
    struct value *pairs = ARENA_ARRAY(s->arena, 2 * node->n, struct value);
    for (size_t i = 0; i < node->n; i++) {
        pairs[2 * i] = value_str(node->keys[i]->text);
        is_ok &= schema_value(s, node->items[i], type->item, false, table,
                              &pairs[2 * i + 1]);
    }
    *out = value_map(pairs, node->n);
    return is_ok;
}

static bool read_struct(const struct schema *s, const struct yaml_node *node,
                        const struct record *record, struct causes_table *table,
                        struct value *out)
{
    bool is_ok = true;
    if (!schema_is_mapping(s, node))
        return false;
    struct value *cells = ARENA_ARRAY(s->arena, record->n_fields, struct value);
    for (size_t i = 0; i < record->n_fields; i++)
        cells[i] = record->fields[i].is_optional || table == NULL
                       ? value_absent()
                       : value_unknown(causes_of(table, STR("not given")));
    for (size_t i = 0; i < node->n; i++) {
        size_t f = record_find(record, node->keys[i]->text);
        if (f == SIZE_MAX) {
            is_ok = schema_error(s, node->keys[i], "%.*s has no field '%.*s'",
                                 STRF(record->name), STRF(node->keys[i]->text));
            continue;
        }
        is_ok &= schema_value(s, node->items[i], record->fields[f].type,
                              record->fields[f].is_nullable, table, &cells[f]);
    }
    *out = (struct value){.kind = VALUE_STRUCT,
                          .n = (uint32_t)record->n_fields,
                          .as.items = cells};
    return is_ok;
}

bool schema_value(const struct schema *s, const struct yaml_node *node,
                  const struct type *type, bool is_nullable,
                  struct causes_table *table, struct value *out)
{
    if (node->kind == YAML_MAPPING && node->n == 1 &&
        str_is(node->keys[0]->text, "$unknown")) {
        struct str cause = {0};
        if (!schema_text(s, node->items[0], &cause))
            return false;
        *out = value_unknown(table != NULL ? causes_of(table, cause) : 0);
        return true;
    }
    if (is_nullable && node->kind == YAML_SCALAR && node->is_plain &&
        (str_is(node->text, "null") || str_is(node->text, "~"))) {
        *out = value_null();
        return true;
    }
    if (type->kind == TYPE_LIST)
        return read_list(s, node, type, table, out);
    if (type->kind == TYPE_MAP)
        return read_map(s, node, type, table, out);
    if (type->kind == TYPE_RECORD)
        return read_struct(s, node, type->record, table, out);
    return read_scalar(s, node, type, out);
}

const struct type *schema_type(struct str name)
{
    static const struct type list = {.kind = TYPE_LIST, .item = &type_string};
    static const struct {
        struct str name;
        const struct type *type;
    } types[] = {
        {STR_INIT("bool"), &type_bool},
        {STR_INIT("int"), &type_int},
        {STR_INIT("string"), &type_string},
        {STR_INIT("version"), &type_version},
        {STR_INIT("date"), &type_date},
        {STR_INIT("duration"), &type_duration},
        {STR_INIT("list(string)"), &list},
    };
    for (size_t i = 0; i < N_ITEMS(types); i++)
        if (str_eq(types[i].name, name))
            return types[i].type;
    return NULL;
}
