/* The wire protocols: parameters to request bodies, answers to values. */
#include "checker/aws/wire.h"

#include <string.h>

#include <expat.h>

#include "checker/base/json.h"

enum { CODE_BYTES = 128, FEED_BYTES = 1 << 20 };

/* ---- requests ---- */

static void add_pair(struct buf *body, struct str name, struct str value)
{
    if (body->n > 0)
        buf_addc(body, '&');
    aws_percent_encode(body, name, false);
    buf_addc(body, '=');
    aws_percent_encode(body, value, false);
}

/* A parameter whose name is what `name` holds. */
struct flattening {
    struct buf *body;
    struct buf name;
    bool is_ec2;
};

static bool flatten(struct flattening *f, struct value v, int depth,
                    struct err *err);

static bool flatten_items(struct flattening *f, struct value v, int depth,
                          struct err *err)
{
    size_t n_name = f->name.n;
    bool is_map = v.kind == VALUE_MAP;
    for (uint32_t i = 0; i < v.n; i++) {
        f->name.n = n_name;
        if (!is_map) {
            buf_addf(&f->name, f->is_ec2 ? ".%u" : ".member.%u", i + 1);
        } else {
            if (n_name > 0)
                buf_addc(&f->name, '.');
            buf_add(&f->name, value_text(v.as.items[2 * i]));
        }
        struct value item = v.as.items[is_map ? 2 * i + 1 : i];
        if (!flatten(f, item, depth + 1, err))
            return false;
    }
    f->name.n = n_name;
    return true;
}

static bool flatten(struct flattening *f, struct value v, int depth,
                    struct err *err)
{
    struct buf number = {0};
    if (depth > WIRE_DEPTH)
        return err_set(err, ERR_LIMIT, "parameters deeper than %d levels",
                       (int)WIRE_DEPTH);
    if (v.kind == VALUE_MAP || v.kind == VALUE_LIST)
        return flatten_items(f, v, depth, err);
    if (v.kind == VALUE_STRING)
        add_pair(f->body, buf_str(&f->name), value_text(v));
    else if (v.kind == VALUE_BOOL)
        add_pair(f->body, buf_str(&f->name),
                 v.as.b ? STR("true") : STR("false"));
    else if (v.kind == VALUE_INT) {
        buf_addf(&number, "%lld", (long long)v.as.i);
        add_pair(f->body, buf_str(&f->name), buf_str(&number));
        buf_release(&number);
    }
    return true;
}

static bool query_body(struct arena *arena,
                       const struct aws_operation *operation,
                       struct value input, struct str *body, struct err *err)
{
    struct buf buf = {0};
    struct flattening f = {.body = &buf};
    f.is_ec2 = operation->service->protocol == AWS_EC2;
    add_pair(&buf, STR("Action"), operation->name);
    add_pair(&buf, STR("Version"), operation->service->api_version);
    bool is_ok = flatten(&f, input, 0, err);
    *body = str_dup(arena, buf_str(&buf));
    buf_release(&buf);
    buf_release(&f.name);
    return is_ok;
}

static struct str json_body(struct arena *arena, struct value input)
{
    struct buf buf = {0};
    struct json_writer writer = {.out = &buf};
    if (input.kind == VALUE_MAP)
        json_value(&writer, input, NULL, NULL);
    else
        buf_adds(&buf, "{}");
    struct str body = str_dup(arena, buf_str(&buf));
    buf_release(&buf);
    return body;
}

bool wire_request(struct arena *arena, const struct aws_operation *operation,
                  struct value input, struct str *body,
                  struct aws_header headers[WIRE_HEADERS], size_t *n_headers,
                  struct err *err)
{
    const struct aws_service *service = operation->service;
    struct str type = {0};
    switch (service->protocol) {
    case AWS_QUERY:
    case AWS_EC2:
        headers[0] = (struct aws_header){
            STR("content-type"),
            STR("application/x-www-form-urlencoded; charset=utf-8")};
        *n_headers = 1;
        return query_body(arena, operation, input, body, err);
    case AWS_JSON_1_0:
        type = STR("application/x-amz-json-1.0");
        break;
    case AWS_JSON_1_1:
        type = STR("application/x-amz-json-1.1");
        break;
    case AWS_REST_JSON:
    case AWS_REST_XML:
        return err_set(err, ERR_USAGE,
                       "the protocol of '%.*s' is not supported",
                       STRF(service->id));
    }
    headers[0] = (struct aws_header){STR("content-type"), type};
    headers[1] = (struct aws_header){STR("x-amz-target"),
                                     str_fmt(arena, "%.*s.%.*s",
                                             STRF(service->target_prefix),
                                             STRF(operation->name))};
    *n_headers = 2;
    *body = json_body(arena, input);
    return true;
}

/* ---- XML answers ---- */

/* An element that has begun. Its children's pairs and its text are at the ends
 * of the reader's stacks. */
struct frame {
    struct str name;
    size_t first_pair, first_byte;
    bool has_children;
};

struct pair {
    struct value name, value;
};

struct wire_reader {
    struct arena *arena;
    const struct aws_operation *operation;
    bool has_begun, is_json;
    const char *flaw; /* why the XML is no answer, or NULL */
    bool is_past_limit;
    struct buf text; /* the JSON text, or the text of open elements */
    XML_Parser parser;
    struct interns names;
    struct frame frames[WIRE_DEPTH];
    size_t depth, n_values;
    struct pair *pairs;
    size_t n_pairs, capacity;
    struct pair root; /* once it has ended */
};

/* expat may still end an empty element after this, which on_end ignores. */
static void refuse(struct wire_reader *reader, const char *flaw)
{
    reader->flaw = flaw;
    XML_StopParser(reader->parser, XML_FALSE);
}

static void refuse_size(struct wire_reader *reader, const char *flaw)
{
    reader->is_past_limit = true;
    refuse(reader, flaw);
}

static void XMLCALL on_start(void *owner, const XML_Char *name,
                             const XML_Char **attributes)
{
    struct wire_reader *reader = owner;
    (void)attributes;
    if (reader->flaw != NULL)
        return;
    if (reader->depth == WIRE_DEPTH) {
        refuse_size(reader, "elements are nested too deeply");
        return;
    }
    if (++reader->n_values > WIRE_VALUES) {
        refuse_size(reader, "there are too many elements");
        return;
    }
    if (reader->depth > 0)
        reader->frames[reader->depth - 1].has_children = true;
    const char *colon = strrchr(name, ':');
    reader->frames[reader->depth++] = (struct frame){
        .name =
            intern(&reader->names, str_of(colon != NULL ? colon + 1 : name)),
        .first_pair = reader->n_pairs,
        .first_byte = reader->text.n,
    };
}

/* Blanks around child elements are dropped when their parent ends. */
static void XMLCALL on_text(void *owner, const XML_Char *p, int n)
{
    struct wire_reader *reader = owner;
    buf_add(&reader->text, (struct str){p, (size_t)n});
}

static struct value ended(struct wire_reader *reader, const struct frame *frame)
{
    struct arena *arena = reader->arena;
    if (!frame->has_children) {
        struct str all = buf_str(&reader->text);
        return value_str(
            str_dup(arena, str_sub(all, frame->first_byte, all.n)));
    }
    size_t n = reader->n_pairs - frame->first_pair;
    struct value *items = ARENA_ARRAY(arena, 2 * n, struct value);
    memcpy(items, reader->pairs + frame->first_pair, n * sizeof(struct pair));
    return value_map(items, n);
}

static void XMLCALL on_end(void *owner, const XML_Char *name)
{
    struct wire_reader *reader = owner;
    (void)name;
    if (reader->flaw != NULL)
        return;
    const struct frame *frame = &reader->frames[--reader->depth];
    struct pair pair = {value_str(frame->name), ended(reader, frame)};
    reader->n_pairs = frame->first_pair;
    reader->text.n = frame->first_byte;
    if (reader->depth == 0) {
        reader->root = pair;
        return;
    }
    reader->pairs = arena_grow(reader->arena, reader->pairs, reader->n_pairs,
                               &reader->capacity, sizeof(struct pair));
    reader->pairs[reader->n_pairs++] = pair;
}

/* No service declares a document type, so entities never need expanding. */
static void XMLCALL on_doctype(void *owner, const XML_Char *name,
                               const XML_Char *system, const XML_Char *public,
                               int has_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    refuse(owner, "it declares a document type");
}

static void open_parser(struct wire_reader *reader)
{
    reader->parser = XML_ParserCreate(NULL);
    if (reader->parser == NULL) {
        reader->flaw = "the XML parser does not start";
        return;
    }
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
}

static void parse_xml(struct wire_reader *reader, struct str part, bool is_last)
{
    if (reader->flaw != NULL)
        return;
    if (XML_Parse(reader->parser, part.p != NULL ? part.p : "", (int)part.n,
                  is_last) == XML_STATUS_ERROR &&
        reader->flaw == NULL)
        reader->flaw = XML_ErrorString(XML_GetErrorCode(reader->parser));
}

/* ---- the reader ---- */

struct wire_reader *wire_reader_new(struct arena *arena,
                                    const struct aws_operation *operation)
{
    struct wire_reader *reader = ARENA_NEW(arena, struct wire_reader);
    reader->arena = arena;
    reader->operation = operation;
    interns_init(&reader->names, arena);
    return reader;
}

void wire_reader_free(struct wire_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->parser != NULL)
        XML_ParserFree(reader->parser);
    buf_release(&reader->text);
}

static bool is_success(int status)
{
    return status >= 200 && status < 300;
}

static bool speaks_json(const struct aws_operation *operation)
{
    switch (operation->service->protocol) {
    case AWS_JSON_1_0:
    case AWS_JSON_1_1:
    case AWS_REST_JSON:
        return true;
    case AWS_QUERY:
    case AWS_EC2:
    case AWS_REST_XML:
        return false;
    }
    return false;
}

/* An error may come in another service's form: its first byte tells. */
static void begin(struct wire_reader *reader, int status, struct str part)
{
    reader->has_begun = true;
    reader->is_json = speaks_json(reader->operation);
    struct str text = str_trim(part);
    if (!is_success(status) && text.n > 0)
        reader->is_json = text.p[0] != '<';
    if (!reader->is_json)
        open_parser(reader);
}

void wire_reader_feed(struct wire_reader *reader, int status, struct str part)
{
    if (part.n == 0)
        return;
    if (!reader->has_begun)
        begin(reader, status, part);
    if (reader->is_json) {
        buf_add(&reader->text, part);
        return;
    }
    for (size_t at = 0; at < part.n; at += FEED_BYTES)
        parse_xml(reader, str_sub(part, at, at + FEED_BYTES), false);
}

/* ---- errors ---- */

struct str wire_error_code(struct str type)
{
    type = str_trim(str_sub(type, 0, str_find(type, STR(":"), 0)));
    for (size_t i = type.n; i-- > 0;)
        if (type.p[i] == '#')
            return str_sub(type, i + 1, type.n);
    return type;
}

/* A code is a word; whatever else stands in its place is none. */
static struct str checked_code(struct str code)
{
    if (code.n > CODE_BYTES)
        return (struct str){0};
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
            return (struct str){0};
    }
    return code;
}

static struct str first_line(struct str message)
{
    message = str_sub(message, 0, str_find(message, STR("\n"), 0));
    while (message.n > WIRE_MESSAGE || (message.n > 0 && !utf8_valid(message)))
        message.n = message.n > WIRE_MESSAGE ? WIRE_MESSAGE : message.n - 1;
    return str_trim(message);
}

static struct str text_at(struct value map, const char *key)
{
    struct value v =
        map.kind == VALUE_MAP ? value_get(map, str_of(key)) : (struct value){0};
    return v.kind == VALUE_STRING ? value_text(v) : (struct str){0};
}

/* The first of the keys that holds a text. */
static struct str any_text_at(struct value map, const char *const *keys,
                              size_t n)
{
    struct str found = {0};
    for (size_t i = 0; i < n && found.n == 0; i++)
        found = text_at(map, keys[i]);
    return found;
}

static void read_json_error(struct value body, struct str error_type,
                            struct wire_answer *out)
{
    static const char *const types[] = {"__type", "code", "Code"};
    static const char *const texts[] = {"message", "Message", "errorMessage"};
    struct str type = error_type;
    if (type.n == 0)
        type = any_text_at(body, types, N_ITEMS(types));
    out->code = checked_code(wire_error_code(type));
    out->message = first_line(any_text_at(body, texts, N_ITEMS(texts)));
}

/* <ErrorResponse><Error>, <Response><Errors><Error> or <Error>. */
static void read_xml_error(const struct wire_reader *reader,
                           struct wire_answer *out)
{
    struct value error = reader->root.value;
    if (reader->flaw != NULL || reader->root.name.kind != VALUE_STRING ||
        error.kind != VALUE_MAP)
        return;
    struct str root = value_text(reader->root.name);
    if (str_is(root, "Response"))
        error = value_get(error, STR("Errors"));
    if (!str_is(root, "Error") && error.kind == VALUE_MAP)
        error = value_get(error, STR("Error"));
    out->code = checked_code(str_trim(text_at(error, "Code")));
    out->message = first_line(text_at(error, "Message"));
}

/* ---- the end of an answer ---- */

static bool bad(struct wire_answer *out, struct err *err, const char *flaw)
{
    out->problem = STR("malformed");
    return err_set(err, ERR_PARSE, "the answer is malformed: %s", flaw);
}

static bool end_json(struct wire_reader *reader, struct wire_answer *out,
                     struct err *err)
{
    struct json_limits limits = {.depth = WIRE_DEPTH};
    struct err flaw = {0};
    if (!json_read(reader->arena, buf_str(&reader->text), NULL, limits,
                   &out->answer, &flaw)) {
        out->problem =
            flaw.code == ERR_LIMIT ? STR("too large") : STR("malformed");
        *err = flaw;
        return err_add(err, "the answer is malformed");
    }
    return out->answer.kind == VALUE_MAP || bad(out, err, "it is no object");
}

static bool end_xml(struct wire_reader *reader, struct wire_answer *out,
                    struct err *err)
{
    const struct aws_operation *operation = reader->operation;
    struct arena *arena = reader->arena;
    if (reader->is_past_limit) {
        out->problem = STR("too large");
        return err_set(err, ERR_LIMIT, "the answer is too large: %s",
                       reader->flaw);
    }
    if (reader->flaw != NULL)
        return bad(out, err, reader->flaw);
    struct str want = str_cat(arena, operation->name, STR("Response"));
    if (!str_eq(value_text(reader->root.name), want))
        return bad(out, err, "it is no answer to the operation");
    out->answer = reader->root.value;
    if (operation->service->protocol == AWS_QUERY &&
        out->answer.kind == VALUE_MAP)
        out->answer = value_get(out->answer,
                                str_cat(arena, operation->name, STR("Result")));
    /* An element without children is a text; here it is a map of none. */
    if (out->answer.kind == VALUE_STRING &&
        str_trim(value_text(out->answer)).n == 0)
        out->answer = value_map(NULL, 0);
    return out->answer.kind == VALUE_MAP || bad(out, err, "it has no result");
}

bool wire_reader_end(struct wire_reader *reader, int status,
                     struct str error_type, struct wire_answer *out,
                     struct err *err)
{
    *out = (struct wire_answer){.is_error = !is_success(status)};
    if (reader->parser != NULL)
        parse_xml(reader, (struct str){0}, true);
    if (out->is_error) {
        struct err ignored = {0};
        if (!reader->has_begun || reader->is_json) {
            struct wire_answer body = {0};
            if (!reader->has_begun || !end_json(reader, &body, &ignored))
                body.answer = value_null();
            read_json_error(body.answer, error_type, out);
        } else {
            read_xml_error(reader, out);
        }
        return true;
    }
    if (!reader->has_begun) {
        out->problem = STR("empty");
        return err_set(err, ERR_PARSE, "the answer is empty");
    }
    return reader->is_json ? end_json(reader, out, err)
                           : end_xml(reader, out, err);
}
