// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic-netlink family. Its messages are specified in the uapi header;
 * here they are only translated. Process context; operations run in parallel,
 * RTNL orders those that change something.
 */
#include <linux/capability.h>

#include "event.h"
#include "lock.h"
#include "netlink.h"

/**
 * srcguard_netlink_may_change - check that the sender may change something
 * @skb: the request
 * @info: the same; its extack is told if not
 *
 * Checked here and not by GENL_UNS_ADMIN_PERM, for the sake of a text. The
 * socket's opener must have the capability as well: a privileged process that
 * was handed somebody's socket is no deputy.
 *
 * Return: 0 or -EPERM.
 */
int srcguard_netlink_may_change(struct sk_buff *skb, struct genl_info *info)
{
	if (netlink_ns_capable(skb, genl_info_net(info)->user_ns, CAP_NET_ADMIN))
		return 0;
	srcguard_lock_count(srcguard_netns_of(genl_info_net(info)));
	NL_SET_ERR_MSG(info->extack, "CAP_NET_ADMIN over the network namespace is needed");
	return -EPERM;
}

/**
 * srcguard_netlink_may_change_host - check that the sender is the host's administrator
 * @skb: the request
 * @info: the same; its extack is told if not
 * @attr: what is to be changed; may be NULL
 *
 * In whichever namespace.
 *
 * Return: 0 or -EPERM.
 */
int srcguard_netlink_may_change_host(struct sk_buff *skb, struct genl_info *info,
				     const struct nlattr *attr)
{
	if (netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	srcguard_lock_count(srcguard_netns_of(genl_info_net(info)));
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "CAP_NET_ADMIN in the initial user namespace is needed");
	return -EPERM;
}

/**
 * srcguard_netlink_missing - complain of an attribute that is not there
 * @info: the request
 * @type: the attribute
 * @text: what to say
 *
 * Return: whether it is missing.
 */
bool srcguard_netlink_missing(const struct genl_info *info, int type, const char *text)
{
	if (info->attrs[type])
		return false;
	/* NL_SET_ERR_MSG() takes literals only. */
	info->extack->_msg = text;
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, type);
	return true;
}

/**
 * srcguard_netlink_address - an address of either family
 * @attr: the attribute
 * @prefix: takes it, as a prefix of full length
 * @extack: told what is wrong with it
 *
 * Return: 0 or -EINVAL.
 */
int srcguard_netlink_address(const struct nlattr *attr, struct srcguard_prefix *prefix,
			     struct netlink_ext_ack *extack)
{
	*prefix = (struct srcguard_prefix){
		.ipv6 = nla_len(attr) == sizeof(struct in6_addr),
	};
	prefix->length = SRCGUARD_PREFIX_MAX(prefix->ipv6);
	if (nla_len(attr) * BITS_PER_BYTE != prefix->length) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "An address has 4 bytes or 16");
		return -EINVAL;
	}
	memcpy(&prefix->address, nla_data(attr), nla_len(attr));
	return 0;
}

/**
 * srcguard_netlink_put_address - the same for an answer
 * @skb: the answer
 * @type: the attribute
 * @prefix: a prefix, of which this is the address
 *
 * Return: 0 or -EMSGSIZE.
 */
int srcguard_netlink_put_address(struct sk_buff *skb, int type,
				 const struct srcguard_prefix *prefix)
{
	return nla_put(skb, type, SRCGUARD_PREFIX_MAX(prefix->ipv6) / BITS_PER_BYTE,
		       &prefix->address);
}

/**
 * srcguard_netlink_device - a device by its name
 * @net: where; the caller holds RTNL
 * @attr: the attribute
 * @extack: told if there is none
 *
 * Return: NULL if there is none.
 */
struct net_device *srcguard_netlink_device(struct net *net, const struct nlattr *attr,
					   struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_name(net, nla_data(attr));

	if (!dev)
		NL_SET_ERR_MSG_ATTR(extack, attr, "No such device in this network namespace");
	return dev;
}

/**
 * srcguard_netlink_reply - begin a reply
 * @info: the request, which is told if there is no memory
 * @size: how much it may hold
 *
 * Return: NULL if there is no memory.
 */
struct sk_buff *srcguard_netlink_reply(struct genl_info *info, size_t size)
{
	struct sk_buff *reply = genlmsg_new(size, GFP_KERNEL);

	if (!reply)
		NL_SET_ERR_MSG(info->extack, "No memory for the reply");
	return reply;
}

static int srcguard_netlink_policy_get(struct sk_buff *skb, struct genl_info *info)
{
	struct srcguard_net *sgn = srcguard_netns_of(genl_info_net(info));
	struct srcguard_knobs knobs;
	struct sk_buff *reply;
	unsigned int i;
	void *header;

	srcguard_policy_read(sgn, &knobs);

	reply = srcguard_netlink_reply(info, SRCGUARD_A_POLICY_MAX * nla_total_size(sizeof(u32)));
	if (!reply)
		return -ENOMEM;
	header = genlmsg_put_reply(reply, info, &srcguard_netlink_family, 0,
				   SRCGUARD_CMD_POLICY_GET);
	if (!header)
		goto err_free;
	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++)
		if (nla_put_u32(reply, i, knobs.value[i]))
			goto err_free;
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);

err_free:
	nlmsg_free(reply);
	return -EMSGSIZE;
}

static int srcguard_netlink_policy_set(struct sk_buff *skb, struct genl_info *info)
{
	struct srcguard_net *sgn = srcguard_netns_of(genl_info_net(info));
	struct srcguard_knobs knobs = {};
	unsigned int i, fault;
	u32 which = 0, host;
	int err;

	err = srcguard_netlink_may_change(skb, info);
	if (err)
		return err;

	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++) {
		if (!info->attrs[i])
			continue;
		knobs.value[i] = nla_get_u32(info->attrs[i]);
		which |= BIT(i);
	}
	if (!which) {
		NL_SET_ERR_MSG(info->extack, "No knob is named");
		return -EINVAL;
	}
	host = which & srcguard_knob_host();
	err = host ? srcguard_netlink_may_change_host(skb, info, info->attrs[__ffs(host)]) : 0;
	if (err)
		return err;

	rtnl_lock();
	err = srcguard_policy_set(sgn, &knobs, which, &fault, info->extack);
	rtnl_unlock();
	if (fault)
		NL_SET_BAD_ATTR(info->extack, info->attrs[fault]);
	return err;
}

static int srcguard_netlink_lock(struct sk_buff *skb, struct genl_info *info)
{
	struct srcguard_net *sgn = srcguard_netns_of(genl_info_net(info));
	struct srcguard_knobs knobs = { .value[SRCGUARD_A_POLICY_LOCK] = 1 };
	int err = srcguard_netlink_may_change_host(skb, info, NULL);

	if (err)
		return err;
	rtnl_lock();
	err = srcguard_policy_set(sgn, &knobs, BIT(SRCGUARD_A_POLICY_LOCK), NULL, info->extack);
	rtnl_unlock();
	return err;
}

static int srcguard_netlink_stats_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	return srcguard_stats_dump(srcguard_netns_of(sock_net(skb->sk)), skb, cb);
}

static int srcguard_netlink_state_get(struct sk_buff *skb, struct genl_info *info)
{
	struct srcguard_net *sgn = srcguard_netns_of(genl_info_net(info));
	struct srcguard_knobs knobs;
	struct sk_buff *reply;
	void *header;

	srcguard_policy_read(sgn, &knobs);

	reply = srcguard_netlink_reply(info, 4 * nla_total_size_64bit(sizeof(u64)) +
				       nla_total_size(sizeof(u32)));
	if (!reply)
		return -ENOMEM;
	header = genlmsg_put_reply(reply, info, &srcguard_netlink_family, 0,
				   SRCGUARD_CMD_STATE_GET);
	if (!header ||
	    nla_put_u64_64bit(reply, SRCGUARD_A_STATE_UNJUDGED, atomic64_read(&sgn->unjudged),
			      SRCGUARD_A_STATE_PAD) ||
	    nla_put_u64_64bit(reply, SRCGUARD_A_STATE_LOG_WRITTEN,
			      atomic64_read(&sgn->log_written), SRCGUARD_A_STATE_PAD) ||
	    nla_put_u64_64bit(reply, SRCGUARD_A_STATE_LOG_WITHHELD,
			      atomic64_read(&sgn->log_withheld), SRCGUARD_A_STATE_PAD) ||
	    nla_put_u32(reply, SRCGUARD_A_STATE_LOG_NEXT, srcguard_log_next(&knobs)) ||
	    nla_put_u64_64bit(reply, SRCGUARD_A_STATE_WRITES_REFUSED,
			      atomic64_read(&sgn->writes_refused), SRCGUARD_A_STATE_PAD)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

/* A request without a policy would have its attributes ignored, not refused. */
static const struct nla_policy srcguard_netlink_no_attrs[] = {
	[1] = { .type = NLA_REJECT },
};

/* Too large for the policy itself. Linux 6.1 wants them not const. */
static struct netlink_range_validation srcguard_netlink_log_interval = {
	.min = 1, .max = SRCGUARD_LOG_INTERVAL_MAX,
};
static struct netlink_range_validation srcguard_netlink_log_daily_max = {
	.max = SRCGUARD_LOG_DAILY_MAX_MAX,
};
static struct netlink_range_validation_signed srcguard_netlink_loopback_limit = {
	.min = SRCGUARD_LIMIT_NONE, .max = SRCGUARD_LOOPBACK_LIMIT_MAX,
};

static const struct nla_policy srcguard_netlink_policy_attrs[] = {
	[SRCGUARD_A_POLICY_RP_FILTER] = NLA_POLICY_MAX(NLA_U32, SRCGUARD_RP_FILTER_FEASIBLE),
	[SRCGUARD_A_POLICY_ENFORCE] = NLA_POLICY_MAX(NLA_U32, 1),
	[SRCGUARD_A_POLICY_SIXTOFOUR] = NLA_POLICY_MAX(NLA_U32, SRCGUARD_SIXTOFOUR_FULL),
	[SRCGUARD_A_POLICY_LOG_MARTIANS] = NLA_POLICY_MAX(NLA_U32, 1),
	[SRCGUARD_A_POLICY_LOG_6TO4] = NLA_POLICY_MAX(NLA_U32, 1),
	[SRCGUARD_A_POLICY_LOG_INTERVAL] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &srcguard_netlink_log_interval),
	[SRCGUARD_A_POLICY_LOG_DAILY_MAX] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &srcguard_netlink_log_daily_max),
	[SRCGUARD_A_POLICY_LOOPBACK_LIMIT] =
		NLA_POLICY_FULL_RANGE_SIGNED(NLA_S32, &srcguard_netlink_loopback_limit),
	[SRCGUARD_A_POLICY_LOCK] = NLA_POLICY_MAX(NLA_U32, 1),
};

static const struct genl_ops srcguard_netlink_ops[] = {
	{
		.cmd	 = SRCGUARD_CMD_POLICY_GET,
		.doit	 = srcguard_netlink_policy_get,
		.policy	 = srcguard_netlink_no_attrs,
		.maxattr = ARRAY_SIZE(srcguard_netlink_no_attrs) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_POLICY_SET,
		.doit	 = srcguard_netlink_policy_set,
		.policy	 = srcguard_netlink_policy_attrs,
		.maxattr = ARRAY_SIZE(srcguard_netlink_policy_attrs) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_STATS_GET,
		.dumpit	 = srcguard_netlink_stats_get,
		.policy	 = srcguard_netlink_no_attrs,
		.maxattr = ARRAY_SIZE(srcguard_netlink_no_attrs) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_STATE_GET,
		.doit	 = srcguard_netlink_state_get,
		.policy	 = srcguard_netlink_no_attrs,
		.maxattr = ARRAY_SIZE(srcguard_netlink_no_attrs) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_DEV_GET,
		.dumpit	 = srcguard_netlink_dev_get,
		.policy	 = srcguard_netlink_no_attrs,
		.maxattr = ARRAY_SIZE(srcguard_netlink_no_attrs) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_DEV_SET,
		.doit	 = srcguard_netlink_dev_set,
		.policy	 = srcguard_netlink_dev_policy,
		.maxattr = ARRAY_SIZE(srcguard_netlink_dev_policy) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_DEV_CLEAR,
		.doit	 = srcguard_netlink_dev_clear,
		.policy	 = srcguard_netlink_dev_policy,
		.maxattr = SRCGUARD_A_DEV_DEVICE,
	},
	{
		.cmd	 = SRCGUARD_CMD_EXEMPT_GET,
		.dumpit	 = srcguard_netlink_exempt_get,
		.policy	 = srcguard_netlink_no_attrs,
		.maxattr = ARRAY_SIZE(srcguard_netlink_no_attrs) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_EXEMPT_ADD,
		.doit	 = srcguard_netlink_exempt_add,
		.policy	 = srcguard_netlink_exempt_policy,
		.maxattr = ARRAY_SIZE(srcguard_netlink_exempt_policy) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_EXEMPT_DEL,
		.doit	 = srcguard_netlink_exempt_del,
		.policy	 = srcguard_netlink_exempt_policy,
		.maxattr = ARRAY_SIZE(srcguard_netlink_exempt_policy) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_EXEMPT_REPLACE,
		.doit	 = srcguard_netlink_exempt_replace,
		.policy	 = srcguard_netlink_list_policy,
		.maxattr = ARRAY_SIZE(srcguard_netlink_list_policy) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_EXPLAIN,
		.doit	 = srcguard_netlink_explain,
		.policy	 = srcguard_netlink_explain_policy,
		.maxattr = ARRAY_SIZE(srcguard_netlink_explain_policy) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_LIMIT_GET,
		.dumpit	 = srcguard_netlink_limit_get,
		.policy	 = srcguard_netlink_no_attrs,
		.maxattr = ARRAY_SIZE(srcguard_netlink_no_attrs) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_LIMIT_SET,
		.doit	 = srcguard_netlink_limit_set,
		.policy	 = srcguard_netlink_limit_policy,
		.maxattr = ARRAY_SIZE(srcguard_netlink_limit_policy) - 1,
	},
	{
		.cmd	 = SRCGUARD_CMD_LOCK,
		.doit	 = srcguard_netlink_lock,
		.policy	 = srcguard_netlink_no_attrs,
		.maxattr = ARRAY_SIZE(srcguard_netlink_no_attrs) - 1,
	},
};

static const struct genl_multicast_group srcguard_netlink_groups[] = {
	[SRCGUARD_NETLINK_EVENTS] = {
		.name = SRCGUARD_GENL_GROUP_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family srcguard_netlink_family __ro_after_init = {
	.name		= SRCGUARD_GENL_NAME,
	.version	= SRCGUARD_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= srcguard_netlink_ops,
	.n_ops		= ARRAY_SIZE(srcguard_netlink_ops),
	.mcgrps		= srcguard_netlink_groups,
	.n_mcgrps	= ARRAY_SIZE(srcguard_netlink_groups),
};

/**
 * srcguard_netlink_init - register the family
 *
 * Return: 0 or a negative error.
 */
int __init srcguard_netlink_init(void)
{
	int err = genl_register_family(&srcguard_netlink_family);

	if (err)
		return err;
	/*
	 * A group's number may be joined by anybody as long as it is nobody's, and who did
	 * so would stay. The end of a family throws everybody out of its groups.
	 */
	genl_unregister_family(&srcguard_netlink_family);
	err = genl_register_family(&srcguard_netlink_family);
	if (!err)
		srcguard_event_open();
	return err;
}

/**
 * srcguard_netlink_exit - unregister it; waits for running operations
 */
void srcguard_netlink_exit(void)
{
	srcguard_event_close();
	genl_unregister_family(&srcguard_netlink_family);
}
