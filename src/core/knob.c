// SPDX-License-Identifier: GPL-2.0-only
/*
 * The knobs' table and what can be asked of it. Pure: no state, no locks.
 */
#include "knob.h"
#include "limit.h"

const struct srcguard_knob srcguard_knob_table[] = {
	[SRCGUARD_A_POLICY_RP_FILTER] = {
		.name = "rp_filter", .min = SRCGUARD_RP_FILTER_OFF,
		.max = SRCGUARD_RP_FILTER_FEASIBLE, .preset = SRCGUARD_RP_FILTER_STRICT,
	},
	[SRCGUARD_A_POLICY_ENFORCE] = {
		.name = "enforce", .min = 0, .max = 1, .preset = 1,
	},
	[SRCGUARD_A_POLICY_SIXTOFOUR] = {
		.name = "sixtofour", .min = SRCGUARD_SIXTOFOUR_OFF,
		.max = SRCGUARD_SIXTOFOUR_FULL, .preset = SRCGUARD_SIXTOFOUR_MATCH,
	},
	[SRCGUARD_A_POLICY_LOG_MARTIANS] = {
		.name = "log_martians", .host = 1, .min = 0, .max = 1, .preset = 0,
	},
	[SRCGUARD_A_POLICY_LOG_6TO4] = {
		.name = "log_6to4", .host = 1, .min = 0, .max = 1, .preset = 0,
	},
	[SRCGUARD_A_POLICY_LOG_INTERVAL] = {
		.name = "log_interval", .host = 1, .min = 1, .max = SRCGUARD_LOG_INTERVAL_MAX,
		.preset = 60,
	},
	[SRCGUARD_A_POLICY_LOG_DAILY_MAX] = {
		.name = "log_daily_max", .host = 1, .min = 0, .max = SRCGUARD_LOG_DAILY_MAX_MAX,
		.preset = 1000,
	},
	[SRCGUARD_A_POLICY_LOOPBACK_LIMIT] = {
		.name = "loopback_limit", .host = 1, .min = SRCGUARD_LIMIT_NONE,
		.max = SRCGUARD_LOOPBACK_LIMIT_MAX, .preset = 0,
	},
	[SRCGUARD_A_POLICY_LOCK] = {
		.name = "lock", .host = 1, .min = 0, .max = 1, .preset = 0,
	},
};

/**
 * srcguard_knob_allows - whether a value lies in a knob's range
 * @knob: enum srcguard_policy_attr; an unknown one allows nothing
 * @value: the value asked for
 */
_Bool srcguard_knob_allows(unsigned int knob, long value)
{
	if (knob == SRCGUARD_A_POLICY_UNSPEC || knob > SRCGUARD_A_POLICY_MAX)
		return 0;
	return value >= srcguard_knob_table[knob].min &&
	       value <= srcguard_knob_table[knob].max;
}

static int srcguard_knob_strictness(__s32 rp_filter)
{
	static const int strictness[] = {
		[SRCGUARD_RP_FILTER_OFF]	= 0,
		[SRCGUARD_RP_FILTER_LOOSE]	= 1,
		[SRCGUARD_RP_FILTER_FEASIBLE]	= 2,
		[SRCGUARD_RP_FILTER_STRICT]	= 3,
	};

	return strictness[rp_filter];
}

/**
 * srcguard_knob_loosens - whether a change lets through, allows or logs more
 * @knob: enum srcguard_policy_attr
 * @from: its value
 * @to: its new value
 *
 * Both are in its range.
 */
_Bool srcguard_knob_loosens(unsigned int knob, __s32 from, __s32 to)
{
	switch (knob) {
	case SRCGUARD_A_POLICY_RP_FILTER:
		return srcguard_knob_strictness(to) < srcguard_knob_strictness(from);
	case SRCGUARD_A_POLICY_LOOPBACK_LIMIT:
		return srcguard_limit_is_more(from, to);
	case SRCGUARD_A_POLICY_LOG_MARTIANS:
	case SRCGUARD_A_POLICY_LOG_6TO4:
	case SRCGUARD_A_POLICY_LOG_DAILY_MAX:
		return to > from;
	default:
		/* enforce, sixtofour, log_interval, lock */
		return to < from;
	}
}

/**
 * srcguard_knob_changes - the knobs that have another value
 * @from: their values
 * @to: their new values
 *
 * Return: a bit for each, 1 << enum srcguard_policy_attr.
 */
__u32 srcguard_knob_changes(const struct srcguard_knobs *from, const struct srcguard_knobs *to)
{
	__u32 which = 0;
	unsigned int i;

	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++)
		if (from->value[i] != to->value[i])
			which |= 1u << i;
	return which;
}

/**
 * srcguard_knob_preset - fill in the defaults
 * @knobs: all of it is overwritten
 */
void srcguard_knob_preset(struct srcguard_knobs *knobs)
{
	unsigned int i;

	for (i = 0; i <= SRCGUARD_A_POLICY_MAX; i++)
		knobs->value[i] = srcguard_knob_table[i].preset;
}

/**
 * srcguard_knob_host - the knobs that only the host's administrator may set
 *
 * Return: a bit for each, 1 << enum srcguard_policy_attr.
 */
__u32 srcguard_knob_host(void)
{
	__u32 which = 0;
	unsigned int i;

	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++)
		if (srcguard_knob_table[i].host)
			which |= 1u << i;
	return which;
}

/**
 * srcguard_knob_guards - which guards have to look at packets
 * @knobs: the namespace's knobs
 *
 * Return: SRCGUARD_GUARD_..., any number of them.
 */
unsigned int srcguard_knob_guards(const struct srcguard_knobs *knobs)
{
	unsigned int guards = 0;

	if (knobs->value[SRCGUARD_A_POLICY_RP_FILTER] != SRCGUARD_RP_FILTER_OFF)
		guards |= SRCGUARD_GUARD_RPF;
	if (knobs->value[SRCGUARD_A_POLICY_SIXTOFOUR] != SRCGUARD_SIXTOFOUR_OFF)
		guards |= SRCGUARD_GUARD_SIXTOFOUR;
	return guards;
}
