#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything that may fail does so once: each allocation that our code makes, itself
# or by what it calls, and a sample of the kernel's own, while the module is loaded,
# a namespace is made, a guard turned on, a device made, named or moved, a bridge made,
# netlink asked, a setting, an exemption or a limit made or taken away; see tests/faults.py.
# Nothing may change then, or leak, or crash.
#
# Loading the module has steps that no lack of memory can stop, and memory for counters
# is seldom short. tests/vm/controls makes those fail, so that each error path runs.
#
# kernels: debug
# extra: tests/vm/controls
# smp: 2
# timeout: 360
# expect-log: ^(SLUB: Unable to allocate memory on node|  cache: |  node [0-9]+: )
# expect-log: ^srcguard: no memory to judge what bridges hand up
# expect-log: ^Bridge firewalling registered$
# expect-log: ^controls: loading out-of-tree module taints kernel\.$
# expect-log: ^kmemleak: Cannot allocate a scan area, scanning the full object$
# What the kernel says of a device for whose files in /sys memory was short.
# expect-log: ^kobject_[a-z_]+[ :].*error: -12
# expect-log: ^kobject: can not set name properly!$
# expect-log: ^br_sysfs_addbr: can't
# expect-report: ^sysctl could not get directory: /net/.* -12$
# expect-report: ^python3: (vmalloc error|page allocation failure)
# expect-report: ^percpu: allocation failed
#
#   peer                             host
#   veth0 10.0.0.2/24 ----------- veth0 10.0.0.1/24   needs the late hook
#   veth1 10.1.0.2/24 ----------- veth1 10.1.0.1/24   needs the early one
#                                 br0, new0           new0 comes and goes
#
. "${0%/*}/lib.sh"
steps=(register_pernet_subsys register_netdevice_notifier register_module_notifier
	genl_register_family rtnl_link_register)
operations=(netns guard policy sysctl get state stats device device_pattern move
	dev_set dev_set_guard dev_clear pattern_set pattern_set_guard pattern_change pattern_clear
	clone limit_set limit_change limit_loopback limit_get
	dev_get exempt_add exempt_add_more exempt_del exempt_replace exempt_get explain explain_ipv6
	br_netfilter bridge)
counters=(stand-in lo veth0 veth1 br0)
plan $((${#steps[@]} + ${#operations[@]} + ${#counters[@]} + 10))

faults=/sys/kernel/debug
for what in failslab fail_page_alloc; do
	# also those who could wait, which are nearly all
	echo N >"$faults/$what/ignore-gfp-wait"
	echo 0 >"$faults/$what/verbose"
done
echo 10 >"$faults/fail_page_alloc/min-order"
echo 0 >"$faults/fail_usercopy/verbose"

# Where a fault could be, and who asks for what: return addresses, as this kernel is compiled
# with frame pointers.
tracing=/sys/kernel/tracing
echo 16384 >"$tracing/buffer_size_kb"
frame='%bp' frames=''
for n in {0..11}; do
	frames+=" f$n=+8($frame):x64"
	frame="+0($frame)"
done
echo "p:faults/point should_fail_ex$frames" >"$tracing/kprobe_events"

began=$(awk '$1 == "jiffies:" { print $2; exit }' /proc/timer_list)
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
# that there is a bridge is one more thing that can fail
ip -n "$host" link add br0 type bridge
modprobe dummy numdummies=0
# for operations of the other two kinds
BR_NETFILTER=$(modinfo -n br_netfilter)
export BR_NETFILTER
floods=()
for n in 0 1; do
	ip netns exec "$peer" python3 "$lib_dir/flood.py" -p 0.05 "veth$n" 02:00:00:00:00:01 \
		"10.$n.0.1" "10.$n.0.2" 192.0.2.1 "10.$((1 - n)).0.2" &
	floods+=($!)
done

try() { # OPERATION...: in the host's namespace, but with this one's /sys
	local line what
	while read -r line; do
		case $line in
		"ok "*) what=${line#ok } ;;
		"not ok "*) what=${line#not ok } ;;
		*) say "$line" && continue ;;
		esac
		say "$what"
		[[ $line == ok* ]]
		result $? "${what%% *}"
	done < <(nsenter --net="/run/netns/$host" python3 "$lib_dir/faults.py" "$@" 2>&1)
}

unloaded() { # nothing of it is there
	! grep -q '^srcguard ' /proc/modules && [ ! -e /proc/sys/net/srcguard ] &&
		! ip netns exec "$host" srcguard show
}

refused_step() { # FUNCTION: the module does not load without it
	insmod ./controls.ko refuse="$1" || return
	modprobe srcguard 2>"$scratch/error" && return 1
	rmmod controls && unloaded && grep -q 'Cannot allocate memory' "$scratch/error"
}

# Per-CPU memory runs out after so many times that a command in the host asks for it;
# "answer" is a pointer here.
without_counters() { # NUMBER COMMAND...
	local status=0
	insmod ./controls.ko refuse=__alloc_percpu_gfp answer=0 skip="$1" || return
	at "$host" "${@:2}" || status=$?
	skipped=$(($1 - $(cat /sys/module/controls/parameters/skip)))
	rmmod controls
	return $status
}

# A bridge that is refused leaves an entry of its forwarding table behind, whoever
# refuses it: br_netfilter, br_sysfs_addbr() or we. That one is forgotten.
lost() { # JIFFIES: what else was allocated since, and lost
	local kmemleak=/sys/kernel/debug/kmemleak begun=$SECONDS
	echo scan >"$kmemleak"
	# it tells of what is older than 5 s
	while [ $((SECONDS - begun)) -le 6 ]; do sleep 0.2; done
	echo scan >"$kmemleak"
	awk -v since="$1" 'BEGIN { RS = "unreferenced object " }
		match($0, /jiffies [0-9]+/) && substr($0, RSTART + 8, RLENGTH - 8) >= since + 0 &&
			!/ fdb_create\+/' "$kmemleak"
	echo clear >"$kmemleak"
}

for step in "${steps[@]}"; do
	ok "without $step it does not load, and leaves nothing" refused_step "$step"
done
# a tunnel as well
ip -n "$host" link add six type sit local 10.0.0.1
try module
rmmod sit
load
ok "something is counted" \
	within 60 bash -c "ip netns exec $host srcguard -j stats | grep -q packets"

at "$host" srcguard set rp_filter off
for n in "${!counters[@]}"; do
	refused "the guard does not go on without counters for ${counters[n]}" "No memory for the counters" \
		without_counters "$n" srcguard set rp_filter strict
done
is "and it stays off" "0" at "$host" cat /proc/sys/net/srcguard/rp_filter
at "$host" srcguard set rp_filter strict
# what is for our counters is the last that is asked for
without_counters 1000 ip link add new0 type dummy
ip -n "$host" link del new0
ok "a device comes without counters, too" without_counters $((skipped - 1)) \
	ip link add new0 type dummy
ok "but with all else" ip -n "$host" link del new0

try "${operations[@]:0:${#operations[@]}-1}"
modprobe br_netfilter
try bridge
modprobe -r br_netfilter
is "nothing is lost but by the kernel itself" "" lost "$began"

kill "${floods[@]}"
is "the policy is what it was" "1 1" at "$host" bash -c 'echo $(cat /proc/sys/net/srcguard/{enforce,rp_filter})'
is "nothing is set" "[]" at "$host" srcguard -j dev show
is "nothing is exempt" "" at "$host" srcguard exempt show
is "the module holds nothing back" "" rmmod srcguard
finish
