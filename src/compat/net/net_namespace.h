/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SRCGUARD_COMPAT_NET_NET_NAMESPACE_H
#define SRCGUARD_COMPAT_NET_NET_NAMESPACE_H

#include_next <net/net_namespace.h>

/* Before 6.6 (c899710fe7f9) the table had no size, but an empty last entry. */
#ifndef register_net_sysctl
#define register_net_sysctl_sz(net, path, table, size) register_net_sysctl(net, path, table)
#endif

#endif /* SRCGUARD_COMPAT_NET_NET_NAMESPACE_H */
