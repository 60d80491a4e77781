# What both steps of the action share; sourced by them. Keeps to what bash 3.2 knows, which macOS has.
#
# Everything that a workflow's author gives arrives as a variable and is only ever used as one word of an argument
# list: nothing of it is read as shell code.

set -euo pipefail

source_folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
temporary="${RUNNER_TEMP:-${TMPDIR:-/tmp}}"

# Tells of an error or of something to know: KIND is `error` or `warning`.
tell() {
    local message="$2"
    if [[ "${GITHUB_ACTIONS:-}" == true ]]; then
        message="${message//%/%25}"
        message="${message//$'\r'/%0D}"
        printf '::%s title=plan-run::%s\n' "$1" "${message//$'\n'/%0A}"
    else
        printf 'plan-run action: %s: %s\n' "$1" "$message" >&2
    fi
}

random_word() {
    local word=''
    while ((${#word} < 24)); do
        word+=$(printf '%04x' "$RANDOM")
    done
    printf 'plan-run-%s' "$word"
}

# Writes one output of the step; the delimiter cannot be guessed, so that a value cannot set another output.
output() {
    [[ -n "${GITHUB_OUTPUT:-}" ]] || return 0
    local mark
    mark=$(random_word)
    printf '%s<<%s\n%s\n%s\n' "$1" "$mark" "$2" "$mark" >>"$GITHUB_OUTPUT"
}

# The outputs where plan-run wrote none: STATUS, and nothing else, in forms that expressions can read.
output_nothing() {
    output status "$1"
    output passed 0
    output failed 0
    output stages '[]'
    output stages-left-out 0
    output junit ''
    output events ''
    output run ''
}

# Ends the step because of what the workflow asks for.
refuse() {
    tell error "$1"
    output_nothing usage
    exit 2
}

# The lines of a text that are not empty, without white space around them, as the array `lines`.
split() {
    lines=()
    local line
    while IFS= read -r line || [[ -n "$line" ]]; do
        line="${line#"${line%%[![:space:]]*}"}"
        line="${line%"${line##*[![:space:]]}"}"
        [[ -z "$line" ]] || lines+=("$line")
    done <<<"$1"
}

absolute() {
    case "$1" in
        /* | [A-Za-z]:[\\/]*) printf '%s' "$1" ;;
        *) printf '%s/%s' "$PWD" "$1" ;;
    esac
}

# The version that a plan-run says it has; fails if it does not start.
version_of() {
    local said
    said=$("$1" --version 2>/dev/null) || return 1
    printf '%s' "${said##* }"
}
