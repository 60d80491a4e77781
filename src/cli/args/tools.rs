//! Options of the verbs that make plan-run at home in shells and editors.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum, ValueHint};

/// What speaks of plan-run itself, and of no plan that could be named.
#[derive(Clone, Debug, Subcommand)]
pub enum Tool {
    /// Write the script that lets a shell complete plan-run's words
    Completions(CompletionsArgs),
    /// Write the manual
    Man(ManArgs),
    /// Serve an editor over standard input and output, in the Language Server Protocol
    Lsp,
    /// What the scripts of `completions` ask.
    #[command(name = "__complete", hide = true)]
    Complete(CompleteArgs),
}

/// Options of `completions`.
#[derive(Clone, Debug, ClapArgs)]
#[command(after_help = "\
Where it goes:
  bash        source <(plan-run completions bash)        in ~/.bashrc
  zsh         source <(plan-run completions zsh)         in ~/.zshrc, after compinit
  fish        plan-run completions fish | source         in ~/.config/fish/config.fish
  elvish      eval (plan-run completions elvish | slurp) in ~/.config/elvish/rc.elv
  powershell  plan-run completions powershell | Out-String | Invoke-Expression
                                                         in $PROFILE")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// A shell that can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash 3.2 or newer
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
    /// Elvish
    Elvish,
    /// PowerShell 5.1 or newer
    Powershell,
}

/// Options of `man`.
#[derive(Clone, Debug, ClapArgs)]
pub struct ManArgs {
    /// The command that the page is about [default: plan-run as a whole]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    pub about: Option<String>,

    /// Write all pages into this folder, each as a file such as `plan-run-lint.1`
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

/// What the scripts of [`CompletionsArgs`] ask: what could stand at a place of a command line.
#[derive(Clone, Debug, ClapArgs)]
pub struct CompleteArgs {
    /// The shell that asks
    pub shell: Shell,

    /// The place, counted from 0
    pub at: usize,

    /// The words of the command line, that of the place up to the cursor
    #[arg(last = true)]
    pub words: Vec<OsString>,
}
