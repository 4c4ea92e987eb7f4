#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# With nothing to guard there is no hook. Proven twice: by the kernel's own list
# of hooks, where it has one (6.12 and later), and by counting the instructions
# that a forwarded packet costs, which are those of a kernel without the module.
# A hook in any namespace makes the kernel look for hooks in all of them (its key
# nf_hooks_needed): what that costs is netfilter's, and shown.
#
# files: tests/hooklist.sh
# debug: no
# icount: 1
#
#   host:  pktgen -> veth0 10.1.0.1/24 -> route 10.9.0.0/16 -> dummy0 10.3.0.1/24
#
# The packets come from 10.1.0.2, a neighbour of veth0, and the emulator's clock
# counts instructions instead of time.
#
. "${0%/*}/lib.sh"
. "${0%/*}/hooklist.sh"

modprobe pktgen
plan $((20 + ${listing:-0} * 5))

namespace host
ip -n "$host" link add veth0 type veth peer name veth0p
ip -n "$host" link set veth0p up
end "$host" veth0 10.1.0.1/24
ip -n "$host" link add dummy0 type dummy
end "$host" dummy0 10.3.0.1/24
ip -n "$host" neigh add 10.3.0.2 lladdr 02:00:00:00:00:02 dev dummy0
ip -n "$host" route add 10.9.0.0/16 via 10.3.0.2
conf "$host" all.rp_filter=0 veth0.rp_filter=0 all.log_martians=0
at "$host" sysctl -qw net.ipv4.ip_forward=1
# timers of other protocols would run in between
at "$host" sysctl -qw net.ipv6.conf.all.disable_ipv6=1

amount=10000
forwarded() {
	at "$host" cat /sys/class/net/dummy0/statistics/tx_packets
}
cost() { # instructions a packet
	packet_cost "$host" veth0 "src_min 10.1.0.2" "src_max 10.1.0.2" "dst_min 10.9.0.1" \
		"dst_max 10.9.0.1"
}
same() { # within a quarter of a percent, in either direction
	local difference=$(($1 - $2))
	[ $((${difference#-} * 400)) -le "$2" ]
}

cost >/dev/null
count=$(forwarded)
without=$(cost)
say "without the module: $without"
is "every packet is forwarded" $((count + 3 * amount)) forwarded
ok "and takes a plausible number of instructions" test "$without" -gt 2000
ok "the same again, measured again" same "$(cost)" "$without"

load rp_filter=0
ok "loaded off: a packet costs what it costs without the module" same "$(cost)" "$without"
ok "strict" at "$host" srcguard set rp_filter strict
lists_hooks "strict: a hook for each family" 2 "$host"
count=$(forwarded)
on=$(cost)
say "strict: $on"
ok "strict: a packet costs more" test "$on" -gt $((without + without / 100))
is "strict: every packet is forwarded" $((count + 3 * amount)) forwarded

ok "off" at "$host" srcguard set rp_filter off
off=$(cost)
say "off: $off"
ok "off: a packet costs what it costs without the module" same "$off" "$without"
lists_hooks "off: no hook" 0 "$host"

ok "strict in the initial namespace only" srcguard set rp_filter strict
lists_hooks "there is a hook for each family there" 2 -
lists_hooks "and still none here" 0 "$host"
elsewhere=$(cost)
say "strict elsewhere: $elsewhere"
ok "strict elsewhere: a packet costs netfilter's look at an empty list" \
	test "$elsewhere" -le $((without + without / 100))
ok "off there, too" srcguard set rp_filter off

ok "loose, audited" at "$host" srcguard set rp_filter loose enforce 0
ok "loose: a packet costs more" test "$(cost)" -gt $((without + without / 100))
lists_hooks "loose: a hook for each family" 2 "$host"
ok "off again, by sysctl" at "$host" sysctl -qw net.srcguard.rp_filter=0
off=$(cost)
say "off again: $off"
ok "off again: a packet costs what it costs without the module" same "$off" "$without"
ok "off: enforce changes nothing of that" at "$host" srcguard set enforce 1

at "$host" srcguard set rp_filter strict
rmmod srcguard
ok "without the module again, gone while it was on: the same cost" same "$(cost)" "$without"
ok "the module comes back, off" modprobe srcguard rp_filter=0
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
