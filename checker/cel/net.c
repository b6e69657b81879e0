/* IP addresses and networks. */
#include "checker/cel/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "checker/cel/stdlib.h"

struct net {
    uint8_t bytes[16];
    uint8_t n;      /* 4 or 16 */
    uint8_t prefix; /* of a network */
};

static const struct net *net_of(struct value v)
{
    return v.as.p;
}

bool net_is_cidr(struct value v)
{
    return v.aux == VALUE_NET_CIDR;
}

static bool is_v4_mapped(const struct net *net)
{
    static const uint8_t prefix[12] = {[10] = 0xFF, [11] = 0xFF};
    return net->n == 16 && memcmp(net->bytes, prefix, sizeof(prefix)) == 0;
}

/* An address in its own family: an IPv4 one in IPv6's clothes is IPv4. */
static struct net unmapped(const struct net *net)
{
    struct net out = *net;
    if (!is_v4_mapped(net))
        return out;
    out.n = 4;
    memcpy(out.bytes, net->bytes + 12, 4);
    return out;
}

bool net_same(struct value a, struct value b)
{
    if (a.aux != b.aux || a.aux == VALUE_NET_PATTERN)
        return a.as.p == b.as.p;
    struct net x = unmapped(net_of(a)), y = unmapped(net_of(b));
    return x.n == y.n && x.prefix == y.prefix &&
           memcmp(x.bytes, y.bytes, x.n) == 0;
}

static void print_address(struct buf *out, const struct net *net)
{
    char text[INET6_ADDRSTRLEN];
    if (inet_ntop(net->n == 4 ? AF_INET : AF_INET6, net->bytes, text,
                  sizeof(text)) != NULL)
        buf_adds(out, text);
}

void net_print(struct buf *out, struct value v)
{
    if (v.aux == VALUE_NET_PATTERN)
        return;
    print_address(out, net_of(v));
    if (net_is_cidr(v))
        buf_addf(out, "/%u", (unsigned)net_of(v)->prefix);
}

/* ---- reading ---- */

/* An address without a zone; IPv6 with an IPv4 tail in dots is refused. */
static bool read_ip(struct str s, struct net *out)
{
    char text[INET6_ADDRSTRLEN];
    bool has_colon = str_contains(s, STR(":"));
    *out = (struct net){.n = has_colon ? 16 : 4};
    if (s.n >= sizeof(text) || memchr(s.p, '\0', s.n) != NULL ||
        (has_colon && str_contains(s, STR("."))))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    return inet_pton(has_colon ? AF_INET6 : AF_INET, text, out->bytes) == 1;
}

static bool read_cidr(struct str s, struct net *out)
{
    size_t slash = str_find(s, STR("/"), 0);
    if (slash == SIZE_MAX || !read_ip(str_sub(s, 0, slash), out))
        return false;
    struct str digits = str_sub(s, slash + 1, s.n);
    int64_t prefix;
    if (digits.n == 0 || digits.n > 3 || digits.p[0] < '0' ||
        (digits.p[0] == '0' && digits.n > 1) || !str_to_int(digits, &prefix) ||
        prefix > 8 * out->n)
        return false;
    out->prefix = (uint8_t)prefix;
    return true;
}

static struct value net_value(struct arena *arena, const struct net *net,
                              uint16_t aux)
{
    struct net *copy = ARENA_NEW(arena, struct net);
    *copy = *net;
    return (struct value){.kind = VALUE_NET, .aux = aux, .as.p = copy};
}

struct value net_ip(struct arena *arena, const struct value *args)
{
    struct net net;
    if (!read_ip(value_text(args[0]), &net))
        return cel_error(arena, "'%.*s' is no IP address",
                         STRF(value_text(args[0])));
    return net_value(arena, &net, VALUE_NET_IP);
}

struct value net_cidr(struct arena *arena, const struct value *args)
{
    struct net net;
    if (!read_cidr(value_text(args[0]), &net))
        return cel_error(arena, "'%.*s' is no network",
                         STRF(value_text(args[0])));
    return net_value(arena, &net, VALUE_NET_CIDR);
}

struct value net_is_ip(struct arena *arena, const struct value *args)
{
    struct net net;
    (void)arena;
    return value_bool(read_ip(value_text(args[0]), &net));
}

struct value net_is_cidr_text(struct arena *arena, const struct value *args)
{
    struct net net;
    (void)arena;
    return value_bool(read_cidr(value_text(args[0]), &net));
}

struct value net_is_canonical(struct arena *arena, const struct value *args)
{
    struct net net;
    struct buf text = {0};
    if (!read_ip(value_text(args[0]), &net))
        return net_ip(arena, args);
    print_address(&text, &net);
    bool is_same = str_eq(buf_str(&text), value_text(args[0]));
    buf_release(&text);
    return value_bool(is_same);
}

/* ---- kinds of addresses ---- */

struct value net_family(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_int(net_of(args[0])->n == 4 ? 4 : 6);
}

/* Whether all bytes but the last are 0, and the last is `last`. */
static bool is_tail(const struct net *net, uint8_t last)
{
    for (uint8_t i = 0; i + 1 < net->n; i++)
        if (net->bytes[i] != 0)
            return false;
    return net->bytes[net->n - 1] == last;
}

struct value net_is_unspecified(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_bool(is_tail(net_of(args[0]), 0));
}

static bool is_loopback(const struct net *net)
{
    return net->n == 4 ? net->bytes[0] == 127 : is_tail(net, 1);
}

struct value net_is_loopback(struct arena *arena, const struct value *args)
{
    struct net net = unmapped(net_of(args[0]));
    (void)arena;
    return value_bool(is_loopback(&net));
}

static bool is_link_local(const struct net *net)
{
    return net->n == 4
               ? net->bytes[0] == 169 && net->bytes[1] == 254
               : net->bytes[0] == 0xFE && (net->bytes[1] & 0xC0) == 0x80;
}

static bool is_multicast(const struct net *net)
{
    return net->n == 4 ? (net->bytes[0] & 0xF0) == 0xE0 : net->bytes[0] == 0xFF;
}

struct value net_is_global_unicast(struct arena *arena,
                                   const struct value *args)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    struct net net = unmapped(net_of(args[0]));
    bool is_broadcast =
        net.n == 4 && memcmp(net.bytes, broadcast, sizeof(broadcast)) == 0;
    (void)arena;
    return value_bool(!is_broadcast && !is_tail(&net, 0) &&
                      !is_loopback(&net) && !is_multicast(&net) &&
                      !is_link_local(&net));
}

struct value net_is_link_local_multicast(struct arena *arena,
                                         const struct value *args)
{
    struct net net = unmapped(net_of(args[0]));
    (void)arena;
    if (net.n == 4)
        return value_bool(net.bytes[0] == 224 && net.bytes[1] == 0 &&
                          net.bytes[2] == 0);
    return value_bool(net.bytes[0] == 0xFF && (net.bytes[1] & 0x0F) == 2);
}

struct value net_is_link_local_unicast(struct arena *arena,
                                       const struct value *args)
{
    struct net net = unmapped(net_of(args[0]));
    (void)arena;
    return value_bool(is_link_local(&net));
}

/* ---- networks ---- */

/* The address with what is behind the prefix cleared. */
static struct net masked(const struct net *net, uint8_t prefix)
{
    struct net out = *net;
    for (unsigned i = 0; i < net->n; i++) {
        unsigned before = 8 * i;
        if (before >= prefix)
            out.bytes[i] = 0;
        else if (prefix - before < 8)
            out.bytes[i] &= (uint8_t)(0xFF00u >> (prefix - before));
    }
    return out;
}

static bool is_in(const struct net *outer, const struct net *address)
{
    struct net a = masked(outer, outer->prefix);
    struct net b = masked(address, outer->prefix);
    return a.n == b.n && memcmp(a.bytes, b.bytes, a.n) == 0;
}

struct value net_contains_ip(struct arena *arena, const struct value *args)
{
    struct value v =
        args[1].kind == VALUE_STRING ? net_ip(arena, &args[1]) : args[1];
    return v.kind == VALUE_NET ? value_bool(is_in(net_of(args[0]), net_of(v)))
                               : v;
}

struct value net_contains_cidr(struct arena *arena, const struct value *args)
{
    struct value v =
        args[1].kind == VALUE_STRING ? net_cidr(arena, &args[1]) : args[1];
    return v.kind == VALUE_NET
               ? value_bool(net_of(v)->prefix >= net_of(args[0])->prefix &&
                            is_in(net_of(args[0]), net_of(v)))
               : v;
}

struct value net_base(struct arena *arena, const struct value *args)
{
    struct net net = *net_of(args[0]);
    net.prefix = 0;
    return net_value(arena, &net, VALUE_NET_IP);
}

struct value net_masked(struct arena *arena, const struct value *args)
{
    struct net net = masked(net_of(args[0]), net_of(args[0])->prefix);
    return net_value(arena, &net, VALUE_NET_CIDR);
}

struct value net_prefix_length(struct arena *arena, const struct value *args)
{
    (void)arena;
    return value_int(net_of(args[0])->prefix);
}
