//! What a run says of a plan, as far as it can be said of the plan as it is now.

use crate::plan::{Check, CheckId, Plan, StageId};
use crate::report::{CheckReport, PlanReport, RunReport, StageReport};
use crate::roster::digest;
use crate::text::MASKED;

/// Why a run says nothing of a plan as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The plan was another text when the run read it, or was read in another way.
    OtherText,
    /// It could not be read by then.
    WasBroken,
    /// Another commit was checked out; `None` where none was known.
    OtherCommit {
        /// That of the run.
        then: Option<String>,
        /// That of now.
        now: Option<String>,
    },
    /// The run's own account of itself does not add up.
    Unreliable,
}

impl Doubt {
    /// One stable word: `other-text`, `was-broken`, `other-commit`, `unreliable`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::OtherText => "other-text",
            Self::WasBroken => "was-broken",
            Self::OtherCommit { .. } => "other-commit",
            Self::Unreliable => "unreliable",
        }
    }
}

/// What a run says of a plan that is still the same, but for its boxes.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The plan as it is now.
    pub plan: &'a Plan,
    report: &'a PlanReport,
}

impl<'a> Evidence<'a> {
    /// What a run says of a plan, by its path. `commit` is what is checked out now. `None` if the run was not of the plan.
    ///
    /// # Errors
    /// Why what it says does not count.
    pub fn of(plan: &'a Plan, run: &'a RunReport, commit: Option<&str>) -> Option<Result<Self, Doubt>> {
        let name = plan.source.name();
        let Some(report) = run.plans.iter().find(|report| report.path == name) else {
            return run.broken.iter().any(|broken| broken.path == name).then_some(Err(Doubt::WasBroken));
        };
        if !run.internal.is_empty() {
            return Some(Err(Doubt::Unreliable));
        }
        if run.commit.as_deref() != commit {
            return Some(Err(Doubt::OtherCommit { then: run.commit.clone(), now: commit.map(str::to_owned) }));
        }
        Some(if report.digest == digest(plan) && is_same(plan, report) {
            Ok(Self { plan, report })
        } else {
            Err(Doubt::OtherText)
        })
    }

    /// What became of a stage.
    ///
    /// # Panics
    /// When the id belongs to another plan.
    #[must_use]
    pub fn stage(&self, id: StageId) -> &'a StageReport {
        &self.report.stages[id.0 as usize]
    }

    /// What became of a check.
    ///
    /// # Panics
    /// When the id belongs to another plan.
    #[must_use]
    pub fn check(&self, id: CheckId) -> &'a CheckReport {
        let stage = self.plan.check(id).stage;
        let first = self.plan.stage(stage).checks[0];
        &self.stage(stage).checks[(id.0 - first.0) as usize]
    }
}

/// Whether the run read the same checks: a configuration or a newer version may read the same text in another way.
fn is_same(plan: &Plan, report: &PlanReport) -> bool {
    let same = |(check, then): (&Check, &CheckReport)| {
        let command = match (&check.command, &then.command) {
            // Secrets are not kept with a run, so that there is nothing more to compare.
            (Some(_), Some(then)) if then.contains(MASKED) => true,
            (now, then) => now == then,
        };
        check.label == then.label && check.kind == then.kind && check.line == then.line && command
    };
    let stages = plan.stages.iter().zip(&report.stages);
    plan.stages.len() == report.stages.len()
        && stages.clone().all(|(stage, then)| stage.label == then.label && stage.checks.len() == then.checks.len())
        && stages.flat_map(|(stage, then)| stage.checks.iter().map(|&id| plan.check(id)).zip(&then.checks)).all(same)
}
