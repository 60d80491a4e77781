//! The same for programs, in types of its own.

use serde::Serialize;

use super::{Contrast, PlanContrast, RedReport};
use crate::report::{CheckReport, RunReport, Verdict, wording};
use crate::text::json_lines;

/// What the runs show, as JSON: what `schema/prove.schema.json` describes.
///
/// # Panics
/// Never: what is written has text keys only.
#[must_use]
pub fn contrast_json(contrast: &Contrast, verdict: Verdict, there: &RunReport, here: &RunReport) -> String {
    let document = Document {
        schema: "plan-run/prove/v1",
        verdict: wording::verdict(verdict),
        base: BaseJson { commit: &contrast.base.commit, what: &contrast.base.what },
        runs: RunsJson { there: there.run.as_deref(), here: here.run.as_deref() },
        brought: &contrast.files.brought,
        not_brought: contrast.files.left.iter().map(|(path, why)| LeftJson { path, why }).collect(),
        plans: contrast.plans.iter().map(plan_json).collect(),
    };
    json_lines(&document)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    verdict: &'static str,
    base: BaseJson<'a>,
    runs: RunsJson<'a>,
    brought: &'a [String],
    not_brought: Vec<LeftJson<'a>>,
    plans: Vec<PlanJson<'a>>,
}

#[derive(Serialize)]
struct BaseJson<'a> {
    commit: &'a str,
    what: &'a str,
}

#[derive(Serialize)]
struct RunsJson<'a> {
    there: Option<&'a str>,
    here: Option<&'a str>,
}

#[derive(Serialize)]
struct LeftJson<'a> {
    path: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct PlanJson<'a> {
    path: &'a str,
    title: &'a str,
    red: Vec<RedJson<'a>>,
    failing: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct RedJson<'a> {
    id: &'a str,
    stage: &'a str,
    line: u32,
    command: Option<&'a str>,
    cwd: Option<&'a str>,
    expect: Option<&'a str>,
    result: &'static str,
    absent: &'a [String],
    there: SideJson,
    here: SideJson,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    id: &'a str,
    line: u32,
    command: Option<&'a str>,
    here: SideJson,
}

#[derive(Serialize)]
struct SideJson {
    /// The word of the outcome, as in a report of a run; of a red check before the work it is `passed` if it failed as told.
    outcome: &'static str,
    status: Option<i32>,
    reason: String,
    took: f64,
    /// The file with what it wrote.
    output: Option<String>,
}

fn plan_json(plan: &PlanContrast) -> PlanJson<'_> {
    PlanJson {
        path: &plan.path,
        title: &plan.title,
        red: plan.red.iter().map(red_json).collect(),
        failing: plan.failing.iter().map(check_json).collect(),
    }
}

fn red_json(red: &RedReport) -> RedJson<'_> {
    RedJson {
        id: &red.here.label,
        stage: &red.stage,
        line: red.here.line,
        command: red.here.command.as_deref(),
        cwd: red.here.cwd.as_deref(),
        expect: red.there.expect.as_deref(),
        result: red.standing.word(),
        absent: &red.absent,
        there: side_json(&red.there),
        here: side_json(&red.here),
    }
}

fn check_json(check: &CheckReport) -> CheckJson<'_> {
    CheckJson { id: &check.label, line: check.line, command: check.command.as_deref(), here: side_json(check) }
}

fn side_json(check: &CheckReport) -> SideJson {
    let output = check.output.as_ref().filter(|output| !output.is_empty());
    SideJson {
        outcome: check.outcome.word(),
        status: check.status,
        reason: wording::reason(&check.outcome),
        took: check.took.as_secs_f64(),
        output: output.map(|output| output.path.display().to_string()),
    }
}
