// SPDX-License-Identifier: GPL-2.0-only
/* Limits of a day, against a list of all that happened, and of a rate. */
#ifdef __KERNEL__
#include <linux/kernel.h>
#endif

#include "core/limiter.h"
#include "check.h"

#define DAY	86400u
#define MOST	40u

/* The same numbers each time. */
static __u32 dice(__u32 *state, __u32 sides)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % sides;
}

static unsigned int happened_in_a_day(const __u32 *when, unsigned int count, __u32 now)
{
	unsigned int in = 0;

	while (count--)
		in += when[count] + DAY > now;
	return in;
}

CHECK_TEST(limiter_day_never_more_than_that)
{
	static struct srcguard_limiter_day day;
	static __u32 when[2000];
	__u32 seed = 1, now = 5000000, withheld = 0;
	unsigned int count = 0, i;

	for (i = 0; i < 4000 && count < ARRAY_SIZE(when); i++) {
		now += dice(&seed, 10) ? dice(&seed, 60) : dice(&seed, 40000);
		if (srcguard_limiter_day_take(&day, now, MOST))
			when[count++] = now;
		else
			withheld++;
		if (happened_in_a_day(when, count, now) > MOST)
			CHECK_EQ(happened_in_a_day(when, count, now), MOST, "in any 24 hours");
	}
	CHECK_EQ(count > 500, 1, "much happened");
	CHECK_EQ(withheld > 500, 1, "much was withheld");
}

CHECK_TEST(limiter_day_waits_no_longer_than_it_says)
{
	static struct srcguard_limiter_day day;
	__u32 seed = 2, now = 7000000, waits = 0;
	unsigned int i;

	for (i = 0; i < 3000; i++) {
		__u32 wait = srcguard_limiter_day_wait(&day, now, MOST);

		CHECK_EQ(srcguard_limiter_day_take(&day, now, MOST), !wait, "now");
		if (wait) {
			waits++;
			CHECK_EQ(srcguard_limiter_day_take(&day, now + wait - 1, MOST), 0, "before");
			now += wait;
			CHECK_EQ(srcguard_limiter_day_take(&day, now, MOST), 1, "then");
		}
		now += dice(&seed, 300);
	}
	CHECK_EQ(waits > 100, 1, "it had to wait");
}

CHECK_TEST(limiter_day_at_its_ends)
{
	static struct srcguard_limiter_day day;
	unsigned int i;

	CHECK_EQ(srcguard_limiter_day_take(&day, 1000, 0), 0, "nothing is allowed");
	CHECK_EQ(srcguard_limiter_day_wait(&day, 1000, 0), ~0u, "nor will be");
	for (i = 0; i < 3; i++)
		CHECK_EQ(srcguard_limiter_day_take(&day, 1000, 3), 1, "three");
	CHECK_EQ(srcguard_limiter_day_take(&day, 1000, 3), 0, "not four");
	CHECK_EQ(srcguard_limiter_day_take(&day, 1000, 4), 1, "but if four are allowed");
	CHECK_EQ(srcguard_limiter_day_take(&day, 1000 + DAY - 1, 4), 0, "a second less than a day");
	CHECK_EQ(srcguard_limiter_day_take(&day, 1000 + DAY + SRCGUARD_LIMITER_PART, 4), 1,
		 "a day and a part");
	CHECK_EQ(day.total, 1, "the others are forgotten");
	CHECK_EQ(srcguard_limiter_day_take(&day, 1000 + 1000 * (__u64)DAY, 1), 1, "years later");
	CHECK_EQ(day.total, 1, "all are forgotten");
}

CHECK_TEST(limiter_bucket)
{
	struct srcguard_limiter_bucket bucket = { 0 };
	unsigned int i, taken;

	for (i = 0, taken = 0; i < 100; i++)
		taken += srcguard_limiter_bucket_take(&bucket, 1000000, 250, 16);
	CHECK_EQ(taken, 16, "as many as it holds");
	CHECK_EQ(srcguard_limiter_bucket_empty(bucket.full_at, 1000249, 250, 16), 1, "too early");
	CHECK_EQ(srcguard_limiter_bucket_take(&bucket, 1000249, 250, 16), 0, "none yet");
	CHECK_EQ(srcguard_limiter_bucket_empty(bucket.full_at, 1000250, 250, 16), 0, "one came in");
	CHECK_EQ(srcguard_limiter_bucket_take(&bucket, 1000250, 250, 16), 1, "that one");
	CHECK_EQ(srcguard_limiter_bucket_take(&bucket, 1000250, 250, 16), 0, "and no other");
	for (i = 0, taken = 0; i < 250 * 1000; i++)
		taken += srcguard_limiter_bucket_take(&bucket, 1000251 + i, 250, 16);
	CHECK_EQ(taken, 1000, "the rate");
	for (i = 0, taken = 0; i < 100; i++)
		taken += srcguard_limiter_bucket_take(&bucket, 90000000, 250, 16);
	CHECK_EQ(taken, 16, "no more after a long pause");
}

CHECK_SUITE(srcguard_limiter,
	    CHECK_CASE(limiter_day_never_more_than_that),
	    CHECK_CASE(limiter_day_waits_no_longer_than_it_says),
	    CHECK_CASE(limiter_day_at_its_ends),
	    CHECK_CASE(limiter_bucket));
