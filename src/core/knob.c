// SPDX-License-Identifier: GPL-2.0-only
/*
 * The knobs' table and what can be asked of it. Pure: no state, no locks.
 */
#include "knob.h"

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
 * srcguard_knob_guarding - whether any packet has to be looked at
 * @knobs: the namespace's knobs
 */
_Bool srcguard_knob_guarding(const struct srcguard_knobs *knobs)
{
	return knobs->value[SRCGUARD_A_POLICY_RP_FILTER] != SRCGUARD_RP_FILTER_OFF;
}
