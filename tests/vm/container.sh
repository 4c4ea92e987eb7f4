#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A container's root, which is nobody outside, tries to see and to change its host's
# policy, settings, exemptions, counters and routes, by every command on every way, and
# sees and changes its own only. A user without privileges in the host's namespace may
# ask, and change nothing.
#
#   peer                      host                     box, in a user namespace of nobody's
#   eth0 10.1.0.2/24 -------- eth0 10.1.0.1/24         eth0 10.3.0.1/24 --- end (also in box)
#                             eth1 10.2.0.1/24
#        2001:db8:1::2/64          2001:db8:1::1/64
#   10.9.0.0/16 and 2001:db8:9::/48 by eth0
#
# files: include/netlink/srcguard.yaml tests/box.sh
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/box.sh"
plan 104

# From include/uapi/linux/srcguard.h
POLICY_GET=1 POLICY_SET=2 STATS_GET=3 STATE_GET=4 DEV_GET=5 DEV_SET=6 DEV_CLEAR=7
EXEMPT_GET=8 EXEMPT_ADD=9 EXEMPT_DEL=10 EXEMPT_REPLACE=11 EXPLAIN=12
NEEDED="CAP_NET_ADMIN over the network namespace is needed"
INITIAL="CAP_NET_ADMIN in the initial user namespace is needed"
NO_DEVICE="No such device in this network namespace"

load
namespace host peer
quiet6 "$host" "$peer"
link "$host" eth0 10.1.0.1/24 "$peer" eth0 10.1.0.2/24
ip -n "$host" link add eth1 type dummy
end "$host" eth1 10.2.0.1/24
ip -n "$host" addr add 2001:db8:1::1/64 dev eth0
conf "$host" {all,default,eth0,eth1}.rp_filter=0
ip -n "$host" route add 10.9.0.0/16 via 10.1.0.2
ip -n "$host" route add 2001:db8:9::/48 via 2001:db8:1::2
mac=$(mac "$host" eth0)

# The host's: something of everything
at "$host" srcguard set rp_filter feasible enforce 1
at "$host" srcguard dev set eth0 rp_filter strict rp_filter_ipv6 loose
at "$host" srcguard dev set 'cali*' rp_filter loose enforce 0
for words in 10.66.0.0/16 "10.67.0.0/16 dev eth0" 2001:db8:66::/48; do
	# shellcheck disable=SC2086 # several words
	at "$host" srcguard exempt add $words
done
send "$peer" eth0 "$mac" 3 "IP(src='10.2.0.9',dst='10.1.0.1',proto=253)"
send "$peer" eth0 "$mac" 4 "IP(src='10.66.0.1',dst='10.1.0.1',proto=253)"
send "$peer" eth0 "$mac" 5 "IPv6(src='2001:db8:1::1',dst='2001:db8:1::1',nh=59)"
conf "$host" eth0.src_valid_mark=1
send "$peer" eth0 "$mac" 1 "IP(src='10.1.0.2',dst='10.1.0.1',proto=253)"
conf "$host" eth0.src_valid_mark=0

questions=("10.9.0.1 dev eth0" "10.9.0.1 dev eth1" "2001:db8:9::1 dev eth0" "10.66.0.1 dev eth0")
state() { # all of the host's
	local words
	for words in show stats "dev show" "exempt show" "limit show" "${questions[@]/#/explain }"; do
		# shellcheck disable=SC2086 # several words
		at "$host" srcguard -j $words | sed 's/,"writes_refused":[0-9]*//'
	done
	at "$host" sh -c 'cat /proc/sys/net/srcguard/*'
	ip -n "$host" -j route show table all
	ip -n "$host" -6 -j route show table all
	at "$host" nft list hooks | grep srcguard
}
state >"$scratch/before"
unchanged() {
	state >"$scratch/after"
	cmp "$scratch/before" "$scratch/after"
}

# It holds what a careless host might leave open for it.
open_box "$host" "exec 5<>/proc/sys/net/srcguard/rp_filter 6<>/proc/sys/net/srcguard/enforce \\
	7</run/netns/$host"
is "the box's root is root there, without a say outside" "0 65534" \
	in_box bash -c "echo \$(id -u) \$(stat -c %u /proc/1)"

service genl ip netns exec "$host" python3 genl.py
genl() {
	call genl "$@"
}

# The tool, by each word of it, where the box is: there is nothing
is "it starts with its creator's knobs" '["feasible",1,0]' \
	eval "in_box srcguard -j show | jq -c '[.rp_filter, .enforce, .unjudged]'"
is "it sees no counters" "[]" in_box srcguard -j stats
is "no settings" "[]" in_box srcguard -j dev show
is "no exemptions" "[]" in_box srcguard -j exempt show
for question in "${questions[@]}"; do
	# shellcheck disable=SC2086 # several words
	refused "no answer: $question" "$NO_DEVICE" in_box srcguard explain $question
done
is "no conflicts" "[]" in_box srcguard -j check
is "its sysctls are its own" "3 1" \
	in_box bash -c 'echo $(cat /proc/sys/net/srcguard/rp_filter /proc/sys/net/srcguard/enforce)'
for words in "dev set eth0 rp_filter off" "dev clear eth0" "exempt add 10.0.0.0/8 dev eth0" \
	"exempt del 10.67.0.0/16 dev eth0"; do
	# shellcheck disable=SC2086 # several words
	refused "$words: there is none" "eth0: $NO_DEVICE" in_box srcguard $words
done
refused "dev clear cali*: there is none" "No setting was made by this name" \
	in_box srcguard dev clear 'cali*'
refused "exempt del: there is none" "There is no such exemption" in_box srcguard exempt del 10.66.0.0/16

is "it may name its own namespace" "feasible" \
	in_box bash -c 'srcguard -j -n /proc/self/ns/net show | jq -r .rp_filter'

# The same into the host: by name, by path, by process and by what it holds open
ip netns exec "$host" setpriv --reuid 65534 --regid 65534 --clear-groups sleep 600 &
nobodys=$!
into() { # NAMESPACE: each word of the tool is refused, and says nothing
	local words output status=0
	for words in show "set rp_filter off" "set enforce 0" stats "dev show" "dev set eth0 rp_filter off" \
		"dev clear eth0" "dev clear cali*" "exempt show" "exempt add 10.0.0.0/8" \
		"exempt del 10.66.0.0/16" "exempt replace /dev/null" "explain ${questions[0]}" check; do
		echo "output=\$(set -f; srcguard -j -n $1 $words 2>&1) && echo passes: $words"
		echo "[[ \$output == \"srcguard: network namespace '$1': \"* ]] || echo \"$words: \$output\""
	done >"$scratch/words"
	output=$(in_box bash -c "$(<"$scratch/words"); true") || status=1
	[ -z "$output" ] || say "$output"
	[ $status -eq 0 ] && [ -z "$output" ]
}
for target in "$host" "/run/netns/$host" /proc/1/ns/net 1 $$ $nobodys "/proc/$nobodys/ns/net" \
	/proc/self/fd/7; do
	ok "-n ${target/-$run_id/} leads nowhere" into "$target"
done
kill $nobodys

# What was left open
for fd in 5 6; do
	refused "a sysctl of the host takes nothing: $fd" "Operation not permitted" \
		in_box bash -c "echo 0 >&$fd"
done
changes=("$POLICY_SET - 1:u32:0" "$DEV_SET - 2:s:eth0 3:u32:0" "$DEV_CLEAR - 2:s:eth0"
	"$DEV_CLEAR - 2:s:cali*" "$EXEMPT_ADD - 2:hex:0a000000 3:u32:8"
	"$EXEMPT_DEL - 2:hex:0a420000 3:u32:16" "$EXEMPT_REPLACE - 8:u32:1 9:hex: 10:hex:")
each() { # WANT FLAGS-AND-REQUEST...: genl's answer to each of them is this
	local want=$1 request answer status=0
	shift
	for request; do
		answer=$(genl "$request")
		[ "$answer" = "$want" ] || { say "$request: $answer"; status=1; }
	done
	return $status
}
for who in "self>at:$box_pid" "nobody>at:$box_pid" "nobody>self" nobody; do
	ok "a socket of the host's changes nothing: ${who/:$box_pid/}" \
		each "EPERM 0 $NEEDED" "${changes[@]/#/$who }"
done
ok "nothing of the host's has changed" unchanged

# By netlink, from a socket of its own
own=at:$box_pid
ok "its own dumps are empty" each ok "$own $STATS_GET dump" "$own $DEV_GET dump" "$own $EXEMPT_GET dump"
is "its own state is, too" "ok 2=0,3=0,4=0,5=0,6=0" genl "$own" $STATE_GET -
is "its own knobs" "ok 1=3,2=1,3=1,4=0,5=0,6=60,7=1000,8=0,9=0" genl "$own" $POLICY_GET -
number=$(at "$host" cat /sys/class/net/eth0/ifindex)
is "a device of the host's has no number there" EINVAL \
	eval "genl '$own' $DEV_SET - 1:u32:$number 3:u32:0 | cut -d ' ' -f 1"
is "nor has one for an exemption" EINVAL \
	eval "genl '$own' $EXEMPT_ADD - 2:hex:0a000000 3:u32:8 4:u32:$number | cut -d ' ' -f 1"
ok "nor has it a name" each "ENODEV 20 $NO_DEVICE" \
	"$own $DEV_SET - 2:s:eth0 3:u32:0" "$own $EXPLAIN - 3:s:eth0 1:hex:0a090001"
entry=0x8007:hex:080002000a0000000800030008000000
is "nor in a list" "ENODEV 56 $NO_DEVICE" genl "$own" $EXEMPT_REPLACE - 8:u32:1 9:hex: 10:hex: \
	"${entry}090005006574683000000000"
is "a list that the host has begun" ok genl self $EXEMPT_REPLACE - 8:u32:7 9:hex: $entry
is "is none of its own" "EINVAL 20 This list was not begun, or another one was since" \
	genl "$own" $EXEMPT_REPLACE - 8:u32:7 10:hex:
is "one of its own by that number is another" ok genl "$own" $EXEMPT_REPLACE - 8:u32:7 9:hex:
ok "nothing of the host's has changed" unchanged

# In its own namespace all of it works. It has an eth0, too, and a pattern of the same name.
in_box bash -c 'ip link set lo up; ip link add eth0 type veth peer name end; ip link set eth0 up
	ip link set end up; ip addr add 10.3.0.1/24 dev eth0; ip link add eth1 up type dummy
	ip addr add 10.4.0.1/24 dev eth1; ip addr add 2001:db8:3::1/64 dev eth0 nodad
	cd /proc/sys/net/ipv4/conf; for f in */rp_filter; do echo 0 >$f; done' >/dev/null
is "its knobs, by the tool and by sysctl" "1 0" in_box bash -c 'srcguard set rp_filter strict &&
	echo 0 >/proc/sys/net/srcguard/enforce && cd /proc/sys/net/srcguard && echo $(cat rp_filter enforce)'
is "and by netlink" ok genl "$own" $POLICY_SET - 2:u32:1
ok "settings of its devices" in_box srcguard dev set eth0 rp_filter strict rp_filter_ipv6 feasible
ok "a pattern" in_box srcguard dev set 'cali*' rp_filter off
is "they are there" "dev cali* rp_filter off
dev eth0 rp_filter strict rp_filter_ipv6 feasible" in_box srcguard dev show
ok "cleared" in_box srcguard dev clear 'cali*'
ok "exemptions" in_box srcguard exempt add 10.66.0.0/16 dev eth0
ok "of another family" in_box srcguard exempt add 2001:db8:77::/48
ok "one less" in_box srcguard exempt del 2001:db8:77::/48
for source in 10.3.0.7 10.4.0.7 10.66.0.7; do
	send "$box" end "$(mac "$box" eth0)" 4 "IP(src='$source',dst='10.3.0.1',proto=253)"
done
is "its packets are counted" "eth0 ipv4 no_route exempted 4
eth0 ipv4 wrong_device dropped 4" counted_all "$box"
is "it sees that" "exempted dropped" in_box bash -c "srcguard -j stats | jq -r '.[].outcome' | xargs"
is "and its exemption's" '[{"prefix":"10.66.0.0/16","device":"eth0","packets":4}]' \
	in_box srcguard -j exempt show
is "questions" "drop wrong_device 10.4.0.0/24 eth1" in_box bash -c "srcguard -j explain 10.4.0.7 dev eth0 |
	jq -r '\"\(.verdict) \(.reason) \(.route.prefix) \(.route.nexthops | join(\" \"))\"'"
is "a source of the host's is a stranger's there" '{"verdict":"drop","reason":"no_route","decided_by":"device"}' \
	in_box srcguard -j explain 10.9.0.1 dev eth0
is "also of IPv6" '{"verdict":"drop","reason":"no_route","decided_by":"device"}' \
	in_box srcguard -j explain 2001:db8:9::1 dev eth0
ok "nothing of the host's has changed" unchanged

# A dump that somebody else reads on tells of the namespace that it began in. Each of
# the lists is longer than an answer's first part.
for n in 10 11; do
	for i in {0..2047}; do echo "$n.$((i >> 8)).$((i & 255)).0/24"; done >"$scratch/$n"
done
list() { # WHO FIRST-OCTET: 2048 exemptions, all of this network
	genl "$1" $EXEMPT_GET dump | tr ' ' '\n' | python3 -c '
import re, socket, sys
lines = sys.stdin.read().split()
hosts = [socket.inet_ntoa(int(re.search(r"^2=(\d+)", line)[1]).to_bytes(4, "little"))
         for line in lines[1:]]
print(lines[0], len(set(hosts)), *sorted({host.split(".")[0] for host in hosts}))'
}
is "the host's list is whole" "ok 1 10" eval "genl self $EXEMPT_REPLACE - 8:u32:7 10:hex: >/dev/null; list self"
chmod 755 "$scratch"
chmod 644 "$scratch/10"
ok "a long list of the box" in_box srcguard exempt replace "$scratch/10"
is "begun by the box, read by the host" "ok 2048 10" list "$own>$own>self"
at "$host" srcguard exempt replace "$scratch/11"
is "begun by the host, read by the box" "ok 2048 11" list "self>self>$own"
is "begun by the host on the box's socket" "ok 2048 10" list "$own>self>self"
at "$host" srcguard exempt replace - <<-'EOT'
	10.66.0.0/16
	10.67.0.0/16 dev eth0
	2001:db8:66::/48
EOT
state >"$scratch/before"

# Somebody without privileges, in the host's namespace
nobody() {
	at "$host" setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
for words in show stats "dev show" "exempt show" "limit show" "${questions[@]/#/explain }" check; do
	# shellcheck disable=SC2086 # several words
	is "nobody may ask: $words" "$(at "$host" srcguard -j $words)" nobody srcguard -j $words
done
for words in "set rp_filter off" "set enforce 0" "dev set eth0 rp_filter off" "dev clear eth0" \
	"dev clear cali*" "exempt add 10.0.0.0/8" "exempt del 10.66.0.0/16" "exempt replace /dev/null"; do
	# shellcheck disable=SC2086 # several words
	refused "nobody may not: $words" "$NEEDED" nobody srcguard $words
	# shellcheck disable=SC2086
	refused "nor as the root of a user namespace" "$NEEDED" nobody unshare -U -r srcguard $words
done
for words in "limit set dummy 1" "lock --yes"; do
	# shellcheck disable=SC2086 # several words
	refused "nobody may not: $words" "$INITIAL" nobody srcguard $words
	# shellcheck disable=SC2086
	refused "nor as the root of a user namespace" "$INITIAL" nobody unshare -U -r srcguard $words
done
service ynl ip netns exec "$host" setpriv --reuid 65534 --regid 65534 --clear-groups \
	python3 ynl.py srcguard.yaml
for operation in policy-get stats-get state-get dev-get exempt-get limit-get explain; do
	attrs='{}'
	[ $operation != explain ] || attrs='{"src":"0a090001","device":"eth0"}'
	is "nobody may ask: $operation" true \
		eval "call ynl '{\"op\":\"$operation\",\"attrs\":$attrs}' | jq '.replies | length > 0'"
done
ok "nothing of the host's has changed" unchanged
close_box
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
