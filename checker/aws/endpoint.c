/* Service and region to the address of the endpoint, and what is known of the
 * regions. */
#include "checker/aws/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/embedded.h"
#include "checker/base/yaml.h"

#define PARTITIONS "rules/catalogue/partitions.yaml"

struct partition {
    struct str id, suffix;
};

struct region {
    struct str name;
    const struct partition *partition;
    bool is_opt_in;
};

struct aws_regions {
    struct region *items; /* sorted by name, as `names` is */
    struct str *names;
    size_t n, capacity;
};

/* ---- the partitions' file ---- */

/* What a reader of the file works with. */
struct reading {
    struct arena *arena;
    const struct source *source;
    struct aws_regions *regions;
    struct diags *diags;
};

static bool complain(const struct reading *r, const struct yaml_node *node,
                     const char *text)
{
    return diag_add(r->diags, DIAG_ERROR, r->source, node->at, (struct str){0},
                    "%s", text);
}

static bool read_region(struct reading *r, const struct partition *partition,
                        const struct yaml_node *name,
                        const struct yaml_node *state)
{
    struct aws_regions *regions = r->regions;
    bool is_opt_in =
        state->kind == YAML_SCALAR && str_is(state->text, "opt-in");
    if (!is_opt_in &&
        (state->kind != YAML_SCALAR || !str_is(state->text, "default")))
        return complain(r, state, "a region is 'default' or 'opt-in'");
    regions->items = arena_grow(r->arena, regions->items, regions->n,
                                &regions->capacity, sizeof(*regions->items));
    regions->items[regions->n++] =
        (struct region){str_dup(r->arena, name->text), partition, is_opt_in};
    return true;
}

static bool read_partition(struct reading *r, const struct yaml_node *id,
                           const struct yaml_node *node)
{
    const struct yaml_node *suffix = NULL, *regions = NULL;
    if (node->kind == YAML_MAPPING) {
        suffix = yaml_get(node, "suffix");
        regions = yaml_get(node, "regions");
    }
    if (suffix == NULL || suffix->kind != YAML_SCALAR || regions == NULL ||
        regions->kind != YAML_MAPPING)
        return complain(r, id, "a partition has a suffix and regions");
    struct partition *partition = ARENA_NEW(r->arena, struct partition);
    partition->id = str_dup(r->arena, id->text);
    partition->suffix = str_dup(r->arena, suffix->text);
    bool is_ok = true;
    for (size_t i = 0; i < regions->n; i++)
        is_ok &= read_region(r, partition, regions->keys[i], regions->items[i]);
    return is_ok;
}

static int by_region(const void *a, const void *b)
{
    const struct region *x = a, *y = b;
    return str_cmp(x->name, y->name);
}

static void sort_regions(struct arena *arena, struct aws_regions *regions)
{
    if (regions->n > 1)
        qsort(regions->items, regions->n, sizeof(struct region), by_region);
    regions->names = ARENA_ARRAY(arena, regions->n, struct str);
    for (size_t i = 0; i < regions->n; i++)
        regions->names[i] = regions->items[i].name;
}

bool aws_regions_read(struct arena *arena, const struct source *source,
                      struct aws_regions **out, struct diags *diags)
{
    struct reading r = {.arena = arena, .source = source, .diags = diags};
    const struct yaml_node *root;
    if (!yaml_read(arena, source, (struct yaml_limits){0}, &root, diags))
        return false;
    const struct yaml_node *partitions =
        root->kind == YAML_MAPPING ? yaml_get(root, "partitions") : NULL;
    if (partitions == NULL || partitions->kind != YAML_MAPPING)
        return complain(&r, root, "the file has a mapping 'partitions'");
    r.regions = ARENA_NEW(arena, struct aws_regions);
    bool is_ok = true;
    for (size_t i = 0; i < partitions->n; i++)
        is_ok &= read_partition(&r, partitions->keys[i], partitions->items[i]);
    if (!is_ok)
        return false;
    sort_regions(arena, r.regions);
    *out = r.regions;
    return true;
}

bool aws_regions_load(struct arena *arena, struct aws_regions **out,
                      struct diags *diags)
{
    struct source *source = ARENA_NEW(arena, struct source);
    source->path = PARTITIONS;
    for (size_t i = 0; i < n_embedded_files; i++) {
        const struct embedded *file = &embedded_files[i];
        if (strcmp(file->path, PARTITIONS) != 0)
            continue;
        source->text =
            (struct str){file->text, (size_t)(file->end - file->text)};
        return aws_regions_read(arena, source, out, diags);
    }
    return diag_add(diags, DIAG_ERROR, NULL, (struct span){0}, (struct str){0},
                    "the program was built without %s", PARTITIONS);
}

static const struct region *find_region(const struct aws_regions *regions,
                                        struct str name)
{
    struct region key = {.name = name};
    if (regions->n == 0)
        return NULL;
    return bsearch(&key, regions->items, regions->n, sizeof(key), by_region);
}

struct str aws_partition_of(const struct aws_regions *regions,
                            struct str region)
{
    const struct region *found = find_region(regions, region);
    return found != NULL ? found->partition->id : (struct str){0};
}

bool aws_region_is_opt_in(const struct aws_regions *regions, struct str region)
{
    const struct region *found = find_region(regions, region);
    return found != NULL && found->is_opt_in;
}

const struct str *aws_region_names(const struct aws_regions *regions, size_t *n)
{
    *n = regions->n;
    return regions->names;
}

/* ---- URLs ---- */

static bool is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

/* A name, an IPv4 address, or an IPv6 address in brackets. */
static bool is_host(struct str host)
{
    bool is_v6 = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (is_v6)
        host = str_sub(host, 1, host.n - 1);
    for (size_t i = 0; i < host.n; i++)
        if (!is_host_char(host.p[i]) && !(is_v6 && host.p[i] == ':'))
            return false;
    return host.n > 0;
}

/* Written in full: 127.1 or 0177.0.0.1 mean what the resolver makes of them. */
static bool is_loopback(struct str host)
{
    struct str part = {0};
    unsigned n = 0;
    if (str_is(host, "localhost") || str_is(host, "[::1]"))
        return true;
    while (str_split(&host, '.', &part)) {
        int64_t number;
        bool is_plain = part.n == 1 || (part.n > 0 && part.p[0] != '0');
        if (!is_plain || !str_to_int(part, &number) || number < 0 ||
            number > 255 || (n == 0 && number != 127))
            return false;
        n++;
    }
    return n == 4;
}

static bool malformed(struct str url, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "the endpoint URL '%.*s' is not of the form "
                   "http[s]://HOST[:PORT][/PATH]",
                   STRF(url));
}

/* Cuts ":PORT" off; `*port` is 0 if there is none. */
static bool cut_port(struct str *authority, int64_t *port)
{
    size_t colon = authority->n;
    *port = 0;
    while (colon > 0 && authority->p[colon - 1] != ':' &&
           authority->p[colon - 1] != ']')
        colon--;
    if (colon == 0 || authority->p[colon - 1] == ']')
        return colon == 0 || colon == authority->n;
    struct str digits = str_sub(*authority, colon, authority->n);
    authority->n = colon - 1;
    return digits.n > 0 && digits.p[0] != '-' && str_to_int(digits, port) &&
           *port > 0 && *port <= 65535;
}

static bool is_path(struct str path)
{
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] <= ' ' || path.p[i] > '~' ||
            memchr("?#\\\"<>", path.p[i], 6) != NULL)
            return false;
    return true;
}

bool aws_endpoint_read(struct arena *arena, struct str url,
                       struct aws_endpoint *out, struct err *err)
{
    static const struct {
        struct str scheme;
        int64_t port;
    } schemes[] = {{STR_INIT("https://"), 443}, {STR_INIT("http://"), 80}};
    size_t which = 0;
    while (which < N_ITEMS(schemes) && !str_starts(url, schemes[which].scheme))
        which++;
    if (which == N_ITEMS(schemes))
        return malformed(url, err);
    struct str scheme = schemes[which].scheme;
    size_t slash = str_find(url, STR("/"), scheme.n);
    struct str host = str_lower(arena, str_sub(url, scheme.n, slash));
    struct str path =
        slash < url.n ? str_sub(url, slash, url.n) : (struct str){0};
    int64_t port;
    if (!cut_port(&host, &port) || !is_host(host) || !is_path(path))
        return malformed(url, err);
    if (which > 0 && !is_loopback(host))
        return err_set(err, ERR_USAGE,
                       "the endpoint URL '%.*s' would send credentials over "
                       "plain http to another machine: use https",
                       STRF(url));
    while (path.n > 0 && path.p[path.n - 1] == '/')
        path.n--;
    out->host = host;
    if (port != 0 && port != schemes[which].port)
        out->host = str_fmt(arena, "%.*s:%lld", STRF(host), (long long)port);
    out->path = str_fmt(arena, "%.*s/", STRF(path));
    out->url = str_fmt(arena, "%.*s%.*s%.*s", STRF(scheme), STRF(out->host),
                       STRF(out->path));
    return true;
}

/* ---- the endpoint of a service ---- */

/* The id as it stands in names of settings: '_' for '-'. */
static struct str setting_name(struct arena *arena, struct str id, bool is_env)
{
    char *name = str_cstr(arena, id);
    for (size_t i = 0; i < id.n; i++) {
        if (name[i] == '-' || name[i] == ' ')
            name[i] = '_';
        else if (is_env && name[i] >= 'a' && name[i] <= 'z')
            name[i] = (char)(name[i] - 'a' + 'A');
    }
    return (struct str){name, id.n};
}

static const char *configured(struct arena *arena,
                              const struct aws_config *config,
                              const struct aws_service *service)
{
    if (config->environment != NULL) {
        struct str name = setting_name(arena, service->id, true);
        const char *variable =
            str_fmt(arena, "AWS_ENDPOINT_URL_%.*s", STRF(name)).p;
        const char *url = config->environment(variable);
        if (url != NULL && url[0] != '\0')
            return url;
    }
    const char *url = map_get(&config->endpoint_urls,
                              setting_name(arena, service->id, false));
    return url != NULL ? url : map_get(&config->endpoint_urls, STR(""));
}

bool aws_endpoint(struct arena *arena, const struct aws_config *config,
                  const struct aws_regions *regions,
                  const struct aws_service *service, struct str region,
                  struct aws_endpoint *out, struct err *err)
{
    const char *url = configured(arena, config, service);
    if (url != NULL)
        return aws_endpoint_read(arena, str_of(url), out, err);
    const struct region *found = find_region(regions, region);
    if (found == NULL) {
        struct str hint =
            did_you_mean(arena, region, regions->names, regions->n);
        return err_set(err, ERR_INPUT, "unknown region '%.*s'%s%.*s",
                       STRF(region), hint.n > 0 ? ", " : "", STRF(hint));
    }
    out->host = str_fmt(arena, "%.*s.%.*s.%.*s", STRF(service->endpoint_prefix),
                        STRF(region), STRF(found->partition->suffix));
    out->path = STR("/");
    out->url = str_fmt(arena, "https://%.*s/", STRF(out->host));
    return true;
}
