#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Replies that leave by another device than the requests came in by: strict mode
# drops the requests, loose mode lets them pass, and a route that says where
# the client may come from makes strict mode right. Real pings, for an answer
# is what the client cares about.
#
#   client 10.8.0.1/32                       host 10.9.0.1/32
#   left  10.1.0.2/24 -------------------- left  10.1.0.1/24
#   right 10.2.0.2/24 -------------------- right 10.2.0.1/24
#
. "${0%/*}/lib.sh"
plan 55

load
namespace host client
link "$host" left 10.1.0.1/24 "$client" left 10.1.0.2/24
link "$host" right 10.2.0.1/24 "$client" right 10.2.0.2/24
end "$host" lo 10.9.0.1/32
end "$client" lo 10.8.0.1/32
conf "$host" all.rp_filter=0 {left,right}.rp_filter=0 all.log_martians=0
conf "$client" all.rp_filter=0 {left,right}.rp_filter=0 all.log_martians=0
at "$client" srcguard set rp_filter off
ip -n "$client" route add 10.9.0.1/32 via 10.1.0.1

from_client() { # [ADDRESS]: all are answered
	at "$client" ping -q -c 3 -i 0.02 -W 10 -I 10.8.0.1 "${1-10.9.0.1}"
}
unanswered() { # [ADDRESS]: none is answered
	at "$client" ping -q -c 3 -i 0.02 -W 0.5 -I 10.8.0.1 "${1-10.9.0.1}" | grep -q ' 0 received'
}
route() {
	ip -n "$host" route "$@" || exit 1
}
prefers_left() {
	ip -n "$host" route get 10.8.0.1 from 10.9.0.1 | grep -q "dev left"
}
listens() {
	at "$host" ss -Hltn "sport = 7" | grep -q .
}
dropped_again() { # it was sent more than once
	[ "$(counted "$host" left wrong_device)" -ge 2 ]
}
no_connection() { # not even the rest of one
	[ -z "$(at "$client" ss -Htan "dport = 7" | grep -v TIME-WAIT)$(at "$host" ss -Htan "sport = 7")" ]
}
fresh() { # counters that start from 0
	local mode=$1
	at "$host" srcguard set rp_filter off && at "$host" srcguard set rp_filter "$mode"
}

# requests by the left, replies by the right
route add 10.8.0.0/24 via 10.2.0.2
ok "strict: requests by the wrong device are not answered" unanswered
is "and are counted" "left ipv4 wrong_device dropped 3" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	drop:wrong_device 10.8.0.1 dev left to 10.9.0.1
EOT
ok "loose" fresh loose
ok "loose: they are answered" from_client
explains "$host" "explain agrees" <<-'EOT'
	accept 10.8.0.1 dev left to 10.9.0.1
EOT
is "nothing was counted" "" counted_all "$host"

# Of a connection that is there already the kernel knows the route, by its socket, and
# does not check it. The guard does.
at "$host" srcguard set rp_filter off
at "$host" socat -u TCP4-LISTEN:7,bind=10.9.0.1 "OPEN:$scratch/heard.$host.7,creat,append" &
ok "off: a connection" within 9 listens
mkfifo "$scratch/tcp"
at "$client" socat -u - TCP4:10.9.0.1:7,bind=10.8.0.1 <"$scratch/tcp" &
exec {tcp}>"$scratch/tcp"
echo one >&"$tcp"
ok "off: is made, and carries data" within 9 got "$host" 7 one
conf "$host" all.rp_filter=1
ok "the kernel's filter drops requests by the wrong device" unanswered
echo two >&"$tcp"
ok "the kernel's filter: the connection goes on" within 9 got "$host" 7 $'one\ntwo'
conf "$host" all.rp_filter=0
ok "strict, while there is a connection" fresh strict
echo three >&"$tcp"
ok "strict: what it sends is dropped, and counted" within 9 dropped_again
is "strict: and does not arrive" $'one\ntwo' heard "$host" 7
ok "loose, while there is a connection" fresh loose
exec {tcp}>&-
ok "loose: the connection goes on" within 9 got "$host" 7 $'one\ntwo\nthree'
ok "loose: and ends" within 9 no_connection
is "nothing was counted for it" "" counted_all "$host"

ok "strict again" fresh strict
ok "strict: not answered" unanswered
route add 10.8.0.1/32 via 10.1.0.2
ok "a route by the left makes strict mode right" from_client
route del 10.8.0.1/32
ok "without it they are unanswered again" unanswered
route replace 10.8.0.0/24 nexthop via 10.1.0.2 nexthop via 10.2.0.2
ok "so does a route by both, for requests by the left" from_client
ip -n "$client" route replace 10.9.0.1/32 via 10.2.0.1
ok "and for requests by the right" from_client
ip -n "$host" nexthop add id 1 via 10.1.0.2 dev left
ip -n "$host" nexthop add id 2 via 10.2.0.2 dev right
ip -n "$host" nexthop add id 3 group 1/2
route replace 10.8.0.0/24 nhid 3
ok "so does a group of nexthops, by the right" from_client
ip -n "$client" route replace 10.9.0.1/32 via 10.1.0.1
ok "and by the left" from_client
is "nothing of it was counted" "left ipv4 wrong_device dropped 6" counted_all "$host"
explains "$host" "explain agrees" <<-'EOT'
	accept 10.8.0.1 dev left to 10.9.0.1
	accept 10.8.0.1 dev right to 10.9.0.1
EOT
ip -n "$host" nexthop replace id 3 group 2
ok "a group that lost the left does not" unanswered
is "and that is counted" 9 counted "$host" left wrong_device
explains "$host" "explain agrees" <<-'EOT'
	drop:wrong_device 10.8.0.1 dev left to 10.9.0.1
EOT
route del 10.8.0.0/24
ip -n "$host" nexthop flush >/dev/null 2>/dev/null

# two uplinks, each a default route
ok "two uplinks" fresh strict
route add default via 10.1.0.2 metric 10
route add default via 10.2.0.2 metric 20
ok "strict: by the better uplink" from_client
ip -n "$client" route replace 10.9.0.1/32 via 10.2.0.1
ok "strict: not by the other" unanswered
is "that is counted" "right ipv4 wrong_device dropped 3" counted_all "$host"
explains "$host" "two uplinks: explain agrees" <<-'EOT'
	accept 10.8.0.1 dev left to 10.9.0.1
	drop:wrong_device 10.8.0.1 dev right to 10.9.0.1
EOT
# the better one fails
conf "$host" all.ignore_routes_with_linkdown=1 left.ignore_routes_with_linkdown=1
ip -n "$client" link set left down
ok "strict: by the other, once the better has lost its carrier" within 10 from_client
explains "$host" "explain agrees" <<-'EOT'
	accept 10.8.0.1 dev right to 10.9.0.1
EOT
ip -n "$client" link set left up
ok "the better is back" within 10 prefers_left
ok "loose" fresh loose
ok "loose: by the other" from_client
is "nothing was counted" "" counted_all "$host"

# Each uplink with an address and a table of its own: whoever is asked on the
# right's address answers by the right, so there the right is no wrong device.
ok "multi-homed" fresh strict
ok "strict: the right's address by the right, without a rule" unanswered 10.2.0.1
at "$host" ip rule add from 10.2.0.1 lookup 2
route add default via 10.2.0.2 table 2
ok "strict: with a rule" from_client 10.2.0.1
ok "strict: the left's address by the left" from_client 10.1.0.1
ip -n "$client" route replace 10.1.0.1/32 via 10.2.0.1
ok "strict: the left's address not by the right" unanswered 10.1.0.1
is "that is counted" "right ipv4 wrong_device dropped 6" counted_all "$host"
explains "$host" "multi-homed: explain agrees" <<-'EOT'
	accept 10.8.0.1 dev right to 10.2.0.1
	drop:wrong_device 10.8.0.1 dev right to 10.1.0.1
EOT

# A router may see one direction only, and judges it by its own routes.
ok "a router" fresh strict
at "$host" sysctl -qw net.ipv4.ip_forward=1
route add 10.8.0.1/32 via 10.2.0.2
watch "$host"
send "$client" left "$(mac "$host" left)" 8 "IP(src='10.8.0.1',dst='10.2.0.2')/UDP(dport=9)"
is "strict: it drops what should have come in elsewhere" 0 passed "$host" 10.8.0.1
send "$client" right "$(mac "$host" right)" 8 "IP(src='10.8.0.1',dst='10.1.0.2')/UDP(dport=9)"
is "strict: and forwards what comes in there" 8 passed "$host" 10.8.0.1
is "strict: counted" "left ipv4 wrong_device dropped 8" counted_all "$host"
explains "$host" "a router: explain agrees" <<-'EOT'
	accept 10.8.0.1 dev right to 10.1.0.2
	drop:wrong_device 10.8.0.1 dev left to 10.2.0.2
EOT

cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
