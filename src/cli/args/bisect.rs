//! Options of the verb that finds the commit that broke a check.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

use super::prove::ProveFormat;
use super::run::PaceArgs;

/// Options of `bisect`.
#[derive(Clone, Debug, ClapArgs)]
#[command(long_about = "\
Find the commit that broke a check.

Runs the check as the plan has it now in a temporary working tree of commits between one where it holds and one where it does \
not, by halves as `git bisect` does. A commit where it cannot be told whether the check holds (a program is missing, a \
preparation fails, the time is over, exit status 125) is passed over. Your own working tree, index, HEAD and bisection are \
not touched.")]
pub struct BisectArgs {
    /// The check, by its label
    #[arg(value_name = "CHECK")]
    pub check: String,

    /// The plan: a file, a glob, or a directory to search; needed where several plans have such a check
    #[arg(value_name = "PLAN|GLOB", value_hint = ValueHint::FilePath)]
    pub plan: Option<PathBuf>,

    /// A commit where the check holds
    #[arg(long, value_name = "REF")]
    pub good: String,

    /// A commit built on it where the check does not hold
    #[arg(long, value_name = "REF", default_value = "HEAD")]
    pub bad: String,

    /// Run this in each commit before the check, which cannot be judged where it fails; may be repeated [default:
    /// `prove.prepare` of the configuration]
    #[arg(long, value_name = "COMMAND")]
    pub prepare: Vec<String>,

    /// Bring these files, as they are now, to each commit: a glob or a folder, may be repeated
    #[arg(long, value_name = "GLOB", value_hint = ValueHint::AnyPath)]
    pub tests: Vec<String>,

    /// How to show what is found
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ProveFormat,

    /// How fast, and how far.
    #[command(flatten)]
    pub pace: PaceArgs,
}
