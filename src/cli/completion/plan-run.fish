# Lets fish complete the words of plan-run.

function __plan_run_complete
    set -l before (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    plan-run __complete fish (count $before) -- $before "$current" 2>/dev/null
end

complete --command plan-run --no-files --keep-order --arguments '(__plan_run_complete)'
