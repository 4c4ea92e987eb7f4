#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What srcguard(8) says and returns without the module: usage, values, network
# namespaces, output that nobody takes. Needs no privilege and changes nothing.
#
#   tests/tool.sh [TOOL]		KTAP, exit 0 or 1; 4 where the module is loaded

here=$(dirname "$0")
tool=${1:-$here/../tools/srcguard}
plan=46
number=0
failed=0
out=$(mktemp) || exit 1
err=$(mktemp) || exit 1
trap 'rm -f "$out" "$err"' EXIT

# result STATUS WHAT: prints a line of KTAP.
result()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number $2"
		return
	fi
	echo "not ok $number $2"
	sed 's/^/# stdout: /' "$out"
	sed 's/^/# stderr: /' "$err"
	failed=1
}

# judge EXIT STDERR-REGEXP ACTUAL-EXIT WHAT: an empty regexp stands for silence.
judge()
{
	if [ "$3" -ne "$1" ]; then
		echo "# exit $3 instead of $1"
		result 1 "$4"
	elif [ -z "$2" ]; then
		test ! -s "$err"
		result $? "$4"
	else
		grep -Eq -- "$2" "$err"
		result $? "$4"
	fi
}

# try EXIT STDERR-REGEXP ARGUMENT...
try()
{
	expected=$1 regexp=$2
	shift 2
	"$tool" "$@" >"$out" 2>"$err" </dev/null
	judge "$expected" "$regexp" $? "$(printf '%.60s' "srcguard $*" | tr -c ' -~' '?')"
}

echo "TAP version 13"
if [ -d /sys/module/srcguard ]; then
	echo "1..0 # SKIP the module is loaded"
	exit 4
fi
echo "1..$plan"

no_module='^srcguard: the kernel module is not loaded; load it with: modprobe srcguard$'
not_netns='^srcguard: network namespace .*: this is not a network namespace$'
absent='^srcguard: network namespace .*: No such file or directory$'
not_rp_filter="^srcguard: rp_filter: '.*' is none of off, strict, loose, feasible or 0\.\.3$"
long=$(printf '%5000s' '' | tr ' ' x)

# Help and version.
try 0 ''					help
try 0 ''					--help
try 0 ''					-jV

# Commands and options.
try 2 '^usage: '
try 2 "^srcguard: unknown command 'frob'"	frob
try 2 '^srcguard: unknown command'		sho
try 2 "^srcguard: unknown command ''"		''
try 2 '^srcguard: invalid option'		-x show
try 2 '^srcguard: unrecognized option'		--frob show
try 2 '^srcguard: option requires an argument'	-n
try 2 '^usage: srcguard .* show$'		show lo
try 2 "argument, but there is '-j'"		show -j
try 2 '^srcguard: unrecognized option'		stats --frob
try 2 '^usage: srcguard .* stats '		stats eth0

# Knobs and values.
try 2 '^usage: srcguard .* set KNOB VALUE'	set
try 2 '^srcguard: rp_filter: the value is missing' set rp_filter
try 2 '^srcguard: enforce: the value is missing' set rp_filter 1 enforce
try 2 "^srcguard: unknown knob 'frob', it is none of rp_filter, enforce$" set frob 1
try 2 '^srcguard: unknown knob'			set RP_FILTER 1
try 2 '^srcguard: rp_filter: given twice'	set rp_filter 1 rp_filter 1
try 2 "$not_rp_filter"				set rp_filter frob
try 2 "$not_rp_filter"				set enforce 1 rp_filter ''
try 2 "$not_rp_filter"				set rp_filter -1
try 2 "$not_rp_filter"				set rp_filter +1
try 2 "$not_rp_filter"				set rp_filter ' 1'
try 2 "$not_rp_filter"				set rp_filter 0x1
try 2 "$not_rp_filter"				set rp_filter 4294967296
try 2 "$not_rp_filter"				set rp_filter 18446744073709551617
try 2 "$not_rp_filter"				set rp_filter "$long"
try 2 "^srcguard: enforce: 'strict' is none of audit, drop, off, on or 0\.\.1$" \
						set enforce strict
try 2 "'.x1b\[31m'"				set "$(printf '\033[31m')" 1

# Right, but there is no module; what is out of range is the kernel's to refuse.
try 3 "$no_module"				show
try 3 "$no_module"				-jp stats --explain
try 3 "$no_module"				set rp_filter loose enforce audit
try 3 "$no_module"				set rp_filter 4294967295

# Network namespaces.
try 1 "$absent"					-n no-such-namespace show
try 1 "$absent"					-n 99999999999999999999 show
try 1 "$not_netns"				-n /proc/self/ns/mnt show
try 1 "$not_netns"				-n /dev/null show
try 1 '^srcguard: .*: File name too long$'	-n "$long" show
try 2 "$not_rp_filter"				-n no-such-namespace set rp_filter frob

# Output.
"$tool" help >/dev/full 2>"$err"
judge 1 '^srcguard: cannot write the output: No space left on device$' $? 'help >/dev/full'
"$tool" help >&- 2>"$err"
judge 1 '^srcguard: cannot write the output: Bad file descriptor$' $? 'help with stdout closed'
"$tool" show <&- >&- 2>"$err"
judge 3 "$no_module" $? 'show with stdin and stdout closed'
"$tool" -j show >"$out" 2>"$err"
if [ -s "$out" ]; then result 1 'a failure prints no JSON'; else result 0 'a failure prints no JSON'; fi

# The words that manual page and completion repeat.
status=0
for word in $("$tool" set '' '' 2>&1 | sed -n 's/,//g; s/.*none of //p') --explain; do
	grep -q -- "${word#--}" "$here/../tools/srcguard.8" &&
		grep -q -- "$word" "$here/../tools/srcguard.bash" || status=1
done
result $status 'manual page and completion know each knob'

if [ $number -ne $plan ]; then
	echo "# $number tests instead of $plan"
	failed=1
fi
exit $failed
