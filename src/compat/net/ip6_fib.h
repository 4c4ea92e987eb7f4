/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SRCGUARD_COMPAT_NET_IP6_FIB_H
#define SRCGUARD_COMPAT_NET_IP6_FIB_H

#include_next <net/ip6_fib.h>

/* While IPv6 could be a module (until after 6.12), it was reached by a stub. */
#ifdef SRCGUARD_HAVE_IPV6_STUB
#include <net/ipv6_stubs.h>

static inline int srcguard_compat_fib6_lookup(struct net *net, int oif, struct flowi6 *fl6,
					      struct fib6_result *result, int flags)
{
	return ipv6_stub->fib6_lookup(net, oif, fl6, result, flags);
}
#define fib6_lookup srcguard_compat_fib6_lookup
#endif

#endif /* SRCGUARD_COMPAT_NET_IP6_FIB_H */
