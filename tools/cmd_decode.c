// SPDX-License-Identifier: GPL-2.0-only
/*
 * srcguard decode: the IPv4 address that an IPv6 address holds, and what RFC 3964 says
 * of both. Asks nobody: the lists are those of linux/srcguard.h, by which the module
 * goes as well.
 */
#include "tool.h"

#include <arpa/inet.h>
#include <endian.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* IPv6 addresses that hold an IPv4 address, or what is left of it. */
struct domain {
	struct prefix prefix;
	struct prefix ipv4;	/* what all IPv4 addresses begin with, and is left out */
	bool zeros;		/* it was not said: only its length is known */
};

/* 2002::/16, and all of the IPv4 address follows (RFC 3056). */
static const struct domain decode_6to4 = {
	.prefix = { .address = { 0x20, 0x02 }, .length = 16, .ipv6 = true },
};

struct decode_bad {
	uint32_t first;		/* 32 bits of the address in host byte order */
	uint32_t length;
	const char *sentence;
};

#define DECODE_BAD(address, bits, why) { .first = address, .length = bits, .sentence = why },

static const struct decode_bad decode_bad_ipv4[] = {
	SRCGUARD_6TO4_BAD_IPV4_LIST(DECODE_BAD)
	{ }
};

static const struct decode_bad decode_bad_ipv6[] = {
	SRCGUARD_6TO4_BAD_IPV6_LIST(DECODE_BAD)
	{ }
};

/* The sentence of the prefix that an address is in, or NULL. */
static const char *decode_is_bad(const struct decode_bad *bad, const struct prefix *address)
{
	uint32_t first;

	memcpy(&first, address->address, sizeof(first));
	for (; bad->sentence; bad++)
		if (!((be32toh(first) ^ bad->first) >> (32 - bad->length)))
			return bad->sentence;
	return NULL;
}

/* Those of a byte's bits that belong to a prefix of this length. */
static uint8_t decode_mask(uint32_t length, uint32_t byte)
{
	if (length >= 8 * (byte + 1))
		return 0xff;
	return length <= 8 * byte ? 0 : 0xff00 >> (length - 8 * byte);
}

/* The IPv4 address in an IPv6 one; false if the domain has no such address. */
static bool decode_ipv4(const struct domain *domain, const struct prefix *address,
			struct prefix *ipv4)
{
	uint32_t i, first, length = domain->prefix.length, bits = 32 - domain->ipv4.length;
	uint64_t upper;

	for (i = 0; i < sizeof(address->address); i++)
		if ((address->address[i] ^ domain->prefix.address[i]) & decode_mask(length, i))
			return false;
	memcpy(&upper, address->address, sizeof(upper));
	memcpy(&first, domain->ipv4.address, sizeof(first));
	/* No shift by all of a number's bits, which C does not define. */
	if (bits)
		first |= htobe32(be64toh(upper) << length >> (64 - bits));
	*ipv4 = (struct prefix){ .length = 32 };
	memcpy(ipv4->address, &first, sizeof(first));
	return true;
}

/* The same for 6to4 proper. */
bool decode_2002(const struct prefix *address, struct prefix *ipv4)
{
	return address->ipv6 && decode_ipv4(&decode_6to4, address, ipv4);
}

static bool decode_has_host_bits(const struct prefix *prefix)
{
	uint32_t i;

	for (i = 0; i < sizeof(prefix->address); i++) {
		if (prefix->address[i] & ~decode_mask(prefix->length, i)) {
			char text[PREFIX_TEXT_MAX];

			print_prefix(text, prefix);
			print_error("decode: %s has bits beyond its length", text);
			return true;
		}
	}
	return false;
}

/* PREFIX/LEN[,V4LEN], or PREFIX/LEN,V4PREFIX/V4LEN: a domain of RFC 5969. */
static bool decode_parse_domain(char *word, struct domain *domain)
{
	char *ipv4 = strchr(word, ',');

	*domain = (struct domain){ };
	if (ipv4)
		*ipv4++ = '\0';
	if (!parse_prefix(word, &domain->prefix))
		return false;
	if (ipv4 && strchr(ipv4, '.')) {
		/* Without its length it would be all of the address: hardly what is meant. */
		if (!strchr(ipv4, '/')) {
			print_error("decode: '%.64s' lacks its length", ipv4);
			return false;
		}
		if (!parse_prefix(ipv4, &domain->ipv4))
			return false;
	} else if (ipv4) {
		if (!parse_number("decode: length of an IPv4 prefix", ipv4, 32,
				  &domain->ipv4.length))
			return false;
		domain->zeros = domain->ipv4.length;
	}
	if (!domain->prefix.ipv6 || domain->ipv4.ipv6) {
		print_error("decode: a 6rd domain is an IPv6 prefix, and after a comma an IPv4 one");
		return false;
	}
	if (domain->prefix.length + 32 - domain->ipv4.length > 64) {
		print_error("decode: a 6rd prefix and what follows of an IPv4 address have 64 bits at most, not %u",
			    domain->prefix.length + 32 - domain->ipv4.length);
		return false;
	}
	return !decode_has_host_bits(&domain->prefix) && !decode_has_host_bits(&domain->ipv4);
}

static void decode_print(struct print *p, const struct domain *domain,
			 const struct prefix *address)
{
	enum srcguard_reason reason = SRCGUARD_REASON_NONE;
	char text[PREFIX_TEXT_MAX], outside[PREFIX_TEXT_MAX + 32];
	bool rfc3964 = domain == &decode_6to4;
	const char *why = NULL;
	struct prefix ipv4;

	print_address(text, address);
	print_string(p, "address", "", text);
	if (decode_ipv4(domain, address, &ipv4)) {
		print_address(text, &ipv4);
		print_string(p, "ipv4", " ipv4 ", text);
		print_prefix(text, &domain->prefix);
		print_string(p, "prefix", " prefix ", text);
		why = rfc3964 ? decode_is_bad(decode_bad_ipv4, &ipv4) : NULL;
		if (why)
			reason = SRCGUARD_REASON_6TO4_EMBEDDED;
	} else {
		why = rfc3964 ? decode_is_bad(decode_bad_ipv6, address) : NULL;
		reason = why ? SRCGUARD_REASON_6TO4_INNER : SRCGUARD_REASON_6TO4_NATIVE;
		print_prefix(text, &domain->prefix);
		snprintf(outside, sizeof(outside), "The address is not in %s.", text);
		why = why ? why : outside;
	}
	print_name(p, "verdict", " ", names_verdicts,
		   why ? SRCGUARD_VERDICT_DROP : SRCGUARD_VERDICT_ACCEPT);
	if (why) {
		print_name(p, "reason", " reason ", names_reasons, reason);
		print_string(p, "why", "\n    ", why);
	} else if (domain->zeros && !p->json) {
		printf("\n    The first %u bits of the IPv4 address are the domain's; they are shown as 0.",
		       domain->ipv4.length);
	}
	print_newline(p);
}

int cmd_decode(const struct options *opt, int argc, char **argv)
{
	static const struct option options[] = {
		{ "6rd", required_argument, NULL, PARSE_OPTION_LONG },
		{ }
	};
	const struct domain *domain = &decode_6to4;
	const char *word = NULL;
	struct prefix address;
	struct domain sixrd;
	struct print p;
	int c, words = 0;

	optind = 0;	/* main() has used getopt before */
	/* "-": the address may stand before the option, also with POSIXLY_CORRECT. */
	while ((c = getopt_long(argc, argv, "-:", options, NULL)) != -1) {
		if (c == 1) {
			word = optarg;
			words++;
		} else if (c != PARSE_OPTION_LONG) {
			parse_option_refused(c, "", argv);
			return TOOL_USAGE;
		} else if (decode_parse_domain(optarg, &sixrd)) {
			domain = &sixrd;
		} else {
			return TOOL_USAGE;
		}
	}
	for (; optind < argc; optind++, words++)
		word = argv[optind];
	if (words != 1) {
		print_error("decode: which IPv6 address, and no more?");
		return TOOL_USAGE;
	}
	if (!parse_address(word, &address))
		return TOOL_USAGE;
	if (!address.ipv6) {
		print_error("decode: '%.64s' is no IPv6 address", word);
		return TOOL_USAGE;
	}
	print_begin(&p, opt, false);
	decode_print(&p, domain, &address);
	return print_end(&p, TOOL_DONE);
}
