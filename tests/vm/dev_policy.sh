#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Settings of devices: they win over the namespace's, for each family, follow renames,
# are gone with the device, and those of a pattern hold from a device's first packet.
#
#   peer                     host
#   eth0 10.1.0.2/24 ------- eth0 10.1.0.1/24
#   eth1 10.2.0.2/24 ------- eth1 10.2.0.1/24
#   eth0 and eth1 have 2001:db8:1::2 and 2001:db8:2::2, too; host ::1 of each
#
# files: tests/hooklist.sh
. "${0%/*}/lib.sh"
. "${0%/*}/hooklist.sh"
plan 69

other() { # DEVICE FAMILY: the address at the other end of the other link
	case $1$2 in
	eth04) echo 10.2.0.2 ;;
	eth14) echo 10.1.0.2 ;;
	eth06) echo 2001:db8:2::2 ;;
	eth16) echo 2001:db8:1::2 ;;
	esac
}
spoof() { # DEVICE FAMILY [NAME]: 4 packets from a source behind the other device
	if [ "$2" = 4 ]; then
		send "$peer" "$1" "$(mac "$host" "${3-$1}")" 4 \
			"IP(src='$(other "$1" 4)',dst='10.$((${1#eth} + 1)).0.1')/UDP(dport=9)"
	else
		send "$peer" "$1" "$(mac "$host" "${3-$1}")" 4 \
			"IPv6(src='$(other "$1" 6)',dst='2001:db8:$((${1#eth} + 1))::1',nh=59)"
	fi
}
# verdicts: what gets past of 4 spoofed packets each: eth0 IPv4, IPv6, eth1 IPv4, IPv6
verdicts() {
	local device family
	unwatch "$host"
	for device in eth0 eth1; do
		for family in 4 6; do
			spoof $device $family
			echo -n "$(passed "$host" "$(other $device $family)") "
		done
	done
	echo
}
first() { # what gets past of 4 that are spoofed on eth0
	unwatch "$host"
	spoof eth0 4 && passed "$host" "$(other eth0 4)"
}
settings() { # NETNS: one a line
	at "$1" srcguard dev show
}

load rp_filter=0
namespace host peer other
quiet6 "$host" "$peer" "$other"
link "$host" eth0 10.1.0.1/24 "$peer" eth0 10.1.0.2/24
link "$host" eth1 10.2.0.1/24 "$peer" eth1 10.2.0.2/24
for i in 1 2; do
	ip -n "$host" addr add "2001:db8:$i::1/64" dev "eth$((i - 1))"
	ip -n "$peer" addr add "2001:db8:$i::2/64" dev "eth$((i - 1))"
done
conf "$host" {all,default,eth0,eth1}.rp_filter=0
watch "$host"

is "nothing is set" "" settings "$host"
is "an empty list" "[]" at "$host" srcguard -j dev show
is "the filter is off" "4 4 4 4 " verdicts

ok "strict on one device" at "$host" srcguard dev set eth0 rp_filter strict
is "it is listed" "dev eth0 rp_filter strict" settings "$host"
is "it is, as JSON" '[{"device":"eth0","rp_filter":"strict"}]' at "$host" srcguard -j dev show
is "it holds there, for both families, and not elsewhere" "0 0 4 4 " verdicts
is "what it drops is counted" 8 counted "$host" eth0 wrong_device dropped packets
ok "off for one family" at "$host" srcguard dev set eth0 rp_filter_ipv6 off
is "the family wins" "0 4 4 4 " verdicts
ok "audit on that device" at "$host" srcguard dev set eth0 enforce audit
is "it is, as JSON, with the rest" \
	'[{"device":"eth0","rp_filter":"strict","rp_filter_ipv6":"off","enforce":0}]' \
	at "$host" srcguard -j dev show
is "it passes" "4 4 4 4 " verdicts
is "and is counted as audited" 4 counted "$host" eth0 wrong_device audited
ok "strict in the namespace" at "$host" srcguard set rp_filter strict
is "the device's settings win" "4 4 0 0 " verdicts
ok "cleared" at "$host" srcguard dev clear eth0
is "the namespace's again" "0 0 0 0 " verdicts
is "nothing is set" "" settings "$host"
fails "to clear again fails" 1 at "$host" srcguard dev clear eth0
refused "and says why" "eth0: No setting was made by this name" at "$host" srcguard dev clear eth0
ok "looser than the namespace" at "$host" srcguard dev set eth1 rp_filter loose
is "holds there" "0 0 4 4 " verdicts
ok "the namespace off" at "$host" srcguard set rp_filter off
ok "feasible on that device" at "$host" srcguard dev set eth1 rp_filter feasible
is "holds there" "4 4 0 0 " verdicts

# names
ip -n "$host" link set eth1 down
ip -n "$host" link set eth1 name wan
ip -n "$host" link set wan up
ip -n "$host" addr replace 2001:db8:2::1/64 dev wan
is "it follows a rename" "dev wan rp_filter feasible" settings "$host"
unwatch "$host"
spoof eth1 4 wan
is "with effect" 0 passed "$host" 10.1.0.2
ip -n "$host" link set wan netns "$other"
is "it does not follow to another namespace" "" settings "$other"
is "and is gone here" "" settings "$host"
if [ "$listing" ]; then
	is "with it the hooks" 0 hooks "$host"
else
	is "and nothing is dropped any more" 4 first
fi
ip -n "$other" link set wan netns "$host"
is "when it comes back it starts clean" "" settings "$host"
ok "set once more" at "$host" srcguard dev set wan rp_filter strict
ip -n "$host" link del wan
is "gone with the device" "" settings "$host"

# patterns
ok "a pattern" at "$host" srcguard dev set 'cali*' rp_filter strict
is "is listed" "dev cali* rp_filter strict" settings "$host"
ok "the namespace off" at "$host" srcguard set rp_filter off
# The packets are on their way while the device comes: the first one is judged.
ip -n "$peer" link add eth1 type veth peer name cali0
ip -n "$peer" link set eth1 up
ip netns exec "$peer" python3 "$lib_dir/flood.py" eth1 "$(mac "$peer" cali0)" 10.2.0.1 10.1.0.2 &
flood=$!
within 10 at "$peer" sh -c "ss -H0 -a | grep -q ':eth1 '"
unwatch "$host"
ip -n "$peer" link set cali0 netns "$host"
end "$host" cali0 10.2.0.1/24
hundred() {
	[ "$(counted "$host" cali0 wrong_device)" -ge 100 ]
}
ok "a device comes, and packets by it" within 20 hundred
kill $flood
is "the pattern holds for the first of them, too" 0 passed "$host" 10.1.0.2
is "both are listed" "dev cali* rp_filter strict
dev cali0 rp_filter strict pattern cali*" settings "$host"
ok "a longer pattern" at "$host" srcguard dev set 'cali0*' rp_filter off enforce 0
is "wins, for devices that are there" "dev cali* rp_filter strict
dev cali0* rp_filter off enforce 0
dev cali0 rp_filter off enforce 0 pattern cali0*" settings "$host"
ok "what is set by name" at "$host" srcguard dev set cali0 rp_filter loose
is "wins over patterns" "dev cali0 rp_filter loose enforce 0 pattern cali0*" \
	bash -c "ip netns exec $host srcguard dev show | tail -n 1"
ok "the longer one cleared" at "$host" srcguard dev clear 'cali0*'
is "leaves the shorter one" "dev cali0 rp_filter loose pattern cali*" \
	bash -c "ip netns exec $host srcguard dev show | tail -n 1"
ip -n "$host" link set cali0 down
ip -n "$host" link set cali0 name other
is "a pattern goes by the present name" "dev other rp_filter loose" \
	bash -c "ip netns exec $host srcguard dev show | tail -n 1"
ip -n "$host" link set other name cali7
is "whatever it is" "dev cali7 rp_filter loose pattern cali*" \
	bash -c "ip netns exec $host srcguard dev show | tail -n 1"
ok "cleared by name" at "$host" srcguard dev clear cali7
is "the pattern's is left" "dev cali7 rp_filter strict pattern cali*" \
	bash -c "ip netns exec $host srcguard dev show | tail -n 1"
ok "the pattern cleared" at "$host" srcguard dev clear 'cali*'
is "nothing is left" "" settings "$host"

# what is refused
for what in "nosuch rp_filter strict|nosuch: No such device in this network namespace" \
	"eth0 rp_filter 4|rp_filter: integer out of range" \
	"eth0 rp_filter_ipv4 9|rp_filter_ipv4: integer out of range" \
	"eth0 enforce 2|enforce: integer out of range" \
	"a*b rp_filter strict|a*b: A pattern has one asterisk, at its end" \
	"** rp_filter strict|**: A pattern has one asterisk, at its end"; do
	# shellcheck disable=SC2086 # words
	refused "refused: ${what%%|*}" "${what#*|}" bash -c "set -f; ip netns exec $host srcguard dev set ${what%%|*}"
done
for name in 'x y*' 'x/*' $'\t*' 'x:*'; do
	refused "no device can be called so: $(printf %q "$name")" \
		"No device has white space, a slash or a colon in its name" \
		at "$host" srcguard dev set "$name" rp_filter strict
done
is "and nothing has changed" "" settings "$host"
nobody() {
	at "$host" setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$@"
}
refused "to set takes a capability" "CAP_NET_ADMIN" nobody srcguard dev set eth0 rp_filter off
refused "to clear, too" "CAP_NET_ADMIN" nobody srcguard dev clear eth0
full() {
	at "$host" python3 - <<-'EOT'
		from netlink import Netns, setting, this_netns
		here = Netns(this_netns())
		for i in range(256):
		    here.command(*setting(f"p{i}*", 1))
	EOT
}
ok "256 patterns" full
refused "and no more" "has all the patterns it may have" \
	at "$host" srcguard dev set 'q*' rp_filter strict
is "one more device, and all patterns are looked at" "dev p255x rp_filter strict pattern p255*" \
	bash -c "ip -n $host link add p255x type dummy; ip netns exec $host srcguard dev show | tail -n 1"
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
