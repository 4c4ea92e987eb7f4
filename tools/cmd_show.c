// SPDX-License-Identifier: GPL-2.0-only
/*
 * srcguard show: the knobs that the module reports, in the order of names.c, and
 * after them what its guards noticed of themselves.
 */
#include "tool.h"

#include <stdio.h>
#include <string.h>

#include <netlink/attr.h>

static const struct {
	const char *name;
	int attr;
} cmd_show_state[] = {
	{ "unjudged",		SRCGUARD_A_STATE_UNJUDGED },
	{ "log_written",	SRCGUARD_A_STATE_LOG_WRITTEN },
	{ "log_withheld",	SRCGUARD_A_STATE_LOG_WITHHELD },
	{ "log_next",		SRCGUARD_A_STATE_LOG_NEXT },
	{ "writes_refused",	SRCGUARD_A_STATE_WRITES_REFUSED },
};

#define CMD_SHOW_STATES (sizeof(cmd_show_state) / sizeof(cmd_show_state[0]))

/* @before: of 32; all values stand below each other. */
static void cmd_show_before(char *before, const char *name)
{
	const struct knob *knob;
	size_t i, width = 0;

	for (knob = names_knobs; knob->name; knob++)
		if (strlen(knob->name) > width)
			width = strlen(knob->name);
	for (i = 0; i < CMD_SHOW_STATES; i++)
		if (strlen(cmd_show_state[i].name) > width)
			width = strlen(cmd_show_state[i].name);
	snprintf(before, 32, "%-*s ", (int)width, name);
}

static bool cmd_show_each_knob(struct nlattr **attr, void *arg)
{
	const struct knob *knob;
	struct print *p = arg;

	for (knob = names_knobs; knob->name; knob++) {
		char before[32];

		if (!attr[knob->attr])
			continue;
		cmd_show_before(before, knob->name);
		print_knob(p, knob, before, nla_get_u32(attr[knob->attr]));
		print_newline(p);
	}
	return true;
}

static bool cmd_show_each_state(struct nlattr **attr, void *arg)
{
	struct print *p = arg;
	size_t i;

	for (i = 0; i < CMD_SHOW_STATES; i++) {
		const struct nlattr *value = attr[cmd_show_state[i].attr];
		char before[32];

		if (!value)
			continue;
		cmd_show_before(before, cmd_show_state[i].name);
		print_number(p, cmd_show_state[i].name, before,
			     nla_len(value) == sizeof(uint64_t) ? nla_get_u64(value) :
								  nla_get_u32(value));
		print_newline(p);
	}
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
		[SRCGUARD_A_STATE_LOG_WRITTEN]	= { .type = NLA_U64 },
		[SRCGUARD_A_STATE_LOG_WITHHELD]	= { .type = NLA_U64 },
		[SRCGUARD_A_STATE_LOG_NEXT]	= { .type = NLA_U32 },
		[SRCGUARD_A_STATE_WRITES_REFUSED] = { .type = NLA_U64 },
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
