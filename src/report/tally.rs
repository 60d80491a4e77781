//! Folds the events of a run into the one value that every report file is made from.
//!
//! Must not know how a report looks. Everything that does not add up becomes a line of [`RunReport::internal`].

use std::time::{Duration, SystemTime};

use crate::config::RunScope;
use crate::event::{CheckRef, End, Event, Happening, Leftover, Output, Proof, Slow, StageRef, Usage};
use crate::outcome::{Cause, Class, Outcome, Skip};
use crate::plan::{Kind, Quarantined, StageId};
use crate::roster::{Before, Broken, CheckEntry, PlanEntry, Roster};
use crate::select::Shard;

/// A finished run, or what is known of one that was not finished.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The run's name, if it has one.
    pub run: Option<String>,
    /// The commit that was checked out, if that is known.
    pub commit: Option<String>,
    /// When it began, wall clock. `UNIX_EPOCH` when no run began, as with nothing but broken plans.
    pub started: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// How many commands could be in flight.
    pub jobs: usize,
    /// Whether someone interrupted it.
    pub interrupted: bool,
    /// Why it, or a part of it, was given up before its end, in the order in which that happened.
    pub gave_up: Vec<Cause>,
    /// Whether the runner itself was ended before the run was: killed, or without power.
    pub incomplete: bool,
    /// Whether a claim that is not proven fails the run.
    pub strict_claims: bool,
    /// Whether it is a run as every night.
    pub nightly: bool,
    /// The run that it is held against, which is that of the last night.
    pub since: Option<String>,
    /// Whether a check that was held back fails the run.
    pub strict: bool,
    /// Which of several runs it is among which the checks are divided.
    pub shard: Option<Shard>,
    /// Whether only plans that changed files touch were asked for, and they touch none.
    pub untouched: bool,
    /// The plans in the order in which they were given.
    pub plans: Vec<PlanReport>,
    /// Plans that could not be run at all.
    pub broken: Vec<Broken>,
    /// What the runner itself did wrong, in words; empty when all is well.
    pub internal: Vec<String>,
}

impl RunReport {
    /// All checks of all plans in document order.
    pub fn checks(&self) -> impl Iterator<Item = &CheckReport> {
        self.plans.iter().flat_map(|plan| &plan.stages).flat_map(|stage| &stage.checks)
    }

    /// What checks wrote, each time that they were tried.
    pub fn outputs_mut(&mut self) -> impl Iterator<Item = &mut Option<Output>> {
        let checks = self.plans.iter_mut().flat_map(|plan| &mut plan.stages).flat_map(|stage| &mut stage.checks);
        checks.flat_map(|check| {
            let before = check.attempts.iter_mut().map(|attempt| &mut attempt.end.output);
            before.chain(std::iter::once(&mut check.output))
        })
    }
}

/// One plan of a run.
#[derive(Clone, Debug)]
pub struct PlanReport {
    /// Its path, as shown: relative to the root where it lies below it, with `/` between folders.
    pub path: String,
    /// Its title.
    pub title: String,
    /// A hash of its text, but for its boxes.
    pub digest: String,
    /// Which of its checks were asked for.
    pub scope: RunScope,
    /// The stages in document order.
    pub stages: Vec<StageReport>,
}

impl PlanReport {
    /// Whether anything was found in it that can be checked, by a run or by a person.
    #[must_use]
    pub fn has_checks(&self) -> bool {
        self.stages.iter().any(|stage| !stage.checks.is_empty())
    }
}

/// One stage of a run.
#[derive(Clone, Debug)]
pub struct StageReport {
    /// Its label: `2`.
    pub label: String,
    /// Its title.
    pub title: String,
    /// Its line in the plan, counted from 1.
    pub line: u32,
    /// Labels of the stages that it needs.
    pub needs: Vec<String>,
    /// Whether the plan says that it is done.
    pub claimed: bool,
    /// What became of it.
    pub status: StageStatus,
    /// From the start of its first command to the end of its last one.
    pub took: Duration,
    /// When its first command started, wall clock.
    pub started: Option<SystemTime>,
    /// The checks in document order.
    pub checks: Vec<CheckReport>,
}

/// What became of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StageStatus {
    /// At least one check ran, all that ran hold, and none was held back or left to another run.
    Holds,
    /// Some check that ran does not hold.
    Fails,
    /// A stage that it needs does not hold; the label of the one where the trouble began.
    Blocked(String),
    /// Nothing ran that could prove it, or a check was held back or left to another run.
    NotProven,
    /// Only what the plan claims as done was asked for, and something of it is not claimed; what is holds as far as it ran.
    NotClaimed,
    /// The run ended before it did.
    Cancelled,
}

impl StageStatus {
    /// One stable word: `holds`, `fails`, `blocked`, `not-proven`, `unclaimed`, `cancelled`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Blocked(_) => "blocked",
            Self::NotProven => "not-proven",
            Self::NotClaimed => "unclaimed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One check of a run.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// Its label: `2.1`.
    pub label: String,
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
    /// The launcher that carried it to another machine; `None` where it ran on this one.
    pub launcher: Option<String>,
    /// Whether the plan says that it is done; `None` where it has no box to tick.
    pub claimed: Option<bool>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it ran, the last time if it was tried several times.
    pub took: Duration,
    /// When it started, wall clock; the last time if it was tried several times.
    pub started: Option<SystemTime>,
    /// What it wrote, if it ran.
    pub output: Option<Output>,
    /// The processes that it left behind, which were then ended.
    pub leftover: Vec<Leftover>,
    /// What else went wrong and changes nothing about how it ended; a line each.
    pub warnings: Vec<String>,
    /// The exit status, where it ended with one.
    pub status: Option<i32>,
    /// What it cost the machine, where that is known.
    pub usage: Option<Usage>,
    /// What the outcome rests on.
    pub proof: Proof,
    /// By what it was slow, if it was.
    pub slow: Option<Slow>,
    /// What the quarantine says of it, if anything.
    pub quarantine: Option<Quarantined>,
    /// How it ended in earlier runs; known only of a run as every night.
    pub before: Option<Before>,
    /// Attempts before the one that decided, in order.
    pub attempts: Vec<Attempt>,
}

impl CheckReport {
    /// Whether it holds, but did not each time it was tried. That its end was not learned once says nothing of it.
    #[must_use]
    pub fn is_flaky(&self) -> bool {
        let bad = |outcome: &Outcome| !outcome.is_green() && !matches!(outcome, Outcome::Lost { .. });
        self.outcome.is_green() && self.attempts.iter().any(|attempt| bad(&attempt.end.outcome))
    }

    /// Why its end was not learned when it was tried before, for each time.
    pub fn losses(&self) -> impl Iterator<Item = &str> {
        self.attempts.iter().filter_map(|attempt| match &attempt.end.outcome {
            Outcome::Lost { why } => Some(why.as_str()),
            _ => None,
        })
    }
}

/// An attempt at a check after which it was tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it started, wall clock.
    pub started: Option<SystemTime>,
    /// How it ended.
    pub end: End,
}

/// Folds events.
#[derive(Debug)]
pub struct Tally {
    report: RunReport,
    plans: Vec<Book>,
    last_event: u64,
    began: bool,
    ended: bool,
}

/// What is noted of one plan beside its report.
#[derive(Debug)]
struct Book {
    /// Where each check stands in the report: stage, then position in the stage.
    places: Vec<(usize, usize)>,
    /// Whether each check has ended.
    ended: Vec<bool>,
    /// For each stage when its first command started and its last one ended.
    spans: Vec<Option<(Duration, Duration)>>,
    /// The stages in an order in which each comes after what it needs.
    order: Vec<StageId>,
    /// For each stage what it needs.
    needs: Vec<Vec<StageId>>,
}

impl Tally {
    /// Opens the books for every check of a run.
    #[must_use]
    pub fn new(roster: &Roster) -> Self {
        let report = RunReport {
            run: roster.run.clone(),
            commit: roster.commit.clone(),
            started: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            jobs: 0,
            interrupted: false,
            gave_up: Vec::new(),
            incomplete: false,
            strict_claims: roster.strict_claims,
            nightly: roster.nightly,
            since: roster.since.clone(),
            strict: roster.strict,
            shard: roster.shard,
            untouched: roster.untouched,
            plans: roster.plans.iter().map(blank).collect(),
            broken: roster.broken.clone(),
            internal: Vec::new(),
        };
        let plans = roster.plans.iter().map(Book::open).collect();
        Self { report, plans, last_event: 0, began: false, ended: false }
    }

    /// Hears one event.
    pub fn hear(&mut self, event: &Event) {
        if event.number != self.last_event + 1 {
            self.wrong(format!("event {} came after event {}", event.number, self.last_event));
        }
        self.last_event = event.number;
        self.report.took = self.report.took.max(event.at);
        match &event.what {
            Happening::RunStarted { wall, jobs } => {
                self.began = true;
                self.report.started = *wall;
                self.report.jobs = *jobs;
            }
            Happening::CheckStarted(check) => {
                let wall = self.report.started + event.at;
                match self.find(*check) {
                    Some((book, report, stage)) => {
                        report.checks[book.places[check.check.0 as usize].1].started = Some(wall);
                        report.started.get_or_insert(wall);
                        book.spans[stage].get_or_insert((event.at, event.at)).1 = event.at;
                    }
                    None => self.unknown(*check),
                }
            }
            Happening::CheckSlow { check, slow } => match self.find(*check) {
                Some((book, report, _)) => report.checks[book.places[check.check.0 as usize].1].slow = Some(*slow),
                None => self.unknown(*check),
            },
            Happening::AttemptEnded { check, end } => match self.find(*check) {
                Some((book, report, _)) => {
                    let entry = &mut report.checks[book.places[check.check.0 as usize].1];
                    entry.attempts.push(Attempt { started: entry.started, end: end.clone() });
                }
                None => self.unknown(*check),
            },
            Happening::CheckEnded { check, end } => {
                let Some((book, report, stage)) = self.find(*check) else {
                    self.unknown(*check);
                    return;
                };
                let index = check.check.0 as usize;
                if book.ended[index] {
                    let line = format!("check {} ended twice", report.checks[book.places[index].1].label);
                    self.wrong(line);
                    return;
                }
                book.ended[index] = true;
                if let Some(span) = &mut book.spans[stage]
                    && end.outcome.class() != Class::Skipped
                {
                    span.1 = event.at;
                }
                put(&mut report.checks[book.places[index].1], end.clone());
            }
            Happening::StageStarted(stage) | Happening::StageEnded(stage) => {
                if !self.knows(*stage) {
                    self.wrong(format!("event {} is about a stage that is not in the run", event.number));
                }
            }
            Happening::Interrupted { .. } => self.report.interrupted = true,
            Happening::GaveUp { cause, .. } => self.report.gave_up.push(cause.clone()),
            Happening::RunEnded => self.ended = true,
        }
    }

    /// Closes the books. `problems` is what the runner itself could not account for.
    #[must_use]
    pub fn finish(mut self, problems: Vec<String>) -> RunReport {
        if self.began && !self.ended {
            self.wrong("the run never said that it ended".to_owned());
        }
        self.report.internal.extend(problems);
        for (book, report) in self.plans.iter().zip(&mut self.report.plans) {
            for (label, entry) in book.open_checks(report) {
                entry.outcome = Outcome::Lost { why: "nothing was heard of its end".to_owned() };
                self.report.internal.push(format!("{label} never ended"));
            }
        }
        self.close()
    }

    /// Closes the books of a run whose runner may have been ended before the run was: what had not ended by then was
    /// interrupted. `problems` is what is wrong with the account of it.
    #[must_use]
    pub fn finish_killed(mut self, problems: Vec<String>) -> RunReport {
        self.report.internal.extend(problems);
        self.report.incomplete = !self.ended;
        for (book, report) in self.plans.iter().zip(&mut self.report.plans) {
            for (_, entry) in book.open_checks(report) {
                // What was decided before the run holds whether or not the run got as far as to say so.
                if matches!(entry.outcome, Outcome::Lost { .. }) {
                    entry.outcome = Outcome::Interrupted;
                }
            }
        }
        self.close()
    }

    fn close(mut self) -> RunReport {
        for (book, report) in self.plans.iter().zip(&mut self.report.plans) {
            for (stage, span) in report.stages.iter_mut().zip(&book.spans) {
                stage.took = span.map_or(Duration::ZERO, |(start, end)| end.saturating_sub(start));
            }
            judge_stages(report, &book.order, &book.needs);
        }
        self.report
    }

    fn wrong(&mut self, line: String) {
        self.report.internal.push(line);
    }

    fn unknown(&mut self, check: CheckRef) {
        self.wrong(format!(
            "an event is about check {} of plan {}, which is not in the run",
            check.check.0, check.plan
        ));
    }

    fn knows(&self, stage: StageRef) -> bool {
        let plan = self.report.plans.get(stage.plan as usize);
        plan.is_some_and(|plan| (stage.stage.0 as usize) < plan.stages.len())
    }

    /// The book, the stage's report and the stage's index for a check.
    fn find(&mut self, check: CheckRef) -> Option<(&mut Book, &mut StageReport, usize)> {
        let book = self.plans.get_mut(check.plan as usize)?;
        let (stage, _) = *book.places.get(check.check.0 as usize)?;
        let report = &mut self.report.plans[check.plan as usize].stages[stage];
        Some((book, report, stage))
    }
}

impl Book {
    fn open(plan: &PlanEntry) -> Self {
        let mut places = vec![(0, 0); plan.checks.len()];
        for (stage, entry) in plan.stages.iter().enumerate() {
            for (position, check) in entry.checks.iter().enumerate() {
                places[check.0 as usize] = (stage, position);
            }
        }
        Self {
            places,
            ended: vec![false; plan.checks.len()],
            spans: vec![None; plan.stages.len()],
            order: plan.order.clone(),
            needs: plan.stages.iter().map(|stage| stage.needs.clone()).collect(),
        }
    }

    /// The checks that have not ended, each with what to call it.
    fn open_checks<'r>(&self, report: &'r mut PlanReport) -> Vec<(String, &'r mut CheckReport)> {
        let mut open: Vec<Vec<bool>> = report.stages.iter().map(|stage| vec![false; stage.checks.len()]).collect();
        for (&(stage, check), &ended) in self.places.iter().zip(&self.ended) {
            open[stage][check] = !ended;
        }
        let path = &report.path;
        let checks = report.stages.iter_mut().zip(open).flat_map(|(stage, open)| stage.checks.iter_mut().zip(open));
        checks.filter(|(_, open)| *open).map(|(check, _)| (format!("{path}: check {}", check.label), check)).collect()
    }
}

/// Says of each stage what became of it, in an order in which each comes after what it needs.
pub(super) fn judge_stages(report: &mut PlanReport, order: &[StageId], needs: &[Vec<StageId>]) {
    for &stage in order {
        let needs = &needs[stage.0 as usize];
        let status = status(&report.stages[stage.0 as usize], blocked_by(needs, &report.stages));
        report.stages[stage.0 as usize].status = status;
    }
}

/// Writes an end into a check's report.
fn put(entry: &mut CheckReport, end: End) {
    let End { outcome, took, output, leftover, warnings, status, usage, proof } = end;
    entry.outcome = outcome;
    entry.took = took;
    entry.output = output;
    entry.leftover = leftover;
    entry.warnings = warnings;
    entry.status = status;
    entry.usage = usage;
    entry.proof = proof;
}

/// The report of a plan of which nothing was heard yet.
fn blank(plan: &PlanEntry) -> PlanReport {
    let label = |stage: &StageId| plan.stage(*stage).map_or_else(String::new, |stage| stage.label.clone());
    let stages = plan.stages.iter().map(|stage| StageReport {
        label: stage.label.clone(),
        title: stage.title.clone(),
        line: stage.line,
        needs: stage.needs.iter().map(label).collect(),
        claimed: stage.claimed,
        status: StageStatus::NotProven,
        took: Duration::ZERO,
        started: None,
        checks: stage.checks.iter().filter_map(|&check| plan.check(check)).map(blank_check).collect(),
    });
    PlanReport {
        path: plan.path.clone(),
        title: plan.title.clone(),
        digest: plan.digest.clone(),
        scope: plan.scope,
        stages: stages.collect(),
    }
}

fn blank_check(check: &CheckEntry) -> CheckReport {
    let (outcome, proof) = match (&check.left_out, &check.carried) {
        (Some(skip), _) => (Outcome::Skipped(skip.clone()), Proof::Own),
        (None, Some(run)) => (Outcome::Passed, Proof::CarriedOver { run: run.clone() }),
        (None, None) => (Outcome::Lost { why: String::new() }, Proof::Own),
    };
    CheckReport {
        label: check.label.clone(),
        kind: check.kind,
        line: check.line,
        command: check.command.clone(),
        text: check.text.clone(),
        cwd: check.cwd.clone(),
        expect: check.expect.clone(),
        in_script: check.in_script,
        launcher: check.launcher.clone(),
        claimed: check.claimed,
        outcome,
        took: Duration::ZERO,
        started: None,
        output: None,
        leftover: Vec::new(),
        warnings: Vec::new(),
        slow: None,
        status: None,
        usage: None,
        proof,
        quarantine: check.quarantine.clone(),
        before: check.before.clone(),
        attempts: Vec::new(),
    }
}

/// The stage where the trouble of what is needed began, the earliest in the document.
fn blocked_by(needs: &[StageId], stages: &[StageReport]) -> Option<String> {
    needs.iter().find_map(|need| {
        let stage = &stages[need.0 as usize];
        match &stage.status {
            StageStatus::Fails => Some(stage.label.clone()),
            StageStatus::Blocked(by) => Some(by.clone()),
            StageStatus::Holds | StageStatus::NotProven | StageStatus::NotClaimed | StageStatus::Cancelled => None,
        }
    })
}

/// What became of a stage, from the ends of its checks; the worst of them decides.
fn status(stage: &StageReport, blocked_by: Option<String>) -> StageStatus {
    let mut cancelled = false;
    let mut blocked = None;
    let mut left_open = false;
    let mut unclaimed = false;
    let mut passed = false;
    for check in &stage.checks {
        match &check.outcome {
            Outcome::Passed => passed = true,
            Outcome::Failed { .. }
            | Outcome::Flaky { .. }
            | Outcome::LeftBehind
            | Outcome::Signalled { .. }
            | Outcome::TimedOut { .. }
            | Outcome::NotStarted { .. }
            | Outcome::OutputLimit { .. }
            | Outcome::Lost { .. }
            | Outcome::Skipped(Skip::ScriptStopped { .. }) => return StageStatus::Fails,
            Outcome::Cancelled(_) | Outcome::Interrupted | Outcome::Skipped(Skip::GivenUp(_)) => cancelled = true,
            Outcome::Skipped(Skip::Blocked { by }) => blocked = blocked.or_else(|| Some(by.clone())),
            // What nobody asked about may well not hold.
            Outcome::Skipped(Skip::HeldBack { .. } | Skip::NotAsked { .. }) => left_open = true,
            // What is excused is not shown.
            Outcome::Quarantined(_) => left_open = true,
            Outcome::Skipped(Skip::NotClaimed) => unclaimed = true,
            Outcome::Skipped(Skip::Manual | Skip::Red | Skip::Configured { .. }) => {}
        }
    }
    if cancelled {
        return StageStatus::Cancelled;
    }
    if unclaimed && blocked.is_none() {
        return StageStatus::NotClaimed;
    }
    // A stage with nothing to run is not told to be blocked by the runner, but it is all the same.
    match blocked.or(if passed { None } else { blocked_by }) {
        Some(by) => StageStatus::Blocked(by),
        None if passed && !left_open => StageStatus::Holds,
        None => StageStatus::NotProven,
    }
}
