#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# srcguard explain says of a packet what becomes of it: its answer is compared with
# what happens to a real one, for each reason, knob and kind of route.
#
#   peer                      host
#   eth0 10.1.0.2/24 -------- eth0 10.1.0.1/24, 2001:db8:1::1/64
#   eth1 10.2.0.2/24 -------- eth1 10.2.0.1/24, 2001:db8:2::1/64
#   10.9.0.0/16 and 2001:db8:9::/48 by both
#
. "${0%/*}/lib.sh"
plan 87

# Of JSON that is in one line: to start jq takes longer than what is asked.
field() { # JSON KEY ELSE
	if [[ $1 =~ "\"$2\":\""([^\"]*) ]]; then echo "${BASH_REMATCH[1]}"; else echo "$3"; fi
}
verdict() { # SOURCE DEVICE [WORD...]: "VERDICT REASON DECIDED_BY"
	local json
	json=$(at "$host" srcguard -j explain "$1" dev "$2" "${@:3}")
	echo "$(field "$json" verdict -) $(field "$json" reason -) $(field "$json" decided_by -)"
}
route() { # SOURCE DEVICE [WORD...]: "TYPE PREFIX TABLE NEXTHOP..."
	at "$host" srcguard -j explain "$1" dev "$2" "${@:3}" | jq -r '.route // {} |
		"\(.type // "-") \(.prefix // "-") \(.table // "-") \(.nexthops // [] | sort | join(" "))"'
}
outcome() { # DEVICE FAMILY: what was counted
	at "$host" srcguard stats | grep "^dev $1 $2 "
}
# agrees WHAT SOURCE DEVICE "VERDICT REASON DECIDED_BY" [DESTINATION]: explain says so, and
# a real packet meets that fate
agrees() {
	local what=$1 source=$2 device=$3 want=$4 to=${5-} family=ipv4 answer before after seen fate packet
	[[ $source != *:* ]] || family=ipv6
	if [ -z "$to" ]; then
		to=10.$((${device#eth} + 1)).0.1
		[ $family = ipv4 ] || to=2001:db8:$((${device#eth} + 1))::1
	fi
	answer=$(verdict "$source" "$device" to "$to")
	packet="IP(src='$source',dst='$to',proto=253)"
	[ $family = ipv4 ] || packet="IPv6(src='$source',dst='$to',nh=59)"
	before=$(outcome "$device" $family)
	unwatch "$host"
	send "$peer" "$device" "$(mac "$host" "$device")" 1 "$packet"
	after=$(outcome "$device" $family)
	seen=$(passed "$host" "$source")
	fate=$(diff <(echo "$before") <(echo "$after") |
		sed -n 's/^> dev [^ ]* [^ ]* \([^ ]*\) \([^ ]*\) packets .*/\2 \1/p')
	case $answer in
	"accept - "*) [ "$answer $fate $seen" = "$want  1" ] ;;
	"accept "*) [ "$answer $fate $seen" = "$want exempted $(cut -d ' ' -f 2 <<<"$want") 1" ] ;;
	"audit "*) [ "$answer $fate $seen" = "$want audited $(cut -d ' ' -f 2 <<<"$want") 1" ] ;;
	"drop "*) [ "$answer $fate $seen" = "$want dropped $(cut -d ' ' -f 2 <<<"$want") 0" ] ;;
	*) false ;;
	esac
	result $? "$what: $want" || true
	[ "$answer" = "$want" ] || say "the answer was: $answer"
	say "$what: $source by $device: $answer; counted: ${fate:-nothing}; passed: $seen"
}

load
namespace host peer
quiet6 "$host" "$peer"
for i in 0 1; do
	link "$host" eth$i 10.$((i + 1)).0.1/24 "$peer" eth$i 10.$((i + 1)).0.2/24
	ip -n "$host" addr add "2001:db8:$((i + 1))::1/64" dev eth$i
done
conf "$host" {all,default,eth0,eth1}.rp_filter=0
ip -n "$host" route add 10.9.0.0/16 nexthop via 10.1.0.2 nexthop via 10.2.0.2
ip -n "$host" route add 2001:db8:9::/48 nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2
for route in "blackhole 10.50" "unreachable 10.51" "prohibit 10.52"; do
	ip -n "$host" route add ${route% *} "${route#* }.0.0/16"
done
ip -n "$host" route add 10.8.0.0/16 via 10.1.0.2
ip -n "$host" route add 10.8.0.0/16 via 10.2.0.2 metric 100
ip -n "$host" -6 route add 2001:db8:8::/48 via 2001:db8:1::2
ip -n "$host" -6 route add 2001:db8:8::/48 via 2001:db8:2::2 metric 2048
ip -n "$host" -6 route add blackhole 2001:db8:50::/48
ip -n "$host" -6 route add 2001:db8:51::/48 dev lo
ip -n "$host" -6 nexthop add id 9 blackhole
ip -n "$host" -6 route add 2001:db8:52::/48 dev eth0
ip -n "$host" -6 route add 2001:db8:52::/48 nhid 9 metric 2048
watch "$host"

agrees "strict" 10.1.0.2 eth0 "accept - namespace"
agrees "strict" 10.1.0.2 eth1 "drop wrong_device namespace"
agrees "strict" 10.9.0.2 eth1 "accept - namespace"
agrees "strict" 192.0.2.1 eth1 "drop no_route namespace"
agrees "strict" 10.2.0.1 eth1 "drop own_address namespace"
agrees "strict" 10.50.0.1 eth1 "drop reject_route namespace"
agrees "strict" 10.51.0.1 eth1 "drop reject_route namespace"
agrees "strict" 10.52.0.1 eth1 "drop reject_route namespace"
agrees "strict" 224.0.0.9 eth0 "drop source_multicast namespace"
agrees "strict" 255.255.255.255 eth0 "drop source_broadcast namespace"
agrees "strict" 10.1.0.255 eth0 "drop source_broadcast namespace"
agrees "strict" 0.0.0.0 eth0 "drop source_zero namespace"
agrees "strict" 127.0.0.1 eth0 "drop source_loopback namespace"
agrees "strict, to all" 0.0.0.0 eth0 "accept - kernel" 255.255.255.255
agrees "strict" 2001:db8:1::2 eth0 "accept - namespace"
agrees "strict" 2001:db8:1::2 eth1 "drop wrong_device namespace"
agrees "strict" 2001:db8:9::2 eth1 "accept - namespace"
agrees "strict" 2001:db8:77::2 eth1 "drop no_route namespace"
agrees "strict" 2001:db8:2::1 eth1 "drop own_address namespace"
agrees "strict" 2001:db8:50::1 eth1 "drop reject_route namespace"
agrees "strict, a route that the kernel makes a reject route of" \
	2001:db8:51::1 eth1 "drop reject_route namespace"
agrees "strict" fe80::77 eth1 "accept - namespace"
agrees "strict, not the best route" 10.8.0.1 eth1 "drop wrong_device namespace"
agrees "strict, not the best route" 2001:db8:8::1 eth1 "drop wrong_device namespace"
at "$host" srcguard set rp_filter feasible
agrees "feasible" 10.8.0.1 eth1 "accept - namespace"
agrees "feasible" 2001:db8:8::1 eth1 "accept - namespace"
is "feasible: a nexthop that is a blackhole leaves by no device, though it has lo" \
	"drop wrong_device namespace" verdict 2001:db8:52::1 lo
agrees "feasible" 10.1.0.2 eth1 "drop wrong_device namespace"
agrees "feasible" 2001:db8:1::2 eth1 "drop wrong_device namespace"
ip -n "$host" route add default via 10.2.0.2
ip -n "$host" -6 route add default via 2001:db8:2::2
agrees "feasible, but for a shorter prefix" 10.1.0.2 eth1 "drop wrong_device namespace"
agrees "feasible, but for a shorter prefix" 2001:db8:1::2 eth1 "drop wrong_device namespace"
ip -n "$host" route del default
ip -n "$host" -6 route del default
at "$host" srcguard set rp_filter loose
agrees "loose" 10.1.0.2 eth1 "accept - namespace"
agrees "loose" 2001:db8:1::2 eth1 "accept - namespace"
agrees "loose" 192.0.2.1 eth1 "drop no_route namespace"
agrees "loose, a route that the kernel makes a reject route of" \
	2001:db8:51::1 eth1 "drop reject_route namespace"
at "$host" srcguard dev set eth1 rp_filter strict
agrees "by device" 10.1.0.2 eth1 "drop wrong_device device"
agrees "by device" 2001:db8:1::2 eth1 "drop wrong_device device"
agrees "by another device" 10.2.0.2 eth0 "accept - namespace"
at "$host" srcguard dev set eth1 rp_filter_ipv6 off
agrees "by device and family" 2001:db8:1::2 eth1 "accept - off"
at "$host" srcguard dev set eth1 enforce 0
agrees "audited by device" 10.1.0.2 eth1 "audit wrong_device device"
at "$host" srcguard dev clear eth1
at "$host" srcguard set rp_filter strict enforce 0
agrees "audited" 192.0.2.1 eth1 "audit no_route namespace"
at "$host" srcguard dev set eth1 enforce 1
agrees "dropped by device, where the namespace audits" 192.0.2.1 eth1 "drop no_route device"
at "$host" srcguard dev clear eth1
at "$host" srcguard exempt add 192.0.2.0/24
agrees "exempt" 192.0.2.1 eth1 "accept no_route exemption"
at "$host" srcguard exempt add 2001:db8:77::/48 dev eth1
agrees "exempt there" 2001:db8:77::1 eth1 "accept no_route exemption"
agrees "not exempt here" 2001:db8:77::1 eth0 "audit no_route namespace"
is "what is explained is no packet: the exemption counts one" \
	"1" bash -c "ip netns exec $host srcguard -j exempt show | jq '.[0].packets'"
at "$host" srcguard set rp_filter off
agrees "off" 192.0.2.9 eth1 "accept - off"
at "$host" srcguard set rp_filter strict enforce 1

is "the route: unicast" "unicast 10.1.0.0/24 main eth0" route 10.1.0.2 eth1
is "the route: of several legs" "unicast 10.9.0.0/16 main eth0 eth1" route 10.9.0.2 eth1
is "the route: local, in one table with main until there are rules" "local 10.1.0.1/32 main eth0" route 10.1.0.1 eth1
is "the route: rejected" "blackhole - - " route 10.50.0.1 eth1
is "the route: none" "- - - " route 198.51.100.1 eth1
is "the route: IPv6" "unicast 2001:db8:1::/64 main eth0" route 2001:db8:1::2 eth1
is "the route: IPv6, of several legs" "unicast 2001:db8:9::/48 main eth0 eth1" \
	route 2001:db8:9::2 eth1
is "the route: IPv6, rejected" "blackhole 2001:db8:50::/48 main lo" route 2001:db8:50::2 eth1
is "the route: IPv6, rejected by the kernel" "unreachable 2001:db8:51::/48 main lo" \
	route 2001:db8:51::2 eth1
ip -n "$host" rule add from 10.2.0.1 table 77
ip -n "$host" route add 10.99.0.0/16 via 10.2.0.2 table 77
is "the table, by a rule for the answer's source" "unicast 10.99.0.0/16 77 eth1" \
	route 10.99.0.1 eth1 to 10.2.0.1
is "of another source there is none" "- - - " route 10.99.0.1 eth1 to 10.1.0.1
is "without to: from the device's first address" "unicast 10.99.0.0/16 77 eth1" \
	route 10.99.0.1 eth1
ip -n "$host" rule del from 10.2.0.1
conf "$host" eth1.src_valid_mark=1
ip -n "$host" rule add fwmark 7 table 77
is "the mark counts" "unicast 10.99.0.0/16 77 eth1" route 10.99.0.1 eth1 mark 0x7
is "and only that one" "- - - " route 10.99.0.1 eth1 mark 8
ip -n "$host" rule del fwmark 7
ip -n "$host" rule add tos 0x10 table 77
is "the tos counts" "unicast 10.99.0.0/16 77 eth1" route 10.99.0.1 eth1 tos 0x10
ip -n "$host" rule del tos 0x10

is "for people" "drop reason wrong_device decided_by namespace
    route unicast 10.1.0.0/24 table main dev eth0
    The route back to the source address leaves by another device.
    The namespace's knobs decided." at "$host" srcguard explain 10.1.0.2 dev eth1
ok "somebody without privileges may ask" at "$host" setpriv --reuid 65534 --regid 65534 \
	--clear-groups --bounding-set -all srcguard explain 10.1.0.2 dev eth1
for what in "10.1.0.2 dev nosuch|nosuch: No such device in this network namespace" \
	"10.1.0.2 dev eth0 to ::1|to: Source and destination are of different families" \
	"10.1.0.2|which device does it come in by" \
	"10.1.0.x dev eth0|is no IPv4 or IPv6 address" \
	"10.1.0.2 dev eth0 tos 256|is no number in 0..255" \
	"10.1.0.2 dev eth0 mark 0x100000000|mark: " \
	"10.1.0.2 dev eth0 dev eth1|given twice" \
	"10.1.0.2 dev eth0 to|lacks its value" \
	"2001:db8::1 dev none6|say to which one"; do
	[ "${what%%|*}" != "2001:db8::1 dev none6" ] || ip -n "$host" link add none6 type dummy
	# shellcheck disable=SC2086 # words
	refused "refused: ${what%%|*}" "${what#*|}" at "$host" srcguard explain ${what%%|*}
done

# check
says() {
	at "$host" srcguard -j check | jq -r '.[] | "\(.what) \(.device) \(.is) \(.should)"'
}
is "check: nothing conflicts" "" says
# A dot is part of a name, also at its beginning.
ip -n "$host" link add .v.10 type dummy
at "$host" sh -c 'echo 1 >/proc/sys/net/ipv4/conf/.v.10/log_martians'
is "check: a device with dots in its name" "net.ipv4.conf./v/10.log_martians .v.10 1 0" says
at "$host" sysctl -qw net.ipv4.conf./v/10.log_martians=0
is "check: sysctl takes that" "" says
ip -n "$host" link del .v.10
conf "$host" all.rp_filter=2 eth0.rp_filter=1 eth1.log_martians=1
is "check: who wins under max(all, device), and what logs" \
	"net.ipv4.conf.all.rp_filter default 2 0
net.ipv4.conf.all.rp_filter eth0 2 0
net.ipv4.conf.all.rp_filter eth1 2 0
net.ipv4.conf.eth1.log_martians eth1 1 0
net.ipv4.conf.all.rp_filter lo 2 0
net.ipv4.conf.all.rp_filter none6 2 0" says
fails "check: its status says that there is something" 1 at "$host" srcguard check

# twice ALL ETH0 [KNOB VALUE]: what it says of eth0, where the kernel has these modes
twice() {
	conf "$host" "all.rp_filter=$1" "eth0.rp_filter=$2"
	[ $# -le 2 ] || at "$host" srcguard dev set eth0 "$3" "$4"
	at "$host" srcguard check | grep -A 1 " dev eth0 "
}
second="should be 0
    The kernel's filter looks at each packet a second time."
stricter="should be 0
    The kernel's filter is strict, and drops what srcguard lets pass here."
audits="should be 0
    The kernel's filter drops what srcguard only audits here."
conf "$host" eth1.log_martians=0
is "check: the device wins" "net.ipv4.conf.eth0.rp_filter dev eth0 is 2 $second" twice 1 2
is "check: all win" "net.ipv4.conf.all.rp_filter dev eth0 is 2 $second" twice 2 1
is "check: both are the same" "net.ipv4.conf.all.rp_filter dev eth0 is 1 $second" twice 1 1
is "check: srcguard is laxer than the kernel" \
	"net.ipv4.conf.eth0.rp_filter dev eth0 is 1 $stricter" twice 0 1 rp_filter feasible
is "check: but not than one that is loose" \
	"net.ipv4.conf.eth0.rp_filter dev eth0 is 2 $second" twice 1 2
is "check: it is strict for IPv4" \
	"net.ipv4.conf.eth0.rp_filter dev eth0 is 1 $second" twice 0 1 rp_filter_ipv4 strict
is "check: srcguard only audits" \
	"net.ipv4.conf.eth0.rp_filter dev eth0 is 1 $audits" twice 0 1 enforce 0
is "check: srcguard is off there" "" twice 0 1 rp_filter_ipv4 off
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
