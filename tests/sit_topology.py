# SPDX-License-Identifier: GPL-2.0-only
"""Random sit tunnels, and how they change, for parity_sit.py. All that is known here of a
tunnel is by the commands that made it what it is.
"""
import random

from parity_common import Dice
from sit_packets import (CLIENTS, DEFAULT, DNAT, ISATAP, LOCALS, REMOTES, SNAT, Packet, Tunnel,
                         masked, text4, text6, v4, v6)

BASES = [v6("2001:db8:dead:beef::"), v6("2002::"), v6("fd5a:a55a:1234:5678::")]
RELAYS = [v4("10.20.3.4"), v4("10.20.0.1"), v4("192.0.2.200"), v4("192.88.99.1")]

# Each of these is in every so many topologies, whatever the dice say.
RARE = ("no_sit0", "snat", "moved", "isatap", "dnat", "vrf", "sit0_domain", "everything",
        "longest_domain", "relay_whole", "ipip", "sit0_up")


class Topology(Dice):
    def __init__(self, seed, number, rounds):
        super().__init__(seed, number, RARE)
        self.seed, self.rounds = seed, rounds
        self.done, self.new = [], []        # (whether it is for PEERS, command)
        self.links, self.slaves, self.vrf = [], [], False
        self.tunnels = {}
        self.names = self.hosts = 0
        self.fallback = not self.have("no_sit0", 15)
        self.build_devices()
        self.build_tunnels()
        self.dnat, self.snat = self.have("dnat", 25), self.have("snat", 15)
        if self.dnat:
            for tunnel in list(self.tunnels.values()):
                if not tunnel.point_to_point and self.chance(60):
                    self.another_prefix(tunnel)
        self.build_rules()
        self.first, self.new = self.new, []

    def do(self, command, outside=False):
        self.new.append((outside, command))
        self.done.append((outside, command))

    def on(self, tunnel, command):
        self.do(command, tunnel.moved)

    # what there is

    def build_devices(self):
        self.do("link set lo up")
        for i in range(self.random.randint(1, 3)):
            name, peer = f"v{i}", f"p{self.number}x{i}"
            self.links.append((name, peer))
            self.do(f"link add {name} address 02:00:00:00:00:{i:02x} type veth "
                    f"peer name {peer} netns PEERS")
        for name, _ in self.links:
            self.do(f"link set {name} up")
        for address in LOCALS:
            self.do(f"addr add {text4(address)}/32 dev lo")
        self.do(f"addr add {text4(LOCALS[0])}/24 brd + dev v0")
        if self.have("vrf", 30):
            self.vrf = True
            self.do("link add red up type vrf table 1001")
            for address in LOCALS:
                self.do(f"addr add {text4(address)}/32 dev red")
            for name, _ in self.links:
                if not self.slaves or self.chance(40):
                    self.enslaved(name)
        for _, peer in self.links:
            self.do(f"link set {peer} up", outside=True)

    def build_tunnels(self):
        if self.fallback:
            sit0 = self.tunnels["sit0"] = Tunnel("sit0")
            if self.have("sit0_domain", 12):
                self.set_domain(sit0)
            if self.have("sit0_up", 60):
                self.switch(sit0, True)
            else:
                self.have("sit0_down")
        for _ in range(self.random.randint(1, 6)):
            self.added()
        if self.wanted == "isatap" and not any(t.isatap for t in self.tunnels.values()):
            self.added("isatap")
        if self.wanted in ("everything", "longest_domain", "relay_whole"):
            self.another_domain(None)
        if self.wanted == "moved":
            self.moves(None)

    def build_rules(self):
        def mapped(pairs):
            return ", ".join(f"{text4(a)} : {text4(b)}" for a, b in pairs.items())

        self.nft = """
            table ip parity {
                set reach { typeof ip id; flags dynamic; size 65535; }
                set pass { typeof ip id; flags dynamic; size 65535; }
                chain control { }
                chain before {
                    type filter hook input priority 2000000000
                    ip protocol 41 update @reach { ip id } jump control
                }
                chain behind {
                    type filter hook input priority 2147483647
                    ip protocol 41 update @pass { ip id }
                }
                chain out { type filter hook output priority -500; drop; }
            }
            table ip6 parity {
                chain pre { type filter hook prerouting priority -500; drop; }
                chain out { type filter hook output priority -500; drop; }
            }
            """
        if self.dnat:
            self.nft += f"""
            table ip nat {{
                chain pre {{
                    type nat hook prerouting priority -100
                    ip protocol 41 dnat to ip daddr map {{ {mapped(DNAT)} }}
                }}
            }}
            """
        if self.snat:
            self.nft += f"""
            table ip nat {{
                chain in {{
                    type nat hook input priority 100
                    ip protocol 41 snat to ip saddr map {{ {mapped(SNAT)} }}
                }}
            }}
            """

    def a_link(self):
        names = [name for name, _ in self.links]
        if self.chance(55):
            return None
        if self.vrf and self.chance(40):
            return "red"
        return self.random.choice(names)

    def a_local(self):
        # mostly one of two, so that tunnels stand in each other's way
        return self.random.choice(LOCALS[:1] * 3 + LOCALS[3:4] * 2 + LOCALS)

    def a_remote(self):
        return self.random.choice(REMOTES[:1] * 3 + REMOTES + CLIENTS + list(SNAT.values()))

    def is_free(self, key):
        return key not in [tunnel.key for tunnel in self.tunnels.values()] and \
            (key != (0, 0, None) or not self.fallback)

    def a_domain(self):
        relay_length = self.pick((0, 40), (8, 15), (16, 8), (24, 4), (31, 4), (32, 4),
                                 (self.random.randint(1, 30), 25))
        length = self.pick((16, 6), (32, 20), (32 + relay_length, 15), (48, 5), (0, 4),
                           (self.random.randint(1, 32 + relay_length), 40))
        if self.wanted == "relay_whole":
            relay_length = 32
        elif self.wanted == "longest_domain":
            length = 32 + relay_length
        elif self.wanted == "everything":
            length = 0
        length = min(length, 32 + relay_length)
        self.have("domain")
        if relay_length:
            self.have("relay_whole" if relay_length == 32 else "relay_prefix")
        if length in (0, 32 + relay_length):
            self.have("longest_domain" if length else "everything")
        return (masked(self.random.choice(BASES), length, 128), length,
                masked(self.random.choice(RELAYS), relay_length, 32), relay_length)

    def set_domain(self, tunnel):
        tunnel.domain = self.a_domain()
        self.on(tunnel, f"tunnel 6rd dev {tunnel.name} {tunnel.domain_words()}")

    def switch(self, tunnel, up):
        tunnel.up = up
        self.on(tunnel, f"link set {tunnel.name} {'up' if up else 'down'}")
        if not up:
            self.have("down")

    # what may happen to the tunnels; each does nothing if it cannot be

    def added(self, kind=None):
        kind = kind or self.pick(("wildcard", 15), ("local", 40), ("remote", 10),
                                 ("both", 20), ("isatap", 15))
        local = self.a_local() if kind in ("local", "both", "isatap") else 0
        remote = self.a_remote() if kind in ("remote", "both") else 0
        link = self.a_link()
        if kind == "wildcard" and self.fallback and not link:
            link = "v0"
        tunnel = Tunnel(f"t{self.number}x{self.names}", local, remote, link)
        self.names += 1
        if not self.is_free(tunnel.key):
            return False
        words = [f"link add {tunnel.name} type sit"]
        words += [f"{key} {value}" for key, value in (
            ("local", local and text4(local)), ("remote", remote and text4(remote)),
            ("dev", link)) if value]
        tunnel.isatap = kind == "isatap"
        if tunnel.isatap:
            words.append("isatap")
        else:
            tunnel.mode = self.pick(("ip6ip", 85), ("any", 8), ("ipip", 7))
            if self.wanted == "ipip" and self.chance(30):
                tunnel.mode = "ipip"
            if tunnel.mode != "ip6ip":
                words.append(f"mode {tunnel.mode}")
                self.have(tunnel.mode)
        tunnel.domain = self.tunnels["sit0"].domain if self.fallback else DEFAULT
        domain = self.a_domain() if self.chance(35) else None
        if domain and domain[1]:
            tunnel.domain = domain
            words.append(tunnel.domain_words())
        if any(local and local == other.local for other in self.tunnels.values()):
            self.have("same_local")
        self.tunnels[tunnel.name] = tunnel
        self.do(" ".join(words))
        self.have(kind)
        if link:
            self.have("bound_to_vrf" if link == "red" else
                      "bound_to_slave" if link in self.slaves else "bound")
        if domain and not domain[1]:
            tunnel.domain = domain
            self.on(tunnel, f"tunnel 6rd dev {tunnel.name} {tunnel.domain_words()}")
        if self.chance(85):
            self.switch(tunnel, True)
            if tunnel.isatap:
                self.do(f"addr add {text6(ISATAP | local)}/64 dev {tunnel.name} nodad")
                self.another_router(tunnel)
        else:
            self.have("down")
        if self.chance(15):
            self.moves(tunnel)
        return True

    def one(self, suits=lambda tunnel: True):
        some = [tunnel for tunnel in self.tunnels.values() if suits(tunnel)]
        return self.random.choice(some) if some else None

    def made(self, suits=lambda tunnel: True):
        return self.one(lambda tunnel: tunnel.name != "sit0" and suits(tunnel))

    def deleted(self, _):
        tunnel = self.made()
        if not tunnel:
            return False
        self.on(tunnel, f"link del {tunnel.name}")
        del self.tunnels[tunnel.name]
        return True

    def goes_up(self, _):
        tunnel = self.one(lambda tunnel: not tunnel.up)
        if tunnel:
            self.switch(tunnel, True)
        return tunnel

    def goes_down(self, _):
        tunnel = self.one(lambda tunnel: tunnel.up)
        if tunnel:
            self.switch(tunnel, False)
        return tunnel

    def change(self, tunnel, key, words):
        if not self.is_free(key):
            return False
        tunnel.local, tunnel.remote, tunnel.link = key
        # ip tunnel would ask for the first name
        plain = tunnel.mode == "ip6ip" and not tunnel.isatap and not tunnel.renamed
        self.on(tunnel, f"tunnel change {tunnel.name} mode sit pmtudisc {words}" if plain and
                self.chance(40) else f"link set {tunnel.name} type sit {words}")
        return True

    def another_local(self, _):
        tunnel = self.made()
        if not tunnel:
            return False
        local = 0 if self.chance(20) else self.a_local()
        return self.change(tunnel, (local, *tunnel.key[1:]),
                           f"local {text4(local) if local else 'any'}")

    def another_remote(self, _):
        tunnel = self.made(lambda tunnel: tunnel.point_to_point)
        if not tunnel:
            return False
        remote = self.a_remote()
        return self.change(tunnel, (tunnel.local, remote, tunnel.link), f"remote {text4(remote)}")

    def another_link(self, _):
        tunnel = self.made(lambda tunnel: not tunnel.moved)
        link = self.a_link()
        return tunnel and link and self.change(tunnel, (*tunnel.key[:2], link), f"dev {link}")

    def another_domain(self, _):
        tunnel = self.one()
        if tunnel:
            self.set_domain(tunnel)
        return tunnel

    def reset_domain(self, _):
        tunnel = self.one(lambda tunnel: tunnel.domain != DEFAULT)
        if not tunnel:
            return False
        tunnel.domain = DEFAULT
        if self.fallback and tunnel.name != "sit0":
            tunnel.domain = self.tunnels["sit0"].domain
        self.on(tunnel, f"tunnel 6rd dev {tunnel.name} 6rd-reset")
        return True

    def renamed(self, _):
        tunnel = self.made()
        if not tunnel:
            return False
        was_up = tunnel.up
        if was_up:
            self.switch(tunnel, False)
        del self.tunnels[tunnel.name]
        name = f"t{self.number}x{self.names}"
        self.names += 1
        self.on(tunnel, f"link set {tunnel.name} name {name}")
        tunnel.name, tunnel.renamed = name, True
        self.tunnels[name] = tunnel
        if was_up:
            self.switch(tunnel, True)
        return True

    def enslaved(self, name=None):
        free = [name for name, _ in self.links if name not in self.slaves]
        if not self.vrf or not free:
            return False
        name = name or self.random.choice(free)
        self.slaves.append(name)
        self.do(f"link set {name} vrf red")
        return True

    def freed(self, _):
        if not self.slaves:
            return False
        name = self.random.choice(self.slaves)
        self.slaves.remove(name)
        self.do(f"link set {name} nomaster")
        return True

    def moves(self, tunnel):
        tunnel = tunnel or self.made(lambda tunnel: not tunnel.moved)
        if not tunnel:
            return False
        self.do(f"link set {tunnel.name} netns PEERS")
        tunnel.moved = True
        if tunnel.up:                       # that takes it down
            self.switch(tunnel, True)
        self.have("moved")
        return True

    def moves_back(self, _):
        tunnel = self.made(lambda tunnel: tunnel.moved)
        if not tunnel:
            return False
        self.on(tunnel, f"link set {tunnel.name} netns HERE")
        tunnel.moved = False
        if tunnel.up:
            self.switch(tunnel, True)
        return True

    def another_router(self, tunnel):
        tunnel = tunnel or self.one(lambda tunnel: tunnel.isatap)
        if not tunnel:
            return False
        router = self.random.choice(REMOTES)
        if router in tunnel.routers:
            self.on(tunnel, f"tunnel prl prl-delete {text4(router)} dev {tunnel.name}")
        else:
            self.on(tunnel, f"tunnel prl prl-{self.random.choice(('default', 'nodefault'))} "
                            f"{text4(router)} dev {tunnel.name}")
        tunnel.routers ^= {router}
        self.have("router_list")
        return True

    def another_prefix(self, tunnel):
        """An address of what the outer address embeds before its NAT."""
        tunnel = tunnel or self.one(lambda tunnel: tunnel.up and not tunnel.point_to_point)
        if not tunnel:
            return False
        self.hosts += 1
        address = tunnel.embed(self.random.choice(list(DNAT)), self.hosts)
        self.on(tunnel, f"addr add {text6(address)}/64 dev {tunnel.name} nodad")
        self.have("own_prefix")
        return True

    def changes(self, i):
        self.new = []
        kinds = {"added": 3, "deleted": 2, "goes_up": 3, "goes_down": 3, "another_local": 4,
                 "another_remote": 2, "another_link": 5, "another_domain": 3, "reset_domain": 2,
                 "renamed": 2, "enslaved": 2, "freed": 2, "moves": 2, "moves_back": 2,
                 "another_router": 1, "another_prefix": 1 + 2 * self.dnat}
        for _ in range(self.random.randint(4, 8) if i else 0):
            kind = self.pick(*kinds.items())
            if getattr(self, kind)(None):
                self.features.add(kind)
        return self.new

    # a round

    def packets(self, i, count):
        """So that more of them are the same ones, and some more."""
        kept, self.random = self.random, random.Random(f"{self.seed}/{self.number}/{i}")
        found = []
        while len(found) < count:
            packet = Packet(self, len(found) + 1)
            found.append(packet)
            if packet.is_cut:
                packet.twin = Packet(self, len(found) + 1, packet)
                found.append(packet.twin)
        self.random = kept
        return found

    def judges(self, packet, off):
        """Whether it went to a tunnel that the guard is for."""
        tunnel = self.tunnels.get(off.came.get(packet.ident))
        return packet.ident in off.spoofed or \
            tunnel is not None and not tunnel.point_to_point and not tunnel.isatap

    def fate(self, packet, tunnel, came, reason):
        """What is worth telling of what became of it. The tunnel is the one that packets with
        its outer addresses come out of, if any did."""
        if packet.is_cut:
            return {"truncated_dropped" if reason else "truncated_left"}
        found = set()
        if reason and packet.arrival in self.slaves:
            found.add("spoofed_by_vrf")
        if reason and not any(address >> 112 == 0x2002 for address in packet.inner):
            found.add("spoofed_domain")
        if tunnel is None or not came and not reason:
            return found
        what = "came" if came else "spoofed"
        found.add(f"{what}_by_{tunnel.kind()}")
        if tunnel.moved:
            found.add(f"{what}_elsewhere")
        if packet.arrival in self.slaves:
            found.add(f"{what}_by_vrf")
        if came and not tunnel.isatap and any(map(tunnel.contradicts, packet.inner, packet.seen)):
            found.add("spared_peer" if tunnel.point_to_point else "spared_dnat")
        return found
