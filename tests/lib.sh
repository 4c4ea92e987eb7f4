# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the test scripts share; sourced first. KTAP on standard output. The script
# announces its number of checks with "plan", makes them with "ok", "is",
# "refused", "fails", and ends with "finish" (0 passed, 1 failed, 4 skipped).
# Namespaces get random names, and all of them are gone at the end.

set -u

checks=0 bad=0 planned=0
started=$(date +%s)
slow=$([ "${KERNEL-}" = debug ] && echo 1 || echo 0)
run_id=$(tr -dc a-z0-9 </dev/urandom | head -c 4)
declare -a namespaces=()
declare -A services=() watched=()
scratch=$(mktemp -d)

say() { echo "# $*"; }

plan() { # N
	planned=$1
	echo "TAP version 13"
	echo "1..$planned"
}

result() { # STATUS WHAT
	checks=$((checks + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $checks $2"
	else
		bad=$((bad + 1))
		echo "not ok $checks $2"
		# one failure is all that tests/mutate asks for
		[ -z "${SRCGUARD_FAIL_FAST-}" ] || exit 1
	fi
}

# ok WHAT COMMAND...: the command succeeds
ok() {
	local what=$1 output status
	shift
	output=$("$@" 2>&1)
	status=$?
	[ $status -eq 0 ] || say "$* -> $status: ${output//$'\n'/$'\n'# }"
	result $status "$what"
}

# fails WHAT STATUS COMMAND...: the command ends with exactly this status
fails() {
	local what=$1 want=$2 output status
	shift 2
	output=$("$@" 2>&1)
	status=$?
	[ $status -eq "$want" ] || say "$* -> $status, not $want: ${output//$'\n'/$'\n'# }"
	result $((status != want)) "$what"
}

# refused WHAT TEXT COMMAND...: the command fails, and its errors hold TEXT
refused() {
	local what=$1 text=$2 output status
	shift 2
	output=$("$@" 2>&1 >/dev/null)
	status=$?
	if [ $status -eq 0 ] || [[ $output != *"$text"* ]]; then
		say "$* -> $status, wanted \"$text\": $output"
		result 1 "$what"
	else
		result 0 "$what"
	fi
}

# is WHAT WANT COMMAND...: the command prints exactly WANT
is() {
	local what=$1 want=$2 output
	shift 2
	output=$("$@" 2>&1)
	[ "$output" = "$want" ] || say "$* -> \"$output\", not \"$want\""
	[ "$output" = "$want" ]
	result $? "$what"
}

# within SECONDS COMMAND...: the command succeeds before the time is up, of which the
# debug kernel has more
within() {
	local deadline=$((SECONDS + $1 * (slow ? 4 : 1)))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.05
	done
}

skip() { # WHY
	echo "ok 1 # SKIP $*"
	exit 4
}

# Ends with what cannot be judged by a check: no plan kept, no namespace left.
finish() {
	say "seconds: $(($(date +%s) - started))"
	if [ $checks -ne "$planned" ]; then
		say "$checks checks were made, $planned were planned"
		bad=$((bad + 1))
	fi
	say "passed $((checks - bad)), failed $bad"
	[ $bad -eq 0 ] || exit 1
	exit 0
}

cleanup() {
	local name
	[ -z "${services[packets]-}" ] || kill "${services[packets]##* }" 2>/dev/null
	for name in "${namespaces[@]}"; do
		ip netns pids "$name" 2>/dev/null | xargs -r kill 2>/dev/null
		ip netns del "$name" 2>/dev/null
	done
	rm -rf "$scratch"
}
trap cleanup EXIT

# namespace NAME...: new namespaces; $NAME holds the real, random name of each
namespace() {
	local name real
	for name; do
		real=$name-$run_id
		ip netns add "$real" || exit 1
		namespaces+=("$real")
		watched[$real]=
		printf -v "$name" %s "$real"
		ip -n "$real" link set lo up
	done
}

# at NETNS COMMAND...: "-" is where the script is. Starting a process is what takes the
# time in an emulator, so ip netns exec comes in only for who may want to see that
# namespace's /sys.
at() {
	local name=$1
	shift
	[ "$name" != - ] || set -- - "$@"
	case $1 in
	-) "${@:2}" ;;
	ip) ip -n "$name" "${@:2}" ;;
	srcguard) srcguard -n "$name" "${@:2}" ;;
	# with its path: busybox has some of these itself
	nft | sysctl) busybox nsenter "--net=/run/netns/$name" "/usr/sbin/$1" "${@:2}" ;;
	ping) busybox nsenter "--net=/run/netns/$name" /usr/bin/ping "${@:2}" ;;
	*) ip netns exec "$name" "$@" ;;
	esac
}

# link NETNS DEVICE ADDRESS NETNS DEVICE ADDRESS: a veth pair, up; "-" as an
# address is none
link() {
	local here=() there=()
	[ "$1" = - ] || here=(netns "$1")
	[ "$4" = - ] || there=(netns "$4")
	ip link add "$2" "${here[@]}" type veth peer name "$5" "${there[@]}" || exit 1
	end "$1" "$2" "$3"
	end "$4" "$5" "$6"
}

end() { # NETNS DEVICE ADDRESS
	{
		echo "link set $2 up"
		[ "$3" = - ] || echo "addr add $3 dev $2"
	} | at "$1" ip -b -
}

mac() { # NETNS DEVICE
	local mac
	read -r _ _ mac _ < <(at "$1" ip -br link show "$2")
	echo "$mac"
}

conf() { # NETNS KEY=VALUE...: below net.ipv4.conf
	local name=$1
	shift
	at "$name" sysctl -qw "${@/#/net.ipv4.conf.}" || exit 1
}

conf6() { # NETNS KEY=VALUE...: below net.ipv6.conf
	local name=$1
	shift
	at "$name" sysctl -qw "${@/#/net.ipv6.conf.}" || exit 1
}

# No address is waited for, and a host says nothing unless it is asked: for scripts
# that count. For namespaces whose devices are yet to come.
quiet6() { # NETNS...
	local name
	for name; do
		conf6 "$name" {all,default}.{accept_dad=0,router_solicitations=0,force_mld_version=1}
		conf6 "$name" {all,default}.{dad_transmits=0,accept_ra=0,mldv1_unsolicited_report_interval=0}
	done
}

# send NETNS DEVICE MAC COUNT EXPRESSION; "burst" and "scatter" likewise: see packets.py
send() { packets send "$@"; }
burst() { packets burst "$@"; }
scatter() { packets scatter "$@"; }

packets() {
	local answer
	answer=$(call packets "$@")
	[[ $answer == "sent "* ]] || say "$*: $answer"
	[[ $answer == "sent "* ]]
}
lib_dir=${BASH_SOURCE[0]%/*}

# counted NETNS DEVICE REASON [OUTCOME [packets|bytes]]: what the module counted
counted() {
	local text sum=0 device reason outcome packets bytes
	text=$(at "$1" srcguard stats) || return
	# shellcheck disable=SC2034 # one of the two is asked for
	while read -r _ device _ reason outcome _ packets _ bytes; do
		[ "$device $reason $outcome" != "$2 $3 ${4-dropped}" ] || sum=$((sum + ${5-packets}))
	done <<<"$text"
	echo $sum
}

# counted_all NETNS: everything the module counted there, one a line
counted_all() {
	local device family reason outcome packets
	at "$1" srcguard stats | while read -r _ device family reason outcome _ packets _; do
		echo "$device $family $reason $outcome $packets"
	done | sort
}

# shown NETNS KEY: the value that srcguard shows
shown() {
	local text key value
	text=$(at "$1" srcguard show) || return
	while read -r key value; do
		[ "$key" != "$2" ] || echo "$value"
	done <<<"$text"
}

# limit_row NETNS KIND: "LIMIT IN_USE REFUSED MOVED", or nothing
limit_row() {
	local text kind limit in_use refused moved
	text=$(at "$1" srcguard limit show) || return
	while read -r _ kind _ limit _ in_use _ refused _ moved; do
		[ "$kind" != "$2" ] || echo "$limit $in_use $refused $moved"
	done <<<"$text"
}

# service NAME COMMAND...: runs in the background, and answers a line with a line; "call"
# hands it one and prints the answer
service() {
	local name=$1
	shift
	mkfifo "$scratch/$name."{in,out}
	"$@" <"$scratch/$name.in" >"$scratch/$name.out" &
	serves "$name" $!
}

serves() { # NAME PID
	local in out
	exec {in}>"$scratch/$1.in" {out}<"$scratch/$1.out"
	services[$1]="$in $out $2"
}

# Here and not where it is first used: that may be in a subshell, which would have one of
# its own, and scapy takes seconds to load; unless tests/vm/init could do that in time.
packets_service() {
	local name=packets program=$lib_dir/packets.py
	if [ ! -p /run/python ]; then
		service $name python3 "$program"
		return
	fi
	mkfifo "$scratch/$name."{in,out}
	echo "$(realpath "$program") $scratch/$name.in $scratch/$name.out" >/run/python
	rm /run/python
	serves $name "$(</run/python.pid)"
}

call() { # NAME WORD...
	local in out answer
	read -r in out _ <<<"${services[$1]}"
	shift
	echo "$*" >&"$in"
	IFS= read -r answer <&"$out"
	echo "$answer"
}

! grep -qwE 'send|burst|scatter' "$0" || packets_service

# watch NETNS: count what gets past the guard, by rules of nft, from 0 on; "passed"
# reads it for a source address
watch() {
	local family
	watched[$1]="ip ip6"
	for family in ip ip6; do
		cat <<-EOT
		table $family watch
		delete table $family watch
		table $family watch {
			set seen { typeof $family saddr; flags dynamic; counter; size 65535; }
			chain early {
				type filter hook prerouting priority 2147483647
				update @seen { $family saddr }
			}
		}
		EOT
	done | at "$1" nft -f -
}

# link_local NETNS DEVICE: its address there
link_local() {
	ip -n "$1" -6 -o addr show dev "$2" scope link | sed 's/.*inet6 \([^/]*\).*/\1/'
}

passed() { # NETNS ADDRESS
	local family=ip text before='[{,[:space:]]'
	[[ $2 != *:* ]] || family=ip6
	text=$(at "$1" nft list set $family watch seen) || return
	if [[ $text =~ $before"$2 counter packets "([0-9]+) ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		echo 0
	fi
}

unwatch() { # NETNS: forget what was seen
	local family rules=
	for family in ${watched[$1]-}; do rules+="flush set $family watch seen; "; done
	[ -z "$rules" ] || at "$1" nft "$rules"
}

# hear NETNS ADDRESS PORT: a UDP socket that keeps what it receives; "heard"
# prints that
hear() {
	at "$1" socat -u "UDP4-RECV:$3,bind=$2" "OPEN:$scratch/heard.$1.$3,creat,append" \
		>/dev/null 2>&1 &
	within 10 at "$1" bash -c "ss -Hlun 'sport = $3' | grep -q ."
}

heard() { # NETNS PORT
	cat "$scratch/heard.$1.$2" 2>/dev/null
}

# got NETNS PORT TEXT: it received exactly this
got() {
	[ "$(heard "$1" "$2")" = "$3" ]
}

# explains NETNS WHAT <<QUESTIONS: the tool says of each packet what became of a real one
# like it. A question a line: VERDICT[:REASON] SOURCE dev DEVICE [to DESTINATION]
# [mark MARK] [tos TOS]
explains() {
	local question answer wanted='' words='' answers=''
	while read -r question; do
		[ -n "$question" ] || continue
		wanted+=${question%% *}$'\n'
		words+="srcguard -j explain ${question#* } || echo refused"$'\n'
	done
	while read -r answer; do
		[[ $answer =~ ^'{"verdict":"'([^\"]*)'"'(',"reason":"'([^\"]*)'"')? ]] &&
			answer=${BASH_REMATCH[1]}${BASH_REMATCH[3]:+:${BASH_REMATCH[3]}}
		answers+=$answer$'\n'
	done < <(at "$1" sh <<<"$words")
	[ "$answers" = "$wanted" ] ||
		say "wanted, and answered:"$'\n'"$(paste -d ' ' <(echo "$wanted") <(echo "$answers") \
			<(echo "$words") | awk '$1 != $2 { print "# " $0 }')"
	[ "$answers" = "$wanted" ]
	result $? "$2"
}

# load [PARAMETER...]: the module, silently
load() {
	modprobe srcguard "$@" || exit 1
}

pktgen() { # FILE LINE...
	local file=$1 line
	shift
	for line; do echo "$line" >"/proc/net/pktgen/$file" || return 1; done
}
generate() { # DEVICE LINE...: prints the nanoseconds that all the packets took
	pktgen kpktgend_0 rem_device_all "add_device $1" &&
		pktgen "$1" "count ${amount=10000}" "clone_skb 0" "burst 1" "pkt_size 60" "delay 0" \
			"xmit_mode netif_receive" "dst_mac $(cat "/sys/class/net/$1/address")" "${@:2}" &&
		pktgen pgctrl start &&
		sed -n 's/^Result: OK: \([0-9]*\)(.*/\1000/p' "/proc/net/pktgen/$1"
}
export -f generate pktgen

# packet_cost NETNS DEVICE LINE...: nanoseconds of a packet that comes in by the device, as
# pktgen's LINEs describe it; with "# icount: 1" these are instructions. The least of
# three runs of $amount packets: what else the machine does can only add.
packet_cost() {
	local least='' ns name=$1
	shift
	for _ in 1 2 3; do
		ns=$(export amount && at "$name" bash -c 'generate "$@"' generate "$@")
		[ -n "$least" ] && [ "$ns" -ge "$least" ] || least=$ns
	done
	echo $((least / amount))
}
