#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernel lockdown, raised while the module is there: limits can only be lowered and logs
# only switched off, in whichever namespace and by whichever way; filters are the
# namespace's as before. A module that nobody signed is not loaded after that.
#
# No packets here, and no topology. The debug kernel has no lockdown.
#
# debug: no
# What the kernel says of each change that was refused, which only the host's
# administrator can ask for.
# expect-log: ^Lockdown: (srcguard|sh|modprobe): .* is restricted; see man kernel_lockdown\.7$
# expect-log: ^Kernel is locked down from securityfs; see man kernel_lockdown\.7$
# expect-log: ^lockdown_is_locked_down: [0-9]+ callbacks suppressed$
#
# shellcheck disable=SC2317,SC2016 # functions are called by name; $ is for other shells
. "${0%/*}/lib.sh"
plan 64
WHY="The kernel is locked down: limits and logs can only be lowered"

load loopback_limit=10
namespace box
mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security
for name in - "$box"; do
	at $name srcguard set log_martians 1 log_interval 100 log_daily_max 500
	at $name srcguard limit set dummy 10
	at $name srcguard limit set any 50
done
has() { # NAMESPACE: what could be raised there, and its filter
	local key value limit
	while read -r key value _ limit _; do
		case $key in
		kind) echo "$value $limit" ;;
		rp_filter | log_martians | log_6to4 | log_interval | log_daily_max) echo "$key $value" ;;
		esac
	done < <(at "$1" srcguard show; at "$1" srcguard limit show)
}
knob() { # NAMESPACE KNOB VALUE: by sysctl
	at "$1" sh -c "echo $3 >/proc/sys/net/srcguard/$2" 2>/dev/null
}
at "$box" srcguard monitor >"$scratch/events" &
monitor=$!
within 10 eval 'at "$box" srcguard limit set any 50 && grep -q "limit set" "$scratch/events"'
lowered="rp_filter strict
log_martians 0
log_6to4 0
log_interval 101
log_daily_max 499
any 49
loopback 4
dummy 9
new 3"
ok "the kernel is locked down" eval 'echo integrity >/sys/kernel/security/lockdown'
for name in - "$box"; do
	before=$(has $name)
	for words in "limit set dummy 11" "limit set dummy -1" "limit set any 51" "limit set any -1" \
		"limit set loopback 11" "set loopback_limit -1" "set log_6to4 1" "set log_interval 99" \
		"set log_daily_max 501" "set rp_filter off log_6to4 1"; do
		# shellcheck disable=SC2086 # several words
		refused "${name/-$run_id/}: $words" "$WHY" at $name srcguard $words
	done
	for words in "loopback_limit 11" "loopback_limit -1" "log_6to4 1" "log_interval 99" "log_daily_max 501"; do
		ok "${name/-$run_id/}: sysctl $words" eval "! knob $name $words"
	done
	is "nothing has changed" "$before" has $name
	is "each was counted" 15 shown $name writes_refused
	for words in "limit set dummy 9" "limit set new 3" "limit set any 49" "limit set loopback 5" \
		"set loopback_limit 4" "set log_martians 0 log_interval 101 log_daily_max 499" \
		"set rp_filter off" "set rp_filter strict"; do
		# shellcheck disable=SC2086 # several words
		ok "${name/-$run_id/}: $words" at $name srcguard $words
	done
	is "these are lower" "$lowered" has $name
	for words in "loopback_limit 3" "log_interval 102" "log_daily_max 498"; do
		# shellcheck disable=SC2086 # two words
		ok "${name/-$run_id/}: sysctl $words" knob $name $words
	done
	is "and these" "$(sed 's/101/102/; s/499/498/; s/\(loopback\) 4/\1 3/' <<<"$lowered")" has $name
done
ok "a listener is told what was refused" within 10 eval \
	'[ "$(grep -c locked "$scratch/events")" = 15 ]'
kill $monitor
ok "it can be unloaded" rmmod srcguard
refused "but not loaded: nobody signed it" "" modprobe srcguard
finish
