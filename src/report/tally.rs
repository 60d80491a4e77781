//! Folds the events of a run into the one value that every report file is made from.

use std::time::{Duration, SystemTime};

use crate::event::{Event, Output};
use crate::outcome::Outcome;
use crate::plan::Kind;
use crate::select::Selection;

/// A finished run.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// When it began, wall clock.
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
pub struct Tally(RunReport);

impl Tally {
    /// Opens the books for every check of a selection. `broken` is what could not be selected from.
    #[must_use]
    pub fn new(_selection: &Selection, broken: Vec<Broken>) -> Self {
        Self(RunReport {
            started: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            jobs: 0,
            interrupted: false,
            plans: Vec::new(),
            broken,
            internal: Vec::new(),
        })
    }

    /// Hears one event.
    pub fn hear(&mut self, event: &Event) {
        self.0.took = event.at;
    }

    /// Closes the books. `problems` is what the runner itself could not account for.
    #[must_use]
    pub fn finish(mut self, problems: Vec<String>) -> RunReport {
        self.0.internal.extend(problems);
        self.0
    }
}
