// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may still be changed: after the lock, which is set once for the whole host, and
 * under the kernel's own lockdown. Process context, under RTNL.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/security.h>

#include "lock.h"

/* Written once, under RTNL; read anywhere. */
static bool srcguard_lock_is_on;

/**
 * srcguard_lock_is_set - whether the host is locked
 */
bool srcguard_lock_is_set(void)
{
	return READ_ONCE(srcguard_lock_is_on);
}

/**
 * srcguard_lock_set - lock the host until the next boot
 *
 * The module's reference to itself is never given back: rmmod is refused from now on.
 */
void srcguard_lock_set(void)
{
	ASSERT_RTNL();
	if (srcguard_lock_is_on)
		return;
	WRITE_ONCE(srcguard_lock_is_on, true);
	__module_get(THIS_MODULE);
}

/**
 * srcguard_lock_count - a change was refused, for want of a capability or by the lock
 * @sgn: the namespace that it was to be made in
 */
void srcguard_lock_count(struct srcguard_net *sgn)
{
	atomic64_inc(&sgn->writes_refused);
}

/*
 * Asked only of what it would refuse, for the kernel says so in its log; and only the
 * host's administrator gets this far. There is no reason of our own to be had; what root
 * does to the kernel by a module's parameters is the nearest one.
 */
static bool srcguard_lock_is_locked_down(void)
{
	return security_locked_down(LOCKDOWN_MODULE_PARAMETERS);
}

static bool srcguard_lock_refuses_host(struct srcguard_net *sgn, bool loosens,
				       struct netlink_ext_ack *extack)
{
	if (srcguard_lock_is_set()) {
		srcguard_lock_count(sgn);
		NL_SET_ERR_MSG(extack, "Limits and logs are locked until the next boot");
		return true;
	}
	if (loosens && srcguard_lock_is_locked_down()) {
		srcguard_lock_count(sgn);
		NL_SET_ERR_MSG(extack, "The kernel is locked down: limits and logs can only be lowered");
		return true;
	}
	return false;
}

static bool srcguard_lock_refuses_filter(struct srcguard_net *sgn, bool loosens,
					 struct netlink_ext_ack *extack)
{
	if (!loosens || !srcguard_lock_is_set())
		return false;
	srcguard_lock_count(sgn);
	NL_SET_ERR_MSG(extack, "Locked until the next boot: filters can only be made stricter");
	return true;
}

/**
 * srcguard_lock_refuses_knobs - whether knobs may not be changed, which is counted
 * @sgn: the namespace; the caller holds RTNL
 * @from: their values
 * @to: their new values
 * @extack: told why; may be NULL
 *
 * Return: the knob that may not, enum srcguard_policy_attr, or 0 if all may.
 */
unsigned int srcguard_lock_refuses_knobs(struct srcguard_net *sgn,
					 const struct srcguard_knobs *from,
					 const struct srcguard_knobs *to,
					 struct netlink_ext_ack *extack)
{
	u32 changes = srcguard_knob_changes(from, to);
	unsigned int knob;
	bool loosens;

	for (knob = 1; knob <= SRCGUARD_A_POLICY_MAX; knob++) {
		if (!(changes & BIT(knob)))
			continue;
		loosens = srcguard_knob_loosens(knob, from->value[knob], to->value[knob]);
		if (srcguard_knob_table[knob].host ? srcguard_lock_refuses_host(sgn, loosens, extack) :
						     srcguard_lock_refuses_filter(sgn, loosens, extack))
			return knob;
	}
	return 0;
}

/**
 * srcguard_lock_refuses_limit - whether a limit may not be changed, which is counted
 * @sgn: the namespace; the caller holds RTNL
 * @from: its value
 * @to: its new value
 * @extack: told why
 */
bool srcguard_lock_refuses_limit(struct srcguard_net *sgn, s32 from, s32 to,
				 struct netlink_ext_ack *extack)
{
	return from != to &&
	       srcguard_lock_refuses_host(sgn, srcguard_limit_is_more(from, to), extack);
}

/**
 * srcguard_lock_refuses_settings - whether a device's or pattern's may not be changed, which
 *	is counted
 * @sgn: the namespace; the caller holds RTNL
 * @from: the settings
 * @to: the new settings
 * @extack: told why
 */
bool srcguard_lock_refuses_settings(struct srcguard_net *sgn,
				    const struct srcguard_settings *from,
				    const struct srcguard_settings *to,
				    struct netlink_ext_ack *extack)
{
	const struct srcguard_policy *policy = rtnl_dereference(sgn->policy);

	return srcguard_lock_refuses_filter(sgn, srcguard_settings_loosen(from, to, &policy->knobs),
					    extack);
}

/**
 * srcguard_lock_refuses_exemption - whether no source may be let through, which is counted
 * @sgn: the namespace; the caller holds RTNL
 * @extack: told why
 */
bool srcguard_lock_refuses_exemption(struct srcguard_net *sgn, struct netlink_ext_ack *extack)
{
	return srcguard_lock_refuses_filter(sgn, true, extack);
}
