#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Exemptions: sources that fail the filter and pass, counted apart; by device, by
# longest match; bounded; replaced as a whole while packets pass. And how this and the
# other lists are read while they change (tests/dumps.py).
#
#   peer                     host
#   eth0 10.1.0.2/24 ------- eth0 10.1.0.1/24, 2001:db8:1::1/64
#
. "${0%/*}/lib.sh"
plan 75

from() { # SOURCE [COUNT]
	if [[ $1 == *:* ]]; then
		send "$peer" eth0 "$mac" "${2-4}" "IPv6(src='$1',dst='2001:db8:1::1',nh=59)"
	else
		send "$peer" eth0 "$mac" "${2-4}" "IP(src='$1',dst='10.1.0.1',proto=253)"
	fi
}
gets() { # SOURCE: how many of 4 get past
	unwatch "$host"
	from "$1" && passed "$host" "$1"
}
exempt() {
	at "$host" srcguard exempt "$@"
}
list() { # "PREFIX [dev DEVICE] PACKETS", sorted
	exempt show | sed 's/ packets//' | sort
}
length() {
	at "$host" srcguard -j exempt show | jq length
}

load
namespace host peer
quiet6 "$host" "$peer"
link "$host" eth0 10.1.0.1/24 "$peer" eth0 10.1.0.2/24
ip -n "$host" addr add 2001:db8:1::1/64 dev eth0
link "$host" eth1 - "$peer" eth1 -
conf "$host" {all,default,eth0,eth1}.rp_filter=0
mac=$(mac "$host" eth0)
watch "$host"

is "there are none" "" list
is "none, as JSON" "[]" at "$host" srcguard -j exempt show
is "a spoofed source does not pass" 0 gets 10.66.1.1
ok "a prefix is exempt" exempt add 10.66.0.0/16
is "it is listed" "10.66.0.0/16 0" list
is "a source of it passes" 4 gets 10.66.1.1
is "its packets are counted" '[{"prefix":"10.66.0.0/16","packets":4}]' \
	at "$host" srcguard -j exempt show
is "and those that failed, apart" 4 counted "$host" eth0 no_route exempted
is "another source does not pass" 0 gets 10.67.1.1
ok "a longer prefix for the device" exempt add 10.66.1.0/24 dev eth0
ok "the same for another" exempt add 10.66.1.0/24 dev eth1
is "the source still passes" 4 gets 10.66.1.1
is "the longest one that holds counts it" "10.66.0.0/16 4
10.66.1.0/24 dev eth0 4
10.66.1.0/24 dev eth1 0" list
ok "the same for all devices" exempt add 10.66.1.0/24
is "again" 4 gets 10.66.1.1
is "the device's counts" "10.66.0.0/16 4
10.66.1.0/24 0
10.66.1.0/24 dev eth0 8
10.66.1.0/24 dev eth1 0" list
ok "taken away" exempt del 10.66.1.0/24 dev eth0
is "the next one counts" "10.66.0.0/16 4
10.66.1.0/24 0
10.66.1.0/24 dev eth1 0" list
is "it passes" 4 gets 10.66.1.1
ok "one for a device only" exempt add 10.77.0.0/16 dev eth1
is "does not hold for another" 0 gets 10.77.0.1
ok "a host" exempt add 192.0.2.7
is "is a prefix of 32" "192.0.2.7/32 0" bash -c "ip netns exec $host srcguard exempt show |
	sed 's/ packets//' | grep 192"
is "it passes" 4 gets 192.0.2.7
is "its neighbour does not" 0 gets 192.0.2.8
is "an IPv6 source does not pass" 0 gets 2001:db8:66::1
ok "an IPv6 prefix" exempt add 2001:db8:66::/48
is "then it does" 4 gets 2001:db8:66::1
is "one bit beyond it does not" 0 gets 2001:db8:67::1
ok "all of IPv6" exempt add ::/0
is "then it does" 4 gets 2001:db8:67::1
is "and no IPv4 source for that" 0 gets 10.99.0.1
ok "audit" at "$host" srcguard set enforce 0
is "what is exempt is not audited" 4 gets 10.66.1.1
is "nothing is" 0 counted "$host" eth0 no_route audited
ok "drop" at "$host" srcguard set enforce 1

# what is refused
before=$(list)
for what in "add 10.66.0.1/16|10.66.0.1/16: The prefix has bits beyond its length" \
	"add 2001:db8::1/64|2001:db8::1/64: The prefix has bits beyond its length" \
	"add 10.66.0.0/16|10.66.0.0/16: This exemption is there already" \
	"add 10.88.0.0/16 dev nosuch|nosuch: No such device in this network namespace" \
	"del 10.88.0.0/16|10.88.0.0/16: There is no such exemption" \
	"del 10.66.0.0/16 dev eth0|10.66.0.0/16: There is no such exemption"; do
	# shellcheck disable=SC2086 # words
	refused "refused: ${what%%|*}" "${what#*|}" exempt ${what%%|*}
done
for what in "add 10.0.0.0/33" "add 10.0.0/24" "add ::/129" "add 10.0.0.0/8 eth0" "add" "add x/8" \
	"add 10.0.0.0/" "replace /nosuch/file"; do
	# shellcheck disable=SC2086 # words
	refused "refused: $what" "srcguard: " exempt $what
done
is "nothing of it changed anything" "$before" list
refused "it takes a capability" "CAP_NET_ADMIN" at "$host" setpriv --reuid 65534 --regid 65534 \
	--clear-groups --bounding-set -all srcguard exempt add 10.88.0.0/16

# as a whole
python3 - >"$scratch/full" <<-'EOT'
	for n in range(16384):
	    print(f"10.{(n >> 8) + 10}.{n & 255}.0/24" if n < 16000 else f"2001:db8:{n:x}::/48")
EOT
ok "a list of 16,384 takes their place" exempt replace "$scratch/full"
is "it is whole" 16384 length
is "a source of it passes" 4 gets 10.66.1.1
refused "one more is refused" "has all the exemptions it may have" exempt add 192.0.2.0/24
{ cat "$scratch/full"; echo 192.0.2.0/24; } >"$scratch/more"
refused "a longer list, too" "$scratch/more: line 16385: 192.0.2.0/24: This network namespace has all" \
	exempt replace "$scratch/more"
printf '10.1.0.0/16\n\n# twice\n10.1.0.0/16 # here\n' >"$scratch/twice"
refused "one with something twice" "$scratch/twice: line 4: 10.1.0.0/16: This exemption is there already" \
	exempt replace "$scratch/twice"
printf '10.1.0.0/16\n10.2.0.0/16 dv eth0\n' >"$scratch/wrong"
refused "one with a mistake, by its line" "wrong: line 2" exempt replace "$scratch/wrong"
is "the old one holds" 16384 length
# One list after the other, while packets of a source that both hold pass.
printf '10.66.0.0/16\n10.77.0.0/16 dev eth1\n' >"$scratch/short"
unwatch "$host"
swap() {
	local n
	for ((n = 0; n < 4; n++)); do
		exempt replace "$scratch/short" && from 10.66.1.1 50 &&
			exempt replace "$scratch/full" && from 10.66.1.1 50 || return
	done
}
ip netns exec "$peer" python3 "$lib_dir/flood.py" -c eth0 "$mac" 10.1.0.1 10.66.1.2 \
	>"$scratch/flood" &
flood=$!
dropped=$(counted "$host" eth0 no_route) exempted=$(counted "$host" eth0 no_route exempted)
ok "lists are replaced under traffic" swap
kill $flood
wait $flood
flood=$(sed 's/.* //' "$scratch/flood")
ok "packets came meanwhile" test "$flood" -gt 500
is "no packet of a source in both was dropped" "$dropped" counted "$host" eth0 no_route
is "each was exempt" $((exempted + 400 + flood)) counted "$host" eth0 no_route exempted
is "and passed" "$flood" passed "$host" 10.66.1.2
exempt replace "$scratch/short"
index=$(ip netns exec "$host" cat /sys/class/net/eth1/ifindex)
ip -n "$host" link del eth1
ip -n "$host" link add eth1 index "$index" type dummy
is "what is for a device goes with it, whoever has its number then" "10.66.0.0/16" \
	bash -c "ip netns exec $host srcguard exempt show | sed 's/ packets.*//'"
ok "an empty list" exempt replace /dev/null
is "ends them all" 0 gets 10.66.1.1

# Any list that changes while it is read.
service dumps python3 "$lib_dir/dumps.py"
for list in dev exempt limit stats; do
	is "$list: a dump is marked if its list changes, and whole but for that" ok call dumps $list
done
is "the tool asks again" ok call dumps once
is "and says so if it never ends" ok call dumps always
kill "${services[dumps]##* }"
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
