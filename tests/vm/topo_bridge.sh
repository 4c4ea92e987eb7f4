#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A bridge, with and without br_netfilter, which sends bridged frames through
# PRE_ROUTING as well. What the bridge only passes on is nobody's business here;
# what it delivers to the host is judged, however it was addressed, and in
# whichever order bridge, br_netfilter and guard came to be.
#
#   vm1  eth0   10.1.0.2/24 ---- p1 \
#        eth0.7                      br0    10.1.0.1/24       host
#   vm2  eth0   10.1.0.3/24 ---- p2 /  br0.7 10.7.0.1/24 (VLAN)
#        eth0.7 10.7.0.3/24            mv0   10.8.0.1/24 (macvlan)
#                                      mv1   10.1.0.9/24 (macvlan)  box
#                                    other  10.2.0.1/24 (in box, too)
#
# Frames of each kind have a number and a source of their own.
#
# A bridge without br_netfilter says so:
# expect-log: ^bridge: filtering via arp/ip/ip6tables is no longer available by default\.
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 67

load rp_filter=0
dir=$(mktemp -d)
all=ff:ff:ff:ff:ff:ff group=01:00:5e:00:00:01

inhabitants() { # NUMBER: everything but the bridge
	local name
	namespace "host$1" "vm1_$1" "vm2_$1" "box$1"
	host=host$1 vm1=vm1_$1 vm2=vm2_$1 box=box$1
	host=${!host} vm1=${!vm1} vm2=${!vm2} box=${!box}
	link "$host" p1 - "$vm1" eth0 10.1.0.2/24
	link "$host" p2 - "$vm2" eth0 10.1.0.3/24
	for name in "$vm1" "$vm2"; do
		ip -n "$name" link add link eth0 name eth0.7 up type vlan id 7
	done
	ip -n "$vm2" addr add 10.7.0.3/24 dev eth0.7
	for name in "$host" "$box"; do
		ip -n "$name" link add other up type dummy
		ip -n "$name" addr add 10.2.0.1/24 dev other
	done
	at "$host" sysctl -qw net.ipv4.ip_forward=1
	watch_routed "$host" "$vm1" "$vm2" "$box"
	# br_netfilter has bridged frames pass there as well
	at "$host" nft insert rule ip watch forward oifname br0 accept
}
bridge_up() {
	ip -n "$host" link add br0 type bridge
	ip -n "$host" link set p1 master br0
	ip -n "$host" link set p2 master br0
	at "$host" bridge link set dev p1 hairpin on
	end "$host" br0 10.1.0.1/24
	ip -n "$host" link add link br0 name br0.7 type vlan id 7
	end "$host" br0.7 10.7.0.1/24
	ip -n "$host" link add link br0 name mv0 type macvlan mode bridge
	end "$host" mv0 10.8.0.1/24
	ip -n "$host" link add link br0 name mv1 type macvlan mode bridge
	ip -n "$host" link set mv1 netns "$box"
	end "$box" mv1 10.1.0.9/24
	within 9 ready
	to_br0=$(mac "$host" br0) to_p1=$(mac "$host" p1) to_mv0=$(mac "$host" mv0)
	to_mv1=$(mac "$box" mv1) to_vm1=$(mac "$vm1" eth0) to_vm2=$(mac "$vm2" eth0)
}
ready() { # both ports forward
	[ "$(at "$host" cat /sys/class/net/p{1,2}/brport/state)" = $'3\n3' ]
}
bridge_down() {
	ip -n "$box" link del mv1
	ip -n "$host" link del br0
	: >"$dir/before" # the counters go with their devices
}

frame() { # DEVICE-OF-VM1 MAC COUNT SOURCE DESTINATION
	send "$vm1" "$1" "$2" "$3" "IP(src='$4',dst='$5')/ICMP(type=0)"
}
delivered() { # NETWORK MACVLAN-NETWORK VLAN-NETWORK: frames for the host, from there
	frame eth0 "$to_br0" 1 "$1.11" 10.1.0.1
	frame eth0 "$to_p1" 2 "$1.12" 10.1.0.1
	frame eth0 $all 4 "$1.13" 255.255.255.255
	frame eth0 $group 8 "$1.14" 224.0.0.1
	frame eth0 "$to_br0" 16 "$1.15" 10.2.0.99
	frame eth0.7 "$to_br0" 32 "$3.16" 10.7.0.1
	frame eth0 "$to_mv0" 64 "$2.17" 10.8.0.1
	frame eth0 "$to_mv1" 128 "$1.18" 10.1.0.9
}
bridged() { # frames that are none of the host's business
	frame eth0 "$to_vm2" 1 10.1.0.21 10.1.0.3
	frame eth0 "$to_vm2" 2 10.2.0.22 10.1.0.3
	frame eth0 "$to_vm2" 4 192.0.2.23 10.1.0.3
	frame eth0 "$to_vm2" 8 10.1.0.1 10.1.0.3
	frame eth0.7 "$to_vm2" 16 10.2.0.24 10.7.0.3
	# by the port it came by
	frame eth0 "$to_vm1" 32 10.2.0.25 10.1.0.2
}

# What is seen and counted of them. A macvlan beside the bridge's own address gets
# a copy of what is for everybody, and there the bridge's neighbours are wrong.
expect() { # DEVICE-OF-BR0 REASON-ON-MV0 [REASON-ON-BR0]
	honest=$(LC_ALL=C sort <<-EOT
		box mv1 10.1.0.13 4
		box mv1 10.1.0.14 8
		box mv1 10.1.0.18 128
		host br0.7 10.7.0.16 32
		host mv0 10.8.0.17 64
		host $1 10.1.0.11 1
		host $1 10.1.0.12 2
		host $1 10.1.0.13 4
		host $1 10.1.0.14 8
		host $1 10.1.0.15 16
		EOT
	)
	drops="box mv1 ipv4 wrong_device dropped 140
host br0 ipv4 wrong_device dropped 31
host br0.7 ipv4 wrong_device dropped 32"
	case $2 in
	wrong_device) drops+=$'\nhost mv0 ipv4 wrong_device dropped 88' ;;
	no_route)
		drops+=$'\nhost mv0 ipv4 no_route dropped 12'
		drops+=$'\nhost mv0 ipv4 wrong_device dropped 76'
		;;
	esac
	if [ $# -eq 3 ]; then # br0 has no address: nobody is honest there
		honest=$(grep -v "^host $1 " <<<"$honest")
		drops=$(LC_ALL=C sort <<<"$drops"$'\n'"host $1 ipv4 $3 dropped 31")
	fi
}
passed_on="vm1 eth0 10.2.0.25 32
vm2 eth0 10.1.0.1 8
vm2 eth0 10.1.0.13 4
vm2 eth0 10.1.0.14 8
vm2 eth0 10.1.0.21 1
vm2 eth0 10.2.0.13 4
vm2 eth0 10.2.0.14 8
vm2 eth0 10.2.0.22 2
vm2 eth0 192.0.2.23 4
vm2 eth0.7 10.2.0.24 16"

judged() { all_of seen host box; }
unjudged() { all_of seen vm1 vm2 | grep -v "^vm1 eth0 10\..\.0\.1[34]"; }
news() { # what was counted since the last time
	all_of counted_all host box >"$dir/now"
	awk '{ key = $1 " " $2 " " $3 " " $4 " " $5 }
		FILENAME ~ /before$/ { before[key] = $6; next }
		$6 != before[key] { print key, $6 - before[key] }' "$dir/before" "$dir/now"
	mv "$dir/now" "$dir/before"
}
same() { # WANT COMMAND...
	[ "$("${@:2}")" = "$1" ]
}
settles() { # WHAT WANT COMMAND...: a macvlan takes its time with broadcasts
	if within 5 same "${@:2}"; then result 0 "$1"; else is "$@"; fi
}
guards() { # kernel|srcguard: from now on
	judge=$1
	guard "$host" "$judge"
	guard "$box" "$judge"
	: >"$dir/before"
}

check() { # WHAT
	local name what="$judge, $1"
	for name in "$host" "$box" "$vm1" "$vm2"; do unwatch "$name"; done
	delivered 10.1.0 10.8.0 10.7.0
	bridged
	settles "$what: honest frames are delivered" "$honest" judged
	unwatch "$host"
	unwatch "$box"
	delivered 10.2.0 10.2.0 10.2.0
	settles "$what: bridged frames reach the other port, whatever their source" "$passed_on" unjudged
	is "$what: spoofed frames are not delivered, however addressed" "" judged
	[ "$judge" = kernel ] || is "$what: they are counted" "$drops" news
}

expect br0 wrong_device
inhabitants 1
bridge_up
guards kernel
check "without br_netfilter"
ip -n "$host" addr flush dev br0
expect br0 no_route no_route
check "without br_netfilter, a bridge without an address"
ip -n "$host" addr add 10.1.0.1/24 dev br0
expect br0 wrong_device
guards srcguard
check "without br_netfilter"
explains "$host" "srcguard, without br_netfilter: explain agrees" <<-'EOT'
	accept 10.1.0.11 dev br0 to 10.1.0.1
	accept 10.1.0.13 dev br0 to 255.255.255.255
	accept 10.1.0.14 dev br0 to 224.0.0.1
	accept 10.1.0.15 dev br0 to 10.2.0.99
	accept 10.7.0.16 dev br0.7 to 10.7.0.1
	accept 10.8.0.17 dev mv0 to 10.8.0.1
	drop:wrong_device 10.1.0.13 dev mv0 to 255.255.255.255
	drop:wrong_device 10.2.0.11 dev br0 to 10.1.0.1
	drop:wrong_device 10.2.0.13 dev br0 to 255.255.255.255
	drop:wrong_device 10.2.0.14 dev br0 to 224.0.0.1
	drop:wrong_device 10.2.0.15 dev br0 to 10.2.0.99
	drop:wrong_device 10.2.0.16 dev br0.7 to 10.7.0.1
	drop:wrong_device 10.2.0.17 dev mv0 to 10.8.0.1
EOT
explains "$box" "srcguard, without br_netfilter: in the box, too" <<-'EOT'
	accept 10.1.0.18 dev mv1 to 10.1.0.9
	accept 10.1.0.14 dev mv1 to 224.0.0.1
	drop:wrong_device 10.2.0.18 dev mv1 to 10.1.0.9
EOT
modprobe br_netfilter
at "$host" sysctl -qw net.bridge.bridge-nf-call-iptables=1
check "br_netfilter after guard and bridge"
guards srcguard
check "guard after br_netfilter and bridge"
at "$host" sysctl -qw net.bridge.bridge-nf-filter-vlan-tagged=1
check "br_netfilter and VLANs, too"
at "$host" sysctl -qw net.bridge.bridge-nf-filter-vlan-tagged=0 net.bridge.bridge-nf-call-iptables=0
check "br_netfilter, which leaves IPv4 alone"
at "$host" sysctl -qw net.bridge.bridge-nf-call-iptables=1
guards kernel
check "with br_netfilter"

ip -n "$host" addr flush dev br0
expect br0 no_route no_route
check "a bridge without an address"
guards srcguard
check "a bridge without an address"
explains "$host" "srcguard, a bridge without an address: explain agrees" <<-'EOT'
	drop:no_route 10.1.0.11 dev br0 to 10.1.0.1
	drop:no_route 10.1.0.13 dev mv0 to 255.255.255.255
	accept 10.8.0.17 dev mv0 to 10.8.0.1
	drop:wrong_device 10.2.0.11 dev br0 to 10.1.0.1
EOT
ip -n "$host" addr add 10.1.0.1/24 dev br0
ip -n "$host" link add red up type vrf table 10
ip -n "$host" link set br0 vrf red
for device in br0 br0.7 mv0; do ip -n "$host" link set $device up; done
ip -n "$box" link set mv1 up
within 9 ready
expect red no_route
check "a bridge in a VRF"
explains "$host" "srcguard, a bridge in a VRF: explain agrees" <<-'EOT'
	accept 10.1.0.11 dev br0 to 10.1.0.1
	accept 10.1.0.11 dev red to 10.1.0.1
	drop:no_route 10.1.0.13 dev mv0 to 255.255.255.255
	drop:wrong_device 10.2.0.11 dev br0 to 10.1.0.1
EOT
guards kernel
check "a bridge in a VRF"

expect br0 wrong_device
inhabitants 2
guards srcguard
bridge_up
at "$host" sysctl -qw net.bridge.bridge-nf-call-iptables=1
check "bridge after guard and br_netfilter"
bridge_down
bridge_up
check "bridge made anew"
rmmod br_netfilter
check "br_netfilter gone again"
ip -n "$host" addr flush dev br0
expect br0 no_route no_route
check "br_netfilter gone again, a bridge without an address"
ip -n "$host" addr add 10.1.0.1/24 dev br0
expect br0 wrong_device
modprobe br_netfilter
check "and back"
rm -r "$dir"
finish
