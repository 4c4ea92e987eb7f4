// SPDX-License-Identifier: GPL-2.0-only
/*
 * srcguard: decides, per network namespace, which sources a packet may claim.
 *
 * The parts, in the order they come up: netns.c gives every namespace its
 * policy, limits, sysctls and, while a guard is on, its hooks; device.c follows devices,
 * for limit.c all of them and for tunnel.c those that are tunnels; bridge.c follows
 * br_netfilter; netlink.c lets the tool in, and event.c tells who listens; clone.c offers
 * a kind of devices.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "device.h"
#include "lock.h"

/*
 * What the namespaces that exist at load time start with. Written by the
 * module's parameters and by srcguard_main_init(), before anybody reads it.
 */
struct srcguard_knobs srcguard_main_params;

/* Which of them were given: a bit for every knob, BIT(enum srcguard_policy_attr). */
static u32 srcguard_main_given;

static int srcguard_main_param_set(const char *text, const struct kernel_param *param)
{
	const __s32 *value = param->arg;
	unsigned int knob = value - srcguard_main_params.value;
	const struct srcguard_knob *range = &srcguard_knob_table[knob];
	long number;

	if (kstrtol(text, 0, &number) || !srcguard_knob_allows(knob, number)) {
		pr_err("parameter %s must be %d..%d\n", range->name, range->min, range->max);
		return -EINVAL;
	}
	srcguard_main_params.value[knob] = number;
	srcguard_main_given |= BIT(knob);
	return 0;
}

static const struct kernel_param_ops srcguard_main_param_ops = {
	.set = srcguard_main_param_set,
	.get = param_get_int,
};

#define SRCGUARD_MAIN_PARAM(name, knob, text) \
	module_param_cb(name, &srcguard_main_param_ops, &srcguard_main_params.value[knob], 0444); \
	MODULE_PARM_DESC(name, text)

SRCGUARD_MAIN_PARAM(rp_filter, SRCGUARD_A_POLICY_RP_FILTER,
		    "reverse-path filter: 0 off, 1 strict (default), 2 loose, 3 feasible");
SRCGUARD_MAIN_PARAM(enforce, SRCGUARD_A_POLICY_ENFORCE,
		    "1 drop what fails a guard (default), 0 only count it");
SRCGUARD_MAIN_PARAM(sixtofour, SRCGUARD_A_POLICY_SIXTOFOUR,
		    "6to4 guard: 0 off, 1 what sit would reject (default), 2 all of RFC 3964");
SRCGUARD_MAIN_PARAM(log_martians, SRCGUARD_A_POLICY_LOG_MARTIANS,
		    "1 log what fails the reverse-path filter (default 0)");
SRCGUARD_MAIN_PARAM(log_6to4, SRCGUARD_A_POLICY_LOG_6TO4,
		    "1 log what fails the 6to4 guard (default 0)");
SRCGUARD_MAIN_PARAM(log_interval, SRCGUARD_A_POLICY_LOG_INTERVAL,
		    "seconds between two lines of a reason and device (1..86400, default 60)");
SRCGUARD_MAIN_PARAM(log_daily_max, SRCGUARD_A_POLICY_LOG_DAILY_MAX,
		    "lines a day of the whole host (0..100000, default 1000)");
SRCGUARD_MAIN_PARAM(loopback_limit, SRCGUARD_A_POLICY_LOOPBACK_LIMIT,
		    "devices of kind loopback (0..65535, -1 any number, default 0)");
SRCGUARD_MAIN_PARAM(lock, SRCGUARD_A_POLICY_LOCK,
		    "1 locks limits, logs and filters until the next boot (default 0)");

static void __init srcguard_main_complete_params(void)
{
	struct srcguard_knobs preset;
	unsigned int knob;

	srcguard_knob_preset(&preset);
	for (knob = 1; knob <= SRCGUARD_A_POLICY_MAX; knob++)
		if (!(srcguard_main_given & BIT(knob)))
			srcguard_main_params.value[knob] = preset.value[knob];
}

static int __init srcguard_main_init(void)
{
	int err;

	srcguard_main_complete_params();
	/* Before anybody could change what is to stay. */
	if (srcguard_main_params.value[SRCGUARD_A_POLICY_LOCK]) {
		rtnl_lock();
		srcguard_lock_set();
		rtnl_unlock();
	}

	err = srcguard_netns_init();
	if (err)
		return err;
	err = srcguard_device_init();
	if (err)
		goto err_netns_exit;
	err = srcguard_bridge_init();
	if (err)
		goto err_device_exit;
	err = srcguard_netlink_init();
	if (err)
		goto err_bridge_exit;
	err = srcguard_clone_init();
	if (err)
		goto err_netlink_exit;
	srcguard_netns_ready();
	return 0;

err_netlink_exit:
	srcguard_netlink_exit();
err_bridge_exit:
	srcguard_bridge_exit();
err_device_exit:
	srcguard_device_exit();
err_netns_exit:
	srcguard_netns_exit();
	return err;
}

static void __exit srcguard_main_exit(void)
{
	srcguard_clone_exit();
	srcguard_netlink_exit();
	srcguard_bridge_exit();
	srcguard_device_exit();
	srcguard_netns_exit();
}

module_init(srcguard_main_init);
module_exit(srcguard_main_exit);

MODULE_DESCRIPTION("source guards of network namespaces: reverse-path filter, 6to4, limits of devices");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
