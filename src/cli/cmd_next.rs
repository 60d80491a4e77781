//! The verb `next`: what to do next in plans, by their own marks.

use std::fmt::Write as _;

use serde::Serialize;

use super::app;
use super::args::{NextArgs, StandingFormat};
use super::console::Console;
use super::proof::{Kept, Proof};
use super::settings::{PlanFile, Settings};
use crate::diagnostic::Diagnostics;
use crate::host::Host;
use crate::outline;
use crate::plan::{CheckId, Plan, StageId};
use crate::standing::{State, Task, ready, state, task};
use crate::text::{NamedFile, clean, clean_line, columns, json_lines, tame};

/// Shows what comes next.
pub(super) fn next(args: &NextArgs, settings: &Settings, console: &mut Console, host: &dyn Host) -> u8 {
    let mut kept = match Kept::gather(&args.proof, settings, host) {
        Ok(kept) => kept,
        Err(refusal) => return app::refuse(console, &refusal, settings.colour_stderr),
    };
    let (loaded, code) = app::load_all(settings, console, host);
    let mut text = String::new();
    let mut document = Document { schema: "plan-run/next/v1", next: Vec::new() };
    let mut open = false;
    for (file, loaded) in settings.plans.iter().zip(&loaded) {
        // Where stages wait for each other, none of them is the next.
        let Some(plan) = loaded.plan.as_deref().filter(|_| !loaded.diagnostics.has_errors()) else { continue };
        let mut stages = ready(plan);
        if !args.all {
            stages.truncate(usize::from(!open));
        }
        open |= !stages.is_empty();
        if stages.is_empty() {
            if !open || args.all {
                nothing(&mut text, plan);
            }
            continue;
        }
        let outline = outline::read(&plan.source, &mut Diagnostics::default());
        let proof = kept.proof(file, plan);
        doubt_claims(plan, &proof, console);
        for id in stages {
            let task = task(plan, &outline, id);
            match args.format {
                StandingFormat::Text => one(&mut text, plan, &proof, id, &task),
                StandingFormat::Json => document.next.push(next_json(plan, file, &proof, id, task, host)),
            }
        }
    }
    kept.problems.iter().for_each(|problem| console.complain(problem));
    if args.format == StandingFormat::Json {
        text = json_lines(&document);
    }
    app::done(console, &text, code)
}

/// What is said of a plan in which there is nothing to do.
fn nothing(out: &mut String, plan: &Plan) {
    let name = clean_line(plan.source.name());
    let _ = match plan.stages.len() {
        0 => writeln!(out, "{name}: no stage was found"),
        1 => writeln!(out, "{name}: nothing is open; its stage is marked as done"),
        count => writeln!(out, "{name}: nothing is open; all {count} stages are marked as done"),
    };
}

/// Says which stages are marked as done and do not hold: what is built on them may not either.
fn doubt_claims(plan: &Plan, proof: &Proof<'_>, console: &mut Console) {
    let broken = plan.stage_ids().filter(|&id| state(plan, proof.evidence.as_ref(), id) == State::ClaimedButFails);
    let labels: Vec<String> = broken.map(|id| clean_line(&plan.stage(id).label)).collect();
    if !labels.is_empty() {
        let name = clean_line(plan.source.name());
        let (word, verb) = if labels.len() == 1 { ("stage", "is") } else { ("stages", "are") };
        let labels = labels.join(", ");
        console.complain(&format!("{name}: {word} {labels} {verb} marked as done, but the newest run shows otherwise"));
    }
}

/// A stage with all that is needed to do it.
fn one(out: &mut String, plan: &Plan, proof: &Proof<'_>, id: StageId, task: &Task<'_>) {
    let stage = plan.stage(id);
    if !out.is_empty() {
        out.push('\n');
    }
    let head = format!("{}:{}: stage {} {}", plan.source.name(), stage.line, stage.label, stage.title);
    let _ = writeln!(out, "{}\n\n{}\n", tame(&clean_line(&head)), tame(&clean(task.text.as_bytes())));
    if !task.files.is_empty() {
        let files: Vec<String> = task.files.iter().map(shown).collect();
        let _ = writeln!(out, "files: {}", files.join(", "));
    }
    if stage.checks.is_empty() {
        let _ = writeln!(out, "validation: none");
        return;
    }
    let _ = writeln!(out, "validation:");
    let width = stage.checks.iter().map(|&id| columns(&clean_line(&plan.check(id).label))).max().unwrap_or(0);
    for &id in &stage.checks {
        let check = plan.check(id);
        let label = clean_line(&check.label);
        let padding = " ".repeat(width - columns(&label));
        let words = clean_line(check.command.as_deref().unwrap_or(&check.text));
        let row = format!("  {label}{padding}  {:7}  {words}  [{}]", check.kind.word(), standing(plan, proof, id));
        let _ = writeln!(out, "{}", tame(&row));
    }
}

fn shown(file: &NamedFile) -> String {
    let path = clean_line(&file.path);
    file.line.map_or_else(|| path.clone(), |line| format!("{path}:{line}"))
}

/// Where a check stands, in words.
fn standing(plan: &Plan, proof: &Proof<'_>, id: CheckId) -> String {
    let box_of = plan.check(id).tick.map(|tick| if tick.done { "ticked" } else { "not ticked" });
    let seen = proof.evidence.and_then(|evidence| match evidence.check(id).outcome.plain() {
        outcome if outcome.is_green() => Some("holds"),
        outcome => outcome.is_own_trouble().then_some("fails"),
    });
    let words: Vec<&str> = box_of.into_iter().chain(seen).collect();
    if words.is_empty() { "not run".to_owned() } else { words.join("; ") }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    next: Vec<NextJson<'a>>,
}

#[derive(Serialize)]
struct NextJson<'a> {
    path: &'a str,
    label: &'a str,
    title: &'a str,
    line: u32,
    text: &'a str,
    files: Vec<FileJson>,
    checks: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct FileJson {
    path: String,
    line: Option<u32>,
    exists: bool,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    label: &'a str,
    kind: &'static str,
    line: u32,
    command: Option<&'a str>,
    text: &'a str,
    ticked: Option<bool>,
    outcome: Option<&'static str>,
}

fn next_json<'a>(
    plan: &'a Plan,
    file: &PlanFile,
    proof: &Proof<'_>,
    id: StageId,
    task: Task<'a>,
    host: &dyn Host,
) -> NextJson<'a> {
    let stage = plan.stage(id);
    let check = |&id: &CheckId| {
        let check = plan.check(id);
        CheckJson {
            label: &check.label,
            kind: check.kind.word(),
            line: check.line,
            command: check.command.as_deref(),
            text: &check.text,
            ticked: check.tick.map(|tick| tick.done),
            outcome: proof.evidence.map(|evidence| evidence.check(id).outcome.word()),
        }
    };
    let exists = |path: &str| host.exists(&file.located.repository.join(path));
    let named = |file: NamedFile| FileJson { exists: exists(&file.path), line: file.line, path: file.path };
    NextJson {
        path: plan.source.name(),
        label: &stage.label,
        title: &stage.title,
        line: stage.line,
        text: task.text,
        files: task.files.into_iter().map(named).collect(),
        checks: stage.checks.iter().map(check).collect(),
    }
}
