#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Devices that are made by other ways than rtnetlink, in the namespace that this runs in.
A request a line on standard input; what was made stays until "drop":

    tun NAME            a tun device, by ioctl
    ppp                 a unit of /dev/ppp
    tunnel BASE NAME    a tunnel of the kind that the device BASE is of, by ioctl
    bridge NAME         a bridge, by ioctl
    vlan BASE ID        BASE.ID, a VLAN of the device BASE, by ioctl
    bond NAME           a bond, by sysfs
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
SIOCADDTUNNEL, SIOCBRADDBR, SIOCSIFVLAN, ADD_VLAN_CMD = 0x89F1, 0x89A0, 0x8983, 0
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


def ioctl(request, argument):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, request, argument)


def tunnel(base, name):
    """struct ip_tunnel_parm, with an outer IPv4 header that leads to 10.255.0.2, or struct
    ip6_tnl_parm."""
    if base.startswith("ip6"):
        parameters = struct.pack("16siBBBxII16s16s", name.encode(), 0, 41, 0, 64, 0, 0,
                                 socket.inet_pton(socket.AF_INET6, "2001:db8:255::1"),
                                 socket.inet_pton(socket.AF_INET6, "2001:db8:255::2"))
    else:
        protocol = 41 if "sit" in base else 47 if "gre" in base else 4
        parameters = struct.pack("16siHHII", name.encode(), 0, 0, 0, 0, 0) + struct.pack(
            "BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, protocol, 0,
            socket.inet_aton("10.255.0.1"), socket.inet_aton("10.255.0.2"))
    parameters = ctypes.create_string_buffer(parameters)
    ioctl(SIOCADDTUNNEL, struct.pack("16sQ16x", base.encode(), ctypes.addressof(parameters)))
    return name


def bridge(name):
    ioctl(SIOCBRADDBR, struct.pack("16s", name.encode()))
    return name


def vlan(base, number):
    ioctl(SIOCSIFVLAN, struct.pack("i24si20xh2x", ADD_VLAN_CMD, base.encode(), int(number), 0))
    return f"{base}.{number}"


def bond(name):
    # unbuffered: what is buffered is written again when it was refused
    with open("/sys/class/net/bonding_masters", "wb", buffering=0) as file:
        file.write(b"+" + name.encode())
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
    makers = {"tun": tun, "ppp": ppp, "tunnel": tunnel, "bridge": bridge, "vlan": vlan, "bond": bond,
              "register": register, "drop": drop, "names": names}
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
