#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a packet that passes costs is the same with settings for no device, for one and
# for a thousand, and with as many exemptions as there may be: counted in instructions,
# for both families. It may differ by two percent.
#
# debug: no
# icount: 1
# mem: 768
#
#   host:  pktgen -> veth0 10.1.0.1/24        -> 10.9.0.0/16        -> out 10.3.0.1/24
#                          2001:db8:1::1/64   -> 2001:db8:9::/48    -> 2001:db8:3::1/64
#          and a thousand other devices
#
# The packets come from neighbours of veth0; the emulator's clock counts instructions
# instead of time.
#
. "${0%/*}/lib.sh"
plan 16

amount=5000 many=1000 most=16384
modprobe pktgen
load rp_filter=0
namespace host
quiet6 "$host"
ip -n "$host" link add veth0 type veth peer name veth0p
ip -n "$host" link set veth0p up
ip -n "$host" link add out type dummy
while read -r device address; do
	end "$host" "$device" "$address"
done <<-'EOT'
	veth0 10.1.0.1/24
	veth0 2001:db8:1::1/64
	out 10.3.0.1/24
	out 2001:db8:3::1/64
EOT
ip -n "$host" neigh add 10.3.0.2 lladdr 02:00:00:00:00:02 dev out
ip -n "$host" neigh add 2001:db8:3::2 lladdr 02:00:00:00:00:02 dev out
ip -n "$host" route add 10.9.0.0/16 via 10.3.0.2
ip -n "$host" route add 2001:db8:9::/48 via 2001:db8:3::2
conf "$host" all.rp_filter=0 veth0.rp_filter=0
at "$host" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
# their indexes end like those of the devices that they cost nothing
for ((i = 0; i < many; i++)); do
	echo "link add other$i index $((65536 + i)) type dummy"
done >"$scratch/others"
ip -n "$host" -b "$scratch/others" || exit 1

cost4() {
	packet_cost "$host" veth0 "src_min 10.1.0.2" "src_max 10.1.0.2" "dst_min 10.9.0.1" \
		"dst_max 10.9.0.1"
}
cost6() {
	packet_cost "$host" veth0 "pkt_size 90" "src6 2001:db8:1::2" "dst6 2001:db8:9::1"
}
forwarded() {
	at "$host" cat /sys/class/net/out/statistics/tx_packets
}
measure() { # WHAT: sets ipv4 and ipv6
	local before
	before=$(forwarded)
	ipv4=$(cost4) ipv6=$(cost6)
	say "$1: IPv4 $ipv4, IPv6 $ipv6"
	is "$1: all packets pass" $((before + 6 * amount)) forwarded
}
like_before() { # WHAT
	measure "$1"
	ok "$1: IPv4 costs the same" test $((ipv4 * 100)) -le $((before4 * 102))
	ok "$1: IPv6 costs the same" test $((ipv6 * 100)) -le $((before6 * 102))
}

found() { # NUMBER...: those whose own settings decide, counted
	local i
	for i; do at "$host" srcguard explain 10.1.0.2 dev "other$i" to 10.9.0.1; done |
		grep -c "decided_by device"
}

measure off
off4=$ipv4 off6=$ipv6
at "$host" srcguard set rp_filter strict
measure strict
before4=$ipv4 before6=$ipv6
ok "strict: IPv4 costs more than off" test "$before4" -gt "$off4"
ok "strict: IPv6 costs more than off" test "$before6" -gt "$off6"

at "$host" srcguard dev set other0 rp_filter loose
like_before "settings for one device"
for ((i = 1; i < 20; i++)); do at "$host" srcguard dev set other$i rp_filter loose; done
is "settings that were made one by one are all found" 20 found {0..19}
at "$host" srcguard dev set 'other*' rp_filter loose
ok "there are settings for a thousand" \
	test "$(at "$host" srcguard -j dev show | jq length)" -eq $((many + 1))
is "and found" 4 found 0 20 500 999
like_before "settings for a thousand devices"

for ((i = 0; i < most / 2; i++)); do
	echo "172.$((16 + i / 65536)).$((i / 256 % 256)).$((i % 256))/32"
	printf '2001:db8:f::%x/128\n' $i
done >"$scratch/exempt"
at "$host" srcguard exempt replace "$scratch/exempt"
like_before "$most exemptions"
finish
