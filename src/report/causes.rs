//! What does not hold, in the order in which it should be looked at, with what each failure kept from running.
//!
//! Must not know how a report looks.

use std::collections::BTreeMap;

use super::{CheckReport, PlanReport, RunReport, StageReport, StageStatus};
use crate::outcome::{Class, Outcome, Skip};

/// A check with what it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) plan: &'a PlanReport,
    pub(super) stage: &'a StageReport,
    pub(super) check: &'a CheckReport,
}

/// A check that does not hold.
pub(super) struct Failure<'a> {
    /// Which.
    pub(super) item: Item<'a>,
    /// The stages that were not run because its stage does not hold; said of the first such check of a stage.
    pub(super) blocked: Vec<&'a StageReport>,
    /// The commands that were not reached because it ended their script.
    pub(super) stopped: Vec<&'a CheckReport>,
}

/// All checks of a run in document order.
pub(super) fn items(report: &RunReport) -> impl Iterator<Item = Item<'_>> {
    report.plans.iter().flat_map(|plan| {
        let stages = plan.stages.iter();
        stages.flat_map(move |stage| stage.checks.iter().map(move |check| Item { plan, stage, check }))
    })
}

/// Whether a check ran and does not hold, or could not be judged. What an interrupt ended says nothing of the plan.
pub(super) fn fails(check: &CheckReport) -> bool {
    matches!(check.outcome.class(), Class::Failure | Class::Error) && !is_unfinished(check)
}

/// Whether the run ended before the check did.
pub(super) fn is_unfinished(check: &CheckReport) -> bool {
    matches!(check.outcome, Outcome::Cancelled(_) | Outcome::Interrupted)
}

/// The failures: those at which trouble began before those that need a stage which does not hold, among these the ones
/// that blocked others first; else in document order.
pub(super) fn failures(report: &RunReport) -> Vec<Failure<'_>> {
    let mut failures = Vec::new();
    for plan in &report.plans {
        let mut blocked: BTreeMap<&str, Vec<&StageReport>> = BTreeMap::new();
        for stage in &plan.stages {
            if let StageStatus::Blocked(by) = &stage.status {
                blocked.entry(by).or_default().push(stage);
            }
        }
        let below = below_failures(plan);
        for (stage, &follows) in plan.stages.iter().zip(&below) {
            let mut of_stage = blocked.remove(stage.label.as_str()).unwrap_or_default();
            let rank = (follows, of_stage.is_empty());
            for check in stage.checks.iter().filter(|check| fails(check)) {
                let by_this = |other: &&CheckReport| match &other.outcome {
                    Outcome::Skipped(Skip::ScriptStopped { by }) => *by == check.label,
                    _ => false,
                };
                let stopped = stage.checks.iter().filter(by_this).collect();
                let item = Item { plan, stage, check };
                failures.push((rank, Failure { item, blocked: std::mem::take(&mut of_stage), stopped }));
            }
        }
    }
    failures.sort_by_key(|(rank, _)| *rank);
    failures.into_iter().map(|(_, failure)| failure).collect()
}

/// For each stage whether one that it needs, directly or not, does not hold.
fn below_failures(plan: &PlanReport) -> Vec<bool> {
    let mut below = vec![false; plan.stages.len()];
    if !plan.stages.iter().any(|stage| stage.status == StageStatus::Fails) {
        return below;
    }
    let mut dependents: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, stage) in plan.stages.iter().enumerate() {
        stage.needs.iter().for_each(|need| dependents.entry(need).or_default().push(index));
    }
    let failing = plan.stages.iter().filter(|stage| stage.status == StageStatus::Fails);
    let mut open: Vec<&str> = failing.map(|stage| stage.label.as_str()).collect();
    while let Some(label) = open.pop() {
        for index in dependents.remove(label).unwrap_or_default() {
            below[index] = true;
            open.push(&plan.stages[index].label);
        }
    }
    below
}
