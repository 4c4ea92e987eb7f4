#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Generic netlink by hand, also what no library would send. A request a line on
standard input:

    WHO COMMAND FLAGS [ATTRIBUTE...]

WHO opens the socket, sends and reads: "self"; "nobody", without any privilege;
"container", the root of a new user and network namespace of nobody's; "at:PID", the
root of the user namespace that a process of nobody's made, in its network namespace;
or several of them: in "nobody>self" the first opens, the second sends, and in
"nobody>self>container" the third reads, each in its own process; self does what is
left out. COMMAND is a number of the family "srcguard", FLAGS are "-" or some of
"dump", "ack", comma between. An ATTRIBUTE is TYPE:u8, u16, u32, u64 or s:VALUE,
TYPE:hex:BYTES, or raw:BYTES as they are, after all others. Answers in one line:

    ok [MESSAGE]...             each as TYPE=VALUE,..., integers by their size,
                                other lengths as hex
    ERRNO OFFSET TEXT           OFFSET 0: no attribute is at fault
"""
import errno
import os
import socket
import struct
import sys

NETLINK_GENERIC = 16
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS = 1, 2
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
NOBODY = 65534

SIZES = {1: "B", 2: "H", 4: "I", 8: "Q"}


def packed(kind, payload):
    data = struct.pack("HH", 4 + len(payload), kind) + payload
    return data + bytes(-len(data) % 4)


def attribute(text):
    if text.startswith("raw:"):
        return bytes.fromhex(text[4:])
    kind, form, value = text.split(":", 2)
    if form == "hex":
        payload = bytes.fromhex(value)
    elif form == "s":
        payload = value.encode() + b"\0"
    else:
        payload = struct.pack(SIZES[int(form[1:]) // 8], int(value, 0))
    return packed(int(kind, 0), payload)


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("HH", data)
        yield kind, data[4:length]
        data = data[(length + 3) & ~3:]


def shown(payload):
    if len(payload) in SIZES:
        return str(struct.unpack(SIZES[len(payload)], payload)[0])
    return payload.hex()


def become(who):
    if who == "self":
        return
    spaces = [os.open(f"/proc/{who[3:]}/ns/{space}", os.O_RDONLY)
              for space in ("user", "net") if who.startswith("at:")]
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if who == "container":
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    for space in spaces:
        os.setns(space)


def as_other(who, work):
    """What the work answers; done in a process of its own, and waited for."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            become(who)
            with open(there, "w", encoding="utf-8") as answer:
                answer.write(work() or "")
            os._exit(0)
        finally:
            os._exit(1)
    os.close(there)
    with open(here, encoding="utf-8") as answer:
        text = answer.read()
    if os.waitpid(child, 0)[1]:
        raise OSError(errno.ECHILD, who + " failed")
    return text


def opened_by(who, message=None):
    """A socket that is somebody's; who may have sent a message through it."""
    here, there = socket.socketpair()

    def work():
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        sock.bind((0, 0))
        if message:
            sock.send(message)
        socket.send_fds(there, [b"."], [sock.fileno()])

    with here, there:
        as_other(who, work)
        return socket.socket(fileno=socket.recv_fds(here, 1, 1)[1][0])


def received(sock):
    """The payloads of an answer; raises what the kernel refused with."""
    payloads = []
    while True:
        data = sock.recv(1 << 16)
        while data:
            length, kind, flags = struct.unpack_from("IHH", data)
            payload, data = data[16:length], data[(length + 3) & ~3:]
            if kind not in (NLMSG_ERROR, NLMSG_DONE):
                payloads.append(payload)
                continue
            code = -struct.unpack_from("i", payload)[0] if payload else 0
            if not code:
                return payloads
            offset, text = 0, ""
            skip = 4 if kind == NLMSG_DONE else 20
            for kind, value in attributes(payload[skip:]) if flags & NLM_F_ACK_TLVS else ():
                if kind == NLMSGERR_ATTR_MSG:
                    text = value.rstrip(b"\0").decode()
                elif kind == NLMSGERR_ATTR_OFFS:
                    offset = struct.unpack("I", value)[0]
            raise OSError(code, f"{offset} {text}")


def request(kind, command, flags, body):
    return struct.pack("IHHIIBBH", 20 + len(body), kind, NLM_F_REQUEST | flags, 1, 0,
                       command, 1, 0) + body


def asked(who, kind, command, flags, body):
    """A socket with an answer to read in it."""
    message = request(kind, command, flags, body)
    opener, other, sender = who.partition(">")
    sock = opened_by(opener, None if other else message)
    if other:
        as_other(sender, lambda: sock.send(message) and None)
    return sock


def family():
    with asked("self", GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK,
               attribute(f"{CTRL_ATTR_FAMILY_NAME}:s:srcguard")) as sock:
        answers = received(sock)
    return struct.unpack("H", dict(attributes(answers[0][4:]))[CTRL_ATTR_FAMILY_ID])[0]


def refusal(error):
    name = {errno.EOPNOTSUPP: "EOPNOTSUPP"}.get(error.errno) or errno.errorcode[error.errno]
    return f"{name} {error.strerror}"


def told(sock):
    """The line that says what was answered."""
    try:
        return " ".join(["ok"] + [",".join(f"{kind}={shown(value)}" for kind, value in
                                           attributes(payload[4:])) for payload in received(sock)])
    except OSError as error:
        return refusal(error)


def answer(who, command, flags, *texts):
    bits = {"-": NLM_F_ACK, "ack": NLM_F_ACK, "dump": NLM_F_DUMP}
    parties, _, reader = who.rpartition(">") if who.count(">") == 2 else (who, "", "")
    with asked(parties, family(), int(command), sum(bits[flag] for flag in flags.split(",")),
               b"".join(attribute(text) for text in texts)) as sock:
        return as_other(reader, lambda: told(sock)) if reader else told(sock)


def main():
    for line in sys.stdin:
        try:
            print(answer(*line.split()), flush=True)
        except OSError as error:
            print(refusal(error), flush=True)


if __name__ == "__main__":
    main()
