// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reverse-path filter for IPv4: asks the packet, its device and the FIB for
 * the facts that core/rpf.c judges. Packet path, under RCU.
 *
 * Which packets are looked at, and what the lookup is asked, follows
 * ip_route_input_slow() and __fib_validate_source().
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/nexthop.h>

#include "explain.h"

/**
 * srcguard_rpf_ipv4_needs_late - whether packets have to be judged late
 * @net: the namespace
 * @in: their device
 *
 * Marks count on a device with src_valid_mark, whoever set them. Rules may ask for the
 * address that the answer comes from, which is known when destinations are translated,
 * and for ports, which fragments have not until they are joined.
 */
bool srcguard_rpf_ipv4_needs_late(const struct net *net, const struct net_device *in)
{
	struct in_device *in_dev = __in_dev_get_rcu(in);

	return fib4_has_custom_rules(net) || (in_dev && IN_DEV_SRC_VMARK(in_dev));
}

/**
 * srcguard_rpf_ipv4_net_needs_late - whether packets can be expected to need it
 * @net: a namespace; the caller holds RTNL
 */
bool srcguard_rpf_ipv4_net_needs_late(struct net *net)
{
	struct net_device *dev;

	if (fib4_has_custom_rules(net))
		return true;
	for_each_netdev(net, dev) {
		struct in_device *in_dev = __in_dev_get_rtnl(dev);

		if (in_dev && IN_DEV_SRC_VMARK(in_dev))
			return true;
	}
	return false;
}

/*
 * Nobody can send from a broadcast address, but the kernel asks as if, where it
 * forwards what goes to one. Only rules can tell the difference; and what a
 * destination is may depend on rules itself, so it is looked up as the kernel
 * does on the way in.
 */
static bool srcguard_rpf_ipv4_to_broadcast(struct sk_buff *skb, const struct nf_hook_state *state,
					   struct in_device *in_dev)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct flowi4 fl4 = {
		.flowi4_iif	= state->in->ifindex,
		.flowi4_dscp	= ip4h_dscp(iph),
		.flowi4_scope	= RT_SCOPE_UNIVERSE,
		.flowi4_uid	= sock_net_uid(state->net, NULL),
		.flowi4_mark	= skb->mark,
		.daddr		= iph->daddr,
		.saddr		= iph->saddr,
	};
	struct flow_keys keys;
	struct fib_result result;

	if (!fib4_has_custom_rules(state->net) || IN_DEV_BFORWARD(in_dev))
		return false;
	fib4_rules_early_flow_dissect(state->net, skb, &fl4, &keys);
	return !fib_lookup(state->net, &fl4, &result, 0) && result.type == RTN_BROADCAST;
}

/*
 * Whether there is a route by this device for the very prefix of the best one.
 * Asked for the device, the FIB goes on to shorter prefixes if need be, down to a
 * default route: those do not count.
 */
static bool srcguard_rpf_ipv4_is_feasible(struct net *net, const struct net_device *in,
					  struct flowi4 *fl4, const struct fib_result *best)
{
	struct fib_result result;

	if (best->type != RTN_UNICAST)
		return false;
	fl4->flowi4_oif = in->ifindex;
	return !fib_lookup(net, fl4, &result, 0) && result.type == RTN_UNICAST &&
	       result.prefixlen == best->prefixlen && fib_info_nh_uses_dev(result.fi, in);
}

static void srcguard_rpf_ipv4_describe(const struct fib_result *result, int err,
				       struct srcguard_found *found)
{
	unsigned int i;

	if (err) {
		found->type = srcguard_rpf_reject_type(err);
		found->valid = found->type != RTN_UNSPEC;
		return;
	}
	found->valid = true;
	found->whole = true;
	found->type = result->type;
	found->table = result->table->tb_id;
	found->prefix.address.s6_addr32[0] = result->prefix;
	found->prefix.length = result->prefixlen;
	for (i = 0; i < fib_info_num_path(result->fi); i++) {
		const struct net_device *dev = fib_info_nhc(result->fi, i)->nhc_dev;

		if (dev && found->nexthop_count < ARRAY_SIZE(found->nexthops))
			found->nexthops[found->nexthop_count++] = dev->ifindex;
	}
}

static void srcguard_rpf_ipv4_look_up(struct sk_buff *skb, const struct nf_hook_state *state,
				      struct in_device *in_dev, bool from_any,
				      enum srcguard_rp_filter mode,
				      struct srcguard_rpf_route *route,
				      struct srcguard_found *found)
{
	struct net *net = state->net;
	struct net_device *in = state->in;
	const struct iphdr *iph = ip_hdr(skb);
	struct flowi4 fl4 = {
		.flowi4_iif	= LOOPBACK_IFINDEX,
		.flowi4_l3mdev	= l3mdev_master_ifindex_rcu(in),
		.flowi4_dscp	= ip4h_dscp(iph),
		.flowi4_scope	= RT_SCOPE_UNIVERSE,
		.flowi4_uid	= sock_net_uid(net, NULL),
		.flowi4_mark	= IN_DEV_SRC_VMARK(in_dev) ? skb->mark : 0,
		.daddr		= iph->saddr,
	};
	struct flow_keys keys;
	struct fib_result result;

	if (!from_any && !srcguard_rpf_ipv4_to_broadcast(skb, state, in_dev))
		fl4.saddr = iph->daddr;
	if (fib4_rules_early_flow_dissect(net, skb, &fl4, &keys))
		swap(fl4.fl4_sport, fl4.fl4_dport);

	route->err = fib_lookup(net, &fl4, &result, 0);
	if (found)
		srcguard_rpf_ipv4_describe(&result, route->err, found);
	if (route->err)
		return;
	route->type = result.type;
	route->own_accepted = result.type == RTN_LOCAL && IN_DEV_ACCEPT_LOCAL(in_dev);
	route->on_loopback = in == net->loopback_dev;
	route->uses_device = fib_info_nh_uses_dev(result.fi, in);
	route->has_address = rcu_access_pointer(in_dev->ifa_list);
	/* Only now: a second lookup, and it overwrites what the first one found. */
	route->feasible = mode == SRCGUARD_RP_FILTER_FEASIBLE && !route->uses_device &&
			  srcguard_rpf_ipv4_is_feasible(net, in, &fl4, &result);
}

/**
 * srcguard_rpf_ipv4 - judge a packet
 * @skb: a packet in PRE_ROUTING, its IP header checked by ip_rcv()
 * @state: how it came here
 * @mode: not SRCGUARD_RP_FILTER_OFF
 * @found: takes the route back, for people; NULL for a packet
 *
 * Return: SRCGUARD_REASON_NONE if it passes.
 */
enum srcguard_reason srcguard_rpf_ipv4(struct sk_buff *skb, const struct nf_hook_state *state,
				       enum srcguard_rp_filter mode,
				       struct srcguard_found *found)
{
	/* Read once: it may go away at any time, though not under our feet. */
	struct in_device *in_dev = __in_dev_get_rcu(state->in);
	const struct iphdr *iph = ip_hdr(skb);
	struct srcguard_ipv4_packet packet = {
		.saddr = iph->saddr,
		.daddr = iph->daddr,
		.protocol = iph->protocol,
	};
	enum srcguard_reason reason = SRCGUARD_REASON_NONE;
	enum srcguard_rpf_next next;
	struct srcguard_rpf_route route;

	if (!in_dev)
		return SRCGUARD_REASON_NONE;
	if (ipv4_is_loopback(packet.saddr) || ipv4_is_loopback(packet.daddr))
		packet.route_localnet = IN_DEV_NET_ROUTE_LOCALNET(in_dev, state->net);

	next = srcguard_rpf_ipv4_addresses(&packet, &reason);
	if (next == SRCGUARD_RPF_PASS || next == SRCGUARD_RPF_FAIL)
		return reason;

	srcguard_rpf_ipv4_look_up(skb, state, in_dev, next == SRCGUARD_RPF_ROUTE_ANY, mode, &route,
				  found);
	return srcguard_rpf_judge(mode, &route);
}
