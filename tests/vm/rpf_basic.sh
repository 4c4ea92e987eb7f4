#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Spoofed and honest packets through strict, loose, off and audit, counted to
# the packet, seen from outside the module by nft.
#
# expect-log: ^(wan|veth0): renamed from (wan|veth0)$
#
#   peer                      host                         other
#   veth0 10.1.0.2/24 ---- veth0 10.1.0.1/24
#                          veth1 10.2.0.1/24 ---- veth0 10.2.0.2/24
#                          10.3.0.0/16 via 10.2.0.2
#                          10.4.0.0/16 via 10.1.0.2
#
. "${0%/*}/lib.sh"
plan 41

load
namespace host peer other
link "$host" veth0 10.1.0.1/24 "$peer" veth0 10.1.0.2/24
link "$host" veth1 10.2.0.1/24 "$other" veth0 10.2.0.2/24
ip -n "$host" route add 10.3.0.0/16 via 10.2.0.2
ip -n "$host" route add 10.4.0.0/16 via 10.1.0.2
conf "$host" all.rp_filter=0 veth0.rp_filter=0 veth1.rp_filter=0 all.log_martians=0
at "$host" sysctl -qw net.ipv4.ip_forward=1
watch "$host"
at "$host" nft -f - <<-'EOT'
table ip next {
	chain next { type filter hook prerouting priority -2147483647; ip saddr 10.3.1.1 counter; }
}
EOT
next() { # how many of 10.3.1.1 come to those who come next after the first of all
	at "$host" nft -j list table ip next | jq '.. | .counter?.packets // empty'
}
to=$(mac "$host" veth0)

from() { # SOURCE [COUNT]
	send "$peer" veth0 "$to" "${2-10}" "IP(src='$1',dst='10.1.0.1')/UDP(dport=9)"
}
zero() { # also a check that the counters go with the guard
	at "$host" srcguard set rp_filter off && at "$host" srcguard set rp_filter "$1"
	unwatch "$host"
}

is "a new namespace starts strict, and silent" '{"rp_filter":"strict","enforce":1,"sixtofour":"match","log_martians":0,"log_6to4":0,"log_interval":60,"log_daily_max":1000,"loopback_limit":0,"lock":0,"unjudged":0,"log_written":0,"log_withheld":0,"log_next":0,"writes_refused":0}' \
	at "$host" srcguard -j show
is "nothing is counted yet" "" counted_all "$host"

ok "honest packets are sent" from 10.1.0.2
is "strict: the neighbour passes" 10 passed "$host" 10.1.0.2
from 10.4.1.1
is "strict: a network behind the neighbour passes" 10 passed "$host" 10.4.1.1
is "nothing was counted for them" "" counted_all "$host"

from 10.3.1.1 25
is "strict: a source behind another device does not pass" 0 passed "$host" 10.3.1.1
is "nor does anybody else see it" 0 next
is "and is counted" 25 counted "$host" veth0 wrong_device
is "its bytes are counted from the IP header on" $((25 * 28)) \
	counted "$host" veth0 wrong_device dropped bytes
from 10.2.0.2 5
is "strict: a neighbour of another device does not pass" 0 passed "$host" 10.2.0.2
from 192.0.2.1 7
is "strict: a source without a route does not pass" 0 passed "$host" 192.0.2.1
is "and is counted" 7 counted "$host" veth0 no_route
from 10.1.0.1 3
is "an own address does not pass" 0 passed "$host" 10.1.0.1
is "and is counted" 3 counted "$host" veth0 own_address
from 10.2.0.1 4
is "an own address of another device does not pass" 7 counted "$host" veth0 own_address
from 127.0.0.1 6
is "a loopback source does not pass" 6 counted "$host" veth0 source_loopback
from 224.0.0.5 6
is "a multicast source does not pass" 6 counted "$host" veth0 source_multicast
from 255.255.255.255 2
from 10.1.0.255 3
from 10.2.0.255 3
is "broadcast sources do not pass" 8 counted "$host" veth0 source_broadcast
from 0.0.0.0 2
is "a source of zero does not pass to one host" 2 counted "$host" veth0 source_zero
is "the list is complete" "veth0 ipv4 no_route dropped 7
veth0 ipv4 own_address dropped 7
veth0 ipv4 source_broadcast dropped 8
veth0 ipv4 source_loopback dropped 6
veth0 ipv4 source_multicast dropped 6
veth0 ipv4 source_zero dropped 2
veth0 ipv4 wrong_device dropped 30" counted_all "$host"
explains "$host" "strict: explain agrees" <<-'EOT'
	accept 10.1.0.2 dev veth0 to 10.1.0.1
	accept 10.4.1.1 dev veth0 to 10.1.0.1
	drop:wrong_device 10.3.1.1 dev veth0 to 10.1.0.1
	drop:wrong_device 10.2.0.2 dev veth0 to 10.1.0.1
	drop:no_route 192.0.2.1 dev veth0 to 10.1.0.1
	drop:own_address 10.1.0.1 dev veth0 to 10.1.0.1
	drop:own_address 10.2.0.1 dev veth0 to 10.1.0.1
	drop:source_loopback 127.0.0.1 dev veth0 to 10.1.0.1
	drop:source_multicast 224.0.0.5 dev veth0 to 10.1.0.1
	drop:source_broadcast 255.255.255.255 dev veth0 to 10.1.0.1
	drop:source_broadcast 10.1.0.255 dev veth0 to 10.1.0.1
	drop:source_broadcast 10.2.0.255 dev veth0 to 10.1.0.1
	drop:source_zero 0.0.0.0 dev veth0 to 10.1.0.1
EOT
ip -n "$host" link set veth0 down
ip -n "$host" link set veth0 name wan
is "counters follow a rename" 30 counted "$host" wan wrong_device
ip -n "$host" link set wan name veth0
ip -n "$host" link set veth0 up
ip -n "$host" route add 10.4.0.0/16 via 10.1.0.2

zero loose
is "turned off and on again, the counters start anew" "" counted_all "$host"
from 10.3.1.1
is "loose: a source behind another device passes" 10 passed "$host" 10.3.1.1
is "loose: to all" 10 next
from 192.0.2.1
is "loose: a source without a route does not" 0 passed "$host" 192.0.2.1
from 10.1.0.1 3
is "loose: an own address does not" 0 passed "$host" 10.1.0.1
is "loose: counted" "veth0 ipv4 no_route dropped 10
veth0 ipv4 own_address dropped 3" counted_all "$host"
explains "$host" "loose: explain agrees" <<-'EOT'
	accept 10.3.1.1 dev veth0 to 10.1.0.1
	drop:no_route 192.0.2.1 dev veth0 to 10.1.0.1
	drop:own_address 10.1.0.1 dev veth0 to 10.1.0.1
EOT

zero strict
at "$host" srcguard set enforce 0
from 10.3.1.1 20
is "audit: what would be dropped passes" 20 passed "$host" 10.3.1.1
is "and is counted as such" "veth0 ipv4 wrong_device audited 20" counted_all "$host"
explains "$host" "audit: explain agrees" <<-'EOT'
	audit:wrong_device 10.3.1.1 dev veth0 to 10.1.0.1
EOT

ok "enforce and mode are set in one message" at "$host" srcguard set rp_filter off enforce 1
from 10.3.1.1 10
is "off: everything passes" 30 passed "$host" 10.3.1.1
is "off: there are no counters" "[]" at "$host" srcguard -j stats
explains "$host" "off: explain agrees" <<-'EOT'
	accept 10.3.1.1 dev veth0 to 10.1.0.1
EOT

at "$host" srcguard set rp_filter strict
ok "a flood is sent" from 10.3.1.1 5000
is "exact under load" "veth0 ipv4 wrong_device dropped 5000" counted_all "$host"
ip -n "$host" link del veth0
is "counters are gone with the device" "" counted_all "$host"
is "the module holds nothing back" "srcguard 0" \
	bash -c 'rmmod srcguard; echo srcguard $?'
finish
