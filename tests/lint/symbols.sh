#!/bin/sh
# The names the library takes. Argument: the build folder. Prints each violation; fails if any.
#
# Every global symbol of the static library begins with cst_, or with the prefix of its room where it is private. The shared library exports what the public headers
# declare CST_API, no more and no less.
set -u
build=$1
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0

nm -g --defined-only "$build/libcstools.a" 2>"$work/err" | awk 'NF == 3 && $3 !~ /^(cst|ing|ingest|rev|revenue|forecast|stages|usage|cohort|met|drv|score|flag|flags|chart|report)_/ { print $3 }' | sort -u >"$work/foreign"
nm -D --defined-only "$build/libcstools.so" 2>>"$work/err" | awk 'NF == 3 { print $3 }' | sort -u >"$work/exported"
[ -s "$work/exported" ] || { echo "$build/libcstools.so exports nothing: $(cat "$work/err")" && status=1; }
# the compiler strips the comments and turns CST_API into its attribute; the declared name is the first cst_NAME( after it, or
# the last word where there is none
for header in include/cstools/*.h; do echo "#include <cstools/${header##*/}>"; done |
    ${CC:-gcc} -std=c17 -Iinclude -E -P -x c - 2>>"$work/err" | tr '\n' ' ' | tr ';' '\n' | awk '
        !/visibility\("default"\)/ { next }
        { sub(/.*visibility\("default"\)\)\)/, "") }
        match($0, /cst_[a-z0-9_]+ *\(/) { name = substr($0, RSTART, RLENGTH - 1); sub(/ *$/, "", name); print name; next }
        { sub(/ *\[.*/, ""); sub(/.*[ *]/, ""); print }' | sort -u >"$work/declared"
while read -r symbol; do
    echo "libcstools.a: $symbol does not begin with cst_ or the prefix of a room"
    status=1
done <"$work/foreign"
comm -23 "$work/exported" "$work/declared" >"$work/surplus"
comm -13 "$work/exported" "$work/declared" >"$work/lacking"
while read -r symbol; do
    echo "libcstools.so: exports $symbol, which no public header declares CST_API"
    status=1
done <"$work/surplus"
while read -r symbol; do
    echo "libcstools.so: lacks $symbol, which a public header declares CST_API"
    status=1
done <"$work/lacking"
exit $status
