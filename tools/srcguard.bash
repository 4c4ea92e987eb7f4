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

_srcguard()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local takes_netns='^(--netns|-[jp]*n)$' command='' words='' knob path i

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
			words='show set dev exempt explain check stats help'
		fi
		;;
	set)
		if (((COMP_CWORD - i) % 2)); then
			for knob in rp_filter enforce; do
				[[ " ${COMP_WORDS[*]:i+1:COMP_CWORD-i-1} " == *" $knob "* ]] ||
					words+=" $knob"
			done
		else
			case $prev in
			rp_filter) words='off strict loose feasible' ;;
			enforce) words='audit drop' ;;
			esac
		fi
		;;
	dev)
		case $((COMP_CWORD - i)) in
		1) words='show set clear' ;;
		2) _srcguard_devices && return ;;
		*)
			case $prev in
			rp_filter | rp_filter_ipv4 | rp_filter_ipv6)
				words='off strict loose feasible'
				;;
			enforce) words='audit drop' ;;
			*) words='rp_filter rp_filter_ipv4 rp_filter_ipv6 enforce' ;;
			esac
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
	explain)
		if (((COMP_CWORD - i) % 2)); then
			[[ $prev != dev ]] || { _srcguard_devices && return; }
		elif ((COMP_CWORD - i > 1)); then
			words='dev to mark tos'
		fi
		;;
	stats)
		words='--explain'
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _srcguard srcguard
