// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sit tunnels of a namespace, and which of them sit would give a packet to. sit
 * keeps them by the namespace that a tunnel was made for, which stays the same when its
 * device moves; so does this. The lists follow netdevice events, in process context
 * under RTNL: they tell which tunnels there are. All else is read in the packet path from
 * where sit has it, so a tunnel that was changed is the new one here at once. While sit
 * changes one, it does not find it for a moment, and here it still is: what would be
 * dropped then, sit would have dropped before the change.
 */
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

#include "tunnel.h"

/* --- as sit finds them ------------------------------------------------------------ */

static bool srcguard_tunnel_takes(const struct ip_tunnel *own,
				  const struct srcguard_tunnel_packet *packet)
{
	int link = READ_ONCE(own->parms.link);

	return (!link || link == packet->ifindex || link == packet->slave) &&
	       own->dev->flags & IFF_UP;
}

/*
 * sit looks at the first of the tunnels that take any address only. That is the one that
 * none of the others has for its next: of all of them and their nexts, all others occur
 * twice. If the list is just being changed, this finds none, and leaves it to sit.
 */
static const struct srcguard_tunnel *srcguard_tunnel_any(struct srcguard_net *sgn)
{
	const struct srcguard_tunnel *tunnel;
	unsigned long first = 0;

	list_for_each_entry_rcu(tunnel, &sgn->tunnels, list) {
		const struct ip_tunnel *own = netdev_priv(tunnel->dev);

		if (!READ_ONCE(own->parms.iph.saddr))
			first ^= (unsigned long)own ^ (unsigned long)rcu_dereference(own->next);
	}
	list_for_each_entry_rcu(tunnel, &sgn->tunnels, list)
		if ((unsigned long)netdev_priv(tunnel->dev) == first)
			return tunnel->dev->flags & IFF_UP ? tunnel : NULL;
	return NULL;
}

/* Whether sit comes to it before the other one, in the list that has both. */
static bool srcguard_tunnel_precedes(const struct srcguard_tunnel *tunnel,
				     const struct srcguard_tunnel *other)
{
	const struct ip_tunnel *own = netdev_priv(tunnel->dev);

	while ((own = rcu_dereference(own->next)))
		if (own->dev == other->dev)
			return true;
	return false;
}

/**
 * srcguard_tunnel_find - the tunnel without a fixed peer that a packet is for
 * @sgn: the namespace that it comes to; the caller holds rcu_read_lock()
 * @packet: the packet
 *
 * As ipip6_tunnel_lookup() in net/ipv6/sit.c, in its last two lists: by the local
 * address, or else the one that takes any.
 *
 * Return: NULL if there is none. If srcguard_tunnel_is_peers() is true, that tunnel
 * gets the packet instead.
 */
const struct srcguard_tunnel *
srcguard_tunnel_find(struct srcguard_net *sgn, const struct srcguard_tunnel_packet *packet)
{
	const struct srcguard_tunnel *tunnel, *by_local = NULL;

	list_for_each_entry_rcu(tunnel, &sgn->tunnels, list) {
		const struct ip_tunnel *own = netdev_priv(tunnel->dev);

		if (READ_ONCE(own->parms.iph.saddr) == packet->local &&
		    srcguard_tunnel_takes(own, packet) &&
		    (!by_local || srcguard_tunnel_precedes(tunnel, by_local)))
			by_local = tunnel;
	}
	return by_local ? by_local : srcguard_tunnel_any(sgn);
}

/**
 * srcguard_tunnel_is_peers - whether a packet is for a tunnel that has a fixed peer
 * @sgn: the namespace that it comes to; the caller holds rcu_read_lock()
 * @packet: the packet
 *
 * Such a tunnel comes before all others. It takes as long as there are many of them,
 * so it is asked only of packets that would be dropped.
 */
bool srcguard_tunnel_is_peers(struct srcguard_net *sgn,
			      const struct srcguard_tunnel_packet *packet)
{
	const struct srcguard_tunnel *tunnel;

	list_for_each_entry_rcu(tunnel, &sgn->peers, list) {
		const struct ip_tunnel *own = netdev_priv(tunnel->dev);
		__be32 local = READ_ONCE(own->parms.iph.saddr);

		if (READ_ONCE(own->parms.iph.daddr) == packet->remote &&
		    (!local || local == packet->local) && srcguard_tunnel_takes(own, packet))
			return true;
	}
	return false;
}

/**
 * srcguard_tunnel_prefix - which inner addresses hold an outer one
 * @tunnel: the tunnel
 * @prefix: takes the prefix
 */
void srcguard_tunnel_prefix(const struct srcguard_tunnel *tunnel,
			    struct srcguard_sixtofour_prefix *prefix)
{
#ifdef CONFIG_IPV6_SIT_6RD
	const struct ip_tunnel *own = netdev_priv(tunnel->dev);

	*prefix = (struct srcguard_sixtofour_prefix){
		.address = own->ip6rd.prefix,
		.length = READ_ONCE(own->ip6rd.prefixlen),
		.relay = READ_ONCE(own->ip6rd.relay_prefix),
		.relay_length = READ_ONCE(own->ip6rd.relay_prefixlen),
	};
#else
	*prefix = srcguard_sixtofour_2002;
#endif
}

/* --- following events ------------------------------------------------------------- */

static bool srcguard_tunnel_is_sit(const struct net_device *dev)
{
	return dev->type == ARPHRD_SIT && dev->rtnl_link_ops &&
	       !strcmp(dev->rtnl_link_ops->kind, "sit") && dev->rtnl_link_ops->get_link_net;
}

static bool srcguard_tunnel_has_peer(const struct net_device *dev)
{
	return dev->flags & IFF_POINTOPOINT;
}

/* A tunnel has a peer as long as it lives, or has none. */
static struct list_head *srcguard_tunnel_list(struct srcguard_net *sgn,
					      const struct net_device *dev)
{
	return srcguard_tunnel_has_peer(dev) ? &sgn->peers : &sgn->tunnels;
}

static struct srcguard_tunnel *srcguard_tunnel_of(struct srcguard_net *sgn,
						  const struct net_device *dev)
{
	struct srcguard_tunnel *tunnel;

	list_for_each_entry(tunnel, srcguard_tunnel_list(sgn, dev), list)
		if (tunnel->dev == dev)
			return tunnel;
	return NULL;
}

static void srcguard_tunnel_set_up(struct srcguard_net *sgn, const struct net_device *dev, bool up)
{
	struct srcguard_tunnel *tunnel;

	/* What ISATAP and peers send is not ours to judge. */
	if (srcguard_tunnel_has_peer(dev) || dev->priv_flags & IFF_ISATAP)
		return;
	tunnel = srcguard_tunnel_of(sgn, dev);
	if (!tunnel || tunnel->up == up)
		return;
	tunnel->up = up;
	sgn->tunnels_up += up ? 1 : -1;
	srcguard_policy_tunnels(sgn);
}

static int srcguard_tunnel_add(struct srcguard_net *sgn, struct net_device *dev)
{
	struct srcguard_tunnel *tunnel = srcguard_tunnel_of(sgn, dev);

	if (tunnel)
		return 0;
	tunnel = kzalloc(sizeof(*tunnel), GFP_KERNEL_ACCOUNT);
	if (!tunnel)
		return -ENOMEM;
	tunnel->dev = dev;
	list_add_rcu(&tunnel->list, srcguard_tunnel_list(sgn, dev));
	return 0;
}

static void srcguard_tunnel_remove(struct srcguard_net *sgn, const struct net_device *dev)
{
	struct srcguard_tunnel *tunnel = srcguard_tunnel_of(sgn, dev);

	if (!tunnel)
		return;
	list_del_rcu(&tunnel->list);
	kfree_rcu(tunnel, rcu);
}

/**
 * srcguard_tunnel_event - a device came, changed or went
 * @dev: the device
 * @event: what happened
 *
 * Return: 0 or -ENOMEM: it must not come then, if that can be helped.
 */
int srcguard_tunnel_event(struct net_device *dev, unsigned long event)
{
	struct srcguard_net *sgn;

	if (!srcguard_tunnel_is_sit(dev))
		return 0;
	sgn = srcguard_netns_of(dev->rtnl_link_ops->get_link_net(dev));

	switch (event) {
	case NETDEV_REGISTER:
		return srcguard_tunnel_add(sgn, dev);
	case NETDEV_PRE_UP:
		/* The hook is to be there before the first packet. */
	case NETDEV_UP:
		/* It may have moved here when memory was short, which nobody can refuse. */
		if (!srcguard_tunnel_add(sgn, dev))
			srcguard_tunnel_set_up(sgn, dev, true);
		break;
	case NETDEV_DOWN:
		srcguard_tunnel_set_up(sgn, dev, false);
		break;
	case NETDEV_UNREGISTER:
		srcguard_tunnel_set_up(sgn, dev, false);
		srcguard_tunnel_remove(sgn, dev);
		break;
	}
	return 0;
}

/**
 * srcguard_tunnel_net_init - no tunnels in a new namespace
 * @sgn: the namespace
 */
void srcguard_tunnel_net_init(struct srcguard_net *sgn)
{
	INIT_LIST_HEAD(&sgn->tunnels);
	INIT_LIST_HEAD(&sgn->peers);
}

/**
 * srcguard_tunnel_net_exit - free what is left
 * @sgn: the namespace; no hook of it runs any more
 *
 * Its tunnels went before it, and so did their entries; unless the module could not be
 * loaded: of the device that it stumbled over no event tells that it goes.
 */
void srcguard_tunnel_net_exit(struct srcguard_net *sgn)
{
	struct srcguard_tunnel *tunnel, *next;

	list_splice_init(&sgn->peers, &sgn->tunnels);
	list_for_each_entry_safe(tunnel, next, &sgn->tunnels, list)
		kfree(tunnel);
}
