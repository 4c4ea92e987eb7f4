// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel log: one line for a reason and device in log_interval, and no more than
 * log_daily_max a day from the whole host, for namespaces whose log the host's
 * administrator switched on. Nothing here waits for a lock but a packet that is about to
 * get its line.
 *
 * KERN_DEBUG, which Debian's consoles do not show.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "report.h"

#include "core/limiter.h"

/* Lines of all namespaces; under the lock. */
static struct srcguard_limiter_day srcguard_log_day;
static DEFINE_SPINLOCK(srcguard_log_lock);

static bool srcguard_log_may(const struct srcguard_knobs *knobs)
{
	bool may;

	spin_lock_bh(&srcguard_log_lock);
	may = srcguard_limiter_day_take(&srcguard_log_day, ktime_get_boottime_seconds(),
					knobs->value[SRCGUARD_A_POLICY_LOG_DAILY_MAX]);
	spin_unlock_bh(&srcguard_log_lock);
	return may;
}

/**
 * srcguard_log_next - how long a namespace's log has to wait for the host's limit
 * @knobs: those of the namespace
 *
 * Return: seconds; 0 if it has not, or no log is on.
 */
u32 srcguard_log_next(const struct srcguard_knobs *knobs)
{
	u32 wait;

	if (!knobs->value[SRCGUARD_A_POLICY_LOG_MARTIANS] &&
	    !knobs->value[SRCGUARD_A_POLICY_LOG_6TO4])
		return 0;
	spin_lock_bh(&srcguard_log_lock);
	wait = srcguard_limiter_day_wait(&srcguard_log_day, ktime_get_boottime_seconds(),
					 knobs->value[SRCGUARD_A_POLICY_LOG_DAILY_MAX]);
	spin_unlock_bh(&srcguard_log_lock);
	return wait;
}

/* Of packets at the same time on several CPUs, one gets the line. */
static bool srcguard_log_is_due(struct srcguard_log_slot *slot, const struct srcguard_knobs *knobs)
{
	s64 interval = (s64)knobs->value[SRCGUARD_A_POLICY_LOG_INTERVAL] * HZ;
	u64 last = atomic64_read(&slot->last), now = get_jiffies_64();

	/* Another CPU may be a tick ahead. */
	return (!last || (s64)(now - last) >= interval) &&
	       atomic64_cmpxchg(&slot->last, last, now) == last && srcguard_log_may(knobs);
}

/* An inner address, and the IPv4 address that it holds: 2002:a00:1::1 (10.0.0.1) */
#define SRCGUARD_LOG_ADDRESS_MAX	(sizeof("1111:2222:3333:4444:5555:5efe:111.111.111.111 (111.111.111.111)"))

static void srcguard_log_inner(char *text, const struct srcguard_inner *inner,
			       const struct in6_addr *address)
{
	__be32 embedded;

	if (srcguard_sixtofour_embedded(&inner->prefix, address, &embedded))
		snprintf(text, SRCGUARD_LOG_ADDRESS_MAX, "%pI6c (%pI4)", address, &embedded);
	else
		snprintf(text, SRCGUARD_LOG_ADDRESS_MAX, "%pI6c", address);
}

/* Names of devices are what somebody called them: they are escaped. */
static void srcguard_log_write(const struct sk_buff *skb, const struct srcguard_report *report,
			       u64 withheld)
{
	char source[SRCGUARD_LOG_ADDRESS_MAX], destination[SRCGUARD_LOG_ADDRESS_MAX];
	char link[sizeof(", from 00:11:22:33:44:55")] = "";
	const u8 *link_source = srcguard_report_link_source(skb);
	const char *reason = srcguard_report_reason(report->reason);
	const char *outcome = srcguard_report_outcome(report->outcome);
	const char *name = report->in->name;
	int length = strnlen(name, IFNAMSIZ);

	if (link_source)
		snprintf(link, sizeof(link), ", from %pM", link_source);

	if (report->family == SRCGUARD_FAMILY_IPV6) {
		printk(KERN_DEBUG pr_fmt("%s %s on %*pE: %pI6c -> %pI6c%s, %llu since the last line\n"),
		       reason, outcome, length, name, &ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr,
		       link, withheld);
	} else if (!report->inner) {
		printk(KERN_DEBUG pr_fmt("%s %s on %*pE: %pI4 -> %pI4%s, %llu since the last line\n"),
		       reason, outcome, length, name, &ip_hdr(skb)->saddr, &ip_hdr(skb)->daddr,
		       link, withheld);
	} else {
		srcguard_log_inner(source, report->inner, &report->inner->packet.inner_saddr);
		srcguard_log_inner(destination, report->inner, &report->inner->packet.inner_daddr);
		printk(KERN_DEBUG pr_fmt("%s %s on %*pE: %pI4 -> %pI4, within %s -> %s%s, %llu since the last line\n"),
		       reason, outcome, length, name, &ip_hdr(skb)->saddr, &ip_hdr(skb)->daddr,
		       source, destination, link, withheld);
	}
}

/**
 * srcguard_log - log a packet, or that there is one more
 * @sgn: the namespace, whose log is on
 * @skb: the packet, at its IP header
 * @report: what is to be told
 * @knobs: the namespace's
 * @slot: what was told of this reason and device
 */
void srcguard_log(struct srcguard_net *sgn, const struct sk_buff *skb,
		  const struct srcguard_report *report, const struct srcguard_knobs *knobs,
		  struct srcguard_log_slot *slot)
{
	if (!srcguard_log_is_due(slot, knobs)) {
		atomic64_inc(&slot->withheld);
		atomic64_inc(&sgn->log_withheld);
		return;
	}
	atomic64_inc(&sgn->log_written);
	srcguard_log_write(skb, report, atomic64_xchg(&slot->withheld, 0));
}
