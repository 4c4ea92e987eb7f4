#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices on top of others, with IPv6. A packet is judged by the device on top, and
# what carries it (for a tunnel, a packet as well) by the one below. What a bridge
# only passes on is nobody's business, even if br_netfilter shows it.
#
#   peer                                              host
#   top   2001:db8:1::2/64 . . . . . . . . . . top    2001:db8:1::1/64
#   low   2001:db8:7::2/64 --------------- low    2001:db8:7::1/64
#   low2                   --------------- low2   (for the bond, and the bridge)
#                                              other  2001:db8:2::1/64
#
#   For macvlan and ipvlan the host's low is in a namespace of its own, base, as it
#   is for containers, and the peer has no top. For a bridge, the peer's low2 is in
#   the namespace vm.
#
# The bonding driver tells of every change, bridges of ports that go:
# expect-log: ^Ethernet Channel Bonding Driver
# expect-log: ^(top|bond[0-9]+): .*(slave|link|bond|mode|MII|carrier|active|interface|MTU|Warning)
# expect-log: ^(top|bond[0-9]+)( \(unregistering\))?: (\(slave low2?\): |Released all slaves)
# expect-log: ^low2? \(unregistering\): left (allmulticast|promiscuous) mode$
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
kinds=(macvlan ipvlan vlan bond vxlan bridge)
plan $((${#kinds[@]} * 6 + 2 + 4 + 10))

load rp_filter=0
both() { # COMMAND...: in host and peer
	at "$host" "$@" && at "$peer" "$@"
}
below() { # NETNS: low, between NETNS and peer
	link "$1" low 2001:db8:7::1/64 "$peer" low 2001:db8:7::2/64
}
contained() { # DEVICE...: a device on base's low, taken away by the host
	below "$base"
	ip -n "$base" link add link low name top "$@" || exit 1
	ip -n "$base" link set top netns "$host"
	ip -n "$peer" addr add 2001:db8:1::2/64 dev low
	by=low
}
macvlan_up() { contained type macvlan mode bridge; }
ipvlan_up() { contained type ipvlan mode l2; }
vlan_up() {
	below "$host"
	both ip link add link low name top type vlan id 42
}
bond_up() {
	local device
	link "$host" low - "$peer" low -
	link "$host" low2 - "$peer" low2 -
	both ip link add top type bond miimon 100 mode balance-rr
	for device in low low2; do
		both ip link set "$device" down
		both ip link set "$device" master top
	done
}
vxlan_up() {
	local end=(type vxlan id 42 dstport 4789 dev low udp6zerocsumrx)
	below "$host"
	ip -n "$host" link add top "${end[@]}" local 2001:db8:7::1 remote 2001:db8:7::2
	ip -n "$peer" link add top "${end[@]}" local 2001:db8:7::2 remote 2001:db8:7::1
}
bridge_up() {
	local port
	link "$host" low - "$peer" low -
	link "$host" low2 - "$base" low2 2001:db8:1::3/64
	ip -n "$host" link add top type bridge mcast_snooping 0
	for port in low low2; do ip -n "$host" link set "$port" master top; done
	ip -n "$peer" addr add 2001:db8:1::2/64 dev low
	by=low
}

on_top() { # not what carries it
	seen "$host" ip6 | grep '^top 2001'
}
from() { # SOURCE COUNT [MAC [DESTINATION]]
	send "$peer" "$by" "${3-$to}" "$2" "IPv6(src='$1',dst='${4-2001:db8:1::1}')/ICMPv6EchoReply()"
}
vxlan="Raw(bytes.fromhex('0800000000002a00'))"
wrapped() { # SOURCE COUNT FRAME: in VXLAN 42
	send "$peer" low "$(mac "$host" low)" "$2" \
		"IPv6(src='$1',dst='2001:db8:7::1')/UDP(sport=9,dport=4789)/$vxlan/$3"
}
frames() { # DEVICE
	at "$host" cat "/sys/class/net/$1/statistics/rx_packets"
}
bridged() { # SOURCE...: how many of each came to the other port
	local source
	for source; do passed "$base" "$source"; done | paste -sd ' '
}
pings() { # NETNS ADDRESS
	at "$1" ping -q -c 3 -i 0.02 -W 9 "$2"
}

for kind in "${kinds[@]}"; do
	namespace "host_$kind" "peer_$kind" "base_$kind"
	host=host_$kind peer=peer_$kind base=base_$kind
	host=${!host} peer=${!peer} base=${!base}
	quiet6 "$host" "$peer" "$base"
	by=top
	ip -n "$host" link add other up type dummy
	ip -n "$host" addr add 2001:db8:2::1/64 dev other
	"${kind}_up"
	end "$host" top 2001:db8:1::1/64
	[ "$by" = low ] || end "$peer" top 2001:db8:1::2/64
	watch_routed6 "$host"
	to=$(mac "$host" top)
	# what is only being set up may lose packets
	within 30 at "$peer" ping -q -c 1 -W 1 2001:db8:1::1

	guard6 "$host"
	guard6 "$base"
	from 2001:db8:1::2 10
	from 2001:db8:2::9 5
	from 2001:db8:1::1 6
	from 2001:db8:ffff::1 7
	is "$kind: honest packets are seen, and no others" "top 2001:db8:1::2 10" on_top
	ok "$kind: a conversation" pings "$peer" 2001:db8:1::1
	ok "$kind: and the other way" pings "$host" 2001:db8:1::2
	is "$kind: spoofs are counted for the device on top" "top ipv6 no_route dropped 7
top ipv6 own_address dropped 6
top ipv6 wrong_device dropped 5" counted_all "$host"
	explains "$host" "$kind: explain agrees" <<-'EOT'
		accept 2001:db8:1::2 dev top to 2001:db8:1::1
		drop:wrong_device 2001:db8:2::9 dev top to 2001:db8:1::1
		drop:own_address 2001:db8:1::1 dev top to 2001:db8:1::1
		drop:no_route 2001:db8:ffff::1 dev top to 2001:db8:1::1
	EOT
	is "$kind: it is not base that judges" "" counted_all "$base"

	case $kind in
	bond)
		for leg in low low2; do
			ok "$kind: packets came by $leg" test "$(frames $leg)" -gt 5
		done
		;;
	vxlan)
		inside="Ether(dst='$to',src='$(mac "$peer" top)')"
		inside+="/IPv6(src='2001:db8:1::2',dst='2001:db8:1::1')/ICMPv6EchoReply()"
		guard6 "$host"
		wrapped 2001:db8:7::2 5 "$inside"
		is "$kind: what an honest packet carries" "top 2001:db8:1::2 5" on_top
		wrapped 2001:db8:2::9 6 "$inside"
		is "$kind: what a spoofed one carries is not seen" "top 2001:db8:1::2 5" on_top
		is "$kind: it is counted for the device below" "low ipv6 wrong_device dropped 6" \
			counted_all "$host"
		explains "$host" "$kind: explain agrees on the device below" <<-'EOT'
			accept 2001:db8:7::2 dev low to 2001:db8:7::1
			drop:wrong_device 2001:db8:2::9 dev low to 2001:db8:7::1
		EOT
		;;
	bridge)
		watch "$base"
		modprobe br_netfilter
		# which has bridged frames pass there as well
		at "$host" nft insert rule ip6 watch forward oifname top accept
		for filtered in 0 1; do
			at "$host" sysctl -qw net.bridge.bridge-nf-call-ip6tables=$filtered
			guard6 "$host"
			at "$base" srcguard set rp_filter off
			unwatch "$base"
			# by the bridge to its other port, and to the host, to itself and with all
			from 2001:db8:2::9 3 "$(mac "$base" low2)" 2001:db8:1::3
			from 2001:db8:1::1 4 "$(mac "$base" low2)" 2001:db8:1::3
			is "bridge, $filtered: what it only passes on is not judged" "3 4" \
				bridged 2001:db8:2::9 2001:db8:1::1
			from 2001:db8:1::2 5
			from 2001:db8:2::9 6
			from 2001:db8:2::9 7 "$(mac "$host" low)"
			from 2001:db8:2::9 8 33:33:00:00:00:01 ff02::1
			is "bridge, $filtered: what is for the host is" "top 2001:db8:1::2 5" on_top
			is "bridge, $filtered: and counted" "top ipv6 wrong_device dropped 21" \
				counted_all "$host"
			explains "$host" "bridge, $filtered: explain agrees" <<-'EOT'
				accept 2001:db8:1::2 dev top to 2001:db8:1::1
				drop:wrong_device 2001:db8:2::9 dev top to 2001:db8:1::1
				drop:wrong_device 2001:db8:2::9 dev top to ff02::1
			EOT
			ok "bridge, $filtered: two ports talk" pings "$peer" 2001:db8:1::3
		done
		;;
	esac
	ip -n "$host" link del top
done
finish
