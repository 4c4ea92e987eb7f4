// SPDX-License-Identifier: GPL-2.0-only
/* What the module tells of: an event in a line, or as an object. */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <linux/if.h>
#include <linux/if_ether.h>

#define EVENT_SECOND 1000000000

const struct nla_policy event_policy[SRCGUARD_A_EVENT_MAX + 1] = {
	[SRCGUARD_A_EVENT_NUMBER]	= { .type = NLA_U64 },
	[SRCGUARD_A_EVENT_TIME]		= { .type = NLA_U64 },
	[SRCGUARD_A_EVENT_TYPE]		= { .type = NLA_U32 },
	[SRCGUARD_A_EVENT_DEVICE]	= { .type = NLA_STRING, .maxlen = IFNAMSIZ },
	[SRCGUARD_A_EVENT_FAMILY]	= { .type = NLA_U32 },
	[SRCGUARD_A_EVENT_REASON]	= { .type = NLA_U32 },
	[SRCGUARD_A_EVENT_OUTCOME]	= { .type = NLA_U32 },
	[SRCGUARD_A_EVENT_LINK_SRC]	= { .minlen = ETH_ALEN, .maxlen = ETH_ALEN },
	[SRCGUARD_A_EVENT_LENGTH]	= { .type = NLA_U32 },
	[SRCGUARD_A_EVENT_SKIPPED]	= { .type = NLA_U64 },
	[SRCGUARD_A_EVENT_CHANGE]	= { .type = NLA_U32 },
	[SRCGUARD_A_EVENT_POLICY]	= { .type = NLA_NESTED },
	[SRCGUARD_A_EVENT_DEV]		= { .type = NLA_NESTED },
	[SRCGUARD_A_EVENT_EXEMPT]	= { .type = NLA_NESTED },
	[SRCGUARD_A_EVENT_LIMIT]	= { .type = NLA_NESTED },
};

/* ISO 8601: a number would not keep its last digits in all readers of JSON. */
static void event_print_time(struct print *p, uint64_t ns)
{
	time_t seconds = ns / EVENT_SECOND;
	char date[32] = "", text[64];
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%09" PRIu64 "Z", date, ns % EVENT_SECOND);
	print_string(p, "time", "", text);
}

/* An event of the tool's own: the listener was too slow for @count of the module's. */
void event_print_lost(struct print *p, uint64_t ns, uint64_t count)
{
	event_print_time(p, ns);
	print_string(p, "event", " ", "lost");
	print_number(p, "count", " ", count);
}

static void event_print_name(struct print *p, const char *key, const char *before,
			     const struct name *list, const struct nlattr *attr)
{
	if (attr)
		print_name(p, key, before, list, nla_get_u32(attr));
}

/* For people also the IPv4 address in a 6to4 one. */
static bool event_print_address(struct print *p, const char *key, const char *before,
				const struct nlattr *attr)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix address, ipv4;

	if (!attr)
		return true;
	if (!attr_get_address(attr, &address))
		return false;
	print_address(text, &address);
	print_string(p, key, before, text);
	if (!p->json && decode_2002(&address, &ipv4)) {
		print_address(text, &ipv4);
		printf(" (%s)", text);
	}
	return true;
}

static bool event_print_drop(struct print *p, struct nlattr **attr)
{
	bool whole;

	if (attr[SRCGUARD_A_EVENT_DEVICE])
		print_string(p, "device", " dev ",
			     nla_get_string(attr[SRCGUARD_A_EVENT_DEVICE]));
	event_print_name(p, "family", " ", names_families, attr[SRCGUARD_A_EVENT_FAMILY]);
	event_print_name(p, "reason", " ", names_reasons, attr[SRCGUARD_A_EVENT_REASON]);
	event_print_name(p, "outcome", " ", names_outcomes, attr[SRCGUARD_A_EVENT_OUTCOME]);
	whole = event_print_address(p, "source", " from ", attr[SRCGUARD_A_EVENT_SRC]) &&
		event_print_address(p, "destination", " to ", attr[SRCGUARD_A_EVENT_DST]) &&
		event_print_address(p, "inner_source", " inner from ",
				    attr[SRCGUARD_A_EVENT_INNER_SRC]) &&
		event_print_address(p, "inner_destination", " to ",
				    attr[SRCGUARD_A_EVENT_INNER_DST]);
	if (attr[SRCGUARD_A_EVENT_LINK_SRC]) {
		const uint8_t *mac = nla_data(attr[SRCGUARD_A_EVENT_LINK_SRC]);
		char text[3 * ETH_ALEN];

		snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
		print_string(p, "link_source", " link ", text);
	}
	if (attr[SRCGUARD_A_EVENT_LENGTH])
		print_number(p, "length", " length ", nla_get_u32(attr[SRCGUARD_A_EVENT_LENGTH]));
	if (attr[SRCGUARD_A_EVENT_SKIPPED])
		print_number(p, "skipped", " skipped ",
			     nla_get_u64(attr[SRCGUARD_A_EVENT_SKIPPED]));
	return whole;
}

static bool event_print_limit(struct print *p, struct nlattr *nest)
{
	struct nlattr *limit[SRCGUARD_A_LIMIT_MAX + 1];

	return !nla_parse_nested(limit, SRCGUARD_A_LIMIT_MAX, nest, attr_limits) &&
	       print_limit(p, " kind ", limit);
}

/* A device that was refused, or has to wait. */
static bool event_print_device(struct print *p, struct nlattr **attr)
{
	if (!attr[SRCGUARD_A_EVENT_DEVICE] || !attr[SRCGUARD_A_EVENT_LIMIT])
		return false;
	print_string(p, "device", " dev ", nla_get_string(attr[SRCGUARD_A_EVENT_DEVICE]));
	event_print_name(p, "reason", " ", names_reasons, attr[SRCGUARD_A_EVENT_REASON]);
	return event_print_limit(p, attr[SRCGUARD_A_EVENT_LIMIT]);
}

/* What was set has the names that it is shown by. */
static bool event_print_policy(struct print *p, struct nlattr **attr)
{
	struct nlattr *knob[SRCGUARD_A_POLICY_MAX + 1];
	struct nlattr *dev[SRCGUARD_A_DEV_MAX + 1];
	struct nlattr *exempt[SRCGUARD_A_EXEMPT_MAX + 1];

	event_print_name(p, "change", " ", names_changes, attr[SRCGUARD_A_EVENT_CHANGE]);
	event_print_name(p, "reason", " ", names_reasons, attr[SRCGUARD_A_EVENT_REASON]);
	if (attr[SRCGUARD_A_EVENT_POLICY]) {
		if (nla_parse_nested(knob, SRCGUARD_A_POLICY_MAX, attr[SRCGUARD_A_EVENT_POLICY],
				     attr_knobs))
			return false;
		print_knobs(p, names_knobs, knob);
	}
	if (attr[SRCGUARD_A_EVENT_DEV]) {
		if (nla_parse_nested(dev, SRCGUARD_A_DEV_MAX, attr[SRCGUARD_A_EVENT_DEV],
				     attr_settings) || !dev[SRCGUARD_A_DEV_DEVICE])
			return false;
		print_string(p, "device", " ", nla_get_string(dev[SRCGUARD_A_DEV_DEVICE]));
		print_knobs(p, names_settings, dev);
	}
	if (attr[SRCGUARD_A_EVENT_EXEMPT]) {
		if (nla_parse_nested(exempt, SRCGUARD_A_EXEMPT_MAX, attr[SRCGUARD_A_EVENT_EXEMPT],
				     attr_exemptions))
			return false;
		return print_exemption(p, " ", exempt);
	}
	return !attr[SRCGUARD_A_EVENT_LIMIT] || event_print_limit(p, attr[SRCGUARD_A_EVENT_LIMIT]);
}

/* Of an event that only a newer module knows, no more than its number and time. */
static bool event_print_type(struct print *p, struct nlattr **attr)
{
	uint32_t type = nla_get_u32(attr[SRCGUARD_A_EVENT_TYPE]);

	event_print_time(p, nla_get_u64(attr[SRCGUARD_A_EVENT_TIME]));
	print_name(p, "event", " ", names_events, type);
	if (type == SRCGUARD_EVENT_DROP)
		return event_print_drop(p, attr);
	if (type == SRCGUARD_EVENT_POLICY)
		return event_print_policy(p, attr);
	if (type == SRCGUARD_EVENT_LIMIT)
		return event_print_device(p, attr);
	return true;
}

/* @explain: what its reason means as well, if it has one */
bool event_print(struct print *p, struct nlattr **attr, bool explain)
{
	bool whole = event_print_type(p, attr);

	if (explain && attr[SRCGUARD_A_EVENT_REASON])
		print_explanation(p, nla_get_u32(attr[SRCGUARD_A_EVENT_REASON]));
	return whole;
}
