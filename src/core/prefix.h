/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address prefixes of both families.
 */
#ifndef SRCGUARD_CORE_PREFIX_H
#define SRCGUARD_CORE_PREFIX_H

#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct srcguard_prefix - a prefix
 * @address: its address; of IPv4 in the first word, and the others are zero
 * @length: bits of it that count
 * @ipv6: of two families, IPv6
 */
struct srcguard_prefix {
	struct in6_addr address;
	__u8 length;
	_Bool ipv6;
};

/* Bits of an address. */
#define SRCGUARD_PREFIX_MAX(ipv6)	((ipv6) ? 128 : 32)

void srcguard_prefix_cut(struct srcguard_prefix *prefix, unsigned int length);
_Bool srcguard_prefix_is_exact(const struct srcguard_prefix *prefix);

#endif /* SRCGUARD_CORE_PREFIX_H */
