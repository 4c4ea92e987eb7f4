/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the module know of each other.
 *
 * Locks. RTNL is the one writer lock: it protects every pointer and flag of
 * struct srcguard_net and the set of its devices. The packet path, dumps and
 * reading sysctls hold rcu_read_lock() only.
 */
#ifndef SRCGUARD_H
#define SRCGUARD_H

#include "compat/requirements.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "core/knob.h"
#include "core/rpf.h"

struct netlink_ext_ack;
struct srcguard_exemptions;
struct srcguard_found;
struct srcguard_limits;
struct srcguard_modes;
struct srcguard_samples;

/**
 * enum srcguard_family - index of an address family in tables of counters
 * @SRCGUARD_FAMILY_IPV4: AF_INET
 * @SRCGUARD_FAMILY_IPV6: AF_INET6
 * @SRCGUARD_FAMILY_COUNT: number of families
 */
enum srcguard_family {
	SRCGUARD_FAMILY_IPV4,
	SRCGUARD_FAMILY_IPV6,
	SRCGUARD_FAMILY_COUNT
};

/**
 * struct srcguard_policy - what a namespace's owner asked for
 * @knobs: the values
 * @rcu: readers may still look at a policy that was replaced
 *
 * Never changed once it is published.
 */
struct srcguard_policy {
	struct srcguard_knobs knobs;
	struct rcu_head rcu;
};

/**
 * enum srcguard_position - where in PRE_ROUTING a packet is looked at
 * @SRCGUARD_POSITION_EARLY: before everything else
 * @SRCGUARD_POSITION_LATE: after everything else, when marks are set,
 *	destinations translated and fragments joined
 * @SRCGUARD_POSITION_COUNT: number of positions
 */
enum srcguard_position {
	SRCGUARD_POSITION_EARLY,
	SRCGUARD_POSITION_LATE,
	SRCGUARD_POSITION_COUNT
};

/**
 * struct srcguard_hook - a hook of a namespace
 * @ops: what is handed to netfilter; two of the same, so that a hook can be
 *	registered anew before it is unregistered
 * @active: which of @ops is, or would be, registered
 * @registered: whether it is
 */
struct srcguard_hook {
	struct nf_hook_ops ops[2];
	unsigned int active;
	bool registered;
};

/**
 * struct srcguard_net - a namespace's state
 * @net: the namespace; it owns this object
 * @policy: replaced under RTNL, read under RCU; never NULL
 * @guards: those at work, SRCGUARD_GUARD_..., for all devices or for some (RTNL)
 * @leaving: the namespace is going, and no guard is turned on any more (RTNL)
 * @devices: struct srcguard_device by ifindex, and the stand-in at index 0;
 *	changed under RTNL, read under RCU; while no guard is on, only those with a line
 *	in the log
 * @generation: moves when @devices changes (RTNL), to mark interrupted dumps
 * @overrides: struct srcguard_override by ifindex, for devices that something is
 *	set for; changed under RTNL, read under RCU
 * @patterns: struct srcguard_pattern by a number of no meaning; the same
 * @modes: what @overrides comes to in the packet path; replaced and changed under
 *	RTNL, read under RCU; NULL while @overrides is empty
 * @settings_generation: as @generation, of @overrides and @patterns
 * @exemptions: replaced and changed under RTNL, read under RCU; NULL if empty
 * @exempt_generation: as @generation, of @exemptions
 * @staged: a list that is to replace @exemptions once it is complete (RTNL)
 * @staged_number: what its sender calls it
 * @hooks: written and read under RTNL
 * @late: by family: the early hook leaves everything to the late one, and does
 *	so until both are gone; written under RTNL, read in the packet path
 * @late_wanted: by family: a packet turned out to need the late hook; written in
 *	the packet path
 * @late_work: registers the late hooks that are wanted
 * @unjudged: packets that passed while @late_work was on its way
 * @tunnels: struct srcguard_tunnel, the sit tunnels that this namespace's packets come
 *	to and that have no fixed peer; changed under RTNL, read under RCU
 * @peers: those that have one; the same
 * @tunnels_up: how many of @tunnels are up, or about to be (RTNL)
 * @sixtofour_ops: the 6to4 guard's hook
 * @sixtofour_registered: whether it is (RTNL)
 * @samples: of packets, for events; replaced under RTNL, read under RCU; NULL while no
 *	guard is on
 * @event_number: that of the last event; under the mutex of event.c
 * @limits: of its devices; see limit.c
 * @writes_refused: changes that were refused with EPERM
 * @log_written: lines written to the kernel log
 * @log_withheld: packets that got none
 * @sysctl_table: the table that @sysctl_header shows
 * @sysctl_header: net.srcguard in this namespace
 */
struct srcguard_net {
	struct net *net;
	struct srcguard_policy __rcu *policy;
	struct srcguard_modes __rcu *modes;
	unsigned int guards;
	bool leaving;
	struct xarray devices;
	u32 generation;
	struct xarray overrides;
	struct xarray patterns;
	u32 settings_generation;
	u32 exempt_generation;
	struct srcguard_exemptions __rcu *exemptions;
	struct srcguard_exemptions *staged;
	u32 staged_number;
	struct srcguard_hook hooks[SRCGUARD_FAMILY_COUNT][SRCGUARD_POSITION_COUNT];
	bool late[SRCGUARD_FAMILY_COUNT];
	bool late_wanted[SRCGUARD_FAMILY_COUNT];
	struct work_struct late_work;
	atomic64_t unjudged;
	struct list_head tunnels;
	struct list_head peers;
	unsigned int tunnels_up;
	struct nf_hook_ops sixtofour_ops;
	bool sixtofour_registered;
	struct srcguard_samples __rcu *samples;
	u64 event_number;
	struct srcguard_limits *limits;
	atomic64_t writes_refused;
	atomic64_t log_written;
	atomic64_t log_withheld;
	struct ctl_table *sysctl_table;
	struct ctl_table_header *sysctl_header;
};

/* main.c */
extern struct srcguard_knobs srcguard_main_params;

/* netns.c */
int srcguard_netns_init(void);
void srcguard_netns_ready(void);
void srcguard_netns_exit(void);
struct srcguard_net *srcguard_netns_of(struct net *net);

/* policy.c */
int srcguard_policy_net_init(struct srcguard_net *sgn, const struct srcguard_knobs *knobs);
void srcguard_policy_net_pre_exit(struct srcguard_net *sgn);
void srcguard_policy_net_exit(struct srcguard_net *sgn);
int srcguard_policy_set(struct srcguard_net *sgn, const struct srcguard_knobs *knobs,
			u32 which, unsigned int *fault, struct netlink_ext_ack *extack);
void srcguard_policy_read(struct srcguard_net *sgn, struct srcguard_knobs *knobs);
int srcguard_policy_guard(struct srcguard_net *sgn, unsigned int guards);
void srcguard_policy_settle(struct srcguard_net *sgn);
void srcguard_policy_tunnels(struct srcguard_net *sgn);

/* hook.c */
void srcguard_hook_net_init(struct srcguard_net *sgn);
int srcguard_hook_register(struct srcguard_net *sgn);
void srcguard_hook_unregister(struct srcguard_net *sgn);
int srcguard_hook_move_first(struct srcguard_net *sgn);

bool srcguard_hook_enforces(struct srcguard_net *sgn, const struct srcguard_policy *policy,
			    const struct net_device *in, enum srcguard_decider *decided_by);

/* sixtofour.c */
void srcguard_sixtofour_net_init(struct srcguard_net *sgn);
int srcguard_sixtofour_register(struct srcguard_net *sgn);
void srcguard_sixtofour_unregister(struct srcguard_net *sgn);

/* clone.c */
int srcguard_clone_init(void);
void srcguard_clone_exit(void);

/* bridge.c */
int srcguard_bridge_init(void);
void srcguard_bridge_exit(void);
int srcguard_bridge_registered(struct srcguard_net *sgn, const struct net_device *dev);

/* rpf_ipv4.c */
bool srcguard_rpf_ipv4_needs_late(const struct net *net, const struct net_device *in);
bool srcguard_rpf_ipv4_net_needs_late(struct net *net);
enum srcguard_reason srcguard_rpf_ipv4(struct sk_buff *skb, const struct nf_hook_state *state,
				       enum srcguard_rp_filter mode,
				       struct srcguard_found *found);

/* rpf_ipv6.c */
bool srcguard_rpf_ipv6_needs_late(const struct net *net);
enum srcguard_reason srcguard_rpf_ipv6(struct sk_buff *skb, const struct nf_hook_state *state,
				       enum srcguard_rp_filter mode,
				       struct srcguard_found *found);

/* sysctl.c */
int srcguard_sysctl_net_init(struct srcguard_net *sgn);
void srcguard_sysctl_net_exit(struct srcguard_net *sgn);

/* netlink.c */
int srcguard_netlink_init(void);
void srcguard_netlink_exit(void);

#endif /* SRCGUARD_H */
