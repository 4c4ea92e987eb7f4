// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes of linux/srcguard.h that several commands send or are told: their
 * types, and what is in them.
 */
#include "tool.h"

#include <string.h>

#include <linux/if.h>
#include <netlink/msg.h>

const struct nla_policy attr_knobs[SRCGUARD_A_POLICY_MAX + 1] = {
	[SRCGUARD_A_POLICY_RP_FILTER]		= { .type = NLA_U32 },
	[SRCGUARD_A_POLICY_ENFORCE]		= { .type = NLA_U32 },
	[SRCGUARD_A_POLICY_SIXTOFOUR]		= { .type = NLA_U32 },
	[SRCGUARD_A_POLICY_LOG_MARTIANS]	= { .type = NLA_U32 },
	[SRCGUARD_A_POLICY_LOG_6TO4]		= { .type = NLA_U32 },
	[SRCGUARD_A_POLICY_LOG_INTERVAL]	= { .type = NLA_U32 },
	[SRCGUARD_A_POLICY_LOG_DAILY_MAX]	= { .type = NLA_U32 },
	[SRCGUARD_A_POLICY_LOOPBACK_LIMIT]	= { .type = NLA_U32 },
	[SRCGUARD_A_POLICY_LOCK]		= { .type = NLA_U32 },
};

const struct nla_policy attr_settings[SRCGUARD_A_DEV_MAX + 1] = {
	[SRCGUARD_A_DEV_IFINDEX]	= { .type = NLA_U32 },
	[SRCGUARD_A_DEV_DEVICE]		= { .type = NLA_STRING, .maxlen = IFNAMSIZ },
	[SRCGUARD_A_DEV_RP_FILTER]	= { .type = NLA_U32 },
	[SRCGUARD_A_DEV_RP_FILTER_IPV4]	= { .type = NLA_U32 },
	[SRCGUARD_A_DEV_RP_FILTER_IPV6]	= { .type = NLA_U32 },
	[SRCGUARD_A_DEV_ENFORCE]	= { .type = NLA_U32 },
	[SRCGUARD_A_DEV_PATTERN]	= { .type = NLA_STRING, .maxlen = IFNAMSIZ },
	[SRCGUARD_A_DEV_SIXTOFOUR]	= { .type = NLA_U32 },
};

const struct nla_policy attr_exemptions[SRCGUARD_A_EXEMPT_MAX + 1] = {
	[SRCGUARD_A_EXEMPT_PREFIXLEN]	= { .type = NLA_U32 },
	[SRCGUARD_A_EXEMPT_DEVICE]	= { .type = NLA_STRING, .maxlen = IFNAMSIZ },
	[SRCGUARD_A_EXEMPT_PACKETS]	= { .type = NLA_U64 },
};

const struct nla_policy attr_limits[SRCGUARD_A_LIMIT_MAX + 1] = {
	[SRCGUARD_A_LIMIT_KIND]		= { .type = NLA_STRING, .maxlen = SRCGUARD_KIND_SIZE },
	[SRCGUARD_A_LIMIT_LIMIT]	= { .type = NLA_U32 },
	[SRCGUARD_A_LIMIT_IN_USE]	= { .type = NLA_U32 },
	[SRCGUARD_A_LIMIT_REFUSED]	= { .type = NLA_U64 },
	[SRCGUARD_A_LIMIT_MOVED]	= { .type = NLA_U32 },
};

/* What parse_values() collected. */
bool attr_put_values(struct nl_msg *msg, const struct values *values)
{
	int attr;

	for (attr = 0; attr < PARSE_VALUES_MAX; attr++)
		if (values->given[attr] && nla_put_u32(msg, attr, values->value[attr]))
			return false;
	return true;
}

static int attr_address_size(const struct prefix *prefix)
{
	return prefix->ipv6 ? 16 : 4;
}

bool attr_put_address(struct nl_msg *msg, int type, const struct prefix *prefix)
{
	return !nla_put(msg, type, attr_address_size(prefix), prefix->address);
}

/* Of full length. */
bool attr_get_address(const struct nlattr *attr, struct prefix *prefix)
{
	*prefix = (struct prefix){ .ipv6 = nla_len(attr) == 16 };
	if (nla_len(attr) != attr_address_size(prefix))
		return false;
	memcpy(prefix->address, nla_data(attr), nla_len(attr));
	prefix->length = 8 * attr_address_size(prefix);
	return true;
}

const char *attr_knob_name(const struct knob *knobs, const struct nlattr *attr)
{
	for (; knobs->name; knobs++)
		if (knobs->attr == nla_type(attr))
			return knobs->name;
	return NULL;
}
