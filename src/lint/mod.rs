//! Rules over a plan: what its author would want to know before anything is run.
//!
//! A rule is a value: a code, what it is for, and a function from a [`Subject`] to [`Findings`]. The registry lists
//! them. Takes what the rooms before it have read, leaves findings on exact places. Files are looked at through the
//! host only. Must not know how findings are shown.

mod allowed;
mod check;
mod explain;
mod files;
mod fixes;
mod levels;
mod model;
mod reality;
mod registry;
mod staged;
mod workstream;

pub use check::lint;
pub use explain::{codes_with_levels, explain, known_codes, list};
pub use fixes::choose;
pub use levels::{Levels, check_levels};
pub use model::{Applies, Finding, Findings, Fix, Reads, Rule, Subject, World};
pub use registry::RULES;
