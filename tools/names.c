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

static const struct name names_sixtofour[] = {
	{ .name = "off",	.value = SRCGUARD_SIXTOFOUR_OFF },
	{ .name = "match",	.value = SRCGUARD_SIXTOFOUR_MATCH },
	{ .name = "full",	.value = SRCGUARD_SIXTOFOUR_FULL },
	{ }
};

static const struct name names_switch[] = {
	{ .name = "off",	.value = 0 },
	{ .name = "on",		.value = 1 },
	{ }
};

/* For numbers that are no more than that. */
static const struct name names_none[] = {
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
	}, {
		.name	= "sixtofour",
		.attr	= SRCGUARD_A_POLICY_SIXTOFOUR,
		.values	= names_sixtofour,
	}, {
		.name	= "log_martians",
		.attr	= SRCGUARD_A_POLICY_LOG_MARTIANS,
		.number	= true,
		.values	= names_switch,
	}, {
		.name	= "log_6to4",
		.attr	= SRCGUARD_A_POLICY_LOG_6TO4,
		.number	= true,
		.values	= names_switch,
	}, {
		.name	= "log_interval",
		.attr	= SRCGUARD_A_POLICY_LOG_INTERVAL,
		.number	= true,
		.values	= names_none,
	}, {
		.name	= "log_daily_max",
		.attr	= SRCGUARD_A_POLICY_LOG_DAILY_MAX,
		.number	= true,
		.values	= names_none,
	}, {
		.name	= "loopback_limit",
		.attr	= SRCGUARD_A_POLICY_LOOPBACK_LIMIT,
		.number	= true,
		.sign	= true,
		.values	= names_none,
	}, {
		.name	= "lock",
		.attr	= SRCGUARD_A_POLICY_LOCK,
		.number	= true,
		.values	= names_switch,
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
	}, {
		.name	= "sixtofour",
		.attr	= SRCGUARD_A_DEV_SIXTOFOUR,
		.values	= names_sixtofour,
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

#define NAMES_EVENT(id, text) \
	{ .name = text, .value = SRCGUARD_EVENT_##id },
const struct name names_events[] = {
	SRCGUARD_EVENT_LIST(NAMES_EVENT)
	{ }
};

#define NAMES_CHANGE(id, text) \
	{ .name = text, .value = SRCGUARD_CHANGE_##id },
const struct name names_changes[] = {
	SRCGUARD_CHANGE_LIST(NAMES_CHANGE)
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
