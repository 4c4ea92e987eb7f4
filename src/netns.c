// SPDX-License-Identifier: GPL-2.0-only
/*
 * A namespace's state: made with the namespace (or for those that exist when
 * the module is loaded), gone with it. Process context.
 */
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/netns/generic.h>

#include "exempt.h"
#include "limit.h"
#include "settings.h"
#include "tunnel.h"

/*
 * What the core allocates for a namespace is not accounted to who made it, so
 * that is a pointer only.
 */
struct srcguard_netns {
	struct srcguard_net *sgn;
};

static unsigned int srcguard_netns_id __read_mostly;

/*
 * Set once every namespace has its state, and from then on a new namespace's
 * creator has one to copy. Written by module init, read by namespace creation;
 * who misses it takes the module's parameters, which is what the creator has.
 */
static bool srcguard_netns_inherit;

/**
 * srcguard_netns_of - a namespace's state
 * @net: a namespace that srcguard_netns_init() or a creation has gone through
 */
struct srcguard_net *srcguard_netns_of(struct net *net)
{
	const struct srcguard_netns *netns = net_generic(net, srcguard_netns_id);

	return netns->sgn;
}

static struct srcguard_net *srcguard_netns_creator(void)
{
	return READ_ONCE(srcguard_netns_inherit) ? srcguard_netns_of(current->nsproxy->net_ns) :
						   NULL;
}

/*
 * A container cannot shake off its policy by nesting: it passes it on. But the log is
 * the host's, and what others have made does not write there unasked.
 */
static void srcguard_netns_first_knobs(const struct net *net, struct srcguard_net *creator,
				       struct srcguard_knobs *knobs)
{
	if (creator)
		srcguard_policy_read(creator, knobs);
	else
		*knobs = srcguard_main_params;
	if (net->user_ns != &init_user_ns) {
		knobs->value[SRCGUARD_A_POLICY_LOG_MARTIANS] = 0;
		knobs->value[SRCGUARD_A_POLICY_LOG_6TO4] = 0;
	}
}

static int __net_init srcguard_netns_net_init(struct net *net)
{
	struct srcguard_netns *netns = net_generic(net, srcguard_netns_id);
	struct srcguard_net *creator = srcguard_netns_creator();
	struct srcguard_knobs knobs;
	struct srcguard_net *sgn;
	int err;

	sgn = kzalloc(sizeof(*sgn), GFP_KERNEL_ACCOUNT);
	if (!sgn)
		return -ENOMEM;
	sgn->net = net;
	sgn->generation = 1;
	xa_init_flags(&sgn->devices, XA_FLAGS_ACCOUNT);
	srcguard_hook_net_init(sgn);
	srcguard_sixtofour_net_init(sgn);
	srcguard_tunnel_net_init(sgn);
	srcguard_settings_net_init(sgn);
	srcguard_exempt_net_init(sgn);

	srcguard_netns_first_knobs(net, creator, &knobs);
	err = srcguard_limit_net_init(sgn, creator, knobs.value[SRCGUARD_A_POLICY_LOOPBACK_LIMIT]);
	if (err)
		goto err_free;
	err = srcguard_policy_net_init(sgn, &knobs);
	if (err)
		goto err_cancel;
	err = srcguard_sysctl_net_init(sgn);
	if (err)
		goto err_policy_exit;
	netns->sgn = sgn;
	return 0;

err_policy_exit:
	srcguard_policy_net_pre_exit(sgn);
	synchronize_net();
	srcguard_policy_net_exit(sgn);
err_cancel:
	/*
	 * A packet may have asked for the late hook meanwhile. Tunnels, settings and
	 * exemptions hold nothing yet.
	 */
	cancel_work_sync(&sgn->late_work);
	srcguard_limit_net_exit(sgn);
err_free:
	kfree(sgn);
	return err;
}

/* A grace period lies between this and srcguard_netns_net_exit(). */
static void __net_exit srcguard_netns_net_pre_exit(struct net *net)
{
	struct srcguard_net *sgn = srcguard_netns_of(net);

	srcguard_sysctl_net_exit(sgn);
	srcguard_policy_net_pre_exit(sgn);
}

static void __net_exit srcguard_netns_net_exit(struct net *net)
{
	struct srcguard_net *sgn = srcguard_netns_of(net);

	srcguard_policy_net_exit(sgn);
	srcguard_exempt_net_exit(sgn);
	srcguard_settings_net_exit(sgn);
	srcguard_tunnel_net_exit(sgn);
	/* After the last hook that could schedule it; it takes RTNL itself. */
	cancel_work_sync(&sgn->late_work);
	srcguard_limit_net_exit(sgn);
	kfree(sgn);
}

static struct pernet_operations srcguard_netns_ops = {
	.init = srcguard_netns_net_init,
	.pre_exit = srcguard_netns_net_pre_exit,
	.exit = srcguard_netns_net_exit,
	.id   = &srcguard_netns_id,
	.size = sizeof(struct srcguard_netns),
};

/**
 * srcguard_netns_init - give every namespace its state, now and in future
 *
 * Return: 0 or a negative error.
 */
int srcguard_netns_init(void)
{
	return register_pernet_subsys(&srcguard_netns_ops);
}

/**
 * srcguard_netns_ready - new namespaces copy their creator's policy from now on
 */
void srcguard_netns_ready(void)
{
	WRITE_ONCE(srcguard_netns_inherit, true);
}

/**
 * srcguard_netns_exit - take every namespace's state away
 */
void srcguard_netns_exit(void)
{
	WRITE_ONCE(srcguard_netns_inherit, false);
	unregister_pernet_subsys(&srcguard_netns_ops);
	/* Devices and policies that RCU still holds are freed by our own code. */
	rcu_barrier();
}
