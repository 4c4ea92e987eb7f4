#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# IPv6 in VRFs. A packet comes through PRE_ROUTING twice, by its device and by the
# VRF, and is judged the first time, in the VRF's tables.
#
#   a   eth0 2001:db8:1::2/64 ---- red0   2001:db8:1::1/64  in VRF red, table 10   host
#   b   eth0 2001:db8:2::2/64 ---- red1   2001:db8:2::1/64  in VRF red
#   c   eth0 2001:db8:1::2/64 ---- blue0  2001:db8:1::1/64  in VRF blue, table 20
#   d   eth0 2001:db8:4::2/64 ---- plain  2001:db8:4::1/64  in none
#
#   red ends with "unreachable", as is good practice; blue leaks into main;
#   2001:db8:5::/48 is behind c
#
# At the end the devices go while their VRF still wants to restart them:
# expect-log: ^(red0|red1|blue0): Failed to cycle device
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 31

load rp_filter=0
namespace host a b c d
quiet6 "$host" "$a" "$b" "$c" "$d"
ip -n "$host" link add red up type vrf table 10
ip -n "$host" link add blue up type vrf table 20
vrf_link() { # DEVICE NUMBER NETNS [VRF]
	link "$host" "$1" - "$3" eth0 "2001:db8:$2::2/64"
	[ $# -lt 4 ] || ip -n "$host" link set "$1" vrf "$4"
	ip -n "$host" addr add "2001:db8:$2::1/64" dev "$1"
	ip -n "$3" route add default via "2001:db8:$2::1"
}
vrf_link red0 1 "$a" red
vrf_link red1 2 "$b" red
vrf_link blue0 1 "$c" blue
vrf_link plain 4 "$d"
ip -n "$host" -6 route add table 10 unreachable default metric 4278198272
ip -n "$host" -6 route add vrf blue 2001:db8:5::/48 via 2001:db8:1::2
at "$host" sysctl -qw net.ipv6.conf.all.forwarding=1
watch_routed6 "$host"
declare -A mac own
for device in red0 red1 blue0 plain; do
	mac[$device]=$(mac "$host" $device)
	own[$device]=$(link_local "$host" $device)
done

by() { # DEVICE SOURCE COUNT [DESTINATION [MAC]]
	local from=$a to=${4-2001:db8:1::1}
	case $1 in
	blue0) from=$c ;;
	plain) from=$d to=${4-2001:db8:4::1} ;;
	esac
	send "$from" eth0 "${5-${mac[$1]}}" "$3" "IPv6(src='$2',dst='$to')/ICMPv6EchoReply()"
}
pings() { # NETNS ADDRESS [OPTION...]
	at "$1" ping -q -c 3 -i 0.02 -W 9 "${@:3}" "$2"
}
global() { # what is seen, but for what a link needs
	seen "$host" ip6 | grep -v ' fe80::\| :: '
}

guard6 "$host"
by red0 2001:db8:1::2 10
by red0 2001:db8:1::2 11 2001:db8:2::1
by red0 2001:db8:1::2 12 2001:db8:1::
by red0 2001:db8:1::2 13 ff02::1 33:33:00:00:00:01
by blue0 2001:db8:1::2 14
by blue0 2001:db8:5::1 15
# an own address in red is a stranger's in blue
ip -n "$host" -6 route add vrf blue 2001:db8:2::/64 via 2001:db8:1::2
by blue0 2001:db8:2::1 16
ip -n "$host" -6 route del vrf blue 2001:db8:2::/64
by plain 2001:db8:4::2 17
is "honest packets are seen in their VRF" "blue 2001:db8:1::2 14
blue 2001:db8:2::1 16
blue 2001:db8:5::1 15
plain 2001:db8:4::2 17
red 2001:db8:1::2 46" global
is "nothing is counted" "" counted_all "$host"
guard6 "$host"
ok "the host converses in red" pings "$host" 2001:db8:1::2 -I red
ok "by its device there" pings "$host" 2001:db8:1::2 -I red0
ok "in blue, with the same addresses" pings "$host" 2001:db8:1::2 -I blue
ok "with itself in red" pings "$host" 2001:db8:1::1 -I red
ok "a neighbour with the host" pings "$c" 2001:db8:1::1
ok "two neighbours by way of the host" pings "$b" 2001:db8:1::2
ok "the same in pieces" pings "$b" 2001:db8:1::2 -s 4000
ok "outside of the VRFs" pings "$d" 2001:db8:4::1
ok "link-local: the host with a neighbour in red" pings "$host" "$(link_local "$a" eth0)%red0"
ok "link-local: with one in blue" pings "$host" "$(link_local "$c" eth0)%blue0"
ok "link-local: a neighbour with the host" pings "$a" "${own[red0]}%eth0"
ok "link-local: all neighbours answer" pings "$host" ff02::1%red0
for name in "$host" "$a"; do ip -n "$name" -6 neigh flush all; done
ok "neighbours that were forgotten are found again" pings "$a" 2001:db8:2::2
is "nothing is counted" "" counted_all "$host"
explains "$host" "explain agrees" <<-EOT
	accept 2001:db8:1::2 dev red0 to 2001:db8:1::1
	accept 2001:db8:1::2 dev red0 to 2001:db8:2::1
	accept 2001:db8:1::2 dev red0 to ff02::1
	accept 2001:db8:1::2 dev red to 2001:db8:1::1
	accept 2001:db8:1::2 dev blue0 to 2001:db8:1::1
	accept 2001:db8:5::1 dev blue0 to 2001:db8:1::1
	accept 2001:db8:4::2 dev plain to 2001:db8:4::1
	accept $(link_local "$a" eth0) dev red0 to ${own[red0]}
	accept ${own[red1]} dev red0 to 2001:db8:1::1
EOT

guard6 "$host"
by red0 2001:db8:2::2 5
is "a source of another device of the VRF is not seen" "" seen "$host" ip6
by red0 2001:db8:1::1 6
by red0 2001:db8:2::1 7
by red0 2001:db8:2:: 1
by red0 "${own[red0]}" 2
is "nor the VRF's own addresses" "" seen "$host" ip6
by red0 "${own[red1]}" 3
is "another device's link-local address may be a neighbour's" "red ${own[red1]} 3" seen "$host" ip6
unwatch "$host"
by red0 2001:db8:4::2 8
by red0 2001:db8:5::1 9
is "a source that is behind another VRF, or none, is not seen" "" seen "$host" ip6
by blue0 2001:db8:2::2 10
by blue0 2001:db8:4::2 11
by plain 2001:db8:1::2 12
is "nor the other way round" "" seen "$host" ip6
by red0 2001:db8:2::2 4 ff02::1 33:33:00:00:00:01
by red0 :: 3
is "nor what is for a group, nor from nobody" "" seen "$host" ip6
is "all of it is counted for the devices, once" "blue0 ipv6 no_route dropped 10
blue0 ipv6 wrong_device dropped 11
plain ipv6 no_route dropped 12
red0 ipv6 own_address dropped 16
red0 ipv6 reject_route dropped 17
red0 ipv6 source_zero dropped 3
red0 ipv6 wrong_device dropped 9" counted_all "$host"
explains "$host" "explain agrees on it" <<-EOT
	drop:wrong_device 2001:db8:2::2 dev red0 to 2001:db8:1::1
	drop:own_address 2001:db8:1::1 dev red0 to 2001:db8:1::1
	drop:own_address 2001:db8:2::1 dev red0 to 2001:db8:1::1
	drop:own_address 2001:db8:2:: dev red0 to 2001:db8:1::1
	drop:own_address ${own[red0]} dev red0 to 2001:db8:1::1
	drop:reject_route 2001:db8:4::2 dev red0 to 2001:db8:1::1
	drop:reject_route 2001:db8:5::1 dev red0 to 2001:db8:1::1
	drop:no_route 2001:db8:2::2 dev blue0 to 2001:db8:1::1
	drop:wrong_device 2001:db8:4::2 dev blue0 to 2001:db8:1::1
	drop:no_route 2001:db8:1::2 dev plain to 2001:db8:4::1
	drop:wrong_device 2001:db8:2::2 dev red0 to ff02::1
	drop:source_zero :: dev red0 to 2001:db8:1::1
EOT

# each of two legs in a VRF is good
ip -n "$host" -6 route add vrf red 2001:db8:9::/48 \
	nexthop via 2001:db8:1::2 dev red0 nexthop via 2001:db8:2::2 dev red1
guard6 "$host"
by red0 2001:db8:9::1 5
send "$b" eth0 "${mac[red1]}" 6 "IPv6(src='2001:db8:9::1',dst='2001:db8:2::1')/ICMPv6EchoReply()"
is "both legs of a VRF's route are good" "red 2001:db8:9::1 11" seen "$host" ip6
by blue0 2001:db8:9::1 7
is "in another VRF they are not" "blue0 ipv6 no_route dropped 7" counted_all "$host"
explains "$host" "explain agrees on the legs" <<-'EOT'
	accept 2001:db8:9::1 dev red0 to 2001:db8:1::1
	accept 2001:db8:9::1 dev red1 to 2001:db8:2::1
	drop:no_route 2001:db8:9::1 dev blue0 to 2001:db8:1::1
EOT

# A route moves from one VRF to the other with its device.
guard6 "$host"
conf6 "$host" {blue0,red0}.keep_addr_on_down=1
ip -n "$host" link set blue0 vrf red
ip -n "$host" link set red0 vrf blue
for device in blue0 red0; do ip -n "$host" addr replace 2001:db8:1::1/64 dev $device; done
by red0 2001:db8:1::2 5
by red0 2001:db8:2::2 6
is "a device that changes its VRF is judged in the new one" "blue 2001:db8:1::2 5" global
is "counted: red leads to nowhere from there" "red0 ipv6 no_route dropped 6" counted_all "$host"
explains "$host" "explain agrees on a device that has moved" <<-'EOT'
	accept 2001:db8:1::2 dev red0 to 2001:db8:1::1
	drop:no_route 2001:db8:2::2 dev red0 to 2001:db8:1::1
EOT
finish
