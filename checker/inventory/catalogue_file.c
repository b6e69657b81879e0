/* A catalogue file's service and calls. */
#include "checker/inventory/catalogue_file.h"

bool catalogue_fault(struct catalogue_reader *reader,
                     const struct yaml_node *at, struct str hint,
                     const char *format, ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vaddf(&text, format, args);
    va_end(args);
    diag_add(reader->diags, DIAG_ERROR, at->source, at->at, hint, "%.*s",
             STRF(buf_str(&text)));
    buf_release(&text);
    return false;
}

bool catalogue_keys(struct catalogue_reader *reader,
                    const struct yaml_node *node, const char *what,
                    const struct str *keys, size_t n)
{
    if (node->kind != YAML_MAPPING)
        return catalogue_fault(reader, node, STR(""), "a %s is a mapping",
                               what);
    bool is_good = true;
    for (size_t i = 0; i < node->n; i++) {
        struct str key = node->keys[i]->text;
        size_t k = 0;
        while (k < n && !str_eq(keys[k], key))
            k++;
        if (k == n)
            is_good =
                catalogue_fault(reader, node->keys[i],
                                did_you_mean(reader->arena, key, keys, n),
                                "unknown key '%.*s' in %s", STRF(key), what);
    }
    return is_good;
}

bool catalogue_text(struct catalogue_reader *reader,
                    const struct yaml_node *node, const char *key,
                    struct str *out)
{
    const struct yaml_node *value = yaml_get(node, key);
    if (value == NULL)
        return true;
    if (value->kind != YAML_SCALAR || value->text.n == 0)
        return catalogue_fault(reader, value, STR(""), "'%s' is a text", key);
    *out = value->text;
    return true;
}

bool catalogue_bool(struct catalogue_reader *reader,
                    const struct yaml_node *node, const char *key, bool *out)
{
    struct str text = {0};
    if (!catalogue_text(reader, node, key, &text))
        return false;
    if (text.p == NULL)
        return true;
    if (!str_is(text, "true") && !str_is(text, "false"))
        return catalogue_fault(reader, yaml_get(node, key), STR(""),
                               "'%s' is true or false", key);
    *out = str_is(text, "true");
    return true;
}

bool catalogue_int(struct catalogue_reader *reader,
                   const struct yaml_node *node, const char *key, int64_t *out)
{
    struct str text = {0};
    if (!catalogue_text(reader, node, key, &text))
        return false;
    if (text.p == NULL || str_to_int(text, out))
        return true;
    return catalogue_fault(reader, yaml_get(node, key), STR(""),
                           "'%s' is a number", key);
}

bool catalogue_texts(struct catalogue_reader *reader,
                     const struct yaml_node *node, const struct str **out,
                     size_t *n)
{
    if (node->kind != YAML_SEQUENCE)
        return catalogue_fault(reader, node, STR(""), "expected a list");
    struct str *texts = ARENA_ARRAY(reader->arena, node->n, struct str);
    for (size_t i = 0; i < node->n; i++) {
        if (node->items[i]->kind != YAML_SCALAR)
            return catalogue_fault(reader, node->items[i], STR(""),
                                   "expected a text");
        texts[i] = node->items[i]->text;
    }
    *out = texts;
    *n = node->n;
    return true;
}

static struct str call_id(struct arena *arena,
                          const struct aws_service *service, struct str name)
{
    if (service == NULL || str_contains(name, STR(":")))
        return name;
    return str_fmt(arena, "%.*s:%.*s", STRF(service->id), STRF(name));
}

struct catalogue_call *catalogue_call_of(struct catalogue_reader *reader,
                                         const struct aws_service *service,
                                         const struct yaml_node *name)
{
    if (name->kind != YAML_SCALAR) {
        catalogue_fault(reader, name, STR(""), "expected a call's name");
        return NULL;
    }
    const struct map *calls = &reader->catalogue->calls;
    struct str id = call_id(reader->arena, service, name->text);
    struct catalogue_call *call = map_get(calls, id);
    if (call != NULL)
        return call;
    struct str *ids = ARENA_ARRAY(reader->arena, calls->n, struct str);
    for (size_t i = 0; i < calls->n; i++)
        ids[i] = calls->items[i].key;
    catalogue_fault(reader, name,
                    did_you_mean(reader->arena, id, ids, calls->n),
                    "unknown call '%.*s'", STRF(id));
    return NULL;
}

/* ---- the service ---- */

static const struct str protocol_words[] = {
    [AWS_QUERY] = STR_INIT("query"),
    [AWS_EC2] = STR_INIT("ec2"),
    [AWS_JSON_1_0] = STR_INIT("json-1.0"),
    [AWS_JSON_1_1] = STR_INIT("json-1.1"),
    [AWS_REST_JSON] = STR_INIT("rest-json"),
    [AWS_REST_XML] = STR_INIT("rest-xml"),
};

static bool read_protocol(struct catalogue_reader *reader,
                          const struct yaml_node *node,
                          enum aws_protocol *protocol)
{
    struct str word = {0};
    if (!catalogue_text(reader, node, "protocol", &word))
        return false;
    if (word.p == NULL)
        return catalogue_fault(reader, node, STR(""),
                               "service needs 'protocol'");
    for (size_t i = 0; i < N_ITEMS(protocol_words); i++) {
        if (!str_eq(word, protocol_words[i]))
            continue;
        *protocol = (enum aws_protocol)i;
        return true;
    }
    return catalogue_fault(reader, yaml_get(node, "protocol"),
                           did_you_mean(reader->arena, word, protocol_words,
                                        N_ITEMS(protocol_words)),
                           "unknown protocol '%.*s'", STRF(word));
}

static const struct aws_service *read_service(struct catalogue_reader *reader,
                                              const struct yaml_node *node)
{
    static const struct str keys[] = {
        STR_INIT("id"),
        STR_INIT("protocol"),
        STR_INIT("api_version"),
        STR_INIT("signing_name"),
        STR_INIT("endpoint_prefix"),
        STR_INIT("target_prefix"),
    };
    struct aws_service *service = ARENA_NEW(reader->arena, struct aws_service);
    if (!catalogue_keys(reader, node, "service", keys, N_ITEMS(keys)) ||
        !catalogue_text(reader, node, "id", &service->id) ||
        !read_protocol(reader, node, &service->protocol))
        return NULL;
    if (service->id.p == NULL) {
        catalogue_fault(reader, node, STR(""), "service needs 'id'");
        return NULL;
    }
    service->signing_name = service->id;
    service->endpoint_prefix = service->id;
    if (!catalogue_text(reader, node, "api_version", &service->api_version) ||
        !catalogue_text(reader, node, "signing_name", &service->signing_name) ||
        !catalogue_text(reader, node, "endpoint_prefix",
                        &service->endpoint_prefix) ||
        !catalogue_text(reader, node, "target_prefix", &service->target_prefix))
        return NULL;
    if (!map_put(&reader->catalogue->services, service->id, service)) {
        catalogue_fault(reader, yaml_get(node, "id"), STR(""),
                        "service '%.*s' is already defined", STRF(service->id));
        return NULL;
    }
    return service;
}

/* ---- calls ---- */

/* A constant parameter: `true`, `false` and numbers as such unless quoted.
 * The nesting is that of the YAML, which is limited. */
static struct value constant_of(struct catalogue_reader *reader,
                                const struct yaml_node *node)
{
    int64_t number;
    if (node->kind == YAML_SCALAR) {
        if (node->is_plain && str_to_int(node->text, &number))
            return value_int(number);
        if (node->is_plain &&
            (str_is(node->text, "true") || str_is(node->text, "false")))
            return value_bool(str_is(node->text, "true"));
        return value_str(node->text);
    }
    bool is_map = node->kind == YAML_MAPPING;
    size_t step = is_map ? 2 : 1;
    struct value *items =
        ARENA_ARRAY(reader->arena, node->n * step, struct value);
    for (size_t i = 0; i < node->n; i++) {
        if (is_map)
            items[2 * i] = value_str(node->keys[i]->text);
        items[step * i + step - 1] = constant_of(reader, node->items[i]);
    }
    return is_map ? value_map(items, node->n) : value_list(items, node->n);
}

static bool read_constants(struct catalogue_reader *reader,
                           const struct yaml_node *node,
                           struct catalogue_call *call)
{
    const struct yaml_node *parameters = yaml_get(node, "parameters");
    if (parameters == NULL)
        return true;
    if (parameters->kind != YAML_MAPPING)
        return catalogue_fault(reader, parameters, STR(""),
                               "'parameters' is a mapping");
    call->constants = constant_of(reader, parameters);
    return true;
}

static bool read_paging(struct catalogue_reader *reader,
                        const struct yaml_node *node,
                        struct aws_operation *operation)
{
    static const struct str keys[] = {
        STR_INIT("input"), STR_INIT("output"), STR_INIT("more"),
        STR_INIT("limit"), STR_INIT("size"),
    };
    const struct yaml_node *paging = yaml_get(node, "paging");
    if (paging == NULL)
        return true;
    if (!catalogue_keys(reader, paging, "paging", keys, N_ITEMS(keys)) ||
        !catalogue_text(reader, paging, "input", &operation->input_token) ||
        !catalogue_text(reader, paging, "output", &operation->output_token) ||
        !catalogue_text(reader, paging, "more", &operation->more_results) ||
        !catalogue_text(reader, paging, "limit", &operation->limit_key) ||
        !catalogue_int(reader, paging, "size", &operation->limit))
        return false;
    if (operation->input_token.n == 0 || operation->output_token.n == 0)
        return catalogue_fault(reader, paging, STR(""),
                               "paging needs 'input' and 'output'");
    if ((operation->limit_key.n > 0) != (operation->limit > 0))
        return catalogue_fault(reader, paging, STR(""),
                               "'limit' and a positive 'size' go together");
    return true;
}

static bool read_iam(struct catalogue_reader *reader,
                     const struct yaml_node *node, struct catalogue_call *call)
{
    const struct yaml_node *iam = yaml_get(node, "iam");
    if (iam != NULL)
        return catalogue_texts(reader, iam, &call->iam, &call->n_iam);
    struct str *own = ARENA_NEW(reader->arena, struct str);
    *own = call->id;
    call->iam = own;
    call->n_iam = 1;
    return true;
}

static bool read_call(struct catalogue_reader *reader,
                      const struct yaml_node *node, struct catalogue_call *call)
{
    static const struct str keys[] = {
        STR_INIT("items"),  STR_INIT("object"),     STR_INIT("per"),
        STR_INIT("inputs"), STR_INIT("parameters"), STR_INIT("paging"),
        STR_INIT("iam"),
    };
    if (!catalogue_keys(reader, node, "call", keys, N_ITEMS(keys)))
        return false;
    if (yaml_get(node, "items") != NULL && yaml_get(node, "object") != NULL)
        return catalogue_fault(reader, yaml_key(node, "object"), STR(""),
                               "a call has 'items' or 'object', not both");
    return catalogue_text(reader, node, "items", &call->items) &&
           catalogue_text(reader, node, "object", &call->items) &&
           read_constants(reader, node, call) &&
           read_paging(reader, node, &call->operation) &&
           read_iam(reader, node, call);
}

static void draft(struct catalogue_reader *reader, struct catalogue_draft what)
{
    reader->drafts = arena_grow(reader->arena, reader->drafts, reader->n_drafts,
                                &reader->capacity, sizeof(*reader->drafts));
    reader->drafts[reader->n_drafts++] = what;
}

static void read_calls(struct catalogue_reader *reader,
                       const struct yaml_node *calls,
                       const struct aws_service *service)
{
    if (calls->kind != YAML_MAPPING) {
        catalogue_fault(reader, calls, STR(""), "'calls' is a mapping");
        return;
    }
    for (size_t i = 0; i < calls->n; i++) {
        struct catalogue_call *call =
            ARENA_NEW(reader->arena, struct catalogue_call);
        struct str name = calls->keys[i]->text;
        call->operation.service = service;
        call->operation.name = name;
        call->id = call_id(reader->arena, service, name);
        if (!read_call(reader, calls->items[i], call))
            continue;
        map_put(&reader->catalogue->calls, call->id, call);
        draft(reader, (struct catalogue_draft){.service = service,
                                               .key = calls->keys[i],
                                               .node = calls->items[i],
                                               .call = call});
    }
}

/* ---- types ---- */

static void name_types(struct catalogue_reader *reader,
                       const struct yaml_node *types,
                       const struct aws_service *service)
{
    if (types->kind != YAML_MAPPING) {
        catalogue_fault(reader, types, STR(""), "'types' is a mapping");
        return;
    }
    struct map *all = &reader->catalogue->types;
    for (size_t i = 0; i < types->n; i++) {
        const struct yaml_node *key = types->keys[i];
        const struct catalogue_type *old = map_get(all, key->text);
        if (old != NULL) {
            const struct yaml_node *first = NULL;
            for (size_t d = 0; d < reader->n_drafts; d++)
                if (reader->drafts[d].type == old)
                    first = reader->drafts[d].key;
            catalogue_fault(
                reader, key, STR(""), "type '%.*s' is already defined in %s:%u",
                STRF(key->text), first != NULL ? first->source->path : "?",
                first != NULL ? first->at.line : 0);
            continue;
        }
        struct catalogue_type *type =
            ARENA_NEW(reader->arena, struct catalogue_type);
        type->record.name = key->text;
        type->number = (uint32_t)all->n;
        map_put(all, key->text, type);
        draft(reader, (struct catalogue_draft){.service = service,
                                               .key = key,
                                               .node = types->items[i],
                                               .type = type});
    }
}

void catalogue_read_file(struct catalogue_reader *reader,
                         const struct yaml_node *root)
{
    static const struct str keys[] = {
        STR_INIT("catalogue"),
        STR_INIT("service"),
        STR_INIT("calls"),
        STR_INIT("types"),
    };
    struct str version = {0};
    if (!catalogue_keys(reader, root, "catalogue", keys, N_ITEMS(keys)) ||
        !catalogue_text(reader, root, "catalogue", &version))
        return;
    if (!str_is(version, "1")) {
        const struct yaml_node *at = yaml_get(root, "catalogue");
        catalogue_fault(reader, at != NULL ? at : root, STR(""),
                        "a catalogue file begins with 'catalogue: 1'");
        return;
    }
    const struct yaml_node *service_node = yaml_get(root, "service");
    const struct yaml_node *calls = yaml_get(root, "calls");
    const struct yaml_node *types = yaml_get(root, "types");
    const struct aws_service *service = NULL;
    if (service_node != NULL) {
        service = read_service(reader, service_node);
        if (service == NULL)
            return;
    }
    if (calls != NULL && service == NULL)
        catalogue_fault(reader, yaml_key(root, "calls"), STR(""),
                        "'calls' needs 'service'");
    else if (calls != NULL)
        read_calls(reader, calls, service);
    if (types != NULL)
        name_types(reader, types, service);
}
