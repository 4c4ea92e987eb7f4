/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the generic-netlink family know of each other: netlink.c has
 * the family and the namespace's knobs, the others a noun each.
 */
#ifndef SRCGUARD_NETLINK_H
#define SRCGUARD_NETLINK_H

#include <net/genetlink.h>
#include <net/sock.h>

#include "explain.h"

#include "core/settings.h"

int srcguard_netlink_may_change(struct sk_buff *skb, struct genl_info *info);
int srcguard_netlink_may_change_host(struct sk_buff *skb, struct genl_info *info,
				     const struct nlattr *attr);
int srcguard_netlink_address(const struct nlattr *attr, struct srcguard_prefix *prefix,
			     struct netlink_ext_ack *extack);
struct net_device *srcguard_netlink_device(struct net *net, const struct nlattr *attr,
					   struct netlink_ext_ack *extack);
struct sk_buff *srcguard_netlink_reply(struct genl_info *info, size_t size);
int srcguard_netlink_put_address(struct sk_buff *skb, int type,
				 const struct srcguard_prefix *prefix);
bool srcguard_netlink_missing(const struct genl_info *info, int type, const char *text);

/* A device's name, or a pattern of names. */
#define SRCGUARD_NETLINK_NAME \
	{ .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 }
/* An address of either family; which lengths there are is checked apart. */
#define SRCGUARD_NETLINK_ADDRESS \
	NLA_POLICY_RANGE(NLA_BINARY, sizeof(struct in_addr), sizeof(struct in6_addr))

/* The family's multicast groups. */
enum srcguard_netlink_group {
	SRCGUARD_NETLINK_EVENTS,
};

extern struct genl_family srcguard_netlink_family;

/* netlink_dev.c */
extern const struct nla_policy srcguard_netlink_dev_policy[SRCGUARD_A_DEV_SIXTOFOUR + 1];
int srcguard_netlink_dev_put_settings(struct sk_buff *skb, const struct srcguard_settings *settings);
int srcguard_netlink_dev_get(struct sk_buff *skb, struct netlink_callback *cb);
int srcguard_netlink_dev_set(struct sk_buff *skb, struct genl_info *info);
int srcguard_netlink_dev_clear(struct sk_buff *skb, struct genl_info *info);

/* netlink_exempt.c */
extern const struct nla_policy srcguard_netlink_exempt_policy[SRCGUARD_A_EXEMPT_DEVICE + 1];
extern const struct nla_policy srcguard_netlink_list_policy[SRCGUARD_A_EXEMPT_LAST + 1];
int srcguard_netlink_exempt_get(struct sk_buff *skb, struct netlink_callback *cb);
int srcguard_netlink_exempt_add(struct sk_buff *skb, struct genl_info *info);
int srcguard_netlink_exempt_del(struct sk_buff *skb, struct genl_info *info);
int srcguard_netlink_exempt_replace(struct sk_buff *skb, struct genl_info *info);

/* netlink_limit.c */
extern const struct nla_policy srcguard_netlink_limit_policy[SRCGUARD_A_LIMIT_LIMIT + 1];
int srcguard_netlink_limit_get(struct sk_buff *skb, struct netlink_callback *cb);
int srcguard_netlink_limit_set(struct sk_buff *skb, struct genl_info *info);

/* netlink_explain.c */
extern const struct nla_policy srcguard_netlink_explain_policy[SRCGUARD_A_EXPLAIN_TOS + 1];
int srcguard_netlink_explain(struct sk_buff *skb, struct genl_info *info);

#endif /* SRCGUARD_NETLINK_H */
