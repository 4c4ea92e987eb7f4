/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SRCGUARD_COMPAT_LINUX_NETLINK_H
#define SRCGUARD_COMPAT_LINUX_NETLINK_H

#include_next <linux/netlink.h>

/* Before 6.3 an extack has no room for a text that is made on the spot. */
#ifdef NL_SET_ERR_MSG_FMT
#define COMPAT_NL_SET_ERR_MSG_LIMIT(extack, limit, text) \
	NL_SET_ERR_MSG_FMT(extack, text ", the limit is %d", limit)
#else
#define COMPAT_NL_SET_ERR_MSG_LIMIT(extack, limit, text) \
do { \
	if (limit) \
		NL_SET_ERR_MSG(extack, text ", the limit is reached"); \
	else \
		NL_SET_ERR_MSG(extack, text ", the limit is 0"); \
} while (0)
#endif

#endif /* SRCGUARD_COMPAT_LINUX_NETLINK_H */
