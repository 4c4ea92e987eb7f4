/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SRCGUARD_COMPAT_NET_RTNETLINK_H
#define SRCGUARD_COMPAT_NET_RTNETLINK_H

#include_next <net/rtnetlink.h>

/* What a new link is asked for came in four arguments, and after 6.12 in a struct. */
#ifdef SRCGUARD_HAVE_NEWLINK_PARAMS
#define COMPAT_NEWLINK(newlink) \
static int newlink##_trampoline(struct net_device *dev, struct rtnl_newlink_params *params, \
				struct netlink_ext_ack *extack) \
{ \
	return newlink(dev, extack); \
}
#else
#define COMPAT_NEWLINK(newlink) \
static int newlink##_trampoline(struct net *net, struct net_device *dev, struct nlattr *tb[], \
				struct nlattr *data[], struct netlink_ext_ack *extack) \
{ \
	return newlink(dev, extack); \
}
#endif
#define compat_newlink(newlink)	newlink##_trampoline

#endif /* SRCGUARD_COMPAT_NET_RTNETLINK_H */
