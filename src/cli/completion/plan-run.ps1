# Lets PowerShell complete the words of plan-run.

Register-ArgumentCompleter -Native -CommandName 'plan-run' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text.Trim('"', "'") })
    $at = $words.Count - 1
    if ($wordToComplete -eq '') {
        $at = $words.Count
    }
    plan-run __complete powershell $at '--' @words 2>$null | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) {
            $help = $value
        }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
