/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exemptions: what the rest of the module asks of exempt.c.
 */
#ifndef SRCGUARD_EXEMPT_H
#define SRCGUARD_EXEMPT_H

#include "srcguard.h"

#include "core/prefix.h"

/**
 * struct srcguard_exempt_entry - an exemption, as it is listed
 * @prefix: the sources
 * @ifindex: the arrival device, 0 for all
 * @packets: what it let through
 */
struct srcguard_exempt_entry {
	struct srcguard_prefix prefix;
	int ifindex;
	u64 packets;
};

void srcguard_exempt_net_init(struct srcguard_net *sgn);
void srcguard_exempt_net_exit(struct srcguard_net *sgn);
int srcguard_exempt_add(struct srcguard_net *sgn, const struct srcguard_prefix *prefix,
			int ifindex, struct netlink_ext_ack *extack);
int srcguard_exempt_del(struct srcguard_net *sgn, const struct srcguard_prefix *prefix,
			int ifindex, struct netlink_ext_ack *extack);
void srcguard_exempt_gone(struct srcguard_net *sgn, const struct net_device *dev);
int srcguard_exempt_stage_begin(struct srcguard_net *sgn, u32 number);
bool srcguard_exempt_stage_is(const struct srcguard_net *sgn, u32 number);
int srcguard_exempt_stage_add(struct srcguard_net *sgn, const struct srcguard_prefix *prefix,
			      int ifindex, struct netlink_ext_ack *extack);
bool srcguard_exempt_stage_adds(struct srcguard_net *sgn);
void srcguard_exempt_stage_end(struct srcguard_net *sgn);
void srcguard_exempt_stage_drop(struct srcguard_net *sgn);
bool srcguard_exempt_covers(struct srcguard_net *sgn, const struct srcguard_prefix *source,
			    int ifindex, bool count);
bool srcguard_exempt_next(struct srcguard_net *sgn, unsigned long *id,
			  struct srcguard_exempt_entry *entry);

#endif /* SRCGUARD_EXEMPT_H */
