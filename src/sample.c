// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events about packets. One that failed leaves a copy of its facts in a ring of its
 * namespace, and a work item makes messages of them: the packet path allocates nothing.
 * That somebody listens is known for the whole host only, so each namespace has a bucket
 * of tokens: a listener in one costs the others no more than that.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/ktime.h>

#include "event.h"
#include "netlink.h"

#include "core/limiter.h"

/* The time that buckets count in: so many units a jiffy, and HZ of them a token. */
#define SRCGUARD_SAMPLE_UNITS	SRCGUARD_EVENTS_PER_SECOND

/**
 * struct srcguard_sample - what is kept of a packet until its message is made
 * @time: when it came, nanoseconds since 1970
 * @skipped: packets before it that there is no event for
 * @source: its source address
 * @destination: its destination address
 * @inner_source: source address of the header within
 * @inner_destination: its destination address
 * @link_source: Ethernet source address
 * @device: name of the device that it came in by
 * @ifindex: that device
 * @length: its length from the IP header on
 * @reason: why it failed
 * @outcome: what became of it
 * @has_inner: whether there is a header within
 * @has_link: whether there is an Ethernet address
 */
struct srcguard_sample {
	u64 time;
	u64 skipped;
	struct srcguard_prefix source;
	struct srcguard_prefix destination;
	struct in6_addr inner_source;
	struct in6_addr inner_destination;
	u8 link_source[ETH_ALEN];
	char device[IFNAMSIZ];
	int ifindex;
	u32 length;
	u8 reason;
	u8 outcome;
	bool has_inner;
	bool has_link;
};

/**
 * struct srcguard_samples - samples of a namespace
 * @sgn: the namespace
 * @work: makes messages of the samples
 * @lock: protects what follows, but for @skipped
 * @bucket: tokens
 * @head: number of samples that were ever put in
 * @tail: how many were taken out
 * @skipped: packets since the last sample
 * @sample: the ring
 */
struct srcguard_samples {
	struct srcguard_net *sgn;
	struct work_struct work;
	spinlock_t lock;
	struct srcguard_limiter_bucket bucket;
	unsigned int head;
	unsigned int tail;
	atomic64_t skipped;
	struct srcguard_sample sample[SRCGUARD_EVENTS_BURST];
};

static int srcguard_sample_put(struct sk_buff *msg, const void *arg)
{
	const struct srcguard_sample *sample = arg;

	if (nla_put_u32(msg, SRCGUARD_A_EVENT_IFINDEX, sample->ifindex) ||
	    nla_put_string(msg, SRCGUARD_A_EVENT_DEVICE, sample->device) ||
	    nla_put_u32(msg, SRCGUARD_A_EVENT_FAMILY, sample->source.ipv6 ? AF_INET6 : AF_INET) ||
	    nla_put_u32(msg, SRCGUARD_A_EVENT_REASON, sample->reason) ||
	    nla_put_u32(msg, SRCGUARD_A_EVENT_OUTCOME, sample->outcome) ||
	    srcguard_netlink_put_address(msg, SRCGUARD_A_EVENT_SRC, &sample->source) ||
	    srcguard_netlink_put_address(msg, SRCGUARD_A_EVENT_DST, &sample->destination) ||
	    nla_put_u32(msg, SRCGUARD_A_EVENT_LENGTH, sample->length) ||
	    nla_put_u64_64bit(msg, SRCGUARD_A_EVENT_SKIPPED, sample->skipped,
			      SRCGUARD_A_EVENT_PAD))
		return -EMSGSIZE;
	if (sample->has_inner &&
	    (nla_put_in6_addr(msg, SRCGUARD_A_EVENT_INNER_SRC, &sample->inner_source) ||
	     nla_put_in6_addr(msg, SRCGUARD_A_EVENT_INNER_DST, &sample->inner_destination)))
		return -EMSGSIZE;
	if (sample->has_link &&
	    nla_put(msg, SRCGUARD_A_EVENT_LINK_SRC, ETH_ALEN, sample->link_source))
		return -EMSGSIZE;
	return 0;
}

static bool srcguard_sample_take(struct srcguard_samples *samples, struct srcguard_sample *sample)
{
	bool taken;

	spin_lock_bh(&samples->lock);
	taken = samples->tail != samples->head;
	if (taken)
		*sample = samples->sample[samples->tail++ % ARRAY_SIZE(samples->sample)];
	spin_unlock_bh(&samples->lock);
	return taken;
}

static void srcguard_sample_work(struct work_struct *work)
{
	struct srcguard_samples *samples = container_of(work, struct srcguard_samples, work);
	struct srcguard_sample sample;

	while (srcguard_sample_take(samples, &sample))
		srcguard_event_tell(samples->sgn, SRCGUARD_EVENT_DROP, sample.time,
				    srcguard_sample_put, &sample);
}

static void srcguard_sample_fill(struct srcguard_sample *sample, const struct sk_buff *skb,
				  const struct srcguard_report *report)
{
	const u8 *link_source = srcguard_report_link_source(skb);
	bool ipv6 = report->family == SRCGUARD_FAMILY_IPV6;

	*sample = (struct srcguard_sample){
		.time = ktime_get_real_ns(),
		.source.ipv6 = ipv6,
		.destination.ipv6 = ipv6,
		.ifindex = report->in->ifindex,
		.length = skb->len,
		.reason = report->reason,
		.outcome = report->outcome,
		.has_inner = report->inner,
		.has_link = link_source,
	};
	if (ipv6) {
		sample->source.address = ipv6_hdr(skb)->saddr;
		sample->destination.address = ipv6_hdr(skb)->daddr;
	} else {
		sample->source.address.s6_addr32[0] = ip_hdr(skb)->saddr;
		sample->destination.address.s6_addr32[0] = ip_hdr(skb)->daddr;
	}
	if (report->inner) {
		sample->inner_source = report->inner->packet.inner_saddr;
		sample->inner_destination = report->inner->packet.inner_daddr;
	}
	if (link_source)
		memcpy(sample->link_source, link_source, ETH_ALEN);
	/* A rename may tear the name in two. */
	memcpy(sample->device, report->in->name, sizeof(sample->device));
	sample->device[sizeof(sample->device) - 1] = '\0';
}

/* Whether there is a token and room; then a sample is taken. */
static bool srcguard_sample_add(struct srcguard_samples *samples, const struct sk_buff *skb,
			       const struct srcguard_report *report)
{
	u64 now = get_jiffies_64() * SRCGUARD_SAMPLE_UNITS;
	struct srcguard_sample *sample;
	bool put;

	/* A flood takes no lock. */
	if (srcguard_limiter_bucket_empty(READ_ONCE(samples->bucket.full_at), now, HZ,
					  SRCGUARD_EVENTS_BURST))
		return false;
	spin_lock_bh(&samples->lock);
	put = samples->head - samples->tail < ARRAY_SIZE(samples->sample) &&
	      srcguard_limiter_bucket_take(&samples->bucket, now, HZ, SRCGUARD_EVENTS_BURST);
	if (put) {
		sample = &samples->sample[samples->head++ % ARRAY_SIZE(samples->sample)];
		srcguard_sample_fill(sample, skb, report);
		sample->skipped = atomic64_xchg(&samples->skipped, 0);
	}
	spin_unlock_bh(&samples->lock);
	return put;
}

/**
 * srcguard_sample_packet - a packet failed a guard
 * @sgn: the namespace; called in the packet path
 * @skb: the packet, at its IP header
 * @report: what is to be told
 */
void srcguard_sample_packet(struct srcguard_net *sgn, const struct sk_buff *skb,
			   const struct srcguard_report *report)
{
	struct srcguard_samples *samples;

	if (likely(!srcguard_event_is_wanted(sgn)))
		return;
	samples = rcu_dereference(sgn->samples);
	if (!samples)
		return;
	if (srcguard_sample_add(samples, skb, report))
		schedule_work(&samples->work);
	else
		atomic64_inc(&samples->skipped);
}

/**
 * srcguard_sample_net_fill - allocate what samples of packets need
 * @sgn: the namespace; the caller holds RTNL, and no guard is on
 *
 * Return: 0 or -ENOMEM.
 */
int srcguard_sample_net_fill(struct srcguard_net *sgn)
{
	struct srcguard_samples *samples = kzalloc(sizeof(*samples), GFP_KERNEL_ACCOUNT);

	if (!samples)
		return -ENOMEM;
	samples->sgn = sgn;
	INIT_WORK(&samples->work, srcguard_sample_work);
	spin_lock_init(&samples->lock);
	rcu_assign_pointer(sgn->samples, samples);
	return 0;
}

/**
 * srcguard_sample_net_drain - free it
 * @sgn: the namespace; the caller holds RTNL, and hooks run no more
 */
void srcguard_sample_net_drain(struct srcguard_net *sgn)
{
	struct srcguard_samples *samples = rtnl_dereference(sgn->samples);

	if (!samples)
		return;
	RCU_INIT_POINTER(sgn->samples, NULL);
	/* It does not take RTNL. */
	cancel_work_sync(&samples->work);
	kfree(samples);
}
