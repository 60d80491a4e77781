# Lets elvish complete the words of plan-run.

set edit:completion:arg-completer[plan-run] = {|@words|
    try {
        plan-run __complete elvish (to-string (- (count $words) 1)) -- $@words 2>/dev/null | from-lines
    } catch e {
        nop
    }
}
