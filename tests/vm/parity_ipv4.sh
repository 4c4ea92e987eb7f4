#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Random packets over random topologies, judged once by the kernel's rp_filter and
# once by srcguard: the same packets pass. What explain says of a packet is what becomes
# of it. See parity.py for how it is done.
#
# COUNT=1 is a third of 100,000 packets, one of three kernels' share; the debug kernel
# has a third of that. A topology that made a difference is replayed, and shown in full, by
#
#   SEED=... SRCGUARD_TOPOLOGY=... tests/vm/run KERNEL tests/vm/parity_ipv4.sh
#
# files: tests/parity.sh
# timeout: 600
# what it sends from own addresses makes the kernel answer itself:
# expect-log: ^icmp: detected local route for
#
. "${0%/*}/lib.sh"
. "${0%/*}/parity.sh"
plan 14

# The short form is the same each time, the long one looks for what is new.
if [ "${SRCGUARD_FORM-}" = long ]; then seed=${SEED-$RANDOM}; else seed=${SEED-10792}; fi
share=$((slow ? 3 : 1)) count=${COUNT-1}
topologies=$((60 * count / share))
: "${KERNEL=}"

load rp_filter=0
namespace peers
at "$peers" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
# nothing may be lost on its way, whoever is to work it off
sysctl -qw net.core.netdev_max_backlog=100000

# The comparer notices it when there is no filter at all on one side.
compare parity.py left-off --left-off --packets 100
ok "a filter that is left off makes differences in either mode" \
	holds '.strict.kernel < .strict.srcguard and .loose.kernel < .loose.srcguard and
		.differences == .strict.srcguard - .strict.kernel +
			.loose.srcguard - .loose.kernel'

say "seed $seed"
if [ -n "${SRCGUARD_TOPOLOGY-}" ]; then
	compare parity.py "$seed" --packets 280 --only "$SRCGUARD_TOPOLOGY" --show 100
	say "$(found tojson)"
	is "topology $SRCGUARD_TOPOLOGY makes no difference" "0 0 0" \
		found '"\(.differences) \(.miscounts) \(.misexplained)"'
	planned=$checks
	finish
fi

compare parity.py "$seed" --packets 280 --topologies $topologies || exit 1
say "kernel $KERNEL: $(found '"\(.sent) packets, \(.topologies) topologies, \(.seconds) s"')"
for mode in strict loose; do
	say "$mode: $(found ".$mode | \"of \(.baseline) packets that are routed \" +
		\"\(.accepted) % pass, \(.dropped) % do not\"")"
done
say "reasons: $(found '.reasons | to_entries | map("\(.key) \(.value)") | join(", ")')"
say "not compared, as README says why: $(found .excluded)"
say "explain was asked $(found '"\(.questions) times, and said drop \(.foretold_drops) times"')"

ok "there were as many packets as announced, and half of them were routed" \
	holds ".sent * 3 * $share >= 100000 * $count and
		(.strict.baseline + .loose.baseline) * 2 >= .sent"
# it is some 3.5 %
ok "less than a fifteenth of these is not compared" \
	holds '.excluded * 15 < .strict.baseline + .loose.baseline'
is "what the kernel's filter lets pass, and nothing else, passes srcguard" 0 found .differences
is "all that does not pass is counted, by device, to the packet and byte" 0 found .miscounts
is "what explain says of a packet is what becomes of it, in either mode" 0 found .misexplained
ok "it was asked in every round, and said either" holds \
	".unasked == 0 and .questions > $((17 * topologies)) and
		.foretold_drops * 5 > .questions and .foretold_drops * 5 < .questions * 4"
ok "strict: at least a fifth passes" holds '.strict.accepted >= 20'
ok "strict: at least a fifth does not" holds '.strict.dropped >= 20'
ok "loose: at least a fifth passes" holds '.loose.accepted >= 20'
ok "loose: at least a fifth does not" holds '.loose.dropped >= 20'
is "every reason occurred" "[]" found '.missing_reasons | tojson'
is "every feature occurred" "[]" found '.missing_features | tojson'
ok "most of the commands were possible" holds '.failed * 6 < .commands'
finish
