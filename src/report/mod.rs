//! Tells people and machines what happened.
//!
//! Takes events, leaves bytes and a [`Verdict`]. Must not know how commands are run.

mod github;
mod junit;
mod live_bars;
mod live_plain;
mod markdown;
mod reporter;
mod tally;
mod verdict;

pub use junit::{ReadPart, junit};
pub use live_bars::LiveBars;
pub use live_plain::LivePlain;
pub use markdown::markdown;
pub use reporter::{FanOut, Reporter};
pub use tally::{Broken, CheckReport, PlanReport, RunReport, StageReport, StageStatus, Tally};
pub use verdict::Verdict;
