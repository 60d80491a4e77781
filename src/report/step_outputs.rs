//! What later steps of a GitHub workflow can ask of a run: lines for the file that `GITHUB_OUTPUT` names.
//!
//! `schema/stages.schema.json` describes the value of `stages`. Must not know where the lines go.

use serde::Serialize;

use super::wording::{self, Totals};
use super::{PlanReport, RunReport, StageReport, StageStatus, Verdict};
use crate::outcome::Class;
use crate::text::json_line;

/// The most bytes of the value of `stages`: Linux hands no longer word to a program than 128 KiB, and steps take outputs
/// from their environment.
const MOST_STAGES: usize = 100 * 1024;

/// The outputs of a run that was judged, each as the runner reads it. `files` are further ones, each a name and a path.
#[must_use]
pub fn step_outputs(report: &RunReport, verdict: Verdict, files: &[(&str, String)]) -> String {
    let totals = Totals::of(report);
    let (stages, left_out) = stages(report);
    let mut lines = String::new();
    let mut add = |name: &str, value: &str| lines.push_str(&output(name, value));
    add("status", wording::verdict(verdict));
    add("passed", &totals.passed.to_string());
    add("failed", &(totals.failed + totals.errors + totals.cancelled).to_string());
    add("stages", &stages);
    add("stages-left-out", &left_out.to_string());
    for (name, path) in files {
        add(name, path);
    }
    lines
}

/// One output. A value of several lines stands between two words that are no line of it, so that it cannot set another one.
fn output(name: &str, value: &str) -> String {
    if !value.contains(['\n', '\r']) {
        return format!("{name}={value}\n");
    }
    let mut end = "end".to_owned();
    while value.split(['\n', '\r']).any(|line| line == end) {
        end.push('-');
    }
    format!("{name}<<{end}\n{value}\n{end}\n")
}

#[derive(Serialize)]
struct Stage<'a> {
    plan: &'a str,
    label: &'a str,
    title: &'a str,
    line: u32,
    claimed: bool,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked_by: Option<&'a str>,
    passed: usize,
    failed: usize,
    not_run: usize,
    took: f64,
}

/// All stages as JSON in one line, and how many had no room in it: those that hold go first, and then those at the end.
fn stages(report: &RunReport) -> (String, usize) {
    let all: Vec<(bool, String)> = report
        .plans
        .iter()
        .flat_map(|plan| {
            plan.stages.iter().map(move |stage| (stage.status == StageStatus::Holds, of_stage(plan, stage)))
        })
        .collect();
    let mut room = MOST_STAGES;
    let mut kept = vec![false; all.len()];
    for holding in [false, true] {
        let wanted = all.iter().enumerate().filter(|(_, (holds, _))| *holds == holding);
        for (index, (_, text)) in wanted {
            // The rest of its kind would be there with gaps.
            let Some(left) = room.checked_sub(text.len() + 1) else { break };
            room = left;
            kept[index] = true;
        }
    }
    let left_out = kept.iter().filter(|&&kept| !kept).count();
    let kept: Vec<String> = all.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|((_, text), _)| text).collect();
    (format!("[{}]", kept.join(",")), left_out)
}

fn of_stage(plan: &PlanReport, stage: &StageReport) -> String {
    let count = |wanted: &[Class]| stage.checks.iter().filter(|check| wanted.contains(&check.outcome.class())).count();
    let stage = Stage {
        plan: &plan.path,
        label: &stage.label,
        title: &stage.title,
        line: stage.line,
        claimed: stage.claimed,
        status: stage.status.word(),
        blocked_by: if let StageStatus::Blocked(by) = &stage.status { Some(by) } else { None },
        passed: count(&[Class::Green]),
        failed: count(&[Class::Failure, Class::Error]),
        not_run: count(&[Class::Skipped]),
        took: stage.took.as_micros() as f64 / 1e6,
    };
    json_line(&stage).trim_end().to_owned()
}
