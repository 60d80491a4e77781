//! One check of a plan, to be judged by itself.

use std::sync::Arc;

use crate::config::RunScope;
use crate::graph::Graph;
use crate::outcome::Outcome;
use crate::plan::{CheckId, NeedSource, Setup};
use crate::select::{Earlier, Filter, Selected, select};

/// Why the other checks are not run.
const OTHERS: &str = "only one check is judged";

/// What is run to judge a check, as `setup` says: it alone, or with those that share its shell, whatever its stage needs and
/// whoever claims it.
#[must_use]
pub fn alone(selected: &Selected, wanted: CheckId, setup: Setup) -> Selected {
    let mut plan = (*selected.plan).clone();
    for stage in &mut plan.stages {
        stage.needs.clear();
        stage.needs_source = NeedSource::None;
    }
    let ids = (0..).map(CheckId).take(plan.checks.len());
    let earlier: Vec<Earlier> =
        ids.map(|id| if id == wanted { Earlier::Run } else { Earlier::NotAsked { why: OTHERS.to_owned() } }).collect();
    let graph = Graph::without_needs(plan.stages.len());
    let filter = Filter { red: true, scope: RunScope::All, ..selected.filter };
    let mut one = select(Arc::new(plan), graph, setup, filter);
    one.heed(&earlier);
    one
}

/// What an end says of the commit in which a check ended so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It holds.
    Good,
    /// It does not.
    Bad,
    /// Nothing, unless the search is for just this.
    Unclear(Unclear),
    /// Nothing.
    Unknown,
    /// Nothing, since someone wanted an end.
    Interrupted,
}

/// Ends that say nothing of a check, unless the commit that is said to be bad ends so as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// A program is missing or cannot be run.
    Missing,
    /// The time was over.
    TimedOut,
    /// It wrote too much.
    TooMuch,
    /// Something else ended it, such as a system without memory.
    Killed,
}

/// The status by which a command says that it cannot be judged, as `git bisect run` has it.
const SKIP: i32 = 125;

/// Statuses by which shells say that a program cannot be run, or is not there.
const NOT_RUN: [i32; 2] = [126, 127];

/// Signals by which commands are ended from outside: SIGKILL, SIGTERM.
const FROM_OUTSIDE: [i32; 2] = [9, 15];

/// What an end says.
#[must_use]
pub fn judge(outcome: &Outcome) -> Judgement {
    match outcome {
        Outcome::Passed => Judgement::Good,
        // Why it is in quarantine is what may be looked for.
        Outcome::Quarantined(within) => judge(within),
        Outcome::Failed { status: SKIP, .. } => Judgement::Unknown,
        Outcome::Failed { status, .. } if NOT_RUN.contains(status) => Judgement::Unclear(Unclear::Missing),
        Outcome::Signalled { signal } if FROM_OUTSIDE.contains(signal) => Judgement::Unclear(Unclear::Killed),
        Outcome::Failed { .. } | Outcome::Flaky { .. } | Outcome::LeftBehind | Outcome::Signalled { .. } => {
            Judgement::Bad
        }
        Outcome::TimedOut { .. } => Judgement::Unclear(Unclear::TimedOut),
        Outcome::NotStarted { .. } => Judgement::Unclear(Unclear::Missing),
        Outcome::OutputLimit { .. } => Judgement::Unclear(Unclear::TooMuch),
        Outcome::Lost { .. } | Outcome::Skipped(_) => Judgement::Unknown,
        Outcome::Cancelled(_) | Outcome::Interrupted => Judgement::Interrupted,
    }
}
