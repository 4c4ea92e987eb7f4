// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters: the packet path adds to its own CPU's, dumps sum them up.
 * Neither takes a lock.
 */
#include <linux/sched.h>
#include <net/genetlink.h>

#include "device.h"
#include "netlink.h"

/**
 * srcguard_stats_count - count a packet that failed a guard
 * @device: the device it came in by; called in the packet path
 * @family: its address family
 * @reason: why it failed
 * @outcome: what becomes of it
 * @bytes: its length from the IP header on
 */
void srcguard_stats_count(struct srcguard_device *device, enum srcguard_family family,
			  enum srcguard_reason reason, enum srcguard_outcome outcome,
			  unsigned int bytes)
{
	struct srcguard_counters *counters = this_cpu_ptr(device->counters);
	struct srcguard_counter *counter = &counters->slot[family][reason - 1][outcome - 1];

	u64_stats_update_begin(&counters->syncp);
	u64_stats_inc(&counter->packets);
	u64_stats_add(&counter->bytes, bytes);
	u64_stats_update_end(&counters->syncp);
}

/* A sum over all CPUs, as numbers. */
struct srcguard_stats_sum {
	u64 packets;
	u64 bytes;
};

static struct srcguard_stats_sum srcguard_stats_sum(const struct srcguard_device *device,
						    enum srcguard_family family,
						    enum srcguard_reason reason,
						    enum srcguard_outcome outcome)
{
	struct srcguard_stats_sum sum = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct srcguard_counters *counters = per_cpu_ptr(device->counters, cpu);
		const struct srcguard_counter *counter =
			&counters->slot[family][reason - 1][outcome - 1];
		u64 packets, bytes;
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&counters->syncp);
			packets = u64_stats_read(&counter->packets);
			bytes = u64_stats_read(&counter->bytes);
		} while (u64_stats_fetch_retry(&counters->syncp, start));
		sum.packets += packets;
		sum.bytes += bytes;
	}
	return sum;
}

static const u32 srcguard_stats_family[SRCGUARD_FAMILY_COUNT] = {
	[SRCGUARD_FAMILY_IPV4] = AF_INET,
	[SRCGUARD_FAMILY_IPV6] = AF_INET6,
};

static int srcguard_stats_put(struct sk_buff *skb, struct netlink_callback *cb,
			      const struct srcguard_device *device, enum srcguard_family family,
			      enum srcguard_reason reason, enum srcguard_outcome outcome)
{
	struct srcguard_stats_sum sum = srcguard_stats_sum(device, family, reason, outcome);
	char name[IFNAMSIZ] = "*";
	void *header;

	if (!sum.packets)
		return 0;

	/* A rename may tear the name in two; the dump is marked then. */
	if (device->dev) {
		memcpy(name, device->dev->name, sizeof(name));
		name[sizeof(name) - 1] = '\0';
	}

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     &srcguard_netlink_family, NLM_F_MULTI, SRCGUARD_CMD_STATS_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);

	if (nla_put_u32(skb, SRCGUARD_A_STATS_IFINDEX, device->dev ? device->dev->ifindex : 0) ||
	    nla_put_string(skb, SRCGUARD_A_STATS_DEVICE, name) ||
	    nla_put_u32(skb, SRCGUARD_A_STATS_FAMILY, srcguard_stats_family[family]) ||
	    nla_put_u32(skb, SRCGUARD_A_STATS_REASON, reason) ||
	    nla_put_u32(skb, SRCGUARD_A_STATS_OUTCOME, outcome) ||
	    nla_put_u64_64bit(skb, SRCGUARD_A_STATS_PACKETS, sum.packets,
			      SRCGUARD_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, SRCGUARD_A_STATS_BYTES, sum.bytes, SRCGUARD_A_STATS_PAD)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/* Goes on with the device's counters at *slot, and leaves there how far it came. */
static int srcguard_stats_dump_device(struct sk_buff *skb, struct netlink_callback *cb,
				      const struct srcguard_device *device, long *slot)
{
	const long reasons = SRCGUARD_REASON_PACKET_MAX, outcomes = SRCGUARD_OUTCOME_MAX;
	int err;

	for (; *slot < SRCGUARD_FAMILY_COUNT * reasons * outcomes; (*slot)++) {
		long outcome = *slot % outcomes;
		long reason = *slot / outcomes % reasons;
		long family = *slot / outcomes / reasons;

		err = srcguard_stats_put(skb, cb, device, family, reason + 1, outcome + 1);
		if (err)
			return err;
	}
	*slot = 0;
	return 0;
}

/**
 * srcguard_stats_dump - one part of a dump of all counters
 * @sgn: the namespace
 * @skb: the part
 * @cb: args[0] is the index of the device to go on with, args[1] its counter
 *
 * Return: as netlink's dumpit.
 */
int srcguard_stats_dump(struct srcguard_net *sgn, struct sk_buff *skb,
			struct netlink_callback *cb)
{
	struct srcguard_device *device;
	unsigned long index;
	int err = 0;

	cb->seq = READ_ONCE(sgn->generation);

	rcu_read_lock();
	xa_for_each_start(&sgn->devices, index, device, cb->args[0]) {
		if (index != cb->args[0])
			cb->args[1] = 0;
		cb->args[0] = index;
		err = srcguard_stats_dump_device(skb, cb, device, &cb->args[1]);
		if (err)
			break;
		cb->args[0] = index + 1;
		/* Devices that have counted nothing fill no part, however many they are. */
		rcu_read_unlock();
		cond_resched();
		rcu_read_lock();
	}
	rcu_read_unlock();
	/* What was written so far goes out, if it is anything at all. */
	return skb->len ?: err;
}
