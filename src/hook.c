// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of a packet: netfilter's hooks, registered in a namespace only while
 * one of its guards is on. Under RCU, in softirqs, or where a queue lets a packet go on;
 * nothing here allocates or sleeps.
 */
#include <linux/netfilter_bridge.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <net/dst_metadata.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "exempt.h"
#include "explain.h"
#include "modes.h"
#include "report.h"
#include "settings.h"

/*
 * First of all, before defragmentation and conntrack: what is dropped costs
 * neither. Also before br_netfilter's ip_sabotage_in(), which takes the frames
 * that a bridge hands to its own host out of PRE_ROUTING.
 */
#define SRCGUARD_HOOK_PRIORITY_EARLY	NF_IP_PRI_FIRST
/*
 * After all that may set marks or translate destinations, as the kernel's own filter; and
 * there is room for one who wants to see what is left.
 */
#define SRCGUARD_HOOK_PRIORITY_LATE	(NF_IP_PRI_LAST - 1)

static const int srcguard_hook_priorities[SRCGUARD_POSITION_COUNT] = {
	[SRCGUARD_POSITION_EARLY] = SRCGUARD_HOOK_PRIORITY_EARLY,
	[SRCGUARD_POSITION_LATE]  = SRCGUARD_HOOK_PRIORITY_LATE,
};

static const u8 srcguard_hook_protocols[SRCGUARD_FAMILY_COUNT] = {
	[SRCGUARD_FAMILY_IPV4] = NFPROTO_IPV4,
	[SRCGUARD_FAMILY_IPV6] = NFPROTO_IPV6,
};

/*
 * A frame that a bridge hands up went through the tables as a bridged one, and
 * br_netfilter keeps it from coming there again: it is judged at once.
 */
static bool srcguard_hook_is_handed_up(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return nf_bridge_info_exists(skb);
#else
	return false;
#endif
}

/*
 * What loops back keeps its route. So does a frame whose destination br_netfilter
 * translated, when the bridge hands it up: nobody has judged that one.
 */
static bool srcguard_hook_route_is_known(const struct sk_buff *skb)
{
	return skb_valid_dst(skb) &&
	       (!srcguard_hook_is_handed_up(skb) || skb->pkt_type == PACKET_LOOPBACK);
}

/*
 * A packet is not the filter's business if its route is known already, if IPsec
 * vouches for it, if a bridge only passes it on, or if it was judged on the way into
 * its VRF: then it is here a second time, with the VRF as device.
 */
static bool srcguard_hook_concerns(const struct sk_buff *skb, const struct net_device *in)
{
	return !srcguard_hook_route_is_known(skb) && !netif_is_l3_master(in) && !secpath_exists(skb) &&
	       !nf_bridge_in_prerouting(skb);
}

/* The mode for a device. Asked for each packet, and of most namespaces nothing more. */
static __always_inline enum srcguard_rp_filter
srcguard_hook_mode(struct srcguard_net *sgn, const struct srcguard_policy *policy,
		   const struct net_device *in, enum srcguard_family family,
		   enum srcguard_decider *decided_by)
{
	const struct srcguard_modes *modes = rcu_dereference(sgn->modes);
	int mode;

	if (unlikely(modes)) {
		mode = srcguard_modes_get(modes, in->ifindex, family);
		if (mode != SRCGUARD_SETTING_INHERIT) {
			*decided_by = SRCGUARD_DECIDER_DEVICE;
			return mode;
		}
	}
	*decided_by = SRCGUARD_DECIDER_NAMESPACE;
	return policy->knobs.value[SRCGUARD_A_POLICY_RP_FILTER];
}

/**
 * srcguard_hook_enforces - whether what fails is dropped
 * @sgn: the namespace; the caller is in the packet path
 * @policy: the namespace's
 * @in: the device that it comes in by
 * @decided_by: changed if the device's settings decided
 */
bool srcguard_hook_enforces(struct srcguard_net *sgn, const struct srcguard_policy *policy,
			    const struct net_device *in, enum srcguard_decider *decided_by)
{
	const struct srcguard_settings *settings = srcguard_settings_of(sgn, in->ifindex);
	int enforce = settings ? settings->value[SRCGUARD_SETTING_ENFORCE] :
				 SRCGUARD_SETTING_INHERIT;

	if (enforce == SRCGUARD_SETTING_INHERIT)
		return policy->knobs.value[SRCGUARD_A_POLICY_ENFORCE];
	/* Unless the namespace's knobs would have it dropped as well. */
	if (!enforce || !policy->knobs.value[SRCGUARD_A_POLICY_ENFORCE])
		*decided_by = SRCGUARD_DECIDER_DEVICE;
	return enforce;
}

static enum srcguard_reason srcguard_hook_judge(struct sk_buff *skb,
						const struct nf_hook_state *state,
						enum srcguard_family family,
						enum srcguard_rp_filter mode,
						struct srcguard_found *found)
{
	enum srcguard_reason reason = family == SRCGUARD_FAMILY_IPV4 ?
		srcguard_rpf_ipv4(skb, state, mode, found) :
		srcguard_rpf_ipv6(skb, state, mode, found);

	if (likely(reason == SRCGUARD_REASON_NONE))
		return reason;
	/*
	 * Here a rendezvous point sees what came to it in PIM's register messages, wherever
	 * its source is. The kernel turns its own filter off (ipmr_init_vif_indev()).
	 */
	if (state->in->type == ARPHRD_PIMREG &&
	    (reason == SRCGUARD_REASON_NO_ROUTE || reason == SRCGUARD_REASON_WRONG_DEVICE))
		return SRCGUARD_REASON_NONE;
	return reason;
}

static bool srcguard_hook_is_exempt(struct srcguard_net *sgn, const struct sk_buff *skb,
				    const struct net_device *in, enum srcguard_family family,
				    bool count)
{
	struct srcguard_prefix source = { .ipv6 = family == SRCGUARD_FAMILY_IPV6 };

	if (!rcu_access_pointer(sgn->exemptions))
		return false;
	if (source.ipv6)
		source.address = ipv6_hdr(skb)->saddr;
	else
		source.address.s6_addr32[0] = ip_hdr(skb)->saddr;
	source.length = SRCGUARD_PREFIX_MAX(source.ipv6);
	return srcguard_exempt_covers(sgn, &source, in->ifindex, count);
}

/* What becomes of a packet that failed. */
static enum srcguard_outcome srcguard_hook_outcome(struct srcguard_net *sgn,
						   const struct sk_buff *skb,
						   const struct net_device *in,
						   const struct srcguard_policy *policy,
						   enum srcguard_family family, bool count,
						   enum srcguard_decider *decided_by)
{
	if (srcguard_hook_is_exempt(sgn, skb, in, family, count)) {
		*decided_by = SRCGUARD_DECIDER_EXEMPTION;
		return SRCGUARD_OUTCOME_EXEMPTED;
	}
	return srcguard_hook_enforces(sgn, policy, in, decided_by) ? SRCGUARD_OUTCOME_DROPPED :
								     SRCGUARD_OUTCOME_AUDITED;
}

static noinline unsigned int srcguard_hook_fail(struct srcguard_net *sgn, struct sk_buff *skb,
						const struct net_device *in,
						const struct srcguard_policy *policy,
						enum srcguard_family family,
						enum srcguard_reason reason)
{
	struct srcguard_report report = { .in = in, .family = family, .reason = reason };
	enum srcguard_decider unused;

	report.outcome = srcguard_hook_outcome(sgn, skb, in, policy, family, true, &unused);
	srcguard_report(sgn, skb, &report);
	if (report.outcome != SRCGUARD_OUTCOME_DROPPED)
		return NF_ACCEPT;
	return NF_DROP_REASON(skb, SKB_DROP_REASON_IP_RPFILTER, 0);
}

/*
 * No event tells that packets need the late hook from now on, so it is a packet
 * that finds it missing: it and those that follow pass, and are counted, until
 * the hook is there.
 */
static void srcguard_hook_defer(struct srcguard_net *sgn, enum srcguard_family family)
{
	atomic64_inc(&sgn->unjudged);
	WRITE_ONCE(sgn->late_wanted[family], true);
	schedule_work(&sgn->late_work);
}

static bool srcguard_hook_needs_late(const struct nf_hook_state *state,
				     enum srcguard_family family)
{
	return family == SRCGUARD_FAMILY_IPV4 ? srcguard_rpf_ipv4_needs_late(state->net, state->in) :
						srcguard_rpf_ipv6_needs_late(state->net);
}

/* Inlined for each hook, so that family and position are no questions at run time. */
static __always_inline unsigned int srcguard_hook(struct srcguard_net *sgn, struct sk_buff *skb,
						  const struct nf_hook_state *state,
						  enum srcguard_family family,
						  enum srcguard_position position)
{
	const struct srcguard_policy *policy = rcu_dereference(sgn->policy);
	bool handed_up = srcguard_hook_is_handed_up(skb);
	bool late = !handed_up && READ_ONCE(sgn->late[family]);
	enum srcguard_decider unused;
	enum srcguard_rp_filter mode;
	enum srcguard_reason reason;

	mode = srcguard_hook_mode(sgn, policy, state->in, family, &unused);
	if (mode == SRCGUARD_RP_FILTER_OFF || !srcguard_hook_concerns(skb, state->in))
		return NF_ACCEPT;
	/* It is one question for both hooks, so that each packet gets an answer. */
	if (late != (position == SRCGUARD_POSITION_LATE))
		return NF_ACCEPT;
	if (!late && !handed_up && srcguard_hook_needs_late(state, family)) {
		srcguard_hook_defer(sgn, family);
		return NF_ACCEPT;
	}

	reason = srcguard_hook_judge(skb, state, family, mode, NULL);
	if (likely(reason == SRCGUARD_REASON_NONE))
		return NF_ACCEPT;
	return srcguard_hook_fail(sgn, skb, state->in, policy, family, reason);
}

/**
 * srcguard_hook_explain - what would become of a packet
 * @sgn: the namespace; the caller is in the packet path's context
 * @skb: the packet
 * @state: how it would come to the hook that judges it
 * @family: its address family
 * @explanation: the answer
 *
 * Asks what the hooks ask, in the same order, and leaves out only what depends on
 * the hook. The packet is not counted.
 */
void srcguard_hook_explain(struct srcguard_net *sgn, struct sk_buff *skb,
			   const struct nf_hook_state *state, enum srcguard_family family,
			   struct srcguard_explanation *explanation)
{
	const struct srcguard_policy *policy = rcu_dereference(sgn->policy);
	enum srcguard_rp_filter mode;

	memset(explanation, 0, sizeof(*explanation));
	explanation->verdict = SRCGUARD_VERDICT_ACCEPT;
	mode = srcguard_hook_mode(sgn, policy, state->in, family, &explanation->decided_by);
	if (mode == SRCGUARD_RP_FILTER_OFF) {
		explanation->decided_by = SRCGUARD_DECIDER_OFF;
		return;
	}
	if (!srcguard_hook_concerns(skb, state->in)) {
		explanation->decided_by = SRCGUARD_DECIDER_KERNEL;
		return;
	}
	explanation->reason = srcguard_hook_judge(skb, state, family, mode, &explanation->found);
	if (explanation->reason == SRCGUARD_REASON_NONE) {
		/* Nothing was looked up: the addresses are the kernel's business. */
		if (!explanation->found.valid)
			explanation->decided_by = SRCGUARD_DECIDER_KERNEL;
		return;
	}
	switch (srcguard_hook_outcome(sgn, skb, state->in, policy, family, false,
				      &explanation->decided_by)) {
	case SRCGUARD_OUTCOME_DROPPED:
		explanation->verdict = SRCGUARD_VERDICT_DROP;
		break;
	case SRCGUARD_OUTCOME_AUDITED:
		explanation->verdict = SRCGUARD_VERDICT_AUDIT;
		break;
	default:
		break;
	}
}

#define SRCGUARD_HOOK_FUNCTION(which, family, position) \
static unsigned int srcguard_hook_##which(void *priv, struct sk_buff *skb, const struct nf_hook_state *state) \
{ \
	return srcguard_hook(priv, skb, state, family, position); \
}
SRCGUARD_HOOK_FUNCTION(ipv4_early, SRCGUARD_FAMILY_IPV4, SRCGUARD_POSITION_EARLY)
SRCGUARD_HOOK_FUNCTION(ipv4_late, SRCGUARD_FAMILY_IPV4, SRCGUARD_POSITION_LATE)
SRCGUARD_HOOK_FUNCTION(ipv6_early, SRCGUARD_FAMILY_IPV6, SRCGUARD_POSITION_EARLY)
SRCGUARD_HOOK_FUNCTION(ipv6_late, SRCGUARD_FAMILY_IPV6, SRCGUARD_POSITION_LATE)

static nf_hookfn *const
srcguard_hook_functions[SRCGUARD_FAMILY_COUNT][SRCGUARD_POSITION_COUNT] = {
	[SRCGUARD_FAMILY_IPV4] = { srcguard_hook_ipv4_early, srcguard_hook_ipv4_late },
	[SRCGUARD_FAMILY_IPV6] = { srcguard_hook_ipv6_early, srcguard_hook_ipv6_late },
};

static int srcguard_hook_register_one(struct srcguard_net *sgn, enum srcguard_family family,
				      enum srcguard_position position)
{
	struct srcguard_hook *hook = &sgn->hooks[family][position];
	int err;

	if (hook->registered)
		return 0;
	err = nf_register_net_hook(sgn->net, &hook->ops[hook->active]);
	if (!err)
		hook->registered = true;
	return err;
}

static void srcguard_hook_unregister_one(struct srcguard_net *sgn, enum srcguard_family family,
					 enum srcguard_position position)
{
	struct srcguard_hook *hook = &sgn->hooks[family][position];

	if (!hook->registered)
		return;
	hook->registered = false;
	nf_unregister_net_hook(sgn->net, &hook->ops[hook->active]);
}

static bool srcguard_hook_net_needs_late(struct srcguard_net *sgn, enum srcguard_family family)
{
	return family == SRCGUARD_FAMILY_IPV4 ? srcguard_rpf_ipv4_net_needs_late(sgn->net) :
						srcguard_rpf_ipv6_needs_late(sgn->net);
}

static void srcguard_hook_late_work(struct work_struct *work)
{
	struct srcguard_net *sgn = container_of(work, struct srcguard_net, late_work);
	enum srcguard_family family;

	rtnl_lock();
	for (family = 0; family < SRCGUARD_FAMILY_COUNT; family++) {
		if (!sgn->hooks[family][SRCGUARD_POSITION_EARLY].registered ||
		    !READ_ONCE(sgn->late_wanted[family]) || sgn->late[family])
			continue;
		/* Short of memory, the next packet that needs it asks again. */
		if (srcguard_hook_register_one(sgn, family, SRCGUARD_POSITION_LATE))
			continue;
		/* Then no packet is on a way that leads past it. */
		synchronize_net();
		WRITE_ONCE(sgn->late[family], true);
	}
	rtnl_unlock();
}

/**
 * srcguard_hook_net_init - prepare a namespace's hooks
 * @sgn: the namespace
 */
void srcguard_hook_net_init(struct srcguard_net *sgn)
{
	enum srcguard_position position;
	enum srcguard_family family;
	unsigned int i;

	for (family = 0; family < SRCGUARD_FAMILY_COUNT; family++)
		for (position = 0; position < SRCGUARD_POSITION_COUNT; position++)
			for (i = 0; i < ARRAY_SIZE(sgn->hooks[family][position].ops); i++)
				sgn->hooks[family][position].ops[i] = (struct nf_hook_ops){
					.hook	  = srcguard_hook_functions[family][position],
					.priv	  = sgn,
					.pf	  = srcguard_hook_protocols[family],
					.hooknum  = NF_INET_PRE_ROUTING,
					.priority = srcguard_hook_priorities[position],
				};
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
	enum srcguard_family family;
	int err;

	for (family = 0; family < SRCGUARD_FAMILY_COUNT; family++) {
		if (srcguard_hook_net_needs_late(sgn, family)) {
			err = srcguard_hook_register_one(sgn, family, SRCGUARD_POSITION_LATE);
			if (err)
				return err;
			WRITE_ONCE(sgn->late[family], true);
		}
		err = srcguard_hook_register_one(sgn, family, SRCGUARD_POSITION_EARLY);
		if (err)
			return err;
	}
	return 0;
}

/**
 * srcguard_hook_unregister - look at packets no more
 * @sgn: the namespace; the caller holds RTNL, and waits for a grace period
 *	before it frees what the hooks read
 */
void srcguard_hook_unregister(struct srcguard_net *sgn)
{
	enum srcguard_family family;

	for (family = 0; family < SRCGUARD_FAMILY_COUNT; family++) {
		srcguard_hook_unregister_one(sgn, family, SRCGUARD_POSITION_EARLY);
		srcguard_hook_unregister_one(sgn, family, SRCGUARD_POSITION_LATE);
		WRITE_ONCE(sgn->late[family], false);
		WRITE_ONCE(sgn->late_wanted[family], false);
	}
}

static int srcguard_hook_move_one(struct srcguard_net *sgn, enum srcguard_family family)
{
	struct srcguard_hook *hook = &sgn->hooks[family][SRCGUARD_POSITION_EARLY];
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

/**
 * srcguard_hook_move_first - put the early hooks before all others again
 * @sgn: the namespace; the caller holds RTNL
 *
 * No packet is missed: for a moment there are two of a hook, and a packet that
 * fails an audit may be counted twice.
 *
 * Return: 0, also if there are no hooks, or netfilter's error: then one stays
 * where it is.
 */
int srcguard_hook_move_first(struct srcguard_net *sgn)
{
	enum srcguard_family family;
	int err = 0;

	for (family = 0; family < SRCGUARD_FAMILY_COUNT && !err; family++)
		err = srcguard_hook_move_one(sgn, family);
	return err;
}
