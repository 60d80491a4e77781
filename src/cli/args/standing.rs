//! Options of the verbs that compare plans with what runs said of them.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum, ValueHint};

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

/// Options of `status`.
#[derive(Clone, Debug, ClapArgs)]
pub struct StatusArgs {
    /// Plans: files, globs, or directories to search
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: StandingFormat,

    /// What counts as proof.
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// Options of `next`.
#[derive(Clone, Debug, ClapArgs)]
pub struct NextArgs {
    /// Plans: files, globs, or directories to search; the first one with open work counts
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// Show every stage that is not done and waits for none that is not, of all plans
    #[arg(long)]
    pub all: bool,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: StandingFormat,

    /// Which run tells how checks ended.
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// How it is shown where plans stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StandingFormat {
    /// For people
    Text,
    /// For programs
    Json,
}
