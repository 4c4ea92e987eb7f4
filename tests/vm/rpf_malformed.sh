#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fragments, IP options, giants, and headers that are none: what the kernel takes
# for a packet is judged and counted exactly; the rest the kernel drops before
# any guard, is not counted, and harms nothing.
#
#   peer                      host
#   veth0 10.1.0.2/24 ---- veth0 10.1.0.1/24
#                          veth1 10.3.0.1/16
#
# 10.1.0.2 is honest on veth0, 10.3.1.1 is not.
#
. "${0%/*}/lib.sh"
plan 43

load
namespace host peer
link "$host" veth0 10.1.0.1/24 "$peer" veth0 10.1.0.2/24
ip -n "$host" link add veth1 type dummy
end "$host" veth1 10.3.0.1/16
conf "$host" all.rp_filter=0 veth0.rp_filter=0 all.log_martians=0
watch "$host"
to=$(mac "$host" veth0)
honest="src='10.1.0.2',dst='10.1.0.1'"
spoofed="src='10.3.1.1',dst='10.1.0.1'"

give() { # COUNT EXPRESSION
	send "$peer" veth0 "$to" "$@" || exit 1
}
# The kernel's own counts: packets with a bad header, and those cut short.
snmp() {
	at "$host" nstat -asz IpInHdrErrors IpExtInTruncatedPkts | awk 'NR > 1 { print $2 }'
}
mark() {
	local -a now
	mapfile -t now < <(snmp)
	bad_headers=${now[0]} cut=${now[1]}
}
since() { # what came since mark: BAD-HEADERS CUT-SHORT
	local -a now
	mapfile -t now < <(snmp)
	echo $((now[0] - bad_headers)) $((now[1] - cut))
}
# Counters that start from 0
clean() {
	at "$host" srcguard set rp_filter off && at "$host" srcguard set rp_filter strict
	unwatch "$host"
	mark
}
spoofs() { # packets and bytes counted on veth0, where nothing else may be counted
	at "$host" srcguard -j stats | jq -r '.[] | "\(.device) \(.reason) \(.packets) \(.bytes)"'
}
clean

# Fragments
ok "a socket listens" hear "$host" 10.1.0.1 5000
x3000=$(printf '%3000s' '' | tr ' ' x)
y3000=${x3000//x/y}
give 1 "fragment(IP(id=1,$honest)/UDP(sport=7,dport=5000)/(b'x'*3000),1000)"
give 1 "fragment(IP(id=2,$honest)/UDP(sport=7,dport=5000)/(b'y'*3000),1000)[::-1]"
ok "an honest datagram in fragments arrives, in order and in reverse" \
	within 5 got "$host" 5000 "$x3000$y3000"
is "its fragments passed" 8 passed "$host" 10.1.0.2
is "nothing was counted" "" spoofs
give 1 "fragment(IP(id=3,$spoofed)/UDP(sport=7,dport=5000)/(b'z'*3000),1000)"
is "each spoofed fragment is counted, with its own header" \
	"veth0 wrong_device 4 $((3008 + 4 * 20))" spoofs
is "none passes" 0 passed "$host" 10.3.1.1
clean
give 1 "fragment(IP(id=4,$spoofed)/UDP(sport=7,dport=5000)/(b'z'*3000),1000)[1:]"
give 8 "IP(id=5,flags='MF',frag=i,$spoofed)/(b'z'*24)"
is "so are fragments without a first one, and those that overlap" \
	"veth0 wrong_device 11 $((2008 + 3 * 20 + 8 * 44))" spoofs

# Judged late, for a rule that asks for ports, and with connection tracking to
# join the fragments before.
at "$host" ip rule add ipproto udp sport 5001 lookup 5 priority 500
ip -n "$host" route add 10.3.0.0/16 via 10.1.0.2 table 5
at "$host" nft -f - <<-'EOT'
table ip track {
	chain early { type filter hook prerouting priority 0; ct state invalid accept; }
}
EOT
clean
give 1 "fragment(IP(id=6,$spoofed)/UDP(sport=7,dport=5000)/(b'z'*3000),1000)"
is "joined before it is judged, a spoofed datagram counts once" \
	"veth0 wrong_device 1 3028" spoofs
give 1 "fragment(IP(id=7,$spoofed)/UDP(sport=7,dport=5001)/(b'z'*3000),1000)"
is "one whose port has another way back passes" "veth0 wrong_device 1 3028" spoofs
at "$host" nft delete table ip track
at "$host" ip rule del priority 500
clean

# Options
at "$peer" srcguard set rp_filter off
ok "record route is answered" at "$peer" ping -q -c 1 -W 10 -R 10.1.0.1
ok "timestamps are answered" at "$peer" ping -q -c 1 -W 10 -T tsonly 10.1.0.1
is "nothing was counted" "" spoofs
clean
options() { # ADDRESSES: good ones, then bogus ones; 24 bytes of header each
	local o
	for o in '07070400000000' '440800050000000000' '5e040000' '01010101' \
		'07020400' '07070300000000' '4400' '44280500' '83270400000000' 'ff'; do
		give 1 "IP($1,options=[Raw(bytes.fromhex('$o').ljust(12,b'\\0'))])/UDP(dport=9)"
	done
}
options "$spoofed"
is "options, good or bogus, hide no spoofed source" \
	"veth0 wrong_device 10 $((10 * (20 + 12 + 8)))" spoofs
is "none passes" 0 passed "$host" 10.3.1.1
clean
options "$honest"
is "nothing is counted for an honest source" "" spoofs
is "the guard lets it pass" 10 passed "$host" 10.1.0.2

# Giants
ip -n "$host" link set veth0 mtu 65535
ip -n "$peer" link set veth0 mtu 65535
clean
give 3 "IP($spoofed)/UDP(dport=9)/(b'z'*65507)"
is "the largest packets are counted" "veth0 wrong_device 3 $((3 * 65535))" spoofs
give 2 "IP($honest)/UDP(dport=9)/(b'z'*65507)"
is "the largest honest packets pass" 2 passed "$host" 10.1.0.2
head -c 2000000 /dev/urandom >"$scratch/data"
at "$host" socat -u TCP4-LISTEN:8080 "CREATE:$scratch/copy" &
within 10 at "$host" bash -c "ss -Hltn 'sport = 8080' | grep -q ."
ok "a stream is sent in segments as large as they get" \
	at "$peer" timeout 20 socat -u "OPEN:$scratch/data" TCP4:10.1.0.1:8080
wait $!
ok "it arrives whole" cmp "$scratch/data" "$scratch/copy"
is "nothing of it was counted" "veth0 wrong_device 3 $((3 * 65535))" spoofs

# No packets. The last of each kind is as long as it says, and is one.
clean
full="(lambda p,i:Raw(p[:i]))(raw(IP($spoofed,options=[Raw(b'\\1'*40)])/(b'z'*20)),i)"
give 80 "$full"
is "cut off anywhere: 60 have too little of a header, 20 of what follows" "60 20" since
is "cut off anywhere: nothing is judged" "" spoofs
give 1 "${full/:i/:80+i}"
is "all of it: it is" "veth0 wrong_device 1 80" spoofs
clean
give 5 "IP(ihl=i,$spoofed)/(b'\\0'*8)"
is "a header shorter than the least: bad" "5 0" since
give 8 "IP(ihl=i+8,$spoofed)/(b'\\0'*8)"
is "a header longer than the packet: bad" "13 0" since
is "none of them is judged" "" spoofs
give 2 "IP(ihl=i+6,$spoofed)/(b'\\0'*8)"
is "a header that just fits: judged" "veth0 wrong_device 2 56" spoofs
clean
give 16 "IP(version=[0,1,2,3,5,7,8,9,10,11,12,13,14,15,0,15][i],$spoofed)/(b'\\0'*8)"
is "another version: bad" "16 0" since
is "none of them is judged" "" spoofs
clean
give 20 "IP(len=i,$spoofed)/(b'\\0'*8)"
is "a length less than the header's: bad" "20 0" since
give 20 "IP(len=29+i*i*160,$spoofed)/(b'\\0'*8)"
is "a length beyond the packet's end: cut short" "20 20" since
is "none of them is judged" "" spoofs
give 9 "IP(len=20+i,$spoofed)/(b'\\0'*8)"
is "a length within the packet: what it says is counted" \
	"veth0 wrong_device 9 $((9 * 24))" spoofs
clean
# One of them turns version 4 into 6 and is not the IPv4 input's to count.
flip="(lambda p,i:Raw((int.from_bytes(p,'big')^(1<<64+i)).to_bytes(28,'big')))"
give 160 "$flip(raw(IP($spoofed)/(b'z'*8)),i)"
is "any flipped bit of a header: bad" "159 0" since
is "none of them is judged" "" spoofs
give 10 "IP(chksum=0,$spoofed)/(b'z'*8)"
is "no checksum: bad" "169 0" since
is "none of them is judged" "" spoofs
clean
give $((300 * ${COUNT-1})) \
	"(lambda i:Raw(bytes((i*(j+7)*2654435761>>13)%256 for j in range(i%131))))(i)"
is "noise is not judged" "" spoofs
give 4 "IP($spoofed)/UDP(dport=9)"
is "and after all that, the guard still works" "veth0 wrong_device 4 112" spoofs
give 4 "IP($honest)/UDP(dport=9)"
is "for the honest as well" 4 passed "$host" 10.1.0.2
explains "$host" "explain agrees" <<-'EOT'
	accept 10.1.0.2 dev veth0 to 10.1.0.1
	drop:wrong_device 10.3.1.1 dev veth0 to 10.1.0.1
EOT

cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
