#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# IPv6 by several ways: sibling routes, nexthop groups, default routers that advertise
# themselves, a leg that is down. Each leg is good, and answers may come back by the
# other one. Routes come and go while packets do.
#
#   host                                 far
#   left   2001:db8:1::1/64 ------------ left   2001:db8:1::2/64
#   right  2001:db8:2::1/64 ------------ right  2001:db8:2::2/64
#   third  2001:db8:3::1/64 ------------ third  2001:db8:3::2/64
#   2001:db8:9::/48 by left and right    lo     2001:db8:9::1/48
#   2001:db8:8::/48 by third
#
# Two processors, so that a route can go while a packet is being compared with it:
# smp: 2
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan $((76 + 2 * ${COUNT-1}))

load rp_filter=0
namespace host far
quiet6 "$host" "$far"
declare -A to
n=0
for leg in left right third; do
	n=$((n + 1))
	link "$host" $leg 2001:db8:$n::1/64 "$far" $leg 2001:db8:$n::2/64
	to[$leg]=$(mac "$host" $leg)
done
ip -n "$far" addr add 2001:db8:9::1/48 dev lo
ip -n "$host" route add 2001:db8:8::/48 via 2001:db8:3::2
ip -n "$host" nexthop add id 1 via 2001:db8:1::2 dev left
ip -n "$host" nexthop add id 2 via 2001:db8:2::2 dev right
ip -n "$host" nexthop add id 10 group 1,1/2,3
# whatever the host sends by left, the answer comes by right, and the other way
ip -n "$far" route add 2001:db8:1::1 via "$(link_local "$host" right)" dev right
ip -n "$far" route add 2001:db8:2::1 via "$(link_local "$host" left)" dev left
watch "$host"

head="IPv6(dst='2001:db8:1::1',src='"
from() { # LEG SOURCE COUNT
	send "$far" "$1" "${to[$1]}" "$3" "$head$2')/UDP(dport=9)"
}
behind() { # LEG: sixteen hosts
	send "$far" "$1" "${to[$1]}" 1 "[${head}2001:db8:9::%x'%n)/UDP(dport=9) for n in range(16,32)]"
}
sixteen() { # PACKETS: were seen of each, and of nobody else there
	at "$host" nft -j list set ip6 watch seen | jq -e --argjson n "$1" \
		'[.nftables[].set.elem[]?.elem | select(.val | startswith("2001:db8:9::")) |
			select(.val | test("::1[0-9a-f]$")) | .counter.packets] |
			length == 16 and all(. == $n)'
}
converses() { # ADDRESS: the host does, from there
	at "$host" ping -q -c 4 -i 0.02 -W 9 -I "$1" 2001:db8:9::1
}
defaults() { # none of them any more
	while ip -n "$host" -6 route del default 2>/dev/null; do :; done
}

while read -r ways route; do
	# shellcheck disable=SC2086 # the route is several words
	ip -n "$host" -6 route replace 2001:db8:9::/48 $route
	guard6 "$host"
	behind left
	behind right
	ok "$ways: both legs are good" sixteen 2
	ok "$ways: a conversation that goes by one leg and comes back by the other" \
		converses 2001:db8:1::1
	ok "$ways: and the other way round" converses 2001:db8:2::1
	is "$ways: nothing is counted" "" counted_all "$host"
	from third 2001:db8:9::11 5
	from left 2001:db8:8::1 6
	from right 2001:db8:8::1 7
	is "$ways: a third device is not, nor a source behind neither leg" \
		"left ipv6 wrong_device dropped 6
right ipv6 wrong_device dropped 7
third ipv6 wrong_device dropped 5" counted_all "$host"
	explains "$host" "$ways: explain agrees" <<-'EOT'
		accept 2001:db8:9::11 dev left to 2001:db8:1::1
		accept 2001:db8:9::11 dev right to 2001:db8:1::1
		accept 2001:db8:9::1 dev left to 2001:db8:2::1
		drop:wrong_device 2001:db8:9::11 dev third to 2001:db8:1::1
		drop:wrong_device 2001:db8:8::1 dev left to 2001:db8:1::1
		drop:wrong_device 2001:db8:8::1 dev right to 2001:db8:1::1
	EOT
	ip -n "$host" -6 route del 2001:db8:9::/48
done <<-'EOT'
siblings proto static nexthop via 2001:db8:1::2 weight 1 nexthop via 2001:db8:2::2 weight 3
group nhid 10
EOT

# Default routers of the same metric: routes that were advertised are no siblings, and
# the kernel takes one of them at a time.
conf6 "$far" all.forwarding=1
conf6 "$host" {left,right}.accept_ra=2
for leg in left right; do
	router=$(link_local "$far" $leg)
	send "$far" $leg 33:33:00:00:00:01 1 "IPv6(src='$router',dst='ff02::1',hlim=255)/\
ICMPv6ND_RA(routerlifetime=1800)/ICMPv6NDOptSrcLLAddr(lladdr='$(mac "$far" $leg)')"
done
routers() {
	ip -n "$host" -6 route show default proto ra | grep -o "dev [a-z]* .*metric [0-9]*" |
		sed 's/dev \([a-z]*\) .* /\1 /' | sort | paste -sd ' '
}
is "two routers advertise themselves" "left 1024 right 1024" routers
# both WHAT: sources behind either router are good
both() {
	guard6 "$host"
	behind left
	behind right
	ok "$1: both are good" sixteen 2
	ok "$1: a conversation with what is behind them" converses 2001:db8:1::1
	ok "$1: and the other way round" converses 2001:db8:2::1
	is "$1: nothing is counted" "" counted_all "$host"
	explains "$host" "$1: explain agrees" <<-'EOT'
		accept 2001:db8:9::11 dev left to 2001:db8:1::1
		accept 2001:db8:9::11 dev right to 2001:db8:1::1
	EOT
}
both "default routers of equal metric"
# one that does not answer any more, and is not asked again: it would be used meanwhile
conf6 "$host" left.router_probe_interval=3600
router=$(link_local "$far" left)
# Without it, it cannot ask for the host's either.
ip -n "$far" neigh replace "$(link_local "$host" left)" lladdr "${to[left]}" dev left nud permanent
ip -n "$far" addr del "$router/64" dev left
ip -n "$host" neigh replace "$router" dev left nud failed
ok "the kernel goes by the one that can be reached" \
	bash -c "ip -n $host route get 2001:db8:9::1 | grep 'dev right'"
both "one cannot be reached"
ip -n "$far" addr add "$router/64" dev left nodad
ip -n "$far" neigh del "$(link_local "$host" left)" dev left
conf6 "$host" {left,right}.accept_ra=0
defaults

ip -n "$host" -6 route add default via 2001:db8:1::2 dev left metric 100
ip -n "$host" -6 route add default via 2001:db8:2::2 dev right metric 200
guard6 "$host"
behind left
ok "of different metric: the better one is good" sixteen 1
behind right
is "the other one is not" "right ipv6 wrong_device dropped 16" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	accept 2001:db8:9::11 dev left to 2001:db8:1::1
	drop:wrong_device 2001:db8:9::11 dev right to 2001:db8:1::1
EOT

# Behind a throw in the table of own addresses, without any rule
ip -n "$host" -6 route add throw 2001:db8:f::/48 table local
ip -n "$host" -6 route add 2001:db8:f::/48 via 2001:db8:2::2 dev right
guard6 "$host"
for leg in left right; do from $leg 2001:db8:f::1 3; done
is "a throw in the table local leads to main" "left ipv6 wrong_device dropped 3" \
	counted_all "$host"
ip -n "$host" -6 route del throw 2001:db8:f::/48 table local

# A host goes by the worse one while the gateway of the better one does not answer.
ip -n "$host" neigh replace 2001:db8:1::2 dev left nud failed
by() { # LEG: the host's answers leave
	ip -n "$host" route get 2001:db8:9::11 | grep "dev $1"
}
ok "the better one's gateway does not answer" by right
guard6 "$host"
behind right
behind left
ok "the other one is good meanwhile, and so is the better one" sixteen 2
is "none is dropped" "" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	accept 2001:db8:9::11 dev right to 2001:db8:1::1
	accept 2001:db8:9::11 dev left to 2001:db8:1::1
	drop:wrong_device 2001:db8:9::11 dev third to 2001:db8:1::1
EOT
ip -n "$host" -6 route del default metric 200
ip -n "$host" -6 route add default nhid 2 metric 200
ip -n "$host" -6 rule add pref 100 lookup main suppress_prefixlength 0
guard6 "$host"
behind right
behind left
is "with a nexthop object, and a rule that suppresses, too" "" counted_all "$host"
# Both groups have a leg by the same device, but not to the same gateway.
defaults
ip -n "$host" nexthop replace id 1 via 2001:db8:1::2 dev left
ip -n "$host" nexthop add id 3 via 2001:db8:1::3 dev left
ip -n "$host" nexthop add id 11 group 3/2
ip -n "$host" -6 route add default nhid 1 metric 50
ip -n "$host" -6 route add default nhid 11 metric 100
guard6 "$host"
behind right
behind left
is "and if the groups share a device" "" counted_all "$host"
defaults
ip -n "$host" nexthop del id 11
ip -n "$host" nexthop del id 3
ip -n "$host" -6 route add default via 2001:db8:1::2 dev left metric 100
ip -n "$host" -6 route add default via 2001:db8:2::2 dev right metric 200
ip -n "$host" -6 rule del pref 100
conf6 "$host" all.forwarding=1
ok "a router minds no gateways" by left
guard6 "$host"
behind right
is "so the other one is not good there" "right ipv6 wrong_device dropped 16" counted_all "$host"
conf6 "$host" all.forwarding=0
ip -n "$host" neigh del 2001:db8:1::2 dev left

guard6 "$host" feasible
behind right
behind left
ok "feasible: it is, for the prefix is the same" sixteen 2
is "nothing is counted" "" counted_all "$host"
from third 2001:db8:9::10 3
is "the third is not: its prefix is another one" "third ipv6 wrong_device dropped 3" \
	counted_all "$host"
explains "$host" "feasible: explain agrees" <<-'EOT'
	accept 2001:db8:9::11 dev right to 2001:db8:1::1
	accept 2001:db8:9::11 dev left to 2001:db8:1::1
	drop:wrong_device 2001:db8:9::10 dev third to 2001:db8:1::1
EOT
ip -n "$host" -6 route add default via 2001:db8:3::2 dev third metric 300
ip -n "$host" -6 route add 2001:db8:9::/48 via 2001:db8:1::2 dev left
guard6 "$host" feasible
behind third
is "a shorter prefix makes nothing feasible" "third ipv6 wrong_device dropped 16" \
	counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	drop:wrong_device 2001:db8:9::11 dev third to 2001:db8:1::1
EOT
defaults
ip -n "$host" -6 route flush 2001:db8:9::/48

guard6 "$host"
ip -n "$host" -6 nexthop replace id 30 blackhole
ip -n "$host" -6 route add 2001:db8:9:1::/64 nhid 30
from left 2001:db8:9:1::1 4
is "a blackhole for nexthop: nobody is there" "left ipv6 reject_route dropped 4" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	drop:reject_route 2001:db8:9:1::1 dev left to 2001:db8:1::1
EOT

legs=(nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2)
ip -n "$host" -6 route replace 2001:db8:9::/48 "${legs[@]}"
guard6 "$host"
ip -n "$far" link set left down
within 9 at "$host" sh -c 'grep -q 0 /sys/class/net/left/carrier'
behind right
ok "a leg whose peer has no carrier: the other one is good" sixteen 1
is "nothing is counted" "" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	accept 2001:db8:9::11 dev right to 2001:db8:1::1
EOT
ip -n "$far" link set left up
within 9 at "$host" sh -c 'grep -q 1 /sys/class/net/left/carrier'
guard6 "$host"
behind left
behind right
ok "with a carrier again: both are good" sixteen 2
is "nothing is counted" "" counted_all "$host"

# What is sent meanwhile, and what becomes of it: what is not counted has passed.
declare -A flood=()
flood() { # LEG SOURCE: in the background, from one hop away
	ip netns exec "$far" python3 "$lib_dir/flood.py" -c "$1" "${to[$1]}" 2001:db8:1::1 "$2" \
		>"$scratch/$1" &
	flood[$1]=$!
}
flows() { # SOURCE: some has got past
	[ "$(passed "$host" "$1")" -ge 50 ]
}
sent() { # LEG: from now on no more; how many there were
	kill "${flood[$1]}"
	wait "${flood[$1]}"
	sent=$(sed 's/.* //' "$scratch/$1")
	say "$1: $sent sent"
}

# a leg's route goes while packets come by both; a router, which has no second look
conf6 "$host" all.forwarding=1
ip -n "$host" -6 route replace 2001:db8:9::/48 "${legs[@]}"
guard6 "$host"
flood left 2001:db8:9::77
flood right 2001:db8:9::78
within 60 flows 2001:db8:9::77
within 60 flows 2001:db8:9::78
ip -n "$host" -6 route del 2001:db8:9::/48 via 2001:db8:1::2 dev left
ok "the packets of a leg without a route are dropped" \
	within 60 bash -c "ip netns exec $host srcguard stats | grep -q wrong_device"
seen=$(passed "$host" 2001:db8:9::77)
sleep 0.3
is "all of them" "$seen" passed "$host" 2001:db8:9::77
sent left
is "each has passed or was counted" $((sent - $(passed "$host" 2001:db8:9::77))) \
	counted "$host" left wrong_device
# It goes a hundred times more, as the one that is in use, and so at times while a packet
# of the other is being compared with it.
for _ in {1..100}; do
	echo "route append 2001:db8:9::/48 via 2001:db8:1::2 dev left pref high"
	echo "route del 2001:db8:9::/48 via 2001:db8:1::2 dev left"
done >"$scratch/legs"
ok "the leg comes and goes" ip -n "$host" -6 -b "$scratch/legs"
sent right
is "none is lost on the other leg" "$sent" passed "$host" 2001:db8:9::78
is "and none counted" 0 counted "$host" right wrong_device
conf6 "$host" all.forwarding=0

# honest packets while ten thousand routes come and go
routes() { # add|del
	local i
	for i in {0..9999}; do
		printf 'route %s 2001:db8:a:%x::/64 dev third\n' "$1" "$i"
	done
}
ip -n "$host" -6 route replace 2001:db8:9::/48 via 2001:db8:1::2
guard6 "$host"
for verb in add del; do routes $verb >"$scratch/$verb"; done
flood left 2001:db8:9::77
within 60 flows 2001:db8:9::77
seen=$(passed "$host" 2001:db8:9::77)
for ((i = 0; i < ${COUNT-1}; i++)); do
	ok "routes come" ip -n "$host" -6 -b "$scratch/add"
	ok "and go" ip -n "$host" -6 -b "$scratch/del"
done
ok "packets came meanwhile" test "$(passed "$host" 2001:db8:9::77)" -gt $((seen + 500))
sent left
is "none of an honest flow is lost" "$sent" passed "$host" 2001:db8:9::77
is "nothing is counted" "" counted_all "$host"

# Where a rule suppresses routes, and behind a throw, the kernel's own lookup decides. It
# remembers with a nexthop object which route used it first: no other one is taken for that.
ip -n "$host" nexthop replace id 1 via 2001:db8:1::2 dev left
ip -n "$host" nexthop replace id 10 group 1/2
shared() { # WHAT: the routes of 2001:db8:9::/48 and, used first, 2001:db8:a::/48
	guard6 "$host"
	from right 2001:db8:a::1 1
	behind left
	behind right
	is "$1: both legs are good" "" counted_all "$host"
	# what was remembered is not valid any more
	ip -n "$host" route add 2001:db8:d::/48 via 2001:db8:3::2
	ip -n "$host" route del 2001:db8:d::/48
	behind left
	behind right
	from left 2001:db8:a::1 5
	is "$1: and the other route's is no leg of this one" \
		"left ipv6 wrong_device dropped 5" counted_all "$host"
	explains "$host" "$1: explain agrees" <<-'EOT'
		accept 2001:db8:9::11 dev left to 2001:db8:1::1
		accept 2001:db8:9::11 dev right to 2001:db8:1::1
		drop:wrong_device 2001:db8:a::1 dev left to 2001:db8:1::1
	EOT
	guard6 "$host"
	from right 2001:db8:a::1 1
	ip -n "$host" route del 2001:db8:a::/48
	behind left
	behind right
	is "$1: nor if that is deleted" "" counted_all "$host"
	ip -n "$host" -6 route add 2001:db8:a::/48 nhid 2
}
ip -n "$host" -6 route replace 2001:db8:9::/48 nhid 10
ip -n "$host" -6 route add 2001:db8:a::/48 nhid 2
ip -n "$host" -6 rule add pref 100 lookup main suppress_prefixlength 0
shared "a nexthop object that routes share, a rule that suppresses"
ip -n "$host" -6 rule del pref 100
ip -n "$host" -6 rule add pref 100 lookup 50
ip -n "$host" -6 route add throw default table 50
shared "behind a throw"
ip -n "$host" -6 route del 2001:db8:9::/48
ip -n "$host" -6 route add default nhid 2
ip -n "$host" -6 route add default nhid 10 table 51
ip -n "$host" -6 rule add pref 101 lookup main suppress_prefixlength 0
ip -n "$host" -6 rule add pref 102 lookup 51
shared "default routes"
ip -n "$host" -6 rule del pref 101
ip -n "$host" -6 rule del pref 102

# An own address is one by whichever way.
ip -n "$host" -6 route add local 2001:db8:7::/48 nhid 2
ip -n "$host" -6 rule add pref 99 lookup main suppress_prefixlength 48
guard6 "$host" loose
for leg in left right; do from $leg 2001:db8:7::5 3; done
is "an own one by a nexthop object" \
	$'left ipv6 own_address dropped 3\nright ipv6 own_address dropped 3' counted_all "$host"
ip -n "$host" -6 rule del pref 99

# By the routes before a throw nothing leaves, though one has the answer's address.
own=$(link_local "$host" left)
ip -n "$host" -6 route add throw 2001:db8:e::/48 metric 1 table 50
ip -n "$host" -6 route add 2001:db8:e::/48 via 2001:db8:1::2 dev left metric 2 table 50
ip -n "$host" -6 route add 2001:db8:e::/48 via 2001:db8:3::2 dev third metric 3 table 50
ip -n "$host" -6 route add 2001:db8:e::/48 nhid 2
guard6 "$host" feasible
for leg in right third; do
	send "$far" $leg "${to[$leg]}" 5 "IPv6(src='2001:db8:e::1',dst='$own')/UDP(dport=9)"
done
is "nor is one of them feasible" "third ipv6 wrong_device dropped 5" counted_all "$host"
explains "$host" "explain agrees" <<-EOT
	accept 2001:db8:e::1 dev right to $own
	drop:wrong_device 2001:db8:e::1 dev third to $own
EOT

# A better default route without a carrier is not used; nor is it taken for the one that is.
conf6 "$host" third.ignore_routes_with_linkdown=1
ip -n "$host" -6 route add default via 2001:db8:3::2 dev third metric 10
ip -n "$host" -6 rule add pref 101 lookup main suppress_prefixlength 8
ip -n "$far" link set third down
dark() {
	ip -n "$host" -6 route show default | grep -q 'dev third.* linkdown'
}
ok "a default route without a carrier" within 9 dark
guard6 "$host"
from right 2001:db8:b::1 5
from left 2001:db8:b::1 6
is "is passed over" "left ipv6 wrong_device dropped 6" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	accept 2001:db8:b::1 dev right to 2001:db8:1::1
	drop:wrong_device 2001:db8:b::1 dev left to 2001:db8:1::1
EOT
finish
