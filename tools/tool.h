/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * srcguard(8): what the files of the tool know of each other. The kernel's side
 * is in linux/srcguard.h only.
 */
#ifndef SRCGUARD_TOOL_H
#define SRCGUARD_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/srcguard.h>

#ifndef SRCGUARD_VERSION
#define SRCGUARD_VERSION "0.1.0"
#endif

struct json_object;
struct nl_msg;
struct nla_policy;
struct nlattr;

/* What main() returns; srcguard(8), EXIT STATUS. */
enum tool_exit {
	TOOL_DONE	= 0,
	TOOL_REFUSED	= 1,
	TOOL_USAGE	= 2,
	TOOL_NO_MODULE	= 3,
	TOOL_TIMEOUT	= 4,
};

/* The options that stand before the command. */
struct options {
	bool json;
	bool pretty;
	const char *netns;	/* NULL: where the tool was started */
};

/*
 * The commands: argv[0] is the name for messages, arguments begin at argv[1].
 * They return enum tool_exit, having printed why; after TOOL_USAGE main() adds
 * the synopsis.
 */
int cmd_set(const struct options *opt, int argc, char **argv);
int cmd_show(const struct options *opt, int argc, char **argv);
int cmd_stats(const struct options *opt, int argc, char **argv);

/* names.c: what the contract's numbers are called. */

/* Lists end with a NULL name. Of two names for a value the first is printed. */
struct name {
	const char *name;
	uint32_t value;
	const char *sentence;
};

struct knob {
	const char *name;		/* as the sysctl's */
	uint16_t attr;			/* enum srcguard_policy_attr */
	bool number;			/* shown as a number, not by name */
	const struct name *values;
};

extern const struct knob names_knobs[];	/* ends with a NULL name */
extern const struct name names_families[], names_reasons[], names_outcomes[];

const struct name *names_find(const struct name *list, uint32_t value);

/* parse.c: from the words of the command line; complains by itself. */
const struct knob *parse_knob(const char *word);
bool parse_value(const struct knob *knob, const char *word, uint32_t *value);

/* print.c: one call for text and JSON alike. */

struct print {
	bool json;
	bool pretty;
	bool failed;			/* memory ran out on the way */
	struct json_object *root;
	struct json_object *row;	/* the object that takes the next value */
};

void print_begin(struct print *p, const struct options *opt, bool list);
void print_row(struct print *p);
void print_string(struct print *p, const char *key, const char *before, const char *value);
void print_number(struct print *p, const char *key, const char *before, uint64_t value);
void print_name(struct print *p, const char *key, const char *before,
		const struct name *list, uint32_t value);
void print_newline(const struct print *p);
int print_end(struct print *p, int ret);
int print_flush(int ret);
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* netns.c */
int netns_enter(const char *name);

/* nl.c: one request to the module and all of its answer. */

/**
 * struct nl_request - a command of the family
 * @cmd: enum srcguard_cmd
 * @flags: NLM_F_DUMP for a list
 * @max: highest attribute of the answer
 * @policy: of the answer's attributes, @max + 1 of them
 * @put: adds the request's attributes, false when there is no room; may be NULL
 * @each: is given each message of the answer, and only after the whole of a
 *	consistent answer has arrived; false when an attribute is missing; may
 *	be NULL
 * @attr_name: name of a request's attribute, for complaints; may be NULL
 */
struct nl_request {
	uint8_t cmd;
	int flags;
	int max;
	const struct nla_policy *policy;
	bool (*put)(struct nl_msg *msg, void *arg);
	bool (*each)(struct nlattr **attr, void *arg);
	const char *(*attr_name)(int type);
};

int nl_request(const struct nl_request *rq, const char *netns, void *arg);

#endif /* SRCGUARD_TOOL_H */
