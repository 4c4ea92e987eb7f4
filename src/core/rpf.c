// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reverse-path filter's decisions. Pure: facts in, reason out.
 *
 * The order of the checks is the kernel's own (ip_route_input_slow,
 * ip_mc_validate_source, __fib_validate_source), so that both judge alike.
 */
#include <asm/byteorder.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/rtnetlink.h>
#include "rpf.h"

static _Bool srcguard_rpf_in(__be32 address, __u32 prefix, __u32 mask)
{
	return (address & __cpu_to_be32(mask)) == __cpu_to_be32(prefix);
}

/* The rest of 0.0.0.0/8 is an address as any other since Linux 5.3 (96125bf9985a). */
static _Bool srcguard_rpf_is_zero(__be32 address)
{
	return !address;
}

static _Bool srcguard_rpf_is_loopback(__be32 address)
{
	return srcguard_rpf_in(address, 0x7f000000, 0xff000000);
}

static _Bool srcguard_rpf_is_multicast(__be32 address)
{
	return srcguard_rpf_in(address, 0xe0000000, 0xf0000000);
}

static _Bool srcguard_rpf_is_link_multicast(__be32 address)
{
	return srcguard_rpf_in(address, 0xe0000000, 0xffffff00);
}

static _Bool srcguard_rpf_is_broadcast(__be32 address)
{
	return address == __cpu_to_be32(0xffffffff);
}

static enum srcguard_rpf_next
srcguard_rpf_to_group(const struct srcguard_ipv4_packet *packet, enum srcguard_reason *reason)
{
	if (srcguard_rpf_is_loopback(packet->saddr) && !packet->route_localnet) {
		*reason = SRCGUARD_REASON_SOURCE_LOOPBACK;
		return SRCGUARD_RPF_FAIL;
	}
	if (!srcguard_rpf_is_zero(packet->saddr))
		return SRCGUARD_RPF_ROUTE_ANY;
	/* A host without an address yet may speak to its link, and join groups. */
	if (srcguard_rpf_is_link_multicast(packet->daddr) || packet->protocol == IPPROTO_IGMP)
		return SRCGUARD_RPF_PASS;
	*reason = SRCGUARD_REASON_SOURCE_ZERO;
	return SRCGUARD_RPF_FAIL;
}

/**
 * srcguard_rpf_ipv4_addresses - what a packet's addresses decide by themselves
 * @packet: the packet
 * @reason: set if the packet failed
 *
 * A destination that the kernel refuses on its own (0.0.0.0, or 127.0.0.0/8
 * without route_localnet) passes: it is not the source that is wrong there.
 */
enum srcguard_rpf_next
srcguard_rpf_ipv4_addresses(const struct srcguard_ipv4_packet *packet,
			    enum srcguard_reason *reason)
{
	if (srcguard_rpf_is_multicast(packet->saddr)) {
		*reason = SRCGUARD_REASON_SOURCE_MULTICAST;
		return SRCGUARD_RPF_FAIL;
	}
	if (srcguard_rpf_is_broadcast(packet->saddr)) {
		*reason = SRCGUARD_REASON_SOURCE_BROADCAST;
		return SRCGUARD_RPF_FAIL;
	}
	if (srcguard_rpf_is_multicast(packet->daddr))
		return srcguard_rpf_to_group(packet, reason);
	if (srcguard_rpf_is_broadcast(packet->daddr))
		return srcguard_rpf_is_zero(packet->saddr) ?
		       SRCGUARD_RPF_PASS : SRCGUARD_RPF_ROUTE_ANY;
	if (srcguard_rpf_is_zero(packet->saddr)) {
		/* All zeros to all zeros is a broadcast of old (RFC 1122 3.3.6). */
		if (srcguard_rpf_is_zero(packet->daddr))
			return SRCGUARD_RPF_PASS;
		*reason = SRCGUARD_REASON_SOURCE_ZERO;
		return SRCGUARD_RPF_FAIL;
	}
	if (srcguard_rpf_is_zero(packet->daddr))
		return SRCGUARD_RPF_PASS;
	if (srcguard_rpf_is_loopback(packet->daddr))
		return packet->route_localnet ? SRCGUARD_RPF_ROUTE : SRCGUARD_RPF_PASS;
	if (srcguard_rpf_is_loopback(packet->saddr) && !packet->route_localnet) {
		*reason = SRCGUARD_REASON_SOURCE_LOOPBACK;
		return SRCGUARD_RPF_FAIL;
	}
	return SRCGUARD_RPF_ROUTE;
}

static _Bool srcguard_rpf_ipv6_is_any(const struct in6_addr *address)
{
	return !(address->s6_addr32[0] | address->s6_addr32[1] |
		 address->s6_addr32[2] | address->s6_addr32[3]);
}

static _Bool srcguard_rpf_ipv6_is_loopback(const struct in6_addr *address)
{
	return !(address->s6_addr32[0] | address->s6_addr32[1] | address->s6_addr32[2]) &&
	       address->s6_addr32[3] == __cpu_to_be32(1);
}

static _Bool srcguard_rpf_ipv6_is_multicast(const struct in6_addr *address)
{
	return address->s6_addr[0] == 0xff;
}

static _Bool srcguard_rpf_ipv6_is_link_local(const struct in6_addr *address)
{
	return address->s6_addr[0] == 0xfe && (address->s6_addr[1] & 0xc0) == 0x80;
}

/**
 * srcguard_rpf_ipv6_addresses - what a packet's addresses decide by themselves
 * @packet: the packet
 * @reason: set if the packet failed
 */
enum srcguard_rpf_next
srcguard_rpf_ipv6_addresses(const struct srcguard_ipv6_packet *packet,
			    enum srcguard_reason *reason)
{
	_Bool to_group = srcguard_rpf_ipv6_is_multicast(packet->daddr);

	if (srcguard_rpf_ipv6_is_multicast(packet->saddr)) {
		*reason = SRCGUARD_REASON_SOURCE_MULTICAST;
		return SRCGUARD_RPF_FAIL;
	}
	if (srcguard_rpf_ipv6_is_any(packet->saddr)) {
		/* A host without an address yet asks for one, and joins groups. */
		if (to_group)
			return SRCGUARD_RPF_PASS;
		*reason = SRCGUARD_REASON_SOURCE_ZERO;
		return SRCGUARD_RPF_FAIL;
	}
	if (srcguard_rpf_ipv6_is_loopback(packet->saddr) && !packet->on_loopback) {
		*reason = SRCGUARD_REASON_SOURCE_LOOPBACK;
		return SRCGUARD_RPF_FAIL;
	}
	if (srcguard_rpf_ipv6_is_link_local(packet->saddr))
		return SRCGUARD_RPF_LINK;
	return to_group ? SRCGUARD_RPF_ROUTE_ANY : SRCGUARD_RPF_ROUTE;
}

/**
 * srcguard_rpf_reject_type - the type of a route or rule that answers with an error
 * @err: the negative error that the lookup gave
 *
 * Return: RTN_UNSPEC if there is no such route.
 */
unsigned int srcguard_rpf_reject_type(int err)
{
	switch (err) {
	case -EINVAL:
		return RTN_BLACKHOLE;
	case -EHOSTUNREACH:
		return RTN_UNREACHABLE;
	case -EACCES:
		return RTN_PROHIBIT;
	default:
		return RTN_UNSPEC;
	}
}

/**
 * srcguard_rpf_judge - what the route back to the source decides
 * @mode: not SRCGUARD_RP_FILTER_OFF
 * @route: the route back
 *
 * Return: SRCGUARD_REASON_NONE if the packet passes.
 */
enum srcguard_reason
srcguard_rpf_judge(enum srcguard_rp_filter mode, const struct srcguard_rpf_route *route)
{
	if (route->err)
		return srcguard_rpf_reject_type(route->err) != RTN_UNSPEC ?
		       SRCGUARD_REASON_REJECT_ROUTE : SRCGUARD_REASON_NO_ROUTE;

	switch (route->type) {
	case RTN_UNICAST:
		break;
	case RTN_LOCAL:
		if (!route->own_accepted)
			return SRCGUARD_REASON_OWN_ADDRESS;
		/*
		 * An own address lives on its device, yet what a namespace sends
		 * to itself comes back by loopback. It carries its route then,
		 * unless something on the way (a redirect, a veth) took it off.
		 */
		if (route->on_loopback)
			return SRCGUARD_REASON_NONE;
		break;
	case RTN_BROADCAST:
	case RTN_ANYCAST:
		return SRCGUARD_REASON_SOURCE_BROADCAST;
	case RTN_BLACKHOLE:
	case RTN_UNREACHABLE:
	case RTN_PROHIBIT:
		return SRCGUARD_REASON_REJECT_ROUTE;
	case RTN_MULTICAST:
		return SRCGUARD_REASON_SOURCE_MULTICAST;
	default:
		return SRCGUARD_REASON_NO_ROUTE;
	}

	if (route->uses_device)
		return SRCGUARD_REASON_NONE;
	if (mode == SRCGUARD_RP_FILTER_FEASIBLE && route->feasible)
		return SRCGUARD_REASON_NONE;
	/*
	 * Even loose mode wants the right device where there is no address: a
	 * device that is in use only for a part of its configuration.
	 */
	if (mode != SRCGUARD_RP_FILTER_LOOSE || !route->has_address)
		return SRCGUARD_REASON_WRONG_DEVICE;
	return SRCGUARD_REASON_NONE;
}
