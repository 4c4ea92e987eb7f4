// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: the limits of kinds of devices. Process context.
 */
#include "limit.h"
#include "netlink.h"

const struct nla_policy srcguard_netlink_limit_policy[SRCGUARD_A_LIMIT_LIMIT + 1] = {
	[SRCGUARD_A_LIMIT_PAD]		= { .type = NLA_REJECT },
	[SRCGUARD_A_LIMIT_KIND]		= { .type = NLA_NUL_STRING, .len = SRCGUARD_KIND_SIZE - 1 },
	[SRCGUARD_A_LIMIT_LIMIT]	= NLA_POLICY_MIN(NLA_S32, SRCGUARD_LIMIT_NONE),
};

int srcguard_netlink_limit_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *kind = info->attrs[SRCGUARD_A_LIMIT_KIND];
	const struct nlattr *limit = info->attrs[SRCGUARD_A_LIMIT_LIMIT];
	int err = srcguard_netlink_may_change_host(skb, info, kind);

	if (err)
		return err;
	if (srcguard_netlink_missing(info, SRCGUARD_A_LIMIT_KIND, "No kind is named") ||
	    srcguard_netlink_missing(info, SRCGUARD_A_LIMIT_LIMIT, "The limit is missing"))
		return -EINVAL;
	rtnl_lock();
	err = srcguard_limit_set(srcguard_netns_of(genl_info_net(info)), nla_data(kind),
				 nla_get_s32(limit), info->extack);
	rtnl_unlock();
	if (err && err != -ENOMEM)
		NL_SET_BAD_ATTR(info->extack, err == -ERANGE || err == -EPERM ? limit : kind);
	return err;
}

static int srcguard_netlink_limit_put(struct sk_buff *skb, struct netlink_callback *cb,
				      const struct srcguard_kind *kind)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     &srcguard_netlink_family, NLM_F_MULTI, SRCGUARD_CMD_LIMIT_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);

	if (nla_put_string(skb, SRCGUARD_A_LIMIT_KIND, kind->name) ||
	    nla_put_s32(skb, SRCGUARD_A_LIMIT_LIMIT, READ_ONCE(kind->count.limit)) ||
	    nla_put_u32(skb, SRCGUARD_A_LIMIT_IN_USE, READ_ONCE(kind->count.in_use)) ||
	    nla_put_u64_64bit(skb, SRCGUARD_A_LIMIT_REFUSED, atomic64_read(&kind->refused),
			      SRCGUARD_A_LIMIT_PAD) ||
	    nla_put_u32(skb, SRCGUARD_A_LIMIT_MOVED, READ_ONCE(kind->count.waiting))) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/* cb->args[0]: the number of the kind to go on with. */
int srcguard_netlink_limit_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct srcguard_net *sgn = srcguard_netns_of(sock_net(skb->sk));
	const struct srcguard_kind *kind;
	unsigned long id = cb->args[0];
	int err = 0;

	cb->seq = srcguard_limit_generation(sgn);

	rcu_read_lock();
	for (; (kind = srcguard_limit_next(sgn, &id)); id++) {
		err = srcguard_netlink_limit_put(skb, cb, kind);
		if (err)
			break;
	}
	rcu_read_unlock();
	cb->args[0] = id;
	/* What was written so far goes out, if it is anything at all. */
	return skb->len ?: err;
}
