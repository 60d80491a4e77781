//! Options of the verb that divides plans among machines.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum, ValueHint};

use super::run::{ScopeArg, TrustArg};
use super::values::shards;

/// Options of `shards`.
#[derive(Clone, Debug, ClapArgs)]
#[command(long_about = "\
Show how plans are divided among N machines, of which each runs `plan-run run --shard M/N`.

The stages of a plan that need each other stay together. What took longest in earlier runs goes first, each part to the \
shard that has the least so far; where nothing is known of earlier runs, each check counts the same.")]
pub struct ShardsArgs {
    /// How many shards there may be; where there are fewer parts, as many as there are parts
    #[arg(value_name = "N", value_parser = shards)]
    pub count: u32,

    /// Plans: files, globs, or directories to search
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// How to show them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ShardsFormat,

    /// Which checks are run, as for `run`
    #[arg(long, value_name = "SCOPE")]
    pub scope: Option<ScopeArg>,

    /// Which commands may run, as for `run`
    #[arg(long, value_name = "TRUST", default_value = "safe")]
    pub trust: TrustArg,

    /// Heed only the approvals in the plan-run.lock of this commit, as for `run`
    #[arg(long, value_name = "REF")]
    pub lock_from: Option<String>,

    /// Divide also the checks that must fail before the work is done
    #[arg(long)]
    pub red: bool,

    /// Folder in which runs are kept [default: .plan-run/runs at the repository's root]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub runs: Option<PathBuf>,
}

/// How `shards` shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShardsFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// The value of `strategy.matrix` for a job of a workflow, on one line
    GithubMatrix,
}
