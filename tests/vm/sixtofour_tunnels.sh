#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which tunnel a packet is for, and so by which addresses it is judged, or not at all:
# brokers, ISATAP, 6rd domains, tunnels that are bound to a device, that come before
# others, that live in another namespace or in a VRF; behind NAT; and whatever the packet
# looks like: in fragments, with options, cut short, of another version.
#
#   peer                     host                        other
#   eth0 192.0.2.2/24 ------ eth0 192.0.2.1/24           tunnels of the host's
#   eth1 203.0.113.2/24 ---- eth1 203.0.113.1/24         that moved there
#   eth2 --- red0, in VRF red, and
#   eth3 --- red1, as well; red has 192.0.2.1, too
#
# The tunnels of the host: "six" for 192.0.2.1 with the prefix 2002::/16, and for a while
# others beside it. What sit itself would have done the guard must not have changed: each
# part is gone through without it first, when sit says so.
#
# files: tests/sit.sh
# expect-log: ^sit: (Src|Dst) spoofed
# at the end the devices go while their VRF still wants to restart them:
# expect-log: ^red[01]: Failed to cycle device
# expect-log: ^IPv6: [a-z0-9]+: Disabled Multicast RS$
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/sit.sh"
plan 79

load rp_filter=0 sixtofour=0
modprobe sit
namespace host peer other
link "$host" eth0 192.0.2.1/24 "$peer" eth0 192.0.2.2/24
link "$host" eth1 203.0.113.1/24 "$peer" eth1 203.0.113.2/24
ip -n "$host" link add red up type vrf table 10
for i in 0 1; do
	link "$host" red$i - "$peer" eth$((i + 2)) -
	ip -n "$host" link set red$i vrf red
done
ip -n "$host" addr add 192.0.2.1/32 dev red
deaf "$host" "$other"
conf "$host" {all,default,eth0,eth1,red0,red1}.rp_filter=0 all.log_martians=0
declare -A mac=([eth0]=$(mac "$host" eth0) [eth1]=$(mac "$host" eth1)
	[eth2]=$(mac "$host" red0) [eth3]=$(mac "$host" red1))

add() { # NAME WORD...: a tunnel of the host's, up
	ip -n "$host" link add "$1" type sit "${@:2}" || exit 1
	ip -n "$host" link set "$1" up
}
del() { # NAME...
	local name
	for name; do ip -n "$host" link del "$name"; done
}
by() { # DEVICE COUNT EXPRESSION
	send "$peer" "$1" "${mac[$1]}" "$2" "$3" || exit 1
}
# both WHAT ALONE GUARDED COMMAND: what becomes of the packets that it sends, without the
# guard and with it; "-": nothing
both() {
	fates "$host=0" "$other" >/dev/null
	$4
	is "$1: without the guard" "${2/#-/nothing}" fates "$host" "$other"
	fates "$host=1" "$other" >/dev/null
	$4
	is "$1" "${3/#-/nothing}" fates "$host" "$other"
}

me="'192.0.2.1'"
you="'192.0.2.2'"
native="'2001:db8::1'"
honest="in_ip4($you,$me,six($you),six($me))"
# a source and a destination that belong to nobody here
source="in_ip4($you,$me,six('198.51.100.9'),six($me))"
target="in_ip4($you,$me,six($you),six('198.51.100.9'))"
# three packets by a device that six would take, and of two kinds some that it would not
by_eth0() { by eth0 3 "$honest"; by eth0 4 "$source"; by eth0 5 "$target"; }
by_eth1() { by eth1 3 "$honest"; by eth1 4 "$source"; by eth1 5 "$target"; }
by_red0() { by eth2 3 "$honest"; by eth2 4 "$source"; by eth2 5 "$target"; }
by_red1() { by eth3 3 "$honest"; by eth3 4 "$source"; by eth3 5 "$target"; }
judged() { # DEVICE: as it is counted
	echo "$1 6to4_destination dropped 5, $1 6to4_source dropped 4"
}

# A relay, and a broker at the other end of the same addresses
add six local 192.0.2.1
by_eth0
both "a 6to4 tunnel" "six 3, said 9" "six 3, $(judged eth0)" by_eth0
add broker local 192.0.2.1 remote 192.0.2.2
both "a broker's tunnel takes all of what comes from there" "broker 12" "broker 12" by_eth0
stranger() {
	by eth0 3 "in_ip4('192.0.2.3',$me,six('192.0.2.3'),six($me))"
	by eth0 4 "in_ip4('192.0.2.3',$me,six($you),six($me))"
}
both "others do not become brokers by that" "six 3, said 4" "six 3, eth0 6to4_source dropped 4" stranger
ip -n "$host" link set broker down
both "nor does the broker while its tunnel is down" "six 3, said 9" "six 3, $(judged eth0)" by_eth0
del broker
add broker remote 192.0.2.2
both "a broker's tunnel, whatever the address here" "broker 12" "broker 12" by_eth0
del broker
add broker local 192.0.2.1 remote 192.0.2.2 dev eth1
both "a broker's tunnel that is bound to another device" "six 3, said 9" "six 3, $(judged eth0)" by_eth0
both "takes what comes by that" "broker 12" "broker 12" by_eth1
del broker
add broker local 203.0.113.1 remote 192.0.2.2
both "a broker's tunnel for another address here" "six 3, said 9" "six 3, $(judged eth0)" by_eth0
del broker

# Devices, and which tunnel comes first
add wan local 192.0.2.1 dev eth1 6rd-prefix 2001:db8::/32
both "of two for an address, the one that is bound to another device has no say" \
	"six 3, said 9" "six 3, $(judged eth0)" by_eth0
domain() { # of packets for 2001:db8::/32: some are honest, some are not, some have no part in it
	by eth1 2 "in_ip4($you,$me,'2001:db8:c000:202::1','2001:db8:c000:201::1')"
	by eth1 3 "in_ip4($you,$me,'2001:db8:c000:203::1','2001:db8:c000:201::1')"
	by eth1 4 "in_ip4($you,$me,'2001:db8:c000:202::1','2001:db8:c000:202::1')"
	by eth1 5 "$source"
}
both "on its device it has, and its own prefix" "wan 7, said 7" \
	"wan 7, eth1 6to4_destination dropped 4, eth1 6to4_source dropped 3" domain
ip -n "$host" link set six down
ip -n "$host" link set six type sit local 192.0.2.1 ttl 9
ip -n "$host" link set six up
both "the one that was changed last comes first" "six 3, said 9" "six 3, $(judged eth1)" by_eth1
ip -n "$host" link set wan type sit local 192.0.2.1 dev eth1 ttl 9
both "the other one again" "wan 7, said 7" \
	"wan 7, eth1 6to4_destination dropped 4, eth1 6to4_source dropped 3" domain
del wan

# Wildcards: sit knows one of them, the newest
ip -n "$host" link set six down
ip -n "$host" link set sit0 up
both "what is for no other tunnel" "sit0 3, said 9" "sit0 3, $(judged eth0)" by_eth0
add any dev eth1
both "the newest of those for all takes it, wherever it is bound to" \
	"any 3, said 9" "any 3, $(judged eth0)" by_eth0
ip -n "$host" link set any down
both "and if that is down, nobody does" - - by_eth0
ip -n "$host" link set sit0 down
ip -n "$host" link set sit0 up
both "nor another one that came up later" - - by_eth0
del any
ip -n "$host" link set sit0 down
ip -n "$host" link set six up

# ISATAP: sources are checked against a list of routers and the tunnel's network, silently
add isa local 203.0.113.1 isatap
ip -n "$host" addr add 2001:db8:5:5:0:5efe:203.0.113.1/64 dev isa
at "$host" ip tunnel prl prl-default 203.0.113.2 dev isa
isatap() {
	by eth1 2 "in_ip4('203.0.113.2','203.0.113.1',six('198.51.100.9'),six('198.51.100.9'))"
	by eth1 3 "in_ip4('203.0.113.3','203.0.113.1','2001:db8:5:5:0:5efe:203.0.113.3',six($me))"
	by eth1 4 "in_ip4('203.0.113.3','203.0.113.1',six('198.51.100.9'),six('198.51.100.9'))"
}
both "ISATAP is not judged" "isa 5" "isa 5" isatap
del isa

# Tunnels that are for IPv4 as well, or alone
add four local 192.0.2.1 dev eth0 mode ipip
both "what comes to a tunnel for IPv4 is nobody's" - - by_eth0
del four
add any local 192.0.2.1 dev eth0 mode any
both "a tunnel for both is one for IPv6" "any 3, said 9" "any 3, $(judged eth0)" by_eth0
del any

# A 6rd domain with private addresses, which RFC 3964's lists are not for
ip -n "$host" addr add 10.1.2.1/16 dev eth1
add isp local 10.1.2.1 6rd-prefix 2001:db8:4000::/34 6rd-relay_prefix 10.1.0.0/16
sixrd() {
	by eth1 2 "in_ip4('10.1.2.3','10.1.2.1','2001:db8:4080:c000::1','2001:db8:4080:4000::1')"
	by eth1 3 "in_ip4('10.1.2.3','10.1.2.1','2001:db8:4081:0::1','2001:db8:4080:4000::1')"
	by eth1 4 "in_ip4('10.1.2.3','10.1.2.1','2001:db8:4080:c000::1','2001:db8:4080:8000::1')"
	by eth1 5 "in_ip4('10.2.2.3','10.1.2.1','2001:db8:4080:c000::1','2001:db8:4080:4000::1')"
	by eth1 6 "in_ip4('10.1.2.3','10.1.2.1',six('10.0.0.1'),'fe80::1')"
}
both "a 6rd domain of /34 without its first 16 bits" "isp 8, said 12" \
	"isp 8, eth1 6to4_destination dropped 4, eth1 6to4_source dropped 8" sixrd
guard "$host" sixtofour full
sixrd
is "full: the same in a 6rd domain" \
	"isp 8, eth1 6to4_destination dropped 4, eth1 6to4_source dropped 8" fates "$host"
del isp

# Tunnels that lead to another namespace
ip -n "$host" link add away type sit local 203.0.113.1
ip -n "$host" link set away netns "$other"
ip -n "$other" link set away up
moved() {
	by eth1 3 "in_ip4('203.0.113.2','203.0.113.1',six('203.0.113.2'),$native)"
	by eth1 4 "in_ip4('203.0.113.2','203.0.113.1',six($you),$native)"
}
both "a tunnel that moved is judged where its packets arrive" \
	"away 3, said 4" "away 3, eth1 6to4_source dropped 4" moved
ip -n "$other" link set away type sit local 203.0.113.1 6rd-prefix 2001:db8::/32
moved6() {
	by eth1 3 "in_ip4('203.0.113.2','203.0.113.1','2001:db8:cb00:7102::1',six($you))"
	by eth1 4 "in_ip4('203.0.113.2','203.0.113.1','2001:db8:cb00:7103::1',six($you))"
}
both "also when it has changed there" "away 3, said 4" "away 3, eth1 6to4_source dropped 4" moved6
ip -n "$other" link set away down
both "down there it takes nothing" - - moved6
ip -n "$other" link del away

# VRFs: the packet's device is the VRF by then
add slave local 192.0.2.1 dev red0 6rd-prefix 2001:db8::/32
both "a tunnel that is bound to a VRF's slave" "slave 12" "slave 12" by_red0
both "has no say for another slave" "six 3, said 9" "six 3, $(judged red1)" by_red1
ip -n "$host" link set slave type sit local 192.0.2.1 dev red0 6rd-prefix 2002::/16
both "it judges, and the slave is counted" "slave 3, said 9" "slave 3, $(judged red0)" by_red0
del slave
add wide local 192.0.2.1 dev red
both "one that is bound to the VRF takes what comes by either" \
	"wide 3, said 9" "wide 3, $(judged red1)" by_red1
at "$host" srcguard dev set red1 sixtofour off
by_red0
by_red1
is "a slave's settings are the slave's" "wide 6, $(judged red0), said 9" fates "$host"
at "$host" srcguard dev clear red1
at "$host" srcguard dev set red sixtofour off
by_red0
is "those of the VRF are nobody's" "wide 3, $(judged red0)" fates "$host"
at "$host" srcguard dev clear red
del wide

# NAT
at "$host" nft -f - <<-'EOT'
table ip nat {
	chain pre {
		type nat hook prerouting priority -100
		ip protocol 41 ip daddr { 192.0.2.77, 192.0.2.78 } dnat to 192.0.2.1
	}
	chain in {
		type nat hook input priority 100
		ip protocol 41 ip saddr 192.0.2.99 snat to 192.0.2.2
	}
}
EOT
ip -n "$host" addr add 2002:c000:24d::1/48 dev six
translated() { # to .77, which the tunnel has an address of, and to .78, which it has not
	by eth0 2 "in_ip4('192.0.2.5','192.0.2.77',six('192.0.2.5'),'2002:c000:24d:7::7')"
	by eth0 3 "in_ip4('192.0.2.6','192.0.2.78',six('192.0.2.6'),'2002:c000:24e::1')"
	by eth0 4 "in_ip4('192.0.2.5','192.0.2.77',six('192.0.2.6'),'2002:c000:24d::1')"
}
both "a destination that was translated is excused if the tunnel has an address of it" \
	"six 2, said 7" "six 2, eth0 6to4_destination dropped 3, eth0 6to4_source dropped 4" translated
in_input() { # from .99, which becomes .2 in INPUT
	by eth0 2 "in_ip4('192.0.2.99',$me,six($you),six($me))"
	by eth0 3 "in_ip4('192.0.2.99',$me,six('192.0.2.99'),six($me))"
}
both "a source that is translated in INPUT is judged by what it becomes" \
	"six 2, said 3" "six 2, eth0 6to4_source dropped 3" in_input
at "$host" nft delete table ip nat

# The look of packets
fragments() { # joined before they are judged; the inner header is in five of them
	by eth0 2 "fragment($honest/(b'x'*3000),1000)"
	by eth0 1 "fragment($source/(b'x'*3000),1000)[::-1]"
	by eth0 4 "fragment($target/(b'x'*24),8)"
	by eth0 5 "fragment(in_ip4($you,$me,six($me),six($me),id=99)/(b'x'*3000),1000)[1:]"
}
both "fragments" "six 2, said 5" "six 2, eth0 6to4_destination dropped 4, eth0 6to4_source dropped 1" \
	fragments
options() { # good ones; with bogus ones a packet does not get here
	local o
	for o in '01010101' '07070400000000' '440c05000000000000000000' '94040000'; do
		by eth0 1 "in_ip4($you,$me,six($you),six($me),options=[Raw(bytes.fromhex('$o').ljust(12,b'\\0'))])"
		by eth0 2 "in_ip4($you,$me,six($me),six($me),options=[Raw(bytes.fromhex('$o').ljust(12,b'\\0'))])"
	done
	by eth0 3 "in_ip4($you,$me,six($me),six($me),options=[Raw(bytes.fromhex('070204000000000000000000'))])"
}
both "IP options" "six 4, said 8" "six 4, eth0 6to4_source dropped 8" options
version() { # the inner one, which sit does not look at
	by eth0 16 "IP(src=$you,dst=$me,proto=41)/bytes((16*i,))/raw($honest)[21:]"
	by eth0 16 "IP(src=$you,dst=$me,proto=41)/bytes((16*i,))/raw($source)[21:]"
}
both "the inner header's version is of no account" "six 16, said 16" \
	"six 16, eth0 6to4_source dropped 16" version
# 0 to 128 bytes behind the outer header, which has options or not: 40 of each are too short
cut() { # EXPRESSION [OPTIONS]
	by eth0 1 "(lambda d:[IP(src=$you,dst=$me,proto=41${2-})/d[:n] for n in range(129)])(raw($1/(b'x'*88))[20:])"
}
cut_honest() { cut "$honest"; cut "$honest" ",options=[Raw(b'\\1'*40)]"; }
cut_source() { cut "$source"; cut "$source" ",options=[Raw(b'\\1'*40)]"; }
both "cut short, honest or not where one sees it" "six 178" "six 178, eth0 6to4_truncated dropped 80" \
	cut_honest
both "cut short, and spoofed where one sees it" "said 178" \
	"eth0 6to4_source dropped 178, eth0 6to4_truncated dropped 80" cut_source
add broker local 192.0.2.1 remote 192.0.2.2
both "what is too short for a broker's tunnel is not counted" "broker 178" "broker 178" cut_source
del broker six
both "nor what is for no tunnel" - - cut_source
bytes=$((80 * 39 / 2 + 40 * 20 + 40 * 60))
add six local 192.0.2.1
guard "$host" sixtofour off
guard "$host" sixtofour match
cut_honest
is "the bytes of what is too short are counted" "$bytes" counted "$host" eth0 6to4_truncated dropped bytes
fates "$host=2" "$other" >/dev/null
cut_honest
is "cut short, with all rows of the list" "six 178, eth0 6to4_truncated dropped 80" fates "$host"
cut_source
is "spoofed, too" "eth0 6to4_source dropped 178, eth0 6to4_truncated dropped 80" fates "$host"
del six
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
