// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sources that pass although they fail the reverse-path filter. The packet path
 * looks for them only then, in a hash table, from the longest length that occurs
 * to the shortest; lists are read by number. Process context under RTNL, but for
 * the lookup and for reading.
 */
#include <linux/netdevice.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "exempt.h"

#define SRCGUARD_EXEMPT_FAMILIES	2

/**
 * struct srcguard_exempt_key - what an exemption holds for; no padding but zeros
 * @prefix: the sources
 * @ifindex: the arrival device, 0 for all
 */
struct srcguard_exempt_key {
	struct srcguard_prefix prefix;
	int ifindex;
};

/**
 * struct srcguard_exemption - an exemption
 * @node: in its table's hash
 * @key: what it holds for; never changed
 * @id: its number in its table
 * @packets: what it let through; counted by any CPU, for these are few
 * @rcu: the packet path may still look at it
 */
struct srcguard_exemption {
	struct rhash_head node;
	struct srcguard_exempt_key key;
	u32 id;
	atomic64_t packets;
	struct rcu_head rcu;
};

/**
 * struct srcguard_exemptions - a namespace's list
 * @hash: struct srcguard_exemption by key. Its buckets are not accounted: 256 KiB
 *	at most, and as much while it grows.
 * @by_id: the same by number; 1 to SRCGUARD_EXEMPTIONS_MAX
 * @count: by family and length, how many there are
 * @bound: how many are for one device only
 * @total: how many there are
 *
 * A list that is being replaced is whole until its successor is published.
 */
struct srcguard_exemptions {
	struct rhashtable hash;
	struct xarray by_id;
	u16 count[SRCGUARD_EXEMPT_FAMILIES][SRCGUARD_PREFIX_MAX(1) + 1];
	unsigned int bound;
	unsigned int total;
};

static const struct rhashtable_params srcguard_exempt_params = {
	.key_len = sizeof(struct srcguard_exempt_key),
	.key_offset = offsetof(struct srcguard_exemption, key),
	.head_offset = offsetof(struct srcguard_exemption, node),
	.max_size = 2 * SRCGUARD_EXEMPTIONS_MAX,
	.automatic_shrinking = true,
};

/* --- one list --------------------------------------------------------------------- */

static struct srcguard_exemptions *srcguard_exempt_alloc(void)
{
	struct srcguard_exemptions *list = kzalloc(sizeof(*list), GFP_KERNEL_ACCOUNT);

	if (!list)
		return NULL;
	if (rhashtable_init(&list->hash, &srcguard_exempt_params)) {
		kfree(list);
		return NULL;
	}
	xa_init_flags(&list->by_id, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return list;
}

static void srcguard_exempt_free_one(void *exemption, void *unused)
{
	kfree(exemption);
}

/* Nobody looks at it any more. */
static void srcguard_exempt_free(struct srcguard_exemptions *list)
{
	if (!list)
		return;
	rhashtable_free_and_destroy(&list->hash, srcguard_exempt_free_one, NULL);
	xa_destroy(&list->by_id);
	kfree(list);
}

static void srcguard_exempt_count(struct srcguard_exemptions *list,
				  const struct srcguard_exempt_key *key, int by)
{
	u16 *count = &list->count[key->prefix.ipv6][key->prefix.length];

	/* The packet path reads it to skip lengths, at any time. */
	WRITE_ONCE(*count, *count + by);
	list->total += by;
	if (key->ifindex)
		list->bound += by;
}

static int srcguard_exempt_insert(struct srcguard_exemptions *list,
				  const struct srcguard_exempt_key *key)
{
	struct srcguard_exemption *exemption;
	int err;

	if (rhashtable_lookup_fast(&list->hash, key, srcguard_exempt_params))
		return -EEXIST;
	if (list->total == SRCGUARD_EXEMPTIONS_MAX)
		return -ENOSPC;
	exemption = kzalloc(sizeof(*exemption), GFP_KERNEL_ACCOUNT);
	if (!exemption)
		return -ENOMEM;
	exemption->key = *key;

	err = xa_alloc(&list->by_id, &exemption->id, exemption,
		       XA_LIMIT(1, SRCGUARD_EXEMPTIONS_MAX), GFP_KERNEL);
	if (err)
		goto err_free;
	err = rhashtable_insert_fast(&list->hash, &exemption->node, srcguard_exempt_params);
	if (err)
		goto err_erase;
	srcguard_exempt_count(list, key, 1);
	return 0;

err_erase:
	xa_erase(&list->by_id, exemption->id);
err_free:
	/* A dump may have seen it. */
	kfree_rcu(exemption, rcu);
	return err;
}

static void srcguard_exempt_remove(struct srcguard_exemptions *list,
				   struct srcguard_exemption *exemption)
{
	srcguard_exempt_count(list, &exemption->key, -1);
	rhashtable_remove_fast(&list->hash, &exemption->node, srcguard_exempt_params);
	xa_erase(&list->by_id, exemption->id);
	kfree_rcu(exemption, rcu);
}

/* --- a namespace's list ----------------------------------------------------------- */

static void srcguard_exempt_changed(struct srcguard_net *sgn)
{
	/* 0 means "no generation" to netlink dumps. */
	WRITE_ONCE(sgn->exempt_generation, sgn->exempt_generation + 1 ?: 1);
}

static void srcguard_exempt_publish(struct srcguard_net *sgn, struct srcguard_exemptions *list)
{
	struct srcguard_exemptions *old = rtnl_dereference(sgn->exemptions);

	rcu_assign_pointer(sgn->exemptions, list);
	srcguard_exempt_changed(sgn);
	if (!old)
		return;
	synchronize_net();
	srcguard_exempt_free(old);
}

/* The last one takes the list along, so that a failing packet looks for nothing. */
static void srcguard_exempt_tidy(struct srcguard_net *sgn)
{
	const struct srcguard_exemptions *list = rtnl_dereference(sgn->exemptions);

	srcguard_exempt_changed(sgn);
	if (list && !list->total)
		srcguard_exempt_publish(sgn, NULL);
}

static void srcguard_exempt_say(int err, struct netlink_ext_ack *extack)
{
	switch (err) {
	case -ENOMEM:
		NL_SET_ERR_MSG(extack, "No memory for the exemption");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "This network namespace has all the exemptions it may have");
		break;
	case -EEXIST:
		NL_SET_ERR_MSG(extack, "This exemption is there already");
		break;
	case -ENOENT:
		NL_SET_ERR_MSG(extack, "There is no such exemption");
		break;
	}
}

static void srcguard_exempt_key(struct srcguard_exempt_key *key,
				const struct srcguard_prefix *prefix, int ifindex)
{
	/* All of it is hashed. */
	memset(key, 0, sizeof(*key));
	key->prefix.address = prefix->address;
	key->prefix.length = prefix->length;
	key->prefix.ipv6 = prefix->ipv6;
	key->ifindex = ifindex;
}

/**
 * srcguard_exempt_add - let a source through
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 * @prefix: the sources; exact
 * @ifindex: the arrival device, 0 for all
 * @extack: told why it failed
 *
 * Return: 0 or a negative error, and then nothing has changed.
 */
int srcguard_exempt_add(struct srcguard_net *sgn, const struct srcguard_prefix *prefix,
			int ifindex, struct netlink_ext_ack *extack)
{
	struct srcguard_exemptions *list = rtnl_dereference(sgn->exemptions);
	struct srcguard_exempt_key key;
	int err = -ENOMEM;

	srcguard_exempt_key(&key, prefix, ifindex);
	if (!list)
		list = srcguard_exempt_alloc();
	if (list)
		err = srcguard_exempt_insert(list, &key);
	srcguard_exempt_say(err, extack);

	if (list != rtnl_dereference(sgn->exemptions)) {
		if (!err)
			srcguard_exempt_publish(sgn, list);
		else
			srcguard_exempt_free(list);
	} else if (!err) {
		srcguard_exempt_changed(sgn);
	}
	return err;
}

/**
 * srcguard_exempt_del - let a source through no more
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 * @prefix: the sources
 * @ifindex: the arrival device, 0 for all
 * @extack: told why it failed
 *
 * Return: 0 or -ENOENT.
 */
int srcguard_exempt_del(struct srcguard_net *sgn, const struct srcguard_prefix *prefix,
			int ifindex, struct netlink_ext_ack *extack)
{
	struct srcguard_exemptions *list = rtnl_dereference(sgn->exemptions);
	struct srcguard_exemption *exemption = NULL;
	struct srcguard_exempt_key key;

	srcguard_exempt_key(&key, prefix, ifindex);
	if (list)
		exemption = rhashtable_lookup_fast(&list->hash, &key, srcguard_exempt_params);
	if (!exemption) {
		srcguard_exempt_say(-ENOENT, extack);
		return -ENOENT;
	}
	srcguard_exempt_remove(list, exemption);
	srcguard_exempt_tidy(sgn);
	return 0;
}

/**
 * srcguard_exempt_gone - a device left, and what is for it alone goes, too
 * @sgn: the namespace that it left; the caller holds RTNL
 * @dev: the device
 */
void srcguard_exempt_gone(struct srcguard_net *sgn, const struct net_device *dev)
{
	struct srcguard_exemptions *lists[] = { rtnl_dereference(sgn->exemptions), sgn->staged };
	struct srcguard_exemption *exemption;
	bool removed = false;
	unsigned long id;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!lists[i] || !lists[i]->bound)
			continue;
		xa_for_each(&lists[i]->by_id, id, exemption) {
			if (exemption->key.ifindex != dev->ifindex)
				continue;
			srcguard_exempt_remove(lists[i], exemption);
			removed = true;
		}
	}
	if (removed)
		srcguard_exempt_tidy(sgn);
}

/* --- a list in several parts ------------------------------------------------------ */

/**
 * srcguard_exempt_stage_drop - forget a list that was begun
 * @sgn: the namespace; the caller holds RTNL
 */
void srcguard_exempt_stage_drop(struct srcguard_net *sgn)
{
	srcguard_exempt_free(sgn->staged);
	sgn->staged = NULL;
}

/**
 * srcguard_exempt_stage_begin - begin a list, and forget one that was begun before
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 * @number: what the list's parts have in common
 *
 * Return: 0 or -ENOMEM.
 */
int srcguard_exempt_stage_begin(struct srcguard_net *sgn, u32 number)
{
	srcguard_exempt_stage_drop(sgn);
	sgn->staged = srcguard_exempt_alloc();
	sgn->staged_number = number;
	return sgn->staged ? 0 : -ENOMEM;
}

/**
 * srcguard_exempt_stage_is - whether a list has been begun
 * @sgn: the namespace; the caller holds RTNL
 * @number: which list
 */
bool srcguard_exempt_stage_is(const struct srcguard_net *sgn, u32 number)
{
	return sgn->staged && sgn->staged_number == number;
}

/**
 * srcguard_exempt_stage_add - add to the list that was begun
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 * @prefix: the sources; exact
 * @ifindex: the arrival device, 0 for all
 * @extack: told why it failed
 *
 * Return: 0 or a negative error.
 */
int srcguard_exempt_stage_add(struct srcguard_net *sgn, const struct srcguard_prefix *prefix,
			      int ifindex, struct netlink_ext_ack *extack)
{
	struct srcguard_exempt_key key;
	int err;

	srcguard_exempt_key(&key, prefix, ifindex);
	err = srcguard_exempt_insert(sgn->staged, &key);
	srcguard_exempt_say(err, extack);
	return err;
}

/**
 * srcguard_exempt_stage_adds - whether the list that was begun holds what is not exempt now
 * @sgn: the namespace; the caller holds RTNL
 */
bool srcguard_exempt_stage_adds(struct srcguard_net *sgn)
{
	struct srcguard_exemptions *list = rtnl_dereference(sgn->exemptions);
	const struct srcguard_exemption *exemption;
	unsigned long id;

	xa_for_each(&sgn->staged->by_id, id, exemption)
		if (!list || !rhashtable_lookup_fast(&list->hash, &exemption->key,
						     srcguard_exempt_params))
			return true;
	return false;
}

/**
 * srcguard_exempt_stage_end - have the list that was begun hold
 * @sgn: the namespace; the caller holds RTNL and has checked capabilities
 */
void srcguard_exempt_stage_end(struct srcguard_net *sgn)
{
	struct srcguard_exemptions *list = sgn->staged;

	sgn->staged = NULL;
	srcguard_exempt_publish(sgn, list);
	srcguard_exempt_tidy(sgn);
}

/* --- for readers ------------------------------------------------------------------ */

static struct srcguard_exemption *srcguard_exempt_find(struct srcguard_exemptions *list,
						       struct srcguard_exempt_key *key,
						       int ifindex)
{
	struct srcguard_exemption *exemption;

	key->ifindex = ifindex;
	exemption = rhashtable_lookup(&list->hash, key, srcguard_exempt_params);
	if (exemption)
		return exemption;
	key->ifindex = 0;
	return rhashtable_lookup(&list->hash, key, srcguard_exempt_params);
}

/**
 * srcguard_exempt_covers - whether a source that failed passes all the same
 * @sgn: the namespace; called in the packet path
 * @source: the address, as a prefix of full length
 * @ifindex: the arrival device
 * @count: it is a packet, and not only a question
 */
bool srcguard_exempt_covers(struct srcguard_net *sgn, const struct srcguard_prefix *source,
			    int ifindex, bool count)
{
	struct srcguard_exemptions *list = rcu_dereference(sgn->exemptions);
	struct srcguard_exemption *exemption;
	struct srcguard_exempt_key key;
	int length;

	if (likely(!list))
		return false;
	srcguard_exempt_key(&key, source, ifindex);
	for (length = source->length; length >= 0; length--) {
		if (!READ_ONCE(list->count[source->ipv6][length]))
			continue;
		srcguard_prefix_cut(&key.prefix, length);
		exemption = srcguard_exempt_find(list, &key, ifindex);
		if (!exemption)
			continue;
		if (count)
			atomic64_inc(&exemption->packets);
		return true;
	}
	return false;
}

/**
 * srcguard_exempt_next - go through the list
 * @sgn: the namespace; the caller holds rcu_read_lock()
 * @id: where to begin, and where it was found
 * @entry: what it is
 *
 * Return: whether there is one more.
 */
bool srcguard_exempt_next(struct srcguard_net *sgn, unsigned long *id,
			  struct srcguard_exempt_entry *entry)
{
	struct srcguard_exemptions *list = rcu_dereference(sgn->exemptions);
	const struct srcguard_exemption *exemption;

	exemption = list ? xa_find(&list->by_id, id, ULONG_MAX, XA_PRESENT) : NULL;
	if (!exemption)
		return false;
	entry->prefix = exemption->key.prefix;
	entry->ifindex = exemption->key.ifindex;
	entry->packets = atomic64_read(&exemption->packets);
	return true;
}

/**
 * srcguard_exempt_net_init - nothing is exempt in a new namespace
 * @sgn: the namespace
 */
void srcguard_exempt_net_init(struct srcguard_net *sgn)
{
	sgn->exempt_generation = 1;
}

/**
 * srcguard_exempt_net_exit - free what is left
 * @sgn: the namespace; its hooks run no more, and nobody reads its lists
 */
void srcguard_exempt_net_exit(struct srcguard_net *sgn)
{
	srcguard_exempt_stage_drop(sgn);
	srcguard_exempt_free(rcu_dereference_raw(sgn->exemptions));
}
