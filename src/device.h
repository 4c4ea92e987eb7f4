/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices and their counters: what the rest of the module asks of device.c and stats.c.
 */
#ifndef SRCGUARD_DEVICE_H
#define SRCGUARD_DEVICE_H

#include <linux/u64_stats_sync.h>

#include "srcguard.h"

struct netlink_callback;

/**
 * struct srcguard_counter - one number of packets and their bytes
 * @packets: packets
 * @bytes: bytes from the IP header on
 */
struct srcguard_counter {
	u64_stats_t packets;
	u64_stats_t bytes;
};

/**
 * struct srcguard_counters - one CPU's counters of one device
 * @slot: by family, reason and outcome; those enums count from 1
 * @syncp: lets 32-bit readers see whole values
 */
struct srcguard_counters {
	struct srcguard_counter slot[SRCGUARD_FAMILY_COUNT][SRCGUARD_REASON_PACKET_MAX]
				    [SRCGUARD_OUTCOME_MAX];
	struct u64_stats_sync syncp;
};

/**
 * struct srcguard_log_slot - when a device last had a line in the kernel log, for a reason
 * @last: in jiffies, 0 if never
 * @withheld: packets that got no line since
 */
struct srcguard_log_slot {
	atomic64_t last;
	atomic64_t withheld;
};

/**
 * struct srcguard_device - what is kept about a device while a guard is on, or the log is
 *	and it had a line
 * @dev: the device, NULL for the stand-in of devices that memory was too short
 *	for. No reference: the object leaves the namespace's table at
 *	NETDEV_UNREGISTER, and what is in the table or was reached under RCU has
 *	a device that RCU keeps, too.
 * @counters: per CPU, written by the packet path, read by dumps
 * @log: by reason; those count from 1
 * @rcu: the packet path may still count for a device that is gone
 */
struct srcguard_device {
	struct net_device *dev;
	struct srcguard_counters __percpu *counters;
	struct srcguard_log_slot log[SRCGUARD_REASON_PACKET_MAX];
	struct rcu_head rcu;
};

/* device.c */
int srcguard_device_init(void);
void srcguard_device_exit(void);
int srcguard_device_net_fill(struct srcguard_net *sgn);
void srcguard_device_net_drain(struct srcguard_net *sgn);
struct srcguard_device *srcguard_device_find(struct srcguard_net *sgn, int ifindex);

/* stats.c */
void srcguard_stats_count(struct srcguard_device *device, enum srcguard_family family,
			  enum srcguard_reason reason, enum srcguard_outcome outcome,
			  unsigned int bytes);
int srcguard_stats_dump(struct srcguard_net *sgn, struct sk_buff *skb,
			struct netlink_callback *cb);

#endif /* SRCGUARD_DEVICE_H */
