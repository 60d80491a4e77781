//! What the runs that are kept say of a check.

use std::path::Path;

use super::super::cmd_report;
use crate::host::Host;
use crate::journal::Runs;
use crate::outcome::Outcome;
use crate::outcome::Skip;
use crate::plan::{Check, Plan};
use crate::report::{self, CheckReport};

/// In how many runs a check is looked for, the newest first. Each is read from its file.
const LOOKED_AT: usize = 5;

/// What became of a check when it was last asked for with the same command, in a line.
pub(super) fn last(plan: &Plan, check: &Check, repository: &Path, host: &dyn Host) -> Option<String> {
    let runs = Runs::of_repository(repository);
    let path = plan.source.name();
    let is_it = |other: &&CheckReport| {
        other.label == check.label
            && other.command == check.command
            && !matches!(other.outcome, Outcome::Skipped(Skip::NotAsked { .. } | Skip::NotClaimed))
    };
    for name in runs.names(host).iter().rev().take(LOOKED_AT) {
        let Ok(found) = cmd_report::journal(&runs, Some(name), repository, host) else { continue };
        if found.under_way.is_some() {
            continue;
        }
        let run = report::fold(&found.journal);
        let plans = run.plans.iter().filter(|plan| plan.path == path);
        if let Some(check) = plans.flat_map(|plan| &plan.stages).flat_map(|stage| &stage.checks).find(is_it) {
            return Some(format!("{} (run {name})", report::ended(check)));
        }
    }
    None
}
