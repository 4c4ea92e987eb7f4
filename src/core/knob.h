/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of a namespace's knobs: one line each, from which sysctls, netlink
 * attributes and module parameters take name, range and default.
 */
#ifndef SRCGUARD_CORE_KNOB_H
#define SRCGUARD_CORE_KNOB_H

#include <linux/types.h>
#include <linux/srcguard.h>

/* Guards, of which any number may be on. */
#define SRCGUARD_GUARD_RPF		1u
#define SRCGUARD_GUARD_SIXTOFOUR	2u

/**
 * struct srcguard_knob - one knob
 * @name: its name in sysctl, netlink specification, tool and module parameter
 * @host: only the host's administrator may set it, in whichever namespace
 * @min: least value allowed
 * @max: greatest value allowed
 * @preset: value of a namespace that nobody configured
 */
struct srcguard_knob {
	const char *name;
	_Bool host;
	__s32 min;
	__s32 max;
	__s32 preset;
};

/**
 * struct srcguard_knobs - a value for every knob
 * @value: indexed by enum srcguard_policy_attr, index 0 is unused
 */
struct srcguard_knobs {
	__s32 value[SRCGUARD_A_POLICY_MAX + 1];
};

extern const struct srcguard_knob srcguard_knob_table[SRCGUARD_A_POLICY_MAX + 1];

_Bool srcguard_knob_allows(unsigned int knob, long value);
_Bool srcguard_knob_loosens(unsigned int knob, __s32 from, __s32 to);
__u32 srcguard_knob_changes(const struct srcguard_knobs *from, const struct srcguard_knobs *to);
__u32 srcguard_knob_host(void);
void srcguard_knob_preset(struct srcguard_knobs *knobs);
unsigned int srcguard_knob_guards(const struct srcguard_knobs *knobs);

#endif /* SRCGUARD_CORE_KNOB_H */
