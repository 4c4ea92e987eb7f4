#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# accept_local and route_localnet: what they let in, for one device and for all,
# is what the kernel would let in, and nothing more.
#
#   peer                      host
#   veth0 10.1.0.2/24 ---- veth0 10.1.0.1/24
#                          veth1 10.2.0.1/24 ---- other veth0 10.2.0.2/24
#
# debug: short
. "${0%/*}/lib.sh"
plan 60

load
namespace host peer other
link "$host" veth0 10.1.0.1/24 "$peer" veth0 10.1.0.2/24
link "$host" veth1 10.2.0.1/24 "$other" veth0 10.2.0.2/24
conf "$host" all.rp_filter=0 {veth0,veth1}.rp_filter=0 all.log_martians=0
watch "$host"
to=$(mac "$host" veth0)

packet() { # SOURCE DESTINATION PORT TEXT
	send "$peer" veth0 "$to" 1 "IP(src='$1',dst='$2')/UDP(sport=7,dport=$3)/b'$4'"
}
# Each kind of source once, to an address of the host. Nobody answers an answer.
sources() {
	local all="'10.1.0.1','10.2.0.1','127.0.0.1','127.1.2.3'"
	send "$peer" veth0 "$to" 1 "[IP(src=a,dst='10.1.0.1')/ICMP(type=0) for a in ($all)]"
}
# Each kind of source once, to a loopback address
to_loopback() {
	packet 10.1.0.2 127.0.0.1 5000 honest,
	packet 10.2.0.2 127.0.0.1 5000 elsewhere,
	packet 192.0.2.1 127.0.0.1 5000 nowhere,
	packet 10.1.0.1 127.0.0.1 5000 own,
}
mode() { # MODE: with clean counters
	at "$host" srcguard set rp_filter off && at "$host" srcguard set rp_filter "$1"
	unwatch "$host"
}

ok "a socket listens at a loopback address" hear "$host" 127.0.0.1 5000
ok "a socket listens at an address of a device" hear "$host" 10.1.0.1 5001

sources
is "strict: all are refused" "veth0 ipv4 own_address dropped 2
veth0 ipv4 source_loopback dropped 2" counted_all "$host"
explains "$host" "strict: explain agrees" <<-'EOT'
	drop:own_address 10.1.0.1 dev veth0 to 10.1.0.1
	drop:own_address 10.2.0.1 dev veth0 to 10.1.0.1
	drop:source_loopback 127.0.0.1 dev veth0 to 10.1.0.1
	drop:source_loopback 127.1.2.3 dev veth0 to 10.1.0.1
EOT
ok "loose" mode loose
sources
is "loose: all are refused" "veth0 ipv4 own_address dropped 2
veth0 ipv4 source_loopback dropped 2" counted_all "$host"

for of in veth0 all; do
	conf "$host" $of.accept_local=1
	ok "accept_local of $of" mode strict
	sources
	is "strict, accept_local: the device's own address passes" 1 passed "$host" 10.1.0.1
	is "strict, accept_local: no other does" "veth0 ipv4 source_loopback dropped 2
veth0 ipv4 wrong_device dropped 1" counted_all "$host"
	explains "$host" "strict, accept_local: explain agrees" <<-'EOT'
		accept 10.1.0.1 dev veth0 to 10.1.0.1
		drop:wrong_device 10.2.0.1 dev veth0 to 10.1.0.1
		drop:source_loopback 127.0.0.1 dev veth0 to 10.1.0.1
		drop:source_loopback 127.1.2.3 dev veth0 to 10.1.0.1
	EOT
	ok "loose" mode loose
	sources
	is "loose, accept_local: all of the host's addresses pass" \
		"veth0 ipv4 source_loopback dropped 2" counted_all "$host"
	is "loose, accept_local: that of another device, too" 1 passed "$host" 10.2.0.1
	explains "$host" "loose, accept_local: explain agrees" <<-'EOT'
		accept 10.1.0.1 dev veth0 to 10.1.0.1
		accept 10.2.0.1 dev veth0 to 10.1.0.1
		drop:source_loopback 127.0.0.1 dev veth0 to 10.1.0.1
		drop:source_loopback 127.1.2.3 dev veth0 to 10.1.0.1
	EOT
	packet 10.1.0.1 10.1.0.1 5001 "$of,"
	conf "$host" $of.accept_local=0
done
ok "they were really delivered" within 5 got "$host" 5001 veth0,all,
conf "$host" veth1.accept_local=1
ok "accept_local of another device" mode strict
sources
is "says nothing about this one" "veth0 ipv4 own_address dropped 2
veth0 ipv4 source_loopback dropped 2" counted_all "$host"
conf "$host" veth1.accept_local=0

# without route_localnet, the kernel refuses the destination: no fault of the source
ok "loopback destinations" mode strict
to_loopback
is "strict: a loopback destination is not judged" "" counted_all "$host"
is "strict: it passes the guard" 1 passed "$host" 10.2.0.2
explains "$host" "strict: explain agrees" <<-'EOT'
	accept 10.1.0.2 dev veth0 to 127.0.0.1
	accept 10.2.0.2 dev veth0 to 127.0.0.1
	accept 192.0.2.1 dev veth0 to 127.0.0.1
EOT
for of in veth0 all; do
	conf "$host" $of.route_localnet=1
	ok "route_localnet of $of" mode strict
	to_loopback
	is "strict, route_localnet: loopback destinations are judged" "veth0 ipv4 no_route dropped 1
veth0 ipv4 own_address dropped 1
veth0 ipv4 wrong_device dropped 1" counted_all "$host"
	is "strict, route_localnet: the honest source passes" 1 passed "$host" 10.1.0.2
	explains "$host" "strict, route_localnet: explain agrees" <<-'EOT'
		accept 10.1.0.2 dev veth0 to 127.0.0.1
		drop:wrong_device 10.2.0.2 dev veth0 to 127.0.0.1
		drop:no_route 192.0.2.1 dev veth0 to 127.0.0.1
		drop:own_address 10.1.0.1 dev veth0 to 127.0.0.1
	EOT
	ok "loose" mode loose
	to_loopback
	is "loose, route_localnet: loopback destinations are judged" \
		"veth0 ipv4 no_route dropped 1
veth0 ipv4 own_address dropped 1" counted_all "$host"
	ok "strict again" mode strict
	sources
	is "strict, route_localnet: a loopback source is an own address" \
		"veth0 ipv4 own_address dropped 4" counted_all "$host"
	explains "$host" "strict, route_localnet: explain agrees on these" <<-'EOT'
		drop:own_address 10.1.0.1 dev veth0 to 10.1.0.1
		drop:own_address 10.2.0.1 dev veth0 to 10.1.0.1
		drop:own_address 127.0.0.1 dev veth0 to 10.1.0.1
		drop:own_address 127.1.2.3 dev veth0 to 10.1.0.1
	EOT
	conf "$host" $of.route_localnet=0
done
ok "what passed was really delivered" \
	within 5 got "$host" 5000 honest,honest,elsewhere,honest,honest,elsewhere,

conf "$host" veth0.route_localnet=1 veth0.accept_local=1
ok "both" mode strict
sources
is "strict, both: a loopback address is at home on lo" \
	"veth0 ipv4 wrong_device dropped 3" counted_all "$host"
explains "$host" "strict, both: explain agrees" <<-'EOT'
	accept 10.1.0.1 dev veth0 to 10.1.0.1
	drop:wrong_device 10.2.0.1 dev veth0 to 10.1.0.1
	drop:wrong_device 127.0.0.1 dev veth0 to 10.1.0.1
	drop:wrong_device 127.1.2.3 dev veth0 to 10.1.0.1
EOT
ok "both, loose" mode loose
sources
is "loose, both: everything passes" "" counted_all "$host"
is "loose, both: a loopback source, too" 1 passed "$host" 127.1.2.3
explains "$host" "loose, both: explain agrees" <<-'EOT'
	accept 10.1.0.1 dev veth0 to 10.1.0.1
	accept 10.2.0.1 dev veth0 to 10.1.0.1
	accept 127.0.0.1 dev veth0 to 10.1.0.1
	accept 127.1.2.3 dev veth0 to 10.1.0.1
EOT
ip -n "$host" addr add 127.1.0.1/16 dev veth0
ok "both, a loopback network on the device" mode strict
packet 127.1.2.3 10.1.0.1 9 x
is "strict, both: passes by its route" 1 passed "$host" 127.1.2.3
packet 127.2.2.3 10.1.0.1 9 x
is "strict, both: the rest of loopback does not" "veth0 ipv4 wrong_device dropped 1" \
	counted_all "$host"
explains "$host" "strict, both: explain agrees on these" <<-'EOT'
	accept 127.1.2.3 dev veth0 to 10.1.0.1
	drop:wrong_device 127.2.2.3 dev veth0 to 10.1.0.1
EOT

cleanup
is "the module holds nothing back" "" rmmod srcguard
finish
