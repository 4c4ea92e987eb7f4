// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sit tunnels of a namespace, as sit itself would find one for a packet. sit keeps
 * them by the namespace that a tunnel was made in, which stays the same when its device
 * moves; so does this table. Follows netdevice events, in process context under RTNL;
 * read in the packet path.
 *
 * sit changes a tunnel before it tells: for that moment a packet is judged as the tunnel
 * was. It then is dropped by sit if it should be, and if it should not be, it was due
 * to a tunnel that was just being made.
 */
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

#include "tunnel.h"

/* A namespace's tunnel, or NULL. RTNL. */
static struct srcguard_tunnel *srcguard_tunnel_of(struct srcguard_net *sgn,
						  const struct net_device *dev)
{
	struct srcguard_tunnel *tunnel;

	list_for_each_entry(tunnel, &sgn->tunnels, list)
		if (tunnel->dev == dev)
			return tunnel;
	return NULL;
}

static bool srcguard_tunnel_is_sit(const struct net_device *dev)
{
	return dev->type == ARPHRD_SIT && dev->rtnl_link_ops &&
	       !strcmp(dev->rtnl_link_ops->kind, "sit") && dev->rtnl_link_ops->get_link_net;
}

static void srcguard_tunnel_read_prefix(struct srcguard_tunnel *tunnel,
					const struct net_device *dev)
{
	tunnel->prefix = srcguard_sixtofour_2002;
#ifdef CONFIG_IPV6_SIT_6RD
	{
		const struct ip_tunnel *own = netdev_priv(dev);

		tunnel->prefix.address = own->ip6rd.prefix;
		tunnel->prefix.length = own->ip6rd.prefixlen;
		tunnel->prefix.relay = own->ip6rd.relay_prefix;
		tunnel->prefix.relay_length = own->ip6rd.relay_prefixlen;
	}
#endif
}

static void srcguard_tunnel_read(struct srcguard_tunnel *tunnel, struct net_device *dev)
{
	const struct ip_tunnel *own = netdev_priv(dev);

	tunnel->dev = dev;
	memcpy(&tunnel->local, dev->dev_addr, sizeof(tunnel->local));
	memcpy(&tunnel->remote, dev->broadcast, sizeof(tunnel->remote));
	tunnel->link = own->parms.link;
	tunnel->takes_ipv6 = own->parms.iph.protocol == IPPROTO_IPV6 || !own->parms.iph.protocol;
	tunnel->up = dev->flags & IFF_UP;
	tunnel->point_to_point = dev->flags & IFF_POINTOPOINT;
	tunnel->isatap = dev->priv_flags & IFF_ISATAP;
	srcguard_tunnel_read_prefix(tunnel, dev);
}
