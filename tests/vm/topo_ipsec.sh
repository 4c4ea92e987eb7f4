#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# IPsec with static keys. What it vouches for comes from where it says, whatever
# the route back; what comes without it, or carries it, is judged.
#
#   peer                              host
#   eth0 10.1.0.2/24 ---------- eth0  10.1.0.1/24
#   lo   10.20.0.1/32           other 10.20.0.0/24 leads here, and so to nobody
#                               side  10.2.0.1/24 ------ eth0 10.2.0.2/24  inner
#
#   transport mode: 10.1.0.1 = 10.1.0.2
#   tunnel mode:    10.0.0.0/14 = 10.20.0.0/24
#
#   and 2001:db8:1::1, 2001:db8:1::2, 2001:db8:20::1 likewise
#
# The ciphers introduce themselves:
# expect-log: ^cryptd: max_cpu_qlen set to [0-9]+$
# expect-log: ^alg: No test for
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 60

load rp_filter=0
namespace host peer inner
link "$host" eth0 10.1.0.1/24 "$peer" eth0 10.1.0.2/24
link "$host" side 10.2.0.1/24 "$inner" eth0 10.2.0.2/24
ip -n "$inner" route add default via 10.2.0.1
ip -n "$peer" addr add 10.20.0.1/32 dev lo
ip -n "$peer" route add 10.2.0.0/24 via 10.1.0.1
ip -n "$host" link add other up type dummy
ip -n "$host" route add 10.20.0.0/24 dev other
at "$host" sysctl -qw net.ipv4.ip_forward=1
watch_routed "$host"
to=$(mac "$host" eth0)

aead=(aead 'rfc4106(gcm(aes))' 0x1032547698badcfe1032547698badcfe01020304 128)
null=(auth 'hmac(sha256)' 0x000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f
	enc 'ecb(cipher_null)' '')
ends=("src 10.1.0.1 dst 10.1.0.2" "src 10.1.0.2 dst 10.1.0.1")
policy() { # NETNS in|out|fwd SELECTOR ENDS: what matches goes protected
	# shellcheck disable=SC2086 # several words each
	ip -n "$1" xfrm policy add dir "$2" $3 tmpl $4 proto esp reqid 1 mode "$mode"
}
protect() { # OURS THEIRS ALGORITHM...: what is between these, in $mode
	local name spi ours=$1 theirs=$2
	shift 2
	for name in "$host" "$peer"; do
		ip -n "$name" xfrm state flush
		ip -n "$name" xfrm policy flush
		for spi in 0 1; do
			# shellcheck disable=SC2086
			ip -n "$name" xfrm state add ${ends[spi]} proto esp spi $((spi + 256)) reqid 1 \
				mode "$mode" "$@"
		done
	done
	policy "$host" out "src $ours dst $theirs" "${ends[0]}"
	policy "$host" in "src $theirs dst $ours" "${ends[1]}"
	policy "$host" fwd "src $theirs dst $ours" "${ends[1]}"
	policy "$peer" out "src $theirs dst $ours" "${ends[1]}"
	policy "$peer" in "src $ours dst $theirs" "${ends[0]}"
}
pings() { # NETNS FROM TO
	at "$1" ping -q -c 4 -i 0.02 -W 9 -I "$2" "$3"
}
clear() { # SOURCE COUNT [DESTINATION]: unprotected, past the peer's policies
	send "$peer" eth0 "$to" "$2" "IP(src='$1',dst='${3-10.1.0.1}')/ICMP(type=0)"
}
drops() { # LINES: what is counted, if it is srcguard that judges
	[ $judge = kernel ] || is "$judge, $what: what is counted" "$1" counted_all "$host"
}

while read -r mode what; do
	case $what in
	*aes*) algorithm=("${aead[@]}") ;;
	*null*) algorithm=("${null[@]}") ;;
	esac
	for judge in kernel srcguard; do
		if [ "$mode" = transport ]; then
			protect 10.1.0.1 10.1.0.2 "${algorithm[@]}"
		else
			protect 10.0.0.0/14 10.20.0.0/24 "${algorithm[@]}"
		fi
		guard "$host" $judge
		if [ "$mode" = transport ]; then
			ok "$judge, $what: a conversation" pings "$peer" 10.1.0.2 10.1.0.1
			ok "$judge, $what: and the other way" pings "$host" 10.1.0.1 10.1.0.2
			is "$judge, $what: each packet comes protected, and then as itself" \
				"eth0 10.1.0.2 16" seen "$host"
		else
			ok "$judge, $what: a conversation" pings "$peer" 10.20.0.1 10.1.0.1
			ok "$judge, $what: and the other way" pings "$host" 10.1.0.1 10.20.0.1
			ok "$judge, $what: with a host behind" pings "$peer" 10.20.0.1 10.2.0.2
			ok "$judge, $what: and the other way" pings "$inner" 10.2.0.2 10.20.0.1
			is "$judge, $what: each packet comes protected, and then as itself" \
				"eth0 10.1.0.2 16
eth0 10.20.0.1 16
side 10.2.0.2 8" seen "$host"
		fi
		drops ""

		guard "$host" $judge
		clear 10.20.0.1 5
		clear 10.20.0.1 6 10.2.0.2
		clear 10.2.0.9 7
		clear 10.1.0.1 8
		is "$judge, $what: unprotected spoofs are not seen" "" seen "$host"
		# the peer's other address: protected, but the outer packet comes from nowhere near
		ip -n "$peer" xfrm state add src 10.20.0.1 dst 10.1.0.1 proto esp spi 512 reqid 1 \
			mode "$mode" "${algorithm[@]}"
		ip -n "$peer" xfrm policy flush
		policy "$peer" out "src 10.20.0.1 dst 10.1.0.1" "src 10.20.0.1 dst 10.1.0.1"
		fails "$judge, $what: what a spoofed packet carries does not arrive" 1 \
			at "$peer" ping -q -c 2 -i 0.02 -W 1 -I 10.20.0.1 10.1.0.1
		is "$judge, $what: nor does the packet" "" seen "$host"
		drops "eth0 ipv4 own_address dropped 8
eth0 ipv4 wrong_device dropped 20"
		[ $judge = kernel ] || explains "$host" "$judge, $what: explain agrees on what comes unprotected" <<-'EOT'
			accept 10.1.0.2 dev eth0 to 10.1.0.1
			drop:wrong_device 10.20.0.1 dev eth0 to 10.1.0.1
			drop:wrong_device 10.20.0.1 dev eth0 to 10.2.0.2
			drop:wrong_device 10.2.0.9 dev eth0 to 10.1.0.1
			drop:own_address 10.1.0.1 dev eth0 to 10.1.0.1
		EOT
	done
done <<-'EOT'
transport transport mode with aes-gcm
tunnel tunnel mode with aes-gcm
tunnel tunnel mode with null
EOT

# IPv6
ip -n "$host" addr add 2001:db8:1::1/64 dev eth0 nodad
ip -n "$peer" addr add 2001:db8:1::2/64 dev eth0 nodad
ip -n "$peer" addr add 2001:db8:20::1/128 dev lo
ip -n "$host" route add 2001:db8:20::/64 dev other
watch_routed6 "$host"
ends=("src 2001:db8:1::1 dst 2001:db8:1::2" "src 2001:db8:1::2 dst 2001:db8:1::1")
mode=tunnel
protect 2001:db8:1::/64 2001:db8:20::/64 "${aead[@]}"
guard6 "$host"
ok "IPv6: a conversation" pings "$peer" 2001:db8:20::1 2001:db8:1::1
ok "IPv6: and the other way" pings "$host" 2001:db8:1::1 2001:db8:20::1
is "IPv6: each packet comes protected, and then as itself" "eth0 2001:db8:1::2 8
eth0 2001:db8:20::1 8" seen "$host" ip6
is "IPv6: nothing is counted" "" counted_all "$host"
unwatch "$host"
send "$peer" eth0 "$to" 5 "IPv6(src='2001:db8:20::1',dst='2001:db8:1::1')/ICMPv6EchoReply()"
is "IPv6: unprotected spoofs are not seen" "" seen "$host" ip6
is "IPv6: but counted" "eth0 ipv6 wrong_device dropped 5" counted_all "$host"
explains "$host" "IPv6: explain agrees on what comes unprotected" <<-'EOT'
	accept 2001:db8:1::2 dev eth0 to 2001:db8:1::1
	drop:wrong_device 2001:db8:20::1 dev eth0 to 2001:db8:1::1
EOT
finish
