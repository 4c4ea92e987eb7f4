#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Random packets for random sit tunnels, judged by sit alone and with the 6to4 guard in
# front of it, mode match: what sit takes is the same, what it reported is dropped and
# counted, and the kernel says nothing. See parity_sit.py for how it is done.
#
# COUNT=1 is 9,000 packets on each of three kernels. The long form has ten times as many
# topologies, with twice as many packets in each: more than 500,000 on the three of them.
# A topology that made a difference is replayed, and shown in full, by
#
#   SEED=... SRCGUARD_TOPOLOGY=... tests/vm/run KERNEL tests/vm/parity_sit.sh
#
# files: tests/parity.sh
# timeout: 450
# what sit says without the guard, which is what the guard is for:
# expect-log: ^sit: (Src|Dst) spoofed
# expect-log: ^IPv6: t[0-9]+x[0-9]+: Disabled Multicast RS$
#
. "${0%/*}/lib.sh"
. "${0%/*}/parity.sh"
plan 10

# The short form is the same each time, the long one looks for what is new.
amount=140
if [ "${SRCGUARD_FORM-}" = long ]; then
	seed=${SEED-$RANDOM} amount=280
else
	seed=${SEED-10792}
fi
count=${COUNT-1}
: "${KERNEL=}"

load rp_filter=0 sixtofour=0
modprobe sit
namespace peers
at "$peers" nft -f - <<-'EOT'
table ip6 parity {
	chain pre { type filter hook prerouting priority -500; drop; }
	chain out { type filter hook output priority -500; drop; }
}
EOT
# nothing may be lost on its way, whoever is to work it off; and all is reported
sysctl -qw net.core.netdev_max_backlog=100000 net.core.message_cost=0

# The comparer notices a guard that is off, and one that drops too much.
compare parity_sit.py left-off --left-off --packets 100 --topologies 2
say "left off: $(found '"spoofed \(.spoofed), too short \(.truncated_dropped), differences \(.differences)"')"
ok "a guard that is left off makes a difference for each packet that it should drop" \
	holds '.spoofed > 20 and .differences >= .spoofed + .truncated_dropped'
compare parity_sit.py too-strict --too-strict --packets 100 --topologies 2
say "too strict: $(found '"spoofed \(.spoofed), came \(.came), differences \(.differences)"')"
ok "so does a guard that drops an eighth of what it should not, for each of these" \
	holds '.came > 100 and .differences >= .spoofed * 7 / 10 + .came / 12'

say "seed $seed"
if [ -n "${SRCGUARD_TOPOLOGY-}" ]; then
	compare parity_sit.py "$seed" --packets 280 --only "$SRCGUARD_TOPOLOGY" --show 100
	say "$(found tojson)"
	is "topology $SRCGUARD_TOPOLOGY makes no difference" "0 0" \
		found '"\(.differences) \(.miscounts)"'
	planned=$checks
	finish
fi

compare parity_sit.py "$seed" --packets $amount --topologies $((16 * count)) || exit 1
say "kernel $KERNEL: $(found '"\(.sent) packets, \(.topologies) topologies, \(.seconds) s"')"
say "out of a tunnel came $(found .came), called spoofed were $(found .spoofed)"
say "cut short were $(found .truncated), of these dropped $(found .truncated_dropped)"
list='to_entries | sort_by(-.value) | map("\(.key) \(.value)") | join(", ")'
say "reasons: $(found ".reasons | $list")"
say "features: $(found ".features | $list")"

is "what sit takes, it takes with the guard, and nothing else; the rest is the guard's" 0 \
	found .differences
is "all that the guard drops is counted, by device and reason, to the packet and byte" 0 \
	found .miscounts
ok "there were as many packets as announced" \
	holds ".sent >= $amount * 4 * 16 * $count"
ok "of these at least a fifth came out of a tunnel" holds '.came * 5 >= .sent'
ok "and at least a sixth was spoofed" holds '.spoofed * 6 >= .sent'
ok "what is cut short goes either way" \
	holds '.truncated_dropped > 10 and .truncated > .truncated_dropped * 5 / 4'
is "every reason occurred" "[]" found '.missing_reasons | tojson'
is "every feature occurred" "[]" found '.missing_features | tojson'
finish
