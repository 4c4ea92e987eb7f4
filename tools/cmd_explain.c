// SPDX-License-Identifier: GPL-2.0-only
/* srcguard explain: what would become of a packet, and why. */
#include "tool.h"

#include <stdio.h>
#include <string.h>

#include <linux/if.h>
#include <netlink/attr.h>

struct question {
	struct prefix source, destination;
	const char *device;
	bool to;
	uint32_t mark, tos;
};

struct explanation {
	struct question question;
	struct print print;
};

static bool explain_put(struct nl_msg *msg, void *arg)
{
	const struct question *q = &((struct explanation *)arg)->question;

	return attr_put_address(msg, SRCGUARD_A_EXPLAIN_SRC, &q->source) &&
	       (!q->to || attr_put_address(msg, SRCGUARD_A_EXPLAIN_DST, &q->destination)) &&
	       !nla_put_string(msg, SRCGUARD_A_EXPLAIN_DEVICE, q->device) &&
	       !nla_put_u32(msg, SRCGUARD_A_EXPLAIN_MARK, q->mark) &&
	       !nla_put_u32(msg, SRCGUARD_A_EXPLAIN_TOS, q->tos);
}

static const char *explain_attr_name(const struct nlattr *attr, void *arg)
{
	const struct question *q = &((struct explanation *)arg)->question;

	switch (nla_type(attr)) {
	case SRCGUARD_A_EXPLAIN_DEVICE:
		return q->device;
	case SRCGUARD_A_EXPLAIN_DST:
		return "to";
	case SRCGUARD_A_EXPLAIN_TOS:
		return "tos";
	default:
		return NULL;
	}
}

static bool explain_route_prefix(struct print *p, struct nlattr **attr)
{
	char text[PREFIX_TEXT_MAX], number[16];
	const struct name *table;
	struct prefix prefix;
	uint32_t id;

	if (!attr[SRCGUARD_A_EXPLAIN_PREFIX])
		return true;
	if (!attr[SRCGUARD_A_EXPLAIN_PREFIXLEN] || !attr[SRCGUARD_A_EXPLAIN_TABLE] ||
	    !attr_get_address(attr[SRCGUARD_A_EXPLAIN_PREFIX], &prefix))
		return false;
	prefix.length = nla_get_u32(attr[SRCGUARD_A_EXPLAIN_PREFIXLEN]);
	print_prefix(text, &prefix);
	print_string(p, "prefix", " ", text);
	id = nla_get_u32(attr[SRCGUARD_A_EXPLAIN_TABLE]);
	table = names_find(names_tables, id);
	snprintf(number, sizeof(number), "%u", id);
	print_string(p, "table", " table ", table ? table->name : number);
	return true;
}

static bool explain_route(struct print *p, struct nlattr **attr)
{
	const char *nexthops[SRCGUARD_EXPLAIN_NEXTHOPS_MAX];
	struct json_object *row;
	struct nlattr *nexthop;
	size_t count = 0;
	bool whole;
	int rest;

	if (!attr[SRCGUARD_A_EXPLAIN_TYPE])
		return true;
	row = print_enter(p, "route");
	print_name(p, "type", "\n    route ", names_route_types,
		   nla_get_u32(attr[SRCGUARD_A_EXPLAIN_TYPE]));
	whole = explain_route_prefix(p, attr);
	if (attr[SRCGUARD_A_EXPLAIN_NEXTHOPS])
		nla_for_each_nested(nexthop, attr[SRCGUARD_A_EXPLAIN_NEXTHOPS], rest)
			if (count < SRCGUARD_EXPLAIN_NEXTHOPS_MAX)
				nexthops[count++] = nla_get_string(nexthop);
	print_strings(p, "nexthops", " dev ", nexthops, count);
	print_leave(p, row);
	return whole;
}

static bool explain_each(struct nlattr **attr, void *arg)
{
	struct print *p = &((struct explanation *)arg)->print;
	const struct name *reason = NULL, *decider;
	uint32_t decided_by;
	bool whole;

	if (!attr[SRCGUARD_A_EXPLAIN_VERDICT] || !attr[SRCGUARD_A_EXPLAIN_DECIDED_BY])
		return false;
	decided_by = nla_get_u32(attr[SRCGUARD_A_EXPLAIN_DECIDED_BY]);
	print_name(p, "verdict", "", names_verdicts,
		   nla_get_u32(attr[SRCGUARD_A_EXPLAIN_VERDICT]));
	if (attr[SRCGUARD_A_EXPLAIN_REASON]) {
		uint32_t value = nla_get_u32(attr[SRCGUARD_A_EXPLAIN_REASON]);

		reason = names_find(names_reasons, value);
		print_name(p, "reason", " reason ", names_reasons, value);
	}
	print_name(p, "decided_by", " decided_by ", names_deciders, decided_by);
	whole = explain_route(p, attr);
	decider = names_find(names_deciders, decided_by);
	if (!p->json) {
		if (reason)
			printf("\n    %s", reason->sentence);
		if (decider)
			printf("\n    %s", decider->sentence);
	}
	print_newline(p);
	return whole;
}

static bool explain_parse(struct question *q, int argc, char **argv)
{
	bool mark = false, tos = false;
	int i;

	if (!parse_address(argv[1], &q->source))
		return false;
	for (i = 2; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "dev") && !q->device) {
			q->device = argv[i + 1];
		} else if (!strcmp(argv[i], "to") && !q->to) {
			q->to = true;
			if (!parse_address(argv[i + 1], &q->destination))
				return false;
		} else if (!strcmp(argv[i], "mark") && !mark) {
			mark = true;
			if (!parse_number("mark", argv[i + 1], UINT32_MAX, &q->mark))
				return false;
		} else if (!strcmp(argv[i], "tos") && !tos) {
			tos = true;
			if (!parse_number("tos", argv[i + 1], UINT8_MAX, &q->tos))
				return false;
		} else {
			print_error("explain: '%.64s' is not expected, or given twice", argv[i]);
			return false;
		}
	}
	if (i < argc) {
		print_error("explain: '%.64s' lacks its value", argv[i]);
		return false;
	}
	if (!q->device) {
		print_error("explain: which device does it come in by (dev DEV)?");
		return false;
	}
	return parse_device(q->device);
}

int cmd_explain(const struct options *opt, int argc, char **argv)
{
	static const struct nla_policy policy[SRCGUARD_A_EXPLAIN_MAX + 1] = {
		[SRCGUARD_A_EXPLAIN_VERDICT]	= { .type = NLA_U32 },
		[SRCGUARD_A_EXPLAIN_REASON]	= { .type = NLA_U32 },
		[SRCGUARD_A_EXPLAIN_DECIDED_BY]	= { .type = NLA_U32 },
		[SRCGUARD_A_EXPLAIN_PREFIXLEN]	= { .type = NLA_U32 },
		[SRCGUARD_A_EXPLAIN_TYPE]	= { .type = NLA_U32 },
		[SRCGUARD_A_EXPLAIN_TABLE]	= { .type = NLA_U32 },
		[SRCGUARD_A_EXPLAIN_NEXTHOPS]	= { .type = NLA_NESTED },
	};
	static const struct nl_request request = {
		.cmd		= SRCGUARD_CMD_EXPLAIN,
		.max		= SRCGUARD_A_EXPLAIN_MAX,
		.policy		= policy,
		.put		= explain_put,
		.each		= explain_each,
		.attr_name	= explain_attr_name,
	};
	struct explanation explanation = { };

	if (argc < 2) {
		print_error("explain: which source, and by which device?");
		return TOOL_USAGE;
	}
	if (!explain_parse(&explanation.question, argc, argv))
		return TOOL_USAGE;
	print_begin(&explanation.print, opt, false);
	return print_end(&explanation.print,
			 nl_request(&request, opt->netns, &explanation));
}
