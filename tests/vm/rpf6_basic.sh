#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# IPv6: spoofed and honest packets through strict, loose, off and audit, counted to
# the packet, seen from outside the module by nft; own addresses, routes that
# reject, link-local sources, fragments and extension headers.
#
# debug: short
# expect-log: ^ICMPv6: NA: [0-9a-f:]+ advertised our address 2001:db8:1::1 on veth0!$
#
#   peer                           host                        other
#   veth0 2001:db8:1::2/64 ---- veth0 2001:db8:1::1/64
#                               veth1 2001:db8:2::1/64 ---- veth0 2001:db8:2::2/64
#                               2001:db8:3::/48 via 2001:db8:2::2
#                               2001:db8:4::/48 via 2001:db8:1::2
#                               2001:db8:5:1::/64 blackhole, :2 unreachable, :3 prohibit
#
. "${0%/*}/lib.sh"
plan 51

load
namespace host peer other
quiet6 "$host" "$peer" "$other"
link "$host" veth0 2001:db8:1::1/64 "$peer" veth0 2001:db8:1::2/64
link "$host" veth1 2001:db8:2::1/64 "$other" veth0 2001:db8:2::2/64
ip -n "$host" route add 2001:db8:3::/48 via 2001:db8:2::2
ip -n "$host" route add 2001:db8:4::/48 via 2001:db8:1::2
ip -n "$host" route add 2001:db8:5::/48 via 2001:db8:1::2
ip -n "$host" route add blackhole 2001:db8:5:1::/64
ip -n "$host" route add unreachable 2001:db8:5:2::/64
ip -n "$host" route add prohibit 2001:db8:5:3::/64
at "$host" sysctl -qw net.ipv6.conf.all.forwarding=1
watch "$host"
to=$(mac "$host" veth0)
link_local() { # NETNS DEVICE
	ip -n "$1" -6 -o addr show dev "$2" scope link | sed 's/.*inet6 \([^/]*\).*/\1/'
}

from() { # SOURCE [COUNT [PAYLOAD]]
	send "$peer" veth0 "$to" "${2-10}" \
		"IPv6(src='$1',dst='2001:db8:1::1')/${3-UDP(dport=9)}"
}
zero() { # also a check that the counters go with the guard
	at "$host" srcguard set rp_filter off && at "$host" srcguard set rp_filter "$1"
	watch "$host"
}
zero strict

ok "honest packets are sent" from 2001:db8:1::22
is "strict: the neighbour passes" 10 passed "$host" 2001:db8:1::22
from 2001:db8:4::1
is "strict: a network behind the neighbour passes" 10 passed "$host" 2001:db8:4::1
ok "strict: a conversation by way of the host" \
	at "$host" ping -q -c 3 -i 0.02 -W 9 2001:db8:2::2
ok "strict: the host with itself" at "$host" ping -q -c 3 -i 0.02 -W 9 2001:db8:1::1
ok "strict: by loopback" at "$host" ping -q -c 3 -i 0.02 -W 9 ::1
ok "strict: by link-local addresses" \
	at "$peer" ping -q -c 3 -i 0.02 -W 9 "$(link_local "$host" veth0)%veth0"
ok "strict: all neighbours answer" \
	at "$host" ping -q -c 2 -i 0.02 -W 9 ff02::1%veth0
is "nothing was counted for them" "" counted_all "$host"
watch "$host"

from 2001:db8:3::1 25
is "strict: a source behind another device does not pass" 0 passed "$host" 2001:db8:3::1
is "and is counted" 25 counted "$host" veth0 wrong_device
is "its bytes are counted from the IP header on" $((25 * 48)) \
	counted "$host" veth0 wrong_device dropped bytes
from 2001:db8:2::99 5
is "strict: a neighbour of another device does not pass" 0 passed "$host" 2001:db8:2::99
from 2001:db8:ffff::1 7
is "strict: a source without a route does not pass" 0 passed "$host" 2001:db8:ffff::1
is "and is counted" 7 counted "$host" veth0 no_route
from 2001:db8:1::1 3
is "an own address does not pass" 0 passed "$host" 2001:db8:1::1
is "and is counted" 3 counted "$host" veth0 own_address
from 2001:db8:2::1 4
is "an own address of another device does not pass" 7 counted "$host" veth0 own_address
from 2001:db8:2:: 2
is "nor an anycast address of the host as a router" 9 counted "$host" veth0 own_address
from "$(link_local "$host" veth0)" 2
is "nor its link-local address on the device" 11 counted "$host" veth0 own_address
from "$(link_local "$host" veth1)" 5
is "what is its link-local address on another device may be a neighbour's here" \
	5 passed "$host" "$(link_local "$host" veth1)"
from :: 2
is "a source of zero does not pass to one host" 2 counted "$host" veth0 source_zero
for n in 1 2 3; do from 2001:db8:5:$n::1 $n; done
is "sources under blackhole, unreachable and prohibit routes do not pass" \
	6 counted "$host" veth0 reject_route
from 2001:db8:5:4::1 3
is "their neighbour prefix does" 3 passed "$host" 2001:db8:5:4::1
is "the list is complete" "veth0 ipv6 no_route dropped 7
veth0 ipv6 own_address dropped 11
veth0 ipv6 reject_route dropped 6
veth0 ipv6 source_zero dropped 2
veth0 ipv6 wrong_device dropped 30" counted_all "$host"
explains "$host" "strict: explain agrees" <<-EOT
	accept 2001:db8:1::22 dev veth0 to 2001:db8:1::1
	accept 2001:db8:4::1 dev veth0 to 2001:db8:1::1
	accept 2001:db8:5:4::1 dev veth0 to 2001:db8:1::1
	accept $(link_local "$host" veth1) dev veth0 to 2001:db8:1::1
	drop:wrong_device 2001:db8:3::1 dev veth0 to 2001:db8:1::1
	drop:wrong_device 2001:db8:2::99 dev veth0 to 2001:db8:1::1
	drop:no_route 2001:db8:ffff::1 dev veth0 to 2001:db8:1::1
	drop:own_address 2001:db8:1::1 dev veth0 to 2001:db8:1::1
	drop:own_address 2001:db8:2::1 dev veth0 to 2001:db8:1::1
	drop:own_address 2001:db8:2:: dev veth0 to 2001:db8:1::1
	drop:own_address $(link_local "$host" veth0) dev veth0 to 2001:db8:1::1
	drop:source_zero :: dev veth0 to 2001:db8:1::1
	drop:reject_route 2001:db8:5:1::1 dev veth0 to 2001:db8:1::1
	drop:reject_route 2001:db8:5:2::1 dev veth0 to 2001:db8:1::1
	drop:reject_route 2001:db8:5:3::1 dev veth0 to 2001:db8:1::1
EOT

# the kernel refuses these before any hook
zero strict
for source in ::1 ff02::1; do from $source 2; done
is "what the kernel refuses by itself is not counted" "" counted_all "$host"
from ::ffff:10.0.0.1 2
is "an IPv4 address in disguise has no route" "veth0 ipv6 no_route dropped 2" counted_all "$host"
zero strict

# a packet in pieces, and with headers in between, is a packet
for source in 2001:db8:1::22 2001:db8:3::1; do
	head="IPv6(src='$source',dst='2001:db8:1::1')"
	send "$peer" veth0 "$to" 2 "$head/IPv6ExtHdrHopByHop()/UDP(dport=9)"
	send "$peer" veth0 "$to" 2 "$head/IPv6ExtHdrDestOpt()/IPv6ExtHdrRouting()/UDP(dport=9)"
	send "$peer" veth0 "$to" 2 \
		"fragment6($head/IPv6ExtHdrFragment(id=7)/UDP(dport=9)/(b'x'*2000),1280)"
	send "$peer" veth0 "$to" 2 "$head/IPv6ExtHdrFragment(offset=9,m=0,id=8)/b'xxxxxxxx'"
	send "$peer" veth0 "$to" 2 "$head"
done
is "with extension headers and in fragments: the honest ones pass" 12 passed "$host" 2001:db8:1::22
is "the spoofed ones do not" 0 passed "$host" 2001:db8:3::1
is "counted one by one" "veth0 ipv6 wrong_device dropped 12" counted_all "$host"

# what claims an address of the host has to be heard
zero strict
own=2001:db8:1::1
send "$peer" veth0 "$to" 3 "IPv6(src='$own',dst='ff02::1',hlim=255)/ICMPv6ND_NA(tgt='$own',R=0,S=0)"
is "an advertisement from an own address passes" 3 passed "$host" $own
is "it is not counted" "" counted_all "$host"
send "$peer" veth0 "$to" 3 "IPv6(src='$own',dst='ff02::1',hlim=64)/ICMPv6ND_NA(tgt='$own',R=0,S=0)"
send "$peer" veth0 "$to" 3 "IPv6(src='$own',dst='ff02::1',hlim=255)/ICMPv6EchoRequest()"
is "one from afar does not, nor anything else" 3 passed "$host" $own
is "these are counted" "veth0 ipv6 own_address dropped 6" counted_all "$host"

zero loose
from 2001:db8:3::1
is "loose: a source behind another device passes" 10 passed "$host" 2001:db8:3::1
from 2001:db8:ffff::1
is "loose: a source without a route does not" 0 passed "$host" 2001:db8:ffff::1
from 2001:db8:1::1 3
from 2001:db8:5:1::1 2
is "loose: counted, with own addresses and routes that reject" "veth0 ipv6 no_route dropped 10
veth0 ipv6 own_address dropped 3
veth0 ipv6 reject_route dropped 2" counted_all "$host"
explains "$host" "loose: explain agrees" <<-'EOT'
	accept 2001:db8:3::1 dev veth0 to 2001:db8:1::1
	drop:no_route 2001:db8:ffff::1 dev veth0 to 2001:db8:1::1
	drop:own_address 2001:db8:1::1 dev veth0 to 2001:db8:1::1
	drop:reject_route 2001:db8:5:1::1 dev veth0 to 2001:db8:1::1
EOT

zero strict
at "$host" srcguard set enforce 0
from 2001:db8:3::1 20
is "audit: what would be dropped passes" 20 passed "$host" 2001:db8:3::1
is "and is counted as such" "veth0 ipv6 wrong_device audited 20" counted_all "$host"
explains "$host" "audit: explain agrees" <<-'EOT'
	audit:wrong_device 2001:db8:3::1 dev veth0 to 2001:db8:1::1
EOT
at "$host" srcguard set rp_filter off enforce 1
from 2001:db8:3::1 10
is "off: everything passes" 30 passed "$host" 2001:db8:3::1
is "off: there are no counters" "[]" at "$host" srcguard -j stats
explains "$host" "off: explain agrees" <<-'EOT'
	accept 2001:db8:3::1 dev veth0 to 2001:db8:1::1
EOT

at "$host" srcguard set rp_filter strict
ok "a flood is sent" from 2001:db8:3::1 5000
is "exact under load" "veth0 ipv6 wrong_device dropped 5000" counted_all "$host"

# a route that goes while packets come
ip -n "$host" route add default via 2001:db8:1::2
zero strict
from 2001:db8:abc::1 5
is "a default route leads to what nothing else does" 5 passed "$host" 2001:db8:abc::1
explains "$host" "explain agrees" <<-'EOT'
	accept 2001:db8:abc::1 dev veth0 to 2001:db8:1::1
EOT
ip -n "$host" -6 route del default
from 2001:db8:abc::1 5
is "and when it is gone, nothing does" "veth0 ipv6 no_route dropped 5" counted_all "$host"
is "the module holds nothing back" "srcguard 0" \
	bash -c 'rmmod srcguard; echo srcguard $?'
finish
