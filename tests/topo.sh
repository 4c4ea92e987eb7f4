# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What the scripts of the topologies share; sourced after lib.sh: who judges, and what
# gets past.

# Both guards judge before routing: what gets past either is seen after it.
watch_routed_of() { # FAMILY TYPE EXCEPT NETNS...: but for what the rule EXCEPT accepts
	local family=$1 type=$2 except=$3 name
	shift 3
	for name; do
		watched[$name]+=" $family"
		at "$name" nft -f - <<-EOT
		table $family watch {
			set seen { type ifname . $type; flags dynamic; counter; size 65535; }
			chain local {
				type filter hook input priority 0
				$except
				update @seen { iifname . $family saddr }
			}
			chain forward {
				type filter hook forward priority 0
				update @seen { iifname . $family saddr }
			}
		}
		EOT
	done
}

watch_routed() { # NETNS...
	watch_routed_of ip ipv4_addr '' "$@"
}

# without neighbour discovery, where the answers of both are of no interest
watch_routed6() { # NETNS...
	watch_routed_of ip6 ipv6_addr 'icmpv6 type { 133-137, 143 } accept' "$@"
}

# seen NETNS [ip|ip6]: "DEVICE SOURCE PACKETS", one a line
seen() {
	local text
	text=$(at "$1" nft list set "${2-ip}" watch seen) || return
	while [[ $text =~ \"([^\"]+)\"" . "([^ ]+)" counter packets "([0-9]+) ]]; do
		echo "${BASH_REMATCH[*]:1:3}"
		text=${text#*"${BASH_REMATCH[0]}"}
	done | sort
}

# all_of seen|counted_all NAME...: of each, with its name before each line
all_of() {
	local what=$1 name line
	shift
	for name; do
		"$what" "${!name}" | while read -r line; do echo "$name $line"; done
	done | LC_ALL=C sort
}

declare -A number=([strict]=1 [loose]=2)
# guard NETNS kernel|srcguard [strict|loose]: who judges there from now on
guard() {
	local mode=${3-strict}
	at "$1" srcguard set rp_filter off
	if [ "$2" = kernel ]; then
		conf "$1" "all.rp_filter=${number[$mode]}"
	else
		conf "$1" all.rp_filter=0
		at "$1" srcguard set rp_filter "$mode"
	fi
	unwatch "$1"
}

# guard6 NETNS [MODE [KNOB VALUE...]]: with clean counters, and nothing seen yet
guard6() {
	local name=$1 mode=${2-strict}
	shift $(($# < 2 ? $# : 2))
	at "$name" srcguard set rp_filter off "$@" && at "$name" srcguard set rp_filter "$mode"
	unwatch "$name"
}
