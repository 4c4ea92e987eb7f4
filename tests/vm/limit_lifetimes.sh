#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices with a limit come and go: made, refused, moved, in many namespaces at once,
# with the namespace, with the module; and two processes race for the last place of a
# kind, which exactly one of them gets. After each exactly as much is there as before.
#
# 100 cycles at COUNT=1 and 334 times COUNT from 2 on, a third of that of races; on three
# kernels these are 300 and 102 in the short form, 10,020 and 3,342 in the long one
# (COUNT=10). 50 namespaces at once, or 50 times COUNT.
#
# files: tests/memory.sh
# smp: 2
# mem: 1024
# timeout: 600
# append: slub_debug=U,kmalloc-*,net_namespace
#
# shellcheck disable=SC2317 # functions are called by name
. "${0%/*}/lib.sh"
. "${0%/*}/memory.sh"
plan $((27 + ${traced:-0} * 2))
cycles=$((${COUNT:-1} > 1 ? 334 * COUNT : 100))
races=$((${COUNT:-1} > 1 ? 111 * COUNT : 34))
crowd=$((50 * ${COUNT:-1}))

load
namespace host other
service limits python3 "$lib_dir/limit_lifetimes.py" "$host" "$other"
does() { # WHAT REQUEST...
	local what=$1 answer begun=${EPOCHREALTIME/./}
	shift
	answer=$(call limits "$@")
	say "$*: $(((${EPOCHREALTIME/./} - begun) / 1000)) ms, $answer"
	[[ $answer == ok* ]]
	result $? "$what"
}
look() {
	traces >"$scratch/traces"
}
# Policies are made anew, and what was refused leaves a row: for these there is "rows".
others() {
	objects "$scratch/traces" | grep -vE ' srcguard_(policy_|limit_make)'
	devices # that somebody still holds
}
devices() {
	awk '/^ *[0-9]+ / { count = $1 }
		count && /alloc_netdev_mqs/ { sum += count; count = 0 }
		END { print sum + 0, "devices" }' "$scratch/traces"
}
rows() { # an object for each kind that a namespace shows, and no more
	local name shown=0
	for name in - "$host" "$other"; do
		shown=$((shown + $(at "$name" srcguard -j limit show | jq length)))
	done
	[ "$(objects "$scratch/traces" | awk '/ srcguard_limit_make$/ { print $1 }')" = $shown ]
}
# The kernel frees the last namespaces when the next one goes; our part of them is gone.
quiet() { # as much as before is there
	look && [ "$(others)" = "$before" ] && rows
}
same() { # WHAT
	local status=0
	within 60 quiet || status=1
	[ $status = 0 ] || say "$(diff <(echo "$before") <(others))"
	result $status "$1, and nothing of it is left"
}

look
none=$(devices)
# What is allocated once only shall be there before the count; and the module comes to
# namespaces that are there, as after each unload: the kernel allocates by it then.
for request in "cycles 2" "refusals 1" "moves 1" "namespaces 2" "unload 1" "race dummy 2"; do
	# shellcheck disable=SC2086 # two words
	does "it can be done: $request" $request
done
# A namespace takes its time to go, most on the debug kernel, and its devices after it.
settled() {
	local was
	look
	was=$(objects "$scratch/traces")
	[ "$(devices)" = "$none" ] &&
		[ "$(awk '/ srcguard_netns_net_init$/ { print $1 }' <<<"$was")" = 3 ] &&
		sleep 1 && [ "$was" = "$(objects)" ]
}
ok "nothing of that is left" within 60 settled
look
before=$(others)
say "$(total) objects"

trace_percpu 1 32768
does "clones come and go" cycles "$cycles"
same "$cycles times"
# Forty devices had a place in it, and it has not become larger than two need.
table() { # the cache that it is from
	grep -l srcguard_modes_reserve "$slabs"/*/alloc_traces | sed 's,/[^/]*$,,; s,.*[-/],,'
}
at "$host" srcguard dev set 'lo*' rp_filter loose
does "clones that have settings come and go" cycles 40
size=$(table)
ok "the table of their modes does not grow: $size bytes" test "$size" -lt 512
at "$host" srcguard dev clear 'lo*'
does "clones and others are refused" refusals "$cycles"
same "$cycles times"
trace_percpu 0
if [ "$traced" ]; then
	is "nor of their per-CPU memory" 0 percpu_areas
	is "and the trace was complete" "overrun: 0" trace_overrun
fi
does "devices move beyond a limit" moves "$((cycles / 3))"
same "$((cycles / 3)) times"
does "namespaces at once have all they may, and go with it" namespaces "$crowd"
same "$crowd of them"
does "the module goes with clones in many namespaces" unload "$((crowd / 5))"
same "$((crowd / 5)) of them"
for kind in dummy loopback; do
	does "one of two gets the last place of kind $kind" race $kind "$races"
	same "$races times"
done
is "no device is left" "lo lo" eval 'for n in $host $other; do ip -n "$n" -j link | jq -r ".[].ifname"; done | xargs'
is "nor counted" "0 0" eval 'for n in $host $other; do
	limit_row "$n" any; done | cut -d " " -f 2 | xargs'
ok "nobody holds the module" eval '[ "$(awk "\$1 == \"srcguard\" { print \$3 }" /proc/modules)" = 0 ]'
is "it holds nothing back" "" rmmod srcguard
finish
