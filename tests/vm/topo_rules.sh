#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Policy routing: rules decide which way leads back to a source, by what the
# packet carries: addresses, TOS, mark, ports.
#
#   a   eth0 10.1.0.2/24 ------ left   10.1.0.1/24  host   main: default by left
#   b   eth0 10.2.0.2/24 ------ right  10.2.0.1/24         table 2: default by right
#
#   Each part has a rule that leads to table 2, and strangers (192.0.2.0/24) that
#   come by one side or the other.
#
# A bridge without br_netfilter says so:
# expect-log: ^bridge: filtering via arp/ip/ip6tables is no longer available by default\.
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
# Rules by DSCP, all six bits of it, are newer than others; a kernel that does not
# know them takes them for rules without a condition.
parts="from nat tos mark port verdict"
ip rule add dscp 36 table 2 priority 36
[[ $(ip rule show priority 36) != *dscp* ]] || parts+=" dscp"
ip rule del priority 36
case $parts in
*dscp) plan 63 ;;
*) plan 59 ;;
esac

load rp_filter=0
namespace host a b
link "$host" left 10.1.0.1/24 "$a" eth0 10.1.0.2/24
link "$host" right 10.2.0.1/24 "$b" eth0 10.2.0.2/24
ip -n "$host" route add default via 10.1.0.2
ip -n "$host" route add table 2 default via 10.2.0.2
watch_routed "$host"
to_left=$(mac "$host" left) to_right=$(mac "$host" right)

by() { # left|right COUNT EXPRESSION
	if [ "$1" = left ]; then
		send "$a" eth0 "$to_left" "$2" "$3"
	else
		send "$b" eth0 "$to_right" "$2" "$3"
	fi
}
rule() { # RULE...: a rule that leads to table 2, until the part ends
	rules+=("$*")
	ip -n "$host" rule add "$@" table 2
}
forget() {
	local rule
	# shellcheck disable=SC2086 # a rule is several words
	for rule in "${rules[@]}"; do ip -n "$host" rule del $rule; done
	rules=()
}
declare -a rules=()
sees() { # WHAT LINES: what gets past
	is "$judge: $1" "$2" seen "$host"
}
drops() { # LINES: what is counted, if it is srcguard that judges
	[ "$judge" = kernel ] || is "$judge: the rest is counted" "$1" counted_all "$host"
}
agrees() { # WHAT <<QUESTIONS: explain does, if it is srcguard that judges
	[ "$judge" = kernel ] || explains "$host" "$judge: $1: explain agrees"
}

from_rules() {
	rule from 10.2.0.1
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.1',dst='10.2.0.1')/ICMP(type=0)"
	sees "from: to each address by its own way" "left 192.0.2.1 5
right 192.0.2.1 6"
	unwatch "$host"
	by left 5 "IP(src='192.0.2.1',dst='10.2.0.1')/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	sees "from: not by the other's" ""
	drops "left ipv4 wrong_device dropped 5
right ipv4 wrong_device dropped 6"
	agrees "from" <<-'EOT'
		accept 192.0.2.1 dev left to 10.1.0.1
		accept 192.0.2.1 dev right to 10.2.0.1
		drop:wrong_device 192.0.2.1 dev left to 10.2.0.1
		drop:wrong_device 192.0.2.1 dev right to 10.1.0.1
	EOT
	forget

	# nobody sends from a broadcast address: the rule is not for those
	rule from 10.2.0.0/24
	guard "$host" "$judge"
	by right 5 "IP(src='192.0.2.1',dst='10.2.0.255')/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.1',dst='255.255.255.255')/ICMP(type=0)"
	by right 7 "IP(src='192.0.2.1',dst='224.0.0.1')/ICMP(type=0)"
	by right 8 "IP(src='10.2.0.2',dst='10.2.0.255')/ICMP(type=0)"
	sees "from: broadcasts and groups have no such source" "right 10.2.0.2 8"
	drops "right ipv4 wrong_device dropped 18"
	agrees "broadcasts" <<-'EOT'
		drop:wrong_device 192.0.2.1 dev right to 10.2.0.255
		drop:wrong_device 192.0.2.1 dev right to 255.255.255.255
		drop:wrong_device 192.0.2.1 dev right to 224.0.0.1
		accept 10.2.0.2 dev right to 10.2.0.255
	EOT
	forget
}

# Rules see the destination that a packet has when it is routed, as the kernel's filter
# does: what it was translated to, also back to whom it had been masqueraded for.
nat_rules() {
	at "$host" nft -f - <<-'EOT'
	table ip nat {
		chain in {
			type nat hook prerouting priority -100
			udp dport 53 dnat to 10.2.0.1
			udp dport 54 dnat to 10.1.0.1
		}
		chain out {
			type nat hook postrouting priority 100
			ip daddr 192.0.2.9 snat to 10.1.0.1
		}
	}
	EOT
	rule from 10.2.0.1
	guard "$host" "$judge"
	by right 5 "IP(src='192.0.2.1',dst='10.1.0.1')/UDP(sport=5000+i,dport=53)"
	by left 6 "IP(src='192.0.2.2',dst='10.2.0.1')/UDP(sport=5000+i,dport=54)"
	by left 7 "IP(src='192.0.2.3',dst='10.1.0.1')/UDP(sport=5000+i,dport=53)"
	by right 8 "IP(src='192.0.2.4',dst='10.2.0.1')/UDP(sport=5000+i,dport=54)"
	# the host is asked by its other address, and what it answers is masqueraded
	echo x | at "$host" socat -u - UDP4-SENDTO:192.0.2.9:5000,bind=10.2.0.1:6000
	by right 9 "IP(src='192.0.2.9',dst='10.1.0.1')/UDP(sport=5000,dport=6000)"
	by left 10 "IP(src='192.0.2.9',dst='10.1.0.1')/UDP(sport=5000,dport=6000)"
	sees "nat: the translated destination counts" "left 192.0.2.2 6
right 192.0.2.1 5
right 192.0.2.9 9"
	drops "left ipv4 wrong_device dropped 17
right ipv4 wrong_device dropped 8"
	at "$host" nft delete table ip nat
	forget
}

tos_rules() {
	rule tos 0x10
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.1',dst='10.1.0.1',tos=0x10)/ICMP(type=0)"
	by right 7 "IP(src='192.0.2.2',dst='10.1.0.1',tos=0x13)/ICMP(type=0)"
	by left 8 "IP(src='192.0.2.3',dst='10.1.0.1',tos=0x10)/ICMP(type=0)"
	by right 9 "IP(src='192.0.2.3',dst='10.1.0.1')/ICMP(type=0)"
	by right 10 "IP(src='192.0.2.3',dst='10.1.0.1',tos=0x04)/ICMP(type=0)"
	sees "tos: each by its way, ECN aside" "left 192.0.2.1 5
right 192.0.2.1 6
right 192.0.2.2 7"
	drops "left ipv4 wrong_device dropped 8
right ipv4 wrong_device dropped 19"
	agrees "tos" <<-'EOT'
		accept 192.0.2.1 dev left to 10.1.0.1
		accept 192.0.2.1 dev right to 10.1.0.1 tos 0x10
		accept 192.0.2.2 dev right to 10.1.0.1 tos 0x13
		drop:wrong_device 192.0.2.3 dev left to 10.1.0.1 tos 0x10
		drop:wrong_device 192.0.2.3 dev right to 10.1.0.1
		drop:wrong_device 192.0.2.3 dev right to 10.1.0.1 tos 0x04
	EOT
	# the upper three bits are not of the old TOS
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.4',dst='10.1.0.1',tos=0x90)/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.4',dst='10.1.0.1',tos=0x90)/ICMP(type=0)"
	if [ "$judge" = kernel ]; then
		kernel_saw=$(seen "$host")
		say "tos 0x90: $kernel_saw"
	else
		sees "tos: the upper bits as in the kernel" "$kernel_saw"
		for side in left right; do
			case $kernel_saw in
			*"$side 192.0.2.4"*) echo "accept 192.0.2.4 dev $side to 10.1.0.1 tos 0x90" ;;
			*) echo "drop:wrong_device 192.0.2.4 dev $side to 10.1.0.1 tos 0x90" ;;
			esac
		done >"$scratch/upper"
		agrees "tos: the upper bits" <"$scratch/upper"
	fi
	forget
}

dscp_rules() {
	rule dscp 36
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.1',dst='10.1.0.1',tos=0x10)/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.1',dst='10.1.0.1',tos=0x90)/ICMP(type=0)"
	by right 7 "IP(src='192.0.2.2',dst='10.1.0.1',tos=0x10)/ICMP(type=0)"
	by left 8 "IP(src='192.0.2.3',dst='10.1.0.1',tos=0x90)/ICMP(type=0)"
	sees "dscp: each by its way" "left 192.0.2.1 5
right 192.0.2.1 6"
	drops "left ipv4 wrong_device dropped 8
right ipv4 wrong_device dropped 7"
	agrees "dscp" <<-'EOT'
		accept 192.0.2.1 dev left to 10.1.0.1 tos 0x10
		accept 192.0.2.1 dev right to 10.1.0.1 tos 0x90
		drop:wrong_device 192.0.2.2 dev right to 10.1.0.1 tos 0x10
		drop:wrong_device 192.0.2.3 dev left to 10.1.0.1 tos 0x90
	EOT
	forget
}

mark_rules() { # a filter's chain, which is late, marks what comes by the right
	at "$host" nft -f - <<-'EOT'
	table ip marks {
		chain filter { type filter hook prerouting priority 0; iifname "right" mark set 7; }
	}
	EOT
	rule fwmark 7
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	sees "mark: without src_valid_mark it does not count" "left 192.0.2.1 5"
	drops "right ipv4 wrong_device dropped 6"
	agrees "mark, which does not count" <<-'EOT'
		accept 192.0.2.1 dev left to 10.1.0.1
		drop:wrong_device 192.0.2.1 dev right to 10.1.0.1 mark 7
	EOT
	conf "$host" right.src_valid_mark=1 left.src_valid_mark=1
	guard "$host" "$judge"
	by left 7 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	by right 8 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	sees "mark: with it, it does" "left 192.0.2.1 7
right 192.0.2.1 8"
	drops ""
	agrees "mark" <<-'EOT'
		accept 192.0.2.1 dev left to 10.1.0.1
		accept 192.0.2.1 dev right to 10.1.0.1 mark 7
	EOT
	at "$host" nft flush chain ip marks filter
	at "$host" nft add rule ip marks filter iifname left mark set 7
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	sees "mark: what it says is obeyed" ""
	drops "left ipv4 wrong_device dropped 5
right ipv4 wrong_device dropped 6"
	agrees "mark, the other way round" <<-'EOT'
		drop:wrong_device 192.0.2.1 dev left to 10.1.0.1 mark 7
		drop:wrong_device 192.0.2.1 dev right to 10.1.0.1
	EOT
	conf "$host" right.src_valid_mark=0 left.src_valid_mark=0
	at "$host" nft delete table ip marks
	forget
}

port_rules() { # ports are those of the answer: swapped
	rule ipproto udp dport 5000
	rule ipproto tcp sport 80
	rule ipproto udp sport 6000-6010 dport 7000
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.1',dst='10.1.0.1')/UDP(sport=5001,dport=9)"
	by left 6 "IP(src='192.0.2.1',dst='10.1.0.1')/TCP(sport=5000,dport=81)"
	by right 7 "IP(src='192.0.2.2',dst='10.1.0.1')/UDP(sport=5000,dport=9)"
	by right 8 "IP(src='192.0.2.2',dst='10.1.0.1')/TCP(sport=9,dport=80)"
	by right 9 "IP(src='192.0.2.2',dst='10.1.0.1')/UDP(sport=7000,dport=6010)"
	sees "ports: each by its way" "left 192.0.2.1 11
right 192.0.2.2 24"
	drops ""
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.1',dst='10.1.0.1')/UDP(sport=5000,dport=9)"
	by left 6 "IP(src='192.0.2.1',dst='10.1.0.1')/TCP(sport=9,dport=80)"
	by right 7 "IP(src='192.0.2.2',dst='10.1.0.1')/UDP(sport=9,dport=5000)"
	by right 8 "IP(src='192.0.2.2',dst='10.1.0.1')/TCP(sport=80,dport=9)"
	by right 9 "IP(src='192.0.2.2',dst='10.1.0.1')/UDP(sport=7000,dport=6011)"
	by right 10 "IP(src='192.0.2.2',dst='10.1.0.1')/ICMP(type=0)"
	sees "ports: not by the other's" ""
	drops "left ipv4 wrong_device dropped 11
right ipv4 wrong_device dropped 34"

	# without conntrack nobody joins fragments before they are routed
	guard "$host" "$judge"
	by left 2 "fragment(IP(src='192.0.2.1',dst='10.1.0.1',id=100+i)/UDP(sport=5000,dport=9)/Raw(bytes(2000)),800)"
	sees "ports: fragments have none" "left 192.0.2.1 2"
	by right 2 "fragment(IP(src='192.0.2.2',dst='10.1.0.1',id=200+i)/UDP(sport=5000,dport=9)/Raw(bytes(2000)),800)"
	sees "ports: not even the first" "left 192.0.2.1 2"
	drops "right ipv4 wrong_device dropped 6"
	at "$host" nft -f - <<-'EOT'
	table ip track {
		chain tracked { type filter hook prerouting priority -100; ct state new counter; }
	}
	EOT
	guard "$host" "$judge"
	by right 3 "fragment(IP(src='192.0.2.3',dst='10.1.0.1',id=300+i)/UDP(sport=5000,dport=9)/Raw(bytes(2000)),800)"
	sees "ports: what conntrack has joined has them again" "right 192.0.2.3 3"
	by left 2 "fragment(IP(src='192.0.2.4',dst='10.1.0.1',id=400+i)/UDP(sport=5000,dport=9)/Raw(bytes(2000)),800)"
	by right 2 "fragment(IP(src='192.0.2.4',dst='10.1.0.1',id=500+i)/UDP(sport=9,dport=9)/Raw(bytes(2000)),800)"
	sees "ports: and they are obeyed" "right 192.0.2.3 3"
	drops "left ipv4 wrong_device dropped 2
right ipv4 wrong_device dropped 2"
	at "$host" nft delete table ip track
	forget
}

verdict_rules() { # rules that refuse
	ip -n "$host" rule add to 192.0.2.0/28 blackhole
	ip -n "$host" rule add to 192.0.2.16/28 prohibit
	guard "$host" "$judge"
	by left 5 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	by left 6 "IP(src='192.0.2.17',dst='10.1.0.1')/ICMP(type=0)"
	by left 7 "IP(src='192.0.2.33',dst='10.1.0.1')/ICMP(type=0)"
	sees "a rule that refuses is one" "left 192.0.2.33 7"
	drops "left ipv4 reject_route dropped 11"
	agrees "rules that refuse" <<-'EOT'
		drop:reject_route 192.0.2.1 dev left to 10.1.0.1
		drop:reject_route 192.0.2.17 dev left to 10.1.0.1
		accept 192.0.2.33 dev left to 10.1.0.1
	EOT
	ip -n "$host" rule del to 192.0.2.0/28
	ip -n "$host" rule del to 192.0.2.16/28
}

bridge_rules() { # the right one is a bridge's port, and br_netfilter has been there first
	if [ ! -e "/proc/sys/net/bridge" ]; then
		modprobe br_netfilter
		ip -n "$host" link add br0 type bridge
		ip -n "$host" link set right master br0
		ip -n "$host" addr del 10.2.0.1/24 dev right
		end "$host" br0 10.2.0.1/24
		ip -n "$host" route add table 2 default via 10.2.0.2
		at "$host" sysctl -qw net.bridge.bridge-nf-call-iptables=1
		conf "$host" br0.src_valid_mark=1
		at "$host" nft -f - <<-'EOT'
		table ip marks {
			chain mangle {
				type filter hook prerouting priority -150
				iifname "br0" ip saddr 192.0.2.1 mark set 7
			}
		}
		EOT
	fi
	rule fwmark 7
	rule ipproto udp dport 5000
	guard "$host" "$judge"
	by right 5 "IP(src='192.0.2.1',dst='10.1.0.1')/ICMP(type=0)"
	by right 6 "IP(src='192.0.2.2',dst='10.1.0.1')/UDP(sport=5000,dport=9)"
	by left 7 "IP(src='192.0.2.3',dst='10.1.0.1')/ICMP(type=0)"
	by right 8 "IP(src='192.0.2.4',dst='10.1.0.1')/ICMP(type=0)"
	by right 9 "IP(src='192.0.2.4',dst='10.1.0.1')/UDP(sport=5001,dport=9)"
	by left 10 "IP(src='192.0.2.4',dst='10.1.0.1')/UDP(sport=5000,dport=9)"
	sees "bridge: marks and ports count as elsewhere" "br0 192.0.2.1 5
br0 192.0.2.2 6
left 192.0.2.3 7"
	drops "br0 ipv4 wrong_device dropped 17
left ipv4 wrong_device dropped 10"
	agrees "bridge" <<-'EOT'
		accept 192.0.2.1 dev br0 to 10.1.0.1 mark 7
		accept 192.0.2.3 dev left to 10.1.0.1
		drop:wrong_device 192.0.2.4 dev br0 to 10.1.0.1
	EOT
	forget
}

for part in $parts; do
	for judge in kernel srcguard; do
		"${part}_rules"
	done
done

# Rules and flags that come while the guard is on, with nobody to announce them.
judge=srcguard
guard "$host" "$judge"
honest() { # the latest, by right
	by right 1 "IP(src='192.0.2.1',dst='10.1.0.1')/UDP(sport=5000,dport=9)"
	[ "$(seen "$host")" = "right 192.0.2.1 1" ]
}
spoofed() { # is no more seen
	unwatch "$host"
	by right 1 "IP(src='192.0.2.1',dst='10.1.0.1')/UDP(sport=5001,dport=9)"
	[ -z "$(seen "$host")" ]
}
rule ipproto udp dport 5000
ok "a new rule for ports is obeyed at once" honest
ok "and nothing else gets past, in a moment" within 9 spoofed
forget
at "$host" nft -f - <<-'EOT'
table ip marks {
	chain mangle { type filter hook prerouting priority -150; udp sport 5000 mark set 7; }
}
EOT
rule fwmark 7
conf "$host" right.src_valid_mark=1
unwatch "$host"
ok "a new src_valid_mark is obeyed at once" honest
ok "and nothing else gets past, in a moment" within 9 spoofed
forget
at "$host" nft delete table ip marks

for judge in kernel srcguard; do
	bridge_rules
done
finish
