// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of kind "loopback": like BSD's lo1 they hold addresses, which the namespace's
 * own loopback device answers for. No packet ever arrives by one, and one that is routed
 * out of it dies.
 *
 * IFF_LOOPBACK is not set: IPv6 takes a device that registers with it for the namespace's
 * own, and neither of the two could be taken away any more.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <net/rtnetlink.h>

#include "limit.h"

/* As "lo" has it. */
#define SRCGUARD_CLONE_MTU	65536

static netdev_tx_t srcguard_clone_xmit(struct sk_buff *skb, struct net_device *dev)
{
	DEV_STATS_INC(dev, tx_dropped);
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops srcguard_clone_device_ops = {
	.ndo_start_xmit	= srcguard_clone_xmit,
};

static void srcguard_clone_setup(struct net_device *dev)
{
	/* Whoever captures packets expects an Ethernet header with this type. */
	ether_setup(dev);
	dev->type = ARPHRD_LOOPBACK;
	dev->flags = IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->mtu = SRCGUARD_CLONE_MTU;
	dev->max_mtu = 0;
	dev->netdev_ops = &srcguard_clone_device_ops;
	dev->needs_free_netdev = true;
	/* Its addresses are the namespace's, and its limit is. */
	compat_netdev_fix_netns(dev);
}

static int srcguard_clone_newlink(struct net_device *dev, struct netlink_ext_ack *extack)
{
	int err = register_netdevice(dev);

	if (err == -ENOSPC)
		srcguard_member_say(srcguard_netns_of(dev_net(dev)), SRCGUARD_KIND_LOOPBACK, extack);
	return err;
}
COMPAT_NEWLINK(srcguard_clone_newlink)

static struct rtnl_link_ops srcguard_clone_ops = {
	.kind		= SRCGUARD_KIND_LOOPBACK,
	.setup		= srcguard_clone_setup,
	.newlink	= compat_newlink(srcguard_clone_newlink),
};

/**
 * srcguard_clone_init - offer the kind
 *
 * Return: 0 or a negative error.
 */
int __init srcguard_clone_init(void)
{
	return rtnl_link_register(&srcguard_clone_ops);
}

/**
 * srcguard_clone_exit - offer it no more, and take all its devices away
 */
void srcguard_clone_exit(void)
{
	rtnl_link_unregister(&srcguard_clone_ops);
}
