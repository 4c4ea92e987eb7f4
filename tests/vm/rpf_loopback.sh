#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The loopback-local packet. A host and a box on it share one address and part
# its ports, by tc redirects instead of routing. What the box sends to the host
# comes in through the host's lo, from the host's own address, without the route
# that loopback traffic carries along. The route back to that address leaves by
# eth0, and yet the packet is no martian.
#
#   box                                 host
#   lo -> eth0 10.53.0.1/24 -------- box0 -> lo     eth0 10.53.0.1/24
#                                    lo -> box0     veth0 10.60.0.1/24 --- other
#
#   ports 31000-31099 are the box's; -> is a redirect by tc
#
# All of eth0, box0 and both lo have one MAC address: lo takes a frame for
# another host's if its destination is not lo's own.
#
# expect-log: ^GACT probability on$
#
. "${0%/*}/lib.sh"
plan 46

load
namespace host box other
own=10.53.0.1
link "$host" box0 - "$box" eth0 10.53.0.1/24
link "$host" veth0 10.60.0.1/24 "$other" veth0 10.60.0.2/24
ip -n "$host" link add eth0 type dummy
shared=$(mac "$host" eth0)
end "$host" eth0 10.53.0.1/24
ip -n "$host" link set box0 address "$shared"
ip -n "$box" link set eth0 address "$shared"
for ns in "$host" "$box"; do
	ip -n "$ns" link set lo address "$shared" mtu 1500
done
conf "$host" all.rp_filter=0 {eth0,box0,veth0,lo}.rp_filter=0 all.log_martians=0 lo.accept_local=1
conf "$box" all.rp_filter=0 {eth0,lo}.rp_filter=0 all.log_martians=0 eth0.accept_local=1
at "$box" sysctl -qw net.ipv4.ip_local_port_range="31050 31099"

redirect() { # NETNS FROM PRIORITY TO MATCH...
	local netns=$1 from=$2 priority=$3 to=$4
	shift 4
	at "$netns" tc filter add dev "$from" ingress protocol ip prio "$priority" \
		flower dst_ip "$own" "$@" action mirred egress redirect dev "$to" || exit 1
}
for dev in lo box0; do at "$host" tc qdisc add dev "$dev" ingress; done
at "$box" tc qdisc add dev lo ingress
redirect "$host" lo 1 box0 ip_proto tcp dst_port 31000-31099
redirect "$host" box0 1 lo ip_proto tcp
redirect "$host" box0 2 lo ip_proto udp
at "$box" tc filter add dev lo ingress protocol ip prio 1 flower dst_ip "$own" ip_proto tcp \
	dst_port 31000-31099 action pass
redirect "$box" lo 2 eth0 ip_proto tcp
watch "$host"

head -c 200000 /dev/urandom >"$scratch/data"
serve() { # NETNS PORT: hands the data to whoever connects
	at "$1" socat "TCP4-LISTEN:$2,bind=$own,reuseaddr,fork" "OPEN:$scratch/data,rdonly!!/dev/null" \
		>/dev/null 2>&1 &
	within 10 at "$1" bash -c "ss -Hltn 'sport = $2' | grep -q ."
}
fetch() { # NETNS PORT: the data arrive whole
	at "$1" timeout 10 socat -u "TCP4:$own:$2,connect-timeout=4" - | cmp - "$scratch/data"
}
refetch() { # NETNS PORT: nothing arrives
	! at "$1" timeout 2 socat -u "TCP4:$own:$2,connect-timeout=1" - | grep -q .
}
datagram() { # SOURCE PORT TEXT [COUNT]: as if the box had sent it
	send "$box" eth0 "$shared" "${4-1}" "IP(src='$1',dst='$own')/UDP(sport=31050,dport=$2)/b'$3'"
}
mode() { # KNOB VALUE...: with clean counters
	at "$host" srcguard set rp_filter off && at "$host" srcguard set "$@"
	unwatch "$host"
}

is "the host guards strictly" '["strict",1,0]' \
	at "$host" sh -c "srcguard -j show | jq -c '[.rp_filter, .enforce, .unjudged]'"
ok "a socket of the host listens" serve "$host" 8080
ok "a socket of the box listens" serve "$box" 31000
ok "a datagram socket of the host listens" hear "$host" "$own" 5000

ok "strict: the box fetches from the host" fetch "$box" 8080
ok "strict: the host fetches from the box" fetch "$host" 31000
unwatch "$host"
ok "datagrams are sent" datagram "$own" 5000 one, 5
is "they come in without a cached route" 5 passed "$host" "$own"
ok "they reach the socket" within 5 got "$host" 5000 one,one,one,one,one,
explains "$host" "explain agrees" <<-EOT
	accept $own dev lo to $own
EOT
is "nothing was counted" "" counted_all "$host"

for filter in 1 2; do
	conf "$host" all.rp_filter=$filter
	ok "the kernel's own filter at $filter agrees" fetch "$box" 8080
done
conf "$host" all.rp_filter=0

ok "loose" mode rp_filter loose
ok "loose: the box fetches from the host" fetch "$box" 8080
is "nothing was counted" "" counted_all "$host"
ok "audit" mode rp_filter strict enforce 0
ok "audit: the box fetches from the host" fetch "$box" 8080
is "nothing was counted" "" counted_all "$host"

# lo is no way in for everything
ok "strict" mode rp_filter strict enforce 1
datagram 10.60.0.2 5000 no 4
datagram 192.0.2.1 5000 no 3
datagram 127.0.0.1 5000 no 2
is "strangers do not get in by lo" "lo ipv4 no_route dropped 3
lo ipv4 source_loopback dropped 2
lo ipv4 wrong_device dropped 4" counted_all "$host"
is "none of them" 0 passed "$host" 10.60.0.2
explains "$host" "explain agrees" <<-EOT
	drop:wrong_device 10.60.0.2 dev lo to $own
	drop:no_route 192.0.2.1 dev lo to $own
	drop:source_loopback 127.0.0.1 dev lo to $own
EOT
# nor is the own address good on any other device
at "$host" tc filter del dev box0 ingress prio 2
conf "$host" box0.accept_local=1
datagram "$own" 5000 no 6
is "an own address does not get in by another device" 6 counted "$host" box0 wrong_device
explains "$host" "explain agrees" <<-EOT
	drop:wrong_device $own dev box0 to $own
EOT
conf "$host" box0.accept_local=0
redirect "$host" box0 2 lo ip_proto udp

# what the kernel itself calls a martian
conf "$host" lo.accept_local=0
ok "without accept_local on lo" mode rp_filter strict
datagram "$own" 5000 no 7
is "strict: it is an own address" "lo ipv4 own_address dropped 7" counted_all "$host"
is "strict: and does not pass" 0 passed "$host" "$own"
explains "$host" "strict: explain agrees" <<-EOT
	drop:own_address $own dev lo to $own
EOT
ok "loose" mode rp_filter loose
datagram "$own" 5000 no 7
is "loose: it is an own address, too" "lo ipv4 own_address dropped 7" counted_all "$host"
explains "$host" "loose: explain agrees" <<-EOT
	drop:own_address $own dev lo to $own
EOT
ok "audit" mode rp_filter strict enforce 0
datagram "$own" 5000 no 7
is "audit: it passes and is counted" "lo ipv4 own_address audited 7" counted_all "$host"
is "audit: seven passed" 7 passed "$host" "$own"
explains "$host" "audit: explain agrees" <<-EOT
	audit:own_address $own dev lo to $own
EOT
ok "off" at "$host" srcguard set rp_filter off enforce 1
ok "off: the kernel itself refuses the box" refetch "$box" 8080
ok "by then the socket would have got them" datagram 10.60.0.2 5000 two,
conf "$host" lo.accept_local=1
datagram "$own" 5000 two,
ok "it got nothing meanwhile" within 5 got "$host" 5000 one,one,one,one,one,two,two,

# traffic that never left, in a namespace of its own
ok "ping of a loopback address" at "$other" ping -q -c 3 -i 0.1 -W 10 127.0.0.1
ok "ping of an own address" at "$other" ping -q -c 3 -i 0.1 -W 10 10.60.0.2
own=10.60.0.2
ok "a socket listens" serve "$other" 8080
ok "a connection by lo" fetch "$other" 8080
is "nothing was counted" "" counted_all "$other"

cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
