/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets that failed a guard, and who is told of them: the counters always, and the
 * tracepoint, the kernel log and listeners if somebody asked for it.
 */
#ifndef SRCGUARD_REPORT_H
#define SRCGUARD_REPORT_H

#include <linux/if_ether.h>

#include "device.h"

#include "core/prefix.h"
#include "core/sixtofour.h"

/**
 * struct srcguard_inner - what the 6to4 guard saw of a packet
 * @packet: the addresses of both headers
 * @prefix: which of the inner ones hold an outer one
 */
struct srcguard_inner {
	struct srcguard_sixtofour_packet packet;
	struct srcguard_sixtofour_prefix prefix;
};

/**
 * struct srcguard_report - a packet that failed
 * @in: the device it came in by
 * @family: its address family
 * @reason: why it failed
 * @outcome: what becomes of it
 * @inner: the header within, NULL if it is not there or not looked at
 */
struct srcguard_report {
	const struct net_device *in;
	enum srcguard_family family;
	enum srcguard_reason reason;
	enum srcguard_outcome outcome;
	const struct srcguard_inner *inner;
};

/* report.c */
void srcguard_report(struct srcguard_net *sgn, const struct sk_buff *skb,
		     const struct srcguard_report *report);
const u8 *srcguard_report_link_source(const struct sk_buff *skb);
const char *srcguard_report_reason(enum srcguard_reason reason);
const char *srcguard_report_outcome(enum srcguard_outcome outcome);

/* log.c */
void srcguard_log(struct srcguard_net *sgn, const struct sk_buff *skb,
		  const struct srcguard_report *report, const struct srcguard_knobs *knobs,
		  struct srcguard_log_slot *slot);
u32 srcguard_log_next(const struct srcguard_knobs *knobs);

#endif /* SRCGUARD_REPORT_H */
