// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is kept about the devices of a namespace while one of its guards is on:
 * their counters. Follows netdevice events, so a device that leaves (also to
 * another namespace) takes its numbers along and one that comes starts clean;
 * and passes them on to who wants to know. Process context, under RTNL.
 */
#include <linux/slab.h>

#include "device.h"
#include "exempt.h"
#include "limit.h"
#include "settings.h"
#include "tunnel.h"

/* No device has index 0: there is the stand-in for those without an entry. */
#define SRCGUARD_DEVICE_STAND_IN	0

/*
 * Whether events come in, so that a device in the table is taken out in time.
 * Not so while the module is being loaded: a namespace's table has only the
 * stand-in then, and the notifier's registration tells of all devices. RTNL.
 */
static bool srcguard_device_following;

/*
 * Whether the module is on its way out. Then the end of the notifier tells that all
 * devices go, and what is set for them must hold as long as the hooks do. RTNL.
 */
static bool srcguard_device_leaving;

static void srcguard_device_free_rcu(struct rcu_head *rcu)
{
	struct srcguard_device *device = container_of(rcu, struct srcguard_device, rcu);

	free_percpu(device->counters);
	kfree(device);
}

static struct srcguard_device *srcguard_device_alloc(struct net_device *dev)
{
	struct srcguard_device *device = kzalloc(sizeof(*device), GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!device)
		return NULL;
	device->dev = dev;
	device->counters = alloc_percpu_gfp(struct srcguard_counters, GFP_KERNEL_ACCOUNT);
	if (!device->counters) {
		kfree(device);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(device->counters, cpu)->syncp);
	return device;
}

static void srcguard_device_changed(struct srcguard_net *sgn)
{
	/* 0 means "no generation" to netlink dumps. */
	WRITE_ONCE(sgn->generation, sgn->generation + 1 ?: 1);
}

static int srcguard_device_add(struct srcguard_net *sgn, unsigned long index,
			       struct net_device *dev)
{
	struct srcguard_device *device;
	int err;

	if (xa_load(&sgn->devices, index))
		return 0;
	device = srcguard_device_alloc(dev);
	if (!device)
		return -ENOMEM;
	err = xa_err(xa_store(&sgn->devices, index, device, GFP_KERNEL));
	if (err)
		srcguard_device_free_rcu(&device->rcu);
	else
		srcguard_device_changed(sgn);
	return err;
}

static void srcguard_device_remove(struct srcguard_net *sgn, unsigned long index)
{
	struct srcguard_device *device = xa_erase(&sgn->devices, index);

	if (!device)
		return;
	srcguard_device_changed(sgn);
	call_rcu(&device->rcu, srcguard_device_free_rcu);
}

/**
 * srcguard_device_net_fill - allocate what the guards need for every device
 * @sgn: the namespace
 *
 * Return: 0 or -ENOMEM, and then no more is kept than srcguard_device_net_drain() does.
 */
int srcguard_device_net_fill(struct srcguard_net *sgn)
{
	struct net_device *dev;
	int err;

	err = srcguard_device_add(sgn, SRCGUARD_DEVICE_STAND_IN, NULL);
	for_each_netdev(sgn->net, dev) {
		if (err || !srcguard_device_following)
			break;
		err = srcguard_device_add(sgn, dev->ifindex, dev);
	}
	if (err)
		srcguard_device_net_drain(sgn);
	return err;
}

static bool srcguard_device_net_logs(struct srcguard_net *sgn)
{
	const struct srcguard_policy *policy = rtnl_dereference(sgn->policy);

	return !sgn->leaving && (policy->knobs.value[SRCGUARD_A_POLICY_LOG_MARTIANS] ||
				 policy->knobs.value[SRCGUARD_A_POLICY_LOG_6TO4]);
}

static bool srcguard_device_has_line(const struct srcguard_device *device)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(device->log); i++)
		if (atomic64_read(&device->log[i].last))
			return true;
	return false;
}

/* Nobody counts any more, but dumps may be reading. */
static void srcguard_device_reset(struct srcguard_device *device)
{
	int cpu;

	local_bh_disable();
	for_each_possible_cpu(cpu) {
		struct srcguard_counters *counters = per_cpu_ptr(device->counters, cpu);

		u64_stats_update_begin(&counters->syncp);
		memset(counters->slot, 0, sizeof(counters->slot));
		u64_stats_update_end(&counters->syncp);
	}
	local_bh_enable();
}

/**
 * srcguard_device_net_drain - free what srcguard_device_net_fill() allocated
 * @sgn: the namespace; its hooks run no more. The caller holds RTNL
 *
 * While the log is on, what had a line stays, without its numbers: the guards are turned
 * off and on by the namespace's root, who must not get another line by that.
 */
void srcguard_device_net_drain(struct srcguard_net *sgn)
{
	bool logs = srcguard_device_net_logs(sgn);
	struct srcguard_device *device;
	unsigned long index;

	xa_for_each(&sgn->devices, index, device) {
		if (!logs || !srcguard_device_has_line(device)) {
			srcguard_device_remove(sgn, index);
		} else {
			srcguard_device_reset(device);
			srcguard_device_changed(sgn);
		}
	}
}

/**
 * srcguard_device_find - what is kept about a device
 * @sgn: the namespace; a guard is on, and the caller holds rcu_read_lock()
 * @ifindex: the device
 *
 * Return: the stand-in if memory was short when the device came; NULL only if
 * the guard is being turned off.
 */
struct srcguard_device *srcguard_device_find(struct srcguard_net *sgn, int ifindex)
{
	struct srcguard_device *device = xa_load(&sgn->devices, ifindex);

	return likely(device) ? device : xa_load(&sgn->devices, SRCGUARD_DEVICE_STAND_IN);
}

/*
 * As long as somebody holds a device that went, the kernel tells each second that it
 * goes. By then another one may have its index, and the namespaces may be gone that it
 * was in or, a tunnel, sends in.
 */
static bool srcguard_device_is_over(const struct net_device *dev, unsigned long event)
{
	return event == NETDEV_UNREGISTER && dev->reg_state == NETREG_UNREGISTERED;
}

static int srcguard_device_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct srcguard_net *sgn;
	int err;

	srcguard_device_following = true;

	if (srcguard_device_is_over(dev, event))
		return NOTIFY_DONE;
	sgn = srcguard_netns_of(dev_net(dev));
	err = srcguard_member_event(sgn, dev, event, netdev_notifier_info_to_extack(ptr));
	/* What must not come or be used is nothing to the others. */
	if (err && event != NETDEV_REGISTER)
		return notifier_from_errno(err);
	err = srcguard_tunnel_event(dev, event) ?: err;
	switch (event) {
	case NETDEV_REGISTER:
		/*
		 * Without memory for its counters the device comes all the same,
		 * and the stand-in counts. One without the settings that a pattern
		 * has for it does not, unless it moves in, which nobody can refuse.
		 */
		if (sgn->guards)
			srcguard_device_add(sgn, dev->ifindex, dev);
		err = srcguard_settings_named(sgn, dev) ?: err;
		if (!err)
			err = srcguard_bridge_registered(sgn, dev);
		break;
	case NETDEV_UNREGISTER:
		srcguard_device_remove(sgn, dev->ifindex);
		if (!srcguard_device_leaving) {
			srcguard_settings_gone(sgn, dev);
			srcguard_exempt_gone(sgn, dev);
		}
		break;
	case NETDEV_CHANGENAME:
		srcguard_device_changed(sgn);
		srcguard_settings_named(sgn, dev);
		break;
	}
	return notifier_from_errno(err);
}

static struct notifier_block srcguard_device_notifier = {
	.notifier_call = srcguard_device_event,
	/* After br_netfilter's, see bridge.c. */
	.priority = INT_MIN,
};

/**
 * srcguard_device_init - start to follow netdevice events
 *
 * Return: 0 or a negative error.
 */
int srcguard_device_init(void)
{
	int err = register_netdevice_notifier(&srcguard_device_notifier);

	rtnl_lock();
	srcguard_member_ready(!err);
	rtnl_unlock();
	return err;
}

/**
 * srcguard_device_exit - follow them no more
 */
void srcguard_device_exit(void)
{
	rtnl_lock();
	srcguard_device_leaving = true;
	srcguard_member_ready(false);
	rtnl_unlock();
	unregister_netdevice_notifier(&srcguard_device_notifier);
	rtnl_lock();
	srcguard_device_following = false;
	rtnl_unlock();
}
