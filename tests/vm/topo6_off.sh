#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel that was booted without IPv6: there are no tables, no rules and no routes
# of it to look at. The module loads, guards IPv4, and goes.
#
#   peer                        host                        other
#   veth0 10.0.0.2/24 ------- veth0 10.0.0.1/24
#                             veth1 10.1.0.1/24 --------- veth0 10.1.0.2/24
#
# append: ipv6.disable=1
# br_netfilter does not take IPv6 then:
# expect-log: ^Module ipv6 is disabled, so call_ip6tables is not supported\.
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 36

fails "there is no IPv6" 1 test -e /proc/sys/net/ipv6/conf
ok "the module loads" modprobe srcguard
namespace host peer other
conf "$host" {all,default}.rp_filter=0
link "$host" veth0 10.0.0.1/24 "$peer" veth0 10.0.0.2/24
link "$host" veth1 10.1.0.1/24 "$other" veth0 10.1.0.2/24
conf "$host" {veth0,veth1}.rp_filter=0
to=$(mac "$host" veth0)
from() { # SOURCE COUNT
	send "$peer" veth0 "$to" "$2" "IP(src='$1',dst='10.0.0.1')/UDP(dport=9)"
}
from6() { # SOURCE COUNT
	send "$peer" veth0 "${3-$to}" "$2" "IPv6(src='$1',dst='2001:db8::1')/UDP(dport=9)"
}
is "it guards strictly" '["strict",1,0]' \
	at "$host" sh -c "srcguard -j show | jq -c '[.rp_filter, .enforce, .unjudged]'"
is "a new namespace starts like that" 1 at "$host" cat /proc/sys/net/srcguard/rp_filter
for mode in feasible loose strict; do
	ok "$mode can be set" guard6 "$host" $mode
	ok "$mode: a conversation" at "$host" ping -q -c 3 -i 0.02 -W 9 10.0.0.2
	ok "$mode: IPv6 is sent" from6 2001:db8:1::1 9
	is "$mode: nothing is counted" "" counted_all "$host"
done
from 10.1.0.9 5
from 10.0.0.1 6
from 192.0.2.1 7
is "spoofs are counted" "veth0 ipv4 no_route dropped 7
veth0 ipv4 own_address dropped 6
veth0 ipv4 wrong_device dropped 5" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	accept 10.0.0.2 dev veth0 to 10.0.0.1
	drop:wrong_device 10.1.0.9 dev veth0 to 10.0.0.1
	drop:own_address 10.0.0.1 dev veth0 to 10.0.0.1
	drop:no_route 192.0.2.1 dev veth0 to 10.0.0.1
EOT
nobody() {
	at "$host" setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
is "somebody without privileges may ask" "drop wrong_device" bash -c "$(declare -f at nobody); host=$host
	nobody srcguard -j explain 10.1.0.9 dev veth0 | jq -r '\"\(.verdict) \(.reason)\"'"
for source in 2001:db8::1 fe80::1 ::; do
	refused "and hears of IPv6 what is the matter: $source" "IPv6 is disabled on this host" \
		nobody srcguard explain $source dev veth0
	refused "the same to an address" "IPv6 is disabled on this host" \
		nobody srcguard explain $source dev veth0 to ff02::1
done
ok "an exemption for IPv6 can be made" at "$host" srcguard exempt add 2001:db8::/32
ok "and unmade" at "$host" srcguard exempt del 2001:db8::/32

# late, by what is known of IPv4
conf "$host" veth0.src_valid_mark=1
ip -n "$host" rule add ipproto udp dport 7 table main
guard6 "$host"
from 10.1.0.9 5
is "also in the late hook" "veth0 ipv4 wrong_device dropped 5" counted_all "$host"
explains "$host" "explain agrees on that" <<-'EOT'
	drop:wrong_device 10.1.0.9 dev veth0 to 10.0.0.1
EOT
ip -n "$host" rule del ipproto udp dport 7 table main

# frames that a bridge would show to netfilter as IPv6
modprobe br_netfilter
ip -n "$host" link add br0 up type bridge
ip -n "$host" link set veth0 master br0
ip -n "$host" link set veth1 master br0
at "$host" sysctl -qw net.bridge.bridge-nf-call-ip6tables=1
forwards() { # both ports do
	[ "$(at "$host" cat /sys/class/net/veth{0,1}/brport/state)" = $'3\n3' ]
}
within 30 forwards
guard6 "$host"
ok "bridged IPv6 is sent" from6 2001:db8:1::1 9 "$(mac "$other" veth0)"
is "it is nobody's business" "" counted_all "$host"
ip -n "$host" link add red up type vrf table 10
ip -n "$host" link set br0 master red
ok "a VRF on top" from6 2001:db8:1::1 9 ff:ff:ff:ff:ff:ff

namespace short
ip -n "$short" link add d0 up type dummy
ip netns del "$short"
ok "a namespace has come and gone" at "$host" srcguard stats
is "the module holds nothing back" "" rmmod srcguard
ok "it loads again" modprobe srcguard rp_filter=3
is "and goes again" "" rmmod srcguard
finish
