// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of a day, and of a rate. Pure: the time comes from the caller, and must not
 * run backwards.
 */
#include "limiter.h"

static void srcguard_limiter_day_advance(struct srcguard_limiter_day *day, __u32 second)
{
	__u32 now = second / SRCGUARD_LIMITER_PART;
	unsigned int parts;

	for (parts = 0; day->part < now && parts < SRCGUARD_LIMITER_PARTS; parts++) {
		__u32 *oldest = &day->count[++day->part % SRCGUARD_LIMITER_PARTS];

		day->total -= *oldest;
		*oldest = 0;
	}
	day->part = now;
}

/**
 * srcguard_limiter_day_take - let something happen, unless there was too much of it
 * @day: what happened
 * @second: the present time, in seconds
 * @most: how much is allowed in any 24 hours
 *
 * Return: whether it may; then it is counted.
 */
_Bool srcguard_limiter_day_take(struct srcguard_limiter_day *day, __u32 second, __u32 most)
{
	srcguard_limiter_day_advance(day, second);
	if (day->total >= most)
		return 0;
	day->count[day->part % SRCGUARD_LIMITER_PARTS]++;
	day->total++;
	return 1;
}

/**
 * srcguard_limiter_day_wait - how long it will be until it may happen
 * @day: what happened
 * @second: the present time, in seconds
 * @most: how much is allowed in any 24 hours
 *
 * Return: in seconds, 0 if it may now, the greatest number if nothing is allowed.
 */
__u32 srcguard_limiter_day_wait(struct srcguard_limiter_day *day, __u32 second, __u32 most)
{
	__u32 total, part;

	if (!most)
		return ~0u;
	srcguard_limiter_day_advance(day, second);
	total = day->total;
	if (total < most)
		return 0;
	/* The oldest goes first. */
	for (part = 1; part < SRCGUARD_LIMITER_PARTS; part++) {
		total -= day->count[(day->part + part) % SRCGUARD_LIMITER_PARTS];
		if (total < most)
			break;
	}
	return part * SRCGUARD_LIMITER_PART - second % SRCGUARD_LIMITER_PART;
}

/**
 * srcguard_limiter_bucket_empty - whether there is no token
 * @full_at: of the bucket
 * @now: the present time, in any unit
 * @interval: time in which a token comes in
 * @size: how many there are at most
 */
_Bool srcguard_limiter_bucket_empty(__u64 full_at, __u64 now, __u64 interval, unsigned int size)
{
	return full_at > now + (size - 1) * interval;
}

/**
 * srcguard_limiter_bucket_take - take a token, if there is one
 * @bucket: the bucket
 * @now: the present time, in any unit
 * @interval: time in which a token comes in
 * @size: how many there are at most
 */
_Bool srcguard_limiter_bucket_take(struct srcguard_limiter_bucket *bucket, __u64 now,
				   __u64 interval, unsigned int size)
{
	if (srcguard_limiter_bucket_empty(bucket->full_at, now, interval, size))
		return 0;
	bucket->full_at = (bucket->full_at > now ? bucket->full_at : now) + interval;
	return 1;
}
