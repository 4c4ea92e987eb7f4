// SPDX-License-Identifier: GPL-2.0-only
/*
 * 6to4: embedded addresses of all lengths of 6rd domains, the match, and each row of
 * RFC 3964's lists with addresses just inside and just outside.
 */
#ifdef __KERNEL__
#include <linux/kernel.h>
#endif
#include <asm/byteorder.h>

#include "core/sixtofour.h"
#include "check.h"

#define GOOD	0xc0000201u	/* 192.0.2.1 */
#define OTHER	0xcb007101u	/* 203.0.113.1 */

static struct in6_addr words(__u32 a, __u32 b, __u32 c, __u32 d)
{
	struct in6_addr address = {
		.s6_addr32 = { __cpu_to_be32(a), __cpu_to_be32(b), __cpu_to_be32(c), __cpu_to_be32(d) },
	};

	return address;
}

static struct in6_addr sixtofour(__u32 v4)
{
	return words(0x20020000 | v4 >> 16, v4 << 16, 0, 1);
}

static struct in6_addr native(void)
{
	return words(0x20010db8, 0, 0, 1);
}

static struct srcguard_sixtofour_packet packet(__u32 saddr, __u32 daddr, struct in6_addr inner_saddr,
					       struct in6_addr inner_daddr)
{
	struct srcguard_sixtofour_packet made = {
		.saddr = __cpu_to_be32(saddr),
		.daddr = __cpu_to_be32(daddr),
		.inner_saddr = inner_saddr,
		.inner_daddr = inner_daddr,
	};

	return made;
}

/* Bit by bit, to compare with. */
static __u32 embedded_slowly(const struct in6_addr *address, unsigned int after, unsigned int bits)
{
	__u32 value = 0;
	unsigned int i;

	for (i = after; i < after + bits; i++)
		value = value << 1 | (address->s6_addr[i / 8] >> (7 - i % 8) & 1);
	return value;
}

CHECK_TEST(sixtofour_embedded_of_all_domains)
{
	const struct in6_addr address = words(0x20010db8, 0x9abcdef1, 0x5a5aa5a5, 0x12345678);
	unsigned int length, relay_length;

	for (length = 0; length <= 64; length++)
		for (relay_length = 0; relay_length <= 32; relay_length++) {
			struct srcguard_sixtofour_prefix prefix = {
				.address = address, .length = length, .relay_length = relay_length,
			};
			__u32 relay = relay_length ? 0x0a6f0000 & ~0u << (32 - relay_length) : 0;
			__be32 embedded = 0;

			if (length + 32 - relay_length > 64)
				continue;
			prefix.relay = __cpu_to_be32(relay);
			CHECK_EQ(srcguard_sixtofour_embedded(&prefix, &address, &embedded), 1, "holds one");
			CHECK_EQ(__be32_to_cpu(embedded),
				 relay | embedded_slowly(&address, length, 32 - relay_length), "which");
		}
}

CHECK_TEST(sixtofour_embedded_only_within_the_prefix)
{
	struct srcguard_sixtofour_prefix prefix = { .address = words(0x20010db8, 0, 0, 0) };
	__be32 embedded;
	unsigned int length, bit;

	for (length = 1; length <= 32; length++)
		for (bit = 0; bit < 40; bit++) {
			struct in6_addr address = words(0x20010db8, 0, 0, 0);

			prefix.length = length;
			address.s6_addr[bit / 8] ^= 0x80 >> bit % 8;
			CHECK_EQ(srcguard_sixtofour_embedded(&prefix, &address, &embedded), bit >= length,
				 "one bit is different");
		}
}

CHECK_TEST(sixtofour_2002)
{
	struct srcguard_sixtofour_prefix prefix = srcguard_sixtofour_2002;

	CHECK_EQ(srcguard_sixtofour_is_2002(&prefix), 1, "6to4");
	prefix.length = 17;
	CHECK_EQ(srcguard_sixtofour_is_2002(&prefix), 0, "longer");
	prefix = srcguard_sixtofour_2002;
	prefix.relay_length = 8;
	CHECK_EQ(srcguard_sixtofour_is_2002(&prefix), 0, "with a relay prefix");
	prefix = srcguard_sixtofour_2002;
	prefix.address.s6_addr[1] = 1;
	CHECK_EQ(srcguard_sixtofour_is_2002(&prefix), 0, "another prefix");
}

CHECK_TEST(sixtofour_match)
{
	const struct srcguard_sixtofour_prefix *prefix = &srcguard_sixtofour_2002;
	struct srcguard_sixtofour_packet p;

	p = packet(GOOD, OTHER, sixtofour(GOOD), sixtofour(OTHER));
	CHECK_EQ(srcguard_sixtofour_match(prefix, &p), SRCGUARD_REASON_NONE, "both match");
	p = packet(GOOD, OTHER, native(), native());
	CHECK_EQ(srcguard_sixtofour_match(prefix, &p), SRCGUARD_REASON_NONE, "nothing to match");
	p = packet(GOOD, OTHER, sixtofour(OTHER), sixtofour(OTHER));
	CHECK_EQ(srcguard_sixtofour_match(prefix, &p), SRCGUARD_REASON_6TO4_SOURCE, "source");
	p = packet(GOOD, OTHER, native(), sixtofour(GOOD));
	CHECK_EQ(srcguard_sixtofour_match(prefix, &p), SRCGUARD_REASON_6TO4_DESTINATION,
		 "destination");
	p = packet(GOOD, OTHER, sixtofour(OTHER), sixtofour(GOOD));
	CHECK_EQ(srcguard_sixtofour_match(prefix, &p), SRCGUARD_REASON_6TO4_SOURCE, "source first");
}

CHECK_TEST(sixtofour_full_lists_of_ipv4)
{
	static const struct {
		__u32 address;
		_Bool bad;
	} rows[] = {
		{ 0x00000000, 1 }, { 0x00ffffff, 1 }, { 0x01000000, 0 },
		{ 0x09ffffff, 0 }, { 0x0a000000, 1 }, { 0x0affffff, 1 }, { 0x0b000000, 0 },
		{ 0x7effffff, 0 }, { 0x7f000000, 1 }, { 0x7fffffff, 1 }, { 0x80000000, 0 },
		{ 0xa9fdffff, 0 }, { 0xa9fe0000, 1 }, { 0xa9feffff, 1 }, { 0xa9ff0000, 0 },
		{ 0xac0fffff, 0 }, { 0xac100000, 1 }, { 0xac1fffff, 1 }, { 0xac200000, 0 },
		{ 0xc0a7ffff, 0 }, { 0xc0a80000, 1 }, { 0xc0a8ffff, 1 }, { 0xc0a90000, 0 },
		{ 0xdfffffff, 0 }, { 0xe0000000, 1 }, { 0xefffffff, 1 }, { 0xf0000000, 1 },
		{ 0xffffffff, 1 },
	};
	struct srcguard_sixtofour_packet p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		__u32 v4 = rows[i].address;

		p = packet(v4, OTHER, sixtofour(v4), native());
		CHECK_EQ(srcguard_sixtofour_full(&p),
			 rows[i].bad ? SRCGUARD_REASON_6TO4_OUTER : SRCGUARD_REASON_NONE, "outer source");
		p = packet(GOOD, v4, native(), sixtofour(v4));
		CHECK_EQ(srcguard_sixtofour_full(&p),
			 rows[i].bad ? SRCGUARD_REASON_6TO4_OUTER : SRCGUARD_REASON_NONE,
			 "outer destination");
		p = packet(GOOD, OTHER, sixtofour(v4), native());
		CHECK_EQ(srcguard_sixtofour_full(&p),
			 rows[i].bad ? SRCGUARD_REASON_6TO4_EMBEDDED : SRCGUARD_REASON_NONE,
			 "embedded source");
		p = packet(GOOD, OTHER, native(), sixtofour(v4));
		CHECK_EQ(srcguard_sixtofour_full(&p),
			 rows[i].bad ? SRCGUARD_REASON_6TO4_EMBEDDED : SRCGUARD_REASON_NONE,
			 "embedded destination");
	}
}

CHECK_TEST(sixtofour_full_lists_of_ipv6)
{
	static const struct {
		__u32 first;
		_Bool bad;
	} rows[] = {
		{ 0x00000000, 1 }, { 0x0000ffff, 1 }, { 0x00010000, 0 },
		{ 0xfe7fffff, 0 }, { 0xfe800000, 1 }, { 0xfebfffff, 1 },
		{ 0xfec00000, 1 }, { 0xfeffffff, 1 }, { 0xff000000, 1 }, { 0xffffffff, 1 },
		{ 0xfdffffff, 0 }, { 0xfe000000, 0 },
	};
	struct srcguard_sixtofour_packet p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct in6_addr address = words(rows[i].first, 0xffffffff, 0, 1);

		p = packet(GOOD, OTHER, address, sixtofour(OTHER));
		CHECK_EQ(srcguard_sixtofour_full(&p),
			 rows[i].bad ? SRCGUARD_REASON_6TO4_INNER : SRCGUARD_REASON_NONE, "source");
		p = packet(GOOD, OTHER, sixtofour(GOOD), address);
		CHECK_EQ(srcguard_sixtofour_full(&p),
			 rows[i].bad ? SRCGUARD_REASON_6TO4_INNER : SRCGUARD_REASON_NONE, "destination");
	}
}

CHECK_TEST(sixtofour_full_native)
{
	struct srcguard_sixtofour_packet p = packet(GOOD, OTHER, native(), native());

	CHECK_EQ(srcguard_sixtofour_full(&p), SRCGUARD_REASON_6TO4_NATIVE, "neither end");
}

CHECK_TEST(sixtofour_full_broadcast)
{
	struct srcguard_sixtofour_packet p = packet(GOOD, OTHER, native(), sixtofour(OTHER));

	CHECK_EQ(srcguard_sixtofour_full(&p), SRCGUARD_REASON_NONE, "of nobody");
	p.embedded_broadcast = 1;
	CHECK_EQ(srcguard_sixtofour_full(&p), SRCGUARD_REASON_6TO4_EMBEDDED, "within");
	p.outer_broadcast = 1;
	CHECK_EQ(srcguard_sixtofour_full(&p), SRCGUARD_REASON_6TO4_OUTER, "without");
}

CHECK_SUITE(srcguard_sixtofour,
	    CHECK_CASE(sixtofour_embedded_of_all_domains),
	    CHECK_CASE(sixtofour_embedded_only_within_the_prefix),
	    CHECK_CASE(sixtofour_2002),
	    CHECK_CASE(sixtofour_match),
	    CHECK_CASE(sixtofour_full_lists_of_ipv4),
	    CHECK_CASE(sixtofour_full_lists_of_ipv6),
	    CHECK_CASE(sixtofour_full_native),
	    CHECK_CASE(sixtofour_full_broadcast));
