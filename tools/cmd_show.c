// SPDX-License-Identifier: GPL-2.0-only
/*
 * srcguard show: the knobs that the module reports, in the order of names.c, and
 * after them what its guards noticed of themselves.
 */
#include "tool.h"

#include <stdio.h>
#include <string.h>

#include <netlink/attr.h>

static const char cmd_show_unjudged[] = "unjudged";

static int cmd_show_width(void)
{
	const struct knob *knob;
	size_t width = strlen(cmd_show_unjudged);

	for (knob = names_knobs; knob->name; knob++)
		if (strlen(knob->name) > width)
			width = strlen(knob->name);
	return width;
}

static bool cmd_show_each_knob(struct nlattr **attr, void *arg)
{
	const struct knob *knob;
	struct print *p = arg;

	for (knob = names_knobs; knob->name; knob++) {
		char before[32];

		if (!attr[knob->attr])
			continue;
		snprintf(before, sizeof(before), "%-*s ", cmd_show_width(), knob->name);
		print_knob(p, knob, before, nla_get_u32(attr[knob->attr]));
		print_newline(p);
	}
	return true;
}

static bool cmd_show_each_state(struct nlattr **attr, void *arg)
{
	struct print *p = arg;
	char before[32];

	if (!attr[SRCGUARD_A_STATE_UNJUDGED])
		return true;
	snprintf(before, sizeof(before), "%-*s ", cmd_show_width(), cmd_show_unjudged);
	print_number(p, cmd_show_unjudged, before, nla_get_u64(attr[SRCGUARD_A_STATE_UNJUDGED]));
	print_newline(p);
	return true;
}

int cmd_show(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request knobs = {
		.cmd	= SRCGUARD_CMD_POLICY_GET,
		.max	= SRCGUARD_A_POLICY_MAX,
		.policy	= attr_knobs,
		.each	= cmd_show_each_knob,
	};
	static const struct nla_policy state_policy[SRCGUARD_A_STATE_MAX + 1] = {
		[SRCGUARD_A_STATE_UNJUDGED]	= { .type = NLA_U64 },
	};
	static const struct nl_request state = {
		.cmd	= SRCGUARD_CMD_STATE_GET,
		.max	= SRCGUARD_A_STATE_MAX,
		.policy	= state_policy,
		.each	= cmd_show_each_state,
	};
	struct print p;
	int ret;

	if (argc > 1) {
		print_error("show takes no argument, but there is '%.64s'", argv[1]);
		return TOOL_USAGE;
	}
	print_begin(&p, opt, false);
	ret = nl_request(&knobs, opt->netns, &p);
	if (ret == TOOL_DONE)
		ret = nl_request(&state, NULL, &p);	/* which is entered by now */
	return print_end(&p, ret);
}
