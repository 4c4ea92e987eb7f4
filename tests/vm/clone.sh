#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices of kind "loopback": what they are, and what becomes of a packet from the address
# of one to that of another: which device it appears on, what filters see of it, what ICMP
# does. They are fixed to their namespace, and go with it, or with the module.
#
#   peer                        host
#   eth0 10.1.0.2/24 --------- eth0 10.1.0.1/24    lo1 10.77.1.1/32, 2001:db8:77::1/128
#   10.77.0.0/16 by eth0                           lo2 10.77.2.1/32, 2001:db8:77::2/128
#
# debug: short
#
# shellcheck disable=SC2317,SC2016 # functions are called by name; $ is for other shells
. "${0%/*}/lib.sh"
plan 57
A=10.77.1.1 B=10.77.2.1 A6=2001:db8:77::1 B6=2001:db8:77::2

load
namespace host peer other
link "$host" eth0 10.1.0.1/24 "$peer" eth0 10.1.0.2/24
ip -n "$peer" route add 10.77.0.0/16 via 10.1.0.1
at "$host" srcguard limit set loopback 3

# --- what it is -------------------------------------------------------------------

ok "one is made" ip -n "$host" link add lo1 type loopback
ok "and another" ip -n "$host" link add lo2 type loopback
link_of() { # JQ
	ip -n "$host" -d -j link show dev lo1 | jq -r ".[0] | $1"
}
is "its type" loopback link_of .link_type
is "its kind" loopback link_of .linkinfo.info_kind
is "its flags" NOARP link_of '.flags | join(" ")'
is "its mtu is that of lo" 65536 link_of .mtu
for name in lo lo1 lo2; do ip -n "$host" link set $name up; done
is "it is up" "NOARP,UP,LOWER_UP" link_of '.flags | join(",")'
is "lo is the only loopback device to the kernel" "LOOPBACK UP LOWER_UP" \
	eval 'ip -n "$host" -j link show dev lo | jq -r ".[0].flags | map(strings) | join(\" \") | sub(\",\"; \" \")"'
is "it has no address unasked" "" ip -n "$host" -o addr show dev lo1
ip -n "$host" addr add $A/32 dev lo1
ip -n "$host" addr add $B/32 dev lo2
ip -n "$host" addr add $A6/128 dev lo1
ip -n "$host" addr add $B6/128 dev lo2
is "no address is tentative" "" eval 'ip -n "$host" -o addr show tentative | grep lo'

# --- from one to the other --------------------------------------------------------

is "the way leads through lo" "local $B from $A dev lo " eval \
	'ip -n "$host" route get $B from $A | sed "s/table local //; s/uid.*//; 1q"'
at "$host" nft -f - <<-'EOT'
	table inet watch {
		set seen { typeof meta iifname . meta oifname; flags dynamic; counter; size 64; }
		chain input { type filter hook input priority 0; iifname "lo*" update @seen { iifname . oifname }; }
		chain output { type filter hook output priority 0; oifname "lo*" update @seen { iifname . oifname }; }
	}
EOT
seen() { # devices that filters saw packets by, and how many
	at "$host" nft -j list set inet watch seen | jq -r '.nftables[].set.elem[]?.elem |
		"in=\(.val.concat[0]) out=\(.val.concat[1]) \(.counter.packets)"' | sort
}
capture() { # DEVICE
	at "$host" tcpdump -i "$1" -n -l -Q in --immediate-mode icmp or icmp6 \
		2>"$scratch/ready.$1" >"$scratch/seen.$1" &
	within 10 grep -q listening "$scratch/ready.$1"
}
for name in lo lo1 lo2; do capture $name; done
ok "it is answered" at "$host" ping -q -c 3 -i 0.2 -W 2 -I $A $B
is "filters see both ways on lo, and no clone" "in= out=lo 6
in=lo out= 6" seen
ok "so of IPv6" at "$host" ping -q -c 3 -i 0.2 -W 2 -I $A6 $B6
is "filters see the same" "in= out=lo 12
in=lo out= 12" seen
ok "a packet is seen arriving on lo" within 10 eval 'grep -q "$A > $B: ICMP echo request" "$scratch/seen.lo"'
ok "and the answer" within 10 eval 'grep -q "$B > $A: ICMP echo reply" "$scratch/seen.lo"'
ok "of IPv6, too" within 10 eval 'grep -q "$B6 > $A6: ICMP6, echo reply" "$scratch/seen.lo"'
udp() { # FROM TO: what a datagram to a port that nobody has comes back as
	at "$host" python3 - "$@" <<-'EOT'
	import errno, socket, sys
	source, target = sys.argv[1:]
	sock = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET, socket.SOCK_DGRAM)
	sock.settimeout(5)
	sock.bind((source, 0))
	sock.connect((target, 4444))
	sock.send(b"x")
	try:
	    sock.recv(1)
	except OSError as error:
	    print(errno.errorcode.get(error.errno, "timeout"))
	EOT
}
is "a port that nobody has is refused by ICMP" ECONNREFUSED udp $A $B
is "also of IPv6" ECONNREFUSED udp $A6 $B6
ok "which is seen on lo" within 10 eval 'grep -q "$B > $A: ICMP $B udp port 4444 unreachable" "$scratch/seen.lo"'
is "on the clones nothing arrives" "0 0" eval 'cat "$scratch/seen.lo1" "$scratch/seen.lo2" | wc -lc | xargs'
at "$host" ip netns pids "$host" | xargs -r kill
counts() { # DEVICE: packets in, out, dropped on the way out
	ip -n "$host" -s -s -j link show dev "$1" |
		jq -r '.[0].stats64 | "\(.rx.packets) \(.tx.packets) \(.tx.dropped)"'
}
is "the clones have counted nothing" "0 0 0 0 0 0" eval 'echo $(counts lo1) $(counts lo2)'
is "nor has the guard" "" counted_all "$host"

# --- from and to others -----------------------------------------------------------

ok "others reach it" at "$peer" ping -q -c 2 -i 0.2 -W 2 $A
ok "also from an address of its network" at "$peer" ping -q -c 1 -W 2 -I 10.1.0.2 $B
mac=$(mac "$host" eth0)
send "$peer" eth0 "$mac" 5 "IP(src='$A',dst='$B',proto=253)"
send "$peer" eth0 "$mac" 4 "IPv6(src='$A6',dst='$B6',nh=59)"
is "who claims its address is dropped" "eth0 ipv4 own_address dropped 5
eth0 ipv6 own_address dropped 4" counted_all "$host"

# --- out of it --------------------------------------------------------------------

ip -n "$host" route add 10.99.0.0/16 dev lo1
at "$host" tcpdump -i lo1 -n -e -l -c 1 icmp 2>"$scratch/ready.out" >"$scratch/seen.out" &
within 10 grep -q listening "$scratch/ready.out"
fails "a packet that is routed out of it dies" 1 at "$host" ping -q -c 3 -i 0.2 -W 1 10.99.0.1
ok "is seen on its way" within 10 eval 'grep -q "> 10.99.0.1: ICMP echo request" "$scratch/seen.out"'
is "and counted" "0 0 3" counts lo1
ip -n "$host" route del 10.99.0.0/16

# --- down, in a VRF ---------------------------------------------------------------

ip -n "$host" link set lo2 down
ok "with the clone down its IPv4 address answers, as on any device" \
	at "$host" ping -q -c 1 -W 2 -I $A $B
is "its IPv6 address is gone, as on any device" "" ip -n "$host" -6 -o addr show dev lo2
ip -n "$host" link set lo2 up
ip -n "$host" link add red type vrf table 77
ip -n "$host" link set red up
ok "a VRF takes it" ip -n "$host" link set lo2 master red
is "its address is the VRF's" "local $B table 77" eval \
	'ip -n "$host" -o route show table 77 type local $B | sed "s/ dev.*/ table 77/"'
ok "and answers there" at "$host" ping -q -c 1 -W 2 -I red $B
fails "not elsewhere" 1 at "$host" ping -q -c 1 -W 1 -I $A $B
ip -n "$host" link set lo2 nomaster

# --- fixed to its namespace -------------------------------------------------------

fails "it cannot move" 2 ip -n "$host" link set lo1 netns "$other"
at "$other" srcguard limit set loopback 1
ok "it can be made elsewhere" ip -n "$host" link add there netns "$other" type loopback
is "where it counts" "1 1 0 2 3 0" eval 'for n in $other $host; do at $n srcguard -j limit show |
	jq -r ".[] | select(.kind == \"loopback\") | .in_use, .limit, .moved"; done | xargs'
at "$other" srcguard limit set loopback 2
ip -n "$host" netns set "$other" 7
# Up to 6.12 what has another link namespace is made in that one, and moved: seen by whose
# limit holds.
at "$other" srcguard limit set dummy 0
elsewhere() { # NAME KIND
	ip -n "$host" link add "$1" link-netnsid 7 type "$2"
}
if elsewhere d1 dummy 2>/dev/null; then
	ok "one with another link namespace is made here" elsewhere lo9 loopback
	ip -n "$host" -batch - <<-EOT
		link del lo9
		link del d1
	EOT
else
	refused "one is not made there to move here" "Invalid argument" elsewhere lo9 loopback
fi
is "nor is it left where it was made" "lo there" eval 'ip -n "$other" -j link | jq -r ".[].ifname" | xargs'
is "nor counted there" "1 2" eval 'at "$other" srcguard -j limit show |
	jq -r ".[] | select(.kind == \"loopback\") | \"\(.in_use) \(.limit)\""'

# --- how many ---------------------------------------------------------------------

ok "the third of three" ip -n "$host" link add lo3 type loopback
refused "a fourth is refused" "No more devices of kind loopback in this network namespace" \
	ip -n "$host" link add lo4 type loopback
ok "one goes" ip -n "$host" link del lo3
ok "another one comes" ip -n "$host" link add lo4 type loopback
refused "one more than a container's creator allows" "No more devices of kind loopback" \
	at "$host" unshare -U -r -n sh -c 'for n in 1 2 3; do ip link add lo$n type loopback 2>&1 || exit; done
		ip link add lo4 type loopback'
ok "lo cannot be one" eval '! ip -n "$host" link add lo type loopback 2>/dev/null'

# --- gone -------------------------------------------------------------------------

ip -n "$host" link set lo4 up
ip -n "$host" addr add 10.77.4.1/32 dev lo4
ok "one goes while it is up" ip -n "$host" link del lo4
is "and its address" "" ip -n "$host" route show table local 10.77.4.1
ip -n "$other" link set there up
ip -n "$other" addr add 10.78.0.1/32 dev there
ip -n "$other" addr add 2001:db8:78::1/128 dev there
ok "a namespace goes with one alive" ip netns del "$other"
is "the module goes with two alive" 0 eval 'rmmod srcguard; echo $?'
is "and they with it" "eth0 lo red" eval 'ip -n "$host" -j link | jq -r ".[].ifname" | sort | xargs'
is "their addresses, too" "" eval 'ip -n "$host" -o addr show | grep -E "77[.:]"'
ok "lo is as it was" at "$host" ping -q -c 1 -W 2 127.0.0.1
refused "there is no such kind now" "Unknown device type" ip -n "$host" link add lo1 type loopback
load
refused "nor did asking load it; loaded again, it is there" "No more devices of kind loopback" \
	ip -n "$host" link add lo1 type loopback
finish
