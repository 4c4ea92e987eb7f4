// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reverse-path filter for IPv6: asks the packet, its device and the FIB for
 * the facts that core/rpf.c judges. Packet path, under RCU.
 *
 * The kernel has no such filter for IPv6. What the lookup is asked follows
 * ip6_route_input() with source and destination swapped.
 */
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <net/addrconf.h>
#include <net/fib_rules.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/nexthop.h>

#include "explain.h"

/**
 * srcguard_rpf_ipv6_needs_late - whether packets have to be judged late
 * @net: the namespace
 *
 * Marks, which any chain may set, count for rules without any sysctl.
 */
bool srcguard_rpf_ipv6_needs_late(const struct net *net)
{
	return fib6_has_custom_rules(net);
}

/* Whether a packet goes no farther: it is for us, or for this link. */
static bool srcguard_rpf_ipv6_stays(const struct nf_hook_state *state, const struct in6_addr *daddr)
{
	return __ipv6_addr_needs_scope_id(ipv6_addr_type(daddr)) ||
	       ipv6_chk_addr_and_flags(state->net, daddr, state->in, true, 0, IFA_F_TENTATIVE);
}

/*
 * The type of a message of neighbour discovery, or 0. No router lets one pass with this
 * hop limit, but the first one does not look at it.
 */
static u8 srcguard_rpf_ipv6_discovery(const struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct ipv6hdr *header = ipv6_hdr(skb);
	const u8 *type;
	u8 buffer;

	if (header->nexthdr != IPPROTO_ICMPV6 || header->hop_limit != 255 ||
	    !srcguard_rpf_ipv6_stays(state, &header->daddr))
		return 0;
	type = skb_header_pointer(skb, skb_network_offset(skb) + sizeof(*header),
				  sizeof(buffer), &buffer);
	return type && *type >= NDISC_ROUTER_SOLICITATION && *type <= NDISC_NEIGHBOUR_ADVERTISEMENT ?
	       *type : 0;
}

/*
 * A neighbour may ask from any of its addresses, also from one that is reached another
 * way (RFC 4861, 7.2.2), and one that holds our address, too, says so with a packet from
 * it. That must get through to duplicate address detection at any time: a tentative
 * address is none of our own yet, and around it all may be unreachable.
 */
static bool srcguard_rpf_ipv6_is_discovery(const struct sk_buff *skb,
					   const struct nf_hook_state *state,
					   enum srcguard_reason reason)
{
	switch (reason) {
	case SRCGUARD_REASON_OWN_ADDRESS:
		return srcguard_rpf_ipv6_discovery(skb, state) == NDISC_NEIGHBOUR_ADVERTISEMENT;
	case SRCGUARD_REASON_NO_ROUTE:
	case SRCGUARD_REASON_REJECT_ROUTE:
	case SRCGUARD_REASON_WRONG_DEVICE:
		return srcguard_rpf_ipv6_discovery(skb, state);
	default:
		return false;
	}
}

/*
 * A route keeps the type that it was added with, though the kernel makes a reject route
 * of what goes by the loopback device, and a nexthop object can be a blackhole.
 */
static u8 srcguard_rpf_ipv6_type(const struct fib6_info *route, u8 type)
{
	if (route->nh && nexthop_is_blackhole(route->nh))
		return RTN_BLACKHOLE;
	return route->fib6_flags & RTF_REJECT && (type == RTN_UNICAST || type == RTN_ANYCAST) ?
	       RTN_UNREACHABLE : type;
}

static int srcguard_rpf_ipv6_nexthop_uses(struct fib6_nh *nexthop, void *in)
{
	return nexthop->fib_nh_dev == in;
}

static bool srcguard_rpf_ipv6_route_uses(const struct fib6_info *route, struct net_device *in)
{
	/* First: a nexthop object shares its place with the list of siblings. */
	if (route->nh)
		return nexthop_for_each_fib6_nh(route->nh, srcguard_rpf_ipv6_nexthop_uses, in);
	return route->fib6_nh->fib_nh_dev == in;
}

/* Whether a route of the same node is for the same prefix, and as good, or any. */
static bool srcguard_rpf_ipv6_is_like(const struct fib6_info *route, const struct fib6_info *best,
				      bool any)
{
	return (any || route->fib6_metric <= best->fib6_metric) &&
	       srcguard_rpf_ipv6_type(route, route->fib6_type) == RTN_UNICAST &&
	       route->fib6_dst.plen == best->fib6_dst.plen && !fib6_check_expired(route);
}

/*
 * Whether a route for the same prefix leaves by the device: one as good as the
 * best (another leg, or a default router that is not in use just now, for which a
 * worse one may stand in), or any.
 */
static bool srcguard_rpf_ipv6_prefix_uses(const struct fib6_info *best, struct net_device *in,
					  bool any)
{
	const struct fib6_node *node = rcu_dereference(best->fib6_node);
	const struct fib6_info *route;

	if (srcguard_rpf_ipv6_route_uses(best, in))
		return true;
	if (!node)
		return false;
	for (route = rcu_dereference(node->leaf); route; route = rcu_dereference(route->fib6_next))
		if (srcguard_rpf_ipv6_is_like(route, best, any) &&
		    srcguard_rpf_ipv6_route_uses(route, in))
			return true;
	return false;
}

static int srcguard_rpf_ipv6_list_nexthop(struct fib6_nh *nexthop, void *arg)
{
	const struct net_device *dev = nexthop->fib_nh_dev;
	struct srcguard_found *found = arg;

	if (dev && found->nexthop_count < ARRAY_SIZE(found->nexthops))
		found->nexthops[found->nexthop_count++] = dev->ifindex;
	return 0;
}

static void srcguard_rpf_ipv6_list_route(const struct fib6_info *route,
					 struct srcguard_found *found)
{
	if (route->nh)
		nexthop_for_each_fib6_nh(route->nh, srcguard_rpf_ipv6_list_nexthop, found);
	else
		srcguard_rpf_ipv6_list_nexthop((struct fib6_nh *)route->fib6_nh, found);
}

/* With all routes that are as good. */
static void srcguard_rpf_ipv6_describe(const struct fib6_info *best, u8 type,
				       struct srcguard_found *found)
{
	const struct fib6_node *node = rcu_dereference(best->fib6_node);
	const struct fib6_info *route;

	found->valid = true;
	found->whole = best->fib6_table;
	found->type = type;
	found->table = found->whole ? best->fib6_table->tb6_id : 0;
	found->prefix.ipv6 = true;
	found->prefix.address = best->fib6_dst.addr;
	found->prefix.length = best->fib6_dst.plen;
	srcguard_rpf_ipv6_list_route(best, found);
	for (route = node ? rcu_dereference(node->leaf) : NULL; route;
	     route = rcu_dereference(route->fib6_next))
		if (route != best && srcguard_rpf_ipv6_is_like(route, best, false))
			srcguard_rpf_ipv6_list_route(route, found);
}

static void srcguard_rpf_ipv6_describe_link(const struct net_device *in, u8 type,
					    struct srcguard_found *found)
{
	found->valid = true;
	found->type = type;
	found->nexthops[found->nexthop_count++] = in->ifindex;
}

static void srcguard_rpf_ipv6_describe_error(int err, struct srcguard_found *found)
{
	found->type = srcguard_rpf_reject_type(err);
	found->valid = found->type != RTN_UNSPEC;
}

/*
 * False if the route was deleted before it could be compared with its like: those
 * may be good, so it has to be looked for again.
 */
static bool srcguard_rpf_ipv6_fill(const struct fib6_info *best, u8 type, struct net_device *in,
				   enum srcguard_rp_filter mode, struct srcguard_rpf_route *route,
				   struct srcguard_found *found)
{
	type = srcguard_rpf_ipv6_type(best, type);
	if (found)
		srcguard_rpf_ipv6_describe(best, type, found);
	/* The anycast addresses that routing knows are those of this namespace. */
	route->type = type == RTN_ANYCAST ? RTN_LOCAL : type;
	route->uses_device = srcguard_rpf_ipv6_prefix_uses(best, in, false);
	route->feasible = mode == SRCGUARD_RP_FILTER_FEASIBLE && !route->uses_device &&
			  srcguard_rpf_ipv6_prefix_uses(best, in, true);
	return route->uses_device || route->feasible || rcu_access_pointer(best->fib6_node);
}

/*
 * Whether a rule may pass over a route because of suppress_prefixlength or
 * suppress_ifgroup, of which fib6_lookup() takes no notice.
 */
static bool srcguard_rpf_ipv6_is_suppressible(const struct net *net, const struct fib6_info *route)
{
	const struct fib_rule *rule;

	list_for_each_entry_rcu(rule, &net->ipv6.fib6_rules_ops->rules_list, list)
		if (rule->suppress_prefixlen >= route->fib6_dst.plen || rule->suppress_ifgroup != -1)
			return true;
	return false;
}

/* A way that an answer goes: its device, though it may stay here, and any gateway, or one. */
struct srcguard_rpf_ipv6_leg {
	const struct net_device *dev;
	bool any_gateway;
	struct in6_addr gateway;
};

/* A redirect has its own gateway. */
static void srcguard_rpf_ipv6_leg_of(const struct dst_entry *dst, struct srcguard_rpf_ipv6_leg *leg)
{
	const struct rt6_info *rt = dst_rt6_info(dst);

	leg->dev = rt->rt6i_idev ? rt->rt6i_idev->dev : dst->dev;
	leg->any_gateway = rt->rt6i_flags & RTF_CACHE;
	leg->gateway = rt->rt6i_gateway;
}

static int srcguard_rpf_ipv6_nexthop_is(struct fib6_nh *nexthop, void *arg)
{
	const struct srcguard_rpf_ipv6_leg *leg = arg;

	return nexthop->fib_nh_dev == leg->dev &&
	       (leg->any_gateway || ipv6_addr_equal(&nexthop->fib_nh_gw6, &leg->gateway));
}

static bool srcguard_rpf_ipv6_shares(const struct fib6_info *route,
				     struct srcguard_rpf_ipv6_leg *leg)
{
	return route->nh && !fib6_check_expired(route) &&
	       nexthop_for_each_fib6_nh(route->nh, srcguard_rpf_ipv6_nexthop_is, leg);
}

/*
 * The route of an answer by a nexthop object: that keeps one destination for all routes
 * that use it, which names the one that used it first, or none once this was deleted.
 *
 * ip6_route_lookup() names a route each time, which would not do for all. It gives up if
 * the first leg is dead; it takes routes that have expired, have no carrier or a gateway
 * that does not answer, for good ones; and it prefers those by a device that has, or shares
 * its VRF with, the packet's destination, even to one that has the rule passed over. So
 * it, or one for the same prefix, has to be by an object with the answer's leg.
 *
 * Return: NULL if none is.
 */
static const struct fib6_info *
srcguard_rpf_ipv6_sharing(struct net *net, struct flowi6 *fl6, int flags,
			  struct srcguard_rpf_ipv6_leg *leg)
{
	struct dst_entry *dst = ip6_route_lookup(net, fl6, NULL, flags);
	const struct fib6_info *named = rcu_dereference(dst_rt6_info(dst)->from), *route;
	const struct fib6_node *node = named ? rcu_dereference(named->fib6_node) : NULL;

	dst_release(dst);
	if (!named || srcguard_rpf_ipv6_shares(named, leg))
		return named;
	for (route = node ? rcu_dereference(node->leaf) : NULL; route;
	     route = rcu_dereference(route->fib6_next))
		if (route->fib6_dst.plen == named->fib6_dst.plen &&
		    srcguard_rpf_ipv6_shares(route, leg))
			return route;
	return NULL;
}

/*
 * The lookup that does all that rules can ask for, as for an answer, and minds gateways. It
 * makes a route of its own, so it is left to those who need it. No memory for that is no
 * route, as it would be for the packet's way on. Whichever the route, the answer would
 * leave by the device that is found here.
 *
 * Return: as srcguard_rpf_ipv6_fill().
 */
static bool srcguard_rpf_ipv6_look_up_exactly(struct net *net, struct flowi6 *fl6, int *flags,
					      struct net_device *in, enum srcguard_rp_filter mode,
					      struct srcguard_rpf_route *route,
					      struct srcguard_found *found)
{
	struct dst_entry *dst = ip6_route_output(net, NULL, fl6);
	const struct fib6_info *first = rcu_dereference(dst_rt6_info(dst)->from), *best = first;
	bool own = dst_rt6_info(dst)->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);
	struct net_device *out = READ_ONCE(dst->dev);
	struct srcguard_rpf_ipv6_leg leg;

	srcguard_rpf_ipv6_leg_of(dst, &leg);
	*flags |= RT6_LOOKUP_F_REACHABLE;
	route->err = dst->error;
	/* What it was made of lasts under RCU. */
	dst_release(dst);
	if (route->err) {
		if (found)
			srcguard_rpf_ipv6_describe_error(route->err, found);
		return true;
	}
	if (!first || first->nh)
		best = srcguard_rpf_ipv6_sharing(net, fl6, *flags, &leg);
	if (best)
		return srcguard_rpf_ipv6_fill(best, best->fib6_type, in, mode, route, found);

	/*
	 * Of the route no more is known than its device; and legs of one that shares that. If
	 * there is none, it may just have been deleted.
	 */
	route->type = own ? RTN_LOCAL : RTN_UNICAST;
	route->uses_device = out == in || (first && srcguard_rpf_ipv6_route_uses(first, in));
	route->feasible = false;
	if (found)
		srcguard_rpf_ipv6_describe_link(out, route->type, found);
	return first || route->uses_device;
}

/* Return: as srcguard_rpf_ipv6_fill(). */
static bool srcguard_rpf_ipv6_look_up_once(struct net *net, struct flowi6 *fl6, int *flags,
					   struct net_device *in, enum srcguard_rp_filter mode,
					   struct srcguard_rpf_route *route,
					   struct srcguard_found *found)
{
	struct fib6_result result = {};

	if (found)
		memset(found, 0, sizeof(*found));
	route->err = fib6_lookup(net, 0, fl6, &result, *flags);
	if (!route->err && result.f6i == net->ipv6.fib6_null_entry)
		route->err = -ENETUNREACH;
	if (route->err) {
		if (found)
			srcguard_rpf_ipv6_describe_error(route->err, found);
		return true;
	}
	/* It takes a throw route for an answer, too, which sends to the next rule, or table. */
	if (result.fib6_type == RTN_THROW ||
	    (fib6_has_custom_rules(net) && srcguard_rpf_ipv6_is_suppressible(net, result.f6i)))
		return srcguard_rpf_ipv6_look_up_exactly(net, fl6, flags, in, mode, route,
							 found);
	return srcguard_rpf_ipv6_fill(result.f6i, result.fib6_type, in, mode, route, found);
}

static void srcguard_rpf_ipv6_look_up(struct sk_buff *skb, const struct nf_hook_state *state,
				      bool from_any, u32 mark, int *flags,
				      enum srcguard_rp_filter mode,
				      struct srcguard_rpf_route *route,
				      struct srcguard_found *found)
{
	struct net *net = state->net;
	struct net_device *in = state->in;
	const struct ipv6hdr *header = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_iif	= LOOPBACK_IFINDEX,
		.flowi6_l3mdev	= l3mdev_master_ifindex_rcu(in),
		.flowi6_mark	= mark,
		.flowi6_uid	= sock_net_uid(net, NULL),
		.flowi6_proto	= header->nexthdr,
		.flowlabel	= ip6_flowinfo(header),
		.daddr		= header->saddr,
	};
	/* More often in a row, no route is deleted under a packet's nose. */
	unsigned int tries = 3;
	struct flow_keys keys;
	int asked;

	if (!from_any) {
		fl6.saddr = header->daddr;
		*flags |= RT6_LOOKUP_F_HAS_SADDR;
	}
	if (fib6_rules_early_flow_dissect(net, skb, &fl6, &keys))
		swap(fl6.fl6_sport, fl6.fl6_dport);

	asked = *flags;
	do {
		*flags = asked;
	} while (!srcguard_rpf_ipv6_look_up_once(net, &fl6, flags, in, mode, route, found) &&
		 --tries);
}

static enum srcguard_reason srcguard_rpf_ipv6_route_back(struct sk_buff *skb,
							 const struct nf_hook_state *state,
							 bool from_any, u32 mark,
							 enum srcguard_rp_filter mode,
							 struct srcguard_found *found)
{
	struct srcguard_rpf_route route = {
		.has_address = true,
		.on_loopback = state->in == state->net->loopback_dev,
	};
	enum srcguard_reason reason;
	int flags = 0;

	srcguard_rpf_ipv6_look_up(skb, state, from_any, mark, &flags, mode, &route, found);
	route.own_accepted = route.on_loopback;
	reason = srcguard_rpf_judge(mode, &route);
	if (likely(reason != SRCGUARD_REASON_WRONG_DEVICE) || flags & RT6_LOOKUP_F_REACHABLE ||
	    READ_ONCE(state->net->ipv6.devconf_all->forwarding))
		return reason;

	/*
	 * While the gateway of the best route does not answer, a host, other than a router,
	 * uses the next best (RFC 4861, 6.3.6; ip6_pol_route()). Only asked for now, because to
	 * look for gateways that answer has some of them probed, once in rtr_probe_interval.
	 */
	flags |= RT6_LOOKUP_F_REACHABLE;
	srcguard_rpf_ipv6_look_up(skb, state, from_any, mark, &flags, mode, &route, found);
	return srcguard_rpf_judge(mode, &route);
}

/* A link-local source is good on its link, unless it is our own. */
static enum srcguard_reason srcguard_rpf_ipv6_link(const struct sk_buff *skb,
						   const struct nf_hook_state *state,
						   struct srcguard_found *found)
{
	u8 type = ipv6_chk_addr(state->net, &ipv6_hdr(skb)->saddr, state->in, 1) ?
		  RTN_LOCAL : RTN_UNICAST;

	if (found)
		srcguard_rpf_ipv6_describe_link(state->in, type, found);
	return type == RTN_LOCAL && state->in != state->net->loopback_dev ?
	       SRCGUARD_REASON_OWN_ADDRESS : SRCGUARD_REASON_NONE;
}

/**
 * srcguard_rpf_ipv6 - judge a packet
 * @skb: a packet in PRE_ROUTING, its IPv6 header checked by ipv6_rcv()
 * @state: how it came here
 * @mode: not SRCGUARD_RP_FILTER_OFF
 * @found: takes the route back, for people; NULL for a packet
 *
 * Return: SRCGUARD_REASON_NONE if it passes.
 */
enum srcguard_reason srcguard_rpf_ipv6(struct sk_buff *skb, const struct nf_hook_state *state,
				       enum srcguard_rp_filter mode,
				       struct srcguard_found *found)
{
	const struct ipv6hdr *header = ipv6_hdr(skb);
	const struct srcguard_ipv6_packet packet = {
		.saddr = &header->saddr,
		.daddr = &header->daddr,
		.on_loopback = state->in == state->net->loopback_dev,
	};
	enum srcguard_reason reason = SRCGUARD_REASON_NONE;
	enum srcguard_rpf_next next;
	bool from_any;

	next = srcguard_rpf_ipv6_addresses(&packet, &reason);
	switch (next) {
	case SRCGUARD_RPF_PASS:
	case SRCGUARD_RPF_FAIL:
		return reason;
	case SRCGUARD_RPF_LINK:
		reason = srcguard_rpf_ipv6_link(skb, state, found);
		break;
	default:
		from_any = next == SRCGUARD_RPF_ROUTE_ANY;
		reason = srcguard_rpf_ipv6_route_back(skb, state, from_any, skb->mark, mode, found);
		/*
		 * The answer may carry the mark, as a tunnel's packets do, or it is only the
		 * way on that was marked: for a proxy (TPROXY), or into a tunnel.
		 */
		if (unlikely(reason != SRCGUARD_REASON_NONE) && skb->mark)
			reason = srcguard_rpf_ipv6_route_back(skb, state, from_any, 0, mode, found);
	}
	if (likely(reason == SRCGUARD_REASON_NONE) ||
	    srcguard_rpf_ipv6_is_discovery(skb, state, reason))
		return SRCGUARD_REASON_NONE;
	return reason;
}
