// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output. A command says each value once, with its JSON key and with the text
 * that stands before it for people. Both forms are plain ASCII whatever a device
 * is called: nobody who can name a device gets to talk to the terminal, and
 * JSON stays valid.
 */
#include "tool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include <json-c/json.h>

/* Bytes beyond printable ASCII as \xHH, a backslash doubled. */
static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '\\')
			fputs("\\\\", out);
		else if (c >= ' ' && c <= '~')
			putc(c, out);
		else
			fprintf(out, "\\x%02x", c);
	}
}

/* The next code point of UTF-8 text; U+FFFD for a byte that starts none. */
static uint32_t print_next_code(const char **text)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)*text;
	unsigned int i, more = s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
	uint32_t code = s[0] & (0x3f >> more);

	++*text;
	if (s[0] < 0x80)
		return s[0];
	if (!more || s[0] >= 0xf8)
		return 0xfffd;
	for (i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0xfffd;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0xfffd;
	*text += more;
	return code;
}

/*
 * json-c escapes what JSON asks for and hands on all other bytes. These occur
 * within strings only, where \u can stand for any of them.
 */
static void print_json(const char *json)
{
	while (*json) {
		uint32_t code = print_next_code(&json);

		if (code < 0x7f)
			putchar(code);
		else if (code < 0x10000)
			printf("\\u%04" PRIx32, code);
		else
			printf("\\u%04" PRIx32 "\\u%04" PRIx32, 0xd800 + ((code - 0x10000) >> 10),
			       0xdc00 + (code & 0x3ff));
	}
	putchar('\n');
}

/* A list takes its values in rows; otherwise there is one object. */
void print_begin(struct print *p, const struct options *opt, bool list)
{
	*p = (struct print){ .json = opt->json, .pretty = opt->pretty };
	if (!p->json)
		return;
	p->root = list ? json_object_new_array() : json_object_new_object();
	p->row = list ? NULL : p->root;
	p->failed = !p->root;
}

void print_row(struct print *p)
{
	if (!p->json || p->failed)
		return;
	p->row = json_object_new_object();
	if (!p->row || json_object_array_add(p->root, p->row)) {
		json_object_put(p->row);
		p->failed = true;
	}
}

static void print_add(struct print *p, const char *key, struct json_object *value)
{
	if (!value || json_object_object_add(p->row, key, value)) {
		json_object_put(value);
		p->failed = true;
	}
}

void print_string(struct print *p, const char *key, const char *before, const char *value)
{
	if (!p->json) {
		fputs(before, stdout);
		print_escaped(stdout, value);
	} else if (!p->failed) {
		print_add(p, key, json_object_new_string(value));
	}
}

void print_number(struct print *p, const char *key, const char *before, uint64_t value)
{
	if (!p->json)
		printf("%s%" PRIu64, before, value);
	else if (!p->failed)
		print_add(p, key, json_object_new_uint64(value));
}

void print_signed(struct print *p, const char *key, const char *before, int32_t value)
{
	if (!p->json)
		printf("%s%" PRId32, before, value);
	else if (!p->failed)
		print_add(p, key, json_object_new_int(value));
}

/* A value by its name; by "KEY-NUMBER" if it is a newer module's. */
void print_name(struct print *p, const char *key, const char *before,
		const struct name *list, uint32_t value)
{
	const struct name *name = names_find(list, value);
	char unknown[32];

	snprintf(unknown, sizeof(unknown), "%s-%" PRIu32, key, value);
	print_string(p, key, before, name ? name->name : unknown);
}

/* What a reason means, in a sentence. */
void print_explanation(struct print *p, uint32_t reason)
{
	const struct name *name = names_find(names_reasons, reason);

	print_string(p, "explanation", "\n    ",
		     name ? name->sentence : "This reason is newer than the tool that prints it.");
}

/* An array in JSON; words for people, or nothing if there are none. */
void print_strings(struct print *p, const char *key, const char *before,
		   const char *const *values, size_t count)
{
	struct json_object *array;
	size_t i;

	if (!p->json) {
		if (count)
			fputs(before, stdout);
		for (i = 0; i < count; i++) {
			fputs(i ? " " : "", stdout);
			print_escaped(stdout, values[i]);
		}
		return;
	}
	if (p->failed)
		return;
	array = json_object_new_array();
	for (i = 0; array && i < count; i++) {
		struct json_object *value = json_object_new_string(values[i]);

		if (!value || json_object_array_add(array, value)) {
			json_object_put(value);
			p->failed = true;
		}
	}
	print_add(p, key, array);
}

/* An object within the present one, for what is printed until print_leave(). */
struct json_object *print_enter(struct print *p, const char *key)
{
	struct json_object *row = p->row, *inner;

	if (!p->json || p->failed)
		return row;
	inner = json_object_new_object();
	print_add(p, key, inner);
	if (!p->failed)
		p->row = inner;
	return row;
}

void print_leave(struct print *p, struct json_object *row)
{
	p->row = row;
}

/* A newer module's mode as its number, which set takes as well. */
void print_knob(struct print *p, const struct knob *knob, const char *before, uint32_t value)
{
	const struct name *name = names_find(knob->values, value);
	char number[16];

	snprintf(number, sizeof(number), "%" PRIu32, value);
	if (knob->sign)
		print_signed(p, knob->name, before, value);
	else if (knob->number)
		print_number(p, knob->name, before, value);
	else
		print_string(p, knob->name, before, name ? name->name : number);
}

/* Those that are there, in a line. */
void print_knobs(struct print *p, const struct knob *knob, struct nlattr **attr)
{
	char before[32];

	for (; knob->name; knob++) {
		if (!attr[knob->attr])
			continue;
		snprintf(before, sizeof(before), " %s ", knob->name);
		print_knob(p, knob, before, nla_get_u32(attr[knob->attr]));
	}
}

/* @text: of PREFIX_TEXT_MAX */
void print_address(char *text, const struct prefix *prefix)
{
	inet_ntop(prefix->ipv6 ? AF_INET6 : AF_INET, prefix->address, text, PREFIX_TEXT_MAX);
}

/* @text: of PREFIX_TEXT_MAX */
void print_prefix(char *text, const struct prefix *prefix)
{
	size_t len;

	print_address(text, prefix);
	len = strlen(text);
	snprintf(text + len, PREFIX_TEXT_MAX - len, "/%" PRIu32, prefix->length);
}

/* By enum srcguard_exempt_attr; false when one is missing. */
bool print_exemption(struct print *p, const char *before, struct nlattr **attr)
{
	char text[PREFIX_TEXT_MAX];
	struct prefix prefix;

	if (!attr[SRCGUARD_A_EXEMPT_PREFIX] || !attr[SRCGUARD_A_EXEMPT_PREFIXLEN] ||
	    !attr_get_address(attr[SRCGUARD_A_EXEMPT_PREFIX], &prefix))
		return false;
	prefix.length = nla_get_u32(attr[SRCGUARD_A_EXEMPT_PREFIXLEN]);
	print_prefix(text, &prefix);
	print_string(p, "prefix", before, text);
	if (attr[SRCGUARD_A_EXEMPT_DEVICE])
		print_string(p, "device", " dev ",
			     nla_get_string(attr[SRCGUARD_A_EXEMPT_DEVICE]));
	return true;
}

/* By enum srcguard_limit_attr; false when one is missing that there always is. */
bool print_limit(struct print *p, const char *before, struct nlattr **attr)
{
	if (!attr[SRCGUARD_A_LIMIT_KIND] || !attr[SRCGUARD_A_LIMIT_LIMIT])
		return false;
	print_string(p, "kind", before, nla_get_string(attr[SRCGUARD_A_LIMIT_KIND]));
	print_signed(p, "limit", " limit ", nla_get_u32(attr[SRCGUARD_A_LIMIT_LIMIT]));
	if (attr[SRCGUARD_A_LIMIT_IN_USE])
		print_number(p, "in_use", " in_use ", nla_get_u32(attr[SRCGUARD_A_LIMIT_IN_USE]));
	return true;
}

/* Ends a line of text. */
void print_newline(const struct print *p)
{
	if (!p->json)
		putchar('\n');
}

/* Writes the JSON, unless the command came to nothing. */
int print_end(struct print *p, int ret)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *json;

	if (p->json && !ret) {
		flags |= p->pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED :
				     JSON_C_TO_STRING_PLAIN;
		json = p->failed ? NULL : json_object_to_json_string_ext(p->root, flags);
		if (json) {
			print_json(json);
		} else {
			print_error("%s", strerror(ENOMEM));
			ret = TOOL_REFUSED;
		}
	}
	json_object_put(p->root);
	return ret;
}

static int print_failed(int err)
{
	print_error("cannot write the output: %s", strerror(err ? err : EIO));
	return TOOL_REFUSED;
}

/*
 * At once, for whoever waits for it. False if no more output is of use: *ret says
 * how that ends, and print_flush() will have nothing to add.
 */
bool print_now(int *ret)
{
	bool failed = ferror(stdout);
	int err;

	errno = 0;
	if (!fflush(stdout) && !failed)
		return true;
	err = errno;
	__fpurge(stdout);
	clearerr(stdout);
	/* Whoever read it went, and did not want more of it. */
	*ret = err == EPIPE ? TOOL_DONE : print_failed(err);
	return false;
}

/* At the very end: output that nobody could take is a failure, not a success. */
int print_flush(int ret)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !failed)
		return ret;
	print_failed(errno);
	return ret ? ret : TOOL_REFUSED;
}

/* One line on stderr, bounded and as harmless as the output. */
void print_error(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fputs("srcguard: ", stderr);
	print_escaped(stderr, text);
	putc('\n', stderr);
}
