/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SRCGUARD_COMPAT_LINUX_NETDEVICE_H
#define SRCGUARD_COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>

/* A device that cannot move to another namespace: a feature up to 6.11, then a bit. */
static inline void compat_netdev_fix_netns(struct net_device *dev)
{
#if defined(SRCGUARD_HAVE_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#elif defined(SRCGUARD_HAVE_NETNS_LOCAL)
	dev->netns_local = true;
#else
	dev->features |= NETIF_F_NETNS_LOCAL;
#endif
}

/* Whether rtnetlink is making it, because somebody asked for it; a bit after 6.12. */
static inline bool compat_netdev_is_requested(const struct net_device *dev)
{
#ifdef SRCGUARD_HAVE_LINK_INITIALIZING
	return dev->rtnl_link_initializing;
#else
	return dev->rtnl_link_state == RTNL_LINK_INITIALIZING;
#endif
}

#endif /* SRCGUARD_COMPAT_LINUX_NETDEVICE_H */
