# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What is allocated, for the scripts that see whether it goes again: with
# slub_debug=U,kmalloc-*,net_namespace the kernel knows who allocated what is still in use;
# of other caches nothing is ours.

slabs=/sys/kernel/debug/slab
tracing=/sys/kernel/tracing

# who allocated what, by cache; without what kvfree_rcu() holds back for seconds, which
# goes with the caches
traces() {
	echo 6 >/proc/sys/vm/drop_caches # and do not tell the log
	sleep 0.2
	cat "$slabs"/*/alloc_traces
}

# shellcheck disable=SC2120 # the file is optional
# objects [FILE]: in what traces() wrote there, or now, which takes seconds in a slow guest.
# Objects that the module's code allocated, itself or by what it called: their
# number, the kind, their allocator. After the module was unloaded that is no more
# than an address.
objects() {
	if [ $# -gt 0 ]; then cat "$1"; else traces; fi | awk '/^ *[0-9]+ / { count = $1; what = $2 }
		count && (/\[srcguard\]/ || what ~ /^0x/) {
			sub(/\+.*/, "", what)
			sum[what] += count
			count = 0
		}
		END { for (what in sum) print sum[what], what }' | sort -k 2
}

total() {
	objects | awk '{ sum += $1 } END { print sum + 0 }'
}

# trace_percpu 0|1 [KB]: who allocates per-CPU areas, with so much room for each processor.
# Compiled for debugging, the kernel's allocator of them calls itself its caller: $traced
# is empty there, and checks of percpu_areas are for elsewhere.
traced=$([ "$KERNEL" = debug ] || echo 1)
trace_percpu() {
	[ $# -lt 2 ] || echo "$2" >"$tracing/buffer_size_kb"
	echo "$1" | tee "$tracing"/events/percpu/percpu_{alloc,free}_percpu/enable >/dev/null
}

trace_overrun() { # of all processors
	cat "$tracing"/per_cpu/*/stats | grep ^overrun | sort -u
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

same_as() { # OBJECTS NAMESPACES: totals taken earlier
	[ "$(netns_count)" -eq "$2" ] && [ "$(total)" -eq "$1" ]
}

memory() { # in kB, what the kernel keeps for itself and cannot give back at once
	echo 7 >/proc/sys/vm/drop_caches
	awk '/^(SUnreclaim|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' /proc/meminfo
}
