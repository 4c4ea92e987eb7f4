// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.srcguard in every namespace: each knob of core/knob.c as a file.
 *
 * A file's mode protects nothing here: the root of an unprivileged user
 * namespace may write the sysctls of its network namespace. So every write
 * checks the capability itself.
 */
#include <linux/capability.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <linux/user_namespace.h>

#include "lock.h"

static int srcguard_sysctl_set(struct srcguard_net *sgn, unsigned int knob, int value)
{
	struct srcguard_knobs knobs = {};
	int err;

	knobs.value[knob] = value;
	rtnl_lock();
	err = srcguard_policy_set(sgn, &knobs, BIT(knob), NULL, NULL);
	rtnl_unlock();
	return err;
}

/*
 * That root may open a file of its own, and hand it to a set-id program of the host's,
 * which writes there what it was told to complain of. The kernel does not say who opened
 * a file; but who writes to a knob of the host's has to be in the file's namespace, as
 * anybody is who opened it there himself, and no such program is in that root's.
 */
static bool srcguard_sysctl_may_write(const struct srcguard_net *sgn, bool host)
{
	if (!host)
		return ns_capable(sgn->net->user_ns, CAP_NET_ADMIN);
	return net_eq(current->nsproxy->net_ns, sgn->net) &&
	       ns_capable(&init_user_ns, CAP_NET_ADMIN);
}

static int srcguard_sysctl_knob(const struct ctl_table *table, int write, void *buffer,
				size_t *length, loff_t *offset)
{
	struct srcguard_net *sgn = table->extra1;
	unsigned int knob = (unsigned long)table->extra2;
	const struct srcguard_knob *range = &srcguard_knob_table[knob];
	struct srcguard_knobs knobs;
	struct ctl_table number = {
		.procname = table->procname,
		.maxlen = sizeof(knobs.value[knob]),
		.mode = table->mode,
		.extra1 = (void *)&range->min,
		.extra2 = (void *)&range->max,
	};
	int err, was;

	if (write && !srcguard_sysctl_may_write(sgn, range->host)) {
		srcguard_lock_count(sgn);
		return -EPERM;
	}

	srcguard_policy_read(sgn, &knobs);
	was = knobs.value[knob];
	number.data = &knobs.value[knob];
	err = proc_dointvec_minmax(&number, write, buffer, length, offset);
	if (err || !write || knobs.value[knob] == was)
		return err;
	return srcguard_sysctl_set(sgn, knob, knobs.value[knob]);
}
COMPAT_PROC_HANDLER(srcguard_sysctl_knob)

/**
 * srcguard_sysctl_net_init - show a namespace's knobs
 * @sgn: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int srcguard_sysctl_net_init(struct srcguard_net *sgn)
{
	unsigned long knob;

	/* One more than there are: before 6.6 an empty entry ends the table. */
	sgn->sysctl_table = kcalloc(SRCGUARD_A_POLICY_MAX + 1, sizeof(*sgn->sysctl_table),
				    GFP_KERNEL_ACCOUNT);
	if (!sgn->sysctl_table)
		return -ENOMEM;

	for (knob = 1; knob <= SRCGUARD_A_POLICY_MAX; knob++) {
		struct ctl_table *entry = &sgn->sysctl_table[knob - 1];

		entry->procname = srcguard_knob_table[knob].name;
		entry->mode = 0644;
		entry->proc_handler = compat_proc_handler(srcguard_sysctl_knob);
		entry->extra1 = sgn;
		entry->extra2 = (void *)knob;
	}

	sgn->sysctl_header = register_net_sysctl_sz(sgn->net, "net/srcguard", sgn->sysctl_table,
						    SRCGUARD_A_POLICY_MAX);
	if (!sgn->sysctl_header) {
		kfree(sgn->sysctl_table);
		return -ENOMEM;
	}
	return 0;
}

/**
 * srcguard_sysctl_net_exit - take the files away; waits for their users
 * @sgn: the namespace
 */
void srcguard_sysctl_net_exit(struct srcguard_net *sgn)
{
	unregister_net_sysctl_table(sgn->sysctl_header);
	kfree(sgn->sysctl_table);
}
