// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: the settings of devices and patterns. Process context.
 */
#include "netlink.h"
#include "settings.h"

const struct nla_policy srcguard_netlink_dev_policy[SRCGUARD_A_DEV_SIXTOFOUR + 1] = {
	[SRCGUARD_A_DEV_IFINDEX]	= { .type = NLA_REJECT },
	[SRCGUARD_A_DEV_DEVICE]		= SRCGUARD_NETLINK_NAME,
	[SRCGUARD_A_DEV_RP_FILTER]	= NLA_POLICY_MAX(NLA_U32, SRCGUARD_RP_FILTER_FEASIBLE),
	[SRCGUARD_A_DEV_RP_FILTER_IPV4]	= NLA_POLICY_MAX(NLA_U32, SRCGUARD_RP_FILTER_FEASIBLE),
	[SRCGUARD_A_DEV_RP_FILTER_IPV6]	= NLA_POLICY_MAX(NLA_U32, SRCGUARD_RP_FILTER_FEASIBLE),
	[SRCGUARD_A_DEV_ENFORCE]	= NLA_POLICY_MAX(NLA_U32, 1),
	[SRCGUARD_A_DEV_PATTERN]	= { .type = NLA_REJECT },
	[SRCGUARD_A_DEV_SIXTOFOUR]	= NLA_POLICY_MAX(NLA_U32, SRCGUARD_SIXTOFOUR_FULL),
};

static const int srcguard_netlink_dev_attr[SRCGUARD_SETTING_COUNT] = {
	[SRCGUARD_SETTING_RP_FILTER]		= SRCGUARD_A_DEV_RP_FILTER,
	[SRCGUARD_SETTING_RP_FILTER_IPV4]	= SRCGUARD_A_DEV_RP_FILTER_IPV4,
	[SRCGUARD_SETTING_RP_FILTER_IPV6]	= SRCGUARD_A_DEV_RP_FILTER_IPV6,
	[SRCGUARD_SETTING_ENFORCE]		= SRCGUARD_A_DEV_ENFORCE,
	[SRCGUARD_SETTING_SIXTOFOUR]		= SRCGUARD_A_DEV_SIXTOFOUR,
};

/**
 * srcguard_netlink_dev_put_settings - the settings that have a value, for an answer
 * @skb: the answer
 * @settings: the settings
 *
 * Return: 0 or -EMSGSIZE.
 */
int srcguard_netlink_dev_put_settings(struct sk_buff *skb, const struct srcguard_settings *settings)
{
	enum srcguard_setting i;

	for (i = 0; i < SRCGUARD_SETTING_COUNT; i++)
		if (settings->value[i] != SRCGUARD_SETTING_INHERIT &&
		    nla_put_u32(skb, srcguard_netlink_dev_attr[i], settings->value[i]))
			return -EMSGSIZE;
	return 0;
}

/* What is at fault if a change was refused; a setting only if there is no other. */
static const struct nlattr *srcguard_netlink_dev_fault(const struct genl_info *info, int err)
{
	const struct nlattr *fault = NULL;
	enum srcguard_setting i;

	if (err == -ENOMEM)
		return NULL;
	if (err != -EPERM || info->genlhdr->cmd != SRCGUARD_CMD_DEV_SET)
		return info->attrs[SRCGUARD_A_DEV_DEVICE];
	for (i = 0; i < SRCGUARD_SETTING_COUNT; i++) {
		const struct nlattr *attr = info->attrs[srcguard_netlink_dev_attr[i]];

		if (attr && fault)
			return NULL;
		if (attr)
			fault = attr;
	}
	return fault;
}

int srcguard_netlink_dev_set(struct sk_buff *skb, struct genl_info *info)
{
	struct srcguard_settings settings;
	enum srcguard_setting i;
	int err;

	err = srcguard_netlink_may_change(skb, info);
	if (err)
		return err;
	if (srcguard_netlink_missing(info, SRCGUARD_A_DEV_DEVICE, "No device is named"))
		return -EINVAL;
	srcguard_settings_clear(&settings);
	for (i = 0; i < SRCGUARD_SETTING_COUNT; i++)
		if (info->attrs[srcguard_netlink_dev_attr[i]])
			settings.value[i] =
				nla_get_u32(info->attrs[srcguard_netlink_dev_attr[i]]);
	if (srcguard_settings_empty(&settings)) {
		NL_SET_ERR_MSG(info->extack, "No setting is named");
		return -EINVAL;
	}

	rtnl_lock();
	err = srcguard_settings_set(srcguard_netns_of(genl_info_net(info)),
				    nla_data(info->attrs[SRCGUARD_A_DEV_DEVICE]), &settings,
				    info->extack);
	rtnl_unlock();
	if (err)
		NL_SET_BAD_ATTR(info->extack, srcguard_netlink_dev_fault(info, err));
	return err;
}

int srcguard_netlink_dev_clear(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	err = srcguard_netlink_may_change(skb, info);
	if (err)
		return err;
	if (srcguard_netlink_missing(info, SRCGUARD_A_DEV_DEVICE, "No device is named"))
		return -EINVAL;

	rtnl_lock();
	err = srcguard_settings_drop(srcguard_netns_of(genl_info_net(info)),
				     nla_data(info->attrs[SRCGUARD_A_DEV_DEVICE]), info->extack);
	rtnl_unlock();
	if (err)
		NL_SET_BAD_ATTR(info->extack, srcguard_netlink_dev_fault(info, err));
	return err;
}

static int srcguard_netlink_dev_put(struct sk_buff *skb, struct netlink_callback *cb, int ifindex,
				    const char *name, const struct srcguard_settings *settings,
				    const char *pattern)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     &srcguard_netlink_family, NLM_F_MULTI, SRCGUARD_CMD_DEV_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);

	if (nla_put_u32(skb, SRCGUARD_A_DEV_IFINDEX, ifindex) ||
	    nla_put_string(skb, SRCGUARD_A_DEV_DEVICE, name) ||
	    srcguard_netlink_dev_put_settings(skb, settings) ||
	    (*pattern && nla_put_string(skb, SRCGUARD_A_DEV_PATTERN, pattern))) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int srcguard_netlink_dev_put_device(struct sk_buff *skb, struct netlink_callback *cb,
					   struct net *net, int ifindex,
					   const struct srcguard_settings *settings,
					   const char *pattern)
{
	struct net_device *dev = dev_get_by_index_rcu(net, ifindex);
	char name[IFNAMSIZ];

	/* It is just going. */
	if (!dev)
		return 0;
	/* A rename may tear the name in two; the dump is marked then. */
	memcpy(name, dev->name, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	return srcguard_netlink_dev_put(skb, cb, ifindex, name, settings, pattern);
}

static int srcguard_netlink_dev_dump(struct srcguard_net *sgn, struct sk_buff *skb,
				     struct netlink_callback *cb, unsigned long *pattern_id,
				     unsigned long *ifindex)
{
	const struct srcguard_settings *settings;
	const char *pattern;
	int err;

	for (; (pattern = srcguard_pattern_next(sgn, pattern_id, &settings));
	     (*pattern_id)++) {
		err = srcguard_netlink_dev_put(skb, cb, 0, pattern, settings, "");
		if (err)
			return err;
	}
	for (; (settings = srcguard_settings_next_device(sgn, ifindex, &pattern)); (*ifindex)++) {
		err = srcguard_netlink_dev_put_device(skb, cb, sgn->net, *ifindex, settings,
						      pattern);
		if (err)
			return err;
	}
	return 0;
}

/* cb->args: the pattern, then the device, to go on with. */
int srcguard_netlink_dev_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct srcguard_net *sgn = srcguard_netns_of(sock_net(skb->sk));
	unsigned long pattern_id = cb->args[0], ifindex = cb->args[1];
	int err;

	cb->seq = READ_ONCE(sgn->settings_generation);

	rcu_read_lock();
	err = srcguard_netlink_dev_dump(sgn, skb, cb, &pattern_id, &ifindex);
	rcu_read_unlock();
	cb->args[0] = pattern_id;
	cb->args[1] = ifindex;
	/* What was written so far goes out, if it is anything at all. */
	return skb->len ?: err;
}
