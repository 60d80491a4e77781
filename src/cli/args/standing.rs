//! Options of the verbs that compare plans with what runs said of them.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

/// Which run tells of plans.
#[derive(Clone, Debug, ClapArgs)]
pub struct ProofArgs {
    /// The run: its name, its folder, or its journal [default: the newest one of each plan]
    #[arg(long, value_name = "RUN|DIR", value_hint = ValueHint::AnyPath)]
    pub run: Option<String>,

    /// Folder in which runs are kept [default: .plan-run/runs at the repository's root]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub runs: Option<PathBuf>,
}

/// Options of `mark`.
#[derive(Clone, Debug, ClapArgs)]
pub struct MarkArgs {
    /// Plans: files, globs, or directories to search
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// Also clear the boxes of checks that ran and do not hold
    #[arg(long)]
    pub untick: bool,

    /// Write nothing; show what would change as a diff
    #[arg(long)]
    pub dry_run: bool,

    /// What the boxes rest on.
    #[command(flatten)]
    pub proof: ProofArgs,
}
