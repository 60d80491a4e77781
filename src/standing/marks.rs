//! Which boxes of a plan a run ticks, and which it clears.
//!
//! Only boxes of checks and of stages are looked at. What a person has to do is never ticked, and no box is ticked above
//! one that is not: that would say more than was seen.

use std::collections::{BTreeMap, BTreeSet};

use super::Evidence;
use crate::dialect::Ticked;
use crate::edit::Edit;
use crate::outcome::{Outcome, Skip};
use crate::plan::{CheckId, Kind, StageId};
use crate::report::StageStatus;
use crate::source::Span;

/// What is to be changed in a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The changes, a byte each.
    pub edits: Vec<Edit>,
    /// For each box that is ticked what it belongs to: labels of checks, and of stages with the word before them.
    pub ticked: Vec<Vec<String>>,
    /// The same for each box that is cleared.
    pub cleared: Vec<Vec<String>>,
}

/// What a run changes about the boxes of a plan. With `untick`, boxes whose check failed are cleared.
#[must_use]
pub fn marks(evidence: &Evidence<'_>, untick: bool) -> Marks {
    let plan = evidence.plan;
    let owners = Owners::of(evidence);
    let mut done: Vec<bool> = plan.boxes.iter().map(|ticked| ticked.done).collect();
    // Those inside others come after them, and decide about them.
    for index in (0..plan.boxes.len()).rev() {
        let ticked = &plan.boxes[index];
        let Some(owner) = owners.by_box.get(&ticked.span) else { continue };
        let concerned = owners.concerned(ticked, owner);
        if ticked.done {
            done[index] = !(untick && concerned.iter().any(|&check| has_failed(evidence, check)));
            continue;
        }
        let inside = (index + 1..plan.boxes.len()).take_while(|&at| plan.boxes[at].item.start < ticked.item.end);
        done[index] = may_be_ticked(evidence, ticked)
            && inside.into_iter().all(|at| done[at])
            && owner.stages.iter().all(|&stage| evidence.stage(stage).status == StageStatus::Holds)
            && is_proven(evidence, ticked, &concerned);
    }
    let mut marks = Marks::default();
    for (ticked, done) in plan.boxes.iter().zip(done) {
        if ticked.done == done {
            continue;
        }
        let inner = Span::new(ticked.span.start as usize + 1, ticked.span.end as usize - 1);
        marks.edits.push(Edit::replace(&plan.source, inner, if done { "x" } else { " " }));
        let labels = owners.by_box.get(&ticked.span).map(|owner| owner.labels(evidence)).unwrap_or_default();
        if done { &mut marks.ticked } else { &mut marks.cleared }.push(labels);
    }
    marks
}

/// What a box stands for.
#[derive(Debug, Default)]
struct Owner {
    stages: Vec<StageId>,
    checks: Vec<CheckId>,
}

impl Owner {
    fn labels(&self, evidence: &Evidence<'_>) -> Vec<String> {
        let stages = self.stages.iter().map(|&id| format!("stage {}", evidence.plan.stage(id).label));
        if self.stages.is_empty() {
            self.checks.iter().map(|&id| evidence.plan.check(id).label.clone()).collect()
        } else {
            stages.collect()
        }
    }
}

/// The boxes that stand for something, and where the checks of the plan stand.
struct Owners<'a> {
    evidence: &'a Evidence<'a>,
    by_box: BTreeMap<Span, Owner>,
    /// The checks by their places.
    places: BTreeSet<(u32, CheckId)>,
}

impl<'a> Owners<'a> {
    fn of(evidence: &'a Evidence<'a>) -> Self {
        let plan = evidence.plan;
        let mut by_box: BTreeMap<Span, Owner> = BTreeMap::new();
        for id in plan.stage_ids() {
            if let Some(tick) = plan.stage(id).tick {
                by_box.entry(tick.span).or_default().stages.push(id);
            }
        }
        let mut places = BTreeSet::new();
        for (id, check) in (0..).map(CheckId).zip(&plan.checks) {
            places.insert((check.span.start, id));
            if let Some(tick) = check.tick {
                by_box.entry(tick.span).or_default().checks.push(id);
            }
        }
        Self { evidence, by_box, places }
    }

    /// The checks on which a box depends: those inside its item, and those of the stages that it stands for.
    fn concerned(&self, ticked: &Ticked, owner: &Owner) -> BTreeSet<CheckId> {
        let inside = self.places.range((ticked.item.start, CheckId(0))..(ticked.item.end, CheckId(0)));
        let of_stages = owner.stages.iter().flat_map(|&stage| &self.evidence.plan.stage(stage).checks);
        inside.map(|&(_, check)| check).chain(of_stages.copied()).collect()
    }
}

/// Whether a box is one that can be ticked: it is empty or says that something is begun, not that it was given up.
fn may_be_ticked(evidence: &Evidence<'_>, ticked: &Ticked) -> bool {
    matches!(evidence.plan.source.slice(ticked.span), "[ ]" | "[~]" | "[/]")
}

/// Whether all that a box depends on was seen to hold, or was done by a person who says so elsewhere. A check that must fail
/// before the work is done counts where it was run.
fn is_proven(evidence: &Evidence<'_>, ticked: &Ticked, concerned: &BTreeSet<CheckId>) -> bool {
    let mut seen = false;
    for &id in concerned {
        match &evidence.check(id).outcome {
            Outcome::Skipped(Skip::Red) => {}
            Outcome::Skipped(skip) if *skip == Skip::Manual || evidence.plan.check(id).terminal.is_some() => {
                match evidence.plan.check(id).tick {
                    Some(own) if own.done && own.span != ticked.span => {}
                    _ => return false,
                }
            }
            outcome if outcome.is_green() => seen = true,
            _ => return false,
        }
    }
    seen
}

/// Whether a check was run and does not hold. One that must fail before the work is done says nothing once it is.
fn has_failed(evidence: &Evidence<'_>, id: CheckId) -> bool {
    evidence.plan.check(id).kind != Kind::Red && evidence.check(id).outcome.is_refuted()
}
