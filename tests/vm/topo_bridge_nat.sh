#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A bridge whose frames br_netfilter sends through PRE_ROUTING, where their destination is
# translated: to the host itself, or to who is behind another device. The bridge hands
# such a frame up with a route already, and it is judged all the same.
#
#   vm  eth0 10.1.0.2/24 ------- p1 - br0 10.1.0.1/24        host
#            2001:db8:1::2/64             2001:db8:1::1/64
#                                     other 10.2.0.1/24, 2001:db8:2::1/64
#   web eth0 10.3.0.2/24 ------- out 10.3.0.1/24
#            2001:db8:3::2/64        2001:db8:3::1/64
#
# Port 80 of .9 in the first network is that of the host's own address in the second one,
# port 81 is port 80 of web, port 82 is that of another address in the first network,
# which stays on the bridge.
#
# files: tests/topo.sh
# expect-log: ^Bridge firewalling registered$
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 21

load rp_filter=0
modprobe br_netfilter
namespace host vm web
quiet6 "$host" "$vm" "$web"
link "$host" p1 - "$vm" eth0 10.1.0.2/24
link "$host" out 10.3.0.1/24 "$web" eth0 10.3.0.2/24
ip -n "$host" link add br0 type bridge
ip -n "$host" link set p1 master br0
ip -n "$host" link add other up type dummy
end "$host" br0 10.1.0.1/24
end "$host" other 10.2.0.1/24
for end in "$host br0 1::1" "$host other 2::1" "$host out 3::1" "$vm eth0 1::2" "$web eth0 3::2"; do
	read -r name device address <<<"$end"
	ip -n "$name" addr add "2001:db8:$address/64" dev "$device"
done
ip -n "$web" route add default via 10.3.0.1
ip -n "$web" route add default via 2001:db8:3::1
at "$host" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
	net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
conf "$host" {all,default,br0,p1,out,other}.rp_filter=0 all.log_martians=0
at "$host" nft -f - <<-'EOT'
	table ip nat {
		chain early {
			type nat hook prerouting priority -100
			ip daddr 10.1.0.9 udp dport 80 dnat to 10.2.0.1:80
			ip daddr 10.1.0.9 udp dport 81 dnat to 10.3.0.2:80
			ip daddr 10.1.0.9 udp dport 82 dnat to 10.1.0.2:80
		}
	}
	table ip6 nat {
		chain early {
			type nat hook prerouting priority -100
			ip6 daddr 2001:db8:1::9 udp dport 80 dnat to [2001:db8:2::1]:80
			ip6 daddr 2001:db8:1::9 udp dport 81 dnat to [2001:db8:3::2]:80
			ip6 daddr 2001:db8:1::9 udp dport 82 dnat to [2001:db8:1::2]:80
		}
	}
EOT
watch_routed "$host"
watch_routed6 "$host"
# somebody who is not there, behind the bridge
nobody=02:00:00:00:00:09

# from SOURCE PORT COUNT: as many flows to .9
from() {
	local packet="IP(src='$1',dst='10.1.0.9')"
	[[ $1 != *:* ]] || packet="IPv6(src='$1',dst='2001:db8:1::9')"
	send "$vm" eth0 $nobody "$3" "$packet/UDP(sport=1000+$2*100+i,dport=$2)"
}

by_bridge() { # ip|ip6: what is seen, without what web says to it
	seen "$host" "$1" | grep '^br0 '
}

for judge in kernel srcguard; do
	guard "$host" $judge
	from 10.1.0.2 80 4
	from 10.1.0.2 81 5
	is "$judge: honest packets get where they are sent" "br0 10.1.0.2 9" by_bridge ip
	unwatch "$host"
	from 10.2.0.9 80 6
	from 192.0.2.1 80 7
	from 10.2.0.9 81 8
	is "$judge: spoofed ones do not" "" by_bridge ip
done
explains "$host" "explain agrees, whatever their destination is by then" <<-'EOT'
	accept 10.1.0.2 dev br0 to 10.1.0.9
	accept 10.1.0.2 dev br0 to 10.3.0.2
	drop:wrong_device 10.2.0.9 dev br0 to 10.2.0.1
	drop:no_route 192.0.2.1 dev br0 to 10.2.0.1
	drop:wrong_device 10.2.0.9 dev br0 to 10.3.0.2
EOT
is "they are counted" "br0 ipv4 no_route dropped 7
br0 ipv4 wrong_device dropped 14" counted_all "$host"
conf "$host" all.rp_filter=0
guard "$host" srcguard loose
from 10.2.0.9 80 3
from 192.0.2.1 80 4
is "loose: there is a route to one of them" "br0 10.2.0.9 3" by_bridge ip
explains "$host" "loose: explain agrees" <<-'EOT'
	accept 10.2.0.9 dev br0 to 10.2.0.1
	drop:no_route 192.0.2.1 dev br0 to 10.2.0.1
EOT

for mode in off strict; do
	guard6 "$host" $mode
	from 2001:db8:1::2 80 4
	from 2001:db8:1::2 81 5
	is "$mode: honest packets of IPv6 get where they are sent" "br0 2001:db8:1::2 9" by_bridge ip6
	unwatch "$host"
	from 2001:db8:2::9 80 6
	from 2001:db8:f::1 80 7
	from 2001:db8:2::9 81 8
	is "$mode: spoofed ones do, or not" "$([ $mode = strict ] || echo "br0 2001:db8:2::9 14
br0 2001:db8:f::1 7")" by_bridge ip6
done
explains "$host" "IPv6: explain agrees" <<-'EOT'
	accept 2001:db8:1::2 dev br0 to 2001:db8:3::2
	drop:wrong_device 2001:db8:2::9 dev br0 to 2001:db8:2::1
	drop:no_route 2001:db8:f::1 dev br0 to 2001:db8:2::1
EOT
is "they are counted" "br0 ipv6 no_route dropped 7
br0 ipv6 wrong_device dropped 14" counted_all "$host"

# What stays on the bridge is not judged.
guard "$host" srcguard
from 10.2.0.9 82 5
from 2001:db8:2::9 82 6
is "what the bridge passes on is not judged" "" counted_all "$host"

# A conversation: what comes back is translated, too.
for port in 80 81; do
	name=$([ $port = 80 ] && echo "$host" || echo "$web")
	to=$([ $port = 80 ] && echo 10.2.0.1 || echo 10.3.0.2)
	to6=$([ $port = 80 ] && echo 2001:db8:2::1 || echo 2001:db8:3::2)
	ip netns exec "$name" socat "UDP4-LISTEN:80,bind=$to,fork" EXEC:cat 2>/dev/null &
	ip netns exec "$name" socat "UDP6-LISTEN:80,bind=[$to6],fork" EXEC:cat 2>/dev/null &
	listening() { [ "$(at "$name" ss -Hlun 'sport = 80' | wc -l)" -ge 2 ]; }
	within 20 listening
	echoes() { # ADDRESS
		[ "$(echo hello | at "$vm" timeout 5 socat -T 3 - "UDP:$1:$port")" = hello ]
	}
	ip -n "$vm" neigh replace 10.1.0.9 lladdr $nobody dev eth0
	ip -n "$vm" neigh replace 2001:db8:1::9 lladdr $nobody dev eth0
	ok "port $port: IPv4 answers" within 20 echoes 10.1.0.9
	ok "port $port: IPv6 answers" within 20 echoes '[2001:db8:1::9]'
done
is "and nothing of it is dropped" "" counted_all "$host"
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
