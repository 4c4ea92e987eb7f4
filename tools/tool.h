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
#include <netlink/attr.h>

#ifndef SRCGUARD_VERSION
#define SRCGUARD_VERSION "0.1.0"
#endif

struct json_object;
struct nl_sock;

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
int cmd_check(const struct options *opt, int argc, char **argv);
int cmd_decode(const struct options *opt, int argc, char **argv);
int cmd_dev(const struct options *opt, int argc, char **argv);
int cmd_exempt(const struct options *opt, int argc, char **argv);
int cmd_explain(const struct options *opt, int argc, char **argv);
int cmd_limit(const struct options *opt, int argc, char **argv);
int cmd_lock(const struct options *opt, int argc, char **argv);
int cmd_monitor(const struct options *opt, int argc, char **argv);
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
	uint16_t attr;			/* enum srcguard_policy_attr or srcguard_dev_attr */
	bool number;			/* shown as a number, not by name */
	bool sign;			/* which may be negative: an int32_t */
	const struct name *values;
};

/* Both end with a NULL name. */
extern const struct knob names_knobs[], names_settings[];
extern const struct name names_families[], names_reasons[], names_outcomes[];
extern const struct name names_verdicts[], names_deciders[];
extern const struct name names_events[], names_changes[];
extern const struct name names_route_types[], names_tables[];

const struct name *names_find(const struct name *list, uint32_t value);

/* parse.c: from the words of the command line; complains by itself. */
#define PARSE_VALUES_MAX 16
struct values {				/* both by attribute */
	bool given[PARSE_VALUES_MAX];
	uint32_t value[PARSE_VALUES_MAX];
};

struct prefix {
	uint8_t address[16];		/* in network byte order */
	uint32_t length;
	bool ipv6;
};
#define PREFIX_TEXT_MAX 64

bool parse_values(const struct knob *knobs, int argc, char **argv, struct values *values);
bool parse_signed(const char *word, uint32_t *value);
void parse_no_number(const char *what, const char *word, const char *number, bool sign);
bool parse_number(const char *what, const char *word, uint32_t max, uint32_t *value);
bool parse_device(const char *word);
bool parse_prefix(const char *word, struct prefix *prefix);
bool parse_address(const char *word, struct prefix *prefix);

/* For getopt_long(): from here on, options that have no letter. */
#define PARSE_OPTION_LONG 256
void parse_option_refused(int c, const char *known, char **argv);

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
void print_signed(struct print *p, const char *key, const char *before, int32_t value);
void print_name(struct print *p, const char *key, const char *before,
		const struct name *list, uint32_t value);
void print_explanation(struct print *p, uint32_t reason);
void print_strings(struct print *p, const char *key, const char *before,
		   const char *const *values, size_t count);
struct json_object *print_enter(struct print *p, const char *key);
void print_leave(struct print *p, struct json_object *row);
void print_knob(struct print *p, const struct knob *knob, const char *before, uint32_t value);
void print_knobs(struct print *p, const struct knob *knob, struct nlattr **attr);
void print_address(char *text, const struct prefix *prefix);
void print_prefix(char *text, const struct prefix *prefix);
bool print_exemption(struct print *p, const char *before, struct nlattr **attr);
bool print_limit(struct print *p, const char *before, struct nlattr **attr);
void print_newline(const struct print *p);
int print_end(struct print *p, int ret);
bool print_now(int *ret);
int print_flush(int ret);
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* attr.c: the types of attributes, by enum srcguard_..._attr, and what is in them. */
extern const struct nla_policy attr_knobs[], attr_settings[], attr_exemptions[],
	attr_limits[];

bool attr_put_values(struct nl_msg *msg, const struct values *values);
bool attr_put_address(struct nl_msg *msg, int type, const struct prefix *prefix);
bool attr_get_address(const struct nlattr *attr, struct prefix *prefix);
const char *attr_knob_name(const struct knob *knobs, const struct nlattr *attr);

/* cmd_decode.c */
bool decode_2002(const struct prefix *address, struct prefix *ipv4);

/* event.c: by enum srcguard_event_attr. */
extern const struct nla_policy event_policy[];

void event_print_lost(struct print *p, uint64_t ns, uint64_t count);
bool event_print(struct print *p, struct nlattr **attr, bool explain);

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
 * @more: whether another message of the same kind is to follow, once this one
 *	was taken; may be NULL
 */
struct nl_request {
	uint8_t cmd;
	int flags;
	int max;
	const struct nla_policy *policy;
	bool (*put)(struct nl_msg *msg, void *arg);
	bool (*each)(struct nlattr **attr, void *arg);
	const char *(*attr_name)(const struct nlattr *attr, void *arg);
	bool (*more)(void *arg);
};

int nl_request(const struct nl_request *rq, const char *netns, void *arg);

/**
 * struct nl_listener - who hears the family's events
 * @cmd: enum srcguard_cmd, the notification that is of interest
 * @max: its highest attribute
 * @policy: of its attributes, @max + 1 of them
 * @each: is given each; false when an attribute is missing
 * @arg: for @each
 * @fd: has something to read when there is news; then @waiting is to be set
 * @waiting: there may be a message for nl_hear() to take
 * @sk: the socket
 * @family: the number of the family that was joined
 * @doubt: the module may be gone
 * @ret: enum tool_exit, what was wrong with a message
 */
struct nl_listener {
	uint8_t cmd;
	int max;
	const struct nla_policy *policy;
	bool (*each)(struct nlattr **attr, void *arg);
	void *arg;
	int fd;
	bool waiting;

	struct nl_sock *sk;
	uint16_t family;
	bool doubt;
	int ret;
};

int nl_listen(struct nl_listener *l, const char *netns);
int nl_hear(struct nl_listener *l);
void nl_listen_end(struct nl_listener *l);

#endif /* SRCGUARD_TOOL_H */
