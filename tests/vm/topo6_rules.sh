#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Policy routing for IPv6: rules decide which way leads back to a source, by what
# the packet carries (addresses, traffic class, mark, ports), refuse, suppress what
# a table says, or take a route that sends on to the next rule. With the first rule
# packets are judged where marks are set, and destinations translated.
#
#   a   eth0 2001:db8:1::2/64 ---- left   2001:db8:1::1/64  host   main: default by left
#   b   eth0 2001:db8:2::2/64 ---- right  2001:db8:2::1/64         table 2: default by right
#
#   Each part has a rule that leads to table 2, and strangers (2001:db8:f::/48) that
#   come by one side or the other.
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 54

load rp_filter=0
namespace host a b
quiet6 "$host" "$a" "$b"
link "$host" left 2001:db8:1::1/64 "$a" eth0 2001:db8:1::2/64
link "$host" right 2001:db8:2::1/64 "$b" eth0 2001:db8:2::2/64
ip -n "$host" route add default via 2001:db8:1::2
ip -n "$host" route add table 2 default via 2001:db8:2::2
watch_routed6 "$host"
to_left=$(mac "$host" left) to_right=$(mac "$host" right)

# by left|right COUNT SOURCE [REST [DESTINATION [FIELD=VALUE...]]]
by() {
	local head="IPv6(src='2001:db8:f:$3',dst='${5-2001:db8:1::1}'${6+,$6})" name=$a mac=$to_left
	[ "$1" = left ] || name=$b mac=$to_right
	case ${4-} in
	pieces*) head="fragment6($head/IPv6ExtHdrFragment(id=100+i)/${4#pieces }/(b'x'*2000),1280)" ;;
	*) head+="/${4:-ICMPv6EchoReply()}" ;;
	esac
	[[ ${5-} != ff* ]] || mac=33:33:00:00:00:01
	send "$name" eth0 "$mac" "$2" "$head"
}
declare -a rules=()
rule() { # RULE...: until the part ends
	rules+=("$*")
	ip -n "$host" -6 rule add "$@"
}
forget() {
	local rule
	# shellcheck disable=SC2086 # a rule is several words
	for rule in "${rules[@]}"; do ip -n "$host" -6 rule del $rule; done
	rules=()
}
sees() { # WHAT LINES: what gets past, "DEVICE REST-OF-SOURCE PACKETS"
	is "$1" "$2" strangers
}
strangers() {
	seen "$host" ip6 | sed -n 's/ 2001:db8:f:/ /p'
}
drops() { # WHAT LINES: what is counted
	is "$1: the rest is counted" "$2" counted_all "$host"
}
agrees() { # WHAT <<QUESTIONS
	explains "$host" "$1: explain agrees"
}
unjudged() {
	shown "$host" unjudged
}

# Rules that come while the guard is on, with nobody to announce them.
guard6 "$host"
by left 5 :1
by right 6 :1
sees "without rules" "left :1 5"
drops "without rules" "right ipv6 wrong_device dropped 6"
is "without rules: each is judged" 0 unjudged
at "$host" nft -f - <<-'EOT'
table ip6 marks {
	chain filter { type filter hook prerouting priority 0; ip6 saddr 2001:db8:f::7 mark set 7; }
}
EOT
guard6 "$host"
rule fwmark 7 table 2
honest() {
	by right 1 :7
	[ "$(strangers)" = "right :7 1" ]
}
spoofed() { # is no more seen
	unwatch "$host"
	by right 1 :8
	[ -z "$(strangers)" ]
}
ok "the first rule is obeyed at once" honest
ok "and nothing else gets past, in a moment" within 9 spoofed
ok "what passed until then is known" test "$(unjudged)" -ge 1
guard6 "$host"
by left 5 :8
by right 6 :7
by left 7 :7
by right 8 :8
sees "mark: each by its way, without any sysctl, and what would be good unmarked" "left :7 7
left :8 5
right :7 6"
drops mark "right ipv6 wrong_device dropped 8"
agrees "mark" <<-'EOT'
	accept 2001:db8:f::8 dev left to 2001:db8:1::1
	accept 2001:db8:f::7 dev right to 2001:db8:1::1 mark 7
	accept 2001:db8:f::7 dev left to 2001:db8:1::1 mark 7
	drop:wrong_device 2001:db8:f::8 dev right to 2001:db8:1::1
EOT
at "$host" nft delete table ip6 marks
forget

# A transparent proxy has what it takes routed to the host, by a mark, and so all the world
# is local for who asks with that mark.
at "$host" nft -f - <<-'EOT'
table ip6 marks {
	chain mangle { type filter hook prerouting priority -150; udp dport 80 mark set 1; }
}
EOT
ip -n "$host" -6 route add local ::/0 dev lo table 100
rule fwmark 1 table 100
guard6 "$host"
by left 5 :1 "UDP(dport=80)" 2001:db8:f:9::1
by right 6 :2 "UDP(dport=80)" 2001:db8:f:9::1
by left 7 :1 "UDP(dport=80)"
sees "proxy: what it takes comes in, if it is honest" "left :1 12"
drops proxy "right ipv6 wrong_device dropped 6"
agrees "proxy" <<-'EOT'
	accept 2001:db8:f::1 dev left to 2001:db8:f:9::1 mark 1
	drop:wrong_device 2001:db8:f::2 dev right to 2001:db8:f:9::1 mark 1
EOT
ip -n "$host" -6 route flush table 100
at "$host" nft delete table ip6 marks
forget

# what is sent on by a mark: the way back is that of who is not marked
at "$host" nft -f - <<-'EOT'
table ip6 marks {
	chain mangle { type filter hook prerouting priority -150; iifname "left" mark set 1; }
}
EOT
rule fwmark 1 table 2
guard6 "$host"
by left 5 :1 "" 2001:db8:2::1
sees "sent on by a mark: it passes" "left :1 5"
drops "sent on" ""
at "$host" nft delete table ip6 marks
forget

# what the destination was translated to counts
at "$host" nft -f - <<-'EOT'
table ip6 nat {
	chain in {
		type nat hook prerouting priority -100
		udp dport 53 dnat to 2001:db8:2::1
		udp dport 54 dnat to 2001:db8:1::1
	}
}
EOT
rule from 2001:db8:2::1 table 2
guard6 "$host"
by right 5 :1 "UDP(sport=5000+i,dport=53)"
by left 6 :2 "UDP(sport=5000+i,dport=54)" 2001:db8:2::1
by left 7 :3 "UDP(sport=5000+i,dport=53)"
by right 8 :4 "UDP(sport=5000+i,dport=54)" 2001:db8:2::1
sees "nat: the translated destination counts" "left :2 6
right :1 5"
drops nat "left ipv6 wrong_device dropped 7
right ipv6 wrong_device dropped 8"
at "$host" nft delete table ip6 nat
forget

rule from 2001:db8:2::1 table 2
guard6 "$host"
by left 5 :1
by right 6 :1 "" 2001:db8:2::1
sees "from: to each address by its own way" "left :1 5
right :1 6"
unwatch "$host"
by left 7 :1 "" 2001:db8:2::1
by right 8 :1
# nobody sends from a group's address: the rule is not for those
by right 9 :1 "" ff02::1
sees "from: not by the other's, and groups have none" ""
drops from "left ipv6 wrong_device dropped 7
right ipv6 wrong_device dropped 17"
agrees "from" <<-'EOT'
	accept 2001:db8:f::1 dev left to 2001:db8:1::1
	accept 2001:db8:f::1 dev right to 2001:db8:2::1
	drop:wrong_device 2001:db8:f::1 dev left to 2001:db8:2::1
	drop:wrong_device 2001:db8:f::1 dev right to 2001:db8:1::1
	drop:wrong_device 2001:db8:f::1 dev right to ff02::1
EOT
forget

rule tos 0x90 table 2
guard6 "$host"
by left 5 :1
by right 6 :1 "" 2001:db8:1::1 tc=0x90
by right 7 :2 "" 2001:db8:1::1 tc=0x93,fl=0x12345
by left 8 :3 "" 2001:db8:1::1 tc=0x90
by right 9 :3 "" 2001:db8:1::1 fl=0x90
by right 10 :3 "" 2001:db8:1::1 tc=0x10
sees "tos: each by its way, ECN and flow label aside" "left :1 5
right :1 6
right :2 7"
drops tos "left ipv6 wrong_device dropped 8
right ipv6 wrong_device dropped 19"
agrees "tos" <<-'EOT'
	accept 2001:db8:f::1 dev left to 2001:db8:1::1
	accept 2001:db8:f::1 dev right to 2001:db8:1::1 tos 0x90
	accept 2001:db8:f::2 dev right to 2001:db8:1::1 tos 0x93
	drop:wrong_device 2001:db8:f::3 dev left to 2001:db8:1::1 tos 0x90
	drop:wrong_device 2001:db8:f::3 dev right to 2001:db8:1::1
	drop:wrong_device 2001:db8:f::3 dev right to 2001:db8:1::1 tos 0x10
EOT
forget

# ports are those of the answer: swapped
rule ipproto udp dport 5000 table 2
rule ipproto tcp sport 80 table 2
rule ipproto udp sport 6000-6010 dport 7000 table 2
guard6 "$host"
by left 5 :1 "UDP(sport=5001,dport=9)"
by left 6 :1 "TCP(sport=5000,dport=81)"
by right 7 :2 "UDP(sport=5000,dport=9)"
by right 8 :2 "TCP(sport=9,dport=80)"
by right 9 :2 "UDP(sport=7000,dport=6010)"
by right 10 :2 "IPv6ExtHdrDestOpt()/UDP(sport=5000,dport=9)"
sees "ports: each by its way" "left :1 11
right :2 34"
drops ports ""
guard6 "$host"
by left 5 :1 "UDP(sport=5000,dport=9)"
by left 6 :1 "TCP(sport=9,dport=80)"
by right 7 :2 "UDP(sport=9,dport=5000)"
by right 8 :2 "TCP(sport=80,dport=9)"
by right 9 :2 "UDP(sport=7000,dport=6011)"
by right 10 :2
sees "ports: not by the other's" ""
drops ports "left ipv6 wrong_device dropped 11
right ipv6 wrong_device dropped 34"

# without conntrack nobody joins pieces before they are routed
guard6 "$host"
by left 2 :1 "pieces UDP(sport=5000,dport=9)"
by right 2 :2 "pieces UDP(sport=5000,dport=9)"
sees "pieces have no ports, not even the first" "left :1 4"
drops pieces "right ipv6 wrong_device dropped 4"
at "$host" nft -f - <<-'EOT'
table ip6 track {
	chain tracked { type filter hook prerouting priority -100; ct state new counter; }
}
EOT
guard6 "$host"
by right 3 :3 "pieces UDP(sport=5000,dport=9)"
sees "what conntrack has joined has them again" "right :3 3"
by left 2 :4 "pieces UDP(sport=5000,dport=9)"
by right 2 :4 "pieces UDP(sport=9,dport=9)"
sees "and they are obeyed" "right :3 3"
drops joined "left ipv6 wrong_device dropped 2
right ipv6 wrong_device dropped 2"
at "$host" nft delete table ip6 track
forget

# A packet's own arrival is not what leads back; what the host itself sends is.
rule iif right table 2
guard6 "$host"
by left 5 :1
by right 6 :1
sees "iif: a rule for what arrives is none for the way back" "left :1 5"
agrees "iif" <<-'EOT'
	accept 2001:db8:f::1 dev left to 2001:db8:1::1
	drop:wrong_device 2001:db8:f::1 dev right to 2001:db8:1::1
EOT
forget
rule iif lo table 2
guard6 "$host"
by left 5 :1
by right 6 :1
sees "iif: one for what the host sends is" "right :1 6"
drops iif "left ipv6 wrong_device dropped 5"
agrees "iif lo" <<-'EOT'
	drop:wrong_device 2001:db8:f::1 dev left to 2001:db8:1::1
	accept 2001:db8:f::1 dev right to 2001:db8:1::1
EOT
forget

rule to 2001:db8:f:1::/64 blackhole
rule to 2001:db8:f:2::/64 prohibit
rule to 2001:db8:f:3::/64 unreachable
guard6 "$host"
by left 5 1::1
by left 6 2::1
by left 7 3::1
by left 8 4::1
sees "a rule that refuses is one" "left 4::1 8"
drops "a rule that refuses" "left ipv6 no_route dropped 7
left ipv6 reject_route dropped 11"
agrees "a rule that refuses" <<-'EOT'
	drop:reject_route 2001:db8:f:1::1 dev left to 2001:db8:1::1
	drop:reject_route 2001:db8:f:2::1 dev left to 2001:db8:1::1
	drop:no_route 2001:db8:f:3::1 dev left to 2001:db8:1::1
	accept 2001:db8:f:4::1 dev left to 2001:db8:1::1
EOT
forget

# main says nothing of what only its default route leads to
ip -n "$host" route add 2001:db8:f:5::/64 via 2001:db8:1::2
rule priority 90 table main suppress_prefixlength 0
rule priority 91 table 2
suppressed() { # HOW
	guard6 "$host"
	by left 5 5::1
	by right 6 :1
	send "$a" eth0 "$to_left" 3 "IPv6(src='2001:db8:1::2',dst='2001:db8:1::1')/ICMPv6EchoReply()"
	sees "$1: each by its way" "left 5::1 5
right :1 6"
	by left 7 :2
	by right 8 5::2
	sees "$1: not by the other's" "left 5::1 5
right :1 6"
	drops "$1" "left ipv6 wrong_device dropped 7
right ipv6 wrong_device dropped 8"
	agrees "$1" <<-'EOT'
		accept 2001:db8:f:5::1 dev left to 2001:db8:1::1
		accept 2001:db8:f::1 dev right to 2001:db8:1::1
		accept 2001:db8:1::2 dev left to 2001:db8:1::1
		drop:wrong_device 2001:db8:f::2 dev left to 2001:db8:1::1
		drop:wrong_device 2001:db8:f:5::2 dev right to 2001:db8:1::1
	EOT
}
suppressed suppress_prefixlength
forget
# nor of what is behind devices of a group
ip -n "$host" link set left group 7
rule priority 90 table main suppress_ifgroup 7
rule priority 91 table 2
guard6 "$host"
by left 5 5::1
by right 6 :1
by right 7 5::2
sees "suppress_ifgroup: whatever its prefix" "right 5::2 7
right :1 6"
drops suppress_ifgroup "left ipv6 wrong_device dropped 5"
agrees "suppress_ifgroup" <<-'EOT'
	drop:wrong_device 2001:db8:f:5::1 dev left to 2001:db8:1::1
	accept 2001:db8:f::1 dev right to 2001:db8:1::1
	accept 2001:db8:f:5::2 dev right to 2001:db8:1::1
EOT
forget
ip -n "$host" link set left group 0

# a route that sends on to the next rule
ip -n "$host" route add table 3 default via 2001:db8:2::2
ip -n "$host" route add table 3 throw 2001:db8:f:5::/64
ip -n "$host" route add table 3 throw 2001:db8:1::/64
rule priority 90 table 3
suppressed throw
forget

# a guard that comes after the rules starts right away as a late one
rule priority 90 fwmark 7 table 2
guard6 "$host"
before=$(unjudged)
by left 5 :1
by right 6 :1
sees "a guard that comes after a rule" "left :1 5"
is "has judged each" "$before" unjudged
forget
guard6 "$host"
by right 6 :1
drops "when rules are gone" "right ipv6 wrong_device dropped 6"
finish
