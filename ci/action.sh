#!/usr/bin/env bash
# The body of the action: finds or builds plan-run, runs it, and says what came of it.
#
# Everything that a workflow's author gives arrives as a variable and is only ever used as one word of an argument
# list: nothing of it is read as shell code.
#
#   INPUT_PLANS              paths and globs, one a line; none: what the configuration says
#   INPUT_ARGS               further arguments, one a line
#   INPUT_JUNIT              file for the JUnit report; none: a temporary one
#   INPUT_SUMMARY            file for the Markdown summary; none: the job's summary page
#   INPUT_JOBS               commands in flight
#   INPUT_WORKING_DIRECTORY  where to run
#   INPUT_PROGRAM            the program to use: a path, or a name to look up in PATH; none: build the action's source
#   INPUT_VERSION            the version that the program must have; none: any
#
# Sets the outputs `status` (holds, nothing-claimed, fails, usage, broken-plan, nothing-ran, internal, interrupted),
# `junit` (the absolute path of the report) and `failed` (how many checks do not hold), and ends as plan-run ended.

set -euo pipefail

complain() {
    if [[ "${GITHUB_ACTIONS:-}" == true ]]; then
        printf '::error::%s\n' "${1//%/%25}"
    else
        printf 'plan-run action: %s\n' "$1" >&2
    fi
}

# Appends the lines of a text that are not empty to the array `lines`.
split() {
    lines=()
    local line
    while IFS= read -r line || [[ -n "$line" ]]; do
        line="${line%$'\r'}"
        [[ -z "${line//[[:space:]]/}" ]] || lines+=("$line")
    done <<<"$1"
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

absolute() {
    case "$1" in
        /* | [A-Za-z]:[\\/]*) printf '%s' "$1" ;;
        *) printf '%s/%s' "$PWD" "$1" ;;
    esac
}

# How many checks of a JUnit report do not hold: the failures and errors of its suites.
count_failed() {
    local sum=0 number
    while IFS= read -r number; do
        sum=$((sum + number))
    done < <(grep -o '<testsuite [^>]*>' -- "$1" | grep -oE ' (failures|errors)="[0-9]+"' | grep -oE '[0-9]+' || true)
    printf '%d' "$sum"
}

# A number that a JUnit report says of all its suites.
of_all() {
    grep -o '<testsuites [^>]*>' -- "$2" | grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+' | head -n 1 || true
}

# The word for an exit status; a run that was asked for what is claimed alone, and skipped everything, was not red either.
status_word() {
    case "$1" in
        0)
            if [[ -s "$2" && "$(of_all tests "$2")" == "$(of_all skipped "$2")" ]]; then
                printf 'nothing-claimed'
            else
                printf 'holds'
            fi
            ;;
        1) printf 'fails' ;;
        2) printf 'usage' ;;
        3) printf 'broken-plan' ;;
        4) printf 'nothing-ran' ;;
        130) printf 'interrupted' ;;
        *) printf 'internal' ;;
    esac
}

source_folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
temporary="${RUNNER_TEMP:-${TMPDIR:-/tmp}}"
started_in=$PWD

plans="${INPUT_PLANS:-}"
args="${INPUT_ARGS:-}"
junit="${INPUT_JUNIT:-}"
summary="${INPUT_SUMMARY:-}"
jobs="${INPUT_JOBS:-}"
folder="${INPUT_WORKING_DIRECTORY:-}"
program="${INPUT_PROGRAM:-}"
version="${INPUT_VERSION:-}"
# The commands of the plans have no business with the inputs of the action.
unset INPUT_PLANS INPUT_ARGS INPUT_JUNIT INPUT_SUMMARY INPUT_JOBS INPUT_WORKING_DIRECTORY INPUT_PROGRAM INPUT_VERSION

if [[ -n "$jobs" && ! "$jobs" =~ ^[1-9][0-9]*$ ]]; then
    complain "jobs: '$jobs' is no number above 0"
    output status usage
    exit 2
fi

if [[ -n "$program" ]]; then
    if ! found=$(type -P -- "$program"); then
        complain "program: '$program' is not an executable"
        output status usage
        exit 2
    fi
    program=$(absolute "$found")
else
    if ! type -P cargo >/dev/null; then
        complain 'plan-run is built from source, for which Rust is needed; or name a built one with the input program'
        output status usage
        exit 2
    fi
    target="${CARGO_TARGET_DIR:-$temporary/plan-run-target}"
    cargo build --release --locked --manifest-path "$source_folder/Cargo.toml" --target-dir "$target"
    program=$(absolute "$target")/release/plan-run
fi

reported=$("$program" --version)
if [[ -n "$version" && "${reported##* }" != "${version#v}" ]]; then
    complain "version: $program is ${reported##* }, not ${version#v}"
    output status usage
    exit 2
fi
printf '%s\n' "$reported"

if [[ -n "$folder" ]]; then
    cd -- "$folder"
fi

if [[ -z "$junit" ]]; then
    junit="$(cd -- "$started_in" && absolute "$temporary")/$(random_word).xml"
fi

command=("$program" run --junit "$junit")
[[ -z "$summary" ]] || command+=(--summary "$summary")
[[ -z "$jobs" ]] || command+=(--jobs "$jobs")
split "$args"
command+=(${lines[@]+"${lines[@]}"})
split "$plans"
if ((${#lines[@]} > 0)); then
    command+=(-- "${lines[@]}")
fi

# plan-run itself keeps the runner from obeying what the plans' commands print, and marks the plan's lines behind that.
# Both streams go one way, so that the runner reads them in the order in which they are written.
ended=0
"${command[@]}" 2>&1 || ended=$?

output status "$(status_word "$ended" "$junit")"
if [[ -f "$junit" ]]; then
    output junit "$(absolute "$junit")"
    output failed "$(count_failed "$junit")"
else
    output junit ''
    output failed ''
fi
exit "$ended"
