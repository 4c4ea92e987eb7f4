#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""burst.py DEVICE MAC COUNT [-r] EXPRESSION: sends COUNT packets as fast as it can.

EXPRESSION is scapy's, from the IP header on. With -r each packet has another source, of
4,096 that are the same each time: of an IPv4 packet below 198.18.0.0/15, of an IPv6 packet
below 2001:2::/48 (both are for benchmarks: RFC 2544, RFC 5180). The packets go out by
sendmmsg(), a thousand at a time.
"""
import ctypes
import random
import socket
import struct
import sys

from scapy.compat import raw
from scapy.layers.inet import ICMP, IP, TCP, UDP  # noqa: F401
from scapy.layers.inet6 import *  # noqa: F401,F403
from scapy.packet import Raw  # noqa: F401

SOURCES = 4096
AT_ONCE = 1000
libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    """struct mmsghdr"""

    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint),
                ("vector", ctypes.c_void_p), ("vectors", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("sent", ctypes.c_uint)]


def checksum(head):
    total = sum(struct.unpack(f"!{len(head) // 2}H", head))
    total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~(total + (total >> 16)) & 0xffff)


def from_elsewhere(packet, dice):
    """The packet with another source; what is behind the header is as it was."""
    if packet[0] >> 4 == 6:
        return packet[:8] + bytes.fromhex("200100020000") + dice.randbytes(10) + packet[24:]
    length = (packet[0] & 15) * 4
    source = struct.pack("!I", 0xc6120000 | dice.randrange(1, 1 << 17))
    head = packet[:10] + b"\0\0" + source + packet[16:length]
    return head[:10] + checksum(head) + head[12:] + packet[length:]


def main():
    device, mac, count, *rest = sys.argv[1:]
    packet = raw(eval(rest[-1]))    # a test's own text
    dice = random.Random(1)
    packets = [from_elsewhere(packet, dice) for _ in range(SOURCES)] if "-r" in rest else [packet]

    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((device, 0))
    ethernet = bytes.fromhex(mac.replace(":", "")) + sock.getsockname()[4] + \
        (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00")
    frames = [ethernet + packet for packet in packets]
    frames *= AT_ONCE if len(frames) == 1 else 1
    vectors = (Vector * len(frames))(*((frame, len(frame)) for frame in frames))
    messages = (Message * len(frames))()
    for i, message in enumerate(messages):
        message.vector = ctypes.addressof(vectors) + i * ctypes.sizeof(Vector)
        message.vectors = 1
    left, at = int(count), 0
    while left:
        some = min(left, AT_ONCE, len(frames) - at)
        done = libc.sendmmsg(sock.fileno(), ctypes.byref(messages, at * ctypes.sizeof(Message)),
                             some, 0)
        if done < 0:
            raise OSError(ctypes.get_errno(), "sendmmsg")
        left -= done
        at = (at + done) % len(frames)


main()
