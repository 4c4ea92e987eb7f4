// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps the early hook ahead of br_netfilter's. A frame that a bridge hands up
 * to its host comes to PRE_ROUTING once as a bridged frame, which is not judged,
 * and once as the host's, which is. On that second way br_netfilter's own first
 * hook (ip_sabotage_in) takes it out of the chain; of two hooks with the same
 * priority netfilter calls the younger one first. So ours has to be registered
 * anew after br_netfilter's, which appear in a namespace with its first bridge,
 * or, for the bridges that exist, when br_netfilter is loaded. Process context.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>

#include "srcguard.h"

/**
 * srcguard_bridge_registered - a device appeared that may be a bridge
 * @sgn: its namespace; the caller holds RTNL
 * @dev: the device; br_netfilter has heard of it before
 *
 * Return: 0 or a negative error: without memory there is no bridge, rather than
 * one whose frames are not judged.
 */
int srcguard_bridge_registered(struct srcguard_net *sgn, const struct net_device *dev)
{
	return netif_is_bridge_master(dev) ? srcguard_hook_move_first(sgn) : 0;
}

static int srcguard_bridge_module_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct module *module = ptr;
	struct net *net;

	if (event != MODULE_STATE_LIVE || strcmp(module->name, "br_netfilter"))
		return NOTIFY_DONE;

	rtnl_lock();
	down_read(&net_rwsem);
	for_each_net(net)
		if (srcguard_hook_move_first(srcguard_netns_of(net)))
			pr_warn("no memory to judge what bridges hand up: turn rp_filter off and on\n");
	up_read(&net_rwsem);
	rtnl_unlock();
	return NOTIFY_OK;
}

static struct notifier_block srcguard_bridge_notifier = {
	.notifier_call = srcguard_bridge_module_event,
};

/**
 * srcguard_bridge_init - start to wait for br_netfilter
 *
 * Return: 0 or a negative error.
 */
int __init srcguard_bridge_init(void)
{
	return register_module_notifier(&srcguard_bridge_notifier);
}

/**
 * srcguard_bridge_exit - wait for it no more
 */
void srcguard_bridge_exit(void)
{
	unregister_module_notifier(&srcguard_bridge_notifier);
}
