#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""faults.py OPERATION: lets each memory allocation of an operation fail, one by one,
and each copy from and to user space.

The kernel has the Nth of this thread fail (/proc/thread-self/fail-nth), for N = 1,
2, ..., until the operation gets by without reaching the Nth. After each attempt,
the namespace must be as before, or as wanted. Prints what the attempts came to;
exits with 1 at the first that broke something. See tests/vm/faults.sh for the
devices and namespaces that this works with.
"""
import ctypes
import errno
import gc
import os
import socket
import struct
import sys
import time
from collections import Counter

CLONE_NEWNET = 0x40000000
MCL_ALL = 3
SYS_FINIT_MODULE, SYS_DELETE_MODULE = 313, 176
NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_CREATE, NLM_F_EXCL = 0x400, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
RTM_NEWLINK, RTM_DELLINK = 16, 17
IFLA_IFNAME, IFLA_LINKINFO, IFLA_NET_NS_FD, IFLA_INFO_KIND = 3, 18, 28, 1
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
POLICY_GET, POLICY_SET, STATS_GET = 1, 2, 3
RP_FILTER, ENFORCE = 1, 2
MODE, LIMIT = "/proc/sys/net/srcguard/rp_filter", 100000

libc = ctypes.CDLL(None, use_errno=True)


def syscall(number, *args):
    result = libc.syscall(number, *args)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def attribute(kind, value):
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + bytes(-length % 4)


def attributes(data):
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3fff] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


def message(kind, flags, body):
    return struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | flags, 1, 0) + body


class Netlink:
    """One request and its answers, which may be missing if memory was short."""

    def __init__(self, protocol, request):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self.socket.setblocking(False)
        self.request = request

    def talk(self):
        """The payloads of the answers; an error of the kernel's raises."""
        self.socket.send(self.request)
        answers = []
        while True:
            try:
                data = self.socket.recv(65536)
            except BlockingIOError:
                return answers
            while data:
                length, kind = struct.unpack_from("=IH", data)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    error, = struct.unpack_from("=i", data, 16)
                    if error:
                        raise OSError(-error, os.strerror(-error))
                    return answers
                answers.append(data[16:length])
                data = data[(length + 3) & ~3:]

    def close(self):
        self.socket.close()


def family():
    request = struct.pack("=BBH", CTRL_CMD_GETFAMILY, 1, 0) + \
        attribute(CTRL_ATTR_FAMILY_NAME, b"srcguard\0")
    netlink = Netlink(NETLINK_GENERIC, message(GENL_ID_CTRL, NLM_F_ACK, request))
    try:
        answer, = netlink.talk()
        return struct.unpack("=H", attributes(answer[4:])[CTRL_ATTR_FAMILY_ID])[0]
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        raise
    finally:
        netlink.close()


def generic(command, flags, **values):
    body = struct.pack("=BBH", command, 1, 0)
    for name, value in values.items():
        body += attribute({"rp_filter": RP_FILTER, "enforce": ENFORCE}[name],
                          struct.pack("=I", value))
    return Netlink(NETLINK_GENERIC, message(family(), flags, body))


def policy():
    netlink = generic(POLICY_GET, NLM_F_ACK)
    answer, = netlink.talk()
    netlink.close()
    found = attributes(answer[4:])
    return tuple(struct.unpack("=I", found[kind])[0] for kind in (RP_FILTER, ENFORCE))


def set_policy(**values):
    netlink = generic(POLICY_SET, NLM_F_ACK, **values)
    netlink.talk()
    netlink.close()


def stats():
    netlink = generic(STATS_GET, NLM_F_DUMP)
    answers = netlink.talk()
    netlink.close()
    return len(answers)


def link(kind, flags, name, *rest):
    body = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + attribute(IFLA_IFNAME, name + b"\0")
    return Netlink(socket.NETLINK_ROUTE, message(kind, NLM_F_ACK | flags, body + b"".join(rest)))


def new_link(name, kind):
    return link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name,
                attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, kind)))


def delete_link(name):
    netlink = link(RTM_DELLINK, 0, name)
    netlink.talk()
    netlink.close()


def devices():
    return {name for _, name in socket.if_nameindex()}


def loaded(name):
    with open("/proc/modules", encoding="ascii") as modules:
        return any(line.split()[0] == name for line in modules)


def delete_module(name):
    """Also one that something still holds for a moment."""
    for _ in range(100):
        try:
            return syscall(SYS_DELETE_MODULE, name.encode(), os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EBUSY):
                raise
        time.sleep(0.1)
    raise AssertionError(f"{name} is held")


def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(item) for item in what))


class Operation:
    """What is tried. prepare() before and check() after each attempt; error is
    what it said, or None."""

    def prepare(self):
        pass

    def run(self):
        raise NotImplementedError

    def check(self, error):
        raise NotImplementedError


class Module(Operation):
    """Loads a module; the policy, if there is one, does not change."""

    def __init__(self, name, path):
        self.name = name
        self.path = path

    def prepare(self):
        self.file = os.open(self.path, os.O_RDONLY)

    def run(self):
        syscall(SYS_FINIT_MODULE, self.file, b"", 0)

    def check(self, error):
        os.close(self.file)
        expect(loaded(self.name) == (error is None), self.name, "loaded is", loaded(self.name))
        if error is None:
            expect(policy() == (1, 1), "policy is", policy())
            delete_module(self.name)
        if self.name == "srcguard":
            expect(not os.path.exists(MODE), "files are left")
            expect(family() is None, "the family is left")
        else:
            expect(policy() == (1, 1), "policy is", policy())


class Netns(Operation):
    """Makes a namespace."""

    def prepare(self):
        self.home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    def run(self):
        syscall(272, CLONE_NEWNET)

    def check(self, error):
        expect(policy() == (1, 1), "policy is", policy())
        if error is None:
            expect(devices() == {"lo"}, "devices are", devices())
        if libc.setns(self.home, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(self.home)
        expect(policy() == (1, 1), "policy at home is", policy())


class Guard(Operation):
    """Turns the filter on by netlink."""

    def prepare(self):
        set_policy(rp_filter=0)
        self.netlink = generic(POLICY_SET, NLM_F_ACK, rp_filter=1)

    def run(self):
        self.netlink.talk()

    def check(self, error):
        self.netlink.close()
        now = policy()
        if error is None:
            expect(now in ((0, 1), (1, 1)), "policy is", now)
        elif error == errno.ENOMEM:
            expect(now == (0, 1), "policy is", now)
        if now == (0, 1):
            expect(stats() == 0, "counters are left")
        set_policy(rp_filter=2)
        expect(policy() == (2, 1), "policy is", policy())


class Policy(Operation):
    """Changes a policy while the filter is on."""

    def prepare(self):
        self.netlink = generic(POLICY_SET, NLM_F_ACK, enforce=0)

    def run(self):
        self.netlink.talk()

    def check(self, error):
        self.netlink.close()
        now = policy()
        expect(now in ((1, 1), (1, 0)), "policy is", now)
        if error == errno.ENOMEM:
            expect(now == (1, 1), "policy is", now)
        set_policy(enforce=1)


class Sysctl(Operation):
    """Turns the filter on by sysctl."""

    def prepare(self):
        set_policy(rp_filter=0)

    def run(self):
        file = os.open(MODE, os.O_WRONLY)
        try:
            os.write(file, b"1\n")
        finally:
            os.close(file)

    def check(self, error):
        wanted = (1, 1) if error is None else (0, 1)
        expect(policy() == wanted, "policy is", policy())
        set_policy(rp_filter=1)


class Device(Operation):
    """Makes a device in a namespace with the filter on."""

    def __init__(self, kind):
        self.kind = kind
        self.before = devices()

    def prepare(self):
        self.netlink = new_link(b"new0", self.kind)

    def run(self):
        self.netlink.talk()

    def check(self, error):
        self.netlink.close()
        now = devices()
        expect(now - self.before <= {"new0"} and self.before <= now, "devices are", now)
        if "new0" in now:
            delete_link(b"new0")
        expect(policy() == (1, 1), "policy is", policy())
        stats()


class Move(Operation):
    """Moves a device into a namespace with the filter on."""

    def __init__(self):
        self.home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self.other = os.open("/run/netns/faults", os.O_RDONLY)

    def enter(self, netns):
        if libc.setns(netns, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def prepare(self):
        netlink = new_link(b"new0", b"dummy")
        netlink.talk()
        netlink.close()
        self.netlink = link(RTM_NEWLINK, 0, b"new0",
                            attribute(IFLA_NET_NS_FD, struct.pack("=i", self.other)))

    def run(self):
        self.netlink.talk()

    def check(self, error):
        self.netlink.close()
        here = "new0" in devices()
        if here:
            delete_link(b"new0")
        self.enter(self.other)
        there = "new0" in devices()
        if there:
            delete_link(b"new0")
        expect(policy() == (1, 1), "policy is", policy())
        stats()
        self.enter(self.home)
        expect(here != there, "the device is here", here, "and there", there)


class Get(Operation):
    """Asks for the policy."""
    command, flags = POLICY_GET, NLM_F_ACK

    def prepare(self):
        self.netlink = generic(self.command, self.flags)

    def run(self):
        self.netlink.talk()

    def check(self, error):
        self.netlink.close()
        expect(policy() == (1, 1), "policy is", policy())


class Dump(Get):
    """Asks for the counters."""
    command, flags = STATS_GET, NLM_F_DUMP

    def check(self, error):
        super().check(error)
        expect(stats() > 0, "the counters are gone")


OPERATIONS = {
    "module": lambda: Module("srcguard", "/test/srcguard.ko"),
    "br_netfilter": lambda: Module("br_netfilter", sys.argv[2]),
    "netns": Netns, "guard": Guard, "policy": Policy, "sysctl": Sysctl,
    "device": lambda: Device(b"dummy"), "bridge": lambda: Device(b"bridge"),
    "move": Move, "get": Get, "dump": Dump,
}


def main():
    operation = OPERATIONS[sys.argv[1]]()
    fail_nth = os.open("/proc/thread-self/fail-nth", os.O_RDWR)
    # The allocations that count shall be the operation's, not Python's.
    libc.mlockall(MCL_ALL)
    gc.disable()
    outcomes = Counter()
    begun = time.monotonic()

    for n in range(1, LIMIT):
        operation.prepare()
        error = None
        os.pwrite(fail_nth, b"%d" % n, 0)
        try:
            operation.run()
        except OSError as caught:
            error = caught.errno
        try:
            left = int(os.pread(fail_nth, 16, 0))
        except OSError:
            # copies to and from user space can fail, too: it was this one's turn
            left = 1
        os.pwrite(fail_nth, b"0", 0)
        try:
            operation.check(error)
            expect(left == 0 or error is None, "without a fault it failed")
        except (AssertionError, OSError, ValueError) as problem:
            print(f"{sys.argv[1]}: fault {n}, the operation said "
                  f"{errno.errorcode.get(error, error)}: {problem!r}")
            return 1
        if left:
            break
        outcomes[errno.errorcode[error] if error else "success"] += 1

    print(f"{sys.argv[1]}: {n - 1} faults in {time.monotonic() - begun:.0f} s,",
          ", ".join(f"{count} {what}" for what, count in outcomes.most_common()))
    return 0 if n > 1 else 1


sys.exit(main())
