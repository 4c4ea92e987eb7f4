// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices that count towards the limits of a namespace. One is judged when it is
 * about to register, and counts from then until it leaves. One that moves in from another
 * namespace cannot be refused: beyond a limit it is not brought up until there is room.
 * Process context under RTNL.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "event.h"
#include "limit.h"

/*
 * The device that passed POST_INIT last, and what it was taken for. If it is the next to
 * register, it is new; any other was there before, or moved. Never followed, for it may
 * be gone. RTNL.
 */
static const struct net_device *srcguard_member_coming;
static enum srcguard_limit_class srcguard_member_coming_class;
static u32 srcguard_member_coming_fallback;

/* Whether what registers without being new has moved: not so while the module loads. RTNL. */
static bool srcguard_member_is_ready;

static void srcguard_member_add(struct srcguard_limit *count, int in_use, int waiting)
{
	/* Dumps read them at any time. */
	WRITE_ONCE(count->in_use, count->in_use + in_use);
	WRITE_ONCE(count->waiting, count->waiting + waiting);
}

/**
 * srcguard_member_settle - give those that wait the room that there is, the oldest first
 * @limits: the namespace's; the caller holds RTNL
 */
void srcguard_member_settle(struct srcguard_limits *limits)
{
	struct srcguard_member *member, *next;

	list_for_each_entry_safe(member, next, &limits->waiting, waiting) {
		if (!srcguard_limit_has_room(&limits->any->count))
			break;
		if (!srcguard_limit_has_room(&member->kind->count))
			continue;
		list_del_init(&member->waiting);
		srcguard_member_add(&member->kind->count, 0, -1);
		srcguard_member_add(&limits->any->count, 0, -1);
	}
}

static void srcguard_member_describe(const struct net_device *dev,
				     struct srcguard_limit_device *device)
{
	*device = (struct srcguard_limit_device){
		.name = dev->name,
		.kind = dev->rtnl_link_ops ? dev->rtnl_link_ops->kind : NULL,
		.is_lo = dev->ifindex == LOOPBACK_IFINDEX && dev->flags & IFF_LOOPBACK,
		.has_parent = dev->dev.parent,
		.requested = compat_netdev_is_requested(dev),
	};
}

/*
 * The fallback devices that there are. Where the kernel makes none, an ioctl could make
 * one of such a name.
 */
static u32 srcguard_member_fallbacks(const struct srcguard_net *sgn)
{
	return net_has_fallback_tunnels(sgn->net) ? sgn->limits->fallbacks : ~0u;
}

/* The kind whose limit is used up, or NULL. */
static struct srcguard_kind *srcguard_member_full(struct srcguard_limits *limits, const char *name)
{
	struct srcguard_kind *kind = srcguard_limit_find(limits, name);

	if (kind && srcguard_limit_refuses(&kind->count))
		return kind;
	return srcguard_limit_refuses(&limits->any->count) ? limits->any : NULL;
}

static enum srcguard_reason srcguard_member_reason(const struct srcguard_limits *limits,
						   const struct srcguard_kind *full)
{
	return full == limits->any ? SRCGUARD_REASON_LIMIT_ANY : SRCGUARD_REASON_LIMIT_KIND;
}

/* It is about to register; until then nothing is kept, for nobody tells if it fails. */
static int srcguard_member_post_init(struct srcguard_net *sgn, const struct net_device *dev)
{
	struct srcguard_limits *limits = sgn->limits;
	struct srcguard_limit_device device;
	enum srcguard_limit_class class;
	struct srcguard_kind *full = NULL;
	u32 fallback;

	srcguard_member_describe(dev, &device);
	class = srcguard_limit_class(&device, srcguard_member_fallbacks(sgn), &fallback);
	if (class == SRCGUARD_LIMIT_CLASS_VIRTUAL)
		full = srcguard_member_full(limits, srcguard_limit_kind(&device, class));
	if (full) {
		atomic64_inc(&full->refused);
		srcguard_event_device(sgn, dev->name, srcguard_member_reason(limits, full), full);
		return -ENOSPC;
	}
	srcguard_member_coming = dev;
	srcguard_member_coming_class = class;
	srcguard_member_coming_fallback = fallback;
	return 0;
}

/* A place for it, and one for its kind; it does not count yet. */
static struct srcguard_member *srcguard_member_enter(struct srcguard_limits *limits,
						     const struct net_device *dev, const char *name)
{
	struct srcguard_kind *kind = srcguard_limit_find(limits, name);
	struct srcguard_member *member;

	if (!kind)
		kind = srcguard_limit_make(limits, name, SRCGUARD_LIMIT_NONE);
	if (!kind)
		return NULL;
	member = kzalloc(sizeof(*member), GFP_KERNEL_ACCOUNT);
	if (!member || xa_err(xa_store(&limits->members, dev->ifindex, member, GFP_KERNEL))) {
		kfree(member);
		srcguard_limit_tidy(limits, kind);
		return NULL;
	}
	member->kind = kind;
	INIT_LIST_HEAD(&member->waiting);
	return member;
}

static void srcguard_member_wait(struct srcguard_net *sgn, struct srcguard_member *member,
				 const struct net_device *dev, const struct srcguard_kind *full)
{
	list_add_tail(&member->waiting, &sgn->limits->waiting);
	srcguard_member_add(&member->kind->count, 0, 1);
	srcguard_member_add(&sgn->limits->any->count, 0, 1);
	srcguard_event_device(sgn, dev->name, SRCGUARD_REASON_LIMIT_MOVED, full);
}

/* It is there: made, found when the module was loaded, or moved in. */
static int srcguard_member_register(struct srcguard_net *sgn, const struct net_device *dev)
{
	bool moved = srcguard_member_is_ready && dev != srcguard_member_coming;
	struct srcguard_kind *kind, *any = sgn->limits->any, *full = NULL;
	struct srcguard_limit_device device;
	enum srcguard_limit_class class;
	struct srcguard_member *member;
	u32 fallback;

	srcguard_member_describe(dev, &device);
	/* Fallback devices do not move. */
	class = srcguard_limit_class(&device, moved ? ~0u : srcguard_member_fallbacks(sgn), &fallback);
	if (dev == srcguard_member_coming) {
		class = srcguard_member_coming_class;
		fallback = srcguard_member_coming_fallback;
		srcguard_member_coming = NULL;
	}
	if (class == SRCGUARD_LIMIT_CLASS_EXEMPT)
		return 0;

	member = srcguard_member_enter(sgn->limits, dev, srcguard_limit_kind(&device, class));
	if (!member)
		return -ENOMEM;
	kind = member->kind;
	if (moved && class == SRCGUARD_LIMIT_CLASS_VIRTUAL)
		full = !srcguard_limit_has_room(&kind->count) ? kind :
		       !srcguard_limit_has_room(&any->count) ? any : NULL;
	srcguard_member_add(&kind->count, 1, 0);
	if (class != SRCGUARD_LIMIT_CLASS_PHYSICAL) {
		member->in_any = true;
		srcguard_member_add(&any->count, 1, 0);
	}
	member->fallback = fallback;
	sgn->limits->fallbacks |= fallback;
	if (full)
		srcguard_member_wait(sgn, member, dev, full);
	return 0;
}

static void srcguard_member_unregister(struct srcguard_limits *limits, const struct net_device *dev)
{
	struct srcguard_member *member = xa_erase(&limits->members, dev->ifindex);
	int waiting;

	if (!member)
		return;
	waiting = list_empty(&member->waiting) ? 0 : -1;
	list_del(&member->waiting);
	srcguard_member_add(&member->kind->count, -1, waiting);
	if (member->in_any)
		srcguard_member_add(&limits->any->count, -1, waiting);
	limits->fallbacks &= ~member->fallback;
	srcguard_limit_tidy(limits, member->kind);
	kfree(member);
	/* What waited took no room: a crowd of them goes without a look at the others. */
	if (!waiting)
		srcguard_member_settle(limits);
}

/*
 * The kernel forgets to give netpoll back what it took before it asked whether the device
 * may be used, and would wait for that for ever the next time. Only the host's
 * administrator can use netpoll, and may go beyond the limit with it.
 */
static bool srcguard_member_is_polled(const struct net_device *dev)
{
#ifdef CONFIG_NETPOLL
	return rcu_access_pointer(dev->npinfo);
#else
	return false;
#endif
}

static int srcguard_member_pre_up(struct srcguard_net *sgn, const struct net_device *dev,
				  struct netlink_ext_ack *extack)
{
	const struct srcguard_member *member = xa_load(&sgn->limits->members, dev->ifindex);
	struct srcguard_kind *full;

	/* It may have moved in when memory was short, which nobody can refuse. */
	if (!member) {
		if (srcguard_member_register(sgn, dev)) {
			NL_SET_ERR_MSG(extack, "No memory to count the device");
			return -ENOMEM;
		}
		member = xa_load(&sgn->limits->members, dev->ifindex);
	}
	if (!member || list_empty(&member->waiting) || srcguard_member_is_polled(dev))
		return 0;
	full = srcguard_limit_has_room(&member->kind->count) ? sgn->limits->any : member->kind;
	atomic64_inc(&full->refused);
	if (full == sgn->limits->any)
		NL_SET_ERR_MSG(extack, "It moved in beyond the limit of all kinds, and waits for room");
	else
		NL_SET_ERR_MSG(extack, "It moved in beyond the limit of its kind, and waits for room");
	return -ENOSPC;
}

/**
 * srcguard_member_event - a device comes, came, is to be used or goes
 * @sgn: its namespace
 * @dev: the device
 * @event: what happened
 * @extack: told why it must not; may be NULL
 *
 * Return: 0 or a negative error: it must not, if that can be helped.
 */
int srcguard_member_event(struct srcguard_net *sgn, const struct net_device *dev,
			  unsigned long event, struct netlink_ext_ack *extack)
{
	switch (event) {
	case NETDEV_POST_INIT:
		return srcguard_member_post_init(sgn, dev);
	case NETDEV_REGISTER:
		return srcguard_member_register(sgn, dev);
	case NETDEV_PRE_UP:
		return srcguard_member_pre_up(sgn, dev, extack);
	case NETDEV_UNREGISTER:
		srcguard_member_unregister(sgn->limits, dev);
		break;
	}
	return 0;
}

/**
 * srcguard_member_ready - all devices that were there are known, or no event comes any more
 * @ready: which of the two
 */
void srcguard_member_ready(bool ready)
{
	ASSERT_RTNL();
	srcguard_member_is_ready = ready;
	srcguard_member_coming = NULL;
}

/**
 * srcguard_member_say - say which limit it was that refused a device
 * @sgn: the namespace
 * @name: the device's kind
 * @extack: told
 */
void srcguard_member_say(struct srcguard_net *sgn, const char *name, struct netlink_ext_ack *extack)
{
	const struct srcguard_kind *full = srcguard_member_full(sgn->limits, name);

	if (!full)
		return;
	if (full == sgn->limits->any)
		COMPAT_NL_SET_ERR_MSG_LIMIT(extack, full->count.limit,
			"No more devices of any kind in this network namespace");
	else
		COMPAT_NL_SET_ERR_MSG_LIMIT(extack, full->count.limit,
			"No more devices of kind loopback in this network namespace");
}
