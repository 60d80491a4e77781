//! Which of several machines runs which stages: the same answer on each of them, as long as they know the same of earlier
//! runs.
//!
//! The parts that are dealt are the stages of a plan that hang together by their needs, so that no stage is parted from
//! what it needs. The longest goes first, each to the shard that has the least so far: Graham's rule of the longest
//! processing time, whose slowest shard takes at most 4/3 of the best division, and far less where there are many parts
//! (R. L. Graham, *Bounds on Multiprocessing Timing Anomalies*, 1969). Must not know how anything is run.

use std::cmp::Reverse;
use std::time::Duration;

use crate::event::CheckRef;
use crate::history::Past;
use crate::plan::{CheckId, StageId};
use crate::select::{Earlier, Selected, Selection, Shard};

/// What a check is taken to need where nothing is known of any: only the proportions count.
const UNKNOWN: Duration = Duration::from_secs(1);

/// The division of a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// The shards, as many as were asked for.
    pub shards: Vec<Share>,
    /// How many parts there were to deal: more shards than this cannot all have something to do.
    pub parts: usize,
    /// How many checks there is a time of, of earlier runs.
    pub timed: usize,
}

/// What one shard runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// For each plan that it runs something of, by its place in the selection: the stages, in document order.
    pub stages: Vec<(usize, Vec<StageId>)>,
    /// How many checks it runs.
    pub checks: usize,
    /// How long they take one after the other, by what is known.
    pub work: Duration,
}

/// Stages of one plan that hang together.
struct Part {
    plan: usize,
    stages: Vec<StageId>,
    checks: usize,
    work: Duration,
}

/// Divides a selection among a number of shards; none is left out, and the order of shards is that in which they come
/// to their first part.
#[must_use]
pub fn divide(selection: &Selection, past: &Past, count: usize) -> Division {
    let mut timed = 0;
    let typical = past.typical().unwrap_or(UNKNOWN);
    let mut parts: Vec<Part> = Vec::new();
    for (index, selected) in selection.plans.iter().enumerate() {
        let known = |check: CheckId| u32::try_from(index).ok().and_then(|plan| past.of(CheckRef { plan, check }));
        let of_plan = groups(selected).into_iter().map(|stages| {
            let mut part = Part { plan: index, stages, checks: 0, work: Duration::ZERO };
            for unit in selected.units.iter().filter(|unit| part.stages.contains(&unit.stage)) {
                for &check in &unit.checks {
                    let usual = known(check);
                    timed += usize::from(usual.is_some());
                    part.checks += 1;
                    part.work += usual.map_or(typical, |usual| usual.took);
                }
            }
            part
        });
        parts.extend(of_plan.filter(|part| part.checks > 0));
    }
    let number = parts.len();
    // Of equal ones that with more checks, for starting each costs something, too; then in the order of the documents.
    parts.sort_by_key(|part| Reverse((part.work, part.checks)));
    let mut shards = vec![Share::default(); count];
    for part in parts {
        let Some(least) = shards.iter_mut().min_by_key(|share| (share.work, share.checks)) else { break };
        least.work += part.work;
        least.checks += part.checks;
        match least.stages.iter_mut().find(|(plan, _)| *plan == part.plan) {
            Some((_, stages)) => stages.extend(part.stages),
            None => least.stages.push((part.plan, part.stages)),
        }
    }
    for share in &mut shards {
        share.stages.sort();
        share.stages.iter_mut().for_each(|(_, stages)| stages.sort());
    }
    Division { shards, parts: number, timed }
}

impl Division {
    /// Leaves out of a selection what falls to other shards.
    pub fn narrow(&self, selection: &mut Selection, shard: Shard) {
        let share = usize::try_from(shard.index - 1).ok().and_then(|index| self.shards.get(index));
        let why = format!("it falls to another shard than {shard}, of which this run is");
        for (index, selected) in selection.plans.iter_mut().enumerate() {
            let own = share.and_then(|share| share.stages.iter().find(|(plan, _)| *plan == index));
            let is_own = |stage: &StageId| own.is_some_and(|(_, stages)| stages.contains(stage));
            let checks = selected.plan.checks.iter().map(|check| match is_own(&check.stage) {
                true => Earlier::Run,
                false => Earlier::NotAsked { why: why.clone() },
            });
            let asked: Vec<Earlier> = checks.collect();
            selected.heed(&asked);
        }
    }

    /// How long the slowest shard takes, by what is known, as a share of what it would if all took the same; at least 1,
    /// and 1 where there is nothing to do.
    #[must_use]
    pub fn imbalance(&self) -> f64 {
        let all: Duration = self.shards.iter().map(|share| share.work).sum();
        let most = self.shards.iter().map(|share| share.work).max().unwrap_or_default();
        if all.is_zero() { 1.0 } else { most.as_secs_f64() * self.shards.len() as f64 / all.as_secs_f64() }
    }
}

/// The stages of a plan in groups that need nothing of each other, each in document order, the groups by their first
/// stage.
fn groups(selected: &Selected) -> Vec<Vec<StageId>> {
    let mut groups: Vec<Vec<StageId>> = Vec::new();
    let mut group_of: Vec<Option<usize>> = vec![None; selected.plan.stages.len()];
    for first in selected.plan.stage_ids() {
        if group_of[first.0 as usize].is_some() {
            continue;
        }
        let mut group = Vec::new();
        let mut open = vec![first];
        while let Some(stage) = open.pop() {
            if group_of[stage.0 as usize].replace(groups.len()).is_some() {
                continue;
            }
            group.push(stage);
            open.extend(selected.graph.needs(stage));
            open.extend(selected.graph.dependents(stage));
        }
        group.sort();
        groups.push(group);
    }
    groups
}
