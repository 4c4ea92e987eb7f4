# SPDX-License-Identifier: GPL-2.0-only
"""Network namespaces, devices, the module and its family, with sockets and system
calls in this process's own hands: for tests that have no time for a process each
(an emulated CPU takes a tenth of a second to start one), or that must know which
allocations are whose.
"""
import contextlib
import ctypes
import errno
import os
import socket
import struct
import time
from collections import namedtuple

SYS_FINIT_MODULE, SYS_DELETE_MODULE = 313, 176
NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP_INTR, NLM_F_DUMP = 1, 4, 0x10, 0x300
NLM_F_CREATE, NLM_F_EXCL = 0x400, 0x200
NLA_F_NESTED = 0x8000
NLMSG_ERROR, NLMSG_DONE = 2, 3
RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR = 16, 17, 20
IFLA_ADDRESS, IFLA_IFNAME, IFLA_LINKINFO, IFLA_NET_NS_FD = 1, 3, 18, 28
IFLA_INFO_KIND, IFLA_INFO_DATA, VETH_INFO_PEER = 1, 2, 1
IFLA_IPTUN_LOCAL, IFLA_IPTUN_REMOTE = 2, 3
IFLA_IPTUN_6RD_PREFIX, IFLA_IPTUN_6RD_PREFIXLEN = 11, 13
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFF_UP = 1
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
POLICY_GET, POLICY_SET, STATS_GET, STATE_GET, DEV_GET, DEV_SET, DEV_CLEAR = range(1, 8)
EXEMPT_GET, EXEMPT_ADD, EXEMPT_DEL, EXEMPT_REPLACE, EXPLAIN = range(8, 13)
LIMIT_GET, LIMIT_SET = 14, 15
LIMIT_KIND, LIMIT_LIMIT, LIMIT_IN_USE = range(2, 5)
NO_LIMIT = 0xffffffff
DEV_DEVICE, DEV_RP_FILTER = 2, 3
EXEMPT_PREFIX, EXEMPT_PREFIXLEN, EXEMPT_DEVICE = 2, 3, 5
EXEMPT_ENTRY, EXEMPT_LIST, EXEMPT_FIRST, EXEMPT_LAST = 7, 8, 9, 10
RP_FILTER, ENFORCE = 1, 2
STATS_DEVICE, STATS_REASON, STATS_PACKETS = 3, 5, 7

SLOW = os.environ.get("KERNEL") == "debug"
Counter = namedtuple("Counter", "device reason packets")
libc = ctypes.CDLL(None, use_errno=True)


# --- messages ---------------------------------------------------------------------

def attribute(kind, value):
    """value: bytes, a string, or a number of 32 bits"""
    if isinstance(value, str):
        value = value.encode() + b"\0"
    elif isinstance(value, int):
        value = struct.pack("=I", value)
    length = 4 + len(value)
    return struct.pack("=HH", length, kind) + value + bytes(-length % 4)


def attributes(data):
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3fff] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


def number(value):
    return int.from_bytes(value, "little")


def text(value):
    return value.rstrip(b"\0").decode()


def message(kind, flags, body):
    return struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | flags, 1, 0) + body


class Netlink:
    """A socket of the namespace that it is made in."""

    def __init__(self, protocol, request=b""):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        # the kernel works while it is asked, and has answered when that is over
        self.socket.setblocking(False)
        self.request = request
        # the list changed while it was dumped
        self.interrupted = False

    def talk(self, meanwhile=lambda: None):
        """The payloads of the answers, which may be missing if memory was short; an
        error of the kernel's raises. Something may be done after the first part of a
        dump, which the kernel has ready when it was asked."""
        answers = []
        self.socket.send(self.request)
        meanwhile()
        while not self.received(answers):
            pass
        return answers

    def received(self, answers):
        """Takes one part of the answers; whether it was the last."""
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return True
        while data:
            length, kind, flags = struct.unpack_from("=IHH", data)
            self.interrupted |= bool(flags & NLM_F_DUMP_INTR)
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                error, = struct.unpack_from("=i", data, 16)
                if error:
                    raise OSError(-error, os.strerror(-error))
                return True
            answers.append(data[16:length])
            data = data[(length + 3) & ~3:]
        return False

    def drain(self):
        """Forgets what is left of the answers, when one could not be had."""
        while True:
            try:
                self.socket.recv(65536)
            except BlockingIOError:
                return
            except OSError:
                # told of what went wrong, once
                pass

    def ask(self, kind, flags, body):
        self.request = message(kind, flags, body)
        return self.talk()

    def close(self):
        self.socket.close()


def asked(netlink):
    """The answers to the request that a socket was made with, which is closed then."""
    try:
        return netlink.talk()
    finally:
        netlink.close()


# --- the family -------------------------------------------------------------------

def family_request():
    return message(GENL_ID_CTRL, NLM_F_ACK, struct.pack("=BBH", CTRL_CMD_GETFAMILY, 1, 0) +
                   attribute(CTRL_ATTR_FAMILY_NAME, "srcguard"))


def family():
    """Its number, which changes from load to load; None if it is not there."""
    try:
        answer, = asked(Netlink(NETLINK_GENERIC, family_request()))
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        raise
    return number(attributes(answer[4:])[CTRL_ATTR_FAMILY_ID])


def generic_body(command, *pairs):
    """pairs: attributes, each a kind and a value"""
    return struct.pack("=BBH", command, 1, 0) + b"".join(attribute(*pair) for pair in pairs)


def policy_pairs(values):
    return [({"rp_filter": RP_FILTER, "enforce": ENFORCE}[name], value)
            for name, value in values.items()]


# Requests: a command and its attributes, as generic_body() takes them.

def setting(name, rp_filter):
    return DEV_SET, (DEV_DEVICE, name), (DEV_RP_FILTER, rp_filter)


def clear(name):
    return DEV_CLEAR, (DEV_DEVICE, name)


def exemption(address, length, device=None):
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    pairs = [(EXEMPT_PREFIX, socket.inet_pton(kind, address)), (EXEMPT_PREFIXLEN, length)]
    return pairs + ([(EXEMPT_DEVICE, device)] if device else [])


def replacement(*exemptions):
    entries = [(EXEMPT_ENTRY | NLA_F_NESTED, b"".join(attribute(*pair) for pair in pairs))
               for pairs in exemptions]
    return (EXEMPT_REPLACE, (EXEMPT_LIST, 1), (EXEMPT_FIRST, b""), (EXEMPT_LAST, b""), *entries)


def limit(kind, number_of_devices):
    return LIMIT_SET, (LIMIT_KIND, kind), (LIMIT_LIMIT, number_of_devices)


def counter(answer):
    found = attributes(answer[4:])
    return Counter(text(found[STATS_DEVICE]), number(found[STATS_REASON]),
                   number(found[STATS_PACKETS]))


# --- devices ----------------------------------------------------------------------

def link_body(name, *pairs, index=0, flags=0, change=0):
    body = struct.pack("=BxHiII", 0, 0, index, flags, change)
    return body + attribute(IFLA_IFNAME, name) + b"".join(attribute(*pair) for pair in pairs)


def link_kind(kind, data=b""):
    info = attribute(IFLA_INFO_KIND, kind)
    return IFLA_LINKINFO, info + (attribute(IFLA_INFO_DATA, data) if data else b"")


def sit(local, remote="0.0.0.0", prefix=None, length=16):
    """What makes a sit tunnel, or changes one, the prefix being 6rd's: for Netns.new()"""
    pairs = [(IFLA_IPTUN_LOCAL, socket.inet_aton(local)),
             (IFLA_IPTUN_REMOTE, socket.inet_aton(remote))]
    if prefix:
        pairs += [(IFLA_IPTUN_6RD_PREFIX, socket.inet_pton(socket.AF_INET6, prefix)),
                  (IFLA_IPTUN_6RD_PREFIXLEN, struct.pack("=H", length))]
    return "sit", b"".join(attribute(*pair) for pair in pairs)


def devices():
    """The names of those in the thread's namespace."""
    return {name for _, name in socket.if_nameindex()}


# --- namespaces -------------------------------------------------------------------

def this_netns():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY)


def named_netns(name):
    return os.open("/run/netns/" + name, os.O_RDONLY)


def new_netns():
    """One that ends when its descriptor and all that is made from it are closed."""
    home = this_netns()
    try:
        os.unshare(os.CLONE_NEWNET)
        return this_netns()
    finally:
        os.setns(home, os.CLONE_NEWNET)
        os.close(home)


class Netns:
    """A namespace by its descriptor, which it takes over. For one thread."""

    def __init__(self, fd):
        self.fd = fd
        with self.entered():
            self.route = Netlink(socket.NETLINK_ROUTE)
            self.generic = Netlink(NETLINK_GENERIC)

    def close(self):
        self.route.close()
        self.generic.close()
        os.close(self.fd)

    @contextlib.contextmanager
    def entered(self):
        home = this_netns()
        os.setns(self.fd, os.CLONE_NEWNET)
        try:
            yield
        finally:
            os.setns(home, os.CLONE_NEWNET)
            os.close(home)

    # --- its devices

    def devices(self):
        with self.entered():
            return devices()

    def new_veth(self, name, peer, peer_netns=None, mac=None):
        """peer_netns: the other end's namespace, if it is not this one"""
        netns = attribute(IFLA_NET_NS_FD, (peer_netns or self).fd)
        pairs = [link_kind("veth", attribute(VETH_INFO_PEER, link_body(peer) + netns))]
        if mac:
            pairs.append((IFLA_ADDRESS, bytes.fromhex(mac.replace(":", ""))))
        self.route.ask(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, link_body(name, *pairs))

    def new(self, name, kind, data=b""):
        self.route.ask(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
                       link_body(name, link_kind(kind, data)))

    def change(self, name, kind, data):
        self.route.ask(RTM_NEWLINK, NLM_F_ACK, link_body(name, link_kind(kind, data)))

    def new_dummy(self, name):
        self.new(name, "dummy")

    def set_up(self, name, up=True):
        self.route.ask(RTM_NEWLINK, NLM_F_ACK, link_body(name, flags=IFF_UP * up, change=IFF_UP))

    def rename(self, old, new):
        with self.entered():
            index = socket.if_nametoindex(old)
        self.route.ask(RTM_NEWLINK, NLM_F_ACK, link_body(new, index=index))

    def move(self, name, netns):
        self.route.ask(RTM_NEWLINK, NLM_F_ACK, link_body(name, (IFLA_NET_NS_FD, netns.fd)))

    def delete(self, name):
        self.route.ask(RTM_DELLINK, NLM_F_ACK, link_body(name))

    def add_address(self, name, address, length):
        with self.entered():
            index = socket.if_nametoindex(name)
        packed = socket.inet_aton(address)
        self.route.ask(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
                       struct.pack("=BBBBI", socket.AF_INET, length, 0, 0, index) +
                       attribute(IFA_LOCAL, packed) + attribute(IFA_ADDRESS, packed))

    # --- its settings

    def conf(self, device, key, value):
        with self.entered():
            with open(f"/proc/sys/net/ipv4/conf/{device}/{key}", "w", encoding="ascii") as file:
                file.write(str(value))

    def command(self, *request):
        self.generic.ask(family(), NLM_F_ACK, generic_body(*request))

    def set_policy(self, **values):
        self.command(POLICY_SET, *policy_pairs(values))

    def set_limit(self, kind, number_of_devices):
        self.command(*limit(kind, number_of_devices))

    def in_use(self, kind):
        for answer in self.generic.ask(family(), NLM_F_DUMP, generic_body(LIMIT_GET)):
            found = attributes(answer[4:])
            if text(found[LIMIT_KIND]) == kind:
                return number(found[LIMIT_IN_USE])
        return 0

    def counters(self):
        return [counter(answer) for answer in
                self.generic.ask(family(), NLM_F_DUMP, generic_body(STATS_GET))]


# --- modules ----------------------------------------------------------------------

def loaded(name):
    with open("/proc/modules", encoding="ascii") as modules:
        return any(line.split()[0] == name for line in modules)


def finit_module(file):
    if libc.syscall(SYS_FINIT_MODULE, file, b"", 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def unload(name):
    # a netlink request that is just ending may hold it for a moment
    until(lambda: libc.syscall(SYS_DELETE_MODULE, name.encode(), os.O_NONBLOCK) == 0,
          f"{name} is held")


# --- conditions -------------------------------------------------------------------

def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(item) for item in what))


def until(condition, what, seconds=30):
    """Waits for what must come; the debug kernel has more time for it."""
    deadline = time.monotonic() + seconds * (4 if SLOW else 1)
    while not condition():
        expect(time.monotonic() < deadline, what)
        time.sleep(0.002)
