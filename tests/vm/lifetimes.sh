#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything comes and goes while packets pass: the guards, namespaces, devices
# (renamed, moved, deleted), sit tunnels (changed, too), readers of the counters, the
# module itself. Afterwards exactly as much is there as before: with slub_debug=U the
# kernel knows who allocated what is still in use, and its trace tells the same of
# per-CPU memory.
#
# Each of them 7 times at COUNT=1, 34 times COUNT from 2 on: on three kernels that is
# 21 times in the short form and 1,020 times in the long one (COUNT=10); tunnels half as
# often. It is tests/lifetimes.py that does it: so often, no process can be started for
# a step.
#
# files: tests/memory.sh
# smp: 2
# mem: 768
# timeout: 500
# append: slub_debug=U,kmalloc-*,net_namespace
# what sit says of packets while the guard is not there:
# expect-log: ^sit: Src spoofed
# The kernel says so of a packet that the flood sends while its link is just going.
# expect-log: ^gen[1-8] selects TX queue 0, but real number of TX queues is 0$
#
#   peer                               host
#   veth0 10.0.0.2/24 ------------- veth0 10.0.0.1/24
#   veth1 10.0.1.2/24 ------------- veth1 10.0.1.1/24, for spoofed packets to tunnels
#   gen1 --------- eth1 10.9.1.1/24, in any namespace; this link comes and goes,
#   ...                              and up to seven more like it at a time
#   gen8 --------- eth8 10.9.8.1/24
#
. "${0%/*}/lib.sh"
. "${0%/*}/memory.sh"
plan $((18 + ${traced:-0} * 3))
times=$((${COUNT:-1} > 1 ? 34 * COUNT : 7))
mac=02:00:00:00:00:01

# Policies that were replaced go once RCU is through, and so does what else waits for it.
settled() {
	local found
	found=$(objects)
	sleep 1
	[ "$found" = "$(objects)" ] &&
		[ "$(awk '/srcguard_policy/ { sum += $1 } END { print sum }' <<<"$found")" -eq \
			"$(($(ip netns list | wc -l) + 1))" ]
}

# --- what comes and goes ----------------------------------------------------------

ask() { # REQUEST: of tests/lifetimes.py
	local answer
	answer=$(call lifetimes "$@")
	case $answer in
	ok) ;;
	"ok "*) echo "${answer#ok }" ;;
	*) say "${answer:-not ok: $*: no answer}" && return 1 ;;
	esac
}

does() { # WHAT REQUEST: a check, and what the answer says besides
	local what=$1 answer status=0 begun=${EPOCHREALTIME/./}
	shift
	answer=$(ask "$@") || status=1
	say "$*: $(((${EPOCHREALTIME/./} - begun) / 1000)) ms${answer:+, ${answer#\# }}"
	result $status "$what"
}

# --- the test ---------------------------------------------------------------------

namespace host peer other
link "$host" veth0 - "$peer" veth0 10.0.0.2/24
link "$host" veth1 - "$peer" veth1 10.0.1.2/24
for i in 0 1; do
	ip -n "$host" link set veth$i address $mac
	ip -n "$host" addr add 10.0.$i.1/24 dev veth$i
done
# no fallback tunnels, of which a namespace would have one more device
sysctl -qw net.core.fb_tunnels_only_for_init_net=2
# sit says a word of it, and nobody how many it did not say
sysctl -qw net.core.message_cost=100000
modprobe sit
# more to go through while the module is loaded
namespace n{1..12}
conf "$host" {all,default,veth0,veth1}.rp_filter=0 all.log_martians=0
conf "$other" {all,default}.rp_filter=0 all.log_martians=0

service lifetimes python3 "$lib_dir/lifetimes.py" "$host" "$peer" "$other" $mac

trace_percpu 1 16384
load
ask flood
# what is allocated once only shall be there before the count
does "the guards can be turned off and on" guards 1
does "a namespace can come and go" namespaces 1
does "a device can be renamed, moved, deleted" devices 1
does "counters can be read meanwhile" dumps 1
does "there is an entry for each device and namespace, no more" complete
before_memory=$(memory)
ok "and one policy for each namespace, once RCU is through" within 60 settled
before=$(total) before_netns=$(netns_count)
say "$before objects in $before_netns namespaces, $before_memory kB"

does "guards turned off and on under traffic, $times times" guards "$times"
does "namespaces come and go under traffic, $times times" namespaces "$times"
does "devices come and go under traffic, $times times" devices "$times"
few=$(((times + 1) / 2))
does "tunnels come and go under traffic, $few times" tunnels $few
does "counters are read meanwhile, $times times" dumps "$times"
does "there is an entry for each device and namespace, no more" complete
ok "there are as many objects and namespaces as before" within 60 same_as "$before" "$before_netns"
trace_percpu 0
if [ "$traced" ]; then
	is "there is per-CPU memory for each entry" "$(ask entries)" percpu_areas
	is "and the trace was complete" "overrun: 0" trace_overrun
fi

does "loaded and unloaded under traffic, $times times" loads "$times"
ok "there are as many objects and namespaces as before" within 60 same_as "$before" "$before_netns"
ask still
at "$host" srcguard set rp_filter off
at "$host" srcguard set rp_filter strict
does "exactly 50 packets can be sent" send 50
is "counters are exact afterwards" 50 counted "$host" veth0 no_route
after_memory=$(memory)
say "$(objects | tr '\n' ' '), $after_memory kB"
# an emulated minute of anything makes it differ by some hundred
# KASAN keeps what was freed for a while, and kmemleak tells of what was not.
[ -z "${traced-}" ] || ok "the kernel's memory is within 4,096 kB of what it was" \
	test $((after_memory - before_memory)) -lt 4096
is "the module holds nothing back" "" rmmod srcguard
finish
