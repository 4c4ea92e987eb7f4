#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Port-range isolation, as in Mesos' port-mapping isolator: containers own the
# address (and MAC) of their host, and a range of ports each. Filters of tc take
# TCP by its destination port to whom it is for, past the routing of the host:
#
#   out  10.53.180.1/24 ---- eth0 10.53.180.130/24                        host
#                            mesos1 ---- eth0 10.53.180.130/24            c1
#                                        ports 31000-31099, 57345-58368
#                            mesos2 ---- eth0 10.53.180.130/24            c2
#                                        ports 31100-31199, 58369-59392
#                            side 10.60.0.1/24
#
#   host eth0, lo     a container's ports -> its veth; ARP -> the veths as well
#   host mesos*       TCP to the address -> lo, all else -> eth0
#   container lo      TCP to the address, others' ports -> eth0
#
# What a container says to the host arrives on the host's lo, from the host's own
# address and without a route: only lo.accept_local=1 and the look at the
# loopback device tell it from a spoof.
#
# What tc's actions and the port ranges have the kernel say:
# expect-log: ^GACT probability on$
# expect-log: ^ip_local_port_range: prefer different parity for start/end values\.$
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 36

load rp_filter=0
namespace host out c1 c2
I=10.53.180.130 G=10.53.180.1
link "$host" eth0 $I/24 "$out" eth0 $G/24
link "$host" side 10.60.0.1/24 "$out" side -
ip -n "$host" route add default via $G
M=$(mac "$host" eth0)

filter=(ingress protocol ip prio 1 flower dst_ip "$I" ip_proto tcp)
to=(action mirred egress redirect dev)
for name in "$host" "$c1" "$c2"; do
	# the same MAC and MTU everywhere, or what is redirected is not taken
	ip -n "$name" link set lo address "$M" mtu 1500
	tc -n "$name" qdisc add dev lo ingress
done
tc -n "$host" qdisc add dev eth0 ingress
container() { # NETNS VETH PORTS EPHEMERAL-PORTS
	local range device
	link "$host" "$2" - "$1" eth0 $I/24
	ip -n "$host" link set "$2" address "$M"
	ip -n "$1" link set eth0 address "$M"
	ip -n "$1" route add default via $G
	at "$1" sysctl -qw "net.ipv4.ip_local_port_range=${4/-/ }"
	conf "$1" eth0.accept_local=1
	for range in "$3" "$4"; do
		tc -n "$1" filter add dev lo "${filter[@]}" dst_port "$range" action pass
		for device in lo eth0; do
			tc -n "$host" filter add dev $device "${filter[@]}" dst_port "$range" "${to[@]}" "$2"
		done
	done
	tc -n "$1" filter add dev lo ingress protocol ip prio 2 flower dst_ip "$I" ip_proto tcp "${to[@]}" eth0
	tc -n "$host" qdisc add dev "$2" ingress
	tc -n "$host" filter add dev "$2" "${filter[@]}" "${to[@]}" lo
	tc -n "$host" filter add dev "$2" ingress protocol all prio 9 matchall "${to[@]}" eth0
}
container "$c1" mesos1 31000-31099 57345-58368
container "$c2" mesos2 31100-31199 58369-59392
tc -n "$host" filter add dev eth0 ingress protocol arp prio 3 matchall \
	action mirred egress mirror dev mesos1 action mirred egress mirror dev mesos2
at "$host" sysctl -qw net.ipv4.ip_local_port_range="32768 57344"
conf "$host" lo.accept_local=1
watch_routed "$host" "$c1" "$c2"

dir=$(mktemp -d)
head -c 30000 /dev/urandom >"$dir/sent"
listening() { # NETNS PORT
	at "$1" ss -Htln "sport = :$2" | grep -q LISTEN
}
patience=$((slow ? 120 : 30))
for server in "$host 5000" "$out 5000" "$c1 31000" "$c2 31100"; do
	read -r name port <<<"$server"
	at "$name" socat -t $patience "TCP-LISTEN:$port,fork,reuseaddr" EXEC:cat 2>/dev/null &
	within 9 listening "$name" "$port"
done
echoes() { # NETNS ADDRESS PORT: 30 kB go there and come back as they were
	at "$1" timeout $patience socat -t $patience - "TCP:$2:$3" <"$dir/sent" >"$dir/back" &&
		cmp "$dir/sent" "$dir/back"
}

for judge in kernel srcguard; do
	for name in "$host" "$c1" "$c2"; do guard "$name" $judge; done
	ok "$judge: the outside reaches the host" echoes "$out" $I 5000
	ok "$judge: the outside reaches a container" echoes "$out" $I 31000
	ok "$judge: the host reaches the outside" echoes "$host" $G 5000
	ok "$judge: a container reaches the outside" echoes "$c2" $G 5000
	ok "$judge: the host reaches a container" echoes "$host" $I 31000
	ok "$judge: a container reaches the host" echoes "$c1" $I 5000
	ok "$judge: a container reaches another" echoes "$c1" $I 31100
	ok "$judge: and that one the first" echoes "$c2" $I 31000
	ok "$judge: a container reaches itself" echoes "$c1" $I 31000
	if [ $judge = srcguard ]; then
		for name in host c1 c2; do
			is "$judge: nothing is counted in $name" "" counted_all "${!name}"
		done
	fi

	# eth0 of a container leads to the host's lo, if it is TCP to the address
	for name in "$host" "$c1"; do guard "$name" $judge; done
	send "$c1" eth0 "$M" 5 "IP(src='10.60.0.9',dst='$I')/TCP(dport=5001)"
	send "$c1" eth0 "$M" 6 "IP(src='192.0.2.1',dst='$I')/TCP(dport=5001)"
	send "$c1" eth0 "$M" 7 "IP(src='127.0.0.1',dst='$I')/TCP(dport=5001)"
	send "$out" eth0 "$M" 8 "IP(src='$I',dst='$I')/TCP(dport=5001)"
	send "$out" eth0 "$M" 9 "IP(src='10.60.0.9',dst='$I')/TCP(dport=5001)"
	is "$judge: spoofs are not seen, be it from a container or from outside" "" seen "$host"
	[ $judge = kernel ] || is "$judge: they are counted" "eth0 ipv4 own_address dropped 8
eth0 ipv4 wrong_device dropped 9
lo ipv4 source_loopback dropped 7
lo ipv4 wrong_device dropped 11" counted_all "$host"
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees" <<-EOT
		accept $G dev eth0 to $I
		drop:wrong_device 10.60.0.9 dev lo to $I
		drop:wrong_device 192.0.2.1 dev lo to $I
		drop:source_loopback 127.0.0.1 dev lo to $I
		drop:own_address $I dev eth0 to $I
		drop:wrong_device 10.60.0.9 dev eth0 to $I
	EOT
	send "$out" eth0 "$M" 5 "IP(src='127.0.0.1',dst='$I')/TCP(dport=31001)"
	send "$out" eth0 "$M" 6 "IP(src='224.0.0.1',dst='$I')/TCP(dport=31001)"
	is "$judge: nor in the container" "" seen "$c1"
	[ $judge = kernel ] || is "$judge: they are counted there" "eth0 ipv4 source_loopback dropped 5
eth0 ipv4 source_multicast dropped 6" counted_all "$c1"
	[ $judge = kernel ] || explains "$c1" "$judge: explain agrees there" <<-EOT
		accept $I dev eth0 to $I
		drop:source_loopback 127.0.0.1 dev eth0 to $I
		drop:source_multicast 224.0.0.1 dev eth0 to $I
	EOT

	guard "$host" $judge
	send "$c1" eth0 "$M" 5 "IP(src='$I',dst='$I')/TCP(dport=5001,flags='R')"
	is "$judge: the own address comes by lo" "lo $I 5" seen "$host"
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees" <<-EOT
		accept $I dev lo to $I
	EOT
	conf "$host" lo.accept_local=0
	unwatch "$host"
	send "$c1" eth0 "$M" 6 "IP(src='$I',dst='$I')/TCP(dport=5001,flags='R')"
	is "$judge: unless lo does not accept it" "" seen "$host"
	[ $judge = kernel ] || is "$judge: then it is counted" "lo ipv4 own_address dropped 6" \
		counted_all "$host"
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees on that" <<-EOT
		drop:own_address $I dev lo to $I
	EOT
	conf "$host" lo.accept_local=1
done
rm -r "$dir"
finish
