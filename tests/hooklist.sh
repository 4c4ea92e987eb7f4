# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The kernel's own list of hooks, where it has one: Debian's 6.1 and the debug kernel
# are made without, and $listing is empty there. Sourced after lib.sh.

listing=1
case $KERNEL in
6.1 | debug) listing= ;;
*) modprobe nfnetlink_hook ;;
esac

hooks() { # NETNS: how many of them are ours
	at "$1" nft list hooks | grep -c srcguard
}

# lists_hooks WHAT NUMBER NETNS: a check, where there is the list
lists_hooks() {
	[ -z "$listing" ] || is "$1" "$2" hooks "$3"
}
