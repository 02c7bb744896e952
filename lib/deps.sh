#!/bin/sh
# Installs the Debian packages that a build misses. Arguments: the compiler, then probes, each HEADERS:LIBRARIES:PACKAGE,
# tool:COMMAND:PACKAGE or python:MODULE:PACKAGE. The first is a program that includes the headers and links the libraries.
# Nothing missing: no network.
set -u
cc=$1
shift
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
missing=
for probe in "$@"; do
    first=${probe%%:*}
    rest=${probe#*:}
    middle=${rest%:*}
    package=${rest##*:}
    if [ "$first" = python ]; then
        python3 -c "import $middle" >/dev/null 2>&1 || missing="$missing $package"
        continue
    fi
    if [ "$first" = tool ]; then
        command -v "$middle" >/dev/null 2>&1 || missing="$missing $package"
        continue
    fi
    : >"$dir/probe.c"
    for header in $first; do echo "#include <$header>" >>"$dir/probe.c"; done
    echo 'int main(void) { return 0; }' >>"$dir/probe.c"
    # the libraries are split into words on purpose
    # shellcheck disable=SC2086
    $cc -o "$dir/probe" "$dir/probe.c" -Wl,--no-as-needed $middle >/dev/null 2>&1 || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    as=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as='sudo -n'
else
    echo "deps: missing:$missing. Type: sudo $install" >&2
    exit 2
fi
echo "deps: installing$missing" >&2
as="$as env DEBIAN_FRONTEND=noninteractive"
# shellcheck disable=SC2086
$as $install >"$dir/log" 2>&1 && exit 0
# shellcheck disable=SC2086
if $as apt-get update >"$dir/log" 2>&1 && $as $install >>"$dir/log" 2>&1; then exit 0; fi
cat "$dir/log" >&2
echo "deps: could not install$missing. Type: sudo apt-get update && sudo $install" >&2
exit 2
