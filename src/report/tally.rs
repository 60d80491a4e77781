//! Folds the events of a run into the one value that every report file is made from.
//!
//! Must not know how a report looks. Everything that does not add up becomes a line of [`RunReport::internal`].

use std::time::{Duration, SystemTime};

use crate::event::{CheckRef, Event, Happening, Output, StageRef};
use crate::outcome::{Class, Outcome, Skip};
use crate::plan::{Kind, Plan, StageId};
use crate::select::{Selected, Selection};

/// A finished run.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// When it began, wall clock. `UNIX_EPOCH` when no run began, as with nothing but broken plans.
    pub started: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// How many commands could be in flight.
    pub jobs: usize,
    /// Whether someone interrupted it.
    pub interrupted: bool,
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
#[derive(Clone, Debug)]
pub struct PlanReport {
    /// Its path, as shown: relative to the root where it lies below it, with `/` between folders.
    pub path: String,
    /// Its title.
    pub title: String,
    /// The stages in document order.
    pub stages: Vec<StageReport>,
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
    /// At least one check ran, all that ran hold, and none was held back.
    Holds,
    /// Some check that ran does not hold.
    Fails,
    /// A stage that it needs does not hold; the label of the one where the trouble began.
    Blocked(String),
    /// Nothing ran that could prove it, or a risky check was held back.
    NotProven,
    /// The run ended before it did.
    Cancelled,
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
    /// How it ended.
    pub outcome: Outcome,
    /// How long it ran.
    pub took: Duration,
    /// When it started, wall clock.
    pub started: Option<SystemTime>,
    /// What it wrote, if it ran.
    pub output: Option<Output>,
    /// Whether it left processes behind.
    pub leftover: bool,
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
    /// Opens the books for every check of a selection. `broken` is what could not be selected from.
    #[must_use]
    pub fn new(selection: &Selection, broken: Vec<Broken>) -> Self {
        let report = RunReport {
            started: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            jobs: 0,
            interrupted: false,
            plans: selection.plans.iter().map(|selected| blank(&selected.plan)).collect(),
            broken,
            internal: Vec::new(),
        };
        let plans = selection.plans.iter().map(Book::open).collect();
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
            Happening::CheckEnded { check, outcome, took, output, leftover } => {
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
                    && outcome.class() != Class::Skipped
                {
                    span.1 = event.at;
                }
                let entry = &mut report.checks[book.places[index].1];
                entry.outcome = outcome.clone();
                entry.took = *took;
                entry.output.clone_from(output);
                entry.leftover = *leftover;
            }
            Happening::StageStarted(stage) | Happening::StageEnded(stage) => {
                if !self.knows(*stage) {
                    self.wrong(format!("event {} is about a stage that is not in the run", event.number));
                }
            }
            Happening::Interrupted { .. } => self.report.interrupted = true,
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
            for (&(stage, check), ended) in book.places.iter().zip(&book.ended) {
                if !ended {
                    let entry = &mut report.stages[stage].checks[check];
                    entry.outcome = Outcome::Lost { why: "nothing was heard of its end".to_owned() };
                    self.report.internal.push(format!("{}: check {} never ended", report.path, entry.label));
                }
            }
            for (stage, span) in report.stages.iter_mut().zip(&book.spans) {
                stage.took = span.map_or(Duration::ZERO, |(start, end)| end.saturating_sub(start));
            }
            for &stage in &book.order {
                let needs = &book.needs[stage.0 as usize];
                let status = status(&report.stages[stage.0 as usize], blocked_by(needs, &report.stages));
                report.stages[stage.0 as usize].status = status;
            }
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
    fn open(selected: &Selected) -> Self {
        let plan = &selected.plan;
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
            order: selected.graph.order().to_vec(),
            needs: plan.stage_ids().map(|stage| selected.graph.needs(stage).to_vec()).collect(),
        }
    }
}

/// The report of a plan of which nothing was heard yet.
fn blank(plan: &Plan) -> PlanReport {
    let stages = plan.stages.iter().map(|stage| StageReport {
        label: stage.label.clone(),
        title: stage.title.clone(),
        line: stage.line,
        needs: stage.needs.iter().map(|need| plan.stage(need.stage).label.clone()).collect(),
        status: StageStatus::NotProven,
        took: Duration::ZERO,
        started: None,
        checks: stage.checks.iter().map(|&check| blank_check(plan, plan.check(check))).collect(),
    });
    PlanReport { path: plan.source.name().to_owned(), title: plan.title.clone(), stages: stages.collect() }
}

fn blank_check(plan: &Plan, check: &crate::plan::Check) -> CheckReport {
    CheckReport {
        label: check.label.clone(),
        kind: check.kind,
        line: check.line,
        command: check.command.clone(),
        text: check.text.clone(),
        cwd: check.cwd.clone(),
        expect: check.expect.as_ref().map(|expect| expect.words.clone()),
        in_script: check.script.is_some_and(|script| plan.script(script).checks.len() > 1),
        outcome: Outcome::Lost { why: String::new() },
        took: Duration::ZERO,
        started: None,
        output: None,
        leftover: false,
    }
}

/// The stage where the trouble of what is needed began, the earliest in the document.
fn blocked_by(needs: &[StageId], stages: &[StageReport]) -> Option<String> {
    needs.iter().find_map(|need| {
        let stage = &stages[need.0 as usize];
        match &stage.status {
            StageStatus::Fails => Some(stage.label.clone()),
            StageStatus::Blocked(by) => Some(by.clone()),
            StageStatus::Holds | StageStatus::NotProven | StageStatus::Cancelled => None,
        }
    })
}

/// What became of a stage, from the ends of its checks; the worst of them decides.
fn status(stage: &StageReport, blocked_by: Option<String>) -> StageStatus {
    let mut cancelled = false;
    let mut blocked = None;
    let mut held_back = false;
    let mut passed = false;
    for check in &stage.checks {
        match &check.outcome {
            Outcome::Passed => passed = true,
            Outcome::Failed { .. }
            | Outcome::Signalled { .. }
            | Outcome::TimedOut { .. }
            | Outcome::NotStarted { .. }
            | Outcome::OutputLimit { .. }
            | Outcome::Lost { .. }
            | Outcome::Skipped(Skip::ScriptStopped { .. }) => return StageStatus::Fails,
            Outcome::Cancelled => cancelled = true,
            Outcome::Skipped(Skip::Blocked { by }) => blocked = blocked.or_else(|| Some(by.clone())),
            Outcome::Skipped(Skip::HeldBack { .. }) => held_back = true,
            Outcome::Skipped(Skip::Manual | Skip::Red | Skip::Configured { .. }) => {}
        }
    }
    if cancelled {
        return StageStatus::Cancelled;
    }
    // A stage with nothing to run is not told to be blocked by the runner, but it is all the same.
    match blocked.or(if passed { None } else { blocked_by }) {
        Some(by) => StageStatus::Blocked(by),
        None if passed && !held_back => StageStatus::Holds,
        None => StageStatus::NotProven,
    }
}
