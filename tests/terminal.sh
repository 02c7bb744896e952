# Sourced by scripts that test what is different on a terminal.
# on_terminal COMMAND: runs it with standard output on a pseudo-terminal, which is shown without its carriage returns.
on_terminal() { script -qec "$1" /dev/null </dev/null | tr -d '\r'; }
# no_terminal: prints why there can be no pseudo-terminal here; nothing where there can
no_terminal() {
    if ! command -v script >/dev/null; then
        echo 'no script(1)'
    elif [ "$(on_terminal 'test -t 1 && echo terminal' 2>/dev/null)" != terminal ]; then
        echo 'script(1) gets no pseudo-terminal'
    fi
}
