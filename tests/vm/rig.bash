# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by the commands beside it: where things are, and how to work in the
# root. The cache outlives the tree and is shared by all trees of one user.

top=$(realpath "${BASH_SOURCE[0]%/*}/../..")
cache=${SRCGUARD_CACHE:-$HOME/.cache/srcguard}
started=$EPOCHREALTIME

die() {
	echo "${0##*/}: $*" >&2
	exit 99
}

# shellcheck disable=SC2120 # both arguments are optional
seconds() { # since $1, or since the command began
	local us=$((${EPOCHREALTIME/./} - ${1-${started/./}}))
	printf '%d.%d' $((us / 1000000)) $((us % 1000000 / 100000))
}

as_root() {
	if [ "$EUID" -eq 0 ]; then "$@"; else sudo -- "$@"; fi
}

# shellcheck disable=SC2120
# name suite compiler of each kernel, or of the one named $1 (7.3 finds 7)
kernels() {
	awk -v want="${1-}" '
		/^#/ || NF == 0 { next }
		want == "" || want == $1 || index(want, $1 ".") == 1 && $1 !~ /[.]/
	' "$top/tests/vm/kernels"
}

# Run a command in the root, the project at /srcguard, the cache at /cache.
# Mounts and processes are private and vanish with the command.
in_root() {
	as_root unshare --mount --pid --fork --kill-child -- \
		bash "$top/tests/vm/enter" "$top" "$cache" "$@"
}
