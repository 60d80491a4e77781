//! The sandbox of commands: what it lets through, and how the system is made to hold it.
//!
//! A command in a sandbox is not started itself. plan-run is started once more in its place, as a hidden verb with an order;
//! it gives up rights for itself and for all that comes of it, step by step, and then becomes the command. So the runner
//! need not do anything between a fork and the start of a program, and a command without a sandbox costs nothing more. What
//! fails on the way ends there: a command never runs with less of a sandbox than was ordered.
//!
//! `rules` is what is ordered, `places` which files that is about and `outputs` which of them are written by builds;
//! `made` makes those that are not there, as long as a command runs, and `looks` says which commands need none;
//! `probe` finds out what the system can hold, and `enter` is the hidden verb, with a file for each means: `spaces`
//! (namespaces), `fence` (landlock), `filter` (seccomp) and `limits`. `denied` finds in what a command wrote which of its
//! failures are the sandbox's, by the `words` of the system. Must not know what a check is.

mod confined;
pub mod denied;
mod enter;
#[cfg(target_os = "linux")]
mod fence;
#[cfg(target_os = "linux")]
mod filter;
mod limits;
mod looks;
mod made;
mod order;
mod outputs;
mod places;
mod probe;
mod rules;
#[cfg(target_os = "linux")]
mod spaces;
mod words;

pub(crate) use confined::Confined;
pub use enter::serve;
pub use made::Made;
pub(crate) use order::{BROKEN, Order, Placed, SERVE};
pub use places::{Around, rules};
pub use probe::{Means, Spaces, missing, probe};
pub use rules::{Limits, Missing, Rules};
