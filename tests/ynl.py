#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Speaks generic netlink by a YNL specification, of which this is an independent
reader: it knows of the family what the file says, and nothing else.

    ynl.py FILE.yaml

A request a line on standard input, an answer a line on standard output, in JSON:

    {"op": NAME, "attrs": {NAME: VALUE}}
        {"replies": [{NAME: VALUE}]}
        {"error": ERRNO, "text": TEXT, "attr": NAME, "missing": NAME}
                                the kernel refused; the names, as far as it told them
        {"untrue": TEXT}        the specification does not list what the request has,
                                and nothing was sent, or what the answer has
    {"listen": GROUP}           {"listening": GROUP}, or an error
    {"hear": SECONDS}           {"event": NAME, "attrs": {NAME: VALUE}}, the next one of the
                                groups, or {"silence": SECONDS}
    {"ops": true}               {"ops": [NAME]}, without notifications
    {"checks": NAME}            {"checks": [{"attr": NAME, "check": NAME, "value": N}]}
                                the limits of an operation's request

VALUE is a number, or a name where there is an enum (a number is sent as it is), a
string, hexadecimal digits for binary, true for a flag, an object for a nest, and a
list of these for an attribute that may come several times. The attribute b in the
nest a is called "a.b". Values beyond the specification's checks are sent: it is for
the kernel to refuse them.
"""
import errno
import json
import select
import socket
import struct
import sys

import yaml

NETLINK_GENERIC = 16
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP_INTR, NLM_F_DUMP = 1, 4, 0x10, 0x300
NLM_F_ACK_TLVS = 0x200
NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS = 1, 2
NLMSGERR_ATTR_MISS_TYPE, NLMSGERR_ATTR_MISS_NEST = 5, 6
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
CTRL_ATTR_MCAST_GRP_NAME, CTRL_ATTR_MCAST_GRP_ID = 1, 2
NETLINK_ADD_MEMBERSHIP = 1
NLA_F_NESTED, NLA_TYPE_MASK = 0x8000, 0x3fff
HEADERS = 20  # of netlink and generic netlink, before the attributes

INTEGERS = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q", "s32": "=i"}


class Untrue(Exception):
    """What the specification does not know, or knows otherwise."""


class Refused(Exception):
    """What the kernel answered instead."""


def numbered(entries, start):
    """The entries, each after the one before unless it says another number."""
    number = start - 1
    for entry in entries:
        entry = {"name": entry} if isinstance(entry, str) else entry
        number = entry.get("value", number + 1)
        yield number, entry


def attributes(data):
    while data:
        if len(data) < 4:
            raise Untrue("bytes are left over after the attributes")
        length, kind = struct.unpack_from("=HH", data)
        if not 4 <= length <= len(data):
            raise Untrue(f"attribute {kind} has the length {length}")
        yield kind & NLA_TYPE_MASK, data[4:length]
        data = data[(length + 3) & ~3:]


def packed(kind, payload):
    whole = struct.pack("=HH", 4 + len(payload), kind) + payload
    return whole + bytes(-len(whole) % 4)


class Spec:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            spec = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.family, self.version = spec["name"], spec.get("version", 1)
        self.enums = {}
        for definition in spec["definitions"]:
            if definition["type"] == "enum":
                entries = numbered(definition["entries"], definition.get("value-start", 0))
                self.enums[definition["name"]] = {n: entry["name"] for n, entry in entries}
        self.sets = {}
        for group in spec["attribute-sets"]:
            self.sets[group["name"]] = {n: attr for n, attr in numbered(group["attributes"], 1)}
        self.groups = [group["name"] for group in spec.get("mcast-groups", {}).get("list", [])]
        self.operations = {}
        for number, operation in numbered(spec["operations"]["list"], 1):
            operation["number"] = number
            self.operations[operation["name"]] = operation

    def operation(self, name):
        if name not in self.operations:
            raise Untrue(f"there is no operation {name}")
        return self.operations[name]

    def attribute(self, group, name):
        for number, attr in self.sets[group].items():
            if attr["name"] == name:
                return number, attr
        raise Untrue(f"{group} has no attribute {name}")

    # What is sent. Places are where attributes begin, to tell which one is at fault.

    def payload(self, attr, value, place, path, places):
        kind = attr["type"]
        if kind in INTEGERS:
            if isinstance(value, str):
                names = {name: n for n, name in self.enums[attr["enum"]].items()} \
                    if "enum" in attr else {}
                if value not in names:
                    raise Untrue(f"{path} has no value {value}")
                value = names[value]
            return struct.pack(INTEGERS[kind], value)
        if kind == "string":
            return value.encode() + b"\0"
        if kind == "binary":
            return bytes.fromhex(value)
        if kind == "flag":
            return b""
        if kind == "nest":
            return self.body(attr["nested-attributes"], value, None, place, path + ".", places)
        raise Untrue(f"{path} has the type {kind}")

    def body(self, group, attrs, listed, place, before, places):
        data = b""
        for name, value in attrs.items():
            if listed is not None and name not in listed:
                raise Untrue(f"{before}{name} is not listed for the request")
            number, attr = self.attribute(group, name)
            several = attr.get("multi-attr") and isinstance(value, list)
            for one in value if several else [value]:
                here = place + len(data)
                places[here] = (group, before + name)
                payload = self.payload(attr, one, here + 4, before + name, places)
                data += packed(number | NLA_F_NESTED * (attr["type"] == "nest"), payload)
        return data

    # What is answered.

    def value(self, attr, data, path):
        kind = attr["type"]
        if kind in INTEGERS:
            if len(data) != struct.calcsize(INTEGERS[kind]):
                raise Untrue(f"{path} is no {kind}: it has {len(data)} bytes")
            number = struct.unpack(INTEGERS[kind], data)[0]
            if "enum" not in attr:
                return number
            if number not in self.enums[attr["enum"]]:
                raise Untrue(f"{path} has the value {number}, which {attr['enum']} has not")
            return self.enums[attr["enum"]][number]
        if kind == "string":
            if not data.endswith(b"\0") or b"\0" in data[:-1]:
                raise Untrue(f"{path} is no string: {data.hex()}")
            return data[:-1].decode()
        if kind == "binary":
            return data.hex()
        if kind == "flag":
            if data:
                raise Untrue(f"{path} is a flag with {len(data)} bytes")
            return True
        if kind == "nest":
            return self.values(attr["nested-attributes"], data, None, path + ".")
        raise Untrue(f"{path} has the type {kind}")

    def values(self, group, data, listed, before):
        values = {}
        for number, payload in attributes(data):
            attr = self.sets[group].get(number)
            if not attr:
                raise Untrue(f"{group} has no attribute {number}, but the answer")
            name = attr["name"]
            if attr["type"] == "pad":
                continue
            if listed is not None and name not in listed:
                raise Untrue(f"{before}{name} is not listed for the reply")
            value = self.value(attr, payload, before + name)
            if attr.get("multi-attr"):
                values.setdefault(name, []).append(value)
            elif name in values:
                raise Untrue(f"{before}{name} comes twice")
            else:
                values[name] = value
        return values

    def checks(self, group, names, before=""):
        for name in names:
            attr = self.attribute(group, name)[1]
            for check, value in attr.get("checks", {}).items():
                yield {"attr": before + name, "check": check, "value": value}
            if attr["type"] == "nest":
                inner = attr["nested-attributes"]
                yield from self.checks(inner, [a["name"] for a in self.sets[inner].values()
                                               if a["type"] != "nest"], f"{before}{name}.")


class Family:
    def __init__(self, spec):
        self.spec = spec
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.bind((0, 0))
        self.number = 0
        name = packed(CTRL_ATTR_FAMILY_NAME, spec.family.encode() + b"\0")
        answer = self.exchange(GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY, name)[0]
        family = dict(attributes(answer[4:]))
        self.id = struct.unpack("=H", family[CTRL_ATTR_FAMILY_ID])[0]
        self.groups = {}
        for _, group in attributes(family.get(CTRL_ATTR_MCAST_GROUPS, b"")):
            group = dict(attributes(group))
            self.groups[group[CTRL_ATTR_MCAST_GRP_NAME].rstrip(b"\0").decode()] = \
                struct.unpack("=I", group[CTRL_ATTR_MCAST_GRP_ID])[0]
        if sorted(self.groups) != sorted(spec.groups):
            raise Untrue(f"the family has the groups {', '.join(self.groups)}")
        self.listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.listener.bind((0, 0))

    def exchange(self, kind, flags, command, body):
        """The payloads of the answers."""
        self.number += 1
        self.sock.send(struct.pack("=IHHIIBBH", HEADERS + len(body), kind,
                                   NLM_F_REQUEST | flags, self.number, 0, command,
                                   self.spec.version, 0) + body)
        payloads, interrupted = [], 0
        while True:
            data = self.sock.recv(1 << 17)
            while data:
                length, kind, flags = struct.unpack_from("=IHH", data)
                payload, data = data[16:length], data[(length + 3) & ~3:]
                interrupted |= flags & NLM_F_DUMP_INTR
                if kind not in (NLMSG_ERROR, NLMSG_DONE):
                    payloads.append(payload)
                    continue
                code = -struct.unpack_from("=i", payload)[0] or interrupted and errno.EINTR
                if code:
                    told = payload[4 if kind == NLMSG_DONE else 20:]
                    raise Refused(code, dict(attributes(told)) if flags & NLM_F_ACK_TLVS else {})
                return payloads

    def refusal(self, code, told, group, places):
        answer = {"error": errno.errorcode[code]}
        if NLMSGERR_ATTR_MSG in told:
            answer["text"] = told[NLMSGERR_ATTR_MSG].rstrip(b"\0").decode()
        if NLMSGERR_ATTR_OFFS in told:
            place = struct.unpack("=I", told[NLMSGERR_ATTR_OFFS])[0]
            answer["attr"] = places.get(place, ("", f"offset {place}"))[1]
        if NLMSGERR_ATTR_MISS_TYPE in told:
            before = ""
            if NLMSGERR_ATTR_MISS_NEST in told:
                place = struct.unpack("=I", told[NLMSGERR_ATTR_MISS_NEST])[0]
                outer, path = places[place]
                nest = self.spec.attribute(outer, path.rpartition(".")[2])[1]
                group, before = nest["nested-attributes"], path + "."
            number = struct.unpack("=I", told[NLMSGERR_ATTR_MISS_TYPE])[0]
            answer["missing"] = before + self.spec.sets[group].get(number, {"name": number})["name"]
        return answer

    def ask(self, name, attrs):
        operation = self.spec.operation(name)
        group = operation["attribute-set"]
        how = "dump" if "dump" in operation else "do"
        listed = operation[how].get("request", {}).get("attributes", [])
        places = {}
        body = self.spec.body(group, attrs, listed, HEADERS, "", places)
        try:
            answers = self.exchange(self.id, NLM_F_DUMP if how == "dump" else NLM_F_ACK,
                                    operation["number"], body)
        except Refused as refused:
            return self.refusal(*refused.args, group, places)
        reply = operation[how].get("reply")
        if how == "do" and len(answers) != (reply is not None):
            raise Untrue(f"there are {len(answers)} answers")
        for answer in answers:
            if answer[0] != operation["number"]:
                raise Untrue(f"the answer is to the command {answer[0]}")
        return {"replies": [self.spec.values(group, answer[4:], reply["attributes"], "")
                            for answer in answers]}


    def listen(self, group):
        try:
            self.listener.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])
        except OSError as error:
            return {"error": errno.errorcode[error.errno]}
        return {"listening": group}

    def hear(self, seconds):
        if not select.select([self.listener], [], [], seconds)[0]:
            return {"silence": seconds}
        payload = self.listener.recv(1 << 17)[16:]
        for name, operation in self.spec.operations.items():
            if operation["number"] == payload[0] and "event" in operation:
                listed = operation["event"]["attributes"]
                return {"event": name, "attrs": self.spec.values(
                    operation["attribute-set"], payload[4:], listed, "")}
        raise Untrue(f"there is no event {payload[0]}")


def main():
    spec = Spec(sys.argv[1])
    family = Family(spec)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "ops" in request:
                answer = {"ops": [name for name, operation in spec.operations.items()
                                  if "event" not in operation]}
            elif "listen" in request:
                answer = family.listen(request["listen"])
            elif "hear" in request:
                answer = family.hear(request["hear"])
            elif "checks" in request:
                operation = spec.operation(request["checks"])
                listed = operation.get("do", operation.get("dump"))["request"]["attributes"]
                answer = {"checks": list(spec.checks(operation["attribute-set"], listed))}
            else:
                answer = family.ask(request["op"], request.get("attrs", {}))
        except Untrue as untrue:
            answer = {"untrue": str(untrue)}
        print(json.dumps(answer, separators=(",", ":")), flush=True)


main()
