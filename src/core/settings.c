// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device's settings amount to. Pure: no state, no locks.
 */
#include "settings.h"

/**
 * srcguard_settings_clear - no value for anything
 * @settings: all of it is overwritten
 */
void srcguard_settings_clear(struct srcguard_settings *settings)
{
	unsigned int i;

	for (i = 0; i < SRCGUARD_SETTING_COUNT; i++)
		settings->value[i] = SRCGUARD_SETTING_INHERIT;
}

/**
 * srcguard_settings_empty - whether there is no value for anything
 * @settings: the settings
 */
_Bool srcguard_settings_empty(const struct srcguard_settings *settings)
{
	unsigned int i;

	for (i = 0; i < SRCGUARD_SETTING_COUNT; i++)
		if (settings->value[i] != SRCGUARD_SETTING_INHERIT)
			return 0;
	return 1;
}

/**
 * srcguard_settings_guards - which guards they turn on
 * @settings: the settings
 *
 * Return: SRCGUARD_GUARD_..., any number of them.
 */
unsigned int srcguard_settings_guards(const struct srcguard_settings *settings)
{
	unsigned int guards = 0;

	if (srcguard_settings_rp_filter(settings, 0) > SRCGUARD_RP_FILTER_OFF ||
	    srcguard_settings_rp_filter(settings, 1) > SRCGUARD_RP_FILTER_OFF)
		guards |= SRCGUARD_GUARD_RPF;
	if (settings->value[SRCGUARD_SETTING_SIXTOFOUR] > SRCGUARD_SIXTOFOUR_OFF)
		guards |= SRCGUARD_GUARD_SIXTOFOUR;
	return guards;
}

/**
 * srcguard_settings_update - change those that have a new value
 * @settings: what is changed
 * @with: the new values
 */
void srcguard_settings_update(struct srcguard_settings *settings,
			      const struct srcguard_settings *with)
{
	unsigned int i;

	for (i = 0; i < SRCGUARD_SETTING_COUNT; i++)
		if (with->value[i] != SRCGUARD_SETTING_INHERIT)
			settings->value[i] = with->value[i];
}

/**
 * srcguard_settings_merge - a device's own settings on top of its pattern's
 * @merged: the result
 * @own: the device's own
 * @pattern: the pattern's
 *
 * An own mode for both families leaves nothing of the pattern's for one of them.
 */
void srcguard_settings_merge(struct srcguard_settings *merged,
			     const struct srcguard_settings *own,
			     const struct srcguard_settings *pattern)
{
	*merged = *pattern;
	if (own->value[SRCGUARD_SETTING_RP_FILTER] != SRCGUARD_SETTING_INHERIT) {
		merged->value[SRCGUARD_SETTING_RP_FILTER_IPV4] = SRCGUARD_SETTING_INHERIT;
		merged->value[SRCGUARD_SETTING_RP_FILTER_IPV6] = SRCGUARD_SETTING_INHERIT;
	}
	srcguard_settings_update(merged, own);
}

/**
 * srcguard_settings_rp_filter - the mode for a family
 * @settings: the settings
 * @ipv6: of two families, IPv6
 *
 * Return: enum srcguard_rp_filter, or SRCGUARD_SETTING_INHERIT.
 */
int srcguard_settings_rp_filter(const struct srcguard_settings *settings, _Bool ipv6)
{
	int mode = settings->value[ipv6 ? SRCGUARD_SETTING_RP_FILTER_IPV6 :
					  SRCGUARD_SETTING_RP_FILTER_IPV4];

	return mode != SRCGUARD_SETTING_INHERIT ? mode :
	       settings->value[SRCGUARD_SETTING_RP_FILTER];
}

static __s32 srcguard_settings_or(int setting, __s32 knob)
{
	return setting != SRCGUARD_SETTING_INHERIT ? setting : knob;
}

static _Bool srcguard_settings_loosens(unsigned int knob, const struct srcguard_knobs *knobs,
				       int from, int to)
{
	return srcguard_knob_loosens(knob, srcguard_settings_or(from, knobs->value[knob]),
				     srcguard_settings_or(to, knobs->value[knob]));
}

/**
 * srcguard_settings_loosen - whether a change lets more packets through
 * @from: a device's or pattern's settings
 * @to: its new settings
 * @knobs: the namespace's knobs, for what they leave open
 */
_Bool srcguard_settings_loosen(const struct srcguard_settings *from,
			       const struct srcguard_settings *to,
			       const struct srcguard_knobs *knobs)
{
	int ipv6;

	for (ipv6 = 0; ipv6 <= 1; ipv6++)
		if (srcguard_settings_loosens(SRCGUARD_A_POLICY_RP_FILTER, knobs,
					      srcguard_settings_rp_filter(from, ipv6),
					      srcguard_settings_rp_filter(to, ipv6)))
			return 1;
	return srcguard_settings_loosens(SRCGUARD_A_POLICY_ENFORCE, knobs,
					 from->value[SRCGUARD_SETTING_ENFORCE],
					 to->value[SRCGUARD_SETTING_ENFORCE]) ||
	       srcguard_settings_loosens(SRCGUARD_A_POLICY_SIXTOFOUR, knobs,
					 from->value[SRCGUARD_SETTING_SIXTOFOUR],
					 to->value[SRCGUARD_SETTING_SIXTOFOUR]);
}

/**
 * srcguard_settings_is_pattern - whether a name is a pattern and not a device's
 * @name: the name
 */
_Bool srcguard_settings_is_pattern(const char *name)
{
	while (*name && *name != '*')
		name++;
	return *name;
}

/**
 * srcguard_settings_matches - whether a device is called as a pattern says
 * @pattern: the beginning of names, and an asterisk
 * @name: the device's name
 *
 * Return: 0 if it is not, or else a number that is larger the more exact the
 * pattern is.
 */
unsigned int srcguard_settings_matches(const char *pattern, const char *name)
{
	unsigned int exact;

	for (exact = 0; pattern[exact] != '*'; exact++)
		if (!pattern[exact] || pattern[exact] != name[exact])
			return 0;
	return exact + 1;
}
