#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Lists that change while they are read, in a new namespace. A request a line on standard
input, answered by "ok" or "not ok: WHY":

    dev, exempt, limit, stats   each change comes after the first part of a dump of that
                                list: it is marked, and what did not change is in it once
    once, always                "srcguard exempt show" while one list takes the place of
                                another: shows all of the other; while one changes all
                                the time: says so
"""
import itertools
import socket
import subprocess
import sys
import tempfile
from collections import Counter

import flood
from netlink import (DEV_GET, EXEMPT_ADD, EXEMPT_DEL, EXEMPT_GET, EXEMPT_LAST, EXEMPT_LIST,
                     EXEMPT_REPLACE, LIMIT_GET, NETLINK_GENERIC, NLM_F_ACK, NLM_F_DUMP,
                     STATS_GET, Netlink, Netns, clear, exemption, expect, family, generic_body,
                     limit, message, new_netns, replacement, setting, until)

STRICT, LOOSE = 1, 2
MAC = "02:00:00:00:00:01"
family_number = family()
here = Netns(new_netns())


def ask(*request):
    here.generic.ask(family_number, NLM_F_ACK, generic_body(*request))


# --- the kernel's marks -----------------------------------------------------------

def dump(command, meanwhile=lambda: None):
    """How often each answer came, and whether they are marked."""
    with here.entered():
        netlink = Netlink(NETLINK_GENERIC,
                          message(family_number, NLM_F_DUMP, generic_body(command)))
    answers = Counter(netlink.talk(meanwhile))
    netlink.close()
    return answers, netlink.interrupted


def marked(command, what, change, *words):
    before, idle = dump(command)
    found, busy = dump(command, lambda: change(*words))
    after, _ = dump(command)
    expect(before != after, what, "changes nothing")
    expect(not idle, "marked before", what)
    expect(busy, "not marked:", what)
    expect(all(found[answer] == 1 for answer in before & after), "not whole:", what)


def dev():
    # more than the first part has room for; of exemptions and limits, too
    for i in range(200):
        ask(*setting(f"p{i}*", LOOSE))
    marked(DEV_GET, "a pattern", ask, *setting("q*", LOOSE))
    marked(DEV_GET, "a pattern's setting", ask, *setting("q*", STRICT))
    marked(DEV_GET, "a pattern's device", here.new_dummy, "q")
    marked(DEV_GET, "a pattern gone", ask, *clear("q*"))
    marked(DEV_GET, "a device", ask, *setting("q", STRICT))
    marked(DEV_GET, "another name", here.rename, "q", "r")
    marked(DEV_GET, "the name of a pattern", here.rename, "r", "p7")
    marked(DEV_GET, "a device without its own", ask, *clear("p7"))
    marked(DEV_GET, "a device gone", here.delete, "p7")


def exempt():
    one = exemption("192.0.2.0", 24)
    ask(*replacement(*LISTS[0][:200]))
    marked(EXEMPT_GET, "one more", ask, EXEMPT_ADD, *one)
    marked(EXEMPT_GET, "one gone", ask, EXEMPT_DEL, *one)
    here.new_dummy("q")
    marked(EXEMPT_GET, "one for a device", ask, EXEMPT_ADD, *exemption("192.0.2.0", 24, "q"))
    marked(EXEMPT_GET, "a device gone", here.delete, "q")
    marked(EXEMPT_GET, "all others", ask, *replacement(*LISTS[1][:200]))
    marked(EXEMPT_GET, "none", ask, *replacement())


def limits():
    for i in range(200):
        ask(*limit(f"kind{i}", i))
    marked(LIMIT_GET, "a kind", ask, *limit("other", 5))
    marked(LIMIT_GET, "its limit", ask, *limit("other", 6))
    marked(LIMIT_GET, "the knob", ask, *limit("loopback", 7))
    marked(LIMIT_GET, "a kind's first device", here.new_dummy, "q")
    marked(LIMIT_GET, "a kind's last device gone", here.delete, "q")


def stats():
    here.new_veth("eth0", "peer0", mac=MAC)
    for name in "eth0", "peer0":
        here.set_up(name)
    with here.entered():
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind(("peer0", 0))
    sock.send(bytes.fromhex(MAC.replace(":", "")) + b"\x02\0\0\0\0\xff" +
              flood.datagram4("192.0.2.1", "10.0.0.1"))
    sock.close()
    until(here.counters, "nothing is counted")
    here.set_up("eth0", False)
    marked(STATS_GET, "another name", here.rename, "eth0", "eth1")
    marked(STATS_GET, "a device gone", here.delete, "eth1")


# --- the tool ---------------------------------------------------------------------

SIZE = 3000
PREFIXES = [[f"{first + (i >> 8)}.{i & 255}.0.0/16" for i in range(SIZE)] for first in (10, 50)]
LISTS = [[exemption(prefix.partition("/")[0], 16) for prefix in prefixes]
         for prefixes in PREFIXES]
SHOWN = [sorted(prefix + " packets 0" for prefix in prefixes) for prefixes in PREFIXES]


def dumping():
    """Whether somebody has read a part of a dump, and not yet all."""
    with here.entered(), open("/proc/thread-self/net/netlink", encoding="ascii") as sockets:
        return any(line.split()[6] == "1" for line in sockets)


def shown(requests):
    """What the tool says, and its status; with a request each time that it is seen to
    read."""
    with tempfile.TemporaryFile("w+") as output:
        with here.entered():
            tool = subprocess.Popen(["srcguard", "exempt", "show"], stdout=output, stderr=output)
        while tool.poll() is None:
            if dumping():
                for request in itertools.islice(requests, 1):
                    ask(*request)
        output.seek(0)
        return sorted(output.read().splitlines()), tool.returncode


def once():
    last = (EXEMPT_LAST, b"")
    for _ in range(9):
        ask(*replacement(*LISTS[0]))
        # the other list is there, but for its end: that takes no time
        ask(*(part for part in replacement(*LISTS[1]) if part != last))
        lines, status = shown(iter([(EXEMPT_REPLACE, (EXEMPT_LIST, 1), last)]))
        expect(status == 0, lines)
        if lines == SHOWN[1]:
            return
        expect(lines == SHOWN[0], len(lines), "lines of both")
    expect(False, "it was too fast each time")


def always():
    one = exemption("192.0.2.0", 24)
    ask(*replacement(*LISTS[0]))
    lines, status = shown(itertools.cycle([(EXEMPT_ADD, *one), (EXEMPT_DEL, *one)]))
    expect(lines == ["srcguard: the list changed while it was read, 10 times in a row"],
           len(lines), "lines", lines[:1])
    expect(status == 1, "status", status)


# --- requests ---------------------------------------------------------------------

REQUESTS = {"dev": dev, "exempt": exempt, "limit": limits, "stats": stats, "once": once,
            "always": always}


def main():
    for line in sys.stdin:
        try:
            REQUESTS[line.strip()]()
            print("ok", flush=True)
        except (AssertionError, OSError, ValueError) as problem:
            print("not ok:", problem or repr(problem), flush=True)


main()
