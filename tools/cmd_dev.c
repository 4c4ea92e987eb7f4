// SPDX-License-Identifier: GPL-2.0-only
/* srcguard dev: what devices are set to apart from the namespace's knobs. */
#include "tool.h"

#include <stdio.h>
#include <string.h>

#include <linux/if.h>
#include <netlink/attr.h>

struct cmd_dev {
	const char *device;
	struct values values;
};

static bool cmd_dev_put(struct nl_msg *msg, void *arg)
{
	const struct cmd_dev *dev = arg;

	return !nla_put_string(msg, SRCGUARD_A_DEV_DEVICE, dev->device) &&
	       attr_put_values(msg, &dev->values);
}

static const char *cmd_dev_attr_name(const struct nlattr *attr, void *arg)
{
	const struct cmd_dev *dev = arg;

	if (nla_type(attr) == SRCGUARD_A_DEV_DEVICE)
		return dev->device;
	return attr_knob_name(names_settings, attr);
}

static int cmd_dev_set(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd		= SRCGUARD_CMD_DEV_SET,
		.put		= cmd_dev_put,
		.attr_name	= cmd_dev_attr_name,
	};
	struct cmd_dev dev = { .device = argv[0] };

	if (argc < 2) {
		print_error("dev set: which device, which knob, and to which value?");
		return TOOL_USAGE;
	}
	if (!parse_device(argv[0]) ||
	    !parse_values(names_settings, argc - 1, argv + 1, &dev.values))
		return TOOL_USAGE;
	return nl_request(&request, opt->netns, &dev);
}

static int cmd_dev_clear(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd		= SRCGUARD_CMD_DEV_CLEAR,
		.put		= cmd_dev_put,
		.attr_name	= cmd_dev_attr_name,
	};
	struct cmd_dev dev = { .device = argv[0] };

	if (argc != 1) {
		print_error("dev clear: which device, and no more?");
		return TOOL_USAGE;
	}
	if (!parse_device(argv[0]))
		return TOOL_USAGE;
	return nl_request(&request, opt->netns, &dev);
}

static bool cmd_dev_each(struct nlattr **attr, void *arg)
{
	struct print *p = arg;

	if (!attr[SRCGUARD_A_DEV_DEVICE])
		return false;
	print_row(p);
	print_string(p, "device", "dev ", nla_get_string(attr[SRCGUARD_A_DEV_DEVICE]));
	print_knobs(p, names_settings, attr);
	if (attr[SRCGUARD_A_DEV_PATTERN])
		print_string(p, "pattern", " pattern ",
			     nla_get_string(attr[SRCGUARD_A_DEV_PATTERN]));
	print_newline(p);
	return true;
}

static int cmd_dev_show(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd	= SRCGUARD_CMD_DEV_GET,
		.flags	= NLM_F_DUMP,
		.max	= SRCGUARD_A_DEV_MAX,
		.policy	= attr_settings,
		.each	= cmd_dev_each,
	};
	struct print p;

	if (argc) {
		print_error("dev show takes no argument, but there is '%.64s'", argv[0]);
		return TOOL_USAGE;
	}
	print_begin(&p, opt, true);
	return print_end(&p, nl_request(&request, opt->netns, &p));
}

int cmd_dev(const struct options *opt, int argc, char **argv)
{
	if (argc >= 2 && !strcmp(argv[1], "set"))
		return cmd_dev_set(opt, argc - 2, argv + 2);
	if (argc >= 2 && !strcmp(argv[1], "clear"))
		return cmd_dev_clear(opt, argc - 2, argv + 2);
	if (argc < 2 || !strcmp(argv[1], "show"))
		return cmd_dev_show(opt, argc < 2 ? 0 : argc - 2, argv + 2);
	print_error("dev: '%.64s' is none of show, set, clear", argv[1]);
	return TOOL_USAGE;
}
