#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A network card is never refused, whatever the limits are: it counts as "physical", can
# be taken away and found again, moved to a namespace that may have no devices, and comes
# back when that goes. The debug kernel has no driver for it.
#
#   host                           box
#   eth0, a virtio card            any 0, other 0
#
# nic: 1
# debug: no
#
# shellcheck disable=SC2317,SC2016 # functions are called by name; $ is for other shells
. "${0%/*}/lib.sh"
plan 21

modprobe virtio_net
ok "there is a card" within 20 test -e /sys/class/net/eth0
load
is "it counts as physical" "-1 1 0 0" limit_row - physical
is "and not as any" "-1 0 0 0" limit_row - any
is "nor as other" "" limit_row - other
refused "it cannot be limited" "Devices with a parent in hardware have no limit" \
	srcguard limit set physical 0
srcguard limit set any 0
srcguard limit set other 0
card=$(basename "$(readlink -f /sys/class/net/eth0/device)")
card() { # bind or unbind
	echo "$card" >"/sys/bus/virtio/drivers/virtio_net/$1"
}
ok "it is taken away" card unbind
is "and not counted" "" limit_row - physical
ok "found again" eval 'card bind && within 20 test -e /sys/class/net/eth0'
is "it counts" "-1 1 0 0" limit_row - physical
ok "and comes up" ip link set eth0 up
refused "while nothing else may be made" "No space left on device" ip link add d1 type dummy

namespace box
is "a namespace may have nothing, either" "0 0 0 0" limit_row "$box" any
ok "but the card" ip link set eth0 netns "$box"
is "it counts there" "-1 1 0 0" limit_row "$box" physical
is "not here" "" limit_row - physical
ok "and comes up" ip -n "$box" link set eth0 up
ok "a VLAN on it is as others" eval '! ip -n "$box" link add link eth0 name eth0.5 type vlan id 5 2>/dev/null'
is "which are refused" "0 0 1 0" limit_row "$box" any
ip netns del "$box"
ok "with its namespace gone it comes back" within 20 test -e /sys/class/net/eth0
is "and counts here" "-1 1 0 0" limit_row - physical
ok "and comes up" ip link set eth0 up
finish
