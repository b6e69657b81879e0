/* Runs all cases of a folder of Signature Version 4 vectors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/aws/sign.h"
#include "checker/base/clock.h"
#include "checker/base/file.h"
#include "checker/base/json.h"

enum { FILE_LIMIT = 1 << 20 };

struct vector {
    const char *folder;
    struct aws_request request;
    struct aws_credentials credentials;
    struct aws_scope scope;
    int64_t now;
};

static size_t n_passed, n_failed;

static bool read_part(struct arena *arena, const struct vector *vector,
                      const char *name, struct str *out, struct err *err)
{
    struct str path = str_fmt(arena, "%s/%s", vector->folder, name);
    return file_read(arena, path.p, FILE_LIMIT, out, err);
}

static struct str text_of(struct value map, const char *key)
{
    struct value v = value_get(map, str_of(key));
    return v.kind == VALUE_STRING ? value_text(v) : (struct str){0};
}

static bool flag_of(struct value map, const char *key)
{
    struct value v = value_get(map, str_of(key));
    return v.kind == VALUE_BOOL && v.as.b;
}

static bool read_context(struct arena *arena, struct vector *vector,
                         struct err *err)
{
    struct str text;
    struct value context;
    if (!read_part(arena, vector, "context.json", &text, err) ||
        !json_read(arena, text, "context.json", (struct json_limits){0},
                   &context, err))
        return false;
    struct value who = value_get(context, STR("credentials"));
    struct value expires = value_get(context, STR("expiration_in_seconds"));
    if (context.kind != VALUE_MAP || who.kind != VALUE_MAP ||
        !timestamp_read(text_of(context, "timestamp"), &vector->now))
        return err_set(err, ERR_INPUT, "no credentials, or no timestamp");
    vector->credentials = (struct aws_credentials){
        .access_key_id = text_of(who, "access_key_id"),
        .secret_access_key = text_of(who, "secret_access_key"),
        .session_token = text_of(who, "token"),
    };
    vector->scope = (struct aws_scope){
        .credentials = &vector->credentials,
        .region = text_of(context, "region"),
        .service = text_of(context, "service"),
        .normalize_path = flag_of(context, "normalize"),
        .sign_body = flag_of(context, "sign_body"),
        .omit_session_token = flag_of(context, "omit_session_token"),
        .expires = expires.kind == VALUE_INT ? expires.as.i : 0,
    };
    return true;
}

/* The line up to the newline; false at the empty line or at the end. */
static bool next_line(struct str *rest, struct str *line)
{
    if (rest->n == 0)
        return false;
    size_t end = str_find(*rest, STR("\n"), 0);
    *line = str_sub(*rest, 0, end);
    *rest = end < rest->n ? str_sub(*rest, end + 1, rest->n) : (struct str){0};
    return line->n > 0;
}

/* The target may hold blanks: it ends at the last one of the line. */
static bool read_target(struct str line, struct aws_request *request)
{
    size_t from = str_find(line, STR(" "), 0), to = line.n;
    while (to > 0 && line.p[to - 1] != ' ')
        to--;
    if (from == SIZE_MAX || to <= from + 1)
        return false;
    request->method = str_sub(line, 0, from);
    struct str target = str_sub(line, from + 1, to - 1);
    size_t mark = str_find(target, STR("?"), 0);
    request->path = str_sub(target, 0, mark);
    request->query =
        mark < target.n ? str_sub(target, mark + 1, target.n) : (struct str){0};
    return true;
}

static bool read_request(struct arena *arena, struct vector *vector,
                         struct err *err)
{
    struct str text, line;
    if (!read_part(arena, vector, "request.txt", &text, err))
        return false;
    struct aws_request *request = &vector->request;
    struct aws_header *headers = NULL;
    size_t n = 0, capacity = 0;
    if (!next_line(&text, &line) || !read_target(line, request))
        return err_set(err, ERR_INPUT, "request.txt has no request line");
    while (next_line(&text, &line)) {
        if (line.p[0] == ' ' && n > 0) {
            struct str value = headers[n - 1].value;
            headers[n - 1].value =
                str_fmt(arena, "%.*s\n%.*s", STRF(value), STRF(line));
            continue;
        }
        size_t colon = str_find(line, STR(":"), 0);
        if (colon == SIZE_MAX)
            return err_set(err, ERR_INPUT, "request.txt: '%.*s' is no header",
                           STRF(line));
        headers = arena_grow(arena, headers, n, &capacity, sizeof(*headers));
        headers[n++] = (struct aws_header){str_sub(line, 0, colon),
                                           str_sub(line, colon + 1, line.n)};
    }
    request->headers = headers;
    request->n_headers = n;
    request->body = text;
    return true;
}

static void fail(const struct vector *vector, const char *kind,
                 const char *what, struct str want, struct str got)
{
    printf("FAIL %s (%s): %s differs\n  want: %.*s\n  got:  %.*s\n",
           vector->folder, kind, what, STRF(want), STRF(got));
}

/* Compares the three texts; all that differ are named. */
static void compare(struct arena *arena, const struct vector *vector,
                    const char *kind, const struct aws_signed *got)
{
    const struct {
        const char *what;
        struct str text;
    } parts[] = {
        {"canonical-request", got->canonical_request},
        {"string-to-sign", got->string_to_sign},
        {"signature", str_of(got->signature)},
    };
    bool is_same = true;
    for (size_t i = 0; i < N_ITEMS(parts); i++) {
        struct str name = str_fmt(arena, "%s-%s.txt", kind, parts[i].what);
        struct str want;
        struct err err = {0};
        if (!read_part(arena, vector, name.p, &want, &err)) {
            fail(vector, kind, name.p, STR("a file that can be read"),
                 err_text(arena, &err));
            is_same = false;
        } else if (!str_eq(want, parts[i].text)) {
            fail(vector, kind, parts[i].what, want, parts[i].text);
            is_same = false;
        }
    }
    n_passed += is_same ? 1 : 0;
    n_failed += is_same ? 0 : 1;
}

typedef bool signer(struct arena *, const struct aws_request *,
                    const struct aws_scope *, int64_t, struct aws_signed *,
                    struct err *);

static void run_case(struct arena *arena, const char *folder)
{
    static const struct {
        const char *kind;
        signer *sign;
    } kinds[] = {{"header", aws_sign_headers}, {"query", aws_sign_query}};
    struct vector vector = {.folder = folder};
    struct err err = {0};
    bool is_read = read_context(arena, &vector, &err) &&
                   read_request(arena, &vector, &err);
    for (size_t i = 0; i < N_ITEMS(kinds); i++) {
        struct aws_signed got = {0};
        if (is_read && kinds[i].sign(arena, &vector.request, &vector.scope,
                                     vector.now, &got, &err)) {
            compare(arena, &vector, kinds[i].kind, &got);
        } else {
            fail(&vector, kinds[i].kind, "the outcome", STR("a signature"),
                 err_text(arena, &err));
            n_failed++;
        }
    }
}

/* Every folder below DIR that holds a context.json is a case. */
int main(int argc, char **argv)
{
    struct arena arena = {0}, scratch = {0};
    struct err err = {0};
    const char **files;
    size_t n;
    if (argc != 2) {
        fprintf(stderr, "usage: sigv4_suite DIR\n");
        return 2;
    }
    if (!file_list(&arena, argv[1], STR("context.json"), &files, &n, &err)) {
        fprintf(stderr, "%.*s\n", STRF(err_text(&arena, &err)));
        arena_release(&arena);
        return 2;
    }
    for (size_t i = 0; i < n; i++) {
        struct str path = str_of(files[i]);
        struct str folder = str_sub(path, 0, path.n - strlen("/context.json"));
        run_case(&scratch, str_cstr(&scratch, folder));
        arena_reset(&scratch);
    }
    if (n == 0)
        fprintf(stderr, "no case in '%s'\n", argv[1]);
    printf("%zu passed, %zu failed\n", n_passed, n_failed);
    arena_release(&scratch);
    arena_release(&arena);
    return n == 0 ? 2 : n_failed > 0 ? 1 : 0;
}
