//! How each red check ended before the work and with it, and what that shows.

use crate::outcome::{Class, Outcome, Skip};
use crate::plan::{CheckId, Kind};
use crate::report::{CheckReport, PlanReport, RunReport};
use crate::select::{Selected, Selection};

/// The commit before the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its full name.
    pub commit: String,
    /// Why it is this one, as a noun phrase.
    pub what: String,
}

/// What two runs show of the red checks of some plans.
#[derive(Clone, Debug)]
pub struct Contrast {
    /// The commit before the work.
    pub base: Base,
    /// The test files.
    pub files: Files,
    /// The plans in the order in which they were given.
    pub plans: Vec<PlanContrast>,
}

/// What the older tree has of the test files of now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Those that were brought to it, relative to the repository's root.
    pub brought: Vec<String>,
    /// Those that were to be brought and could not, each with the reason.
    pub left: Vec<(String, String)>,
    /// Files that commands of red checks name and that are not there: the place of the plan, the check and the path.
    pub absent: Vec<(usize, CheckId, String)>,
}

/// One plan.
#[derive(Clone, Debug)]
pub struct PlanContrast {
    /// Its path, as shown.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Its red checks in document order.
    pub red: Vec<RedReport>,
    /// Its other checks that ran with the work and do not hold, or were kept from running by one that does not.
    pub failing: Vec<CheckReport>,
}

/// One red check.
#[derive(Clone, Debug)]
pub struct RedReport {
    /// Label of its stage.
    pub stage: String,
    /// How it ended before the work; green if it failed as the plan tells.
    pub there: CheckReport,
    /// How its command ended with the work; green if it passed.
    pub here: CheckReport,
    /// What both show.
    pub standing: Standing,
    /// Files that the command names and that are not there before the work, relative to the repository's root: it may
    /// have failed for want of the test itself.
    pub absent: Vec<String>,
}

/// One of the two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one before the work.
    There,
    /// The one with it.
    Here,
}

/// What the ends of a red check show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It failed before the work as the plan tells, and holds with it.
    Proven,
    /// It passes on both sides.
    Vacuous,
    /// It failed before the work, but not as the plan tells.
    OtherReason,
    /// It does not hold with the work either.
    FailsHere,
    /// It did not run to an end on this side.
    NotRun {
        /// Which.
        side: Side,
    },
    /// The configuration says to leave it out, or to ask only for what the plan claims as done.
    LeftOut,
}

impl Standing {
    /// One stable word: `proven`, `vacuous`, `other-reason`, `fails-here`, `not-run`, `left-out`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Vacuous => "vacuous",
            Self::OtherReason => "other-reason",
            Self::FailsHere => "fails-here",
            Self::NotRun { .. } => "not-run",
            Self::LeftOut => "left-out",
        }
    }

    fn of(there: &CheckReport, here: &CheckReport) -> Self {
        let passes_there = match &there.outcome {
            Outcome::Skipped(Skip::Configured { .. } | Skip::NotClaimed) => return Self::LeftOut,
            Outcome::NotStarted { .. }
            | Outcome::Lost { .. }
            | Outcome::Skipped(_)
            | Outcome::Cancelled(_)
            | Outcome::Interrupted
            | Outcome::Quarantined(_) => return Self::NotRun { side: Side::There },
            Outcome::Failed { .. } => there.status == Some(0),
            Outcome::Passed
            | Outcome::Flaky { .. }
            | Outcome::LeftBehind
            | Outcome::Signalled { .. }
            | Outcome::TimedOut { .. }
            | Outcome::OutputLimit { .. } => false,
        };
        match here.outcome.class() {
            Class::Failure | Class::Error if here.outcome.is_own_trouble() => Self::FailsHere,
            Class::Failure | Class::Error | Class::Skipped => Self::NotRun { side: Side::Here },
            // Whether the work makes it hold is left open for a while.
            Class::Quarantined => Self::LeftOut,
            Class::Green if there.outcome.is_green() => Self::Proven,
            Class::Green if passes_there => Self::Vacuous,
            Class::Green => Self::OtherReason,
        }
    }
}

impl Contrast {
    /// Puts the reports of two runs of the same plans side by side. `selection` is what they were made from.
    #[must_use]
    pub fn of(base: Base, files: Files, selection: &Selection, there: &RunReport, here: &RunReport) -> Self {
        let sides = there.plans.iter().zip(&here.plans);
        let plans = selection.plans.iter().zip(sides).enumerate().map(|(index, (selected, (there, here)))| {
            let absent = |id: CheckId| {
                let own = files.absent.iter().filter(|(plan, check, _)| (*plan, *check) == (index, id));
                own.map(|(_, _, path)| path.clone()).collect()
            };
            plan(selected, there, here, &absent)
        });
        let plans = plans.collect();
        Self { base, files, plans }
    }

    /// All red checks in document order.
    pub fn red(&self) -> impl Iterator<Item = &RedReport> {
        self.plans.iter().flat_map(|plan| &plan.red)
    }
}

fn plan(
    selected: &Selected,
    there: &PlanReport,
    here: &PlanReport,
    absent: &dyn Fn(CheckId) -> Vec<String>,
) -> PlanContrast {
    let mut found =
        PlanContrast { path: here.path.clone(), title: here.title.clone(), red: Vec::new(), failing: Vec::new() };
    let sides = there.stages.iter().zip(&here.stages);
    for (stage, (stage_there, stage_here)) in selected.plan.stages.iter().zip(sides) {
        let sides = stage_there.checks.iter().zip(&stage_here.checks);
        for (&id, (there, here)) in stage.checks.iter().zip(sides) {
            let check = selected.plan.check(id);
            if check.kind == Kind::Red && !check.scene {
                found.red.push(RedReport {
                    stage: stage_here.label.clone(),
                    there: there.clone(),
                    here: here.clone(),
                    standing: Standing::of(there, here),
                    absent: absent(id),
                });
            } else if here.outcome.blocks() {
                found.failing.push(here.clone());
            }
        }
    }
    found
}
