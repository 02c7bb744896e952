#!/bin/sh
# Which folder may include what. Argument: the project's root. Prints each violation as FILE:LINE: reason; fails if any.
#
# A file of lib/ROOM includes "room/..." of its own room and of lower floors; cmd/ and tests/ include any. A public header
# includes <cstools/...> and standard headers alone, so that it stands without the tree.
set -u
cd "$1" || exit 2
standard='assert ctype errno float inttypes limits math stdarg stdbool stddef stdint stdio stdlib string time'

includes() { # pattern of files: FILE LINE WORD, where the word is "path" or <path>
    find "$@" -name '*.[ch]' -type f 2>/dev/null | sort | xargs -r awk '
        /^[ \t]*#[ \t]*include/ { sub(/^[ \t]*#[ \t]*include[ \t]*/, ""); sub(/[ \t].*/, ""); print FILENAME, FNR, $0 }'
}

{
    includes lib | awk '
        BEGIN {
            n = split("base read write program stats expr tables ledger panel chart", low)
            for (i = 1; i <= n; i++) floor[low[i]] = i
            m = split("ingest revenue forecast stages usage cohort metrics drivers score flags report", rooms)
            for (i = 1; i <= m; i++) floor[rooms[i]] = n + 1
        }
        {
            split($1, path, "/")
            room = path[2]
            if (!(room in floor)) { print $1 ":" $2 ": lib/" room " is no room of the house"; next }
            if ($3 !~ /^"/) next
            there = substr($3, 2)
            sub(/".*/, "", there)
            if (there !~ /\//) { print $1 ":" $2 ": expected \"room/file.h\", found " $3; next }
            sub(/\/.*/, "", there)
            if (there == room) next
            if (!(there in floor)) print $1 ":" $2 ": " there " is no room of the house"
            else if (floor[there] == floor[room]) print $1 ":" $2 ": " room " includes " there ", a room of its own floor"
            else if (floor[there] > floor[room]) print $1 ":" $2 ": " room " includes " there ", a higher floor"
        }'
    includes include | awk -v standard="$standard" '
        BEGIN { n = split(standard, names); for (i = 1; i <= n; i++) known["<" names[i] ".h>"] = 1 }
        !($3 in known) && $3 !~ /^<cstools\// { print $1 ":" $2 ": a public header includes " $3 }'
} | {
    status=0
    while read -r line; do
        echo "$line"
        status=1
    done
    exit $status
}
