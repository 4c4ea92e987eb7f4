# SPDX-License-Identifier: GPL-2.0-only
# bash completion for srcguard(8)

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
			words='show set stats help'
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
			rp_filter) words='off strict loose' ;;
			enforce) words='audit drop' ;;
			esac
		fi
		;;
	stats)
		words='--explain'
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _srcguard srcguard
