/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SRCGUARD_COMPAT_NET_IP_H
#define SRCGUARD_COMPAT_NET_IP_H

#include_next <net/ip.h>
#include <net/route.h>

/*
 * Before 6.12 routing looked at three bits of the old TOS field only, and so
 * does the kernel's own source validation there.
 */
#ifndef SRCGUARD_HAVE_FULL_DSCP
static inline dscp_t srcguard_compat_ip4h_dscp(const struct iphdr *iph)
{
	return (__force dscp_t)(iph->tos & IPTOS_RT_MASK);
}
#define ip4h_dscp srcguard_compat_ip4h_dscp
#endif

#endif /* SRCGUARD_COMPAT_NET_IP_H */
