// SPDX-License-Identifier: GPL-2.0-only
/* Limits of devices: which device counts as what, and how many there may be. */
#include "core/limit.h"
#include "check.h"

#define NONE	SRCGUARD_LIMIT_NONE

static const struct {
	const char *what;
	struct srcguard_limit_device device;
	__u32 fallbacks;
	enum srcguard_limit_class class;
	const char *kind;
} class_rows[] = {
	{ "lo", { "lo", NULL, 1, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_EXEMPT, NULL },
	{ "called lo", { "lo", "dummy", 0, 0, 1 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "dummy" },
	{ "asked for", { "d0", "dummy", 0, 0, 1 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "dummy" },
	{ "by ioctl", { "t0", "tun", 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "tun" },
	{ "hardware", { "eth0", NULL, 0, 1, 0 }, 0, SRCGUARD_LIMIT_CLASS_PHYSICAL, "physical" },
	{ "of a kind", { "can0", "can", 0, 1, 0 }, 0, SRCGUARD_LIMIT_CLASS_PHYSICAL, "physical" },
	{ "asked for", { "ib0.1", "ipoib", 0, 1, 1 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "ipoib" },
	{ "a modem's", { "wwan0", "wwan", 0, 1, 1 }, 0, SRCGUARD_LIMIT_CLASS_PHYSICAL, "physical" },
	{ "without one", { "wwan0", "wwan", 0, 0, 1 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "wwan" },
	{ "no kind", { "pimreg", NULL, 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "other" },
	{ "any", { "x", "any", 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "other" },
	{ "physical", { "x", "physical", 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "other" },
	{ "long", { "x", "0123456789012345678901234567890", 0, 0, 0 }, 0,
	  SRCGUARD_LIMIT_CLASS_VIRTUAL, "0123456789012345678901234567890" },
	{ "longer", { "x", "01234567890123456789012345678901", 0, 0, 0 }, 0,
	  SRCGUARD_LIMIT_CLASS_VIRTUAL, "other" },
	{ "first", { "sit0", "sit", 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_FALLBACK, "sit" },
	{ "last", { "ip6_vti0", "vti6", 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_FALLBACK, "vti6" },
	{ "tunl0", { "tunl0", "ipip", 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_FALLBACK, "ipip" },
	{ "again", { "sit0", "sit", 0, 0, 0 }, 1, SRCGUARD_LIMIT_CLASS_VIRTUAL, "sit" },
	{ "another one", { "gre0", "gre", 0, 0, 0 }, 1, SRCGUARD_LIMIT_CLASS_FALLBACK, "gre" },
	{ "asked for", { "sit0", "sit", 0, 0, 1 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "sit" },
	{ "of another kind", { "sit0", "dummy", 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "dummy" },
	{ "of none", { "sit0", NULL, 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "other" },
	{ "another name", { "sit1", "sit", 0, 0, 0 }, 0, SRCGUARD_LIMIT_CLASS_VIRTUAL, "sit" },
};

static _Bool limit_same(const char *one, const char *other)
{
	for (; *one && *one == *other; one++)
		other++;
	return *one == *other;
}

CHECK_TEST(limit_classes)
{
	enum srcguard_limit_class class;
	unsigned int i;
	__u32 fallback;

	for (i = 0; i < ARRAY_SIZE(class_rows); i++) {
		class = srcguard_limit_class(&class_rows[i].device, class_rows[i].fallbacks, &fallback);
		CHECK_EQ(class, class_rows[i].class, class_rows[i].what);
		CHECK_EQ(fallback != 0, class == SRCGUARD_LIMIT_CLASS_FALLBACK, class_rows[i].what);
		CHECK_EQ(fallback & class_rows[i].fallbacks, 0, class_rows[i].what);
		if (class_rows[i].kind)
			CHECK_EQ(limit_same(srcguard_limit_kind(&class_rows[i].device, class),
					    class_rows[i].kind), 1, class_rows[i].what);
	}
}

CHECK_TEST(limit_names)
{
	CHECK_EQ(srcguard_limit_is_name(""), 0, "nothing");
	CHECK_EQ(srcguard_limit_is_name("a"), 1, "a letter");
	CHECK_EQ(srcguard_limit_is_name("a b"), 0, "a space");
	CHECK_EQ(srcguard_limit_is_name("a\n"), 0, "a line");
	CHECK_EQ(srcguard_limit_is_name("a\x7f"), 0, "a control character");
	CHECK_EQ(srcguard_limit_is_name("\xc3\xa4"), 0, "no ASCII");
	CHECK_EQ(srcguard_limit_is_name("!~"), 1, "the first and the last");
	CHECK_EQ(srcguard_limit_is_name("0123456789012345678901234567890"), 1, "31");
	CHECK_EQ(srcguard_limit_is_name("01234567890123456789012345678901"), 0, "32");
}

static const struct {
	const char *what;
	struct srcguard_limit limit;
	_Bool refuses, has_room;
} room_rows[] = {
	{ "none", { NONE, 0, 0 }, 0, 1 },
	{ "none, many", { NONE, 0xffffffff, 5 }, 0, 1 },
	{ "0", { 0, 0, 0 }, 1, 0 },
	{ "0, one is there", { 0, 1, 0 }, 1, 0 },
	{ "0, one waits", { 0, 1, 1 }, 1, 0 },
	{ "one less", { 2, 1, 0 }, 0, 1 },
	{ "as many", { 2, 2, 0 }, 1, 0 },
	{ "more", { 2, 3, 0 }, 1, 0 },
	{ "as many, one waits", { 2, 2, 1 }, 1, 1 },
	{ "more, one waits", { 2, 3, 1 }, 1, 0 },
	{ "the greatest", { 0x7fffffff, 0x7ffffffe, 0 }, 0, 1 },
	{ "it is full", { 0x7fffffff, 0x7fffffff, 0 }, 1, 0 },
};

CHECK_TEST(limit_room)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(room_rows); i++) {
		CHECK_EQ(srcguard_limit_refuses(&room_rows[i].limit), room_rows[i].refuses,
			 room_rows[i].what);
		CHECK_EQ(srcguard_limit_has_room(&room_rows[i].limit), room_rows[i].has_room,
			 room_rows[i].what);
	}
}

CHECK_TEST(limit_more_and_less)
{
	static const __s32 ordered[] = { 0, 1, 2, 65535, 0x7fffffff, NONE };
	unsigned int from, to;

	for (from = 0; from < ARRAY_SIZE(ordered); from++)
		for (to = 0; to < ARRAY_SIZE(ordered); to++)
			CHECK_EQ(srcguard_limit_is_more(ordered[from], ordered[to]), to > from,
				 "in the order");
}

CHECK_SUITE(srcguard_limit,
	    CHECK_CASE(limit_classes),
	    CHECK_CASE(limit_names),
	    CHECK_CASE(limit_room),
	    CHECK_CASE(limit_more_and_less))
