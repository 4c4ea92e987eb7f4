#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""faults.py OPERATION...: lets the memory allocations of operations fail, one by one, and
the copies from and to user space.

The kernel has the Nth of this thread fail (/proc/thread-self/fail-nth). Most are the
kernel's own, and the debug kernel takes seconds for some operations, so first one
attempt goes through without a fault, while a probe tells the stack of each point where
one could have been. Tried are then those below a function of the module's: each place
in the code once, with COUNT more often if the operation comes by several times; and a
sample of the others, for what they undo of ours. The probe also tells where a fault
really was, because the kernel does not count the same twice: what was missed is tried
again, and if a place cannot be met at all, that is an error.

After each attempt all must be as before, or as wanted. Prints what the attempts came
to, in a line for each operation that ends with "ok" or what broke. See
tests/vm/faults.sh for the devices, namespaces and the probe that this works with.

Whether the kernel needs another page for what it is asked changes from time to time,
and all numbers with it, so pages do not fail.
"""
import bisect
import contextlib
import errno
import gc
import os
import re
import socket
import sys
import time
from collections import Counter, defaultdict

from netlink import (DEV_GET, EXEMPT_ADD, EXEMPT_DEL, EXEMPT_GET, EXPLAIN, IFLA_NET_NS_FD,
                     LIMIT_GET, NETLINK_GENERIC, NLM_F_ACK, NLM_F_CREATE, NLM_F_DUMP,
                     NLM_F_EXCL, NO_LIMIT, POLICY_GET, POLICY_SET, RTM_NEWLINK, STATE_GET,
                     STATS_GET, Netlink, Netns, attributes, clear, devices, exemption, expect,
                     family, finit_module, generic_body, libc, limit, link_body, link_kind,
                     loaded, message, named_netns, number, policy_pairs, replacement, setting,
                     this_netns, unload)

MCL_ALL = 3
MODE = "/proc/sys/net/srcguard/rp_filter"
TRACING = "/sys/kernel/tracing/"
FOREVER = 1 << 30
COUNT = int(os.environ.get("COUNT", "1"))
# How often a place of ours fails at most, and how many other points do.
PLACE, OTHERS = COUNT, 5 * COUNT
# How often, and how far off, a place is looked for where it was seen.
# Most allocations are two points: the debug kernel keeps account of them.
ROUNDS, NEAR = 5, (0, 2, -2, 4, -4, 1, -1)

here = Netns(this_netns())
family_number = None    # known as long as the module stays


# --- where a fault could be, and where it was -------------------------------------

# What the kernel calls on the way from who asks for memory to who may refuse it. How
# far it has to go depends on what is free just now.
ALLOCATOR = re.compile(r"\w*(should_fail|k[a-z]*alloc|cache_alloc|slab|vmalloc|vmap|alloc_pages|"
                       r"get_free_page|page_range|page_frag|pcpu|percpu)")
# Those that are now here, now there, or that the debug kernel does well without.
PASSING = re.compile(r"__create_object|kmemleak|kasan|\w*depot|new_slab|allocate_slab|"
                     r"___slab_alloc")
MODULES = 0xffffffffa0000000
IN_MODULES = re.compile(rb"=0xffffffff[a-f]")


class Symbols:
    """Names of the kernel's functions. The kernel itself takes a minute to print them for
    all points of an operation."""

    def __init__(self):
        with open("/proc/kallsyms", encoding="ascii") as file:
            found = sorted((int(line[:16], 16), line[19:-1]) for line in file
                           if line[17] in "tT" and not line.endswith("]\n"))
        self.addresses, self.names = zip(*found)
        with open("/proc/modules", encoding="ascii") as file:
            self.others = [(int(address, 16), int(size)) for name, size, _, _, _, address, *_ in
                           map(str.split, file) if name != "srcguard"]

    def name(self, address):
        return self.names[bisect.bisect(self.addresses, address) - 1]

    def ours(self, address):
        """Also when it is no more: a module that did not load."""
        return address >= MODULES and not any(begin <= address < begin + size
                                              for begin, size in self.others)

    def place(self, frames):
        """The way from our code to the fault, innermost first; None if it is not ours. Our
        functions are known by their offset in a page, for the module is not always at
        the same address."""
        way = []
        for address in frames:
            if self.ours(address):
                way.append(f"{address & 0xfff:03x}")
            elif any(len(step) == 3 for step in way):
                break
            elif PASSING.match(self.name(address)):
                return None
            elif way or not ALLOCATOR.match(self.name(address)):
                way.append(f"{self.name(address)}+{address:x}")
        return tuple(way) if way and len(way[-1]) == 3 else None


class Probe:
    """Of should_fail_ex(), for this thread alone."""

    def __init__(self):
        events = TRACING + "events/faults/point/"
        # what interrupts the thread is not counted by it, either
        for file, value in (("filter", f"common_pid == {os.getpid()} && !(common_flags & 16)"),
                            ("enable", "1")):
            with open(events + file, "w", encoding="ascii") as opened:
                opened.write(value)
        self.on = os.open(TRACING + "tracing_on", os.O_WRONLY)
        self.pipe = os.open(TRACING + "trace_pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.switch(False)
        self.points()

    def switch(self, on):
        os.pwrite(self.on, b"1" if on else b"0", 0)

    def points(self):
        """What was seen since the last time, a line each."""
        seen = b""
        while True:
            try:
                seen += os.read(self.pipe, 1 << 16)
            except BlockingIOError:
                break
        expect(b"LOST" not in seen, "the trace is not complete")
        return [line for line in seen.splitlines() if b" f0=" in line]

    @staticmethod
    def stack(point):
        """Return addresses, innermost first."""
        return [int(address, 16) for address in re.findall(rb" f\d+=0x([0-9a-f]+)", point)]

    def counted(self, points):
        """Those that are after the thread began to count, and before it ended."""
        begin = next(i for i, point in enumerate(points)
                     if "proc_fail_nth_write" in map(symbols.name, self.stack(point)))
        end = next(i for i, point in reversed(list(enumerate(points)))
                   if "proc_fail_nth_read" in map(symbols.name, self.stack(point)))
        return points[begin + 1:end]


def fail_after(n):
    """So many points from now on; 0 is never. To say so may have been the one."""
    for _ in range(2):
        with contextlib.suppress(OSError):
            os.pwrite(fail_nth, b"%d" % n, 0)
            return


def points_left():
    """0 if the fault has been; copies to user space can fail, too, so to ask may be it."""
    try:
        return int(os.pread(fail_nth, 16, 0))
    except OSError:
        return 1


# --- operations -------------------------------------------------------------------

def ask(command, *pairs, flags=NLM_F_ACK):
    return here.generic.ask(family_number or family(), flags, generic_body(command, *pairs))


def policy():
    answer, = ask(POLICY_GET)
    found = attributes(answer[4:])
    return number(found[1]), number(found[2])


def set_policy(**values):
    ask(POLICY_SET, *policy_pairs(values))


def dump(command, without=()):
    """What is listed, but for these attributes."""
    return sorted(tuple((kind, value) for kind, value in attributes(answer[4:]).items()
                        if kind not in without)
                  for answer in ask(command, flags=NLM_F_DUMP))


def state():
    """All that may not change. Packets go on, so what counts them is left out."""
    return (policy(), dump(DEV_GET), dump(EXEMPT_GET, (EXEMPT_PACKETS,)), dump(LIMIT_GET),
            devices())


class Operation:
    """What is tried. prepare() before and check() after each attempt; error is what it
    said, or None; failed: whether there was a fault. done() comes last."""

    def prepare(self):
        pass

    def run(self):
        raise NotImplementedError

    def check(self, error, failed):
        raise NotImplementedError

    def done(self):
        pass


class Module(Operation):
    """Loads a module; the policy, if there is one, does not change."""

    def __init__(self, name, path):
        self.name = name
        self.path = path

    def prepare(self):
        self.file = os.open(self.path, os.O_RDONLY)

    def run(self):
        finit_module(self.file)

    def check(self, error, failed):
        os.close(self.file)
        expect(loaded(self.name) == (error is None), self.name, "loaded is", loaded(self.name))
        if error is None:
            expect(policy() == (1, 1), "policy is", policy())
            unload(self.name)
        if self.name == "srcguard":
            expect(not os.path.exists(MODE), "files are left")
            expect(family() is None, "the family is left")
        else:
            expect(policy() == (1, 1), "policy is", policy())


class NewNetns(Operation):
    """Makes a namespace, which copies a limit."""

    def __init__(self):
        ask(*limit("later", 5))

    def done(self):
        ask(*limit("later", NO_LIMIT))

    def prepare(self):
        self.home = this_netns()

    def run(self):
        os.unshare(os.CLONE_NEWNET)

    def check(self, error, failed):
        inside = None
        if error is None:
            inside = devices(), open(MODE, encoding="ascii").read()
        os.setns(self.home, os.CLONE_NEWNET)
        os.close(self.home)
        expect(inside in (None, ({"lo"}, "1\n")), "the new one has", inside)
        expect(policy() == (1, 1), "policy at home is", policy())


class Change(Operation):
    """Asks the family for a change, or for an answer that changes nothing.

    what: its command and attributes; undo: the same, to take it back; setup and last:
    lists of such, for all attempts together
    """
    flags = NLM_F_ACK

    def __init__(self, *what, undo=None, setup=(), last=()):
        for request in setup:
            ask(*request)
        self.undo, self.last = undo, last
        self.before = state()
        self.wanted = None
        self.netlink = Netlink(NETLINK_GENERIC,
                               message(family(), self.flags, generic_body(*what)))

    def run(self):
        self.answers = self.netlink.talk()

    def check(self, error, failed):
        # what an interrupted answer left
        self.netlink.drain()
        now = state()
        if not failed:
            self.wanted = now
            expect((now != self.before) == bool(self.undo), "it came to", now)
            expect(self.undo or self.answers, "there is no answer")
        elif error == errno.ENOMEM:
            expect(now == self.before, "it left", now)
        else:
            # the request or the answer was lost
            expect(now in (self.before, self.wanted), "it came to", now)
        if now != self.before:
            ask(*self.undo)
            expect(state() == self.before, "taken back it is", state())

    def done(self):
        self.netlink.close()
        for request in self.last:
            ask(*request)


class Dump(Change):
    flags = NLM_F_DUMP


class Sysctl(Change):
    """Turns the filter on by sysctl."""

    def run(self):
        file = os.open(MODE, os.O_WRONLY)
        try:
            os.write(file, b"1\n")
        finally:
            os.close(file)
        self.answers = []


class Device(Operation):
    """Makes a device in a namespace with the filter on."""

    def __init__(self, kind, setup=(), last=()):
        for request in setup:
            ask(*request)
        self.last = last
        self.before = state()
        self.netlink = Netlink(socket.NETLINK_ROUTE,
                               message(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
                                       link_body("new0", link_kind(kind))))

    def run(self):
        self.netlink.talk()

    def check(self, error, failed):
        self.netlink.drain()
        # the request or the answer may have been lost
        expect("new0" in devices() or failed, "there is no device")
        if "new0" in devices():
            here.delete("new0")
        expect(state() == self.before, "it left", state())

    def done(self):
        self.netlink.close()
        for request in self.last:
            ask(*request)


class Move(Operation):
    """Moves a device into a namespace with the filter on."""

    def __init__(self):
        self.other = Netns(named_netns("faults"))
        self.before = state()
        self.netlink = Netlink(socket.NETLINK_ROUTE,
                               message(RTM_NEWLINK, NLM_F_ACK,
                                       link_body("new0", (IFLA_NET_NS_FD, self.other.fd))))

    def prepare(self):
        here.new_dummy("new0")

    def run(self):
        self.netlink.talk()

    def check(self, error, failed):
        self.netlink.drain()
        is_here, is_there = ("new0" in netns.devices() for netns in (here, self.other))
        expect(is_here != is_there, "the device is here", is_here, "and there", is_there)
        if is_there:
            # also one that there was no memory to count
            self.other.set_up("new0")
            expect(self.other.in_use("dummy") == 1, "it is not in use")
        (here if is_here else self.other).delete("new0")
        expect(failed or is_there, "the device did not move")
        expect(state() == self.before, "it left", state())
        expect(self.other.in_use("dummy") == 0, "it is in use")
        self.other.counters()

    def done(self):
        self.netlink.close()
        self.other.close()


# --- which ------------------------------------------------------------------------

EXEMPT_PACKETS = 6
STRICT, LOOSE, FEASIBLE = 1, 2, 3


def question(source, destination):
    kind = socket.AF_INET6 if ":" in source else socket.AF_INET
    return (EXPLAIN, (1, socket.inet_pton(kind, source)),
            (2, socket.inet_pton(kind, destination)), (3, "veth0"))


ONE = exemption("192.0.2.0", 24)
TWO = exemption("198.51.100.0", 24, "veth1")
SIX = exemption("2001:db8::", 32)
OFF, ON = (POLICY_SET, (1, 0)), (POLICY_SET, (1, STRICT))

OPERATIONS = {
    "module": lambda: Module("srcguard", "/test/srcguard.ko"),
    "br_netfilter": lambda: Module("br_netfilter", os.environ["BR_NETFILTER"]),
    "netns": NewNetns,
    "guard": lambda: Change(*ON, undo=OFF, setup=[OFF], last=[ON]),
    "policy": lambda: Change(POLICY_SET, (2, 0), undo=(POLICY_SET, (2, 1))),
    "sysctl": lambda: Sysctl(*ON, undo=OFF, setup=[OFF], last=[ON]),
    "get": lambda: Change(POLICY_GET),
    "state": lambda: Change(STATE_GET),
    "stats": lambda: Dump(STATS_GET),
    "device": lambda: Device("dummy"),
    "device_pattern": lambda: Device("dummy", [setting("new*", LOOSE)], [clear("new*")]),
    "bridge": lambda: Device("bridge"),
    "clone": lambda: Device("loopback", [limit("loopback", 9)], [limit("loopback", 0)]),
    "limit_set": lambda: Change(*limit("later", 5), undo=limit("later", NO_LIMIT)),
    "limit_change": lambda: Change(*limit("later", 6), undo=limit("later", 5),
                                   setup=[limit("later", 5)], last=[limit("later", NO_LIMIT)]),
    "limit_loopback": lambda: Change(*limit("loopback", 6), undo=limit("loopback", 0)),
    "limit_get": lambda: Dump(LIMIT_GET),
    "move": Move,
    "dev_set": lambda: Change(*setting("veth0", LOOSE), undo=clear("veth0")),
    "dev_set_guard": lambda: Change(*setting("veth0", STRICT), undo=clear("veth0"), setup=[OFF],
                                    last=[ON]),
    "dev_clear": lambda: Change(*clear("veth0"), undo=setting("veth0", LOOSE),
                                setup=[setting("veth0", LOOSE), setting("veth*", FEASIBLE)],
                                last=[clear("veth0"), clear("veth*")]),
    "pattern_set": lambda: Change(*setting("veth*", LOOSE), undo=clear("veth*")),
    "pattern_set_guard": lambda: Change(*setting("veth*", STRICT), undo=clear("veth*"),
                                        setup=[OFF], last=[ON]),
    "pattern_change": lambda: Change(*setting("veth*", LOOSE), undo=setting("veth*", STRICT),
                                     setup=[setting("veth*", STRICT)], last=[clear("veth*")]),
    "pattern_clear": lambda: Change(*clear("veth*"), undo=setting("veth*", LOOSE),
                                    setup=[setting("v*", LOOSE), setting("veth*", LOOSE)],
                                    last=[clear("v*"), clear("veth*")]),
    "dev_get": lambda: Dump(DEV_GET, setup=[setting("veth*", LOOSE)], last=[clear("veth*")]),
    "exempt_add": lambda: Change(EXEMPT_ADD, *ONE, undo=(EXEMPT_DEL, *ONE)),
    "exempt_add_more": lambda: Change(EXEMPT_ADD, *TWO, undo=(EXEMPT_DEL, *TWO),
                                      setup=[(EXEMPT_ADD, *ONE)], last=[(EXEMPT_DEL, *ONE)]),
    "exempt_del": lambda: Change(EXEMPT_DEL, *ONE, undo=(EXEMPT_ADD, *ONE),
                                 setup=[(EXEMPT_ADD, *ONE)], last=[(EXEMPT_DEL, *ONE)]),
    "exempt_replace": lambda: Change(*replacement(TWO, SIX), undo=replacement(ONE),
                                     setup=[(EXEMPT_ADD, *ONE)], last=[(EXEMPT_DEL, *ONE)]),
    "exempt_get": lambda: Dump(EXEMPT_GET, setup=[replacement(ONE, TWO, SIX)],
                               last=[replacement()]),
    "explain": lambda: Change(*question("192.0.2.1", "10.0.0.1")),
    "explain_ipv6": lambda: Change(*question("2001:db8::1", "fd00::1")),
}


# --- attempts ---------------------------------------------------------------------

class Attempts:
    """At one operation."""

    def __init__(self, name):
        self.name = name
        self.operation = OPERATIONS[name]()
        self.outcomes = Counter()
        self.places = Counter()      # the faults there were, by place; None is not ours

    def attempt(self, n):
        """Lets the Nth fail. The points that were seen, and the stack of the fault."""
        error = None
        self.operation.prepare()
        probe.switch(True)
        fail_after(n)
        try:
            self.operation.run()
        except OSError as caught:
            error = caught.errno
        left = points_left()
        fail_after(0)
        probe.switch(False)
        points = probe.counted(probe.points())
        fault = probe.stack(points[n - 1]) if left == 0 and n <= len(points) else []
        try:
            self.operation.check(error, left == 0)
            expect(left == 0 or error is None, "without a fault it failed")
        except (AssertionError, OSError, ValueError) as problem:
            names = list(map(symbols.name, fault))
            raise AssertionError(f"fault {n} at {names}, the operation said "
                                 f"{errno.errorcode.get(error, error)}: {problem!r}") from problem
        if left == 0:
            self.outcomes[errno.errorcode[error] if error else "success"] += 1
        return points, fault

    def points(self):
        """{place: its numbers}, as an attempt goes by without a fault."""
        found = defaultdict(list)
        for n, point in enumerate(self.attempt(FOREVER)[0], 1):
            # most are not, and that can be seen at once
            place = symbols.place(probe.stack(point)) if IN_MODULES.search(point) else None
            found[place].append(n)
        return found

    def fail(self, n):
        _, fault = self.attempt(n)
        if fault:
            self.places[symbols.place(fault)] += 1

    def first_round(self, found):
        """The first ones of a place, the last ones and some between; and others, above
        all those that come right after ours."""
        others = found.pop(None, [])
        ours = [n for numbers in found.values() for n in some(numbers, PLACE)]
        after = [n for n in others if n > max(ours, default=0)]
        return sorted({*ours, *after[:3], *some(others, OTHERS)})

    def retry(self, found, which):
        """The places that had no fault: what the kernel does besides moves their numbers
        by some. Of the several that a place may have, another one each time."""
        for way, numbers in found.items():
            for by in NEAR:
                n = numbers[which % len(numbers)] + by
                if way and not self.places[way] and n > 0:
                    self.fail(n)

    def run(self):
        found = self.points()
        ours = found.keys() - {None}
        everything = sum(map(len, found.values()))
        numbers = self.first_round(dict(found))
        print(f"{self.name}: {everything} points, {len(ours)} places of ours, to try "
              f"{len(numbers)}", flush=True)
        for n in numbers:
            self.fail(n)
        missed = []
        for which in range(ROUNDS):
            found = self.points()
            missed = [way for way in found if way and not self.places[way]]
            if not missed:
                break
            self.retry(found, which)
            missed = [way for way in missed if not self.places[way]]
        expect(not missed, "no fault could be had at", missed)
        hit = sum(self.places.values()) - self.places[None]
        return (f"{everything} points, {len(ours)} places of ours, {hit} faults there and "
                f"{self.places[None]} elsewhere: " +
                ", ".join(f"{count} {what}" for what, count in self.outcomes.most_common()))


def some(numbers, most):
    """So many of them at most: first and last, and evenly between."""
    if len(numbers) <= most:
        return numbers
    if most == 1:
        return numbers[:1]
    return [numbers[i * (len(numbers) - 1) // (most - 1)] for i in range(most)]


def main():
    global family_number
    # The allocations that count shall be the operation's, not Python's.
    libc.mlockall(MCL_ALL)
    gc.disable()
    for name in sys.argv[1:]:
        begun = time.monotonic()
        family_number = family()
        result, what = "not ok", ""
        try:
            attempts = Attempts(name)
            what = attempts.run()
            attempts.operation.done()
            result = "ok"
        except (AssertionError, OSError, StopIteration) as problem:
            what += f" {problem!r}"
        print(f"{result} {name} {time.monotonic() - begun:.0f} s, {what}", flush=True)


fail_nth = os.open("/proc/thread-self/fail-nth", os.O_RDWR)
probe = Probe()
symbols = Symbols()
main()
