// SPDX-License-Identifier: GPL-2.0-only
/*
 * A namespace's policy: publishes new values, and turns guards on and off, and with
 * the first and the last of them what all need. Process context, under RTNL.
 */
#include <linux/netlink.h>
#include <linux/slab.h>

#include "device.h"
#include "event.h"
#include "limit.h"
#include "lock.h"
#include "settings.h"

static struct srcguard_policy *srcguard_policy_alloc(const struct srcguard_knobs *knobs)
{
	struct srcguard_policy *policy = kmalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);

	if (policy)
		policy->knobs = *knobs;
	return policy;
}

/* What all guards need. */
static int srcguard_policy_fill(struct srcguard_net *sgn)
{
	int err;

	if (sgn->guards)
		return 0;
	err = srcguard_device_net_fill(sgn);
	if (err)
		return err;
	err = srcguard_sample_net_fill(sgn);
	if (err)
		srcguard_device_net_drain(sgn);
	return err;
}

static void srcguard_policy_drain(struct srcguard_net *sgn)
{
	srcguard_sample_net_drain(sgn);
	srcguard_device_net_drain(sgn);
}

static void srcguard_policy_turn_off(struct srcguard_net *sgn, unsigned int guards)
{
	if (guards & SRCGUARD_GUARD_RPF)
		srcguard_hook_unregister(sgn);
	if (guards & SRCGUARD_GUARD_SIXTOFOUR)
		srcguard_sixtofour_unregister(sgn);
	sgn->guards &= ~guards;
	/* Netfilter does not wait for hooks that are still running. */
	synchronize_net();
	if (!sgn->guards)
		srcguard_policy_drain(sgn);
}

/* The 6to4 guard has nothing to look at while no tunnel is up. */
static unsigned int srcguard_policy_possible(const struct srcguard_net *sgn)
{
	if (sgn->leaving)
		return 0;
	return SRCGUARD_GUARD_RPF | (sgn->tunnels_up ? SRCGUARD_GUARD_SIXTOFOUR : 0);
}

static unsigned int srcguard_policy_wanted(struct srcguard_net *sgn)
{
	const struct srcguard_policy *policy = rtnl_dereference(sgn->policy);

	return (srcguard_knob_guards(&policy->knobs) | srcguard_settings_want_guards(sgn)) &
	       srcguard_policy_possible(sgn);
}

/**
 * srcguard_policy_guard - have packets looked at, before something asks for it
 * @sgn: the namespace; the caller holds RTNL, and calls srcguard_policy_settle()
 *	in the end
 * @guards: by which guards
 *
 * Return: 0, also if they are already or cannot be, or -ENOMEM.
 */
int srcguard_policy_guard(struct srcguard_net *sgn, unsigned int guards)
{
	int err;

	guards &= srcguard_policy_possible(sgn) & ~sgn->guards;
	if (!guards)
		return 0;
	err = srcguard_policy_fill(sgn);
	if (err)
		return err;
	sgn->guards |= guards;
	if (guards & SRCGUARD_GUARD_RPF)
		err = srcguard_hook_register(sgn);
	if (!err && guards & SRCGUARD_GUARD_SIXTOFOUR)
		err = srcguard_sixtofour_register(sgn);
	if (err)
		srcguard_policy_turn_off(sgn, guards);
	return err;
}

/**
 * srcguard_policy_settle - look at packets no more, unless something asks for it
 * @sgn: the namespace; the caller holds RTNL
 */
void srcguard_policy_settle(struct srcguard_net *sgn)
{
	unsigned int unwanted = sgn->guards & ~srcguard_policy_wanted(sgn);

	if (unwanted)
		srcguard_policy_turn_off(sgn, unwanted);
}

/**
 * srcguard_policy_tunnels - a tunnel came up, or none is any more
 * @sgn: the namespace; the caller holds RTNL
 *
 * Short of memory, the 6to4 guard stays off until the next change: sit judges then.
 */
void srcguard_policy_tunnels(struct srcguard_net *sgn)
{
	srcguard_policy_guard(sgn, srcguard_policy_wanted(sgn) & SRCGUARD_GUARD_SIXTOFOUR);
	srcguard_policy_settle(sgn);
}

/**
 * srcguard_policy_net_init - give a namespace its first policy
 * @sgn: the namespace
 * @knobs: the values
 *
 * Return: 0 or -ENOMEM.
 */
int srcguard_policy_net_init(struct srcguard_net *sgn, const struct srcguard_knobs *knobs)
{
	struct srcguard_policy *policy = srcguard_policy_alloc(knobs);
	int err;

	if (!policy)
		return -ENOMEM;

	rtnl_lock();
	rcu_assign_pointer(sgn->policy, policy);
	err = srcguard_policy_guard(sgn, srcguard_knob_guards(knobs));
	if (err) {
		/* Nothing is remembered of a namespace that does not come. */
		sgn->leaving = true;
		srcguard_device_net_drain(sgn);
	}
	rtnl_unlock();
	if (err)
		kfree(policy);
	return err;
}

/**
 * srcguard_policy_net_pre_exit - stop guarding a namespace
 * @sgn: the namespace; no sysctl or netlink handler can find it any more, and
 *	a grace period comes before srcguard_policy_net_exit()
 */
void srcguard_policy_net_pre_exit(struct srcguard_net *sgn)
{
	rtnl_lock();
	sgn->leaving = true;
	/*
	 * sit still prints: the 6to4 guard is turned off by the tunnels that go, which sit
	 * sees to before srcguard_policy_net_exit().
	 */
	srcguard_hook_unregister(sgn);
	sgn->guards &= ~SRCGUARD_GUARD_RPF;
	rtnl_unlock();
}

/**
 * srcguard_policy_net_exit - take a namespace's policy away
 * @sgn: the namespace; its hooks run no more
 */
void srcguard_policy_net_exit(struct srcguard_net *sgn)
{
	rtnl_lock();
	if (sgn->guards)
		srcguard_policy_turn_off(sgn, sgn->guards);
	else
		srcguard_policy_drain(sgn);
	kfree_rcu(rtnl_dereference(sgn->policy), rcu);
	rtnl_unlock();
}

/**
 * srcguard_policy_set - change some knobs, all of them or none
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 * @knobs: the new values, already checked against their ranges
 * @which: a bit for every knob that is to change, BIT(enum srcguard_policy_attr)
 * @fault: takes the knob that may not be changed, or 0; may be NULL
 * @extack: told why it failed; may be NULL
 *
 * Return: 0, -EPERM if one may not be changed, or -ENOMEM, and then nothing has changed.
 */
int srcguard_policy_set(struct srcguard_net *sgn, const struct srcguard_knobs *knobs,
			u32 which, unsigned int *fault, struct netlink_ext_ack *extack)
{
	struct srcguard_policy *old = rtnl_dereference(sgn->policy), *new;
	struct srcguard_knobs was, wanted;
	unsigned int i, refused;
	int err;

	srcguard_policy_read(sgn, &was);
	wanted = was;
	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++)
		if (which & BIT(i))
			wanted.value[i] = knobs->value[i];
	refused = srcguard_lock_refuses_knobs(sgn, &was, &wanted, extack);
	if (fault)
		*fault = refused;
	if (refused) {
		srcguard_event_knobs(sgn, SRCGUARD_REASON_LOCKED, &wanted, which);
		return -EPERM;
	}

	new = srcguard_policy_alloc(&wanted);
	if (!new)
		goto err_memory;
	/* The hooks find a policy without guards before and after, and pass. */
	err = srcguard_policy_guard(sgn, srcguard_knob_guards(&new->knobs));
	if (err)
		goto err_free;
	rcu_assign_pointer(sgn->policy, new);
	srcguard_policy_settle(sgn);
	/* What had a line may be forgotten now. */
	if (!sgn->guards)
		srcguard_device_net_drain(sgn);
	kfree_rcu(old, rcu);
	if (which & BIT(SRCGUARD_A_POLICY_LOOPBACK_LIMIT))
		srcguard_limit_set_loopback(sgn, wanted.value[SRCGUARD_A_POLICY_LOOPBACK_LIMIT]);
	if (wanted.value[SRCGUARD_A_POLICY_LOCK])
		srcguard_lock_set();
	srcguard_event_knobs(sgn, SRCGUARD_REASON_NONE, &wanted, which);
	return 0;

err_free:
	kfree(new);
err_memory:
	NL_SET_ERR_MSG(extack, "No memory for the counters or hooks of this namespace");
	return -ENOMEM;
}

/**
 * srcguard_policy_read - a consistent copy of the knobs
 * @sgn: the namespace
 * @knobs: where to
 */
void srcguard_policy_read(struct srcguard_net *sgn, struct srcguard_knobs *knobs)
{
	rcu_read_lock();
	*knobs = rcu_dereference(sgn->policy)->knobs;
	rcu_read_unlock();
	/* The one knob that is the host's and no namespace's. */
	knobs->value[SRCGUARD_A_POLICY_LOCK] = srcguard_lock_is_set();
}
