// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the numbers of linux/srcguard.h are called. Each knob, mode, reason and
 * outcome has its name here or in that header, and nowhere else in the tool.
 */
#include "tool.h"

#include <sys/socket.h>

static const struct name names_rp_filter[] = {
	{ .name = "off",	.value = SRCGUARD_RP_FILTER_OFF },
	{ .name = "strict",	.value = SRCGUARD_RP_FILTER_STRICT },
	{ .name = "loose",	.value = SRCGUARD_RP_FILTER_LOOSE },
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

/* NULL for a value that only a newer module knows. */
const struct name *names_find(const struct name *list, uint32_t value)
{
	for (; list->name; list++)
		if (list->value == value)
			return list;
	return NULL;
}
