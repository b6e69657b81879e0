/* The catalogue: what its files may say, and what they may not. */
#include <check.h>

#include "tests/unit/inventory/inventory_support.h"

#define HEAD                                                                   \
    "catalogue: 1\n"                                                           \
    "service: {id: kms, protocol: json-1.1}\n"                                 \
    "calls:\n"                                                                 \
    "  ListKeys: {items: Keys}\n"                                              \
    "  DescribeKey: {per: 'AWS::KMS::Key', inputs: {KeyId: id}}\n"
#define TYPE                                                                   \
    "types:\n"                                                                 \
    "  AWS::KMS::Key:\n"                                                       \
    "    listing: ListKeys\n"                                                  \
    "    id_path: KeyArn\n"
#define TEMPLATE_HEAD HEAD "types:\n  AWS::KMS::Key: {listing: ListKeys, "
#define TEMPLATE(text)                                                         \
    TEMPLATE_HEAD "id_template: '" text "', fields: {A: int}}\n"

static const struct {
    const char *name, *yaml, *want; /* a part of the printed diagnostics */
} faults[] = {
    {"unknown key in a field",
     HEAD TYPE "    fields:\n      A: {type: int, optinal: true}\n",
     "t.yaml:11:22: error: unknown key 'optinal' in field\n"},
    {"its hint", HEAD TYPE "    fields:\n      A: {type: int, optinal: true}\n",
     "did you mean 'optional'?"},
    {"unknown key at the top", "catalogue: 1\ntype: {}\n",
     "t.yaml:2:1: error: unknown key 'type' in catalogue\n"},
    {"unknown key in a call", HEAD "  X: {itms: A}\n" TYPE,
     "unknown key 'itms' in call"},
    {"unknown key in a type", HEAD TYPE "    listng: x\n    fields: {}\n",
     "unknown key 'listng' in type"},
    {"unknown type word", HEAD TYPE "    fields:\n      A: strng\n",
     "t.yaml:11:10: error: unknown type 'strng'\n"},
    {"unknown call",
     HEAD TYPE "    fields:\n      A: {type: int, from: DescribKey}\n",
     "error: unknown call 'kms:DescribKey'\n"},
    {"its nearest",
     HEAD TYPE "    fields:\n      A: {type: int, from: DescribKey}\n",
     "did you mean 'kms:DescribeKey'?"},
    {"no version", "types: {}\n", "begins with 'catalogue: 1'"},
    {"unknown protocol", "catalogue: 1\nservice: {id: a, protocol: jsn-1.1}\n",
     "unknown protocol 'jsn-1.1'"},
    {"calls without a service", "catalogue: 1\ncalls: {A: {}}\n",
     "'calls' needs 'service'"},
    {"id kind", HEAD TYPE "    id: arm\n    fields: {}\n",
     "'id' is arn or opaque"},
    {"field of every row", HEAD TYPE "    fields:\n      region: string\n",
     "every row has 'region' already"},
    {"list without item", HEAD TYPE "    fields:\n      A: {type: list}\n",
     "a list needs 'item'"},
    {"short list", HEAD TYPE "    fields:\n      A: list\n",
     "a list needs 'item'"},
    {"struct without of", HEAD TYPE "    fields:\n      A: {type: struct}\n",
     "a struct needs 'of'"},
    {"stray item",
     HEAD TYPE "    fields:\n      A: {type: int, item: string}\n",
     "'item' needs list or map"},
    {"open without enum",
     HEAD TYPE "    fields:\n      A: {type: string, open: true}\n",
     "'open' needs enum"},
    {"enum of int", HEAD TYPE "    fields:\n      A: {type: int, enum: [a]}\n",
     "'enum' needs string"},
    {"optional element",
     HEAD TYPE "    fields:\n"
               "      A: {type: list, item: {type: int, optional: true}}\n",
     "an element is never optional or nullable"},
    {"from inside a struct",
     HEAD TYPE "    fields:\n"
               "      A: {type: struct, of: {B: {type: int, from: X}}}\n",
     "unknown key 'from' in field"},
    {"bad bool", HEAD TYPE "    fields:\n      A: {type: int, optional: yes}\n",
     "'optional' is true or false"},
    {"unknown name field",
     HEAD TYPE "    name: KeyIdd\n    fields:\n"
               "      KeyId: string\n",
     "AWS::KMS::Key has no field 'KeyIdd'"},
    {"unknown unique field",
     HEAD TYPE "    unique: [[regio]]\n    fields: {A: string}\n",
     "AWS::KMS::Key has no field 'regio'"},
    {"unknown parent",
     "catalogue: 1\nservice: {id: kms, protocol: query}\n"
     "calls: {A: {per: 'AWS::Nope', inputs: {K: id}}}\n",
     "unknown type 'AWS::Nope'"},
    {"per without inputs",
     "catalogue: 1\nservice: {id: kms, protocol: query}\n"
     "calls: {A: {per: 'AWS::Nope'}}\n",
     "a call per row needs 'per: TYPE' and 'inputs'"},
    {"call of other rows",
     "catalogue: 1\nservice: {id: s, protocol: query}\n"
     "calls: {L: {items: A}, M: {items: B}}\n"
     "types:\n  T: {listing: L, id_path: I, fields: {A: {type: int, "
     "from: M}}}\n",
     "t.yaml:5:40: error: call 's:M' is not made per row of T\n"},
    {"listing without items",
     "catalogue: 1\nservice: {id: s, protocol: query}\ncalls: {L: {}}\n"
     "types:\n  T: {listing: L, id_path: I, fields: {A: int}}\n",
     "call 's:L' lists nothing: it has no 'items'"},
    {"two types of one listing",
     "catalogue: 1\nservice: {id: s, protocol: query}\n"
     "calls: {L: {items: A}}\ntypes:\n"
     "  T: {listing: L, id_path: I, fields: {A: int}}\n"
     "  U: {listing: L, id_path: I, fields: {A: int}}\n",
     "call 's:L' lists T already"},
    {"size without limit",
     "catalogue: 1\nservice: {id: s, protocol: query}\n"
     "calls: {L: {paging: {input: A, output: B, size: 5}}}\n",
     "'limit' and a positive 'size' go together"},
    {"two ways to an id",
     HEAD TYPE "    id_template: 'x:{KeyId}'\n    fields: {A: int}\n",
     "t.yaml:10:18: error: 'id_path' and 'id_template' exclude each other\n"},
    {"template without an end", TEMPLATE("arn:{KeyId"),
     "a brace of 'id_template' has no name or end"},
    {"template with an empty name", TEMPLATE("arn:{}:{KeyId}"),
     "a brace of 'id_template' has no name or end"},
    {"template that tells no items apart", TEMPLATE("arn:{region}:{account}:x"),
     "'id_template' names nothing of the item"},
    {"no id", TEMPLATE_HEAD "fields: {A: int}}\n",
     "type needs 'id_path' or 'id_template'"},
    {"no fields", HEAD TYPE, "type needs 'fields'"},
    {"no listing",
     "catalogue: 1\nservice: {id: s, protocol: query}\n"
     "types: {T: {fields: {A: int}}}\n",
     "type needs 'listing'"},
};

START_TEST(faults_are_told)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct catalogue *catalogue;
    struct source source = {.path = "t.yaml", .text = str_of(faults[_i].yaml)};
    const struct source *sources[] = {&source};
    ck_assert_msg(!catalogue_read(&arena, sources, 1, &catalogue, &diags), "%s",
                  faults[_i].name);
    struct buf text = {0};
    diags_print(&text, &diags);
    ck_assert_msg(str_contains(buf_str(&text), str_of(faults[_i].want)),
                  "%s: got\n%.*s", faults[_i].name, STRF(buf_str(&text)));
    buf_release(&text);
    arena_release(&arena);
}
END_TEST

START_TEST(a_type_is_defined_once)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct catalogue *catalogue;
    struct source a = {"a.yaml", STR("catalogue: 1\ntypes:\n"
                                     "  T: {fields: {A: int}}\n")};
    struct source b = {"b.yaml", STR("catalogue: 1\ntypes: "
                                     "{T: {fields: {A: int}}}\n")};
    const struct source *sources[] = {&a, &b};
    ck_assert(!catalogue_read(&arena, sources, 2, &catalogue, &diags));
    ck_assert_uint_eq(diags.n, 1);
    ck_assert(
        str_is(diags.items[0].text, "type 'T' is already defined in a.yaml:3"));
    ck_assert_uint_eq(diags.items[0].at.line, 2);
    ck_assert_uint_eq(diags.items[0].at.col, 9);
    arena_release(&arena);
}
END_TEST

static const struct {
    const char *type, *field, *want, *call, *path;
    bool is_optional;
} embedded[] = {
    {"AWS::RDS::DBInstance", "EngineVersion", "string",
     "rds:DescribeDBInstances", "EngineVersion", false},
    {"AWS::RDS::DBInstance", "KmsKeyId", "string", "rds:DescribeDBInstances",
     "KmsKeyId", true},
    {"AWS::RDS::DBInstance", "BackupRetentionPeriod", "int",
     "rds:DescribeDBInstances", "BackupRetentionPeriod", false},
    {"AWS::RDS::DBInstance", "DBInstanceAutomatedBackupsReplications",
     "list(AWS::RDS::DBInstance.DBInstanceAutomatedBackupsReplications)",
     "rds:DescribeDBInstances", "DBInstanceAutomatedBackupsReplications",
     false},
    {"AWS::RDS::DBInstanceAutomatedBackup", "Encrypted", "bool",
     "rds:DescribeDBInstanceAutomatedBackups", "Encrypted", false},
    {"AWS::KMS::Key", "KeyId", "string", "kms:ListKeys", "KeyId", false},
    {"AWS::KMS::Key", "KeyState", "string", "kms:DescribeKey", "KeyState",
     false},
    {"AWS::KMS::Key", "MultiRegion", "bool", "kms:DescribeKey", "MultiRegion",
     true},
    {"dr.copy", "destination_key", "string", "", "destination_key", true},
    {"dr.copy", "source_encrypted", "bool", "", "source_encrypted", false},
};

START_TEST(embedded_types)
{
    struct bench bench;
    bench_open(&bench, NULL);
    const struct catalogue_type *type = bench_type(&bench, embedded[_i].type);
    uint32_t field = bench_field(type, embedded[_i].field);
    struct buf text = {0};
    type_print(&text, type->record.fields[field].type);
    ck_assert(str_is(buf_str(&text), embedded[_i].want));
    buf_release(&text);
    const struct catalogue_source *source = &type->sources[field];
    ck_assert_int_eq(type->record.fields[field].is_optional,
                     embedded[_i].is_optional);
    ck_assert(str_is(source->call != NULL ? source->call->id : STR(""),
                     embedded[_i].call));
    ck_assert(str_is(source->path, embedded[_i].path));
    bench_close(&bench);
}
END_TEST

START_TEST(embedded_calls)
{
    struct bench bench;
    bench_open(&bench, NULL);
    const struct catalogue_type *key = bench_type(&bench, "AWS::KMS::Key");
    const struct catalogue_call *list =
        map_get(&bench.catalogue->calls, STR("kms:ListKeys"));
    const struct catalogue_call *one =
        map_get(&bench.catalogue->calls, STR("kms:DescribeKey"));
    ck_assert_ptr_eq(key->listing, list);
    ck_assert(key->has_arn_id && !key->is_derived);
    ck_assert(str_is(key->id_path, "KeyArn"));
    ck_assert(str_is(list->operation.service->target_prefix, "TrentService"));
    ck_assert_int_eq(list->operation.service->protocol, AWS_JSON_1_1);
    ck_assert(str_is(list->operation.more_results, "Truncated"));
    ck_assert_int_eq(list->operation.limit, 1000);
    ck_assert_uint_eq(list->n_iam, 1);
    ck_assert(str_is(list->iam[0], "kms:ListKeys"));
    ck_assert_ptr_eq(one->parent, key);
    ck_assert_uint_eq(one->n_inputs, 1);
    ck_assert(str_is(one->inputs[0].parameter, "KeyId"));
    ck_assert_uint_eq(one->inputs[0].field, ROW_ID);
    ck_assert(str_is(one->items, "KeyMetadata"));
    const struct catalogue_type *copy = bench_type(&bench, "dr.copy");
    ck_assert(copy->is_derived && !copy->has_arn_id && copy->listing == NULL);
    ck_assert_ptr_eq(catalogue_of_record(bench.catalogue, &copy->record), copy);
    ck_assert(str_is(copy->record.fields[copy->name_field].name, "name"));
    const struct str *told;
    ck_assert_uint_eq(catalogue_told(&bench.arena, bench.catalogue,
                                     STR("kms:DescribeKey"), &told),
                      1);
    ck_assert(str_is(told[0], "AWS::KMS::Key"));
    ck_assert_uint_eq(catalogue_told(&bench.arena, bench.catalogue,
                                     STR("sts:GetCallerIdentity"), &told),
                      0);
    bench_close(&bench);
}
END_TEST

START_TEST(closed_enum_and_constants)
{
    struct bench bench;
    bench_open(&bench, "catalogue: 1\n"
                       "service: {id: s, protocol: query}\n"
                       "calls:\n"
                       "  L:\n"
                       "    items: A\n"
                       "    parameters: {Max: 5, All: true, Code: '7',"
                       " Names: [a, b]}\n"
                       "    iam: [s:List, s:Read]\n"
                       "types:\n"
                       "  T:\n"
                       "    listing: L\n"
                       "    id: opaque\n"
                       "    id_path: I\n"
                       "    unique: [[account, Name]]\n"
                       "    fields:\n"
                       "      Name: string\n"
                       "      E: {enum: [x, y], open: true, nullable: true}\n"
                       "      M: {type: map, item: date, path: B.C}\n");
    const struct catalogue_type *type = bench_type(&bench, "T");
    const struct field *e = &type->record.fields[bench_field(type, "E")];
    ck_assert_int_eq(e->type->form, FORM_ENUM);
    ck_assert(e->type->is_open && e->is_nullable && !e->is_optional);
    ck_assert(str_is(e->type->name, "T.E"));
    ck_assert_uint_eq(e->type->n_values, 2);
    ck_assert(str_is(type->sources[bench_field(type, "M")].path, "B.C"));
    ck_assert_uint_eq(type->n_unique, 1);
    ck_assert_uint_eq(type->n_unique_fields[0], 2);
    ck_assert_uint_eq(type->unique[0][0], ROW_ACCOUNT);
    ck_assert_uint_eq(type->unique[0][1], bench_field(type, "Name"));
    ck_assert_uint_eq(type->listing->n_iam, 2);
    ck_assert_str_eq(bench_print(&bench, type->listing->constants),
                     "{'Max', 5, 'All', true, 'Code', '7', 'Names', "
                     "['a', 'b']}");
    bench_close(&bench);
}
END_TEST

Suite *suite_catalogue(void);

Suite *suite_catalogue(void)
{
    Suite *suite = suite_create("catalogue");
    TCase *tc = tcase_create("catalogue");
    tcase_add_loop_test(tc, faults_are_told, 0, N_ITEMS(faults));
    tcase_add_test(tc, a_type_is_defined_once);
    tcase_add_loop_test(tc, embedded_types, 0, N_ITEMS(embedded));
    tcase_add_test(tc, embedded_calls);
    tcase_add_test(tc, closed_enum_and_constants);
    suite_add_tcase(suite, tc);
    return suite;
}
