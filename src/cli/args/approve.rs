//! Options of the verb that records what may run.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

/// Options of `approve`.
#[derive(Clone, Debug, ClapArgs)]
#[command(long_about = "\
Record that commands of a plan may run, although they do more than a check should.

Shows each command with its directory, its variables and what it does, asks, and writes plan-run.lock at the root of the \
repository: commit it. An approval is of the command as it stands: one that is changed has to be approved anew. Without \
CHECK those are shown that are held back and not approved yet. What needs a terminal cannot be approved: a run has none.")]
pub struct ApproveArgs {
    /// The plan
    #[arg(value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub plan: PathBuf,

    /// Labels of checks, or of stages for all of their commands
    #[arg(value_name = "CHECK")]
    pub checks: Vec<String>,

    /// All commands of the plan, also those without risk: what `run --trust approved` needs
    #[arg(long, conflicts_with = "checks")]
    pub all: bool,

    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}
