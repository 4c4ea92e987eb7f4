// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address prefixes of both families. Pure: no state, no locks.
 */
#include <asm/byteorder.h>
#include "prefix.h"

#define SRCGUARD_PREFIX_WORD_BITS	32

static __be32 srcguard_prefix_mask(unsigned int bits)
{
	return bits ? __cpu_to_be32(~0U << (SRCGUARD_PREFIX_WORD_BITS - bits)) : 0;
}

/**
 * srcguard_prefix_cut - make a prefix a shorter one
 * @prefix: the prefix
 * @length: its new length, at most the old one
 */
void srcguard_prefix_cut(struct srcguard_prefix *prefix, unsigned int length)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		unsigned int before = i * SRCGUARD_PREFIX_WORD_BITS;
		unsigned int bits = length > before ? length - before : 0;

		if (bits < SRCGUARD_PREFIX_WORD_BITS)
			prefix->address.s6_addr32[i] &= srcguard_prefix_mask(bits);
	}
	prefix->length = length;
}

/**
 * srcguard_prefix_is_exact - whether no bit beyond its length is set
 * @prefix: the prefix; its length is in range
 */
_Bool srcguard_prefix_is_exact(const struct srcguard_prefix *prefix)
{
	struct srcguard_prefix cut = *prefix;
	unsigned int i;

	srcguard_prefix_cut(&cut, prefix->length);
	for (i = 0; i < 4; i++)
		if (cut.address.s6_addr32[i] != prefix->address.s6_addr32[i])
			return 0;
	return 1;
}
