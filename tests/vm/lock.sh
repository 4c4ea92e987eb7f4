#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The lock: nothing that the host's administrator allows is more afterwards, in whichever
# namespace and by whichever way. All pairs of the strictness order, of namespaces (by
# message and by sysctl), of devices and of patterns. What it does not hold against, what
# it leaves alone, and the parameter.
#
# No packets here, and no topology.
#
# What the kernel says of a module that was forced out.
# expect-log: ^Disabling lock debugging due to kernel taint$
# expect-log: ^srcguard: (parameter lock must be 0..1|`2' invalid for parameter `lock')$
#
# shellcheck disable=SC2317,SC2016 # functions are called by name; $ is for other shells
. "${0%/*}/lib.sh"
# a module that is forced out puts an end to the debug kernel's own checks
[ "$KERNEL" = debug ] || force=1
plan $((115 + ${force-0} * 14))

# From include/uapi/linux/srcguard.h
POLICY_SET=2 EXEMPT_REPLACE=11 LIMIT_SET=15 LOCK=16
LIST=8 FIRST=9 LAST=10
# an entry of a list: 10.69.0.0/16
ENTRY=0x8007:hex:080002000a4500000800030010000000
HOST="Limits and logs are locked until the next boot"
FILTER="Locked until the next boot: filters can only be made stricter"

service genl python3 genl.py
genl() {
	call genl "$@"
}
# shellcheck disable=SC2120 # it may be without
refusals() { # [NAMESPACE]
	shown "${1--}" writes_refused
}
knob() { # NAMESPACE KNOB VALUE: by sysctl
	at "$1" sh -c "echo $3 >/proc/sys/net/srcguard/$2" 2>/dev/null
}
value() { # NAMESPACE KNOB
	at "$1" cat "/proc/sys/net/srcguard/$2"
}
declare -A rank=([rp_filter.off]=0 [rp_filter.loose]=1 [rp_filter.feasible]=2 [rp_filter.strict]=3
	[enforce.0]=0 [enforce.1]=1 [sixtofour.off]=0 [sixtofour.match]=1 [sixtofour.full]=2)
declare -A values=([rp_filter]="off loose feasible strict" [enforce]="0 1" [sixtofour]="off match full")
pairs() { # COMMAND...: KNOB FROM TO after it, of each pair of values
	local knob from to status=0
	for knob in rp_filter enforce sixtofour; do
		for from in ${values[$knob]}; do
			for to in ${values[$knob]}; do
				"$@" "$knob" "$from" "$to" || { echo "$knob $from -> $to"; status=1; }
			done
		done
	done
	return $status
}
short() { # KNOB FROM TO: a name for it
	echo "${1:0:2}${rank[$1.$2]}${rank[$1.$3]}"
}
allowed() { # KNOB FROM TO
	[ "${rank[$1.$3]}" -ge "${rank[$1.$2]}" ]
}
expect() { # KNOB FROM TO COMMAND...: it succeeds if it makes nothing looser, and says why if not
	local knob=$1 from=$2 to=$3 output status=0
	shift 3
	output=$("$@" 2>&1) || status=$?
	if allowed "$knob" "$from" "$to"; then
		[ $status -eq 0 ]
	else
		[ $status -eq 1 ] && [[ $output == *"$FILTER"* ]]
	fi || { echo "$* -> $status: $output"; return 1; }
}

# --- before -----------------------------------------------------------------------

load loopback_limit=3
namespace host box
# a namespace for each pair
space() {
	local name
	name=$(short "$@")-$run_id
	ip netns add "$name" && namespaces+=("$name") && at "$name" srcguard set "$1" "$2"
}
ok "a namespace for each pair" pairs space

# a device for each pair, in a namespace that is lax, and in one that is strict
at "$host" srcguard set rp_filter off enforce 0 sixtofour off
at "$box" srcguard set rp_filter strict enforce 1 sixtofour full
device() { # NAMESPACE KNOB FROM TO
	local name
	name=$(short "${@:2}")
	ip -n "$1" link add "$name" type dummy && at "$1" srcguard dev set "$name" "$2" "$3"
}
ok "a device for each" pairs device "$host"
ok "where the namespace is strict, too" pairs device "$box"
pattern() { # NAMESPACE KNOB FROM TO
	at "$1" srcguard dev set "P$(short "${@:2}")*" "$2" "$3"
}
ok "a pattern for each" pairs pattern "$host"
for name in inherits cleared both other; do ip -n "$host" link add $name type dummy; done
at "$host" srcguard dev set cleared rp_filter strict
at "$host" srcguard dev set both rp_filter_ipv4 strict rp_filter_ipv6 loose
at "$host" srcguard dev set 'long*' rp_filter strict enforce 1
at "$box" srcguard dev set 'loose*' rp_filter off
at "$box" srcguard dev set 'only*' rp_filter strict
ip -n "$host" link add long0 type dummy
ip -n "$host" link property add dev long0 altname another
ip -n "$box" link add loose0 type dummy
ip -n "$box" link property add dev loose0 altname another
at "$box" srcguard dev set loose0 rp_filter strict
ip -n "$box" link add lax type dummy
at "$box" srcguard dev set lax rp_filter off
for prefix in 10.66.0.0/16 10.67.0.0/16 2001:db8:66::/48; do at "$host" srcguard exempt add $prefix; done
at "$host" srcguard limit set dummy 1000
at "$host" srcguard set log_martians 1 log_interval 100 log_daily_max 500
exec {open}<>"/proc/sys/net/srcguard/loopback_limit"
is "a list of exemptions begins" ok genl self $EXEMPT_REPLACE - $LIST:u32:7 $FIRST:hex: $ENTRY
at "$host" srcguard -j monitor >"$scratch/events" &
monitor=$!
within 10 eval 'at "$host" srcguard exempt add 10.1.0.0/16; at "$host" srcguard exempt del 10.1.0.0/16
	grep -q exempt "$scratch/events"'

fails "the tool does not lock unasked" 2 srcguard lock
fails "nor with a word too much" 2 srcguard lock now
fails "nor with another option" 2 srcguard lock --no
answer() { # TEXT: on a terminal
	script -qec "srcguard lock; echo = \$?" /dev/null <<<"$1"
}
ok "on a terminal it asks, and takes no for an answer" eval 'answer n | grep -q "= 1"'
is "the host is not locked" "0 0" eval 'echo $(value - lock) $(value "$host" lock)'
refused "a container's root does not lock it" "CAP_NET_ADMIN in the initial user namespace is needed" \
	unshare -U -r -n srcguard lock --yes
refused "nor sets the knob" "CAP_NET_ADMIN in the initial user namespace is needed" \
	unshare -U -r -n srcguard set lock 1
fails "nor by sysctl" 1 unshare -U -r -n sh -c 'echo 1 >/proc/sys/net/srcguard/lock 2>/dev/null || exit 1'
is "it is not locked" 0 value - lock
for number in 2 -1 x; do ok "no value: $number" eval "! knob - lock $number"; done
is "0 is what it has" 0 eval 'knob - lock 0; echo $?'
before=$(refusals)

# --- the lock ---------------------------------------------------------------------

ok "asked on a terminal, it locks" eval 'answer y >"$scratch/answer"; grep -q "= 0" "$scratch/answer"'
ok "and says what it does not hold against" grep -q "rmmod --force" "$scratch/answer"
ok "and how to close that" grep -q "kernel.modules_disabled=1" "$scratch/answer"
is "it is in every namespace" "1 1 1" eval 'echo $(value - lock) $(value "$host" lock) $(value "$box" lock)'
is "also as JSON" '{"lock":1,"modules_disabled":0}' srcguard -j lock --yes
is "as text, without a terminal, on standard output" "lock 1
kernel.modules_disabled 0
The lock does not hold against who can load modules: rmmod --force, or code of his own,
undo it. kernel.modules_disabled=1 closes both until the next boot, and no module can
be loaded any more, not even for a device that is plugged in. It is set with:
  sysctl kernel.modules_disabled=1" eval "srcguard lock --yes 2>/dev/null"
is "to lock again changes nothing" ok genl self $LOCK -
is "by any way" ok genl self $POLICY_SET - 9:u32:1
ok "or the sysctl" knob - lock 1
is "nothing was refused so far" "$before" refusals

# Limits and logs, also to what is less
for words in "limit set dummy 1001" "limit set dummy 999" "limit set dummy 0" "limit set dummy -1" \
	"limit set any 5" "limit set new 1" "limit set loopback 4" "limit set loopback 2" \
	"limit set loopback -1" "set loopback_limit 0" "set log_martians 0" "set log_6to4 1" \
	"set log_interval 99" "set log_interval 101" "set log_daily_max 499" "set log_daily_max 501" \
	"set lock 0" "set rp_filter strict log_6to4 1"; do
	# shellcheck disable=SC2086 # several words
	refused "$words" "$HOST" at "$host" srcguard $words
done
is "each was counted" 18 refusals "$host"
is "they are as they were" '["off",1,0,100,500,3,1]' eval 'at "$host" srcguard -j show |
	jq -c "[.rp_filter, .log_martians, .log_6to4, .log_interval, .log_daily_max, .loopback_limit, .lock]"'
is "all limits are" "any -1
dummy 1000
loopback 3" eval 'at "$host" srcguard -j limit show | jq -r ".[] | \"\(.kind) \(.limit)\"" | sort'
for words in "limit set dummy 1000" "limit set any -1" "limit set unknown -1" \
	"set loopback_limit 3 log_martians 1 log_interval 100"; do
	# shellcheck disable=SC2086 # several words
	ok "$words: it is so" at "$host" srcguard $words
done
for words in "lock 0" "log_martians 0" "log_6to4 1" "log_interval 99" "log_daily_max 1000" "loopback_limit 0"; do
	# shellcheck disable=SC2086 # several words
	ok "sysctl $words" eval "! knob '$host' $words"
done
is "nothing has changed" "1 0 100 500 3" eval 'at "$host" sh -c "cd /proc/sys/net/srcguard
	echo \$(cat log_martians log_6to4 log_interval log_daily_max loopback_limit)"'
ok "a file that was open takes nothing" eval '! echo 9 >&$open 2>/dev/null'
is "it has what it had" 3 value - loopback_limit
is "netlink says which" "EPERM 28 $HOST" genl self $POLICY_SET - 1:u32:1 8:u32:9
is "also a limit" "EPERM 32 $HOST" genl self $LIMIT_SET - 2:s:dummy 3:u32:9
for file in lock loopback_limit log_martians rp_filter; do
	ok "a parameter takes nothing: $file" eval "! echo 0 2>/dev/null >/sys/module/srcguard/parameters/$file"
done

# --- stricter only ----------------------------------------------------------------

tighten() { # KNOB FROM TO: of a namespace
	local name want=$2
	name=$(short "$@")-$run_id
	expect "$1" "$2" "$3" at "$name" srcguard set "$1" "$3" || return
	! allowed "$@" || want=$3
	[ "$(shown "$name" "$1")" = "$want" ] || { echo "not $want"; return 1; }
}
ok "namespaces: each pair" pairs tighten
# The same, each pair in a namespace that is new and lax; in one process, which reads the
# knob again after each write.
by_sysctl() {
	at "$host" python3 - <<-'EOT'
	import os

	def path(knob):
	    return "/proc/sys/net/srcguard/" + knob

	def write(knob, value):
	    try:
	        with open(path(knob), "w") as file:
	            file.write(str(value))
	        return "done"
	    except PermissionError:
	        return "not permitted"

	home = os.open("/proc/self/ns/net", os.O_RDONLY)
	pairs = [(knob, order.index(a), order.index(b), a, b) for knob, order in
	         (("rp_filter", [0, 2, 3, 1]), ("enforce", [0, 1]), ("sixtofour", [0, 1, 2]))
	         for a in order for b in order]
	for knob, rank, new_rank, value, new in pairs:
	    os.setns(home)
	    os.unshare(os.CLONE_NEWNET)
	    found = write(knob, value), write(knob, new), int(open(path(knob)).read())
	    want = ("done", "done", new) if new_rank >= rank else ("done", "not permitted", value)
	    if found != want:
	        print(knob, value, new, *found)
	print(len(pairs), "pairs")
	EOT
}
is "and by sysctl, where what is laxer is not permitted" "29 pairs" by_sysctl
tighten_device() { # NAMESPACE KNOB FROM TO
	expect "${@:2}" at "$1" srcguard dev set "$(short "${@:2}")" "$2" "$4"
}
ok "devices: each pair" pairs tighten_device "$host"
ok "also where the namespace is strict" pairs tighten_device "$box"
tighten_pattern() { # NAMESPACE KNOB FROM TO
	expect "${@:2}" at "$1" srcguard dev set "P$(short "${@:2}")*" "$2" "$4"
}
ok "patterns: each pair" pairs tighten_pattern "$host"

refused "a device that would be as lax as its namespace again" "$FILTER" at "$host" srcguard dev clear cleared
refused "one family only, by the setting's name" "rp_filter_ipv4: $FILTER" at "$host" srcguard dev set both rp_filter_ipv4 feasible
refused "both to the middle" "srcguard: $FILTER" at "$host" srcguard dev set both rp_filter_ipv6 strict rp_filter_ipv4 loose
ok "the other family gets stricter" at "$host" srcguard dev set both rp_filter_ipv6 feasible
ok "a device that had nothing gets stricter" at "$host" srcguard dev set inherits rp_filter loose
ok "one that was laxer than its namespace has the namespace's again" at "$box" srcguard dev clear lax
refused "and not the other way round" "$FILTER" at "$box" srcguard dev set lax rp_filter off
refused "by another name of the device, which no pattern is for" "$FILTER" \
	at "$host" srcguard dev set another rp_filter loose
refused "nor cleared" "$FILTER" at "$box" srcguard dev clear another
refused "a pattern goes that made it stricter" "long*: $FILTER" at "$host" srcguard dev clear 'long*'
ok "one that made it laxer may" at "$box" srcguard dev clear 'loose*'
refused "a pattern for devices to come" "$FILTER" at "$box" srcguard dev set 'new*' rp_filter loose
refused "a longer one, which leaves open what the shorter one sets" "$FILTER" \
	at "$host" srcguard dev set 'longer*' rp_filter strict
ok "it may be as strict" at "$host" srcguard dev set 'longer*' rp_filter strict enforce 1
ok "one that sets what the namespace has goes" at "$box" srcguard dev clear 'only*'
refused "an exemption" "$FILTER" at "$host" srcguard exempt add 10.68.0.0/16
refused "for a device" "$FILTER" at "$host" srcguard exempt add 10.66.0.0/16 dev both
refused "a list with one more" "$FILTER" eval \
	'printf "10.66.0.0/16\n10.68.0.0/16\n" | at "$host" srcguard exempt replace -'
is "all are there" 3 eval 'at "$host" srcguard -j exempt show | jq length'
ok "one less" at "$host" srcguard exempt del 10.67.0.0/16
refused "does not come back" "$FILTER" at "$host" srcguard exempt add 10.67.0.0/16
ok "a list of those that there are" eval 'echo 10.66.0.0/16 | at "$host" srcguard exempt replace -'
is "one is left" "10.66.0.0/16" eval 'at "$host" srcguard -j exempt show | jq -r ".[].prefix"'
is "a list that began before the lock does not end after it" "EPERM 0 $FILTER" \
	genl self $EXEMPT_REPLACE - $LIST:u32:7 $LAST:hex:
is "nothing of it holds" "" srcguard exempt show
is "nor is it there any more" "EINVAL 20 This list was not begun, or another one was since" \
	genl self $EXEMPT_REPLACE - $LIST:u32:7 $LAST:hex:

# --- what it leaves alone ---------------------------------------------------------

settings() { # DEVICE: of its own, or by a pattern
	at "$host" srcguard dev show | grep "^dev $1 "
}
is "a device has settings" "dev cleared rp_filter strict" settings cleared
ok "it leaves the namespace, and comes back" eval \
	'ip -n "$host" link set cleared netns "$box" && ip -n "$box" link set cleared netns "$host"'
is "without them" "" settings cleared
is "a pattern's device has its settings" "dev long0 rp_filter strict enforce 1 pattern long*" settings long0
ok "it is renamed, and so is another one" ip -n "$host" -batch - <<-'EOT'
	link set long0 name other0
	link set other name long1
EOT
is "the one has nothing" "" settings other0
is "the other one has it" "dev long1 rp_filter strict enforce 1 pattern long*" settings long1

# --- namespaces -------------------------------------------------------------------

is "a new namespace has what its creator has" "3 1000 1" eval 'at "$host" unshare -n sh -c "
	echo \$(cat /proc/sys/net/srcguard/loopback_limit) \$(srcguard -j limit show |
	jq \".[] | select(.kind == \\\"dummy\\\") | .limit\") \$(cat /proc/sys/net/srcguard/lock)"'
refused "and is locked as well" "$HOST" at "$host" unshare -n srcguard limit set dummy 5
refused "so is a container" "CAP_NET_ADMIN in the initial user namespace is needed" \
	at "$host" unshare -U -r -n srcguard limit set dummy 5
refused "which may not get laxer either" "$FILTER" at "$box" unshare -U -r -n srcguard set rp_filter off
ok "but stricter" at "$host" unshare -U -r -n srcguard set rp_filter strict

# --- what is told, and the module -------------------------------------------------

within 10 grep -q 10.68 "$scratch/events"
kill $monitor
is "a listener is told what was refused" '{"event":"policy","change":"limit set","reason":"locked","kind":"dummy","limit":1001}
{"event":"policy","change":"set","reason":"locked","rp_filter":"strict","log_6to4":1}
{"event":"policy","change":"dev clear","reason":"locked","device":"cleared"}
{"event":"policy","change":"exempt add","reason":"locked","prefix":"10.68.0.0/16"}' \
	eval 'jq -c "select(.reason == \"locked\") | del(.time)" "$scratch/events" |
		grep -E "1001|\"rp_filter\":\"strict\",|cleared|add.*10.68"'
fails "the module is not unloaded" 1 rmmod srcguard
fails "nor by modprobe" 1 modprobe -r srcguard
is "it is there" 1 value - lock

if [ "${force-}" ]; then
	exec {open}>&-
	cleanup
	ok "who may load modules can force it out" rmmod -f srcguard
	fails "and all is gone" 3 srcguard show
	load
	is "with another knob in the same message" ok genl self $POLICY_SET - 6:u32:77 9:u32:1
	is "that one is set first" "77 1" eval 'echo $(value - log_interval) $(value - lock)'
	rmmod -f srcguard
	load
	ok "the sysctl locks, too" knob - lock 1
	refused "no limit changes" "$HOST" srcguard limit set loopback 1
	rmmod -f srcguard
	fails "no value of the parameter" 1 modprobe srcguard lock=2
	load lock=1 loopback_limit=2 log_daily_max=7
	is "with the parameter it is locked from its load on" "1 2 7" \
		eval 'echo $(value - lock) $(value - loopback_limit) $(value - log_daily_max)'
	refused "no limit changes" "$HOST" srcguard limit set loopback 1
	refused "no filter gets laxer" "$FILTER" srcguard set rp_filter loose
	fails "nor is it unloaded" 1 rmmod srcguard
	ok "asked again, the tool disables modules" eval 'answer $'\''y\ny'\'' | grep -q "^kernel.modules_disabled 1"'
	is "they are" 1 cat /proc/sys/kernel/modules_disabled
	fails "it cannot be forced out either" 1 rmmod -f srcguard
fi
finish
