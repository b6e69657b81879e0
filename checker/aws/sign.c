/* Signature Version 4: what is added to a request to prove who sent it. */
#include "checker/aws/sign.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "checker/base/clock.h"

enum { DIGEST = 32, HEX = 2 * DIGEST + 1 };

#define ALGORITHM "AWS4-HMAC-SHA256"

/* What both kinds of signing work with. */
struct signing {
    struct arena *arena;
    const struct aws_request *request;
    const struct aws_scope *scope;
    char time[17];           /* 20150830T123600Z */
    struct str day;          /* its first eight characters */
    struct str place;        /* DAY/REGION/SERVICE/aws4_request */
    struct str signed_names; /* host;x-amz-date */
    char body_hash[HEX];
};

/* The algorithms are built into the library: they fail only without memory. */
static void require(bool is_done)
{
    if (!is_done)
        abort();
}

static void hash_hex(char out[HEX], struct str s)
{
    unsigned char digest[DIGEST];
    const void *p = s.p != NULL ? s.p : "";
    require(EVP_Digest(p, s.n, digest, NULL, EVP_sha256(), NULL) == 1);
    str_hex(out, digest, DIGEST);
}

static void hmac(unsigned char out[DIGEST], const void *key, size_t n_key,
                 struct str text)
{
    require(HMAC(EVP_sha256(), key, (int)n_key,
                 (const unsigned char *)(text.p != NULL ? text.p : ""), text.n,
                 out, NULL) != NULL);
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

void aws_percent_encode(struct buf *out, struct str s, bool keeps_slash)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_unreserved(s.p[i]) || (keeps_slash && c == '/')) {
            buf_addc(out, s.p[i]);
        } else {
            char code[3] = {'%', digits[c >> 4], digits[c & 15]};
            buf_add(out, (struct str){code, 3});
        }
    }
}

static struct str taken(struct arena *arena, struct buf *buf)
{
    struct str s = str_dup(arena, buf_str(buf));
    buf_release(buf);
    return s;
}

static struct str encoded(struct arena *arena, struct str s, bool keeps_slash)
{
    struct buf buf = {0};
    aws_percent_encode(&buf, s, keeps_slash);
    return taken(arena, &buf);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct str decoded(struct arena *arena, struct str s)
{
    char *out = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++, n++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s.p[i + 2]) : -1;
        out[n] = low >= 0 ? (char)(high * 16 + low) : s.p[i];
        if (low >= 0)
            i += 2;
    }
    return (struct str){out, n};
}

/* RFC 3986, 5.2.4, and no empty segments but a trailing slash's. */
static struct str normalized(struct arena *arena, struct str path)
{
    struct str *segments = ARENA_ARRAY(arena, path.n + 1, struct str);
    size_t n = 0;
    bool ends_with_slash = true;
    for (size_t from = 0; from < path.n;) {
        size_t to = str_find(path, STR("/"), from);
        struct str segment = str_sub(path, from, to);
        from = to < path.n ? to + 1 : path.n;
        if (segment.n == 0)
            continue;
        ends_with_slash = to < path.n;
        if (str_is(segment, "..")) {
            n -= n > 0 ? 1 : 0;
            ends_with_slash = true;
        } else if (str_is(segment, ".")) {
            ends_with_slash = true;
        } else {
            segments[n++] = segment;
        }
    }
    struct buf buf = {0};
    for (size_t i = 0; i < n; i++) {
        buf_addc(&buf, '/');
        buf_add(&buf, segments[i]);
    }
    if (ends_with_slash || n == 0)
        buf_addc(&buf, '/');
    return taken(arena, &buf);
}

static struct str canonical_path(const struct signing *s)
{
    struct str path = s->request->path;
    if (path.n == 0)
        path = STR("/");
    if (s->scope->normalize_path)
        path = normalized(s->arena, path);
    return s->scope->keep_path ? path : encoded(s->arena, path, true);
}

/* ---- parameters ---- */

static int by_name_and_value(const void *a, const void *b)
{
    const struct aws_header *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order != 0 ? order : str_cmp(x->value, y->value);
}

/* Decoded and encoded again, sorted: the one form that a parameter has. */
static struct str canonical_query(struct arena *arena, struct str query)
{
    struct aws_header *pairs = NULL;
    size_t n = 0, capacity = 0;
    struct str part = {0};
    while (str_split(&query, '&', &part)) {
        if (part.n == 0)
            continue;
        size_t at = str_find(part, STR("="), 0);
        struct str name = str_sub(part, 0, at);
        struct str value =
            at < part.n ? str_sub(part, at + 1, part.n) : (struct str){0};
        pairs = arena_grow(arena, pairs, n, &capacity, sizeof(*pairs));
        pairs[n].name = encoded(arena, decoded(arena, name), false);
        pairs[n++].value = encoded(arena, decoded(arena, value), false);
    }
    if (n > 1)
        qsort(pairs, n, sizeof(*pairs), by_name_and_value);
    struct buf buf = {0};
    for (size_t i = 0; i < n; i++)
        buf_addf(&buf, "%s%.*s=%.*s", i > 0 ? "&" : "", STRF(pairs[i].name),
                 STRF(pairs[i].value));
    return taken(arena, &buf);
}

static void add_parameter(struct buf *query, const char *name, struct str value)
{
    if (query->n > 0)
        buf_addc(query, '&');
    buf_adds(query, name);
    buf_addc(query, '=');
    aws_percent_encode(query, value, false);
}

/* ---- headers ---- */

static bool is_token(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool is_alnum = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= '0' && c <= '9');
        if (!is_alnum && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return name.n > 0;
}

static bool is_any_of(struct str name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

/* Without blanks at the ends, and with one for each run of them. */
static struct str squeezed(struct arena *arena, struct str value)
{
    value = str_trim(value);
    char *out = arena_alloc(arena, value.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        bool is_blank =
            value.p[i] == ' ' || (value.p[i] >= '\t' && value.p[i] <= '\r');
        if (!is_blank)
            out[n++] = value.p[i];
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    return (struct str){out, n};
}

/* Inserts in the order of names, behind those of the same name. */
static void insert(struct aws_header *sorted, size_t n, struct aws_header item)
{
    size_t at = n;
    for (; at > 0 && str_cmp(sorted[at - 1].name, item.name) > 0; at--)
        sorted[at] = sorted[at - 1];
    sorted[at] = item;
}

/* The headers to sign, sorted, with lower-case names and tidy values. */
static bool collect(struct signing *s, const struct aws_header *more,
                    size_t n_more, struct aws_header **out, size_t *n_out,
                    struct err *err)
{
    /* What a proxy may change or the HTTP library sets. */
    static const char *const unsigned_names[] = {
        "connection", "expect", "transfer-encoding", "user-agent",
        "x-amzn-trace-id"};
    static const char *const own_names[] = {"authorization", "x-amz-date",
                                            "x-amz-security-token"};
    size_t n = 0;
    struct aws_header *sorted = ARENA_ARRAY(
        s->arena, s->request->n_headers + n_more + 1, struct aws_header);
    for (size_t i = 0; i < s->request->n_headers; i++) {
        const struct aws_header *given = &s->request->headers[i];
        struct str name = str_lower(s->arena, given->name);
        bool has_nul = given->value.n > 0 &&
                       memchr(given->value.p, '\0', given->value.n) != NULL;
        if (!is_token(name) || has_nul)
            return err_set(err, ERR_INPUT, "header '%.*s' is malformed",
                           STRF(given->name));
        if (is_any_of(name, own_names, N_ITEMS(own_names)))
            return err_set(err, ERR_INPUT,
                           "header '%.*s' is for signing to add",
                           STRF(given->name));
        if (!is_any_of(name, unsigned_names, N_ITEMS(unsigned_names)))
            insert(sorted, n++,
                   (struct aws_header){name, squeezed(s->arena, given->value)});
    }
    for (size_t i = 0; i < n_more; i++)
        insert(sorted, n++, more[i]);
    *out = sorted;
    *n_out = n;
    return true;
}

/* The headers one a line, values of the same name joined by commas, and the
 * list of names. */
static struct str canonical_headers(struct signing *s,
                                    const struct aws_header *sorted, size_t n)
{
    struct buf lines = {0}, names = {0};
    for (size_t i = 0; i < n; i++) {
        bool is_same = i > 0 && str_eq(sorted[i].name, sorted[i - 1].name);
        if (is_same) {
            buf_addc(&lines, ',');
        } else {
            if (i > 0) {
                buf_addc(&lines, '\n');
                buf_addc(&names, ';');
            }
            buf_add(&names, sorted[i].name);
            buf_add(&lines, sorted[i].name);
            buf_addc(&lines, ':');
        }
        buf_add(&lines, sorted[i].value);
    }
    if (n > 0)
        buf_addc(&lines, '\n');
    s->signed_names = taken(s->arena, &names);
    return taken(s->arena, &lines);
}

/* ---- the signature ---- */

static void begin(struct signing *s, struct arena *arena,
                  const struct aws_request *request,
                  const struct aws_scope *scope, int64_t now)
{
    *s = (struct signing){.arena = arena, .request = request, .scope = scope};
    timestamp_compact(s->time, now);
    s->day = (struct str){s->time, 8};
    s->place = str_fmt(arena, "%.*s/%.*s/%.*s/aws4_request", STRF(s->day),
                       STRF(scope->region), STRF(scope->service));
    hash_hex(s->body_hash, request->body);
}

/* The signing key is derived for a day, a region and a service. */
static void derive_key(unsigned char key[DIGEST], const struct signing *s)
{
    struct str secret = s->scope->credentials->secret_access_key;
    size_t n = secret.n + 4;
    char *seed = arena_alloc(s->arena, n + 1);
    memcpy(seed, "AWS4", 4);
    if (secret.n > 0)
        memcpy(seed + 4, secret.p, secret.n);
    unsigned char steps[3][DIGEST];
    hmac(steps[0], seed, n, s->day);
    hmac(steps[1], steps[0], DIGEST, s->scope->region);
    hmac(steps[2], steps[1], DIGEST, s->scope->service);
    hmac(key, steps[2], DIGEST, STR("aws4_request"));
    wipe(seed, n);
    wipe(steps, sizeof(steps));
}

static void finish(const struct signing *s, struct str query, struct str lines,
                   struct aws_signed *out)
{
    struct str path = canonical_path(s);
    out->canonical_request =
        str_fmt(s->arena, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%s",
                STRF(s->request->method), STRF(path), STRF(query), STRF(lines),
                STRF(s->signed_names), s->body_hash);
    char request_hash[HEX];
    hash_hex(request_hash, out->canonical_request);
    out->string_to_sign = str_fmt(s->arena, ALGORITHM "\n%s\n%.*s\n%s", s->time,
                                  STRF(s->place), request_hash);
    unsigned char key[DIGEST], mac[DIGEST];
    derive_key(key, s);
    hmac(mac, key, DIGEST, out->string_to_sign);
    wipe(key, sizeof(key));
    str_hex(out->signature, mac, DIGEST);
}

bool aws_sign_headers(struct arena *arena, const struct aws_request *request,
                      const struct aws_scope *scope, int64_t now,
                      struct aws_signed *out, struct err *err)
{
    struct signing s;
    begin(&s, arena, request, scope, now);
    struct str token = scope->credentials->session_token;

    struct aws_header added[AWS_SIGN_HEADERS];
    size_t n = 0;
    added[n++] =
        (struct aws_header){STR("x-amz-date"), str_dup(arena, str_of(s.time))};
    if (scope->sign_body)
        added[n++] = (struct aws_header){STR("x-amz-content-sha256"),
                                         str_dup(arena, str_of(s.body_hash))};
    size_t n_signed = n;
    if (token.n > 0) {
        added[n++] = (struct aws_header){STR("x-amz-security-token"), token};
        n_signed = scope->omit_session_token ? n_signed : n;
    }
    struct aws_header *sorted;
    size_t n_sorted;
    if (!collect(&s, added, n_signed, &sorted, &n_sorted, err))
        return false;
    struct str lines = canonical_headers(&s, sorted, n_sorted);
    finish(&s, canonical_query(arena, request->query), lines, out);
    memcpy(out->headers, added, n * sizeof(added[0]));
    out->headers[n++] = (struct aws_header){
        STR("authorization"),
        str_fmt(arena,
                ALGORITHM " Credential=%.*s/%.*s, SignedHeaders=%.*s, "
                          "Signature=%s",
                STRF(scope->credentials->access_key_id), STRF(s.place),
                STRF(s.signed_names), out->signature)};
    out->n_headers = n;
    out->query = request->query;
    return true;
}

bool aws_sign_query(struct arena *arena, const struct aws_request *request,
                    const struct aws_scope *scope, int64_t now,
                    struct aws_signed *out, struct err *err)
{
    struct signing s;
    begin(&s, arena, request, scope, now);
    struct str token = scope->credentials->session_token;
    struct aws_header *sorted;
    size_t n_sorted;
    if (!collect(&s, NULL, 0, &sorted, &n_sorted, err))
        return false;
    struct str lines = canonical_headers(&s, sorted, n_sorted);

    struct buf query = {0};
    buf_add(&query, request->query);
    add_parameter(&query, "X-Amz-Algorithm", STR(ALGORITHM));
    add_parameter(&query, "X-Amz-Credential",
                  str_fmt(arena, "%.*s/%.*s",
                          STRF(scope->credentials->access_key_id),
                          STRF(s.place)));
    add_parameter(&query, "X-Amz-Date", str_of(s.time));
    add_parameter(&query, "X-Amz-Expires",
                  str_fmt(arena, "%lld", (long long)scope->expires));
    add_parameter(&query, "X-Amz-SignedHeaders", s.signed_names);
    if (token.n > 0 && !scope->omit_session_token)
        add_parameter(&query, "X-Amz-Security-Token", token);
    finish(&s, canonical_query(arena, buf_str(&query)), lines, out);
    if (token.n > 0 && scope->omit_session_token)
        add_parameter(&query, "X-Amz-Security-Token", token);
    add_parameter(&query, "X-Amz-Signature", str_of(out->signature));
    out->query = taken(arena, &query);
    out->n_headers = 0;
    return true;
}
