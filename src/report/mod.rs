//! Tells people and machines what happened.
//!
//! Takes events, leaves bytes and a [`Verdict`]. Must not know how commands are run.

mod annotations;
mod causes;
mod closing;
mod excerpt;
mod fold;
mod html;
mod junit;
mod lines;
mod live_bars;
mod live_plain;
mod markdown;
mod markup;
mod names;
mod reporter;
mod room;
mod tally;
mod verdict;
mod wording;

pub use annotations::annotations;
pub use closing::closing;
pub use excerpt::ReadPart;
pub use fold::{fold, merge};
pub use html::html;
pub use junit::junit;
pub use live_bars::LiveBars;
pub use live_plain::LivePlain;
pub use markdown::markdown;
pub use markup::link_base;
pub use reporter::{FanOut, Reporter};
pub use tally::{Attempt, CheckReport, PlanReport, RunReport, StageReport, StageStatus, Tally};
pub use verdict::Verdict;
