// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the words of the command line to knobs and values. What these functions
 * refuse is a mistake of usage, and nothing has been sent yet.
 */
#include "tool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if.h>

/* Room for the names of all knobs, or of all values of one. */
#define PARSE_LIST_MAX 256

/* Appends to a list in words; one that does not fit ends early. */
static void parse_list_add(char *list, const char *between, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, PARSE_LIST_MAX - len, "%s%s", len ? between : "", word);
}

static const struct knob *parse_knob(const struct knob *knobs, const char *word)
{
	char list[PARSE_LIST_MAX] = "";
	const struct knob *knob;

	for (knob = knobs; knob->name; knob++) {
		if (!strcmp(knob->name, word))
			return knob;
		parse_list_add(list, ", ", knob->name);
	}
	print_error("unknown knob '%.64s', it is none of %s", word, list);
	return NULL;
}

static bool parse_is_digits(const char *word)
{
	return *word && !word[strspn(word, "0123456789")];
}

/*
 * A number in digits alone: no sign, no space, and no octal, which would make
 * something else of 010 than its writer meant.
 */
static bool parse_u32(const char *word, uint32_t *value)
{
	unsigned long long number;

	if (!parse_is_digits(word))
		return false;
	errno = 0;
	number = strtoull(word, NULL, 10);
	if (errno || number > UINT32_MAX)
		return false;
	*value = number;
	return true;
}

/* The same of an int32_t: a minus may stand before it. */
bool parse_signed(const char *word, uint32_t *value)
{
	bool minus = *word == '-';

	if (!parse_u32(word + minus, value) || *value > INT32_MAX)
		return false;
	if (minus)
		*value = -*value;
	return true;
}

/* What is wrong with a word that is none. @number: what it was to be; @sign: with a sign */
void parse_no_number(const char *what, const char *word, const char *number, bool sign)
{
	if (parse_is_digits(word + (sign && *word == '-')))
		print_error("%s: '%.64s' does not fit into 32 bits", what, word);
	else
		print_error("%s: '%.64s' is no %s", what, word, number);
}

/*
 * Takes any number that fits: whether it is in range is the kernel's to say,
 * which may be newer than this table.
 */
static bool parse_value(const struct knob *knob, const char *word, uint32_t *value)
{
	char list[PARSE_LIST_MAX] = "";
	const struct name *name;
	uint32_t max = 0;

	if (knob->sign ? parse_signed(word, value) : parse_u32(word, value))
		return true;
	if (!knob->values->name) {
		parse_no_number(knob->name, word, knob->sign ? "number, nor -1" : "number", knob->sign);
		return false;
	}
	for (name = knob->values; name->name; name++) {
		if (!strcmp(name->name, word)) {
			*value = name->value;
			return true;
		}
		parse_list_add(list, ", ", name->name);
		if (name->value > max)
			max = name->value;
	}
	print_error("%s: '%.64s' is none of %s or 0..%u", knob->name, word, list, max);
	return false;
}

/* KNOB VALUE [KNOB VALUE]... */
bool parse_values(const struct knob *knobs, int argc, char **argv, struct values *values)
{
	int i;

	for (i = 0; i < argc; i += 2) {
		const struct knob *knob = parse_knob(knobs, argv[i]);

		if (!knob)
			return false;
		if (i + 1 == argc) {
			print_error("%s: the value is missing", knob->name);
			return false;
		}
		if (values->given[knob->attr]) {
			print_error("%s: given twice", knob->name);
			return false;
		}
		if (!parse_value(knob, argv[i + 1], &values->value[knob->attr]))
			return false;
		values->given[knob->attr] = true;
	}
	return true;
}

/* A number up to @max, in digits or as 0x and hexadecimal ones. */
bool parse_number(const char *what, const char *word, uint32_t max, uint32_t *value)
{
	unsigned long long number;
	const char *hex = NULL;

	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X'))
		hex = word + 2;
	if (hex ? *hex && !hex[strspn(hex, "0123456789abcdefABCDEF")] && strlen(hex) <= 8 :
		  parse_u32(word, value)) {
		number = hex ? strtoull(hex, NULL, 16) : *value;
		*value = number;
		if (number <= max)
			return true;
	}
	print_error("%.64s: '%.64s' is no number in 0..%u", what, word, max);
	return false;
}

/* Whether there is one is the kernel's to say. */
bool parse_device(const char *word)
{
	if (*word && strlen(word) < IFNAMSIZ)
		return true;
	print_error("'%.64s' is no name of a device: 1 to %d bytes", word, IFNAMSIZ - 1);
	return false;
}

bool parse_address(const char *word, struct prefix *prefix)
{
	*prefix = (struct prefix){ .ipv6 = strchr(word, ':') };
	prefix->length = prefix->ipv6 ? 128 : 32;
	if (inet_pton(prefix->ipv6 ? AF_INET6 : AF_INET, word, prefix->address) == 1)
		return true;
	print_error("'%.64s' is no IPv4 or IPv6 address", word);
	return false;
}

/* ADDRESS[/LENGTH]; whether the two fit is the kernel's to say. */
bool parse_prefix(const char *word, struct prefix *prefix)
{
	char address[INET6_ADDRSTRLEN] = "";
	size_t len = strcspn(word, "/");

	if (len < sizeof(address))
		memcpy(address, word, len);
	if (!address[0] || len >= sizeof(address)) {
		print_error("'%.64s' is no prefix", word);
		return false;
	}
	if (!parse_address(address, prefix))
		return false;
	return !word[len] || parse_number(word, word + len + 1, prefix->length, &prefix->length);
}

/**
 * parse_option_refused - complain of an option as getopt_long() would, but harmlessly
 * @c: what that returned, with a colon first among its options and without opterr
 * @known: the options of one letter, which have a long name as well
 * @argv: the words
 */
void parse_option_refused(int c, const char *known, char **argv)
{
	const char *word = argv[optind - 1];

	if (c == ':')
		print_error("option '%.64s' requires an argument", word);
	else if (!optopt)
		print_error("unrecognized option '%.64s'", word);
	else if (optopt >= PARSE_OPTION_LONG || strchr(known, optopt))
		print_error("option '%.64s' takes no argument", word);
	else
		print_error("invalid option '-%s'", (char [2]){ optopt });
}
