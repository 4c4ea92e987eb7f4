#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The 6to4 guard's modes, and each row of RFC 3964's lists with addresses just inside and
# just outside of it. Real packets, and for what the kernel itself does not let in, those
# that a rule of the INPUT chain makes of others. The kernel never says a word, which it
# would without the guard, as is seen, too.
#
#   peer                     host
#   eth0 192.0.2.2/24 ------ eth0 192.0.2.1/24
#   eth1 203.0.113.2/24 ---- eth1 203.0.113.1/24
#                            net0 198.51.100.1/25, for its broadcast address
#                            lo   the addresses of the lists
#                            sit0 takes all that is for no other tunnel, and has, as
#                                 destination NAT makes it, addresses of the lists as well
#
# files: tests/sit.sh tests/hooklist.sh
# expect-log: ^sit: (Src|Dst) spoofed
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
. "${0%/*}/sit.sh"
. "${0%/*}/hooklist.sh"
plan $((85 + ${listing:-0} * 5))

load rp_filter=0 sixtofour=0
modprobe sit
namespace host peer
link "$host" eth0 192.0.2.1/24 "$peer" eth0 192.0.2.2/24
link "$host" eth1 203.0.113.1/24 "$peer" eth1 203.0.113.2/24
ip -n "$host" link add net0 type dummy
end "$host" net0 198.51.100.1/25
ip -n "$host" addr add 198.51.100.126/25 dev net0
deaf "$host"
ip -n "$host" link set sit0 up
conf "$host" {all,default,eth0,eth1}.rp_filter=0 all.log_martians=0
# the addresses of the lists are sources and destinations by turns
conf "$host" {eth0,eth1}.{accept_local,route_localnet}=1

# --- the lists --------------------------------------------------------------------

# RFC 3964, section 5.3.1: the ends of its ranges, and their neighbours outside
bad4=(0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 127.0.0.0 127.255.255.255
	169.254.0.0 169.254.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255
	224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255)
good4=(1.0.0.0 9.255.255.255 11.0.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0
	172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 223.255.255.255)
# section 5.3.2
bad6=(:: ::1 ::192.0.2.2 ::ffff:192.0.2.2 0:ffff:ffff:ffff:ffff:ffff:ffff:ffff
	fe80:: febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff
	fec0:: feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ff00:: ff02::1
	ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff)
good6=(1:: fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe00::
	2001:db8::2 3fff::1)
# broadcast addresses of this namespace; the last one of each kind, and another's
broadcasts=(192.0.2.255 203.0.113.255 198.51.100.127)
no_broadcasts=(192.0.2.254 198.51.100.126 198.51.100.255)

python() { # WORD...: as a tuple
	printf "('%s'," "$1"
	shift
	[ $# -eq 0 ] || printf "'%s'," "$@"
	echo ")"
}
upto() { # FIRST LAST: all numbers between, as "passed_ids" has them
	seq -s ' ' "$1" "$2"
}
each() { # TEMPLATE ADDRESS...: an expression of packets, "a" being an address, "n" its number
	echo "[$1 for n,a in enumerate($(python "${@:2}"),1)]"
}

# What the kernel refuses as a source or a destination comes as another, which is changed
# in INPUT: by the number of the packet, and 100 more for a source, 200 for a destination.
for i in "${!bad4[@]}"; do
	case ${bad4[i]} in
	0.* | 224.* | 239.*)
		sources+="$((101 + i)) : ${bad4[i]}, "
		targets+="$((201 + i)) : ${bad4[i]}, "
		;;
	255.*) sources+="$((101 + i)) : ${bad4[i]}, " ;;
	esac
done
at "$host" nft -f - <<-EOT
table ip watch {
	set seen { typeof ip id; flags dynamic; size 65535; }
	chain nat {
		type filter hook input priority 0
		ip protocol 41 ip saddr 192.0.2.3 ip saddr set ip id map { $sources }
		ip protocol 41 ip daddr 192.0.2.1 ip daddr set ip id map { $targets }
	}
	chain behind {
		type filter hook input priority 2147483647
		ip protocol 41 update @seen { ip id }
	}
}
EOT
{
	for address in "${bad4[@]}" "${good4[@]}" "${no_broadcasts[@]}"; do
		case $address in
		0.* | 22[4-9].* | 239.* | 255.* | 127.* | 198.51.100.126) ;;
		*) echo "addr add $address/32 dev lo" ;;
		esac
	done
	for address in "${bad4[@]}" "${good4[@]}" "${broadcasts[@]}" "${no_broadcasts[@]}"; do
		IFS=. read -r a b c d <<<"$address"
		printf 'addr add 2002:%02x%02x:%02x%02x::5/48 dev sit0\n' "$a" "$b" "$c" "$d"
	done
} >"$scratch/addresses"
ip -n "$host" -batch "$scratch/addresses" || exit 1

native="'2001:db8::1'"
me="'192.0.2.1'"
you="'192.0.2.2'"
declare -A positions=(
	[outer source]="in_ip4(a if a[:2]!='0.' and a[:4] not in ('224.','239.','255.') else '192.0.2.3',
		$me,six(a),$native,id=100+n)"
	[outer destination]="in_ip4($you,a if a[:2]!='0.' and a[:4] not in ('224.','239.') else $me,
		$native,six(a),id=200+n)"
	[embedded destination]="in_ip4($you,$me,$native,six(a),id=300+n)"
	[inner source]="in_ip4($you,$me,a,six($me),id=400+n)"
	[inner destination]="in_ip4($you,$me,six($you),a,id=500+n)"
	[native]="in_ip4($you,$me,a,$native,id=600+n)"
)
give() { # EXPRESSION: by eth0; in one line
	send "$peer" eth0 "${mac[eth0]}" 1 "${1//$'\n\t\t'/ }" || exit 1
}
declare -A mac=([eth0]=$(mac "$host" eth0) [eth1]=$(mac "$host" eth1))
passed_ids() { # POSITION ADDRESS...: the numbers of those that the guard let pass
	local base
	give "$(each "${positions[$1]}" "${@:2}")"
	base=${positions[$1]##*id=}
	base=${base%+n)}
	fates "$host" >"$scratch/fates"
	at "$host" nft -j list set ip watch seen |
		jq -r "[.nftables[].set.elem[]? | if type == \"object\" then .elem.val else . end - $base] |
			sort | join(\" \")"
	at "$host" nft flush set ip watch seen
}
fate() {
	cat "$scratch/fates"
}
# in this shell, so that the sender is there for all others
give "$(each "${positions[native]}" 2001:db8::2)"
at "$host" nft flush set ip watch seen
fates "$host" >/dev/null

# rows WHAT NUMBER-OF-BAD-ONES COUNTED POSITION ADDRESS...: first the bad ones; in mode
# match and when it is audited all of them pass
rows() {
	local what=$1 wrong=$2 reason=$3 all=$(($# - 4))
	shift 3
	guard "$host" sixtofour match enforce 1
	is "$what: match lets them pass" "$(upto 1 $all)" passed_ids "$@"
	is "$what: and counts nothing" "sit0 $all" fate
	guard "$host" sixtofour full
	is "$what: full drops what is on the list" "$(upto $((wrong + 1)) $all)" passed_ids "$@"
	is "$what: and counts it" \
		"$([ $all -eq "$wrong" ] || echo "sit0 $((all - wrong)), ")eth0 $reason dropped $wrong" fate
	guard "$host" enforce 0
	is "$what: an audit lets all pass" "$(upto 1 $all)" passed_ids "$@"
	is "$what: and counts the same" "sit0 $all, eth0 $reason audited $wrong" fate
}
rows "outer source" 16 6to4_outer "outer source" "${bad4[@]}" "${good4[@]}"
rows "outer destination" 16 6to4_outer "outer destination" "${bad4[@]}" "${good4[@]}"
rows "embedded destination" 16 6to4_embedded "embedded destination" "${bad4[@]}" "${good4[@]}"
rows "inner source" 12 6to4_inner "inner source" "${bad6[@]}" "${good6[@]}"
rows "inner destination" 12 6to4_inner "inner destination" "${bad6[@]}" "${good6[@]}"
rows "outer source, own broadcasts" 3 6to4_outer "outer source" \
	"${broadcasts[@]}" "${no_broadcasts[@]}"
rows "outer destination, own broadcasts" 3 6to4_outer "outer destination" \
	"${broadcasts[@]}" "${no_broadcasts[@]}"
rows "embedded destination, own broadcasts" 3 6to4_embedded "embedded destination" \
	"${broadcasts[@]}" "${no_broadcasts[@]}"
rows "native to native" 1 6to4_native native 2001:db8::2 2002:c000:202::1

# --- modes, and who sets them -----------------------------------------------------

honest="in_ip4($you,$me,six($you),six($me))"
source="in_ip4($you,$me,six('192.0.2.3'),six($me))"
target="in_ip4($you,$me,six($you),six('192.0.2.3'))"
short="IP(src=$you,dst=$me,proto=41)/(b'x'*39)"
outer="in_ip4('10.0.0.0',$me,six('10.0.0.0'),six($me))"
inner="in_ip4($you,$me,'fe80::1',six($me))"
embedded="in_ip4($you,$me,six($you),six('10.0.0.0'))"
neither="in_ip4($you,$me,$native,$native)"
kinds=("$honest" "$source" "$target" "$short" "$outer" "$inner" "$embedded" "$neither")
# all: one honest packet by a device, and of the other kinds two, three, ... eight
all() { # [DEVICE]
	local i device=${1-eth0}
	fates "$host" >/dev/null
	for i in "${!kinds[@]}"; do
		send "$peer" "$device" "${mac[$device]}" $((i + 1)) "${kinds[i]}" || exit 1
	done
	fates "$host"
}
matched="DEV 6to4_destination dropped 3, DEV 6to4_source dropped 2, DEV 6to4_truncated dropped 4"
full="sit0 1, DEV 6to4_destination dropped 3, DEV 6to4_embedded dropped 7, DEV 6to4_inner dropped 6,\
 DEV 6to4_native dropped 8, DEV 6to4_outer dropped 5, DEV 6to4_source dropped 2,\
 DEV 6to4_truncated dropped 4"
audited="sit0 27, DEV 6to4_destination dropped 3, DEV 6to4_embedded audited 7,\
 DEV 6to4_inner audited 6, DEV 6to4_native audited 8, DEV 6to4_outer audited 5,\
 DEV 6to4_source dropped 2, DEV 6to4_truncated dropped 4"
full_but_outer=${full/ DEV 6to4_outer dropped 5,/}
off="sit0 27, said 5"

guard "$host" sixtofour off enforce 1
is "off: the kernel says what it drops" "$off" all
lists_hooks "off: no hook" 0 "$host"
guard "$host" sixtofour match
is "match: it says nothing" "sit0 27, ${matched//DEV/eth0}" all
lists_hooks "match: a hook" 1 "$host"
guard "$host" enforce 0
is "match: an audit changes nothing of that" "sit0 27, ${matched//DEV/eth0}" all
guard "$host" sixtofour full
is "full: an audit drops what match does" "${audited//DEV/eth0}" all
guard "$host" enforce 1
is "full" "${full//DEV/eth0}" all
ok "an exemption" at "$host" srcguard exempt add 0.0.0.0/0
is "is of no account" "${full//DEV/eth0}" all
at "$host" srcguard exempt del 0.0.0.0/0
at "$host" sysctl -qw net.srcguard.sixtofour=1
is "by sysctl: match" "sit0 27, ${matched//DEV/eth0}" all
at "$host" srcguard dev set sit0 rp_filter off
guard "$host" sixtofour full rp_filter strict
conf "$host" eth0.accept_local=0
is "beside the reverse-path filter, which comes first" \
	"${full_but_outer//DEV/eth0}, eth0 own_address dropped 5" all
guard "$host" rp_filter off
conf "$host" eth0.accept_local=1

# Devices
guard "$host" sixtofour match
at "$host" srcguard dev set eth0 sixtofour off
is "off for a device" "$off" all
is "is not off for another" "sit0 27, ${matched//DEV/eth1}" all eth1
at "$host" srcguard dev set eth0 sixtofour full
is "full for a device" "${full//DEV/eth0}" all
is "is match for another" "sit0 27, ${matched//DEV/eth1}" all eth1
at "$host" srcguard dev set eth0 enforce audit
is "an audit for a device" "${audited//DEV/eth0}" all
guard "$host" sixtofour off enforce 0
at "$host" srcguard dev set eth1 sixtofour full enforce drop
is "a device's settings while the guard is off elsewhere" "${full//DEV/eth1}" all eth1
at "$host" srcguard dev clear eth0
is "elsewhere it is off" "$off" all
lists_hooks "one device is enough for a hook" 1 "$host"
at "$host" ip link set eth1 down
at "$host" ip link set eth1 name wan1
at "$host" ip link set wan1 up
mac[eth1]=$(mac "$host" wan1)
within 10 at "$peer" grep -q 1 /sys/class/net/eth1/carrier
is "they go with the device's new name" "${full//DEV/wan1}" all eth1
at "$host" srcguard dev clear wan1
lists_hooks "the last setting gone, no hook" 0 "$host"
guard "$host" enforce 1
at "$host" srcguard dev set 'cali*' sixtofour match
link "$host" cali0 - "$peer" eth2 -
conf "$host" cali0.{rp_filter=0,accept_local=1}
mac[eth2]=$(mac "$host" cali0)
within 10 at "$peer" grep -q 1 /sys/class/net/eth2/carrier
is "a pattern holds from the first packet" "sit0 27, ${matched//DEV/cali0}" all eth2
is "and for no other device" "$off" all
at "$host" srcguard dev clear 'cali*'

# Without a tunnel that it is for there is nothing to look at.
guard "$host" sixtofour match
ip -n "$host" link set sit0 down
lists_hooks "sit0 down: no hook" 0 "$host"
is "sit0 down: nobody takes or says anything" nothing all
ip -n "$host" link set sit0 up
ip -n "$host" -force -batch "$scratch/addresses" 2>/dev/null
is "sit0 up: match" "sit0 27, ${matched//DEV/eth0}" all

# --- floods -----------------------------------------------------------------------

# By default the kernel says ten lines in five seconds; here it would say all of them.
guard "$host" sixtofour full
reasons=(- 6to4_source 6to4_destination 6to4_truncated 6to4_outer 6to4_inner 6to4_embedded 6to4_native)
for i in "${!kinds[@]}"; do
	[ "$i" -gt 0 ] || continue
	send "$peer" eth0 "${mac[eth0]}" 1000 "${kinds[i]}" || exit 1
	is "a thousand of ${reasons[i]}: counted, and not a word" "eth0 ${reasons[i]} dropped 1000" \
		fates "$host"
done
guard "$host" sixtofour off
guard "$host" sixtofour full
all eth0 >/dev/null
is "to the byte" $((2 * 60)) counted "$host" eth0 6to4_source dropped bytes
is "also of what is too short" $((4 * 59)) counted "$host" eth0 6to4_truncated dropped bytes
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
