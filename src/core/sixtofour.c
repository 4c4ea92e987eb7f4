// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 6to4 guard's decisions. Pure: addresses in, reason out.
 *
 * What is called a match is sit's own check (packet_is_spoofed() in
 * net/ipv6/sit.c); the full list is that of RFC 3964, section 5.
 */
#include <asm/byteorder.h>
#include "sixtofour.h"

/* 2002::/16, all of the IPv4 address follows (RFC 3056). */
const struct srcguard_sixtofour_prefix srcguard_sixtofour_2002 = {
	.address.s6_addr = { 0x20, 0x02 },
	.length = 16,
};

static _Bool srcguard_sixtofour_within(const struct in6_addr *address,
				       const struct in6_addr *prefix, unsigned int length)
{
	unsigned int i;

	for (i = 0; i < length / 8; i++)
		if (address->s6_addr[i] != prefix->s6_addr[i])
			return 0;
	return !(length % 8) ||
	       !((address->s6_addr[i] ^ prefix->s6_addr[i]) & (0xff00 >> length % 8) & 0xff);
}

/**
 * srcguard_sixtofour_embedded - the IPv4 address that an IPv6 address holds
 * @prefix: what such addresses begin with
 * @address: the IPv6 address
 * @embedded: takes the IPv4 address
 *
 * Return: whether it holds one.
 */
_Bool srcguard_sixtofour_embedded(const struct srcguard_sixtofour_prefix *prefix,
				  const struct in6_addr *address, __be32 *embedded)
{
	unsigned int bits = 32 - prefix->relay_length;
	__u64 upper;

	if (!srcguard_sixtofour_within(address, &prefix->address, prefix->length))
		return 0;
	upper = (__u64)__be32_to_cpu(address->s6_addr32[0]) << 32 |
		__be32_to_cpu(address->s6_addr32[1]);
	/* No shift by all of a number's bits, which C does not define. */
	upper = prefix->length < 64 && bits ? upper << prefix->length >> (64 - bits) : 0;
	*embedded = prefix->relay | __cpu_to_be32(upper);
	return 1;
}

/**
 * srcguard_sixtofour_is_2002 - whether a prefix is that of 6to4 proper
 * @prefix: the prefix
 */
_Bool srcguard_sixtofour_is_2002(const struct srcguard_sixtofour_prefix *prefix)
{
	return prefix->length == srcguard_sixtofour_2002.length && !prefix->relay_length &&
	       srcguard_sixtofour_within(&prefix->address, &srcguard_sixtofour_2002.address,
					 prefix->length);
}

/**
 * srcguard_sixtofour_match - whether the addresses of both headers contradict each other
 * @prefix: that of the tunnel which will get the packet
 * @packet: the packet
 *
 * The caller excuses a failing destination where the address is the tunnel's own, which
 * destination NAT of the outer header makes possible.
 */
enum srcguard_reason
srcguard_sixtofour_match(const struct srcguard_sixtofour_prefix *prefix,
			 const struct srcguard_sixtofour_packet *packet)
{
	__be32 embedded;

	if (srcguard_sixtofour_embedded(prefix, &packet->inner_saddr, &embedded) &&
	    embedded != packet->saddr)
		return SRCGUARD_REASON_6TO4_SOURCE;
	if (srcguard_sixtofour_embedded(prefix, &packet->inner_daddr, &embedded) &&
	    embedded != packet->daddr)
		return SRCGUARD_REASON_6TO4_DESTINATION;
	return SRCGUARD_REASON_NONE;
}

struct srcguard_sixtofour_range {
	__u32 prefix;
	__u8 length;
};

#define SRCGUARD_SIXTOFOUR_RANGE(prefix, length, why)	{ prefix, length },

static _Bool srcguard_sixtofour_listed(const struct srcguard_sixtofour_range *range,
				       unsigned int count, __u32 word)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!((word ^ range[i].prefix) >> (32 - range[i].length)))
			return 1;
	return 0;
}

static _Bool srcguard_sixtofour_is_bad_ipv4(__be32 address)
{
	static const struct srcguard_sixtofour_range bad[] = {
		SRCGUARD_6TO4_BAD_IPV4_LIST(SRCGUARD_SIXTOFOUR_RANGE)
	};

	return srcguard_sixtofour_listed(bad, sizeof(bad) / sizeof(bad[0]),
					 __be32_to_cpu(address));
}

static _Bool srcguard_sixtofour_is_bad_ipv6(const struct in6_addr *address)
{
	static const struct srcguard_sixtofour_range bad[] = {
		SRCGUARD_6TO4_BAD_IPV6_LIST(SRCGUARD_SIXTOFOUR_RANGE)
	};

	return srcguard_sixtofour_listed(bad, sizeof(bad) / sizeof(bad[0]),
					 __be32_to_cpu(address->s6_addr32[0]));
}

/**
 * srcguard_sixtofour_full - whether 6to4 may carry a packet at all
 * @packet: a packet for a tunnel with the prefix 2002::/16, which matches
 */
enum srcguard_reason
srcguard_sixtofour_full(const struct srcguard_sixtofour_packet *packet)
{
	const struct srcguard_sixtofour_prefix *prefix = &srcguard_sixtofour_2002;
	_Bool source, destination;
	__be32 from, to;

	if (packet->outer_broadcast || srcguard_sixtofour_is_bad_ipv4(packet->saddr) ||
	    srcguard_sixtofour_is_bad_ipv4(packet->daddr))
		return SRCGUARD_REASON_6TO4_OUTER;
	if (srcguard_sixtofour_is_bad_ipv6(&packet->inner_saddr) ||
	    srcguard_sixtofour_is_bad_ipv6(&packet->inner_daddr))
		return SRCGUARD_REASON_6TO4_INNER;
	source = srcguard_sixtofour_embedded(prefix, &packet->inner_saddr, &from);
	destination = srcguard_sixtofour_embedded(prefix, &packet->inner_daddr, &to);
	if (packet->embedded_broadcast || (source && srcguard_sixtofour_is_bad_ipv4(from)) ||
	    (destination && srcguard_sixtofour_is_bad_ipv4(to)))
		return SRCGUARD_REASON_6TO4_EMBEDDED;
	/* Neither end is 6to4: it came this way by mistake, or worse. */
	return source || destination ? SRCGUARD_REASON_NONE : SRCGUARD_REASON_6TO4_NATIVE;
}
