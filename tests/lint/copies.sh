#!/bin/sh
# Inputs of the command tests that are kept twice. Argument: the folder of the cases, COMMAND/NAME/FILE. Prints each input
# of more than 64 bytes that two folders of one command hold byte for byte; fails if there is one. The one borrows it from
# the other instead, by its file `base`. Smaller ones may be alike by chance, and expectations stay with their case.
set -u
cd "$1" || exit 2
find . -mindepth 3 -type f -size +64c ! -name cmd ! -name out ! -name err ! -name needs ! -name base ! -name '*.want' \
    -exec sha256sum {} + | sort -k 2 | awk '
    {
        path = substr($0, 69) # behind the sum, two blanks and "./"
        command = path
        sub(/\/.*/, "", command)
        key = command " " $1
        if (key in first) { print path ": the bytes of " first[key] "; borrow them by a file base"; copies = 1 }
        else first[key] = path
    }
    END { exit copies }'
