#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""flood.py DEVICE MAC ADDRESS SOURCE...: datagrams from all SOURCEs to ADDRESS,
thousands a second, until it is killed. DEVICE and its namespace's end of the link
may come and go meanwhile: what cannot be sent now is not sent.
"""
import socket
import struct
import sys
import time


def datagram(source, destination):
    payload = b"flood"
    udp = struct.pack("!HHHH", 9, 9, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0,
                       socket.inet_aton(source), socket.inet_aton(destination))
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xffff) + (total >> 16)
    checksum = ~(total + (total >> 16)) & 0xffff
    return head[:10] + struct.pack("!H", checksum) + head[12:] + udp


def main():
    device, mac, destination, *sources = sys.argv[1:]
    ethernet = bytes.fromhex(mac.replace(":", "")) + b"\x02\0\0\0\0\xff" + b"\x08\0"
    frames = [ethernet + datagram(source, destination) for source in sources]
    sock = None
    while True:
        try:
            if sock is None:
                sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
                sock.bind((device, 0))
            for _ in range(8):
                for frame in frames:
                    sock.send(frame)
        except OSError:
            # the device went; the next one of its name has another index
            if sock is not None:
                sock.close()
                sock = None
        time.sleep(0.001)


main()
