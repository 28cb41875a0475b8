# `convergence` and `bq` for a shell that sources this: each command is handed to a process that has the program
# loaded (see tests/acceptance/programs.py), by the shell's scripts too. What they are piped is not read.

convergence() { _hand_over convergence "$@"; }
bq() { _hand_over bq "$@"; }

_hand_over() {
    local program=$1 folder status
    shift
    folder=$(mktemp -d "$HANDED_OVER/XXXXXXXX")
    mkfifo "$folder/ended"
    printf '%s\0' "$@" > "$folder/arguments"
    env -0 > "$folder/env"
    pwd > "$folder/cwd"
    printf '%s\n' "$program ${folder##*/}" > "$HANDED_OVER/asked"
    read -r status < "$folder/ended"
    cat "$folder/stdout"
    cat "$folder/stderr" >&2
    return "$status"
}

export -f convergence bq _hand_over
