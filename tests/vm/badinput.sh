#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is out of range, malformed or not allowed is refused, by name, and changes
# nothing; what is refused for want of a capability is refused on every way in.
#
# No packets here, and no topology.
#
# debug: short
# expect-log: ^netlink: 'python3': attribute type [0-9]+ has an invalid length\.$
# expect-log: ^netlink: [0-9]+ bytes leftover after parsing attributes in process `python3'\.$
#
. "${0%/*}/lib.sh"
plan 87

# From include/uapi/linux/srcguard.h
POLICY_GET=1 POLICY_SET=2 STATS_GET=3
RP_FILTER=1 ENFORCE=2
# where the first attribute of a message is, and a second one after a u32
FIRST=20 SECOND=28
OUT_OF_RANGE="integer out of range"
NEEDED="CAP_NET_ADMIN over the network namespace is needed"

service genl python3 genl.py
genl() { # a request to genl.py
	call genl "$@"
}
first() { # the first word of what a command prints
	local words
	words=$("$@")
	echo "${words%% *}"
}
knobs() {
	echo "$(</proc/sys/net/srcguard/rp_filter) $(</proc/sys/net/srcguard/enforce)"
}
put() { # KNOB TEXT
	printf '%b' "$2" >"/proc/sys/net/srcguard/$1"
}
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
powerless_root() {
	setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$@"
}

# Without the module
for command in show stats "set rp_filter off"; do
	# shellcheck disable=SC2086 # a command line
	fails "srcguard $command without the module: 3" 3 srcguard $command
	# shellcheck disable=SC2086
	refused "and how to load it" "load it with: modprobe srcguard" srcguard $command
done
fails "the same for somebody without privileges" 3 nobody srcguard show
ok "nobody has loaded it by asking" test ! -e /sys/module/srcguard
is "it has no alias that could be asked for" "" modinfo -F alias srcguard

# Somebody without privileges joins all groups that are nobody's yet, and listens.
mkfifo "$scratch/joined"
nobody python3 - 3>"$scratch/joined" <<'EOT' >"$scratch/heard" &
import os, select, socket
sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
sock.bind((0, 0))
joined = 0
for group in range(2, 64):
    try:
        sock.setsockopt(270, 1, group)
        joined += 1
    except PermissionError:
        pass
os.write(3, b"%d\n" % joined)
os.close(3)
while select.select([sock], [], [], 20)[0]:
    message = sock.recv(1 << 16)
    if message[4] != 16:    # that there is a family, anybody may hear
        print(len(message), "bytes", flush=True)
EOT
listener=$!
read -r joined <"$scratch/joined"
ok "somebody without privileges listens to $joined groups" test "$joined" -ge 30

load
srcguard set rp_filter loose enforce 0
srcguard set rp_filter strict && srcguard set rp_filter loose
ok "and is still there" kill -0 $listener
is "but hears no event" "" cat "$scratch/heard"
kill $listener

# Sysctls. A newline alone is as empty as a write can be.
for text in 4 -1 4294967297 99999999999999999999 -99999999999999999999 junk 1.5 1x 0x4 \
	'\n' ' '; do
	refused "rp_filter does not take \"$text\"" "Invalid argument" put rp_filter "$text"
done
for text in 2 -1 4294967296 on; do
	refused "enforce does not take \"$text\"" "Invalid argument" put enforce "$text"
done
is "nothing of it changed anything" "2 0" knobs
ok "a sysctl takes what it may take" put rp_filter 1
is "and only that changed" "1 0" knobs
srcguard set rp_filter loose

# Netlink
is "the knobs, each in four bytes" "ok $RP_FILTER=2,$ENFORCE=0,3=1,4=0,5=0,6=60,7=1000,8=0,9=0" genl self $POLICY_GET -
is "counters, none" ok genl self $STATS_GET dump
is "rp_filter out of range, and where" "ERANGE $FIRST $OUT_OF_RANGE" \
	genl self $POLICY_SET - $RP_FILTER:u32:4
is "the largest number there is" "ERANGE $FIRST $OUT_OF_RANGE" \
	genl self $POLICY_SET - $RP_FILTER:u32:0xffffffff
is "enforce out of range" "ERANGE $FIRST $OUT_OF_RANGE" \
	genl self $POLICY_SET - $ENFORCE:u32:2
is "one that is good and one that is not" "ERANGE $SECOND $OUT_OF_RANGE" \
	genl self $POLICY_SET - $RP_FILTER:u32:0 $ENFORCE:u32:2
is "the other way round" "ERANGE $FIRST $OUT_OF_RANGE" \
	genl self $POLICY_SET - $ENFORCE:u32:2 $RP_FILTER:u32:0
is "no knob named" "EINVAL 0 No knob is named" genl self $POLICY_SET -
unknown="EINVAL $SECOND Unknown attribute type"
is "an unknown attribute" "$unknown" genl self $POLICY_SET - $RP_FILTER:u32:0 10:u32:1
is "a very unknown one" "$unknown" genl self $POLICY_SET - $RP_FILTER:u32:0 0x3fff:u32:1
for attr in $RP_FILTER:u8:1 $RP_FILTER:u16:1 $RP_FILTER:u64:1 $RP_FILTER:hex: \
	$RP_FILTER:hex:0000000000 $RP_FILTER:s:strict; do
	is "of a wrong size: $attr" "EINVAL" first genl self $POLICY_SET - "$attr"
done
is "attribute 0" EINVAL first genl self $POLICY_SET - 0:u32:1
is "flagged as nested" EINVAL first genl self $POLICY_SET - 0x8001:u32:1
is "longer than the message" EINVAL first genl self $POLICY_SET - raw:0c00010001000000
is "shorter than its own header" EINVAL first genl self $POLICY_SET - raw:0300010001000000
is "bytes left over" EINVAL first genl self $POLICY_SET - $RP_FILTER:u32:1 raw:01
is "attributes of a request that has none" EINVAL first genl self $POLICY_GET - 1:u32:1
is "also unknown ones" EINVAL first genl self $POLICY_GET - 2:u32:1
is "also of a dump" EINVAL first genl self $STATS_GET dump 1:u32:1
is "an unknown command" EOPNOTSUPP first genl self 99 -
is "command 0" EOPNOTSUPP first genl self 0 -
is "a dump of what is no list" EOPNOTSUPP first genl self $POLICY_GET dump
is "one of what is a list" EOPNOTSUPP first genl self $STATS_GET -
is "nothing of it changed anything" "2 0" knobs
is "the same knob twice: the last counts" ok \
	genl self $POLICY_SET - $RP_FILTER:u32:0 $RP_FILTER:u32:1
is "and only that changed" "1 0" knobs
is "all knobs at once" ok genl self $POLICY_SET - $ENFORCE:u32:1 $RP_FILTER:u32:2
is "both changed" "2 1" knobs

# The tool says it in words
refused "the tool names the knob at fault" "rp_filter: $OUT_OF_RANGE" srcguard set rp_filter 4
fails "and exits with 1" 1 srcguard set rp_filter off enforce 7
refused "of two, that which is" "enforce: $OUT_OF_RANGE" srcguard set rp_filter off enforce 7
is "nothing of it changed anything" "2 1" knobs

# Without the capability
may_not() { # WHO
	is "$1 may not, by netlink" "EPERM 0 $NEEDED" genl "$1" $POLICY_SET - $RP_FILTER:u32:0
}
may_not nobody
may_not "nobody>self"
may_not "self>nobody"
may_not "self>container"
may_not "container>container"
is "a container may, in its own namespace" ok genl container $POLICY_SET - $RP_FILTER:u32:0
is "and root may there, by its socket" ok genl "container>self" $POLICY_SET - $RP_FILTER:u32:0
is "the container's root has no say here" "EPERM 0 $NEEDED" \
	nobody unshare -U -r python3 genl.py <<<"self $POLICY_SET - $RP_FILTER:u32:0"
refused "the tool says what is missing" "$NEEDED" nobody srcguard set rp_filter off
fails "and exits with 1" 1 powerless_root srcguard set rp_filter off
refused "a user without privileges may not, by sysctl" "Permission denied" \
	nobody bash -c 'echo 0 >/proc/sys/net/srcguard/rp_filter'
refused "nor by a sysctl that was opened for it" "Operation not permitted" \
	nobody bash -c 'echo 0 >&3' 3>/proc/sys/net/srcguard/rp_filter
refused "nor may root without the capability" "Operation not permitted" \
	powerless_root bash -c 'echo 0 >/proc/sys/net/srcguard/enforce'
refused "nor a container's root, here" "Permission denied" \
	nobody unshare -U -r bash -c 'echo 0 >/proc/sys/net/srcguard/enforce'
is "nothing of it changed anything" "2 1" knobs

# Reading needs none
is "nobody may read the knobs" "ok $RP_FILTER=2,$ENFORCE=1,3=1,4=0,5=0,6=60,7=1000,8=0,9=0" genl nobody $POLICY_GET -
is "nobody may read the counters" ok genl nobody $STATS_GET dump
is "nobody may read the sysctls" 21 \
	nobody bash -c 'echo "$(</proc/sys/net/srcguard/rp_filter)$(</proc/sys/net/srcguard/enforce)"'
ok "nobody may use the tool" nobody srcguard stats

is "the module holds nothing back" "" rmmod srcguard
finish
