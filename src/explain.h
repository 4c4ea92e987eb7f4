/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions about packets that are only described, and the answers.
 */
#ifndef SRCGUARD_EXPLAIN_H
#define SRCGUARD_EXPLAIN_H

#include "srcguard.h"

#include "core/prefix.h"

/**
 * struct srcguard_found - the route back to a source, for people
 * @valid: a lookup was made, and it found a route or was rejected by one
 * @whole: all of it is known, and not only @type
 * @type: RTN_UNICAST, ...
 * @table: its table
 * @prefix: what it leads to
 * @nexthops: indexes of the devices that it leaves by
 * @nexthop_count: how many there are in @nexthops
 */
struct srcguard_found {
	bool valid;
	bool whole;
	u8 type;
	u32 table;
	struct srcguard_prefix prefix;
	int nexthops[SRCGUARD_EXPLAIN_NEXTHOPS_MAX];
	unsigned int nexthop_count;
};

/**
 * struct srcguard_explanation - what became of a packet, for people
 * @verdict: what becomes of it
 * @reason: why it failed; SRCGUARD_REASON_NONE if it did not
 * @decided_by: what made it so
 * @found: the route back
 */
struct srcguard_explanation {
	enum srcguard_verdict verdict;
	enum srcguard_reason reason;
	enum srcguard_decider decided_by;
	struct srcguard_found found;
};

/**
 * struct srcguard_question - a packet that is only described
 * @source: its source, as a prefix of full length
 * @destination: its destination, the same; length 0 for the device's address
 * @in: the device that it comes in by
 * @mark: its mark
 * @tos: its TOS or traffic class
 */
struct srcguard_question {
	struct srcguard_prefix source;
	struct srcguard_prefix destination;
	struct net_device *in;
	u32 mark;
	u8 tos;
};

/* hook.c */
void srcguard_hook_explain(struct srcguard_net *sgn, struct sk_buff *skb,
			   const struct nf_hook_state *state, enum srcguard_family family,
			   struct srcguard_explanation *explanation);

/* explain.c */
int srcguard_explain(struct srcguard_net *sgn, const struct srcguard_question *question,
		     struct srcguard_explanation *explanation, struct netlink_ext_ack *extack);

#endif /* SRCGUARD_EXPLAIN_H */
