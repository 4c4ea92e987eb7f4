/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a device's settings amount to: its own, its pattern's, the namespace's.
 */
#ifndef SRCGUARD_CORE_SETTINGS_H
#define SRCGUARD_CORE_SETTINGS_H

#include <linux/types.h>
#include <linux/srcguard.h>

#include "knob.h"

/**
 * enum srcguard_setting - what can be set for a device
 * @SRCGUARD_SETTING_RP_FILTER: enum srcguard_rp_filter for both families
 * @SRCGUARD_SETTING_RP_FILTER_IPV4: for IPv4, wins over the former
 * @SRCGUARD_SETTING_RP_FILTER_IPV6: for IPv6, wins over the first
 * @SRCGUARD_SETTING_ENFORCE: 1 drops, 0 audits
 * @SRCGUARD_SETTING_SIXTOFOUR: enum srcguard_sixtofour
 * @SRCGUARD_SETTING_COUNT: number of settings
 */
enum srcguard_setting {
	SRCGUARD_SETTING_RP_FILTER,
	SRCGUARD_SETTING_RP_FILTER_IPV4,
	SRCGUARD_SETTING_RP_FILTER_IPV6,
	SRCGUARD_SETTING_ENFORCE,
	SRCGUARD_SETTING_SIXTOFOUR,
	SRCGUARD_SETTING_COUNT
};

/* No value: what comes next decides. */
#define SRCGUARD_SETTING_INHERIT	(-1)

/**
 * struct srcguard_settings - a value for every setting
 * @value: by enum srcguard_setting; SRCGUARD_SETTING_INHERIT where there is none
 */
struct srcguard_settings {
	__s8 value[SRCGUARD_SETTING_COUNT];
};

void srcguard_settings_clear(struct srcguard_settings *settings);
_Bool srcguard_settings_empty(const struct srcguard_settings *settings);
unsigned int srcguard_settings_guards(const struct srcguard_settings *settings);
void srcguard_settings_update(struct srcguard_settings *settings,
			      const struct srcguard_settings *with);
void srcguard_settings_merge(struct srcguard_settings *merged,
			     const struct srcguard_settings *own,
			     const struct srcguard_settings *pattern);
int srcguard_settings_rp_filter(const struct srcguard_settings *settings, _Bool ipv6);
_Bool srcguard_settings_loosen(const struct srcguard_settings *from,
			       const struct srcguard_settings *to,
			       const struct srcguard_knobs *knobs);
_Bool srcguard_settings_is_pattern(const char *name);
unsigned int srcguard_settings_matches(const char *pattern, const char *name);

#endif /* SRCGUARD_CORE_SETTINGS_H */
