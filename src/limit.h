/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of devices: what the rest of the module asks of limit.c and member.c.
 */
#ifndef SRCGUARD_LIMIT_H
#define SRCGUARD_LIMIT_H

#include "srcguard.h"

#include "core/limit.h"
#include "core/limiter.h"

/**
 * struct srcguard_kind - a kind of devices in a namespace
 * @count: its limit, and what counts towards it; changed under RTNL, and read by dumps
 * @name: its name
 * @id: its number in the namespace's table
 * @refused: devices that were refused because of it (RTNL, read by dumps)
 * @rcu: a dump may still look at it
 */
struct srcguard_kind {
	struct srcguard_limit count;
	char name[SRCGUARD_KIND_SIZE];
	u32 id;
	atomic64_t refused;
	struct rcu_head rcu;
};

/**
 * struct srcguard_member - a device that counts
 * @kind: what it counts as
 * @waiting: in its namespace's list while it waits for room, and else empty
 * @fallback: its bit if it is a fallback device, and else 0
 * @in_any: it counts among all kinds together, too
 */
struct srcguard_member {
	struct srcguard_kind *kind;
	struct list_head waiting;
	u32 fallback;
	bool in_any;
};

/**
 * struct srcguard_limits - a namespace's
 * @kinds: struct srcguard_kind by a number of no meaning, from 1; changed under RTNL,
 *	read under RCU
 * @members: struct srcguard_member by ifindex (RTNL)
 * @waiting: those that wait, the oldest first (RTNL)
 * @any: all kinds together
 * @loopback: the module's own; its limit is a knob as well
 * @fallbacks: bits of the fallback devices that there are (RTNL)
 * @generation: moves when @kinds or a limit does, to mark interrupted dumps
 * @told: tokens for events about devices (RTNL)
 */
struct srcguard_limits {
	struct xarray kinds;
	struct xarray members;
	struct list_head waiting;
	struct srcguard_kind *any;
	struct srcguard_kind *loopback;
	u32 fallbacks;
	u32 generation;
	struct srcguard_limiter_bucket told;
};

/* limit.c */
struct srcguard_kind *srcguard_limit_find(struct srcguard_limits *limits, const char *name);
struct srcguard_kind *srcguard_limit_make(struct srcguard_limits *limits, const char *name,
					  s32 limit);
void srcguard_limit_tidy(struct srcguard_limits *limits, struct srcguard_kind *kind);
int srcguard_limit_net_init(struct srcguard_net *sgn, struct srcguard_net *creator, s32 loopback);
void srcguard_limit_net_exit(struct srcguard_net *sgn);
int srcguard_limit_set(struct srcguard_net *sgn, const char *name, s32 limit,
		       struct netlink_ext_ack *extack);
void srcguard_limit_set_loopback(struct srcguard_net *sgn, s32 limit);
u32 srcguard_limit_generation(const struct srcguard_net *sgn);
const struct srcguard_kind *srcguard_limit_next(struct srcguard_net *sgn, unsigned long *id);

/* member.c */
void srcguard_member_ready(bool ready);
int srcguard_member_event(struct srcguard_net *sgn, const struct net_device *dev,
			  unsigned long event, struct netlink_ext_ack *extack);
void srcguard_member_settle(struct srcguard_limits *limits);
void srcguard_member_say(struct srcguard_net *sgn, const char *name,
			 struct netlink_ext_ack *extack);

#endif /* SRCGUARD_LIMIT_H */
