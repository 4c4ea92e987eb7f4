#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A device that is deleted while somebody holds it, as who sends by it and waits for room
does: the kernel waits, and tells again and again that it goes.

held.py DEVICE answers a line on standard input each: the first deletes it, and the answer is
"waits" if the kernel does; the second ends that, and the answer is "went".
"""
import contextlib
import socket
import subprocess
import sys
import threading
import time


def run(words):
    subprocess.run(words.split(), check=True)


def address(name):
    return (name, 0x0800, 0, 0, bytes(6))


@contextlib.contextmanager
def deleted(device):
    """Who deletes it: a process, which has ended afterwards."""
    # a socket whose packets go nowhere for a while, so that it is full
    run("ip link set lo up")
    run("tc qdisc add dev lo root tbf rate 8bit burst 2000 limit 1000000")
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    sock.setblocking(False)
    try:
        while True:
            sock.sendto(bytes(1000), address("lo"))
    except BlockingIOError:
        sock.setblocking(True)
    threading.Thread(target=sock.sendto, args=(bytes(1000), address(device)), daemon=True).start()
    time.sleep(1)
    deleter = subprocess.Popen(["ip", "link", "del", device])
    yield deleter
    run("tc qdisc del dev lo root")
    deleter.wait()


def waits(deleter):
    time.sleep(2.5)
    return "waits" if deleter.poll() is None else "does not wait"


if __name__ == "__main__":
    sys.stdin.readline()
    with deleted(sys.argv[1]) as process:
        print(waits(process), flush=True)
        sys.stdin.readline()
    print("went" if process.returncode == 0 else "did not go", flush=True)
