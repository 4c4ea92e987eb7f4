// SPDX-License-Identifier: GPL-2.0-only
/* srcguard limit: how many devices of each kind there are, and may be. */
#include "tool.h"

#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

struct limit {
	const char *kind;
	uint32_t limit;
};

static bool limit_put(struct nl_msg *msg, void *arg)
{
	const struct limit *limit = arg;

	return !nla_put_string(msg, SRCGUARD_A_LIMIT_KIND, limit->kind) &&
	       !nla_put_u32(msg, SRCGUARD_A_LIMIT_LIMIT, limit->limit);
}

/* Both are about the kind. */
static const char *limit_attr_name(const struct nlattr *attr, void *arg)
{
	const struct limit *limit = arg;

	(void)attr;
	return limit->kind;
}

static int limit_set(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd		= SRCGUARD_CMD_LIMIT_SET,
		.put		= limit_put,
		.attr_name	= limit_attr_name,
	};
	struct limit limit = { };

	if (argc != 2) {
		print_error("limit set: which kind of devices, and how many of them?");
		return TOOL_USAGE;
	}
	limit.kind = argv[0];
	if (!*limit.kind || strlen(limit.kind) >= SRCGUARD_KIND_SIZE) {
		print_error("'%.64s' is no kind of devices: 1 to %d bytes", argv[0],
			    SRCGUARD_KIND_SIZE - 1);
		return TOOL_USAGE;
	}
	if (!parse_signed(argv[1], &limit.limit)) {
		parse_no_number(argv[0], argv[1], "number of devices, nor -1 for any number",
				true);
		return TOOL_USAGE;
	}
	return nl_request(&request, opt->netns, &limit);
}

static bool limit_each(struct nlattr **attr, void *arg)
{
	struct print *p = arg;

	print_row(p);
	if (!attr[SRCGUARD_A_LIMIT_IN_USE] || !attr[SRCGUARD_A_LIMIT_REFUSED] ||
	    !attr[SRCGUARD_A_LIMIT_MOVED] || !print_limit(p, "kind ", attr))
		return false;
	print_number(p, "refused", " refused ", nla_get_u64(attr[SRCGUARD_A_LIMIT_REFUSED]));
	print_number(p, "moved", " moved ", nla_get_u32(attr[SRCGUARD_A_LIMIT_MOVED]));
	print_newline(p);
	return true;
}

static int limit_show(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd	= SRCGUARD_CMD_LIMIT_GET,
		.flags	= NLM_F_DUMP,
		.max	= SRCGUARD_A_LIMIT_MAX,
		.policy	= attr_limits,
		.each	= limit_each,
	};
	struct print p;

	if (argc) {
		print_error("limit show takes no argument, but there is '%.64s'", argv[0]);
		return TOOL_USAGE;
	}
	print_begin(&p, opt, true);
	return print_end(&p, nl_request(&request, opt->netns, &p));
}

int cmd_limit(const struct options *opt, int argc, char **argv)
{
	if (argc >= 2 && !strcmp(argv[1], "set"))
		return limit_set(opt, argc - 2, argv + 2);
	if (argc < 2 || !strcmp(argv[1], "show"))
		return limit_show(opt, argc < 2 ? 0 : argc - 2, argv + 2);
	print_error("limit: '%.64s' is none of show, set", argv[1]);
	return TOOL_USAGE;
}
