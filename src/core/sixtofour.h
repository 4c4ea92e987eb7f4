/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 6to4 guard's decisions about IPv6 in IPv4: whether the addresses of both
 * headers contradict each other, and whether they are any that 6to4 may carry.
 */
#ifndef SRCGUARD_CORE_SIXTOFOUR_H
#define SRCGUARD_CORE_SIXTOFOUR_H

#include <linux/in6.h>
#include <linux/types.h>
#include <linux/srcguard.h>

/**
 * struct srcguard_sixtofour_prefix - IPv6 addresses that hold an IPv4 address
 * @address: the prefix: 2002::, or a 6rd domain's (RFC 5969)
 * @length: its length
 * @relay: the bits that all IPv4 addresses of the domain begin with
 * @relay_length: how many these are; those of the IPv4 address that are left follow
 *	the prefix. @length + 32 - @relay_length is at most 64.
 */
struct srcguard_sixtofour_prefix {
	struct in6_addr address;
	__u8 length;
	__be32 relay;
	__u8 relay_length;
};

/**
 * struct srcguard_sixtofour_packet - what the guard asks of a packet
 * @saddr: source address of the outer header
 * @daddr: its destination address
 * @inner_saddr: source address of the inner header
 * @inner_daddr: its destination address
 * @outer_broadcast: one of the outer addresses is a broadcast address of this host's
 * @embedded_broadcast: an IPv4 address that an inner one holds is
 */
struct srcguard_sixtofour_packet {
	__be32 saddr;
	__be32 daddr;
	struct in6_addr inner_saddr;
	struct in6_addr inner_daddr;
	_Bool outer_broadcast;
	_Bool embedded_broadcast;
};

extern const struct srcguard_sixtofour_prefix srcguard_sixtofour_2002;

_Bool srcguard_sixtofour_embedded(const struct srcguard_sixtofour_prefix *prefix,
				  const struct in6_addr *address, __be32 *embedded);
_Bool srcguard_sixtofour_is_2002(const struct srcguard_sixtofour_prefix *prefix);
enum srcguard_reason
srcguard_sixtofour_match(const struct srcguard_sixtofour_prefix *prefix,
			 const struct srcguard_sixtofour_packet *packet);
enum srcguard_reason
srcguard_sixtofour_full(const struct srcguard_sixtofour_packet *packet);

#endif /* SRCGUARD_CORE_SIXTOFOUR_H */
