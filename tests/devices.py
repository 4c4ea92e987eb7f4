#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Devices that are made by other ways than rtnetlink, in the namespace that this runs in.
A request a line on standard input; what was made stays until "drop":

    tun NAME            a tun device, by ioctl
    ppp                 a unit of /dev/ppp
    tunnel BASE NAME    an IPv4 tunnel of the kind that the device BASE is of, by ioctl
    register            the register interface of IPv4 multicast routing: no kind
    drop                closes all of them
    names               of all devices there are, by each way that one can see them

Answers "ok NAME...", or the name of the error.
"""
import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
PPPIOCNEWUNIT = 0xC004743E
SIOCADDTUNNEL = 0x89F1
MRT_INIT, MRT_ADD_VIF, VIFF_REGISTER = 200, 202, 4

held = []


def tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    held.append(fd)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return name


def ppp():
    fd = os.open("/dev/ppp", os.O_RDWR)
    held.append(fd)
    unit = fcntl.ioctl(fd, PPPIOCNEWUNIT, struct.pack("i", -1))
    return f"ppp{struct.unpack('i', unit)[0]}"


def tunnel(base, name):
    """struct ip_tunnel_parm, with an outer IPv4 header that leads to 10.255.0.2."""
    protocol = 41 if "sit" in base else 47 if "gre" in base else 4
    outer = struct.pack("BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, protocol, 0,
                        socket.inet_aton("10.255.0.1"), socket.inet_aton("10.255.0.2"))
    parameters = ctypes.create_string_buffer(
        struct.pack("16siHHII", name.encode(), 0, 0, 0, 0, 0) + outer)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, SIOCADDTUNNEL,
                    struct.pack("16sQ16x", base.encode(), ctypes.addressof(parameters)))
    return name


def register():
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
    held.append(sock.detach())
    with socket.socket(fileno=os.dup(held[-1])) as control:
        control.setsockopt(socket.IPPROTO_IP, MRT_INIT, 1)
        control.setsockopt(socket.IPPROTO_IP, MRT_ADD_VIF,
                           struct.pack("HBBI8x", 0, VIFF_REGISTER, 1, 0))
    return "pimreg"


def drop():
    while held:
        os.close(held.pop())
    return ""


def names():
    ways = [os.listdir(way) for way in ("/sys/class/net", "/proc/sys/net/ipv4/conf",
                                        "/proc/sys/net/ipv6/conf")]
    with open("/proc/self/net/dev", encoding="ascii") as lines:
        ways.append([line.partition(":")[0].strip() for line in lines if ":" in line])
    ways.append([name for _, name in socket.if_nameindex()])
    return " | ".join(" ".join(sorted(way)) for way in ways)


def main():
    makers = {"tun": tun, "ppp": ppp, "tunnel": tunnel, "register": register, "drop": drop,
              "names": names}
    for line in sys.stdin:
        what, *words = line.split()
        count = len(held)
        try:
            print("ok", makers[what](*words), flush=True)
        except OSError as error:
            while len(held) > count:
                os.close(held.pop())
            print(errno.errorcode[error.errno], flush=True)


main()
