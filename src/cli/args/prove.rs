//! Options of the verb that shows that tests failed before the work.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum, ValueHint};

use super::run::PaceArgs;

/// Options of `prove`.
#[derive(Clone, Debug, ClapArgs)]
#[command(long_about = "\
Show that the tests of a plan failed before the work, and hold with it.

Takes the checks that must fail before the work is done, runs them in a temporary working tree of the commit before the \
work, with the test files of now, and then everything here. A test that passes on both sides shows nothing of the work. \
Your own working tree, index and HEAD are not touched.")]
pub struct ProveArgs {
    /// Plans: files, globs, or directories to search
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plans: Vec<PathBuf>,

    /// The commit before the work [default: where HEAD left the default branch]
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,

    /// Bring these files to that commit as well, beside the test files that the plan names: a glob or a folder, may be
    /// repeated
    #[arg(long, value_name = "GLOB", value_hint = ValueHint::AnyPath)]
    pub tests: Vec<String>,

    /// How to show what is proven
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ProveFormat,

    /// How fast, and how far.
    #[command(flatten)]
    pub pace: PaceArgs,
}

/// How `prove` shows what is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProveFormat {
    /// For people
    Text,
    /// For programs
    Json,
}
