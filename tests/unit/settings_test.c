// SPDX-License-Identifier: GPL-2.0-only
/* What a device's settings amount to: family over both, own over a pattern's. */
#include "core/knob.h"
#include "core/settings.h"
#include "check.h"

#define INHERIT	SRCGUARD_SETTING_INHERIT
#define OFF	SRCGUARD_RP_FILTER_OFF
#define STRICT	SRCGUARD_RP_FILTER_STRICT
#define LOOSE	SRCGUARD_RP_FILTER_LOOSE

static const struct {
	const char *what;
	__s8 both, ipv4, ipv6;
	int for_ipv4, for_ipv6;
	unsigned int guards;
} mode_rows[] = {
	{ "nothing", INHERIT, INHERIT, INHERIT, INHERIT, INHERIT, 0 },
	{ "both", STRICT, INHERIT, INHERIT, STRICT, STRICT, 1 },
	{ "both off", OFF, INHERIT, INHERIT, OFF, OFF, 0 },
	{ "one", INHERIT, LOOSE, INHERIT, LOOSE, INHERIT, 1 },
	{ "the other", INHERIT, INHERIT, LOOSE, INHERIT, LOOSE, 1 },
	{ "one wins", STRICT, OFF, INHERIT, OFF, STRICT, 1 },
	{ "the other wins", STRICT, INHERIT, OFF, STRICT, OFF, 1 },
	{ "each its own", STRICT, OFF, OFF, OFF, OFF, 0 },
};

CHECK_TEST(settings_modes)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mode_rows); i++) {
		struct srcguard_settings settings = {
			.value = {
				[SRCGUARD_SETTING_RP_FILTER] = mode_rows[i].both,
				[SRCGUARD_SETTING_RP_FILTER_IPV4] = mode_rows[i].ipv4,
				[SRCGUARD_SETTING_RP_FILTER_IPV6] = mode_rows[i].ipv6,
				[SRCGUARD_SETTING_ENFORCE] = INHERIT,
				[SRCGUARD_SETTING_SIXTOFOUR] = INHERIT,
			},
		};

		CHECK_EQ(srcguard_settings_rp_filter(&settings, 0), mode_rows[i].for_ipv4,
			 mode_rows[i].what);
		CHECK_EQ(srcguard_settings_rp_filter(&settings, 1), mode_rows[i].for_ipv6,
			 mode_rows[i].what);
		CHECK_EQ(srcguard_settings_guards(&settings), mode_rows[i].guards,
			 mode_rows[i].what);
	}
}

CHECK_TEST(settings_empty)
{
	struct srcguard_settings settings;
	unsigned int i;

	srcguard_settings_clear(&settings);
	CHECK_EQ(srcguard_settings_empty(&settings), 1, "cleared");
	for (i = 0; i < SRCGUARD_SETTING_COUNT; i++) {
		srcguard_settings_clear(&settings);
		settings.value[i] = 0;
		CHECK_EQ(srcguard_settings_empty(&settings), 0, "one of them");
	}
}

CHECK_TEST(settings_update_keeps_the_others)
{
	struct srcguard_settings settings, with;

	srcguard_settings_clear(&settings);
	srcguard_settings_clear(&with);
	settings.value[SRCGUARD_SETTING_ENFORCE] = 0;
	with.value[SRCGUARD_SETTING_RP_FILTER] = LOOSE;
	srcguard_settings_update(&settings, &with);
	CHECK_EQ(settings.value[SRCGUARD_SETTING_ENFORCE], 0, "what was set");
	CHECK_EQ(settings.value[SRCGUARD_SETTING_RP_FILTER], LOOSE, "what is new");
	CHECK_EQ(settings.value[SRCGUARD_SETTING_RP_FILTER_IPV4], INHERIT, "what is neither");
}

CHECK_TEST(settings_own_win_over_a_pattern)
{
	struct srcguard_settings own, pattern, merged;

	srcguard_settings_clear(&own);
	srcguard_settings_clear(&pattern);
	pattern.value[SRCGUARD_SETTING_RP_FILTER_IPV6] = OFF;
	pattern.value[SRCGUARD_SETTING_ENFORCE] = 0;
	srcguard_settings_merge(&merged, &own, &pattern);
	CHECK_EQ(srcguard_settings_rp_filter(&merged, 0), INHERIT, "the pattern has none");
	CHECK_EQ(srcguard_settings_rp_filter(&merged, 1), OFF, "the pattern's");

	own.value[SRCGUARD_SETTING_RP_FILTER] = STRICT;
	srcguard_settings_merge(&merged, &own, &pattern);
	CHECK_EQ(srcguard_settings_rp_filter(&merged, 1), STRICT, "the own for both families");
	CHECK_EQ(merged.value[SRCGUARD_SETTING_ENFORCE], 0, "the rest is the pattern's");

	own.value[SRCGUARD_SETTING_RP_FILTER_IPV6] = LOOSE;
	srcguard_settings_merge(&merged, &own, &pattern);
	CHECK_EQ(srcguard_settings_rp_filter(&merged, 0), STRICT, "own, both");
	CHECK_EQ(srcguard_settings_rp_filter(&merged, 1), LOOSE, "own, one");
}

CHECK_TEST(settings_patterns)
{
	CHECK_EQ(srcguard_settings_is_pattern("eth0"), 0, "a name");
	CHECK_EQ(srcguard_settings_is_pattern(""), 0, "nothing");
	CHECK_EQ(srcguard_settings_is_pattern("cali*"), 1, "a pattern");
	CHECK_EQ(srcguard_settings_is_pattern("*"), 1, "all");
	CHECK_EQ(srcguard_settings_matches("cali*", "cali0"), 5, "what begins so");
	CHECK_EQ(srcguard_settings_matches("cali*", "cali"), 5, "with nothing after it");
	CHECK_EQ(srcguard_settings_matches("cali*", "cal"), 0, "what is shorter");
	CHECK_EQ(srcguard_settings_matches("cali*", "calx0"), 0, "what begins otherwise");
	CHECK_EQ(srcguard_settings_matches("*", "eth0"), 1, "all match, least exactly");
	CHECK_EQ(srcguard_settings_matches("cali0*", "cali01") >
		 srcguard_settings_matches("cali*", "cali01"), 1, "the longer is more exact");
}

/* With one value, and nothing else set. */
static void settings_one(struct srcguard_settings *settings, enum srcguard_setting which, int value)
{
	srcguard_settings_clear(settings);
	settings->value[which] = value;
}

static const struct {
	const char *what;
	enum srcguard_setting from, to;
	int was, is;
	_Bool loosens;
} loosen_rows[] = {
#define S(name)	SRCGUARD_SETTING_##name
	{ "the same", S(RP_FILTER), S(RP_FILTER), LOOSE, LOOSE, 0 },
	{ "nothing", S(RP_FILTER), S(RP_FILTER), INHERIT, INHERIT, 0 },
	{ "as the namespace", S(RP_FILTER), S(RP_FILTER), INHERIT, LOOSE, 0 },
	{ "the namespace's again", S(RP_FILTER), S(RP_FILTER), LOOSE, INHERIT, 0 },
	{ "stricter than the namespace", S(RP_FILTER), S(RP_FILTER), INHERIT, STRICT, 0 },
	{ "no more", S(RP_FILTER), S(RP_FILTER), STRICT, INHERIT, 1 },
	{ "laxer than the namespace", S(RP_FILTER), S(RP_FILTER), INHERIT, OFF, 1 },
	{ "not any more", S(RP_FILTER), S(RP_FILTER), OFF, INHERIT, 0 },
	{ "both for one", S(RP_FILTER), S(RP_FILTER_IPV4), STRICT, STRICT, 1 },
	{ "both for the other", S(RP_FILTER), S(RP_FILTER_IPV6), STRICT, STRICT, 1 },
	{ "one for both", S(RP_FILTER_IPV4), S(RP_FILTER), STRICT, STRICT, 0 },
	{ "one for the other", S(RP_FILTER_IPV4), S(RP_FILTER_IPV6), STRICT, STRICT, 1 },
	{ "laxer for one", S(RP_FILTER), S(RP_FILTER_IPV4), INHERIT, OFF, 1 },
	{ "drop to nothing", S(ENFORCE), S(ENFORCE), 1, INHERIT, 0 },
	{ "audit", S(ENFORCE), S(ENFORCE), INHERIT, 0, 1 },
	{ "audit no more", S(ENFORCE), S(ENFORCE), 0, INHERIT, 0 },
	{ "6to4 full", S(SIXTOFOUR), S(SIXTOFOUR), INHERIT, SRCGUARD_SIXTOFOUR_FULL, 0 },
	{ "6to4 full no more", S(SIXTOFOUR), S(SIXTOFOUR), SRCGUARD_SIXTOFOUR_FULL, INHERIT, 1 },
	{ "6to4 off", S(SIXTOFOUR), S(SIXTOFOUR), INHERIT, SRCGUARD_SIXTOFOUR_OFF, 1 },
#undef S
};

CHECK_TEST(settings_loosen_what_was_stricter)
{
	struct srcguard_settings from, to;
	struct srcguard_knobs knobs;
	unsigned int i;

	srcguard_knob_preset(&knobs);
	knobs.value[SRCGUARD_A_POLICY_RP_FILTER] = LOOSE;
	for (i = 0; i < ARRAY_SIZE(loosen_rows); i++) {
		settings_one(&from, loosen_rows[i].from, loosen_rows[i].was);
		settings_one(&to, loosen_rows[i].to, loosen_rows[i].is);
		CHECK_EQ(srcguard_settings_loosen(&from, &to, &knobs), loosen_rows[i].loosens,
			 loosen_rows[i].what);
	}
}

CHECK_SUITE(srcguard_settings,
	    CHECK_CASE(settings_modes),
	    CHECK_CASE(settings_empty),
	    CHECK_CASE(settings_update_keeps_the_others),
	    CHECK_CASE(settings_own_win_over_a_pattern),
	    CHECK_CASE(settings_patterns),
	    CHECK_CASE(settings_loosen_what_was_stricter))
