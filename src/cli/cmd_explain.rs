//! The verb `explain`: for each line that looks like a command or a criterion what was decided, and why.
//!
//! Must not know whether any of it will be run.

use std::fmt::Write as _;

use serde::Serialize;

use super::args::{ExplainArgs, ExplainFormat};
use super::console::Console;
use super::settings::Settings;
use super::{app, exit_code};
use crate::diagnostic::Diagnostics;
use crate::diagnostic::render::full;
use crate::dialect::others::others;
use crate::dialect::rules;
use crate::host::Host;
use crate::outline;
use crate::plan::{Check, Kind, Plan};
use crate::source::{Source, Span};
use crate::text::clean_line;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    let mut code = exit_code::HOLDS;
    let mut explained = Vec::new();
    for (index, file) in settings.plans.iter().enumerate() {
        let loaded = app::load(file, host);
        console.say(&full(&loaded.diagnostics, settings.colour_stderr));
        if loaded.diagnostics.has_errors() {
            code = exit_code::BROKEN_PLAN;
        }
        let Some(plan) = loaded.plan else { continue };
        let wanted =
            if settings.plans.len() == lines.len() { lines[index] } else { lines.iter().flatten().next().copied() };
        let decisions: Vec<Decision> =
            decisions(&plan).into_iter().filter(|decision| wanted.is_none_or(|line| decision.line == line)).collect();
        explained.push((plan, decisions));
    }
    let text = match args.format {
        ExplainFormat::Text => {
            explained.iter().map(|(plan, decisions)| explain_text(plan, decisions)).collect::<Vec<_>>().join("\n")
        }
        ExplainFormat::Json => {
            let plans = explained.into_iter().map(|(plan, decisions)| Explained {
                path: plan.source.name().to_owned(),
                dialect: plan.dialect,
                decisions,
            });
            let document = Document { schema: "plan-run/explain/v1", plans: plans.collect() };
            // Nothing in the document can fail to be written: it is made of strings and numbers.
            serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
        }
    };
    app::done(console, &text, code)
}

/// Every decision about a plan, in the order of the document.
#[must_use]
pub fn decisions(plan: &Plan) -> Vec<Decision> {
    let source = &plan.source;
    let mut found: Vec<(Span, Decision)> =
        plan.checks.iter().map(|check| (check.span, of_check(plan, check))).collect();
    let taken: Vec<Span> = plan.checks.iter().map(|check| check.span).collect();
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
        };
        found.push((other.span, decision));
    }
    found.sort_by_key(|(span, _)| *span);
    found.into_iter().map(|(_, decision)| decision).collect()
}

fn of_check(plan: &Plan, check: &Check) -> Decision {
    let source = &plan.source;
    let held = check.kind == Kind::Command && check.risk.is_some();
    let mut why = rules::meaning(check.rule).to_owned();
    if let Some(risk) = &check.risk
        && check.kind != Kind::Manual
    {
        let _ = write!(why, "; held back: {risk}");
    }
    if let Some(expect) = &check.expect
        && !expect.words.is_empty()
    {
        let _ = write!(why, "; expects: {}", expect.words);
    }
    Decision {
        line: check.line,
        decision: if held { "held back" } else { check.kind.word() },
        check: Some(check.label.clone()),
        text: check.command.clone().unwrap_or_else(|| check.text.clone()),
        rule: check.rule,
        why,
        words: check.because.map(|span| first_line(source, span)),
        words_line: check.because.map(|span| source.line(span.start)),
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
    }
    out
}
