#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Several ways to one network: multipath routes and nexthop groups. Whichever of
# them a packet comes by, it passes; by a device that is none of them it does not.
#
#   far                                      host
#   left   10.1.0.2/24 -------------- left   10.1.0.1/24
#   right  10.2.0.2/24 -------------- right  10.2.0.1/24
#   third  10.3.0.2/24 -------------- third  10.3.0.1/24
#   lo     10.9.0.1/16                10.9.0.0/16 by left and right
#                                     10.8.0.0/16 by third
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 45

load rp_filter=0
namespace host far
declare -A to
n=0
for leg in left right third; do
	n=$((n + 1))
	link "$host" $leg 10.$n.0.1/24 "$far" $leg 10.$n.0.2/24
	to[$leg]=$(mac "$host" $leg)
done
ip -n "$far" addr add 10.9.0.1/16 dev lo
ip -n "$host" route add 10.8.0.0/16 via 10.3.0.2
ip -n "$host" nexthop add id 1 via 10.1.0.2 dev left
ip -n "$host" nexthop add id 2 via 10.2.0.2 dev right
ip -n "$host" nexthop add id 10 group 1,1/2,3
ip -n "$host" nexthop add id 11 group 1,1/2,3 type resilient buckets 8
# whatever the host sends by left, the answer comes by right, and the other way
ip -n "$far" route add 10.1.0.1 via 10.2.0.1
ip -n "$far" route add 10.2.0.1 via 10.1.0.1
watch_routed "$host"

from() { # LEG SOURCE COUNT
	send "$far" "$1" "${to[$1]}" "$3" "IP(src='$2',dst='10.1.0.1')/UDP(dport=9)"
}
behind() { # LEG: eight hosts behind it, twice
	from "$1" "10.9.1.%d'%i+'" 8
	from "$1" "10.9.1.%d'%i+'" 8
}
eight() { # LEG...: what is seen of them
	local leg i
	for leg; do
		for i in {0..7}; do echo "$leg 10.9.1.$i 2"; done
	done
}
drops() { # LINES: what is counted, if it is srcguard that judges
	[ $judge = kernel ] || is "$judge, $ways: what is counted" "$1" counted_all "$host"
}

while read -r ways route; do
	# shellcheck disable=SC2086 # the route is several words
	ip -n "$host" route replace 10.9.0.0/16 $route
	for judge in kernel srcguard; do
		guard "$host" $judge
		behind left
		behind right
		is "$judge, $ways: both legs are good" "$(eight left right)" seen "$host"
		ok "$judge, $ways: a conversation that goes by one leg and comes back by the other" \
			at "$host" ping -q -c 4 -i 0.02 -W 9 -I 10.1.0.1 10.9.0.1
		ok "$judge, $ways: and the other way round" \
			at "$host" ping -q -c 4 -i 0.02 -W 9 -I 10.2.0.1 10.9.0.1
		drops ""
		unwatch "$host"
		from third 10.9.1.1 5
		from left 10.8.0.1 6
		from right 10.8.0.1 7
		is "$judge, $ways: a third device is not, nor a source behind neither leg" "" seen "$host"
		drops "left ipv4 wrong_device dropped 6
right ipv4 wrong_device dropped 7
third ipv4 wrong_device dropped 5"
		[ $judge = kernel ] || explains "$host" "$judge, $ways: explain agrees" <<-'EOT'
			accept 10.9.1.1 dev left to 10.1.0.1
			accept 10.9.1.1 dev right to 10.1.0.1
			accept 10.9.0.1 dev right to 10.1.0.1
			accept 10.9.0.1 dev left to 10.2.0.1
			drop:wrong_device 10.9.1.1 dev third to 10.1.0.1
			drop:wrong_device 10.8.0.1 dev left to 10.1.0.1
			drop:wrong_device 10.8.0.1 dev right to 10.1.0.1
		EOT
	done
done <<-'EOT'
multipath proto static nexthop via 10.1.0.2 weight 1 nexthop via 10.2.0.2 weight 3
group nhid 10
resilient-group nhid 11
EOT

for judge in kernel srcguard; do
	guard "$host" $judge
	ways="a leg that leaves the group"
	ip -n "$host" route replace 10.9.0.0/16 nhid 10
	ip -n "$host" nexthop replace id 10 group 1
	behind left
	behind right
	is "$judge, $ways: is good no more, the other one is" "$(eight left)" seen "$host"
	drops "right ipv4 wrong_device dropped 16"
	[ $judge = kernel ] || explains "$host" "$judge, $ways: explain agrees" <<-'EOT'
		accept 10.9.1.1 dev left to 10.1.0.1
		drop:wrong_device 10.9.1.1 dev right to 10.1.0.1
	EOT

	guard "$host" $judge
	ways="a leg that is down"
	ip -n "$host" nexthop replace id 10 group 1,1/2,3
	ip -n "$far" link set left down
	within 9 at "$host" sh -c 'grep -q 0 /sys/class/net/left/carrier'
	behind right
	is "$judge, $ways: the other one is good" "$(eight right)" seen "$host"
	drops ""
	[ $judge = kernel ] || explains "$host" "$judge, $ways: explain agrees" <<-'EOT'
		accept 10.9.1.1 dev right to 10.1.0.1
	EOT
	ip -n "$far" link set left up
	# the kernel took it away with the leg
	within 9 ip -n "$host" nexthop replace id 1 via 10.1.0.2 dev left
	ip -n "$host" nexthop replace id 10 group 1,1/2,3

	guard "$host" $judge
	ways="a blackhole for nexthop"
	ip -n "$host" nexthop replace id 30 blackhole
	ip -n "$host" route add 10.9.1.0/29 nhid 30
	behind left
	is "$judge, $ways: nobody is there" "" seen "$host"
	drops "left ipv4 reject_route dropped 16"
	[ $judge = kernel ] || explains "$host" "$judge, $ways: explain agrees" <<-'EOT'
		drop:reject_route 10.9.1.1 dev left to 10.1.0.1
	EOT
	ip -n "$host" nexthop del id 30
done
finish
