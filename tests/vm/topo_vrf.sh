#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# VRFs. A packet comes through PRE_ROUTING twice, by its device and by the VRF,
# and is judged the first time, in the VRF's tables.
#
#   a   eth0 10.1.0.2/24 ------ red0   10.1.0.1/24  in VRF red, table 10   host
#   b   eth0 10.2.0.2/24 ------ red1   10.2.0.1/24  in VRF red
#   c   eth0 10.1.0.2/24 ------ blue0  10.1.0.1/24  in VRF blue, table 20
#   d   eth0 10.4.0.2/24 ------ plain  10.4.0.1/24  in none
#
#   red ends with "unreachable", as is good practice; blue leaks into main;
#   10.5.0.0/16 is behind c
#
# At the end the devices go while their VRF still wants to restart them:
# expect-log: ^(red0|red1|blue0): Failed to cycle device
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 34

load rp_filter=0
namespace host a b c d
ip -n "$host" link add red up type vrf table 10
ip -n "$host" link add blue up type vrf table 20
vrf_link() { # DEVICE NUMBER NETNS [VRF]
	link "$host" "$1" - "$3" eth0 "10.$2.0.2/24"
	[ $# -lt 4 ] || ip -n "$host" link set "$1" vrf "$4"
	ip -n "$host" addr add "10.$2.0.1/24" dev "$1"
	ip -n "$3" route add default via "10.$2.0.1"
}
vrf_link red0 1 "$a" red
vrf_link red1 2 "$b" red
vrf_link blue0 1 "$c" blue
vrf_link plain 4 "$d"
ip -n "$host" route add table 10 unreachable default metric 4278198272
ip -n "$host" route add vrf blue 10.5.0.0/16 via 10.1.0.2
at "$host" sysctl -qw net.ipv4.ip_forward=1
watch_routed "$host"
declare -A mac
for device in red0 blue0 plain; do mac[$device]=$(mac "$host" $device); done

by() { # DEVICE SOURCE COUNT [DESTINATION]
	local from=$a to=${4-10.1.0.1}
	case $1 in
	blue0) from=$c ;;
	plain) from=$d to=${4-10.4.0.1} ;;
	esac
	send "$from" eth0 "${mac[$1]}" "$3" "IP(src='$2',dst='$to')/ICMP(type=0)"
}

for judge in kernel srcguard; do
	guard "$host" $judge
	by red0 10.1.0.2 10
	by red0 10.1.0.2 11 10.2.0.2
	by red0 10.1.0.2 12 10.1.0.255
	by red0 10.1.0.2 13 255.255.255.255
	by blue0 10.1.0.2 14
	by blue0 10.5.0.1 15
	# an own address in red is a stranger's in blue
	ip -n "$host" route add vrf blue 10.2.0.0/24 via 10.1.0.2
	by blue0 10.2.0.1 16
	ip -n "$host" route del vrf blue 10.2.0.0/24
	by plain 10.4.0.2 17
	is "$judge: honest packets are seen in their VRF" "blue 10.1.0.2 14
blue 10.2.0.1 16
blue 10.5.0.1 15
plain 10.4.0.2 17
red 10.1.0.2 46" seen "$host"
	ok "$judge: the host converses in red" at "$host" ping -q -c 3 -i 0.02 -W 9 -I red 10.1.0.2
	ok "$judge: in blue, with the same addresses" \
		at "$host" ping -q -c 3 -i 0.02 -W 9 -I blue 10.1.0.2
	ok "$judge: with itself in red" at "$host" ping -q -c 3 -i 0.02 -W 9 -I red 10.1.0.1
	ok "$judge: a neighbour with the host" at "$c" ping -q -c 3 -i 0.02 -W 9 10.1.0.1
	ok "$judge: two neighbours by way of the host" at "$b" ping -q -c 3 -i 0.02 -W 9 10.1.0.2
	ok "$judge: outside of the VRFs" at "$d" ping -q -c 3 -i 0.02 -W 9 10.4.0.1
	[ $judge = kernel ] || is "$judge: nothing is counted" "" counted_all "$host"
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees" <<-'EOT'
		accept 10.1.0.2 dev red0 to 10.1.0.1
		accept 10.1.0.2 dev red0 to 10.2.0.2
		accept 10.1.0.2 dev red0 to 10.1.0.255
		accept 10.1.0.2 dev red0 to 255.255.255.255
		accept 10.1.0.2 dev red to 10.1.0.1
		accept 10.1.0.2 dev blue0 to 10.1.0.1
		accept 10.5.0.1 dev blue0 to 10.1.0.1
		accept 10.4.0.2 dev plain to 10.4.0.1
	EOT

	unwatch "$host"
	by red0 10.2.0.2 5
	is "$judge: a source of another device of the VRF is not seen" "" seen "$host"
	by red0 10.1.0.1 6
	by red0 10.2.0.1 7
	is "$judge: nor the VRF's own addresses" "" seen "$host"
	by red0 10.4.0.2 8
	by red0 10.5.0.1 9
	is "$judge: nor a source that is behind another VRF, or none" "" seen "$host"
	by blue0 10.2.0.2 10
	by blue0 10.4.0.2 11
	by plain 10.1.0.2 12
	is "$judge: nor the other way round" "" seen "$host"
	# it is the device's word that counts, not the VRF's
	conf "$host" red.accept_local=1
	by red0 10.1.0.1 13
	is "$judge: nor own addresses, if it is the VRF that accepts them" "" seen "$host"
	conf "$host" red.accept_local=0 red0.accept_local=1
	by red0 10.1.0.1 14
	is "$judge: but if the device does" "red 10.1.0.1 14" seen "$host"
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees on that" <<-'EOT'
		accept 10.1.0.1 dev red0 to 10.1.0.1
	EOT
	conf "$host" red0.accept_local=0
	[ $judge = kernel ] || is "$judge: all of it is counted for the devices, once" \
		"blue0 ipv4 no_route dropped 10
blue0 ipv4 wrong_device dropped 11
plain ipv4 no_route dropped 12
red0 ipv4 own_address dropped 26
red0 ipv4 reject_route dropped 17
red0 ipv4 wrong_device dropped 5" counted_all "$host"
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees on it" <<-'EOT'
		drop:wrong_device 10.2.0.2 dev red0 to 10.1.0.1
		drop:own_address 10.1.0.1 dev red0 to 10.1.0.1
		drop:own_address 10.2.0.1 dev red0 to 10.1.0.1
		drop:reject_route 10.4.0.2 dev red0 to 10.1.0.1
		drop:reject_route 10.5.0.1 dev red0 to 10.1.0.1
		drop:no_route 10.2.0.2 dev blue0 to 10.1.0.1
		drop:wrong_device 10.4.0.2 dev blue0 to 10.1.0.1
		drop:no_route 10.1.0.2 dev plain to 10.4.0.1
	EOT
done

# An address moves from one VRF to the other with its device.
guard "$host" srcguard
ip -n "$host" link set blue0 vrf red
ip -n "$host" link set red0 vrf blue
by red0 10.1.0.2 5
by red0 10.2.0.2 6
is "a device that changes its VRF is judged in the new one" "blue 10.1.0.2 5" seen "$host"
is "counted: red leads to nowhere from there" "red0 ipv4 no_route dropped 6" counted_all "$host"
explains "$host" "explain agrees on a device that has moved" <<-'EOT'
	accept 10.1.0.2 dev red0 to 10.1.0.1
	drop:no_route 10.2.0.2 dev red0 to 10.1.0.1
EOT
finish
