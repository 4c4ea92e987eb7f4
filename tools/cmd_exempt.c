// SPDX-License-Identifier: GPL-2.0-only
/* srcguard exempt: sources that pass although they fail the reverse-path filter. */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <linux/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

/* Exemptions in a message: with 52 bytes at most they fit. */
#define EXEMPT_PART 512

#define EXEMPT_WORDS " \t\r\n"

struct exemption {
	struct prefix prefix;
	char device[IFNAMSIZ];	/* empty for all */
	size_t line;		/* of the file */
	const struct nlattr *attr;	/* where it was put last */
};

struct exempt_list {
	const char *path;
	struct exemption *entry;
	size_t count, room;
	size_t sent;
	uint32_t number;
	char complaint[256 + PREFIX_TEXT_MAX + IFNAMSIZ + 64];
};

static bool exempt_put_one(struct nl_msg *msg, const struct exemption *e)
{
	return attr_put_address(msg, SRCGUARD_A_EXEMPT_PREFIX, &e->prefix) &&
	       !nla_put_u32(msg, SRCGUARD_A_EXEMPT_PREFIXLEN, e->prefix.length) &&
	       (!e->device[0] ||
		!nla_put_string(msg, SRCGUARD_A_EXEMPT_DEVICE, e->device));
}

static bool exempt_put(struct nl_msg *msg, void *arg)
{
	return exempt_put_one(msg, arg);
}

/* The words of an exemption: PREFIX [dev DEV]. */
static bool exempt_parse(struct exemption *e, int argc, char **argv)
{
	*e = (struct exemption){ };
	if (argc != 1 && argc != 3) {
		print_error("exempt: an exemption is PREFIX [dev DEV]");
		return false;
	}
	if (!parse_prefix(argv[0], &e->prefix))
		return false;
	if (argc == 1)
		return true;
	if (strcmp(argv[1], "dev")) {
		print_error("exempt: '%.64s' is not expected", argv[1]);
		return false;
	}
	if (!parse_device(argv[2]))
		return false;
	strcpy(e->device, argv[2]);
	return true;
}

static const char *exempt_attr_name(const struct nlattr *attr, void *arg)
{
	static char text[PREFIX_TEXT_MAX];
	const struct exemption *e = arg;

	if (nla_type(attr) == SRCGUARD_A_EXEMPT_DEVICE)
		return e->device;
	print_prefix(text, &e->prefix);
	return text;
}

static int exempt_change(const struct options *opt, uint8_t cmd, int argc, char **argv)
{
	const struct nl_request request = {
		.cmd		= cmd,
		.put		= exempt_put,
		.attr_name	= exempt_attr_name,
	};
	struct exemption e;

	if (!exempt_parse(&e, argc, argv))
		return TOOL_USAGE;
	return nl_request(&request, opt->netns, &e);
}

static bool exempt_list_put(struct nl_msg *msg, void *arg)
{
	struct exempt_list *list = arg;
	size_t end = list->count - list->sent < EXEMPT_PART ? list->count :
							      list->sent + EXEMPT_PART;
	struct nlattr *nest;

	if (nla_put_u32(msg, SRCGUARD_A_EXEMPT_LIST, list->number) ||
	    (!list->sent && nla_put_flag(msg, SRCGUARD_A_EXEMPT_FIRST)) ||
	    (end == list->count && nla_put_flag(msg, SRCGUARD_A_EXEMPT_LAST)))
		return false;
	for (; list->sent < end; list->sent++) {
		nest = nla_nest_start(msg, SRCGUARD_A_EXEMPT_ENTRY);
		if (!nest || !exempt_put_one(msg, &list->entry[list->sent]))
			return false;
		nest->nla_type |= NLA_F_NESTED;
		nla_nest_end(msg, nest);
		list->entry[list->sent].attr = nest;
	}
	return true;
}

static bool exempt_list_more(void *arg)
{
	const struct exempt_list *list = arg;

	return list->sent < list->count;
}

/* The exemption that the kernel complains of, and where it stands. */
static const char *exempt_list_attr_name(const struct nlattr *attr, void *arg)
{
	struct exempt_list *list = arg;
	char text[PREFIX_TEXT_MAX];
	const struct exemption *e = list->entry + list->sent;

	/* From the end: messages before may have had the same memory. */
	do {
		if (e-- == list->entry)
			return NULL;
	} while (e->attr != attr);
	print_prefix(text, &e->prefix);
	snprintf(list->complaint, sizeof(list->complaint), "%.256s: line %zu: %s%s%s", list->path,
		 e->line, text, e->device[0] ? " dev " : "", e->device);
	return list->complaint;
}

static int exempt_list_add(struct exempt_list *list, const struct exemption *e)
{
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct exemption *grown = reallocarray(list->entry, room, sizeof(*grown));

		if (!grown) {
			print_error("%s", strerror(ENOMEM));
			return TOOL_REFUSED;
		}
		list->entry = grown;
		list->room = room;
	}
	list->entry[list->count++] = *e;
	return TOOL_DONE;
}

/*
 * A line: an exemption, or nothing, and after # what people want to say. In a word # is
 * a letter, as it is in the name of a device.
 */
static int exempt_list_line(struct exempt_list *list, char *line, size_t number)
{
	char *words[4], *word, *rest;
	struct exemption e;
	int count = 0;

	for (word = strtok_r(line, EXEMPT_WORDS, &rest); word && *word != '#' && count < 4;
	     word = strtok_r(NULL, EXEMPT_WORDS, &rest))
		words[count++] = word;
	if (!count)
		return TOOL_DONE;
	if (!exempt_parse(&e, count, words))
		return TOOL_USAGE;
	e.line = number;
	return exempt_list_add(list, &e);
}

/*
 * All of the file, or nothing of it: it may end early for want of memory, which is no
 * error of the stream, and a line for a zero byte.
 */
static int exempt_list_read(struct exempt_list *list, FILE *file)
{
	size_t room = 0, number = 0;
	int ret = TOOL_DONE;
	char *line = NULL;
	ssize_t length;

	while (!ret && (length = getline(&line, &room, file)) >= 0) {
		number++;
		if (strlen(line) == (size_t)length) {
			ret = exempt_list_line(list, line, number);
		} else {
			print_error("exempt: there is a zero byte");
			ret = TOOL_USAGE;
		}
		if (ret == TOOL_USAGE)
			print_error("%.256s: line %zu", list->path, number);
	}
	if (!ret && !feof(file)) {
		print_error("%.256s: %s", list->path, strerror(errno));
		ret = TOOL_REFUSED;
	}
	free(line);
	return ret;
}

static int exempt_replace(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd		= SRCGUARD_CMD_EXEMPT_REPLACE,
		.put		= exempt_list_put,
		.attr_name	= exempt_list_attr_name,
		.more		= exempt_list_more,
	};
	struct exempt_list list = { };
	FILE *file;
	int ret;

	if (argc != 1) {
		print_error("exempt replace: which file (- is standard input), and no more?");
		return TOOL_USAGE;
	}
	/* Who else replaces the list now may have the same number of a process. */
	if (getrandom(&list.number, sizeof(list.number), 0) != sizeof(list.number)) {
		print_error("exempt replace: no random number: %s", strerror(errno));
		return TOOL_REFUSED;
	}
	list.path = argv[0];
	file = strcmp(argv[0], "-") ? fopen(argv[0], "r") : stdin;
	if (!file) {
		print_error("%.256s: %s", argv[0], strerror(errno));
		return TOOL_REFUSED;
	}
	ret = exempt_list_read(&list, file);
	if (!ret)
		ret = nl_request(&request, opt->netns, &list);
	free(list.entry);
	fclose(file);
	return ret;
}

static bool exempt_each(struct nlattr **attr, void *arg)
{
	struct print *p = arg;

	print_row(p);
	if (!attr[SRCGUARD_A_EXEMPT_PACKETS] || !print_exemption(p, "", attr))
		return false;
	print_number(p, "packets", " packets ", nla_get_u64(attr[SRCGUARD_A_EXEMPT_PACKETS]));
	print_newline(p);
	return true;
}

static int exempt_show(const struct options *opt, int argc, char **argv)
{
	static const struct nl_request request = {
		.cmd	= SRCGUARD_CMD_EXEMPT_GET,
		.flags	= NLM_F_DUMP,
		.max	= SRCGUARD_A_EXEMPT_MAX,
		.policy	= attr_exemptions,
		.each	= exempt_each,
	};
	struct print p;

	if (argc) {
		print_error("exempt show takes no argument, but there is '%.64s'", argv[0]);
		return TOOL_USAGE;
	}
	print_begin(&p, opt, true);
	return print_end(&p, nl_request(&request, opt->netns, &p));
}

int cmd_exempt(const struct options *opt, int argc, char **argv)
{
	if (argc >= 2 && !strcmp(argv[1], "add"))
		return exempt_change(opt, SRCGUARD_CMD_EXEMPT_ADD, argc - 2, argv + 2);
	if (argc >= 2 && !strcmp(argv[1], "del"))
		return exempt_change(opt, SRCGUARD_CMD_EXEMPT_DEL, argc - 2, argv + 2);
	if (argc >= 2 && !strcmp(argv[1], "replace"))
		return exempt_replace(opt, argc - 2, argv + 2);
	if (argc < 2 || !strcmp(argv[1], "show"))
		return exempt_show(opt, argc < 2 ? 0 : argc - 2, argv + 2);
	print_error("exempt: '%.64s' is none of show, add, del, replace", argv[1]);
	return TOOL_USAGE;
}
