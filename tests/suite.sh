#!/bin/sh
# Runs the suites against one or more builds and ends with one line "N passed, N failed, N skipped".
# Arguments: NAME:DIR. The plain build runs every suite; asan leaves out the faults (they need an unwrapped
# allocator); tsan runs the C tests and scripts that work with threads, those whose name has "thread" in it.
# A C test speaks TAP through cmocka; a script ends with a line "N passed, N failed, N skipped".
set -u
export LC_ALL=C CMOCKA_MESSAGE_OUTPUT=TAP
export CST_DATA=${CST_DATA:-../shared/data}
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 TSAN_OPTIONS=halt_on_error=1
suites=${SUITES:-lint unit golden reference properties faults fuzz}
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0

add() { # passed failed skipped: adds to the totals
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

run_program() { # a cmocka program
    "$1" >"$log" 2>&1
    status=$?
    # cmocka calls a skipped test "not ok N # SKIP name" or "ok ...", by its version
    skip=$(grep -cE '^(not )?ok .*# SKIP' "$log")
    ok=$(grep '^ok' "$log" | grep -vc '# SKIP') bad=$(grep '^not ok' "$log" | grep -vc '# SKIP')
    if [ $status -ne 0 ] || [ "$bad" -gt 0 ] || [ $((ok + skip)) -eq 0 ]; then
        echo "FAILED $2 $1 (status $status)"
        grep -v '^ok' "$log" | tail -n 60
        [ "$bad" -gt 0 ] || bad=1
    fi
    sed -nE "s|^(not )?ok .*# SKIP|SKIP $1:|p" "$log"
    add "$ok" "$bad" "$skip"
}

run_script() {
    BIN=$3/bin BUILD=$3 VARIANT=$2 sh "$1" >"$log" 2>&1
    status=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
    if [ $status -ne 0 ] || [ -z "$line" ]; then
        echo "FAILED $2 $1 (status $status)"
        grep -v '^SKIP' "$log" | head -n 200
        case $line in *' 0 failed,'* | '') line='0 passed, 1 failed, 0 skipped' ;; esac
    fi
    grep '^SKIP' "$log"
    # shellcheck disable=SC2046
    add $(echo "$line" | sed 's/[^0-9 ]//g')
}

for variant in "$@"; do
    name=${variant%%:*} dir=${variant#*:}
    for suite in $suites; do
        [ "$name" = asan ] && case $suite in faults | lint) continue ;; esac
        before="$passed $failed $skipped"
        for program in "$dir/tests/$suite"/test_*; do
            [ -f "tests/$suite/${program##*/}.c" ] || continue # an object, or left over from a test that is gone
            [ "$name" = tsan ] && case $program in *thread*) ;; *) continue ;; esac
            run_program "$program" "$name"
        done
        for script in tests/"$suite"/run*; do
            case $script in *'*') continue ;; esac
            [ "$name" = tsan ] && case $script in *thread*) ;; *) continue ;; esac
            run_script "$script" "$name" "$dir"
        done
        echo "$before $passed $failed $skipped" | {
            read -r p f s p2 f2 s2
            [ "$p $f $s" = "$p2 $f2 $s2" ] ||
                echo "$name/$suite: $((p2 - p)) passed, $((f2 - f)) failed, $((s2 - s)) skipped"
        }
    done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
