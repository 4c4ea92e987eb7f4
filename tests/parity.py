#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares srcguard with the kernel's own rp_filter, packet for packet.

    parity.py PEERS RESULT [--topologies N] [--packets N] [--seed S] [--only N]

Each topology is a new namespace with random devices, addresses, routes, rules and
conf bits, whose veths end in the namespace PEERS. In a round of it, random
packets go through three times: with the kernel's rp_filter, with srcguard, and
with neither. A rule of nft notes by their IP identification which of them get to
INPUT and FORWARD, that is, past routing. The kernel's packets must be srcguard's,
srcguard's must be the unfiltered ones less those that it dropped, and its counters
must say how many these were, by device. Of some of the packets the module is asked
what would become of them (explain), and that must become of them. What was found
goes to RESULT as JSON.

Topology N of seed S is always the same: --only N replays it.
"""
import collections
import ipaddress
import random
import socket
import struct
import sys

import parity_common
from parity_common import write

MODES = {"strict": 1, "loose": 2}
REASONS = ("no_route", "wrong_device", "own_address", "reject_route", "source_multicast",
           "source_broadcast", "source_zero", "source_loopback")
# A run that never had one of these would prove nothing about it.
FEATURES = """
    accept_local route_localnet src_valid_mark forwarding conf_all
    no_address one_address many_addresses overlapping host_address point_to_point
    loopback_address down_device no_carrier arrival_on_lo vrf conntrack redirects
    blackhole unreachable prohibit throw multipath nexthop nexthop_group nexthop_blackhole
    tables default_route tos_route local_route broadcast_route realm
    rule_from rule_to rule_tos rule_fwmark rule_ipproto rule_ports rule_iif rule_not
    rule_suppress rule_reject rule_goto local_later no_rules anycast bc_forwarding vrf_route
    mark_ingress mark_raw mark_mangle
    udp tcp icmp igmp other_protocol fragments options source_route tos mark
    to_own to_forward to_broadcast to_subnet_broadcast to_joined to_not_joined to_loopback
    from_zero
""".split()

# Each of these is in every so many topologies, whatever the dice say.
RARE = ("rule_iif", "nexthop_blackhole", "local_later", "no_carrier", "rule_not", "realm", "vrf",
        "rule_suppress", "conntrack", "down_device", "rule_tos", "rule_goto", "no_rules",
        "vrf_route", "rule_reject", "tos_route", "rule_ipproto", "arrival_on_lo", "rule_ports")

ANYWHERE = [int(ipaddress.ip_address(a)) for a in """
    0.0.0.0 0.1.2.3 0.255.255.255 1.0.0.1 9.255.255.255 11.0.0.0 126.255.255.255
    127.0.0.0 127.0.0.1 127.9.0.1 127.9.0.7 127.255.255.255 128.0.0.0 169.254.3.4
    172.16.0.1 172.31.255.255 192.0.2.1 198.51.100.9 203.0.113.77 223.255.255.255
    224.0.0.1 224.0.0.251 239.1.2.3 239.255.255.255 240.0.0.1 250.1.2.3 255.255.255.254
    255.255.255.255""".split()]
JOINED = [int(ipaddress.ip_address(a)) for a in ("224.0.0.1", "224.0.0.77", "239.1.1.1")]
NOT_JOINED = [int(ipaddress.ip_address(a)) for a in ("224.0.0.99", "239.2.2.2")]
BROADCAST = 0xffffffff
LOOPBACK = 0x7f000001
ANY_LOOPBACK = [LOOPBACK, LOOPBACK, 0x7f090001, 0x7f090007]
ETHER_BROADCAST = b"\xff" * 6
LOOSE_ROUTE = b"\x83"           # the type of that option
TOS = (0x02, 0x04, 0x08, 0x0c, 0x10, 0x13, 0x1c, 0x20, 0xb8, 0xff)
RULE_TOS = ("0x04", "0x08", "0x10", "0x1c", "0xb8")
PORTS = (53, 80, 1000, 1001, 1002, 5000)
SETS = ("pre", "local", "forward", "leak")      # where packets are noted
LEAST_TTL = 64
MARKS = range(LEAST_TTL + 1, LEAST_TTL + 9)  # a TTL above the least carries the mark


def text(address):
    return socket.inet_ntoa(struct.pack("!I", address))


def masked(address, length):
    return address & (BROADCAST << (32 - length)) & BROADCAST


def prefix(address, length):
    return f"{text(masked(address, length))}/{length}"


def hosts_mask(length):
    return BROADCAST >> length


class Topology(parity_common.Dice):
    """Random, but only by its seed and number."""

    def __init__(self, seed, number):
        super().__init__(seed, number, RARE)
        self.commands = []        # of ip -batch, in the namespace; link_commands come first
        self.devices = []         # packets arrive by these
        self.links = []           # the veths among them
        self.nets = {}            # device: [(own address, length)]
        self.routed = collections.defaultdict(list)   # device: [(address, length)]
        self.rejected = []
        self.slaves = []
        self.source_routing = False
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
            self.commands.append(f"link add {name} address 02:00:00:00:00:{i:02x} "
                                 f"type veth peer name {peer} netns PEERS")
            self.nets[name] = []
        self.devices = [name for name, _ in self.links]
        if self.wanted == "down_device" or self.chance(40):
            self.commands.append("link add d0 type dummy")
            self.nets["d0"] = []
        if self.have("vrf", 100 if self.wanted == "vrf_route" else 22):
            self.slaves = self.random.sample(
                self.devices, self.random.randint(1, len(self.devices) - 1))
            self.commands.append("link add red up type vrf table 1001")
            self.commands += [f"link set {name} vrf red" for name in self.slaves]
            if self.chance(30):
                self.commands.append("addr add 10.8.8.8/32 dev red")
        for name in self.nets:
            # its addresses stay own ones, whether it ever was up or not
            never_up = name == "d0" and self.have("down_device", 40) and self.chance(25)
            if not never_up:
                self.commands.append(f"link set {name} up")
        self.link_commands = len(self.commands)
        for i, (name, _) in enumerate(self.links):
            # without a carrier nothing arrives, so the first always has one
            if i and self.have("no_carrier", 6):
                self.devices.remove(name)
        if self.have("arrival_on_lo", 35):
            self.devices.append("lo")

    def some_network(self):
        """A few networks that are often used twice, one inside another."""
        return 0x0a000000 | self.random.randrange(5) << 16 | self.random.randrange(3) << 8

    def address_in(self, address, length):
        if length >= 31:
            return masked(address, length) | (self.random.randrange(2) if length == 31 else 0)
        return masked(address, length) | self.random.randrange(1, hosts_mask(length))

    def build_addresses(self):
        earlier = []
        for name in self.nets:
            style = self.pick(("none", 14), ("one", 40), ("many", 18), ("overlap", 13),
                              ("host", 8), ("31", 4), ("peer", 5), ("loopback", 5))
            if style == "overlap" and not earlier:
                style = "one"
            wanted = []
            if style == "none":
                self.have("no_address")
            elif style == "one":
                self.have("one_address")
                wanted = [(self.some_network(), self.pick((24, 6), (16, 2), (25, 2), (30, 1)))]
            elif style == "many":
                self.have("many_addresses")
                wanted = [(self.some_network(), self.random.choice((16, 24, 24, 26, 30, 32)))
                          for _ in range(self.random.randint(2, 4))]
            elif style == "overlap":
                self.have("overlapping")
                wanted = [self.random.choice(earlier)]
            elif style == "host":
                self.have("host_address")
                wanted = [(self.some_network(), 32)]
            elif style == "31":
                self.have("point_to_point")
                wanted = [(self.some_network() + 8, 31)]
            elif style == "loopback":
                self.have("loopback_address")
                wanted = [(0x7f090000, 24), (self.some_network(), 24)]
            for network, length in wanted:
                own = self.address_in(network | self.random.randrange(1, 200), length)
                if style == "overlap" and self.chance(40):
                    own = network    # even the address is another device's as well
                self.add_address(name, own, length)
                earlier.append((own, length))
            if style == "peer":
                self.have("point_to_point")
                own, far = (self.some_network() | self.random.randrange(1, 255)
                            for _ in range(2))
                self.commands.append(f"addr add {text(own)} peer {text(far)}/32 dev {name}")
                self.nets[name].append((own, 32))
                self.routed[name].append((far, 32))
        if "down_device" in self.features:
            self.commands.append("link set d0 down")
        if self.chance(10):
            self.commands.append("addr add 10.7.7.7/32 dev lo")
            self.nets["lo"] = [(0x0a070707, 32)]

    def add_address(self, name, own, length):
        more = " brd +" if length < 31 and self.chance(50) else ""
        if self.chance(6):
            more += " noprefixroute"
        self.commands.append(f"addr add {text(own)}/{length}{more} dev {name}")
        self.nets[name].append((own, length))
        self.routed[name].append((own, length))

    def own_addresses(self):
        return [own for nets in self.nets.values() for own, _ in nets] or [LOOPBACK]

    def neighbour(self, name):
        nets = [net for net in self.nets[name] if net[1] < 32]
        if not nets:
            return None
        return self.address_in(*self.random.choice(nets))

    def hop(self, name):
        """How to get out by a device: "via ... dev ...", or "dev ..."."""
        gateway = self.neighbour(name)
        if gateway is None or self.chance(20):
            return f"dev {name}"
        return f"via {text(gateway)} dev {name}" + (" onlink" if self.chance(30) else "")

    def some_prefix(self):
        where = self.pick(("own", 4), ("near", 4), ("universe", 6), ("far", 4))
        length = self.pick((32, 3), (30, 1), (28, 1), (25, 2), (24, 6), (20, 2), (16, 5), (12, 1),
                           (8, 1))
        if where == "own":
            return self.random.choice(self.own_addresses()), max(length, 16)
        if where == "near":
            names = [name for name in self.nets if self.nets[name]]
            if names:
                near = self.neighbour(self.random.choice(names))
                if near is not None:
                    return near, max(length, 20)
        if where == "far":
            return self.pick((0xc0000200, 3), (0xc6336400, 3), (0xac100000, 3), (0xa9fe0000, 1),
                             (0xf0000000, 2), (0x80000000, 1), (0x7f090000, 1)), length
        return self.some_network() | self.random.randrange(256), length

    def build_routes(self):
        tables = ["main"] * 6 + ["100"] * 3 + ["101"]
        self.build_nexthops()
        for name in self.nets:
            for _ in range(self.random.randrange(3)):
                self.add_route(name, "1001" if name in self.slaves else
                               self.random.choice(tables))
        if self.have("default_route", 50):
            name = self.random.choice(list(self.nets))
            table = " table 1001" if name in self.slaves else ""
            self.commands.append(f"route add default {self.hop(name)}{table}")
            self.routed[name].append((self.random.getrandbits(32), 0))
        # so that it matters which rule a packet meets
        for table in ("100", "101"):
            if self.chance(70):
                name = self.random.choice(list(self.nets))
                self.commands.append(f"route add default {self.hop(name)} table {table}")
                self.routed[name].append((self.random.getrandbits(32), 0))
        if self.slaves and self.chance(50):
            self.commands.append("route add unreachable default metric 4278198272 table 1001")
        if self.slaves and self.have("vrf_route", 30):
            where = prefix(*self.some_prefix())
            self.commands.append(f"route add {where} dev red metric 7")
        for _ in range(self.random.randint(2, 10)):
            table = self.random.choice(tables + (["1001"] * 5 if self.slaves else []))
            self.add_special(table)
            if table not in ("main", "1001"):
                self.have("tables")

    def build_nexthops(self):
        self.single, self.groups = [], []
        if self.wanted != "nexthop_blackhole" and not self.chance(45):
            return
        for ident in range(1, self.random.randint(2, 5)):
            name = self.random.choice(list(self.nets))
            if self.have("nexthop_blackhole", 12):
                self.commands.append(f"nexthop add id {ident} blackhole")
            else:
                self.commands.append(f"nexthop add id {ident} {self.hop(name)}")
                self.groups.append(ident)
            self.single.append((ident, name))
            self.have("nexthop")
        if len(self.groups) > 1:
            self.have("nexthop_group")
            members = self.random.sample(self.groups, self.random.randint(2, len(self.groups)))
            self.commands.append("nexthop add id 50 group " + "/".join(map(str, members)))
            self.single += [(50, dict(self.single)[members[0]])] * 4

    def route_options(self, table):
        options = f" table {table}"
        if self.have("tos_route", 7):
            options += f" tos {self.random.choice(RULE_TOS)}"
        if self.chance(12):
            options += f" metric {self.random.randint(1, 300)}"
        if self.have("realm", 3):
            options += " realm 5"
        return options

    def add_route(self, name, table):
        address, length = self.some_prefix()
        self.commands.append(f"route add {prefix(address, length)} {self.hop(name)}"
                             f"{self.route_options(table)}")
        self.routed[name].append((address, length))

    def add_special(self, table):
        address, length = self.some_prefix()
        kind = self.pick(("blackhole", 2), ("unreachable", 2), ("prohibit", 2), ("throw", 3),
                         ("multipath", 5), ("nhid", 6), ("local", 2), ("broadcast", 1),
                         ("anycast", 1))
        name = self.random.choice(list(self.nets))
        where = prefix(address, length)
        options = self.route_options(table)
        if kind == "multipath":
            names = self.random.sample(list(self.nets), min(len(self.nets),
                                                            self.random.randint(2, 3)))
            hops = " ".join(f"nexthop {self.hop(name)}" for name in names)
            self.commands.append(f"route add {where}{options} {hops}")
            for name in names:
                self.routed[name].append((address, length))
        elif kind == "nhid":
            if not self.single:
                return
            ident, name = self.random.choice(self.single)
            self.commands.append(f"route add {where} nhid {ident}{options}")
            self.routed[name].append((address, length))
        elif kind in ("local", "broadcast", "anycast"):
            if kind == "local" and self.chance(50):
                name = "lo"
            if self.chance(50):
                options = " table local"
            self.commands.append(f"route add {kind} {where} dev {name}{options}")
            self.rejected.append((address, length))
        else:
            self.commands.append(f"route add {kind} {where}{options}")
            self.rejected.append((address, length))
        self.have(kind + "_route" if kind in ("local", "broadcast") else
                  "multipath" if kind == "multipath" else "nexthop" if kind == "nhid" else kind)

    def a_place(self):
        """A prefix that packets come from or go to, for a rule to match."""
        names = [name for name in self.nets if self.nets[name]]
        if not names or self.chance(50):
            return self.some_prefix()
        own, length = self.random.choice(self.nets[self.random.choice(names)])
        # the half of a network that its broadcast address is in, too
        return self.random.choice((own, own | hosts_mask(length))), min(length + 1, 32)

    def build_rules(self):
        ruled = self.slaves or self.wanted.startswith(("rule_", "local_"))
        if not ruled and self.have("no_rules", 35):
            return
        self.rule_iif = self.have("rule_iif", 14)
        for _ in range(self.random.randint(1, 7)):
            self.add_rule(self.random.randint(1, 40000))
        if self.have("local_later", 7):
            self.commands += ["rule add pref 20000 lookup local", "rule del pref 0"]

    def add_rule(self, priority):
        kinds = self.random.sample(
            ["from", "from", "to", "to", "tos", "fwmark", "fwmark", "ipproto", "ports", "uidrange"],
            self.random.choice((0, 1, 1, 1, 2, 3)))
        selectors = []
        if self.have("rule_not", 6):
            selectors.append("not")
        if self.rule_iif and self.chance(50):
            selectors.append("iif " + self.random.choice(["lo", *self.nets]))
        if self.wanted[:5] == "rule_" and self.wanted[5:] in ("tos", "ports", "ipproto"):
            kinds.append(self.wanted[5:])
        for kind in dict.fromkeys(kinds):
            if kind in ("from", "to"):
                selectors.append(f"{kind} {prefix(*self.a_place())}")
            elif kind == "tos":
                selectors.append("tos " + self.random.choice(RULE_TOS))
            elif kind == "fwmark":
                mark = self.random.choice(MARKS)
                selectors.append(self.random.choice(
                    (f"fwmark {mark}", "fwmark 0", "fwmark 1/1", "fwmark 0x40/0xc0")))
            elif kind == "ipproto":
                selectors.append("ipproto " + self.random.choice(("udp", "tcp", "icmp")))
            elif kind == "ports":
                port = self.random.choice(PORTS)
                selectors.append(f"{self.random.choice(('sport', 'dport'))} {port}" +
                                 (f"-{port + 1}" if self.chance(50) else ""))
            else:
                selectors.append("uidrange 0-0")
            if kind != "uidrange":
                self.have("rule_" + kind)
        action = self.pick(("100", 6), ("101", 3), ("main", 3), ("local", 1), ("1001", 1),
                           ("reject", 3), ("goto", 1), ("suppress", 2), ("nop", 1))
        if self.wanted in ("rule_reject", "rule_goto", "rule_suppress") and self.chance(40):
            action = self.wanted[5:]
        if action == "reject":
            self.have("rule_reject")
            action = self.random.choice(("blackhole", "unreachable", "prohibit"))
        elif action == "goto":
            self.have("rule_goto")
            action = f"goto {self.random.choice((32766, 32767))}"
        elif action == "suppress":
            self.have("rule_suppress")
            action = f"lookup main suppress_prefixlength {self.random.choice((0, 8, 16))}"
        elif action != "nop":
            action = "lookup " + action
        self.commands.append(f"rule add pref {priority} {' '.join(selectors)} {action}")

    def build_tables_of_marks(self):
        conntrack = self.have("conntrack", 20)
        where = self.pick(("mangle", 6), ("raw", 2), ("ingress", 2))
        self.have("mark_" + where)
        marks = ", ".join(f"{mark} : {mark}" for mark in MARKS)
        mark = f"meta mark set ip ttl map {{ {marks} }}"
        sets = "".join(f"set {name} {{ typeof ip id; flags dynamic; size 65535; }}\n"
                       for name in SETS)
        # The reverse lookup of what goes out by a VRF is made there, see README, iif.
        leak = ", ".join(f'"{name}"' for name in ["red", *self.slaves])
        self.nft = f"""
            table ip parity {{
                {sets}
                chain pre {{
                    type filter hook prerouting priority 2147483647
                    update @pre {{ ip id }}
                }}
                chain in {{
                    type filter hook input priority -500
                    update @local {{ ip id }} drop
                }}
                chain forward {{
                    type filter hook forward priority -500
                    {"oifname { " + leak + " } update @leak { ip id }" if self.slaves else ""}
                    update @forward {{ ip id }} drop
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
            priority = self.random.choice((-150, 0)) if where == "mangle" else -300
            hook = f"prerouting priority {priority}"
        self.nft += f"""
            table {'netdev' if where == 'ingress' else 'ip'} marks {{
                chain marks {{
                    type filter hook {hook}
                    {mark}
                }}
            }}
            """
        if conntrack:
            self.nft += """
            table ip track {
                chain track {
                    type filter hook prerouting priority -190
                    ct state new counter
                }
            }
            """

    # a round

    def new_conf(self):
        """The conf bits of a round, and whether "all" has them."""
        conf = {}
        everywhere = ["all", "lo", *self.nets] + (["red"] if self.slaves else [])
        for bit, all_percent, one_percent in (
                ("accept_local", 12, 30), ("route_localnet", 8, 20), ("src_valid_mark", 8, 30)):
            for name in everywhere:
                on = self.chance(all_percent if name == "all" else one_percent)
                conf[name, bit] = on
                if on:
                    self.have(bit)
                    if name == "all":
                        self.have("conf_all")
        redirects = self.have("redirects", 30)
        self.source_routing = self.chance(15)
        for name in everywhere:
            if name != "all":
                conf[name, "forwarding"] = self.have("forwarding", 85)
                conf[name, "bc_forwarding"] = self.chance(60)
            conf[name, "send_redirects"] = redirects
            conf[name, "accept_source_route"] = self.source_routing
            conf[name, "ignore_routes_with_linkdown"] = self.chance(20)
        conf["all", "bc_forwarding"] = self.have("bc_forwarding", 20)
        return conf

    def judged_late(self, conf, failed):
        """Whether srcguard leaves a namespace's packets to the hook after NAT."""
        return any(on for (_, bit), on in conf.items() if bit == "src_valid_mark") or \
            bool(self.slaves) or any(command.startswith(("rule add", "rule del"))
                                     for command in self.commands if command not in failed)

    def is_marked(self, packet, conf, failed):
        """Whether the packet has its mark by the time that srcguard judges it."""
        if "mark_ingress" in self.features:
            return packet.arrival != "lo"
        return self.judged_late(conf, failed)

    def edge(self, address, length):
        """An address where a prefix begins or ends, or just inside or outside."""
        first, size = masked(address, length), hosts_mask(length)
        return self.random.choice((
            first, first | size, (first - 1) & BROADCAST, ((first | size) + 1) & BROADCAST,
            first | size >> 1, address, first | self.random.getrandbits(32) & size,
            first | self.random.getrandbits(32) & size))

    def a_source(self, arrival):
        good = self.routed.get(arrival)
        if arrival == "lo" and self.chance(60):
            return self.random.choice(self.own_addresses())
        kind = self.pick(("good", 45), ("other", 22), ("rejected", 7), ("own", 6), ("universe", 6),
                         ("random", 4), ("special", 10))
        if kind == "good" and good:
            return self.edge(*self.random.choice(good))
        if kind == "rejected" and self.rejected:
            return self.edge(*self.random.choice(self.rejected))
        if kind == "own":
            return self.random.choice(self.own_addresses())
        if kind == "universe":
            return self.some_network() | self.random.randrange(256)
        if kind == "random":
            return self.random.getrandbits(32)
        if kind == "special":
            return self.random.choice(ANYWHERE)
        everything = [net for nets in self.routed.values() for net in nets]
        return self.edge(*self.random.choice(everything or [(0x0a000000, 8)]))

    def a_destination(self, arrival):
        # the way back from a broadcast address is another one only if rules say "from"
        broadcasts = 14 if "rule_from" in self.features else 5
        if self.features & {"local_later", "bc_forwarding"}:
            broadcasts *= 2
        kind = self.pick(("own", 40), ("forward", 26), ("subnet_broadcast", broadcasts),
                         ("broadcast", 5), ("joined", 8), ("not_joined", 2), ("loopback", 4),
                         ("special", 3))
        if kind == "own":
            near = [own for own, _ in self.nets.get(arrival, ())]
            address = self.random.choice(near if near and self.chance(60) else
                                         self.own_addresses())
        elif kind == "forward":
            everything = [net for nets in self.routed.values() for net in nets]
            address = self.edge(*self.random.choice(everything or [(0x0a000000, 8)]))
        elif kind == "subnet_broadcast":
            nets = [net for nets in self.nets.values() for net in nets if net[1] < 31]
            near = [net for net in self.nets.get(arrival, ()) if net[1] < 31]
            if near and self.chance(60):
                nets = near
            own, length = self.random.choice(nets or [(LOOPBACK, 8)])
            address = own | hosts_mask(length)
        elif kind == "loopback":
            address = self.random.choice(ANY_LOOPBACK)
        else:
            address = {"broadcast": BROADCAST, "joined": self.random.choice(JOINED),
                       "not_joined": self.random.choice(NOT_JOINED),
                       "special": self.random.choice(ANYWHERE)}[kind]
        if kind != "special":
            self.have("to_" + kind)
        return address

    def packets(self, count):
        return [Packet(self, ident) for ident in range(1, count + 1)]


class Packet:
    """One, or both halves of a fragmented one, which the IP identification names."""

    def __init__(self, topology, ident):
        t, rnd = topology, topology.random
        self.ident = ident
        self.arrival = rnd.choice(t.devices)
        self.source = t.a_source(self.arrival)
        self.destination = t.a_destination(self.arrival)
        self.tos = rnd.choice(TOS) if t.have("tos", 35) else 0
        self.mark = rnd.choice(MARKS) if t.have("mark", 40) else 0
        self.protocol = t.pick((17, 50), (6, 25), (1, 12), (2, 8), (47, 2), (4, 1), (89, 2))
        if t.have("from_zero", 2):
            # a host without an address yet: DHCP, IGMP, broadcast as it once was
            self.source = 0
            self.destination = rnd.choice((0, BROADCAST, *JOINED, *NOT_JOINED))
            self.protocol = rnd.choice((2, 17))
        t.have({17: "udp", 6: "tcp", 1: "icmp", 2: "igmp"}.get(self.protocol, "other_protocol"))
        self.ports = (0, 0) if t.chance(15) else (rnd.choice(PORTS), rnd.choice(PORTS))
        self.options = self.some_options(t) if t.chance(15 if t.source_routing else 5) else b""
        self.fragmented = self.protocol == 17 and t.have("fragments", 8)
        group = self.destination >= 0xe0000000 or self.destination & 0xff == 0xff
        to_all = t.chance(60 if group else 3)
        self.frames = [self.head(t, to_all) + packet for packet in self.build()]
        # what srcguard counts: bytes from the IP header on, of the halves or of the whole
        self.sizes = [len(frame) - 14 for frame in self.frames]
        self.joined = len(self.options) + 20 + sum(
            size - 20 - len(self.options) for size in self.sizes)

    def is_plain(self):
        return not self.fragmented and not self.options

    def described(self, is_marked):
        """For explain."""
        return (struct.pack("!I", self.source), struct.pack("!I", self.destination),
                self.arrival, self.mark if is_marked else 0, self.tos)

    def is_source_routed(self):
        return self.options[:1] == LOOSE_ROUTE

    @staticmethod
    def some_options(t):
        kind = t.pick(("nop", 3), ("rr", 3), ("alert", 2), ("loose", 2))
        t.have("source_route" if kind == "loose" else "options")
        return {"nop": b"\1\1\1\0", "rr": b"\7\7\4\0\0\0\0\0", "alert": b"\x94\4\0\0",
                "loose": LOOSE_ROUTE + b"\7\4" + struct.pack("!I", t.a_destination("lo")) +
                         b"\0"}[kind]

    def head(self, t, to_all):
        if self.arrival == "lo":
            return bytes(12) + b"\x08\0"
        mac = ETHER_BROADCAST if to_all else bytes((2, 0, 0, 0, 0, int(self.arrival[1:])))
        return mac + b"\2\0\0\0\xff\xff\x08\0"

    def payload(self):
        sport, dport = self.ports
        if self.protocol == 17:
            return struct.pack("!HHHH", sport, dport, 24, 0) + bytes(16)
        if self.protocol == 6:
            return struct.pack("!HHIIBBHHH", sport, dport, self.ident, 0, 0x50, 2, 512, 0, 0)
        if self.protocol == 1:
            return struct.pack("!BBHHH", 8, 0, 0xf7ff - self.ident & 0xffff, 0, self.ident)
        if self.protocol == 2:
            return b"\x11\x64\xee\x9b\0\0\0\0"
        if self.protocol == 4:
            return self.header(17, 28, 0, b"") + struct.pack("!HHHH", sport, dport, 8, 0)
        return bytes(16)

    def header(self, protocol, length, offset, options):
        head = struct.pack("!BBHHHBBHII", 0x45 + len(options) // 4, self.tos, length, self.ident,
                           offset, self.mark or LEAST_TTL, protocol, 0, self.source,
                           self.destination) + options
        total = sum(struct.unpack(f"!{len(head) // 2}H", head))
        total = (total & 0xffff) + (total >> 16)
        total = (total & 0xffff) + (total >> 16)
        return head[:10] + struct.pack("!H", ~total & 0xffff) + head[12:]

    def build(self):
        payload = self.payload()
        fixed = 20 + len(self.options)
        if not self.fragmented:
            return [self.header(self.protocol, fixed + len(payload), 0, self.options) + payload]
        return [self.header(self.protocol, fixed + 16, 0x2000, self.options) + payload[:16],
                self.header(self.protocol, fixed + 8, 2, self.options) + payload[16:]]

    def __str__(self):
        return (f"packet {self.ident} by {self.arrival} {text(self.source)} > "
                f"{text(self.destination)} protocol {self.protocol} ports {self.ports} tos "
                f"{self.tos:#04x} mark {self.mark}" + (" fragmented" if self.fragmented else "") +
                (f" options {self.options.hex()}" if self.options else ""))


class Namespace(parity_common.Namespace):
    """A topology brought to life."""

    def __init__(self, topology, peers):
        super().__init__(topology, peers)
        for name in ("all", "default"):
            write(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", 1)
        commands = [command.replace("PEERS", peers) for command in topology.commands]
        self.failed = self.batch(["link set lo up"] + commands[:topology.link_commands])
        with self.outside():
            for name, peer in topology.links:
                self.sockets[name] = self.packet_socket(peer)
                if name in topology.devices:
                    self.up(self.sockets[name], peer)
        # now: a nexthop of its own is refused without a carrier
        self.failed += self.batch(commands[topology.link_commands:])
        self.nft = parity_common.Nft("ip parity", SETS)
        self.nft.run(topology.nft)
        self.groups = self.join()
        self.sockets["lo"] = self.packet_socket("lo")

    def join(self):
        sockets = []
        for name, _ in self.topology.links:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            for group in JOINED[1:]:
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack(
                    "=4s4si", socket.inet_aton(text(group)), bytes(4), socket.if_nametoindex(name)))
            sockets.append(sock)
        return sockets

    def filter(self, who, mode):
        """Either guard judges, or none; the kernel's mode is the larger of two."""
        write("/proc/sys/net/srcguard/rp_filter", 0)    # its counters start anew
        by_all = self.random.random() < 0.5
        names = ["lo", *self.topology.nets] + (["red"] if self.topology.slaves else [])
        want = MODES[mode] if who == "kernel" else 0
        conf = {("all", "rp_filter"): want if by_all else 0}
        for name in names:
            conf[name, "rp_filter"] = self.random.choice((0, want)) if by_all else want
        self.set("ipv4", conf)
        if who == "srcguard":
            write("/proc/sys/net/srcguard/rp_filter", MODES[mode])

    def close(self):
        for sock in self.groups:
            sock.close()
        super().close()


class Run(parity_common.Run):
    family = "ipv4"
    all_reasons = REASONS
    all_features = FEATURES
    modes = MODES

    def __init__(self, options):
        super().__init__(options)
        self.excluded = 0

    def topology(self, number, left_off=False):
        topology = Topology(self.options.seed, number)
        namespace = Namespace(topology, self.options.peers)
        try:
            self.made(topology, namespace)
            for mode in MODES:
                self.round(topology, namespace, mode, left_off)
        finally:
            namespace.close()
        self.occurred(topology, namespace)

    def round(self, topology, namespace, mode, left_off):
        conf = topology.new_conf()
        namespace.set("ipv4", conf)
        packets = topology.packets(self.options.packets)
        phases = ["none", "kernel", "srcguard"]
        topology.random.shuffle(phases)
        seen, answers = {}, {}
        counters = []
        for phase in phases:
            namespace.filter("none" if left_off and phase == "srcguard" else phase, mode)
            namespace.send(packets)
            if phase == "srcguard" and not left_off:
                answers = self.ask(namespace, packets, lambda packet: packet.described(
                    topology.is_marked(packet, conf, namespace.failed)))
                counters = namespace.module.counters()
            seen[phase] = namespace.nft.sets()
        self.sent += len(packets)
        self.check_answers(topology, mode, answers, seen["none"]["pre"], seen["srcguard"]["pre"])
        self.compare(topology, namespace, mode, conf, packets, seen, counters, left_off)

    def compare(self, topology, namespace, mode, conf, packets, seen, counters, left_off):
        past = {phase: sets["local"] | sets["forward"] for phase, sets in seen.items()}
        baseline = past["none"]
        skip = self.exclusions(topology, packets, seen, past)
        self.excluded += len(skip)
        tally = self.share[mode]
        tally["sent"] += len(packets)
        tally["baseline"] += len(baseline - skip)
        tally["kernel"] += len(past["kernel"] - skip)
        tally["srcguard"] += len(past["srcguard"] - skip)
        wrong = (past["kernel"] ^ past["srcguard"]) - skip
        # neither lets pass what no filter lets, and srcguard's hooks drop all that is missing
        wrong |= past["kernel"] - baseline - skip
        wrong |= past["srcguard"] ^ (baseline & seen["srcguard"]["pre"])
        if wrong:
            self.differences += len(wrong)
            if not left_off:
                self.show(topology, namespace, mode, packets, wrong, past, counters)
        if not left_off:
            # conntrack joins fragments before the late hook sees them
            joined = "conntrack" in topology.features and \
                topology.judged_late(conf, namespace.failed)
            self.count(topology, mode, [
                (packet.arrival, [packet.joined] if joined else packet.sizes)
                for packet in packets if packet.ident not in seen["srcguard"]["pre"]], counters)

    def exclusions(self, topology, packets, seen, past):
        """What README says is judged otherwise: the kernel's lookup for a forwarded
        packet starts from the device it leaves by, which rules (iif) and VRFs see. A
        source route makes it look once more, on the way to the next host, so it may
        drop what srcguard lets pass, though not the other way round."""
        skip = {packet.ident for packet in packets if packet.is_source_routed()}
        skip &= past["srcguard"] - past["kernel"]
        if "rule_iif" in topology.features:
            for sets in seen.values():
                skip |= sets["forward"]
        outside = {packet.ident for packet in packets if packet.arrival not in topology.slaves}
        for sets in seen.values():
            skip |= sets["leak"] & outside
        return skip

    def show(self, topology, namespace, mode, packets, wrong, past, counters):
        if self.shown >= self.options.show:
            return
        self.say(f"seed {self.options.seed} topology {topology.number} {mode}: "
                 f"{len(wrong)} differences")
        self.say("    counters", *(f"{line['device']} {line['reason']} {line['packets']}"
                                   for line in counters))
        self.describe(topology, namespace)
        for packet in packets:
            if packet.ident not in wrong or self.shown >= self.options.show:
                continue
            self.shown += 1
            who = [phase for phase in past if packet.ident in past[phase]]
            self.say(f"   {packet}: past", *(who or ["nobody"]))
            self.say("        once more:", self.once_more(namespace, packet, mode))

    @staticmethod
    def once_more(namespace, packet, mode):
        words = []
        for phase in ("none", "kernel", "srcguard"):
            namespace.filter(phase, mode)
            namespace.send([packet])
            sets = namespace.nft.sets()
            words.append(phase + " " + (" ".join(name for name in ("local", "forward", "leak")
                                                 if packet.ident in sets[name]) or "drops"))
        return ", ".join(words + [line["reason"] for line in namespace.module.counters()])


if __name__ == "__main__":
    sys.exit(parity_common.main(Run, __doc__.splitlines()[0]))
