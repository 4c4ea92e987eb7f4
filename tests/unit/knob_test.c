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
}

CHECK_TEST(knob_guarding_only_with_a_guard_on)
{
	struct srcguard_knobs knobs;

	srcguard_knob_preset(&knobs);
	CHECK_EQ(srcguard_knob_guarding(&knobs), 1, "strict");
	knobs.value[SRCGUARD_A_POLICY_RP_FILTER] = SRCGUARD_RP_FILTER_LOOSE;
	CHECK_EQ(srcguard_knob_guarding(&knobs), 1, "loose");
	knobs.value[SRCGUARD_A_POLICY_RP_FILTER] = SRCGUARD_RP_FILTER_OFF;
	CHECK_EQ(srcguard_knob_guarding(&knobs), 0, "off");
	knobs.value[SRCGUARD_A_POLICY_ENFORCE] = 0;
	CHECK_EQ(srcguard_knob_guarding(&knobs), 0, "off, audit");
}

CHECK_SUITE(srcguard_knob,
	    CHECK_CASE(knob_table_is_whole),
	    CHECK_CASE(knob_ranges_end_where_they_say),
	    CHECK_CASE(knob_unknown_ones_allow_nothing),
	    CHECK_CASE(knob_presets_are_the_documented_ones),
	    CHECK_CASE(knob_guarding_only_with_a_guard_on))
