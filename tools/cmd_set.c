// SPDX-License-Identifier: GPL-2.0-only
/* srcguard set: the knobs named, all or none of them, in one message. */
#include "tool.h"

static bool cmd_set_put(struct nl_msg *msg, void *arg)
{
	return attr_put_values(msg, arg);
}

static const char *cmd_set_attr_name(const struct nlattr *attr, void *arg)
{
	(void)arg;
	return attr_knob_name(names_knobs, attr);
}

int cmd_set(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd		= SRCGUARD_CMD_POLICY_SET,
		.put		= cmd_set_put,
		.attr_name	= cmd_set_attr_name,
	};
	struct values values = { };

	if (argc < 2) {
		print_error("set: which knob, and to which value?");
		return TOOL_USAGE;
	}
	if (!parse_values(names_knobs, argc - 1, argv + 1, &values))
		return TOOL_USAGE;
	return nl_request(&request, opt->netns, &values);
}
