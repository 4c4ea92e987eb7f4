#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# See that this machine has what the test rig needs of it: mmdebstrap. All else
# lives in the root that mmdebstrap makes.
set -euo pipefail

missing=()
command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
command -v mount >/dev/null || missing+=(mount)
[ ${#missing[@]} -gt 0 ] || [ "$EUID" -ne 0 ] || exit 0

sudo=()
if [ "$EUID" -ne 0 ]; then
	# the rig works in a chroot, so root is needed even when nothing is missing
	if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		sudo=(sudo)
	else
		echo "srcguard's tests work in a chroot: run them as root or with sudo at hand." >&2
		[ ${#missing[@]} -eq 0 ] ||
			echo "They also need: apt-get install -y --no-install-recommends ${missing[*]}" >&2
		exit 2
	fi
fi
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing ${missing[*]} (apt-get install -y --no-install-recommends ${missing[*]})" >&2
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
