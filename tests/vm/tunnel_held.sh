#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Somebody holds a tunnel that was deleted, and the namespace that it sends in goes before
# it: each second the kernel tells once more that the tunnel goes, and nothing of the
# namespace is to be touched then. With slub_debug=P memory that was freed is recognized.
#
#   home     where the tunnel was made, and sends
#   abroad   where it moved, and is deleted
#
# append: slub_debug=FZP
# debug: short
# expect-log: ^six selects TX queue 0, but real number of TX queues is 0$
# expect-log: ^sch_tbf: burst 2000 is lower than device lo mtu
#
. "${0%/*}/lib.sh"
plan 5

load
modprobe sit
# the kernel need not complain: that somebody holds it is on purpose
sysctl -qw net.core.netdev_unregister_timeout_secs=1000
namespace home abroad
ip -n "$home" link add six type sit local 10.0.0.1 remote 10.0.0.2
ip -n "$home" link set six netns "$abroad"
ip -n "$abroad" link set six up
# another one, which goes with the namespace
ip -n "$home" link add more type sit local 10.0.0.1 remote 10.0.0.3
service held ip netns exec "$abroad" python3 "$lib_dir/held.py" six
is "the kernel waits for who holds it" waits call held
ip netns del "$home"
sleep $((slow ? 20 : 6))
is "it goes when nobody does any more" went call held
is "the module lives" strict shown "$abroad" rp_filter
cleanup
is "and holds nothing back" "" rmmod srcguard
is "the kernel has seen nothing wrong" 0 eval "dmesg | grep -cE 'BUG|KASAN|general protection'"
finish
