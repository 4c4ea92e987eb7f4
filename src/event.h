/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events for who listens: what the rest of the module asks of event.c.
 */
#ifndef SRCGUARD_EVENT_H
#define SRCGUARD_EVENT_H

#include "limit.h"
#include "report.h"

#include "core/settings.h"

/* event.c */
void srcguard_event_open(void);
void srcguard_event_close(void);
bool srcguard_event_is_wanted(const struct srcguard_net *sgn);
void srcguard_event_tell(struct srcguard_net *sgn, enum srcguard_event type, u64 time,
			 int (*put)(struct sk_buff *msg, const void *arg), const void *arg);
void srcguard_event_knobs(struct srcguard_net *sgn, enum srcguard_reason reason,
			  const struct srcguard_knobs *knobs, u32 which);
void srcguard_event_dev(struct srcguard_net *sgn, enum srcguard_reason reason,
			enum srcguard_change change, const char *name,
			const struct srcguard_settings *settings);
void srcguard_event_exempt(struct srcguard_net *sgn, enum srcguard_reason reason,
			   enum srcguard_change change, const struct srcguard_prefix *prefix,
			   const char *device);
void srcguard_event_limit(struct srcguard_net *sgn, enum srcguard_reason reason, const char *kind,
			  s32 limit);
void srcguard_event_device(struct srcguard_net *sgn, const char *name,
			   enum srcguard_reason reason, const struct srcguard_kind *kind);

/* sample.c */
int srcguard_sample_net_fill(struct srcguard_net *sgn);
void srcguard_sample_net_drain(struct srcguard_net *sgn);
void srcguard_sample_packet(struct srcguard_net *sgn, const struct sk_buff *skb,
			    const struct srcguard_report *report);

#endif /* SRCGUARD_EVENT_H */
