// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many devices of each kind a namespace may have; which count, and what becomes of
 * those beyond a limit, is in member.c. Process context under RTNL, but for reading the
 * list.
 */
#include <linux/slab.h>

#include "event.h"
#include "limit.h"
#include "lock.h"

/* --- kinds ------------------------------------------------------------------------ */

static void srcguard_limit_changed(struct srcguard_limits *limits)
{
	/* 0 means "no generation" to netlink dumps. */
	WRITE_ONCE(limits->generation, limits->generation + 1 ?: 1);
}

/**
 * srcguard_limit_find - a kind by its name
 * @limits: the namespace's; the caller holds RTNL
 * @name: the kind
 *
 * Return: NULL if it has neither a limit nor a device.
 */
struct srcguard_kind *srcguard_limit_find(struct srcguard_limits *limits, const char *name)
{
	struct srcguard_kind *kind;
	unsigned long id;

	xa_for_each(&limits->kinds, id, kind)
		if (!strcmp(kind->name, name))
			return kind;
	return NULL;
}

/**
 * srcguard_limit_make - have a kind in the list
 * @limits: the namespace's; the caller holds RTNL, or nobody else knows of it yet
 * @name: the kind, which is not in it
 * @limit: its limit
 *
 * Return: NULL if memory is short.
 */
struct srcguard_kind *srcguard_limit_make(struct srcguard_limits *limits, const char *name,
					  s32 limit)
{
	struct srcguard_kind *kind = kzalloc(sizeof(*kind), GFP_KERNEL_ACCOUNT);

	if (!kind)
		return NULL;
	strscpy(kind->name, name, sizeof(kind->name));
	kind->count.limit = limit;
	if (xa_alloc(&limits->kinds, &kind->id, kind, xa_limit_31b, GFP_KERNEL)) {
		kfree(kind);
		return NULL;
	}
	srcguard_limit_changed(limits);
	return kind;
}

/**
 * srcguard_limit_tidy - take a kind out of the list that tells nothing any more
 * @limits: the namespace's; the caller holds RTNL
 * @kind: the kind; it may be gone then
 */
void srcguard_limit_tidy(struct srcguard_limits *limits, struct srcguard_kind *kind)
{
	if (kind == limits->any || kind == limits->loopback || kind->count.in_use ||
	    kind->count.limit != SRCGUARD_LIMIT_NONE || atomic64_read(&kind->refused))
		return;
	xa_erase(&limits->kinds, kind->id);
	srcguard_limit_changed(limits);
	kfree_rcu(kind, rcu);
}

/* --- what others ask for ---------------------------------------------------------- */

/* How many kinds have a limit, beside those that are always there. */
static unsigned int srcguard_limit_count(struct srcguard_limits *limits)
{
	struct srcguard_kind *kind;
	unsigned int count = 0;
	unsigned long id;

	xa_for_each(&limits->kinds, id, kind)
		if (kind->count.limit != SRCGUARD_LIMIT_NONE && kind != limits->any &&
		    kind != limits->loopback)
			count++;
	return count;
}

static int srcguard_limit_put(struct srcguard_limits *limits, const char *name, s32 limit)
{
	struct srcguard_kind *kind = srcguard_limit_find(limits, name);
	int err = 0;
	s32 old;

	if (!kind && limit == SRCGUARD_LIMIT_NONE)
		return 0;
	if (!kind)
		kind = srcguard_limit_make(limits, name, SRCGUARD_LIMIT_NONE);
	if (!kind)
		return -ENOMEM;
	old = kind->count.limit;
	WRITE_ONCE(kind->count.limit, limit);
	if (srcguard_limit_count(limits) > SRCGUARD_LIMITS_MAX) {
		WRITE_ONCE(kind->count.limit, old);
		err = -ENOSPC;
	}
	srcguard_limit_changed(limits);
	srcguard_member_settle(limits);
	srcguard_limit_tidy(limits, kind);
	return err;
}

static int srcguard_limit_check(const char *name, s32 limit, struct netlink_ext_ack *extack)
{
	if (!srcguard_limit_is_name(name)) {
		NL_SET_ERR_MSG(extack, "A kind has 1 to 31 printable characters, and no space");
		return -EINVAL;
	}
	if (!strcmp(name, SRCGUARD_KIND_PHYSICAL)) {
		NL_SET_ERR_MSG(extack, "Devices with a parent in hardware have no limit");
		return -EINVAL;
	}
	if (!strcmp(name, SRCGUARD_KIND_LOOPBACK) &&
	    !srcguard_knob_allows(SRCGUARD_A_POLICY_LOOPBACK_LIMIT, limit)) {
		NL_SET_ERR_MSG(extack, "The limit of kind loopback is -1..65535");
		return -ERANGE;
	}
	return 0;
}

static s32 srcguard_limit_of(struct srcguard_limits *limits, const char *name)
{
	const struct srcguard_kind *kind = srcguard_limit_find(limits, name);

	return kind ? kind->count.limit : SRCGUARD_LIMIT_NONE;
}

/**
 * srcguard_limit_set - set the limit of a kind
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 * @name: the kind
 * @limit: as many as there may be, or SRCGUARD_LIMIT_NONE
 * @extack: told why it failed
 *
 * Return: 0 or a negative error, and then nothing has changed.
 */
int srcguard_limit_set(struct srcguard_net *sgn, const char *name, s32 limit,
		       struct netlink_ext_ack *extack)
{
	struct srcguard_knobs knobs = { .value[SRCGUARD_A_POLICY_LOOPBACK_LIMIT] = limit };
	int err = srcguard_limit_check(name, limit, extack);

	if (err)
		return err;
	if (!strcmp(name, SRCGUARD_KIND_LOOPBACK))
		return srcguard_policy_set(sgn, &knobs, BIT(SRCGUARD_A_POLICY_LOOPBACK_LIMIT),
					   NULL, extack);
	if (srcguard_lock_refuses_limit(sgn, srcguard_limit_of(sgn->limits, name), limit,
					extack)) {
		srcguard_event_limit(sgn, SRCGUARD_REASON_LOCKED, name, limit);
		return -EPERM;
	}
	err = srcguard_limit_put(sgn->limits, name, limit);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "This network namespace limits all the kinds it may");
	else if (err)
		NL_SET_ERR_MSG(extack, "No memory for the limit");
	else
		srcguard_event_limit(sgn, SRCGUARD_REASON_NONE, name, limit);
	return err;
}

/**
 * srcguard_limit_set_loopback - the knob of the module's own kind was set
 * @sgn: the namespace; the caller holds RTNL
 * @limit: its value
 */
void srcguard_limit_set_loopback(struct srcguard_net *sgn, s32 limit)
{
	WRITE_ONCE(sgn->limits->loopback->count.limit, limit);
	srcguard_limit_changed(sgn->limits);
	srcguard_member_settle(sgn->limits);
}

/**
 * srcguard_limit_generation - moves when the list does
 * @sgn: the namespace
 */
u32 srcguard_limit_generation(const struct srcguard_net *sgn)
{
	return READ_ONCE(sgn->limits->generation);
}

/**
 * srcguard_limit_next - go through the kinds
 * @sgn: the namespace; the caller holds rcu_read_lock()
 * @id: where to begin, and where it was found
 *
 * Return: the kind, or NULL at the end.
 */
const struct srcguard_kind *srcguard_limit_next(struct srcguard_net *sgn, unsigned long *id)
{
	return xa_find(&sgn->limits->kinds, id, ULONG_MAX, XA_PRESENT);
}

/* --- namespaces ------------------------------------------------------------------- */

static int srcguard_limit_copy(struct srcguard_limits *limits, struct srcguard_limits *creator)
{
	const struct srcguard_kind *kind;
	unsigned long id;

	limits->any->count.limit = creator->any->count.limit;
	xa_for_each(&creator->kinds, id, kind) {
		if (kind == creator->any || kind == creator->loopback ||
		    kind->count.limit == SRCGUARD_LIMIT_NONE)
			continue;
		if (!srcguard_limit_make(limits, kind->name, kind->count.limit))
			return -ENOMEM;
	}
	return 0;
}

/**
 * srcguard_limit_net_init - give a new namespace its limits, and no devices
 * @sgn: the namespace
 * @creator: whose limits it copies; NULL for none
 * @loopback: the limit of the module's own kind, which is a knob
 *
 * Return: 0 or -ENOMEM.
 */
int srcguard_limit_net_init(struct srcguard_net *sgn, struct srcguard_net *creator, s32 loopback)
{
	struct srcguard_limits *limits = kzalloc(sizeof(*limits), GFP_KERNEL_ACCOUNT);
	int err = 0;

	if (!limits)
		return -ENOMEM;
	sgn->limits = limits;
	xa_init_flags(&limits->kinds, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	xa_init_flags(&limits->members, XA_FLAGS_ACCOUNT);
	INIT_LIST_HEAD(&limits->waiting);
	limits->any = srcguard_limit_make(limits, SRCGUARD_KIND_ANY, SRCGUARD_LIMIT_NONE);
	limits->loopback = srcguard_limit_make(limits, SRCGUARD_KIND_LOOPBACK, loopback);
	if (!limits->any || !limits->loopback)
		err = -ENOMEM;
	if (!err && creator) {
		rtnl_lock();
		err = srcguard_limit_copy(limits, creator->limits);
		rtnl_unlock();
	}
	if (err)
		srcguard_limit_net_exit(sgn);
	return err;
}

/**
 * srcguard_limit_net_exit - take its limits away
 * @sgn: the namespace; its devices are gone, or are followed no more, and nobody reads
 *	its list
 */
void srcguard_limit_net_exit(struct srcguard_net *sgn)
{
	struct srcguard_member *member;
	struct srcguard_kind *kind;
	unsigned long index;

	xa_for_each(&sgn->limits->members, index, member)
		kfree(member);
	xa_for_each(&sgn->limits->kinds, index, kind)
		kfree(kind);
	xa_destroy(&sgn->limits->members);
	xa_destroy(&sgn->limits->kinds);
	kfree(sgn->limits);
}
