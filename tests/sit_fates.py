#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tells what became of packets for sit tunnels since it was asked last. A question is a
line of namespaces' names, NAME=N to set the guard's mode there first; the answer is, in
one line:

    TUNNEL N, ...                   packets that came out of it
    DEVICE REASON OUTCOME N, ...    what srcguard counted
    said N                          packets that sit called spoofed in the kernel's log

or "nothing". One process for a whole script, as packets.py is.
"""
import os
import socket
import struct
import sys
from fcntl import ioctl

import parity_common

SIOCGIFHWADDR, ARPHRD_SIT = 0x8927, 776


def is_sit(sock, name):
    answer = ioctl(sock, SIOCGIFHWADDR, struct.pack("40s", name.encode()))
    return struct.unpack_from("H", answer, 16)[0] == ARPHRD_SIT


def tunnels():
    """{name: packets that came out of it}"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, \
            open("/proc/thread-self/net/dev", encoding="ascii") as file:
        lines = [line.replace(":", " ").split() for line in list(file)[2:]]
        return {words[0]: int(words[2]) for words in lines if is_sit(sock, words[0])}


def counters():
    if not os.path.exists("/sys/module/srcguard"):
        return {}
    parity_common.Module.family = None      # another one when the module comes again
    module = parity_common.Module()
    found = {}
    for line in module.counters():
        words = [line["device"], line["reason"], line["outcome"]]
        if line["family"] != "ipv4":
            words.append(line["family"])
        found[" ".join(words)] = line["packets"]
    module.close()
    return found


def all_of(netns, mode):
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open("/run/netns/" + netns, os.O_RDONLY)
    try:
        os.setns(there, os.CLONE_NEWNET)
        if mode:
            parity_common.write("/proc/sys/net/srcguard/sixtofour", mode)
        return tunnels(), counters()
    finally:
        os.setns(home, os.CLONE_NEWNET)
        os.close(home)
        os.close(there)


def news(now, before):
    """What was counted since; what counts less than before began anew."""
    return [f"{key} {now[key] - old}" for key in sorted(now)
            if now[key] != (old := before.get(key, 0) if before.get(key, 0) <= now[key] else 0)]


def main():
    log = parity_common.Log()
    before = {}
    for line in sys.stdin:
        parity_common.settle()
        came, counted = [], []
        for word in line.split():
            netns, _, mode = word.partition("=")
            now = all_of(netns, mode)
            old = before.get(netns, ({}, {}))
            came += news(now[0], old[0])
            counted += news(now[1], old[1])
            before[netns] = now
        told = came + counted
        said = sum(line.startswith(("sit: Src", "sit: Dst")) for line in log.lines())
        if said:
            told.append(f"said {said}")
        print(", ".join(told) or "nothing", flush=True)


main()
