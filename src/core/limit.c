// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of kinds of devices. Pure: no state, no locks.
 */
#include "limit.h"

/* What tunnels' modules make in each namespace, without being asked for it. */
static const struct {
	const char *name;
	const char *kind;
} srcguard_limit_fallbacks[] = {
	{ "sit0",	"sit" },
	{ "gre0",	"gre" },
	{ "gretap0",	"gretap" },
	{ "erspan0",	"erspan" },
	{ "tunl0",	"ipip" },
	{ "ip6tnl0",	"ip6tnl" },
	{ "ip6gre0",	"ip6gre" },
	{ "ip_vti0",	"vti" },
	{ "ip6_vti0",	"vti6" },
};

#define SRCGUARD_LIMIT_FALLBACKS \
	(sizeof(srcguard_limit_fallbacks) / sizeof(srcguard_limit_fallbacks[0]))

/* The headers that kernel and user space have in common know no strcmp(). */
static _Bool srcguard_limit_same(const char *one, const char *other)
{
	for (; *one && *one == *other; one++)
		other++;
	return *one == *other;
}

/* A bit, or 0 if it is none of them. */
static __u32 srcguard_limit_fallback(const struct srcguard_limit_device *device)
{
	unsigned int i;

	if (!device->kind || device->requested)
		return 0;
	for (i = 0; i < SRCGUARD_LIMIT_FALLBACKS; i++)
		if (srcguard_limit_same(device->name, srcguard_limit_fallbacks[i].name) &&
		    srcguard_limit_same(device->kind, srcguard_limit_fallbacks[i].kind))
			return 1u << i;
	return 0;
}

/**
 * srcguard_limit_class - how a device is treated
 * @device: the device
 * @fallbacks: bits of the fallback devices that the namespace has, whatever they are
 *	called by now
 * @fallback: takes the device's bit, if it is one, and else 0
 *
 * A name alone tells nothing: a fallback device can be renamed, and another one made in
 * its place. Hardware is what has a parent, unless somebody asked for the device; a modem
 * asks for its first link in the same way, and warns if it does not get it.
 */
enum srcguard_limit_class
srcguard_limit_class(const struct srcguard_limit_device *device, __u32 fallbacks, __u32 *fallback)
{
	*fallback = 0;
	if (device->is_lo)
		return SRCGUARD_LIMIT_CLASS_EXEMPT;
	if (device->has_parent &&
	    (!device->requested || (device->kind && srcguard_limit_same(device->kind, "wwan"))))
		return SRCGUARD_LIMIT_CLASS_PHYSICAL;
	*fallback = srcguard_limit_fallback(device) & ~fallbacks;
	return *fallback ? SRCGUARD_LIMIT_CLASS_FALLBACK : SRCGUARD_LIMIT_CLASS_VIRTUAL;
}

/**
 * srcguard_limit_kind - the kind that a device counts as
 * @device: the device
 * @class: how it is treated
 */
const char *srcguard_limit_kind(const struct srcguard_limit_device *device,
				enum srcguard_limit_class class)
{
	if (class == SRCGUARD_LIMIT_CLASS_PHYSICAL)
		return SRCGUARD_KIND_PHYSICAL;
	/* A driver must not hide in a kind that means something else. */
	if (!device->kind || !srcguard_limit_is_name(device->kind) ||
	    srcguard_limit_same(device->kind, SRCGUARD_KIND_ANY) ||
	    srcguard_limit_same(device->kind, SRCGUARD_KIND_PHYSICAL))
		return SRCGUARD_KIND_OTHER;
	return device->kind;
}

/**
 * srcguard_limit_is_name - whether a text can be a kind's name
 * @kind: the text
 */
_Bool srcguard_limit_is_name(const char *kind)
{
	unsigned int length;

	for (length = 0; kind[length]; length++)
		if (kind[length] <= ' ' || kind[length] > '~' || length == SRCGUARD_KIND_SIZE - 1)
			return 0;
	return length;
}

/**
 * srcguard_limit_refuses - whether one more may not be made
 * @limit: the limit
 */
_Bool srcguard_limit_refuses(const struct srcguard_limit *limit)
{
	return limit->limit != SRCGUARD_LIMIT_NONE && limit->in_use >= (__u32)limit->limit;
}

/**
 * srcguard_limit_has_room - whether one that waits may be used
 * @limit: the limit
 */
_Bool srcguard_limit_has_room(const struct srcguard_limit *limit)
{
	return limit->limit == SRCGUARD_LIMIT_NONE ||
	       limit->in_use - limit->waiting < (__u32)limit->limit;
}

/**
 * srcguard_limit_is_more - whether a change allows more
 * @from: a limit
 * @to: the new one
 */
_Bool srcguard_limit_is_more(__s32 from, __s32 to)
{
	/* As numbers without a sign, -1 is the greatest. */
	return (__u32)to > (__u32)from;
}
