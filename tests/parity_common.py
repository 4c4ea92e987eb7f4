# SPDX-License-Identifier: GPL-2.0-only
"""What parity.py, parity6.py and parity_sit.py share: dice, libnftables, questions to the
module, the kernel's log, a namespace to send packets into, and the count of what came of
it.

One process with sockets, sysctl files and libnftables in its own hands, because
an emulated CPU takes a tenth of a second to start another one. It relies on being
on the only CPU: a packet is through when the backlog is seen to be empty.
"""
import argparse
import collections
import contextlib
import ctypes
import errno
import json
import os
import random
import re
import socket
import struct
import subprocess
import time
from fcntl import ioctl

import genl

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


# Features that are a command's, and that command: the kernel must have taken one.
COMMANDS = {
    "host_address": r"addr add \S+/(32|128) ",
    "point_to_point": r"addr add (\S+/31 |\S+ peer )",
    "down_device": "link set d0 down",
    "dead_leg": "link set d0 down",
    "nexthop": "route add .* nhid ",
    "nexthop_group": "route add .* nhid 50 ",
    "nexthop_blackhole": "nexthop add .* blackhole",
    "multipath": "route add .* nexthop ",
    "same_metric": "route append .* metric ",
    "worse_metric": "route append .* metric ",
    "preference": "route .* pref ",
    "tables": r"route add .* table 10[01]\b",
    "default_route": "route add default ",
    "vrf_route": "route add .* dev red metric 7",
    "tos_route": "route add .* tos ",
    "from_route": "route add .* from ",
    "realm": "route add .* realm ",
    "local_later": "rule del pref 0",
    "rule_ports": "rule add .* [sd]port ",
    "rule_reject": "rule add .* (blackhole|unreachable|prohibit)$",
    "rule_suppress": "rule add .* suppress_prefixlength ",
    **{f"rule_{word}": f"rule add .* {word} " for word in (
        "from", "to", "tos", "fwmark", "ipproto", "iif", "oif", "not", "goto")},
    **{kind: rf"route (add|append) {kind} " for kind in (
        "blackhole", "unreachable", "prohibit", "throw", "anycast")},
    **{f"{kind}_route": f"route add {kind} " for kind in ("local", "broadcast")},
}


class Dice:
    """Random, but only by its seed and number."""

    def __init__(self, seed, number, rare):
        self.random = random.Random(f"{seed}/{number}")
        self.number = number
        # topology N has the N-th of these whatever its dice say, so that no run is without
        self.wanted = rare[number % len(rare)]
        self.features = set()

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def have(self, feature, percent=100):
        if feature == self.wanted or self.chance(percent):
            self.features.add(feature)
            return True
        return False

    def pick(self, *weighted):
        values, weights = zip(*weighted)
        return self.random.choices(values, weights)[0]


class Nft:
    """libnftables, for the namespace it is made in; sets() reads those of one table."""

    def __init__(self, table, sets):
        self.read = f"list sets table {table}"
        self.clean = "\n".join(f"flush set {table} {name}" for name in sets)
        self.lib = ctypes.CDLL("libnftables.so.1")
        self.lib.nft_ctx_new.restype = ctypes.c_void_p
        self.lib.nft_ctx_get_output_buffer.restype = ctypes.c_char_p
        self.lib.nft_ctx_get_error_buffer.restype = ctypes.c_char_p
        self.ctx = ctypes.c_void_p(self.lib.nft_ctx_new(0))
        self.lib.nft_ctx_buffer_output(self.ctx)
        self.lib.nft_ctx_buffer_error(self.ctx)

    def run(self, commands):
        if self.lib.nft_run_cmd_from_buffer(self.ctx, commands.encode()):
            raise RuntimeError(self.lib.nft_ctx_get_error_buffer(self.ctx).decode())
        return self.lib.nft_ctx_get_output_buffer(self.ctx).decode()

    def close(self):
        self.lib.nft_ctx_free(self.ctx)

    def sets(self):
        """{name: the numbers in it}, emptied for the next time"""
        found = {}
        for name, body in re.findall(r"set (\w+) \{(.*?)\n\t\}", self.run(self.read), re.S):
            elements = re.search(r"elements = \{(.*?)\}", body, re.S)
            found[name] = {int(word, 0) for word in elements[1].split(",")} if elements else set()
        self.run(self.clean)
        return found


class Module:
    """Talks with srcguard about the namespace it is made in. Numbers and names are those
    of include/uapi/linux/srcguard.h."""

    stats_get, explain = 3, 12
    reasons = (None, "no_route", "wrong_device", "own_address", "reject_route",
               "source_multicast", "source_broadcast", "source_zero", "source_loopback",
               "6to4_source", "6to4_destination", "6to4_outer", "6to4_inner", "6to4_embedded",
               "6to4_native", "6to4_truncated")
    outcomes = None, "dropped", "audited", "exempted"
    families = {socket.AF_INET: "ipv4", socket.AF_INET6: "ipv6"}
    source, destination, device, mark, tos, verdict = range(1, 7)
    accept, drop = 1, 2
    family = None

    def __init__(self):
        if not Module.family:
            Module.family = genl.family()
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, genl.NETLINK_GENERIC)
        self.sock.bind((0, 0))

    def ask(self, command, flags, body=b""):
        """Answers as {attribute: payload}"""
        self.sock.send(genl.request(self.family, command, flags, body))
        return [dict(genl.attributes(payload[4:])) for payload in genl.received(self.sock)]

    def counters(self):
        """As "srcguard -j stats" has them, of what was seen."""
        found = []
        for line in self.ask(self.stats_get, genl.NLM_F_DUMP):
            family, reason, outcome = (struct.unpack("I", line[kind])[0] for kind in (4, 5, 6))
            packets, size = (struct.unpack("Q", line[kind])[0] for kind in (7, 8))
            if packets:
                found.append({"device": line[3].rstrip(b"\0").decode(),
                              "family": self.families[family], "reason": self.reasons[reason],
                              "outcome": self.outcomes[outcome], "packets": packets,
                              "bytes": size})
        return found

    def passes(self, source, destination, device, mark, tos):
        """Whether the packet would."""
        answer, = self.ask(
            self.explain, genl.NLM_F_ACK,
            genl.packed(self.source, source) + genl.packed(self.destination, destination) +
            genl.packed(self.device, device.encode() + b"\0") +
            genl.packed(self.mark, struct.pack("I", mark)) +
            genl.packed(self.tos, struct.pack("I", tos)))
        verdict = struct.unpack("I", answer[self.verdict])[0]
        if verdict not in (self.accept, self.drop):
            raise RuntimeError(f"verdict {verdict}")
        return verdict == self.accept

    def close(self):
        self.sock.close()


class Log:
    """The kernel's, from when it is made on."""

    def __init__(self):
        self.fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.fd, 0, os.SEEK_END)

    def lines(self):
        found = []
        while True:
            try:
                record = os.read(self.fd, 8192).decode()
            except BlockingIOError:
                return found
            except OSError as error:
                if error.errno == errno.EPIPE:
                    raise RuntimeError("the log was not read in time") from error
                raise
            found.append(record.split(";", 1)[1].split("\n")[0])


def write(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(int(value)))


def settle():
    """Wait until no packet is on its way."""
    while True:
        with open("/proc/net/softnet_stat", encoding="ascii") as file:
            fields = [line.split() for line in file]
        if any(int(line[1], 16) for line in fields):
            raise RuntimeError("the backlog overflowed")
        if not any(int(line[11], 16) for line in fields):
            return
        time.sleep(0.01)


class Namespace:
    """A new one; the caller's thread is in it until it is closed."""

    ip = ["ip"]

    def __init__(self, topology, peers):
        self.topology = topology
        self.random = random.Random(topology.number)
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        os.unshare(os.CLONE_NEWNET)
        self.inside = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.peers = peers
        self.sockets = {}
        self.conf = {}
        self.output = self.errors = ""      # of the last batch
        self.nft = None
        self.module = Module()

    @staticmethod
    def packet_socket(device):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sock.bind((device, 0))
        return sock

    @staticmethod
    def flags(sock, name):
        return struct.unpack("16xH14x", ioctl(sock, SIOCGIFFLAGS, struct.pack(
            "16s16x", name.encode())))[0]

    def up(self, sock, name):
        ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", name.encode(),
                                              self.flags(sock, name) | IFF_UP))

    @contextlib.contextmanager
    def outside(self):
        fd = os.open("/run/netns/" + self.peers, os.O_RDONLY)
        try:
            os.setns(fd, os.CLONE_NEWNET)
            yield
        finally:
            os.setns(self.inside, os.CLONE_NEWNET)
            os.close(fd)

    def batch(self, commands):
        """What failed: some routes and rules are impossible where they are."""
        done = subprocess.run([*self.ip, "-force", "-batch", "-"],
                              input="\n".join(commands) + "\n",
                              capture_output=True, text=True, check=False)
        self.output, self.errors = done.stdout, done.stderr
        return [commands[int(line) - 1]
                for line in re.findall(r"^Command failed -:(\d+)", done.stderr, re.M)]

    def set(self, family, conf):
        for (name, bit), value in conf.items():
            if self.conf.get((name, bit)) != value:
                write(f"/proc/sys/net/{family}/conf/{name}/{bit}", value)
                self.conf[name, bit] = value

    def send(self, packets):
        for packet in packets:
            send = self.sockets[packet.arrival].send
            for frame in packet.frames:
                send(frame)
        settle()

    def close(self):
        for sock in self.sockets.values():
            sock.close()
        self.nft.close()
        self.module.close()
        os.setns(self.home, os.CLONE_NEWNET)
        os.close(self.inside)
        os.close(self.home)


class Run:
    """Topologies, one by one, and what is known of all of them."""

    family = None
    all_reasons = ()
    all_features = ()
    modes = ()
    questions_a_round = 12

    def __init__(self, options):
        self.options = options
        self.topologies = self.sent = self.commands = self.failed = 0
        self.differences = self.miscounts = self.shown = 0
        self.questions = self.foretold_drops = self.misexplained = self.unasked = 0
        self.reasons = collections.Counter()
        self.features = collections.Counter()
        self.share = {mode: collections.Counter() for mode in self.modes}

    @staticmethod
    def arguments(parser):
        """More of them, for those who want some."""

    def say(self, *words):
        print("#", *words, flush=True)

    def made(self, topology, namespace):
        """A topology came to life."""
        self.topologies += 1
        self.commands += len(topology.commands)
        self.failed += len(namespace.failed)
        if self.options.only is not None:
            self.say(*(f"cannot: {command}" for command in namespace.failed))

    def occurred(self, topology, namespace):
        """What of its features the topology had: not those whose commands failed."""
        failed = set(namespace.failed)
        done = "\n".join(command for command in topology.commands if command not in failed)
        self.features.update(
            feature for feature in topology.features
            if feature not in COMMANDS or re.search("^" + COMMANDS[feature], done, re.M))

    def count(self, topology, mode, missing, counters):
        """The counters are the packets that did not come out of PRE_ROUTING, which
        "missing" names by their devices and sizes."""
        want = collections.Counter()
        for arrival, sizes in missing:
            want[arrival, "packets"] += len(sizes)
            want[arrival, "bytes"] += sum(sizes)
        got = collections.Counter()
        for line in counters:
            self.reasons[line["reason"]] += line["packets"]
            if (line["family"], line["outcome"]) == (self.family, "dropped"):
                got[line["device"], "packets"] += line["packets"]
                got[line["device"], "bytes"] += line["bytes"]
        if got != want:
            self.miscounts += 1
            self.say(f"seed {self.options.seed} topology {topology.number} {mode}: counted "
                     f"{dict(got)}, dropped {dict(want)}")

    def ask(self, namespace, packets, described):
        """What explain says of some of the packets, {packet: it passes}, while the filter
        is as it is for them: of those that are all that explain can ask for."""
        # UDP without ports is what it asks for, and only rules for ports see a difference
        ports = "rule_ports" in namespace.topology.features
        plain = [packet for packet in packets if packet.protocol == 17 and packet.is_plain() and
                 not (ports and any(packet.ports))]
        some = namespace.random.sample(plain, min(len(plain), self.questions_a_round))
        return {packet: namespace.module.passes(*described(packet)) for packet in some}

    def check_answers(self, topology, mode, answers, unfiltered, passed):
        """That is what became of those that got to the filter."""
        answers = {packet: passes for packet, passes in answers.items()
                   if packet.ident in unfiltered}
        self.unasked += not answers
        for packet, passes in answers.items():
            self.questions += 1
            self.foretold_drops += not passes
            if passes != (packet.ident in passed):
                self.misexplained += 1
                if self.misexplained <= self.options.show:
                    self.say(f"seed {self.options.seed} topology {topology.number} {mode} "
                             f"{packet}: explain says that it {'passes' if passes else 'does not'}")

    def describe(self, topology, namespace):
        """All that it takes to build it by hand."""
        for command in topology.commands:
            self.say("    ip", command, "  # fails" if command in namespace.failed else "")
        for (name, bit), value in namespace.conf.items():
            if value:
                self.say(f"    net.{self.family}.conf.{name}.{bit} = {int(value)}")
        self.say("    features", *sorted(topology.features))

    def result(self, seconds):
        found = {key: value for key, value in vars(self).items() if isinstance(value, int)}
        found["seconds"] = round(seconds)
        for mode, tally in self.share.items():
            baseline = max(tally["baseline"], 1)
            found[mode] = dict(tally)
            found[mode]["accepted"] = 100 * tally["srcguard"] // baseline
            found[mode]["dropped"] = 100 * (baseline - tally["srcguard"]) // baseline
        found["reasons"] = dict(self.reasons)
        found["missing_reasons"] = [name for name in self.all_reasons if not self.reasons[name]]
        found["features"] = dict(self.features)
        found["missing_features"] = [name for name in self.all_features if not self.features[name]]
        return found


def main(run, what):
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("peers")
    parser.add_argument("result")
    parser.add_argument("--topologies", type=int, default=1)
    parser.add_argument("--packets", type=int, default=400, help="a round")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int)
    parser.add_argument("--left-off", action="store_true", help="srcguard stays off throughout")
    parser.add_argument("--show", type=int, default=20, help="differences to print")
    run.arguments(parser)
    options = parser.parse_args()
    all_of_them = run(options)
    started = time.monotonic()
    numbers = range(options.topologies) if options.only is None else [options.only]
    for number in numbers:
        all_of_them.topology(number, options.left_off)
    with open(options.result, "w", encoding="ascii") as file:
        json.dump(all_of_them.result(time.monotonic() - started), file)
