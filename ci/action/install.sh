#!/usr/bin/env bash
# The first step of the action: finds a plan-run.
#
#   INPUT_PROGRAM       the program to use: a path, or a name to look up in PATH
#   INPUT_VERSION       the version to install; none: that of the action's own source; `latest`: the newest one listed
#   ACTION_REPOSITORY   owner/name of the repository whose releases are installed; none: that of the workflow
#   PLAN_RUN_RELEASES   where releases lie, instead of the releases of that repository: a URL below which there is
#                       v0.1.0/plan-run-0.1.0-x86_64-unknown-linux-gnu.tar.gz, such as that of a mirror
#
# A binary that ci/releases.txt lists is downloaded, and used only if its SHA-256 is the one listed. Where none is listed
# for this machine, the action's own source is to be built; the next step does that, unless a cache has it.
#
# Sets the outputs `program`, an executable file; `build`, which is `true` where that is still to be built; and `cache-key`,
# under which what is built can be kept.

. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

program="${INPUT_PROGRAM:-}"
version="${INPUT_VERSION:-}"
version="${version#v}"
manifest="$source_folder/ci/releases.txt"

# Ends the step with what was found.
found() {
    output program "$1"
    output build "${2:-false}"
    output cache-key "${3:-}"
    exit 0
}

if [[ -n "$program" ]]; then
    path=$(type -P -- "$program") || refuse "program: '$program' is not an executable"
    program=$(absolute "$path")
    reported=$(version_of "$program") || refuse "program: '$program --version' fails"
    [[ -z "$version" || "$reported" == "$version" ]] || refuse "version: $program is $reported, not $version"
    found "$program"
fi

# The version of the action's own source.
own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source_folder/Cargo.toml" | head -n 1)

# The rows of the manifest as words: VERSION TARGET SUM.
rows=()
while read -r row_version row_target row_sum rest || [[ -n "${row_version:-}" ]]; do
    case "$row_version" in '' | '#'*) continue ;; esac
    if [[ -n "$rest" || ! "$row_sum" =~ ^[0-9a-f]{64}$ ]]; then
        tell error "$manifest: the row of $row_version $row_target has no SHA-256"
        output_nothing internal
        exit 5
    fi
    rows+=("$row_version $row_target $row_sum")
done <"$manifest"

# The sum of a target's archive, if there is one.
sum_of() {
    local row
    for row in ${rows[@]+"${rows[@]}"}; do
        if [[ "$row" == "$version $1 "* ]]; then
            printf '%s' "${row##* }"
            return
        fi
    done
}

is_listed() {
    local row
    for row in ${rows[@]+"${rows[@]}"}; do
        [[ "$row" != "$version "* ]] || return 0
    done
    return 1
}

case "$version" in
    '') version=$own ;;
    latest)
        version=$own
        # Rows are added at the end.
        for row in ${rows[@]+"${rows[@]}"}; do
            version="${row%% *}"
        done
        ;;
esac
if [[ "$version" != "$own" ]] && ! is_listed; then
    listed=$(for row in ${rows[@]+"${rows[@]}"}; do printf '%s\n' "${row%% *}"; done | sort -u | tr '\n' ' ')
    refuse "version: this commit of the action knows no $version; it is $own itself and lists ${listed:-no releases}"
fi

# What this machine can run, the best first.
machine=$(uname -m)
case "$machine" in
    arm64 | aarch64) machine=aarch64 ;;
    amd64 | x86_64) machine=x86_64 ;;
esac
case "$(uname -s)" in
    Linux)
        targets=("$machine-unknown-linux-gnu" "$machine-unknown-linux-musl")
        [[ ! -e "/lib/ld-musl-$machine.so.1" ]] || targets=("$machine-unknown-linux-musl")
        ;;
    Darwin) targets=("$machine-apple-darwin") ;;
    *) targets=() ;;
esac

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum | cut -d ' ' -f 1
    else
        shasum -a 256 | cut -d ' ' -f 1
    fi
}

# Where tools stay: for the next call in this job and, on a runner of one's own, for the next job.
tools="${RUNNER_TOOL_CACHE:-$temporary}/plan-run"
mkdir -p -- "$tools" 2>/dev/null && [[ -w "$tools" ]] || tools="$temporary/plan-run"

releases="${PLAN_RUN_RELEASES:-${GITHUB_SERVER_URL:-https://github.com}/${ACTION_REPOSITORY:-${GITHUB_REPOSITORY:-}}/releases/download}"

# Downloads the archive of a target, if it is not there, and unpacks it to a place of its own; sets `program`.
# Fails if it cannot be had. What has another sum than the listed one ends the step.
install() {
    local target="$1" wanted="$2" name="plan-run-$version-$1"
    local archive="$tools/$version/$name.tar.gz"
    if [[ -f "$archive" && "$(sha256 <"$archive")" != "$wanted" ]]; then
        tell warning "$archive is not what was installed there; it is downloaded anew"
        rm -f -- "$archive"
    fi
    if [[ ! -f "$archive" ]]; then
        local url="${releases%/}/v$version/$name.tar.gz" part got
        mkdir -p -- "$tools/$version"
        part=$(mktemp "$tools/$version/$name.XXXXXX")
        printf 'installing %s\n' "$url"
        if ! curl --fail --silent --show-error --location --retry 3 --max-time 300 --output "$part" -- "$url"; then
            rm -f -- "$part"
            return 1
        fi
        got=$(sha256 <"$part")
        if [[ "$got" != "$wanted" ]]; then
            rm -f -- "$part"
            tell error "$url has the SHA-256 $got, and not $wanted, which ci/releases.txt lists; nothing of it was run"
            output_nothing internal
            exit 5
        fi
        mv -f -- "$part" "$archive"
    fi
    # Unpacked each time, so that what runs is what was looked at.
    local place
    place=$(mktemp -d "$temporary/plan-run-XXXXXX")
    tar -xzf "$archive" -C "$place" "$name/plan-run" || return 1
    program="$place/$name/plan-run"
}

missing=''
for target in ${targets[@]+"${targets[@]}"}; do
    wanted=$(sum_of "$target")
    [[ -n "$wanted" ]] || continue
    if ! install "$target" "$wanted"; then
        missing="plan-run $version for $target cannot be had from $releases"
        continue
    fi
    # One that was linked to a newer libc does not start; the next one brings its own.
    if reported=$(version_of "$program"); then
        if [[ "$reported" != "$version" ]]; then
            tell error "$program is $reported, not $version, which ci/releases.txt lists it for"
            output_nothing internal
            exit 5
        fi
        printf 'plan-run %s for %s\n' "$version" "$target"
        found "$program"
    fi
    missing="plan-run $version for $target does not start on this machine"
done

[[ "$version" == "$own" ]] || refuse "version: ${missing:-no plan-run $version is listed for this machine, $(uname -s) on $machine}"
[[ -z "$missing" ]] || tell warning "$missing; the action's source, which is the same version, is built instead"
type -P cargo >/dev/null || refuse "plan-run $version is built from source here, for which Rust is needed (rustup); or name a built one with the input program"

digest=$(cd -- "$source_folder" && find Cargo.toml Cargo.lock src -type f | LC_ALL=C sort | while IFS= read -r file; do
    printf '%s %s\n' "$file" "$(sha256 <"$file")"
done | sha256)
key="plan-run-$version-$(uname -s)-$machine-${digest:0:16}"
program="$tools/$key/plan-run"
if version_of "$program" >/dev/null; then
    found "$program"
fi
found "$program" true "$key"
