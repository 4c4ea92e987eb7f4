#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# PPP: two real pppd with a pty between them.
#
#   peer                                            host
#   ppp0 10.1.0.2 . . pppd = socat = pppd . . ppp0  10.1.0.1
#   lo   10.2.0.9, 192.0.2.1                        other 10.2.0.1/24
#
# files: tests/topo.sh
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/topo.sh"
plan 12

load rp_filter=0
namespace host peer
ip -n "$host" link add other up type dummy
ip -n "$host" addr add 10.2.0.1/24 dev other
for address in 10.2.0.9 192.0.2.1; do ip -n "$peer" addr add $address dev lo; done
watch_routed "$host"

dir=$(mktemp -d)
dial() { # NETNS SOCAT-ADDRESS OWN:OTHER
	at "$1" pppd nodetach noauth nodefaultroute noipv6 noccp local lock \
		pty "socat - $2" "$3" >"$dir/$1" 2>&1 &
}
dial "$host" "UNIX-LISTEN:$dir/line" 10.1.0.1:10.1.0.2
within 20 test -S "$dir/line"
dial "$peer" "UNIX-CONNECT:$dir/line" 10.1.0.2:10.1.0.1
ok "the line is up" within 30 at "$peer" ping -q -c 1 -W 1 10.1.0.1
[ $bad -eq 0 ] || say "$(cat "$dir"/*-*)"

from() { # SOURCE COUNT: by way of a socket, PPP has no frames to write oneself
	local i
	for ((i = 0; i < $2; i++)); do
		echo x | at "$peer" socat -u - "UDP-SENDTO:10.1.0.1:9,bind=$1"
	done
}

for judge in kernel srcguard; do
	guard "$host" $judge
	from 10.1.0.2 5
	from 10.2.0.9 6
	from 192.0.2.1 7
	is "$judge: honest packets are seen, and no others" "ppp0 10.1.0.2 5" seen "$host"
	ok "$judge: a conversation" at "$peer" ping -q -c 3 -i 0.02 -W 9 10.1.0.1
	ok "$judge: and the other way" at "$host" ping -q -c 3 -i 0.02 -W 9 10.1.0.2
done
is "spoofs are counted" "ppp0 ipv4 no_route dropped 7
ppp0 ipv4 wrong_device dropped 6" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	accept 10.1.0.2 dev ppp0 to 10.1.0.1
	drop:wrong_device 10.2.0.9 dev ppp0 to 10.1.0.1
	drop:no_route 192.0.2.1 dev ppp0 to 10.1.0.1
EOT

guard "$host" srcguard
ip -n "$host" route add default dev ppp0
from 192.0.2.1 5
from 10.2.0.9 6
is "with a default route, strangers are seen" "ppp0 192.0.2.1 5" seen "$host"
is "but not those who are elsewhere" "ppp0 ipv4 wrong_device dropped 6" counted_all "$host"
explains "$host" "explain agrees on these" <<-'EOT'
	accept 192.0.2.1 dev ppp0 to 10.1.0.1
	drop:wrong_device 10.2.0.9 dev ppp0 to 10.1.0.1
EOT
rm -r "$dir"
finish
