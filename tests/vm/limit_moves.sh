#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices that come from another namespace, which no module can refuse: counted, and not
# brought up beyond a limit until there is room, in the order they came. Also those that
# the kernel makes in one namespace and moves to another.
#
# debug: short
# What rtnetlink says of a device that moved, and was to come up.
# expect-log: ^A link change request failed with some changes committed already\. Interface d5 may
#
# shellcheck disable=SC2317,SC2016 # functions are called by name; $ is for other shells
. "${0%/*}/lib.sh"
plan 52

load
namespace home away
row() { # NAMESPACE KIND: limit, in use, moved
	local limit in_use moved
	read -r limit in_use _ moved < <(limit_row "$@") && echo "$limit $in_use $moved"
}
limit() { # KIND N: where devices come to
	at "$away" srcguard limit set "$@"
}
brought() { # NAME...: made here, moved there
	local name
	for name; do
		ip -n "$home" link add "$name" type dummy && ip -n "$home" link set "$name" netns "$away" || return
	done
}
up() { # NAME
	ip -n "$away" link set "$1" up
}
waits() { # NAME...: each of them cannot be brought up, and why
	local name output
	for name; do
		output=$(up "$name" 2>&1) && { echo "$name comes up"; return 1; }
		[[ $output == *"It moved in beyond the limit of ${because-its kind}, and waits for room"* ]] ||
			{ echo "$name: $output"; return 1; }
		[[ $(at "$away" cat "/sys/class/net/$name/flags") == 0x*[02468ace] ]] ||
			{ echo "$name is up"; return 1; }
	done
}
usable() { # NAME...
	local name
	for name; do up "$name" && ip -n "$away" link set "$name" down || return; done
}

# --- beyond a limit ---------------------------------------------------------------

limit dummy 2
ok "two may be there" brought d1 d2
ok "and be used" usable d1 d2
is "none waits" "2 2 0" row "$away" dummy
ok "two more move in all the same" brought d3 d4
is "they count, and wait" "2 4 2" row "$away" dummy
is "among all kinds, too" "-1 4 2" row "$away" any
ok "they cannot be brought up" waits d3 d4
ok "nor by a moved one's message that says up" eval 'ip -n "$home" link add d5 up type dummy
	! ip -n "$home" link set d5 netns "$away" up 2>/dev/null && waits d5'
is "five by now" "2 5 3" row "$away" dummy
ok "those that were there are as before" usable d1 d2
refused "none is made beside them" "No space left on device" ip -n "$away" link add new type dummy
ok "a device that waits can be renamed, and waits" eval 'ip -n "$away" link set d3 name third; waits third'
ok "have an address, and waits" eval 'ip -n "$away" addr add 10.5.0.1/24 dev third; waits third'
ok "a bridge's port does not come up with it" eval 'ip -n "$away" link add br0 type bridge
	ip -n "$away" link set third master br0 && ip -n "$away" link set br0 up && waits third &&
	ip -n "$away" link del br0'

# --- in the order they came -------------------------------------------------------

ok "one goes" ip -n "$away" link del d1
ok "and the first that waited may be used" usable third
ok "not the next ones" waits d4 d5
is "two wait" "2 4 2" row "$away" dummy
limit dummy 3
ok "there is more room: so may the next" usable d4
ok "not the last" waits d5
ok "one leaves for where it came from" ip -n "$away" link set d2 netns "$home"
is "none waits any more" "3 3 0" row "$away" dummy
ok "all may be used" usable third d4 d5
ok "the one that left comes back, and waits" eval 'ip -n "$home" link set d2 netns "$away"; waits d2'
limit dummy 1
is "less room: those that are used stay" "1 4 1" row "$away" dummy
ok "and can be brought up again" usable third d4 d5
ok "the one that waits does" waits d2
ok "also when one goes" eval 'ip -n "$away" link del d4; ip -n "$away" link del third; waits d2'
ok "one that waits goes" ip -n "$away" link del d2
is "it is not counted any more" "1 1 0" row "$away" dummy
limit dummy -1
ip -n "$away" link del d5
is "no more than what was refused is left" "-1 0 0" row "$away" dummy

# --- all kinds together -----------------------------------------------------------

limit any 1
ok "one of any kind" eval 'ip -n "$away" link add br0 type bridge && up br0'
brought d1
ip -n "$home" link add v0 type veth peer name v1
ip -n "$home" link set v0 netns "$away"
because="all kinds"
ok "of any other kind they wait" waits d1 v0
is "as it says" "1 3 2" row "$away" any
limit dummy 0
because="its kind"
ok "a second limit is against one of them" waits d1
because="all kinds"
limit any 2
ok "there is room, but not for this kind: the next one gets it" usable v0
because="its kind"
ok "the first has to wait" waits d1
limit any -1
ok "also without the other limit" waits d1
limit dummy -1
ok "until its kind may be there" usable d1
is "none waits" "-1 3 0" row "$away" any
ip -n "$away" link del d1
ip -n "$away" link del br0
ip -n "$away" link del v0

# --- made for another namespace ---------------------------------------------------

limit veth 1
refused "half a pair that is made there is refused" "No space left on device" eval \
	'ip -n "$away" link add w0 type veth peer name w1'
ok "one end of a pair may be" ip -n "$home" link add w0 type veth peer name w1 netns "$away"
refused "of another pair it may not" "No space left on device" \
	ip -n "$home" link add x0 type veth peer name x1 netns "$away"
is "nothing is left of that pair" "lo w0" eval 'ip -n "$home" -j link | jq -r ".[].ifname" | xargs'
is "nor there" "1 1 0" row "$away" veth
ip -n "$home" link del w0
limit veth -1

# Up to 6.12 a device for another link namespace is made in that one, and moved.
modprobe sit
limit sit 1
case $KERNEL in
7) made=refused ;;
*) made=waits ;;
esac
ip -n "$away" link add s1 link-netns "$home" type sit remote 10.0.0.1 local 10.0.0.2 2>"$scratch/error"
if [ $made = waits ]; then
	ok "a tunnel of another namespace's waits here" waits s1
	is "is counted here" "1 2 1" row "$away" sit
else
	ok "a tunnel of another namespace's is refused here" grep -q "No space left" "$scratch/error"
	is "and not counted" "1 1 0" row "$away" sit
fi
is "and not where it is from" "-1 1 0" row "$home" sit
at "$home" srcguard limit set sit 1
ip -n "$away" link del s1 2>/dev/null
limit sit 2
if [ $made = waits ]; then
	refused "nor is it made beyond the limit of where it is from" "No space left on device" \
		ip -n "$away" link add s2 link-netns "$home" type sit remote 10.0.0.3 local 10.0.0.2
else
	ok "only where it is made its limit counts" \
		ip -n "$away" link add s2 link-netns "$home" type sit remote 10.0.0.3 local 10.0.0.2
fi

# --- events, and the end ----------------------------------------------------------

limit dummy 0
at "$away" srcguard -j monitor >"$scratch/events" &
monitor=$!
within 10 eval 'limit dummy 0 && grep -q "limit set" "$scratch/events"'
brought e1
within 10 grep -q limit_moved "$scratch/events"
kill $monitor
is "a listener is told" '{"event":"limit","device":"e1","reason":"limit_moved","kind":"dummy","limit":0,"in_use":1}' \
	eval 'grep limit_moved "$scratch/events" | jq -c "del(.time)"'
is "the module goes, and nobody waits" 0 eval 'rmmod srcguard && up e1; echo $?'
load
is "what it finds is used" "-1 1 0" row "$away" dummy
finish
