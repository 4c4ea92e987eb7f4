// SPDX-License-Identifier: GPL-2.0-only
/*
 * The modes that are set for devices, as the packet path looks them up: by the
 * device's index, in a table with at least half of its slots empty. Indexes are given
 * out one after another, and hash_32() spreads such numbers evenly: a look or two tell
 * that a device is there, or not. By their low bits they would make one long run, for
 * others to walk through. What a device's mode comes to is settled in settings.c.
 *
 * Written under RTNL. A slot gets its index once and keeps it, also when the device is
 * gone; only modes change under a reader's eyes. A table that is full is replaced under
 * RCU by one for the devices that are left, with less than twelve slots for each.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "modes.h"

#define SRCGUARD_MODES_LEAST_SLOTS	8

/**
 * struct srcguard_modes_slot - a device's modes
 * @ifindex: the device; 0 if the slot was never used
 * @mode: by family; SRCGUARD_SETTING_INHERIT if there is none
 */
struct srcguard_modes_slot {
	int ifindex;
	s8 mode[SRCGUARD_FAMILY_COUNT];
};

/**
 * struct srcguard_modes - a table
 * @rcu: the packet path may still look at one that was replaced
 * @bits: logarithm of the number of slots
 * @used: slots that have an index; at most half of them
 * @slot: the slots
 */
struct srcguard_modes {
	struct rcu_head rcu;
	u32 bits;
	u32 used;
	struct srcguard_modes_slot slot[];
};

static u32 srcguard_modes_slots(const struct srcguard_modes *modes)
{
	return BIT(modes->bits);
}

static u32 srcguard_modes_first(const struct srcguard_modes *modes, int ifindex)
{
	return hash_32(ifindex, modes->bits);
}

static u32 srcguard_modes_next(const struct srcguard_modes *modes, u32 i)
{
	return (i + 1) & (srcguard_modes_slots(modes) - 1);
}

/* The device's slot, or the empty one that it would get. */
static struct srcguard_modes_slot *srcguard_modes_find(struct srcguard_modes *modes, int ifindex)
{
	u32 i = srcguard_modes_first(modes, ifindex);

	while (modes->slot[i].ifindex && modes->slot[i].ifindex != ifindex)
		i = srcguard_modes_next(modes, i);
	return &modes->slot[i];
}

static bool srcguard_modes_inherits(const s8 *mode)
{
	return mode[SRCGUARD_FAMILY_IPV4] == SRCGUARD_SETTING_INHERIT &&
	       mode[SRCGUARD_FAMILY_IPV6] == SRCGUARD_SETTING_INHERIT;
}

static bool srcguard_modes_is_live(const struct srcguard_modes_slot *slot)
{
	return slot->ifindex && !srcguard_modes_inherits(slot->mode);
}

static u32 srcguard_modes_live(const struct srcguard_modes *modes)
{
	u32 i, live = 0;

	for (i = 0; i < srcguard_modes_slots(modes); i++)
		live += srcguard_modes_is_live(&modes->slot[i]);
	return live;
}

static void srcguard_modes_copy(struct srcguard_modes *to, const struct srcguard_modes *from)
{
	u32 i;

	for (i = 0; i < srcguard_modes_slots(from); i++) {
		if (!srcguard_modes_is_live(&from->slot[i]))
			continue;
		*srcguard_modes_find(to, from->slot[i].ifindex) = from->slot[i];
		to->used++;
	}
}

static void srcguard_modes_replace(struct srcguard_net *sgn, struct srcguard_modes *modes)
{
	/* RTNL, or nobody else knows of the namespace any more. */
	struct srcguard_modes *old = rcu_replace_pointer(sgn->modes, modes, true);

	if (old)
		kvfree_rcu(old, rcu);
}

/**
 * srcguard_modes_reserve - have room for more devices
 * @sgn: the namespace; the caller holds RTNL
 * @more: how many
 *
 * Return: 0 or -ENOMEM.
 */
int srcguard_modes_reserve(struct srcguard_net *sgn, unsigned int more)
{
	struct srcguard_modes *old = rtnl_dereference(sgn->modes), *modes;
	u32 slots;

	if (old && 2 * (old->used + more) <= srcguard_modes_slots(old))
		return 0;
	/* A third of it in use: while devices come and go, it lasts for half as many again. */
	slots = 3 * (more + (old ? srcguard_modes_live(old) : 0));
	slots = roundup_pow_of_two(max_t(u32, slots, SRCGUARD_MODES_LEAST_SLOTS));
	modes = kvzalloc(struct_size(modes, slot, slots), GFP_KERNEL_ACCOUNT);
	if (!modes)
		return -ENOMEM;
	modes->bits = ilog2(slots);
	if (old)
		srcguard_modes_copy(modes, old);
	srcguard_modes_replace(sgn, modes);
	return 0;
}

/**
 * srcguard_modes_put - change a device's modes
 * @sgn: the namespace; the caller holds RTNL and has made room
 * @ifindex: the device
 * @mode: by family; NULL if it has none any more
 */
void srcguard_modes_put(struct srcguard_net *sgn, int ifindex, const s8 *mode)
{
	static const s8 none[] = { SRCGUARD_SETTING_INHERIT, SRCGUARD_SETTING_INHERIT };
	struct srcguard_modes *modes = rtnl_dereference(sgn->modes);
	struct srcguard_modes_slot *slot;
	unsigned int i;

	if (!mode)
		mode = none;
	if (!modes)
		return;
	slot = srcguard_modes_find(modes, ifindex);
	if (!slot->ifindex && srcguard_modes_inherits(mode))
		return;
	for (i = 0; i < SRCGUARD_FAMILY_COUNT; i++)
		WRITE_ONCE(slot->mode[i], mode[i]);
	if (!slot->ifindex) {
		modes->used++;
		/* Who sees the index sees the modes. */
		smp_store_release(&slot->ifindex, ifindex);
	}
}

/**
 * srcguard_modes_get - a device's mode
 * @modes: a namespace's; called in the packet path
 * @ifindex: the device
 * @family: the packet's
 *
 * Return: enum srcguard_rp_filter, or SRCGUARD_SETTING_INHERIT.
 */
int srcguard_modes_get(const struct srcguard_modes *modes, int ifindex,
		       enum srcguard_family family)
{
	u32 i = srcguard_modes_first(modes, ifindex);
	int found;

	while ((found = smp_load_acquire(&modes->slot[i].ifindex)) != ifindex) {
		if (!found)
			return SRCGUARD_SETTING_INHERIT;
		i = srcguard_modes_next(modes, i);
	}
	return READ_ONCE(modes->slot[i].mode[family]);
}

/**
 * srcguard_modes_drop - forget them all
 * @sgn: the namespace; the caller holds RTNL, or nobody else knows of it any more
 */
void srcguard_modes_drop(struct srcguard_net *sgn)
{
	srcguard_modes_replace(sgn, NULL);
}
