#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares srcguard for IPv6 with xt_rpfilter, nft's fib and a model, packet for packet.

    parity6.py PEERS RESULT [--topologies N] [--packets N] [--seed S] [--only N]

The kernel has no rp_filter for IPv6. Each topology is a new namespace with random
devices, addresses, routes and rules, whose veths end in the namespace PEERS. The
same random packets go through it once for each mode of srcguard, and once without
it, past "ip6tables -m rpfilter", strict and loose, and nft's "fib saddr . mark . iif
oif" and "fib saddr . mark oif". Rules of nft note by their flow labels which packets
pass what; all end before they are routed, so no packet changes anything for another.

Then there is a model, in fib6.py: what RFC 3704 asks for, and what each of the peers
does, by its source, from the routes that the kernel lists. srcguard must agree with
the model in every mode, and with the peers but for the differences in DIFFERENCES
below, each of which says when exactly it applies. A peer that does not do what its
model says is an error as well, so no difference hides another. What the module says
about some of the packets when it is asked (explain) must become of them in that mode.

Topology N of seed S is always the same: --only N replays it.
"""
import collections
import ctypes
import ipaddress
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time

import fib6
import parity_common
from parity_common import write

MODES = {"strict": 1, "loose": 2, "feasible": 3}
COMPARED = ("strict", "loose")
REASONS = ("no_route", "wrong_device", "own_address", "reject_route", "source_zero")
FEATURES = """
    forwarding one_address no_address many_addresses overlapping host_address
    loopback_address no_carrier ignore_linkdown dead_leg arrival_on_lo vrf conntrack
    blackhole unreachable prohibit throw multipath same_metric worse_metric preference
    nexthop nexthop_group nexthop_blackhole tables default_route local_route anycast from_route
    rule_from rule_to rule_tos rule_fwmark rule_ipproto rule_ports rule_iif rule_oif rule_not
    rule_suppress rule_reject rule_goto local_later no_rules
    mark_ingress mark_raw mark_mangle
    udp tcp icmp other_protocol fragments extensions tos mark advertisement solicitation
    to_own to_forward to_group to_link_local from_link_local from_zero
""".split()

# Each of these is in every so many topologies, whatever the dice say.
RARE = ("rule_iif", "nexthop_blackhole", "local_later", "no_carrier", "rule_not", "vrf",
        "rule_suppress", "conntrack", "dead_leg", "rule_tos", "rule_goto", "no_rules",
        "rule_oif", "rule_reject", "from_route", "rule_ipproto", "arrival_on_lo", "rule_ports",
        "same_metric", "preference", "worse_metric", "nexthop_group")

# What is seen of a peer that is not srcguard's verdict, and why. README has the list.
DIFFERENCES = {
    "xt": ("loopback", "unspecified", "discovers", "mark", "link_local", "anycast", "rules",
           "any_metric", "linkdown", "dead_leg", "destination", "preference"),
    "nft": ("loopback", "unspecified", "discovers", "mark", "link_local", "anycast", "rules",
            "suppress", "one_route", "linkdown", "dead_leg", "destination", "preference"),
}
# nft before and since Linux 6.17
OLD_NFT = ("linkdown", "dead_leg", "destination", "preference")
NEW_NFT = ("suppress",)


def address(words):
    return int(ipaddress.IPv6Address(words))


def text(number):
    return str(ipaddress.IPv6Address(number))


def prefix(number, length):
    return f"{text(fib6.masked(number, length))}/{length}"


UNIVERSE = address("2001:db8::")
ANYWHERE = [address(words) for words in """
    :: ::2 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::10.0.0.1 64:ff9b::1 100::1 2001::1 2002:a00:1::1
    2001:db8:ffff::1 2a00::1 3fff::1 fc00::1 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe00::1
    fec0::1 fe80::1234 febf::1""".split()]
GROUPS = [address(words) for words in "ff02::1 ff02::2 ff02::1:ff00:1 ff05::2 ff0e::9".split()]
LOOPBACK = fib6.LOOPBACK
IFF_RUNNING = 0x40
LINK_LOCAL = address("fe80::")
TOS = (0x02, 0x04, 0x08, 0x0c, 0x10, 0x13, 0x1c, 0x20, 0xb8, 0xff)
RULE_TOS = (0x04, 0x08, 0x10, 0x1c, 0xb8)
PORTS = (53, 80, 1000, 1001, 1002, 5000)
PROTOCOLS = {"udp": 17, "tcp": 6, "ipv6-icmp": 58}
LEAST_HOPS = 64
MARKS = range(LEAST_HOPS + 1, LEAST_HOPS + 9)   # a hop limit above the least carries the mark
SPENT_STRICT, SPENT_LOOSE = 20, 40              # of its hops, if xt_rpfilter lets it pass


class Topology(parity_common.Dice):
    def __init__(self, seed, number):
        super().__init__(seed, number, RARE)
        self.links = []           # the veths
        self.dark = []            # those without a carrier
        self.link_commands = []   # of ip -batch, in the namespace
        self.commands = []        # then these
        self.devices = []         # packets arrive by these
        self.nets = {}            # device: [(own address, length)]
        self.link_locals = {}     # device: its own
        self.routed = collections.defaultdict(list)   # device: [(address, length)]
        self.rejected = []
        self.slaves = []
        self.rules = []           # (command, rule)
        self.conf = {}
        self.metric = 400         # of routes that share their prefix
        self.build_devices()
        self.build_addresses()
        self.build_routes()
        self.build_rules()
        self.build_tables_of_marks()

    # what there is

    def build_devices(self):
        for i in range(self.random.randint(2, 5)):
            name, peer = f"v{i}", f"p{self.number}x{i}"
            self.links.append((name, peer))
            self.link_commands.append(f"link add {name} address 02:00:00:00:00:{i:02x} "
                                      f"type veth peer name {peer} netns PEERS")
            self.nets[name] = []
        self.devices = [name for name, _ in self.links]
        self.link_commands.append("link add d0 type dummy")
        self.nets["d0"] = []
        if self.have("vrf", 22):
            self.slaves = self.random.sample(
                self.devices, self.random.randint(1, len(self.devices) - 1))
            self.link_commands.append("link add red up type vrf table 1001")
            self.link_commands += [f"link set {name} vrf red" for name in self.slaves]
        self.link_commands += [f"link set {name} up" for name in self.nets]
        for i, (name, _) in enumerate(self.links):
            # without a carrier nothing arrives, so the first always has one
            if i and self.have("no_carrier", 6):
                self.devices.remove(name)
                self.dark.append(name)
        if self.have("arrival_on_lo", 35):
            self.devices.append("lo")
        for name in self.nets:
            self.conf[name, "ignore_routes_with_linkdown"] = bool(self.dark) and \
                self.have("ignore_linkdown", 40)
        self.forwarding = self.have("forwarding", 70)

    def some_network(self):
        """A few networks that are often used twice, one inside another."""
        return UNIVERSE | self.random.randrange(4) << 80 | self.random.randrange(3) << 64

    def address_in(self, network, length):
        size = fib6.ALL >> length
        return fib6.masked(network, length) | (self.random.randrange(1, min(size, 200) + 1)
                                               if size else 0)

    def build_addresses(self):
        earlier = []
        for i, name in enumerate(self.nets):
            style = self.pick(("none", 14), ("one", 45), ("many", 18), ("overlap", 13),
                              ("host", 8), ("127", 4))
            if style == "overlap" and not earlier:
                style = "one"
            wanted = []
            if style == "none":
                self.have("no_address")
            elif style == "one":
                self.have("one_address")
                wanted = [(self.some_network(), self.pick((64, 6), (48, 2), (65, 1), (120, 2)))]
            elif style == "many":
                self.have("many_addresses")
                wanted = [(self.some_network(), self.random.choice((48, 64, 64, 120, 126, 128)))
                          for _ in range(self.random.randint(2, 4))]
            elif style == "overlap":
                self.have("overlapping")
                wanted = [self.random.choice(earlier)]
            elif style == "host":
                self.have("host_address")
                wanted = [(self.some_network(), 128)]
            else:
                wanted = [(self.some_network() + 8, 127)]
            for network, length in wanted:
                own = self.address_in(network | self.random.randrange(1, 200), length)
                if style == "overlap" and self.chance(40):
                    own = network    # even the address is another device's as well
                self.add_address(name, own, length)
                earlier.append((own, length))
            # as the kernel would give it, but when it is wanted
            if self.chance(88):
                self.link_locals[name] = LINK_LOCAL | i + 1 if self.chance(80) else LINK_LOCAL | 1
                self.commands.append(f"addr add {text(self.link_locals[name])}/64 dev {name} nodad")
        if self.have("loopback_address", 15):
            self.commands.append("addr add 2001:db8:7::7/128 dev lo")
            self.nets["lo"] = [(address("2001:db8:7::7"), 128)]
        if self.slaves and self.chance(30):
            self.commands.append("addr add 2001:db8:8::8/128 dev red")

    def add_address(self, name, own, length):
        # The kernel makes no route for an address that is a network's anycast address, too.
        if any(own == fib6.masked(other, others) or other == fib6.masked(own, length)
               for other, others in self.nets[name]):
            return
        more = " noprefixroute" if self.chance(6) else ""
        if self.chance(10):
            more += f" metric {self.random.choice((10, 300))}"
        self.commands.append(f"addr add {text(own)}/{length} dev {name} nodad{more}")
        self.nets[name].append((own, length))
        self.routed[name].append((own, length))

    def own_addresses(self):
        return [own for nets in self.nets.values() for own, _ in nets] or [LOOPBACK]

    def neighbour(self, name):
        nets = [net for net in self.nets[name] if net[1] < 128]
        if not nets or self.chance(30):
            return LINK_LOCAL | 0x9900 | self.random.randrange(9)
        return self.address_in(*self.random.choice(nets))

    def hop(self, name):
        """How to get out by a device: "via ... dev ...", or "dev ..."."""
        if self.chance(25):
            return f"dev {name}"
        return f"via {text(self.neighbour(name))} dev {name}" + \
            (" onlink" if self.chance(30) else "")

    def some_prefix(self):
        where = self.pick(("own", 4), ("near", 4), ("universe", 7), ("far", 4))
        length = self.pick((128, 3), (126, 1), (120, 1), (65, 2), (64, 6), (56, 2), (48, 5),
                           (32, 2), (16, 1), (7, 1))
        if where == "own":
            return self.random.choice(self.own_addresses()), max(length, 48)
        if where == "near":
            names = [name for name in self.nets if self.nets[name]]
            if names:
                return self.address_in(*self.random.choice(
                    self.nets[self.random.choice(names)])), max(length, 56)
        if where == "far":
            return self.random.choice(ANYWHERE[2:-2]), length
        return self.some_network() | self.random.randrange(256), length

    def build_routes(self):
        tables = ["main"] * 6 + ["100"] * 3 + ["101"]
        self.build_nexthops()
        for name in self.nets:
            for _ in range(self.random.randrange(3)):
                self.add_route(name, "1001" if name in self.slaves else
                               self.random.choice(tables))
        if self.have("default_route", 50):
            self.add_default("1001" if self.slaves and self.chance(50) else "main")
        # so that it matters which rule a packet meets
        for table in ("100", "101"):
            if self.chance(70):
                self.add_default(table)
        if self.slaves and self.chance(50):
            self.commands.append("route add unreachable default metric 4278198272 table 1001")
        if self.wanted == "preference":
            self.add_preferred()
        for _ in range(self.random.randint(3, 11)):
            table = self.random.choice(tables + (["1001"] * 5 if self.slaves else []))
            self.add_special(table)
            if table not in ("main", "1001"):
                self.have("tables")
        if "dead_leg" in self.features:
            self.commands.append("link set d0 down")

    def add_default(self, table):
        name = self.random.choice(list(self.nets))
        self.commands.append(f"route add default {self.hop(name)} table {table}")
        self.routed[name].append((self.random.getrandbits(128), 0))

    def build_nexthops(self):
        self.single, groups = [], []
        if self.wanted not in ("nexthop_blackhole", "nexthop_group") and not self.chance(45):
            return
        for ident in range(1, self.random.randint(3, 5)):
            name = self.random.choice(list(self.nets))
            if self.have("nexthop_blackhole", 12):
                self.commands.append(f"nexthop add id {ident} blackhole")
            else:
                self.commands.append(f"nexthop add id {ident} {self.hop(name)}")
                groups.append(ident)
            self.single.append((ident, name))
            self.have("nexthop")
        if len(groups) > 1:
            self.have("nexthop_group")
            members = self.random.sample(groups, self.random.randint(2, len(groups)))
            self.commands.append("nexthop add id 50 group " + "/".join(map(str, members)))
            self.single += [(50, dict(self.single)[members[0]])] * 2

    def route_options(self, table):
        options = f" table {table}"
        if self.chance(15):
            options += f" metric {self.random.choice((1, 256, 300, 2000))}"
        if self.have("preference", 6):
            options += f" pref {self.random.choice(('low', 'high'))}"
        if "dead_leg" not in self.features and self.have("from_route", 3):
            options += f" from {prefix(*self.a_place())}"
        return options

    def add_route(self, name, table):
        where, length = self.some_prefix()
        self.commands.append(f"route add {prefix(where, length)} {self.hop(name)}"
                             f"{self.route_options(table)}")
        self.routed[name].append((where, length))

    def add_special(self, table):
        where, length = self.some_prefix()
        kind = self.pick(("blackhole", 2), ("unreachable", 2), ("prohibit", 2), ("throw", 3),
                         ("multipath", 5), ("nhid", 6), ("local", 2), ("anycast", 1),
                         ("same_metric", 4), ("worse_metric", 4))
        if self.wanted in ("same_metric", "worse_metric") and self.chance(30):
            kind = self.wanted
        name = self.random.choice(list(self.nets))
        to = prefix(where, length)
        options = self.route_options(table)
        if kind == "multipath":
            names = self.random.sample(list(self.nets), self.random.randint(2, 3))
            # Where the other routes of a prefix went, the kernel no longer finds those with
            # "from" (fib6_find_prefix() has it look for a longer prefix), so it is either.
            if "from_route" not in self.features and self.have("dead_leg", 20):
                names = ["d0", names[0] if names[0] != "d0" else names[1]]
            hops = " ".join(f"nexthop via {text(self.neighbour(name))} dev {name} onlink"
                            for name in names)
            self.commands.append(f"route add {to}{options} {hops}")
            for name in names:
                self.routed[name].append((where, length))
        elif kind in ("same_metric", "worse_metric"):
            # Routes of one prefix, by several devices and perhaps of several types. The
            # kernel lists those by gateways as legs of one, with the first one's preference.
            self.metric += 10
            worst = 1 if kind == "same_metric" else 3
            gateways = self.chance(50)
            bad = self.random.choice(("blackhole", "throw")) if self.chance(35) else None
            first = self.chance(60)
            preferred = self.have("preference", 12)
            if bad and first:
                self.add_bad(bad, to, table, self.metric)
            for name in self.random.sample(list(self.nets), self.random.randint(2, 3)):
                via = f"via {text(self.neighbour(name))} dev {name} onlink" if gateways else \
                    f"dev {name}"
                self.commands.append(
                    f"route append {to} {via} table {table} metric "
                    f"{self.metric + self.random.randrange(worst)}" +
                    (" pref high" if preferred else ""))
                if not gateways:
                    preferred = self.have("preference", 12)
                self.routed[name].append((where, length))
            if bad and not first:
                self.add_bad(bad, to, table, self.metric + self.random.randrange(-1, 3))
        elif kind == "nhid":
            if not self.single:
                return
            ident, name = self.random.choice(self.single)
            self.commands.append(f"route add {to} nhid {ident}{options}")
            self.routed[name].append((where, length))
        elif kind in ("local", "anycast"):
            if kind == "local" and self.chance(50):
                name = "lo"
            if self.chance(50):
                options = " table local"
            self.commands.append(f"route add {kind} {to} dev {name}{options}")
            self.rejected.append((where, length))
        else:
            self.commands.append(f"route add {kind} {to}{options}")
            self.rejected.append((where, length))
        self.have({"local": "local_route", "nhid": "nexthop"}.get(kind, kind))

    def add_preferred(self):
        """A route that only its preference makes better than one that rejects."""
        where, name = self.some_network(), self.random.choice(list(self.nets))
        self.add_bad("blackhole", prefix(where, 64), "main", 200)
        self.commands.append(f"route append {prefix(where, 64)} dev {name} metric 200 pref high")
        self.routed[name].append((where, 64))

    def add_bad(self, kind, to, table, metric):
        """One that rejects, among others of the prefix."""
        self.have(kind)
        self.commands.append(f"route append {kind} {to} table {table} metric {metric}")

    def a_place(self):
        """A prefix that packets come from or go to, for a rule to match."""
        names = [name for name in self.nets if self.nets[name]]
        if not names or self.chance(50):
            return self.some_prefix()
        own, length = self.random.choice(self.nets[self.random.choice(names)])
        return own, min(length + 1, 128)

    def build_rules(self):
        if self.slaves:
            self.rules.append(("", fib6.Rule(1000, l3mdev=True)))
        ruled = self.wanted.startswith(("rule_", "local_"))
        if self.wanted == "no_rules" or not ruled and self.chance(35):
            self.have("no_rules")
            return
        for priority in sorted(self.random.sample(range(1, 20000), self.random.randint(1, 7))):
            self.add_rule(priority)
        if self.have("local_later", 7):
            self.commands += ["rule add pref 20000 lookup local", "rule del pref 0"]
            self.rules.append((self.commands[-2], fib6.Rule(20000, table="local")))

    def add_rule(self, priority):
        rule = fib6.Rule(priority)
        kinds = self.random.sample(
            ["from", "from", "to", "to", "tos", "fwmark", "fwmark", "ipproto", "ports", "iif"],
            self.random.choice((0, 1, 1, 1, 2, 3)))
        selectors = []
        if self.have("rule_not", 6):
            selectors.append("not")
            rule.invert = True
        if self.wanted[:5] == "rule_" and \
                self.wanted[5:] in ("tos", "ports", "ipproto", "iif", "oif"):
            kinds.append(self.wanted[5:])
        elif self.chance(4):
            kinds.append("oif")
        for kind in dict.fromkeys(kinds):
            if kind in ("from", "to"):
                where, length = self.a_place()
                selectors.append(f"{kind} {prefix(where, length)}")
                setattr(rule, kind + "_", (fib6.masked(where, length), length))
            elif kind == "tos":
                rule.tos = self.random.choice(RULE_TOS)
                selectors.append(f"tos {rule.tos:#04x}")
            elif kind == "fwmark":
                mark = self.random.choice(MARKS)
                rule.mark, rule.mask = self.random.choice(
                    ((mark, 0xffffffff), (0, 0xffffffff), (1, 1), (0x40, 0xc0)))
                selectors.append(f"fwmark {rule.mark}/{rule.mask}")
            elif kind == "ipproto":
                protocol = self.random.choice(list(PROTOCOLS))
                rule.protocol = PROTOCOLS[protocol]
                selectors.append(f"ipproto {protocol}")
            elif kind == "ports":
                port = self.random.choice(PORTS)
                last = port + 1 if self.chance(50) else port
                side = self.random.choice(("sport", "dport"))
                setattr(rule, side, (port, last))
                selectors.append(f"{side} {port}" + (f"-{last}" if last > port else ""))
            else:
                name = self.random.choice(["lo", *self.nets] if kind == "iif" else
                                          [*self.nets])
                setattr(rule, kind, name)
                selectors.append(f"{kind} {name}")
            self.have("rule_" + kind)
        action = self.pick(("100", 6), ("101", 3), ("main", 3), ("local", 1), ("1001", 1),
                           ("reject", 3), ("goto", 1), ("suppress", 2), ("nop", 1))
        if self.wanted in ("rule_reject", "rule_goto", "rule_suppress") and self.chance(40):
            action = self.wanted[5:]
        if action == "reject":
            self.have("rule_reject")
            action = rule.action = self.random.choice(("blackhole", "unreachable", "prohibit"))
        elif action == "goto":
            self.have("rule_goto")
            rule.action = "goto"
            rule.target = self.random.choice((32766, 32767))
            action = f"goto {rule.target}"
        elif action == "suppress":
            self.have("rule_suppress")
            rule.table = "main"
            rule.suppress = self.random.choice((0, 16, 48))
            action = f"lookup main suppress_prefixlength {rule.suppress}"
        elif action == "nop":
            rule.action = "nop"
        else:
            rule.table = action
            action = "lookup " + action
        self.commands.append(f"rule add pref {priority} {' '.join(selectors)} {action}")
        self.rules.append((self.commands[-1], rule))

    def build_tables_of_marks(self):
        conntrack = self.have("conntrack", 20)
        where = self.pick(("mangle", 6), ("raw", 2), ("ingress", 2))
        self.have("mark_" + where)
        marks = ", ".join(f"{mark} : {mark}" for mark in MARKS)
        slaves = ", ".join(f'"{name}"' for name in self.slaves)
        # What goes on to a VRF comes once more, and ends then.
        again = f"""
                    iifname "red" update @again {{ ip6 flowlabel }} drop""" if slaves else ""
        on = f"""
                    iifname {{ {slaves} }} accept""" if slaves else ""
        self.nft = f"""
            table ip6 parity {{
                {MADE_SETS}
                chain pre {{
                    type filter hook prerouting priority 2147483647{again}
                    update @pre {{ ip6 flowlabel }}{on}
                    drop
                }}
                chain in {{
                    type filter hook input priority -500
                    drop
                }}
                chain forward {{
                    type filter hook forward priority -500
                    drop
                }}
                chain out {{
                    type filter hook output priority -500
                    drop
                }}
            }}
            """
        if where == "ingress":
            names = ", ".join(f'"{name}"' for name, _ in self.links)
            hook = f"ingress devices = {{ {names} }} priority 0"
        else:
            hook = f"prerouting priority {-151 if where == 'mangle' else -300}"
        self.nft += f"""
            table {'netdev' if where == 'ingress' else 'ip6'} marks {{
                chain marks {{
                    type filter hook {hook}
                    meta mark set ip6 hoplimit map {{ {marks} }}
                }}
            }}
            """
        if where == "ingress":
            self.marked = [name for name, _ in self.links]
        else:
            self.marked = [*self.nets, "lo"]
        if conntrack:
            self.nft += """
            table ip6 track {
                chain track {
                    type filter hook prerouting priority -190
                    ct state new counter
                }
            }
            """

    # a round

    def edge(self, where, length):
        """An address where a prefix begins or ends, or just inside or outside."""
        first, size = fib6.masked(where, length), fib6.ALL >> length
        return self.random.choice((
            first, first | size, (first - 1) & fib6.ALL, ((first | size) + 1) & fib6.ALL,
            first | size >> 1, where, where, first | self.random.getrandbits(128) & size,
            first | self.random.getrandbits(128) & size))

    def a_source(self, arrival):
        good = self.routed.get(arrival)
        if arrival == "lo" and self.chance(60):
            return self.random.choice([LOOPBACK, *self.own_addresses()])
        kind = self.pick(("good", 42), ("other", 22), ("rejected", 7), ("own", 6), ("universe", 6),
                         ("random", 4), ("special", 7), ("link_local", 6))
        if kind == "good" and good:
            return self.edge(*self.random.choice(good))
        if kind == "rejected" and self.rejected:
            return self.edge(*self.random.choice(self.rejected))
        if kind == "own":
            return self.random.choice(self.own_addresses())
        if kind == "universe":
            return self.some_network() | self.random.randrange(256)
        if kind == "random":
            return self.random.getrandbits(128)
        if kind == "special":
            return self.random.choice(ANYWHERE)
        if kind == "link_local":
            self.have("from_link_local")
            return self.random.choice([*self.link_locals.values(), LINK_LOCAL | 0x9901])
        everything = [net for nets in self.routed.values() for net in nets]
        return self.edge(*self.random.choice(everything or [(UNIVERSE, 32)]))

    def a_destination(self, arrival):
        kind = self.pick(("own", 45), ("forward", 28), ("group", 13), ("link_local", 9),
                         ("special", 5))
        self.have("to_" + kind)
        if kind == "own":
            near = [own for own, _ in self.nets.get(arrival, ())]
            return self.random.choice(near if near and self.chance(60) else self.own_addresses())
        if kind == "group":
            return self.random.choice(GROUPS)
        if kind == "link_local":
            if arrival in self.link_locals and self.chance(50):
                return self.link_locals[arrival]
            return self.random.choice([*self.link_locals.values(), LINK_LOCAL | 0x9902])
        if kind == "special":
            return self.random.choice(ANYWHERE[1:])
        everything = [net for nets in self.routed.values() for net in nets]
        return self.edge(*self.random.choice(everything or [(UNIVERSE, 32)])) or LOOPBACK + 1

    def packets(self, count):
        return [Packet(self, ident) for ident in range(1, count + 1)]


class Packet:
    """One, or both halves of a fragmented one, which the flow label names."""

    def __init__(self, topology, ident):
        t, rnd = topology, topology.random
        self.ident = ident
        self.arrival = rnd.choice(t.devices)
        self.source = t.a_source(self.arrival)
        self.destination = t.a_destination(self.arrival)
        self.tos = rnd.choice(TOS) if t.have("tos", 35) else 0
        self.hops = rnd.choice(MARKS) if t.have("mark", 40) else LEAST_HOPS
        self.protocol = t.pick((17, 50), (6, 25), (58, 18), (132, 4), (253, 3))
        self.kind = 128             # of ICMP: an echo request
        self.ports = (0, 0) if t.chance(15) else (rnd.choice(PORTS), rnd.choice(PORTS))
        self.extensions = b""
        self.first = None           # what the IPv6 header says comes next
        if t.have("from_zero", 3):
            self.source = 0
            if t.have("solicitation", 60):
                self.protocol, self.kind, self.hops = 58, 135, 255
            if t.chance(75):
                self.destination = rnd.choice(GROUPS)
        elif t.have("advertisement", 5):
            self.protocol, self.hops = 58, 255 if t.chance(70) else 64
            self.kind = rnd.choice((136, 136, 135, 133))
            if t.chance(75):
                self.source = rnd.choice(t.own_addresses())
            self.destination = GROUPS[0] if t.chance(60) else self.destination
        elif t.have("extensions", 6):
            self.first = rnd.choice((0, 60))    # hop-by-hop or destination options
            self.extensions = struct.pack("!BBBB4x", self.protocol, 0, 1, 4)
        self.fragmented = not self.extensions and self.protocol == 17 and t.have("fragments", 8)
        if self.fragmented:
            self.first = 44
        if self.first is None:
            self.first = self.protocol
        t.have({17: "udp", 6: "tcp", 58: "icmp"}.get(self.protocol, "other_protocol"))
        self.mark = self.hops if self.hops in MARKS and self.arrival in t.marked else 0
        self.group = self.destination >> 120 == 0xff
        head = self.head(t.chance(60) if self.group else t.chance(3))
        self.frames = [head + packet for packet in self.build()]
        # what srcguard counts: bytes from the IP header on, of the halves or of the whole
        self.sizes = [len(frame) - 14 for frame in self.frames]
        self.joined = [40 + sum(size - 48 for size in self.sizes)] if self.fragmented else \
            self.sizes

    def is_plain(self):
        return not self.fragmented and not self.extensions

    def described(self):
        """For explain."""
        return (self.source.to_bytes(16, "big"), self.destination.to_bytes(16, "big"),
                self.arrival, self.mark, self.tos)

    def head(self, to_all):
        if self.arrival == "lo":
            return bytes(12) + b"\x86\xdd"
        mac = bytes((2, 0, 0, 0, 0, int(self.arrival[1:])))
        if to_all:
            mac = b"\x33\x33" + struct.pack("!I", self.destination & 0xffffffff)
        return mac + b"\2\0\0\0\xff\xff\x86\xdd"

    def payload(self):
        sport, dport = self.ports
        if self.protocol == 17:
            return struct.pack("!HHHH", sport, dport, 24, 0) + bytes(16)
        if self.protocol == 6:
            return struct.pack("!HHIIBBHHH", sport, dport, self.ident, 0, 0x50, 2, 512, 0, 0)
        if self.protocol == 58:
            return struct.pack("!BBHI16s", self.kind, 0, 0, 0, self.source.to_bytes(16, "big"))
        if self.protocol == 132:
            return struct.pack("!HHII", sport, dport, 0, 0)
        return bytes(16)

    def build(self):
        payload = self.extensions + self.payload()
        parts = [payload]
        if self.fragmented:
            parts = [struct.pack("!BBHI", 17, 0, 1, self.ident) + payload[:16],
                     struct.pack("!BBHI", 17, 0, 16, self.ident) + payload[16:]]
        return [struct.pack("!IHBB", 6 << 28 | self.tos << 20 | self.ident, len(part),
                            self.first, self.hops) + self.source.to_bytes(16, "big") +
                self.destination.to_bytes(16, "big") + part for part in parts]

    def __str__(self):
        return (f"packet {self.ident} by {self.arrival} {text(self.source)} > "
                f"{text(self.destination)} protocol {self.protocol}" +
                (f" type {self.kind}" if self.protocol == 58 else f" ports {self.ports}") +
                f" tos {self.tos:#04x} mark {self.mark} hops {self.hops}" +
                (" fragmented" if self.fragmented else "") +
                (f" after {self.first}" if self.extensions else ""))


class Xtables:
    """The table that ip6tables makes, kept, so that each namespace gets it by one call."""

    rules = f"""*mangle
        -A PREROUTING -m rpfilter --validmark -j HL --hl-dec {SPENT_STRICT}
        -A PREROUTING -m rpfilter --validmark --loose -j HL --hl-dec {SPENT_LOOSE}
        COMMIT
        """.replace("    ", "")
    replace = get_info = 64
    get_entries = 65
    name = b"mangle".ljust(32, b"\0")

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.made = None

    def get(self, sock, what, query):
        """getsockopt() with a question in the buffer of the answer"""
        buffer = ctypes.create_string_buffer(query, len(query))
        if self.libc.getsockopt(sock.fileno(), socket.IPPROTO_IPV6, what, buffer,
                                ctypes.byref(ctypes.c_uint(len(query)))):
            raise OSError(ctypes.get_errno(), "getsockopt")
        return buffer.raw

    def info(self, sock):
        """hooks, entries of the hooks, underflows, number of rules, size"""
        raw = self.get(sock, self.get_info, self.name.ljust(84, b"\0"))
        return struct.unpack("I 20s 20s II", raw[32:])

    def load(self):
        with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock:
            if self.made:
                self.put(sock, *self.made)
                return
            subprocess.run(["ip6tables-legacy-restore"], input=self.rules, text=True, check=True)
            info = self.info(sock)
            query = (self.name + struct.pack("I", info[4])).ljust(40 + info[4], b"\0")
            self.made = info, self.get(sock, self.get_entries, query)[40:]

    def put(self, sock, info, rules):
        there = self.info(sock)[3]
        counters = ctypes.create_string_buffer(16 * there)
        hooks, entries, underflows, number, size = info
        sock.setsockopt(socket.IPPROTO_IPV6, self.replace, struct.pack(
            "32s III 20s 20s I Q", self.name, hooks, number, size, entries, underflows,
            there, ctypes.addressof(counters)) + rules)


def spent(hops):
    """What is left of the hops after xt_rpfilter, of all packets that it lets pass."""
    return ", ".join(f"{least - hops}-{most - hops}" if most > least else f"{least - hops}"
                     for least, most in ((LEAST_HOPS, MARKS[-1]), (255, 255)))


BOTH = SPENT_STRICT + SPENT_LOOSE
NOTE = {name: f"update @{name} {{ ip6 flowlabel }}" for name in
        ("xt_strict", "xt_loose", "nft_strict", "nft_loose")}
SETS = ("pre", "again", *NOTE)
MADE_SETS = "".join(f"set {name} {{ typeof ip6 flowlabel; flags dynamic; size 65535; }}\n"
                    for name in SETS)
PEERS = f"""
    table ip6 parity {{
        chain peers {{
            type filter hook prerouting priority -145
            iifname "red" accept
            ip6 hoplimit {{ {spent(SPENT_STRICT)}, {spent(BOTH)} }} {NOTE["xt_strict"]}
            ip6 hoplimit {{ {spent(SPENT_LOOSE)}, {spent(BOTH)} }} {NOTE["xt_loose"]}
            fib saddr . mark . iif oif exists {NOTE["nft_strict"]}
            fib saddr . mark oif exists {NOTE["nft_loose"]}
        }}
    }}
    """


class Namespace(parity_common.Namespace):
    """A topology brought to life."""

    ip = ["ip", "-6", "-j"]
    xtables = Xtables()

    def __init__(self, topology, peers):
        super().__init__(topology, peers)
        for name in ("all", "default"):
            for bit, value in (("forwarding", topology.forwarding), ("accept_dad", 0),
                               ("dad_transmits", 0), ("addr_gen_mode", 1),
                               ("router_solicitations", 0), ("accept_ra", 0)):
                write(f"/proc/sys/net/ipv6/conf/{name}/{bit}", value)
        failed = self.batch(["link set lo up"] + [command.replace("PEERS", peers)
                                                  for command in topology.link_commands])
        if failed:
            raise RuntimeError(f"cannot {failed}")
        with self.outside():
            for name, peer in topology.links:
                write(f"/proc/sys/net/ipv6/conf/{peer}/disable_ipv6", 1)
                self.sockets[name] = self.packet_socket(peer)
                if name not in topology.dark:
                    self.up(self.sockets[name], peer)
        self.sockets["lo"] = self.packet_socket("lo")
        self.wait_for([name for name, _ in topology.links if name not in topology.dark])
        self.set("ipv6", topology.conf)
        show = ["route show table all"]
        self.failed = self.batch(topology.commands + show)
        self.fib = self.listed()
        until = time.monotonic() + 60
        while missing := self.without_route():      # a worker makes it
            if time.monotonic() > until:
                raise RuntimeError(f"topology {topology.number}: after 60 s without a route of "
                                   f"its own: {missing}; failed: {self.failed}")
            self.batch(show)
            self.fib = self.listed()
        self.nft = parity_common.Nft("ip6 parity", SETS)
        self.nft.run(topology.nft)

    def batch(self, commands):
        """A group of nexthops is of no family, so it is nothing for "ip -6"."""
        i = next((i for i, command in enumerate(commands) if " group " in command), None)
        if i is None:
            return super().batch(commands)
        failed = super().batch(commands[:i])
        done = subprocess.run(["ip", *commands[i].split()], capture_output=True, check=False)
        if done.returncode:
            failed.append(commands[i])
        return failed + super().batch(commands[i + 1:])

    def listed(self):
        topology = self.topology
        without_local = "rule del pref 0"
        return fib6.Fib(json.loads(self.output), [
            rule for command, rule in topology.rules if command not in self.failed],
            without_local in topology.commands and without_local not in self.failed,
            topology.dark, {name for (name, _), on in topology.conf.items() if on})

    def without_route(self):
        """An address that the kernel has not made a route for, as far as it was listed."""
        for command in self.topology.commands:
            words = command.split()
            if words[:2] == ["addr", "add"] and command not in self.failed and \
                    not (words[4] == "d0" and "dead_leg" in self.topology.features) and \
                    address(words[2].split("/")[0]) not in self.fib.own[words[4]]:
                return command
        return None

    def wait_for(self, names):
        """They have a carrier, and IPv6 has noticed."""
        until = time.monotonic() + 60
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            while not all(self.flags(sock, name) & IFF_RUNNING for name in names):
                if time.monotonic() > until:
                    raise RuntimeError(f"one of {names} has no carrier")
                time.sleep(0.002)

    def filter(self, value):
        write("/proc/sys/net/srcguard/rp_filter", 0)    # its counters start anew
        write("/proc/sys/net/srcguard/rp_filter", value)

    def peers_begin(self):
        self.filter(0)
        self.xtables.load()
        self.nft.run(PEERS)


class Run(parity_common.Run):
    family = "ipv6"
    all_reasons = REASONS
    all_features = FEATURES
    modes = MODES
    # since then nft looks at all nexthops of a route, and at no rule's suppress
    first_result = tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) < (6, 17)

    def __init__(self, options):
        super().__init__(options)
        self.stricter = collections.Counter()       # where srcguard drops what both pass
        self.explained = {peer: collections.Counter() for peer in DIFFERENCES}
        self.mistaken = self.mismodelled = self.second_passes = 0
        self.described = collections.Counter()      # topologies

    def topology(self, number, left_off=False):
        topology = Topology(self.options.seed, number)
        namespace = Namespace(topology, self.options.peers)
        try:
            self.made(topology, namespace)
            self.round(topology, namespace, left_off)
        finally:
            namespace.close()
        self.occurred(topology, namespace)

    def round(self, topology, namespace, left_off):
        packets = topology.packets(self.options.packets)
        self.sent += len(packets)
        passed, again, counters, answers = {}, {}, {}, {}
        for mode in topology.random.sample(list(MODES), len(MODES)):
            namespace.filter(0 if left_off else MODES[mode])
            namespace.send(packets)
            answers[mode] = self.ask(namespace, packets, Packet.described)
            counters[mode] = namespace.module.counters() if not left_off else []
            sets = namespace.nft.sets()
            passed[mode], again[mode] = sets["pre"], sets["again"]
        namespace.peers_begin()
        namespace.send(packets)
        sets = namespace.nft.sets()
        model = fib6.Model(namespace.fib, topology, self.first_result)
        for mode in MODES:
            self.compare(topology, namespace, mode, packets, sets, passed[mode], model,
                         counters[mode])
            self.check_answers(topology, mode, answers[mode], sets["pre"], passed[mode])
            # what a VRF gets a second time passes a second time
            if again[mode] != sets["again"] & passed[mode]:
                self.differences += 1
                self.say(f"topology {topology.number} {mode}: on to the VRF went "
                         f"{again[mode]}, not {sets['again'] & passed[mode]}")
            self.second_passes += len(again[mode])
            if left_off:
                continue
            # conntrack joins fragments before the late hook sees them
            joined = "conntrack" in topology.features and namespace.fib.custom
            self.count(topology, mode, [
                (packet.arrival, packet.joined if joined else packet.sizes)
                for packet in packets
                if packet.ident in sets["pre"] and packet.ident not in passed[mode]],
                counters[mode])

    def compare(self, topology, namespace, mode, packets, sets, passed, model, counters):
        tally = self.share[mode]
        for packet in packets:
            if packet.ident not in sets["pre"]:
                if packet.ident in passed:
                    self.differ(topology, namespace, mode, packet, "the kernel drops it", counters)
                continue
            tally["baseline"] += 1
            verdict = packet.ident in passed
            tally["srcguard"] += verdict
            should = model.srcguard(packet, mode)
            tally["model"] += should
            if verdict != should:
                self.mistaken += 1
                self.differ(topology, namespace, mode, packet,
                            f"srcguard {verdict}, the model {should}: {model.why(packet)}",
                            counters)
            if mode not in COMPARED:
                continue
            reasons = {peer: self.judge_peer(topology, namespace, mode, packet, peer, verdict,
                                             packet.ident in sets[f"{peer}_{mode}"], model,
                                             counters) for peer in DIFFERENCES}
            if not verdict and all(reasons.values()):
                self.stricter["/".join(reasons.values())] += 1

    def judge_peer(self, topology, namespace, mode, packet, peer, verdict, theirs, model,
                   counters):
        """Why it differs from srcguard, or nothing."""
        self.share[mode][peer] += theirs
        if theirs not in model.peer(peer, packet, mode):
            self.mismodelled += 1
            self.differ(topology, namespace, mode, packet, f"{peer} {theirs}, its model not: "
                        f"{model.why(packet)}, {model.theirs(peer, packet, mode)}", counters)
        if theirs == verdict or self.options.left_off:
            return None
        for reason in DIFFERENCES[peer]:
            if getattr(model, reason)(peer, packet, mode, theirs):
                self.explained[peer][reason] += 1
                return reason
        self.differ(topology, namespace, mode, packet, f"srcguard {verdict}, {peer} {theirs}: "
                    f"{model.why(packet)}, {model.theirs(peer, packet, mode)}", counters)
        return None

    def differ(self, topology, namespace, mode, packet, what, counters):
        self.differences += 1
        if self.options.left_off or self.shown >= self.options.show:
            return
        self.described[topology.number] += 1
        if self.described[topology.number] > 5 and self.options.only is None:
            return
        if self.described[topology.number] == 1:
            self.say(f"seed {self.options.seed} topology {topology.number} {mode}")
            self.say("    counters", *(f"{line['device']} {line['reason']} {line['packets']}"
                                       for line in counters))
            self.describe(topology, namespace)
        self.shown += 1
        self.say(f"   {topology.number} {mode} {packet}: {what}")

    def result(self, seconds):
        found = super().result(seconds)
        found["explained"] = {peer: dict(counts) for peer, counts in self.explained.items()}
        found["stricter"] = dict(self.stricter)
        gone = OLD_NFT if not self.first_result else NEW_NFT
        found["missing_differences"] = [
            f"{peer} {reason}" for peer, reasons in DIFFERENCES.items() for reason in reasons
            if not self.explained[peer][reason] and (peer != "nft" or reason not in gone)]
        return found


if __name__ == "__main__":
    sys.exit(parity_common.main(Run, __doc__.splitlines()[0]))
