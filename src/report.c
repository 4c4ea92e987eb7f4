// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens with a packet that failed a guard, beside what becomes of it. Called in
 * the packet path: whoever wants more than a number gets no more than a copy made there.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "event.h"
#include "report.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * srcguard_report_reason - what a reason is called
 * @reason: the reason
 */
const char *srcguard_report_reason(enum srcguard_reason reason)
{
#define SRCGUARD_REPORT_REASON(id, name, sentence)	[SRCGUARD_REASON_##id] = name,
	static const char *const names[] = { SRCGUARD_REASON_LIST(SRCGUARD_REPORT_REASON) };

	return names[reason];
}

/**
 * srcguard_report_outcome - what an outcome is called
 * @outcome: the outcome
 */
const char *srcguard_report_outcome(enum srcguard_outcome outcome)
{
#define SRCGUARD_REPORT_OUTCOME(id, name)	[SRCGUARD_OUTCOME_##id] = name,
	static const char *const names[] = { SRCGUARD_OUTCOME_LIST(SRCGUARD_REPORT_OUTCOME) };

	return names[outcome];
}

/**
 * srcguard_report_link_source - the Ethernet address that a packet came from
 * @skb: the packet
 *
 * Return: NULL if there is none.
 */
const u8 *srcguard_report_link_source(const struct sk_buff *skb)
{
	if (!skb->dev || skb->dev->type != ARPHRD_ETHER || !skb_mac_header_was_set(skb) ||
	    skb_network_header(skb) - skb_mac_header(skb) < ETH_HLEN)
		return NULL;
	return eth_hdr(skb)->h_source;
}

/* Who is exempt is known to the administrator, and must not use up lines for others. */
static bool srcguard_report_is_logged(const struct srcguard_knobs *knobs,
				      const struct srcguard_report *report)
{
	return knobs->value[report->reason < SRCGUARD_REASON_6TO4_SOURCE ?
			    SRCGUARD_A_POLICY_LOG_MARTIANS : SRCGUARD_A_POLICY_LOG_6TO4] &&
	       report->outcome != SRCGUARD_OUTCOME_EXEMPTED;
}

/**
 * srcguard_report - a packet failed a guard
 * @sgn: the namespace; called in the packet path
 * @skb: the packet, at its IP header
 * @report: what is to be told
 */
void srcguard_report(struct srcguard_net *sgn, const struct sk_buff *skb,
		     const struct srcguard_report *report)
{
	struct srcguard_device *device = srcguard_device_find(sgn, report->in->ifindex);
	const struct srcguard_policy *policy = rcu_dereference(sgn->policy);

	trace_verdict(sgn->net, skb, report);
	/* The guard is just being turned off. */
	if (unlikely(!device))
		return;
	/* What was in a queue (NFQUEUE) comes from there in process context. */
	local_bh_disable();
	srcguard_stats_count(device, report->family, report->reason, report->outcome, skb->len);
	if (unlikely(srcguard_report_is_logged(&policy->knobs, report)))
		srcguard_log(sgn, skb, report, &policy->knobs, &device->log[report->reason - 1]);
	srcguard_sample_packet(sgn, skb, report);
	local_bh_enable();
}
