#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Sends packets as tests ask for them, one request a line on standard input:

    HOW NETNS DEVICE MAC COUNT EXPRESSION

HOW is "send", "burst" (as fast as it can: burst.py) or "scatter" (the same, from many
sources). NETNS is a name below /run/netns, or "-" for this process's own; MAC is the
Ethernet destination, or "-" on a device without a link layer; EXPRESSION is
scapy's, from the IP header on: IP(src="192.0.2.1",dst="10.0.0.1")/UDP(). "i" is
the number of the packet, from 0, and the expression is evaluated for each packet
if it has an "i" in it. A scapy list expression sends its elements one by one. six()
and in_ip4() below may be in it as well. A burst is of one packet.
Answers "sent N" or "error TEXT". One process for a whole script, because
loading scapy takes seconds in an emulator.
"""
import ctypes
import functools
import os
import re
import socket
import sys

import burst
from scapy.compat import raw
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption, IPOption_RR, fragment  # noqa: F401
from scapy.layers.inet6 import *  # noqa: F401,F403
from scapy.layers.l2 import ARP, Dot1Q, Ether  # noqa: F401
from scapy.packet import Raw  # noqa: F401

CLONE_NEWNET = 0x40000000
ETH_P_IP = 0x0800
ETH_P_IPV6 = 0x86dd

libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)
sockets = {}


def six(address, suffix=1):
    """The 6to4 address that holds an IPv4 one"""
    return "2002:%02x%02x:%02x%02x::%x" % (*socket.inet_aton(address), suffix)


def in_ip4(source, destination, inner_source, inner_destination, **more):
    """IPv6 in IPv4, for a sit tunnel"""
    return IP(src=source, dst=destination, proto=41, **more) / \
        IPv6(src=inner_source, dst=inner_destination, nh=59)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def packet_socket(netns, device):
    """A packet socket in NETNS, kept until the device is another one."""
    try:
        if netns != "-":
            fd = os.open("/run/netns/" + netns, os.O_RDONLY)
            try:
                enter(fd)
            finally:
                os.close(fd)
        key = (netns, device, socket.if_nametoindex(device))
        if key not in sockets:
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            sock.bind((device, 0))
            sockets[key] = sock
        return sockets[key]
    finally:
        enter(home)


def frames(expression, i):
    packets = eval(expression, globals(), {"i": i})  # a test's own text
    return packets if isinstance(packets, list) else [packets]


@functools.lru_cache(maxsize=64)
def fixed_frames(expression):
    """Of an expression without an "i"; to make them takes longer than to send them."""
    return [raw(packet) for packet in frames(expression, 0)]


def ethernet(sock, mac, packet):
    """What is before the packet on a device that has MAC for a neighbour"""
    if mac == "-":
        return b""
    kind = ETH_P_IPV6 if packet and packet[0] >> 4 == 6 else ETH_P_IP
    return bytes.fromhex(mac.replace(":", "")) + sock.getsockname()[4] + kind.to_bytes(2, "big")


def send(sock, mac, count, expression):
    sent = 0
    fixed = None if re.search(r"\bi\b", expression) else fixed_frames(expression)
    for i in range(count):
        for packet in fixed or [raw(packet) for packet in frames(expression, i)]:
            sock.send(ethernet(sock, mac, packet) + packet)
            sent += 1
    return sent


def send_burst(sock, mac, count, expression, scattered):
    packet, = fixed_frames(expression)
    packets = burst.scattered(packet) if scattered else [packet]
    head = ethernet(sock, mac, packet)
    return burst.send(sock, [head + packet for packet in packets], count)


def main():
    for line in sys.stdin:
        try:
            how, netns, device, mac, count, expression = line.split(None, 5)
            what = packet_socket(netns, device), mac, int(count), expression
            sent = send(*what) if how == "send" else send_burst(*what, how == "scatter")
            print("sent", sent, flush=True)
        except Exception as error:  # whatever it is, the test wants to hear of it
            print("error", type(error).__name__, str(error).replace("\n", " "), flush=True)


main()
