#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Random IPv6 packets over random topologies, judged by srcguard in all its modes, by
# ip6tables' rpfilter, by nft's fib and by a model: srcguard does as the model does,
# and each difference from the others has its reason. What explain says of a packet is
# what becomes of it. See parity6.py for how it is done.
#
# COUNT=1 is a third of 50,000 packets, one of three kernels' share; the long form has
# ten times as many. A topology that made a difference is replayed, and shown in full, by
#
#   SEED=... SRCGUARD_TOPOLOGY=... tests/vm/run KERNEL tests/vm/parity_ipv6.sh
#
# files: tests/parity.sh
# timeout: 600
#
. "${0%/*}/lib.sh"
. "${0%/*}/parity.sh"
plan 18

# The short form is the same each time, the long one looks for what is new.
if [ "${SRCGUARD_FORM-}" = long ]; then seed=${SEED-$RANDOM}; else seed=${SEED-10792}; fi
count=${COUNT-1}
: "${KERNEL=}"

load rp_filter=0
namespace peers
# nothing may be lost on its way, whoever is to work it off
sysctl -qw net.core.netdev_max_backlog=100000

# The comparer notices it when there is no filter at all.
compare parity6.py left-off --left-off --packets 100
ok "a filter that is left off makes differences in each mode" \
	holds '[.strict, .loose, .feasible] | map(.srcguard == .baseline and .model < .baseline) | all'
ok "as many as there are packets to drop" \
	holds '.mistaken == ([.strict, .loose, .feasible] | map(.baseline - .model) | add)'

say "seed $seed"
if [ -n "${SRCGUARD_TOPOLOGY-}" ]; then
	compare parity6.py "$seed" --packets 280 --only "$SRCGUARD_TOPOLOGY" --show 100
	say "$(found tojson)"
	is "topology $SRCGUARD_TOPOLOGY makes no difference" "0 0 0" \
		found '"\(.differences) \(.miscounts) \(.misexplained)"'
	planned=$checks
	finish
fi

compare parity6.py "$seed" --packets 280 --topologies $((60 * count)) || exit 1
say "kernel $KERNEL: $(found '"\(.sent) packets, \(.topologies) topologies, \(.seconds) s"')"
for mode in strict feasible loose; do
	say "$mode: $(found ".$mode | \"of \(.baseline) packets \(.accepted) % pass, \" +
		\"\(.dropped) % do not\"")"
done
list='to_entries | sort_by(-.value) | map("\(.key) \(.value)") | join(", ")'
say "reasons: $(found ".reasons | $list")"
for peer in xt nft; do
	say "what $peer sees otherwise, as README says why: $(found ".explained.$peer | $list")"
done
say "what both would let pass, but srcguard does not: $(found ".stricter | $list")"
say "explain was asked $(found '"\(.questions) times, and said drop \(.foretold_drops) times"')"

ok "there were as many packets as announced, and most of them got to the filter" \
	holds ".sent * 3 >= 50000 * $count and .strict.baseline * 5 >= .sent * 4"
is "srcguard does what the model does, in each mode" 0 found .mistaken
is "xt and nft do what is known of them" 0 found .mismodelled
is "all that they see otherwise has a reason" 0 found .differences
is "the reasons that README lists occurred" "[]" found '.missing_differences | tojson'
is "all that does not pass is counted, by device, to the packet and byte" 0 found .miscounts
is "what explain says of a packet is what becomes of it, in each mode" 0 found .misexplained
ok "it was asked in every round, and said either" holds \
	".unasked == 0 and .questions > $((1500 * count)) and
		.foretold_drops * 5 > .questions and .foretold_drops * 5 < .questions * 4"
ok "strict: at least a fifth passes" holds '.strict.accepted >= 20'
ok "strict: at least a fifth does not" holds '.strict.dropped >= 20'
ok "loose: at least a fifth passes" holds '.loose.accepted >= 20'
ok "loose: at least a fifth does not" holds '.loose.dropped >= 20'
ok "feasible lets more pass than strict, and less than loose" \
	holds '.strict.srcguard < .feasible.srcguard and .feasible.srcguard < .loose.srcguard'
is "every reason occurred" "[]" found '.missing_reasons | tojson'
is "every feature occurred" "[]" found '.missing_features | tojson'
ok "most of the commands were possible, and packets went on to a VRF" \
	holds '.failed * 6 < .commands and .second_passes > 100'
finish
