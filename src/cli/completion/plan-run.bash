# Lets bash complete the words of plan-run. For bash 3.2 or newer.

_plan_run() {
    # Bash takes words apart at characters such as `:` and `=`, which stand inside the words of plan-run. What follows
    # without a blank is put together again, and what bash keeps of such a word is left out of the answers.
    local line="${COMP_LINE:0:COMP_POINT}" words=() kept="" word blank i last=-1
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blank="${line%%[^[:space:]]*}"
        line="${line#"$blank"}"
        if ((i < COMP_CWORD)); then
            word="${COMP_WORDS[i]}"
        else
            word="$line"
        fi
        line="${line#"$word"}"
        if ((i == 0)) || [[ -n "$blank" ]]; then
            last=$((last + 1))
            words[last]="$word"
            kept=""
        else
            kept="${words[last]}"
            words[last]="$kept$word"
            if [[ "$word" == [:=]* ]]; then
                kept="${words[last]}"
            fi
        fi
    done
    local open="${words[last]:0:1}"
    for ((i = 0; i <= last; i++)); do
        word="${words[i]//\\/}"
        word="${word#[\"\']}"
        words[i]="${word%[\"\']}"
    done
    kept="${kept//\\/}"
    kept="${kept#[\"\']}"

    COMPREPLY=()
    while IFS= read -r word; do
        word="${word#"$kept"}"
        if [[ "$open" != [\"\'] && "$word" == *[!a-zA-Z0-9_./:=,@%+-]* ]]; then
            printf -v word '%q' "$word"
        fi
        COMPREPLY+=("$word")
    done < <(plan-run __complete bash "$last" -- "${words[@]}" 2>/dev/null)
    # After these a word goes on.
    if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *[/:=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

if [[ "${BASH_VERSINFO[0]}" -gt 4 || ("${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4) ]]; then
    complete -o nosort -F _plan_run plan-run
else
    complete -F _plan_run plan-run
fi
