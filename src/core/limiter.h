/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much of something may happen in a time. The caller brings the time, and whatever
 * lock is needed.
 */
#ifndef SRCGUARD_CORE_LIMITER_H
#define SRCGUARD_CORE_LIMITER_H

#include <linux/types.h>

/* A day is counted in parts, so a limit of a day holds for a day and a part of it. */
#define SRCGUARD_LIMITER_PART		300u
#define SRCGUARD_LIMITER_PARTS		(86400u / SRCGUARD_LIMITER_PART + 1)

/**
 * struct srcguard_limiter_day - what happened in the last 24 hours
 * @part: number of the present part
 * @total: sum of @count
 * @count: by part, modulo their number
 */
struct srcguard_limiter_day {
	__u32 part;
	__u32 total;
	__u32 count[SRCGUARD_LIMITER_PARTS];
};

/**
 * struct srcguard_limiter_bucket - tokens that come in at a constant rate
 * @full_at: when it will be full
 */
struct srcguard_limiter_bucket {
	__u64 full_at;
};

_Bool srcguard_limiter_day_take(struct srcguard_limiter_day *day, __u32 second, __u32 most);
__u32 srcguard_limiter_day_wait(struct srcguard_limiter_day *day, __u32 second, __u32 most);
_Bool srcguard_limiter_bucket_empty(__u64 full_at, __u64 now, __u64 interval, unsigned int size);
_Bool srcguard_limiter_bucket_take(struct srcguard_limiter_bucket *bucket, __u64 now,
				   __u64 interval, unsigned int size);

#endif /* SRCGUARD_CORE_LIMITER_H */
