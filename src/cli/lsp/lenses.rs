//! Runs that an editor offers above stages and checks.

use serde_json::{Value, json};

use super::document::Document;
use super::positions::Encoding;
use super::running::COMMAND;
use crate::plan::{Check, Kind};
use crate::source::Span;

/// A lens for each stage and each check that can be run.
pub(super) fn lenses(document: &Document, encoding: Encoding) -> Value {
    let (source, plan) = (&document.read.source, &document.read.plan);
    if !document.is_plan() || !document.is_saved_somewhere() {
        return json!([]);
    }
    let can_run = |check: &Check| check.kind != Kind::Manual && check.command.is_some() && check.held_back().is_none();
    let lens = |span: Span, title: String, what: Value| {
        let mut what = what;
        what["uri"] = json!(document.uri);
        let range = encoding.tight(source, source.line_span(source.line(span.start))).json();
        json!({ "range": range, "command": { "title": title, "command": COMMAND, "arguments": [what] } })
    };
    let mut lenses = Vec::new();
    for stage in &plan.stages {
        let checks: Vec<&Check> =
            stage.checks.iter().map(|&id| plan.check(id)).filter(|check| can_run(check)).collect();
        if checks.iter().any(|check| check.kind == Kind::Command) {
            lenses.push(lens(stage.span, format!("Run stage {}", stage.label), json!({ "stage": stage.label })));
        }
        for check in checks {
            let red = check.kind == Kind::Red;
            let title = format!("Run check {}{}", check.label, if red { ", which must fail" } else { "" });
            lenses.push(lens(check.span, title, json!({ "check": check.label, "red": red })));
        }
    }
    Value::Array(lenses)
}
