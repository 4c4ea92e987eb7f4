# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the parity scripts share; sourced after lib.sh: how their comparer is asked, and
# how what it found is read.

result=$scratch/result

compare() { # COMPARER SEED ARGUMENT...
	local comparer=$1
	shift
	python3 "$lib_dir/$comparer" "$peers" "$result" --seed "$@"
}

found() { # EXPRESSION
	jq -r "$1" "$result"
}

holds() { # EXPRESSION: it is true
	jq -e "$1" "$result" >/dev/null
}
