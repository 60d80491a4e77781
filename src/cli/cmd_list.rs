//! The verb `list`: what was read from plans, for people and for programs.
//!
//! Must not know whether any of it will be run.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::args::{ListArgs, ListFormat};
use super::cmd_explain::{Decision, decision, not_checks};
use super::console::Console;
use super::kept::{self, SandboxJson, Sandboxes};
use super::settings::Settings;
use super::{app, dry_run, reach};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::host::Host;
use crate::plan::{Check, Expect, Kind, NeedSource, OutputRule, Plan, Stage, StatusRule};
use crate::text::{clean_line, duration, json_lines, plural, tame};

/// A plan and what is wrong with it.
pub struct Listed {
    /// The plan, unless its file could not be read.
    pub plan: Option<Arc<Plan>>,
    /// What is wrong with it.
    pub diagnostics: Diagnostics,
    /// The sandboxes in which its commands would run.
    pub sandboxes: Sandboxes,
}

/// Shows what was read.
pub(super) fn list(args: &ListArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    let settings = match reach::of_list(args, settings, console, host) {
        Ok(settings) => settings,
        Err(refusal) => return app::refuse(console, &refusal, settings.colour_stderr),
    };
    let (loaded, code) = app::load_all(&settings, console, host);
    let listed = loaded.into_iter().zip(&settings.plans).map(|(loaded, file)| {
        let plan = loaded.plan.as_deref();
        let sandboxes = plan.map(|plan| Sandboxes::of_files(plan, file, &loaded.front)).unwrap_or_default();
        Listed { plan: loaded.plan, diagnostics: loaded.diagnostics, sandboxes }
    });
    let listed: Vec<Listed> = listed.collect();
    let text = match args.format {
        ListFormat::Text => list_text(&listed, args.all),
        ListFormat::Json => list_json(&listed),
    };
    app::done(console, &text, code)
}

/// Plans for people; with `all`, also what looks like a command and is no check.
#[must_use]
pub fn list_text(listed: &[Listed], all: bool) -> String {
    let mut out = String::new();
    for (plan, sandboxes) in plans(listed) {
        if !out.is_empty() {
            out.push('\n');
        }
        one_text(&mut out, plan, sandboxes, all);
    }
    tame(&out)
}

/// The plans that could be read.
fn plans(listed: &[Listed]) -> impl Iterator<Item = (&Plan, &Sandboxes)> {
    listed.iter().filter_map(|listed| Some((listed.plan.as_deref()?, &listed.sandboxes)))
}

fn one_text(out: &mut String, plan: &Plan, sandboxes: &Sandboxes, all: bool) {
    let decided = |word: &str| plan.checks.iter().filter(|check| decision(check) == word).count();
    let _ = writeln!(out, "{}: {}", clean_line(plan.source.name()), clean_line(&plan.title));
    let mut counts = vec![plural(plan.stages.len(), "stage"), plural(decided("command"), "command")];
    for word in ["red", "manual", "held back"] {
        let count = decided(word);
        if count > 0 {
            counts.push(format!("{count} {word}"));
        }
    }
    let others = not_checks(plan);
    if !others.is_empty() {
        counts.push(format!("{} not a check", others.len()));
    }
    let dialect = if plan.dialect.is_empty() { String::new() } else { format!("{} plan, ", plan.dialect) };
    let _ = writeln!(out, "{dialect}{}", counts.join(", "));
    for (id, stage) in plan.stage_ids().zip(&plan.stages) {
        let _ =
            writeln!(out, "\n  stage {} {} (line {})", clean_line(&stage.label), clean_line(&stage.title), stage.line);
        let _ = writeln!(out, "    {}", clean_line(&needs(plan, stage)));
        if let Some(line) = sandboxes.line(plan, id) {
            let _ = writeln!(out, "    {line}");
        }
        if let Some(why) = &stage.skip {
            let _ = writeln!(out, "    skipped by the configuration: {}", clean_line(why));
        }
        let label_width = stage.checks.iter().map(|&id| plan.check(id).label.chars().count()).max().unwrap_or(0);
        let line_width = stage.checks.iter().map(|&id| digits(plan.check(id).line)).max().unwrap_or(0);
        for &id in &stage.checks {
            let check = plan.check(id);
            let _ = writeln!(
                out,
                "    {:label_width$}  {:9}  line {:>line_width$}  {}",
                clean_line(&check.label),
                decision(check),
                check.line,
                clean_line(&what(check))
            );
        }
    }
    if others.is_empty() {
        return;
    }
    if !all {
        let _ = writeln!(out, "\n  not a check: {} (`--all` lists them)", lines_of(&others));
        return;
    }
    let _ = writeln!(out, "\n  not a check");
    let line_width = others.iter().map(|other| digits(other.line)).max().unwrap_or(0);
    for other in &others {
        let text = other.text.lines().next().unwrap_or("");
        let _ =
            writeln!(out, "    line {:>line_width$}  {} [{}]", other.line, clean_line(text), clean_line(&other.why));
    }
}

/// The lines on which something stands, as words: `lines 3, 7, 9`.
fn lines_of(others: &[Decision]) -> String {
    let mut lines: Vec<String> = others.iter().map(|other| other.line.to_string()).collect();
    lines.dedup();
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    let word = if lines.len() == 1 { "line" } else { "lines" };
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{word} {}{more}", lines.join(", "))
}

/// How many lines of no checks are named.
const MOST_LINES: usize = 12;

fn digits(number: u32) -> usize {
    number.to_string().len()
}

fn needs(plan: &Plan, stage: &Stage) -> String {
    let labels: Vec<&str> = stage.needs.iter().map(|need| plan.stage(need.stage).label.as_str()).collect();
    let source = match stage.needs_source {
        NeedSource::Configured => "by the configuration",
        NeedSource::Declared => "by the plan",
        NeedSource::Default => "by default",
        NeedSource::None => return "needs nothing".to_owned(),
    };
    let labels = if labels.is_empty() { "nothing".to_owned() } else { labels.join(", ") };
    format!("needs {labels} ({source})")
}

fn what(check: &Check) -> String {
    let mut words = dry_run::command(check);
    if let Some(cwd) = &check.cwd {
        let _ = write!(words, " [in {cwd}]");
    }
    if let Some(expect) = &check.expect {
        let _ = write!(words, " [expects: {}]", expect.words);
    }
    if let Some(limit) = check.timeout {
        let _ = write!(words, " [at most {}]", duration(limit));
    }
    if let Some(why) = check.held_back() {
        let word = if check.kind == Kind::Red { "held back: " } else { "" };
        let _ = write!(words, " [{word}{why}]");
    }
    if check.rule == "directive" {
        words.push_str(" [the author says so]");
    }
    words
}

/// Plans for programs: the interchange form, which other tools rely on.
///
/// # Panics
/// Never: what is written has text keys only.
#[must_use]
pub fn list_json(listed: &[Listed]) -> String {
    let document = Document {
        schema: "plan-run/plan/v1",
        plans: plans(listed).map(|(plan, sandboxes)| plan_json(plan, sandboxes)).collect(),
        diagnostics: listed.iter().flat_map(|listed| listed.diagnostics.all()).map(diagnostic_json).collect(),
    };
    json_lines(&document)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    plans: Vec<PlanJson<'a>>,
    diagnostics: Vec<DiagnosticJson<'a>>,
}

#[derive(Serialize)]
struct PlanJson<'a> {
    path: &'a str,
    title: &'a str,
    dialect: &'a str,
    stages: Vec<StageJson<'a>>,
}

#[derive(Serialize)]
struct StageJson<'a> {
    id: &'a str,
    title: &'a str,
    line: u32,
    depends_on: Vec<&'a str>,
    depends_source: &'static str,
    skip: Option<&'a str>,
    timeout_seconds: Option<f64>,
    checks: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    id: &'a str,
    kind: &'static str,
    line: u32,
    command: Option<&'a str>,
    cwd: Option<&'a str>,
    risk: Option<&'a str>,
    /// What it does at a terminal, where it is held back because it needs one.
    terminal: Option<&'static str>,
    expect: Option<&'a str>,
    text: &'a str,
    expected: Option<ExpectedJson<'a>>,
    script: Option<u32>,
    rule: &'static str,
    /// The sandbox in which its command would run.
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<SandboxJson>,
}

/// What of an expectation is tested.
#[derive(Serialize)]
struct ExpectedJson<'a> {
    /// `zero`, `non-zero`, `any`, or the number.
    status: serde_json::Value,
    /// The text that the output must contain; an empty one stands for an output without anything.
    output: Option<&'a str>,
}

#[derive(Serialize)]
struct DiagnosticJson<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    path: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    help: Option<&'a str>,
}

fn plan_json<'a>(plan: &'a Plan, sandboxes: &Sandboxes) -> PlanJson<'a> {
    PlanJson {
        path: plan.source.name(),
        title: &plan.title,
        dialect: plan.dialect,
        stages: plan.stages.iter().map(|stage| stage_json(plan, stage, sandboxes)).collect(),
    }
}

fn stage_json<'a>(plan: &'a Plan, stage: &'a Stage, sandboxes: &Sandboxes) -> StageJson<'a> {
    StageJson {
        id: &stage.label,
        title: &stage.title,
        line: stage.line,
        depends_on: stage.needs.iter().map(|need| plan.stage(need.stage).label.as_str()).collect(),
        depends_source: stage.needs_source.word(),
        skip: stage.skip.as_deref(),
        timeout_seconds: stage.timeout.map(|timeout| timeout.as_secs_f64()),
        checks: stage.checks.iter().map(|&id| check_json(plan.check(id), sandboxes)).collect(),
    }
}

fn check_json<'a>(check: &'a Check, sandboxes: &Sandboxes) -> CheckJson<'a> {
    CheckJson {
        id: &check.label,
        kind: check.kind.word(),
        line: check.line,
        command: check.command.as_deref(),
        cwd: check.cwd.as_deref(),
        risk: check.risk.as_deref(),
        terminal: check.terminal,
        expect: check.expect.as_ref().map(|expect| expect.words.as_str()),
        text: &check.text,
        expected: check.expect.as_ref().map(expected_json),
        script: check.script.map(|script| script.0),
        rule: check.rule,
        sandbox: sandboxes.of_check(check).map(kept::json),
    }
}

fn expected_json(expect: &Expect) -> ExpectedJson<'_> {
    ExpectedJson {
        status: match expect.status {
            StatusRule::Zero => "zero".into(),
            StatusRule::NonZero => "non-zero".into(),
            StatusRule::Any => "any".into(),
            StatusRule::Exactly(status) => status.into(),
        },
        output: expect.output.as_ref().map(|rule| match rule {
            OutputRule::Contains(text) => text.as_str(),
            OutputRule::Empty => "",
        }),
    }
}

fn diagnostic_json(diagnostic: &Diagnostic) -> DiagnosticJson<'_> {
    let label = diagnostic.labels.first();
    let place = label.map(|label| label.source.line_column(label.span.start));
    DiagnosticJson {
        code: diagnostic.code,
        severity: diagnostic.severity.word(),
        message: &diagnostic.message,
        path: label.map(|label| label.source.name()),
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        help: diagnostic.help.as_deref(),
    }
}
