#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Hosts that have no address yet: DHCP and IGMP from 0.0.0.0; and packets that are
# for everybody or for a group: from the right places they pass, from wrong ones
# they do not.
#
#   client                              server
#   eth0 (no address) ----------- eth0  10.1.0.1/24, dnsmasq, in group 239.1.2.3
#                                 side  10.2.0.1/24
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 29

load rp_filter=0
namespace server client
link "$server" eth0 10.1.0.1/24 "$client" eth0 -
ip -n "$server" link add side up type dummy
ip -n "$server" addr add 10.2.0.1/24 dev side
ip -n "$server" addr add 239.1.2.3/32 dev eth0 autojoin
conf "$client" eth0.force_igmp_version=2
watch_routed "$server" "$client"
to=$(mac "$server" eth0) all=ff:ff:ff:ff:ff:ff
dir=$(mktemp -d)

cat >"$dir/event" <<-'EOT'
	#!/bin/sh
	echo "$1" >>"${0%/*}/events"
	case $1 in
	deconfig) ip addr flush dev "$interface" ;;
	bound | renew) ip addr replace "$ip/$mask" dev "$interface" ;;
	esac
EOT
chmod +x "$dir/event"
at "$server" dnsmasq --conf-file=/dev/null --keep-in-foreground --user=root --port=0 \
	--interface=eth0 --dhcp-range=10.1.0.50,10.1.0.99,255.255.255.0,2m --no-ping \
	--dhcp-leasefile="$dir/leases" --pid-file --log-facility="$dir/log" &
serving() {
	at "$server" ss -Hulnp "sport = :67" | grep -q dnsmasq
}
ok "dnsmasq serves" within 9 serving

lease() { # ARGUMENT...: udhcpc in the background
	: >"$dir/events"
	ip netns exec "$client" busybox udhcpc -i eth0 -f -s "$dir/event" -t 20 -T 2 -A 1 "$@" >"$dir/udhcpc" 2>&1 &
	udhcpc=$!
}
release() {
	kill $udhcpc
	wait $udhcpc
	ip -n "$client" addr flush dev eth0
} 2>/dev/null
event() { # NAME: it happened since the client was started
	grep -q "^$1" "$dir/events"
}
from_nowhere() { # the server heard who has no address
	seen "$server" | grep -q "^eth0 0\.0\.0\.0 "
}
by() { # MAC COUNT SOURCE DESTINATION [REST]
	send "$client" eth0 "$1" "$2" "IP(src='$3',dst='$4')/${5-ICMP(type=0)}"
}
g1=01:00:5e:00:00:01 g2=01:00:5e:01:02:03 # of 224.0.0.1 and 239.1.2.3

for judge in kernel srcguard; do
	guard "$server" $judge
	guard "$client" $judge
	for how in broadcast unicast; do # is how the server answers
		if [ $how = broadcast ]; then lease -B; else lease; fi
		ok "$judge, $how: the client gets an address" within 30 event bound
		ok "$judge, $how: and can use it" at "$client" ping -q -c 3 -i 0.02 -W 9 10.1.0.1
		kill -USR1 $udhcpc
		ok "$judge, $how: and keeps it" within 30 event renew
		release
	done
	ok "$judge: it was heard before it had one" from_nowhere
	unwatch "$server"
	ip netns exec "$client" socat -u UDP4-RECV:5000,reuseaddr,ip-add-membership=239.1.2.3:eth0 - >/dev/null 2>&1 &
	ok "$judge: IGMP: it can join a group without one" within 9 from_nowhere
	kill $!
	wait $! 2>/dev/null
	[ $judge = kernel ] || is "$judge: the server counted nothing" "" counted_all "$server"
	# to an address that is not its own yet; udhcpc reads below IP
	[ $judge = kernel ] || say "the client counted: $(counted_all "$client")"
done

for judge in kernel srcguard; do
	guard "$server" $judge
	by $all 3 0.0.0.0 255.255.255.255 "UDP(sport=68,dport=9)"
	by $all 4 0.0.0.0 0.0.0.0
	by $g1 5 0.0.0.0 224.0.0.1
	send "$client" eth0 $g2 6 \
		"IP(src='0.0.0.0',dst='239.1.2.3',proto=2)/Raw(bytes.fromhex('1600f9f8ef010203'))"
	by $all 8 10.1.0.2 255.255.255.255
	by $all 9 10.1.0.2 10.1.0.255
	by $g1 10 10.1.0.2 224.0.0.1
	by $g2 11 10.1.0.2 239.1.2.3
	is "$judge: from the right places to all and to groups" "eth0 0.0.0.0 18
eth0 10.1.0.2 38" seen "$server"
	[ $judge = kernel ] || is "$judge: nothing is counted" "" counted_all "$server"
	[ $judge = kernel ] || explains "$server" "$judge: explain agrees" <<-'EOT'
		accept 0.0.0.0 dev eth0 to 255.255.255.255
		accept 0.0.0.0 dev eth0 to 0.0.0.0
		accept 0.0.0.0 dev eth0 to 224.0.0.1
		accept 10.1.0.2 dev eth0 to 255.255.255.255
		accept 10.1.0.2 dev eth0 to 10.1.0.255
		accept 10.1.0.2 dev eth0 to 224.0.0.1
		accept 10.1.0.2 dev eth0 to 239.1.2.3
	EOT

	unwatch "$server"
	by "$to" 3 0.0.0.0 10.1.0.1
	by $all 4 0.0.0.0 10.1.0.255
	by $g2 5 0.0.0.0 239.1.2.3 "UDP(sport=68,dport=9)"
	by $all 6 10.2.0.9 255.255.255.255
	by $all 7 10.2.0.9 10.1.0.255
	by $g1 8 10.2.0.9 224.0.0.1
	by $g2 9 10.2.0.9 239.1.2.3
	by $all 10 192.0.2.1 255.255.255.255
	by $g1 11 192.0.2.1 224.0.0.1
	by $all 12 10.1.0.1 255.255.255.255
	by $g1 13 10.1.0.1 224.0.0.1
	by $g1 14 127.0.0.1 224.0.0.1
	by $all 15 127.0.0.1 10.1.0.255
	by $g1 16 224.0.0.5 224.0.0.1
	by $all 17 10.1.0.255 255.255.255.255
	by $all 18 255.255.255.255 255.255.255.255
	# a stranger like others: to routing, only 0.0.0.0 itself is zero
	by $all 19 0.1.2.3 255.255.255.255
	is "$judge: from the wrong places" "" seen "$server"
	[ $judge = kernel ] || is "$judge: they are counted" "eth0 ipv4 no_route dropped 40
eth0 ipv4 own_address dropped 25
eth0 ipv4 source_broadcast dropped 35
eth0 ipv4 source_loopback dropped 29
eth0 ipv4 source_multicast dropped 16
eth0 ipv4 source_zero dropped 12
eth0 ipv4 wrong_device dropped 30" counted_all "$server"
	[ $judge = kernel ] || explains "$server" "$judge: explain agrees" <<-'EOT'
		drop:source_zero 0.0.0.0 dev eth0 to 10.1.0.1
		drop:source_zero 0.0.0.0 dev eth0 to 10.1.0.255
		drop:source_zero 0.0.0.0 dev eth0 to 239.1.2.3
		drop:wrong_device 10.2.0.9 dev eth0 to 255.255.255.255
		drop:wrong_device 10.2.0.9 dev eth0 to 10.1.0.255
		drop:wrong_device 10.2.0.9 dev eth0 to 239.1.2.3
		drop:no_route 192.0.2.1 dev eth0 to 255.255.255.255
		drop:no_route 192.0.2.1 dev eth0 to 224.0.0.1
		drop:own_address 10.1.0.1 dev eth0 to 255.255.255.255
		drop:own_address 10.1.0.1 dev eth0 to 224.0.0.1
		drop:source_loopback 127.0.0.1 dev eth0 to 224.0.0.1
		drop:source_loopback 127.0.0.1 dev eth0 to 10.1.0.255
		drop:source_multicast 224.0.0.5 dev eth0 to 224.0.0.1
		drop:source_broadcast 10.1.0.255 dev eth0 to 255.255.255.255
		drop:source_broadcast 255.255.255.255 dev eth0 to 255.255.255.255
		drop:no_route 0.1.2.3 dev eth0 to 255.255.255.255
	EOT
done

# so that it is none to a host that knows the way
ip -n "$server" route add 0.1.2.0/24 via 10.1.0.2
for judge in kernel srcguard; do
	guard "$server" $judge
	by "$to" 5 0.1.2.3 10.1.0.1
	by $all 6 0.1.2.3 255.255.255.255
	is "$judge: from 0.1.2.3, where there is a route to it" "eth0 0.1.2.3 11" seen "$server"
done
explains "$server" "explain agrees" <<-'EOT'
	accept 0.1.2.3 dev eth0 to 10.1.0.1
	accept 0.1.2.3 dev eth0 to 255.255.255.255
EOT
rm -r "$dir"
finish
