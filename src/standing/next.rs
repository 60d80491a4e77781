//! What comes next in a plan: the backlog's rule, by the plan's own marks.
//!
//! Done is what the plan says is done. That the checks of a stage hold says less: a suite of tests holds before the work as
//! well as after it, and only who did the work knows that it is done.

use crate::outline::Outline;
use crate::plan::{Plan, StageId, extent};
use crate::text::{NamedFile, files};

/// The stages that are not done and wait for none that is not, in document order: the first one is the next. In a plan of
/// workstreams that is the first step of the first workstream that is not done.
#[must_use]
pub fn ready(plan: &Plan) -> Vec<StageId> {
    let is_ready = |id: &StageId| {
        let stage = plan.stage(*id);
        !stage.claimed && stage.needs.iter().all(|need| plan.stage(need.stage).claimed)
    };
    plan.stage_ids().filter(is_ready).collect()
}

/// What a plan says of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task<'s> {
    /// Its Markdown as it is written, without what it says of the stages in it.
    pub text: &'s str,
    /// The files that are named there, each once.
    pub files: Vec<NamedFile>,
}

/// What a plan says of a stage. `outline` is that of the plan's source.
///
/// # Panics
/// When the id belongs to another plan.
#[must_use]
pub fn task<'s>(plan: &'s Plan, outline: &Outline<'_>, id: StageId) -> Task<'s> {
    let text = plan.source.slice(extent(plan, outline, id));
    let mut kept = text.trim_end();
    // A line across the page belongs to no part of it.
    while let Some(rest) = kept.strip_suffix("---").filter(|rest| rest.ends_with('\n')) {
        kept = rest.trim_end();
    }
    Task { text: kept, files: files(kept) }
}
