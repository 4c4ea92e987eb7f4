/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SRCGUARD_COMPAT_LINUX_SYSCTL_H
#define SRCGUARD_COMPAT_LINUX_SYSCTL_H

#include_next <linux/sysctl.h>

/*
 * Since 6.11 (78eb4ea25cd5) handlers get a const table. An older kernel calls
 * through a trampoline of the type that it expects, for the sake of kCFI.
 */
#ifdef SRCGUARD_HAVE_CONST_CTL_TABLE
#define compat_proc_handler(handler)	handler
#define COMPAT_PROC_HANDLER(handler)
#else
#define compat_proc_handler(handler)	handler##_trampoline
#define COMPAT_PROC_HANDLER(handler) \
static int handler##_trampoline(struct ctl_table *table, int write, void *buffer, \
				size_t *length, loff_t *offset) \
{ \
	return handler(table, write, buffer, length, offset); \
}
#endif

#endif /* SRCGUARD_COMPAT_LINUX_SYSCTL_H */
