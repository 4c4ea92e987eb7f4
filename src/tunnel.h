/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sit tunnels: what the rest of the module asks of tunnel.c.
 */
#ifndef SRCGUARD_TUNNEL_H
#define SRCGUARD_TUNNEL_H

#include "srcguard.h"

#include "core/sixtofour.h"

/**
 * struct srcguard_tunnel - a sit tunnel
 * @list: among those of its link namespace; the one that sit would find first is first
 * @dev: its device, in whichever namespace; no reference: it leaves the list before it goes
 * @local: outer address on this side, 0 for any
 * @remote: on the other side, 0 for any
 * @link: index of the only device that its packets come in by, 0 for any
 * @takes_ipv6: it is for IPv6, perhaps among others
 * @up: it takes packets
 * @point_to_point: it has one peer, whose inner addresses are that one's business
 * @isatap: sit checks sources by other means
 * @prefix: which inner addresses hold an outer one
 * @rcu: the packet path may still look at one that was replaced
 *
 * Never changed once it is in the list.
 */
struct srcguard_tunnel {
	struct list_head list;
	struct net_device *dev;
	__be32 local;
	__be32 remote;
	int link;
	bool takes_ipv6;
	bool up;
	bool point_to_point;
	bool isatap;
	struct srcguard_sixtofour_prefix prefix;
	struct rcu_head rcu;
};

const struct srcguard_tunnel *srcguard_tunnel_find(struct srcguard_net *sgn, __be32 remote,
						   __be32 local, int ifindex, int slave);

#endif /* SRCGUARD_TUNNEL_H */
