#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# With the kernel's log_martians on, as benchmarks want it, strangers write to the log;
# not so behind a strict srcguard, but for what it leaves to the kernel. As in the README.
#
#   peer                      host
#   eth0 10.1.0.2/24 -------- eth0 10.1.0.1/24
#                             eth1 10.2.0.1/24 (dummy)
#
# expect-log: ^IPv4: martian (source|destination) 
# expect-log: ^ll header: [0-9a-f: ]*$
# expect-log: ^net_ratelimit: [0-9]+ callbacks suppressed$
#
. "${0%/*}/lib.sh"
plan 12

namespace host peer
link "$host" eth0 10.1.0.1/24 "$peer" eth0 10.1.0.2/24
ip -n "$host" link add eth1 type dummy
end "$host" eth1 10.2.0.1/24
conf "$host" all.log_martians=1 default.log_martians=1 all.rp_filter=1
mac=$(mac "$host" eth0)

lines() { # of the kernel's
	dmesg | grep -c 'IPv4: martian'
}
from() { # SOURCE COUNT [DESTINATION]
	send "$peer" eth0 "$mac" "$2" "IP(src='$1',dst='${3-10.1.0.1}',proto=253)"
}
martians() { # COUNT
	local source
	for source in 10.2.0.9 192.0.2.1 10.1.0.1 127.0.0.1 224.0.0.1 255.255.255.255 0.0.0.0; do
		from $source "$1"
	done
}
more() { # COMMAND...: lines that it has the kernel write
	local before
	before=$(lines)
	"$@"
	echo $(($(lines) - before))
}

martians 1
ok "the kernel tells of martians" test "$(lines)" -gt 3
load
is "behind srcguard it does not" 0 more martians 100
is "they are counted" 700 eval \
	'at "$host" srcguard -j stats | jq "[.[] | select(.outcome == \"dropped\") | .packets] | add"'
# Its limit is ten lines in five seconds, of all messages.
tells() { # SOURCE [DESTINATION]: sooner or later
	[ "$(more from "$1" 1 "${2-10.1.0.1}")" -gt 0 ]
}
for destination in 127.0.0.1 0.0.0.0; do
	ok "a strange destination is the kernel's to judge: $destination" \
		within 20 tells 10.1.0.2 $destination
done
at "$host" srcguard exempt add 10.2.0.9
ok "what is exempt is as well" within 20 tells 10.2.0.9
at "$host" srcguard exempt del 10.2.0.9
is "and only that" 0 more from 10.2.0.9 10
at "$host" srcguard dev set eth0 rp_filter loose
ok "so is what a laxer mode lets pass" within 20 tells 10.2.0.9
at "$host" srcguard dev clear eth0
at "$host" srcguard set enforce audit
ok "so is what is audited" within 20 tells 10.2.0.9
at "$host" srcguard set enforce drop
is "not what is dropped again" 0 more martians 10
is "check names the way into the log" "net.ipv4.conf.all.log_martians" eval \
	'at "$host" srcguard -j check | jq -r "[.[].what | select(test(\"log_martians\"))] | unique[]"'
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
