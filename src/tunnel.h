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
 * @list: among those of the namespace that its packets come to
 * @dev: its device, in whichever namespace; no reference: it leaves the list before it
 *	goes, and RCU keeps it for who still looks. What sit keeps about the tunnel
 *	lies there, and is read there by the packet path, as sit reads it.
 * @up: it is up, or about to be (RTNL)
 * @rcu: the packet path may still look at one that is gone
 */
struct srcguard_tunnel {
	struct list_head list;
	struct net_device *dev;
	bool up;
	struct rcu_head rcu;
};

/**
 * struct srcguard_tunnel_packet - what tells the tunnel that takes a packet
 * @remote: its source address
 * @local: its destination address
 * @ifindex: the device that it was handed up by
 * @slave: below a VRF, the device that it came in by; otherwise 0
 */
struct srcguard_tunnel_packet {
	__be32 remote;
	__be32 local;
	int ifindex;
	int slave;
};

const struct srcguard_tunnel *
srcguard_tunnel_find(struct srcguard_net *sgn, const struct srcguard_tunnel_packet *packet);
bool srcguard_tunnel_is_peers(struct srcguard_net *sgn,
			      const struct srcguard_tunnel_packet *packet);
void srcguard_tunnel_prefix(const struct srcguard_tunnel *tunnel,
			    struct srcguard_sixtofour_prefix *prefix);
int srcguard_tunnel_event(struct net_device *dev, unsigned long event);
void srcguard_tunnel_net_init(struct srcguard_net *sgn);
void srcguard_tunnel_net_exit(struct srcguard_net *sgn);

#endif /* SRCGUARD_TUNNEL_H */
