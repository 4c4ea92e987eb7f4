/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SRCGUARD_COMPAT_NET_FLOW_H
#define SRCGUARD_COMPAT_NET_FLOW_H

#include_next <net/flow.h>

/* Renamed after 6.12, with the same bits. */
#ifndef flowi4_dscp
#define flowi4_dscp flowi4_tos
#endif

#endif /* SRCGUARD_COMPAT_NET_FLOW_H */
