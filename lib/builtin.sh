#!/bin/sh
# Writes a C file of byte arrays, one per file named KIND.NAME.csv, and the list cst_builtin_tables of them.
set -eu
printf '/* Made by lib/builtin.sh from the tables in lib/ROOM/builtin; do not edit. */\n#include "tables/builtin.h"\n\n'
i=0
for file in "$@"; do
    printf 'static const unsigned char bytes_%d[] = {\n' $i
    od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '};\n'
    i=$((i + 1))
done
printf '\nconst struct cst_builtin cst_builtin_tables[] = {\n'
i=0
for file in "$@"; do
    base=${file##*/}
    base=${base%.csv}
    printf '    {"%s", "%s", bytes_%d, sizeof bytes_%d, "%s.csv"},\n' "${base%%.*}" "${base#*.}" $i $i "$base"
    i=$((i + 1))
done
printf '    {0, 0, 0, 0, 0},\n};\n'
