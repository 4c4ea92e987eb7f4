// SPDX-License-Identifier: GPL-2.0-only
/*
 * srcguard monitor: the module's events as they come. It waits in poll() only, so that
 * it ends by itself, without any event, when nobody takes its output any more.
 */
#include "tool.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct monitor {
	const struct options *opt;
	bool explain;
	uint64_t next;		/* number of the event that should come, 0 for any */
	bool ended;
	int ret;		/* how */
};

/* Ends what was printed since print_begin(), and hands it on. */
static void monitor_say(struct monitor *m, struct print *p)
{
	print_newline(p);
	m->ret = print_end(p, TOOL_DONE);
	m->ended = m->ret || !print_now(&m->ret);
}

static bool monitor_each(struct nlattr **attr, void *arg)
{
	struct monitor *m = arg;
	uint64_t number, time;
	struct print p;
	bool whole;

	if (!attr[SRCGUARD_A_EVENT_NUMBER] || !attr[SRCGUARD_A_EVENT_TIME] ||
	    !attr[SRCGUARD_A_EVENT_TYPE])
		return false;
	number = nla_get_u64(attr[SRCGUARD_A_EVENT_NUMBER]);
	time = nla_get_u64(attr[SRCGUARD_A_EVENT_TIME]);
	if (m->next && number > m->next) {
		print_begin(&p, m->opt, false);
		event_print_lost(&p, time, number - m->next);
		monitor_say(m, &p);
	}
	m->next = number + 1;
	if (m->ended)
		return true;
	print_begin(&p, m->opt, false);
	whole = event_print(&p, attr, m->explain);
	monitor_say(m, &p);
	return whole;
}

/* Whether process 1 is the host's: the first pid namespace always has this number. */
static bool monitor_is_on_host(void)
{
	struct stat self;

	return stat("/proc/self/ns/pid", &self) || self.st_ino == 0xeffffffc;
}

/*
 * Whether the parent lives, and in @fd what tells of its end, or -1.
 *
 * PR_SET_PDEATHSIG alone will not do: it follows the thread that forked us, though its
 * process lives on, and it is forgotten when a set-id program is executed. A pidfd is
 * that of the process, and if it is still our parent after its pidfd was opened, it is
 * the parent's. Who has no number here, being in an outer pid namespace, has no pidfd
 * either, and old kernels have none at all: there the signal has to do. SIGKILL, for
 * another may be blocked, and is ignored if we are a pid namespace's first process.
 *
 * A parent that died before we asked has left us to init, or to another process that
 * adopts orphans. Those we know by that they are of another session, while we, unless we
 * began one of our own, are of our parent's. A session's leader is what a service
 * manager or sshd makes of what it starts, so that its parent, init as well, is taken
 * for the real one. So is a container's first process that is of our session: it is a
 * shell that waits for us, more often than it is one that adopted us.
 */
static bool monitor_follow_parent(int *fd)
{
	pid_t parent = getppid(), session = getsid(0);

	if (session != getpid()) {
		pid_t other = getsid(parent);	/* our own, if the parent is 0 */

		if ((parent == 1 && monitor_is_on_host()) || (other >= 0 && other != session))
			return false;
	}
	*fd = syscall(SYS_pidfd_open, parent, 0);
	if (*fd < 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return getppid() == parent;
}

static int monitor_run(struct monitor *m, struct nl_listener *l, int parent)
{
	enum { EVENTS, OUTPUT, PARENT, COUNT };
	struct pollfd fds[COUNT] = {
		[EVENTS] = { .events = POLLIN },
		[OUTPUT] = { .fd = STDOUT_FILENO },
		[PARENT] = { .fd = parent, .events = POLLIN },
	};
	int ret = TOOL_DONE;

	while (!ret && !m->ended) {
		/* What there is to tell stays where it is until it can be told. */
		fds[EVENTS].fd = l->waiting ? -1 : l->fd;
		fds[OUTPUT].events = l->waiting ? POLLOUT : 0;
		if (poll(fds, COUNT, -1) < 0) {
			if (errno == EINTR)
				continue;
			print_error("poll: %s", strerror(errno));
			return TOOL_REFUSED;
		}
		if (fds[PARENT].revents || fds[OUTPUT].revents & (POLLERR | POLLHUP))
			return TOOL_DONE;
		if (fds[EVENTS].revents)
			l->waiting = true;
		if (fds[OUTPUT].revents)
			ret = nl_hear(l);
	}
	return ret ? ret : m->ret;
}

int cmd_monitor(const struct options *opt, int argc, char **argv)
{
	enum { FOLLOW = PARSE_OPTION_LONG, EXPLAIN };
	static const struct option options[] = {
		{ "die-with-parent", no_argument, NULL, FOLLOW },
		{ "explain", no_argument, NULL, EXPLAIN },
		{ }
	};
	struct monitor m = { .opt = opt };
	struct nl_listener listener = {
		.cmd	= SRCGUARD_CMD_EVENT,
		.max	= SRCGUARD_A_EVENT_MAX,
		.policy	= event_policy,
		.each	= monitor_each,
		.arg	= &m,
	};
	int c, ret, parent = -1;
	bool follow = false;

	optind = 0;	/* main() has used getopt before */
	while ((c = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
		switch (c) {
		case FOLLOW:
			follow = true;
			break;
		case EXPLAIN:
			m.explain = true;
			break;
		default:
			parse_option_refused(c, "", argv);
			return TOOL_USAGE;
		}
	}
	if (optind < argc) {
		print_error("monitor takes no argument, but there is '%.64s'", argv[optind]);
		return TOOL_USAGE;
	}
	if (follow && !monitor_follow_parent(&parent))
		return TOOL_DONE;
	signal(SIGPIPE, SIG_IGN);
	ret = nl_listen(&listener, opt->netns);
	if (!ret)
		ret = monitor_run(&m, &listener, parent);
	nl_listen_end(&listener);
	return ret;
}
