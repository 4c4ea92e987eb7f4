#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A host and an attacker: what srcguard lets pass, what it drops, and what the
# kernel's log says of it; then the same flood with the kernel's own means. It
# ends with 1 if anything but the promised happened.
#
#   attacker                      host                     office
#   veth0 198.51.100.66/24 ---- wan 198.51.100.1/24
#                               lan 10.1.0.1/24 -------- veth0 10.1.0.2/24
#
# timeout: 120
# expect-log: ^IPv4: martian source 
# expect-log: ^ll header: 00000000: 
# expect-log: ^net_ratelimit: [0-9]+ callbacks suppressed$
#
. "${0%/*}/lib.sh"

title() { printf '\n== %s\n' "$*"; }

# promise WHAT WANT GOT: shown, and remembered if it was not kept
promise() {
	printf '   %-62s %s\n' "$1" "$3"
	if [ "$2" != "$3" ]; then
		bad=$((bad + 1))
		echo "   ^ this should have been $2"
	fi
}

log_lines() { dmesg | wc -l; }

namespace host attacker office
link "$host" wan 198.51.100.1/24 "$attacker" veth0 198.51.100.66/24
link "$host" lan 10.1.0.1/24 "$office" veth0 10.1.0.2/24
ip -n "$attacker" route add default via 198.51.100.1
ip -n "$office" route add default via 10.1.0.1
ip -n "$host" route add 203.0.113.0/24 via 10.1.0.2
at "$host" sysctl -qw net.ipv4.ip_forward=1
conf "$host" all.rp_filter=0 wan.rp_filter=0 lan.rp_filter=0
to_wan=$(mac "$host" wan)

flood=1000
spoof() { # what the attacker makes up
	send "$attacker" veth0 "$to_wan" $flood "IP(src='10.1.0.2',dst='10.1.0.1')/UDP(dport=53)"
	send "$attacker" veth0 "$to_wan" $flood "IP(src='203.0.113.9',dst='10.1.0.2')/UDP(dport=53)"
	send "$attacker" veth0 "$to_wan" $flood "IP(src='198.51.100.1',dst='198.51.100.1')/UDP(dport=53)"
	send "$attacker" veth0 "$to_wan" $flood "IP(src='240.1.2.3',dst='10.1.0.2')/UDP(dport=53)"
	send "$attacker" veth0 "$to_wan" $flood "IP(src='127.0.0.1',dst='198.51.100.1')/UDP(dport=53)"
}

title "srcguard on $(uname -r): modprobe srcguard"
modprobe srcguard || exit 1
watch "$host"
at "$host" srcguard show | sed 's/^/   /'
before=$(log_lines)

title "Honest traffic"
received() { at "$1" ping -q -c 20 -i 0.02 "$2" | sed -n 's/.* \([0-9]*\) received.*/\1/p'; }
promise "the attacker's own address pings the host: answers of 20" 20 "$(received "$attacker" 198.51.100.1)"
promise "the office pings through the host: answers of 20" 20 "$(received "$office" 198.51.100.66)"
promise "packets that srcguard took for spoofed" 0 "$(counted_all "$host" | wc -l)"

title "$((5 * flood)) packets with sources that the attacker made up"
unwatch "$host"
spoof
for source in 10.1.0.2:office 203.0.113.9:"behind the office" 198.51.100.1:"the host itself" \
	240.1.2.3:"nowhere" 127.0.0.1:loopback; do
	promise "source ${source%%:*} (${source#*:}): packets that got in" 0 \
		"$(passed "$host" "${source%%:*}")"
done

title "srcguard stats --explain"
at "$host" srcguard stats --explain | sed 's/^/   /'
promise "packets dropped and counted" $((5 * flood)) \
	"$(at "$host" srcguard -j stats | jq 'map(.packets) | add')"
promise "lines in the kernel's log" 0 "$(($(log_lines) - before))"

title "The same flood without srcguard: rp_filter=1, log_martians=1"
at "$host" srcguard set rp_filter off
conf "$host" all.rp_filter=1 all.log_martians=1
before=$(log_lines)
spoof
lines=$(($(log_lines) - before))
echo "   lines in the kernel's log, written by a stranger                $lines"
[ $lines -gt 0 ] || bad=$((bad + 1))

title "rmmod srcguard"
promise "the module leaves: status of rmmod" 0 "$(rmmod srcguard >/dev/null 2>&1; echo $?)"
echo
[ $bad -eq 0 ] || { echo "$bad promises were not kept"; exit 1; }
echo "All promises were kept."
