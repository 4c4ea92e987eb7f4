# SPDX-License-Identifier: GPL-2.0-only
"""What an IPv6 FIB answers, and what filters make of it: a model for parity6.py.

Written from RFC 3704 and from what the kernel documents and does, not from srcguard.
Verdicts are True for a packet that passes.
"""
import collections
import dataclasses
import ipaddress

ALL = (1 << 128) - 1
REJECTS = ("blackhole", "unreachable", "prohibit")
OWN = ("local", "anycast")
LOOPBACK = 1

# Types of ICMPv6: what a neighbour may ask and say from any of its addresses.
ADVERTISEMENT = 136
DISCOVERY = (133, 134, 135, ADVERTISEMENT)


def masked(address, length):
    return address >> (128 - length) << (128 - length)


def is_mapped(address):
    return address >> 32 == 0xffff


def is_link_local(address):
    return address >> 118 == 0xfe80 >> 6


@dataclasses.dataclass
class Rule:
    """As "ip -6 rule" has them."""

    priority: int
    table: str = None
    action: str = "lookup"      # or goto, nop, a reject
    target: int = 0
    suppress: int = -1
    invert: bool = False
    l3mdev: bool = False
    from_: tuple = None         # address, length
    to_: tuple = None
    tos: int = None
    mark: int = 0
    mask: int = 0
    protocol: int = None
    sport: tuple = None         # first, last
    dport: tuple = None
    iif: str = None
    oif: str = None

    def needs_ports(self):
        # with "iif lo" the kernel takes it to be about what it sends
        return self.iif != "lo" and bool(self.protocol or self.sport or self.dport)

    def is_met(self, flow):
        return self.invert != (
            self.iif in (None, "lo") and self.oif in (None, flow.oif) and
            (flow.mark ^ self.mark) & self.mask == 0 and
            (not self.l3mdev or flow.vrf is not None) and
            (not self.to_ or masked(flow.to, self.to_[1]) == self.to_[0]) and
            (not self.from_ or not self.from_[1] or
             flow.has_from and masked(flow.from_, self.from_[1]) == self.from_[0]) and
            self.tos in (None, flow.tos & 0xfc) and
            self.protocol in (None, flow.protocol) and
            (not self.sport or self.sport[0] <= flow.sport <= self.sport[1]) and
            (not self.dport or self.dport[0] <= flow.dport <= self.dport[1]))


# The way back: to the packet's source, from its destination; by no other device than
# "oif" if "iface" is set.
Flow = collections.namedtuple("Flow", "to from_ has_from tos mark protocol sport dport oif iface "
                                      "vrf")
Leg = collections.namedtuple("Leg", "device dead linkdown")


class Route:
    def __init__(self, line, dark):
        self.type = line.get("type", "unicast")
        self.by_kernel = line.get("protocol") == "kernel"
        self.to, self.length = self.prefix(line["dst"])
        self.can_be_suppressed = self.type not in REJECTS
        # The kernel lists a route by the loopback device as what was asked for, and yet
        # lets nothing out by it. Nexthop objects it does not look at that closely.
        if line.get("dev") == "lo" and self.to != LOOPBACK and "nhid" not in line and (
                self.type == "unicast" or self.type == "anycast" and not self.by_kernel):
            self.type = "unreachable"
        # as a route's type it is a device, the loopback one; as a nexthop's it is none
        self.is_blackhole_object = "nhid" in line and self.type == "blackhole"
        self.from_, self.from_length = self.prefix(line.get("from", "default"))
        self.table = str(line.get("table", "main"))
        self.metric = line.get("metric", 1024)
        self.preference = {"low": -1, "high": 1}.get(line.get("pref"), 0)
        hops = line.get("nexthops") or [line]
        # those that are ignored for want of a carrier are listed as dead, too
        self.legs = [Leg(hop.get("dev", "lo"),
                         "dead" in hop.get("flags", ()) and hop.get("dev") not in dark,
                         "linkdown" in hop.get("flags", ())) for hop in hops]
        self.devices = {leg.device for leg in self.legs}

    @staticmethod
    def prefix(words):
        if words == "default":
            return 0, 0
        address, _, length = words.partition("/")
        return int(ipaddress.IPv6Address(address)), int(length or 128)

    def __str__(self):
        return (f"{self.type} {ipaddress.IPv6Address(self.to)}/{self.length} "
                f"{','.join(leg.device + '!' * leg.dead for leg in self.legs)} metric "
                f"{self.metric} pref {self.preference} table {self.table}")


class Tree(collections.defaultdict):
    """Whatever is asked for is made: prefix lengths, prefixes, both again for "from"."""

    depth = 4

    def __init__(self, depth=depth):
        super().__init__(list if depth == 1 else lambda: Tree(depth - 1))


class Fib:
    """Tables and rules of a namespace, from "ip -6 -j route show table all"."""

    def __init__(self, lines, rules, without_local, dark, ignore_linkdown):
        self.ignore_linkdown = ignore_linkdown
        self.custom = bool(rules) or without_local
        self.rules = sorted(([] if without_local else [Rule(0, table="local")]) +
                            [Rule(32766, table="main")] + rules, key=lambda rule: rule.priority)
        self.needs_ports = any(rule.needs_ports() for rule in rules)
        tables = collections.defaultdict(Tree)
        self.own = collections.defaultdict(set)     # device: addresses
        for line in lines:
            route = Route(line, dark)
            if (route.type, route.length, route.by_kernel) == ("local", 128, True):
                self.own[line["dev"]].add(route.to)
            tables[route.table][route.length][route.to][route.from_length][route.from_].append(
                route)
        # longest prefixes first, and within one the routes as they are tried
        self.tables = {name: [(length, {to: sorted(node.items(), reverse=True)
                                        for to, node in nodes.items()})
                              for length, nodes in sorted(table.items(), reverse=True)]
                       for name, table in tables.items()}

    def leaves(self, table, flow):
        """The routes of each prefix that fits, from the longest to the shortest. If a
        prefix has routes with "from", those without it count only after another."""
        begun = False
        for length, nodes in self.tables.get(table, ()):
            node = nodes.get(masked(flow.to, length), ())
            for from_length, of_from in node:
                leaf = of_from.get(masked(flow.from_, from_length))
                if leaf and (from_length or begun or len(node) == 1):
                    begun = True
                    yield leaf

    def is_ignored(self, leg):
        return leg.linkdown and leg.device in self.ignore_linkdown

    def is_up(self, leg):
        return not leg.dead and not self.is_ignored(leg)

    def in_use(self, leaf, flow):
        """The route of a leaf that forwarding uses, or None: of those with the best metric,
        or else of all others together, the first of the highest preference."""
        usable = [route for route in leaf if any(
            self.is_up(leg) and (not flow.iface or leg.device == flow.oif) for leg in route.legs)]
        best = [route for route in usable if route.metric == leaf[0].metric]
        return max(best or usable, key=lambda route: route.preference, default=None)

    def by_device(self, leaf, flow, owns):
        """What ip6_route_lookup() takes of a leaf: the first route by the device that
        is asked for, whatever its metric; without one, by a device that has the
        address that the answer comes from."""
        for route in leaf:
            if route.is_blackhole_object:
                continue
            for leg in route.legs:
                if not leg.dead and (leg.device == flow.oif if flow.oif else
                                     flow.from_ and owns(leg.device, flow.from_)):
                    return route
        if flow.iface:
            return None
        return leaf[0] if not leaf[0].legs[0].dead else None

    def answer(self, flow, choose, exact=True):
        """Follow the rules; the route chosen and its leaf, or (None, why none).
        "exact" minds throw and suppress, which fib6_lookup() does not."""
        goto = None
        for rule in self.rules:
            if goto is not None and rule.priority < goto:
                continue
            goto = None
            if not rule.is_met(flow):
                continue
            if rule.action == "goto":
                if any(other.priority == rule.target for other in self.rules):
                    goto = rule.target
                continue
            if rule.action == "nop":
                continue
            if rule.action in REJECTS:
                return None, rule.action
            table = "1001" if rule.l3mdev else rule.table
            for leaf in self.leaves(table, flow):
                route = choose(leaf, flow)
                if route:
                    break
            else:
                continue
            if exact and route.type == "throw":
                continue
            if exact and route.can_be_suppressed and route.length <= rule.suppress:
                continue
            return route, leaf
        return None, "none"


class Model:
    """Verdicts about the packets of one topology."""

    def __init__(self, fib, topology, first_result):
        self.fib = fib
        self.topology = topology
        self.first_result = first_result
        self.joins = "conntrack" in topology.features
        self.seen, self.flows = {}, {}      # answers, and questions, by packet

    # facts

    def domain(self, device):
        return "red" if device in self.topology.slaves or device == "red" else None

    def owns(self, device, address):
        """As the kernel sees it when it picks a route: but for those of one link,
        addresses are the host's, or its VRF's."""
        if is_link_local(address) or address == LOOPBACK:
            return address in self.fib.own[device]
        return any(address in own for holder, own in self.fib.own.items()
                   if self.domain(holder) == self.domain(device))

    def vrf(self, packet):
        return "red" if packet.arrival in self.topology.slaves else None

    def flow(self, packet, protocol, ports=(0, 0), oif=None, iface=False):
        return Flow(packet.source, 0 if packet.group else packet.destination, not packet.group,
                    packet.tos, packet.mark if self.fib.custom else 0, protocol, ports[1],
                    ports[0], oif, iface, self.vrf(packet))

    def next_header(self, packet):
        if packet.fragmented and self.joins:
            return packet.protocol
        return packet.first

    def unmarked_route(self, packet):
        """The way back if the mark is only for the packet's way on."""
        return self.fib.answer(self.flows[packet.ident]._replace(mark=0), self.fib.in_use)

    def route(self, packet):
        """The way back that the packet's answer would take, and its leaf."""
        if packet.ident not in self.seen:
            protocol, ports = self.next_header(packet), (0, 0)
            if self.fib.needs_ports:
                protocol = packet.protocol
                if protocol in (6, 17, 132) and (self.joins or not packet.fragmented):
                    ports = packet.ports
            flow = self.flow(packet, protocol, ports)
            self.flows[packet.ident] = flow
            self.seen[packet.ident] = self.fib.answer(flow, self.fib.in_use)
        return self.seen[packet.ident]

    def stays(self, packet):
        """Whether it goes no farther: it is for the link, or for this host."""
        to = packet.destination
        return is_link_local(to) or to >> 112 & 0xff0f in (0xff01, 0xff02) or \
            self.owns(packet.arrival, to)

    def discovery(self, packet):
        """The type of what a neighbour says to find neighbours, or 0."""
        return packet.kind if packet.protocol == 58 and packet.kind in DISCOVERY and \
            packet.hops == 255 and not packet.extensions and \
            self.stays(packet) else 0

    def is_own_link_local(self, packet):
        return packet.source in self.fib.own[packet.arrival]

    @staticmethod
    def uses(packet, route, leaf, any_metric):
        return packet.arrival in route.devices or any(
            other.type == "unicast" and packet.arrival in other.devices and
            (any_metric or other.metric == route.metric) for other in leaf)

    def theirs(self, peer, packet, mode):
        route, leaf = getattr(self, peer + "_route")(packet, mode)
        return f"{peer}: " + self.words(route, leaf)

    def why(self, packet):
        return self.words(*self.route(packet))

    @staticmethod
    def words(route, leaf):
        if not route:
            return leaf
        return f"{route}, of " + "; ".join(str(other) for other in leaf)

    # what srcguard is to do

    def srcguard(self, packet, mode):
        if not packet.source:
            return packet.group
        if is_link_local(packet.source):
            reason = self.is_own_link_local(packet) and packet.arrival != "lo" and "own"
        else:
            reason = self.fails(packet, mode, *self.route(packet))
            if reason and packet.mark:
                reason = self.fails(packet, mode, *self.unmarked_route(packet))
        if reason == "own":
            return self.discovery(packet) == ADVERTISEMENT
        return not reason or bool(self.discovery(packet))

    def fails(self, packet, mode, route, leaf):
        if not route:
            return "route" if leaf in ("none", "unreachable") else "reject"
        if route.type in OWN:
            return packet.arrival != "lo" and "own"
        if route.type != "unicast":
            return "reject"
        return not (mode == "loose" or self.uses(packet, route, leaf, mode == "feasible")) and \
            "route"

    # what the peers do

    def peer(self, name, packet, mode):
        """The verdicts that are possible."""
        return getattr(self, name)(packet, mode)

    def by_device(self, leaf, flow):
        return self.fib.by_device(leaf, flow, self.owns)

    def by_any_device(self, leaf, flow):
        return self.fib.by_device(leaf, flow, lambda device, address: False)

    def by_preference(self, leaf, flow):
        return self.by_any_device(
            sorted(leaf, key=lambda route: (route.metric, -route.preference)), flow)

    @staticmethod
    def is_unicast(route):
        """What has none of the flags that the peers look for, which an anycast route
        gets from the kernel only."""
        return route.type == "unicast" or route.type == "anycast" and not route.by_kernel

    def xt_flow(self, packet, mode):
        iface = is_link_local(packet.source)
        flow = self.flow(packet, self.next_header(packet), iface=iface,
                         oif=packet.arrival if iface or mode == "strict" else None)
        # they do not take an address that is IPv4's for one
        if is_mapped(packet.destination):
            return flow._replace(from_=0, has_from=False)
        return flow

    def xt_route(self, packet, mode):
        key = "xt", packet.ident, mode
        if key not in self.seen:
            self.seen[key] = self.fib.answer(self.xt_flow(packet, mode), self.by_device)
        return self.seen[key]

    def xt(self, packet, mode):
        if packet.arrival == "lo" or not packet.source:
            return (True,)
        route, _ = self.xt_route(packet, mode)
        if not route or not self.is_unicast(route):
            return (False,)
        return (mode == "loose" or packet.arrival in route.devices,)

    def nft_flow(self, packet, _mode):
        iface = is_link_local(packet.source)
        flow = self.flow(packet, packet.protocol, iface=iface,
                         oif=packet.arrival if iface else None)
        # routes with "from" see whatever it is, rules with "from" do not
        return flow._replace(from_=packet.destination,
                             has_from=flow.has_from and not is_mapped(packet.destination))

    def nft_route(self, packet, mode):
        key = "nft", packet.ident
        if key not in self.seen:
            flow = self.nft_flow(packet, mode)
            self.seen[key] = self.fib.answer(flow, self.by_device) if self.first_result else \
                self.fib.answer(flow, self.fib.in_use, exact=False)
        return self.seen[key]

    def nft(self, packet, mode):
        if packet.arrival == "lo":
            return (True,)
        if not packet.source and packet.protocol == 58 and (
                is_link_local(packet.destination) or
                packet.group and packet.destination >> 112 & 15 == 2):
            return (True,)
        route, _ = self.nft_route(packet, mode)
        if not route or not self.is_unicast(route):
            return (False,)
        if mode == "loose":
            return (True,)
        if packet.arrival not in route.devices:
            return (False,)
        if self.first_result and len(route.devices) > 1 and not is_link_local(packet.source):
            return (True, False)     # a hash decides
        return (True,)

    # why their verdicts differ from srcguard's

    def loopback(self, _peer, packet, _mode, theirs):
        """They pass whatever arrives there."""
        return theirs and packet.arrival == "lo"

    def unspecified(self, _peer, packet, _mode, _theirs):
        """xt passes "::" to anyone, nft none but ICMPv6 on the link, or by a route for it."""
        return not packet.source

    def discovers(self, _peer, packet, _mode, theirs):
        """They drop own addresses, even where duplicate address detection needs them, and
        what neighbours ask and say from addresses that are reached another way."""
        return not theirs and bool(self.discovery(packet))

    def mark(self, _peer, packet, mode, theirs):
        """They know no way back but that of the mark."""
        return not theirs and bool(packet.mark) and bool(
            self.fails(packet, mode, *self.route(packet))) and \
            not self.fails(packet, mode, *self.unmarked_route(packet))

    def link_local(self, peer, packet, mode, theirs):
        """They want a route for it by the device, which has none without an address, and
        do not see that it is an own address if another rule comes before the local one."""
        route, _ = getattr(self, peer + "_route")(packet, mode)
        return is_link_local(packet.source) and (
            self.is_own_link_local(packet) if theirs else not route)

    def anycast(self, peer, packet, mode, theirs):
        """They take an anycast route that was added by hand for a unicast one."""
        route, _ = getattr(self, peer + "_route")(packet, mode)
        return theirs and route is not None and route.type == "anycast"

    def rules(self, peer, packet, mode, _theirs):
        """They know no ports and no protocol behind other headers, and no source of the
        answer that is mapped. For xt it leaves by the device already when it comes to rules
        with "oif". For nft it comes from a group if the packet went to one, when it comes to
        routes with "from"."""
        answer = self.route(packet)
        mine, theirs = self.flows[packet.ident], getattr(self, peer + "_flow")(packet, mode)
        return any(rule.is_met(mine) != rule.is_met(theirs) for rule in self.fib.rules) or \
            mine.from_ != theirs.from_ and answer != self.fib.answer(
                mine._replace(from_=theirs.from_), self.fib.in_use)

    def any_metric(self, _peer, packet, mode, theirs):
        """In strict mode xt takes any route of the prefix by the device, even if a better
        one, or one that rejects, is there. A rule may suppress the worse one, but not one
        that rejects, and then it goes on to others."""
        route, leaf = self.xt_route(packet, mode)
        if not theirs or mode != "strict" or route is None:
            return False
        if self.fib.in_use(leaf, self.xt_flow(packet, "loose")) is not route:
            return True
        mine, leaf = self.route(packet)
        return mine is not None and \
            self.by_device(leaf, self.xt_flow(packet, mode)) not in (mine, None)

    def linkdown(self, peer, packet, mode, _theirs):
        """They use routes by devices without a carrier, which forwarding ignores."""
        route, _ = getattr(self, peer + "_route")(packet, mode)
        return route is not None and any(self.fib.is_ignored(leg) for leg in route.legs)

    def dead_leg(self, peer, packet, mode, _theirs):
        """They pass over a route with several legs if the first one is dead."""
        route, _ = self.route(packet)
        other, _ = getattr(self, peer + "_route")(packet, mode)
        return route is not None and route.legs[0].dead and route is not other

    def tells_apart(self, peer, packet, mode, *choose):
        """The peer would answer otherwise if it chose in the second way, not the first."""
        if peer == "nft" and not self.first_result:
            return False    # it leaves the choice to the FIB
        flow = getattr(self, peer + "_flow")(packet, mode)
        first, second = (self.fib.answer(flow, one) for one in choose)
        return first != second

    def destination(self, peer, packet, mode, _theirs):
        """They prefer a route by a device that has the destination, or is in its VRF."""
        return self.tells_apart(peer, packet, mode, self.by_device, self.by_any_device)

    def preference(self, peer, packet, mode, _theirs):
        """They take the first of the routes that are as good, whatever its preference."""
        return self.tells_apart(peer, packet, mode, self.by_any_device, self.by_preference)

    def one_route(self, _peer, packet, mode, theirs):
        """nft knows one of several routes that are as good."""
        route, leaf = self.nft_route(packet, mode)
        return not theirs and mode == "strict" and route is not None and any(
            packet.arrival in other.devices and other.metric == route.metric for other in leaf)

    def suppress(self, _peer, packet, mode, _theirs):
        """Since 6.17 nft takes no notice of suppress_prefixlength and throw."""
        flow = self.nft_flow(packet, mode)
        return not self.first_result and \
            self.fib.answer(flow, self.fib.in_use) != self.nft_route(packet, mode)
