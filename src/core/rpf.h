/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reverse-path filter's decisions, without the kernel: what the addresses
 * decide by themselves, and what the route back to the source decides.
 */
#ifndef SRCGUARD_CORE_RPF_H
#define SRCGUARD_CORE_RPF_H

#include <linux/in6.h>
#include <linux/types.h>
#include <linux/srcguard.h>

/**
 * struct srcguard_ipv4_packet - what the filter asks of an IPv4 packet
 * @saddr: source address
 * @daddr: destination address
 * @protocol: protocol of the payload
 * @route_localnet: whether the arrival device has route_localnet set; read only
 *	if one of the addresses is in 127.0.0.0/8
 */
struct srcguard_ipv4_packet {
	__be32 saddr;
	__be32 daddr;
	__u8 protocol;
	_Bool route_localnet;
};

/**
 * struct srcguard_ipv6_packet - what the filter asks of an IPv6 packet
 * @saddr: source address
 * @daddr: destination address
 * @on_loopback: whether the arrival device is the namespace's loopback device
 */
struct srcguard_ipv6_packet {
	const struct in6_addr *saddr;
	const struct in6_addr *daddr;
	_Bool on_loopback;
};

/**
 * enum srcguard_rpf_next - what is to be done after a look at the addresses
 * @SRCGUARD_RPF_PASS: nothing, the filter has no say in this packet
 * @SRCGUARD_RPF_FAIL: it failed
 * @SRCGUARD_RPF_ROUTE: look up the route back, from the packet's destination
 * @SRCGUARD_RPF_ROUTE_ANY: look up the route back, from no address in
 *	particular, for nobody can send from this packet's destination
 * @SRCGUARD_RPF_LINK: the source means something on the arrival device's link
 *	only, so no route can lead elsewhere: see whether it is an own address
 */
enum srcguard_rpf_next {
	SRCGUARD_RPF_PASS,
	SRCGUARD_RPF_FAIL,
	SRCGUARD_RPF_ROUTE,
	SRCGUARD_RPF_ROUTE_ANY,
	SRCGUARD_RPF_LINK,
};

/**
 * struct srcguard_rpf_route - the route back to the source, as it was found
 * @err: 0, or the negative error that the lookup gave
 * @type: RTN_UNICAST, RTN_LOCAL, ... (valid if @err is 0)
 * @uses_device: one of its nexthops leaves by the arrival device
 * @feasible: a route for the same prefix does; valid in feasible mode
 * @own_accepted: own addresses are let in (IPv4: the arrival device's
 *	accept_local; IPv6: if it is the loopback device)
 * @on_loopback: the arrival device is the namespace's loopback device
 * @has_address: the arrival device has an address, or needs none (IPv6)
 */
struct srcguard_rpf_route {
	int err;
	__u8 type;
	_Bool uses_device;
	_Bool feasible;
	_Bool own_accepted;
	_Bool on_loopback;
	_Bool has_address;
};

enum srcguard_rpf_next
srcguard_rpf_ipv4_addresses(const struct srcguard_ipv4_packet *packet,
			    enum srcguard_reason *reason);
enum srcguard_rpf_next
srcguard_rpf_ipv6_addresses(const struct srcguard_ipv6_packet *packet,
			    enum srcguard_reason *reason);
unsigned int srcguard_rpf_reject_type(int err);
enum srcguard_reason
srcguard_rpf_judge(enum srcguard_rp_filter mode, const struct srcguard_rpf_route *route);

#endif /* SRCGUARD_CORE_RPF_H */
