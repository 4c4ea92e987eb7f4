#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the guard knows of tunnels is what they are: when they are renamed, go up and down,
# get other addresses and prefixes, while they are up or down, in this namespace or
# another; when they, their namespaces, or the modules sit and srcguard come and go. And
# while there is none that it is for, it has no hook.
#
#   peer                     host                        other
#   eth0 192.0.2.2/24 ------ eth0 192.0.2.1/24           tunnels of the host's
#                                 192.0.2.7              that moved there
#
# files: tests/sit.sh tests/hooklist.sh
# expect-log: ^sit: (Src|Dst) spoofed
# expect-log: ^IPv6: [a-z0-9]+: Disabled Multicast RS$
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/sit.sh"
. "${0%/*}/hooklist.sh"
plan $((46 + ${listing:-0} * 11))

# srcguard first, and then sit
load rp_filter=0
namespace host peer other
link "$host" eth0 192.0.2.1/24 "$peer" eth0 192.0.2.2/24
ip -n "$host" addr add 192.0.2.7/24 dev eth0
deaf "$host" "$other"
conf "$host" {all,default,eth0}.rp_filter=0 all.log_martians=0
to=$(mac "$host" eth0)

add() { # NAME WORD...: a tunnel of the host's, up
	ip -n "$host" link add "$1" type sit "${@:2}" || exit 1
	ip -n "$host" link set "$1" up
}
change() { # NAME WORD...
	ip -n "$host" link set "$1" type sit "${@:2}" || exit 1
}
me="'192.0.2.1'"
you="'192.0.2.2'"
native="'3fff::1'"
# five kinds of packets: honest for a 6to4 tunnel, and not; honest for a domain with the
# prefix 2001:db8::/32, and not; the first two again for 192.0.2.7
kinds=("in_ip4($you,$me,six($you),$native)" "in_ip4($you,$me,six($me),$native)"
	"in_ip4($you,$me,'2001:db8:c000:202::1',$native)"
	"in_ip4($you,$me,'2001:db8:c000:201::1',$native)"
	"in_ip4($you,'192.0.2.7',six($you),$native)" "in_ip4($you,'192.0.2.7',six($me),$native)")
# what becomes of them: one of the first kind, two of the second, ... 32 of the last
all() {
	local i
	# counters start from 0 when tunnels come again
	fates "$host" "$other" >/dev/null
	for i in "${!kinds[@]}"; do
		send "$peer" eth0 "$to" $((1 << i)) "${kinds[i]}" || exit 1
	done
	fates "$host" "$other"
}
# in this shell, so that the sender is there for all others
send "$peer" eth0 "$to" 1 "${kinds[0]}" || exit 1
# by a 6to4 tunnel for the one address, for the other, for all, and by a domain's
six1() { echo "$1 13, eth0 6to4_source dropped 2"; }
six7() { echo "$1 16, eth0 6to4_source dropped 32"; }
six17() { echo "$1 29, eth0 6to4_source dropped 34"; }
domain1() { echo "$1 7, eth0 6to4_source dropped 8"; }
all1() { echo "$1 15"; }

lists_hooks "without sit: no hook" 0 "$host"
is "without sit: nothing" nothing all
modprobe sit
lists_hooks "sit0 is there, but down: no hook" 0 "$host"
is "sit0 is there, but down: nothing" nothing all
ip -n "$host" link set sit0 up
lists_hooks "sit0 is up: a hook" 1 "$host"
is "sit0 is up: it judges" "$(six17 sit0)" all
ip -n "$host" link set sit0 down
lists_hooks "sit0 is down: no hook" 0 "$host"
add six local 192.0.2.1
lists_hooks "a tunnel for an address: a hook" 1 "$host"
is "a tunnel for an address" "$(six1 six)" all

# What a tunnel is called, and what it is for
ip -n "$host" link set six down
lists_hooks "it is down: no hook" 0 "$host"
is "it is down: nothing" nothing all
ip -n "$host" link set six name seven
ip -n "$host" link set seven up
is "with another name" "$(six1 seven)" all
change seven local 192.0.2.7
is "for another address" "$(six7 seven)" all
change seven local any dev eth0
is "for all" "$(six17 seven)" all
change seven local 192.0.2.1
is "for one again" "$(six1 seven)" all
change seven local 192.0.2.1 6rd-prefix 2001:db8::/32
is "another prefix" "$(domain1 seven)" all
at "$host" ip tunnel 6rd dev seven 6rd-prefix 2002::/16
is "the prefix of 6to4, by ioctl" "$(six1 seven)" all
at "$host" ip tunnel 6rd dev seven 6rd-prefix 2001:db8:c000::/34 6rd-relay_prefix 192.0.0.0/2
is "a longer prefix and the rest of the address" "$(domain1 seven)" all
at "$host" ip tunnel 6rd dev seven 6rd-reset
is "the default, of which no event tells" "$(six1 seven)" all
ip -n "$host" link set seven down
change seven local 192.0.2.7 6rd-prefix 2001:db8::/32
change seven local 192.0.2.1
ip -n "$host" link set seven up
is "changed while it was down" "$(domain1 seven)" all

# Which one is first
add other local 192.0.2.1
is "a new one for the same address is first" "$(six1 other)" all
change seven local 192.0.2.1 ttl 9
is "one that changes is first from then on" "$(domain1 seven)" all
ip -n "$host" link set seven down
is "down it is not" "$(six1 other)" all
change other local 192.0.2.1 ttl 9
ip -n "$host" link set seven up
is "nor up, if the other one has changed meanwhile" "$(six1 other)" all
ip -n "$host" link set seven down
ip -n "$host" link set other down
change seven local 192.0.2.1 ttl 10
ip -n "$host" link set other up
ip -n "$host" link set seven up
is "but if it has changed itself" "$(domain1 seven)" all
ip -n "$host" link set seven down
change seven local 192.0.2.7
change seven local 192.0.2.1
change other local 192.0.2.1 ttl 11
ip -n "$host" link set seven up
is "the last one to change, whoever was down" "$(six1 other)" all
add third dev eth0 6rd-prefix 2001:db8::/32
three="other 13, third 48, eth0 6to4_source dropped 2"
is "one for all addresses comes after them" "$three" all
rmmod srcguard
load rp_filter=0
is "srcguard comes when all of them are there: the same" "$three" all
change seven local 192.0.2.7
change seven local 192.0.2.1
three="seven 7, third 48, eth0 6to4_source dropped 8"
is "the other one again" "$three" all
rmmod srcguard
load rp_filter=0
is "srcguard comes again: the same" "$three" all
for name in other third seven; do ip -n "$host" link del $name; done
lists_hooks "all are gone: no hook" 0 "$host"
is "all are gone: nothing" nothing all

# Peers
add broker local 192.0.2.1 remote 192.0.2.3
lists_hooks "a tunnel to a peer alone: no hook" 0 "$host"
add six local 192.0.2.1
is "another peer's is of no account" "$(six1 six)" all
change broker remote 192.0.2.2 local any
is "the peer's is" "broker 63" all
at "$host" ip tunnel change broker mode sit remote 192.0.2.2 local 192.0.2.7
is "for one address" "broker 48, $(six1 six)" all
change broker remote 192.0.2.9
is "another peer's again" "$(six1 six)" all
ip -n "$host" link del broker

# Namespaces
ip -n "$host" link set six netns "$other"
lists_hooks "in another namespace, down: no hook" 0 "$host"
is "in another namespace, down: nothing" nothing all
ip -n "$other" link set six up
lists_hooks "up there: a hook where it was made" 1 "$host"
is "up there: judged where it was made" "$(six1 six)" all
ip -n "$other" link set six type sit local 192.0.2.1 6rd-prefix 2001:db8::/32
is "changed there" "$(domain1 six)" all
ip -n "$other" link set six netns "$host"
ip -n "$host" link set six up
is "back again" "$(domain1 six)" all
namespace passing
ip -n "$host" link set six netns "$passing"
ip -n "$passing" link set six up
is "in a third namespace" "eth0 6to4_source dropped 8" all
ip netns del "$passing"
nobody_takes_it() {
	send "$peer" eth0 "$to" 1 "${kinds[3]}" && [ "$(fates "$host")" = nothing ]
}
ok "it goes with that namespace" within 20 nobody_takes_it
namespace passing
ip -n "$passing" link add six type sit local 192.0.2.1
ip -n "$passing" link set six netns "$other"
ip -n "$other" link set six up
is "one that was made elsewhere has no say here" nothing all
ip netns del "$passing"
six_is_gone() {
	! ip -n "$other" link show six
}
ok "it goes with the namespace where it was made" within 20 six_is_gone
add six local 192.0.2.1
is "another one can be made" "$(six1 six)" all
namespace late
link "$late" eth0 192.0.2.1/24 "$peer" eth1 -
deaf "$late"
conf "$late" {all,default,eth0}.rp_filter=0
ip -n "$late" link set sit0 up
late_mac=$(mac "$late" eth0)
send "$peer" eth1 "$late_mac" 5 "${kinds[0]}"
send "$peer" eth1 "$late_mac" 6 "${kinds[1]}"
is "a namespace that comes later" "sit0 5, eth0 6to4_source dropped 6" fates "$late"

# The guard, and sit
guard "$host" sixtofour off
ip -n "$host" link set six down
change six local 192.0.2.7
ip -n "$host" link set six up
is "off: sit speaks for itself" "six 16, said 32" all
change six local 192.0.2.1
guard "$host" sixtofour match
is "what happened while it was off is known" "$(six1 six)" all
ip -n "$host" link set six netns "$other"
ip -n "$other" link set six up
rmmod sit
lists_hooks "sit goes: no hook" 0 "$host"
is "sit goes: nothing" nothing all
modprobe sit
add six local 192.0.2.1
is "sit comes again" "$(six1 six)" all
guard "$host" sixtofour off
rmmod srcguard
is "srcguard goes: sit speaks for itself" "six 13, said 2" all
cleanup
is "sit goes without it" "" rmmod sit
load rp_filter=0
is "the module holds nothing back" "" rmmod srcguard
finish
