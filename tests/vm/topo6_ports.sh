#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The loopback-local packet of IPv6. A host and a box on it share one address and
# part its ports, by tc redirects instead of routing. What one sends to the other
# comes in through lo, from an own address, without the route that loopback traffic
# carries along. The route back to that address names eth0, and yet it is no spoof.
#
#   box                                       host
#   lo -> eth0 2001:db8:53::1/64 -------- box0 -> lo    eth0  2001:db8:53::1/64
#   eth0 -> lo                            lo -> box0    veth0 2001:db8:60::1/64 --- other
#
#   ports 31000-31099 are the box's; -> is a redirect by tc
#
# All of eth0, box0 and both lo have one MAC address: lo takes a frame for another
# host's if its destination is not lo's own.
#
# expect-log: ^GACT probability on$
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 24

load rp_filter=1
namespace host box other
quiet6 "$host" "$box" "$other"
own=2001:db8:53::1
link "$host" box0 - "$box" eth0 $own/64
link "$host" veth0 2001:db8:60::1/64 "$other" veth0 2001:db8:60::2/64
ip -n "$host" link add eth0 type dummy
shared=$(mac "$host" eth0)
end "$host" eth0 $own/64
ip -n "$host" link set box0 address "$shared"
ip -n "$box" link set eth0 address "$shared"
for ns in "$host" "$box"; do ip -n "$ns" link set lo address "$shared" mtu 1500; done
at "$box" sysctl -qw net.ipv4.ip_local_port_range="31050 31099"

redirect() { # NETNS FROM PRIORITY TO MATCH...
	local netns=$1 from=$2 priority=$3 to=$4
	shift 4
	tc -n "$netns" filter add dev "$from" ingress protocol ipv6 prio "$priority" \
		flower dst_ip "$own" "$@" action mirred egress redirect dev "$to" || exit 1
}
for dev in lo box0; do tc -n "$host" qdisc add dev $dev ingress; done
for dev in lo eth0; do tc -n "$box" qdisc add dev $dev ingress; done
redirect "$host" lo 1 box0 ip_proto tcp dst_port 31000-31099
redirect "$host" box0 1 lo ip_proto tcp
redirect "$host" box0 2 lo ip_proto udp
tc -n "$box" filter add dev lo ingress protocol ipv6 prio 1 flower dst_ip "$own" ip_proto tcp \
	dst_port 31000-31099 action pass
redirect "$box" lo 2 eth0 ip_proto tcp
redirect "$box" eth0 1 lo ip_proto tcp dst_port 31000-31099
watch "$host"

head -c 100000 /dev/urandom >"$scratch/data"
serve() { # NETNS PORT: hands the data to whoever connects
	at "$1" socat "TCP6-LISTEN:$2,bind=[$own],reuseaddr,fork" "OPEN:$scratch/data,rdonly!!/dev/null" \
		>/dev/null 2>&1 &
	within 10 at "$1" bash -c "ss -Hltn 'sport = $2' | grep -q ."
}
fetch() { # NETNS PORT: the data arrive whole
	at "$1" timeout 30 socat -u "TCP6:[$own]:$2,connect-timeout=9" - | cmp - "$scratch/data"
}
datagram() { # SOURCE COUNT: as if the box had sent it
	send "$box" eth0 "$shared" "$2" "IPv6(src='$1',dst='$own')/UDP(sport=31050,dport=5000)/b'x'"
}
ok "a socket of the host listens" serve "$host" 8080
ok "a socket of the box listens" serve "$box" 31000

for mode in strict loose feasible; do
	guard6 "$host" $mode
	guard6 "$box" $mode
	ok "$mode: the box fetches from the host" fetch "$box" 8080
	ok "$mode: the host fetches from the box" fetch "$host" 31000
	is "$mode: nothing is counted in the host" "" counted_all "$host"
	is "$mode: nor in the box" "" counted_all "$box"
done

closed() { # what was fetched
	! at "$host" ss -Htn | grep -q . && ! at "$box" ss -Htn | grep -q .
}
within 9 closed
# without a socket there were answers, from the same address
at "$host" socat -u UDP6-RECV:5000 OPEN:/dev/null >/dev/null 2>&1 &
within 9 at "$host" bash -c "ss -Hlun 'sport = 5000' | grep -q ."
guard6 "$host"
datagram $own 5
is "they come without a cached route" 5 passed "$host" $own
is "and are not counted" "" counted_all "$host"
explains "$host" "explain agrees" <<-EOT
	accept $own dev lo to $own
EOT
# lo is no way in for everything
datagram 2001:db8:60::2 4
datagram 2001:db8:ffff::1 3
is "strangers do not get in by lo" "lo ipv6 no_route dropped 3
lo ipv6 wrong_device dropped 4" counted_all "$host"
explains "$host" "explain agrees" <<-EOT
	drop:wrong_device 2001:db8:60::2 dev lo to $own
	drop:no_route 2001:db8:ffff::1 dev lo to $own
EOT
is "none of them" 0 passed "$host" 2001:db8:60::2
# nor is the own address good on any other device
tc -n "$host" filter del dev box0 ingress prio 2
datagram $own 6
is "an own address does not get in by another device" 6 counted "$host" box0 own_address
explains "$host" "explain agrees" <<-EOT
	drop:own_address $own dev box0 to $own
EOT

ok "traffic that never left: ::1" at "$other" ping -q -c 3 -i 0.02 -W 9 ::1
is "is not counted" "" counted_all "$other"
finish
