#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares the 6to4 guard, in mode match, with sit itself, packet for packet.

    parity_sit.py PEERS RESULT [--topologies N] [--packets N] [--seed S] [--only N]

Each topology is a new namespace with random sit tunnels, whose devices end in the
namespace PEERS; some of the tunnels are moved there as well. In each round of it the
same random packets go by twice: with the guard off, when sit decides alone, and with
it. A packet socket notes which of them come out of which tunnel, and the kernel's log,
whose rate limit is off, which of them sit calls spoofed. With the guard the same ones
must come out of the same tunnels; it must drop those that sit called spoofed, by rules
of nft before and behind it, count them by device and reason, to the byte, and nothing
must be logged. Between the rounds the tunnels change, while the guard is on or off.

What is too short for an IPv6 header is dropped by the kernel before sit, without a
word, and by the guard before that, if it would have gone to a tunnel of those that it
judges: which one, a whole packet with the same outer addresses shows.

No command may fail: what is known here of the tunnels is what the kernel has. Topology
N of seed S is always the same: --only N replays it, also with more packets a round.
"""
import collections
import contextlib
import itertools
import os
import re
import socket
import sys

import parity_common
from parity_common import write
from sit_packets import text4
from sit_topology import Topology

ROUNDS = 4
MATCH = 1
SPOOFED = re.compile(r"sit: (Src|Dst) spoofed ([0-9.]+)/\S+ -> ([0-9.]+)/\S*:([0-9a-f]+)$")
REASON = {"Src": "6to4_source", "Dst": "6to4_destination"}
TRUNCATED = "6to4_truncated"
REASONS = (*REASON.values(), TRUNCATED)
# A run that never had one of these would prove nothing about it.
FEATURES = """
    wildcard local remote both bound bound_to_vrf bound_to_slave vrf same_local
    domain relay_prefix relay_whole longest_domain everything isatap router_list ipip any
    sit0_up sit0_down no_sit0 sit0_domain down moved dnat own_prefix snat
    to_broadcast to_group options bogus_options fragments tos truncated other_version
    goes_up goes_down another_local another_remote another_link another_domain reset_domain
    deleted added renamed enslaved freed moves moves_back another_router another_prefix
    came_by_wildcard came_by_local came_by_remote came_by_both came_by_isatap came_elsewhere
    came_by_vrf spared_peer spared_dnat spoofed_domain spoofed_by_vrf spoofed_elsewhere
    spoofed_by_local spoofed_by_wildcard truncated_dropped truncated_left
    changed_on changed_off
""".split()


class Listener:
    """Takes what comes out of the tunnels of the namespace that it is made in."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86dd))
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)    # SO_RCVBUFFORCE
        self.sock.setblocking(False)

    def heard(self):
        """[(device, flow label)]"""
        found = []
        while True:
            try:
                data, (device, *_) = self.sock.recvfrom(4)
            except BlockingIOError:
                return found
            found.append((device, int.from_bytes(data, "big") & 0xfffff))

    def close(self):
        self.sock.close()


class Namespace(parity_common.Namespace):
    """A topology brought to life, and changed."""

    def __init__(self, topology, peers):
        write("/proc/sys/net/core/fb_tunnels_only_for_init_net", not topology.fallback)
        super().__init__(topology, peers)
        for conf in "all", "default":
            write(f"/proc/sys/net/ipv4/conf/{conf}/rp_filter", 0)
            write(f"/proc/sys/net/ipv4/conf/{conf}/log_martians", 0)
        self.nft = parity_common.Nft("ip parity", ("reach", "pass"))
        self.nft.run(topology.nft)
        self.do(topology.first)
        self.listeners = [Listener()]
        with self.outside():
            self.listeners.append(Listener())
            for name, peer in topology.links:
                write(f"/proc/sys/net/ipv6/conf/{peer}/disable_ipv6", 1)
                self.sockets[name] = self.packet_socket(peer)

    def do(self, commands):
        """[(whether it is for PEERS, command of ip)]"""
        here = f"/proc/{os.getpid()}/fd/{self.inside}"
        for outside, group in itertools.groupby(commands, lambda command: command[0]):
            several = [command.replace("PEERS", self.peers).replace("HERE", here)
                       for _, command in group]
            with self.outside() if outside else contextlib.nullcontext():
                failed = self.batch(several)
            if failed:
                raise RuntimeError(f"topology {self.topology.number}: cannot {failed}: "
                                   f"{self.errors}")

    def came(self, names):
        """{flow label: the tunnel that it came out of}"""
        return {label: device for listener in self.listeners
                for device, label in listener.heard() if device in names}

    def close(self):
        for listener in self.listeners:
            listener.close()
        # those elsewhere go with it, some time later
        super().close()


Phase = collections.namedtuple("Phase", "came spoofed strange reached passed counters")


class Run(parity_common.Run):
    family = "ipv4"
    all_reasons = REASONS
    all_features = FEATURES

    def __init__(self, options):
        super().__init__(options)
        self.came = self.spoofed = self.truncated = self.truncated_dropped = 0
        self.log = parity_common.Log()

    @staticmethod
    def arguments(parser):
        parser.add_argument("--too-strict", action="store_true",
                            help="the guard is off, and something drops an eighth of all")

    def topology(self, number, left_off=False):
        topology = Topology(self.options.seed, number, ROUNDS)
        namespace = Namespace(topology, self.options.peers)
        try:
            self.topologies += 1
            self.commands += len(topology.first)
            for i in range(ROUNDS):
                self.round(topology, namespace, i, left_off or self.options.too_strict)
        finally:
            namespace.close()
        self.features.update(topology.features)

    def round(self, topology, namespace, i, left_off):
        """The guard stays as it is when the tunnels change for the next round."""
        changes = topology.changes(i)
        self.commands += len(changes)
        if i:
            topology.features.add("changed_on" if i % 2 else "changed_off")
        namespace.do(changes)
        packets = topology.packets(i, self.options.packets)
        self.sent += len(packets)
        phases = {}
        for on in (False, True) if i % 2 == 0 else (True, False):
            phases[on] = self.phase(topology, namespace, packets, on and not left_off,
                                    on and self.options.too_strict)
        self.compare(topology, namespace, i, packets, phases[False], phases[True], left_off)

    def phase(self, topology, namespace, packets, on, control):
        write("/proc/sys/net/srcguard/sixtofour", MATCH if on else 0)
        if control:
            namespace.nft.run("add rule ip parity control ip id & 7 == 0 drop")
        before = self.counted(namespace) if on else {}
        self.log.lines()
        namespace.send(packets)
        spoofed, strange = {}, []
        for line in self.log.lines():
            if match := SPOOFED.match(line):
                spoofed[int(match[4], 16)] = match[1], match[2], match[3]
            else:
                strange.append(line)
        if control:
            namespace.nft.run("flush chain ip parity control")
        sets = namespace.nft.sets()
        after = self.counted(namespace) if on else {}
        return Phase(namespace.came(topology.tunnels), spoofed, strange, sets["reach"],
                     sets["pass"], {key: number - before.get(key, 0)
                                    for key, number in after.items()
                                    if number != before.get(key, 0)})

    def counted(self, namespace):
        found = {}
        for line in namespace.module.counters():
            if line["outcome"] != "dropped" or line["family"] != self.family:
                raise RuntimeError(f"counted {line}")
            for unit in "packets", "bytes":
                found[line["device"], line["reason"], unit] = line[unit]
        return found

    def compare(self, topology, namespace, i, packets, off, on, left_off):
        want = collections.Counter()
        wrong = []
        # the tunnel that an outer header leads to, as far as something came out of it
        way = {packet.way: topology.tunnels[off.came[packet.ident]] for packet in packets
               if packet.ident in off.came}
        for packet in packets:
            ident = packet.ident
            came, spoofed = off.came.get(ident), off.spoofed.get(ident)
            reason = REASON[spoofed[0]] if spoofed else None
            if ident in off.reached and packet.twin is not None and \
                    topology.judges(packet.twin, off):
                reason = TRUNCATED
            self.note(topology, packet, way.get(packet.way), came, reason)
            if reason:
                want[packet.arrival, reason, "packets"] += 1
                want[packet.arrival, reason, "bytes"] += packet.size
            if spoofed and spoofed[1:] != tuple(map(text4, packet.seen)):
                wrong.append((packet, f"the log has it as {spoofed}"))
            if came and spoofed:
                wrong.append((packet, "spoofed, and came"))
            if (ident in off.reached) != (ident in on.reached):
                wrong.append((packet, "does not get as far as without the guard"))
            if came != on.came.get(ident):
                wrong.append((packet, f"comes by {on.came.get(ident)}, without the guard {came}"))
            dropped = ident in on.reached and ident not in on.passed
            if dropped != bool(reason):
                wrong.append((packet, f"is {'' if dropped else 'not '}dropped; {reason}"))
        if off.reached != off.passed or off.strange:
            wrong.append(("off", f"{off.reached ^ off.passed} {off.strange}"))
        if on.spoofed or on.strange:
            wrong.append(("on", f"logged {on.spoofed} {on.strange}"))
        if on.counters != want:
            self.miscounts += 1
            if not left_off:
                self.say(f"seed {self.options.seed} topology {topology.number} round {i}: counted "
                         f"{on.counters}, dropped {dict(want)}"[:2000])
        for (_, reason, unit), number in on.counters.items():
            self.reasons[reason] += number if unit == "packets" else 0
        self.differences += len(wrong)
        if wrong and not left_off and self.shown < self.options.show:
            self.show(topology, namespace, i, wrong)

    def note(self, topology, packet, tunnel, came, reason):
        """What became of it, for the summary."""
        self.came += bool(came)
        self.spoofed += reason in REASON.values()
        self.truncated += packet.twin is not None
        self.truncated_dropped += reason == TRUNCATED
        topology.features |= topology.fate(packet, tunnel, came, reason)

    def show(self, topology, namespace, i, wrong):
        self.say(f"seed {self.options.seed} topology {topology.number} round {i}: "
                 f"{len(wrong)} differences")
        for outside, command in topology.done:
            self.say("    ip", f"-n {namespace.peers}" if outside else "", command)
        for what, difference in wrong:
            if self.shown < self.options.show:
                self.shown += 1
                self.say(f"   {what}: {difference}")


if __name__ == "__main__":
    sys.exit(parity_common.main(Run, __doc__.splitlines()[0]))
