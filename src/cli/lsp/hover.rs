//! What a line means: what explain says of it, and what became of it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::cmd_explain::Decision;
use super::document::Document;
use super::positions::Encoding;
use super::protocol::Position;
use super::results;
use crate::host::Host;
use crate::plan::{NeedSource, Stage};
use crate::source::Span;
use crate::text::{clean, clean_line, plural};

/// What is to be said of a place, as Markdown; `null` where nothing is.
pub(super) fn hover(document: &Document, place: Position, encoding: Encoding, host: &dyn Host) -> Value {
    let (source, plan) = (&document.read.source, &document.read.plan);
    if !document.is_plan() {
        return Value::Null;
    }
    let line = place.line.saturating_add(1);
    let lines = |span: Span| source.line(span.start)..=source.line(span.end.saturating_sub(1).max(span.start));
    let check = plan.checks.iter().find(|check| lines(check.span).contains(&line));
    // A command may go on over several lines, of which explain speaks at the first.
    let at = check.map_or(line, |check| check.line);
    let decisions: Vec<&Decision> = document.read.decisions.iter().filter(|decision| decision.line == at).collect();
    let mut text: String = decisions.iter().map(|decision| of_decision(decision)).collect::<Vec<_>>().join("\n---\n\n");
    for check in plan.checks.iter().filter(|check| check.line == at) {
        if let Some(last) = results::last(plan, check, document.repository(), host) {
            let _ = writeln!(text, "\nLast result of {}: {}", check.label, clean_line(&last));
        }
    }
    if text.is_empty() {
        match plan.stages.iter().find(|stage| stage.line == line) {
            Some(stage) => text = of_stage(document, stage),
            None => return Value::Null,
        }
    }
    let range = encoding.range(source, source.line_span(line)).json();
    json!({ "contents": { "kind": "markdown", "value": text }, "range": range })
}

fn of_decision(decision: &Decision) -> String {
    let label = decision.check.as_deref().map(|label| format!("{} ", clean_line(label))).unwrap_or_default();
    let rule = if decision.rule.is_empty() { String::new() } else { format!(" (`{}`)", decision.rule) };
    let mut text = format!("**{label}{}**, because {}{rule}\n\n", decision.decision, clean_line(&decision.why));
    // A fence that is longer than any within it.
    let command = clean(decision.text.as_bytes());
    let fence = "`".repeat(3.max(1 + longest_fence(&command)));
    let _ = writeln!(text, "{fence}sh\n{command}\n{fence}");
    if let (Some(words), Some(line)) = (&decision.words, decision.words_line) {
        let _ = writeln!(text, "\nThe words: {} (line {line})", clean_line(words));
    }
    for said in &decision.directives {
        let _ = writeln!(text, "\nBy the author's word: {} (line {})", clean_line(&said.says), said.line);
    }
    text
}

fn longest_fence(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}

fn of_stage(document: &Document, stage: &Stage) -> String {
    let plan = &document.read.plan;
    let mut text = format!("**Stage {}** {}\n\n", clean_line(&stage.label), clean_line(&stage.title));
    let needs: Vec<String> = stage.needs.iter().map(|need| clean_line(&plan.stage(need.stage).label)).collect();
    let by = match stage.needs_source {
        NeedSource::Configured => "by the configuration",
        NeedSource::Declared => "by the plan's words",
        NeedSource::Default => "by the usual order",
        NeedSource::None => "",
    };
    if needs.is_empty() {
        text.push_str("Waits for no other stage");
    } else {
        let _ = write!(text, "Waits for {} {by}", needs.join(", "));
    }
    let _ = writeln!(text, "; {}.", plural(stage.checks.len(), "check"));
    text
}
