// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reverse-path filter's decisions, row by row: both ends of every range of
 * addresses, and every kind of route in all modes.
 */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/rtnetlink.h>
#else
#include <errno.h>
#include <linux/in.h>
#include <linux/rtnetlink.h>
#endif
#include <asm/byteorder.h>

#include "core/rpf.h"
#include "check.h"

#define IP4(a, b, c, d)	((__u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define HOST		IP4(10, 1, 0, 1)	/* a destination like any other */
#define PEER		IP4(192, 0, 2, 7)	/* a source like any other */
#define TO_ALL		IP4(255, 255, 255, 255)
#define PASS		SRCGUARD_RPF_PASS
#define FAIL		SRCGUARD_RPF_FAIL
#define ROUTE		SRCGUARD_RPF_ROUTE
#define ANY		SRCGUARD_RPF_ROUTE_ANY
#define NONE		SRCGUARD_REASON_NONE

static const struct {
	const char *what;
	__u32 saddr;
	__u32 daddr;
	__u8 protocol;
	_Bool route_localnet;
	enum srcguard_rpf_next next;
	enum srcguard_reason reason;
} address_rows[] = {
	{ "unicast", PEER, HOST, IPPROTO_UDP, 0, ROUTE, NONE },
	{ "lowest unicast", IP4(1, 0, 0, 0), HOST, IPPROTO_UDP, 0, ROUTE, NONE },
	{ "below loopback", IP4(126, 255, 255, 255), HOST, IPPROTO_UDP, 0, ROUTE, NONE },
	{ "above loopback", IP4(128, 0, 0, 0), HOST, IPPROTO_UDP, 0, ROUTE, NONE },
	{ "below multicast", IP4(223, 255, 255, 255), HOST, IPPROTO_UDP, 0, ROUTE, NONE },
	{ "above multicast", IP4(240, 0, 0, 0), HOST, IPPROTO_UDP, 0, ROUTE, NONE },
	{ "below broadcast", IP4(255, 255, 255, 254), HOST, IPPROTO_UDP, 0, ROUTE, NONE },

	{ "first group as source", IP4(224, 0, 0, 0), HOST, IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_MULTICAST },
	{ "last group as source", IP4(239, 255, 255, 255), HOST, IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_MULTICAST },
	{ "group to group", IP4(224, 0, 0, 1), IP4(224, 0, 0, 1), IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_MULTICAST },
	{ "broadcast as source", TO_ALL, HOST, IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_BROADCAST },
	{ "broadcast to broadcast", TO_ALL, TO_ALL, IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_BROADCAST },

	{ "zero to a host", 0, HOST, IPPROTO_UDP, 0, FAIL, SRCGUARD_REASON_SOURCE_ZERO },
	{ "the rest of 0/8", IP4(0, 0, 0, 1), HOST, IPPROTO_UDP, 0, ROUTE, NONE },
	{ "last of 0/8", IP4(0, 255, 255, 255), HOST, IPPROTO_UDP, 0, ROUTE, NONE },
	{ "0/8 to a link group", IP4(0, 1, 2, 3), IP4(224, 0, 0, 77), IPPROTO_IGMP, 0, ANY, NONE },
	{ "to the rest of 0/8", PEER, IP4(0, 1, 2, 3), IPPROTO_UDP, 0, ROUTE, NONE },
	{ "DHCP", 0, TO_ALL, IPPROTO_UDP, 0, PASS, NONE },
	{ "0/8 to broadcast", IP4(0, 1, 2, 3), TO_ALL, IPPROTO_UDP, 0, ANY, NONE },
	{ "zero to zero", 0, 0, IPPROTO_UDP, 0, PASS, NONE },
	{ "0/8 to zero", IP4(0, 0, 0, 1), 0, IPPROTO_UDP, 0, PASS, NONE },
	{ "zero to 0/8", 0, IP4(0, 0, 0, 1), IPPROTO_UDP, 0, FAIL, SRCGUARD_REASON_SOURCE_ZERO },
	{ "a host to zero", PEER, 0, IPPROTO_UDP, 0, PASS, NONE },
	{ "zero to a link group", 0, IP4(224, 0, 0, 251), IPPROTO_UDP, 0, PASS, NONE },
	{ "zero to the last link group", 0, IP4(224, 0, 0, 255), IPPROTO_UDP, 0, PASS, NONE },
	{ "zero to a wider group", 0, IP4(224, 0, 1, 0), IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_ZERO },
	{ "IGMP from zero to a wider group", 0, IP4(239, 1, 2, 3), IPPROTO_IGMP, 0, PASS, NONE },
	{ "IGMP from zero to a host", 0, HOST, IPPROTO_IGMP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_ZERO },

	{ "a host to a group", PEER, IP4(239, 1, 2, 3), IPPROTO_UDP, 0, ANY, NONE },
	{ "a host to broadcast", PEER, TO_ALL, IPPROTO_UDP, 0, ANY, NONE },

	{ "loopback", IP4(127, 0, 0, 1), HOST, IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_LOOPBACK },
	{ "first of loopback", IP4(127, 0, 0, 0), HOST, IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_LOOPBACK },
	{ "last of loopback", IP4(127, 255, 255, 255), HOST, IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_LOOPBACK },
	{ "loopback, route_localnet", IP4(127, 0, 0, 1), HOST, IPPROTO_UDP, 1, ROUTE, NONE },
	{ "loopback to a group", IP4(127, 0, 0, 1), IP4(224, 0, 0, 1), IPPROTO_UDP, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_LOOPBACK },
	{ "loopback to a group, route_localnet", IP4(127, 0, 0, 1), IP4(224, 0, 0, 1),
	  IPPROTO_UDP, 1, ANY, NONE },
	{ "loopback to broadcast is for the route to judge", IP4(127, 0, 0, 1), TO_ALL,
	  IPPROTO_UDP, 0, ANY, NONE },
	{ "a host to loopback", PEER, IP4(127, 0, 0, 1), IPPROTO_UDP, 0, PASS, NONE },
	{ "a host to loopback, route_localnet", PEER, IP4(127, 0, 0, 1), IPPROTO_UDP, 1,
	  ROUTE, NONE },
	{ "loopback to loopback", IP4(127, 0, 0, 1), IP4(127, 0, 0, 1), IPPROTO_UDP, 0,
	  PASS, NONE },
};

CHECK_TEST(rpf_addresses)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(address_rows); i++) {
		const struct srcguard_ipv4_packet packet = {
			.saddr = __cpu_to_be32(address_rows[i].saddr),
			.daddr = __cpu_to_be32(address_rows[i].daddr),
			.protocol = address_rows[i].protocol,
			.route_localnet = address_rows[i].route_localnet,
		};
		enum srcguard_reason reason = NONE;

		CHECK_EQ(srcguard_rpf_ipv4_addresses(&packet, &reason), address_rows[i].next,
			 address_rows[i].what);
		CHECK_EQ(reason, address_rows[i].reason, address_rows[i].what);
	}
}

#define IP6(...)	{ { { __VA_ARGS__ } } }
#define HOST6		IP6(0x20, 0x01, 0x0d, 0xb8, [15] = 1)
#define PEER6		IP6(0x20, 0x01, 0x0d, 0xb8, [15] = 7)
#define GROUP6		IP6(0xff, 0x02, [15] = 1)
#define ANY6		IP6(0)
#define LOOPBACK6	IP6([15] = 1)
#define LINK		SRCGUARD_RPF_LINK

static const struct {
	const char *what;
	struct in6_addr saddr;
	struct in6_addr daddr;
	_Bool on_loopback;
	enum srcguard_rpf_next next;
	enum srcguard_reason reason;
} address6_rows[] = {
	{ "unicast", PEER6, HOST6, 0, ROUTE, NONE },
	{ "a host to a group", PEER6, GROUP6, 0, ANY, NONE },
	{ "the highest below groups", IP6(0xfe, 0xff, [15] = 0xff), HOST6, 0, ROUTE, NONE },
	{ "lowest unicast", IP6([15] = 2), HOST6, 0, ROUTE, NONE },
	{ "an address of zeros but for one word", IP6([4] = 1), HOST6, 0, ROUTE, NONE },
	{ "unique local", IP6(0xfd, [15] = 1), HOST6, 0, ROUTE, NONE },
	{ "to all zeros", PEER6, ANY6, 0, ROUTE, NONE },

	{ "group as source", IP6(0xff, 0x02, [15] = 1), HOST6, 0,
	  FAIL, SRCGUARD_REASON_SOURCE_MULTICAST },
	{ "lowest group as source", IP6(0xff), HOST6, 0, FAIL, SRCGUARD_REASON_SOURCE_MULTICAST },
	{ "group to group", GROUP6, GROUP6, 0, FAIL, SRCGUARD_REASON_SOURCE_MULTICAST },

	{ "DAD", ANY6, IP6(0xff, 0x02, [11] = 1, [12] = 0xff, [15] = 1), 0, PASS, NONE },
	{ "zero to a host", ANY6, HOST6, 0, FAIL, SRCGUARD_REASON_SOURCE_ZERO },
	{ "zero to zero", ANY6, ANY6, 0, FAIL, SRCGUARD_REASON_SOURCE_ZERO },

	{ "loopback", LOOPBACK6, HOST6, 0, FAIL, SRCGUARD_REASON_SOURCE_LOOPBACK },
	{ "loopback to a group", LOOPBACK6, GROUP6, 0, FAIL, SRCGUARD_REASON_SOURCE_LOOPBACK },
	{ "loopback where it belongs", LOOPBACK6, LOOPBACK6, 1, ROUTE, NONE },

	{ "lowest link-local", IP6(0xfe, 0x80), HOST6, 0, LINK, NONE },
	{ "highest link-local", IP6(0xfe, 0xbf, [15] = 0xff), HOST6, 0, LINK, NONE },
	{ "below link-local", IP6(0xfe, 0x7f, [15] = 0xff), HOST6, 0, ROUTE, NONE },
	{ "above link-local", IP6(0xfe, 0xc0), HOST6, 0, ROUTE, NONE },
	{ "link-local to a group", IP6(0xfe, 0x80, [15] = 1), GROUP6, 0, LINK, NONE },
};

CHECK_TEST(rpf_addresses_ipv6)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(address6_rows); i++) {
		const struct srcguard_ipv6_packet packet = {
			.saddr = &address6_rows[i].saddr,
			.daddr = &address6_rows[i].daddr,
			.on_loopback = address6_rows[i].on_loopback,
		};
		enum srcguard_reason reason = NONE;

		CHECK_EQ(srcguard_rpf_ipv6_addresses(&packet, &reason), address6_rows[i].next,
			 address6_rows[i].what);
		CHECK_EQ(reason, address6_rows[i].reason, address6_rows[i].what);
	}
}

static const struct {
	const char *what;
	struct srcguard_rpf_route route;
	enum srcguard_reason strict;
	enum srcguard_reason loose;
} route_rows[] = {
	{ "right device", { .type = RTN_UNICAST, .uses_device = 1, .has_address = 1 },
	  NONE, NONE },
	{ "right device without address", { .type = RTN_UNICAST, .uses_device = 1 },
	  NONE, NONE },
	{ "another device", { .type = RTN_UNICAST, .has_address = 1 },
	  SRCGUARD_REASON_WRONG_DEVICE, NONE },
	{ "another device, this one without address", { .type = RTN_UNICAST },
	  SRCGUARD_REASON_WRONG_DEVICE, SRCGUARD_REASON_WRONG_DEVICE },

	{ "own address", { .type = RTN_LOCAL, .uses_device = 1, .has_address = 1 },
	  SRCGUARD_REASON_OWN_ADDRESS, SRCGUARD_REASON_OWN_ADDRESS },
	{ "own address by loopback, not accepted",
	  { .type = RTN_LOCAL, .on_loopback = 1, .has_address = 1 },
	  SRCGUARD_REASON_OWN_ADDRESS, SRCGUARD_REASON_OWN_ADDRESS },
	{ "own address by loopback, accepted",
	  { .type = RTN_LOCAL, .on_loopback = 1, .own_accepted = 1, .has_address = 1 },
	  NONE, NONE },
	{ "own address by loopback without address, accepted",
	  { .type = RTN_LOCAL, .on_loopback = 1, .own_accepted = 1 }, NONE, NONE },
	{ "own address by its device, accepted",
	  { .type = RTN_LOCAL, .uses_device = 1, .own_accepted = 1, .has_address = 1 },
	  NONE, NONE },
	{ "own address by another device, accepted",
	  { .type = RTN_LOCAL, .own_accepted = 1, .has_address = 1 },
	  SRCGUARD_REASON_WRONG_DEVICE, NONE },
	{ "loopback device alone is no excuse",
	  { .type = RTN_UNICAST, .on_loopback = 1, .has_address = 1 },
	  SRCGUARD_REASON_WRONG_DEVICE, NONE },

	{ "feasible is not strict", { .type = RTN_UNICAST, .feasible = 1, .has_address = 1 },
	  SRCGUARD_REASON_WRONG_DEVICE, NONE },
	{ "a route that rejects", { .type = RTN_BLACKHOLE, .uses_device = 1, .has_address = 1 },
	  SRCGUARD_REASON_REJECT_ROUTE, SRCGUARD_REASON_REJECT_ROUTE },
	{ "another one", { .type = RTN_UNREACHABLE, .uses_device = 1, .has_address = 1 },
	  SRCGUARD_REASON_REJECT_ROUTE, SRCGUARD_REASON_REJECT_ROUTE },
	{ "and another", { .type = RTN_PROHIBIT, .uses_device = 1, .has_address = 1 },
	  SRCGUARD_REASON_REJECT_ROUTE, SRCGUARD_REASON_REJECT_ROUTE },

	{ "broadcast address", { .type = RTN_BROADCAST, .uses_device = 1, .has_address = 1 },
	  SRCGUARD_REASON_SOURCE_BROADCAST, SRCGUARD_REASON_SOURCE_BROADCAST },
	{ "anycast address", { .type = RTN_ANYCAST, .uses_device = 1, .has_address = 1 },
	  SRCGUARD_REASON_SOURCE_BROADCAST, SRCGUARD_REASON_SOURCE_BROADCAST },
	{ "multicast route", { .type = RTN_MULTICAST, .uses_device = 1, .has_address = 1 },
	  SRCGUARD_REASON_SOURCE_MULTICAST, SRCGUARD_REASON_SOURCE_MULTICAST },
	{ "a type that leads nowhere", { .type = RTN_NAT, .uses_device = 1, .has_address = 1 },
	  SRCGUARD_REASON_NO_ROUTE, SRCGUARD_REASON_NO_ROUTE },

	{ "no route", { .err = -ENETUNREACH }, SRCGUARD_REASON_NO_ROUTE,
	  SRCGUARD_REASON_NO_ROUTE },
	{ "no table", { .err = -ESRCH }, SRCGUARD_REASON_NO_ROUTE, SRCGUARD_REASON_NO_ROUTE },
	{ "blackhole", { .err = -EINVAL }, SRCGUARD_REASON_REJECT_ROUTE,
	  SRCGUARD_REASON_REJECT_ROUTE },
	{ "unreachable", { .err = -EHOSTUNREACH }, SRCGUARD_REASON_REJECT_ROUTE,
	  SRCGUARD_REASON_REJECT_ROUTE },
	{ "prohibit", { .err = -EACCES }, SRCGUARD_REASON_REJECT_ROUTE,
	  SRCGUARD_REASON_REJECT_ROUTE },
};

CHECK_TEST(rpf_routes)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(route_rows); i++) {
		CHECK_EQ(srcguard_rpf_judge(SRCGUARD_RP_FILTER_STRICT, &route_rows[i].route),
			 route_rows[i].strict, route_rows[i].what);
		CHECK_EQ(srcguard_rpf_judge(SRCGUARD_RP_FILTER_LOOSE, &route_rows[i].route),
			 route_rows[i].loose, route_rows[i].what);
	}
}

/* Of the modes from lax to strict, each refuses what the one before it does, and why. */
CHECK_TEST(rpf_modes_are_ordered)
{
	static const int errors[] = { 0, -ENETUNREACH, -EINVAL, -EHOSTUNREACH, -EACCES };
	unsigned int i, type, bits;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		for (type = 0; type <= RTN_MAX; type++)
			for (bits = 0; bits < 32; bits++) {
				const struct srcguard_rpf_route route = {
					.err = errors[i],
					.type = type,
					.uses_device = bits & 1,
					.own_accepted = !!(bits & 2),
					.on_loopback = !!(bits & 4),
					.has_address = !!(bits & 8),
					.feasible = !!(bits & 16),
				};
				enum srcguard_reason loose, feasible, strict;

				loose = srcguard_rpf_judge(SRCGUARD_RP_FILTER_LOOSE, &route);
				feasible = srcguard_rpf_judge(SRCGUARD_RP_FILTER_FEASIBLE, &route);
				strict = srcguard_rpf_judge(SRCGUARD_RP_FILTER_STRICT, &route);
				if (loose != NONE && !route.feasible)
					CHECK_EQ(feasible, loose, "reason of feasible");
				if (feasible != NONE)
					CHECK_EQ(strict, feasible, "reason of strict");
				else
					CHECK_EQ(strict == NONE ||
						 strict == SRCGUARD_REASON_WRONG_DEVICE, 1,
						 "strict refuses the device only");
			}
}

CHECK_TEST(rpf_feasible)
{
	struct srcguard_rpf_route route = { .type = RTN_UNICAST, .feasible = 1 };

	CHECK_EQ(srcguard_rpf_judge(SRCGUARD_RP_FILTER_FEASIBLE, &route), NONE,
		 "the same prefix by this device");
	route.feasible = 0;
	route.has_address = 1;
	CHECK_EQ(srcguard_rpf_judge(SRCGUARD_RP_FILTER_FEASIBLE, &route),
		 SRCGUARD_REASON_WRONG_DEVICE, "no such route");
}

CHECK_SUITE(srcguard_rpf,
	    CHECK_CASE(rpf_addresses),
	    CHECK_CASE(rpf_addresses_ipv6),
	    CHECK_CASE(rpf_routes),
	    CHECK_CASE(rpf_modes_are_ordered),
	    CHECK_CASE(rpf_feasible))
