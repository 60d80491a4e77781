//! What mends a finding, and what lets it stay.

use serde_json::{Value, json};

use super::super::console::Console;
use super::document::Document;
use super::findings::range;
use super::positions::Encoding;
use super::protocol::Range;
use crate::host::Host;
use crate::lint::Finding;
use crate::source::Span;

/// What may be done about the findings in a part of a document.
pub(super) fn actions(
    document: &Document,
    wanted: Range,
    encoding: Encoding,
    console: &Console,
    host: &dyn Host,
) -> Value {
    let mut actions = Vec::new();
    let findings = if document.is_plan() { document.read.findings.as_slice() } else { &[] };
    for finding in findings {
        let place = range(document, finding, encoding);
        if place.start.line > wanted.end.line || place.end.line < wanted.start.line {
            continue;
        }
        let code = finding.diagnostic.code;
        if let Some(fix) = &finding.fix {
            let edits = fix.edits.iter().map(|edit| (edit.span, edit.new.clone())).collect();
            actions.push(action(document, encoding, &format!("{} ({code})", fix.words), edits, true));
        }
        if let Some((span, comment)) = allowance(document, finding, console, host) {
            let title = format!("Allow `{code}` here, with a reason");
            actions.push(action(document, encoding, &title, vec![(span, comment)], false));
        }
    }
    Value::Array(actions)
}

fn action(document: &Document, encoding: Encoding, title: &str, edits: Vec<(Span, String)>, is_fix: bool) -> Value {
    let source = &document.read.source;
    let edits: Vec<Value> = edits
        .into_iter()
        .map(|(span, new)| json!({ "range": encoding.range(source, span).json(), "newText": new }))
        .collect();
    json!({
        "title": title,
        "kind": "quickfix",
        "isPreferred": is_fix,
        "edit": { "changes": { document.uri.as_str(): edits } },
    })
}

/// The comment that allows a finding, on a line of its own before it; `None` where it would not do so: of what keeps a
/// plan from being run, or where a comment is none.
fn allowance(document: &Document, finding: &Finding, console: &Console, host: &dyn Host) -> Option<(Span, String)> {
    let source = &document.read.source;
    let found = &finding.diagnostic;
    let label = found.labels.first().filter(|label| label.source.name() == source.name())?;
    let line = source.line_span(source.line(label.span.start));
    let words = source.slice(line);
    let indent = &words[..words.len() - words.trim_start().len()];
    let ending = if source.text()[line.end as usize..].starts_with("\r\n") { "\r\n" } else { "\n" };
    let comment = format!("{indent}<!-- plan-run: allow {} because: say why -->{ending}", found.code);
    let at = Span { start: line.start, end: line.start };
    let (before, after) = source.text().split_at(line.start as usize);
    let findings = document.findings_with(&format!("{before}{comment}{after}"), console, host);
    let count = |findings: &[Finding], code: &str| findings.iter().filter(|one| one.diagnostic.code == code).count();
    let own = &document.read.findings;
    let helps = count(&findings, found.code) < count(own, found.code) && findings.len() < own.len();
    helps.then_some((at, comment))
}
