// SPDX-License-Identifier: GPL-2.0-only
/*
 * The modes that are set for devices, as the packet path looks them up: by the
 * device's index, in a table with more than half of its slots empty. Indexes are
 * given out one after another, so their low bits are as good as a hash, and a device
 * is found at the first look. What a device's mode comes to is settled in settings.c.
 *
 * Written under RTNL. A slot gets its index once and keeps it; only modes change
 * under a reader's eyes. A table that is too small is replaced under RCU.
 */
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
 * @mask: number of slots, a power of two, less one
 * @used: slots that have an index; at most half of them
 * @slot: the slots
 */
struct srcguard_modes {
	struct rcu_head rcu;
	u32 mask;
	u32 used;
	struct srcguard_modes_slot slot[];
};

/* The device's slot, or the empty one that it would get. */
static struct srcguard_modes_slot *srcguard_modes_find(struct srcguard_modes *modes, int ifindex)
{
	u32 i;

	for (i = ifindex & modes->mask; modes->slot[i].ifindex != ifindex; i = (i + 1) & modes->mask)
		if (!modes->slot[i].ifindex)
			break;
	return &modes->slot[i];
}

static bool srcguard_modes_inherits(const s8 *mode)
{
	return mode[SRCGUARD_FAMILY_IPV4] == SRCGUARD_SETTING_INHERIT &&
	       mode[SRCGUARD_FAMILY_IPV6] == SRCGUARD_SETTING_INHERIT;
}

static void srcguard_modes_copy(struct srcguard_modes *to, const struct srcguard_modes *from)
{
	u32 i;

	for (i = 0; i <= from->mask; i++) {
		if (!from->slot[i].ifindex || srcguard_modes_inherits(from->slot[i].mode))
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
	u32 used = old ? old->used : 0, slots;

	if (old && 2 * (used + more) <= old->mask + 1)
		return 0;
	slots = roundup_pow_of_two(max_t(u32, 2 * (used + more), SRCGUARD_MODES_LEAST_SLOTS));
	modes = kvzalloc(struct_size(modes, slot, slots), GFP_KERNEL_ACCOUNT);
	if (!modes)
		return -ENOMEM;
	modes->mask = slots - 1;
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
	u32 i = ifindex & modes->mask;
	int found;

	while ((found = smp_load_acquire(&modes->slot[i].ifindex)) != ifindex) {
		if (!found)
			return SRCGUARD_SETTING_INHERIT;
		i = (i + 1) & modes->mask;
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
