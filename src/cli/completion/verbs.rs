//! The verb `completions`, and the one by which its scripts ask.

use std::fmt::Write as _;

use super::super::args::{CompleteArgs, CompletionsArgs, Shell};
use super::super::console::Console;
use super::super::{app, exit_code};
use super::candidates::candidates;
use crate::host::Host;

/// Writes the script for a shell.
pub(in super::super) fn completions(args: &CompletionsArgs, console: &mut Console) -> u8 {
    let script = match args.shell {
        Shell::Bash => include_str!("plan-run.bash"),
        Shell::Zsh => include_str!("plan-run.zsh"),
        Shell::Fish => include_str!("plan-run.fish"),
        Shell::Elvish => include_str!("plan-run.elv"),
        Shell::Powershell => include_str!("plan-run.ps1"),
    };
    app::done(console, script, exit_code::HOLDS)
}

/// Writes what could stand at a place of a command line, a line each: the word, and for a shell that shows it what the
/// word means, behind a tab.
pub(in super::super) fn complete(args: &CompleteArgs, console: &mut Console, host: &dyn Host) -> u8 {
    let tells = match args.shell {
        Shell::Bash | Shell::Elvish => false,
        Shell::Zsh | Shell::Fish | Shell::Powershell => true,
    };
    let mut text = String::new();
    for candidate in candidates(args, console, host) {
        text.push_str(&candidate.word);
        if tells && !candidate.help.is_empty() {
            let _ = write!(text, "\t{}", candidate.help);
        }
        text.push('\n');
    }
    app::done(console, &text, exit_code::HOLDS)
}
