#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices on top of others. A packet is judged by the device on top, and what
# carries it (for a tunnel, a packet as well) by the one below.
#
#   peer                                         host
#   top   10.1.0.2/24 . . . . . . . . . . . top    10.1.0.1/24
#   low   10.7.0.2/24 ---------------- low    10.7.0.1/24
#   low2              ---------------- low2   (for the bond)
#                                           other  10.2.0.1/24
#
#   For macvlan and ipvlan the host's low is in a namespace of its own, base, as
#   it is for containers, and the peer has no top.
#
# The bonding driver tells of every change:
# expect-log: ^Ethernet Channel Bonding Driver
# expect-log: ^(top|bond[0-9]+): .*(slave|link|bond|mode|MII|carrier|active|interface|MTU|Warning)
# expect-log: ^(top|bond[0-9]+)( \(unregistering\))?: (\(slave low2?\): |Released all slaves)
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 84

load rp_filter=0

both() { # COMMAND...: in host and peer
	at "$host" "$@" && at "$peer" "$@"
}
below() { # NETNS: low, between NETNS and peer
	link "$1" low 10.7.0.1/24 "$peer" low 10.7.0.2/24
}
contained() { # DEVICE...: a device on base's low, taken away by the host
	below "$base"
	ip -n "$base" link add link low name top "$@" || exit 1
	ip -n "$base" link set top netns "$host"
	ip -n "$peer" addr add 10.1.0.2/24 dev low
	by=low
}
macvlan_up() { contained type macvlan mode bridge; }
ipvlan_l2_up() { contained type ipvlan mode l2; }
ipvlan_l3_up() {
	contained type ipvlan mode l3
	# it does not speak ARP
	ip -n "$peer" neigh replace 10.1.0.1 dev low lladdr "$(mac "$base" low)"
}
vlan_up() {
	below "$host"
	both ip link add link low name top type vlan id 42
}
vlan_in_vlan_up() {
	below "$host"
	both ip link add link low name outer type vlan id 7 protocol 802.1ad
	both ip link set outer up
	both ip link add link outer name top type vlan id 42
}
bond_up() { # MODE...
	local device
	link "$host" low - "$peer" low -
	link "$host" low2 - "$peer" low2 -
	both ip link add top type bond miimon 100 "$@"
	for device in low low2; do
		both ip link set "$device" down
		both ip link set "$device" master top
	done
}
bond_rr_up() { bond_up mode balance-rr; }
bond_backup_up() { bond_up mode active-backup; }
vxlan_up() {
	below "$host"
	ip -n "$host" link add top type vxlan id 42 dstport 4789 dev low local 10.7.0.1 remote 10.7.0.2
	ip -n "$peer" link add top type vxlan id 42 dstport 4789 dev low local 10.7.0.2 remote 10.7.0.1
}

seen_on_top() { # not what carries it
	seen "$host" | grep ^top
}
from() { # SOURCE COUNT
	send "$peer" "$by" "$to" "$2" "IP(src='$1',dst='10.1.0.1')/ICMP(type=0)"
}
wrapped() { # SOURCE COUNT FRAME: in VXLAN 42
	send "$peer" low "$(mac "$host" low)" "$2" \
		"IP(src='$1',dst='10.7.0.1')/UDP(sport=9,dport=4789)/Raw(bytes.fromhex('0800000000002a00'))/$3"
}
frames() { # DEVICE
	at "$host" cat "/sys/class/net/$1/statistics/rx_packets"
}

for kind in macvlan ipvlan_l2 ipvlan_l3 vlan vlan_in_vlan bond_rr bond_backup vxlan; do
	namespace "host_$kind" "peer_$kind" "base_$kind"
	host=host_$kind peer=peer_$kind base=base_$kind
	host=${!host} peer=${!peer} base=${!base}
	by=top
	ip -n "$host" link add other up type dummy
	ip -n "$host" addr add 10.2.0.1/24 dev other
	"${kind}_up"
	end "$host" top 10.1.0.1/24
	[ "$by" = low ] || end "$peer" top 10.1.0.2/24
	watch_routed "$host" "$base"
	to=$(mac "$host" top)
	# what is only being set up may lose packets
	ok "$kind: it works" within 20 at "$peer" ping -q -c 1 -W 1 10.1.0.1

	for judge in kernel srcguard; do
		guard "$host" $judge
		[ "$by" = top ] || guard "$base" $judge
		from 10.1.0.2 10
		from 10.2.0.9 5
		from 10.1.0.1 6
		from 192.0.2.1 7
		is "$judge, $kind: honest packets are seen, and no others" "top 10.1.0.2 10" seen_on_top
		ok "$judge, $kind: a conversation" at "$peer" ping -q -c 3 -i 0.02 -W 9 10.1.0.1
		ok "$judge, $kind: and the other way" at "$host" ping -q -c 3 -i 0.02 -W 9 10.1.0.2
		[ $judge = srcguard ] || continue
		is "$judge, $kind: spoofs are counted for the device on top" "top ipv4 no_route dropped 7
top ipv4 own_address dropped 6
top ipv4 wrong_device dropped 5" counted_all "$host"
		explains "$host" "$judge, $kind: explain agrees" <<-'EOT'
			accept 10.1.0.2 dev top to 10.1.0.1
			drop:wrong_device 10.2.0.9 dev top to 10.1.0.1
			drop:own_address 10.1.0.1 dev top to 10.1.0.1
			drop:no_route 192.0.2.1 dev top to 10.1.0.1
		EOT
		[ "$by" = top ] || is "$judge, $kind: it is not base that judges" "" counted_all "$base"
	done

	case $kind in
	bond_rr)
		for leg in low low2; do
			ok "$kind: packets came by $leg" test "$(frames $leg)" -gt 10
		done
		;;
	bond_backup)
		ip -n "$peer" link set low down
		ok "$kind: a conversation when a leg has failed" \
			within 20 at "$peer" ping -q -c 1 -W 1 10.1.0.1
		;;
	vxlan)
		inside="Ether(dst='$to',src='$(mac "$peer" top)')/IP(src='10.1.0.2',dst='10.1.0.1')/ICMP(type=0)"
		for judge in kernel srcguard; do
			guard "$host" $judge
			wrapped 10.7.0.2 5 "$inside"
			is "$judge, $kind: what an honest packet carries" \
				"top 10.1.0.2 5" seen_on_top
			wrapped 10.2.0.9 6 "$inside"
			is "$judge, $kind: what a spoofed one carries is not seen" \
				"top 10.1.0.2 5" seen_on_top
		done
		is "$kind: it is counted for the device below" "low ipv4 wrong_device dropped 6" \
			counted_all "$host"
		explains "$host" "$kind: explain agrees on the device below" <<-'EOT'
			accept 10.7.0.2 dev low to 10.7.0.1
			drop:wrong_device 10.2.0.9 dev low to 10.7.0.1
		EOT
		;;
	esac
	ip -n "$host" link del top
done
finish
