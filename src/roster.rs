//! What a run is about: its plans, stages and checks as far as those who tell of it need them.
//!
//! Made once before the run from what was selected, and kept in the run's journal, so that a report can be made when
//! the plans have long changed. Must not know what became of anything.

use std::time::Duration;

use crate::config::{Leftovers, RunScope};
use crate::outcome::{Outcome, Skip};
use crate::plan::{Check, CheckId, Kind, Plan, Quarantined, StageId};
use crate::select::{Selected, Selection, Shard};

/// Everything that a run is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// The run's name, if it has one: `20261127T063255.123Z-1a2b3c4d`.
    pub run: Option<String>,
    /// The commit that was checked out, if that is known.
    pub commit: Option<String>,
    /// Whether a claim that is not proven fails the run.
    pub strict_claims: bool,
    /// Whether a check that was held back fails the run.
    pub strict: bool,
    /// Which of several runs it is among which the checks are divided.
    pub shard: Option<Shard>,
    /// Whether only plans that changed files touch were asked for, and they touch none.
    pub untouched: bool,
    /// Whether it is a run as every night.
    pub nightly: bool,
    /// The run that it is held against, which is that of the last night.
    pub since: Option<String>,
    /// The plans in the order in which they are reported.
    pub plans: Vec<PlanEntry>,
    /// Plans that could not be run at all.
    pub broken: Vec<Broken>,
}

/// A plan that could not be read or that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its path, as shown.
    pub path: String,
    /// Line of the first problem, counted from 1.
    pub line: Option<u32>,
    /// The problems, one line each.
    pub problems: Vec<String>,
}

/// One plan of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanEntry {
    /// Its path, as shown: relative to the root where it lies below it, with `/` between folders.
    pub path: String,
    /// Its title.
    pub title: String,
    /// A hash of its text, but for its boxes.
    pub digest: String,
    /// Which of its checks were asked for.
    pub scope: RunScope,
    /// The stages in document order.
    pub stages: Vec<StageEntry>,
    /// The checks, stage by stage.
    pub checks: Vec<CheckEntry>,
    /// The stages in an order in which each comes after what it needs.
    pub order: Vec<StageId>,
}

/// One stage of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageEntry {
    /// Its label: `2`.
    pub label: String,
    /// Its title.
    pub title: String,
    /// Its line in the plan, counted from 1.
    pub line: u32,
    /// The stages that it needs.
    pub needs: Vec<StageId>,
    /// Whether the plan says that it is done.
    pub claimed: bool,
    /// The checks in document order.
    pub checks: Vec<CheckId>,
}

/// One check of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckEntry {
    /// Its label: `2.1`.
    pub label: String,
    /// The stage it belongs to.
    pub stage: StageId,
    /// What it is.
    pub kind: Kind,
    /// Its line in the plan, counted from 1.
    pub line: u32,
    /// The command, if it has one.
    pub command: Option<String>,
    /// The plan's words around it.
    pub text: String,
    /// The directory it runs in, relative to the root.
    pub cwd: Option<String>,
    /// The plan's words about what to expect.
    pub expect: Option<String>,
    /// Whether it shares a shell with other commands, so that it may mean nothing by itself.
    pub in_script: bool,
    /// The launcher that carries it to another machine; `None` where it runs on this one.
    pub launcher: Option<String>,
    /// What the sandbox of its command lets through, in a line; `None` where it has none.
    pub sandbox: Option<String>,
    /// What it means for it that it left processes running.
    pub leftovers: Leftovers,
    /// Whether the plan says that it is done; `None` where it has no box to tick.
    pub claimed: Option<bool>,
    /// Why it is not run, if that is decided before the run.
    pub left_out: Option<Skip>,
    /// The run in which it passed, if it is not run again for that.
    pub carried: Option<String>,
    /// The run in which the same command passed with the same files, if it is not run for that.
    pub cached: Option<String>,
    /// What the quarantine says of it, if anything.
    pub quarantine: Option<Quarantined>,
    /// How it ended in earlier runs; known only of a run as every night.
    pub before: Option<Before>,
}

/// How a check ended in earlier runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The run in which it ran last among those of nights.
    pub run: String,
    /// Whether it held there.
    pub held: bool,
    /// Whether it was flaky by then: it held only when it was tried again, or ended otherwise in another run of that commit.
    pub flaky: bool,
    /// Whether it held in an earlier run of this commit.
    pub held_here: bool,
    /// Whether it failed in one.
    pub failed_here: bool,
    /// The mean of how long it took in the newest runs that it passed.
    pub mean: Duration,
    /// The standard deviation of that.
    pub sigma: Duration,
    /// How many runs these are.
    pub runs: usize,
}

impl Roster {
    /// The roster of a selection. `broken` is what could not be selected from.
    #[must_use]
    pub fn of(selection: &Selection, broken: Vec<Broken>) -> Self {
        let plans = selection.plans.iter().map(entry).collect();
        Self {
            run: None,
            commit: None,
            strict_claims: false,
            strict: false,
            shard: None,
            untouched: false,
            nightly: false,
            since: None,
            plans,
            broken,
        }
    }

    /// Changes all words that come from plans: paths, labels, titles, commands, reasons.
    pub fn map_words(&mut self, mut map: impl FnMut(&str) -> String) {
        for plan in &mut self.plans {
            for words in [&mut plan.path, &mut plan.title] {
                *words = map(words);
            }
            for stage in &mut plan.stages {
                stage.label = map(&stage.label);
                stage.title = map(&stage.title);
            }
            for check in &mut plan.checks {
                check.label = map(&check.label);
                check.text = map(&check.text);
                for words in
                    [&mut check.command, &mut check.cwd, &mut check.expect, &mut check.launcher].into_iter().flatten()
                {
                    *words = map(words);
                }
                if let Some(quarantine) = &mut check.quarantine {
                    quarantine.map_words(&mut map);
                }
                if let Some(skip) = check.left_out.take() {
                    let mut outcome = Outcome::Skipped(skip);
                    outcome.map_words(&mut map);
                    check.left_out = outcome.into_skip();
                }
            }
        }
        for broken in &mut self.broken {
            broken.path = map(&broken.path);
            broken.problems.iter_mut().for_each(|problem| *problem = map(problem));
        }
    }

    /// Notes how each check ended before, and which run counts as the last night.
    pub fn note_before(&mut self, (since, plans): (Option<String>, Vec<Vec<Option<Before>>>)) {
        self.since = since;
        for (plan, before) in self.plans.iter_mut().zip(plans) {
            plan.checks.iter_mut().zip(before).for_each(|(check, before)| check.before = before);
        }
    }

    /// How many checks are to be run.
    #[must_use]
    pub fn runnable(&self) -> usize {
        self.plans
            .iter()
            .flat_map(|plan| &plan.checks)
            .filter(|check| check.left_out.is_none() && check.carried.is_none() && check.cached.is_none())
            .count()
    }
}

impl PlanEntry {
    /// The stage of an id, if it is one of this plan.
    #[must_use]
    pub fn stage(&self, id: StageId) -> Option<&StageEntry> {
        self.stages.get(id.0 as usize)
    }

    /// The check of an id, if it is one of this plan.
    #[must_use]
    pub fn check(&self, id: CheckId) -> Option<&CheckEntry> {
        self.checks.get(id.0 as usize)
    }
}

fn entry(selected: &Selected) -> PlanEntry {
    let plan = &selected.plan;
    let stages = plan.stage_ids().map(|id| {
        let stage = plan.stage(id);
        StageEntry {
            label: stage.label.clone(),
            title: stage.title.clone(),
            line: stage.line,
            needs: selected.graph.needs(id).to_vec(),
            claimed: stage.claimed,
            checks: stage.checks.clone(),
        }
    });
    let decided = selected.left_out.iter().zip(&selected.carried).zip(&selected.cached).zip(&selected.quarantine);
    let checks = plan.checks.iter().zip(decided);
    PlanEntry {
        path: plan.source.name().to_owned(),
        title: plan.title.clone(),
        digest: digest(plan),
        scope: selected.filter.scope,
        stages: stages.collect(),
        checks: checks
            .enumerate()
            .map(|(index, (check, (((left_out, carried), cached), quarantine)))| CheckEntry {
                left_out: left_out.clone(),
                carried: carried.clone(),
                cached: cached.clone(),
                quarantine: quarantine.clone(),
                launcher: launcher(selected, index).filter(|_| left_out.is_none()),
                sandbox: sandbox(selected, check),
                leftovers: leftovers(selected, index),
                before: None,
                ..check_entry(plan, check)
            })
            .collect(),
        order: selected.graph.order().to_vec(),
    }
}

/// The name of the launcher of a check, if it has a command.
fn launcher(selected: &Selected, index: usize) -> Option<String> {
    let id = CheckId(u32::try_from(index).ok()?);
    selected.check_launcher(id).map(|launcher| launcher.name.clone())
}

/// What it means for a check that it left processes running, if it has a command.
fn leftovers(selected: &Selected, index: usize) -> Leftovers {
    let id = u32::try_from(index).ok().map(CheckId);
    let id = id.filter(|id| selected.plan.check(*id).command.is_some());
    id.map(|id| selected.leftovers(id)).unwrap_or_default()
}

/// What the sandbox of a check's command lets through, in a line, if it has a command that runs in one.
#[must_use]
pub fn sandbox(selected: &Selected, check: &Check) -> Option<String> {
    check.command.as_ref()?;
    selected.setup.sandbox(selected.plan.stage(check.stage)).map(|sandbox| sandbox.words())
}

fn check_entry(plan: &Plan, check: &Check) -> CheckEntry {
    CheckEntry {
        label: check.label.clone(),
        stage: check.stage,
        kind: check.kind,
        line: check.line,
        command: check.command.clone(),
        text: check.text.clone(),
        cwd: check.cwd.clone(),
        expect: check.expect.as_ref().map(|expect| expect.words.clone()),
        in_script: check.script.is_some_and(|script| plan.script(script).checks.len() > 1),
        launcher: None,
        sandbox: None,
        leftovers: Leftovers::default(),
        claimed: check.tick.map(|tick| tick.done),
        left_out: None,
        carried: None,
        cached: None,
        quarantine: None,
        before: None,
    }
}

/// A hash of a plan's text that tells whether it has changed. What its boxes say makes no difference: who ticks one
/// changes nothing of what is to be seen.
#[must_use]
pub fn digest(plan: &Plan) -> String {
    let text = plan.source.text().as_bytes();
    let mut hash = blake3::Hasher::new();
    let mut at = 0;
    for ticked in &plan.boxes {
        let inner = ticked.span.start as usize + 1..ticked.span.end as usize - 1;
        hash.update(&text[at..inner.start]);
        hash.update(b" ");
        at = inner.end;
    }
    hash.update(&text[at..]);
    hash.finalize().to_hex().to_string()
}
