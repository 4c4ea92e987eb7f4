#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Limits of devices, in the namespace "box": each kind that can be made here at 0, 1, 3
# and -1, by rtnetlink, and by ioctl, sysfs or generic netlink where one can; what is
# refused leaves nothing behind. All kinds together, devices without a kind, fallback
# devices, what a new namespace starts with, the knob loopback_limit, events; what is out
# of range or malformed.
#
# timeout: 600
# What the kernel's bonding says of a bond that may not be, or goes.
# expect-log: ^bond-[0-9] \((uninitialized|unregistering)\): Released all slaves$
# expect-log: ^bonding: bond-5 (is being created\.\.\.|creation failed)$
# What drivers say when they come.
# expect-log: ^(MACsec IEEE 802\.1AE|l2tp_eth: L2TP ethernet pseudowire support \(L2TPv3\))$
#
# shellcheck disable=SC2317,SC2016 # functions are called by name; $ is for other shells
. "${0%/*}/lib.sh"
fallbacks="erspan gre gretap ip6gre ip6tnl ipip sit vti vti6"
kinds="bond bridge dummy erspan geneve gre gretap ifb ip6gre ip6tnl ipip ipvlan loopback macvlan
	macvtap nlmon ppp sit tap team tun veth vlan vrf vti vti6 vxlan wireguard xfrm"
case $KERNEL in
debug) lacks=1 ;;
6.1) kinds+=" ipvtap macsec vsockmon" ;;
*) kinds+=" ipvtap macsec netkit vsockmon" ;;
esac
plan $(($(wc -w <<<"$kinds") + 79 - ${lacks-0}))

# From include/uapi/linux/srcguard.h
LIMIT_SET=15 POLICY_SET=2
KIND=2 LIMIT=3

load
namespace box
ip -n "$box" link add base type dummy
service devices ip netns exec "$box" python3 devices.py
service genl python3 genl.py
devices() {
	call devices "$@"
}
genl() {
	call genl "$@"
}
limit() { # KIND N
	at "$box" srcguard limit set "$@"
}
limits() { # KIND [NAMESPACE]: limit, in use, refused, moved
	limit_row "${2-$box}" "$1"
}
in_use() { # KIND
	local in_use
	read -r _ in_use _ < <(limits "$1")
	echo "${in_use:-0}"
}
add() { # NAME TYPE...
	ip -n "$box" link add "$@"
}
made_by() { # WORD...: of devices.py
	local answer
	answer=$(devices "$@")
	case $answer in
	ok*) ;;
	# of a sit tunnel: whatever the reason was
	ENOSPC | ENOBUFS) echo "No space left on device" >&2 && return 1 ;;
	*) echo "$* -> $answer" >&2 && return 1 ;;
	esac
}
make() { # KIND N
	local name=$1-$2
	case $1 in
	bond | bridge | dummy | ifb | loopback | nlmon | team | vsockmon | wireguard) add "$name" type "$1" ;;
	erspan) add "$name" type erspan seq key "$2" local 10.8.0.1 remote "10.8.1.$2" erspan 1 ;;
	geneve) add "$name" type geneve id "$2" remote 10.8.0.9 ;;
	gre | gretap | ipip | sit) add "$name" type "$1" local 10.8.0.1 remote "10.8.1.$2" ;;
	ip6gre | ip6tnl | vti6) add "$name" type "$1" local 2001:db8::1 remote "2001:db8::1:$2" ;;
	vti) add "$name" type vti local 10.8.0.1 remote "10.8.1.$2" key "$2" ;;
	ipvlan | ipvtap | macvlan | macvtap) add "$name" link base type "$1" ;;
	macsec) add "$name" link base type macsec port "$2" ;;
	vlan) add "$name" link base type vlan id "$2" ;;
	vrf) add "$name" type vrf table "$2" ;;
	vxlan) add "$name" type vxlan id "$2" dstport 4789 ;;
	xfrm) add "$name" type xfrm dev base if_id "$2" ;;
	tap) ip -n "$box" tuntap add "$name" mode tap ;;
	tun) ip -n "$box" tuntap add "$name" mode tun ;;
	netkit | veth) add "$name" type "$1" peer name "peer-$2" ;;
	ppp) made_by ppp ;;
	esac
}
unmake() { # KIND N...
	case $1 in
	ppp) devices drop >/dev/null ;;
	*) printf "link del $1-%s\n" "${@:2}" | ip -n "$box" -force -batch - ;;
	esac
}
full() { # COMMAND...: refused for want of room, and nothing of it is left
	local before after output
	before=$(devices names)
	output=$("$@" 2>&1) && { echo "$* was done"; return 1; }
	[[ $output == *"No space left on device"* || $output == *"No more devices"* ]] ||
		{ echo "$*: $output"; return 1; }
	after=$(devices names)
	[[ $before == "ok "*"lo "* && $before = "$after" ]] || { echo "$before, then $after"; return 1; }
}
# KIND: at 0, 1, 3 and -1, beyond what is there already; "each" is how many of them one
# command makes, "counts" what they count as
kind_obeys() {
	local kind=$1 counts=$1 each=1 base refused n count
	case $kind in
	netkit | veth) each=2 ;;
	tap) counts=tun ;;
	esac
	read -r _ base refused _ < <(limits "$counts")
	base=${base:-0} count=0
	for n in 0 1 3; do
		limit "$counts" $((base + n * each)) || return
		while [ $count -lt $n ]; do
			count=$((count + 1))
			make "$kind" $count || { echo "$count of $n"; return 1; }
		done
		full make "$kind" 9 || return
		refused=$((refused + 1))
		[ "$(limits "$counts")" = "$((base + n * each)) $((base + count * each)) $refused 0" ] ||
			{ echo "at $n: $(limits "$counts")"; return 1; }
	done
	# one place is not enough for two
	if [ $each = 2 ]; then
		limit "$counts" $((base + 7)) || return
		full make "$kind" 9 || return
		refused=$((refused + 1))
	fi
	limit "$counts" 0 || return
	[ "$(in_use "$counts")" = $((base + 3 * each)) ] && full make "$kind" 9 || return
	refused=$((refused + 1))
	limit "$counts" -1 && make "$kind" 4 || return
	unmake "$kind" 1 2 3 4 || return
	[ "$counts" != loopback ] || limit loopback 0
	[[ $(limits "$counts") == "$([ "$counts" = loopback ] && echo 0 || echo -1) $base $refused 0" ]] ||
		{ echo "in the end: $(limits "$counts")"; return 1; }
}

# --- what there is without a limit ------------------------------------------------

is "no limit but that of the own kind, and lo does not count" "any -1 1 0 0
loopback 0 0 0 0
dummy -1 1 0 0" eval 'at "$box" srcguard -j limit show | jq -r ".[] | [.[]] | map(tostring) | join(\" \")"'
is "as text" "kind any limit -1 in_use 1 refused 0 moved 0
kind loopback limit 0 in_use 0 refused 0 moved 0
kind dummy limit -1 in_use 1 refused 0 moved 0" at "$box" srcguard limit show
is "without show, too" 3 eval 'at "$box" srcguard limit | wc -l'
is "keys" '["in_use","kind","limit","moved","refused"]' \
	eval 'at "$box" srcguard -j limit show | jq -c ".[0] | keys"'

# --- each kind --------------------------------------------------------------------

for module in bonding sit ip_gre ipip ip6_tunnel ip6_gre ip_vti ip6_vti ppp_generic; do
	modprobe $module
done
for kind in $kinds; do
	ok "$kind: 0, 1, 3, any number" kind_obeys "$kind"
done
is "nothing of them is left, but for fallback devices" "base
erspan0
gre0
gretap0
ip6_vti0
ip6gre0
ip6tnl0
ip_vti0
lo
sit0
tunl0" eval 'ip -n "$box" -j link | jq -r ".[].ifname" | sort'
is "these are in use, one each" "1 1 1 1 1 1 1 1 1" \
	eval 'for k in $fallbacks; do in_use $k; done | xargs'

# --- other ways than rtnetlink ----------------------------------------------------

# way KIND COMMAND...: it makes one of this kind; is refused and counted when there are as
# many as there may be, and not without a limit
way() {
	local kind=$1 in_use refused
	shift
	read -r _ in_use refused _ < <(limits "$kind")
	limit "$kind" "${in_use:-0}" && full "$@" && limit "$kind" -1 && "$@" || return
	[ "$(limits "$kind")" = "-1 $((in_use + 1)) $((refused + 1)) 0" ] ||
		{ echo "$in_use, $refused; then $(limits "$kind")"; return 1; }
}
for base in sit0 gre0 tunl0 ip_vti0 ip6tnl0; do
	kind=${base%0}
	case $kind in
	tunl) kind=ipip ;;
	ip_vti) kind=vti ;;
	esac
	ok "a tunnel by ioctl is one of kind $kind" way $kind made_by tunnel $base $kind-5
	unmake $kind 5
done
ok "a bridge by ioctl" way bridge made_by bridge bridge-5
ok "a VLAN by ioctl" way vlan made_by vlan base 5
ok "a bond by sysfs" way bond made_by bond bond-5
unmake bridge 5
unmake bond 5
ip -n "$box" link del base.5
limit tun 1
ok "a tun device by ioctl" made_by tun tun0
ok "but not two" full made_by tun tun1
devices drop >/dev/null
is "it is gone with its file" "1 0" eval 'limits tun | cut -d " " -f 1,2'
limit tun -1

# --- fallback devices -------------------------------------------------------------

for kind in $fallbacks; do limit "$kind" 0; done
limit any 0
is "a namespace whose creator allows nothing" 0 eval 'ip netns exec "$box" unshare -n true; echo $?'
is "has its fallback devices, and no others" "9" \
	eval 'ip netns exec "$box" unshare -n sh -c "srcguard -j limit show | jq \"[.[] |
		select(.kind != \\\"any\\\") | .in_use] | add\""'
ip -n "$box" link set sit0 name was-sit0
ok "with sit0 renamed there is none of that name" eval '! at "$box" test -e /sys/class/net/sit0'
limit any -1
ok "and none may be made by ioctl" full made_by tunnel was-sit0 sit0
ok "nor by rtnetlink" full add sit0 type sit local 10.8.0.1 remote 10.8.1.77
ip -n "$box" link set was-sit0 name sit0
for kind in $fallbacks; do limit "$kind" -1; done

# --- all together -----------------------------------------------------------------

total=$(in_use any)
vrf=$(limits vrf)
limit any $((total + 2))
ok "two more of any kind" eval 'make dummy 1 && make bridge 1'
ok "a third is refused" full make vrf 1
ok "nor a pair" full make veth 1
is "because of all of them" "$((total + 2)) $((total + 2)) 2 0" limits any
is "not of its own kind" "$vrf" limits vrf
ok "one goes" unmake bridge 1
ok "another one comes" make vrf 1
ok "half a pair does not" eval 'limit any $((total + 3)) && full make veth 1'
unmake vrf 1
unmake dummy 1
limit any -1

limit other 0
is "a device without a kind" ENOBUFS devices register
limit other 1
is "one of them" "ok pimreg" devices register
is "is in use as other" "1 1 1 0" limits other
devices drop >/dev/null
ip -n "$box" link del pimreg 2>/dev/null
limit other -1
if [ ! "${lacks-}" ]; then
	modprobe l2tp_eth
	l2tp() { # WORD...
		ip -n "$box" l2tp "$@"
	}
	l2tp add tunnel tunnel_id 1 peer_tunnel_id 1 encap udp local 127.0.0.1 remote 127.0.0.1 \
		udp_sport 1701 udp_dport 1702
	ok "L2TP's has none, by generic netlink" \
		way other l2tp add session name l2tp-5 tunnel_id 1 session_id 1 peer_session_id 1
	l2tp del tunnel tunnel_id 1
	# which the kernel does by and by
	within 10 eval '[ "$(in_use other)" = 0 ]'
fi

# --- what is said -----------------------------------------------------------------

at "$box" srcguard -j monitor >"$scratch/events" &
monitor=$!
within 10 eval 'limit dummy 1 && grep -q "limit set" "$scratch/events"'
full make dummy 1
limit dummy -1
limit any "$total"
full make dummy 1
limit any -1
within 10 grep -q '"any","limit":-1' "$scratch/events"
kill $monitor
is "events" '{"event":"policy","change":"limit set","kind":"dummy","limit":1}
{"event":"limit","device":"dummy-1","reason":"limit_kind","kind":"dummy","limit":1,"in_use":1}
{"event":"policy","change":"limit set","kind":"dummy","limit":-1}
{"event":"policy","change":"limit set","kind":"any","limit":'"$total"'}
{"event":"limit","device":"dummy-1","reason":"limit_any","kind":"any","limit":'"$total"',"in_use":'"$total"'}
{"event":"policy","change":"limit set","kind":"any","limit":-1}' eval 'jq -c "del(.time)" "$scratch/events" | uniq'
if [ "$KERNEL" = 6.1 ] || [ "$KERNEL" = debug ]; then reached="the limit is reached"; else reached="the limit is 1"; fi
refused "the own kind says why" "No more devices of kind loopback in this network namespace, the limit is 0" \
	make loopback 1
limit loopback 1
make loopback 1
refused "and how many it may be" "No more devices of kind loopback in this network namespace, $reached" \
	make loopback 2
limit loopback 5
limit any 0
refused "or that it is all together" "No more devices of any kind in this network namespace, the limit is 0" \
	make loopback 2
limit any -1

# --- the knob ---------------------------------------------------------------------

knob() { # VALUE
	at "$box" sh -c "echo $1 >/proc/sys/net/srcguard/loopback_limit"
}
is "the limit is the knob" 5 at "$box" cat /proc/sys/net/srcguard/loopback_limit
knob -1
is "and the knob is the limit" "-1 1" eval 'limits loopback | cut -d " " -f 1,2'
ok "by the tool" at "$box" srcguard set loopback_limit 65535
is "which shows it" "65535 0" eval 'at "$box" srcguard -j show | jq -r "\"\(.loopback_limit) \(.lock)\""'
for value in 65536 -2 2147483648 x ''; do
	ok "no value: '$value'" eval "! knob '$value' 2>/dev/null"
done
is "nothing has changed" 65535 at "$box" cat /proc/sys/net/srcguard/loopback_limit

# --- new namespaces ---------------------------------------------------------------

limit loopback 0
limit dummy 4
limit any 40
limit later 7
is "a new namespace copies its creator's" "any 40
dummy 4
later 7
loopback 0" eval 'at "$box" unshare -n srcguard -j limit show |
	jq -r ".[] | select(.limit >= 0) | \"\(.kind) \(.limit)\"" | sort'
is "with other counts" "0" eval 'at "$box" unshare -n srcguard -j limit show |
	jq -r ".[] | select(.kind == \"dummy\") | .in_use"'
is "the host's are others" "" limits later -

# --- bad input --------------------------------------------------------------------

before=$(srcguard limit show)
fails "no kind: usage" 2 srcguard limit set
fails "no number: usage" 2 srcguard limit set dummy
fails "a number too much: usage" 2 srcguard limit set dummy 1 2
fails "no number that it could be: usage" 2 srcguard limit set dummy x
fails "a name of 32 bytes: usage" 2 srcguard limit set "$(printf 'k%.0s' {1..32})" 1
ok "one of 31 is one" eval 'srcguard limit set "$(printf "k%.0s" {1..31})" 1 &&
	srcguard limit set "$(printf "k%.0s" {1..31})" -1'
refused "-2 is none" "dummy: " srcguard limit set dummy -2
refused "a space in it" "A kind has 1 to 31 printable characters" srcguard limit set "a b" 1
refused "no ASCII" "A kind has 1 to 31 printable characters" srcguard limit set "dümmy" 1
refused "hardware" "Devices with a parent in hardware have no limit" srcguard limit set physical 1
refused "too many clones" "The limit of kind loopback is -1..65535" srcguard limit set loopback 65536
is "no kind, by netlink" "EINVAL 0 No kind is named" genl self $LIMIT_SET - $LIMIT:u32:1
is "no limit" "EINVAL 0 The limit is missing" genl self $LIMIT_SET - $KIND:s:dummy
is "a longer name" EINVAL eval "genl self $LIMIT_SET - $KIND:s:$(printf 'k%.0s' {1..32}) $LIMIT:u32:1 | cut -d ' ' -f 1"
is "an empty one" "EINVAL 20 A kind has 1 to 31 printable characters, and no space" \
	genl self $LIMIT_SET - $KIND:s: $LIMIT:u32:1
is "a knob of the host's among others, and nothing is set" "ERANGE 28" \
	eval "genl self $POLICY_SET - 1:u32:0 8:u32:65536 | cut -d ' ' -f 1,2"
is "so it is" 1 cat /proc/sys/net/srcguard/rp_filter
is "no limit is another one" "$before" srcguard limit show
# where the kernel makes no fallback devices, their names mean nothing
sysctl -qw net.core.fb_tunnels_only_for_init_net=1
namespace bare
at "$bare" srcguard limit set sit 1
ip -n "$bare" link add s1 type sit local 10.0.0.1 remote 10.0.0.3
is "called like a fallback device that cannot be" ENOBUFS \
	ip netns exec "$bare" python3 "$lib_dir/devices.py" <<<"tunnel s1 sit0"
is "it is one too many" "kind sit limit 1 in_use 1 refused 1 moved 0" \
	eval 'at "$bare" srcguard limit show | grep sit'
sysctl -qw net.core.fb_tunnels_only_for_init_net=0
(cd "$lib_dir" && python3 -c 'from netlink import Netns, this_netns
for n in range(1, 257):
    Netns(this_netns()).set_limit(f"kind{n}", n)')
before=$(srcguard limit show)
is "256 kinds, and no more" "ENOSPC 20 This network namespace limits all the kinds it may" \
	genl self $LIMIT_SET - $KIND:s:kind257 $LIMIT:u32:1
is "it is not in the list" "$before" srcguard limit show
ok "but all together" srcguard limit set any 5000
ok "and one in the place of another" eval 'srcguard limit set kind9 -1 && srcguard limit set kind257 3'
is "the list is whole" 256 eval 'srcguard -j limit show | jq "[.[] | select(.kind | startswith(\"kind\"))] | length"'
srcguard limit set any -1
srcguard limit set kind1 -1
modprobe -r ifb
srcguard limit set ifb 0
fails "a module whose own devices are beyond a limit is not loaded" 1 modprobe ifb numifbs=1
srcguard limit set ifb 1
ok "with room for them it is" modprobe ifb numifbs=1
modprobe -r ifb
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
