# What the tests in a browser share, to be read by them: the counts, and a page as headless Chromium finds it. They set $here,
# and $work, a folder that goes with them. CHROMIUM names another than the one on the PATH.
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
passed=0 failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)) && echo "FAILED browser $1: $2"; }

browse() { # scheme (0: dark, 1: light), window, page: what the script in the page found, lines that begin with @
    "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$work/profile" --blink-settings=preferredColorScheme="$1" \
        --window-size="$2" --virtual-time-budget=2000 --dump-dom "file://$3" 2>"$work/err" | sed -n 's/.*<body[^>]*>//; s/<.body>.*//; /^@/p'
}
