//! From journals to reports: of one run, or of several as one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use super::tally::judge_stages;
use super::{Attempt, CheckReport, PlanReport, RunReport, StageReport, Tally};
use crate::event::{End, Proof};
use crate::journal::Journal;
use crate::outcome::{Class, Outcome, Skip};
use crate::plan::StageId;
use crate::select::Shard;

/// The report of a run from its journal. What a runner that was killed did not get to is told as interrupted.
#[must_use]
pub fn fold(journal: &Journal) -> RunReport {
    let mut tally = Tally::new(&journal.roster);
    journal.events.iter().for_each(|event| tally.hear(event));
    tally.finish_killed(journal.problems.clone())
}

/// One report of several runs, such as the shards of a matrix. A check that ran in several of them was tried that often,
/// in the order in which the runs began; the last time decides. One that no run was asked for is an error.
#[must_use]
pub fn merge(mut reports: Vec<RunReport>) -> RunReport {
    reports.sort_by_key(|report| report.started);
    let mut merged = RunReport {
        run: None,
        commit: reports.iter().find_map(|report| report.commit.clone()),
        started: reports.iter().map(|report| report.started).min().unwrap_or(SystemTime::UNIX_EPOCH),
        took: std::time::Duration::ZERO,
        jobs: reports.iter().map(|report| report.jobs).max().unwrap_or(0),
        interrupted: reports.iter().any(|report| report.interrupted),
        // What a run that was killed or given up did not get to is told by its checks, unless another run got to it.
        incomplete: false,
        strict_claims: reports.iter().any(|report| report.strict_claims),
        nightly: reports.iter().any(|report| report.nightly),
        since: reports.iter().find_map(|report| report.since.clone()),
        strict: reports.iter().any(|report| report.strict),
        shard: None,
        untouched: !reports.is_empty() && reports.iter().all(|report| report.untouched),
        gave_up: Vec::new(),
        plans: Vec::new(),
        broken: Vec::new(),
        internal: Vec::new(),
    };
    let end = reports.iter().map(|report| report.started + report.took).max();
    merged.took = end.and_then(|end| end.duration_since(merged.started).ok()).unwrap_or_default();
    if let Some(other) = reports.iter().find(|report| report.commit != merged.commit) {
        let name = |commit: &Option<String>| commit.clone().unwrap_or_else(|| "none".to_owned());
        merged.internal.push(format!(
            "the runs are of different commits: {} and {}",
            name(&merged.commit),
            name(&other.commit)
        ));
    }
    merged.internal.extend(missing_shards(&reports));
    let mut plans: BTreeMap<String, Vec<PlanReport>> = BTreeMap::new();
    let mut order = Vec::new();
    for report in reports {
        for broken in report.broken {
            if !merged.broken.contains(&broken) {
                merged.broken.push(broken);
            }
        }
        let name = report.run.as_deref().unwrap_or("a run");
        merged.internal.extend(report.internal.into_iter().map(|problem| format!("{name}: {problem}")));
        for plan in report.plans {
            if !plans.contains_key(&plan.path) {
                order.push(plan.path.clone());
            }
            plans.entry(plan.path.clone()).or_default().push(plan);
        }
    }
    for path in order {
        let shards = plans.remove(&path).unwrap_or_default();
        if shards.windows(2).any(|pair| pair[0].digest != pair[1].digest) {
            merged.internal.push(format!("{path} is not the same plan in all runs"));
        }
        merged.plans.extend(merge_plan(shards));
    }
    merged
}

/// What is wrong with the shards among some runs: each of a division has to be there, and all have to be of the same one.
fn missing_shards(reports: &[RunReport]) -> Option<String> {
    let shards: BTreeSet<Shard> = reports.iter().filter_map(|report| report.shard).collect();
    let (first, last) = (shards.first()?, shards.last()?);
    if let Some(other) = shards.iter().find(|shard| shard.count != first.count) {
        return Some(format!("the runs are shards of different divisions: {first} and {other}"));
    }
    let is_there = |index: &u32| shards.contains(&Shard { index: *index, count: last.count });
    let missing: Vec<String> = (1..=last.count).filter(|index| !is_there(index)).map(|i| i.to_string()).collect();
    match missing.as_slice() {
        [] => None,
        [one] => Some(format!("shard {one} of {} is not among the runs", last.count)),
        some => Some(format!("the shards {} of {} are not among the runs", some.join(", "), last.count)),
    }
}

/// One plan of several runs; the first one says which stages and checks there are, and the others what they add.
fn merge_plan(shards: Vec<PlanReport>) -> Option<PlanReport> {
    let mut shards = shards.into_iter();
    let mut merged = shards.next()?;
    let mut tries: BTreeMap<String, Vec<CheckReport>> = BTreeMap::new();
    note(&merged, &mut tries);
    for shard in shards {
        note(&shard, &mut tries);
        for stage in shard.stages {
            match merged.stages.iter_mut().find(|known| known.label == stage.label) {
                Some(known) => {
                    let labels: BTreeSet<String> = known.checks.iter().map(|check| check.label.clone()).collect();
                    known.checks.extend(stage.checks.into_iter().filter(|check| !labels.contains(&check.label)));
                    known.took = known.took.max(stage.took);
                    known.started = known.started.into_iter().chain(stage.started).min();
                }
                None => merged.stages.push(stage),
            }
        }
    }
    for check in merged.stages.iter_mut().flat_map(|stage| &mut stage.checks) {
        if let Some(found) = tries.remove(&check.label) {
            *check = merge_check(found).unwrap_or_else(|| check.clone());
        }
    }
    let (order, needs) = order(&merged.stages);
    judge_stages(&mut merged, &order, &needs);
    Some(merged)
}

fn note(plan: &PlanReport, tries: &mut BTreeMap<String, Vec<CheckReport>>) {
    for check in plan.stages.iter().flat_map(|stage| &stage.checks) {
        tries.entry(check.label.clone()).or_default().push(check.clone());
    }
}

/// What became of a check in several runs.
fn merge_check(mut tries: Vec<CheckReport>) -> Option<CheckReport> {
    let first = tries.first()?.clone();
    tries.retain(|check| !matches!(check.outcome, Outcome::Skipped(Skip::NotAsked { .. })));
    if tries.is_empty() {
        let why = "no run was asked for it".to_owned();
        return Some(CheckReport { outcome: Outcome::Lost { why }, ..first });
    }
    // An end that proves something, or a reason why there is none; of equal weight the later one.
    let weight = |check: &CheckReport| match (&check.outcome, check.outcome.class()) {
        (Outcome::Cancelled(_) | Outcome::Interrupted, _) => 2,
        (_, Class::Skipped) => u8::from(check.outcome.blocks()),
        _ => 3,
    };
    let most = tries.iter().map(weight).max()?;
    tries.retain(|check| weight(check) == most);
    if most < 3 {
        return tries.pop();
    }
    let mut last = tries.pop()?;
    let mut attempts = Vec::new();
    for check in tries {
        let end = End {
            outcome: check.outcome,
            took: check.took,
            output: check.output,
            leftover: check.leftover,
            warnings: check.warnings,
            status: check.status,
            usage: check.usage,
            proof: check.proof,
        };
        attempts.extend(check.attempts);
        // What was only carried over was not tried again.
        if end.proof == Proof::Own {
            attempts.push(Attempt { started: check.started, end });
        }
    }
    attempts.append(&mut last.attempts);
    last.attempts = attempts;
    Some(last)
}

/// The stages in an order in which each comes after what it needs, and what each needs.
fn order(stages: &[StageReport]) -> (Vec<StageId>, Vec<Vec<StageId>>) {
    let id = |index: usize| StageId(u32::try_from(index).unwrap_or(u32::MAX));
    let by_label: BTreeMap<&str, StageId> =
        stages.iter().enumerate().map(|(index, stage)| (stage.label.as_str(), id(index))).collect();
    let needs: Vec<Vec<StageId>> = stages
        .iter()
        .map(|stage| stage.needs.iter().filter_map(|need| by_label.get(need.as_str()).copied()).collect())
        .collect();
    let mut order = Vec::with_capacity(stages.len());
    let mut placed = vec![false; stages.len()];
    // Each round places at least one, unless runs of different plans were put together and make a circle.
    while order.len() < stages.len() {
        let before = order.len();
        for index in 0..stages.len() {
            if !placed[index] && needs[index].iter().all(|need| placed[need.0 as usize]) {
                placed[index] = true;
                order.push(id(index));
            }
        }
        if order.len() == before {
            order.extend((0..stages.len()).filter(|&index| !placed[index]).map(id));
        }
    }
    (order, needs)
}
