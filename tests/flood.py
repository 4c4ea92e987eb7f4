#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""flood.py [-c] [-p SECONDS] DEVICE MAC ADDRESS SOURCE...: datagrams from all SOURCEs to
ADDRESS, IPv4 or IPv6, thousands a second, until it is killed; a SOURCE that is written
IPV4/INNER-SOURCE/INNER-DESTINATION is that of a sit tunnel's packet. DEVICE and its
namespace's end of the link may come and go meanwhile: what cannot be sent now is not
sent. With -c it says at its end (SIGTERM) how many it has sent from each SOURCE; -p
makes it pause longer between the bursts.
"""
import getopt
import signal
import socket
import struct
import sys
import time


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~(total + (total >> 16)) & 0xffff)


def ipv4(source, destination, protocol, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(destination))
    return b"\x08\0" + head[:10] + checksum(head) + head[12:] + payload


def datagram4(source, destination):
    if "/" in source:
        source, *inner = source.split("/")
        return ipv4(source, destination, socket.IPPROTO_IPV6, datagram6(*inner)[2:])
    payload = b"flood"
    return ipv4(source, destination, socket.IPPROTO_UDP,
                struct.pack("!HHHH", 9, 9, 8 + len(payload), 0) + payload)


def datagram6(source, destination):
    payload = b"floods"
    udp = struct.pack("!HHHH", 9, 9, 8 + len(payload), 0) + payload
    addresses = b"".join(socket.inet_pton(socket.AF_INET6, a) for a in (source, destination))
    pseudo = addresses + struct.pack("!LL", len(udp), socket.IPPROTO_UDP)
    head = struct.pack("!LHBB", 6 << 28, len(udp), socket.IPPROTO_UDP, 64)
    return b"\x86\xdd" + head + addresses + udp[:6] + checksum(pseudo + udp) + udp[8:]


def main():
    options, (device, mac, destination, *sources) = getopt.getopt(sys.argv[1:], "cp:")
    options = dict(options)
    count = "-c" in options
    pause = float(options.get("-p", 0.001))
    ethernet = bytes.fromhex(mac.replace(":", "")) + b"\x02\0\0\0\0\xff"
    datagram = datagram6 if ":" in destination else datagram4
    frames = [ethernet + datagram(source, destination) for source in sources]
    sent = [0] * len(frames)
    ended = []
    if count:
        signal.signal(signal.SIGTERM, lambda number, frame: ended.append(number))
    sock = None
    while not ended:
        try:
            if sock is None:
                sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
                sock.bind((device, 0))
            for _ in range(8):
                for i, frame in enumerate(frames):
                    sock.send(frame)
                    sent[i] += 1
        except OSError:
            # the device went; the next one of its name has another index
            if sock is not None:
                sock.close()
                sock = None
        time.sleep(pause)
    for source, packets in zip(sources, sent):
        print(source, packets)


if __name__ == "__main__":
    main()
