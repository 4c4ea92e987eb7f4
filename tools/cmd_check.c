// SPDX-License-Identifier: GPL-2.0-only
/*
 * srcguard check: settings of the kernel that conflict with the guards, do their work
 * again, or let strangers write to the log. The kernel takes the larger of rp_filter for
 * all devices and for the device, and logs martians if either says so.
 */
#include "tool.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if.h>
#include <netlink/attr.h>

#define CHECK_CONF "/proc/sys/net/ipv4/conf"

/* What is set for one device, for IPv4. */
struct check_device {
	char name[IFNAMSIZ];
	struct values values;
};

struct check {
	struct print print;
	struct values values;		/* the namespace's */
	struct check_device *device;
	size_t count;
	bool failed;			/* no memory */
	size_t found;
};

static bool check_each_knob(struct nlattr **attr, void *arg)
{
	struct check *check = arg;
	const struct knob *knob;

	for (knob = names_knobs; knob->name; knob++)
		if (attr[knob->attr])
			check->values.value[knob->attr] = nla_get_u32(attr[knob->attr]);
	return true;
}

static bool check_each_device(struct nlattr **attr, void *arg)
{
	struct check *check = arg;
	struct check_device *device;
	const struct knob *knob;

	if (!attr[SRCGUARD_A_DEV_DEVICE] || !attr[SRCGUARD_A_DEV_IFINDEX])
		return false;
	if (!nla_get_u32(attr[SRCGUARD_A_DEV_IFINDEX]))
		return true;
	device = reallocarray(check->device, check->count + 1, sizeof(*device));
	if (!device) {
		check->failed = true;
		return true;
	}
	check->device = device;
	device += check->count++;
	*device = (struct check_device){ };
	nla_strlcpy(device->name, attr[SRCGUARD_A_DEV_DEVICE], sizeof(device->name));
	for (knob = names_settings; knob->name; knob++) {
		if (!attr[knob->attr])
			continue;
		device->values.given[knob->attr] = true;
		device->values.value[knob->attr] = nla_get_u32(attr[knob->attr]);
	}
	return true;
}

/* A device's setting, or the namespace's. */
static uint32_t check_setting(const struct check *check, const char *name, int first, int second,
			      int knob)
{
	size_t i;

	for (i = 0; i < check->count; i++) {
		const struct values *values = &check->device[i].values;

		if (strcmp(check->device[i].name, name))
			continue;
		if (values->given[first])
			return values->value[first];
		if (values->given[second])
			return values->value[second];
	}
	return check->values.value[knob];
}

/* A device that is just going has no value: it conflicts with nothing. */
static uint32_t check_sysctl(const char *device, const char *name)
{
	char path[sizeof(CHECK_CONF) + IFNAMSIZ + 32];
	uint32_t value = 0;
	FILE *file;

	snprintf(path, sizeof(path), CHECK_CONF "/%s/%s", device, name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%" SCNu32, &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

/* @device: NULL if it is about none */
static void check_finding(struct check *check, const char *device, const char *what, uint32_t is,
			  const char *why)
{
	struct print *p = &check->print;

	check->found++;
	print_row(p);
	print_string(p, "what", "", what);
	if (device)
		print_string(p, "device", " dev ", device);
	print_number(p, "is", " is ", is);
	print_number(p, "should", " should be ", 0);
	print_string(p, "why", "\n    ", why);
	print_newline(p);
}

static void check_finding_sysctl(struct check *check, const char *device, const char *where,
				 const char *name, uint32_t is, const char *why)
{
	char what[64], path[IFNAMSIZ], *dot;

	/* As sysctl(8) wants it: a dot between two names, and the slash for one in a name. */
	snprintf(path, sizeof(path), "%s", where);
	while ((dot = strchr(path, '.')))
		*dot = '/';
	snprintf(what, sizeof(what), "net.ipv4.conf.%s.%s", path, name);
	check_finding(check, device, what, is, why);
}

static void check_rp_filter(struct check *check, const char *device)
{
	uint32_t all = check_sysctl("all", "rp_filter"), own = check_sysctl(device, "rp_filter");
	uint32_t mode = check_setting(check, device, SRCGUARD_A_DEV_RP_FILTER_IPV4,
				      SRCGUARD_A_DEV_RP_FILTER, SRCGUARD_A_POLICY_RP_FILTER);
	uint32_t enforce = check_setting(check, device, SRCGUARD_A_DEV_ENFORCE,
					 SRCGUARD_A_DEV_ENFORCE, SRCGUARD_A_POLICY_ENFORCE);
	const char *where = all >= own ? "all" : device;
	uint32_t is = all >= own ? all : own;
	const char *why;

	if (!is || mode == SRCGUARD_RP_FILTER_OFF)
		return;
	if (!enforce)
		why = "The kernel's filter drops what srcguard only audits here.";
	else if (is == 1 && mode != SRCGUARD_RP_FILTER_STRICT)
		why = "The kernel's filter is strict, and drops what srcguard lets pass here.";
	else
		why = "The kernel's filter looks at each packet a second time.";
	check_finding_sysctl(check, device, where, "rp_filter", is, why);
}

static void check_log_martians(struct check *check, const char *device)
{
	bool all = check_sysctl("all", "log_martians");

	if (all || check_sysctl(device, "log_martians"))
		check_finding_sysctl(check, device, all ? "all" : device, "log_martians", 1,
				     "Any stranger's packets write to the kernel's log.");
}

/* Where there is no sit, it prints nothing. */
static void check_sit(struct check *check)
{
	FILE *file = fopen("/sys/module/sit/parameters/log_ecn_error", "r");

	if (!file)
		return;
	if (getc(file) == 'Y')
		check_finding(check, NULL, "sit.log_ecn_error", 1,
			      "Packets for a sit tunnel with a contradictory ECN mark write to the kernel's log.");
	fclose(file);
}

static int check_devices(struct check *check)
{
	struct dirent **entry;
	int count, i;

	count = scandir(CHECK_CONF, &entry, NULL, alphasort);
	if (count < 0) {
		print_error(CHECK_CONF ": %s", strerror(errno));
		return TOOL_REFUSED;
	}
	for (i = 0; i < count; i++) {
		const char *name = entry[i]->d_name;

		if (strcmp(name, ".") && strcmp(name, "..") && strlen(name) < IFNAMSIZ &&
		    strcmp(name, "all")) {
			check_rp_filter(check, name);
			check_log_martians(check, name);
		}
		free(entry[i]);
	}
	free(entry);
	check_sit(check);
	return check->found ? TOOL_REFUSED : TOOL_DONE;
}

static int check_settings(struct check *check, const char *netns)
{
	static const struct nl_request knobs = {
		.cmd	= SRCGUARD_CMD_POLICY_GET,
		.max	= SRCGUARD_A_POLICY_MAX,
		.policy	= attr_knobs,
		.each	= check_each_knob,
	};
	static const struct nl_request devices = {
		.cmd	= SRCGUARD_CMD_DEV_GET,
		.flags	= NLM_F_DUMP,
		.max	= SRCGUARD_A_DEV_MAX,
		.policy	= attr_settings,
		.each	= check_each_device,
	};
	int ret = nl_request(&knobs, netns, check);

	if (!ret)
		ret = nl_request(&devices, NULL, check);	/* which is entered by now */
	if (!ret && check->failed) {
		print_error("%s", strerror(ENOMEM));
		ret = TOOL_REFUSED;
	}
	return ret;
}

int cmd_check(const struct options *opt, int argc, char **argv)
{
	struct check check = { };
	int ret, found;

	if (argc > 1) {
		print_error("check takes no argument, but there is '%.64s'", argv[1]);
		return TOOL_USAGE;
	}
	print_begin(&check.print, opt, true);
	ret = check_settings(&check, opt->netns);
	found = ret ? ret : check_devices(&check);
	/* What was found is the answer, though its exit status is not 0. */
	ret = print_end(&check.print, check.found ? TOOL_DONE : found);
	free(check.device);
	return ret ? ret : found;
}
