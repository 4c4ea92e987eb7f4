#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything comes and goes while packets pass: the guards, namespaces, devices
# (renamed, moved, deleted), readers of the counters, the module itself. Afterwards
# exactly as much is there as before: with slub_debug=U the kernel knows who
# allocated what is still in use, and its trace tells the same of per-CPU memory.
#
# Each of them 7 times at COUNT=1, 34 times COUNT from 2 on: on three kernels that is
# 21 times in the short form and 1,020 times in the long one (COUNT=10).
#
# smp: 2
# mem: 768
# timeout: 3600
# append: slub_debug=U
# expect-log: ^bash \([0-9]+\): drop_caches: 3$
# The kernel says so of a packet that the flood sends while its link is just going.
# expect-log: ^gen selects TX queue 0, but real number of TX queues is 0$
#
#   peer                               host
#   veth0 10.0.0.2/24 ------------- veth0 10.0.0.1/24
#   gen ---------- eth0 10.9.0.1/24, in any namespace; this link comes and goes
#
. "${0%/*}/lib.sh"
# Compiled for debugging, the kernel's allocator of per-CPU memory calls itself its
# caller.
[ "$KERNEL" = debug ] || traced=1
plan $((${traced-0} ? 19 : 18))
times=$((${COUNT:-1} > 1 ? 34 * COUNT : 7))
mac=02:00:00:00:00:01
slabs=/sys/kernel/debug/slab
tracing=/sys/kernel/tracing

# --- what is there ----------------------------------------------------------------

# Objects that the module's code allocated, itself or by what it called: their
# number, the kind, their allocator. How deep an xarray is depends on the largest
# ifindex there is, so its nodes do not count.
objects() { # [CACHES]: a pattern; to read them all takes long
	local cache
	for cache in "$slabs"/${1-*}/alloc_traces; do
		[[ $cache != */radix_tree_node/* ]] || continue
		awk '/^ *[0-9]+ / { count = $1; what = $2 }
			/\[srcguard\]/ && count { sub(/\+.*/, "", what); print count, what; count = 0 }' "$cache"
	done
}

total() {
	objects | awk '{ sum += $1 } END { print sum + 0 }'
}

# the entries for devices, in caches for their size: which of these may differ from
# load to load. The compiler may have merged the functions.
devices() {
	objects "kmalloc*-$entry_size" |
		awk '$2 ~ /^srcguard_device_(alloc|add)$/ { sum += $1 } END { print sum + 0 }'
}

# per-CPU areas that the module allocated and did not free since the trace began
percpu_areas() {
	awk '
		/percpu_alloc_percpu:/ && match($0, /call_site=[^ ]*/) {
			site = substr($0, RSTART + 10, RLENGTH - 10)
			# a module that was unloaded meanwhile has no names any more
			if (site ~ /^srcguard_/ || site ~ /^0x/) {
				match($0, / ptr=[^ ]*/)
				live[substr($0, RSTART, RLENGTH)] = 1
			}
		}
		/percpu_free_percpu:/ {
			match($0, / ptr=[^ ]*/)
			delete live[substr($0, RSTART, RLENGTH)]
		}
		END { for (area in live) sum++; print sum + 0 }' "$tracing/trace"
}

netns_count() { # as the kernel allocated them
	awk '/^ *[0-9]+ / { sum += $1 } END { print sum }' "$slabs/net_namespace/alloc_traces"
}

# what the module should hold now: an entry for each device, and a stand-in for
# each namespace
entries() {
	local netns
	{
		ip -o link
		for netns in $(ip netns list | cut -d ' ' -f 1); do
			echo stand-in
			ip -n "$netns" -o link
		done
		echo stand-in
	} | wc -l
}

complete() { # exactly that is there, once RCU is through
	[ "$(devices)" -eq "$(entries)" ]
}

same_as() { # OBJECTS NAMESPACES: totals taken earlier
	[ "$(total)" -eq "$1" ] && [ "$(netns_count)" -eq "$2" ]
}

memory() { # in kB, what the kernel keeps for itself and cannot give back at once
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(SUnreclaim|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' /proc/meminfo
}

# --- what comes and goes ----------------------------------------------------------

counts() { # NETNS [DEVICE]: something was counted there
	at "$1" srcguard -j stats | grep -q "\"device\":\"${2-}"
}

flood() { # DEVICE ADDRESS SOURCE...: in the background
	ip netns exec "$peer" python3 "$lib_dir/flood.py" "$1" $mac "${@:2}" &
	floods+=($!)
}

plug() { # NETNS: the other end of gen, which is flooded
	ip link add eth0 address $mac netns "$1" type veth peer name gen netns "$peer" &&
		ip -n "$1" addr add 10.9.0.1/24 dev eth0 && ip -n "$1" link set eth0 up &&
		ip -n "$peer" link set gen up
}

toggle_guards() { # TIMES
	local i
	for ((i = 0; i < $1; i++)); do
		# with it, packets need the late hook, and register it
		conf "$host" veth0.src_valid_mark=$((i % 2))
		at "$host" srcguard set rp_filter off && ! counts "$host" &&
			at "$host" srcguard set rp_filter strict && within 30 counts "$host" veth0 &&
			at "$host" srcguard set enforce 0 && at "$host" srcguard set rp_filter loose &&
			at "$host" srcguard set rp_filter strict enforce 1 || return
	done
	conf "$host" veth0.src_valid_mark=0
}

come_and_go_namespaces() { # TIMES
	local i netns=passing-$run_id
	for ((i = 0; i < $1; i++)); do
		ip netns add "$netns" && plug "$netns" || return
		conf "$netns" eth0.src_valid_mark=$((i % 2))
		within 30 counts "$netns" eth0 && ip netns del "$netns" || return
		# the device goes some time after the namespace's name
		within 30 gone gen || return
	done
}

gone() { # DEVICE: of peer's
	! ip -n "$peer" link show "$1"
}

come_and_go_devices() { # TIMES
	local i
	for ((i = 0; i < $1; i++)); do
		plug "$host" && within 30 counts "$host" eth0 &&
			ip -n "$host" link set eth0 down && ip -n "$host" link set eth0 name eth1 &&
			ip -n "$host" link set eth1 up && within 30 counts "$host" eth1 &&
			ip -n "$host" link set eth1 netns "$other" && ! counts "$host" eth1 &&
			ip -n "$other" addr add 10.9.0.1/24 dev eth1 && ip -n "$other" link set eth1 up &&
			within 30 counts "$other" eth1 && ip -n "$other" link del eth1 &&
			! counts "$other" eth1 || return
	done
}

dump_meanwhile() { # TIMES
	local i reader status=0
	rm -f "$scratch"/{stop,dumps}
	at "$host" bash -c 'until [ -e "$0/stop" ]; do
		srcguard -j stats >/dev/null && echo dumped || echo failed
	done' "$scratch" >"$scratch/dumps" 2>&1 &
	reader=$!
	for ((i = 0; i < $1; i++)); do
		plug "$host" && within 30 counts "$host" eth0 &&
			ip -n "$host" link add "new$i" type veth peer name "wen$i" &&
			ip -n "$host" link del "wen$i" && ip -n "$host" link del eth0 || status=1
	done
	touch "$scratch/stop"
	wait "$reader"
	say "$(sort "$scratch/dumps" | uniq -c | tr -s ' \n' ' ')"
	[ $status -eq 0 ] && grep -q dumped "$scratch/dumps" && ! grep -vq dumped "$scratch/dumps"
}

# A device that goes before the module follows devices must not stay on its list.
load_meanwhile() { # TIMES
	local i n churns status=0
	for ((i = 0; i < $1 && status == 0; i++)); do
		rmmod srcguard || return
		rm -f "$scratch/stop"
		churns=()
		# some at a time, so that they get between the module's steps
		for n in 0 1 2; do
			at "$host" bash -c 'until [ -e "$0/stop" ]; do
				ip link add "here$1" type veth peer name "there$1"
				ip link del "here$1"
			done' "$scratch" $n &
			churns+=($!)
		done
		sleep 0.3
		modprobe srcguard || status=1
		touch "$scratch/stop"
		wait "${churns[@]}"
		within 30 counts "$host" veth0 || status=1
		if ! within 30 complete; then
			say "loaded $((i + 1)) times: $(devices) entries for $(entries) devices and stand-ins"
			status=1
		fi
	done
	return $status
}

# --- the test ---------------------------------------------------------------------

namespace host peer other
link "$host" veth0 - "$peer" veth0 10.0.0.2/24
ip -n "$host" link set veth0 address $mac
ip -n "$host" addr add 10.0.0.1/24 dev veth0
# more to go through while the module is loaded
namespace n{1..12}
conf "$host" {all,default,veth0}.rp_filter=0 all.log_martians=0
conf "$other" {all,default}.rp_filter=0 all.log_martians=0

echo 16384 >"$tracing/buffer_size_kb"
echo 1 >"$tracing/events/percpu/percpu_alloc_percpu/enable"
echo 1 >"$tracing/events/percpu/percpu_free_percpu/enable"
load
floods=()
flood veth0 10.0.0.1 10.0.0.2 192.0.2.1 10.0.0.1
flood gen 10.9.0.1 10.9.0.2 192.0.2.1 10.0.0.2
ok "packets are counted" within 60 counts "$host" veth0

entry_size=$(grep -l 'srcguard_device_\(alloc\|add\)+.*\[srcguard\]' "$slabs"/kmalloc*/alloc_traces |
	sed 's:.*-\([^-]*\)/alloc_traces$:\1:' | sort -u)
say "an entry for a device is from the caches for $entry_size bytes"

# what is allocated once only shall be there before the count
ok "the guards can be turned off and on" toggle_guards 1
ok "a namespace can come and go" come_and_go_namespaces 1
ok "a device can be renamed, moved, deleted" come_and_go_devices 1
ok "counters can be read meanwhile" dump_meanwhile 1
ok "there is an entry for each device and namespace, no more" within 60 complete
before=$(total) before_netns=$(netns_count) before_memory=$(memory)
say "$before objects in $before_netns namespaces, $before_memory kB"

ok "guards turned off and on under traffic, $times times" toggle_guards "$times"
ok "namespaces come and go under traffic, $times times" come_and_go_namespaces "$times"
ok "devices come and go under traffic, $times times" come_and_go_devices "$times"
ok "counters are read meanwhile, $times times" dump_meanwhile "$times"
ok "there is an entry for each device and namespace, no more" within 60 complete
ok "there are as many objects and namespaces as before" within 60 same_as "$before" "$before_netns"
[ -z "${traced-}" ] || is "there is per-CPU memory for each entry" "$(entries)" percpu_areas
is "and the trace was complete" "overrun: 0" bash -c "cat $tracing/per_cpu/*/stats | grep ^overrun | sort -u"

ok "loaded and unloaded under traffic, $times times" load_meanwhile "$times"
ok "there are as many objects and namespaces as before" within 60 same_as "$before" "$before_netns"
kill "${floods[@]}"
at "$host" srcguard set rp_filter off
at "$host" srcguard set rp_filter strict
send "$peer" veth0 $mac 50 "IP(src='192.0.2.1',dst='10.0.0.1')/UDP(dport=9)"
is "counters are exact afterwards" 50 counted "$host" veth0 no_route
after_memory=$(memory)
say "$(objects | tr '\n' ' '), $after_memory kB"
# an emulated minute of anything makes it differ by some hundred
ok "the kernel's memory is within 4,096 kB of what it was" \
	test $((after_memory - before_memory)) -lt 4096
is "the module holds nothing back" "" rmmod srcguard
finish
