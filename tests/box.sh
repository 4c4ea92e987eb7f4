# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# A container, for the scripts that look at what its root can do: a shell of the root of a
# user namespace of nobody's, in a network namespace of its own. It runs what it is told,
# and hands back what that prints and how it ends.

box_shell='exec setpriv --reuid 65534 --regid 65534 --clear-groups unshare -U -r -n bash -c '\''
	while IFS= read -r -d "" line; do
		output=$(eval "$line" 2>&1 </dev/null)
		printf "%s\n%s\0" $? "$output"
	done'\'

# open_box NETNS COMMAND: made from there; the COMMAND is what a careless host does first,
# such as to leave files open. $box is its namespace's name, $box_pid the shell.
open_box() {
	mkfifo "$scratch/"{commands,results}
	ip netns exec "$1" bash -c "$2; $box_shell" <"$scratch/commands" >"$scratch/results" &
	box_pid=$!
	exec {commands}>"$scratch/commands" {results}<"$scratch/results"
	in_box true
	box=box-$run_id
	ip netns attach "$box" $box_pid
	namespaces+=("$box")
}

in_box() { # COMMAND...: on standard output what it prints, or on the other if it fails
	local result
	printf '%q ' "$@" >&"$commands"
	printf '\0' >&"$commands"
	IFS= read -r -d '' result <&"$results"
	if [ "${result%%$'\n'*}" = 0 ]; then echo "${result#*$'\n'}"; else echo "${result#*$'\n'}" >&2; fi
	return "${result%%$'\n'*}"
}

close_box() {
	exec {commands}>&- {results}<&-
}
