//! Options of the verb that writes new plans.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueHint};

use crate::scaffold::MOST_STAGES;

/// Options of `new`.
#[derive(Clone, Debug, ClapArgs)]
pub struct NewArgs {
    /// What to write.
    #[command(subcommand)]
    pub what: NewWhat,
}

/// What to write.
#[derive(Clone, Debug, Subcommand)]
pub enum NewWhat {
    /// A staged plan: background, stages with objective, changes and validation, and their dependencies
    Staged(NewStagedArgs),
    /// The folder of an increment: increment.md, design.md, and implement.md with its workstreams
    Increment(NewIncrementArgs),
}

/// Options of `new staged`.
#[derive(Clone, Debug, ClapArgs)]
pub struct NewStagedArgs {
    /// The plan's title
    #[arg(value_name = "TITLE")]
    pub title: String,

    /// How many stages to lay out
    #[arg(long, value_name = "N", default_value = "3", value_parser = stages)]
    pub stages: usize,

    /// The design that the plan is to reach, to be linked to
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub design: Option<PathBuf>,

    /// The file to write, `-` for standard output [default: docs/plans/TITLE.md at the repository's root]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// Options of `new increment`.
#[derive(Clone, Debug, ClapArgs)]
pub struct NewIncrementArgs {
    /// The name of the increment's folder
    #[arg(value_name = "SLUG")]
    pub slug: String,

    /// The title of its documents [default: the folder's name in words]
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,

    /// The folder in which to make the increment's own [default: increments at the repository's root]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

fn stages(text: &str) -> Result<usize, String> {
    let fits = |stages: &usize| (1..=MOST_STAGES).contains(stages);
    text.parse().ok().filter(fits).ok_or_else(|| format!("not a whole number from 1 to {MOST_STAGES}"))
}
