//! What was typed: the only folder that names clap.
//!
//! Knows the words of the command line and the form of their values. Must not know what they mean together, nor look at
//! files or the environment.

mod approve;
mod bisect;
mod hook;
mod new;
mod parse;
mod prove;
mod reports;
mod run;
mod shards;
mod standing;
mod tools;
mod values;
mod verbs;

pub use approve::ApproveArgs;
pub use bisect::BisectArgs;
pub use hook::{HookArgs, HookRunArgs, HookWhat};
pub use new::{NewArgs, NewIncrementArgs, NewStagedArgs, NewWhat};
pub use parse::{Parsed, VERBS, asks_for_a_run, bare_run, command, map_args, parse};
pub use prove::{ProveArgs, ProveFormat};
pub use reports::{HistoryArgs, MergeArgs, ReportArgs, ReportFiles};
pub use run::*;
pub use shards::{ShardsArgs, ShardsFormat};
pub use standing::{MarkArgs, NextArgs, ProofArgs, StandingFormat, StatusArgs};
pub use tools::{CompleteArgs, CompletionsArgs, ManArgs, Shell, Tool};
pub use verbs::*;
