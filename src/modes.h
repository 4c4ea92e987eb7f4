/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Modes of devices for the packet path: what the rest of the module asks of modes.c.
 */
#ifndef SRCGUARD_MODES_H
#define SRCGUARD_MODES_H

#include "srcguard.h"

#include "core/settings.h"

int srcguard_modes_reserve(struct srcguard_net *sgn, unsigned int more);
void srcguard_modes_put(struct srcguard_net *sgn, int ifindex, const s8 *mode);
int srcguard_modes_get(const struct srcguard_modes *modes, int ifindex,
		       enum srcguard_family family);
void srcguard_modes_drop(struct srcguard_net *sgn);

#endif /* SRCGUARD_MODES_H */
