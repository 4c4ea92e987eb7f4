// SPDX-License-Identifier: GPL-2.0-only
/*
 * What devices are set to apart from the namespace's knobs: by their own name, or
 * by a pattern of names (pattern.c), and both merged. The packet path finds the mode
 * that this comes to in modes.c, and looks here only for a packet that failed.
 * Process context under RTNL, but for the lookups.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "event.h"
#include "lock.h"
#include "modes.h"
#include "settings.h"

/**
 * struct srcguard_override - what a device is set to
 * @own: by its own name
 * @merged: with its pattern's; never empty
 * @pattern: name of the pattern, or empty
 * @rcu: the packet path may still look at it
 *
 * Never changed once it is in its namespace's table.
 */
struct srcguard_override {
	struct srcguard_settings own;
	struct srcguard_settings merged;
	char pattern[IFNAMSIZ];
	struct rcu_head rcu;
};

/* --- what a device comes to ------------------------------------------------------- */

static void srcguard_settings_own(struct srcguard_net *sgn, const struct net_device *dev,
				  struct srcguard_settings *own)
{
	const struct srcguard_override *override = xa_load(&sgn->overrides, dev->ifindex);

	if (override)
		*own = override->own;
	else
		srcguard_settings_clear(own);
}

/* What a device with these own settings comes to: NULL if to nothing. */
static struct srcguard_override *srcguard_settings_make(struct srcguard_net *sgn,
							const struct net_device *dev,
							const struct srcguard_settings *own,
							const struct srcguard_pattern *leaving)
{
	const struct srcguard_pattern *pattern =
		srcguard_pattern_of(sgn, dev->name, leaving);
	struct srcguard_override *override;

	if (!pattern && srcguard_settings_empty(own))
		return NULL;
	override = kzalloc(sizeof(*override), GFP_KERNEL_ACCOUNT);
	if (!override)
		return ERR_PTR(-ENOMEM);
	override->own = *own;
	override->merged = *own;
	if (pattern) {
		srcguard_settings_merge(&override->merged, own, &pattern->settings);
		strscpy(override->pattern, pattern->name, sizeof(override->pattern));
	}
	return override;
}

/**
 * srcguard_settings_changed - tell dumps of a change
 * @sgn: the namespace; the caller holds RTNL
 */
void srcguard_settings_changed(struct srcguard_net *sgn)
{
	/* 0 means "no generation" to netlink dumps. */
	WRITE_ONCE(sgn->settings_generation, sgn->settings_generation + 1 ?: 1);
}

static void srcguard_settings_put_modes(struct srcguard_net *sgn, int ifindex,
					const struct srcguard_override *override)
{
	s8 mode[] = {
		[SRCGUARD_FAMILY_IPV4] = srcguard_settings_rp_filter(&override->merged, false),
		[SRCGUARD_FAMILY_IPV6] = srcguard_settings_rp_filter(&override->merged, true),
	};

	srcguard_modes_put(sgn, ifindex, mode);
}

/*
 * Cannot fail where there is an entry, or a place reserved, nor if it is NULL; there
 * is room among the modes.
 */
static int srcguard_settings_put(struct srcguard_net *sgn, int ifindex,
				 struct srcguard_override *override)
{
	struct srcguard_override *old;

	if (override)
		old = xa_store(&sgn->overrides, ifindex, override, GFP_KERNEL);
	else
		old = xa_erase(&sgn->overrides, ifindex);
	if (xa_is_err(old))
		return xa_err(old);
	if (old)
		kfree_rcu(old, rcu);
	if (override)
		srcguard_settings_put_modes(sgn, ifindex, override);
	else
		srcguard_modes_put(sgn, ifindex, NULL);
	srcguard_settings_changed(sgn);
	return 0;
}

/* Where nothing is set any more, packets are not to look for it. */
static void srcguard_settings_tidy(struct srcguard_net *sgn)
{
	if (xa_empty(&sgn->overrides))
		srcguard_modes_drop(sgn);
}

static int srcguard_settings_apply(struct srcguard_net *sgn, const struct net_device *dev,
				   const struct srcguard_settings *own)
{
	struct srcguard_override *override = srcguard_settings_make(sgn, dev, own, NULL);
	int err = 0;

	if (IS_ERR(override))
		return PTR_ERR(override);
	if (override)
		err = srcguard_modes_reserve(sgn, 1);
	if (!err)
		err = srcguard_settings_put(sgn, dev->ifindex, override);
	if (err)
		kfree(override);
	srcguard_settings_tidy(sgn);
	return err;
}

/* All that an xarray needs to take what is staged for a device. */
static int srcguard_settings_stage(struct srcguard_net *sgn, struct xarray *staged,
				   const struct net_device *dev,
				   const struct srcguard_pattern *leaving)
{
	struct srcguard_override *override;
	struct srcguard_settings own;
	int err;

	srcguard_settings_own(sgn, dev, &own);
	override = srcguard_settings_make(sgn, dev, &own, leaving);
	if (IS_ERR_OR_NULL(override))
		return PTR_ERR_OR_ZERO(override);
	err = xa_err(xa_store(staged, dev->ifindex, override, GFP_KERNEL));
	if (err)
		kfree(override);
	else
		err = xa_reserve(&sgn->overrides, dev->ifindex, GFP_KERNEL);
	return err;
}

/**
 * srcguard_settings_apply_all - give every device what the patterns mean for it
 * @sgn: the namespace; the caller holds RTNL
 * @leaving: a pattern to leave out; may be NULL
 *
 * Return: 0 or -ENOMEM, and then nothing has changed.
 */
int srcguard_settings_apply_all(struct srcguard_net *sgn,
				       const struct srcguard_pattern *leaving)
{
	struct srcguard_override *override;
	struct net_device *dev;
	struct xarray staged;
	unsigned int count = 0;
	unsigned long index;
	int err = 0;

	xa_init(&staged);
	for_each_netdev(sgn->net, dev) {
		err = srcguard_settings_stage(sgn, &staged, dev, leaving);
		if (err)
			break;
	}
	xa_for_each(&staged, index, override)
		count++;
	if (!err)
		err = srcguard_modes_reserve(sgn, count);
	if (!err)
		for_each_netdev(sgn->net, dev)
			srcguard_settings_put(sgn, dev->ifindex, xa_erase(&staged, dev->ifindex));
	xa_for_each(&staged, index, override) {
		xa_release(&sgn->overrides, index);
		kfree(override);
	}
	xa_destroy(&staged);
	srcguard_settings_tidy(sgn);
	return err;
}

/* --- what others ask for ---------------------------------------------------------- */

static struct net_device *srcguard_settings_device(struct srcguard_net *sgn, const char *name,
						   struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_name(sgn->net, name);

	if (!dev)
		NL_SET_ERR_MSG(extack, "No such device in this network namespace");
	return dev;
}

static void srcguard_settings_say(int err, struct netlink_ext_ack *extack)
{
	switch (err) {
	case -ENOMEM:
		NL_SET_ERR_MSG(extack, "No memory for the settings, counters or hooks");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "This network namespace has all the patterns it may have");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG(extack, "No setting was made by this name");
		break;
	}
}

/* What a device of this name, or one that a pattern is for, has but for its own settings. */
static void srcguard_settings_pattern(struct srcguard_net *sgn, const char *name,
				      const struct srcguard_pattern *leaving,
				      struct srcguard_settings *settings)
{
	const struct srcguard_pattern *pattern = srcguard_pattern_of(sgn, name, leaving);

	if (pattern)
		*settings = pattern->settings;
	else
		srcguard_settings_clear(settings);
}

/*
 * Whether the lock is against it; @name is the pattern's, or @dev's. A pattern that goes
 * leaves its devices to a shorter one, and one that comes takes them from it as a whole.
 * @settings is NULL if all are to go.
 */
static bool srcguard_settings_refused(struct srcguard_net *sgn, const char *name,
				      const struct net_device *dev,
				      const struct srcguard_settings *settings,
				      struct netlink_ext_ack *extack)
{
	struct srcguard_settings from, to, own, pattern;
	unsigned long id;

	srcguard_settings_pattern(sgn, name, NULL, &pattern);
	if (dev) {
		srcguard_settings_own(sgn, dev, &own);
		srcguard_settings_merge(&from, &own, &pattern);
		if (settings)
			srcguard_settings_update(&own, settings);
		else
			srcguard_settings_clear(&own);
		srcguard_settings_merge(&to, &own, &pattern);
	} else {
		const struct srcguard_pattern *old = srcguard_pattern_find(sgn, name, &id);

		from = pattern;
		if (settings && old)
			to = old->settings;
		else if (settings)
			srcguard_settings_clear(&to);
		else
			srcguard_settings_pattern(sgn, name, old, &to);
		if (settings)
			srcguard_settings_update(&to, settings);
	}
	if (!srcguard_lock_refuses_settings(sgn, &from, &to, extack))
		return false;
	srcguard_event_dev(sgn, SRCGUARD_REASON_LOCKED,
			   settings ? SRCGUARD_CHANGE_DEV_SET : SRCGUARD_CHANGE_DEV_CLEAR, name,
			   settings);
	return true;
}

static int srcguard_settings_set_device(struct srcguard_net *sgn, const struct net_device *dev,
					const struct srcguard_settings *settings)
{
	struct srcguard_settings own;

	srcguard_settings_own(sgn, dev, &own);
	srcguard_settings_update(&own, settings);
	return srcguard_settings_apply(sgn, dev, &own);
}

/**
 * srcguard_settings_set - change some settings of a device or a pattern
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 * @name: name of the device, or a pattern
 * @settings: the new values, already checked against their ranges
 * @extack: told why it failed
 *
 * Return: 0 or a negative error, and then nothing has changed.
 */
int srcguard_settings_set(struct srcguard_net *sgn, const char *name,
			  const struct srcguard_settings *settings, struct netlink_ext_ack *extack)
{
	struct net_device *dev = NULL;
	int err;

	if (srcguard_settings_is_pattern(name)) {
		err = srcguard_pattern_check(name, extack);
		if (err)
			return err;
	} else {
		dev = srcguard_settings_device(sgn, name, extack);
		if (!dev)
			return -ENODEV;
		/* It may have been called by another one of its names. */
		name = dev->name;
	}
	if (srcguard_settings_refused(sgn, name, dev, settings, extack))
		return -EPERM;

	err = srcguard_policy_guard(sgn, srcguard_settings_guards(settings));
	if (!err)
		err = dev ? srcguard_settings_set_device(sgn, dev, settings) :
			    srcguard_pattern_set(sgn, name, settings);
	srcguard_policy_settle(sgn);
	srcguard_settings_say(err, extack);
	if (!err)
		srcguard_event_dev(sgn, SRCGUARD_REASON_NONE, SRCGUARD_CHANGE_DEV_SET, name,
				   settings);
	return err;
}

static int srcguard_settings_clear_device(struct srcguard_net *sgn, const struct net_device *dev)
{
	struct srcguard_settings own;

	srcguard_settings_own(sgn, dev, &own);
	if (srcguard_settings_empty(&own))
		return -ENOENT;
	srcguard_settings_clear(&own);
	return srcguard_settings_apply(sgn, dev, &own);
}

/**
 * srcguard_settings_drop - take all settings of a device or a pattern away
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 * @name: name of the device, or a pattern
 * @extack: told why it failed
 *
 * Return: 0 or a negative error, and then nothing has changed.
 */
int srcguard_settings_drop(struct srcguard_net *sgn, const char *name,
			   struct netlink_ext_ack *extack)
{
	struct net_device *dev = NULL;
	int err;

	if (!srcguard_settings_is_pattern(name)) {
		dev = srcguard_settings_device(sgn, name, extack);
		if (!dev)
			return -ENODEV;
		name = dev->name;
	}
	if (srcguard_settings_refused(sgn, name, dev, NULL, extack))
		return -EPERM;
	err = dev ? srcguard_settings_clear_device(sgn, dev) : srcguard_pattern_drop(sgn, name);
	srcguard_settings_say(err, extack);
	if (err)
		return err;
	srcguard_policy_settle(sgn);
	srcguard_event_dev(sgn, SRCGUARD_REASON_NONE, SRCGUARD_CHANGE_DEV_CLEAR, name, NULL);
	return 0;
}

/**
 * srcguard_settings_named - a device came, or has another name
 * @sgn: its namespace; the caller holds RTNL
 * @dev: the device
 *
 * Return: 0 or -ENOMEM, and then what was set for it before stays.
 */
int srcguard_settings_named(struct srcguard_net *sgn, const struct net_device *dev)
{
	struct srcguard_settings own;

	if (xa_empty(&sgn->patterns) && xa_empty(&sgn->overrides))
		return 0;
	srcguard_settings_own(sgn, dev, &own);
	return srcguard_settings_apply(sgn, dev, &own);
}

/**
 * srcguard_settings_gone - a device left
 * @sgn: the namespace that it left; the caller holds RTNL
 * @dev: the device
 */
void srcguard_settings_gone(struct srcguard_net *sgn, const struct net_device *dev)
{
	if (!xa_load(&sgn->overrides, dev->ifindex))
		return;
	srcguard_settings_put(sgn, dev->ifindex, NULL);
	srcguard_settings_tidy(sgn);
	srcguard_policy_settle(sgn);
}

/**
 * srcguard_settings_want_guards - the guards that devices or patterns have on
 * @sgn: the namespace; the caller holds RTNL
 *
 * Return: SRCGUARD_GUARD_..., any number of them.
 */
unsigned int srcguard_settings_want_guards(struct srcguard_net *sgn)
{
	const struct srcguard_override *override;
	const struct srcguard_pattern *pattern;
	unsigned int guards = 0;
	unsigned long index;

	xa_for_each(&sgn->patterns, index, pattern)
		guards |= srcguard_settings_guards(&pattern->settings);
	xa_for_each(&sgn->overrides, index, override)
		guards |= srcguard_settings_guards(&override->own);
	return guards;
}

/**
 * srcguard_settings_of - what is set for a device
 * @sgn: the namespace; the caller holds rcu_read_lock()
 * @ifindex: the device
 *
 * Return: NULL if nothing is.
 */
const struct srcguard_settings *srcguard_settings_of(struct srcguard_net *sgn, int ifindex)
{
	const struct srcguard_override *override = xa_load(&sgn->overrides, ifindex);

	return override ? &override->merged : NULL;
}

/**
 * srcguard_settings_next_device - go through the devices that something is set for
 * @sgn: the namespace; the caller holds rcu_read_lock()
 * @ifindex: where to begin, and where it was found
 * @pattern: the pattern that it is partly or wholly due to, or empty
 *
 * Return: what is set, or NULL at the end.
 */
const struct srcguard_settings *
srcguard_settings_next_device(struct srcguard_net *sgn, unsigned long *ifindex,
			      const char **pattern)
{
	const struct srcguard_override *override =
		xa_find(&sgn->overrides, ifindex, ULONG_MAX, XA_PRESENT);

	if (!override)
		return NULL;
	*pattern = override->pattern;
	return &override->merged;
}

/**
 * srcguard_settings_net_init - nothing is set in a new namespace
 * @sgn: the namespace
 */
void srcguard_settings_net_init(struct srcguard_net *sgn)
{
	sgn->settings_generation = 1;
	xa_init_flags(&sgn->overrides, XA_FLAGS_ACCOUNT);
	xa_init_flags(&sgn->patterns, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
}

/**
 * srcguard_settings_net_exit - free what is left
 * @sgn: the namespace; its hooks run no more, and nobody reads its lists
 */
void srcguard_settings_net_exit(struct srcguard_net *sgn)
{
	struct srcguard_override *override;
	struct srcguard_pattern *pattern;
	unsigned long index;

	xa_for_each(&sgn->overrides, index, override)
		kfree(override);
	xa_for_each(&sgn->patterns, index, pattern)
		kfree(pattern);
	xa_destroy(&sgn->overrides);
	xa_destroy(&sgn->patterns);
	srcguard_modes_drop(sgn);
}
