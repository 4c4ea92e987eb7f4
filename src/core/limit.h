/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many devices of a kind there may be, and which devices that is about.
 */
#ifndef SRCGUARD_CORE_LIMIT_H
#define SRCGUARD_CORE_LIMIT_H

#include <linux/types.h>
#include <linux/srcguard.h>

/**
 * enum srcguard_limit_class - how a device is treated
 * @SRCGUARD_LIMIT_CLASS_EXEMPT: neither counted nor refused: the namespace's "lo"
 * @SRCGUARD_LIMIT_CLASS_PHYSICAL: counted as "physical", never refused
 * @SRCGUARD_LIMIT_CLASS_FALLBACK: counted by its kind, never refused
 * @SRCGUARD_LIMIT_CLASS_VIRTUAL: counted by its kind, refused beyond the limit
 */
enum srcguard_limit_class {
	SRCGUARD_LIMIT_CLASS_EXEMPT,
	SRCGUARD_LIMIT_CLASS_PHYSICAL,
	SRCGUARD_LIMIT_CLASS_FALLBACK,
	SRCGUARD_LIMIT_CLASS_VIRTUAL,
};

/**
 * struct srcguard_limit_device - what is known of a device that comes
 * @name: its name
 * @kind: what its driver calls it; NULL if nothing
 * @is_lo: it is the namespace's loopback device
 * @has_parent: in hardware
 * @requested: somebody asked for it by rtnetlink
 */
struct srcguard_limit_device {
	const char *name;
	const char *kind;
	_Bool is_lo;
	_Bool has_parent;
	_Bool requested;
};

/**
 * struct srcguard_limit - a limit, and what counts towards it
 * @limit: as many as there may be; SRCGUARD_LIMIT_NONE any number
 * @in_use: as many as there are
 * @waiting: of these, how many moved in beyond a limit and wait for room
 */
struct srcguard_limit {
	__s32 limit;
	__u32 in_use;
	__u32 waiting;
};

enum srcguard_limit_class
srcguard_limit_class(const struct srcguard_limit_device *device, __u32 fallbacks, __u32 *fallback);
const char *srcguard_limit_kind(const struct srcguard_limit_device *device,
				enum srcguard_limit_class class);
_Bool srcguard_limit_is_name(const char *kind);
_Bool srcguard_limit_refuses(const struct srcguard_limit *limit);
_Bool srcguard_limit_has_room(const struct srcguard_limit *limit);
_Bool srcguard_limit_is_more(__s32 from, __s32 to);

#endif /* SRCGUARD_CORE_LIMIT_H */
