/* IP addresses and networks, of CEL's extension of that name. */
#ifndef DR_CEL_NET_H
#define DR_CEL_NET_H

#include "checker/base/value.h"

bool net_same(struct value a, struct value b);
bool net_is_cidr(struct value v); /* of VALUE_NET: else an address */
void net_print(struct buf *out, struct value v);

struct value net_ip(struct arena *arena, const struct value *args);
struct value net_is_ip(struct arena *arena, const struct value *args);
struct value net_is_canonical(struct arena *arena, const struct value *args);
struct value net_cidr(struct arena *arena, const struct value *args);
struct value net_is_cidr_text(struct arena *arena, const struct value *args);
struct value net_family(struct arena *arena, const struct value *args);
struct value net_is_unspecified(struct arena *arena, const struct value *args);
struct value net_is_loopback(struct arena *arena, const struct value *args);
struct value net_is_global_unicast(struct arena *arena,
                                   const struct value *args);
struct value net_is_link_local_multicast(struct arena *arena,
                                         const struct value *args);
struct value net_is_link_local_unicast(struct arena *arena,
                                       const struct value *args);
struct value net_contains_ip(struct arena *arena, const struct value *args);
struct value net_contains_cidr(struct arena *arena, const struct value *args);
struct value net_base(struct arena *arena, const struct value *args);
struct value net_masked(struct arena *arena, const struct value *args);
struct value net_prefix_length(struct arena *arena, const struct value *args);

#endif
