#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Namespaces: those that are older than the module start with its parameters,
# later ones copy their creator's policy, each is its owner's alone, and all of
# them can go at any time.
#
# expect-log: ^srcguard: parameter [a-z0-9_]+ must be [01]\.\.[0-9]+$
# expect-log: ^srcguard: `[^']*' invalid for parameter `[a-z0-9_]+'$
#
#   outside                   inside (older than the module)
#   veth0 10.1.0.2/24 ---- veth0 10.1.0.1/24
#                          veth1 10.3.0.1/16
#
. "${0%/*}/lib.sh"
plan 59

brief() { # the knobs where this runs, in one line
	srcguard -j show | jq -r '"\(.rp_filter) \(.enforce)"'
}
export -f brief
knobs() { # NETNS
	at "$1" bash -c brief
}
# A command in a namespace made by one that is in NETNS
made_in() { # NETNS COMMAND...
	local name=$1
	shift
	at "$name" unshare -n "$@"
}
# The same by somebody without privileges: as the root of a user namespace
container() { # NETNS COMMAND...
	local name=$1
	shift
	at "$name" setpriv --reuid 65534 --regid 65534 --clear-groups unshare -U -r -n "$@"
}
in_log() { # TEXT
	dmesg | grep -qF "$1"
}

# Parameters
for parameter in rp_filter=4 rp_filter=-1 rp_filter=strict rp_filter= rp_filter=1x enforce=2 \
	enforce=0x100000001 sixtofour=3 log_martians=2 log_6to4=-1 log_interval=0 \
	log_interval=86401 log_daily_max=100001; do
	fails "$parameter refuses to load" 1 modprobe -q srcguard $parameter
done
ok "the log says why: rp_filter" in_log "srcguard: parameter rp_filter must be 0..3"
ok "the log says why: enforce" in_log "srcguard: parameter enforce must be 0..1"
ok "the log says why: log_interval" in_log "srcguard: parameter log_interval must be 1..86400"
ok "nothing stayed behind" test ! -e /proc/sys/net/srcguard -a ! -e /sys/module/srcguard

namespace inside outside
link "$inside" veth0 10.1.0.1/24 "$outside" veth0 10.1.0.2/24
ip -n "$inside" link add veth1 type dummy
end "$inside" veth1 10.3.0.1/16
conf "$inside" all.rp_filter=0 veth0.rp_filter=0 all.log_martians=0
# One that a user without privileges has made is older, too.
setpriv --reuid 65534 --regid 65534 --clear-groups unshare -U -r -n sleep 1000 &
box=$!
in_box() {
	[ "$(readlink /proc/$box/ns/net)" != "$(readlink /proc/self/ns/net)" ]
}
within 10 in_box
ok "the module loads with parameters" modprobe srcguard rp_filter=2 enforce=0 sixtofour=2 \
	log_martians=1 log_6to4=1 log_interval=7 log_daily_max=77
more() { # the others, where this runs
	srcguard "$@" -j show |
		jq -r '"\(.sixtofour) \(.log_martians) \(.log_6to4) \(.log_interval) \(.log_daily_max)"'
}
export -f more
is "all of them" "full 1 1 7 77" more
is "and an older namespace" "full 1 1 7 77" at "$inside" bash -c more
is "but the log is off where the host's administrator does not rule" "full 0 0 7 77" \
	more -n "$box"
kill $box
for name in - "$inside" "$outside"; do at "$name" srcguard set log_martians 0 log_6to4 0; done
is "the initial namespace starts with them" "loose 0" knobs -
is "so does one that is older than the module" "loose 0" knobs "$inside"
is "its sysctls agree" "2
0" at "$inside" cat /proc/sys/net/srcguard/{rp_filter,enforce}
is "parameters can be read" "2 0" \
	bash -c 'cd /sys/module/srcguard/parameters && echo $(cat rp_filter enforce)'
is "and not written" "444 444" \
	bash -c 'cd /sys/module/srcguard/parameters && echo $(stat -c %a rp_filter enforce)'

# The guard works in the older namespace, whose devices the module did not see come
at "$inside" srcguard set rp_filter strict
spoof() { # COUNT
	send "$outside" veth0 "$(mac "$inside" veth0)" "$1" \
		"IP(src='10.3.1.1',dst='10.1.0.1')/UDP(dport=9)"
}
spoof 5
is "there it audits" "veth0 ipv4 wrong_device audited 5" counted_all "$inside"
at "$inside" srcguard set enforce 1
spoof 6
is "and then drops" 6 counted "$inside" veth0 wrong_device
is "the change was that namespace's alone: not the initial one's" "loose 0" knobs -
is "nor another's" "loose 0" knobs "$outside"
is "nor are its counters another's" "" counted_all "$outside"
is "nor the initial namespace's" "" counted_all -

# Creators
namespace later
is "a new namespace copies its creator's policy" "loose 0" knobs "$later"
srcguard set rp_filter off enforce 1
is "and keeps it when the creator's changes" "loose 0" knobs "$later"
namespace third
is "one made then starts off, as its creator is" "off 1" knobs "$third"
is "one made inside another copies that one's" "strict 1" made_in "$inside" bash -c brief
is "one made inside a third, that one's" "loose 0" made_in "$later" bash -c brief
is "two deep, the nearest counts" "loose 1" made_in "$inside" \
	bash -c 'srcguard set rp_filter loose && unshare -n bash -c brief'
at - sysctl -qw net.srcguard.rp_filter=0 net.srcguard.enforce=0
is "without privileges: the creator's" "strict 1" container "$inside" bash -c brief
is "without privileges, two deep: the nearest" "loose 1" container "$inside" \
	bash -c 'srcguard set rp_filter loose && unshare -n bash -c brief'
is "another user namespace within changes nothing of that" "strict 1" \
	container "$inside" unshare -U -r -n bash -c brief

# Owners
is "a container's root sets its own knobs, by netlink and by sysctl" "loose 0" \
	container "$inside" bash -c 'srcguard set rp_filter loose &&
		echo 0 >/proc/sys/net/srcguard/enforce && brief'
is "that was its own only: not its creator's" "strict 1" knobs "$inside"
is "nor the initial one's" "off 0" knobs -
is "it sees no counters but its own" "[]" container "$inside" srcguard -j stats
fails "it cannot look into its creator's namespace" 1 \
	container "$inside" srcguard -n "$inside" show
fails "nor into the initial one" 1 container "$inside" srcguard -n /proc/1/ns/net show
fails "nor change those" 1 container "$inside" srcguard -n "$inside" set rp_filter off
exec 3>/proc/sys/net/srcguard/rp_filter
refused "nor write to a sysctl of another that was opened for it" "Operation not permitted" \
	container "$inside" bash -c 'echo 1 >&3'
exec 3>&-
is "nothing of it changed anything" "strict 1, off 0" \
	echo "$(knobs "$inside"), $(knobs -)"

# Ends
ip -n "$outside" addr add 10.3.1.1/32 dev lo
ip netns exec "$outside" ping -f -I 10.3.1.1 10.1.0.1 >/dev/null 2>&1 &
flood=$!
before=$(counted "$inside" veth0 wrong_device)
flooded() { [ "$(counted "$inside" veth0 wrong_device)" -gt $((before + 100)) ]; }
ok "a flood runs" within 10 flooded
ip netns del "$inside"
ok "a namespace goes in the middle of it" test ! -e "/run/netns/$inside"
kill $flood
wait $flood 2>/dev/null
namespace guarded
at "$guarded" srcguard set rp_filter strict
is "the module goes while guards are on" "" rmmod srcguard
ok "with all its sysctls" test ! -e /proc/sys/net/srcguard
ok "in other namespaces, too" at "$later" test ! -e /proc/sys/net/srcguard
ok "it comes again" modprobe srcguard
is "nothing was remembered" "strict 1, strict 1, strict 1" \
	echo "$(knobs -), $(knobs "$guarded"), $(knobs "$later")"

# All at once: namespaces come and go while the module does
churn() {
	while [ -e "$scratch/churn" ]; do
		unshare -n ip link add type veth
	done
}
touch "$scratch/churn"
churn &
churning=$!
churn &
churning+=" $!"
for _ in $(seq $((6 * ${COUNT-1}))); do
	rmmod srcguard && modprobe srcguard || touch "$scratch/failed"
done
rm "$scratch/churn"
# shellcheck disable=SC2086 # two of them
wait $churning
ok "the module comes and goes while namespaces do" test ! -e "$scratch/failed"
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
