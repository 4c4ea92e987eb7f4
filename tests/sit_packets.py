# SPDX-License-Identifier: GPL-2.0-only
"""A sit tunnel as parity_sit.py knows it, and packets with addresses that suit such
tunnels, or nearly do.
"""
import ipaddress
import struct


def v4(text):
    return int(ipaddress.IPv4Address(text))


def v6(text):
    return int(ipaddress.IPv6Address(text))


def text4(number):
    return str(ipaddress.IPv4Address(number))


def text6(number):
    return str(ipaddress.IPv6Address(number))


def masked(number, length, width):
    return number >> (width - length) << (width - length)


LOCALS = [v4(a) for a in "192.0.2.1 192.0.2.3 198.51.100.1 10.20.0.1 10.20.0.3".split()]
REMOTES = [v4(a) for a in """192.88.99.1 192.0.2.200 192.0.2.201 198.51.100.7 10.20.3.4 10.20.3.5
                             10.99.0.1 100.64.0.1""".split()]
BROADCAST, GROUP = v4("192.0.2.255"), v4("224.0.0.1")
# NAT is one to one, and nobody else uses its addresses: no two flows may look alike behind
# it, for conntrack drops one of them, and which one depends on what became of the other.
DNAT = {v4("192.0.2.77"): v4("192.0.2.1"), v4("10.20.0.77"): v4("10.20.0.1")}
CLIENTS = [v4("192.88.99.77"), v4("10.20.7.7")]
SNAT = {v4("198.51.100.9"): v4("203.0.113.200"), v4("10.20.3.9"): v4("10.20.9.3")}
DEFAULT = v6("2002::"), 16, 0, 0
NATIVE = v6("2001:db8:ffff:ffff::")
ISATAP = v6("2001:db8:5:5:0:5efe::")
OPTIONS = [bytes.fromhex(o) for o in ("01010101", "0707040000000000", "440805000000000000000000",
                                      "94040000")]
BOGUS = [bytes.fromhex(o) for o in ("07020400", "44000000", "ff000000")]


class Tunnel:
    def __init__(self, name, local=0, remote=0, link=None):
        self.name, self.local, self.remote, self.link = name, local, remote, link
        self.mode = "ip6ip"
        self.isatap = self.up = self.moved = self.renamed = False
        self.domain = DEFAULT
        self.routers = set()

    key = property(lambda self: (self.local, self.remote, self.link))
    point_to_point = property(lambda self: bool(self.remote))

    def kind(self):
        if self.isatap:
            return "isatap"
        return (("wildcard", "local"), ("remote", "both"))[bool(self.remote)][bool(self.local)]

    def embed(self, address, rest):
        """An IPv6 address that holds the IPv4 address, as far as the domain has room, and
        ends with 64 other bits."""
        prefix, length, _, relay_length = self.domain
        size = 32 - relay_length
        free = 128 - length - size
        return prefix | (address & ((1 << size) - 1)) << free | rest & ((1 << free) - 1)

    def contradicts(self, inner, outer):
        prefix, length, relay, relay_length = self.domain
        size = 32 - relay_length
        if masked(inner, length, 128) != prefix:
            return False
        return (inner >> (128 - length - size) & ((1 << size) - 1) | relay) != outer

    def domain_words(self):
        prefix, length, relay, relay_length = self.domain
        return f"6rd-prefix {text6(prefix)}/{length}" + \
            (f" 6rd-relay_prefix {text4(relay)}/{relay_length}" if relay_length else "")


class Packet:
    """Its number is its outer identification, its flow label, and its inner destination's end."""

    def __init__(self, topology, ident, whole_of=None):
        t, rnd = topology, topology.random
        self.ident, self.twin = ident, None
        self.is_cut = False
        self.version, self.tos, self.options, self.fragmented = 6, 0, b"", False
        if whole_of:
            self.arrival, self.outer, self.seen = whole_of.arrival, whole_of.outer, whole_of.seen
            self.inner = NATIVE | 1, NATIVE | ident
            self.build(0)
            return
        usual = [tunnel for tunnel in t.tunnels.values() if tunnel.up] or [*t.tunnels.values()] or \
            [Tunnel("none")]
        tunnel = rnd.choice(usual)
        self.arrival = self.an_arrival(t, tunnel)
        self.outer = self.outers(t, tunnel)
        self.seen = (SNAT.get(self.outer[0], self.outer[0]) if t.snat else self.outer[0],
                     DNAT.get(self.outer[1], self.outer[1]) if t.dnat else self.outer[1])
        if t.chance(10):
            tunnel = rnd.choice(usual)
        self.inner = (self.an_inner(t, tunnel, self.seen[0], 7),
                      masked(self.an_inner(t, tunnel, self.outer[1], 0), 112, 128) | ident)
        if t.have("tos", 20):
            self.tos = rnd.randrange(64) << 2
        if t.have("options", 8):
            self.options = rnd.choice(OPTIONS)
        elif t.have("bogus_options", 1):
            self.options = rnd.choice(BOGUS)
        elif t.have("fragments", 6):
            self.fragmented = True
        if t.have("other_version", 4):
            self.version = rnd.choice((0, 4, 5, 7, 15))
        if not self.fragmented and t.have("truncated", 5):
            self.is_cut = True
        self.build(rnd.randrange(40) if self.is_cut else 40 + rnd.choice((0, 0, 1, 8, 100)))

    way = property(lambda self: (self.arrival, *self.outer))

    @staticmethod
    def an_arrival(t, tunnel):
        names = [name for name, _ in t.links]
        if tunnel.link and t.chance(75):
            if tunnel.link != "red":
                return tunnel.link
            names = t.slaves or names
        return t.random.choice(names)

    @staticmethod
    def outers(t, tunnel):
        rnd = t.random
        if t.dnat and t.chance(30):
            targets = [a for a, b in DNAT.items() if b == tunnel.local]
            return rnd.choice(CLIENTS), rnd.choice(targets or list(DNAT))
        local, remote = tunnel.local, tunnel.remote
        if not local or t.chance(12):
            local = t.a_local()
        if not remote or t.chance(12):
            remote = rnd.choice(REMOTES)
        if t.snat and (remote in SNAT.values() or t.chance(20)):
            remote = rnd.choice([a for a, b in SNAT.items() if b == remote] or list(SNAT))
        elif t.dnat and remote in CLIENTS:
            remote = REMOTES[0]
        elif t.chance(4):
            remote = rnd.choice((rnd.randrange(1 << 24, 224 << 24),
                                 remote ^ 1 << rnd.randrange(24)))
        if t.have("to_broadcast", 2):
            local = BROADCAST
        elif t.have("to_group", 2):
            local = GROUP
        return remote, local

    @staticmethod
    def an_inner(t, tunnel, outer, isatap):
        rnd = t.random
        # nothing that the kernel would print with an IPv4 address at its end
        rest = rnd.getrandbits(64) & ~0xffffffff0000
        kind = t.pick(("good", 55), ("bit", 12), ("other", 10), ("native", 12), ("isatap", isatap),
                      ("outside", 7))
        if kind == "good":
            return tunnel.embed(outer, rest)
        if kind == "bit":
            return tunnel.embed(outer ^ 1 << rnd.randrange(32), rest)
        if kind == "other":
            return tunnel.embed(rnd.choice(REMOTES + LOCALS), rest)
        if kind == "outside":
            length = tunnel.domain[1]
            return tunnel.embed(outer, rest) ^ 1 << 127 - rnd.randrange(max(length, 1))
        if kind == "isatap":
            return ISATAP | outer
        return NATIVE | rest

    def build(self, length):
        inner = (struct.pack("!IHBB", self.version << 28 | self.tos << 20 | self.ident, 0, 59, 64) +
                 self.inner[0].to_bytes(16, "big") + self.inner[1].to_bytes(16, "big"))
        if not self.is_cut:
            length = max(length, 40)
            inner = inner[:4] + struct.pack("!H", length - 40) + inner[6:]
        inner = inner.ljust(length, b"x")[:length]
        self.size = 20 + len(self.options) + length
        parts = [(0, inner)]
        if self.fragmented:
            parts = [(0x2000, inner[:24]), (3, inner[24:])]
        head = bytes((2, 0, 0, 0, 0, int(self.arrival[1:]))) + b"\2\0\0\0\xff\xff\x08\0"
        if self.outer[1] >> 28 == 14:
            head = b"\x01\x00\x5e" + (self.outer[1] & 0x7fffff).to_bytes(3, "big") + head[6:]
        self.frames = [head + self.header(offset, len(part)) + part for offset, part in parts]

    def header(self, offset, length):
        words = len(self.options) // 4 + 5
        head = struct.pack("!BBHHHBBHII", 0x40 | words, self.tos, 4 * words + length, self.ident,
                           offset, 64, 41, 0, *self.outer) + self.options
        total = sum(struct.unpack(f"!{2 * words}H", head))
        total = (total & 0xffff) + (total >> 16)
        total = ~(total + (total >> 16)) & 0xffff
        return head[:10] + total.to_bytes(2, "big") + head[12:]

    def __str__(self):
        return (f"packet {self.ident} by {self.arrival} {text4(self.outer[0])}/"
                f"{text6(self.inner[0])} > {text4(self.outer[1])}/{text6(self.inner[1])} "
                f"size {self.size}" + (" fragmented" if self.fragmented else "") +
                (f" version {self.version}" if self.version != 6 else "") +
                (f" options {self.options.hex()}" if self.options else ""))
