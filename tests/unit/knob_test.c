// SPDX-License-Identifier: GPL-2.0-only
/* The table of knobs: whole, in range, and strict when nobody configured it. */
#include "core/knob.h"
#include "check.h"

CHECK_TEST(knob_table_is_whole)
{
	unsigned int i;

	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++) {
		const struct srcguard_knob *knob = &srcguard_knob_table[i];

		CHECK_EQ(knob->name != NULL, 1, "every knob has a name");
		CHECK_EQ(knob->min <= knob->preset && knob->preset <= knob->max, 1, knob->name);
	}
}

CHECK_TEST(knob_ranges_end_where_they_say)
{
	unsigned int i;

	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++) {
		const struct srcguard_knob *knob = &srcguard_knob_table[i];

		CHECK_EQ(srcguard_knob_allows(i, knob->min), 1, knob->name);
		CHECK_EQ(srcguard_knob_allows(i, knob->max), 1, knob->name);
		CHECK_EQ(srcguard_knob_allows(i, (long)knob->min - 1), 0, knob->name);
		CHECK_EQ(srcguard_knob_allows(i, (long)knob->max + 1), 0, knob->name);
	}
}

CHECK_TEST(knob_unknown_ones_allow_nothing)
{
	CHECK_EQ(srcguard_knob_allows(SRCGUARD_A_POLICY_UNSPEC, 0), 0, "knob 0");
	CHECK_EQ(srcguard_knob_allows(SRCGUARD_A_POLICY_MAX + 1, 0), 0, "beyond the last");
	CHECK_EQ(srcguard_knob_allows(~0u, 0), 0, "far beyond");
}

CHECK_TEST(knob_presets_are_the_documented_ones)
{
	struct srcguard_knobs knobs;

	srcguard_knob_preset(&knobs);
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_RP_FILTER], SRCGUARD_RP_FILTER_STRICT, "rp_filter");
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_ENFORCE], 1, "enforce");
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_SIXTOFOUR], SRCGUARD_SIXTOFOUR_MATCH, "sixtofour");
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_LOG_MARTIANS], 0, "log_martians");
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_LOG_6TO4], 0, "log_6to4");
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_LOG_INTERVAL], 60, "log_interval");
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_LOG_DAILY_MAX], 1000, "log_daily_max");
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_LOOPBACK_LIMIT], 0, "loopback_limit");
	CHECK_EQ(knobs.value[SRCGUARD_A_POLICY_LOCK], 0, "lock");
}

CHECK_TEST(knob_guards_are_those_that_are_on)
{
	struct srcguard_knobs knobs;

	srcguard_knob_preset(&knobs);
	CHECK_EQ(srcguard_knob_guards(&knobs), SRCGUARD_GUARD_RPF | SRCGUARD_GUARD_SIXTOFOUR, "both");
	knobs.value[SRCGUARD_A_POLICY_RP_FILTER] = SRCGUARD_RP_FILTER_LOOSE;
	CHECK_EQ(srcguard_knob_guards(&knobs), SRCGUARD_GUARD_RPF | SRCGUARD_GUARD_SIXTOFOUR, "loose");
	knobs.value[SRCGUARD_A_POLICY_SIXTOFOUR] = SRCGUARD_SIXTOFOUR_OFF;
	CHECK_EQ(srcguard_knob_guards(&knobs), SRCGUARD_GUARD_RPF, "one");
	knobs.value[SRCGUARD_A_POLICY_RP_FILTER] = SRCGUARD_RP_FILTER_OFF;
	CHECK_EQ(srcguard_knob_guards(&knobs), 0, "off");
	knobs.value[SRCGUARD_A_POLICY_ENFORCE] = 0;
	knobs.value[SRCGUARD_A_POLICY_LOG_6TO4] = 1;
	CHECK_EQ(srcguard_knob_guards(&knobs), 0, "off, audit, log");
	knobs.value[SRCGUARD_A_POLICY_SIXTOFOUR] = SRCGUARD_SIXTOFOUR_FULL;
	CHECK_EQ(srcguard_knob_guards(&knobs), SRCGUARD_GUARD_SIXTOFOUR, "the other");
}

/* Each knob's values from the laxest to the strictest. */
static const struct {
	unsigned int knob;
	unsigned int count;
	__s32 value[5];
} strictness_rows[] = {
	{ SRCGUARD_A_POLICY_RP_FILTER, 4, { SRCGUARD_RP_FILTER_OFF, SRCGUARD_RP_FILTER_LOOSE,
					    SRCGUARD_RP_FILTER_FEASIBLE, SRCGUARD_RP_FILTER_STRICT } },
	{ SRCGUARD_A_POLICY_ENFORCE, 2, { 0, 1 } },
	{ SRCGUARD_A_POLICY_SIXTOFOUR, 3, { SRCGUARD_SIXTOFOUR_OFF, SRCGUARD_SIXTOFOUR_MATCH,
					    SRCGUARD_SIXTOFOUR_FULL } },
	{ SRCGUARD_A_POLICY_LOG_MARTIANS, 2, { 1, 0 } },
	{ SRCGUARD_A_POLICY_LOG_6TO4, 2, { 1, 0 } },
	{ SRCGUARD_A_POLICY_LOG_INTERVAL, 3, { 1, 60, SRCGUARD_LOG_INTERVAL_MAX } },
	{ SRCGUARD_A_POLICY_LOG_DAILY_MAX, 3, { SRCGUARD_LOG_DAILY_MAX_MAX, 1000, 0 } },
	{ SRCGUARD_A_POLICY_LOOPBACK_LIMIT, 5, { -1, SRCGUARD_LOOPBACK_LIMIT_MAX, 2, 1, 0 } },
	{ SRCGUARD_A_POLICY_LOCK, 2, { 0, 1 } },
};

CHECK_TEST(knob_loosens_what_is_laxer)
{
	unsigned int i, from, to;

	CHECK_EQ(ARRAY_SIZE(strictness_rows), SRCGUARD_A_POLICY_MAX, "each knob");
	for (i = 0; i < ARRAY_SIZE(strictness_rows); i++)
		for (from = 0; from < strictness_rows[i].count; from++)
			for (to = 0; to < strictness_rows[i].count; to++)
				CHECK_EQ(srcguard_knob_loosens(strictness_rows[i].knob,
							       strictness_rows[i].value[from],
							       strictness_rows[i].value[to]),
					 to < from,
					 srcguard_knob_table[strictness_rows[i].knob].name);
}

CHECK_TEST(knob_changes_are_those_that_differ)
{
	struct srcguard_knobs from, to;
	unsigned int i;

	srcguard_knob_preset(&from);
	to = from;
	CHECK_EQ(srcguard_knob_changes(&from, &to), 0, "none");
	to.value[0] = 7;
	CHECK_EQ(srcguard_knob_changes(&from, &to), 0, "what is no knob");
	for (i = 1; i <= SRCGUARD_A_POLICY_MAX; i++) {
		to = from;
		to.value[i]++;
		CHECK_EQ(srcguard_knob_changes(&from, &to), 1u << i, srcguard_knob_table[i].name);
	}
}

CHECK_TEST(knob_host_has_logs_limit_and_lock)
{
	CHECK_EQ(srcguard_knob_host(),
		 1u << SRCGUARD_A_POLICY_LOG_MARTIANS | 1u << SRCGUARD_A_POLICY_LOG_6TO4 |
		 1u << SRCGUARD_A_POLICY_LOG_INTERVAL | 1u << SRCGUARD_A_POLICY_LOG_DAILY_MAX |
		 1u << SRCGUARD_A_POLICY_LOOPBACK_LIMIT | 1u << SRCGUARD_A_POLICY_LOCK,
		 "and nothing else");
}

CHECK_SUITE(srcguard_knob,
	    CHECK_CASE(knob_table_is_whole),
	    CHECK_CASE(knob_ranges_end_where_they_say),
	    CHECK_CASE(knob_unknown_ones_allow_nothing),
	    CHECK_CASE(knob_presets_are_the_documented_ones),
	    CHECK_CASE(knob_guards_are_those_that_are_on),
	    CHECK_CASE(knob_loosens_what_is_laxer),
	    CHECK_CASE(knob_changes_are_those_that_differ),
	    CHECK_CASE(knob_host_has_logs_limit_and_lock))
