// SPDX-License-Identifier: GPL-2.0-only
/* Prefixes: cut at each length, and exact only without bits beyond it. */
#ifdef __KERNEL__
#include <linux/kernel.h>
#endif
#include <asm/byteorder.h>

#include "core/prefix.h"
#include "check.h"

static struct srcguard_prefix all_ones(_Bool ipv6)
{
	struct srcguard_prefix prefix = { .length = SRCGUARD_PREFIX_MAX(ipv6), .ipv6 = ipv6 };
	unsigned int i;

	for (i = 0; i < (ipv6 ? 4 : 1); i++)
		prefix.address.s6_addr32[i] = 0xffffffff;
	return prefix;
}

static unsigned int ones(const struct srcguard_prefix *prefix)
{
	unsigned int i, count = 0;

	for (i = 0; i < 128; i++)
		if (prefix->address.s6_addr[i / 8] & 0x80 >> i % 8)
			count++;
	return count;
}

CHECK_TEST(prefix_cut_leaves_that_many_bits)
{
	unsigned int length, family;

	for (family = 0; family < 2; family++)
		for (length = 0; length <= SRCGUARD_PREFIX_MAX(family); length++) {
			struct srcguard_prefix prefix = all_ones(family);

			srcguard_prefix_cut(&prefix, length);
			CHECK_EQ(prefix.length, length, "length");
			CHECK_EQ(ones(&prefix), length, "bits");
			CHECK_EQ(!length || prefix.address.s6_addr[(length - 1) / 8] &
				 0x80 >> (length - 1) % 8, 1, "the first ones");
		}
}

CHECK_TEST(prefix_is_exact)
{
	unsigned int length, family;

	for (family = 0; family < 2; family++)
		for (length = 0; length < SRCGUARD_PREFIX_MAX(family); length++) {
			struct srcguard_prefix prefix = all_ones(family);

			CHECK_EQ(srcguard_prefix_is_exact(&prefix), 1, "full length");
			prefix.length = length;
			CHECK_EQ(srcguard_prefix_is_exact(&prefix), 0, "bits beyond it");
			srcguard_prefix_cut(&prefix, length);
			CHECK_EQ(srcguard_prefix_is_exact(&prefix), 1, "none beyond it");
			prefix.address.s6_addr[length / 8] |= 0x80 >> length % 8;
			CHECK_EQ(srcguard_prefix_is_exact(&prefix), 0, "one beyond it");
		}
}

CHECK_SUITE(srcguard_prefix,
	    CHECK_CASE(prefix_cut_leaves_that_many_bits),
	    CHECK_CASE(prefix_is_exact))
