# SPDX-License-Identifier: GPL-2.0-only
# bash completion for srcguard(8)

# Not by compgen -W, which would expand what is in a name.
_srcguard_devices()
{
	local path

	for path in /sys/class/net/"$cur"*; do
		[[ -e $path ]] && COMPREPLY+=("$(printf %q "${path##*/}")")
	done
	return 0
}

# Kinds of devices that one may want to limit; any other is taken as well.
_srcguard_kinds='any loopback other bond bridge dummy erspan geneve gre gretap ifb ip6gre ip6tnl
	ipip ipvlan macvlan macvtap nlmon ppp sit team tun veth vlan vrf vti vti6 vxlan wireguard'

# What a knob or a setting may be; nothing for a number.
_srcguard_values() # KNOB
{
	case $1 in
	rp_filter | rp_filter_ipv4 | rp_filter_ipv6) echo off strict loose feasible ;;
	enforce) echo audit drop ;;
	sixtofour) echo off match full ;;
	log_martians | log_6to4) echo off on ;;
	lock) echo on ;;
	esac
}

# What may follow the first of the words, as KNOB VALUE [KNOB VALUE]...: into "words"
_srcguard_knobs() # FIRST KNOB...
{
	local first=$1 knob
	shift

	if (((COMP_CWORD - first) % 2 == 0)); then
		words=$(_srcguard_values "$prev")
		return
	fi
	for knob; do
		[[ " ${COMP_WORDS[*]:first+1:COMP_CWORD-first-1} " == *" $knob "* ]] || words+=" $knob"
	done
}

_srcguard()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local takes_netns='^(--netns|-[jp]*n)$' command='' words='' path i

	# The command is the first word that is neither an option nor -n's value.
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} =~ $takes_netns ]]; then
			((i++))
		elif [[ ${COMP_WORDS[i]} != -* ]]; then
			command=${COMP_WORDS[i]}
			break
		fi
	done

	COMPREPLY=()
	case $command in
	'')
		if [[ $prev =~ $takes_netns ]]; then
			# Not by compgen -W, which would expand what is in a name.
			for path in /run/netns/"$cur"*; do
				[[ -e $path ]] && COMPREPLY+=("$(printf %q "${path##*/}")")
			done
			return
		elif [[ $cur == -* ]]; then
			words='-j --json -p --pretty -n --netns -h --help -V --version'
		else
			words='show set dev exempt limit lock explain monitor decode check stats help'
		fi
		;;
	set)
		_srcguard_knobs "$i" rp_filter enforce sixtofour log_martians log_6to4 log_interval \
			log_daily_max loopback_limit lock
		;;
	dev)
		case $((COMP_CWORD - i)) in
		1) words='show set clear' ;;
		2) _srcguard_devices && return ;;
		*)
			[[ ${COMP_WORDS[i + 1]} != set ]] || _srcguard_knobs $((i + 2)) rp_filter \
				rp_filter_ipv4 rp_filter_ipv6 enforce sixtofour
			;;
		esac
		;;
	exempt)
		case $((COMP_CWORD - i)) in
		1) words='show add del replace' ;;
		2)
			[[ ${COMP_WORDS[i + 1]} != replace ]] || mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		3) words=dev ;;
		4) _srcguard_devices && return ;;
		esac
		;;
	limit)
		case $((COMP_CWORD - i)) in
		1) words='show set' ;;
		2) [[ ${COMP_WORDS[i + 1]} != set ]] || words=$_srcguard_kinds ;;
		esac
		;;
	lock)
		words='--yes'
		;;
	explain)
		if (((COMP_CWORD - i) % 2)); then
			[[ $prev != dev ]] || { _srcguard_devices && return; }
		elif ((COMP_CWORD - i > 1)); then
			words='dev to mark tos'
		fi
		;;
	monitor)
		words='--die-with-parent'
		;;
	decode)
		[[ $prev == --6rd ]] || words='--6rd'
		;;
	stats)
		words='--explain'
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _srcguard srcguard
