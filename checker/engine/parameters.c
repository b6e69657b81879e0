/* Parameters of rules: their types, bounds and values. */
#include "checker/engine/rule.h"

static const char *const keys[] = {"type",    "default",     "enum", "minimum",
                                   "maximum", "description", NULL};

/* "36h", "1h30m", "0.5s" as a duration, by CEL's own reading of it. */
static bool read_duration(struct arena *arena, struct str text,
                          struct value *out)
{
    static const struct cel_options options = {.is_rule = true};
    struct cel_scope scope = {.options = &options};
    struct cel_issues issues = {.arena = arena};
    struct cel_run run = {.scratch = arena, .steps_left = 100};
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '"' || text.p[i] == '\\' || text.p[i] < ' ')
            return false;
    struct cel_program *program = cel_compile(
        arena, &scope, str_fmt(arena, "duration(\"%.*s\")", STRF(text)),
        &type_duration, NULL, &issues);
    if (program == NULL)
        return false;
    *out = cel_eval(program, &run);
    return out->kind == VALUE_DURATION;
}

static bool read_value(const struct schema *s, const struct yaml_node *node,
                       const struct type *type, struct value *out)
{
    if (type->kind != TYPE_DURATION)
        return schema_value(s, node, type, false, NULL, out);
    if (!schema_is_scalar(s, node))
        return false;
    if (read_duration(s->arena, node->text, out))
        return true;
    return schema_error(s, node, "expected a duration, found '%.*s'",
                        STRF(node->text));
}

static bool same_scalar(struct value a, struct value b)
{
    if (a.kind != b.kind)
        return false;
    if (a.kind == VALUE_STRING)
        return str_eq(value_text(a), value_text(b));
    return a.kind == VALUE_BOOL ? a.as.b == b.as.b : a.as.i == b.as.i;
}

/* Why the value is out of bounds, or NULL. */
static const char *out_of_bounds(const struct parameter *p, struct value v)
{
    if (p->minimum.kind == VALUE_INT && v.as.i < p->minimum.as.i)
        return "is below the minimum";
    if (p->maximum.kind == VALUE_INT && v.as.i > p->maximum.as.i)
        return "is above the maximum";
    if (p->n_choices == 0)
        return NULL;
    if (v.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < v.n; i++)
            if (out_of_bounds(p, v.as.items[i]) != NULL)
                return "holds a value that is not in the enum";
        return NULL;
    }
    for (size_t i = 0; i < p->n_choices; i++)
        if (same_scalar(p->choices[i], v))
            return NULL;
    return "is not in the enum";
}

static void read_bound(const struct schema *s, const struct yaml_node *node,
                       const struct parameter *p, struct value *out)
{
    if (node == NULL)
        return;
    if (p->type->kind != TYPE_INT) {
        schema_error(s, node, "only an int has a minimum or maximum");
        return;
    }
    if (!read_value(s, node, p->type, out))
        *out = (struct value){0};
}

static void read_choices(const struct schema *s, const struct yaml_node *node,
                         struct parameter *p)
{
    if (node == NULL || !schema_is_sequence(s, node))
        return;
    const struct type *type =
        p->type->kind == TYPE_LIST ? p->type->item : p->type;
    struct value *choices = ARENA_ARRAY(s->arena, node->n, struct value);
    for (size_t i = 0; i < node->n; i++)
        if (read_value(s, node->items[i], type, &choices[p->n_choices]))
            p->n_choices++;
    p->choices = choices;
}

static void read_one(const struct schema *s, const struct yaml_node *name,
                     const struct yaml_node *node, struct parameter *p)
{
    struct str type = {0};
    p->name = name->text;
    p->type = &type_error;
    if (!schema_is_name(p->name, '_'))
        schema_error(s, name, "'%.*s' is not a name: [a-z][a-z0-9_]*",
                     STRF(p->name));
    if (!schema_is_mapping(s, node))
        return;
    schema_keys(s, node, "parameter", keys);
    const struct yaml_node *wanted = schema_need(s, node, "type", "parameter");
    const struct yaml_node *given =
        schema_need(s, node, "default", "parameter");
    const struct yaml_node *description = yaml_get(node, "description");
    if (description != NULL)
        (void)schema_text(s, description, &p->description);
    else if (!s->is_lenient)
        schema_need(s, node, "description", "parameter");
    if (!schema_text(s, wanted, &type))
        return;
    p->type = schema_type(type);
    if (p->type == NULL || p->type->form == FORM_DATE) {
        p->type = &type_error;
        schema_error(s, wanted,
                     "unknown type '%.*s': expected bool, int, string, "
                     "version, duration or list(string)",
                     STRF(type));
        return;
    }
    read_bound(s, yaml_get(node, "minimum"), p, &p->minimum);
    read_bound(s, yaml_get(node, "maximum"), p, &p->maximum);
    read_choices(s, yaml_get(node, "enum"), p);
    if (given == NULL || !read_value(s, given, p->type, &p->value))
        return;
    const char *why = out_of_bounds(p, p->value);
    if (why != NULL)
        schema_error(s, given, "the default %s", why);
}

void parameters_read(const struct schema *s, const struct yaml_node *node,
                     struct clauses *out)
{
    out->has_params = true;
    out->params = ARENA_NEW(s->arena, struct record);
    out->params->name = STR("params");
    if (node == NULL || !schema_is_mapping(s, node))
        return;
    struct field *fields = ARENA_ARRAY(s->arena, node->n, struct field);
    out->parameters = ARENA_ARRAY(s->arena, node->n, struct parameter);
    out->n_parameters = node->n;
    for (size_t i = 0; i < node->n; i++) {
        read_one(s, node->keys[i], node->items[i], &out->parameters[i]);
        fields[i] = (struct field){.name = out->parameters[i].name,
                                   .type = out->parameters[i].type};
    }
    out->params->fields = fields;
    out->params->n_fields = node->n;
}

bool parameters_value(const struct schema *s, const struct yaml_node *node,
                      const struct parameter *p, struct value *out)
{
    if (p->type == &type_error || !read_value(s, node, p->type, out))
        return false;
    const char *why = out_of_bounds(p, *out);
    return why == NULL || schema_error(s, node, "the value %s", why);
}

/* A command line's text as a value: read like a plain YAML scalar, a list
 * split at commas. */
static bool value_of_text(struct arena *arena, const struct type *type,
                          struct str text, struct value *out)
{
    if (type->kind == TYPE_DURATION)
        return read_duration(arena, text, out);
    if (type->kind == TYPE_LIST) {
        struct value *items = ARENA_ARRAY(arena, text.n + 1, struct value);
        size_t n = 0;
        struct str rest = text, part;
        while (str_split(&rest, ',', &part))
            items[n++] = value_str(str_dup(arena, part));
        *out = value_list(items, n);
        return true;
    }
    if (type->kind == TYPE_BOOL) {
        *out = value_bool(str_is(text, "true"));
        return out->as.b || str_is(text, "false");
    }
    if (type->kind == TYPE_INT) {
        int64_t i = 0;
        bool is_ok = str_to_int(text, &i);
        *out = value_int(i);
        return is_ok;
    }
    *out = value_str(str_dup(arena, text));
    if (type->form != FORM_VERSION)
        return true;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= '0' && text.p[i] <= '9')
            return true;
    return false;
}

bool parameters_set(struct arena *arena, struct parameter *p, struct str text,
                    struct err *err)
{
    struct value v = {0};
    if (!value_of_text(arena, p->type, text, &v)) {
        struct buf name = {0};
        type_print(&name, p->type);
        const char *form = p->type->form == FORM_VERSION ? "version" : NULL;
        err_set(err, ERR_USAGE, "'%.*s' is not a value of type %s", STRF(text),
                form != NULL ? form : str_cstr(arena, buf_str(&name)));
        buf_release(&name);
        return false;
    }
    const char *why = out_of_bounds(p, v);
    if (why != NULL)
        return err_set(err, ERR_USAGE, "'%.*s' %s", STRF(text), why);
    p->value = v;
    return true;
}

bool parameters_tailor(const struct schema *s, const struct yaml_node *node,
                       struct parameter *p)
{
    struct value v = {0};
    if (!read_value(s, node, p->type, &v))
        return false;
    const char *why = out_of_bounds(p, v);
    if (why != NULL)
        return schema_error(s, node, "the value %s", why);
    p->value = v;
    return true;
}
