#!/bin/sh
# The option table against what is written by hand. Arguments: a built command, its man page. Prints each difference;
# fails if there is any. What --help prints comes from the option table, and is held against the man page's `.It Fl`
# lines and the completion: the same names, the same letters.
set -u
command=$1 page=$2
name=${command##*/}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0

report() {
    echo "$name: $1"
    status=1
}

# "o output", "- lenient": one line for each option
read_help() {
    sed -nE 's/^  (-([A-Za-z0-9]), |    )--([a-z0-9-]+).*/\2 \3/p' "$1" | sed 's/^ /- /' | sort
}

# .It Fl o , Fl Fl output Ar FILE
read_page() {
    awk '$1 == ".It" && $2 == "Fl" {
        letter = "-"
        for (i = 2; i < NF; i++) {
            if ($i == "Fl" && $(i + 1) == "Fl") { print letter, $(i + 2); letter = "-"; i += 2 }
            else if ($i == "Fl") { letter = $(i + 1); i++ }
        }
        if (letter != "-") print letter, "(no long name)"
    }' "$1" | sort
}

"$command" --help >"$work/help" 2>"$work/err" </dev/null || report "--help ends with status $?"
[ -s "$work/err" ] && report "--help writes to standard error"
head -n 1 "$work/help" | grep -q "^Usage: $name " || report "--help does not begin with its usage"
awk 'length > 80' "$work/help" | grep -q . && report "--help has lines over 80 columns"
read_help "$work/help" >"$work/options"
[ -s "$work/options" ] || report "--help names no options"
cut -d' ' -f2 "$work/options" | sort | uniq -d >"$work/twice"
while read -r option; do report "--$option stands twice in --help"; done <"$work/twice"
cut -d' ' -f1 "$work/options" | grep -v - | sort | uniq -d | grep -q . && report 'a letter stands for two options'
grep -qE '^(f|H) ' "$work/options" && report '-f and -H mean different things in other tools and stay unused'

if [ -f "$page" ]; then
    read_page "$page" >"$work/page"
    comm -23 "$work/options" "$work/page" >"$work/lacking"
    comm -13 "$work/options" "$work/page" >"$work/surplus"
    while read -r letter option; do report "$page lacks --$option (short: $letter)"; done <"$work/lacking"
    while read -r letter option; do report "$page has --$option (short: $letter), --help does not"; done <"$work/surplus"
else
    report "there is no $page"
fi

"$command" --completion >"$work/completion" 2>"$work/err" </dev/null || report "--completion ends with status $?"
bash -n "$work/completion" 2>"$work/err" || report "bash cannot read the completion: $(cat "$work/err")"
bash --norc --noprofile -c '. "$1" && COMP_WORDS=("$2" -) COMP_CWORD=1 && "$(complete -p "$2" |
    sed "s/.*-F \([^ ]*\) .*/\1/")" && printf "%s\n" "${COMPREPLY[@]}"' bash "$work/completion" "$name" \
    >"$work/words" 2>"$work/err" || report "the completion fails: $(cat "$work/err")"
while read -r letter option; do
    grep -qxF -- "--$option" "$work/words" || report "the completion lacks --$option"
    [ "$letter" = - ] || grep -qxF -- "-$letter" "$work/words" || report "the completion lacks -$letter"
done <"$work/options"
exit $status
