//! What the plan says is done, beside what was seen.
//!
//! Must not know how a report looks.

use super::RunReport;
use super::causes::{Item, is_unfinished, items};
use crate::outcome::{Class, Outcome, Skip};
use crate::plan::is_claimed;

/// The checks that the plan says are done, and which this run does not prove though a run could, in document order.
pub(super) fn unproven(report: &RunReport) -> impl Iterator<Item = Item<'_>> {
    items(report).filter(|&item| is_unproven(item))
}

/// Whether a check is one of those.
///
/// The word of a person is all there can be for what a person must do. A test that had to fail once cannot be asked
/// again. What is in quarantine may fail for now. What this run was not asked for is for another one to say, and what it did not get to was never looked at.
pub(super) fn is_unproven(item: Item<'_>) -> bool {
    let check = item.check;
    let not_for_this_run =
        matches!(&check.outcome, Outcome::Skipped(Skip::Manual | Skip::Red | Skip::NotAsked { .. } | Skip::GivenUp(_)));
    is_claimed(check.claimed, item.stage.claimed)
        && !check.outcome.is_green()
        && check.outcome.class() != Class::Quarantined
        && !not_for_this_run
        && !is_unfinished(check)
}

/// Whether a check holds, and has a box that is not ticked.
pub(super) fn is_unticked(item: Item<'_>) -> bool {
    item.check.claimed == Some(false) && item.check.outcome.is_green()
}
