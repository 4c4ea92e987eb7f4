// SPDX-License-Identifier: GPL-2.0-only
/* srcguard set: the knobs named, all or none of them, in one message. */
#include "tool.h"

#include <netlink/attr.h>

struct cmd_set_values {
	bool given[SRCGUARD_A_POLICY_MAX + 1];	/* both by attribute */
	uint32_t value[SRCGUARD_A_POLICY_MAX + 1];
};

static bool cmd_set_put(struct nl_msg *msg, void *arg)
{
	const struct cmd_set_values *set = arg;
	int attr;

	for (attr = 1; attr <= SRCGUARD_A_POLICY_MAX; attr++)
		if (set->given[attr] && nla_put_u32(msg, attr, set->value[attr]))
			return false;
	return true;
}

static const char *cmd_set_attr_name(int type)
{
	const struct knob *knob;

	for (knob = names_knobs; knob->name; knob++)
		if (knob->attr == type)
			return knob->name;
	return NULL;
}

int cmd_set(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd		= SRCGUARD_CMD_POLICY_SET,
		.put		= cmd_set_put,
		.attr_name	= cmd_set_attr_name,
	};
	struct cmd_set_values set = { };
	int i;

	if (argc < 2) {
		print_error("set: which knob, and to which value?");
		return TOOL_USAGE;
	}
	for (i = 1; i < argc; i += 2) {
		const struct knob *knob = parse_knob(argv[i]);

		if (!knob)
			return TOOL_USAGE;
		if (i + 1 == argc) {
			print_error("%s: the value is missing", knob->name);
			return TOOL_USAGE;
		}
		if (set.given[knob->attr]) {
			print_error("%s: given twice", knob->name);
			return TOOL_USAGE;
		}
		if (!parse_value(knob, argv[i + 1], &set.value[knob->attr]))
			return TOOL_USAGE;
		set.given[knob->attr] = true;
	}
	return nl_request(&request, opt->netns, &set);
}
