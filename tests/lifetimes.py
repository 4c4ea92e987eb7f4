#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""lifetimes.py HOST PEER OTHER MAC: has everything come and go between these namespaces
while packets pass; see tests/vm/lifetimes.sh, which draws them. A request a line on
standard input, answered by "ok TEXT" or "not ok: WHY":

    flood, still            send, and no more
    guards N                turned off and on in HOST, N times
    namespaces N            made, flooded and left, some at a time
    devices N               made in HOST, flooded, renamed, moved to OTHER, deleted
    tunnels N               made in HOST, changed, moved to OTHER, deleted
    dumps N                 devices come and go while the counters are read
    loads N                 of the module, while devices and tunnels come and go
    complete                the module has an entry for each device and namespace
    entries                 how many those must be
    send N                  exactly so many packets that have no route back
"""
import contextlib
import errno
import glob
import os
import re
import signal
import socket
import sys
import time

import flood
from netlink import (SLOW, Netns, clear, devices, expect, finit_module, named_netns, new_netns,
                     setting, sit, this_netns, unload, until)

# How many namespaces or devices come and go at a time, each with a flooded link.
BATCH = 8
# Odd, so that the new name is the last.
RENAMES = 5
LOOSE = 2
# The debug kernel takes ten seconds to say what is allocated: not after each load.
EVERY = 3 if SLOW else 1
NO_ROUTE = 1
SIXTOFOUR_SOURCE = 9
# Inner addresses that are honest within a packet from 10.0.0.2 to 10.0.0.1: of 6to4, and
# of a domain with a prefix that is no longer, so that it can change at once.
DOMAIN = "3ffe::"
INNER = ("/2002:a00:2::1/2002:a00:1::1", "/3ffe:a00:2::1/3ffe:a00:1::1")
CACHES = "/sys/kernel/debug/slab/"
# The compiler may have merged the functions.
ENTRY = re.compile(r" *(\d+) srcguard_device_(?:alloc|add)\+.* \[srcguard\]")

host, peer, other = (Netns(named_netns(name)) for name in sys.argv[1:4])
mac = sys.argv[4]
everywhere = [Netns(this_netns()),
              *(Netns(named_netns(name)) for name in os.listdir("/run/netns"))]


# --- packets ----------------------------------------------------------------------

def frames(i, *sources):
    """To link number i of the flooded ones; veth0 is number 0."""
    head = bytes.fromhex(mac.replace(":", "")) + b"\x02\0\0\0\0\xff"
    destination = "10.0.0.1" if i == 0 else f"10.9.{i}.1"
    return [head + flood.datagram4(source, destination) for source in sources]


class Link:
    """Peer's end of a link that may come and go."""

    def __init__(self, name, i, *sources):
        self.name = name
        self.frames = frames(i, *sources)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)

    def send(self):
        """Whether there is a device to send by."""
        try:
            for frame in self.frames:
                self.socket.send(frame)
            return True
        except OSError:
            return False

    def bind(self):
        """To the device that has the name now, which is another one each time."""
        with contextlib.suppress(OSError):
            self.socket.bind((self.name, 0))


class Flood:
    """A process: it shall not wait for this one, nor this one for it."""

    child = None

    def start(self):
        self.child = os.fork()
        if self.child == 0:
            os.setns(peer.fd, os.CLONE_NEWNET)
            spoofed = "192.0.2.1", "10.0.0.1"
            links = [Link(f"gen{i}", i, f"10.9.{i}.2", *spoofed) for i in range(1, BATCH + 1)]
            links.append(Link("veth0", 0, "10.0.0.2", *spoofed, *("10.0.0.2" + i for i in INNER)))
            links.append(Link("veth1", 0, *("10.0.1.2" + i for i in INNER)))
            while True:
                without = [link for link in links if not link.send()]
                # the kernel would try and load a module for a name that is not there
                present = devices() if without else ()
                for link in without:
                    if link.name in present:
                        link.bind()
                time.sleep(0.001)

    def stop(self):
        if self.child:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
            self.child = None


def send(count):
    frame, = frames(0, "192.0.2.1")
    with peer.entered():
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind(("veth0", 0))
    for _ in range(count):
        sock.send(frame)
    sock.close()
    until(lambda: no_route_packets() >= count, "not all packets came")
    return no_route_packets()


def no_route_packets():
    return sum(c.packets for c in host.counters() if (c.device, c.reason) == ("veth0", NO_ROUTE))


# --- what comes and goes ----------------------------------------------------------

def packets(netns, device):
    return sum(c.packets for c in netns.counters() if c.device == device)


def counts(netns, device):
    return any(c.device == device for c in netns.counters())


def counted(netns, device):
    until(lambda: counts(netns, device), f"nothing is counted for {device}")


def plug(netns, i):
    """A link from peer, which is flooded, as eth<i>."""
    name = f"eth{i}"
    netns.new_veth(name, f"gen{i}", peer, mac)
    netns.add_address(name, f"10.9.{i}.1", 24)
    netns.set_up(name)
    peer.set_up(f"gen{i}")
    return name


def batches(times):
    """Numbers of links: so many in all, in groups. The last is alone: the kernel keeps
    what is left of the last namespaces until the next ones go."""
    groups = [range(1, min(BATCH, times - 1 - done) + 1) for done in range(0, times - 1, BATCH)]
    return groups + [range(1, 2)]


def guards(times):
    for i in range(times):
        host.set_policy(rp_filter=0)
        expect(not host.counters(), "counters are left")
        host.set_policy(rp_filter=1)
        counted(host, "veth0")
        # with it, packets need the late hook, and register it if they still can
        host.conf("veth0", "src_valid_mark", (i + 1) % 2)
        host.set_policy(enforce=0)
        host.set_policy(rp_filter=2)
        host.set_policy(rp_filter=1, enforce=1)
    host.conf("veth0", "src_valid_mark", 0)


def namespaces(times):
    for batch in batches(times):
        passing = [(i, Netns(new_netns())) for i in batch]
        for i, netns in passing:
            plug(netns, i)
            netns.conf(f"eth{i}", "src_valid_mark", i % 2)
        for i, netns in passing:
            counted(netns, f"eth{i}")
        for _, netns in passing:
            netns.close()
        until(lambda: not any(name.startswith("gen") for name in peer.devices()),
              "devices stayed behind their namespaces")


def rename(name, new):
    """To and fro while it is up, and packets come. Before Linux 6.2 the kernel refuses
    that: then once, while it is down. Returns whether it was up."""
    try:
        for _ in range(RENAMES):
            host.rename(name, new)
            name, new = new, name
        return True
    except OSError as problem:
        if problem.errno != errno.EBUSY:
            raise
    host.set_up(name, False)
    host.rename(name, new)
    host.set_up(new)
    return False


def come_and_go(i):
    """A device, whose link is there; so it has been counted for. Returns whether it was
    renamed while it was up."""
    name, new = f"eth{i}", f"new{i}"
    before = packets(host, name)
    while_up = rename(name, new)
    after = packets(host, new)
    expect(after >= before, f"{after} packets are counted after a rename, {before} before")
    until(lambda: packets(host, new) > after, "nothing is counted after a rename")
    host.move(new, other)
    expect(not counts(host, new), "counters are left where a device was")
    other.add_address(new, f"10.9.{i}.1", 24)
    other.set_up(new)
    counted(other, new)
    other.delete(new)
    expect(not counts(other, new), "counters are left of a device")
    return while_up


def come_and_go_devices(times):
    while_up = 0
    # so that settings come and go with the name
    host.command(*setting("new*", LOOSE))
    for batch in batches(times):
        for name in [plug(host, i) for i in batch]:
            counted(host, name)
        while_up += sum(come_and_go(i) for i in batch)
    host.command(*clear("new*"))
    return f"{while_up} of them were renamed while they were up"


class Meanwhile:
    """Does something in HOST over and over until it is told to stop; a process, as a
    thread would wait for the interpreter."""

    def __init__(self, what, *args):
        self.what, self.args = what, args
        self.times = 0

    def __enter__(self):
        reader, writer = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            os.write(writer, self.go_on().encode())
            os._exit(0)
        os.close(writer)
        self.report = os.fdopen(reader)
        return self

    def go_on(self):
        """What it came to: a number, or a problem."""
        told = []
        signal.signal(signal.SIGTERM, lambda *_: told.append(True))
        times = 0
        try:
            netns = Netns(host.fd)
            while not told:
                self.what(netns, *self.args)
                times += 1
        except (AssertionError, OSError, ValueError) as problem:
            return repr(problem)
        return str(times)

    def __exit__(self, *_):
        os.kill(self.child, signal.SIGTERM)
        with self.report:
            report = self.report.read()
        os.waitpid(self.child, 0)
        expect(report.isdigit(), self.what.__name__, "meanwhile:", report)
        self.times = int(report)


def sixtofour(device):
    return sum(c.packets for c in host.counters()
               if c.device == device and c.reason >= SIXTOFOUR_SOURCE)


def received(netns, device):
    with netns.entered(), open("/proc/thread-self/net/dev", encoding="ascii") as file:
        return sum(int(line.split()[2]) for line in file if line.split()[0] == device + ":")


def guarded(netns):
    """What is honest comes out of the tunnel that is there, and nothing else."""
    before = received(netns, "six"), sixtofour("veth1")
    until(lambda: received(netns, "six") > before[0], "nothing comes out of a tunnel")
    until(lambda: sixtofour("veth1") > before[1], "nothing spoofed is dropped before a tunnel")
    expect(not sixtofour("veth0"), "honest packets were dropped")


def tunnels(times):
    for _ in range(times):
        host.new("six", *sit("10.0.0.1"))
        host.set_up("six")
        guarded(host)
        host.change("six", *sit("0.0.0.0", prefix=DOMAIN))
        guarded(host)
        host.move("six", other)
        other.set_up("six")
        guarded(other)
        other.change("six", *sit("10.0.0.1"))
        other.delete("six")


def dumps(times):
    with Meanwhile(Netns.counters) as reader:
        for _ in range(times):
            counted(host, plug(host, 1))
            host.new_veth("here", "there")
            host.delete("there")
            host.delete("eth1")
    expect(reader.times >= times, f"read {reader.times} times")
    return f"read {reader.times} times"


def churn(netns):
    netns.new_veth("here", "there")
    netns.delete("here")


def churn_brokers(netns):
    netns.new("broker", *sit("10.0.0.1", "10.0.0.9"))
    netns.set_up("broker")
    netns.delete("broker")


def load():
    file = os.open("/test/srcguard.ko", os.O_RDONLY)
    try:
        finit_module(file)
    finally:
        os.close(file)


def loads(times):
    churned = 0
    host.new("six", *sit("0.0.0.0"))
    host.set_up("six")
    for i in range(times):
        # some at a time, so that they get between the module's steps
        with Meanwhile(churn) as first, Meanwhile(churn_brokers) as second:
            unload("srcguard")
            load()
        churned += first.times + second.times
        counted(host, "veth0")
        guarded(host)
        # A device that went before the module followed devices must not be on its list.
        if i % EVERY == 0 or i == times - 1:
            complete(f"after {i + 1} loads: ")
    host.delete("six")
    expect(churned >= times, f"only {churned} devices came and went")
    return f"{churned} devices came and went"


# --- what is there ----------------------------------------------------------------

def entries():
    """An entry for each device, and a stand-in for each namespace."""
    return sum(1 + len(netns.devices()) for netns in everywhere)


class Allocated:
    """The entries there are, as the kernel's allocator knows. To read all of its caches
    takes seconds. All entries of one load come from one of them, so the others are
    asked only when there are none where they were before."""

    def __init__(self):
        self.cache = None

    @staticmethod
    def count(cache):
        with open(cache, encoding="ascii", errors="replace") as traces:
            return sum(int(line[1]) for line in map(ENTRY.match, traces) if line)

    def __call__(self):
        found = self.count(self.cache) if self.cache else 0
        if not found:
            for cache in glob.glob(CACHES + "kmalloc*/alloc_traces"):
                count = self.count(cache)
                if count:
                    self.cache = cache
                    found += count
        return found


allocated = Allocated()


def complete(when=""):
    found = 0

    def equal():
        nonlocal found
        found = allocated()
        return found == entries()
    # once RCU is through
    try:
        until(equal, "", 60)
    except AssertionError:
        problem = f"{when}{found} entries for {entries()} devices and stand-ins"
        raise AssertionError(problem) from None


# --- requests ---------------------------------------------------------------------

flooding = Flood()
REQUESTS = {
    "flood": flooding.start, "still": flooding.stop, "guards": guards, "namespaces": namespaces,
    "devices": come_and_go_devices, "tunnels": tunnels, "dumps": dumps, "loads": loads,
    "complete": complete, "entries": entries, "send": send,
}


def main():
    for line in sys.stdin:
        what, *numbers = line.split()
        try:
            answer = REQUESTS[what](*map(int, numbers))
            print("ok", "" if answer is None else answer, flush=True)
        except (AssertionError, OSError, ValueError) as problem:
            print("not ok:", what, problem or repr(problem), flush=True)
    flooding.stop()


main()
