#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# test-fresh.sh [SUITE]: prove the README's promise. A minimal Debian (bookworm)
# that has only git and make gets a clone of HEAD, runs "make demo" and "make
# test" in it with an empty cache, and is thrown away.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR/../tests/vm source=rig.bash
. "${0%/*}/../tests/vm/rig.bash"

suite=${1-bookworm}
root=$cache/fresh-$suite
trap 'as_root rm -rf --one-file-system "$root"' EXIT

"$top/scripts/host-deps.sh"
mkdir -p "$cache"
find_mirrors
debian_root "$suite" "$root" git make
git -C "$top" bundle create --quiet - HEAD | as_root tee "$root/srcguard.bundle" >/dev/null
echo "test-fresh: a $suite with git and make in $(seconds) s"

# The root is mounted on itself because the rig inside makes private mounts,
# which the root of a plain chroot does not allow.
# shellcheck disable=SC2016 # expanded by the shells inside
as_root unshare --mount --pid --fork --kill-child -- bash -euc '
	mount --bind "$1" "$1"
	mount -t proc proc "$1/proc"
	mount --rbind /dev "$1/dev"
	mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
	for file in /etc/resolv.conf /etc/hosts; do
		[ ! -e "$file" ] || cat "$file" >"$1$file"
	done
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 CI=true \
		chroot "$1" bash -euc "
			git -c advice.detachedHead=false clone --quiet /srcguard.bundle /root/srcguard
			cd /root/srcguard
			for command in demo test; do
				begun=\$SECONDS
				make --no-print-directory \$command
				echo \"test-fresh: make \$command took \$((SECONDS - begun)) s\"
			done"
' test-fresh "$root"
echo "test-fresh: passed on $suite in $(seconds) s"
