// SPDX-License-Identifier: GPL-2.0-only
/* srcguard stats: the counters, a line for each combination that was seen. */
#include "tool.h"

#include <getopt.h>

#include <linux/if.h>
#include <netlink/attr.h>

struct cmd_stats {
	struct print print;
	bool explain;
};

static bool cmd_stats_each(struct nlattr **attr, void *arg)
{
	struct cmd_stats *stats = arg;
	struct print *p = &stats->print;
	int i;

	for (i = SRCGUARD_A_STATS_DEVICE; i <= SRCGUARD_A_STATS_BYTES; i++)
		if (!attr[i])
			return false;

	print_row(p);
	print_string(p, "device", "dev ", nla_get_string(attr[SRCGUARD_A_STATS_DEVICE]));
	print_name(p, "family", " ", names_families, nla_get_u32(attr[SRCGUARD_A_STATS_FAMILY]));
	print_name(p, "reason", " ", names_reasons, nla_get_u32(attr[SRCGUARD_A_STATS_REASON]));
	print_name(p, "outcome", " ", names_outcomes, nla_get_u32(attr[SRCGUARD_A_STATS_OUTCOME]));
	print_number(p, "packets", " packets ", nla_get_u64(attr[SRCGUARD_A_STATS_PACKETS]));
	print_number(p, "bytes", " bytes ", nla_get_u64(attr[SRCGUARD_A_STATS_BYTES]));
	if (stats->explain)
		print_explanation(p, nla_get_u32(attr[SRCGUARD_A_STATS_REASON]));
	print_newline(p);
	return true;
}

int cmd_stats(const struct options *opt, int argc, char **argv)
{
	static const struct nla_policy policy[SRCGUARD_A_STATS_MAX + 1] = {
		[SRCGUARD_A_STATS_DEVICE]	= { .type = NLA_STRING, .maxlen = IFNAMSIZ },
		[SRCGUARD_A_STATS_FAMILY]	= { .type = NLA_U32 },
		[SRCGUARD_A_STATS_REASON]	= { .type = NLA_U32 },
		[SRCGUARD_A_STATS_OUTCOME]	= { .type = NLA_U32 },
		[SRCGUARD_A_STATS_PACKETS]	= { .type = NLA_U64 },
		[SRCGUARD_A_STATS_BYTES]	= { .type = NLA_U64 },
	};
	static const struct nl_request request = {
		.cmd	= SRCGUARD_CMD_STATS_GET,
		.flags	= NLM_F_DUMP,
		.max	= SRCGUARD_A_STATS_MAX,
		.policy	= policy,
		.each	= cmd_stats_each,
	};
	static const struct option options[] = {
		{ "explain", no_argument, NULL, PARSE_OPTION_LONG },
		{ }
	};
	struct cmd_stats stats = { };
	int c;

	optind = 0;	/* main() has used getopt before */
	while ((c = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		if (c != PARSE_OPTION_LONG) {
			parse_option_refused(c, "", argv);
			return TOOL_USAGE;
		}
		stats.explain = true;
	}
	if (optind < argc) {
		print_error("stats takes no argument, but there is '%.64s'", argv[optind]);
		return TOOL_USAGE;
	}
	print_begin(&stats.print, opt, true);
	return print_end(&stats.print, nl_request(&request, opt->netns, &stats));
}
