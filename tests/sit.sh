# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts about sit tunnels share; sourced after lib.sh.

# All that sit has to say is in the log, and nothing that packets make the host answer is
# on the wire.
sysctl -qw net.core.message_cost=0
deaf() { # NETNS...
	local name
	for name; do
		at "$name" nft -f - <<-'EOT'
		table ip6 deaf {
			chain in { type filter hook prerouting priority -500; drop; }
			chain out { type filter hook output priority -500; drop; }
		}
		table ip deaf {
			chain out { type filter hook output priority -500; ip protocol { icmp, ipv6 } drop; }
		}
		EOT
	done
}

# fates NETNS...: what became of packets since it was asked last, see sit_fates.py
service fates python3 sit_fates.py
fates() {
	call fates "$@"
}

# guard NETNS WORD...: sets knobs, and forgets what was counted before
guard() {
	local name=$1
	shift
	at "$name" srcguard set "$@"
	fates "$name" >/dev/null
}
