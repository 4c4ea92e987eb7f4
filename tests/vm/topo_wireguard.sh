#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# WireGuard as wg-quick sets it up for all traffic: a rule sends everything into
# the tunnel but what has the tunnel's mark, the mangle table restores that mark
# from conntrack on what comes back, and src_valid_mark makes the way back to the
# server depend on it. So it can be judged only after the mangle table.
#
#   host                            router                          server
#   eth0 10.1.0.1/24 --------- east 10.1.0.2/24
#   default via 10.1.0.2       west 10.9.0.1/24 --------- eth0 10.9.0.2/24
#   wg0  10.66.0.1/24 ======================================= wg0 10.66.0.2/24
#   AllowedIPs 0.0.0.0/0                                      lo  198.51.100.1
#
# smp: 2
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 37

load rp_filter=0
namespace host router server
link "$host" eth0 10.1.0.1/24 "$router" east 10.1.0.2/24
link "$router" west 10.9.0.1/24 "$server" eth0 10.9.0.2/24
ip -n "$host" route add default via 10.1.0.2
ip -n "$server" route add default via 10.9.0.1
at "$router" sysctl -qw net.ipv4.ip_forward=1
to=$(mac "$host" eth0)
dir=$(mktemp -d)
umask 077

ip -n "$server" link add wg0 type wireguard
wg genkey >"$dir/server"
wg genkey >"$dir/host"
at "$server" wg set wg0 listen-port 51821 private-key "$dir/server"
end "$server" wg0 10.66.0.2/24
ip -n "$server" addr add 198.51.100.1 dev lo
cat >"$dir/wg0.conf" <<-EOT
	[Interface]
	PrivateKey = $(<"$dir/host")
	Address = 10.66.0.1/24
	[Peer]
	PublicKey = $(wg pubkey <"$dir/server")
	Endpoint = 10.9.0.2:51821
	AllowedIPs = 0.0.0.0/0
EOT
chmod 600 "$dir/wg0.conf"
watch_routed "$host"
peer=$(wg pubkey <"$dir/host")
quick() { # up|down
	# A server that knows the last tunnel may call it in the middle of this one, at a port
	# that nobody has the mark for: it is to wait for the host.
	at "$server" wg set wg0 peer "$peer" remove
	at "$server" wg set wg0 peer "$peer" allowed-ips 10.66.0.1/32
	at "$host" wg-quick "$1" "$dir/wg0.conf"
}
tunnel() { # the host reaches what is behind the tunnel
	at "$host" ping -q -c 10 -i 0.02 -W 9 198.51.100.1
}
neighbour() { # and its neighbour
	at "$host" ping -q -c 4 -i 0.02 -W 9 10.1.0.2
}
outside() { # what belongs to the tunnel, not through it
	send "$router" east "$to" 5 "IP(src='10.66.0.2',dst='10.1.0.1')/ICMP(type=0)"
	send "$router" east "$to" 6 "IP(src='198.51.100.1',dst='10.1.0.1')/UDP(sport=51821,dport=9)"
}
spoofs() { # and what is outside, through it
	outside
	send "$server" wg0 - 7 "IP(src='10.1.0.2',dst='10.66.0.1')/ICMP(type=0)"
}

seen_clear() { # not the tunnel's own packets
	seen "$host" | grep -v " 10.9.0.2 "
}

for judge in kernel srcguard; do
	guard "$host" $judge
	ok "$judge: wg-quick sets it up" quick up
	ok "$judge: not even the first packets are lost" tunnel
	ok "$judge: nor a neighbour's" neighbour
	ok "$judge: nor what comes out of the tunnel unasked" \
		at "$server" ping -q -c 4 -i 0.02 -W 9 -I 198.51.100.1 10.66.0.1
	[ $judge = kernel ] || is "$judge: nothing is counted" "" counted_all "$host"
	unwatch "$host"
	spoofs
	is "$judge: spoofed packets are not seen" "" seen_clear
	[ $judge = kernel ] || is "$judge: they are counted" "eth0 ipv4 wrong_device dropped 11
wg0 ipv4 wrong_device dropped 7" counted_all "$host"
	mark=$(at "$host" wg show wg0 fwmark)
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees" <<-EOT
		accept 10.1.0.2 dev eth0 to 10.1.0.1
		accept 10.9.0.2 dev eth0 to 10.1.0.1 mark $mark
		accept 198.51.100.1 dev wg0 to 10.66.0.1
		drop:wrong_device 10.66.0.2 dev eth0 to 10.1.0.1
		drop:wrong_device 198.51.100.1 dev eth0 to 10.1.0.1
		drop:wrong_device 10.1.0.2 dev wg0 to 10.66.0.1
	EOT
	conf "$host" all.src_valid_mark=0
	fails "$judge: without src_valid_mark the tunnel has no way back" 1 \
		at "$host" ping -q -c 2 -i 0.02 -W 1 198.51.100.1
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees on that" <<-EOT
		drop:wrong_device 10.9.0.2 dev eth0 to 10.1.0.1 mark $mark
	EOT
	conf "$host" all.src_valid_mark=1
	ok "$judge: with it, it has again" tunnel
	ok "$judge: wg-quick takes it down" quick down
	unwatch "$host"
	outside
	is "$judge: without a tunnel they are no spoofs" "eth0 10.66.0.2 5
eth0 198.51.100.1 6" seen "$host"
	[ $judge = kernel ] || explains "$host" "$judge: explain agrees on these" <<-'EOT'
		accept 10.66.0.2 dev eth0 to 10.1.0.1
		accept 198.51.100.1 dev eth0 to 10.1.0.1
	EOT
done

guard "$host" srcguard
ok "it is set up again" quick up

# Toggled as fast as it goes, on another CPU than the packets' if possible.
toggle() { # NETNS DEVICE: from now on
	: >"$dir/on"
	# shellcheck disable=SC2016
	at "$1" bash -c 'n=0
		cd /proc/sys/net/ipv4/conf/$1
		while [ -e "$0/on" ]; do
			echo 1 >src_valid_mark; echo 0 >src_valid_mark
			n=$((n + 1)); [ $n -gt 1 ] || : >"$0/begun"
		done
		echo $n >"$0/toggled"' "$dir" "$2" &
	toggler=$!
	within 9 test -e "$dir/begun"
}
untoggle() { # WHAT
	rm "$dir/on" "$dir/begun"
	wait "$toggler"
	say "toggled $(<"$dir/toggled") times"
	ok "$1: that was often" test "$(<"$dir/toggled")" -ge 20
}
unjudged() {
	shown "$host" unjudged
}
# what counts is the maximum of "all" and the device: this changes nothing
toggle "$host" eth0
ok "toggled without effect: the tunnel loses nothing" \
	at "$host" ping -q -c 400 -i 0.005 -W 9 198.51.100.1
untoggle "toggled without effect"
is "and nothing is counted" "" counted_all "$host"

# From here on it does; with the tunnel's rules the late hook is there. And the tunnel's own
# packets must not come into it.
at "$server" wg set wg0 peer "$peer" remove
conf "$host" all.src_valid_mark=0
guard "$host" srcguard
before=$(unjudged)
toggle "$host" eth0
send "$router" east "$to" 4000 "IP(src='198.51.100.1',dst='10.1.0.1')/UDP(sport=51821,dport=9)"
untoggle "toggled with effect"
is "toggled with effect: no spoofed packet passes" "" seen_clear
is "and each is counted" 4000 counted "$host" eth0 wrong_device
is "none is unjudged" "$before" unjudged
unwatch "$host"
toggle "$host" eth0
send "$router" east "$to" 4000 "IP(src='10.1.0.2',dst='10.1.0.1')/ICMP(type=0)"
untoggle "toggled still"
is "and an honest one is never dropped" "eth0 10.1.0.2 4000" seen_clear

# Without rules the late hook is not there when it starts.
namespace bare
link "$bare" eth0 10.7.0.1/24 "$router" bare 10.7.0.2/24
watch_routed "$bare"
guard "$bare" srcguard
toggle "$bare" eth0
send "$router" bare "$(mac "$bare" eth0)" 4000 "IP(src='198.51.100.1',dst='10.7.0.1')/ICMP(type=0)"
untoggle "toggled without rules"
passed=$(seen "$bare" | sed -n 's/^eth0 198.51.100.1 //p')
say "${passed:-0} passed, $(shown "$bare" unjudged) were unjudged"
ok "it has an effect, before the late hook is there" test "${passed:-0}" -gt 0
ok "no spoofed packet passes without being counted as unjudged" \
	test "${passed:-0}" -le "$(shown "$bare" unjudged)"
is "and each other is dropped" $((4000 - ${passed:-0})) counted "$bare" eth0 no_route

rm -r "$dir"
finish
