// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink: exemptions. Process context.
 */
#include "event.h"
#include "exempt.h"
#include "lock.h"
#include "netlink.h"

const struct nla_policy srcguard_netlink_exempt_policy[SRCGUARD_A_EXEMPT_DEVICE + 1] = {
	[SRCGUARD_A_EXEMPT_PREFIX]	= SRCGUARD_NETLINK_ADDRESS,
	[SRCGUARD_A_EXEMPT_PREFIXLEN]	= NLA_POLICY_MAX(NLA_U32, SRCGUARD_PREFIX_MAX(1)),
	[SRCGUARD_A_EXEMPT_IFINDEX]	= { .type = NLA_REJECT },
	[SRCGUARD_A_EXEMPT_DEVICE]	= SRCGUARD_NETLINK_NAME,
};

const struct nla_policy srcguard_netlink_list_policy[SRCGUARD_A_EXEMPT_LAST + 1] = {
	[SRCGUARD_A_EXEMPT_ENTRY]	= NLA_POLICY_NESTED(srcguard_netlink_exempt_policy),
	[SRCGUARD_A_EXEMPT_LIST]	= { .type = NLA_U32 },
	[SRCGUARD_A_EXEMPT_FIRST]	= { .type = NLA_FLAG },
	[SRCGUARD_A_EXEMPT_LAST]	= { .type = NLA_FLAG },
};

/* What the attributes of one exemption say, which is in a nest if it is in a list. RTNL. */
static int srcguard_netlink_exempt_parse(struct net *net, const struct nlattr *nest,
					 struct nlattr **attrs,
					 struct srcguard_prefix *prefix, int *ifindex,
					 struct netlink_ext_ack *extack)
{
	const struct nlattr *length = attrs[SRCGUARD_A_EXEMPT_PREFIXLEN];
	const struct net_device *dev;
	int err;

	if (!attrs[SRCGUARD_A_EXEMPT_PREFIX] || !length) {
		NL_SET_ERR_MSG(extack, "The prefix or its length is missing");
		NL_SET_ERR_ATTR_MISS(extack, nest, length ? SRCGUARD_A_EXEMPT_PREFIX :
							    SRCGUARD_A_EXEMPT_PREFIXLEN);
		return -EINVAL;
	}
	err = srcguard_netlink_address(attrs[SRCGUARD_A_EXEMPT_PREFIX], prefix, extack);
	if (err)
		return err;
	if (nla_get_u32(length) > prefix->length) {
		NL_SET_ERR_MSG_ATTR(extack, length, "An IPv4 prefix has 32 bits at most");
		return -ERANGE;
	}
	prefix->length = nla_get_u32(length);
	if (!srcguard_prefix_is_exact(prefix)) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[SRCGUARD_A_EXEMPT_PREFIX],
				    "The prefix has bits beyond its length");
		return -EINVAL;
	}
	*ifindex = 0;
	if (!attrs[SRCGUARD_A_EXEMPT_DEVICE])
		return 0;
	dev = srcguard_netlink_device(net, attrs[SRCGUARD_A_EXEMPT_DEVICE], extack);
	if (!dev)
		return -ENODEV;
	*ifindex = dev->ifindex;
	return 0;
}

/* Whether the lock is against it: to let more through. */
static bool srcguard_netlink_exempt_refused(struct srcguard_net *sgn, enum srcguard_change what,
					    const struct srcguard_prefix *prefix,
					    const char *device, struct netlink_ext_ack *extack)
{
	if (!srcguard_lock_refuses_exemption(sgn, extack))
		return false;
	srcguard_event_exempt(sgn, SRCGUARD_REASON_LOCKED, what, prefix, device);
	return true;
}

static int srcguard_netlink_exempt_change(struct sk_buff *skb, struct genl_info *info,
					  enum srcguard_change what,
					  int (*change)(struct srcguard_net *sgn,
							const struct srcguard_prefix *prefix,
							int ifindex,
							struct netlink_ext_ack *extack))
{
	struct srcguard_net *sgn = srcguard_netns_of(genl_info_net(info));
	const struct nlattr *attr = info->attrs[SRCGUARD_A_EXEMPT_DEVICE];
	const char *device = attr ? nla_data(attr) : NULL;
	struct srcguard_prefix prefix;
	int err, ifindex;

	err = srcguard_netlink_may_change(skb, info);
	if (err)
		return err;
	rtnl_lock();
	err = srcguard_netlink_exempt_parse(sgn->net, NULL, info->attrs, &prefix, &ifindex,
					    info->extack);
	if (!err) {
		if (what == SRCGUARD_CHANGE_EXEMPT_ADD &&
		    srcguard_netlink_exempt_refused(sgn, what, &prefix, device, info->extack))
			err = -EPERM;
		else
			err = change(sgn, &prefix, ifindex, info->extack);
		if (err && err != -ENOMEM)
			NL_SET_BAD_ATTR(info->extack, info->attrs[SRCGUARD_A_EXEMPT_PREFIX]);
	}
	if (!err)
		srcguard_event_exempt(sgn, SRCGUARD_REASON_NONE, what, &prefix, device);
	rtnl_unlock();
	return err;
}

int srcguard_netlink_exempt_add(struct sk_buff *skb, struct genl_info *info)
{
	return srcguard_netlink_exempt_change(skb, info, SRCGUARD_CHANGE_EXEMPT_ADD,
					      srcguard_exempt_add);
}

int srcguard_netlink_exempt_del(struct sk_buff *skb, struct genl_info *info)
{
	return srcguard_netlink_exempt_change(skb, info, SRCGUARD_CHANGE_EXEMPT_DEL,
					      srcguard_exempt_del);
}

static int srcguard_netlink_exempt_entry(struct srcguard_net *sgn, const struct nlattr *entry,
				       struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[SRCGUARD_A_EXEMPT_DEVICE + 1];
	struct srcguard_prefix prefix;
	int err, ifindex;

	err = nla_parse_nested(attrs, SRCGUARD_A_EXEMPT_DEVICE, entry,
			       srcguard_netlink_exempt_policy, extack);
	if (!err)
		err = srcguard_netlink_exempt_parse(sgn->net, entry, attrs, &prefix, &ifindex,
						    extack);
	if (err)
		return err;
	err = srcguard_exempt_stage_add(sgn, &prefix, ifindex, extack);
	if (err && err != -ENOMEM)
		NL_SET_BAD_ATTR(extack, attrs[SRCGUARD_A_EXEMPT_PREFIX]);
	return err;
}

static int srcguard_netlink_exempt_part(struct srcguard_net *sgn, struct genl_info *info)
{
	u32 number = nla_get_u32(info->attrs[SRCGUARD_A_EXEMPT_LIST]);
	const struct nlattr *attr;
	int err, rest;

	if (info->attrs[SRCGUARD_A_EXEMPT_FIRST]) {
		err = srcguard_exempt_stage_begin(sgn, number);
		if (err) {
			NL_SET_ERR_MSG(info->extack, "No memory for the list");
			return err;
		}
	} else if (!srcguard_exempt_stage_is(sgn, number)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SRCGUARD_A_EXEMPT_LIST],
				    "This list was not begun, or another one was since");
		return -EINVAL;
	}
	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), rest) {
		if (nla_type(attr) != SRCGUARD_A_EXEMPT_ENTRY)
			continue;
		err = srcguard_netlink_exempt_entry(sgn, attr, info->extack);
		if (err) {
			srcguard_exempt_stage_drop(sgn);
			return err;
		}
	}
	if (!info->attrs[SRCGUARD_A_EXEMPT_LAST])
		return 0;
	if (srcguard_lock_is_set() && srcguard_exempt_stage_adds(sgn) &&
	    srcguard_netlink_exempt_refused(sgn, SRCGUARD_CHANGE_EXEMPT_REPLACE, NULL, NULL,
					    info->extack)) {
		srcguard_exempt_stage_drop(sgn);
		return -EPERM;
	}
	srcguard_exempt_stage_end(sgn);
	srcguard_event_exempt(sgn, SRCGUARD_REASON_NONE, SRCGUARD_CHANGE_EXEMPT_REPLACE, NULL, NULL);
	return 0;
}

int srcguard_netlink_exempt_replace(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	err = srcguard_netlink_may_change(skb, info);
	if (err)
		return err;
	if (srcguard_netlink_missing(info, SRCGUARD_A_EXEMPT_LIST, "The list has no number"))
		return -EINVAL;
	rtnl_lock();
	err = srcguard_netlink_exempt_part(srcguard_netns_of(genl_info_net(info)), info);
	rtnl_unlock();
	return err;
}

static int srcguard_netlink_exempt_put(struct sk_buff *skb, struct netlink_callback *cb,
				       struct net *net, const struct srcguard_exempt_entry *entry)
{
	const struct net_device *dev = NULL;
	char name[IFNAMSIZ];
	void *header;

	if (entry->ifindex) {
		dev = dev_get_by_index_rcu(net, entry->ifindex);
		/* It is just going. */
		if (!dev)
			return 0;
		/* A rename may tear the name in two; nobody tells dumps of these. */
		memcpy(name, dev->name, sizeof(name));
		name[sizeof(name) - 1] = '\0';
	}
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			     &srcguard_netlink_family, NLM_F_MULTI, SRCGUARD_CMD_EXEMPT_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);

	if (srcguard_netlink_put_address(skb, SRCGUARD_A_EXEMPT_PREFIX, &entry->prefix) ||
	    nla_put_u32(skb, SRCGUARD_A_EXEMPT_PREFIXLEN, entry->prefix.length) ||
	    (dev && (nla_put_u32(skb, SRCGUARD_A_EXEMPT_IFINDEX, entry->ifindex) ||
		     nla_put_string(skb, SRCGUARD_A_EXEMPT_DEVICE, name))) ||
	    nla_put_u64_64bit(skb, SRCGUARD_A_EXEMPT_PACKETS, entry->packets,
			      SRCGUARD_A_EXEMPT_PAD)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/* cb->args[0]: the number of the exemption to go on with. */
int srcguard_netlink_exempt_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct srcguard_net *sgn = srcguard_netns_of(sock_net(skb->sk));
	struct srcguard_exempt_entry entry;
	unsigned long id = cb->args[0];
	int err = 0;

	cb->seq = READ_ONCE(sgn->exempt_generation);

	rcu_read_lock();
	for (; srcguard_exempt_next(sgn, &id, &entry); id++) {
		err = srcguard_netlink_exempt_put(skb, cb, sgn->net, &entry);
		if (err)
			break;
	}
	rcu_read_unlock();
	cb->args[0] = id;
	/* What was written so far goes out, if it is anything at all. */
	return skb->len ?: err;
}
