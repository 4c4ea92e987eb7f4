/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel must have for srcguard to be built; said once and clearly,
 * instead of pages of errors that follow from it.
 */
#ifndef SRCGUARD_COMPAT_REQUIREMENTS_H
#define SRCGUARD_COMPAT_REQUIREMENTS_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "srcguard needs Linux 6.1 or newer"
#elif !defined(CONFIG_NET_NS)
#error "srcguard needs a kernel with network namespaces (CONFIG_NET_NS)"
#elif !defined(CONFIG_NETFILTER)
#error "srcguard needs a kernel with netfilter (CONFIG_NETFILTER)"
#elif !defined(CONFIG_INET)
#error "srcguard needs a kernel with TCP/IP (CONFIG_INET)"
#elif !defined(CONFIG_IP_MULTIPLE_TABLES)
#error "srcguard needs a kernel with policy routing (CONFIG_IP_MULTIPLE_TABLES)"
#elif !defined(CONFIG_IPV6) && !defined(CONFIG_IPV6_MODULE)
#error "srcguard needs a kernel with IPv6 (CONFIG_IPV6); at run time it may be off"
#elif !defined(CONFIG_IPV6_MULTIPLE_TABLES)
#error "srcguard needs a kernel with policy routing (CONFIG_IPV6_MULTIPLE_TABLES)"
#elif !defined(CONFIG_SYSCTL)
#error "srcguard needs a kernel with sysctl (CONFIG_SYSCTL)"
#endif

#endif /* SRCGUARD_COMPAT_REQUIREMENTS_H */
