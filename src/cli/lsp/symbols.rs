//! The stages of a plan with their checks, as an editor's outline shows them.

use serde_json::{Value, json};

use super::document::Document;
use super::positions::Encoding;
use crate::plan::Check;
use crate::source::Span;
use crate::text::clean_line;

/// Stages with their checks; nothing of what is no plan.
pub(super) fn symbols(document: &Document, encoding: Encoding) -> Value {
    let (source, plan) = (&document.read.source, &document.read.plan);
    if !document.is_plan() {
        return json!([]);
    }
    let check = |check: &Check| {
        let range = encoding.tight(source, check.span).json();
        let words = clean_line(check.command.as_deref().unwrap_or(&check.text).lines().next().unwrap_or_default());
        json!({
            "name": format!("{} {words}", check.label),
            "detail": check.kind.word(),
            // A function.
            "kind": 12,
            "range": range,
            "selectionRange": range,
        })
    };
    let stages = plan.stages.iter().map(|stage| {
        let checks: Vec<&Check> = stage.checks.iter().map(|&id| plan.check(id)).collect();
        let end = checks.iter().map(|check| check.span.end).chain([stage.span.end]).max().unwrap_or(stage.span.end);
        json!({
            "name": clean_line(&format!("{} {}", stage.label, stage.title)),
            // A module.
            "kind": 2,
            "range": encoding.tight(source, Span { start: stage.span.start, end }).json(),
            "selectionRange": encoding.tight(source, stage.span).json(),
            "children": checks.into_iter().map(check).collect::<Vec<_>>(),
        })
    });
    Value::Array(stages.collect())
}
