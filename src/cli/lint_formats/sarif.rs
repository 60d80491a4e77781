//! Findings as SARIF 2.1.0, for code scanning and editors.
//!
//! Columns are counted in UTF-16 code units, as that form has it where nothing else is said.

use serde_json::{Value, json};

use super::super::cmd_lint::Linted;
use crate::diagnostic::{Label, Severity};
use crate::edit::Edit;
use crate::lint::{Finding, Fix, codes_with_levels, explain};
use crate::source::{Source, Span};
use crate::text::{clean, json_lines};

/// All findings as one run. `below` is what a plan's path is appended to for a path in the workflow's repository.
pub(in crate::cli) fn sarif(linted: &[Linted], below: Option<&str>) -> String {
    let page = Page { below: below.unwrap_or_default() };
    let results: Vec<Value> =
        linted.iter().flat_map(|plan| &plan.findings).map(|finding| page.result(finding)).collect();
    let rules: Vec<Value> =
        codes_with_levels().map(|(code, severity, summary)| rule(code, severity, summary)).collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    json_lines(&document)
}

fn rule(code: &str, severity: Severity, summary: &str) -> Value {
    let text = explain(code).unwrap_or_default();
    json!({
        "id": code,
        "shortDescription": { "text": format!("Finds {summary}.") },
        "help": { "text": text, "markdown": text },
        "defaultConfiguration": { "level": severity.word() },
    })
}

struct Page<'a> {
    below: &'a str,
}

impl Page<'_> {
    fn result(&self, finding: &Finding) -> Value {
        let diagnostic = &finding.diagnostic;
        let mut message = diagnostic.message.clone();
        if let Some(help) = &diagnostic.help {
            message.push_str(&format!("\n{help}"));
        }
        let mut result = json!({
            "ruleId": diagnostic.code,
            "level": diagnostic.severity.word(),
            "message": { "text": clean(message.as_bytes()) },
        });
        if let Some(at) = codes_with_levels().position(|(code, ..)| code == diagnostic.code) {
            result["ruleIndex"] = json!(at);
        }
        let mut labels = diagnostic.labels.iter();
        result["locations"] = labels.next().map(|label| self.location(label)).into_iter().collect();
        let related: Vec<Value> = labels.map(|label| self.related(label)).collect();
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        if let (Some(fix), Some(label)) = (&finding.fix, diagnostic.labels.first()) {
            result["fixes"] = json!([self.fix(fix, &label.source)]);
        }
        result
    }

    fn location(&self, label: &Label) -> Value {
        json!({ "physicalLocation": {
            "artifactLocation": self.artifact(&label.source),
            "region": region(&label.source, label.span),
        }})
    }

    fn related(&self, label: &Label) -> Value {
        let mut location = self.location(label);
        location["message"] = json!({ "text": clean(label.text.as_bytes()) });
        location
    }

    fn fix(&self, fix: &Fix, source: &Source) -> Value {
        let replacement = |edit: &Edit| {
            json!({
                "deletedRegion": region(source, edit.span),
                "insertedContent": { "text": edit.new },
            })
        };
        json!({
            "description": { "text": fix.words },
            "artifactChanges": [{
                "artifactLocation": self.artifact(source),
                "replacements": fix.edits.iter().map(replacement).collect::<Vec<_>>(),
            }],
        })
    }

    fn artifact(&self, source: &Source) -> Value {
        let path = match source.name() {
            name if name.starts_with('/') => format!("file://{name}"),
            name => format!("{}{name}", self.below),
        };
        json!({ "uri": encoded(&path) })
    }
}

/// A place with its lines and columns, both counted from 1; the end is the column behind the last one.
fn region(source: &Source, span: Span) -> Value {
    let place = |offset: u32| {
        let line = source.line(offset);
        let before = Span { start: source.line_span(line).start, end: offset };
        (line, source.slice(before).encode_utf16().count() + 1)
    };
    let ((line, column), (end_line, end_column)) = (place(span.start), place(span.end));
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

/// A path as part of a URI.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            // A colon in the first part of a relative path would read as a scheme.
            b':' if path.starts_with("file:") && out.len() == 4 => out.push(':'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
