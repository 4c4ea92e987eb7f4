#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Rules of the sources that no compiler knows; prints what breaks them.

check-layers.py [TOP]: exit 1 if anything does.
"""
import pathlib
import re
import sys

import yaml

top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
problems = []

CORE_MAY_INCLUDE = re.compile(
    r"linux/(types|errno|in|in6|rtnetlink|srcguard|string)\.h|asm/byteorder\.h|[a-z0-9_]+\.h")
TOP_LEVEL = {"Kbuild", "Makefile", "src", "include", "tools", "tests", "scripts", "README.md",
             "LICENSE", "build"}


def problem(path, number, text):
    problems.append(f"{path.relative_to(top)}:{number}: {text}")


def lines(*patterns):
    for pattern in patterns:
        for path in sorted(top.glob(pattern)):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                yield path, number, line


def check_core():
    for path, number, line in lines("src/core/*.[ch]"):
        include = re.match(r'#include [<"](.*)[>"]', line)
        if include and not CORE_MAY_INCLUDE.fullmatch(include[1]):
            problem(path, number, f"the core does not include {include[1]}")


def check_tool():
    for path, number, line in lines("tools/*.[ch]"):
        if re.match(r'#include ".*\.\./', line):
            problem(path, number, "the tool shares only the uapi header")


def check_versions():
    for path, number, line in lines("src/*.[ch]", "src/core/*.[ch]"):
        if re.search(r"LINUX_VERSION_CODE|KERNEL_VERSION\(", line):
            problem(path, number, "version tests belong to src/compat")


def check_prefixes():
    """Every function of the module is srcguard_<file>_<what>()."""
    for path, number, line in lines("src/*.c", "src/core/*.c"):
        function = re.match(r"(?:[a-z_][\w *]*[ *])?([a-z_]\w*)\([^;]*$", line)
        if not function or line.startswith(("\t", " ", "#", "/")):
            continue
        if not function[1].startswith(f"srcguard_{path.stem}") and \
                not function[1].startswith(("module_", "late_")):
            problem(path, number, f"{function[1]} is not srcguard_{path.stem}_...")


def check_sizes():
    for path in sorted(top.glob("src/**/*.[ch]")):
        length = len(path.read_text().splitlines())
        limit = 250 if path.name == "srcguard.h" else 500
        if length > limit:
            problem(path, length, f"longer than {limit} lines: split it")


def check_top_level():
    for path in top.iterdir():
        if not path.name.startswith(".") and path.name not in TOP_LEVEL and \
                not re.search(r"\.(ko|o|mod|mod\.c|symvers|order)$", path.name):
            problem(path, 0, "the top level is fixed")


def header_values(header):
    """Names and values of the enums of the uapi header."""
    return {name: int(value)
            for name, value in re.findall(r"^\t(SRCGUARD_\w+)\s*= (\d+),", header, re.M)}


def check_spec():
    """The YNL specification numbers everything as the uapi header does."""
    header = top / "include/uapi/linux/srcguard.h"
    values = header_values(header.read_text())
    spec = yaml.safe_load((top / "include/netlink/srcguard.yaml").read_text())
    wanted = {}
    for attributes in spec["attribute-sets"]:
        wanted[f"{attributes['name-prefix']}unspec"] = 0
        for number, attribute in enumerate(attributes["attributes"], 1):
            wanted[attributes["name-prefix"] + attribute["name"]] = number
    for definition in spec["definitions"]:
        for number, entry in enumerate(definition["entries"]):
            wanted[f"srcguard-{definition['name']}-{entry['name']}"] = number
    wanted["srcguard-cmd-unspec"] = 0
    for number, operation in enumerate(spec["operations"]["list"], 1):
        wanted["srcguard-cmd-" + operation["name"]] = number
    wanted = {name.upper().replace("-", "_"): value for name, value in wanted.items()}
    for name in sorted(values.keys() | wanted.keys()):
        if values.get(name) != wanted.get(name):
            problem(header, 0, f"{name} is {values.get(name)}, the specification says "
                    f"{wanted.get(name)}")


for check in (check_core, check_tool, check_versions, check_prefixes, check_sizes,
              check_top_level, check_spec):
    check()
print("\n".join(problems), end="\n" if problems else "")
sys.exit(bool(problems))
