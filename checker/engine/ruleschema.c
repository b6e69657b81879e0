/* The JSON Schema of rule files, with which editors complete and check. */
#include "checker/engine/ruleschema.h"

#include "checker/base/json.h"

/* What stands at a key. Scalars are read by what is wanted, so that editors
 * must let numbers and truth values pass as text. */
enum form {
    FORM_IS_TEXT, /* any scalar */
    FORM_IS_CEL,
    FORM_IS_ID,    /* of a rule */
    FORM_IS_CHECK, /* an id of a check */
    FORM_IS_NAME,
    FORM_IS_ONE, /* a version of the language */
    FORM_IS_INT,
    FORM_IS_DATE,
    FORM_IS_WORDS, /* one of `words`, cut at blanks */
    FORM_IS_TYPE,  /* of the catalogue */
    FORM_IS_TABLE, /* of facts */
    FORM_IS_ANY,
    FORM_IS_LIST,    /* of `of`, or of texts */
    FORM_IS_OBJECT,  /* `of` */
    FORM_IS_NAMES,   /* from names to `of`, or to CEL */
    FORM_IS_CHECKS,  /* from ids of checks to `of`, or to `words` */
    FORM_IS_VALUES,  /* from any key to any value */
    FORM_IS_RESULTS, /* from subjects to a result or `of` */
};

struct key {
    const char *object; /* the mapping that has it */
    const char *name;
    enum form form;
    bool is_required;
    const char *of, *words;
    const char *text; /* what editors show */
};

#define RESULT_WORDS   "pass fail unknown not_applicable error"
#define SEVERITY_WORDS "low medium high critical"

/* All keys of all mappings in a rule file; a mapping's stand together. */
static const struct key keys[] = {
    {"rule", "rule", FORM_IS_ONE, true, NULL, NULL,
     "the version of the language: 1"},
    {"rule", "id", FORM_IS_ID, true, NULL, NULL,
     "unique among the loaded rules"},
    {"rule", "title", FORM_IS_TEXT, true, NULL, NULL,
     "what holds, in one line of at most 120 characters"},
    {"rule", "severity", FORM_IS_WORDS, true, NULL, SEVERITY_WORDS,
     "of a failure, unless the check has its own"},
    {"rule", "tags", FORM_IS_LIST, false, NULL, NULL,
     "words by which --tag chooses rules"},
    {"rule", "description", FORM_IS_TEXT, false, NULL, NULL,
     "why this matters"},
    {"rule", "subject", FORM_IS_TYPE, true, NULL, NULL,
     "the type whose resources are judged"},
    {"rule", "parameters", FORM_IS_NAMES, false, "parameter", NULL,
     "what users may set; params.NAME in expressions"},
    {"rule", "each", FORM_IS_OBJECT, false, "each", NULL,
     "one result per item of a list of the subject"},
    {"rule", "when", FORM_IS_CEL, false, NULL, NULL,
     "to which subjects the rule applies: a CEL bool"},
    {"rule", "facts", FORM_IS_NAMES, false, "fact", NULL,
     "rows of dated tables"},
    {"rule", "let", FORM_IS_NAMES, false, NULL, NULL, "names for expressions"},
    {"rule", "lookup", FORM_IS_NAMES, false, "lookup", NULL,
     "other resources, found by a condition"},
    {"rule", "require", FORM_IS_CHECKS, false, "check", NULL, "what must hold"},
    {"rule", "remediation", FORM_IS_TEXT, false, NULL, NULL,
     "what to do about a failure; {CEL} is replaced by its value"},
    {"rule", "references", FORM_IS_LIST, false, "reference", NULL,
     "where this is documented"},
    {"rule", "tests", FORM_IS_LIST, false, "test", NULL,
     "run by 'dr-preflight rules test'"},
    {"parameter", "type", FORM_IS_WORDS, true, NULL,
     "bool int string version duration list(string)", "what it holds"},
    {"parameter", "default", FORM_IS_ANY, true, NULL, NULL,
     "its value if nobody sets it"},
    {"parameter", "enum", FORM_IS_LIST, false, NULL, NULL,
     "the values that it may have"},
    {"parameter", "minimum", FORM_IS_INT, false, NULL, NULL, "of an int"},
    {"parameter", "maximum", FORM_IS_INT, false, NULL, NULL, "of an int"},
    {"parameter", "description", FORM_IS_TEXT, true, NULL, NULL,
     "what it means"},
    {"each", "as", FORM_IS_NAME, true, NULL, NULL, "the item's name"},
    {"each", "in", FORM_IS_CEL, true, NULL, NULL, "a list of the subject"},
    {"each", "key", FORM_IS_CEL, false, NULL, NULL,
     "a string that tells the items apart"},
    {"fact", "in", FORM_IS_TABLE, true, NULL, NULL, "the table"},
    {"fact", "key", FORM_IS_VALUES, true, NULL, NULL,
     "for each key column the CEL that it is equal to"},
    {"fact", "expect", FORM_IS_WORDS, true, NULL, "one optional",
     "how many rows there are"},
    {"fact", "else", FORM_IS_OBJECT, false, "else", NULL,
     "with 'expect: one': what follows if there is none"},
    {"lookup", "in", FORM_IS_TYPE, true, NULL, NULL, "the type to look in"},
    {"lookup", "where", FORM_IS_CEL, true, NULL, NULL,
     "a CEL bool; NAME.FIELD == VALUE makes it fast"},
    {"lookup", "expect", FORM_IS_WORDS, true, NULL, "one optional many",
     "how many rows there are"},
    {"lookup", "else", FORM_IS_OBJECT, false, "else", NULL,
     "with 'expect: one': what follows if there is none"},
    {"else", "check", FORM_IS_CHECK, false, NULL, NULL,
     "the check that fails then; by default the name of the lookup"},
    {"else", "message", FORM_IS_TEXT, false, NULL, NULL,
     "what is said then; {CEL} is replaced by its value"},
    {"else", "result", FORM_IS_WORDS, false, NULL, "not_applicable",
     "instead of a check: the rule is not about the subject"},
    {"check", "expr", FORM_IS_CEL, true, NULL, NULL, "a CEL bool: true passes"},
    {"check", "message", FORM_IS_TEXT, true, NULL, NULL,
     "what is said of a failure; {CEL} is replaced by its value"},
    {"check", "severity", FORM_IS_WORDS, false, NULL, SEVERITY_WORDS,
     "instead of the rule's"},
    {"reference", "title", FORM_IS_TEXT, true, NULL, NULL, "what it is"},
    {"reference", "url", FORM_IS_TEXT, true, NULL, NULL, "where it is"},
    {"test", "name", FORM_IS_TEXT, true, NULL, NULL, "what it shows"},
    {"test", "as_of", FORM_IS_DATE, false, NULL, NULL,
     "the day that decides between facts"},
    {"test", "parameters", FORM_IS_VALUES, false, NULL, NULL,
     "instead of the defaults"},
    {"test", "scope", FORM_IS_LIST, false, NULL, NULL,
     "places ACCOUNT/REGION; without it everything"},
    {"test", "rows", FORM_IS_LIST, false, "row", NULL, "the resources"},
    {"test", "ghosts", FORM_IS_LIST, false, "ghost", NULL,
     "places whose resources could not be read"},
    {"test", "expect", FORM_IS_RESULTS, true, "expect", NULL,
     "the result of each subject to which the rule applies"},
    {"row", "type", FORM_IS_TYPE, true, NULL, NULL, "of the resource"},
    {"row", "id", FORM_IS_TEXT, true, NULL, NULL, "its id, an ARN mostly"},
    {"row", "region", FORM_IS_TEXT, true, NULL, NULL, "where it is"},
    {"row", "account", FORM_IS_TEXT, false, NULL, NULL,
     "111122223333 if it is missing"},
    {"row", "fields", FORM_IS_VALUES, false, NULL, NULL,
     "what is known; {$unknown: CAUSE} is what could not be read"},
    {"ghost", "type", FORM_IS_TYPE, true, NULL, NULL, "of the resources"},
    {"ghost", "region", FORM_IS_TEXT, true, NULL, NULL, "where they are"},
    {"ghost", "account", FORM_IS_TEXT, false, NULL, NULL,
     "111122223333 if it is missing"},
    {"ghost", "cause", FORM_IS_TEXT, true, NULL, NULL,
     "why they could not be read"},
    {"ghost", "fields", FORM_IS_VALUES, false, NULL, NULL,
     "what is known of them all the same"},
    {"expect", "result", FORM_IS_WORDS, true, NULL, RESULT_WORDS,
     "of the subject"},
    {"expect", "causes", FORM_IS_LIST, false, NULL, NULL,
     "of an unknown result: all of them"},
    {"expect", "message", FORM_IS_TEXT, false, NULL, NULL,
     "a part of what is said"},
    {"expect", "checks", FORM_IS_CHECKS, false, NULL, RESULT_WORDS,
     "the results of single checks"},
};

static const char name_pattern[] = "^[a-z][a-z0-9_]*$";
static const char check_pattern[] = "^[a-z][a-z0-9-]*$";

struct writer {
    struct json_writer json;
    const struct rules *rules;
};

static void pair(struct writer *w, const char *key, const char *text)
{
    json_key(&w->json, key);
    json_str(&w->json, str_of(text));
}

static void types(struct writer *w, const char *const *names, size_t n)
{
    json_key(&w->json, "type");
    json_open(&w->json, '[');
    for (size_t i = 0; i < n; i++)
        json_str(&w->json, str_of(names[i]));
    json_close(&w->json, ']');
}

static void scalar(struct writer *w)
{
    static const char *const all[] = {"string", "number", "boolean", "null"};
    types(w, all, N_ITEMS(all));
}

static void enumerate(struct writer *w, const char *words)
{
    struct str rest = str_of(words), word;
    json_key(&w->json, "enum");
    json_open(&w->json, '[');
    while (str_split(&rest, ' ', &word))
        json_str(&w->json, word);
    json_close(&w->json, ']');
}

/* The keys of a map: the types of the catalogue, or the tables of facts. */
static void enumerate_map(struct writer *w, const struct map *map)
{
    pair(w, "type", "string");
    json_key(&w->json, "enum");
    json_open(&w->json, '[');
    for (size_t i = 0; i < map->n; i++)
        json_str(&w->json, map->items[i].key);
    json_close(&w->json, ']');
}

static void refer(struct writer *w, const char *object)
{
    struct buf path = {0};
    buf_addf(&path, "#/definitions/%s", object);
    json_key(&w->json, "$ref");
    json_str(&w->json, buf_str(&path));
    buf_release(&path);
}

/* One value: a mapping, one of some words, or any scalar. */
static void value_of(struct writer *w, const char *key, const struct key *row)
{
    json_key(&w->json, key);
    json_open(&w->json, '{');
    if (row->of != NULL)
        refer(w, row->of);
    else if (row->words != NULL)
        enumerate(w, row->words);
    else
        scalar(w);
    json_close(&w->json, '}');
}

static void map_of(struct writer *w, const struct key *row, const char *pattern)
{
    pair(w, "type", "object");
    json_key(&w->json, "propertyNames");
    json_open(&w->json, '{');
    pair(w, "pattern", pattern);
    json_close(&w->json, '}');
    value_of(w, "additionalProperties", row);
}

static void results_of(struct writer *w, const struct key *row)
{
    pair(w, "type", "object");
    json_key(&w->json, "additionalProperties");
    json_open(&w->json, '{');
    json_key(&w->json, "anyOf");
    json_open(&w->json, '[');
    json_open(&w->json, '{');
    enumerate(w, RESULT_WORDS);
    json_close(&w->json, '}');
    json_open(&w->json, '{');
    refer(w, row->of);
    json_close(&w->json, '}');
    json_close(&w->json, ']');
    json_close(&w->json, '}');
}

static void int_of(struct writer *w)
{
    static const char *const names[] = {"integer", "string"};
    types(w, names, N_ITEMS(names));
    pair(w, "pattern", "^-?[0-9]+$");
}

static void text_of(struct writer *w, const char *pattern)
{
    pair(w, "type", "string");
    pair(w, "pattern", pattern);
}

static void form_of(struct writer *w, const struct key *row)
{
    switch (row->form) {
    case FORM_IS_TEXT:
    case FORM_IS_CEL:
        scalar(w);
        return;
    case FORM_IS_ID:
        text_of(w, "^[a-z][a-z0-9-]{2,79}$");
        return;
    case FORM_IS_CHECK:
        text_of(w, check_pattern);
        return;
    case FORM_IS_NAME:
        text_of(w, name_pattern);
        return;
    case FORM_IS_ONE:
        json_key(&w->json, "enum");
        json_open(&w->json, '[');
        json_int(&w->json, 1);
        json_str(&w->json, STR("1"));
        json_close(&w->json, ']');
        return;
    case FORM_IS_INT:
        int_of(w);
        return;
    case FORM_IS_DATE:
        text_of(w, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
        return;
    case FORM_IS_WORDS:
        enumerate(w, row->words);
        return;
    case FORM_IS_TYPE:
        enumerate_map(w, &w->rules->catalogue->types);
        return;
    case FORM_IS_TABLE:
        enumerate_map(w, &w->rules->tables);
        return;
    case FORM_IS_ANY:
        return;
    case FORM_IS_LIST:
        pair(w, "type", "array");
        value_of(w, "items", row);
        return;
    case FORM_IS_OBJECT:
        refer(w, row->of);
        return;
    case FORM_IS_NAMES:
        map_of(w, row, name_pattern);
        return;
    case FORM_IS_CHECKS:
        map_of(w, row, check_pattern);
        return;
    case FORM_IS_VALUES:
        pair(w, "type", "object");
        return;
    case FORM_IS_RESULTS:
        results_of(w, row);
        return;
    }
}

/* In draft-07 nothing may stand beside "$ref", so it is wrapped. */
static void property(struct writer *w, const struct key *row)
{
    bool is_wrapped = row->form == FORM_IS_OBJECT;
    json_key(&w->json, row->name);
    json_open(&w->json, '{');
    pair(w, "description", row->text);
    if (is_wrapped) {
        json_key(&w->json, "allOf");
        json_open(&w->json, '[');
        json_open(&w->json, '{');
    }
    form_of(w, row);
    if (is_wrapped) {
        json_close(&w->json, '}');
        json_close(&w->json, ']');
    }
    json_close(&w->json, '}');
}

/* The keys from `*at` on that are of one mapping; moves past them. */
static void object(struct writer *w, size_t *at)
{
    struct str name = str_of(keys[*at].object);
    size_t from = *at, to = *at;
    while (to < N_ITEMS(keys) && str_is(name, keys[to].object))
        to++;
    *at = to;
    pair(w, "type", "object");
    json_key(&w->json, "additionalProperties");
    json_bool(&w->json, false);
    json_key(&w->json, "required");
    json_open(&w->json, '[');
    for (size_t i = from; i < to; i++)
        if (keys[i].is_required)
            json_str(&w->json, str_of(keys[i].name));
    json_close(&w->json, ']');
    json_key(&w->json, "properties");
    json_open(&w->json, '{');
    for (size_t i = from; i < to; i++)
        property(w, &keys[i]);
    json_close(&w->json, '}');
}

void ruleschema_write(struct buf *out, const struct rules *rules)
{
    struct writer w = {.json = {.out = out, .indent = 2}, .rules = rules};
    size_t at = 0;
    json_open(&w.json, '{');
    pair(&w, "$schema", "http://json-schema.org/draft-07/schema#");
    pair(&w, "title", "a rule of dr-preflight");
    object(&w, &at);
    json_key(&w.json, "definitions");
    json_open(&w.json, '{');
    while (at < N_ITEMS(keys)) {
        json_key(&w.json, keys[at].object);
        json_open(&w.json, '{');
        object(&w, &at);
        json_close(&w.json, '}');
    }
    json_close(&w.json, '}');
    json_close(&w.json, '}');
    buf_addc(out, '\n');
}
