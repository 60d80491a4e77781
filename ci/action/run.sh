#!/usr/bin/env bash
# The last step of the action: builds plan-run if that is still to be done, runs it, and says what came of it.
#
#   PROGRAM                  the plan-run to use
#   BUILD                    `true` if the action's source is to be built to PROGRAM where that is not there
#   INPUT_PLANS              paths and globs, one a line; none: what the configuration says
#   INPUT_SCOPE              which checks: all, or claimed
#   INPUT_SHARD              M/N: only the Mth of N parts
#   INPUT_MERGE              folders of runs, or globs of them, one a line: these are reported as one, and no plan is run
#   INPUT_ARGS               further arguments, one a line
#   INPUT_JOBS               commands in flight
#   INPUT_JUNIT              file for the JUnit report; none: a temporary one
#   INPUT_SUMMARY            true: the job's summary page; false: none; else a file. None: true, but false for a shard
#   INPUT_ANNOTATIONS        whether the plan's lines are marked: true or false. None: true, but false for a shard
#   INPUT_FAIL_ON            failure, unproven-claims, flaky, leftovers, or never; several are separated by commas
#   INPUT_SANDBOX            true, require, strict or false; none: strict for a fork, else what the configuration says
#   INPUT_WORKING_DIRECTORY  where to run
#   FROM_FORK                `true` for a pull request from another repository
#   BASE_COMMIT              the commit that it is to go onto
#
# Sets the outputs that action.yml tells of, and ends as plan-run ended, unless it is never to fail.

. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

program="${PROGRAM:?}"
build="${BUILD:-false}"
plans="${INPUT_PLANS:-}"
scope="${INPUT_SCOPE:-}"
shard="${INPUT_SHARD:-}"
merge="${INPUT_MERGE:-}"
args="${INPUT_ARGS:-}"
jobs="${INPUT_JOBS:-}"
junit="${INPUT_JUNIT:-}"
summary="${INPUT_SUMMARY:-}"
annotations="${INPUT_ANNOTATIONS:-}"
fail_on="${INPUT_FAIL_ON:-}"
sandbox="${INPUT_SANDBOX:-}"
folder="${INPUT_WORKING_DIRECTORY:-}"
from_fork="${FROM_FORK:-false}"
base="${BASE_COMMIT:-}"
# The commands of the plans have no business with the inputs of the action.
unset PROGRAM BUILD INPUT_PLANS INPUT_SCOPE INPUT_SHARD INPUT_MERGE INPUT_ARGS INPUT_JOBS INPUT_JUNIT INPUT_SUMMARY \
    INPUT_ANNOTATIONS INPUT_FAIL_ON INPUT_SANDBOX INPUT_WORKING_DIRECTORY FROM_FORK BASE_COMMIT

[[ -z "$jobs" || "$jobs" =~ ^[1-9][0-9]*$ ]] || refuse "jobs: '$jobs' is no number above 0"
[[ -z "$shard" || "$shard" =~ ^[1-9][0-9]*/[1-9][0-9]*$ ]] || refuse "shard: '$shard' is no part such as 2/3"
[[ -z "$scope" || "$scope" == all || "$scope" == claimed ]] || refuse "scope: '$scope' is neither all nor claimed"

# Of a pull request from a fork plans, configuration and approvals are a stranger's.
trust=()
if [[ -z "$sandbox" && "$from_fork" == true && -z "$merge" ]]; then
    sandbox=strict
    [[ "$base" =~ ^[0-9a-f]{40,64}$ ]] || refuse 'sandbox: this is a fork, and its base commit is not known; say sandbox yourself'
    # Who says in further arguments what is trusted has the word.
    [[ "$args" == *--trust* ]] || trust+=(--trust=approved)
    [[ "$args" == *--lock-from* ]] || trust+=("--lock-from=$base")
    [[ "$args" != *--sandbox* && "$args" != *--no-sandbox* ]] || sandbox=''
fi
case "$sandbox" in
    '') ;;
    true) trust+=(--sandbox) ;;
    require | strict) trust+=("--sandbox=$sandbox") ;;
    false) trust+=(--no-sandbox) ;;
    *) refuse "sandbox: '$sandbox' is none of true, require, strict and false" ;;
esac

quiet=false
[[ -z "$shard" ]] || quiet=true
case "${annotations:-$([[ $quiet == true ]] && printf false || printf true)}" in
    true | auto) annotations=auto ;;
    false | never) annotations=never ;;
    always) annotations=always ;;
    *) refuse "annotations: '$annotations' is neither true nor false" ;;
esac

never=false
strict=()
split "${fail_on//,/$'\n'}"
for word in ${lines[@]+"${lines[@]}"}; do
    case "$word" in
        failure) ;;
        unproven-claims) strict+=(--strict-claims) ;;
        flaky) strict+=(--flaky-fails) ;;
        leftovers) strict+=(--leftovers=fail) ;;
        never) never=true ;;
        *) refuse "fail-on: '$word' is none of failure, unproven-claims, flaky, leftovers and never" ;;
    esac
done
[[ $never == false || ${#lines[@]} -eq 1 ]] || refuse 'fail-on: never goes with no other word'

if [[ -n "$merge" ]]; then
    for other in "plans:$plans" "scope:$scope" "shard:$shard" "jobs:$jobs" "sandbox:$sandbox"; do
        [[ -z "${other#*:}" ]] || refuse "${other%%:*}: runs are merged here, and no plan is run"
    done
    ((${#strict[@]} == 0)) || refuse 'fail-on: of runs that are merged it holds what they were told themselves'
fi

if [[ "$build" == true && ! -x "$program" ]]; then
    built="$temporary/plan-run-target"
    # What the workflow says of its own builds, and the toolchain of its repository, are not meant for this one.
    if ! (cd -- "$source_folder" && env -u CARGO_BUILD_TARGET -u CARGO_ENCODED_RUSTFLAGS -u CARGO_BUILD_RUSTFLAGS \
        -u RUSTFLAGS cargo build --release --locked --target-dir "$built"); then
        tell error 'plan-run cannot be built from source here; see the lines above'
        output_nothing internal
        exit 5
    fi
    mkdir -p -- "$(dirname -- "$program")"
    cp -- "$built/release/plan-run" "$program.$$"
    mv -f -- "$program.$$" "$program"
fi

started_in=$PWD
if [[ -n "$folder" ]]; then
    cd -- "$folder" 2>/dev/null || refuse "working-directory: '$folder' is no directory"
fi
if [[ "${trust[*]-}" == *--lock-from=* ]]; then
    # A checkout brings one commit only.
    git cat-file -e "$base^{commit}" 2>/dev/null || git fetch --quiet --no-tags --depth=1 origin "$base" 2>/dev/null ||
        refuse "sandbox: the commit $base, of which the approvals count for a fork, cannot be fetched"
fi
if [[ "$sandbox" == strict && "${RUNNER_ENVIRONMENT:-}" == github-hosted ]]; then
    # These machines, each for one job, let nobody make the namespaces that a sandbox is made of.
    restricted=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
    if [[ "$(cat "$restricted" 2>/dev/null)" == 1 ]]; then
        sudo -n sysctl -q -w kernel.apparmor_restrict_unprivileged_userns=0 || true
    fi
fi
# Whatever else they are, paths that the action chooses are not relative to that.
place=$(cd -- "$started_in" && cd -- "$temporary" && mktemp -d "$PWD/plan-run-XXXXXX")
[[ -n "$junit" ]] || junit="$place/plan-run.xml"

if [[ -n "$merge" ]]; then
    runs=()
    split "$merge"
    for pattern in "${lines[@]}"; do
        if [[ -e "$pattern" ]]; then
            runs+=("$pattern")
            continue
        fi
        # Only names of files come of it: there are no words to split, and nothing else is expanded a second time.
        shopt -s nullglob
        IFS=
        there=($pattern)
        unset IFS
        shopt -u nullglob
        # What has nothing to expand stays as it is.
        [[ ${#there[@]} -gt 0 && -e "${there[0]}" ]] || refuse "merge: nothing is there at '$pattern'"
        runs+=("${there[@]}")
    done
    command=("$program" merge)
else
    command=("$program" run)
    [[ -z "$scope" ]] || command+=(--scope "$scope")
    [[ -z "$shard" ]] || command+=(--shard "$shard")
    [[ -z "$jobs" ]] || command+=(--jobs "$jobs")
    command+=(${strict[@]+"${strict[@]}"} ${trust[@]+"${trust[@]}"})
fi
command+=(--junit "$junit" "--annotations=$annotations" "--github-output=$place/outputs")
case "${summary:-$([[ $quiet == true ]] && printf false || printf true)}" in
    true) ;;
    false) unset GITHUB_STEP_SUMMARY ;;
    *) command+=(--summary "$summary") ;;
esac
split "$args"
for word in ${lines[@]+"${lines[@]}"}; do
    if [[ "$word" =~ ^--?[A-Za-z][A-Za-z-]*[[:space:]] ]]; then
        refuse "args: '$word' is two arguments; write each in a line of its own, or --name=value"
    fi
    command+=("$word")
done
if [[ -n "$merge" ]]; then
    command+=(-- "${runs[@]}")
else
    split "$plans"
    ((${#lines[@]} == 0)) || command+=(-- "${lines[@]}")
fi

# Who cancels the job tells this shell, and plan-run is to end its commands and tell what is known. It has a group of its
# own, so that it hears of that once.
asked=''
trap 'asked=1; [[ -z "${child:-}" ]] || kill -TERM "$child" 2>/dev/null || true' INT TERM
# plan-run itself keeps the runner from obeying what the plans' commands print, and marks the plan's lines behind that.
# Both streams go one way, so that the runner reads them in the order in which they are written.
set -m
"${command[@]}" 2>&1 </dev/null &
child=$!
set +m
[[ -z "$asked" ]] || kill -TERM "$child" 2>/dev/null || true
ended=0
wait "$child" || ended=$?
# A signal ends the waiting, and not what was waited for.
while [[ -n "$asked" ]]; do
    asked=''
    again=0
    wait "$child" || again=$?
    # 127: its end was known already.
    ((again == 127)) || ended=$again
done

if [[ -s "$place/outputs" ]]; then
    [[ -z "${GITHUB_OUTPUT:-}" ]] || cat -- "$place/outputs" >>"$GITHUB_OUTPUT"
else
    case $ended in
        2) output_nothing usage ;;
        3) output_nothing broken-plan ;;
        4) output_nothing nothing-ran ;;
        130) output_nothing interrupted ;;
        *) output_nothing internal ;;
    esac
fi
output program "$program"

if [[ $never == true ]]; then
    case $ended in
        1 | 3 | 4)
            printf 'plan-run ended with %d, which is told and does not fail the step (fail-on: never)\n' "$ended"
            exit 0
            ;;
    esac
fi
exit "$ended"
