/* The functions that rules have beyond CEL's own. */
#include "checker/engine/functions.h"

#include "checker/engine/versions.h"

enum { ARN_PARTS = 6 };

/* `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`; the resource may hold
 * colons. */
static bool arn_split(struct str arn, struct str parts[ARN_PARTS])
{
    size_t from = 0;
    for (int i = 0; i < ARN_PARTS - 1; i++) {
        size_t end = str_find(arn, STR(":"), from);
        if (end == SIZE_MAX)
            return false;
        parts[i] = str_sub(arn, from, end);
        from = end + 1;
    }
    parts[ARN_PARTS - 1] = str_sub(arn, from, arn.n);
    return str_is(parts[0], "arn");
}

void functions_arn_place(struct str arn, struct str *account,
                         struct str *region)
{
    struct str parts[ARN_PARTS];
    *account = *region = (struct str){0};
    if (!arn_split(arn, parts))
        return;
    *region = parts[3];
    *account = parts[4];
}

static struct value arn_part(struct arena *scratch, struct value arn, int i)
{
    struct str parts[ARN_PARTS];
    if (!arn_split(value_text(arn), parts))
        return cel_error(scratch, "not an ARN: %.*s", STRF(value_text(arn)));
    return value_str(parts[i]);
}

static struct value arn_partition(struct arena *scratch,
                                  const struct value *args)
{
    return arn_part(scratch, args[0], 1);
}

static struct value arn_service(struct arena *scratch, const struct value *args)
{
    return arn_part(scratch, args[0], 2);
}

static struct value arn_region(struct arena *scratch, const struct value *args)
{
    return arn_part(scratch, args[0], 3);
}

static struct value arn_account(struct arena *scratch, const struct value *args)
{
    return arn_part(scratch, args[0], 4);
}

static struct value arn_resource(struct arena *scratch,
                                 const struct value *args)
{
    return arn_part(scratch, args[0], 5);
}

static struct value arn_is_valid(struct arena *scratch,
                                 const struct value *args)
{
    struct str parts[ARN_PARTS];
    (void)scratch;
    return value_bool(arn_split(value_text(args[0]), parts));
}

static bool key_split(struct str arn, struct str parts[ARN_PARTS])
{
    if (!arn_split(arn, parts) || !str_is(parts[2], "kms"))
        return false;
    for (int i = 0; i < ARN_PARTS; i++)
        if (parts[i].n == 0)
            return false;
    return str_starts(parts[5], STR("key/")) && parts[5].n > 4;
}

static struct value kms_part(struct arena *scratch, struct value arn, int i)
{
    struct str parts[ARN_PARTS];
    if (!key_split(value_text(arn), parts))
        return cel_error(scratch, "not the ARN of a KMS key: %.*s",
                         STRF(value_text(arn)));
    return value_str(i == 5 ? str_sub(parts[5], 4, parts[5].n) : parts[i]);
}

static struct value kms_region(struct arena *scratch, const struct value *args)
{
    return kms_part(scratch, args[0], 3);
}

static struct value kms_account(struct arena *scratch, const struct value *args)
{
    return kms_part(scratch, args[0], 4);
}

static struct value kms_key_id(struct arena *scratch, const struct value *args)
{
    return kms_part(scratch, args[0], 5);
}

static struct value kms_is_key_arn(struct arena *scratch,
                                   const struct value *args)
{
    struct str parts[ARN_PARTS];
    (void)scratch;
    return value_bool(key_split(value_text(args[0]), parts));
}

/* An ARN or a bare id: what counts is what follows the last slash. */
static struct value kms_is_multi_region(struct arena *scratch,
                                        const struct value *args)
{
    struct str text = value_text(args[0]);
    (void)scratch;
    for (size_t i = text.n; i-- > 0;)
        if (text.p[i] == '/') {
            text = str_sub(text, i + 1, text.n);
            break;
        }
    return value_bool(str_starts(text, STR("mrk-")));
}

static struct value version_compare(struct arena *scratch,
                                    const struct value *args)
{
    for (int i = 0; i < 2; i++)
        if (!versions_valid(value_text(args[i])))
            return cel_error(scratch, "not a version: %.*s",
                             STRF(value_text(args[i])));
    return value_int(
        versions_compare(value_text(args[0]), value_text(args[1])));
}

static struct value version_matches(struct arena *scratch,
                                    const struct value *args)
{
    bool matches = false;
    if (!versions_valid(value_text(args[0])))
        return cel_error(scratch, "not a version: %.*s",
                         STRF(value_text(args[0])));
    if (!versions_match(value_text(args[0]), value_text(args[1]), &matches))
        return cel_error(scratch, "not a range of versions: %.*s",
                         STRF(value_text(args[1])));
    return value_bool(matches);
}

static struct value version_major(struct arena *scratch,
                                  const struct value *args)
{
    int64_t major;
    if (!versions_major(value_text(args[0]), &major))
        return cel_error(scratch, "no number in version: %.*s",
                         STRF(value_text(args[0])));
    return value_int(major);
}

#define OF_TEXT(text, type, partial, function)                                 \
    {.name = STR_INIT(text),                                                   \
     .args = {&type_string},                                                   \
     .n_args = 1,                                                              \
     .result = &(type),                                                        \
     .is_partial = (partial),                                                  \
     .apply = (function)}
#define OF_TEXTS(text, type, partial, function)                                \
    {.name = STR_INIT(text),                                                   \
     .args = {&type_string, &type_string},                                     \
     .n_args = 2,                                                              \
     .result = &(type),                                                        \
     .is_partial = (partial),                                                  \
     .apply = (function)}

static const struct cel_function functions[] = {
    OF_TEXTS("version.compare", type_int, true, version_compare),
    OF_TEXTS("version.matches", type_bool, true, version_matches),
    OF_TEXT("version.major", type_int, true, version_major),
    OF_TEXT("arn.partition", type_string, true, arn_partition),
    OF_TEXT("arn.service", type_string, true, arn_service),
    OF_TEXT("arn.region", type_string, true, arn_region),
    OF_TEXT("arn.account", type_string, true, arn_account),
    OF_TEXT("arn.resource", type_string, true, arn_resource),
    OF_TEXT("arn.isValid", type_bool, false, arn_is_valid),
    OF_TEXT("kms.region", type_string, true, kms_region),
    OF_TEXT("kms.account", type_string, true, kms_account),
    OF_TEXT("kms.keyId", type_string, true, kms_key_id),
    OF_TEXT("kms.isKeyArn", type_bool, false, kms_is_key_arn),
    OF_TEXT("kms.isMultiRegion", type_bool, false, kms_is_multi_region),
};

const struct cel_options functions_options = {
    .is_rule = true,
    .functions = functions,
    .n_functions = N_ITEMS(functions),
};
