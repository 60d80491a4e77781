//! Tells people and machines what happened.
//!
//! Takes events, leaves bytes and a [`Verdict`]. Must not know how commands are run.

mod annotations;
mod cases;
mod causes;
mod changes;
mod claims;
mod closing;
mod contrast;
mod ctrf;
mod excerpt;
mod facts;
mod fold;
mod html;
mod index;
mod json;
mod junit;
mod lines;
mod live_bars;
mod live_plain;
mod markdown;
mod markup;
mod names;
mod quarantine;
mod reporter;
mod reproduce;
mod room;
mod step_outputs;
mod stream;
mod tally;
mod verdict;
mod wording;

pub use annotations::annotations;
pub use closing::closing;
pub use contrast::{Base, Contrast, Files, PlanContrast, RedReport, Side, Standing, contrast_json, contrast_text};
pub use ctrf::ctrf;
pub use excerpt::ReadPart;
pub use fold::{fold, merge};
pub use html::html;
pub use index::{Filed, Index, filed, of_plan};
pub use json::json;
pub use junit::junit;
pub use lines::{Paint, paint};
pub use live_bars::LiveBars;
pub use live_plain::LivePlain;
pub use markdown::markdown;
pub use markup::link_base;
pub use reporter::{FanOut, Reporter};
pub use step_outputs::step_outputs;
pub use tally::{Attempt, CheckReport, PlanReport, RunReport, StageReport, StageStatus, Tally};
pub use verdict::Verdict;
pub use wording::{ended, reason};
