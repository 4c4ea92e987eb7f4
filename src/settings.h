/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settings of devices: what the rest of the module asks of settings.c and pattern.c.
 */
#ifndef SRCGUARD_SETTINGS_H
#define SRCGUARD_SETTINGS_H

#include "srcguard.h"

#include "core/settings.h"

/**
 * struct srcguard_pattern - a pattern
 * @name: the beginning of names, and an asterisk
 * @settings: what it sets
 * @rcu: a dump may still look at it
 *
 * Never changed once it is in its namespace's table.
 */
struct srcguard_pattern {
	char name[IFNAMSIZ];
	struct srcguard_settings settings;
	struct rcu_head rcu;
};

/* settings.c */
void srcguard_settings_changed(struct srcguard_net *sgn);
int srcguard_settings_apply_all(struct srcguard_net *sgn,
				const struct srcguard_pattern *leaving);
void srcguard_settings_net_init(struct srcguard_net *sgn);
void srcguard_settings_net_exit(struct srcguard_net *sgn);
int srcguard_settings_set(struct srcguard_net *sgn, const char *name,
			  const struct srcguard_settings *settings, struct netlink_ext_ack *extack);
int srcguard_settings_drop(struct srcguard_net *sgn, const char *name,
			   struct netlink_ext_ack *extack);
int srcguard_settings_named(struct srcguard_net *sgn, const struct net_device *dev);
void srcguard_settings_gone(struct srcguard_net *sgn, const struct net_device *dev);
unsigned int srcguard_settings_want_guards(struct srcguard_net *sgn);
const struct srcguard_settings *srcguard_settings_of(struct srcguard_net *sgn, int ifindex);
const struct srcguard_settings *
srcguard_settings_next_device(struct srcguard_net *sgn, unsigned long *ifindex,
			      const char **pattern);

/* pattern.c */
const struct srcguard_pattern *srcguard_pattern_of(struct srcguard_net *sgn, const char *name,
						   const struct srcguard_pattern *leaving);
struct srcguard_pattern *srcguard_pattern_find(struct srcguard_net *sgn, const char *name,
					       unsigned long *id);
int srcguard_pattern_check(const char *name, struct netlink_ext_ack *extack);
int srcguard_pattern_set(struct srcguard_net *sgn, const char *name,
			 const struct srcguard_settings *settings);
int srcguard_pattern_drop(struct srcguard_net *sgn, const char *name);
const char *srcguard_pattern_next(struct srcguard_net *sgn, unsigned long *id,
				  const struct srcguard_settings **settings);

#endif /* SRCGUARD_SETTINGS_H */
