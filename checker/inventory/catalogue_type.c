/* A catalogue file's types: fields, where they come from, and identity. */
#include "checker/inventory/catalogue_file.h"

/* What a field's or element's entry is read into. */
struct slot {
    struct str name; /* TYPE.FIELD, for messages and records */
    const struct type *type;
    bool is_optional, is_nullable;
};

static const struct {
    struct str word;
    const struct type *type; /* NULL: made of others */
} words[] = {
    {STR_INIT("bool"), &type_bool},
    {STR_INIT("int"), &type_int},
    {STR_INIT("double"), &type_double},
    {STR_INIT("string"), &type_string},
    {STR_INIT("timestamp"), &type_timestamp},
    {STR_INIT("duration"), &type_duration},
    {STR_INIT("date"), &type_date},
    {STR_INIT("version"), &type_version},
    {STR_INIT("arn"), &type_arn},
    {STR_INIT("list"), NULL},
    {STR_INIT("map"), NULL},
    {STR_INIT("struct"), NULL},
};

static const struct str type_keys[] = {
    STR_INIT("type"), STR_INIT("optional"), STR_INIT("nullable"),
    STR_INIT("enum"), STR_INIT("open"),     STR_INIT("item"),
    STR_INIT("of"),   STR_INIT("from"),     STR_INIT("path"),
};

/* `from` and `path`, the last two, belong to a row's fields only. */
enum { N_OWN_KEYS = N_ITEMS(type_keys) - 2 };

static bool read_slot(struct catalogue_reader *reader,
                      const struct yaml_node *node, bool is_field,
                      struct slot *out);

static size_t word_number(struct str word)
{
    size_t i = 0;
    while (i < N_ITEMS(words) && !str_eq(words[i].word, word))
        i++;
    return i;
}

static bool unknown_word(struct catalogue_reader *reader,
                         const struct yaml_node *at)
{
    struct str candidates[N_ITEMS(words)];
    for (size_t i = 0; i < N_ITEMS(words); i++)
        candidates[i] = words[i].word;
    return catalogue_fault(
        reader, at,
        did_you_mean(reader->arena, at->text, candidates, N_ITEMS(words)),
        "unknown type '%.*s'", STRF(at->text));
}

static bool read_enum(struct catalogue_reader *reader,
                      const struct yaml_node *node, struct slot *out)
{
    struct type *type = ARENA_NEW(reader->arena, struct type);
    type->kind = TYPE_STRING;
    type->form = FORM_ENUM;
    type->name = out->name;
    const struct yaml_node *values = yaml_get(node, "enum");
    if (!catalogue_texts(reader, values, &type->values, &type->n_values) ||
        !catalogue_bool(reader, node, "open", &type->is_open))
        return false;
    if (type->n_values == 0)
        return catalogue_fault(reader, values, STR(""), "'enum' needs a value");
    out->type = type;
    return true;
}

/* Is `name` one that an expression can write after a dot? */
static bool is_field_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool is_letter =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!is_letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.n > 0;
}

static bool read_struct(struct catalogue_reader *reader,
                        const struct yaml_node *of, struct slot *out)
{
    if (of->kind != YAML_MAPPING || of->n == 0)
        return catalogue_fault(reader, of, STR(""),
                               "'of' is a mapping of fields");
    struct record *record = ARENA_NEW(reader->arena, struct record);
    struct field *fields = ARENA_ARRAY(reader->arena, of->n, struct field);
    bool is_good = true;
    for (size_t i = 0; i < of->n; i++) {
        struct str name = of->keys[i]->text;
        struct slot slot = {.name = str_fmt(reader->arena, "%.*s.%.*s",
                                            STRF(out->name), STRF(name))};
        if (!is_field_name(name))
            is_good = catalogue_fault(reader, of->keys[i], STR(""),
                                      "'%.*s' is no field name", STRF(name));
        is_good = read_slot(reader, of->items[i], false, &slot) && is_good;
        fields[i] = (struct field){.name = name,
                                   .type = slot.type,
                                   .is_optional = slot.is_optional,
                                   .is_nullable = slot.is_nullable};
    }
    *record =
        (struct record){.name = out->name, .fields = fields, .n_fields = of->n};
    out->type = type_record(reader->arena, record);
    return is_good;
}

/* The type of a list's or map's elements, which are always there. */
static bool read_item(struct catalogue_reader *reader,
                      const struct yaml_node *node, struct slot *slot)
{
    if (!read_slot(reader, node, false, slot))
        return false;
    if (slot->is_optional || slot->is_nullable)
        return catalogue_fault(reader, node, STR(""),
                               "an element is never optional or nullable");
    return true;
}

/* list needs `item`, struct needs `of`, and nothing else has them. */
static bool read_compound(struct catalogue_reader *reader,
                          const struct yaml_node *node, struct str word,
                          struct slot *out)
{
    bool is_struct = str_is(word, "struct");
    const char *need = is_struct ? "of" : "item";
    const struct yaml_node *part = yaml_get(node, need);
    if (part == NULL)
        return catalogue_fault(reader, node, STR(""), "a %.*s needs '%s'",
                               STRF(word), need);
    if (is_struct)
        return read_struct(reader, part, out);
    struct slot item = {.name = out->name};
    if (!read_item(reader, part, &item))
        return false;
    out->type = str_is(word, "list")
                    ? type_list(reader->arena, item.type)
                    : type_map(reader->arena, &type_string, item.type);
    return true;
}

/* Keys that would be ignored, such as `open` without `enum`. */
static bool refuse_stray(struct catalogue_reader *reader,
                         const struct yaml_node *node, struct str word)
{
    static const struct {
        const char *key, *needs;
    } strays[] = {{"open", "enum"}, {"item", "list or map"}, {"of", "struct"}};
    bool fits[] = {
        yaml_get(node, "enum") != NULL,
        str_is(word, "list") || str_is(word, "map"),
        str_is(word, "struct"),
    };
    for (size_t i = 0; i < N_ITEMS(strays); i++)
        if (!fits[i] && yaml_get(node, strays[i].key) != NULL)
            return catalogue_fault(reader, yaml_key(node, strays[i].key),
                                   STR(""), "'%s' needs %s", strays[i].key,
                                   strays[i].needs);
    return true;
}

static bool read_word(struct catalogue_reader *reader,
                      const struct yaml_node *node, struct slot *out)
{
    struct str word = {0};
    if (!catalogue_text(reader, node, "type", &word))
        return false;
    bool is_enum = yaml_get(node, "enum") != NULL;
    if (word.p == NULL && !is_enum)
        return catalogue_fault(reader, node, STR(""), "field needs 'type'");
    if (word.p == NULL)
        word = STR("string");
    size_t number = word_number(word);
    if (number == N_ITEMS(words))
        return unknown_word(reader, yaml_get(node, "type"));
    if (!refuse_stray(reader, node, word))
        return false;
    if (is_enum && words[number].type != &type_string)
        return catalogue_fault(reader, yaml_key(node, "enum"), STR(""),
                               "'enum' needs string");
    if (is_enum)
        return read_enum(reader, node, out);
    out->type = words[number].type;
    return out->type != NULL || read_compound(reader, node, word, out);
}

/* The nesting is that of the YAML, which is limited. */
static bool read_slot(struct catalogue_reader *reader,
                      const struct yaml_node *node, bool is_field,
                      struct slot *out)
{
    out->type = &type_error;
    if (node->kind == YAML_SCALAR) {
        size_t number = word_number(node->text);
        if (number == N_ITEMS(words))
            return unknown_word(reader, node);
        if (words[number].type == NULL)
            return catalogue_fault(
                reader, node, STR(""), "a %.*s needs '%s'", STRF(node->text),
                str_is(node->text, "struct") ? "of" : "item");
        out->type = words[number].type;
        return true;
    }
    size_t n_keys = is_field ? N_ITEMS(type_keys) : N_OWN_KEYS;
    if (!catalogue_keys(reader, node, "field", type_keys, n_keys) ||
        !catalogue_bool(reader, node, "optional", &out->is_optional) ||
        !catalogue_bool(reader, node, "nullable", &out->is_nullable))
        return false;
    return read_word(reader, node, out);
}

/* ---- rows ---- */

static const struct str row_names[] = {
    [ROW_ID] = STR_INIT("id"),
    [ROW_ACCOUNT] = STR_INIT("account"),
    [ROW_REGION] = STR_INIT("region"),
    [ROW_TYPE] = STR_INIT("type"),
};

static bool read_source(struct catalogue_reader *reader,
                        const struct catalogue_draft *draft,
                        const struct yaml_node *node, struct str name,
                        struct catalogue_source *out)
{
    out->call = draft->type->listing;
    out->path = name;
    if (node->kind != YAML_MAPPING)
        return true;
    const struct yaml_node *from = yaml_get(node, "from");
    if (from != NULL) {
        out->call = catalogue_call_of(reader, draft->service, from);
        if (out->call == NULL)
            return false;
    }
    return catalogue_text(reader, node, "path", &out->path);
}

static bool read_field(struct catalogue_reader *reader,
                       const struct catalogue_draft *draft, size_t i,
                       struct field *field, struct catalogue_source *source)
{
    const struct yaml_node *all = yaml_get(draft->node, "fields");
    const struct yaml_node *key = all->keys[i];
    struct str name = key->text;
    struct slot slot = {.name = str_fmt(reader->arena, "%.*s.%.*s",
                                        STRF(draft->type->record.name),
                                        STRF(name))};
    for (size_t r = 0; r < N_ITEMS(row_names); r++)
        if (str_eq(name, row_names[r]))
            return catalogue_fault(reader, key, STR(""),
                                   "every row has '%.*s' already", STRF(name));
    if (!is_field_name(name))
        return catalogue_fault(reader, key, STR(""), "'%.*s' is no field name",
                               STRF(name));
    bool is_good = read_slot(reader, all->items[i], true, &slot);
    *field = (struct field){.name = name,
                            .type = slot.type,
                            .is_optional = slot.is_optional,
                            .is_nullable = slot.is_nullable};
    return is_good && read_source(reader, draft, all->items[i], name, source);
}

static bool read_fields(struct catalogue_reader *reader,
                        const struct catalogue_draft *draft)
{
    const struct yaml_node *node = yaml_get(draft->node, "fields");
    if (node == NULL)
        return catalogue_fault(reader, draft->key, STR(""),
                               "type needs 'fields'");
    if (node->kind != YAML_MAPPING)
        return catalogue_fault(reader, node, STR(""), "'fields' is a mapping");
    size_t n = ROW_FIELDS + node->n;
    struct field *fields = ARENA_ARRAY(reader->arena, n, struct field);
    struct catalogue_source *sources =
        ARENA_ARRAY(reader->arena, n, struct catalogue_source);
    bool is_good = true;
    for (size_t i = 0; i < ROW_FIELDS; i++)
        fields[i] = (struct field){.name = row_names[i], .type = &type_string};
    if (draft->type->has_arn_id)
        fields[ROW_ID].type = &type_arn;
    for (size_t i = 0; i < node->n; i++)
        is_good = read_field(reader, draft, i, &fields[ROW_FIELDS + i],
                             &sources[ROW_FIELDS + i]) &&
                  is_good;
    struct catalogue_type *type = draft->type;
    type->record.fields = fields;
    type->record.n_fields = n;
    type->record.is_row = true;
    type->sources = sources;
    type->type = type_record(reader->arena, &type->record);
    return is_good;
}

/* The number of the field that `at` names; reports an unknown one. */
static bool field_number(struct catalogue_reader *reader,
                         const struct catalogue_type *type,
                         const struct yaml_node *at, uint32_t *out)
{
    const struct record *record = &type->record;
    struct str name = at->kind == YAML_SCALAR ? at->text : STR("");
    size_t number = record_find(record, name);
    if (number != SIZE_MAX) {
        *out = (uint32_t)number;
        return true;
    }
    struct str *names =
        ARENA_ARRAY(reader->arena, record->n_fields, struct str);
    for (size_t i = 0; i < record->n_fields; i++)
        names[i] = record->fields[i].name;
    return catalogue_fault(
        reader, at, did_you_mean(reader->arena, name, names, record->n_fields),
        "%.*s has no field '%.*s'", STRF(record->name), STRF(name));
}

static bool read_unique_set(struct catalogue_reader *reader,
                            const struct catalogue_type *type,
                            const struct yaml_node *node, const uint32_t **out)
{
    if (node->kind != YAML_SEQUENCE || node->n == 0)
        return catalogue_fault(reader, node, STR(""),
                               "a unique set is a list of fields");
    uint32_t *set = ARENA_ARRAY(reader->arena, node->n, uint32_t);
    for (size_t i = 0; i < node->n; i++)
        if (!field_number(reader, type, node->items[i], &set[i]))
            return false;
    *out = set;
    return true;
}

static bool read_unique(struct catalogue_reader *reader,
                        const struct catalogue_draft *draft)
{
    const struct yaml_node *node = yaml_get(draft->node, "unique");
    if (node == NULL)
        return true;
    if (node->kind != YAML_SEQUENCE)
        return catalogue_fault(reader, node, STR(""),
                               "'unique' is a list of lists of fields");
    const uint32_t **sets =
        ARENA_ARRAY(reader->arena, node->n, const uint32_t *);
    size_t *sizes = ARENA_ARRAY(reader->arena, node->n, size_t);
    for (size_t i = 0; i < node->n; i++) {
        sizes[i] = node->items[i]->n;
        if (!read_unique_set(reader, draft->type, node->items[i], &sets[i]))
            return false;
    }
    draft->type->unique = sets;
    draft->type->n_unique_fields = sizes;
    draft->type->n_unique = node->n;
    return true;
}

/* Each name of the template is in braces, and at least one is of the item. */
static bool check_template(struct catalogue_reader *reader,
                           const struct catalogue_draft *draft)
{
    struct str rest = draft->type->id_template, name = {0};
    const struct yaml_node *node = yaml_get(draft->node, "id_template");
    bool is_of_item = false;
    if (node == NULL)
        return true;
    if (draft->type->id_path.n > 0)
        return catalogue_fault(
            reader, node, STR(""),
            "'id_path' and 'id_template' exclude each other");
    while (catalogue_template_part(&rest, NULL, &name))
        is_of_item |= name.n > 0 && !str_is(name, "partition") &&
                      !str_is(name, "region") && !str_is(name, "account");
    if (rest.n > 0)
        return catalogue_fault(reader, node, STR(""),
                               "a brace of 'id_template' has no name or end");
    return is_of_item ||
           catalogue_fault(reader, node, STR(""),
                           "'id_template' names nothing of the item");
}

static bool read_id(struct catalogue_reader *reader,
                    const struct catalogue_draft *draft)
{
    struct str kind = STR("arn");
    if (!catalogue_text(reader, draft->node, "id", &kind) ||
        !catalogue_text(reader, draft->node, "id_path",
                        &draft->type->id_path) ||
        !catalogue_text(reader, draft->node, "id_template",
                        &draft->type->id_template) ||
        !check_template(reader, draft))
        return false;
    if (!str_is(kind, "arn") && !str_is(kind, "opaque"))
        return catalogue_fault(reader, yaml_get(draft->node, "id"), STR(""),
                               "'id' is arn or opaque");
    draft->type->has_arn_id = str_is(kind, "arn");
    return true;
}

static bool read_listing(struct catalogue_reader *reader,
                         const struct catalogue_draft *draft)
{
    struct catalogue_type *type = draft->type;
    const struct yaml_node *node = yaml_get(draft->node, "listing");
    if (node == NULL && draft->service != NULL && !type->is_derived)
        return catalogue_fault(reader, draft->key, STR(""),
                               "type needs 'listing'");
    if (node == NULL)
        return true;
    const struct catalogue_call *call =
        catalogue_call_of(reader, draft->service, node);
    if (call == NULL)
        return false;
    if (call->items.n == 0)
        return catalogue_fault(reader, node, STR(""),
                               "call '%.*s' lists nothing: it has no 'items'",
                               STRF(call->id));
    if (type->id_path.n == 0 && type->id_template.n == 0)
        return catalogue_fault(reader, draft->key, STR(""),
                               "type needs 'id_path' or 'id_template'");
    for (size_t i = 0; i < reader->n_drafts; i++)
        if (reader->drafts[i].type != NULL &&
            reader->drafts[i].type->listing == call)
            return catalogue_fault(
                reader, node, STR(""), "call '%.*s' lists %.*s already",
                STRF(call->id), STRF(reader->drafts[i].type->record.name));
    type->listing = call;
    return true;
}

void catalogue_read_type(struct catalogue_reader *reader,
                         const struct catalogue_draft *draft)
{
    static const struct str keys[] = {
        STR_INIT("listing"), STR_INIT("id"),          STR_INIT("id_path"),
        STR_INIT("name"),    STR_INIT("unique"),      STR_INIT("derived"),
        STR_INIT("fields"),  STR_INIT("id_template"),
    };
    struct catalogue_type *type = draft->type;
    /* A type that others refer to has a shape even when it is wrong. */
    type->type = type_record(reader->arena, &type->record);
    if (!catalogue_keys(reader, draft->node, "type", keys, N_ITEMS(keys)) ||
        !catalogue_bool(reader, draft->node, "derived", &type->is_derived) ||
        !read_id(reader, draft) || !read_listing(reader, draft) ||
        !read_fields(reader, draft) || !read_unique(reader, draft))
        return;
    const struct yaml_node *name = yaml_get(draft->node, "name");
    type->name_field = ROW_ID;
    if (name != NULL)
        (void)field_number(reader, type, name, &type->name_field);
}

void catalogue_read_inputs(struct catalogue_reader *reader,
                           const struct catalogue_draft *draft)
{
    const struct yaml_node *per = yaml_get(draft->node, "per");
    const struct yaml_node *inputs = yaml_get(draft->node, "inputs");
    if (per == NULL && inputs == NULL)
        return;
    if (per == NULL || inputs == NULL || inputs->kind != YAML_MAPPING) {
        catalogue_fault(reader, draft->key, STR(""),
                        "a call per row needs 'per: TYPE' and 'inputs'");
        return;
    }
    const struct map *types = &reader->catalogue->types;
    const struct catalogue_type *parent =
        per->kind == YAML_SCALAR ? map_get(types, per->text) : NULL;
    if (parent == NULL) {
        struct str *names = ARENA_ARRAY(reader->arena, types->n, struct str);
        for (size_t i = 0; i < types->n; i++)
            names[i] = types->items[i].key;
        catalogue_fault(reader, per,
                        did_you_mean(reader->arena, per->text, names, types->n),
                        "unknown type '%.*s'", STRF(per->text));
        return;
    }
    struct catalogue_input *list =
        ARENA_ARRAY(reader->arena, inputs->n, struct catalogue_input);
    for (size_t i = 0; i < inputs->n; i++) {
        list[i].parameter = inputs->keys[i]->text;
        if (!field_number(reader, parent, inputs->items[i], &list[i].field))
            return;
    }
    draft->call->parent = parent;
    draft->call->inputs = list;
    draft->call->n_inputs = inputs->n;
}
