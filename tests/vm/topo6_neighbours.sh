#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What IPv6 needs of its links, under strict: neighbour discovery, duplicate address
# detection against a real second holder, router advertisements, MLD, DHCPv6, groups,
# anycast addresses, extension headers, fragments, and link-local addresses that are
# the same on two links. Nothing of it is counted, and spoofs among it are.
#
#   peer                              lan    host
#   eth0  2001:db8:1::2/64 ---------- br0 -- left   2001:db8:1::1/64
#                                     |
#   twin  eth0 ------------------------      right  2001:db8:2::1/64 ---- router
#                                     2001:db8:2::2/64 eth0, 2001:db8:7::1 lo,
#                                                        dnsmasq on net, to client
#   All of them are guarded.
#
# timeout: 600
#
# What the kernel says of an address that two have:
# expect-log: ^IPv6: (left|eth0): IPv6 duplicate address [0-9a-f:]+ used by [0-9a-f:]+ detected!$
# expect-log: ^ICMPv6: NA: [0-9a-f:]+ advertised our address [0-9a-f:]+ on (left|eth0)!$
#
# The bridge's devices go with their namespace:
# expect-log: ^p[123] \(unregistering\): left (allmulticast|promiscuous) mode$
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 63

load rp_filter=1
namespace host peer twin lan router client
for name in "$host" "$peer" "$twin" "$router"; do quiet6 "$name"; done
ip -n "$lan" link add br0 up type bridge mcast_snooping 0
link "$host" left - "$lan" p1 -
link "$peer" eth0 - "$lan" p2 -
link "$twin" eth0 - "$lan" p3 -
for n in 1 2 3; do ip -n "$lan" link set p$n master br0; done
link "$host" right - "$router" eth0 -
link "$router" net - "$client" eth0 -
# the same neighbour on both links
ip -n "$peer" addr add fe80::99/64 dev eth0
ip -n "$router" addr add fe80::99/64 dev eth0
ip -n "$host" addr add 2001:db8:1::1/64 dev left
ip -n "$host" addr add 2001:db8:2::1/64 dev right
ip -n "$peer" addr add 2001:db8:1::2/64 dev eth0
ip -n "$twin" addr add 2001:db8:1::3/64 dev eth0
ip -n "$router" addr add 2001:db8:2::2/64 dev eth0
ip -n "$router" addr add 2001:db8:7::1/64 dev net
ip -n "$router" addr add 2001:db8:8::1 dev lo
ip -n "$host" route add 2001:db8:7::/48 via 2001:db8:2::2
ip -n "$host" route add 2001:db8:8::/48 via 2001:db8:2::2
ip -n "$peer" route add default via 2001:db8:1::1
ip -n "$router" route add default via 2001:db8:2::1
for name in "$host" "$router"; do at "$name" sysctl -qw net.ipv6.conf.all.forwarding=1; done
guarded=(host peer twin router client)
for name in "${guarded[@]}"; do watch "${!name}"; done
forwarding() { # all ports do
	[ "$(at "$lan" cat /sys/class/net/p{1,2,3}/brport/state)" = $'3\n3\n3' ]
}
within 30 forwarding
to=$(mac "$host" left)
all=33:33:00:00:00:01

clear() {
	local name
	for name in "${guarded[@]}"; do guard6 "${!name}" strict; done
}
total() { # all that was counted
	all_of counted_all "${guarded[@]}"
}
nothing() { # WHAT: was counted
	is "$1: nothing is counted anywhere" "" total
	clear
}
pings() { # NETNS ADDRESS [OPTION...]
	at "$1" ping -q -c 3 -i 0.02 -W 9 "${@:3}" "$2"
}
has() { # NETNS DEVICE FLAG ADDRESS: the address is there, with it
	ip -n "$1" -6 -o addr show dev "$2" "$3" | grep -q " $4/"
}
knows() { # NETNS DEVICE ADDRESS: where that neighbour is
	ip -n "$1" -6 neigh show "$3" dev "$2" | grep -Eq 'lladdr.*(REACHABLE|DELAY|PROBE|STALE)'
}
forget() { # NETNS DEVICE: its neighbours
	ip -n "$1" -6 neigh flush dev "$2"
}
from() { # SOURCE COUNT [REST [DESTINATION [MAC]]]: by the peer
	send "$peer" eth0 "${5-$to}" "$2" "IPv6(src='$1',dst='${4-2001:db8:1::1}')/${3-UDP(dport=9)}"
}
clear

# neighbours look for each other
ok "discovery: from the host" pings "$host" 2001:db8:1::2
ok "discovery: it knows the neighbour" knows "$host" left 2001:db8:1::2
forget "$host" left
forget "$peer" eth0
ok "discovery: from the peer" pings "$peer" 2001:db8:1::1
ok "discovery: it knows the host" knows "$peer" eth0 2001:db8:1::1
for name in peer twin; do forget "${!name}" eth0; done
ok "discovery: both ways at once, through the host" pings "$peer" 2001:db8:8::1
ok "link-local: a neighbour on the left" pings "$host" fe80::99%left
ok "link-local: one of the same address on the right" pings "$host" fe80::99%right
ok "link-local: by a neighbour" pings "$peer" "$(link_local "$host" left)%eth0"
ok "link-local: what is for all of a link" pings "$host" ff02::1%left
nothing "discovery"

# one has an address, the other wants it
dad() { # NETNS DEVICE KEY=VALUE...: it looks whether others have its addresses
	local name=$1 device=$2 pair
	shift 2
	for pair in accept_dad=1 dad_transmits=1 "$@"; do conf6 "$name" "$device.$pair" "all.$pair"; done
}
dad "$host" left
dad "$peer" eth0
ip -n "$host" addr add 2001:db8:1::50/64 dev left
ok "dad: an address that nobody has" within 30 has "$host" left -tentative 2001:db8:1::50
ip -n "$host" addr add 2001:db8:1::3/64 dev left
ok "dad: one that a neighbour has" within 30 has "$host" left dadfailed 2001:db8:1::3
ip -n "$host" addr del 2001:db8:1::3/64 dev left
ip -n "$peer" addr add 2001:db8:1::1/64 dev eth0
ok "dad: a neighbour wants one of the host's" within 30 has "$peer" eth0 dadfailed 2001:db8:1::1
ip -n "$peer" addr del 2001:db8:1::1/64 dev eth0
dad "$host" left optimistic_dad=1
ip -n "$host" addr add 2001:db8:1::3/64 dev left optimistic
ok "dad: an address that the host uses while it looks" \
	within 30 has "$host" left dadfailed 2001:db8:1::3
ip -n "$host" addr del 2001:db8:1::3/64 dev left
dad "$host" left optimistic_dad=0
nothing "dad"
# a host that has it hears of one that takes it without asking
takes() { # NETNS ADDRESS: and tells everybody
	ip -n "$1" addr add "$2/64" dev eth0
	conf6 "$1" eth0.ndisc_notify=1
	ip -n "$1" link set eth0 address "02:00:00:00:00:$(printf %02x $((RANDOM % 256)))"
}
complained() {
	dmesg | grep -q 'advertised our address 2001:0*db8:0*1:.*:0*1 on left!'
}
fails "dad: nobody has complained yet" 1 complained
takes "$twin" 2001:db8:1::1
ok "dad: a neighbour that takes one of the host's is noticed" within 9 complained
ip -n "$twin" addr del 2001:db8:1::1/64 dev eth0
forget "$peer" eth0 # which has believed it
nothing "dad"

# What neighbours say and ask is heard from any of their addresses, also if the route back
# leads elsewhere: an address that is wanted has no route of its own yet.
ip -n "$twin" addr add 2001:db8:2::50/64 dev eth0 nodad
dad "$host" left
ip -n "$host" addr add 2001:db8:2::50/64 dev left noprefixroute
ok "elsewhere: an address that a neighbour has" within 30 has "$host" left dadfailed 2001:db8:2::50
ip -n "$host" addr del 2001:db8:2::50/64 dev left
ip -n "$twin" addr add 2001:db8:c::50/64 dev eth0 nodad
ip -n "$host" route add unreachable 2001:db8:c::/48
ip -n "$host" addr add 2001:db8:c::50/64 dev left noprefixroute
ok "elsewhere: one around which all is unreachable" \
	within 30 has "$host" left dadfailed 2001:db8:c::50
ip -n "$host" addr del 2001:db8:c::50/64 dev left
ip -n "$host" route del unreachable 2001:db8:c::/48
ip -n "$twin" addr del 2001:db8:c::50/64 dev eth0
ip -n "$twin" route del 2001:db8:2::/64 dev eth0
ip -n "$twin" route add 2001:db8:1::1 dev eth0 src 2001:db8:2::50
forget "$twin" eth0
at "$twin" ping -q -c 1 -W 1 -I 2001:db8:2::50 2001:db8:1::1 >/dev/null
ok "elsewhere: a neighbour asks from there and is answered" \
	knows "$twin" eth0 2001:db8:1::1
is "elsewhere: what else it sends is spoofed" "host left ipv6 wrong_device dropped 1" total
clear
send "$peer" eth0 "$to" 1 \
	"IPv6(src='2001:db8:2::51',dst='2001:db8:1::1',hlim=254)/ICMPv6ND_NS(tgt='2001:db8:1::1')"
is "elsewhere: who is farther away is no neighbour" "host left ipv6 wrong_device dropped 1" total
clear
# what the host would send on is not said to a neighbour, whatever it looks like
for source in 2001:db8:2::51 2001:db8:1::1; do
	send "$peer" eth0 "$to" 2 "IPv6(src='$source',dst='2001:db8:8::1',hlim=255)/\
ICMPv6ND_NA(tgt='$source')/b'anything'"
done
is "elsewhere: nor is who means somebody else" "host left ipv6 own_address dropped 2
host left ipv6 wrong_device dropped 2" total
ip -n "$twin" addr del 2001:db8:2::50/64 dev eth0
ip -n "$twin" route del 2001:db8:1::1 dev eth0
clear

# a router advertises itself to one that comes up
remember() { # NETNS...: what comes, by type and source
	local name
	for name; do
		at "$name" nft -f - <<-'EOT'
		table ip6 came {
			set seen { type icmpv6_type . ipv6_addr; flags dynamic; size 65535; }
			chain early {
				type filter hook prerouting priority -310
				add @seen { icmpv6 type . ip6 saddr }
			}
		}
		EOT
	done
}
came() { # NETNS TYPE SOURCE
	at "$1" nft list set ip6 came seen | grep -Eq "\<$2 \. $3( |,|\$)"
}
remember "$host" "$peer" "$router" "$client"
cat >"$scratch/event" <<-'EOT'
	#!/bin/sh
	echo "$1" >>"${0%/*}/events"
	[ "$1" != bound ] || ip addr replace "$ipv6/128" dev "$interface"
EOT
chmod +x "$scratch/event"
ip -n "$client" link set eth0 down
ip netns exec "$router" dnsmasq --conf-file=/dev/null --keep-in-foreground --user=root --port=0 \
	--interface=net --enable-ra --dhcp-range=2001:db8:7::100,2001:db8:7::1ff,slaac,64,5m \
	--dhcp-leasefile="$scratch/leases" --pid-file --log-facility="$scratch/log" &
serving() {
	at "$router" ss -Hulnp "sport = :547" | grep -q dnsmasq
}
ok "router: it serves" within 30 serving
# long enough without an address to join groups meanwhile
conf6 "$client" eth0.dad_transmits=4
ip -n "$client" link set eth0 up
slaac() {
	ip -n "$client" -6 -o addr show dev eth0 scope global -tentative | grep -q 2001:db8:7:0
}
learnt() {
	ip -n "$client" -6 route show default proto ra | grep -q "dev eth0"
}
ok "router: a host that comes up makes itself an address" within 30 slaac
ok "router: and has a way out" within 30 learnt
ok "router: which leads far" pings "$client" 2001:db8:1::2
ok "router: it was asked" came "$router" nd-router-solicit "fe80::.*"
ok "router: it has answered" came "$client" nd-router-advert "fe80::.*"
ok "mld: groups were joined by the client without an address" \
	came "$router" mld2-listener-report ::
nothing "router"

# DHCPv6, from link-local addresses to a group and to link-local addresses
at "$client" socat -u UDP6-RECV:546,reuseaddr "OPEN:$scratch/546,creat,append" 2>/dev/null &
within 10 at "$client" sh -c "ss -Hlun 'sport = 546' | grep -q ." # it is to hear the first answers
ip netns exec "$client" busybox udhcpc6 -i eth0 -f -s "$scratch/event" -t 20 -T 2 -A 1 \
	>"$scratch/udhcpc6" 2>&1 &
udhcpc=$!
event() { # NAME: it happened
	grep -q "^$1" "$scratch/events"
}
ok "dhcp: the client gets an address" within 30 event bound
ok "dhcp: and can use it" within 9 pings "$client" 2001:db8:1::2 -I \
	"$(ip -n "$client" -6 -o addr show dev eth0 | sed -n 's:.*\(2001.db8.7..1[^/]*\)/128.*:\1:p')"
kill -USR1 $udhcpc
ok "dhcp: and keeps it" within 30 event renew
ok "dhcp: the answers went all the way up" within 9 test -s "$scratch/546"
kill $udhcpc
nothing "dhcp"

# who is in which group
alert="IPv6ExtHdrHopByHop(options=[RouterAlert()])/ICMPv6MLQuery(mrd=1)"
query() { # SOURCE: one query to all
	send "$peer" eth0 $all 1 "IPv6(src='$1',dst='ff02::1',hlim=1)/$alert"
}
ip -n "$host" addr add ff15::1/128 dev left autojoin
ok "mld: somebody asks" query fe80::99
ok "mld: the host answers" within 9 came "$peer" mld-listener-report "$(link_local "$host" left)"
query ::
ok "mld: somebody without an address asks" came "$host" mld-listener-query ::
nothing "mld"

# The kernel leaves a network's anycast address with any address of that network,
# even one that had not got through duplicate address detection: join it again.
for n in 0 1; do at "$host" sysctl -qw net.ipv6.conf.all.forwarding=$n; done

# to one, to a group, to all, to the nearest router; whole and in pieces
at "$host" socat -u UDP6-RECV:5000 "OPEN:$scratch/heard,creat,append" 2>/dev/null &
within 9 at "$host" bash -c "ss -Hlun 'sport = 5000' | grep -q ."
say_to() { # TEXT DESTINATION HEADERS [MAC]: from an honest source and from a spoofed one
	local source text
	for source in 2001:db8:1::22 2001:db8:2::22; do
		text=$1
		[[ $source == 2001:db8:1:* ]] || text=spoof
		from "$source" 1 "$3UDP(sport=9,dport=5000)/b'$text,'" "$2" "${4-$to}"
	done
}
said=one,group,all,router,options,hops,route,
say_to one 2001:db8:1::1 ""
say_to group ff15::1 "" $all
say_to all ff02::1 "" $all
say_to router 2001:db8:1:: ""
say_to options 2001:db8:1::1 "IPv6ExtHdrDestOpt()/"
say_to hops 2001:db8:1::1 "IPv6ExtHdrHopByHop()/"
say_to route 2001:db8:1::1 "IPv6ExtHdrDestOpt()/IPv6ExtHdrRouting()/"
says() { # TEXT: is what was heard
	[ "$(<"$scratch/heard")" = "$1" ]
}
within 9 says $said
is "in all forms: what is honest is heard" $said cat "$scratch/heard"
is "what is spoofed is counted, what is for a group also by another" \
	"host left ipv6 wrong_device dropped 7
twin eth0 ipv6 no_route dropped 2" total
explains "$host" "explain agrees" <<-'EOT'
	accept 2001:db8:1::22 dev left to 2001:db8:1::1
	accept 2001:db8:1::22 dev left to ff15::1
	accept 2001:db8:1::22 dev left to ff02::1
	accept 2001:db8:1::22 dev left to 2001:db8:1::
	drop:wrong_device 2001:db8:2::22 dev left to 2001:db8:1::1
	drop:wrong_device 2001:db8:2::22 dev left to ff15::1
	drop:wrong_device 2001:db8:2::22 dev left to ff02::1
	drop:wrong_device 2001:db8:2::22 dev left to 2001:db8:1::
EOT
explains "$twin" "at the neighbour, too" <<-'EOT'
	accept 2001:db8:1::22 dev eth0 to ff02::1
	drop:no_route 2001:db8:2::22 dev eth0 to ff02::1
EOT
clear
ok "in pieces: from the host" pings "$host" 2001:db8:1::2 -s 4000
ok "in pieces: through it" pings "$peer" 2001:db8:8::1 -s 4000
at "$host" sysctl -qw net.ipv6.anycast_src_echo_reply=1
ok "anycast: the nearest router answers from there" pings "$peer" 2001:db8:1::
nothing "in pieces, and anycast"

# addresses move from one device to another
move() { # NETNS DEVICE... ADDRESS: the second device has it, no longer the first
	ip -n "$1" addr del "$4" dev "$2"
	ip -n "$1" addr add "$4" dev "$3"
}
ip -n "$host" addr add 2001:db8:3::1/64 dev left
ip -n "$peer" addr add 2001:db8:3::2/64 dev eth0
ip -n "$router" addr add 2001:db8:3::2/64 dev eth0
# The twin hears it, too, when the host looks for the peer there.
ip -n "$twin" route add 2001:db8:3::/64 dev eth0
by_right() { # COUNT
	send "$router" eth0 "$(mac "$host" right)" "$1" \
		"IPv6(src='2001:db8:3::2',dst='2001:db8:2::1')/UDP(dport=9)"
}
ok "a network on the left" pings "$host" 2001:db8:3::2
by_right 3
is "is a spoof on the right" "host right ipv6 wrong_device dropped 3" total
move "$host" left right 2001:db8:3::1/64
clear
ok "moved to the right" pings "$host" 2001:db8:3::2
from 2001:db8:3::2 4
is "it is a spoof on the left" "host left ipv6 wrong_device dropped 4" total
explains "$host" "explain agrees" <<-'EOT'
	accept 2001:db8:3::2 dev right to 2001:db8:3::1
	drop:wrong_device 2001:db8:3::2 dev left to 2001:db8:1::1
EOT
clear

# and from one host to another
announce() { # NETNS ADDRESS: where it is now
	send "$1" eth0 $all 1 "IPv6(src='$2',dst='ff02::1',hlim=255)/ICMPv6ND_NA(tgt='$2',R=0,S=0,O=1)/\
ICMPv6NDOptDstLLAddr(lladdr='$(mac "$1" eth0)')"
}
vip=2001:db8:1::77
ip -n "$peer" addr add $vip/64 dev eth0 nodad
ok "an address of the peer" pings "$peer" 2001:db8:1::1 -I $vip
ip -n "$peer" addr del $vip/64 dev eth0
ip -n "$twin" addr add $vip/64 dev eth0 nodad
announce "$twin" $vip
ok "goes to its neighbour" pings "$twin" 2001:db8:1::1 -I $vip
ip -n "$twin" addr del $vip/64 dev eth0
ip -n "$host" addr add $vip/64 dev left nodad
forget "$peer" eth0
ok "and to the host" pings "$peer" $vip
nothing "so far"
from $vip 5
is "where it is nobody else's" "host left ipv6 own_address dropped 5" total
ip -n "$host" addr del $vip/64 dev left
ip -n "$peer" addr add $vip/64 dev eth0 nodad
clear
ok "until it goes back" pings "$peer" 2001:db8:1::1 -I $vip
nothing "since then"

from 2001:db8:2::2 2
from 2001:db8:1::1 3
from "$(link_local "$host" left)" 4
from 2001:db8:2::1 5 "ICMPv6ND_NS(tgt='2001:db8:1::1')"
from 2001:db8:7::1 6 "ICMPv6EchoRequest()" ff02::1 $all
from 2001:db8:ffff::1 7
from :: 8
is "what is spoofed is counted, among all that" "host left ipv6 no_route dropped 7
host left ipv6 own_address dropped 12
host left ipv6 source_zero dropped 8
host left ipv6 wrong_device dropped 8
twin eth0 ipv6 no_route dropped 6" total
explains "$host" "explain agrees" <<-EOT
	accept fe80::99 dev left to ff02::1
	accept fe80::99 dev right to ff02::1
	accept :: dev left to ff02::1
	drop:wrong_device 2001:db8:2::2 dev left to 2001:db8:1::1
	drop:own_address 2001:db8:1::1 dev left to 2001:db8:1::1
	drop:own_address $(link_local "$host" left) dev left to 2001:db8:1::1
	drop:own_address 2001:db8:2::1 dev left to 2001:db8:1::1
	drop:wrong_device 2001:db8:7::1 dev left to ff02::1
	drop:no_route 2001:db8:ffff::1 dev left to 2001:db8:1::1
	drop:source_zero :: dev left to 2001:db8:1::1
EOT
finish
