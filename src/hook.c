// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of a packet: netfilter's hooks, registered in a namespace only while
 * one of its guards is on. Softirq context, under RCU; nothing here allocates,
 * sleeps or prints.
 */
#include <linux/inetdevice.h>
#include <linux/netfilter_ipv4.h>

#include "srcguard.h"

/*
 * First of all, before defragmentation and conntrack: what is dropped costs
 * neither. Also before br_netfilter's ip_sabotage_in(), which takes the frames
 * that a bridge hands to its own host out of PRE_ROUTING.
 */
#define SRCGUARD_HOOK_PRIORITY_EARLY	NF_IP_PRI_FIRST
/* Right after the mangle table, where marks are set. */
#define SRCGUARD_HOOK_PRIORITY_LATE	(NF_IP_PRI_MANGLE + 1)

static unsigned int srcguard_hook_fail(struct srcguard_net *sgn, struct sk_buff *skb,
				       const struct nf_hook_state *state,
				       const struct srcguard_policy *policy,
				       enum srcguard_reason reason)
{
	bool enforce = policy->knobs.value[SRCGUARD_A_POLICY_ENFORCE];

	srcguard_stats_count(sgn, state->in, SRCGUARD_FAMILY_IPV4, reason,
			     enforce ? SRCGUARD_OUTCOME_DROPPED : SRCGUARD_OUTCOME_AUDITED,
			     skb->len);
	if (!enforce)
		return NF_ACCEPT;
	return NF_DROP_REASON(skb, SKB_DROP_REASON_IP_RPFILTER, 0);
}

/**
 * srcguard_hook_defer - a packet passes that only the late hook could judge
 * @sgn: the namespace, which has no late hook yet
 *
 * No event tells that a device got src_valid_mark, so it is a packet that finds
 * the late hook missing; it and those that follow are counted until it is there.
 */
void srcguard_hook_defer(struct srcguard_net *sgn)
{
	atomic64_inc(&sgn->unjudged);
	schedule_work(&sgn->late_work);
}

static unsigned int srcguard_hook_ipv4(struct srcguard_net *sgn, struct sk_buff *skb,
				       const struct nf_hook_state *state,
				       enum srcguard_position position)
{
	const struct srcguard_policy *policy = rcu_dereference(sgn->policy);
	enum srcguard_rp_filter mode = policy->knobs.value[SRCGUARD_A_POLICY_RP_FILTER];
	enum srcguard_reason reason;

	if (mode == SRCGUARD_RP_FILTER_OFF)
		return NF_ACCEPT;
	reason = srcguard_rpf_ipv4(sgn, skb, state, mode, position);
	if (likely(reason == SRCGUARD_REASON_NONE))
		return NF_ACCEPT;
	return srcguard_hook_fail(sgn, skb, state, policy, reason);
}

static unsigned int srcguard_hook_ipv4_early(void *priv, struct sk_buff *skb,
					     const struct nf_hook_state *state)
{
	return srcguard_hook_ipv4(priv, skb, state, SRCGUARD_POSITION_EARLY);
}

static unsigned int srcguard_hook_ipv4_late(void *priv, struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	return srcguard_hook_ipv4(priv, skb, state, SRCGUARD_POSITION_LATE);
}

static int srcguard_hook_register_one(struct srcguard_net *sgn, enum srcguard_position position)
{
	struct srcguard_hook *hook = &sgn->hooks[position];
	int err;

	if (hook->registered)
		return 0;
	err = nf_register_net_hook(sgn->net, &hook->ops[hook->active]);
	if (!err)
		hook->registered = true;
	return err;
}

static void srcguard_hook_unregister_one(struct srcguard_net *sgn, enum srcguard_position position)
{
	struct srcguard_hook *hook = &sgn->hooks[position];

	if (!hook->registered)
		return;
	hook->registered = false;
	nf_unregister_net_hook(sgn->net, &hook->ops[hook->active]);
}

static void srcguard_hook_late_work(struct work_struct *work)
{
	struct srcguard_net *sgn = container_of(work, struct srcguard_net, late_work);

	rtnl_lock();
	/* Short of memory, the next packet that needs it asks again. */
	if (sgn->hooks[SRCGUARD_POSITION_EARLY].registered && !sgn->late &&
	    !srcguard_hook_register_one(sgn, SRCGUARD_POSITION_LATE)) {
		/* Then no packet is on a way that leads past it. */
		synchronize_net();
		WRITE_ONCE(sgn->late, true);
	}
	rtnl_unlock();
}

static void srcguard_hook_prepare(struct srcguard_net *sgn, enum srcguard_position position,
				  nf_hookfn *function, int priority)
{
	const struct nf_hook_ops ops = {
		.hook	  = function,
		.priv	  = sgn,
		.pf	  = NFPROTO_IPV4,
		.hooknum  = NF_INET_PRE_ROUTING,
		.priority = priority,
	};
	struct srcguard_hook *hook = &sgn->hooks[position];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hook->ops); i++)
		hook->ops[i] = ops;
}

/**
 * srcguard_hook_net_init - prepare a namespace's hooks
 * @sgn: the namespace
 */
void srcguard_hook_net_init(struct srcguard_net *sgn)
{
	srcguard_hook_prepare(sgn, SRCGUARD_POSITION_EARLY, srcguard_hook_ipv4_early,
			      SRCGUARD_HOOK_PRIORITY_EARLY);
	srcguard_hook_prepare(sgn, SRCGUARD_POSITION_LATE, srcguard_hook_ipv4_late,
			      SRCGUARD_HOOK_PRIORITY_LATE);
	INIT_WORK(&sgn->late_work, srcguard_hook_late_work);
}

/**
 * srcguard_hook_register - start to look at packets
 * @sgn: the namespace; the caller holds RTNL
 *
 * Return: 0, or netfilter's error; then srcguard_hook_unregister() undoes what
 * was done.
 */
int srcguard_hook_register(struct srcguard_net *sgn)
{
	int err = 0;

	if (srcguard_rpf_ipv4_net_needs_late(sgn->net)) {
		err = srcguard_hook_register_one(sgn, SRCGUARD_POSITION_LATE);
		if (!err)
			WRITE_ONCE(sgn->late, true);
	}
	if (!err)
		err = srcguard_hook_register_one(sgn, SRCGUARD_POSITION_EARLY);
	return err;
}

/**
 * srcguard_hook_unregister - look at packets no more
 * @sgn: the namespace; the caller holds RTNL, and waits for a grace period
 *	before it frees what the hooks read
 */
void srcguard_hook_unregister(struct srcguard_net *sgn)
{
	srcguard_hook_unregister_one(sgn, SRCGUARD_POSITION_EARLY);
	srcguard_hook_unregister_one(sgn, SRCGUARD_POSITION_LATE);
	WRITE_ONCE(sgn->late, false);
}

/**
 * srcguard_hook_move_first - put the early hook before all others again
 * @sgn: the namespace; the caller holds RTNL
 *
 * No packet is missed: for a moment there are two of it, and one that fails an
 * audit may be counted twice.
 *
 * Return: 0, also if there is no hook, or netfilter's error: then it stays
 * where it is.
 */
int srcguard_hook_move_first(struct srcguard_net *sgn)
{
	struct srcguard_hook *hook = &sgn->hooks[SRCGUARD_POSITION_EARLY];
	unsigned int next = !hook->active;
	int err;

	if (!hook->registered)
		return 0;
	err = nf_register_net_hook(sgn->net, &hook->ops[next]);
	if (err)
		return err;
	nf_unregister_net_hook(sgn->net, &hook->ops[hook->active]);
	hook->active = next;
	return 0;
}
