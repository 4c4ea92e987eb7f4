// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults planted on purpose, no part of the product: tests/vm/debug_controls
 * loads this to see that the debug kernel reports each of them, and that the
 * rig then fails. With "refuse" it has a function of the kernel's fail instead, as
 * long as it is loaded: tests/vm/faults.sh, where no allocation can.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

static char *fault = "none";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "which one");

static char *refuse;
module_param(refuse, charp, 0);
MODULE_PARM_DESC(refuse, "a function that does nothing but return an answer");

static int answer = -ENOMEM;
module_param(answer, int, 0);
MODULE_PARM_DESC(answer, "which one");

static int skip;
module_param(skip, int, 0444);
MODULE_PARM_DESC(skip, "how many more calls of it go through before that");

static DEFINE_MUTEX(controls_first);
static DEFINE_MUTEX(controls_second);
static DEFINE_SPINLOCK(controls_spin);
static int controls_number;

struct controls_object {
	struct work_struct work;
	int number[4];
};

static struct controls_object __rcu *controls_pointer;

static void controls_use_after_free(void)
{
	struct controls_object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return;
	kfree(object);
	WRITE_ONCE(object->number[1], 1);
}

static void controls_leak(void)
{
	struct controls_object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	if (object)
		object->number[0] = 1;
}

static void controls_lock_inversion(void)
{
	mutex_lock(&controls_first);
	mutex_lock(&controls_second);
	mutex_unlock(&controls_second);
	mutex_unlock(&controls_first);

	mutex_lock(&controls_second);
	mutex_lock(&controls_first);
	mutex_unlock(&controls_first);
	mutex_unlock(&controls_second);
}

static void controls_sleep_in_atomic(void)
{
	spin_lock(&controls_spin);
	kfree(kmalloc(16, GFP_KERNEL));
	spin_unlock(&controls_spin);
}

/* Looks at what RCU protects without being a reader. */
static void controls_rcu(void)
{
	if (rcu_dereference(controls_pointer))
		pr_info("there is an object\n");
}

static void controls_work(struct work_struct *work)
{
}

/* Frees what still waits to be worked on. */
static void controls_object_in_use(void)
{
	struct controls_object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return;
	INIT_WORK(&object->work, controls_work);
	preempt_disable();
	schedule_work(&object->work);
	kfree(object);
	preempt_enable();
}

static void controls_shift(void)
{
	int distance = 40;

	OPTIMIZER_HIDE_VAR(distance);
	WRITE_ONCE(controls_number, 1 << distance);
}

/* Lets a reference go twice, in place of somebody else's. */
static void controls_reference(void)
{
	netns_tracker tracker;

	get_net(&init_net);
	get_net_track(&init_net, &tracker, GFP_KERNEL);
	put_net_track(&init_net, &tracker);
	put_net_track(&init_net, &tracker);
}

static const struct {
	const char *name;
	void (*plant)(void);
} controls[] = {
	{ "use-after-free", controls_use_after_free },
	{ "leak", controls_leak },
	{ "lock-inversion", controls_lock_inversion },
	{ "sleep-in-atomic", controls_sleep_in_atomic },
	{ "rcu", controls_rcu },
	{ "object-in-use", controls_object_in_use },
	{ "shift", controls_shift },
	{ "reference", controls_reference },
};

/* At a function's first instruction: returns for it. */
static int controls_refuse(struct kprobe *probe, struct pt_regs *regs)
{
	if (skip > 0) {
		skip--;
		return 0;
	}
	regs->ax = (long)answer;
	regs->ip = READ_ONCE_NOCHECK(*(unsigned long *)regs->sp);
	regs->sp += sizeof(unsigned long);
	return 1;
}

/* Keeps the probe from being optimized, after which it could not do that. */
static void controls_refused(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe controls_probe = {
	.pre_handler  = controls_refuse,
	.post_handler = controls_refused,
};

static int __init controls_init(void)
{
	unsigned int i;

	if (refuse) {
		controls_probe.symbol_name = refuse;
		return register_kprobe(&controls_probe);
	}
	if (!strcmp(fault, "none"))
		return 0;
	for (i = 0; i < ARRAY_SIZE(controls); i++)
		if (!strcmp(fault, controls[i].name)) {
			controls[i].plant();
			return 0;
		}
	return -EINVAL;
}

static void __exit controls_exit(void)
{
	if (refuse)
		unregister_kprobe(&controls_probe);
}

module_init(controls_init);
module_exit(controls_exit);

MODULE_DESCRIPTION("planted faults, to see that they are reported");
MODULE_LICENSE("GPL");
