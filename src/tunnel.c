// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sit tunnels of a namespace, and which of them sit would give a packet to. sit
 * keeps them by the namespace that a tunnel was made for, which stays the same when its
 * device moves; so does this. The lists follow netdevice events, in process context
 * under RTNL. All else is read from where sit has it, so there is no moment in which a
 * tunnel's addresses are old ones here; only the order of tunnels that match alike may
 * be, until the event that follows the change. A tunnel that was changed while it was
 * down sends none until it comes up.
 */
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

#include "tunnel.h"

/*
 * Whether the tunnels that we are told of are linked already, because the module is
 * being loaded. RTNL.
 */
static bool srcguard_tunnel_loading = true;

/* --- as sit finds them ------------------------------------------------------------ */

static bool srcguard_tunnel_takes(const struct ip_tunnel *own,
				  const struct srcguard_tunnel_packet *packet)
{
	int link = READ_ONCE(own->parms.link);

	return (!link || link == packet->ifindex || link == packet->slave) &&
	       own->dev->flags & IFF_UP;
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
	const struct srcguard_tunnel *tunnel, *by_local = NULL, *any = NULL;

	list_for_each_entry_rcu(tunnel, &sgn->tunnels, list) {
		const struct ip_tunnel *own = netdev_priv(tunnel->dev);
		__be32 local = READ_ONCE(own->parms.iph.saddr);
		u64 order = READ_ONCE(tunnel->order);

		if (!local) {
			if (!any || order > READ_ONCE(any->order))
				any = tunnel;
		} else if (local == packet->local && srcguard_tunnel_takes(own, packet)) {
			if (!by_local || order > READ_ONCE(by_local->order))
				by_local = tunnel;
		}
	}
	if (by_local)
		return by_local;
	/* sit looks at the first of these only, and at nothing but whether it is up. */
	return any && any->dev->flags & IFF_UP ? any : NULL;
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

/* How many tunnels come after it in sit's list. */
static u64 srcguard_tunnel_followers(const struct net_device *dev)
{
	const struct ip_tunnel *own = netdev_priv(dev);
	u64 count = 0;

	while ((own = rtnl_dereference(own->next)))
		count++;
	return count;
}

static bool srcguard_tunnel_is_rival(const struct ip_tunnel *one, const struct ip_tunnel *other)
{
	return one != other && one->parms.iph.saddr == other->parms.iph.saddr &&
	       one->dev->flags & IFF_UP;
}

/* Whether sit has it before all others that are up and that match as it does. */
static bool srcguard_tunnel_is_first(struct srcguard_net *sgn, const struct net_device *dev)
{
	const struct ip_tunnel *own = netdev_priv(dev), *next;
	const struct srcguard_tunnel *tunnel;
	unsigned int rivals = 0;

	list_for_each_entry(tunnel, &sgn->tunnels, list)
		rivals += srcguard_tunnel_is_rival(netdev_priv(tunnel->dev), own);
	if (!rivals)
		return true;
	for (next = rtnl_dereference(own->next); next; next = rtnl_dereference(next->next))
		rivals -= srcguard_tunnel_is_rival(next, own);
	return !rivals;
}

static void srcguard_tunnel_set_order(struct srcguard_net *sgn, struct srcguard_tunnel *tunnel,
				      u64 order)
{
	WRITE_ONCE(tunnel->order, order);
	sgn->tunnel_order = max(sgn->tunnel_order, order);
}

static void srcguard_tunnel_set_up(struct srcguard_net *sgn, struct srcguard_tunnel *tunnel,
				   bool up)
{
	/* What ISATAP and peers send is not ours to judge. */
	if (tunnel->up == up || srcguard_tunnel_has_peer(tunnel->dev) ||
	    tunnel->dev->priv_flags & IFF_ISATAP)
		return;
	tunnel->up = up;
	sgn->tunnels_up += up ? 1 : -1;
	srcguard_policy_tunnels(sgn);
}

static int srcguard_tunnel_add(struct srcguard_net *sgn, struct net_device *dev)
{
	struct srcguard_tunnel *tunnel = kzalloc(sizeof(*tunnel), GFP_KERNEL_ACCOUNT);

	if (!tunnel)
		return -ENOMEM;
	tunnel->dev = dev;
	/* sit puts a new one before all others, once it is registered. */
	srcguard_tunnel_set_order(sgn, tunnel, srcguard_tunnel_loading ?
				  srcguard_tunnel_followers(dev) : sgn->tunnel_order + 1);
	list_add_rcu(&tunnel->list, srcguard_tunnel_list(sgn, dev));
	return 0;
}

static void srcguard_tunnel_remove(struct srcguard_net *sgn, struct srcguard_tunnel *tunnel)
{
	list_del_rcu(&tunnel->list);
	srcguard_tunnel_set_up(sgn, tunnel, false);
	kfree_rcu(tunnel, rcu);
}

/**
 * srcguard_tunnel_event - a device came, changed or went
 * @dev: the device
 * @event: what happened
 * @leaving: the module is going, so that what we are told of goes for us only
 *
 * Return: 0 or -ENOMEM.
 */
int srcguard_tunnel_event(struct net_device *dev, unsigned long event, bool leaving)
{
	struct srcguard_tunnel *tunnel;
	struct srcguard_net *sgn;

	if (!srcguard_tunnel_is_sit(dev))
		return 0;
	sgn = srcguard_netns_of(dev->rtnl_link_ops->get_link_net(dev));
	tunnel = srcguard_tunnel_of(sgn, dev);
	if (!tunnel)
		return event == NETDEV_REGISTER ? srcguard_tunnel_add(sgn, dev) : 0;

	switch (event) {
	case NETDEV_PRE_UP:
		/* The hook is there before the first packet. */
		srcguard_tunnel_set_up(sgn, tunnel, true);
		break;
	case NETDEV_UP:
	case NETDEV_CHANGE:
		srcguard_tunnel_set_up(sgn, tunnel, dev->flags & IFF_UP);
		if (!srcguard_tunnel_loading && !srcguard_tunnel_has_peer(dev) &&
		    srcguard_tunnel_is_first(sgn, dev))
			srcguard_tunnel_set_order(sgn, tunnel, sgn->tunnel_order + 1);
		break;
	case NETDEV_DOWN:
		srcguard_tunnel_set_up(sgn, tunnel, false);
		break;
	case NETDEV_UNREGISTER:
		/*
		 * One that only moves to another namespace stays what it is for sit. If
		 * the module cannot be loaded after all, none moves.
		 */
		if (leaving || srcguard_tunnel_loading || dev->reg_state != NETREG_REGISTERED)
			srcguard_tunnel_remove(sgn, tunnel);
		break;
	}
	return 0;
}

/**
 * srcguard_tunnel_loaded - all tunnels that exist are known; those to come are new ones
 */
void srcguard_tunnel_loaded(void)
{
	rtnl_lock();
	srcguard_tunnel_loading = false;
	rtnl_unlock();
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
