// SPDX-License-Identifier: GPL-2.0-only
/* Moving into the network namespace that -n names. */
#define _GNU_SOURCE	/* setns() */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/nsfs.h>

/* Never waits, whatever the path turns out to be: a FIFO would without O_NONBLOCK. */
static int netns_open_in(const char *before, const char *name, const char *after)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s%s%s", before, name, after);

	if (len < 0 || (size_t)len >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* A path, a name as ip(8) keeps them, or else a process. */
static int netns_open(const char *name)
{
	int fd;

	if (strchr(name, '/'))
		return netns_open_in("", name, "");
	fd = netns_open_in("/run/netns/", name, "");
	if (fd < 0 && errno == ENOENT)
		fd = netns_open_in("/var/run/netns/", name, "");
	if (fd < 0 && errno == ENOENT && *name && !name[strspn(name, "0123456789")])
		fd = netns_open_in("/proc/", name, "/ns/net");
	return fd;
}

int netns_enter(const char *name)
{
	int err = 0, fd = netns_open(name);

	if (fd < 0)
		err = errno;
	else if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET)
		err = EINVAL;
	else if (setns(fd, CLONE_NEWNET))
		err = errno;
	if (fd >= 0)
		close(fd);
	if (!err)
		return TOOL_DONE;
	print_error("network namespace '%.256s': %s", name,
		    err == EINVAL ? "this is not a network namespace" : strerror(err));
	return TOOL_REFUSED;
}
