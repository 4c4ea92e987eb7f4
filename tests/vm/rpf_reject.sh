#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sources under routes and rules that reject (source blackholing, RFC 5635): they
# do not pass in either mode, and are counted apart from sources that have no
# route at all.
#
#   peer                      host
#   veth0 10.1.0.2/24 ---- veth0 10.1.0.1/24
#                          default via 10.1.0.2, where the test says so
#
#   10.5.K.0/24 in the host: one kind of rejecting route or rule for each K
#
. "${0%/*}/lib.sh"
plan 36

load
namespace host peer
link "$host" veth0 10.1.0.1/24 "$peer" veth0 10.1.0.2/24
conf "$host" all.rp_filter=0 veth0.rp_filter=0 all.log_martians=0
watch "$host"
to=$(mac "$host" veth0)

from() { # SOURCE COUNT
	send "$peer" veth0 "$to" "$2" "IP(src='$1',dst='10.1.0.1')/UDP(dport=9)"
}
route() {
	ip -n "$host" route "$@" || exit 1
}
rule() {
	ip -n "$host" rule "$@" || exit 1
}
mode() { # KNOB VALUE...: with clean counters
	at "$host" srcguard set rp_filter off && at "$host" srcguard set "$@"
	unwatch "$host"
}
# One source of each kind, each kind in its own number, so that a sum tells which
# of them were counted.
kinds() {
	from 10.5.1.1 1
	from 10.5.2.1 2
	from 10.5.3.1 4
	from 10.5.4.1 8
}

route add default via 10.1.0.2
kinds
is "strict: by the default route all of them pass" "" counted_all "$host"
route add blackhole 10.5.1.0/24
route add unreachable 10.5.2.0/24
route add prohibit 10.5.3.0/24
route add throw 10.5.4.0/24
for mode in strict loose; do
	ok "$mode" mode rp_filter $mode
	kinds
	is "$mode: blackhole, unreachable and prohibit reject, throw leaves no route" \
		"veth0 ipv4 no_route dropped 8
veth0 ipv4 reject_route dropped 7" counted_all "$host"
	is "$mode: a rejected source does not pass" 0 passed "$host" 10.5.2.1
	from 10.5.0.1 5
	is "$mode: a source beside them does" 5 passed "$host" 10.5.0.1
	is "$mode: its bytes are counted" $((7 * 28)) \
		counted "$host" veth0 reject_route dropped bytes
	explains "$host" "$mode: explain agrees" <<-'EOT'
		accept 10.5.0.1 dev veth0 to 10.1.0.1
		drop:reject_route 10.5.1.1 dev veth0 to 10.1.0.1
		drop:reject_route 10.5.2.1 dev veth0 to 10.1.0.1
		drop:reject_route 10.5.3.1 dev veth0 to 10.1.0.1
		drop:no_route 10.5.4.1 dev veth0 to 10.1.0.1
	EOT
done
ok "audit" mode rp_filter strict enforce 0
kinds
is "audit: all pass, and are counted" "veth0 ipv4 no_route audited 8
veth0 ipv4 reject_route audited 7" counted_all "$host"
is "audit: they passed" 4 passed "$host" 10.5.3.1
explains "$host" "audit: explain agrees" <<-'EOT'
	audit:reject_route 10.5.3.1 dev veth0 to 10.1.0.1
	audit:no_route 10.5.4.1 dev veth0 to 10.1.0.1
EOT

ok "strict" mode rp_filter strict enforce 1
route add 10.5.1.1/32 via 10.1.0.2
from 10.5.1.1 6
is "a longer prefix saves one host of a rejected network" 6 passed "$host" 10.5.1.1
from 10.5.1.2 6
is "and only that one" "veth0 ipv4 reject_route dropped 6" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	accept 10.5.1.1 dev veth0 to 10.1.0.1
	drop:reject_route 10.5.1.2 dev veth0 to 10.1.0.1
EOT
route del 10.5.1.1/32
# a route that rejects, behind one that is better by its metric
route del unreachable 10.5.2.0/24
route add unreachable 10.5.2.0/24 metric 50
route add 10.5.2.0/24 via 10.1.0.2 metric 10
from 10.5.2.1 6
is "a rejecting route that is not the best does not reject" 6 passed "$host" 10.5.2.1
explains "$host" "explain agrees" <<-'EOT'
	accept 10.5.2.1 dev veth0 to 10.1.0.1
EOT
route del 10.5.2.0/24 via 10.1.0.2
from 10.5.2.1 6
is "until it is" 12 counted "$host" veth0 reject_route
route del default
from 192.0.2.1 3
is "no route at all" 3 counted "$host" veth0 no_route
route add unreachable default metric 4278198272
from 192.0.2.1 3
is "a default that rejects is a route that rejects" 15 counted "$host" veth0 reject_route
explains "$host" "explain agrees" <<-'EOT'
	drop:reject_route 192.0.2.1 dev veth0 to 10.1.0.1
EOT

# what a throw route skips is one table
for prefix in 10.5.{1,2,3,4}.0/24; do route flush "$prefix"; done
route del unreachable default
route add default via 10.1.0.2
rule add lookup 5 priority 500
route add throw 10.5.4.0/24 table 5
route add blackhole default table 5
ok "tables and rules" mode rp_filter strict
kinds
is "thrown out of a table, a source finds the next one's route" 8 passed "$host" 10.5.4.1
is "others stay with that table's" "veth0 ipv4 reject_route dropped 7" counted_all "$host"
explains "$host" "tables: explain agrees" <<-'EOT'
	drop:reject_route 10.5.1.1 dev veth0 to 10.1.0.1
	accept 10.5.4.1 dev veth0 to 10.1.0.1
EOT
rule del priority 500
route flush table 5

rule add to 10.5.1.0/24 blackhole priority 500
rule add to 10.5.2.0/24 unreachable priority 501
rule add to 10.5.3.0/24 prohibit priority 502
ok "rules alone" mode rp_filter loose
kinds
# the kernel gives a rule's "unreachable" the error of a missing route
is "rules: blackhole and prohibit reject, unreachable is like no route" \
	"veth0 ipv4 no_route dropped 2
veth0 ipv4 reject_route dropped 5" counted_all "$host"
is "rules: a source under none of them passes" 8 passed "$host" 10.5.4.1
explains "$host" "rules: explain agrees" <<-'EOT'
	drop:reject_route 10.5.1.1 dev veth0 to 10.1.0.1
	drop:no_route 10.5.2.1 dev veth0 to 10.1.0.1
	drop:reject_route 10.5.3.1 dev veth0 to 10.1.0.1
	accept 10.5.4.1 dev veth0 to 10.1.0.1
EOT

cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
