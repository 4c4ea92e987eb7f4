#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What srcguard(8) says and returns without the module: usage, values, network
# namespaces, output that nobody takes. Needs no privilege and changes nothing.
#
#   tests/tool.sh [TOOL]		KTAP, exit 0 or 1; 4 where the module is loaded

here=$(dirname "$0")
tool=${1:-$here/../tools/srcguard}
plan=214
number=0
failed=0
out=$(mktemp) || exit 1
err=$(mktemp) || exit 1
list=$(mktemp) || exit 1
trap 'rm -f "$out" "$err" "$list"' EXIT

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
try 2 "^srcguard: option '-n' requires an argument" -n
try 2 "^srcguard: option '--netns' requires an argument" --netns
try 2 "^srcguard: option '--json=x' takes no argument" --json=x
try 2 "^srcguard: unrecognized option '--.x1b\[31mX'" "$(printf -- '--\033[31mX')"
try 2 "^srcguard: unrecognized option '--.x07'"	stats "$(printf -- '--\007')"
try 2 "^srcguard: invalid option '-e'"		stats -e
try 2 "^srcguard: option '--explain=1' takes no argument" monitor --explain=1
try 2 '^usage: srcguard .* show$'		show lo
try 2 "argument, but there is '-j'"		show -j
try 2 '^srcguard: unrecognized option'		stats --frob
try 2 '^usage: srcguard .* stats '		stats eth0

# Knobs and values.
try 2 '^usage: srcguard .* set KNOB VALUE'	set
try 2 '^srcguard: rp_filter: the value is missing' set rp_filter
try 2 '^srcguard: enforce: the value is missing' set rp_filter 1 enforce
try 2 "^srcguard: unknown knob 'frob', it is none of rp_filter, enforce, sixtofour, log_" set frob 1
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
try 2 "^srcguard: sixtofour: '3x' is none of off, match, full or 0\.\.2$" \
						set sixtofour 3x
try 2 "^srcguard: log_martians: 'yes' is none of off, on or 0\.\.1$" \
						set log_martians yes
try 2 "^srcguard: log_interval: 'often' is no number$" set log_interval often
try 2 "^srcguard: log_daily_max: '-1' is no number$" set log_daily_max -1
try 2 "^srcguard: loopback_limit: '--1' is no number, nor -1$" set loopback_limit --1
try 2 "^srcguard: loopback_limit: '' is no number, nor -1$" set loopback_limit ''
try 2 "^srcguard: loopback_limit: '2147483648' does not fit into 32 bits$" set loopback_limit 2147483648
try 2 "^srcguard: loopback_limit: '-99999999999' does not fit" set loopback_limit -99999999999
try 2 "^srcguard: log_interval: '5000000000' does not fit into 32 bits$" set log_interval 5000000000
try 2 "^srcguard: unknown knob 'log_6to4', it is none of rp_filter, .*, sixtofour$" \
						dev set lo log_6to4 1
try 2 "'.x1b\[31m'"				set "$(printf '\033[31m')" 1

# Right, but there is no module; what is out of range is the kernel's to refuse.
try 3 "$no_module"				show
try 3 "$no_module"				-jp stats --explain
try 3 "$no_module"				set rp_filter loose enforce audit
try 3 "$no_module"				set rp_filter 4294967295
try 3 "$no_module"				set log_interval 0 log_daily_max 4294967295
try 3 "$no_module"				set sixtofour full log_martians on log_6to4 off
try 3 "$no_module"				dev set lo sixtofour match
try 3 "$no_module"				set loopback_limit -1 lock on

# Limits and the lock.
try 3 "$no_module"				limit
try 3 "$no_module"				-j limit show
try 3 "$no_module"				limit set dummy 5
try 3 "$no_module"				limit set any -1
try 2 '^usage: srcguard .* limit show | set KIND NUMBER$' limit set
try 2 '^srcguard: limit set: which kind of devices, and how many' limit set dummy
try 2 '^srcguard: limit set: which kind'	limit set dummy 5 6
try 2 "^srcguard: limit: 'frob' is none of show, set$" limit frob
try 2 "^srcguard: limit show takes no argument, but there is 'dummy'$" limit show dummy
try 2 "^srcguard: dummy: '5x' is no number of devices, nor -1 for any number$" limit set dummy 5x
try 2 "^srcguard: dummy: '4294967295' does not fit into 32 bits$" limit set dummy 4294967295
try 2 "^srcguard: '' is no kind of devices: 1 to 31 bytes$" limit set '' 5
try 2 '^srcguard: .* is no kind of devices'	limit set "$long" 5
try 3 "$no_module"				lock --yes
try 2 'answer on a terminal, or give --yes$'	lock
try 2 '^srcguard: unrecognized option'		lock --no
try 2 "^srcguard: lock takes no argument, but there is 'now'$" lock now

# What happens.
try 3 "$no_module"				monitor
try 3 "$no_module"				-j monitor --die-with-parent --explain
try 2 '^srcguard: unrecognized option'		monitor --frob
try 2 "^srcguard: monitor takes no argument, but there is 'eth0'$" monitor eth0
try 1 "$absent"					-n no-such-namespace monitor

# What may be asked, and how it is answered is for kernels to say.
try 2 '^srcguard: explain: which device does it come in by' explain 192.0.2.1
try 2 "^srcguard: '1234567890123456' is no name of a device: 1 to 15 bytes$" \
						explain 192.0.2.1 dev 1234567890123456
try 2 "^srcguard: '' is no name of a device"	dev clear ''
try 2 "^srcguard: exempt: 'frob' is not expected$"	exempt add 10.0.0.0/8 frob eth0
try 2 "^srcguard: '1234567890123456' is no name of a device" \
						exempt add 10.0.0.0/8 dev 1234567890123456
try 2 "x' is no number in 0\.\.32$"		exempt add "10.0.0.0/$long"

# A list that is read only in part must not take the other's place.
# replaced EXIT STDERR-REGEXP WHAT [KIB]: by what is in $list, with this much memory
replaced()
{
	# shellcheck disable=SC3045 # dash knows it
	(ulimit -v "${4:-unlimited}" && exec "$tool" exempt replace "$list") >"$out" 2>"$err"
	judge "$1" "$2" $? "exempt replace: $3"
}
printf '10.0.0.0/8 dev eth#0 # a comment\n#\n' >"$list"
replaced 3 "$no_module"				'a comment is a word'
printf '10.0.0.0/8\n192.168.0.0/16\0 frob\n' >"$list"
replaced 2 ': line 2$'				'a zero byte'
printf '10.0.0.0/8\n' >"$list"
truncate -s 4096 "$list"
replaced 2 ': line 2$'				'nothing but zero bytes'
truncate -s 64M "$list"
printf '\n192.168.0.0/16\n' >>"$list"
replaced 1 ': Cannot allocate memory$'		'a line that memory is too short for' 60000

# decoded WANT ARGUMENT...: what decode prints as JSON, with exit 0.
decoded()
{
	want=$1
	shift
	"$tool" -j decode "$@" >"$out" 2>"$err" </dev/null &&
		[ ! -s "$err" ] && [ "$(cat "$out")" = "$want" ]
	result $? "decode $*"
}

# accepts IPV4 PREFIX ADDRESS [ARGUMENT...]
accepts()
{
	ipv4=$1 prefix=$2
	shift 2
	decoded "{\"address\":\"$1\",\"ipv4\":\"$ipv4\",\"prefix\":\"$prefix\",\"verdict\":\"accept\"}" "$@"
}

# drops_embedded IPV4 ADDRESS WHY
drops_embedded()
{
	decoded "{\"address\":\"$2\",\"ipv4\":\"$1\",\"prefix\":\"2002::/16\",\"verdict\":\"drop\",\"reason\":\"6to4_embedded\",\"why\":\"$3\"}" "$2"
}

# drops REASON WHY ADDRESS [ARGUMENT...]
drops()
{
	reason=$1 why=$2
	shift 2
	decoded "{\"address\":\"$1\",\"verdict\":\"drop\",\"reason\":\"$reason\",\"why\":\"$why\"}" "$@"
}

# 6to4, RFC 3964: the first and the last address of each prefix, and those next to it.
accepts 192.0.2.4 2002::/16			2002:c000:204::1
accepts 1.0.0.0 2002::/16			2002:100::
accepts 9.255.255.255 2002::/16			2002:9ff:ffff:ffff:ffff:ffff:ffff:ffff
accepts 11.0.0.0 2002::/16			2002:b00::
accepts 126.255.255.255 2002::/16		2002:7eff:ffff::
accepts 128.0.0.0 2002::/16			2002:8000::
accepts 169.253.255.255 2002::/16		2002:a9fd:ffff::
accepts 169.255.0.0 2002::/16			2002:a9ff::
accepts 172.15.255.255 2002::/16		2002:ac0f:ffff::
accepts 172.32.0.0 2002::/16			2002:ac20::
accepts 192.167.255.255 2002::/16		2002:c0a7:ffff::
accepts 192.169.0.0 2002::/16			2002:c0a9::
accepts 223.255.255.255 2002::/16		2002:dfff:ffff::
itself='0.0.0.0/8 is the host itself (RFC 1122).'
drops_embedded 0.0.0.0				2002:: "$itself"
drops_embedded 0.255.255.255			2002:ff:ffff:: "$itself"
private='10.0.0.0/8 is private (RFC 1918).'
drops_embedded 10.0.0.0				2002:a00::1 "$private"
drops_embedded 10.255.255.255			2002:aff:ffff::1 "$private"
drops_embedded 127.0.0.1			2002:7f00:1:: '127.0.0.0/8 is loopback (RFC 1122).'
drops_embedded 169.254.1.1			2002:a9fe:101:: \
	'169.254.0.0/16 is link-local (RFC 3927).'
private='172.16.0.0/12 is private (RFC 1918).'
drops_embedded 172.16.0.0			2002:ac10:: "$private"
drops_embedded 172.31.255.255			2002:ac1f:ffff:: "$private"
drops_embedded 192.168.0.1			2002:c0a8:1:: \
	'192.168.0.0/16 is private (RFC 1918).'
drops_embedded 224.0.0.0			2002:e000:: '224.0.0.0/4 is multicast (RFC 5771).'
drops_embedded 239.255.255.255			2002:efff:ffff:: \
	'224.0.0.0/4 is multicast (RFC 5771).'
reserved='240.0.0.0/4 is reserved, or the limited broadcast (RFC 1112, RFC 919).'
drops_embedded 240.0.0.0			2002:f000:: "$reserved"
drops_embedded 255.255.255.255			2002:ffff:ffff:: "$reserved"
outside='The address is not in 2002::/16.'
drops 6to4_native "$outside"			2001:db8::1
drops 6to4_native "$outside"			2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff
drops 6to4_native "$outside"			2003::
drops 6to4_native "$outside"			1::
drops 6to4_native "$outside"			fe7f::1
drops 6to4_native "$outside"			fc00::1
unicast='::/16 is no unicast address: compatible, mapped, loopback, unspecified.'
drops 6to4_inner "$unicast"			::
drops 6to4_inner "$unicast"			::1
drops 6to4_inner "$unicast"			::ffff:192.0.2.1
drops 6to4_inner 'fe80::/10 is link-local (RFC 4291).' fe80::1
drops 6to4_inner 'fe80::/10 is link-local (RFC 4291).' febf:ffff::
drops 6to4_inner 'fec0::/10 is site-local (RFC 3879).' fec0::1
drops 6to4_inner 'ff00::/8 is multicast (RFC 4291).' ff02::1

# 6rd, RFC 5969: prefixes that end anywhere, and what IPv4 addresses have in common.
accepts 192.0.2.4 2001:db8::/32	2001:db8:c000:204::1	--6rd 2001:db8::/32
accepts 10.0.0.1 2001:db8::/32	2001:db8:a00:1::	--6rd 2001:db8::/32,0
accepts 192.0.2.4 2001:db8::/29	2001:dbe:0:1020::	--6rd 2001:db8::/29
accepts 192.0.2.4 ::/0		c000:204::		--6rd ::/0
accepts 255.255.255.255 2000::/3 3fff:ffff:e000::	--6rd 2000::/3,0
accepts 0.1.2.3 2001:db8:8000::/33 2001:db8:8081:180::1	--6rd 2001:db8:8000::/33,8
accepts 10.1.2.3 2001:db8:8000::/33 2001:db8:8081:180::1 --6rd 2001:db8:8000::/33,10.0.0.0/8
accepts 192.0.2.77 2001:db8:4000::/37 2001:db8:41a0::	--6rd 2001:db8:4000::/37,192.0.2.64/26
accepts 192.168.200.201 2001:db8::/33 2001:db8:6464:8000:: --6rd 2001:db8::/33,192.168.0.0/16
accepts 198.51.100.7 2001:db8::/30 2001:db9:b203:8000::	--6rd 2001:db8::/30,198.48.0.0/13
accepts 198.51.100.7 2001:db8:abcd:ee00::/56 2001:db8:abcd:ee07:ffff:ffff:ffff:ffff \
							--6rd 2001:db8:abcd:ee00::/56,198.51.100.0/24
accepts 198.51.100.7 2001:db8::/63 2001:db8:0:1::9	--6rd 2001:db8::/63,198.51.100.6/31
accepts 203.0.113.9 2001:db8:0:7::/64 2001:db8:0:7::5	--6rd 2001:db8:0:7::/64,203.0.113.9/32
accepts 0.0.0.0 2001:db8:0:7::/64 2001:db8:0:7::5	--6rd 2001:db8:0:7::/64,32
outside='The address is not in 2001:db8:8000::/33.'
drops 6to4_native "$outside"	2001:db8:7fff:ffff::	--6rd 2001:db8:8000::/33,8
drops 6to4_native "$outside"	2002:c000:204::		--6rd 2001:db8:8000::/33,8
drops 6to4_native "$outside"	fe80::1			--6rd 2001:db8:8000::/33,8

# The same for people, who are told of what is not known; the option may come first.
"$tool" decode --6rd 2001:db8::/32,8 2001:DB8:0102:0300::0 >"$out" 2>"$err"
cmp -s "$out" - <<-EOT
	2001:db8:102:300:: ipv4 0.1.2.3 prefix 2001:db8::/32 accept
	    The first 8 bits of the IPv4 address are the domain's; they are shown as 0.
	EOT
result $? 'decode for people: what is left out'
"$tool" decode 2002:7f00:1:: >"$out" 2>"$err"
cmp -s "$out" - <<-EOT
	2002:7f00:1:: ipv4 127.0.0.1 prefix 2002::/16 drop reason 6to4_embedded
	    127.0.0.0/8 is loopback (RFC 1122).
	EOT
result $? 'decode for people: a verdict'

beyond='^srcguard: decode: .* has bits beyond its length$'
many='have 64 bits at most, not 65$'
try 2 '^usage: srcguard .* decode ADDRESS'	decode
try 2 '^srcguard: decode: which IPv6 address'	decode 2002:: 2002::
try 2 'is no IPv4 or IPv6 address$'		decode frob
try 2 'is no IPv4 or IPv6 address$'		decode 2002::/16
try 2 'is no IPv4 or IPv6 address$'		decode ''
try 2 "'192.0.2.1' is no IPv6 address$"		decode 192.0.2.1
try 2 '^srcguard: decode: which IPv6 address'	decode -- 2002:: --6rd
try 2 '^srcguard: unrecognized option'		decode --frob 2002::
try 2 'requires an argument$'			decode 2002:: --6rd
try 2 'is no prefix$'				decode 2002:: --6rd ''
try 2 'is no prefix$'				decode 2002:: --6rd ,8
try 2 'an IPv6 prefix, and after a comma'	decode 2002:: --6rd 192.0.2.0/24
try 2 'is no IPv4 or IPv6 address$'		decode 2002:: --6rd 2001:db8::/32,::1.2.3/8
try 2 'an IPv6 prefix, and after a comma'	decode 2002:: --6rd 2001:db8::/32,::1.2.3.4/128
try 2 "'10\.0\.0\.0' lacks its length$"	decode 2002:: --6rd 2001:db8::/32,10.0.0.0
try 2 'have 64 bits at most, not 160$'		decode 2002:: --6rd 2001:db8::
try 2 "$many"					decode 2002:: --6rd 2001:db8::/33
try 2 "$many"					decode 2002:: --6rd 2001:db8::/41,8
try 2 "$many"					decode 2002:: --6rd 2001:db8::/41,10.0.0.0/8
try 2 "$many"					decode 2002:: --6rd 2001:db8::/65,32
try 2 "'33' is no number in 0\.\.32$"		decode 2002:: --6rd 2001:db8::/32,33
try 2 "'' is no number in 0\.\.32$"		decode 2002:: --6rd 2001:db8::/32,
try 2 "'8,8' is no number in 0\.\.32$"		decode 2002:: --6rd 2001:db8::/32,8,8
try 2 "'33' is no number in 0\.\.32$"		decode 2002:: --6rd 2001:db8::/32,10.0.0.0/33
try 2 "'129' is no number in 0\.\.128$"		decode 2002:: --6rd 2001:db8::/129
try 2 "$beyond"					decode 2002:: --6rd 2001:db8:1::/32
try 2 "$beyond"					decode 2002:: --6rd 2001:db8:8000::/32
try 2 "$beyond"					decode 2002:: --6rd 2001:db8::/32,10.0.0.1/8
try 2 "$beyond"					decode 2002:: --6rd 2001:db8::/32,11.128.0.0/8

POSIXLY_CORRECT=1 "$tool" decode 2001:db8:a00:1:: --6rd 2001:db8::/32 >"$out" 2>"$err"
judge 0 '' $? 'decode: the option may come last, with POSIXLY_CORRECT as well'

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
for word in $("$tool" set '' '' 2>&1 | sed -n 's/,//g; s/.*none of //p') \
	$("$tool" help | sed -n 's/^  \([a-z]*\)\( .*\)*$/\1/p') \
	--explain --die-with-parent --6rd --yes; do
	grep -qw -- "${word#--}" "$here/../tools/srcguard.8" &&
		grep -q -- "$word" "$here/../tools/srcguard.bash" || { status=1; echo "# not $word"; }
done
result $status 'manual page and completion know each knob, command and option'

# completes WANT WORD...: what may follow, or be, the last of the words
completes()
{
	want=$1
	shift
	# shellcheck disable=SC2016 # for bash to expand
	bash -c '
		. "$0"
		COMP_LINE="srcguard $*" COMP_WORDS=(srcguard)
		# as bash divides them
		for word; do
			mapfile -t parts < <(grep -oE "[:=]+|[^:=]+" <<<"$word")
			COMP_WORDS+=("${parts[@]-}")
		done
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_srcguard
		echo "${COMPREPLY[*]}"' \
		"$here/../tools/srcguard.bash" "$@" >"$out" 2>"$err"
	[ ! -s "$err" ] && [ "$(cat "$out")" = "$want" ]
	result $? "completion: $*"
}

completes 'show set stats'			s
completes 'monitor'				-j -n x mon
completes '--die-with-parent --explain'		monitor ''
completes 'show'				--netns=x sho
completes 'dev'					exempt add 2001:db8::/32 ''
completes 'dev'					exempt add 2001:db8::/32 d
completes ''					exempt add 2001:db8:
completes 'dev to mark tos'			explain 2001:db8::1 ''
completes 'to tos'				explain ::1 dev lo t
completes 'mark'				explain :: dev lo to 2001:db8:: m
completes '--6rd'				decode ::1 ''
completes '--6rd'				decode 2002:: --
completes ''					decode 2002:: --6rd ''
completes 'log_martians log_6to4 log_interval log_daily_max' set rp_filter strict log_
completes 'log_6to4 log_interval log_daily_max'	set log_martians on log_
completes 'loopback_limit'			set lock on loo
completes 'off match full'			set sixtofour ''
completes 'off on'				set log_6to4 o
completes ''					set log_interval ''
completes 'strict'				dev set eth0 rp_filter_ipv6 s
completes 'sixtofour'				dev set eth0 enforce audit s
completes ''					dev clear eth0 ''
completes 'match'				dev set eth0 sixtofour m
completes 'limit lock'				l
completes 'show set'				limit ''
completes 'veth'				limit set ve
completes ''					limit set veth ''
completes '--yes'				lock ''

if [ $number -ne $plan ]; then
	echo "# $number tests instead of $plan"
	failed=1
fi
exit $failed
