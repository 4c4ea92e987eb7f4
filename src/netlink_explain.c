// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: questions about packets, and the answers. Process context.
 */
#include "netlink.h"

const struct nla_policy srcguard_netlink_explain_policy[SRCGUARD_A_EXPLAIN_TOS + 1] = {
	[SRCGUARD_A_EXPLAIN_SRC]	= SRCGUARD_NETLINK_ADDRESS,
	[SRCGUARD_A_EXPLAIN_DST]	= SRCGUARD_NETLINK_ADDRESS,
	[SRCGUARD_A_EXPLAIN_DEVICE]	= SRCGUARD_NETLINK_NAME,
	[SRCGUARD_A_EXPLAIN_MARK]	= { .type = NLA_U32 },
	[SRCGUARD_A_EXPLAIN_TOS]	= NLA_POLICY_MAX(NLA_U32, 255),
};

/* All but the device, which stays only under RTNL. */
static int srcguard_netlink_explain_parse(struct genl_info *info,
					  struct srcguard_question *question)
{
	struct nlattr **attrs = info->attrs;
	int err;

	if (srcguard_netlink_missing(info, SRCGUARD_A_EXPLAIN_SRC, "The source is missing") ||
	    srcguard_netlink_missing(info, SRCGUARD_A_EXPLAIN_DEVICE, "No device is named"))
		return -EINVAL;
	err = srcguard_netlink_address(attrs[SRCGUARD_A_EXPLAIN_SRC], &question->source,
				       info->extack);
	if (err)
		return err;
	if (attrs[SRCGUARD_A_EXPLAIN_DST]) {
		err = srcguard_netlink_address(attrs[SRCGUARD_A_EXPLAIN_DST],
					       &question->destination, info->extack);
		if (err)
			return err;
		if (question->destination.ipv6 != question->source.ipv6) {
			NL_SET_ERR_MSG_ATTR(info->extack, attrs[SRCGUARD_A_EXPLAIN_DST],
					    "Source and destination are of different families");
			return -EINVAL;
		}
	}
	if (attrs[SRCGUARD_A_EXPLAIN_MARK])
		question->mark = nla_get_u32(attrs[SRCGUARD_A_EXPLAIN_MARK]);
	if (attrs[SRCGUARD_A_EXPLAIN_TOS])
		question->tos = nla_get_u32(attrs[SRCGUARD_A_EXPLAIN_TOS]);
	return 0;
}

static int srcguard_netlink_explain_put_nexthops(struct sk_buff *reply, struct net *net,
						 const struct srcguard_found *found)
{
	struct nlattr *nest = nla_nest_start(reply, SRCGUARD_A_EXPLAIN_NEXTHOPS);
	const struct net_device *dev;
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < found->nexthop_count; i++) {
		dev = __dev_get_by_index(net, found->nexthops[i]);
		if (dev && nla_put_string(reply, SRCGUARD_A_EXPLAIN_NEXTHOP, dev->name))
			return -EMSGSIZE;
	}
	nla_nest_end(reply, nest);
	return 0;
}

static int srcguard_netlink_explain_put_found(struct sk_buff *reply, struct net *net,
					      const struct srcguard_found *found)
{
	if (!found->valid)
		return 0;
	if (nla_put_u32(reply, SRCGUARD_A_EXPLAIN_TYPE, found->type))
		return -EMSGSIZE;
	if (found->whole &&
	    (srcguard_netlink_put_address(reply, SRCGUARD_A_EXPLAIN_PREFIX, &found->prefix) ||
	     nla_put_u32(reply, SRCGUARD_A_EXPLAIN_PREFIXLEN, found->prefix.length) ||
	     nla_put_u32(reply, SRCGUARD_A_EXPLAIN_TABLE, found->table)))
		return -EMSGSIZE;
	return srcguard_netlink_explain_put_nexthops(reply, net, found);
}

static int srcguard_netlink_explain_reply(struct genl_info *info,
					  const struct srcguard_explanation *explanation)
{
	struct sk_buff *reply = srcguard_netlink_reply(info, GENLMSG_DEFAULT_SIZE);
	void *header;

	if (!reply)
		return -ENOMEM;
	header = genlmsg_put_reply(reply, info, &srcguard_netlink_family, 0,
				   SRCGUARD_CMD_EXPLAIN);
	if (!header ||
	    nla_put_u32(reply, SRCGUARD_A_EXPLAIN_VERDICT, explanation->verdict) ||
	    (explanation->reason != SRCGUARD_REASON_NONE &&
	     nla_put_u32(reply, SRCGUARD_A_EXPLAIN_REASON, explanation->reason)) ||
	    nla_put_u32(reply, SRCGUARD_A_EXPLAIN_DECIDED_BY, explanation->decided_by) ||
	    srcguard_netlink_explain_put_found(reply, genl_info_net(info), &explanation->found)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

int srcguard_netlink_explain(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct srcguard_explanation explanation;
	struct srcguard_question question = {};
	int err;

	err = srcguard_netlink_explain_parse(info, &question);
	if (err)
		return err;
	rtnl_lock();
	question.in = srcguard_netlink_device(net, info->attrs[SRCGUARD_A_EXPLAIN_DEVICE],
					      info->extack);
	err = question.in ? srcguard_explain(srcguard_netns_of(net), &question, &explanation,
					     info->extack) : -ENODEV;
	if (!err)
		err = srcguard_netlink_explain_reply(info, &explanation);
	else if (err == -EAFNOSUPPORT)
		NL_SET_BAD_ATTR(info->extack, info->attrs[SRCGUARD_A_EXPLAIN_SRC]);
	else if (err == -EADDRNOTAVAIL)
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, SRCGUARD_A_EXPLAIN_DST);
	rtnl_unlock();
	return err;
}
