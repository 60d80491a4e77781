//! What of a plan's own text is another than it was.

use crate::outline::Outline;
use crate::plan::{Plan, StageId, extent};

/// Everything of the stages of a plan by which their results could change, as words that can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// For each stage its label, and the rest.
    stages: Vec<(String, String)>,
}

impl Wording {
    /// Takes down what a plan says of its stages. `outline` is that of its source.
    #[must_use]
    pub fn of(plan: &Plan, outline: &Outline<'_>) -> Self {
        let stages = plan.stage_ids().map(|id| (plan.stage(id).label.clone(), words(plan, outline, id)));
        Self { stages: stages.collect() }
    }

    /// The stages that are new, or of which something else was said before.
    #[must_use]
    pub fn changed_since(&self, before: &Self) -> Vec<StageId> {
        let ids = (0..).map(StageId).zip(&self.stages);
        ids.filter(|(_, stage)| !before.stages.contains(stage)).map(|(id, _)| id).collect()
    }
}

/// What is said of a stage, in its own text and elsewhere: places in the text are not part of it, so that a line more in
/// another stage changes nothing here.
fn words(plan: &Plan, outline: &Outline<'_>, id: StageId) -> String {
    let stage = plan.stage(id);
    let needs: Vec<&str> = stage.needs.iter().map(|need| plan.stage(need.stage).label.as_str()).collect();
    let checks = stage.checks.iter().map(|&check| {
        let check = plan.check(check);
        let runs = (&check.kind, &check.command, &check.cwd, &check.risk, &check.expect, check.scene);
        let pace = (check.writes, &check.uses, check.weight, check.timeout, check.retries, check.leftovers);
        let together = check.script.map(|script| plan.script(script).checks.len());
        format!("{:?}", (&check.label, runs, pace, together))
    });
    let checks: Vec<String> = checks.collect();
    let own = (stage.timeout, &stage.retries, stage.leftovers, &stage.env, &stage.skip, stage.claimed);
    format!("{}\n{:?}", plan.source.slice(extent(plan, outline, id)).trim_end(), (needs, own, checks))
}
