#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A thousand changes of tunnels under traffic that is honest for whatever they are at the
# time: none of it is dropped by the guard. All that came is accounted for.
#
# COUNT=1 is a third of the thousand on each of three kernels, the long form ten times that.
#
#   peer                     host
#   eth0 192.0.2.2/24 ------ eth0 192.0.2.1/24
#                            sit0    takes what is for no other tunnel
#                            six     changes its local address, prefix, and rank
#                            broker  changes its peer, which is this one or another
#
# smp: 2
# files: tests/sit.sh
# timeout: 600
# what sit takes for spoofed itself while it changes a prefix word by word:
# expect-log: ^sit: (Src|Dst) spoofed
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/sit.sh"
plan 8
times=$((334 * ${COUNT:-1} / 9 + 1))

load rp_filter=0
modprobe sit
sysctl -qw net.core.netdev_max_backlog=100000
namespace host peer
link "$host" eth0 192.0.2.1/24 "$peer" eth0 192.0.2.2/24
deaf "$host"
conf "$host" {all,default,eth0}.rp_filter=0 all.log_martians=0
to=$(mac "$host" eth0)
ip -n "$host" link set sit0 up
for name in six broker; do
	[ $name = six ] || peers="remote 192.0.2.9"
	# shellcheck disable=SC2086 # words
	ip -n "$host" link add $name type sit local 192.0.2.1 ${peers-}
	ip -n "$host" link set $name up
done

# Nine changes. Each prefix holds 192.0.2.2 in 2001:db8:c000:202::, and has no part in
# 2002:c000:202::, or the other way round.
for ((i = 0; i < times; i++)); do
	cat <<-'EOT'
	link set six type sit local 192.0.2.7
	link set six type sit local 192.0.2.1 6rd-prefix 2001:db8::/32
	tunnel 6rd dev six 6rd-prefix 2001:db8:c000::/48 6rd-relay_prefix 192.0.0.0/16
	link set broker type sit remote 192.0.2.2
	tunnel 6rd dev six 6rd-prefix 2001:db8:c000::/34 6rd-relay_prefix 192.0.0.0/2
	link set six type sit local any dev eth0
	link set broker type sit remote 192.0.2.9
	tunnel 6rd dev six 6rd-reset
	link set six type sit local 192.0.2.1
	EOT
done >"$scratch/changes"

# total NUMBER: a column of /proc/net/dev, for all tunnels together
total() {
	# shellcheck disable=SC2016 # awk's
	at "$host" awk -v n="$1" '/(sit0|six|broker):/ { sub(":", " "); sum += $n } END { print sum }' \
		/proc/net/dev
}
came() { # packets that came out of a tunnel
	total 3
}
changed() {
	ip -n "$host" -batch "$scratch/changes"
}
ip netns exec "$peer" python3 "$lib_dir/flood.py" -c -p 0 eth0 "$to" 192.0.2.1 \
	192.0.2.2/2002:c000:202::1/2002:c000:201::1 \
	192.0.2.2/2001:db8:c000:202::1/2001:db8:c000:201::1 >"$scratch/sent" &
flood=$!
flows() {
	[ "$(came)" -gt 1000 ]
}
ok "honest packets flow" within 30 flows
before=$(came)
ok "$((9 * times)) changes of the tunnels" changed
after=$(came)
kill $flood
wait $flood
sent=$(awk '{ sum += $2 } END { print sum }' "$scratch/sent")
say "of $sent packets $((after - before)) came meanwhile"
ok "packets came all the while" test $((after - before)) -gt $((9 * times))
is "not one of them was dropped by the guard" "" counted_all "$host"
accounted() {
	[ $(($(came) + $(total 4))) -eq "$sent" ]
}
ok "each of them came, but what sit itself took amiss" within 10 accounted
say "that were $(total 4)"
send "$peer" eth0 "$to" 7 "in_ip4('192.0.2.2','192.0.2.1',six('192.0.2.1'),'2001:db8::1')"
seven() {
	[ "$(counted_all "$host")" = "eth0 ipv4 6to4_source dropped 7" ]
}
ok "the guard was there" within 10 seven
cleanup
is "the module holds nothing back" "" rmmod srcguard
is "nor does sit" "" rmmod sit
finish
