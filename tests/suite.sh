#!/bin/sh
# Runs the suites against one or more builds and ends with one line "N passed, N failed, N skipped".
# Arguments: NAME:DIR. The plain build runs every suite; asan leaves out the faults (they need an unwrapped
# allocator); tsan runs the C tests and scripts that work with threads, those whose name has "thread" in it.
# A C test speaks TAP through cmocka; a script ends with a line "N passed, N failed, N skipped".
#
# Every test is a task of its own; as many run at once as there are processors (JOBS=1: one after the other). A task that
# fails is named at once. What the tasks of a suite print is kept and shown in the order of the list, with the totals of
# the suite, as soon as its last task has ended.
set -u
export LC_ALL=C CMOCKA_MESSAGE_OUTPUT=TAP
export CST_DATA=${CST_DATA:-../shared/data}
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 TSAN_OPTIONS=halt_on_error=1
suites=${SUITES:-lint unit golden reference properties faults fuzz bench}

# Both print what is to be shown, then a line "= passed failed skipped".
run_program() { # path variant log: a cmocka program
    "$1" >"$3" 2>&1
    status=$?
    # cmocka calls a skipped test "not ok N # SKIP name" or "ok ...", by its version
    skip=$(grep -cE '^(not )?ok .*# SKIP' "$3")
    ok=$(grep '^ok' "$3" | grep -vc '# SKIP') bad=$(grep '^not ok' "$3" | grep -vc '# SKIP')
    if [ $status -ne 0 ] || [ "$bad" -gt 0 ] || [ $((ok + skip)) -eq 0 ]; then
        echo "FAILED $2 $1 (status $status)"
        grep -v '^ok' "$3" | tail -n 60
        [ "$bad" -gt 0 ] || bad=1
    fi
    sed -nE "s|^(not )?ok .*# SKIP|SKIP $1:|p" "$3"
    echo "= $ok $bad $skip"
}

run_script() { # path variant log build
    case $4 in /*) build=$4 ;; *) build=$PWD/$4 ;; esac
    BIN=$build/bin BUILD=$build VARIANT=$2 sh "$1" >"$3" 2>&1
    status=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$3" | tail -n 1)
    if [ $status -ne 0 ] || [ -z "$line" ]; then
        echo "FAILED $2 $1 (status $status)"
        grep -v '^SKIP' "$3" | head -n 200
        case $line in *' 0 failed,'* | '') line='0 passed, 1 failed, 0 skipped' ;; esac
    fi
    grep '^SKIP' "$3"
    echo "= $(echo "$line" | sed 's/[^0-9 ]//g')"
}

if [ "${1:-}" = --task ]; then # --task path variant build result: one task, called by xargs below
    case $2 in
    tests/*/run*) run_script "$2" "$3" "$5.log" "$4" >"$5.new" ;;
    *) run_program "$2" "$3" "$5.log" >"$5.new" ;;
    esac
    if grep -q '^= [0-9]* [1-9]' "$5.new"; then echo "failed: $3 $2"; fi
    mv "$5.new" "$5"
    exit 0
fi

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
tasks=0

add_task() { # variant build suite path
    tasks=$((tasks + 1))
    echo "$1/$3 $work/$tasks" >>"$work/order"
    printf '%s\0' "$4" "$1" "$2" "$work/$tasks" >>"$work/list"
}

: >"$work/order"
: >"$work/list"
for variant in "$@"; do
    name=${variant%%:*} dir=${variant#*:}
    for suite in $suites; do
        [ "$name" = asan ] && case $suite in faults | lint | bench) continue ;; esac
        for program in "$dir/tests/$suite"/test_*; do
            [ -f "tests/$suite/${program##*/}.c" ] || continue # an object, or left over from a test that is gone
            [ "$name" = tsan ] && case $program in *thread*) ;; *) continue ;; esac
            add_task "$name" "$dir" "$suite" "$program"
        done
        for script in tests/"$suite"/run*; do
            case $script in *'*') continue ;; tests/bench/run) continue ;; esac
            [ "$name" = tsan ] && case $script in *thread*) ;; *) continue ;; esac
            add_task "$name" "$dir" "$suite" "$script"
        done
    done
done

totals() { echo "$1$2 passed, $3 failed, $4 skipped"; }

show_suites() { # the suites in the order of the list, each when its last task has ended; then the last line
    suite='' p=0 f=0 s=0 passed=0 failed=0 skipped=0
    while read -r name result; do
        if [ "$name" != "$suite" ]; then
            [ -z "$suite" ] || totals "$suite: " $p $f $s
            suite=$name p=0 f=0 s=0
        fi
        until [ -f "$result" ]; do sleep 0.1; done
        grep -v '^= ' "$result"
        # shellcheck disable=SC2046
        set -- $(sed -n 's/^= //p' "$result")
        p=$((p + $1)) f=$((f + $2)) s=$((s + $3))
        passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    done <"$work/order"
    [ -z "$suite" ] || totals "$suite: " $p $f $s
    totals '' $passed $failed $skipped
    [ $failed -eq 0 ] && [ $passed -gt 0 ]
}

# the tasks stay in the foreground, so that an interrupt reaches them
show_suites &
shower=$!
trap 'kill $shower 2>/dev/null; rm -rf "$work"' EXIT
[ "$tasks" -eq 0 ] || xargs -0 -n 4 -P "${JOBS:-$(nproc)}" sh "$0" --task <"$work/list"
while read -r name result; do
    [ -f "$result" ] || { echo "FAILED $name: a task was killed" && echo '= 0 1 0'; } >"$result"
done <"$work/order"
wait $shower
