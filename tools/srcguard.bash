# SPDX-License-Identifier: GPL-2.0-only
# bash completion for srcguard(8)

# Not by compgen -W, which would expand what is in a name.
_srcguard_names() # PATH [FILE]: what stands beside PATH and begins so, if it has the file
{
	local path

	for path in "$1"*"${2-}"; do
		[[ -e $path ]] || continue
		path=${path%"${2-}"}
		COMPREPLY+=("$(printf %q "${path##*/}")")
	done
}

_srcguard_devices()
{
	# what else there is has no index, as bonding_masters
	_srcguard_names /sys/class/net/"$cur" /ifindex
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

# What may follow the first of the words, as KNOB VALUE [KNOB VALUE]...: into "list"
_srcguard_knobs() # FIRST KNOB...
{
	local first=$1 knob
	shift

	if (((cword - first) % 2 == 0)); then
		list=$(_srcguard_values "$prev")
		return
	fi
	for knob; do
		[[ " ${words[*]:first+1:cword-first-1} " == *" $knob "* ]] || list+=" $knob"
	done
}

# The words as they were typed, into "words", and which of them is to be completed, into
# "cword": bash divides them at each of COMP_WORDBREAKS, thus also an IPv6 address.
_srcguard_words()
{
	local rest=$COMP_LINE i

	for i in "${!COMP_WORDS[@]}"; do
		if ((i)) && [[ $rest != [[:space:]]* ]]; then
			words[-1]+=${COMP_WORDS[i]}
		else
			rest=${rest#"${rest%%[![:space:]]*}"}
			words+=("${COMP_WORDS[i]}")
		fi
		rest=${rest#"${COMP_WORDS[i]}"}
		((i != COMP_CWORD)) || cword=$((${#words[@]} - 1))
	done
}

_srcguard()
{
	local takes_netns='^(--netns|-[jp]*n)$' words=() cword=0 cur prev command='' list='' i

	_srcguard_words
	cur=${words[cword]} prev=${words[cword - 1]}

	# The command is the first word that is neither an option nor -n's value.
	for ((i = 1; i < cword; i++)); do
		if [[ ${words[i]} =~ $takes_netns ]]; then
			((i++))
		elif [[ ${words[i]} != -* ]]; then
			command=${words[i]}
			break
		fi
	done

	COMPREPLY=()
	case $command in
	'')
		if [[ $prev =~ $takes_netns ]]; then
			_srcguard_names /run/netns/"$cur"
			return
		elif [[ $cur == --netns=* ]]; then
			_srcguard_names /run/netns/"${cur#*=}"
			return
		elif [[ $cur == -* ]]; then
			list='-j --json -p --pretty -n --netns -h --help -V --version'
		else
			list='show set dev exempt limit lock explain monitor decode check stats help'
		fi
		;;
	set)
		_srcguard_knobs "$i" rp_filter enforce sixtofour log_martians log_6to4 log_interval \
			log_daily_max loopback_limit lock
		;;
	dev)
		case $((cword - i)) in
		1) list='show set clear' ;;
		2) _srcguard_devices && return ;;
		*)
			[[ ${words[i + 1]} != set ]] || _srcguard_knobs $((i + 2)) rp_filter \
				rp_filter_ipv4 rp_filter_ipv6 enforce sixtofour
			;;
		esac
		;;
	exempt)
		case $((cword - i)) in
		1) list='show add del replace' ;;
		2)
			[[ ${words[i + 1]} == replace ]] || return
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			# what bash takes for words of their own stays as it is
			COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*[:=]}"}"}")
			return
			;;
		3) list=dev ;;
		4) _srcguard_devices && return ;;
		esac
		;;
	limit)
		case $((cword - i)) in
		1) list='show set' ;;
		2) [[ ${words[i + 1]} != set ]] || list=$_srcguard_kinds ;;
		esac
		;;
	lock)
		list='--yes'
		;;
	explain)
		if (((cword - i) % 2)); then
			[[ $prev != dev ]] || { _srcguard_devices && return; }
		elif ((cword - i > 1)); then
			list='dev to mark tos'
		fi
		;;
	monitor)
		list='--die-with-parent --explain'
		;;
	decode)
		[[ $prev == --6rd ]] || list='--6rd'
		;;
	stats)
		list='--explain'
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "$cur")
}

complete -F _srcguard srcguard
