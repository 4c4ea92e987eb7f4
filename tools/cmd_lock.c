// SPDX-License-Identifier: GPL-2.0-only
/* srcguard lock: the one-way lock, and what it does not protect against. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LOCK_MODULES "/proc/sys/kernel/modules_disabled"

#define LOCK_CAVEAT \
	"The lock does not hold against who can load modules: rmmod --force, or code of his own,\n" \
	"undo it. kernel.modules_disabled=1 closes both until the next boot, and no module can\n" \
	"be loaded any more, not even for a device that is plugged in."

/* A whole line, which is nothing else. */
static bool lock_ask(const char *question)
{
	char *answer = NULL;
	size_t size = 0;
	bool yes;

	fprintf(stderr, "%s [y/N] ", question);
	yes = getline(&answer, &size, stdin) > 0 &&
	      (!strcasecmp(answer, "y\n") || !strcasecmp(answer, "yes\n"));
	free(answer);
	return yes;
}

static bool lock_modules_disabled(void)
{
	int fd = open(LOCK_MODULES, O_RDONLY | O_CLOEXEC);
	char value = '0';

	if (fd < 0)
		return false;
	if (read(fd, &value, 1) < 0)
		value = '0';
	close(fd);
	return value == '1';
}

static int lock_disable_modules(void)
{
	int fd = open(LOCK_MODULES, O_WRONLY | O_CLOEXEC);
	int ret = TOOL_DONE;

	if (fd < 0 || write(fd, "1", 1) != 1) {
		print_error("%s: %s", LOCK_MODULES, strerror(errno));
		ret = TOOL_REFUSED;
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

static int lock_report(const struct options *opt)
{
	bool disabled = lock_modules_disabled();
	struct print p;

	print_begin(&p, opt, false);
	print_number(&p, "lock", "lock ", 1);
	print_newline(&p);
	print_number(&p, "modules_disabled", "kernel.modules_disabled ", disabled);
	print_newline(&p);
	if (!p.json && !disabled)
		puts(LOCK_CAVEAT " It is set with:\n  sysctl kernel.modules_disabled=1");
	return print_end(&p, TOOL_DONE);
}

int cmd_lock(const struct options *opt, int argc, char **argv)
{
	static const struct option options[] = {
		{ "yes", no_argument, NULL, PARSE_OPTION_LONG },
		{ }
	};
	static const struct nl_request request = {
		.cmd = SRCGUARD_CMD_LOCK,
	};
	int c, ret, modules = TOOL_DONE;
	bool yes = false;

	optind = 0;	/* main() has used getopt before */
	while ((c = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		if (c != PARSE_OPTION_LONG) {
			parse_option_refused(c, "", argv);
			return TOOL_USAGE;
		}
		yes = true;
	}
	if (optind < argc) {
		print_error("lock takes no argument, but there is '%.64s'", argv[optind]);
		return TOOL_USAGE;
	}
	if (!yes && (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))) {
		print_error("lock is final until the next boot: answer on a terminal, or give --yes");
		return TOOL_USAGE;
	}
	if (!yes && !lock_ask("Until the next boot, in all network namespaces: no limit of devices and no knob of\n"
			      "the log changes any more, filters only get stricter, no exemption is added, and\n"
			      "the module stays. Lock?")) {
		print_error("nothing was changed");
		return TOOL_REFUSED;
	}
	ret = nl_request(&request, opt->netns, NULL);
	if (ret)
		return ret;
	if (!yes && !lock_modules_disabled() && lock_ask(LOCK_CAVEAT " Set it?"))
		modules = lock_disable_modules();
	ret = lock_report(opt);
	return ret ? ret : modules;
}
