// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 6to4 guard: what a sit tunnel without a fixed peer is about to get, judged before
 * sit does it and prints. The hook is registered only while there is such a tunnel.
 * Under RCU, in softirqs, or where a queue lets a packet go on; nothing here allocates or
 * sleeps.
 */
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "report.h"
#include "settings.h"
#include "tunnel.h"

/*
 * Last of all but for conntrack, which takes an entry for good there: sit gets what the
 * INPUT chains and their NAT have left.
 */
#define SRCGUARD_SIXTOFOUR_PRIORITY	(NF_IP_PRI_CONNTRACK_CONFIRM - 1)

/**
 * struct srcguard_sixtofour_case - a packet that is being judged
 * @sgn: the namespace that it comes to
 * @in: the device that it came in by, below a VRF its slave
 * @inner: addresses of both headers, and the tunnel's prefix
 * @whole: the inner header is there as a whole
 */
struct srcguard_sixtofour_case {
	struct srcguard_net *sgn;
	const struct net_device *in;
	struct srcguard_inner inner;
	bool whole;
};

static const struct net_device *srcguard_sixtofour_device(const struct sk_buff *skb,
							  const struct nf_hook_state *state)
{
	const struct net_device *slave;

	if (!netif_is_l3_master(state->in))
		return state->in;
	slave = dev_get_by_index_rcu(state->net, IPCB(skb)->iif);
	return slave ? slave : state->in;
}

static enum srcguard_sixtofour srcguard_sixtofour_mode(struct srcguard_net *sgn,
						       const struct srcguard_policy *policy,
						       const struct net_device *in)
{
	const struct srcguard_settings *settings = srcguard_settings_of(sgn, in->ifindex);

	if (settings && settings->value[SRCGUARD_SETTING_SIXTOFOUR] != SRCGUARD_SETTING_INHERIT)
		return settings->value[SRCGUARD_SETTING_SIXTOFOUR];
	return policy->knobs.value[SRCGUARD_A_POLICY_SIXTOFOUR];
}

/* What sit leaves out: modes without IPv6 are not its handler's, and ISATAP checks by itself. */
static bool srcguard_sixtofour_concerns(const struct srcguard_tunnel *tunnel)
{
	const struct ip_tunnel *own = netdev_priv(tunnel->dev);
	u8 protocol = READ_ONCE(own->parms.iph.protocol);

	return (!protocol || protocol == IPPROTO_IPV6) && !(tunnel->dev->priv_flags & IFF_ISATAP);
}

static void srcguard_sixtofour_read(struct srcguard_sixtofour_case *of, const struct sk_buff *skb,
				    const struct srcguard_tunnel *tunnel)
{
	const struct iphdr *ip = ip_hdr(skb);
	const struct ipv6hdr *ipv6;
	struct ipv6hdr copy;

	of->inner.packet.saddr = ip->saddr;
	of->inner.packet.daddr = ip->daddr;
	srcguard_tunnel_prefix(tunnel, &of->inner.prefix);
	ipv6 = skb_header_pointer(skb, skb_network_offset(skb) + ip_hdrlen(skb), sizeof(copy), &copy);
	of->whole = ipv6;
	if (!ipv6)
		return;
	of->inner.packet.inner_saddr = ipv6->saddr;
	of->inner.packet.inner_daddr = ipv6->daddr;
}

/*
 * sit's own excuse (only_dnatted()): the outer destination was translated, and the inner
 * one is an address of the tunnel, or of its network.
 */
static bool srcguard_sixtofour_is_translated(const struct srcguard_sixtofour_case *of,
					     const struct srcguard_tunnel *tunnel)
{
	const struct srcguard_sixtofour_prefix *prefix = &of->inner.prefix;

	return ipv6_chk_custom_prefix(&of->inner.packet.inner_daddr,
				      prefix->length + 32 - prefix->relay_length, tunnel->dev);
}

static bool srcguard_sixtofour_is_broadcast(const struct srcguard_sixtofour_case *of, __be32 address)
{
	return inet_addr_type_dev_table(of->sgn->net, of->in, address) == RTN_BROADCAST;
}

/* After a match, only a destination that was translated holds another address. */
static void srcguard_sixtofour_look_for_broadcast(struct srcguard_sixtofour_case *of)
{
	struct srcguard_sixtofour_packet *packet = &of->inner.packet;
	__be32 embedded;

	packet->outer_broadcast = srcguard_sixtofour_is_broadcast(of, packet->saddr) ||
				  srcguard_sixtofour_is_broadcast(of, packet->daddr);
	packet->embedded_broadcast =
		srcguard_sixtofour_embedded(&of->inner.prefix, &packet->inner_daddr, &embedded) &&
		embedded != packet->daddr && srcguard_sixtofour_is_broadcast(of, embedded);
}

static enum srcguard_reason srcguard_sixtofour_judge(struct srcguard_sixtofour_case *of,
						     const struct srcguard_tunnel *tunnel,
						     enum srcguard_sixtofour mode)
{
	enum srcguard_reason reason;

	/* Nobody would take it: tunnel4_rcv() discards it without a word. */
	if (!of->whole)
		return SRCGUARD_REASON_6TO4_TRUNCATED;
	reason = srcguard_sixtofour_match(&of->inner.prefix, &of->inner.packet);
	if (reason == SRCGUARD_REASON_6TO4_DESTINATION &&
	    srcguard_sixtofour_is_translated(of, tunnel))
		reason = SRCGUARD_REASON_NONE;
	if (reason != SRCGUARD_REASON_NONE || mode != SRCGUARD_SIXTOFOUR_FULL ||
	    !srcguard_sixtofour_is_2002(&of->inner.prefix))
		return reason;
	srcguard_sixtofour_look_for_broadcast(of);
	return srcguard_sixtofour_full(&of->inner.packet);
}

/* What the kernel would not take anyway is dropped also when there is only an audit. */
static bool srcguard_sixtofour_is_dropped(const struct srcguard_sixtofour_case *of,
					  const struct srcguard_policy *policy,
					  enum srcguard_reason reason)
{
	enum srcguard_decider unused;

	switch (reason) {
	case SRCGUARD_REASON_6TO4_SOURCE:
	case SRCGUARD_REASON_6TO4_DESTINATION:
	case SRCGUARD_REASON_6TO4_TRUNCATED:
		return true;
	default:
		return srcguard_hook_enforces(of->sgn, policy, of->in, &unused);
	}
}

static noinline unsigned int srcguard_sixtofour_fail(const struct srcguard_sixtofour_case *of,
						     struct sk_buff *skb,
						     const struct srcguard_policy *policy,
						     enum srcguard_reason reason)
{
	struct srcguard_report report = {
		.in = of->in,
		.family = SRCGUARD_FAMILY_IPV4,
		.reason = reason,
		.outcome = srcguard_sixtofour_is_dropped(of, policy, reason) ?
			   SRCGUARD_OUTCOME_DROPPED : SRCGUARD_OUTCOME_AUDITED,
		.inner = of->whole ? &of->inner : NULL,
	};

	srcguard_report(of->sgn, skb, &report);
	if (report.outcome != SRCGUARD_OUTCOME_DROPPED)
		return NF_ACCEPT;
	return NF_DROP_REASON(skb, SKB_DROP_REASON_IP_RPFILTER, 0);
}

/* IPv6 in IPv4. */
static noinline unsigned int srcguard_sixtofour_tunnelled(struct srcguard_net *sgn,
							  struct sk_buff *skb,
							  const struct nf_hook_state *state)
{
	const struct srcguard_policy *policy = rcu_dereference(sgn->policy);
	struct srcguard_sixtofour_case of = {
		.sgn = sgn, .in = srcguard_sixtofour_device(skb, state),
	};
	const struct srcguard_tunnel_packet packet = {
		.remote = ip_hdr(skb)->saddr,
		.local = ip_hdr(skb)->daddr,
		.ifindex = state->in->ifindex,
		.slave = netif_is_l3_master(state->in) ? IPCB(skb)->iif : 0,
	};
	enum srcguard_sixtofour mode = srcguard_sixtofour_mode(sgn, policy, of.in);
	const struct srcguard_tunnel *tunnel;
	enum srcguard_reason reason;

	if (mode == SRCGUARD_SIXTOFOUR_OFF)
		return NF_ACCEPT;
	tunnel = srcguard_tunnel_find(sgn, &packet);
	if (!tunnel || !srcguard_sixtofour_concerns(tunnel))
		return NF_ACCEPT;
	srcguard_sixtofour_read(&of, skb, tunnel);
	reason = srcguard_sixtofour_judge(&of, tunnel, mode);
	if (likely(reason == SRCGUARD_REASON_NONE) || srcguard_tunnel_is_peers(sgn, &packet))
		return NF_ACCEPT;
	return srcguard_sixtofour_fail(&of, skb, policy, reason);
}

static unsigned int srcguard_sixtofour_hook(void *priv, struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	if (likely(ip_hdr(skb)->protocol != IPPROTO_IPV6))
		return NF_ACCEPT;
	return srcguard_sixtofour_tunnelled(priv, skb, state);
}

/**
 * srcguard_sixtofour_net_init - prepare a namespace's hook
 * @sgn: the namespace
 */
void srcguard_sixtofour_net_init(struct srcguard_net *sgn)
{
	sgn->sixtofour_ops = (struct nf_hook_ops){
		.hook	  = srcguard_sixtofour_hook,
		.priv	  = sgn,
		.pf	  = NFPROTO_IPV4,
		.hooknum  = NF_INET_LOCAL_IN,
		.priority = SRCGUARD_SIXTOFOUR_PRIORITY,
	};
}

/**
 * srcguard_sixtofour_register - start to look at packets
 * @sgn: the namespace; the caller holds RTNL, and the guard is off
 *
 * Return: 0, or netfilter's error.
 */
int srcguard_sixtofour_register(struct srcguard_net *sgn)
{
	int err = nf_register_net_hook(sgn->net, &sgn->sixtofour_ops);

	sgn->sixtofour_registered = !err;
	return err;
}

/**
 * srcguard_sixtofour_unregister - look at packets no more
 * @sgn: the namespace; the caller holds RTNL, and waits for a grace period
 *	before it frees what the hook reads
 */
void srcguard_sixtofour_unregister(struct srcguard_net *sgn)
{
	if (!sgn->sixtofour_registered)
		return;
	nf_unregister_net_hook(sgn->net, &sgn->sixtofour_ops);
	sgn->sixtofour_registered = false;
}
