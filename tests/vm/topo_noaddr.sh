#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A device without an address, as in networks that give each guest a route of its
# own and answer ARP on behalf of everybody (proxy ARP). The kernel's loose mode
# is strict there.
#
#   guest                                                     host
#   eth0 10.1.0.2/32 ---------------------------- tap  (no address)
#   default via 169.254.1.1 (nobody's)            10.1.0.2/32 by tap, proxy_arp
#   wan
#   eth0 10.2.0.2/24 ---------------------------- wan  10.2.0.1/24
#                                                 lo   10.0.0.1/32
#
# debug: short
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 46

load rp_filter=0
namespace host guest wan
link "$host" tap - "$guest" eth0 10.1.0.2/32
link "$host" wan 10.2.0.1/24 "$wan" eth0 10.2.0.2/24
ip -n "$host" addr add 10.0.0.1/32 dev lo
ip -n "$host" route add 10.1.0.2 dev tap
# nobody's, but ARP is answered only for what has a route
ip -n "$host" route add 169.254.1.1 dev wan
ip -n "$guest" route add default via 169.254.1.1 dev eth0 onlink
ip -n "$wan" route add default via 10.2.0.1
conf "$host" tap.proxy_arp=1
# lest proxy ARP keeps the guest waiting
at "$host" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.neigh.tap.proxy_delay=0
watch_routed "$host"
tap=$(mac "$host" tap) to_wan=$(mac "$host" wan)

by_tap() { # SOURCE COUNT [DESTINATION]
	send "$guest" eth0 "$tap" "$2" "IP(src='$1',dst='${3-10.0.0.1}')/ICMP(type=0)"
}
by_wan() { # SOURCE COUNT
	send "$wan" eth0 "$to_wan" "$2" "IP(src='$1',dst='10.0.0.1')/ICMP(type=0)"
}
pings() { # NETNS ADDRESS
	at "$1" ping -q -c 3 -i 0.02 -W 9 "$2"
}
drops() { # LINES: what is counted, if it is srcguard that judges
	[ $judge = kernel ] || is "$judge, $mode: what is counted" "$1" counted_all "$host"
}

for mode in strict loose; do
	for judge in kernel srcguard; do
		guard "$host" $judge $mode
		by_tap 10.1.0.2 5
		by_tap 10.1.0.2 6 10.2.0.2
		by_tap 10.1.0.2 7 255.255.255.255
		by_tap 10.1.0.2 8 224.0.0.1
		by_wan 10.2.0.2 9
		is "$judge, $mode: honest packets get past" "tap 10.1.0.2 26
wan 10.2.0.2 9" seen "$host"
		ok "$judge, $mode: the guest reaches the host" pings "$guest" 10.0.0.1
		ok "$judge, $mode: the guest reaches the world" pings "$guest" 10.2.0.2
		ok "$judge, $mode: and the world the guest" pings "$wan" 10.1.0.2
		ok "$judge, $mode: and the host the guest" pings "$host" 10.1.0.2
		drops ""

		guard "$host" $judge $mode
		by_tap 10.2.0.2 5
		by_tap 10.2.0.2 6 255.255.255.255
		by_tap 10.1.0.3 7
		by_tap 10.0.0.1 8
		is "$judge, $mode: without an address, a wrong device is wrong" "" seen "$host"
		by_wan 10.1.0.2 9
		is "$judge, $mode: with one, it depends on the mode" \
			"$([ $mode = strict ] || echo "wan 10.1.0.2 9")" seen "$host"
		drops "tap ipv4 no_route dropped 7
tap ipv4 own_address dropped 8
tap ipv4 wrong_device dropped 11$([ $mode = loose ] || echo "
wan ipv4 wrong_device dropped 9")"
		elsewhere=accept
		[ $mode = loose ] || elsewhere=drop:wrong_device
		[ $judge = kernel ] || explains "$host" "$judge, $mode: explain agrees" <<-EOT
			accept 10.1.0.2 dev tap to 10.0.0.1
			accept 10.1.0.2 dev tap to 10.2.0.2
			accept 10.1.0.2 dev tap to 255.255.255.255
			accept 10.1.0.2 dev tap to 224.0.0.1
			accept 10.2.0.2 dev wan to 10.0.0.1
			drop:wrong_device 10.2.0.2 dev tap to 10.0.0.1
			drop:wrong_device 10.2.0.2 dev tap to 255.255.255.255
			drop:no_route 10.1.0.3 dev tap to 10.0.0.1
			drop:own_address 10.0.0.1 dev tap to 10.0.0.1
			$elsewhere 10.1.0.2 dev wan to 10.0.0.1
		EOT
	done
done

# Unnumbered: it borrows the address of another device, and has one then.
mode=loose
ip -n "$host" addr add 10.0.0.1/32 dev tap
for judge in kernel srcguard; do
	guard "$host" $judge loose
	by_tap 10.2.0.2 5
	by_tap 10.1.0.3 6
	is "$judge, loose: a borrowed address makes loose what it says" "tap 10.2.0.2 5" seen "$host"
	drops "tap ipv4 no_route dropped 6"
	[ $judge = kernel ] || explains "$host" "$judge, loose: explain agrees" <<-'EOT'
		accept 10.2.0.2 dev tap to 10.0.0.1
		drop:no_route 10.1.0.3 dev tap to 10.0.0.1
	EOT
done
ip -n "$host" addr del 10.0.0.1/32 dev tap
for judge in kernel srcguard; do
	guard "$host" $judge loose
	by_tap 10.2.0.2 5
	is "$judge, loose: given back, it is strict again" "" seen "$host"
	drops "tap ipv4 wrong_device dropped 5"
	[ $judge = kernel ] || explains "$host" "$judge, loose: explain agrees" <<-'EOT'
		drop:wrong_device 10.2.0.2 dev tap to 10.0.0.1
	EOT
done

# A rendezvous point: what comes in a register message (PIM, RFC 7761) is seen on a device
# by which no source is reached.
service devices ip netns exec "$host" python3 devices.py
guard "$host" srcguard strict
watch "$host"
is "a rendezvous point" "ok pimreg" call devices register
registered() { # COUNT SOURCE
	send "$wan" eth0 "$to_wan" "$1" "IP(src='10.2.0.2',dst='10.0.0.1',proto=103)/\
Raw(bytes.fromhex('2100deff00000000'))/IP(src='$2',dst='239.1.1.1')/UDP(dport=9)"
}
registered 5 10.1.0.2
is "what is registered comes in" 5 passed "$host" 10.1.0.2
is "nothing is counted" "" counted_all "$host"
registered 6 10.0.0.1
is "but nothing of our own" "pimreg ipv4 own_address dropped 6" counted_all "$host"
finish
