#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# srcguard monitor prints what happens, as it does: packets that fail, and whatever is
# set, in text and JSON. It tells what it missed, hears its own namespace only, and ends
# when its reader, its parent or the module is gone, be there an event or not.
#
#   peer                      host
#   eth0 10.1.0.2/24 -------- eth0 10.1.0.1/24, 2001:db8:1::1/64
#                             eth1 10.2.0.1/24, 2001:db8:2::1/64 (dummy)
#                             six, a sit tunnel without a peer, local 10.1.0.1
#
# shellcheck disable=SC2317 # functions are called by name, as what a check tries
. "${0%/*}/lib.sh"
plan 99

load
modprobe sit
# what was the default for long, so that the same number of events is too many
sysctl -qw net.core.rmem_max=212992
namespace host peer
quiet6 "$host" "$peer"
link "$host" eth0 10.1.0.1/24 "$peer" eth0 10.1.0.2/24
ip -n "$host" link add eth1 type dummy
end "$host" eth1 10.2.0.1/24
for i in 0 1; do ip -n "$host" addr add "2001:db8:$((i + 1))::1/64" dev eth$i; done
ip -n "$host" link add six type sit local 10.1.0.1 remote any
ip -n "$host" link set six up
conf "$host" {all,default,eth0,eth1}.rp_filter=0
mac=$(mac "$host" eth0) link=$(mac "$peer" eth0)

from() { # SOURCE COUNT
	if [[ $1 == *:* ]]; then
		send "$peer" eth0 "$mac" "$2" "IPv6(src='$1',dst='2001:db8:1::1',nh=59)"
	else
		send "$peer" eth0 "$mac" "$2" "IP(src='$1',dst='10.1.0.1',proto=253)"
	fi
}

# joined PID [PROC]: it listens. Its socket's number ends in the pid, by 22 bits; the
# group that it joins last is number 16.
joined() {
	awk -v pid="$1" '$2 == 16 && $3 % 4194304 == pid && $4 ~ /[89a-f]...$/ { found = 1 }
		END { exit !found }' "${2-/proc/$1}/net/netlink"
}
# listen NAME [OPTION...] monitor [OPTION...]: in $host, until it is killed; its pid is $NAME
listen() {
	local name=$1
	shift
	rm -f "$scratch/$name.seen"
	ip netns exec "$host" srcguard "$@" >"$scratch/$name" 2>"$scratch/$name.err" &
	printf -v "$name" %s $!
	within 20 joined $!
}
stop() { # PID...
	kill -9 "$@" 2>/dev/null
	wait "$@" 2>/dev/null
}
has_lines() { # NAME N
	[ "$(wc -l <"$scratch/$1")" -ge "$2" ]
}
# news NAME N: what came since the last time, at least N lines, without the time
news() {
	local from upto
	from=$(cat "$scratch/$1.seen" 2>/dev/null || echo 0)
	within 20 has_lines "$1" $((from + $2))
	upto=$(wc -l <"$scratch/$1")
	echo "$upto" >"$scratch/$1.seen"
	sed -n "$((from + 1)),${upto}p" "$scratch/$1" | sed 's/^[^ ]*Z //; s/"time":"[^"]*",//'
}
ended() { # PID
	! grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$1/status" 2>/dev/null
}
# ends WHAT STATUS PID: it does so by itself
ends() {
	local status=none
	if within 20 ended "$3"; then
		wait "$3"
		status=$?
	else
		kill -9 "$3"
	fi 2>/dev/null
	is "$1" "$2" echo $status
}
# changes N: of the policy, in no time
changes() {
	at "$host" python3 - "$1" <<-'EOT'
		import sys
		import netlink
		here = netlink.Netns(netlink.this_netns())
		body = netlink.generic_body(netlink.POLICY_SET, (netlink.ENFORCE, 1))
		family = netlink.family()
		for _ in range(int(sys.argv[1])):
		    here.generic.ask(family, netlink.NLM_F_ACK, body)
	EOT
}
nobody() { # COMMAND...
	at "$host" setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$@"
}

# What fails, as text and as JSON
listen text monitor
listen json -j monitor
listen pretty -j -p monitor
# fails_as WHAT TEXT JSON: both tell so of the last packet
fails_as() {
	is "$1" "drop dev eth0 $2 skipped 0" news text 1
	is "$1, as JSON" "{\"event\":\"drop\",\"device\":\"eth0\",$3,\"skipped\":0}" news json 1
}
from 10.2.0.9 1
fails_as "a packet of IPv4" \
	"ipv4 wrong_device dropped from 10.2.0.9 to 10.1.0.1 link $link length 20" \
	"\"family\":\"ipv4\",\"reason\":\"wrong_device\",\"outcome\":\"dropped\",\"source\":\"10.2.0.9\",\"destination\":\"10.1.0.1\",\"link_source\":\"$link\",\"length\":20"
from 2001:db8:2::9 1
fails_as "a packet of IPv6" \
	"ipv6 wrong_device dropped from 2001:db8:2::9 to 2001:db8:1::1 link $link length 40" \
	"\"family\":\"ipv6\",\"reason\":\"wrong_device\",\"outcome\":\"dropped\",\"source\":\"2001:db8:2::9\",\"destination\":\"2001:db8:1::1\",\"link_source\":\"$link\",\"length\":40"
send "$peer" eth0 "$mac" 1 "IP(src='10.1.0.2',dst='10.1.0.1')/IPv6(src='2002:a01:3::1',dst='2002:a01:1::1',nh=59)"
fails_as "a packet for the tunnel, with what its addresses hold" \
	"ipv4 6to4_source dropped from 10.1.0.2 to 10.1.0.1 inner from 2002:a01:3::1 (10.1.0.3) to 2002:a01:1::1 (10.1.0.1) link $link length 60" \
	"\"family\":\"ipv4\",\"reason\":\"6to4_source\",\"outcome\":\"dropped\",\"source\":\"10.1.0.2\",\"destination\":\"10.1.0.1\",\"inner_source\":\"2002:a01:3::1\",\"inner_destination\":\"2002:a01:1::1\",\"link_source\":\"$link\",\"length\":60"
within 20 grep -q 6to4_source "$scratch/pretty"
is "in many lines for people who read JSON" '"10.2.0.9"
"2001:db8:2::9"
"10.1.0.2"' jq .source "$scratch/pretty"
ok "that is, not in three" has_lines pretty 10
stop "$pretty"
is "the time, to the nanosecond" 3 grep -cE \
	'^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z drop ' "$scratch/text"
lately() {
	local time
	time=$(jq -r .time "$scratch/json" | head -n 1)
	time=$((EPOCHSECONDS - $(date -d "$time" +%s)))
	[ $time -ge 0 ] && [ $time -lt 120 ]
}
ok "is now, in UTC" lately

# What is set, by each command
while IFS='|' read -r command change object; do
	# shellcheck disable=SC2086 # words
	(set -f && at "$host" srcguard $command)
	is "told: $command" "policy $change" news text 1
	is "told, as JSON: $command" "{\"event\":\"policy\",\"change\":$object}" news json 1
done <<-'EOT'
	set enforce audit rp_filter loose|set rp_filter loose enforce 0|"set","rp_filter":"loose","enforce":0
	set sixtofour full|set sixtofour full|"set","sixtofour":"full"
	set log_interval 30 log_daily_max 5|set log_interval 30 log_daily_max 5|"set","log_interval":30,"log_daily_max":5
	dev set eth1 rp_filter strict sixtofour off|dev set eth1 rp_filter strict sixtofour off|"dev set","device":"eth1","rp_filter":"strict","sixtofour":"off"
	dev set cali* enforce 0 rp_filter_ipv6 feasible|dev set cali* rp_filter_ipv6 feasible enforce 0|"dev set","device":"cali*","rp_filter_ipv6":"feasible","enforce":0
	dev clear cali*|dev clear cali*|"dev clear","device":"cali*"
	exempt add 10.66.0.0/16 dev eth1|exempt add 10.66.0.0/16 dev eth1|"exempt add","prefix":"10.66.0.0/16","device":"eth1"
	exempt add 2001:db8:66::/48|exempt add 2001:db8:66::/48|"exempt add","prefix":"2001:db8:66::/48"
	exempt del 2001:db8:66::/48|exempt del 2001:db8:66::/48|"exempt del","prefix":"2001:db8:66::/48"
	exempt replace /dev/null|exempt replace|"exempt replace"
	limit set dummy 1|limit set kind dummy limit 1|"limit set","kind":"dummy","limit":1
EOT
ip -n "$host" link add more type dummy 2>/dev/null
is "a device that is refused" "limit dev more limit_kind kind dummy limit 1 in_use 1" news text 1
is "a device that is refused, as JSON" \
	'{"event":"limit","device":"more","reason":"limit_kind","kind":"dummy","limit":1,"in_use":1}' \
	news json 1
at "$host" sysctl -qw net.srcguard.rp_filter=1
is "told: a sysctl" "policy set rp_filter strict" news text 1
listen why monitor --explain
listen why_json -j monitor --explain
ip -n "$host" link add more type dummy 2>/dev/null
at "$host" srcguard set enforce audit
is "what its reason means" "limit dev more limit_kind kind dummy limit 1 in_use 1
    There are as many devices of this kind as there may be.
policy set enforce 0" news why 3
within 20 has_lines why_json 2
is "what its reason means, as JSON" '"There are as many devices of this kind as there may be."
null' jq .explanation "$scratch/why_json"
stop "$why" "$why_json"
news text 2 >"$scratch/told"
at "$host" srcguard dev set nosuch rp_filter strict 2>/dev/null
at "$host" srcguard set enforce 7 2>/dev/null
at "$host" srcguard show >/dev/null
from 10.2.0.9 1
is "what is refused or read is not told; what is audited is" \
	"drop dev eth0 ipv4 wrong_device audited from 10.2.0.9 to 10.1.0.1 link $link length 20 skipped 0" \
	news text 1
at "$host" srcguard set enforce drop sixtofour match
is "nobody had to complain" "" cat "$scratch/text.err" "$scratch/json.err" "$scratch/pretty.err"
stop "$text"

# Who may listen, and to what
fails "a user without privileges may not listen" 1 nobody srcguard monitor
refused "and is told why" "CAP_NET_ADMIN over the network namespace is needed" nobody srcguard monitor
ip netns exec "$peer" srcguard -n "$host" monitor >"$scratch/outside" &
outside=$!
within 20 joined $outside
at "$host" srcguard set enforce 1
is "with -n: from another namespace" "policy set enforce 1" news outside 1
stop $outside

touch "$scratch/"{inside,inside.err}
chmod a+rwx "$scratch" "$scratch/"{inside,inside.err}
service box ip netns exec "$host" setpriv --reuid 65534 --regid 65534 --clear-groups \
	unshare -U -r -n bash -c 'while read -r line; do eval "$line"; done'
inside=$(call box "srcguard -j monitor >'$scratch/inside' 2>'$scratch/inside.err' & echo \$!")
ok "a container's root listens" within 20 joined "$inside"
news json 1 >/dev/null
at "$host" srcguard set enforce 1 rp_filter strict
from 10.2.0.9 1
call box "srcguard set rp_filter loose && srcguard dev set lo enforce 0; echo" >/dev/null
is "to its own namespace, and to no other" '{"event":"policy","change":"set","rp_filter":"loose"}
{"event":"policy","change":"dev set","device":"lo","enforce":0}' news inside 2
is "and its host to its own" "set
10.2.0.9" eval 'news json 2 | jq -r ".change // .source"'
is "nobody had to complain" "" cat "$scratch/inside.err"
call box "kill $inside; wait; echo" >/dev/null

# Too slow: what is missing is counted
told_as_text() { # the same of the other one, and how often it said that some were lost
	within 20 grep -q "log_daily_max 77" "$scratch/text"
	news text 1 | awk '/^lost [0-9]+$/ { times++; sum += $2; next } { sum++ } END { print sum, times }'
}
told() { # events that were told since the last time, and those that were lost
	news json 1 | jq -s 'map(.count // 1) | add'
}
marked() { # N
	at "$host" srcguard set log_daily_max "$1"
	within 20 grep -q "\"log_daily_max\":$1}" "$scratch/json"
}
listen text monitor
kill -STOP "$json" "$text"
changes 3000
listen quick monitor
from 10.2.0.9 10
is "whoever is too slow keeps nobody else waiting" \
	"10 drop dev eth0 ipv4 wrong_device dropped from 10.2.0.9 to 10.1.0.1 link $link length 20 skipped 0" \
	eval 'news quick 10 | uniq -c | xargs'
kill -CONT "$json" "$text"
drained() { awk -v pid="$json" '$3 % 4194304 == pid && $5 { rest = 1 } END { exit rest }' "/proc/$json/net/netlink"; }
ok "more events than there is room for" within 20 drained
ok "the next one is told" marked 77
lost='"time":"[^"]*Z","event":"lost","count":[0-9]*}$'
is "some were lost" 1 grep -c "$lost" "$scratch/json"
say "of 3000: $(grep "$lost" "$scratch/json")"
is "all are accounted for" 3011 told
is "and said to be, as text" "3011 1" told_as_text
stop "$text" "$quick"
changes 20
marked 78
is "none is missing from then on" "21 1" eval 'echo "$(told) $(grep -c "$lost" "$scratch/json")"'

# A flood: samples, and the number of the others
from 10.2.0.9 1
news json 1 >/dev/null
before=$(counted "$host" eth0 wrong_device)
failed() { echo $(($(counted "$host" eth0 wrong_device) - before)); }
samples() { # PROGRAM: jq's, for all of them
	sed -n "$(($(<"$scratch/json.seen") + 1)),\$p" "$scratch/json" | jq -cs "$1"
}
ip netns exec "$peer" python3 "$lib_dir/flood.py" eth0 "$mac" 10.1.0.1 10.2.0.9 &
flood=$!
flooded() { [ "$(samples length)" -gt 100 ] && [ "$(failed)" -gt 1000 ]; }
ok "a flood runs" within 30 flooded
kill $flood
wait $flood 2>/dev/null
# A packet more has an event, or else the next one has.
balanced() {
	from 10.2.0.9 1
	[ "$(samples 'map(.skipped + 1) | add')" -eq "$(failed)" ]
}
ok "samples and those they skipped are all that failed" within 20 balanced
say "$(samples '{samples: length, skipped: map(.skipped) | add}')"
is "most are skipped" true samples '(map(.skipped) | add) > 2 * length'
is "16 at once and 32 a second at most" true samples '
	map(.time | (.[:19] + "Z" | fromdate) + (.[19:29] | tonumber)) as $t |
	[range($t | length) as $i | range($i; $t | length) as $j |
		$j - $i + 1 <= 16 + 32 * ($t[$j] - $t[$i]) + 1] | all'
is "none is lost" 0 samples 'map(select(.event == "lost")) | length'
stop "$json"

# That somebody listens is known for the whole host only, so a listener has events made
# elsewhere, too: no more of them than the bucket there holds.
# shellcheck disable=SC2016 # python's
service numbers ip netns exec "$host" python3 -c '
import sys
import netlink as n
here = n.Netns(n.this_netns())
family, = n.asked(n.Netlink(n.NETLINK_GENERIC, n.family_request()))
group = n.attributes(n.attributes(n.attributes(family[4:])[7])[1])[2]
# joins, has an event made, leaves, and tells the number of the event
for _ in sys.stdin:
    here.generic.socket.setsockopt(270, 1, group)
    event, = here.generic.ask(n.family(), n.NLM_F_ACK, n.generic_body(n.POLICY_SET, (n.ENFORCE, 1)))
    here.generic.socket.setsockopt(270, 2, group)
    print(n.number(n.attributes(event[4:])[2]), flush=True)
'
made() { # PACKETS: events of the host while so many come that fail
	local before
	before=$(call numbers)
	from 10.2.0.9 "$1"
	echo $(($(call numbers) - before - 1))
}
is "while nobody listens no event is made" 0 made 50
ip netns exec "$peer" srcguard monitor >"$scratch/elsewhere" &
elsewhere=$!
within 20 joined $elsewhere
few() {
	local begun=${EPOCHREALTIME/./} made most
	made=$(made 1000)
	most=$((17 + 32 * (${EPOCHREALTIME/./} - begun) / 1000000))
	say "$made events of 1000 packets, $most at most"
	[ "$made" -ge 16 ] && [ "$made" -le $most ]
}
ok "while somebody listens elsewhere, 16 at once and 32 a second at most" few
at "$peer" srcguard set enforce 1
is "who hears nothing of them" "policy set enforce 1" news elsewhere 1
stop $elsewhere

# Nobody reads it any more
mkfifo "$scratch/fifo"
# piped: $monitor into a pipe that $reader holds and does not read
piped() {
	sleep 1000 3<"$scratch/fifo" &
	reader=$!
	ip netns exec "$host" srcguard monitor >"$scratch/fifo" 2>"$scratch/said" &
	monitor=$!
	within 20 joined $monitor
}
piped
stop $reader
ends "it ends when its reader is gone, without an event" 0 $monitor
piped
changes 3000
stop $reader
ends "and while the reader has yet to read what there is" 0 $monitor
is "without a word" "" cat "$scratch/said"
one_line() {
	at "$host" srcguard monitor 2>"$scratch/said" | head -n 1 | wc -l
	echo "${PIPESTATUS[0]}"
}
changing() { while [ -e "$scratch/fifo" ]; do at "$host" srcguard set enforce 1; done; }
changing &
changing=$!
is "also if the reader took an event" "1
0" one_line
fails "a disk that is full is an error" 1 at "$host" sh -c "srcguard monitor >/dev/full 2>'$scratch/said'"
is "with one line that says so" "srcguard: cannot write the output: No space left on device" cat "$scratch/said"
rm "$scratch/fifo"
wait $changing
mkfifo "$scratch/fifo"
socat -u "EXEC:ip netns exec $host srcguard monitor" "OPEN:$scratch/socket,creat" &
socat=$!
pid_of_one() { pgrep -P $socat srcguard >"$scratch/pid" && joined "$(<"$scratch/pid")"; }
within 20 pid_of_one
is "its output may be a socket" "socket:" \
	eval "readlink /proc/$(<"$scratch/pid")/fd/1 | cut -d '[' -f 1"
stop $socat
ok "it ends then, too" within 20 ended "$(<"$scratch/pid")"

# Its parent
# child KIND [OPTION...]: $monitor is a child of $parent, as parents.py makes it
child() {
	local kind=$1
	shift
	ip netns exec "$host" python3 "$lib_dir/parents.py" "$kind" srcguard monitor "$@" \
		3>"$scratch/pid" >"${out-/dev/null}" 2>"$scratch/said" &
	parent=$!
	within 20 grep -q . "$scratch/pid"
	monitor=$(<"$scratch/pid")
}
lives() { # it hears
	joined "$monitor" && ! ended "$monitor"
}
child living
ok "it is a child" within 20 lives
stop $parent
ok "which outlives its parent" lives
kill "$monitor"
child living --die-with-parent
ok "with --die-with-parent it lives" within 20 lives
stop $parent
ok "no longer than its parent" within 20 ended "$monitor"
child thread --die-with-parent
within 20 lives
kill -USR1 $parent
within 20 grep -q '^Threads:[[:space:]]*1$' "/proc/$parent/status"
ok "the thread that started it may end" lives
stop $parent
ok "its parent may not" within 20 ended "$monitor"
for kind in dead adopted; do
	child $kind
	ok "$kind: an orphan from the beginning" within 20 lives
	kill "$monitor"
	stop $parent
	child $kind --die-with-parent
	ok "$kind: knows it" within 20 ended "$monitor"
	is "$kind: and does not complain" "" cat "$scratch/said"
	stop $parent
done
child leader --die-with-parent
ok "leader: who leads a session may be init's" within 20 lives
kill "$monitor"
stop $parent
# The reader holds the pipe and does not read: it is full.
sleep 1000 3<"$scratch/fifo" &
reader=$!
out=$scratch/fifo child living --die-with-parent
within 20 lives
changes 3000
stop $parent
ok "a full pipe does not keep it from ending" within 20 ended "$monitor"
stop $reader
ip netns exec "$host" unshare --pid --fork srcguard monitor --die-with-parent >/dev/null &
parent=$!
# Its socket is named by its pid in there.
inside() { monitor=$(pgrep -P $parent srcguard) && joined 1 "/proc/$monitor"; }
ok "it is in a pid namespace of its own" within 20 inside
stop $parent
ok "a parent outside counts as well" within 20 ended "$monitor"

ip netns exec "$host" unshare --pid --fork --kill-child setsid \
	bash -c 'srcguard monitor --die-with-parent >/dev/null & wait' &
parent=$!
second() { monitor=$(pgrep -x srcguard) && joined 2 "/proc/$monitor"; }
ok "a container's first process may be a parent" within 20 second
stop $parent
within 20 ended "$monitor"

# A connection that is cut
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$scratch/host_key"
ssh-keygen -q -t ed25519 -N '' -f "$scratch/key"
cat >"$scratch/sshd_config" <<-EOT
	Port 2222
	ListenAddress 127.0.0.1
	HostKey $scratch/host_key
	AuthorizedKeysFile $scratch/key.pub
	PermitRootLogin prohibit-password
	PidFile none
	StrictModes no
	UsePAM no
EOT
/usr/sbin/sshd -D -e -f "$scratch/sshd_config" 2>"$scratch/sshd" &
sshd=$!
# remote [OPTION...]: $ssh prints what $monitor hears at the other end
remote() {
	ssh -p 2222 -i "$scratch/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o LogLevel=ERROR root@127.0.0.1 srcguard -n "$host" monitor "$@" >"$scratch/remote" &
	ssh=$!
	rm -f "$scratch/remote.seen"
	connected() { monitor=$(pgrep -x srcguard) && joined "$monitor"; }
	within 60 connected
}
listening() { ss -Hltn 'sport = 2222' | grep -q .; }
ok "sshd runs" within 20 listening
for option in '' --die-with-parent; do
	# shellcheck disable=SC2086 # or none
	remote $option
	at "$host" srcguard set enforce 1
	is "ssh host srcguard monitor $option" "policy set enforce 1" news remote 1
	kill -9 $ssh
	wait $ssh 2>/dev/null
	ok "leaves nothing behind when the connection is cut" within 20 ended "$monitor"
done
kill $sshd

# The module
listen text monitor
modprobe wireguard
rmmod wireguard
at "$host" srcguard set enforce 1
is "other families come and go" "policy set enforce 1" news text 1
rmmod srcguard
ends "it ends when the module goes" 3 "$text"
is "and says so" "srcguard: the kernel module is not loaded; load it with: modprobe srcguard" cat "$scratch/text.err"
load
listen text monitor
kill -STOP "$text"
changes 3000
rmmod srcguard
load
kill -CONT "$text"
ends "also if that was lost among events, and it came again" 3 "$text"
is "and says so" "srcguard: the kernel module was unloaded, and loaded again" cat "$scratch/text.err"
ok "having told all it heard" has_lines text 10
ok "nothing is left of all" eval '! pgrep -x srcguard'
cleanup
is "the module holds nothing back" "" rmmod srcguard

finish
