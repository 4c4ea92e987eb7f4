#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The YNL specification is true: a reader that knows nothing but the file drives every
# operation through it, on real state, and hears what the tool says; each limit that it
# names is the kernel's, and what it does not list is in no answer.
#
#   peer                      host
#   eth0 10.1.0.2/24 -------- eth0 10.1.0.1/24, 2001:db8:1::1/64
#                             eth1 10.2.0.1/24, 2001:db8:2::1/64
#                             fifteen-letters
#   10.9.0.0/16 by eth0 and eth1, 10.50.0.0/16 a blackhole
#
# files: include/netlink/srcguard.yaml
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
plan 147

load
namespace host peer
quiet6 "$host" "$peer"
link "$host" eth0 10.1.0.1/24 "$peer" eth0 10.1.0.2/24
ip -n "$host" link add eth1 type dummy
end "$host" eth1 10.2.0.1/24
ip -n "$host" link add fifteen-letters type dummy
for i in 0 1; do ip -n "$host" addr add "2001:db8:$((i + 1))::1/64" dev eth$i; done
ip -n "$host" addr add 2001:db8:3::1/64 dev fifteen-letters
ip -n "$host" link set fifteen-letters up
conf "$host" {all,default,eth0,eth1}.rp_filter=0
ip -n "$host" route add 10.9.0.0/16 nexthop via 10.1.0.2 nexthop via 10.2.0.2
ip -n "$host" route add blackhole 10.50.0.0/16
mac=$(mac "$host" eth0)

service ynl ip netns exec "$host" python3 ynl.py srcguard.yaml
ask() { # OPERATION [ATTRIBUTES]
	echo "$1" >>"$scratch/asked"
	call ynl "{\"op\":\"$1\",\"attrs\":${2-{\}}}"
}
done_='{"replies":[]}'
tool() { # ARGUMENT...
	at "$host" srcguard -j "$@"
}
sysctls() {
	at "$host" sh -c 'cd /proc/sys/net/srcguard; echo $(cat rp_filter enforce)'
}

# What the tool prints, in the specification's words, and what the specification's
# reader hears in an order that both have.
words='
	def pad: ("0000" + .)[-4:];
	def groups: if . == null or . == "" then [] else split(":") | map(pad) end;
	def digit: "0123456789abcdef"[. : . + 1];
	def bytes: if contains(":") then
			split("::") | (.[0] | groups) as $a | (.[1] | groups) as $b |
			$a + [range(8 - ($a + $b | length)) | "0000"] + $b | add
		else split(".") | map(tonumber | "\(. / 16 | floor | digit)\(. % 16 | digit)") | add end;
	def prefix: if .prefix then (.prefix | split("/")) as [$address, $length] |
		.prefix = ($address | bytes) | .prefixlen = ($length | tonumber) else . end;
	def spelt: if . == null then . else gsub("_"; "-") end;
	def present: with_entries(select(.value != null));
	def route: if .route then . + (.route | prefix |
			.table |= ({main: 254, local: 255, default: 253}[. // ""] // (. | values | tonumber)) |
			.type |= ({unicast: 1, local: 2, blackhole: 6}[. // ""]) |
			.nexthops |= {nexthop: .}) | del(.route) else . end;
	def stats: map(.reason |= spelt | .family |= {ipv4: 2, ipv6: 10}[.]);
	def settings: map(with_entries(.key |= spelt));
	def exemptions: map(prefix);
	def explanation: [.["decided-by"] = .decided_by | del(.decided_by) | .reason |= spelt | route | present];
	def state: [{unjudged, "log-written": .log_written, "log-withheld": .log_withheld,
		"log-next": .log_next, "writes-refused": .writes_refused}];
	def policy: [del(.unjudged, .log_written, .log_withheld, .log_next, .writes_refused) |
		with_entries(.key |= spelt)];
	def sorted: map(del(.ifindex) | if .nexthops then .nexthops.nexthop |= (. // [] | sort) else . end) | sort;'
# agree WHAT SHAPE ANSWER TOOL-ARGUMENT...: both say the same, and it is not nothing
agree() {
	local what=$1 shape=$2 answer=$3 ours theirs
	shift 3
	ours=$(jq -cS "$words .replies | sorted" <<<"$answer")
	theirs=$(tool "$@" | jq -cS "$words $shape | sorted")
	[ "$ours" = "$theirs" ] && [ -n "$ours" ] && [ "$ours" != "[]" ]
	result $? "$what" || true
	[ "$ours" = "$theirs" ] || say "$answer: $ours; the tool: $theirs"
}

# knobs
knobs() { # RP_FILTER ENFORCE: the answer
	echo "{\"replies\":[{\"rp-filter\":\"$1\",\"enforce\":$2,\"sixtofour\":\"match\",\"log-martians\":0,\"log-6to4\":0,\"log-interval\":60,\"log-daily-max\":1000,\"loopback-limit\":0,\"lock\":0}]}"
}
is "the knobs" "$(knobs strict 1)" ask policy-get
agree "the tool says so" policy "$(ask policy-get)" show
is "both are set" "$done_" ask policy-set '{"rp-filter":"loose","enforce":0}'
is "the sysctls are" "2 0" sysctls
agree "the tool says so" policy "$(ask policy-get)" show
is "one is set" "$done_" ask policy-set '{"enforce":1}'
is "the other one stays" "2 1" sysctls
number=0
for mode in off strict loose feasible; do
	ask policy-set "{\"rp-filter\":\"$mode\"}" >/dev/null
	is "$mode by its name" "$number 1 $(knobs $mode 1)" \
		eval 'echo "$(sysctls) $(ask policy-get)"'
	number=$((number + 1))
done
is "the others" "$done_" ask policy-set \
	'{"sixtofour":"full","log-martians":1,"log-6to4":1,"log-interval":3600,"log-daily-max":7,"loopback-limit":-1}'
agree "the tool says so" policy "$(ask policy-get)" show
tool set rp_filter strict sixtofour match log_martians 0 log_6to4 0 log_interval 60 log_daily_max 1000 \
	loopback_limit 0
is "what the tool sets back" "$(knobs strict 1)" ask policy-get
agree "what the tool sets" policy "$(ask policy-get)" show

# counters
from() { # SOURCE COUNT
	if [[ $1 == *:* ]]; then
		send "$peer" eth0 "$mac" "$2" "IPv6(src='$1',dst='2001:db8:1::1',nh=59)"
	else
		send "$peer" eth0 "$mac" "$2" "IP(src='$1',dst='10.1.0.1',proto=253)"
	fi
}
is "nothing is counted yet" "$done_" ask stats-get
is "an exemption to count" "$done_" ask exempt-add '{"prefix":"c0000200","prefixlen":24}'
from 10.2.0.9 3
from 10.50.0.1 4
from 192.0.2.1 5
from 2001:db8:2::9 6
from 2001:db8:1::1 7
from 224.0.0.1 8
from 127.0.0.1 9
ask policy-set '{"enforce":0}' >/dev/null
from 198.51.100.1 10
ask policy-set '{"enforce":1}' >/dev/null
counters=$(ask stats-get)
agree "the counters" stats "$counters" stats
listed() { # DEVICE: what the specification's reader hears of it
	jq -r --argjson i "$(at "$host" cat "/sys/class/net/$1/ifindex")" '.replies[] |
		select(.ifindex == $i) | "\(.family) \(.reason) \(.outcome) \(.packets)"' <<<"$counters" | sort
}
is "they are what was sent, by the device's index" "10 own-address dropped 7
10 wrong-device dropped 6
2 no-route audited 10
2 no-route exempted 5
2 reject-route dropped 4
2 source-loopback dropped 9
2 source-multicast dropped 8
2 wrong-device dropped 3" listed eth0
conf "$host" eth0.src_valid_mark=1
from 10.1.0.2 1
agree "what was not judged" state "$(ask state-get)" show
is "it is one packet" '{"replies":[{"unjudged":1,"log-written":0,"log-withheld":0,"log-next":0,"writes-refused":0}]}' \
	ask state-get
conf "$host" eth0.src_valid_mark=0

# devices and patterns
is "no settings" "$done_" ask dev-get
while read -r attrs; do
	is "set: $attrs" "$done_" ask dev-set "$attrs"
done <<-'EOT'
	{"device":"eth0","rp-filter":"loose"}
	{"device":"eth0","rp-filter-ipv6":"feasible","enforce":0}
	{"device":"eth*","rp-filter":"off","rp-filter-ipv4":"strict"}
	{"device":"nosuch*","rp-filter-ipv6":"loose"}
	{"device":"eth0","sixtofour":"full"}
EOT
agree "the settings" settings "$(ask dev-get)" dev show
settings() {
	ask dev-get | jq -cS '.replies | map(del(.ifindex)) | sort_by(.device) | .[]'
}
is "they are what was set" '{"device":"eth*","rp-filter":"off","rp-filter-ipv4":"strict"}
{"device":"eth0","enforce":0,"pattern":"eth*","rp-filter":"loose","rp-filter-ipv6":"feasible","sixtofour":"full"}
{"device":"eth1","pattern":"eth*","rp-filter":"off","rp-filter-ipv4":"strict"}
{"device":"nosuch*","rp-filter-ipv6":"loose"}' settings
is "by index, patterns by none" "$(for i in 0 1; do at "$host" cat /sys/class/net/eth$i/ifindex; done)
0
0" eval "ask dev-get | jq '.replies | sort_by(.device) | sort_by(.ifindex == 0)[] | .ifindex'"
for device in eth0 'eth*' 'nosuch*'; do
	is "cleared: $device" "$done_" ask dev-clear "{\"device\":\"$device\"}"
done
is "no settings" "$done_" ask dev-get
tool dev set eth1 rp_filter feasible enforce audit
agree "what the tool sets" settings "$(ask dev-get)" dev show
tool dev clear eth1

# exemptions
for attrs in '{"prefix":"0a630000","prefixlen":16,"device":"eth1"}' \
	'{"prefix":"20010db8000900000000000000000000","prefixlen":48}'; do
	is "added: $attrs" "$done_" ask exempt-add "$attrs"
done
agree "the exemptions, one of them counted" exemptions "$(ask exempt-get)" exempt show
is "they are what was added" '["0a630000",16,"eth1",0]
["20010db8000900000000000000000000",48,null,0]
["c0000200",24,null,5]' \
	eval "ask exempt-get | jq -c '.replies | sort_by(.prefix)[] | [.prefix, .prefixlen, .device, .packets]'"
is "the device by its index, too" "$(at "$host" cat /sys/class/net/eth1/ifindex)" \
	eval "ask exempt-get | jq '.replies[].ifindex | values'"
is "taken away" "$done_" ask exempt-del '{"prefix":"0a630000","prefixlen":16,"device":"eth1"}'
agree "it is gone" exemptions "$(ask exempt-get)" exempt show
before=$(ask exempt-get)
entry() { # ADDRESS LENGTH [DEVICE]
	echo "{\"prefix\":\"$1\",\"prefixlen\":$2${3+,\"device\":\"$3\"}}"
}
is "a list in parts: the first" "$done_" ask exempt-replace \
	"{\"list\":7,\"first\":true,\"entry\":[$(entry 0a420000 16),$(entry 0a430000 16 eth0)]}"
is "the next" "$done_" ask exempt-replace \
	"{\"list\":7,\"entry\":[$(entry 20010db8000000000000000000000000 32)]}"
is "it does not hold yet" "$before" ask exempt-get
is "the last" "$done_" ask exempt-replace "{\"list\":7,\"last\":true,\"entry\":[$(entry 0a440000 24)]}"
agree "it holds" exemptions "$(ask exempt-get)" exempt show
is "all of it, and nothing else" 4 eval "ask exempt-get | jq '.replies | length'"
is "a part of another list is refused" \
	'{"error":"EINVAL","text":"This list was not begun, or another one was since","attr":"list"}' \
	ask exempt-replace '{"list":8,"last":true}'
is "an empty list" "$done_" ask exempt-replace '{"list":9,"first":true,"last":true}'
is "holds" "$done_" ask exempt-get
printf '10.66.0.0/16 dev eth0\n2001:db8:66::/48\n' | at "$host" srcguard exempt replace -
agree "what the tool replaces them by" exemptions "$(ask exempt-get)" exempt show

# limits
is "a limit of the own kind, and of another" "$done_$done_" eval \
	'echo "$(ask limit-set "{\"kind\":\"loopback\",\"limit\":-1}")$(ask limit-set "{\"kind\":\"dummy\",\"limit\":2}")"'
ip -n "$host" link add lo1 type loopback
ip -n "$host" link add more type dummy 2>/dev/null
agree "the limits" settings "$(ask limit-get)" limit show
is "they are what was set" '{"in-use":4,"kind":"any","limit":-1,"moved":0,"refused":0}
{"in-use":2,"kind":"dummy","limit":2,"moved":0,"refused":1}
{"in-use":1,"kind":"loopback","limit":-1,"moved":0,"refused":0}
{"in-use":1,"kind":"veth","limit":-1,"moved":0,"refused":0}' \
	eval "ask limit-get | jq -cS '.replies | sort_by(.kind)[]'"
ip -n "$host" link del lo1
tool limit set dummy -1
tool limit set loopback 0
agree "what the tool sets" settings "$(ask limit-get)" limit show

# questions
question() { # ATTRIBUTES TOOL-ARGUMENT...
	agree "explained: ${*:2}" explanation "$(ask explain "$1")" explain "${@:2}"
}
question '{"src":"0a010002","device":"eth0"}' 10.1.0.2 dev eth0
question '{"src":"0a010002","device":"eth1"}' 10.1.0.2 dev eth1
question '{"src":"0a090002","device":"eth1","dst":"0a020001"}' 10.9.0.2 dev eth1 to 10.2.0.1
question '{"src":"0a320001","device":"eth1"}' 10.50.0.1 dev eth1
question '{"src":"0a420001","device":"eth0"}' 10.66.0.1 dev eth0
question '{"src":"00000000","device":"eth0","dst":"ffffffff"}' 0.0.0.0 dev eth0 to 255.255.255.255
question '{"src":"20010db8000100000000000000000002","device":"eth0"}' 2001:db8:1::2 dev eth0
question '{"src":"20010db8000100000000000000000001","device":"eth1"}' 2001:db8:1::1 dev eth1
ip -n "$host" rule add tos 0x10 fwmark 7 table 77
ip -n "$host" route add 10.99.0.0/16 via 10.2.0.2 dev eth1 onlink table 77
conf "$host" eth1.src_valid_mark=1
question '{"src":"0a630001","device":"eth1","mark":7,"tos":16}' 10.99.0.1 dev eth1 mark 7 tos 0x10
question '{"src":"0a630001","device":"eth1","mark":7}' 10.99.0.1 dev eth1 mark 7
conf "$host" eth1.src_valid_mark=0
ip -n "$host" rule del tos 0x10 fwmark 7
tool set enforce 0
question '{"src":"0a010002","device":"eth1"}' 10.1.0.2 dev eth1
tool set enforce 1

# events
ear() { # of the next event: JQ
	call ynl '{"hear":9}' | jq -cS "$1"
}
is "who does not listen hears nothing" '{"silence":0}' call ynl '{"hear":0}'
is "listening" '{"listening":"events"}' call ynl '{"listen":"events"}'
at "$host" srcguard set enforce 0
is "a knob" '["knobs",{"enforce":0},1,"policy"]' ear '.attrs | [.change, .policy, .number, .type]'
at "$host" srcguard set enforce 1 sixtofour full
is "two" '{"enforce":1,"sixtofour":"full"}' ear .attrs.policy
at "$host" sysctl -qw net.srcguard.sixtofour=1
is "a sysctl" '{"sixtofour":"match"}' ear .attrs.policy
at "$host" srcguard dev set eth1 rp_filter loose sixtofour off
is "a device" '["dev-set",{"device":"eth1","rp-filter":"loose","sixtofour":"off"}]' ear '.attrs | [.change, .dev]'
at "$host" srcguard dev clear eth1
is "no more" '["dev-clear",{"device":"eth1"}]' ear '.attrs | [.change, .dev]'
at "$host" srcguard exempt add 10.77.0.0/16 dev eth1
is "an exemption" '["exempt-add",{"device":"eth1","prefix":"0a4d0000","prefixlen":16}]' \
	ear '.attrs | [.change, .exempt]'
at "$host" srcguard exempt del 10.77.0.0/16 dev eth1
is "no more" '"exempt-del"' ear .attrs.change
at "$host" srcguard limit set veth 0
is "a limit" '["limit-set",{"kind":"veth","limit":0}]' ear '.attrs | [.change, .limit]'
ip -n "$host" link add refused type veth peer name other 2>/dev/null
is "a device that is refused" '["other","limit",{"in-use":1,"kind":"veth","limit":0},"limit-kind"]' \
	ear '.attrs | [.device, .type, .limit, .reason]'
at "$host" srcguard limit set veth -1
is "no more" '{"kind":"veth","limit":-1}' ear .attrs.limit
now=$(date +%s)
from 203.0.113.9 1
is "a packet" "[\"eth0\",\"0a010001\",2,0,$(at "$host" cat /sys/class/net/eth0/ifindex),20,\"$(mac "$peer" eth0 | tr -d :)\",11,\"dropped\",\"no-route\",0,\"cb007109\",true,\"drop\"]" \
	ear ".attrs | .time = (.time / 1000000000 - $now | . >= -1 and . < 60) | .inner = ([.[\"inner-src\"], .[\"inner-dst\"]] | map(values) | length) | [.device, .dst, .family, .inner, .ifindex, .length, .[\"link-src\"], .number, .outcome, .reason, .skipped, .src, .time, .type]"
is "and that is all" '{"silence":0}' call ynl '{"hear":0}'

# what the kernel refuses, and of which attribute it says so
state() {
	local operation
	for operation in policy-get dev-get exempt-get limit-get stats-get state-get; do ask $operation; done
}
before=$(state)
while read -r operation attrs; do
	read -r want
	is "refused: $operation $attrs" "$want" ask "$operation" "$attrs"
done <<-'EOT'
	policy-set {"rp-filter":4}
	{"error":"ERANGE","text":"integer out of range","attr":"rp-filter"}
	policy-set {"rp-filter":"off","enforce":2}
	{"error":"ERANGE","text":"integer out of range","attr":"enforce"}
	policy-set {}
	{"error":"EINVAL","text":"No knob is named"}
	dev-set {"rp-filter":"strict","device":"nosuch"}
	{"error":"ENODEV","text":"No such device in this network namespace","attr":"device"}
	dev-set {"rp-filter":"strict"}
	{"error":"EINVAL","text":"No device is named","missing":"device"}
	dev-clear {}
	{"error":"EINVAL","text":"No device is named","missing":"device"}
	dev-clear {"device":"eth0"}
	{"error":"ENOENT","text":"No setting was made by this name","attr":"device"}
	exempt-add {"prefixlen":16}
	{"error":"EINVAL","text":"The prefix or its length is missing","missing":"prefix"}
	exempt-add {"prefix":"0a420001","prefixlen":16}
	{"error":"EINVAL","text":"The prefix has bits beyond its length","attr":"prefix"}
	exempt-add {"prefix":"0a420000","prefixlen":33}
	{"error":"ERANGE","text":"An IPv4 prefix has 32 bits at most","attr":"prefixlen"}
	exempt-add {"prefix":"0a420000","prefixlen":16,"device":"eth0"}
	{"error":"EEXIST","text":"This exemption is there already","attr":"prefix"}
	exempt-del {"prefix":"0a420000","prefixlen":16}
	{"error":"ENOENT","text":"There is no such exemption","attr":"prefix"}
	exempt-replace {"first":true,"last":true}
	{"error":"EINVAL","text":"The list has no number","missing":"list"}
	exempt-replace {"list":1,"first":true,"entry":[{"prefix":"0a420000","prefixlen":16},{"prefix":"0a430000"}],"last":true}
	{"error":"EINVAL","text":"The prefix or its length is missing","missing":"entry.prefixlen"}
	exempt-replace {"list":1,"first":true,"entry":[{"prefix":"0a420000","prefixlen":16,"device":"nosuch"}],"last":true}
	{"error":"ENODEV","text":"No such device in this network namespace","attr":"entry.device"}
	limit-set {"limit":1}
	{"error":"EINVAL","text":"No kind is named","missing":"kind"}
	limit-set {"kind":"dummy"}
	{"error":"EINVAL","text":"The limit is missing","missing":"limit"}
	limit-set {"kind":"physical","limit":1}
	{"error":"EINVAL","text":"Devices with a parent in hardware have no limit","attr":"kind"}
	limit-set {"kind":"loopback","limit":65536}
	{"error":"ERANGE","text":"The limit of kind loopback is -1..65535","attr":"limit"}
	explain {"src":"0a010002","device":"nosuch"}
	{"error":"ENODEV","text":"No such device in this network namespace","attr":"device"}
	explain {"device":"eth0"}
	{"error":"EINVAL","text":"The source is missing","missing":"src"}
	explain {"src":"0a010002"}
	{"error":"EINVAL","text":"No device is named","missing":"device"}
	explain {"src":"0a010002","device":"eth0","dst":"20010db8000100000000000000000001"}
	{"error":"EINVAL","text":"Source and destination are of different families","attr":"dst"}
EOT
is "nothing of it changed anything" "$before" state

# what the reader does not send, as it is not listed
while read -r operation attrs; do
	read -r want
	is "not listed: $operation $attrs" "{\"untrue\":\"$want\"}" ask "$operation" "$attrs"
done <<-'EOT'
	policy-get {"enforce":1}
	enforce is not listed for the request
	dev-set {"device":"eth0","ifindex":2}
	ifindex is not listed for the request
	exempt-replace {"list":1,"entry":{"src":"0a000001"}}
	exempt has no attribute src
	policy-set {"rp-filter":"lax"}
	rp-filter has no value lax
EOT

# Each limit: as much is accepted, one more is not. These are accepted, with what has
# to be undone before or after.
address=20010db8000100000000000000000000
declare -A good=(
	[policy-set]='{"rp-filter":"strict"}'
	[dev-set]='{"device":"fifteen-letters","rp-filter":"strict"}'
	[dev-clear]='{"device":"fifteen-letters"}'
	[exempt-add]="{\"prefix\":\"$address\",\"prefixlen\":64}"
	[exempt-del]="{\"prefix\":\"$address\",\"prefixlen\":64}"
	[exempt-replace]="{\"list\":1,\"first\":true,\"last\":true,\"entry\":{\"prefix\":\"$address\",\"prefixlen\":64}}"
	[limit-set]='{"kind":"later","limit":1}'
	[explain]="{\"src\":\"$address\",\"dst\":\"$address\",\"device\":\"fifteen-letters\"}"
)
prepare() { # OPERATION ATTRIBUTES
	case $1 in
	dev-clear) ask dev-set "${good[dev-set]}" ;;
	exempt-add) ask exempt-del "$2" ;;
	exempt-del) ask exempt-add "$2" ;;
	esac >/dev/null
}
for operation in $(call ynl '{"ops":true}' | jq -r '.ops[]'); do
	while read -r attr check limit; do
		# that is final
		[ "$attr" != lock ] || continue
		case $attr/$check in
		kind/max-len) at=\"fifteen-letters-fifteen-letters\" beyond=\"fifteen-letters-fifteen-letters+\" ;;
		*device/max-len) at=\"fifteen-letters\" beyond=\"fifteen-letters+\" ;;
		*/max-len)
			at=\"$address\" beyond=\"${address}00\"
			[ "$limit" -eq 16 ] || at=null
			;;
		*/max) at=$limit beyond=$((limit + 1)) ;;
		*/min) at=$limit beyond=$((limit - 1)) ;;
		esac
		both=$(jq -cn --argjson good "${good[$operation]}" --arg p "$attr" \
			"(\$p | split(\".\")) as \$p | \$good | setpath(\$p; $at), setpath(\$p; $beyond)")
		prepare "$operation" "${both%%$'\n'*}"
		accepted=$(ask "$operation" "${both%%$'\n'*}")
		is "$operation: $attr: $check $limit, and no more" "replies $attr" jq -r -n \
			--argjson a "$accepted" --argjson b "$(ask "$operation" "${both#*$'\n'}")" '
			"\($a | keys[0]) \(if ["ERANGE", "EINVAL"] | index($b.error) then $b.attr else $b end)"'
	done < <(call ynl "{\"checks\":\"$operation\"}" | jq -r '.checks[] | "\(.attr) \(.check) \(.value)"')
done
is "the lock, by its number" "$done_" ask policy-set '{"lock":1}'
is "there is no more than 1" '"lock"' eval "ask policy-set '{\"lock\":2}' | jq .attr"
is "nor less" '{"error":"EPERM","text":"Limits and logs are locked until the next boot","attr":"lock"}' \
	ask policy-set '{"lock":0}'
is "by its operation" "$done_" ask lock
is "a listener hears of it" '{"lock":1}' \
	eval 'for _ in {1..200}; do answer=$(ear .attrs.policy); [[ $answer != *lock* ]] || break; done; echo "$answer"'
is "every operation was asked for" "$(call ynl '{"ops":true}' | jq -r '.ops[]' | sort)" \
	sort -u "$scratch/asked"
finish
