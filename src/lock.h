/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one-way lock, and kernel lockdown: what the rest of the module asks of lock.c.
 */
#ifndef SRCGUARD_LOCK_H
#define SRCGUARD_LOCK_H

#include "srcguard.h"

#include "core/limit.h"
#include "core/settings.h"

bool srcguard_lock_is_set(void);
void srcguard_lock_set(void);
void srcguard_lock_count(struct srcguard_net *sgn);
unsigned int srcguard_lock_refuses_knobs(struct srcguard_net *sgn,
					 const struct srcguard_knobs *from,
					 const struct srcguard_knobs *to,
					 struct netlink_ext_ack *extack);
bool srcguard_lock_refuses_limit(struct srcguard_net *sgn, s32 from, s32 to,
				 struct netlink_ext_ack *extack);
bool srcguard_lock_refuses_settings(struct srcguard_net *sgn,
				    const struct srcguard_settings *from,
				    const struct srcguard_settings *to,
				    struct netlink_ext_ack *extack);
bool srcguard_lock_refuses_exemption(struct srcguard_net *sgn, struct netlink_ext_ack *extack);

#endif /* SRCGUARD_LOCK_H */
