//! What an earlier run means for a new one: what need not be run again, and what is not asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::Journal;
use crate::config::Leftovers;
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
        let own = CheckId(u32::try_from(index).ok()?);
        let passed = passed.get(&id).filter(|passed| passed.clean || selected.leftovers(own) == Leftovers::Warn)?;
        Some(&passed.run)
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

/// A check that passed.
struct Passed {
    /// The run that proved it.
    run: String,
    /// Whether it is known to have left no process running.
    clean: bool,
}

/// The checks that passed.
fn passed(journal: &Journal, plan: usize, entry: &PlanEntry) -> BTreeMap<CheckId, Passed> {
    let own = journal.roster.run.clone().unwrap_or_else(|| "before".to_owned());
    let heeded = |check: &CheckEntry| check.leftovers == Leftovers::Fail;
    let carried = (0..).map(CheckId).zip(&entry.checks).filter_map(|(id, check)| {
        let passed = Passed { run: check.carried.clone()?, clean: heeded(check) };
        Some((id, passed))
    });
    let mut passed: BTreeMap<CheckId, Passed> = carried.collect();
    for event in &journal.events {
        if let Happening::CheckEnded { check, end } = &event.what
            && check.plan as usize == plan
            && end.outcome.is_green()
        {
            // What is taken over from another run says nothing of what that left, unless it was asked for.
            let (run, known) = match &end.proof {
                Proof::Own | Proof::Shared { .. } => (own.clone(), true),
                Proof::CarriedOver { run } => (run.clone(), entry.check(check.check).is_some_and(heeded)),
                // Nothing that left processes comes into the cache.
                Proof::Cached { run } => (run.clone(), true),
            };
            passed.insert(check.check, Passed { run, clean: known && end.leftover.is_empty() });
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
