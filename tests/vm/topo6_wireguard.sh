#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# WireGuard as wg-quick sets it up for all traffic, IPv6 inside and IPv6 or IPv4
# outside: a rule sends everything into the tunnel but what has the tunnel's mark,
# another one takes main's routes except its default (suppress_prefixlength 0), and
# the mangle table restores the mark from conntrack on what comes back. So the way
# back to the server is known only after the mangle table, and only to a lookup that
# does all of that.
#
#   host                            router                      server
#   eth0 2001:db8:1::1/64 -------- east 2001:db8:1::2/64
#        10.1.0.1/24                    10.1.0.2/24
#   default by router               west 2001:db8:9::1/64 ---- eth0 2001:db8:9::2/64
#                                        10.9.0.1/24                10.9.0.2/24
#   wg0  fd66::1/64 ========================================= wg0  fd66::2/64
#   AllowedIPs ::/0                                            lo   2001:db8:c0de::1
#   lan  2001:db8:5::1/64 ---- eth0 2001:db8:5::2/64  box
#
# smp: 2
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 40

load rp_filter=0
namespace host router server box
quiet6 "$host" "$router" "$server" "$box"
link "$host" eth0 2001:db8:1::1/64 "$router" east 2001:db8:1::2/64
link "$router" west 2001:db8:9::1/64 "$server" eth0 2001:db8:9::2/64
link "$host" lan 2001:db8:5::1/64 "$box" eth0 2001:db8:5::2/64
while read -r name device address; do
	ip -n "${!name}" addr add "$address" dev "$device"
done <<-'EOT'
	host eth0 10.1.0.1/24
	router east 10.1.0.2/24
	router west 10.9.0.1/24
	server eth0 10.9.0.2/24
	server lo 2001:db8:c0de::1
EOT
ip -n "$host" route add default via 2001:db8:1::2
ip -n "$host" route add default via 10.1.0.2
ip -n "$server" route add default via 2001:db8:9::1
ip -n "$server" route add default via 10.9.0.1
ip -n "$box" route add default via 2001:db8:5::1
for name in "$host" "$router"; do
	at "$name" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
done
to=$(mac "$host" eth0)
umask 077

ip -n "$server" link add wg0 type wireguard
wg genkey >"$scratch/server"
wg genkey >"$scratch/host"
at "$server" wg set wg0 listen-port 51821 private-key "$scratch/server"
end "$server" wg0 fd66::2/64
ip -n "$server" route add 2001:db8:5::/64 dev wg0
watch_routed6 "$host"

configure() { # ADDRESS-OF-SERVER NETWORK...: those go through the tunnel
	cat >"$scratch/wg0.conf" <<-EOT
		[Interface]
		PrivateKey = $(<"$scratch/host")
		Address = fd66::1/64
		[Peer]
		PublicKey = $(wg pubkey <"$scratch/server")
		Endpoint = $1:51821
		AllowedIPs = $2
	EOT
}
quick() { # up|down
	# A server that knows the last tunnel may call it in the middle of this one, at a port
	# that nobody has the mark for: it is to wait for the host.
	peer=$(wg pubkey <"$scratch/host")
	at "$server" wg set wg0 peer "$peer" remove
	at "$server" wg set wg0 peer "$peer" \
		allowed-ips fd66::1/128,2001:db8:5::/64,10.66.0.1/32
	at "$host" wg-quick "$1" "$scratch/wg0.conf"
}
pings() { # NETNS ADDRESS [OPTION...]
	at "$1" ping -q -c 5 -i 0.02 -W 9 "${@:3}" "$2"
}
outside() { # what belongs to the tunnel, not through it
	send "$router" east "$to" 5 "IPv6(src='fd66::2',dst='2001:db8:1::1')/ICMPv6EchoReply()"
	send "$router" east "$to" 6 \
		"IPv6(src='2001:db8:c0de::1',dst='2001:db8:1::1')/UDP(sport=51821,dport=9)"
}
inside() { # and what is outside, through it
	send "$server" wg0 - 7 "IPv6(src='2001:db8:1::2',dst='fd66::1')/ICMPv6EchoReply()"
	send "$server" wg0 - 8 "IPv6(src='2001:db8:5::2',dst='fd66::1')/ICMPv6EchoReply()"
}
seen_clear() { # not what carries the tunnel
	seen "$host" ip6 | grep -v " 2001:db8:9::2 "
}
head -c 100000 /dev/urandom >"$scratch/data"
serve() { # NETNS: hands the data to whoever connects
	at "$1" socat TCP6-LISTEN:8080,reuseaddr,fork "OPEN:$scratch/data,rdonly!!/dev/null" \
		>/dev/null 2>&1 &
	within 9 at "$1" bash -c "ss -Hltn 'sport = 8080' | grep -q ."
}
fetch() { # NETNS ADDRESS: the data arrive whole
	at "$1" timeout 30 socat -u "TCP6:[$2]:8080,connect-timeout=9" - | cmp - "$scratch/data"
}
serve "$host"
serve "$server"

for outer in IPv6 IPv4; do
	case $outer in
	IPv6) configure "[2001:db8:9::2]" ::/0 ;;
	# the filter for IPv4 sees only what carries the tunnel
	IPv4) configure 10.9.0.2 "::/0, 0.0.0.0/0" ;;
	esac
	guard6 "$host"
	guard6 "$server"
	ok "over $outer: wg-quick sets it up" quick up
	ok "over $outer: not even the first packets are lost" pings "$host" 2001:db8:c0de::1
	ok "over $outer: nor a neighbour's" pings "$host" 2001:db8:1::2
	ok "over $outer: nor what comes out of the tunnel unasked" \
		pings "$server" fd66::1 -I 2001:db8:c0de::1
	ok "over $outer: nor what is only passed on" pings "$box" 2001:db8:c0de::1
	ok "over $outer: nor that from the other side" pings "$server" 2001:db8:5::2
	ok "over $outer: nor what has to be in pieces" pings "$host" 2001:db8:c0de::1 -s 4000
	ok "over $outer: the host fetches from the server" fetch "$host" 2001:db8:c0de::1
	ok "over $outer: the server fetches from the host" fetch "$server" fd66::1
	is "over $outer: nothing is counted" "" counted_all "$host"
	is "over $outer: nor at the server" "" counted_all "$server"
	unwatch "$host"
	outside
	inside
	is "over $outer: spoofed packets are not seen" "" seen_clear
	is "over $outer: they are counted" "eth0 ipv6 wrong_device dropped 11
wg0 ipv6 wrong_device dropped 15" counted_all "$host"
	mark=$(at "$host" wg show wg0 fwmark)
	[ $outer = IPv6 ] || mark=
	explains "$host" "over $outer: explain agrees" <<-EOT
		accept 2001:db8:1::2 dev eth0 to 2001:db8:1::1
		accept 2001:db8:c0de::1 dev wg0 to fd66::1
		accept 2001:db8:5::2 dev lan to 2001:db8:c0de::1
		${mark:+accept 2001:db8:9::2 dev eth0 to 2001:db8:1::1 mark $mark}
		drop:wrong_device fd66::2 dev eth0 to 2001:db8:1::1
		drop:wrong_device 2001:db8:c0de::1 dev eth0 to 2001:db8:1::1
		drop:wrong_device 2001:db8:1::2 dev wg0 to fd66::1
		drop:wrong_device 2001:db8:5::2 dev wg0 to fd66::1
	EOT
	ok "over $outer: the tunnel works on" pings "$host" 2001:db8:c0de::1
	ok "over $outer: wg-quick takes it down" quick down
	guard6 "$host"
	outside
	is "over $outer: without a tunnel they are no spoofs" "eth0 2001:db8:c0de::1 6
eth0 fd66::2 5" seen_clear
	explains "$host" "over $outer: explain agrees on these" <<-'EOT'
		accept fd66::2 dev eth0 to 2001:db8:1::1
		accept 2001:db8:c0de::1 dev eth0 to 2001:db8:1::1
	EOT
done

# Without the rule for conntrack's mark there is no way back to the server: this is
# what the late hook is for.
configure "[2001:db8:9::2]" ::/0
quick up >/dev/null 2>&1
guard6 "$host"
at "$host" nft delete table ip6 wg-quick-wg0
fails "without the mark the tunnel's own packets are spoofs" 1 \
	at "$host" ping -q -c 2 -i 0.02 -W 1 2001:db8:c0de::1
ok "and counted" test "$(counted "$host" eth0 wrong_device)" -gt 0
explains "$host" "explain agrees on that" <<-'EOT'
	drop:wrong_device 2001:db8:9::2 dev eth0 to 2001:db8:1::1
EOT
at "$host" srcguard set rp_filter off
ok "without a guard it works that way, too" pings "$host" 2001:db8:c0de::1
finish
