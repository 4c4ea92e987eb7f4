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

# What the kernel called "debug" is made from: its configuration, source and
# compiler. Count the number up when tests/vm/debug-kernel makes something else of it.
debug_kernel_key() {
	{
		echo 3
		cat "$top/tests/vm/debug.config" "$cache/debug/version"
		awk '$1 == "Package:" { name = $2 }
			$1 == "Version:" && name == "gcc-12"' "$cache/root/var/lib/dpkg/status"
	} | sha256sum | cut -c 1-16
}

debug_kernel_is_current() {
	[ -e "$cache/kernels/debug/key" ] && [ -e "$cache/root.key" ] &&
		[ "$(<"$cache/kernels/debug/key")" = "$(debug_kernel_key)" ]
}

# shellcheck disable=SC2120
# name suite compiler of each kernel, or of the one named $1 (7.3 finds 7). The
# debug kernel is there for who asks for it by name, once it is made.
kernels() {
	if [ "${1-}" = debug ]; then
		debug_kernel_is_current || die "no debug kernel yet: make debug-kernel"
		echo "debug bookworm gcc-12"
		return
	fi
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

debian_mirror() { # LABEL: the first mirror with it that apt knows
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(ORIGIN)/$(LABEL)' \
		'Created-By: Packages' |
		awk -v want="Debian/$1" '$2 == want { print $1; exit }'
}

sources() { # SUITE: as lines of sources.list
	local base=${1%-backports}
	echo "deb $mirror $base main"
	echo "deb $mirror $base-updates main"
	[ -z "$security" ] || echo "deb $security $base-security main"
	[ "$base" = "$1" ] || echo "deb $mirror $1 main"
}

find_mirrors() { # sets mirror and security
	mirror=$(debian_mirror Debian)
	if [ -z "$mirror" ]; then
		as_root apt-get update -qq
		mirror=$(debian_mirror Debian)
	fi
	[ -n "$mirror" ] || die "apt on this machine knows no Debian mirror"
	security=$(debian_mirror Debian-Security)
}

debian_root() { # SUITE FOLDER PACKAGE...: a minimal Debian and these packages
	local suite=$1 root=$2 proxy options=()
	shift 2
	while read -r proxy; do
		options+=(--aptopt="$proxy")
	done < <(apt-config dump Acquire | grep -iE '::proxy "' || true)
	as_root rm -rf --one-file-system "$root"
	sources "$suite" | as_root mmdebstrap --quiet --mode=root --variant=minbase \
		--aptopt='APT::Install-Recommends "false"' "${options[@]}" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--include="$(IFS=,; echo "$*")" "$suite" "$root" - >&2
}
