/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same tests run in user space, under cmocka and the sanitizers, and in a
 * kernel that has KUnit: here is what differs.
 *
 * A test is CHECK_TEST(name) { ... CHECK_EQ(CHECK_CONTEXT, got, wanted) ... },
 * listed in CHECK_SUITE(suite, CHECK_CASE(name), ...) at the end of its file.
 */
#ifndef SRCGUARD_TESTS_CHECK_H
#define SRCGUARD_TESTS_CHECK_H

#ifdef __KERNEL__

#include <kunit/test.h>

#define CHECK_TEST(name)	static void name(struct kunit *test)
#define CHECK_EQ(got, wanted, what) \
	KUNIT_EXPECT_EQ_MSG(test, (long long)(got), (long long)(wanted), "%s", what)
#define CHECK_CASE(name)	KUNIT_CASE(name)
#define CHECK_SUITE(suite, ...) \
	static struct kunit_case suite##_cases[] = { __VA_ARGS__, {} }; \
	static struct kunit_suite suite##_suite = { .name = #suite, .test_cases = suite##_cases }; \
	kunit_test_suite(suite##_suite); \
	MODULE_LICENSE("GPL");

#else

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define CHECK_TEST(name)	static void name(void **state)
#define CHECK_EQ(got, wanted, what) \
	do { \
		long long got_ = (got), wanted_ = (wanted); \
		(void)state; \
		if (got_ != wanted_) \
			fail_msg("%s: %lld, not %lld", what, got_, wanted_); \
	} while (0)
#define CHECK_CASE(name)	cmocka_unit_test(name)
#define CHECK_SUITE(suite, ...) \
	int main(void) \
	{ \
		const struct CMUnitTest cases[] = { __VA_ARGS__ }; \
		cmocka_set_message_output(CM_OUTPUT_TAP); \
		return cmocka_run_group_tests_name(#suite, cases, NULL, NULL) != 0; \
	}

#endif

#endif /* SRCGUARD_TESTS_CHECK_H */
