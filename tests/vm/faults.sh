#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every allocation fails once: while the module is loaded, a namespace is made, a
# guard turned on, a device made or moved, a bridge made, netlink asked; see
# tests/faults.py. Nothing may change then, or leak, or crash. The kernel
# itself allocates more than we do, so this tests it as well.
#
# kernels: debug
# smp: 2
# timeout: 600
# expect-log: ^(SLUB: Unable to allocate memory on node|  cache: |  node [0-9]+: )
# expect-log: ^srcguard: no memory to judge what bridges hand up
# expect-log: ^Bridge firewalling registered$
# expect-report: ^python3: (vmalloc error|page allocation failure)
# expect-report: ^percpu: allocation failed
#
. "${0%/*}/lib.sh"
operations=(netns guard policy sysctl get dump device move bridge br_netfilter)
plan $((${#operations[@]} + 4))

faults=/sys/kernel/debug
for what in failslab fail_page_alloc; do
	# also those who could wait, which are nearly all
	echo N >"$faults/$what/ignore-gfp-wait"
	echo 0 >"$faults/$what/verbose"
done
echo 0 >"$faults/fail_page_alloc/min-order"
echo 0 >"$faults/fail_usercopy/verbose"

namespace host peer
ip netns add faults
namespaces+=(faults)
for n in 0 1; do
	ip link add "veth$n" address 02:00:00:00:00:01 netns "$host" \
		type veth peer name "veth$n" netns "$peer"
	end "$host" "veth$n" "10.$n.0.1/24"
	end "$peer" "veth$n" "10.$n.0.2/24"
done
conf "$host" {all,veth0,veth1}.rp_filter=0 all.log_martians=0 veth0.src_valid_mark=1
# veth0 needs the late hook, veth1 the early one
floods=()
for n in 0 1; do
	ip netns exec "$peer" python3 "$lib_dir/flood.py" "veth$n" 02:00:00:00:00:01 "10.$n.0.1" \
		"10.$n.0.2" 192.0.2.1 "10.$((1 - n)).0.2" &
	floods+=($!)
done

try() { # OPERATION [FILE]: in the host's namespace
	at "$host" python3 "$lib_dir/faults.py" "$@"
	result $? "$1"
}

try module
load
ok "something is counted" \
	within 60 bash -c "ip netns exec $host srcguard -j stats | grep -q packets"
for operation in "${operations[@]}"; do
	case $operation in
	br_netfilter)
		ip -n "$host" link add br0 type bridge
		try br_netfilter "$(modinfo -n br_netfilter)"
		;;
	bridge)
		modprobe br_netfilter
		try bridge
		modprobe -r br_netfilter
		;;
	*) try "$operation" ;;
	esac
done

kill "${floods[@]}"
is "the policy is what it was" "1 1" at "$host" bash -c 'echo $(cat /proc/sys/net/srcguard/*e*)'
is "the module holds nothing back" "" rmmod srcguard
finish
