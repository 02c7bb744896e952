#!/bin/sh
# The picture of the README, samples/page.png: the top of the sample company's page in headless Chromium, and beside it the sum of
# the page that it shows, which a test holds against the page of today. Argument: the page, such as that of make demo.
set -eu
page=$(cd "$(dirname "$1")" && pwd)/${1##*/}
cd "$(dirname "$0")"
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)} ||
    { echo "picture.sh: expected chromium, found none: make deps-browser" >&2; exit 2; }
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
"$chromium" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --hide-scrollbars \
    --user-data-dir="$profile" --blink-settings=preferredColorScheme=1 --window-size=1180,1100 --screenshot="$PWD/page.png" "file://$page" \
    2>"$profile/log" || { cat "$profile/log" >&2 && exit 2; }
sha256sum <"$page" | cut -d' ' -f1 >page.sha256
