//! The verb `explain`: for each line that looks like a command or a criterion what was decided, and why.
//!
//! Must not know whether any of it will be run.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::app;
use super::args::{ExplainArgs, ExplainFormat};
use super::console::Console;
use super::kept::{self, SandboxJson, Sandboxes};
use super::settings::Settings;
use crate::config::Sandbox;
use crate::diagnostic::Diagnostics;
use crate::dialect::others::others;
use crate::dialect::rules;
use crate::host::Host;
use crate::outline;
use crate::plan::{Check, Kind, Plan};
use crate::source::{Source, Span};
use crate::text::{clean_line, json_lines, tame};

/// One decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// The line, counted from 1.
    pub line: u32,
    /// `command`, `red`, `manual`, `held back` or `not a check`.
    pub decision: &'static str,
    /// The check's label, if it is one.
    pub check: Option<String>,
    /// The command, or the words of the criterion.
    pub text: String,
    /// The rule's name; empty for what is no check.
    pub rule: &'static str,
    /// What the rule says, or why it is no check.
    pub why: String,
    /// The words of the plan that led there.
    pub words: Option<String>,
    /// The line on which those words stand.
    pub words_line: Option<u32>,
    /// What the author said of it to plan-run.
    pub directives: Vec<Said>,
    /// The sandbox in which its command would run, where that was looked up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<SandboxJson>,
    /// The same in a line.
    #[serde(skip)]
    pub kept: Option<String>,
}

/// What an author said to plan-run of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// What: `manual`, `cwd=web`.
    pub says: String,
    /// The line on which it stands.
    pub line: u32,
}

#[derive(Serialize)]
struct Explained {
    path: String,
    dialect: &'static str,
    decisions: Vec<Decision>,
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    plans: Vec<Explained>,
}

/// Explains how plans were read; a plan's line after its path narrows it to what stands there.
pub(super) fn explain(
    args: &ExplainArgs,
    lines: &[Option<u32>],
    settings: &Settings,
    console: &mut Console,
    host: &dyn Host,
) -> u8 {
    let (loaded, code) = app::load_all(settings, console, host);
    let mut explained = Vec::new();
    for (index, loaded) in loaded.into_iter().enumerate() {
        let Some(plan) = loaded.plan else { continue };
        let wanted =
            if settings.plans.len() == lines.len() { lines[index] } else { lines.iter().flatten().next().copied() };
        let mut decisions: Vec<Decision> =
            decisions(&plan).into_iter().filter(|decision| wanted.is_none_or(|line| decision.line == line)).collect();
        let sandboxes = Sandboxes::of_files(&plan, &settings.plans[index], &loaded.front);
        tell_sandboxes(&mut decisions, &plan, &sandboxes);
        explained.push((plan, decisions));
    }
    let text = match args.format {
        ExplainFormat::Text => tame(
            &explained.iter().map(|(plan, decisions)| explain_text(plan, decisions)).collect::<Vec<_>>().join("\n"),
        ),
        ExplainFormat::Json => {
            let plans = explained.into_iter().map(|(plan, decisions)| Explained {
                path: plan.source.name().to_owned(),
                dialect: plan.dialect,
                decisions,
            });
            let document = Document { schema: "plan-run/explain/v1", plans: plans.collect() };
            json_lines(&document)
        }
    };
    app::done(console, &text, code)
}

/// Adds to the decisions about checks in which sandbox their commands would run.
fn tell_sandboxes(decisions: &mut [Decision], plan: &Plan, sandboxes: &Sandboxes) {
    let found = plan.checks.iter().filter_map(|check| Some((check.label.as_str(), sandboxes.of_check(check)?)));
    let found: BTreeMap<&str, &Sandbox> = found.collect();
    for decision in decisions {
        let sandbox = decision.check.as_deref().and_then(|label| found.get(label));
        decision.sandbox = sandbox.map(|sandbox| kept::json(sandbox));
        decision.kept = sandbox.map(|sandbox| kept::full(sandbox));
    }
}

/// Every decision about a plan, in the order of the document.
#[must_use]
pub fn decisions(plan: &Plan) -> Vec<Decision> {
    let directed = directed(plan);
    let mut found: Vec<(Span, Decision)> =
        plan.checks.iter().map(|check| (check.span, of_check(plan, check, &directed))).collect();
    found.extend(others_of(plan, &directed));
    in_order(found)
}

/// The decisions about what looks like a command and is no check.
#[must_use]
pub fn not_checks(plan: &Plan) -> Vec<Decision> {
    in_order(others_of(plan, &directed(plan)))
}

fn in_order(mut found: Vec<(Span, Decision)>) -> Vec<Decision> {
    found.sort_by_key(|(span, _)| *span);
    found.into_iter().map(|(_, decision)| decision).collect()
}

/// What the author said, by the checks that it is about.
fn directed(plan: &Plan) -> BTreeMap<Span, Vec<Said>> {
    let mut directed: BTreeMap<Span, Vec<Said>> = BTreeMap::new();
    for one in &plan.directed {
        let said = Said { says: one.says.clone(), line: plan.source.line(one.by.start) };
        directed.entry(one.at).or_default().push(said);
    }
    directed
}

/// What is no check: by the author's word, and by where it stands.
fn others_of(plan: &Plan, directed: &BTreeMap<Span, Vec<Said>>) -> Vec<(Span, Decision)> {
    let source = &plan.source;
    let mut found: Vec<(Span, Decision)> = Vec::new();
    for one in &plan.directed {
        let Some(text) = one.ignored.clone() else { continue };
        let decision = Decision {
            line: source.line(one.at.start),
            decision: "not a check",
            check: None,
            text,
            rule: "directive",
            why: rules::meaning("directive").to_owned(),
            words: Some(first_line(source, one.by)),
            words_line: Some(source.line(one.by.start)),
            directives: directed.get(&one.at).cloned().unwrap_or_default(),
            sandbox: None,
            kept: None,
        };
        found.push((one.at, decision));
    }
    let checks = plan.checks.iter().map(|check| check.span);
    let taken: Vec<Span> = checks.chain(found.iter().map(|(span, _)| *span)).collect();
    let outline = outline::read(source, &mut Diagnostics::default());
    for other in others(source, &outline, &taken) {
        let decision = Decision {
            line: source.line(other.span.start),
            decision: "not a check",
            check: None,
            text: other.command,
            rule: "",
            why: other.why.to_owned(),
            words: other.near.map(|span| first_line(source, span)),
            words_line: other.near.map(|span| source.line(span.start)),
            directives: Vec::new(),
            sandbox: None,
            kept: None,
        };
        found.push((other.span, decision));
    }
    found
}

/// What was decided about a check, in a word or two.
#[must_use]
pub fn decision(check: &Check) -> &'static str {
    let held_back = check.kind != Kind::Red && check.held_back().is_some();
    if held_back { "held back" } else { check.kind.word() }
}

fn of_check(plan: &Plan, check: &Check, directed: &BTreeMap<Span, Vec<Said>>) -> Decision {
    let source = &plan.source;
    let mut why = rules::meaning(check.rule).to_owned();
    if let Some(reason) = check.held_back() {
        let _ = write!(why, "; held back: {reason}");
    }
    if let Some(expect) = &check.expect
        && !expect.words.is_empty()
    {
        let _ = write!(why, "; expects: {}", expect.words);
    }
    Decision {
        line: check.line,
        decision: decision(check),
        check: Some(check.label.clone()),
        text: check.command.clone().unwrap_or_else(|| check.text.clone()),
        rule: check.rule,
        why,
        words: check.because.map(|span| first_line(source, span)),
        words_line: check.because.map(|span| source.line(span.start)),
        directives: directed.get(&check.span).cloned().unwrap_or_default(),
        sandbox: None,
        kept: None,
    }
}

fn first_line(source: &Source, span: Span) -> String {
    source.slice(span).lines().next().unwrap_or("").trim().to_owned()
}

/// The decisions about one plan for people.
#[must_use]
pub fn explain_text(plan: &Plan, decisions: &[Decision]) -> String {
    let name = clean_line(plan.source.name());
    let mut out = format!("{name}: read as {} plan\n", if plan.dialect.is_empty() { "a" } else { plan.dialect });
    if decisions.is_empty() {
        out.push_str("\n  nothing there looks like a command or a criterion\n");
    }
    for decision in decisions {
        let label = decision.check.as_deref().map(|label| format!(" {}", clean_line(label))).unwrap_or_default();
        let text = clean_line(decision.text.lines().next().unwrap_or(""));
        let _ = writeln!(out, "\n{name}:{}: {}{}: {text}", decision.line, decision.decision, label);
        let rule = if decision.rule.is_empty() { String::new() } else { format!(" ({})", decision.rule) };
        let _ = writeln!(out, "    because {}{rule}", clean_line(&decision.why));
        if let (Some(words), Some(line)) = (&decision.words, decision.words_line) {
            let _ = writeln!(out, "    the words: {} (line {line})", clean_line(words));
        }
        if let Some(kept) = &decision.kept {
            let _ = writeln!(out, "    in a sandbox: {kept}");
        }
        // What a check is by the author's word has been told with its rule.
        for said in decision.directives.iter().filter(|said| said.says.contains('=')) {
            let _ = writeln!(out, "    and by the author's word: {} (line {})", clean_line(&said.says), said.line);
        }
    }
    out
}
