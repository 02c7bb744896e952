# Judges the calls that shim.c has written down (CST_CALLS) of a run without a fault, and prints what is wrong: every
# temporary is written, then synced, then closed; when all are, they are renamed to the outputs, in the order of the
# list; and after the last rename the folder of each output is synced.
#
#   awk -F TAB -v outputs='FILE FILE...' -v folder=FOLDER -f calls.awk CALLS
{ last[$1, $2] = NR }
$1 == "rename" { from[++renames] = $2; to[renames] = $3; line[renames] = NR }
END {
    n = split(outputs, output, " ")
    if (renames != n) print "expected " n " renames, found " renames + 0
    for (i = 1; i <= n && i <= renames; i++) {
        if (to[i] != folder "/" output[i]) print "rename " i ": expected " output[i] ", found " to[i]
        written = last["write", from[i]]; synced = last["fsync", from[i]]; closed = last["close", from[i]]
        if (!written || synced < written) print output[i] ": not synced after it was written"
        if (closed < synced) print output[i] ": not closed after it was synced"
        if (closed > line[1]) print output[i] ": not closed before the first rename"
        above = to[i]
        sub(/\/[^\/]*$/, "", above)
        if (last["fsync", above] < line[renames]) print output[i] ": its folder is not synced after the last rename"
    }
}
