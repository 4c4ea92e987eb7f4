// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: notifications of the netlink group "events". What was set is told here, at
 * once, by who sets it; packets that failed come from sample.c. Process context.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "event.h"
#include "netlink.h"

/*
 * Orders events, so that their numbers arrive in order, and holds the family: while
 * srcguard_event_is_open, it is registered. Nothing that is held while waiting for RTNL.
 */
static DEFINE_MUTEX(srcguard_event_mutex);
static bool srcguard_event_is_open;

/**
 * srcguard_event_is_wanted - whether somebody listens, perhaps in another namespace
 * @sgn: the namespace
 */
bool srcguard_event_is_wanted(const struct srcguard_net *sgn)
{
	return READ_ONCE(srcguard_event_is_open) &&
	       genl_has_listeners(&srcguard_netlink_family, sgn->net, SRCGUARD_NETLINK_EVENTS);
}

/**
 * srcguard_event_tell - send an event, if somebody listens
 * @sgn: the namespace that it is about
 * @type: its type
 * @time: when it was, nanoseconds since 1970
 * @put: adds what it is about; not 0 if there is no room
 * @arg: given to @put
 *
 * An event that memory is too short for uses up its number.
 */
void srcguard_event_tell(struct srcguard_net *sgn, enum srcguard_event type, u64 time,
			 int (*put)(struct sk_buff *msg, const void *arg), const void *arg)
{
	struct sk_buff *msg;
	void *header;

	mutex_lock(&srcguard_event_mutex);
	if (!srcguard_event_is_wanted(sgn))
		goto out;
	sgn->event_number++;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		goto out;
	header = genlmsg_put(msg, 0, 0, &srcguard_netlink_family, 0, SRCGUARD_CMD_EVENT);
	if (!header ||
	    nla_put_u64_64bit(msg, SRCGUARD_A_EVENT_NUMBER, sgn->event_number,
			      SRCGUARD_A_EVENT_PAD) ||
	    nla_put_u64_64bit(msg, SRCGUARD_A_EVENT_TIME, time, SRCGUARD_A_EVENT_PAD) ||
	    nla_put_u32(msg, SRCGUARD_A_EVENT_TYPE, type) || put(msg, arg)) {
		nlmsg_free(msg);
		goto out;
	}
	genlmsg_end(msg, header);
	genlmsg_multicast_netns(&srcguard_netlink_family, sgn->net, msg, 0,
				SRCGUARD_NETLINK_EVENTS, GFP_KERNEL);
out:
	mutex_unlock(&srcguard_event_mutex);
}

/**
 * srcguard_event_open - events may be sent from now on: the family is registered
 */
void srcguard_event_open(void)
{
	mutex_lock(&srcguard_event_mutex);
	WRITE_ONCE(srcguard_event_is_open, true);
	mutex_unlock(&srcguard_event_mutex);
}

/**
 * srcguard_event_close - none is sent any more
 */
void srcguard_event_close(void)
{
	mutex_lock(&srcguard_event_mutex);
	WRITE_ONCE(srcguard_event_is_open, false);
	mutex_unlock(&srcguard_event_mutex);
}

/* --- what was set ----------------------------------------------------------------- */

/**
 * struct srcguard_event_change - something that was set
 * @change: what
 * @reason: why it was refused, or SRCGUARD_REASON_NONE
 * @knobs: its new values, of knobs
 * @which: bits of those that were set, BIT(enum srcguard_policy_attr)
 * @name: of a device or pattern; NULL if there is none
 * @settings: its new ones; NULL if there are none
 * @prefix: that is exempt; NULL if there is none
 * @kind: that has a limit; NULL if there is none
 * @limit: its limit
 */
struct srcguard_event_change {
	enum srcguard_change change;
	enum srcguard_reason reason;
	const struct srcguard_knobs *knobs;
	u32 which;
	const char *name;
	const struct srcguard_settings *settings;
	const struct srcguard_prefix *prefix;
	const char *kind;
	s32 limit;
};

static int srcguard_event_put_knobs(struct sk_buff *msg, const struct srcguard_event_change *change)
{
	struct nlattr *nest = nla_nest_start(msg, SRCGUARD_A_EVENT_POLICY);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++)
		if (change->which & BIT(i) && nla_put_u32(msg, i, change->knobs->value[i]))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int srcguard_event_put_dev(struct sk_buff *msg, const struct srcguard_event_change *change)
{
	struct nlattr *nest = nla_nest_start(msg, SRCGUARD_A_EVENT_DEV);

	if (!nest || nla_put_string(msg, SRCGUARD_A_DEV_DEVICE, change->name) ||
	    (change->settings && srcguard_netlink_dev_put_settings(msg, change->settings)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int srcguard_event_put_exempt(struct sk_buff *msg,
				     const struct srcguard_event_change *change)
{
	struct nlattr *nest = nla_nest_start(msg, SRCGUARD_A_EVENT_EXEMPT);

	if (!nest ||
	    srcguard_netlink_put_address(msg, SRCGUARD_A_EXEMPT_PREFIX, change->prefix) ||
	    nla_put_u32(msg, SRCGUARD_A_EXEMPT_PREFIXLEN, change->prefix->length) ||
	    (change->name && nla_put_string(msg, SRCGUARD_A_EXEMPT_DEVICE, change->name)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int srcguard_event_put_limit(struct sk_buff *msg, const struct srcguard_event_change *change)
{
	struct nlattr *nest = nla_nest_start(msg, SRCGUARD_A_EVENT_LIMIT);

	if (!nest || nla_put_string(msg, SRCGUARD_A_LIMIT_KIND, change->kind) ||
	    nla_put_s32(msg, SRCGUARD_A_LIMIT_LIMIT, change->limit))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int srcguard_event_put_change(struct sk_buff *msg, const void *arg)
{
	const struct srcguard_event_change *change = arg;

	if (nla_put_u32(msg, SRCGUARD_A_EVENT_CHANGE, change->change) ||
	    (change->reason && nla_put_u32(msg, SRCGUARD_A_EVENT_REASON, change->reason)))
		return -EMSGSIZE;
	if (change->kind)
		return srcguard_event_put_limit(msg, change);
	if (change->knobs)
		return srcguard_event_put_knobs(msg, change);
	if (change->prefix)
		return srcguard_event_put_exempt(msg, change);
	return change->name ? srcguard_event_put_dev(msg, change) : 0;
}

static void srcguard_event_changed(struct srcguard_net *sgn,
				   const struct srcguard_event_change *change)
{
	if (srcguard_event_is_wanted(sgn))
		srcguard_event_tell(sgn, SRCGUARD_EVENT_POLICY, ktime_get_real_ns(),
				    srcguard_event_put_change, change);
}

/**
 * srcguard_event_knobs - knobs were set, or were to be
 * @sgn: the namespace
 * @reason: why they were not, or SRCGUARD_REASON_NONE
 * @knobs: their values
 * @which: a bit for each that was set, BIT(enum srcguard_policy_attr)
 */
void srcguard_event_knobs(struct srcguard_net *sgn, enum srcguard_reason reason,
			  const struct srcguard_knobs *knobs, u32 which)
{
	const struct srcguard_event_change change = {
		.change = SRCGUARD_CHANGE_KNOBS, .reason = reason, .knobs = knobs, .which = which,
	};

	srcguard_event_changed(sgn, &change);
}

/**
 * srcguard_event_dev - a device's or pattern's settings were made or taken away
 * @sgn: the namespace
 * @reason: why they were not, or SRCGUARD_REASON_NONE
 * @what: SRCGUARD_CHANGE_DEV_...
 * @name: its name
 * @settings: the values that were set; NULL if they were taken away
 */
void srcguard_event_dev(struct srcguard_net *sgn, enum srcguard_reason reason,
			enum srcguard_change what, const char *name,
			const struct srcguard_settings *settings)
{
	const struct srcguard_event_change change = {
		.change = what, .reason = reason, .name = name, .settings = settings,
	};

	srcguard_event_changed(sgn, &change);
}

/**
 * srcguard_event_exempt - an exemption was added or taken away, or all were replaced
 * @sgn: the namespace
 * @reason: why not, or SRCGUARD_REASON_NONE
 * @what: SRCGUARD_CHANGE_EXEMPT_...
 * @prefix: the prefix; NULL for all
 * @device: the only device that it holds for; may be NULL
 */
void srcguard_event_exempt(struct srcguard_net *sgn, enum srcguard_reason reason,
			   enum srcguard_change what, const struct srcguard_prefix *prefix,
			   const char *device)
{
	const struct srcguard_event_change change = {
		.change = what, .reason = reason, .prefix = prefix, .name = device,
	};

	srcguard_event_changed(sgn, &change);
}

/**
 * srcguard_event_limit - the limit of a kind of devices was set
 * @sgn: the namespace
 * @reason: why it was not, or SRCGUARD_REASON_NONE
 * @kind: the kind
 * @limit: its limit
 */
void srcguard_event_limit(struct srcguard_net *sgn, enum srcguard_reason reason, const char *kind,
			  s32 limit)
{
	const struct srcguard_event_change change = {
		.change = SRCGUARD_CHANGE_LIMIT_SET, .reason = reason, .kind = kind, .limit = limit,
	};

	srcguard_event_changed(sgn, &change);
}

/* --- devices ---------------------------------------------------------------------- */

/**
 * struct srcguard_event_refusal - a device that was refused, or has to wait
 * @name: its name
 * @reason: why
 * @kind: whose limit is used up
 */
struct srcguard_event_refusal {
	const char *name;
	enum srcguard_reason reason;
	const struct srcguard_kind *kind;
};

static int srcguard_event_put_refusal(struct sk_buff *msg, const void *arg)
{
	const struct srcguard_event_refusal *refusal = arg;
	struct nlattr *nest;

	if (nla_put_string(msg, SRCGUARD_A_EVENT_DEVICE, refusal->name) ||
	    nla_put_u32(msg, SRCGUARD_A_EVENT_REASON, refusal->reason))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, SRCGUARD_A_EVENT_LIMIT);
	if (!nest || nla_put_string(msg, SRCGUARD_A_LIMIT_KIND, refusal->kind->name) ||
	    nla_put_s32(msg, SRCGUARD_A_LIMIT_LIMIT, refusal->kind->count.limit) ||
	    nla_put_u32(msg, SRCGUARD_A_LIMIT_IN_USE, refusal->kind->count.in_use))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * srcguard_event_device - a device was refused, or has to wait
 * @sgn: the namespace; the caller holds RTNL
 * @name: the device's name
 * @reason: SRCGUARD_REASON_LIMIT_...
 * @kind: whose limit is used up
 */
void srcguard_event_device(struct srcguard_net *sgn, const char *name,
			   enum srcguard_reason reason, const struct srcguard_kind *kind)
{
	const struct srcguard_event_refusal refusal = {
		.name = name, .reason = reason, .kind = kind,
	};

	/* As of packets: a container that asks without end is to cost no more than that. */
	if (srcguard_event_is_wanted(sgn) &&
	    srcguard_limiter_bucket_take(&sgn->limits->told,
					 get_jiffies_64() * SRCGUARD_EVENTS_PER_SECOND, HZ,
					 SRCGUARD_EVENTS_BURST))
		srcguard_event_tell(sgn, SRCGUARD_EVENT_LIMIT, ktime_get_real_ns(),
				    srcguard_event_put_refusal, &refusal);
}
