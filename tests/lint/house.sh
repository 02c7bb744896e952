#!/bin/sh
# What is said once in lib and cmd. Argument: the project's root. Prints each violation as FILE:LINE: reason; fails if any.
#
#   a type has one name, and a name one type, in all of lib
#   arrays grow by base/memory, which alone says that memory ran out
#   no function is longer than 60 lines
#   a header of under 15 lines is no header for one prototype: its concept has one
set -u
cd "$1" || exit 2
{
    find lib cmd -name '*.[ch]' -type f | sort | xargs -r awk '
        FNR == 1 { start = 0 }
        /^}/ && match($0, /^} [a-z_0-9]+;/) { note(substr($0, 3, RLENGTH - 3)) }
        /^(struct|enum|union) [a-z_0-9]+ \{/ { note($1 " " $2) }
        /realloc\(/ && FILENAME !~ /^lib\/base\// { print FILENAME ":" FNR ": realloc outside lib/base; see base/memory.h" }
        /"[^"]*out of memory/ && FILENAME !~ /^lib\/base\// { print FILENAME ":" FNR ": out of memory is said by cst_no_memory" }
        /^\{/ { start = FNR }
        /^}/ && start && FNR - start - 1 > 60 { print FILENAME ":" start ": a function of " FNR - start - 1 " lines" }
        /^}/ { start = 0 }
        function note(name) {
            if (FILENAME !~ /^lib\//) return
            if (name in seen && seen[name] != FILENAME) print FILENAME ":" FNR ": the type " name " is also in " seen[name]
            seen[name] = FILENAME
        }'
    for header in $(find lib -name '*.h' -type f | sort); do
        awk -v name="$header" '
            /\);/ { prototypes++ }
            /^(typedef|struct|enum|union|extern|static)|^#define [^ ]*[^H] / { other++ }
            END { if (NR < 15 && prototypes == 1 && !other) print name ":1: a header for one prototype; its concept has a header" }' "$header"
    done
} | {
    status=0
    while read -r line; do
        echo "$line"
        status=1
    done
    exit $status
}
