// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the numbers of linux/srcguard.h are called. Each knob, mode, reason and
 * outcome has its name here or in that header, and nowhere else in the tool.
 */
#include "tool.h"

#include <sys/socket.h>

#include <linux/rtnetlink.h>

static const struct name names_rp_filter[] = {
	{ .name = "off",	.value = SRCGUARD_RP_FILTER_OFF },
	{ .name = "strict",	.value = SRCGUARD_RP_FILTER_STRICT },
	{ .name = "loose",	.value = SRCGUARD_RP_FILTER_LOOSE },
	{ .name = "feasible",	.value = SRCGUARD_RP_FILTER_FEASIBLE },
	{ }
};

static const struct name names_enforce[] = {
	{ .name = "audit",	.value = 0 },
	{ .name = "drop",	.value = 1 },
	{ .name = "off",	.value = 0 },
	{ .name = "on",		.value = 1 },
	{ }
};

const struct knob names_knobs[] = {
	{
		.name	= "rp_filter",
		.attr	= SRCGUARD_A_POLICY_RP_FILTER,
		.values	= names_rp_filter,
	}, {
		.name	= "enforce",
		.attr	= SRCGUARD_A_POLICY_ENFORCE,
		.number	= true,
		.values	= names_enforce,
	},
	{ }
};

const struct knob names_settings[] = {
	{
		.name	= "rp_filter",
		.attr	= SRCGUARD_A_DEV_RP_FILTER,
		.values	= names_rp_filter,
	}, {
		.name	= "rp_filter_ipv4",
		.attr	= SRCGUARD_A_DEV_RP_FILTER_IPV4,
		.values	= names_rp_filter,
	}, {
		.name	= "rp_filter_ipv6",
		.attr	= SRCGUARD_A_DEV_RP_FILTER_IPV6,
		.values	= names_rp_filter,
	}, {
		.name	= "enforce",
		.attr	= SRCGUARD_A_DEV_ENFORCE,
		.number	= true,
		.values	= names_enforce,
	},
	{ }
};

const struct name names_families[] = {
	{ .name = "ipv4",	.value = AF_INET },
	{ .name = "ipv6",	.value = AF_INET6 },
	{ }
};

#define NAMES_REASON(id, text, why) \
	{ .name = text, .value = SRCGUARD_REASON_##id, .sentence = why },
const struct name names_reasons[] = {
	SRCGUARD_REASON_LIST(NAMES_REASON)
	{ }
};

#define NAMES_OUTCOME(id, text) \
	{ .name = text, .value = SRCGUARD_OUTCOME_##id },
const struct name names_outcomes[] = {
	SRCGUARD_OUTCOME_LIST(NAMES_OUTCOME)
	{ }
};

#define NAMES_VERDICT(id, text) \
	{ .name = text, .value = SRCGUARD_VERDICT_##id },
const struct name names_verdicts[] = {
	SRCGUARD_VERDICT_LIST(NAMES_VERDICT)
	{ }
};

#define NAMES_DECIDER(id, text, why) \
	{ .name = text, .value = SRCGUARD_DECIDER_##id, .sentence = why },
const struct name names_deciders[] = {
	SRCGUARD_DECIDER_LIST(NAMES_DECIDER)
	{ }
};

/* As ip(8) calls them. */
const struct name names_route_types[] = {
	{ .name = "unicast",		.value = RTN_UNICAST },
	{ .name = "local",		.value = RTN_LOCAL },
	{ .name = "broadcast",		.value = RTN_BROADCAST },
	{ .name = "anycast",		.value = RTN_ANYCAST },
	{ .name = "multicast",		.value = RTN_MULTICAST },
	{ .name = "blackhole",		.value = RTN_BLACKHOLE },
	{ .name = "unreachable",	.value = RTN_UNREACHABLE },
	{ .name = "prohibit",		.value = RTN_PROHIBIT },
	{ .name = "throw",		.value = RTN_THROW },
	{ }
};

const struct name names_tables[] = {
	{ .name = "default",		.value = RT_TABLE_DEFAULT },
	{ .name = "main",		.value = RT_TABLE_MAIN },
	{ .name = "local",		.value = RT_TABLE_LOCAL },
	{ }
};

/* NULL for a value that only a newer module knows. */
const struct name *names_find(const struct name *list, uint32_t value)
{
	for (; list->name; list++)
		if (list->value == value)
			return list;
	return NULL;
}
