//! What lint finds, as an editor shows it.

use serde_json::{Value, json};

use super::document::Document;
use super::positions::Encoding;
use super::protocol::{Position, Range};
use crate::diagnostic::{Label, Severity};
use crate::lint::{self, Finding};

/// All findings of a document; none of one that is no plan.
pub(super) fn publish(document: &Document, encoding: Encoding) -> Value {
    let findings = if document.is_plan() { document.read.findings.as_slice() } else { &[] };
    let diagnostics: Vec<Value> = findings.iter().map(|finding| diagnostic(document, finding, encoding)).collect();
    let mut params = json!({ "uri": document.uri, "diagnostics": diagnostics });
    if let Some(version) = document.version {
        params["version"] = json!(version);
    }
    params
}

/// Nothing, of a document that is open no more.
pub(super) fn none(uri: &str) -> Value {
    json!({ "uri": uri, "diagnostics": [] })
}

/// Where a finding is; the first line for what is not of the document itself.
pub(super) fn range(document: &Document, finding: &Finding, encoding: Encoding) -> Range {
    let start = Position { line: 0, character: 0 };
    let own = finding.diagnostic.labels.first().filter(|label| is_own(document, label));
    own.map_or(Range { start, end: start }, |label| encoding.tight(&document.read.source, label.span))
}

fn is_own(document: &Document, label: &Label) -> bool {
    label.source.name() == document.read.source.name()
}

fn diagnostic(document: &Document, finding: &Finding, encoding: Encoding) -> Value {
    let found = &finding.diagnostic;
    let mut message = found.message.clone();
    if let Some(label) = found.labels.first().filter(|label| !label.text.is_empty()) {
        message.push_str(&format!(": {}", label.text));
    }
    if let Some(help) = &found.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let others: Vec<Value> = found
        .labels
        .iter()
        .skip(1)
        .filter(|label| is_own(document, label))
        .map(|label| {
            let range = encoding.tight(&document.read.source, label.span).json();
            let text = if label.text.is_empty() { "this" } else { &label.text };
            json!({ "location": { "uri": document.uri, "range": range }, "message": text })
        })
        .collect();
    json!({
        "range": range(document, finding, encoding).json(),
        "severity": match found.severity {
            Severity::Error => 1,
            Severity::Warning => 2,
            Severity::Note => 3,
        },
        "code": found.code,
        "source": "plan-run",
        "message": message,
        "relatedInformation": others,
        "data": { "explanation": lint::explain(found.code) },
    })
}
