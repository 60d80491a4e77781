//! Shows what plan-run made of a case as short text, one fact a line.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use plan_run::config::Retries;
use plan_run::diagnostic::{Diagnostics, Label};
use plan_run::event::{CheckRef, End, Event, Extent, Happening, Proof, StageRef};
use plan_run::graph::Graph;
use plan_run::outcome::{Cause, Outcome, Skip};
use plan_run::plan::{Check, Expect, LimitOf, NeedSource, OutputRule, Plan, Stage, StageId, StatusRule};
use plan_run::select::{Selected, Selection};
use plan_run::source::Source;

/// A plan: its stages with their needs, and their checks. The rule that read each check, and whether it
/// changes the working tree without risk, are shown on demand.
pub fn reading(plan: &Plan, rules: bool, writes: bool) -> String {
    let mut out = format!("{}: {}\n", plan.dialect, plan.title);
    for stage in &plan.stages {
        let _ = writeln!(out, "{} \"{}\" @{}{}", stage.label, stage.title, stage.line, needs(plan, stage));
        if stage.retries != Retries::default() {
            let _ = writeln!(out, "  retries: {:?}", stage.retries);
        }
        if let Some(timeout) = stage.timeout {
            let _ = writeln!(out, "  timeout: {}", span(timeout));
        }
        for (name, value) in &stage.env {
            let _ = writeln!(out, "  env: {name}={value}");
        }
        if let Some(why) = &stage.skip {
            let _ = writeln!(out, "  skip: {why}");
        }
        for &id in &stage.checks {
            check(&mut out, plan.check(id), rules);
            if writes && plan.check(id).writes {
                out.push_str("    writes\n");
            }
        }
    }
    out
}

fn needs(plan: &Plan, stage: &Stage) -> String {
    let names: Vec<&str> = stage.needs.iter().map(|need| plan.stage(need.stage).label.as_str()).collect();
    match (names.is_empty(), stage.needs_source) {
        (true, NeedSource::None) => String::new(),
        (true, source) => format!(" needs nothing ({})", source.word()),
        (false, source) => format!(" needs {} ({})", names.join(" "), source.word()),
    }
}

fn check(out: &mut String, check: &Check, rules: bool) {
    let _ = write!(out, "  {} {} @{}", check.label, check.kind.word(), check.line);
    if let Some(script) = check.script {
        let _ = write!(out, " script {}", script.0);
    }
    if rules {
        let _ = write!(out, " [{}]", check.rule);
    }
    let mut lines = check.command.as_deref().unwrap_or(&check.text).lines();
    let mark = if check.command.is_some() { "$ " } else { "" };
    let _ = writeln!(out, ": {mark}{}", lines.next().unwrap_or_default());
    for line in lines {
        let _ = writeln!(out, "    | {line}");
    }
    if let Some(cwd) = &check.cwd {
        let _ = writeln!(out, "    in: {cwd}");
    }
    if let Some(expected) = &check.expect {
        let _ = writeln!(out, "    expect: {}", expect(expected));
    }
    if let Some(risk) = &check.risk {
        let _ = writeln!(out, "    risk: {risk}");
    }
    if let Some(why) = check.terminal {
        let _ = writeln!(out, "    terminal: {why}");
    }
}

fn expect(expect: &Expect) -> String {
    let mut rules = Vec::new();
    match expect.status {
        StatusRule::Zero => {}
        StatusRule::NonZero => rules.push("status not 0".to_owned()),
        StatusRule::Exactly(status) => rules.push(format!("status {status}")),
        StatusRule::Any => rules.push("any status".to_owned()),
    }
    match &expect.output {
        None => {}
        Some(OutputRule::Contains(text)) => rules.push(format!("output has {text:?}")),
        Some(OutputRule::Empty) => rules.push("no output".to_owned()),
    }
    if rules.is_empty() {
        rules.push("nothing more".to_owned());
    }
    format!("{} ({})", rules.join(", "), expect.words)
}

/// The stages in the waves in which they could run.
pub fn waves(plan: &Plan, graph: &Graph) -> String {
    let mut out = String::new();
    for (index, wave) in graph.waves().iter().enumerate() {
        let _ = writeln!(out, "{}: {}", index + 1, labels(plan, wave).join(" "));
    }
    out
}

/// The edges of the graph, by the stage that waits.
pub fn edges(plan: &Plan, graph: &Graph) -> String {
    let mut out = String::new();
    for stage in plan.stage_ids() {
        for need in labels(plan, graph.needs(stage)) {
            let _ = writeln!(out, "{need} -> {}", plan.stage(stage).label);
        }
    }
    out
}

fn labels<'a>(plan: &'a Plan, stages: &[StageId]) -> Vec<&'a str> {
    stages.iter().map(|&stage| plan.stage(stage).label.as_str()).collect()
}

/// Problems, each with the places that say something of their own. The file is named where it is not `plan`.
pub fn diagnostics(plan: &Arc<Source>, diagnostics: &Diagnostics) -> String {
    let place = |label: &Label| {
        let (line, column) = label.source.line_column(label.span.start);
        match label.source.name() {
            name if name == plan.name() => format!("{line}:{column}"),
            name => format!("{name}:{line}:{column}"),
        }
    };
    let mut out = String::new();
    for diagnostic in diagnostics.all() {
        let at = diagnostic.labels.first().map_or_else(|| "-".to_owned(), place);
        let _ = writeln!(out, "{} {} {at}: {}", diagnostic.severity.word(), diagnostic.code, diagnostic.message);
        for label in diagnostic.labels.iter().filter(|label| !label.text.is_empty()) {
            let _ = writeln!(out, "  {}: {}", place(label), label.text);
        }
    }
    out
}

/// The events of a run, one a line: number, time since the start, what happened.
pub fn events(selection: &Selection, events: &[Event]) -> String {
    let mut out = String::new();
    for event in events {
        let _ = writeln!(out, "{} {} {}", event.number, span(event.at), happening(selection, &event.what));
    }
    out
}

fn happening(selection: &Selection, what: &Happening) -> String {
    match what {
        Happening::RunStarted { jobs, .. } => format!("run starts with {}", plan_run::text::plural(*jobs, "job")),
        Happening::StageStarted(stage) => format!("stage {} starts", stage_label(selection, *stage)),
        Happening::StageEnded(stage) => format!("stage {} ends", stage_label(selection, *stage)),
        Happening::CheckStarted(check) => format!("{} starts", check_label(selection, *check)),
        Happening::CheckSlow { check, slow } => {
            let usual = slow.usual.map(|usual| format!(", usually {}", span(usual))).unwrap_or_default();
            format!("{} is slow after {}{usual}", check_label(selection, *check), span(slow.after))
        }
        Happening::AttemptEnded { check, end } => format!("{}, to be tried again", end_words(selection, *check, end)),
        Happening::CheckEnded { check, end } => end_words(selection, *check, end),
        Happening::Interrupted { times } => format!("interrupt {times}"),
        Happening::GaveUp { extent, cause } => {
            let what = match *extent {
                Extent::Run => "the run".to_owned(),
                Extent::Plan(plan) => format!("plan {}", selection.plans[plan as usize].plan.source.name()),
                Extent::Stage(stage) => format!("stage {}", stage_label(selection, stage)),
            };
            format!("gave up {what} because of {}", cause_words(cause))
        }
        Happening::RunEnded => "run ends".to_owned(),
    }
}

fn end_words(selection: &Selection, check: CheckRef, end: &End) -> String {
    let left = if !end.leftover.is_empty() { ", left processes behind" } else { "" };
    let after = if end.took.is_zero() { String::new() } else { format!(" after {}", span(end.took)) };
    let carried = match &end.proof {
        Proof::Own => String::new(),
        Proof::CarriedOver { run } => format!(", carried over from {run}"),
        Proof::Cached { run } => format!(", cached from {run}"),
        Proof::Shared { with } => format!(", shared with {with}"),
    };
    format!("{} {}{after}{left}{carried}", check_label(selection, check), outcome_words(&end.outcome))
}

/// How a check ended, in words.
fn outcome_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Passed => "passed".to_owned(),
        Outcome::Failed { status, expected: None } => format!("failed with status {status}"),
        Outcome::Failed { status, expected: Some(expected) } => {
            format!("failed with status {status}, expected: {}", expected.what)
        }
        Outcome::Flaky { tries } => format!("flaky, passed at try {tries}"),
        Outcome::LeftBehind => "left something running".to_owned(),
        Outcome::Signalled { signal } => format!("ended by signal {signal}"),
        Outcome::TimedOut { limit, of: LimitOf::Default } => format!("timed out at {}", span(*limit)),
        Outcome::TimedOut { limit, of } => format!("timed out at {} of the {}", span(*limit), of.word()),
        Outcome::NotStarted { why } => format!("could not start: {why}"),
        Outcome::OutputLimit { limit } => format!("wrote more than {limit} bytes"),
        Outcome::Lost { why } => format!("lost: {why}"),
        Outcome::Cancelled(Cause::Interrupt) => "cancelled".to_owned(),
        Outcome::Cancelled(cause) => format!("cancelled because of {}", cause_words(cause)),
        Outcome::Interrupted => "interrupted".to_owned(),
        Outcome::Quarantined(plain) => format!("{}, in quarantine", outcome_words(plain)),
        Outcome::Skipped(Skip::Manual) => "is manual".to_owned(),
        Outcome::Skipped(Skip::Red) => "is red and was not asked for".to_owned(),
        Outcome::Skipped(Skip::NotClaimed) => "is not claimed yet".to_owned(),
        Outcome::Skipped(Skip::HeldBack { why }) => format!("held back: {why}"),
        Outcome::Skipped(Skip::Blocked { by }) => format!("blocked by {by}"),
        Outcome::Skipped(Skip::ScriptStopped { by }) => format!("not reached, script stopped at {by}"),
        Outcome::Skipped(Skip::Configured { why }) => format!("skipped: {why}"),
        Outcome::Skipped(Skip::NotAsked { why }) => format!("not asked for: {why}"),
        Outcome::Skipped(Skip::GivenUp(cause)) => format!("given up because of {}", cause_words(cause)),
    }
}

fn cause_words(cause: &Cause) -> String {
    match cause {
        Cause::Interrupt => "an interrupt".to_owned(),
        Cause::FirstFailure { check, .. } => check.clone(),
        Cause::Failures { count } => plan_run::text::plural(*count, "failure"),
        Cause::RunTime { limit } => format!("the run's {}", span(*limit)),
    }
}

fn plan_of(selection: &Selection, plan: u32) -> (&Selected, String) {
    let selected = &selection.plans[plan as usize];
    let prefix = if selection.plans.len() > 1 { format!("{}#", selected.plan.source.name()) } else { String::new() };
    (selected, prefix)
}

fn stage_label(selection: &Selection, stage: StageRef) -> String {
    let (selected, prefix) = plan_of(selection, stage.plan);
    format!("{prefix}{}", selected.plan.stage(stage.stage).label)
}

/// The label of a check; with the plan's path before it where there are several plans.
pub fn check_label(selection: &Selection, check: CheckRef) -> String {
    let (selected, prefix) = plan_of(selection, check.plan);
    format!("{prefix}{}", selected.plan.check(check.check).label)
}

/// A duration in seconds with as many digits as it needs.
fn span(duration: Duration) -> String {
    let text = format!("{}.{:03}", duration.as_secs(), duration.subsec_millis());
    format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
}
