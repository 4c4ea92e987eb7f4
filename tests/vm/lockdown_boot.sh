#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel that is locked down from its boot on takes no module that nobody signed: this
# one is not loaded, and the tool says so.
#
# No packets here, and no topology. The debug kernel has no lockdown.
#
# debug: no
# append: lockdown=integrity
# expect-log: ^Kernel is locked down from command line; see man kernel_lockdown\.7$
# expect-log: ^Lockdown: .* is restricted; see man kernel_lockdown\.7$
# expect-log: ^Loading of unsigned module is rejected$
#
# shellcheck disable=SC2016 # $ is for other shells
. "${0%/*}/lib.sh"
plan 4

mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security
ok "the kernel is locked down" grep -qF '[integrity]' /sys/kernel/security/lockdown
refused "the module is refused for want of a signature" "Key was rejected by service" \
	eval 'modprobe srcguard 2>&1 | sed "s/Operation not permitted/Key was rejected by service/" >&2; false'
fails "the tool finds none" 3 srcguard show
refused "so is the file" "" insmod "${0%/*}/srcguard.ko"
finish
