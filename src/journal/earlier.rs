//! What an earlier run means for a new one: what need not be run again, and what is not asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::Journal;
use crate::event::{Happening, Proof};
use crate::plan::{CheckId, StageId};
use crate::roster::{CheckEntry, PlanEntry, digest, sandbox};
use crate::select::{Earlier, Selected};

/// What is wanted of a new run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Go on from where the earlier run stopped.
    Resume,
    /// Run again what did not pass, with what it needs.
    Failed,
}

/// What an earlier run says of each check of a plan. `commit` is what is checked out now.
#[must_use]
pub fn earlier(journal: &Journal, selected: &Selected, commit: Option<&str>, ask: Ask) -> Vec<Earlier> {
    let plan = &selected.plan;
    let name = plan.source.name();
    let Some((at, entry)) = journal.roster.plans.iter().enumerate().find(|(_, entry)| entry.path == name) else {
        return vec![Earlier::Run; plan.checks.len()];
    };
    let unchanged = journal.roster.commit.as_deref() == commit && entry.digest == digest(plan);
    let passed = passed(journal, at, entry);
    let by_label: BTreeMap<&str, CheckId> =
        (0..).map(CheckId).zip(&entry.checks).map(|(id, check)| (check.label.as_str(), id)).collect();
    let past = |index: usize| {
        let check = &plan.checks[index];
        let id = *by_label.get(check.label.as_str())?;
        // What passed without a sandbox need not pass in one.
        let same = |past: &&CheckEntry| {
            past.command == check.command && past.cwd == check.cwd && past.sandbox == sandbox(selected, check)
        };
        entry.check(id).filter(same)?;
        passed.get(&id)
    };
    let again = match ask {
        Ask::Resume => BTreeSet::new(),
        Ask::Failed => needed(selected, |index| past(index).is_none()),
    };
    (0..plan.checks.len())
        .map(|index| match past(index) {
            Some(_) if again.contains(&plan.checks[index].stage) => Earlier::Run,
            Some(run) if unchanged => Earlier::Carried { run: run.clone() },
            Some(run) if ask == Ask::Failed => Earlier::NotAsked { why: format!("it passed in the run {run}") },
            Some(_) | None => Earlier::Run,
        })
        .collect()
}

/// The checks that passed, each with the run that proved it.
fn passed(journal: &Journal, plan: usize, entry: &PlanEntry) -> BTreeMap<CheckId, String> {
    let own = journal.roster.run.clone().unwrap_or_else(|| "before".to_owned());
    let carried = (0..).map(CheckId).zip(&entry.checks).filter_map(|(id, check)| Some((id, check.carried.clone()?)));
    let mut passed: BTreeMap<CheckId, String> = carried.collect();
    for event in &journal.events {
        if let Happening::CheckEnded { check, end } = &event.what
            && check.plan as usize == plan
            && end.outcome.is_green()
        {
            let run = match &end.proof {
                Proof::Own | Proof::Shared { .. } => own.clone(),
                Proof::CarriedOver { run } | Proof::Cached { run } => run.clone(),
            };
            passed.insert(check.check, run);
        }
    }
    passed
}

/// The stages that the stages of some checks need, directly or not.
fn needed(selected: &Selected, is_wanted: impl Fn(usize) -> bool) -> BTreeSet<StageId> {
    let plan = &selected.plan;
    let wanted = (0..plan.checks.len()).filter(|&index| selected.left_out[index].is_none() && is_wanted(index));
    let mut open: Vec<StageId> = wanted.map(|index| plan.checks[index].stage).collect();
    let mut needed = BTreeSet::new();
    while let Some(stage) = open.pop() {
        open.extend(selected.graph.needs(stage).iter().filter(|&&need| needed.insert(need)));
    }
    needed
}
