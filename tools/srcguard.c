// SPDX-License-Identifier: GPL-2.0-only
/* srcguard(8): the options for all commands, and the table of the commands. */
#include "tool.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct command {
	const char *name;
	const char *arguments;
	const char *summary;
	int (*run)(const struct options *opt, int argc, char **argv);
} commands[] = {
	{ "show", "", "the knobs", cmd_show },
	{ "set", " KNOB VALUE [KNOB VALUE]...", "set knobs, all or none of them", cmd_set },
	{ "dev", " show | set DEV KNOB VALUE [KNOB VALUE]... | clear DEV",
	  "settings of a device or of a pattern of names", cmd_dev },
	{ "exempt", " show | add PREFIX [dev DEV] | del PREFIX [dev DEV] | replace FILE",
	  "sources that pass although they fail", cmd_exempt },
	{ "limit", " show | set KIND NUMBER", "how many devices of a kind there may be", cmd_limit },
	{ "lock", " [--yes]", "lock limits, logs and filters until the next boot", cmd_lock },
	{ "explain", " SRC dev DEV [to DST] [mark M] [tos T]",
	  "what would become of a packet, and why", cmd_explain },
	{ "monitor", " [--die-with-parent] [--explain]", "what happens, as it does", cmd_monitor },
	{ "decode", " ADDRESS [--6rd PREFIX/LEN[,V4LEN | ,V4PREFIX/V4LEN]]",
	  "the IPv4 address in a 6to4 or 6rd address", cmd_decode },
	{ "check", "", "settings of the kernel that conflict", cmd_check },
	{ "stats", " [--explain]", "packets that failed a guard, by reason", cmd_stats },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))
#define SYNOPSIS "srcguard [-j] [-p] [-n NETNS] "

static void tool_help(FILE *out)
{
	size_t i;

	fputs("usage: " SYNOPSIS "COMMAND\n\nCommands:\n", out);
	for (i = 0; i < COMMANDS; i++) {
		fprintf(out, "  %s%s\n        %s\n", commands[i].name, commands[i].arguments,
			commands[i].summary);
	}
	fputs("  help\n        this text\n"
	      "\nOptions:\n"
	      "  -j, --json                        print JSON\n"
	      "  -p, --pretty                      print JSON for people\n"
	      "  -n, --netns NETNS                 in another network namespace: name, path or pid\n"
	      "  -h, --help                        this text\n"
	      "  -V, --version                     the version\n", out);
}

static int tool_run(const struct options *opt, int argc, char **argv)
{
	size_t i;
	int ret;

	if (!strcmp(argv[0], "help")) {
		tool_help(stdout);
		return TOOL_DONE;
	}
	for (i = 0; i < COMMANDS && strcmp(argv[0], commands[i].name); i++)
		;
	if (i == COMMANDS) {
		print_error("unknown command '%.64s', see: srcguard help", argv[0]);
		return TOOL_USAGE;
	}
	ret = commands[i].run(opt, argc, argv);
	if (ret == TOOL_USAGE)
		fprintf(stderr, "usage: " SYNOPSIS "%s%s\n", commands[i].name,
			commands[i].arguments);
	return ret;
}

static int tool_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json",	no_argument,		NULL, 'j' },
		{ "pretty",	no_argument,		NULL, 'p' },
		{ "netns",	required_argument,	NULL, 'n' },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, 'V' },
		{ }
	};
	struct options opt = { };
	int c;

	while ((c = getopt_long(argc, argv, "+:jpn:hV", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			opt.json = true;
			break;
		case 'p':
			opt.pretty = true;
			break;
		case 'n':
			opt.netns = optarg;
			break;
		case 'h':
			tool_help(stdout);
			return TOOL_DONE;
		case 'V':
			puts("srcguard " SRCGUARD_VERSION);
			return TOOL_DONE;
		default:
			parse_option_refused(c, "jpnhV", argv);
			return TOOL_USAGE;
		}
	}
	if (optind == argc) {
		tool_help(stderr);
		return TOOL_USAGE;
	}
	return tool_run(&opt, argc - optind, argv + optind);
}

int main(int argc, char **argv)
{
	int fd;

	/*
	 * With a standard stream closed, the socket would take its number. The
	 * wrong direction on purpose: writing to a closed stdout stays an error.
	 */
	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			return TOOL_REFUSED;
	setvbuf(stderr, NULL, _IOLBF, 0);

	if (argc < 1)
		return TOOL_USAGE;
	opterr = 0;
	return print_flush(tool_main(argc, argv));
}
