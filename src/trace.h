/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoint srcguard:verdict: each packet that failed a guard.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM srcguard

#if !defined(SRCGUARD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SRCGUARD_TRACE_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tracepoint.h>
#include <net/ipv6.h>

#include "report.h"

#ifndef SRCGUARD_TRACE_NAMES
#define SRCGUARD_TRACE_NAMES
#define SRCGUARD_TRACE_REASON(id, name, sentence)	{ SRCGUARD_REASON_##id, name },
#define SRCGUARD_TRACE_OUTCOME(id, name)		{ SRCGUARD_OUTCOME_##id, name },
/* So that who reads the format from outside the kernel knows the numbers. */
#define SRCGUARD_TRACE_REASON_NUMBER(id, name, sentence) TRACE_DEFINE_ENUM(SRCGUARD_REASON_##id);
#define SRCGUARD_TRACE_OUTCOME_NUMBER(id, name)		TRACE_DEFINE_ENUM(SRCGUARD_OUTCOME_##id);
#endif

SRCGUARD_REASON_LIST(SRCGUARD_TRACE_REASON_NUMBER)
SRCGUARD_OUTCOME_LIST(SRCGUARD_TRACE_OUTCOME_NUMBER)

TRACE_EVENT(verdict,
	TP_PROTO(const struct net *net, const struct sk_buff *skb,
		 const struct srcguard_report *report),
	TP_ARGS(net, skb, report),
	TP_STRUCT__entry(
		__field(unsigned int, netns)
		__field(int, ifindex)
		__field(unsigned int, family)
		__field(unsigned int, reason)
		__field(unsigned int, outcome)
		__field(unsigned int, length)
		__array(char, device, IFNAMSIZ)
		__array(u8, saddr, 16)
		__array(u8, daddr, 16)
	),
	TP_fast_assign(
		__entry->netns = net->ns.inum;
		__entry->ifindex = report->in->ifindex;
		__entry->family = report->family == SRCGUARD_FAMILY_IPV6 ? AF_INET6 : AF_INET;
		__entry->reason = report->reason;
		__entry->outcome = report->outcome;
		__entry->length = skb->len;
		memcpy(__entry->device, report->in->name, IFNAMSIZ);
		if (report->family == SRCGUARD_FAMILY_IPV6) {
			memcpy(__entry->saddr, &ipv6_hdr(skb)->saddr, 16);
			memcpy(__entry->daddr, &ipv6_hdr(skb)->daddr, 16);
		} else {
			/* As mapped addresses, so that one format prints both families. */
			ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, (void *)__entry->saddr);
			ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, (void *)__entry->daddr);
		}
	),
	TP_printk("netns=%u device=%s ifindex=%d family=%u saddr=%pI6c daddr=%pI6c length=%u reason=%s outcome=%s",
		  __entry->netns, __entry->device, __entry->ifindex, __entry->family,
		  __entry->saddr, __entry->daddr, __entry->length,
		  __print_symbolic(__entry->reason, SRCGUARD_REASON_LIST(SRCGUARD_TRACE_REASON)
				   { 0, "none" }),
		  __print_symbolic(__entry->outcome, SRCGUARD_OUTCOME_LIST(SRCGUARD_TRACE_OUTCOME)
				   { 0, "none" }))
);

#endif /* SRCGUARD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
