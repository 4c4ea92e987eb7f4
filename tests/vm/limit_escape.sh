#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A container's root tries to have more devices than its host allows, to write to the
# host's log, and to set what is the host's: by nesting, moving, renaming, by rtnetlink,
# ioctl and sysctl, with sockets and files that were passed to it. Each is refused, and
# counted where the module is asked: the kernel itself refuses some of it before. It has
# not one device more than it may.
#
#   host        box, in a user namespace of nobody's: one dummy, one tun, one clone
#               inner, which the box's root made in it
#
# files: tests/box.sh
# What the kernel says of a device that moved and was to come up, and of bonds and names.
# expect-log: ^A link change request failed with some changes committed already\.
# expect-log: ^sch_tbf: burst 2000 is lower than device lo mtu
# expect-log: ^d1 selects TX queue 0, but real number of TX queues is 0$
# expect-log: ^b2 \(uninitialized\): Released all slaves$
# expect-log: ^(br1: port|bond1: \(slave|bond1 \(|device i[0-9] )
#
# shellcheck disable=SC2317,SC2016 # functions are called by name; $ is for other shells
. "${0%/*}/lib.sh"
. "${0%/*}/box.sh"
plan 87

# From include/uapi/linux/srcguard.h
POLICY_SET=2 LIMIT_SET=15 LOCK=16
INITIAL="CAP_NET_ADMIN in the initial user namespace is needed"

for module in sit ip_gre bonding team tun ppp_generic dummy sch_tbf; do modprobe $module; done
load
namespace host
for words in "dummy 1" "tun 1" "loopback 1" "veth 1" "sit 1" "gre 1" "vlan 0" "bridge 1" "ppp 0" \
	"ifb 0" "macvlan 0" "other 0" "bond 1" "team 0"; do
	# shellcheck disable=SC2086 # two words
	at "$host" srcguard limit set $words
done
open_box "$host" "exec 5<>/proc/sys/net/srcguard/loopback_limit 6<>/proc/sys/net/srcguard/log_martians \
	8<>/proc/sys/net/srcguard/lock"
# as on any host
chmod 666 /dev/net/tun /dev/ppp
service genl ip netns exec "$host" python3 genl.py
genl() {
	call genl "$@"
}
cp "$lib_dir/"{devices,held}.py "$scratch/" && chmod 755 "$scratch"

# What the box shows, or those that $of names: all that was counted there as refused, moved
# and not to be brought up, or not written; and what it has and could use.
shows() {
	local name key kind in_use refused moved
	counted=0 usable=
	while read -r key kind _ _ _ in_use _ refused _ moved; do
		case $key in
		writes_refused) counted=$((counted + kind)) ;;
		kind)
			counted=$((counted + refused + moved))
			[ "$kind" = any ] || [ "$in_use" -eq "$moved" ] ||
				usable+="$kind $((in_use - moved)) "
			;;
		esac
	done < <(for name in ${of-$box}; do
		at "$name" srcguard show
		at "$name" srcguard limit show
	done)
}
has() {
	shows
	echo "$usable"
}
# no WHAT COMMAND...: the box's root does that; it fails, is counted (where $of says), and
# comes to nothing
no() {
	local what=$1 before was output status=0
	shift
	shows
	before=$counted was=$usable
	output=$(in_box "$@" 2>&1) || status=$?
	shows
	if [ $status -eq 0 ] || [ "$counted" -le "$before" ] || [ "$usable" != "$was" ]; then
		say "$* -> $status: $output; counted $before, $counted; has $was, $usable"
		result 1 "$what"
	else
		result 0 "$what"
	fi
}
script() { # a file of commands, for the box's shell
	cat >"$scratch/$1"
	chmod 755 "$scratch/$1"
}

# --- what it may ------------------------------------------------------------------

ok "a dummy" in_box ip link add d1 type dummy
ok "a clone" in_box ip link add lo1 type loopback
ok "a tun device" in_box ip tuntap add t1 mode tun
ok "a bridge" in_box ip link add br1 type bridge
ok "a bond" in_box ip link add bond1 type bond
is "it has them, and what is in every namespace" \
	"bond 1 bridge 1 dummy 1 erspan 1 gre 1 gretap 1 loopback 1 sit 1 tun 1" eval 'has |
	xargs -n 2 | grep -E "^(dummy|loopback|tun|bridge|bond|sit|gre|gretap|erspan) " | sort | xargs'
mine=$(has)

# --- one more of a kind -----------------------------------------------------------

no "one more by rtnetlink" ip link add d2 type dummy
no "with a number of its own" ip link add d2 index 777 type dummy
no "with another name and address" ip link add dev x address 02:00:00:00:00:09 up type dummy
no "a clone" ip link add lo2 type loopback
no "a tun device by ioctl" ip tuntap add t2 mode tun
no "a tap device is one, too" ip tuntap add t2 mode tap
no "one with many queues" ip tuntap add t2 mode tap multi_queue
no "a pair of which one may be" ip link add v1 type veth peer name v2
no "a VLAN" ip link add link d1 name d1.5 type vlan id 5
no "a macvlan" ip link add m1 link d1 type macvlan
no "a unit of ppp" sh -c "echo ppp | python3 $scratch/devices.py | grep -q ok"
no "the register interface of multicast routing" sh -c \
	"echo register | python3 $scratch/devices.py | grep -q ok"
no "a tunnel by rtnetlink" ip link add s1 type sit local 10.0.0.1 remote 10.0.0.2
no "a tunnel by ioctl" ip tunnel add g1 mode gre local 10.0.0.1 remote 10.0.0.2
no "many at once" sh -c 'for n in 1 2 3; do echo link add many$n type dummy; done | ip -force -batch -'
no "an ifb" ip link add ifb9 type ifb
no "a second bridge" ip link add br2 type bridge
no "a second bond" ip link add b2 type bond
no "a team" ip link add team1 type team

# --- under another name -----------------------------------------------------------

ok "the fallback device is renamed" in_box ip link set sit0 name mine0
no "another one of its name, by rtnetlink" ip link add sit0 type sit local 10.0.0.1 remote 10.0.0.2
no "by ioctl" sh -c "echo tunnel mine0 sit0 | python3 $scratch/devices.py | grep -q ok"
no "a dummy of such a name" ip link add ip6tnl0 type dummy
no "a dummy called like hardware" ip link add eth0 type dummy
ok "renamed back" in_box ip link set mine0 name sit0
ok "the dummy is renamed" in_box ip link set d1 name other
no "and no other comes in its place" ip link add d1 type dummy
ok "renamed back, too" in_box ip link set other name d1

# The kernel tells again and again of a device that went and that somebody holds.
script hold.py <<'EOT'
import re, subprocess, time
from held import deleted, run, waits
def status(words):
    return subprocess.run(words.split(), capture_output=True).returncode
def refused():
    text = subprocess.run(["srcguard", "limit", "show"], capture_output=True, text=True).stdout
    return int(re.search(r"kind dummy .* refused (\d+)", text)[1])
run("ip link del d1")
run("ip link add d1 index 1000 type dummy")
run("ip link set d1 up")
with deleted("d1") as deleter:
    for _ in range(50):
        if status("ip link add d9 index 1000 type dummy") == 0:
            break
        time.sleep(0.05)
    print(waits(deleter), flush=True)
    before = refused()
    print(status("ip link add d2 type dummy"), "counted", refused() - before, flush=True)
run("ip link del d9")
run("ip link add d1 type dummy")
EOT
is "who takes the number of one that somebody holds has no more than one" "waits
2 counted 1" in_box python3 "$scratch/hold.py"
is "it has what it had" "$mine" has

# --- in another namespace ---------------------------------------------------------

ok "the box's root makes a namespace" \
	in_box sh -c "unshare -n sleep infinity >/dev/null 2>&1 & echo \$! >/tmp/inner-$run_id"
inner=$(cat "/tmp/inner-$run_id")
within 10 eval '[ "$(readlink /proc/$inner/ns/net)" != "$(readlink /proc/$box_pid/ns/net)" ]'
inner_net=inner-$run_id
ip netns attach "$inner_net" "$inner"
namespaces+=("$inner_net")
is "it has the limits of the box" "0 1 1" eval 'nsenter -t $inner -n srcguard -j limit show |
	jq -r ".[] | select(.kind == \"vlan\" or .kind == \"dummy\" or .kind == \"loopback\") | .limit" | sort | xargs'
in_inner() {
	in_box nsenter -t "$inner" -n "$@"
}
ok "one may be there" in_inner ip link add i1 type dummy
of=$inner_net no "but not two" nsenter -t "$inner" -n ip link add i2 type dummy
is "nor in a user namespace more, which counts" "RTNETLINK answers: No space left on device
kind dummy limit 1 in_use 1 refused 1 moved 0" in_box unshare -U -r -n sh -c \
	'for n in 1 2; do ip link add d$n type dummy; done; srcguard limit show | grep dummy'
is "whose root does not set it either" "srcguard: dummy: $INITIAL (Operation not permitted)
writes_refused 1" in_box unshare -U -r -n sh -c 'srcguard limit set dummy 2; srcguard show | grep refused'
script move <<EOT
nsenter -t $inner -n ip link set i1 netns $box_pid && ip link set i1 up
EOT
no "what comes from there is not brought up" sh "$scratch/move"
no "nor as a port of a bridge that is up" sh -c 'ip link set br1 up; ip link set i1 master br1; ip link set i1 up'
no "nor by a message that moves and ups" sh -c "nsenter -t $inner -n ip link add i3 type dummy &&
	nsenter -t $inner -n ip link set i3 netns $box_pid name i4 up"
# a bond brings its ports up itself
ok "a bond takes what may be used" in_box sh -c 'ip link set d1 down && ip link set d1 master bond1 && ip link set d1 nomaster'
no "not what may not" ip link set i4 master bond1
no "nor by ioctl" python3 -c '
import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sH22x", b"i4", 1))'
# up to 6.12 it would be made in the one namespace and moved to the other
of="$box $inner_net" no "nor is one made for another link namespace" \
	nsenter -t "$inner" -n ip link add l1 link-netnsid 0 type sit remote 10.0.0.1 local 10.0.0.2
ok "inner has room for a dummy again" in_inner sh -c 'ip link add i6 type dummy && ip link del i6'
ip -n "$box" netns set "$inner_net" 7
no "but one of the box's that is made there is none to use" \
	sh -c "ip link add l2 link-netnsid 7 type dummy && ip link set l2 up"
is "it has what it had" "$mine" has

# --- what is set ------------------------------------------------------------------

for words in "limit set dummy 9" "limit set any -1" "limit set loopback -1" "set loopback_limit 5" \
	"set log_martians 1" "set log_6to4 1" "set log_daily_max 100000" "set lock 1" "set lock 0" "lock --yes"; do
	# shellcheck disable=SC2086 # several words
	no "the tool: $words" srcguard $words
done
for words in "loopback_limit 9" "log_martians 1" "log_interval 1" "lock 1"; do
	no "sysctl: $words" sh -c "echo ${words#* } >/proc/sys/net/srcguard/${words% *}"
done
own=at:$box_pid
shows
before=$counted
is "a knob of its own with one of the host's" "EPERM 28 $INITIAL" \
	genl "$own" $POLICY_SET - 1:u32:0 8:u32:9
is "sets neither" 1 in_box cat /proc/sys/net/srcguard/rp_filter
is "its own socket, by a process of the host's" "EPERM 20 $INITIAL" \
	genl "$own>self>$own" $LIMIT_SET - 2:s:dummy 3:u32:9
is "and to lock" "EPERM 0 $INITIAL" genl "$own>self>$own" $LOCK -
is "all three are counted" $((before + 3)) eval 'shows; echo $counted'
before=$(shown "$host" writes_refused)
is "a socket of the host's, by its own process" "EPERM 20 $INITIAL" \
	genl "self>$own" $LIMIT_SET - 2:s:dummy 3:u32:9
for fd in 5 6 8; do
	refused "the kernel itself refuses a file of the host's that is open: $fd" \
		"Operation not permitted" in_box bash -c "echo 1 >&$fd"
done
is "only what came as far as the module is counted" $((before + 1)) \
	shown "$host" writes_refused
is "nothing has changed" "0 0 0" eval \
	'at "$host" sh -c "cd /proc/sys/net/srcguard; echo \$(cat log_martians log_6to4 lock)"'
# Files of its own, which a process of the host's writes to: a set-id program complains to
# what it was given, in words that it was given.
cat >"$scratch/deputy.py" <<'EOT'
import ctypes, errno, os, sys
pid, fd, text = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
fd = ctypes.CDLL(None).syscall(438, os.pidfd_open(pid), fd, 0)    # pidfd_getfd
try:
    print(os.write(fd, text.encode()))
except OSError as error:
    print(errno.errorcode[error.errno])
EOT
ok "it opens knobs, its own and of the host's" in_box sh -c 'cd /proc/sys/net/srcguard &&
	sleep infinity 5<>loopback_limit 6<>log_martians 7<>rp_filter 8<>lock >/dev/null 2>&1 &
	echo $! >/tmp/files-'"$run_id"
files=$(<"/tmp/files-$run_id")
within 9 test -e "/proc/$files/fd/8"
shows
before=$counted
for fd in 5 6 8; do
	is "a file of its own, by a process of the host's: $fd" EPERM \
		python3 "$scratch/deputy.py" "$files" $fd "1 : unrecognized option"
done
is "each is counted" $((before + 3)) eval 'shows; echo $counted'
is "nothing has changed there" "1 0 0" in_box sh -c \
	'cd /proc/sys/net/srcguard; echo $(cat loopback_limit log_martians lock)'
is "the host's root may, from there" "" \
	ip netns exec "$box" sh -c 'echo 1 >/proc/sys/net/srcguard/log_martians;
		echo 0 >/proc/sys/net/srcguard/log_martians'
kill "$files"
fails "the module is not its to unload" 1 in_box rmmod srcguard
is "it has what it had" "$mine" has
kill "$inner"
close_box
cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
