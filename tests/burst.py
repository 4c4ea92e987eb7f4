# SPDX-License-Identifier: GPL-2.0-only
"""Frames as fast as a process can send them: by sendmmsg(), a thousand at a time."""
import ctypes
import random
import struct

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


def scattered(packet):
    """The packet from 4,096 sources that are the same each time: of an IPv4 packet below
    198.18.0.0/15, of an IPv6 packet below 2001:2::/48 (both are for benchmarks: RFC 2544,
    RFC 5180)."""
    dice = random.Random(1)
    return [from_elsewhere(packet, dice) for _ in range(SOURCES)]


def send(sock, frames, count):
    """One frame after the other, from the first again after the last; how many"""
    frames = frames * (AT_ONCE if len(frames) == 1 else 1)
    vectors = (Vector * len(frames))(*((frame, len(frame)) for frame in frames))
    messages = (Message * len(frames))()
    for i, message in enumerate(messages):
        message.vector = ctypes.addressof(vectors) + i * ctypes.sizeof(Vector)
        message.vectors = 1
    left, at = count, 0
    while left:
        some = min(left, AT_ONCE, len(frames) - at)
        done = libc.sendmmsg(sock.fileno(), ctypes.byref(messages, at * ctypes.sizeof(Message)),
                             some, 0)
        if done < 0:
            raise OSError(ctypes.get_errno(), "sendmmsg")
        left -= done
        at = (at + done) % len(frames)
    return count
