//! Names that links within the page lead to.
//!
//! They are made of labels, so that a link to `#check-2-1` means the same check after the next run. Must not know what
//! stands at the place.

use super::super::RunReport;
use super::super::names::{Unique, slug};

/// The most characters of a label in a name.
const MOST_LABEL: usize = 60;

/// The name of every plan, stage and check of a run.
pub(super) struct Anchors {
    plans: Vec<PlanAnchors>,
}

/// The names of one plan.
pub(super) struct PlanAnchors {
    /// The plan's own.
    pub(super) plan: String,
    /// Those of its stages.
    pub(super) stages: Vec<StageAnchors>,
}

/// The names of one stage.
pub(super) struct StageAnchors {
    /// The stage's own.
    pub(super) stage: String,
    /// Those of its checks.
    pub(super) checks: Vec<String>,
}

impl Anchors {
    /// Names everything in a run.
    pub(super) fn of(report: &RunReport) -> Self {
        let mut taken = Unique::default();
        let several = report.plans.len() > 1;
        let plans = report.plans.iter().enumerate().map(|(index, plan)| {
            let number = index + 1;
            let before = if several { format!("plan-{number}-") } else { String::new() };
            let stages = plan.stages.iter().map(|stage| StageAnchors {
                stage: name(&mut taken, &format!("{before}stage"), &stage.label),
                checks: stage
                    .checks
                    .iter()
                    .map(|check| name(&mut taken, &format!("{before}check"), &check.label))
                    .collect(),
            });
            PlanAnchors { plan: format!("plan-{number}"), stages: stages.collect() }
        });
        Self { plans: plans.collect() }
    }

    /// The names of a plan, by its place in the run.
    pub(super) fn plan(&self, plan: usize) -> &PlanAnchors {
        &self.plans[plan]
    }
}

fn name(taken: &mut Unique, kind: &str, label: &str) -> String {
    let label: String = slug(label).chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let label: String = label.chars().take(MOST_LABEL).collect();
    taken.take(&format!("{kind}-{label}"), "-again-")
}
