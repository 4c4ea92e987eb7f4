#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""limit_lifetimes.py HOST OTHER: has devices with a limit come and go in these namespaces,
and in others; see tests/vm/limit_lifetimes.sh. A request a line on standard input,
answered by "ok TEXT" or "not ok: WHY":

    cycles N            a clone is made, used and deleted in HOST, N times
    refusals N          a clone and a dummy are refused in HOST, N times
    moves N             a device moves to OTHER beyond a limit, waits, and comes back
    namespaces N        so many at once, each with as many clones as it may have; they go
    unload N            the same, and the module goes, and comes again
    race KIND N         two processes want the last place of a kind in HOST, N times
"""
import errno
import mmap
import os
import resource
import select
import signal
import sys

from netlink import (NO_LIMIT, Netns, expect, finit_module, loaded, named_netns, new_netns,
                     unload)

CLONES = 2
host, other = (Netns(named_netns(name)) for name in sys.argv[1:3])


def refused(make, *words):
    """That it was, for want of room."""
    try:
        make(*words)
    except OSError as error:
        expect(error.errno == errno.ENOSPC, "refused with", errno.errorcode[error.errno])
        return True
    return False


def cycles(count):
    host.set_limit("loopback", 1)
    for i in range(count):
        host.new("lo1", "loopback")
        host.set_up("lo1")
        host.add_address("lo1", f"10.77.{i >> 8 & 255}.{i & 255}", 32)
        host.delete("lo1")
    host.set_limit("loopback", 0)
    expect(host.in_use("loopback") == 0, "one is in use")


def refusals(count):
    host.set_limit("dummy", 0)
    for _ in range(count):
        for kind in "loopback", "dummy":
            expect(refused(host.new, "one", kind), "one was made")
    host.set_limit("dummy", NO_LIMIT)
    expect(host.devices() == {"lo"}, "there are", host.devices())


def moves(count):
    other.set_limit("dummy", 0)
    for _ in range(count):
        host.new_dummy("d1")
        host.move("d1", other)
        expect(refused(other.set_up, "d1"), "it came up")
        other.move("d1", host)
        host.set_up("d1")
        host.delete("d1")
    other.set_limit("dummy", NO_LIMIT)
    expect(other.in_use("dummy") == 0, "one is in use")


def crowd(count):
    """Namespaces with all the clones that their creator lets them have."""
    made = []
    with host.entered():
        for _ in range(count):
            made.append(Netns(new_netns()))
    for netns in made:
        for i in range(CLONES):
            netns.new(f"lo{i + 1}", "loopback")
            netns.set_up(f"lo{i + 1}")
            netns.add_address(f"lo{i + 1}", f"10.77.0.{i + 1}", 32)
        expect(refused(netns.new, "more", "loopback"), "there is one more")
    return made


def namespaces(count):
    host.set_limit("loopback", CLONES)
    for netns in crowd(count):
        netns.close()
    host.set_limit("loopback", 0)


def gone(count):
    host.set_limit("loopback", CLONES)
    made = crowd(count)
    unload("srcguard")
    for netns in made:
        expect(netns.devices() == {"lo"}, "there are", netns.devices())
    file = os.open("/test/srcguard.ko", os.O_RDONLY)
    finit_module(file)
    os.close(file)
    expect(loaded("srcguard"), "it is not loaded")
    for netns in made:
        expect(refused(netns.new, "lo1", "loopback"), "there is one more")
        netns.close()


def racer(start, results, kind, name, count):
    """Makes the device as soon as the number of the round is there."""
    netns = Netns(named_netns(sys.argv[1]))
    for turn in range(1, count + 1):
        while start[0] != turn & 255:
            pass
        lost = refused(netns.new, name, kind)
        os.write(results, b"l" if lost else b"w")


def outcome(results):
    """Of one of the two; the debug kernel takes its time."""
    expect(select.select([results], [], [], 60)[0], "a racer does not answer")
    return os.read(results, 1)


def race(kind, count):
    count = int(count)
    starts = [mmap.mmap(-1, 1) for _ in range(2)]
    results, theirs = os.pipe()
    children = []
    for n, start in enumerate(starts):
        children.append(os.fork())
        if not children[-1]:
            try:
                racer(start, theirs, kind, f"r{n}", count)
                os._exit(0)
            finally:
                os._exit(1)
    wins = [0, 0]
    try:
        for turn in range(1, count + 1):
            host.set_limit(kind, host.in_use(kind) + 1)
            # each begins as often
            for start in starts if turn % 2 else reversed(starts):
                start[0] = turn & 255
            came = sorted(outcome(results) + outcome(results))
            expect(came == sorted(b"lw"), "round", turn, "came to", bytes(came))
            winner, = host.devices() - {"lo"}
            wins[int(winner[1:])] += 1
            host.delete(winner)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.close(results)
        os.close(theirs)
    host.set_limit(kind, 0 if kind == "loopback" else NO_LIMIT)
    return f"won {wins[0]} and {wins[1]} times"


def main():
    # for hundreds of namespaces at once, each with its sockets
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    requests = {"cycles": cycles, "refusals": refusals, "moves": moves,
                "namespaces": namespaces, "unload": gone}
    for line in sys.stdin:
        what, *words = line.split()
        try:
            answer = race(*words) if what == "race" else requests[what](int(words[0]))
            print("ok", answer or "", flush=True)
        except (AssertionError, OSError, ValueError) as problem:
            print("not ok:", line.strip() + ":", problem, flush=True)


main()
