// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the words of the command line to knobs and values. What these functions
 * refuse is a mistake of usage, and nothing has been sent yet.
 */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for the names of all knobs, or of all values of one. */
#define PARSE_LIST_MAX 256

/* Appends to a list in words; one that does not fit ends early. */
static void parse_list_add(char *list, const char *between, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, PARSE_LIST_MAX - len, "%s%s", len ? between : "", word);
}

const struct knob *parse_knob(const char *word)
{
	char list[PARSE_LIST_MAX] = "";
	const struct knob *knob;

	for (knob = names_knobs; knob->name; knob++) {
		if (!strcmp(knob->name, word))
			return knob;
		parse_list_add(list, ", ", knob->name);
	}
	print_error("unknown knob '%.64s', it is none of %s", word, list);
	return NULL;
}

/*
 * A number in digits alone: no sign, no space, and no octal, which would make
 * something else of 010 than its writer meant.
 */
static bool parse_u32(const char *word, uint32_t *value)
{
	unsigned long long number;

	if (!*word || word[strspn(word, "0123456789")])
		return false;
	errno = 0;
	number = strtoull(word, NULL, 10);
	if (errno || number > UINT32_MAX)
		return false;
	*value = number;
	return true;
}

/*
 * Takes any number that fits: whether it is in range is the kernel's to say,
 * which may be newer than this table.
 */
bool parse_value(const struct knob *knob, const char *word, uint32_t *value)
{
	char list[PARSE_LIST_MAX] = "";
	const struct name *name;
	uint32_t max = 0;

	if (parse_u32(word, value))
		return true;
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
