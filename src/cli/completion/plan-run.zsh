#compdef plan-run
# Lets zsh complete the words of plan-run.

_plan_run() {
    local -a lines whole open
    local line value entry
    lines=("${(@f)$(plan-run __complete zsh $((CURRENT - 1)) -- \
        "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    for line in $lines; do
        value="${line%%$'\t'*}"
        entry="${value//\\/\\\\}"
        entry="${entry//:/\\:}"
        if [[ "$line" == *$'\t'* ]]; then
            entry+=":${line#*$'\t'}"
        fi
        # After these a word goes on.
        if [[ "$value" == *[/:=] ]]; then
            open+=("$entry")
        else
            whole+=("$entry")
        fi
    done
    (( $#whole )) && _describe -V 'plan-run' whole
    (( $#open )) && _describe -V 'plan-run' open -S ''
}

# Read by `source`, it says for itself whom it serves; found in $fpath, it is called.
if [[ "$funcstack[1]" == "_plan_run" ]]; then
    _plan_run "$@"
else
    compdef _plan_run plan-run
fi
