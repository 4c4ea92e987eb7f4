#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tracepoint srcguard:verdict tells of each packet that failed, and of no other, by
# tracefs and by perf; and who watches dropped packets is told IP_RPFILTER.
#
#   peer                     host
#   eth0 192.0.2.2/24 ---- eth0 192.0.2.1/24, 2001:db8:1::1/64
#                          6to4: sit, local 192.0.2.1
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
plan 24

modprobe sit
load rp_filter=1
namespace host peer
quiet6 "$host" "$peer"
link "$host" eth0 192.0.2.1/24 "$peer" eth0 192.0.2.2/24
ip -n "$host" addr add 2001:db8:1::1/64 dev eth0 nodad
ip -n "$host" link add 6to4 type sit local 192.0.2.1 ttl 64
ip -n "$host" link set 6to4 up
conf "$host" {all,eth0}.rp_filter=0 {all,eth0}.log_martians=0
to=$(mac "$host" eth0)
netns=$(at "$host" readlink /proc/self/ns/net | tr -dc 0-9)
ifindex=$(at "$host" cat /sys/class/net/eth0/ifindex)

tracing=/sys/kernel/tracing
[ -e $tracing/trace ] || mount -t tracefs none $tracing
ok "there is the tracepoint" test -e $tracing/events/srcguard/verdict/enable
for field in netns ifindex family reason outcome length device saddr daddr; do
	ok "with the field $field" grep -q " ${field}[[;]" $tracing/events/srcguard/verdict/format
done

from() { # SOURCE [COUNT]
	send "$peer" eth0 "$to" "${2-1}" "IP(src='$1',dst='192.0.2.1')/UDP(dport=9)"
}
traced() { # what was, without the time
	sed -n 's/^.*: verdict: //p' "$tracing/trace"
	echo >"$tracing/trace"
}
what="netns=$netns device=eth0 ifindex=$ifindex"

from 198.51.100.1
is "not asked for, nothing is traced" "" traced
echo 1 >$tracing/events/srcguard/verdict/enable
from 192.0.2.2 10
is "nor is what passes" "" traced
from 198.51.100.1
is "IPv4" "$what family=2 saddr=::ffff:198.51.100.1 daddr=::ffff:192.0.2.1 length=28 reason=no_route outcome=dropped" \
	traced
send "$peer" eth0 "$to" 1 "IPv6(src='2001:db8:9::1',dst='2001:db8:1::1')/UDP(dport=9)"
is "IPv6" "$what family=10 saddr=2001:db8:9::1 daddr=2001:db8:1::1 length=48 reason=no_route outcome=dropped" \
	traced
at "$host" srcguard set enforce 0
from 198.51.100.1
is "an audit" "$what family=2 saddr=::ffff:198.51.100.1 daddr=::ffff:192.0.2.1 length=28 reason=no_route outcome=audited" \
	traced
at "$host" srcguard set enforce 1
at "$host" srcguard exempt add 198.51.100.0/24
from 198.51.100.1
is "an exemption" "$what family=2 saddr=::ffff:198.51.100.1 daddr=::ffff:192.0.2.1 length=28 reason=no_route outcome=exempted" \
	traced
at "$host" srcguard exempt del 198.51.100.0/24
send "$peer" eth0 "$to" 1 \
	"IP(src='192.0.2.2',dst='192.0.2.1',proto=41)/IPv6(src='2002:c000:203::1',dst='2002:c000:201::1')/UDP()"
is "6to4" "$what family=2 saddr=::ffff:192.0.2.2 daddr=::ffff:192.0.2.1 length=68 reason=6to4_source outcome=dropped" \
	traced
from 198.51.100.1 1000
is "each of them" 1000 sh -c "grep -c 'verdict: .*reason=no_route' $tracing/trace"
echo >"$tracing/trace"
echo 'reason == 2' >$tracing/events/srcguard/verdict/filter
from 198.51.100.1 5
is "a filter of the kernel's" "" traced
echo 0 >$tracing/events/srcguard/verdict/filter
echo 0 >$tracing/events/srcguard/verdict/enable

# perf
(perf record -q -a -e srcguard:verdict -o "$scratch/perf.data" sleep 1000 >"$scratch/perf.log" 2>&1) &
perf=$!
begun() {
	[ -s "$scratch/perf.data" ] && pgrep -P "$perf" -f 'sleep 1000|perf' >/dev/null && sleep 2
}
ok "perf listens" within 60 begun
from 198.51.100.1 7
pkill -INT -f 'perf record'
wait $perf
is "and has them all, in words" 7 sh -c "perf script -i '$scratch/perf.data' 2>/dev/null |
	grep -c 'srcguard:verdict.*saddr=::ffff:198.51.100.1 .*reason=no_route outcome=dropped'"

# What skb:kfree_skb says.
echo 1 >$tracing/events/skb/kfree_skb/enable
from 198.51.100.1 3
send "$peer" eth0 "$to" 1 "IPv6(src='2001:db8:9::1',dst='2001:db8:1::1')/UDP(dport=9)"
send "$peer" eth0 "$to" 2 \
	"IP(src='192.0.2.2',dst='192.0.2.1',proto=41)/IPv6(src='2002:c000:203::1',dst='2002:c000:201::1')/UDP()"
echo 0 >$tracing/events/skb/kfree_skb/enable
is "the drop reason is the kernel's for this" 6 sh -c "grep -c 'kfree_skb: .*reason: IP_RPFILTER' $tracing/trace"
ok "the module goes, whoever traced it" rmmod srcguard
is "and its tracepoint with it" "" sh -c "ls $tracing/events/srcguard 2>/dev/null"
finish
