//! What was typed: the only folder that names clap.
//!
//! Knows the words of the command line and the form of their values. Must not know what they mean together, nor look at
//! files or the environment.

mod prove;
mod standing;
mod verbs;

pub use prove::{ProveArgs, ProveFormat};
pub use standing::{MarkArgs, ProofArgs};
pub use verbs::*;
