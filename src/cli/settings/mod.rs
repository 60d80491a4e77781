//! What the command line means, together with the configuration, the environment and the terminal.
//!
//! The command line wins over a plan's front matter, and that over the configuration file. Must not know what is in
//! the plans, and prints nothing.

mod call;
mod files;
mod run;

pub use self::call::{ConfigFile, PlanFile, Refusal, Settings, Terminals};
pub use self::run::{Progress, RunSettings, in_ci, root, sandbox_setup};
