// SPDX-License-Identifier: GPL-2.0-only
/*
 * Patterns of device names, and what they set. Process context under RTNL, but for
 * reading the list.
 */
#include <linux/ctype.h>
#include <linux/slab.h>

#include "settings.h"

/**
 * srcguard_pattern_of - the most exact pattern for a device's name
 * @sgn: the namespace; the caller holds RTNL
 * @name: the name
 * @leaving: a pattern to leave out, for it is about to go; may be NULL
 *
 * Return: NULL if there is none.
 */
const struct srcguard_pattern *
srcguard_pattern_of(struct srcguard_net *sgn, const char *name,
			     const struct srcguard_pattern *leaving)
{
	const struct srcguard_pattern *pattern, *best = NULL;
	unsigned int exact, most = 0;
	unsigned long id;

	xa_for_each(&sgn->patterns, id, pattern) {
		exact = srcguard_settings_matches(pattern->name, name);
		if (exact > most && pattern != leaving) {
			most = exact;
			best = pattern;
		}
	}
	return best;
}

/**
 * srcguard_pattern_find - a pattern by its own name
 * @sgn: the namespace; the caller holds RTNL
 * @name: the pattern
 * @id: takes its number
 *
 * Return: NULL if there is none.
 */
struct srcguard_pattern *srcguard_pattern_find(struct srcguard_net *sgn, const char *name,
					       unsigned long *id)
{
	struct srcguard_pattern *pattern;

	xa_for_each(&sgn->patterns, *id, pattern)
		if (!strcmp(pattern->name, name))
			return pattern;
	return NULL;
}

static int srcguard_pattern_add(struct srcguard_net *sgn,
					 struct srcguard_pattern *pattern, unsigned long *id)
{
	u32 free;
	int err;

	err = xa_alloc(&sgn->patterns, &free, pattern, XA_LIMIT(1, SRCGUARD_PATTERNS_MAX),
		       GFP_KERNEL);
	*id = free;
	return err == -EBUSY ? -ENOSPC : err;
}

/**
 * srcguard_pattern_set - change some settings of a pattern, or make one
 * @sgn: the namespace; the caller holds RTNL
 * @name: the pattern
 * @settings: the new values
 *
 * Return: 0 or a negative error, and then nothing has changed.
 */
int srcguard_pattern_set(struct srcguard_net *sgn, const char *name,
					 const struct srcguard_settings *settings)
{
	struct srcguard_pattern *old, *new;
	unsigned long id;
	int err = 0;

	new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	strscpy(new->name, name, sizeof(new->name));
	srcguard_settings_clear(&new->settings);
	old = srcguard_pattern_find(sgn, name, &id);
	if (old)
		new->settings = old->settings;
	srcguard_settings_update(&new->settings, settings);

	/* To put one in the place of another takes no memory. */
	if (old)
		xa_store(&sgn->patterns, id, new, GFP_KERNEL);
	else
		err = srcguard_pattern_add(sgn, new, &id);
	if (err) {
		kfree(new);
		return err;
	}
	err = srcguard_settings_apply_all(sgn, NULL);
	if (!err) {
		if (old)
			kfree_rcu(old, rcu);
	} else {
		if (old)
			xa_store(&sgn->patterns, id, old, GFP_KERNEL);
		else
			xa_erase(&sgn->patterns, id);
		kfree_rcu(new, rcu);
	}
	srcguard_settings_changed(sgn);
	return err;
}

/**
 * srcguard_pattern_drop - take a pattern away
 * @sgn: the namespace; the caller holds RTNL
 * @name: the pattern
 *
 * Return: 0 or a negative error, and then nothing has changed.
 */
int srcguard_pattern_drop(struct srcguard_net *sgn, const char *name)
{
	struct srcguard_pattern *pattern;
	unsigned long id;
	int err;

	pattern = srcguard_pattern_find(sgn, name, &id);
	if (!pattern)
		return -ENOENT;
	err = srcguard_settings_apply_all(sgn, pattern);
	if (err)
		return err;
	xa_erase(&sgn->patterns, id);
	srcguard_settings_changed(sgn);
	kfree_rcu(pattern, rcu);
	return 0;
}

/**
 * srcguard_pattern_check - whether a name with an asterisk is a pattern, of names that
 *	devices can have (dev_valid_name())
 * @name: the name
 * @extack: told if it is not
 *
 * Return: 0 or -EINVAL.
 */
int srcguard_pattern_check(const char *name, struct netlink_ext_ack *extack)
{
	if (strchr(name, '*')[1]) {
		NL_SET_ERR_MSG(extack, "A pattern has one asterisk, at its end");
		return -EINVAL;
	}
	for (; *name; name++) {
		if (isspace(*name) || *name == '/' || *name == ':') {
			NL_SET_ERR_MSG(extack, "No device has white space, a slash or a colon in its name");
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * srcguard_pattern_next - go through the patterns
 * @sgn: the namespace; the caller holds rcu_read_lock()
 * @id: where to begin, and where it was found
 * @settings: what it sets
 *
 * Return: the pattern, or NULL at the end.
 */
const char *srcguard_pattern_next(struct srcguard_net *sgn, unsigned long *id,
					   const struct srcguard_settings **settings)
{
	const struct srcguard_pattern *pattern =
		xa_find(&sgn->patterns, id, ULONG_MAX, XA_PRESENT);

	if (!pattern)
		return NULL;
	*settings = &pattern->settings;
	return pattern->name;
}
