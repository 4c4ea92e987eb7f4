#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel log: floods of every kind of spoofed packet write nothing to it unless the
# host's administrator wants that, and then no more than the knobs allow; nobody else can
# have it written to. COUNT=1 is a third of 100,000 packets of each kind, one of three
# kernels' share; the long form has twenty times as many (its COUNT of 10, doubled).
#
# expect-log: ^srcguard: [a-z0-9_]+ (dropped|audited) on \S+: \S+ -> \S+(, within \S+( \(\S+\))? -> \S+( \(\S+\))?)?(, from \S+)?, [0-9]+ since the last line$
# expect-log: ^IPv4: martian source 
# expect-log: ^ll header: 
# timeout: 500
#
#   peer                     host
#   eth0 192.0.2.2/24 ---- eth0 192.0.2.1/24, 2001:db8:1::1/64
#   eth1 ----------------- eth1 10.1.0.1/24
#                          6to4: sit, local 192.0.2.1, 2002:c000:201::1/16
#                          veth1 203.0.113.1/24, 2001:db8:3::1/64 (nobody there)
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
plan 101

modprobe sit
load rp_filter=1
namespace host peer
sysctl -qw net.core.netdev_max_backlog=100000
quiet6 "$host" "$peer"
link "$host" eth0 192.0.2.1/24 "$peer" eth0 192.0.2.2/24
link "$host" eth1 10.1.0.1/24 "$peer" eth1 -
ip -n "$host" addr add 2001:db8:1::1/64 dev eth0 nodad
ip -n "$host" link add veth1 type dummy
end "$host" veth1 203.0.113.1/24
ip -n "$host" addr add 2001:db8:3::1/64 dev veth1 nodad
ip -n "$host" link add 6to4 type sit local 192.0.2.1 ttl 64
ip -n "$host" addr add 2002:c000:201::1/16 dev 6to4
ip -n "$host" link set 6to4 up
conf "$host" {all,eth0,eth1}.rp_filter=0 {all,eth0,eth1}.log_martians=0
to=$(mac "$host" eth0)

# the debug kernel is there for what it reports
amount=$((33334 * ${COUNT-1} / (slow ? 10 : 1)))
[ "${SRCGUARD_FORM-}" != long ] || amount=$((2 * amount))

attack() { # burst|scatter COUNT EXPRESSION
	"$1" "$peer" eth0 "$to" "${@:2}"
}
lines() { # what is in the log of ours since "forget"
	dmesg | grep -c 'srcguard: [a-z0-9_]* \(dropped\|audited\|exempted\)'
}
forget() {
	dmesg -C
}
state() { # KEY, of the host
	shown "$host" "$1"
}
udp='UDP(dport=9)'
tunnelled() { # SOURCE DESTINATION: IPv6 in IPv4
	echo "IP(src='192.0.2.2',dst='192.0.2.1',proto=41)/IPv6(src='$1',dst='$2')/$udp"
}
all_counted() {
	counted_all "$host" | awk '{ sum += $NF } END { print sum + 0 }'
}
set_knobs() { # KNOB VALUE...
	at "$host" srcguard set "$@"
}
clean() { # the counters are back to 0
	at "$host" srcguard set rp_filter off sixtofour off && at "$host" srcguard set "$@"
}

# By default nothing is written, and all is counted.
forget
flood() { # burst|scatter REASON EXPRESSION
	local before
	before=$(counted "$host" eth0 "$2")
	ok "a flood: $*" attack "$1" "$amount" "$3"
	is "is counted to the packet" $((before + amount)) counted "$host" eth0 "$2"
	is "and the log does not know of it" 0 lines
}
flood burst wrong_device "IP(src='203.0.113.9',dst='192.0.2.1')/$udp"
flood scatter no_route "IP(src='198.18.0.1',dst='192.0.2.1')/$udp"
flood burst own_address "IP(src='192.0.2.1',dst='192.0.2.1')/$udp"
flood burst source_multicast "IP(src='224.0.0.1',dst='192.0.2.1')/$udp"
flood burst source_loopback "IP(src='127.0.0.1',dst='192.0.2.1')/$udp"
flood burst source_broadcast "IP(src='192.0.2.255',dst='192.0.2.1')/$udp"
flood burst source_zero "IP(src='0.0.0.0',dst='192.0.2.1')/$udp"
flood burst wrong_device "IPv6(src='2001:db8:3::9',dst='2001:db8:1::1')/$udp"
flood scatter no_route "IPv6(src='2001:2::1',dst='2001:db8:1::1')/$udp"
flood burst 6to4_source "$(tunnelled 2002:c000:203::1 2002:c000:201::1)"
flood burst 6to4_destination "$(tunnelled 2001:db8::1 2002:c000:203::1)"
set_knobs sixtofour full rp_filter off
flood scatter 6to4_source "$(tunnelled 2002:c000:202::1 2002:c000:201::1)"
flood burst 6to4_native "$(tunnelled 2001:db8::1 2001:db8::2)"
flood burst 6to4_inner "$(tunnelled fe80::1 2002:c000:201::1)"
set_knobs sixtofour match rp_filter strict
ok "nothing at all was written" bash -c '! dmesg | grep -v "promiscuous mode\|link becomes ready" | grep .'
is "nothing is said to be written or withheld" "0 0 0" \
	at "$host" bash -c 'srcguard -j show | jq -r "\"\(.log_written) \(.log_withheld) \(.log_next)\""'

# What a line says.
line() { # the only one
	dmesg | sed -n 's/.*srcguard: //p'
}
from=$(mac "$peer" eth0)
set_knobs log_martians 1
forget
send "$peer" eth0 "$to" 3 "IP(src='203.0.113.9',dst='192.0.2.1')/$udp"
is "IPv4" "wrong_device dropped on eth0: 203.0.113.9 -> 192.0.2.1, from $from, 0 since the last line" \
	line
forget
send "$peer" eth0 "$to" 3 "IPv6(src='2001:2::9',dst='2001:db8:1::1')/$udp"
is "IPv6" "no_route dropped on eth0: 2001:2::9 -> 2001:db8:1::1, from $from, 0 since the last line" line
forget
send "$peer" eth0 "$to" 1 "$(tunnelled 2002:c000:203::1 2002:c000:201::1)"
is "the 6to4 guard's has a knob of its own" "" line
set_knobs log_6to4 1
send "$peer" eth0 "$to" 1 "$(tunnelled 2002:c000:203::1 2002:c000:201::1)"
is "6to4, decoded" "6to4_source dropped on eth0: 192.0.2.2 -> 192.0.2.1, within 2002:c000:203::1 (192.0.2.3) -> 2002:c000:201::1 (192.0.2.1), from $from, 0 since the last line" line
forget
send "$peer" eth0 "$to" 3 "$(tunnelled 2001:2::9 2002:c000:201::1)"
is "what came out of a tunnel has no Ethernet address" \
	"no_route dropped on 6to4: 2001:2::9 -> 2002:c000:201::1, 0 since the last line" line
forget
send "$peer" eth0 "$to" 3 "IP(src='192.0.2.2',dst='192.0.2.1',proto=41)/(b'x'*39)"
is "what is cut short has no inner addresses" \
	"6to4_truncated dropped on eth0: 192.0.2.2 -> 192.0.2.1, from $from, 0 since the last line" line
at "$host" ip tunnel 6rd dev 6to4 6rd-prefix 2001:db8::/32
forget
send "$peer" eth0 "$to" 3 "$(tunnelled 2001:db8:c000:202::1 2001:db8:c000:203::1)"
is "6rd, decoded by the tunnel's prefix" "6to4_destination dropped on eth0: 192.0.2.2 -> 192.0.2.1, within 2001:db8:c000:202::1 (192.0.2.2) -> 2001:db8:c000:203::1 (192.0.2.3), from $from, 0 since the last line" line
at "$host" ip tunnel 6rd dev 6to4 6rd-reset
name=$'e\e[31m'
ip -n "$host" link set eth0 down
ip -n "$host" link set eth0 name "$name" && ip -n "$host" link set "$name" up
forget
send "$peer" eth0 "$to" 1 "IP(src='224.0.0.1',dst='192.0.2.1')/$udp"
ok "a device's name does not talk to the terminal" bash -c \
	'dmesg | grep -F "on e\\e[31m: 224.0.0.1"'
ip -n "$host" link set "$name" down
ip -n "$host" link set "$name" name eth0 && ip -n "$host" link set eth0 up

# The interval, and that nothing is lost on the way: written and withheld are all packets.
clean rp_filter strict sixtofour match log_interval 2 enforce 0
before_written=$(state log_written) before_withheld=$(state log_withheld)
forget
begun=${EPOCHREALTIME/./}
ip netns exec "$peer" python3 "$lib_dir/flood.py" eth0 "$to" 192.0.2.1 203.0.113.9 \
	192.0.2.2/2002:c000:203::1/2002:c000:201::1 &
floods=$!
ip netns exec "$peer" python3 "$lib_dir/flood.py" eth1 "$(mac "$host" eth1)" 192.0.2.1 203.0.113.9 &
floods+=" $!"
ip netns exec "$peer" python3 "$lib_dir/flood.py" eth0 "$to" 2001:db8:1::1 2001:2::9 &
floods+=" $!"
sleep 12
# shellcheck disable=SC2086 # three
kill $floods && wait $floods
took=$(((${EPOCHREALTIME/./} - begun) / 1000000))
set_knobs enforce 1
of() { # REASON DEVICE: lines
	dmesg | grep -cE "srcguard: $1 (audited|dropped) on $2:"
}
few() { # REASON DEVICE: one at once, and then one every 2 seconds
	local lines
	lines=$(of "$@")
	say "$lines lines of $* in $took s"
	[ "$lines" -ge 3 ] && [ "$lines" -le $((took / 2 + 2)) ]
}
ok "a line every two seconds" few wrong_device eth0
ok "for each reason" few no_route eth0
ok "for each device" few wrong_device eth1
ok "the 6to4 guard, too" few 6to4_source eth0
apart() { # none comes earlier
	dmesg | sed -n 's/^\[ *\([0-9.]*\)\] srcguard: wrong_device audited on eth0: .*/\1/p' |
		awk 'NR > 1 && $1 - last < 1.98 { bad = 1 } { last = $1 } END { exit bad || NR < 3 }'
}
ok "no two are closer" apart
total=$(all_counted)
is "what is written and what is withheld are all" "$total" \
	echo $(($(state log_written) - before_written + $(state log_withheld) - before_withheld))
is "what is written is in the log" "$(lines)" echo $(($(state log_written) - before_written))
is "none of them goes to Debian's consoles (KERN_DEBUG)" "<7>" \
	bash -c 'dmesg -r | sed -n "s/^\(<[0-9]*>\).* srcguard: .*/\1/p" | sort -u'
since() { # what the lines say, with themselves: no more than there were
	dmesg | sed -n 's/.*srcguard: .*, \([0-9]*\) since the last line/\1/p' | awk '{ sum += $1 + 1 } END { print sum }'
}
ok "and they tell of what came between" test "$(since)" -gt $((total / 2)) -a "$(since)" -le "$total"

# Who is exempt takes no line, though the first one of this reason and device would.
forget
ok "a source is exempt" at "$host" srcguard exempt add 198.18.0.9
before=$(counted "$host" eth1 no_route exempted)
send "$peer" eth1 "$(mac "$host" eth1)" 5 "IP(src='198.18.0.9',dst='192.0.2.1')/$udp"
is "its packets pass, and are counted" $((before + 5)) counted "$host" eth1 no_route exempted
is "but not logged" 0 lines
ok "it is exempt no more" at "$host" srcguard exempt del 198.18.0.9

# Somebody else's message gets through while ours are held back.
namespace other
link "$other" eth0 198.51.100.1/24 "$peer" eth9 198.51.100.2/24
at "$other" srcguard set rp_filter off
conf "$other" {all,eth0}.rp_filter=1 {all,eth0}.log_martians=1
forget
ok "a flood" attack burst 20000 "IP(src='203.0.113.9',dst='192.0.2.1')/$udp"
send "$peer" eth9 "$(mac "$other" eth0)" 1 "IP(src='203.0.113.77',dst='198.51.100.1')/$udp"
ok "and yet the kernel's own, which has a limit of its own, gets through" \
	within 20 bash -c 'dmesg | grep -q "martian source .*203\.0\.113\.77"'

# The day's limit holds for all namespaces together.
at "$host" srcguard set log_interval 1 log_daily_max 20
is "a namespace that the host's administrator makes has its creator's" "1 1 1 20" \
	at "$host" unshare -n sh -c 'srcguard -j show |
		jq -r "\"\(.log_martians) \(.log_6to4) \(.log_interval) \(.log_daily_max)\""'
forget
at "$host" srcguard set log_daily_max 100000
lines_before=$(state log_written)
many() { # 30 namespaces, each with its own device and as many reasons as it can
	local n mac
	for ((n = 0; n < 30; n++)); do
		mac=02:00:00:00:01:$(printf %02x "$n")
		nsenter "--net=/run/netns/$host" ip netns add "many$n-$run_id" || return
		namespaces+=("many$n-$run_id")
		ip -n "$peer" link add "m$n" type veth peer name eth0 address "$mac" netns "many$n-$run_id" &&
			ip -n "$peer" link set "m$n" up &&
			ip -n "many$n-$run_id" link set eth0 up &&
			ip -n "many$n-$run_id" addr add 10.9.0.1/24 dev eth0 &&
			send "$peer" "m$n" "$mac" 2 "IP(src='224.0.0.1',dst='10.9.0.1')/$udp" &&
			send "$peer" "m$n" "$mac" 2 "IP(src='203.0.113.1',dst='10.9.0.1')/$udp" || return
	done
}
written=$(dmesg | wc -l)
at "$host" srcguard set log_daily_max $((lines_before + 20))
say "the host has written $lines_before lines, of $written"
ok "thirty namespaces, two reasons each" many
is "no more than the day's lines are written" 20 lines
next() {
	local next
	next=$(shown "many29-$run_id" log_next)
	[ "$next" -gt 80000 ] && [ "$next" -le 86700 ]
}
ok "the last one is told when it may go on" next
is "and for people" 1 at "many29-$run_id" bash -c "srcguard show | grep -c '^log_next  *[0-9]\{5\}$'"
forget
send "$peer" eth0 "$to" 3 "IP(src='127.0.0.1',dst='192.0.2.1')/$udp"
is "nobody writes any more" 0 lines
set_knobs log_daily_max 0
send "$peer" eth0 "$to" 3 "IP(src='0.0.0.0',dst='192.0.2.1')/$udp"
is "nor with 0 a day" 0 lines
set_knobs log_daily_max 100000 log_interval 1
sleep 1.1
send "$peer" eth0 "$to" 3 "IP(src='0.0.0.0',dst='192.0.2.1')/$udp"
is "unless more are allowed" 1 lines

# The guards are the namespace's to turn off and on; the interval is the host's.
set_knobs log_interval 86400
forget
for _ in 1 2 3; do
	clean rp_filter strict sixtofour match
	send "$peer" eth0 "$to" 3 "IP(src='0.0.0.0',dst='192.0.2.1')/$udp"
done
is "no line more for guards that were off" 0 lines
is "whose counters begin anew" 3 counted "$host" eth0 source_zero
set_knobs rp_filter off sixtofour off log_martians off log_6to4 off
set_knobs rp_filter strict sixtofour match log_martians on log_6to4 on
send "$peer" eth0 "$to" 3 "IP(src='0.0.0.0',dst='192.0.2.1')/$udp"
is "but if the log was off as well, that was the host's administrator" 1 lines
set_knobs log_interval 1

# What is sit's own way into the log, which the guard cannot close, is named.
ways() {
	at "$host" srcguard -j check | jq -c '[.[] | select(.what == "sit.log_ecn_error") | [.device, .is, .should]]'
}
is "check names sit's other message" '[[null,1,0]]' ways
echo N >/sys/module/sit/parameters/log_ecn_error
is "unless it is off" '[]' ways
echo Y >/sys/module/sit/parameters/log_ecn_error

# Who may.
container() { # COMMAND...: as the root of a user namespace, in its network namespace
	at "$host" setpriv --reuid 65534 --regid 65534 --clear-groups unshare -U -r -n "$@"
}
is "the log of a namespace that a container makes is off, whatever its creator's" "0 0 1" \
	container sh -c 'srcguard -j show | jq -r "\"\(.log_martians) \(.log_6to4) \(.log_interval)\""'
for knob in log_martians log_6to4 log_interval log_daily_max; do
	refused "a container's root cannot set $knob" \
		"$knob: CAP_NET_ADMIN in the initial user namespace is needed" \
		container srcguard set $knob 1
done
is "nor by its sysctl" "0" container sh -c \
	'echo 1 2>/dev/null >/proc/sys/net/srcguard/log_martians; cat /proc/sys/net/srcguard/log_martians'
is "a message with one of these fails as a whole" "strict" container sh -c \
	'srcguard set rp_filter loose log_6to4 1 2>/dev/null; srcguard -j show | jq -r .rp_filter'
ok "the others are its own" container srcguard set rp_filter loose sixtofour full enforce 0

# Bad input
before=$(at "$host" srcguard -j show)
for what in "log_interval 0" "log_interval 86401" "log_daily_max 100001" "log_martians 2" \
	"log_6to4 -1" "sixtofour 3"; do
	# shellcheck disable=SC2086 # words
	fails "refused: $what" "$([[ $what == *-1 ]] && echo 2 || echo 1)" at "$host" srcguard set $what
	fails "and by sysctl" 1 at "$host" sh -c \
		"echo ${what#* } 2>/dev/null >/proc/sys/net/srcguard/${what% *}"
done
is "nothing of it changed anything" "$(jq -c 'del(.log_written, .log_withheld, .log_next, .writes_refused)' <<<"$before")" \
	at "$host" sh -c "srcguard -j show | jq -c 'del(.log_written, .log_withheld, .log_next, .writes_refused)'"
finish
